//! The simulator is as strict as the vendor's documents, asked without the adapter in between.

use super::world::KEY;
use bytes::Bytes;
use checkout_shared::time::Timestamp;
use checkout_tests::simulators::onecheckout::{Config, Onecheckout, Units};
use checkout_tests::simulators::{Action, Vendor};
use http::Request;
use serde_json::{Value, json};

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

struct Asked(Onecheckout);

impl Asked {
    fn new() -> Self {
        Self(Onecheckout::new(Config::new(KEY)))
    }

    /// HTTP status and body.
    fn ask(&mut self, method: &str, path: &str, body: &str) -> (u16, Value) {
        let request = Request::builder().method(method).uri(format!("/api/v1.0{path}")).header("authorization", format!("Bearer {KEY}"));
        let answer = self.0.answer(&request.body(Bytes::from(body.to_owned())).unwrap(), NOW);
        (answer.status().as_u16(), serde_json::from_slice(answer.body()).unwrap())
    }

    fn post(&mut self, path: &str, body: &Value) -> (u16, Value) {
        self.ask("POST", path, &body.to_string())
    }

    fn created(&mut self, body: &Value) -> Value {
        let (status, order) = self.post("/orders", body);
        assert_eq!(status, 200, "{order}");
        order
    }

    /// What is wrong with each field, of a refusal for that.
    fn wrong(&mut self, path: &str, body: &Value) -> Vec<(String, String)> {
        let (status, answer) = self.post(path, body);
        assert_eq!((status, &answer["error"]["code"]), (400, &json!("validation_error")), "{body}: {answer}");
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let details = answer["error"]["details"].as_array().unwrap();
        details.iter().map(|detail| (text(&detail["field"]), text(&detail["issue"]))).collect()
    }
}

fn good() -> Value {
    json!({"currency": "USD", "order_lines": [{"title": "Tickets", "quantity": 2, "unit_price": 25.99}], "tax_amount": 9.99, "reference_id": "A-1"})
}

#[test]
fn an_order_has_the_documented_shape() {
    let mut vendor = Asked::new();
    let order = vendor.created(&good());
    for (field, value) in [
        ("id", json!("0001")),
        ("status", json!("OPEN")),
        ("currency", json!("USD")),
        ("zero_decimal", json!(false)),
        ("reference_id", json!("A-1")),
        ("created", json!(NOW.0)),
    ] {
        assert_eq!(order[field], value, "{field}");
    }
    assert!(order.to_string().contains("\"amount\":61.97,"), "the sum of lines and tax, as a number: {order}");
    assert_eq!(
        order["links"].as_array().unwrap().iter().map(|link| link["rel"].clone()).collect::<Vec<_>>(),
        [json!("pay"), json!("order")]
    );
    assert!(order["payment_token"].is_string() && order["order_lines"][0]["quantity"] == 2);
}

#[test]
fn every_field_of_an_order_is_checked_by_name() {
    let mut vendor = Asked::new();
    let line = |field: &str, value: Value| {
        let mut body = good();
        body["order_lines"][0][field] = value;
        body
    };
    let of = |field: &str, value: Value| {
        let mut body = good();
        body[field] = value;
        body
    };
    for (body, field) in [
        (of("currency", Value::Null), "currency"),
        (of("currency", json!("usd")), "currency"),
        (of("currency", json!("XYZ")), "currency"),
        (of("currency", json!(840)), "currency"),
        (of("order_lines", Value::Null), "order_lines"),
        (of("order_lines", json!([])), "order_lines"),
        (of("order_lines", json!(["x"])), "order_lines"),
        (line("title", json!(" ")), "order_lines[0].title"),
        (line("title", Value::Null), "order_lines[0].title"),
        (line("quantity", json!(0)), "order_lines[0].quantity"),
        (line("quantity", json!(1.5)), "order_lines[0].quantity"),
        (line("quantity", json!("1")), "order_lines[0].quantity"),
        (line("unit_price", Value::Null), "order_lines[0].unit_price"),
        (line("unit_price", json!("25.99")), "order_lines[0].unit_price"),
        (line("unit_price", json!(25.999)), "order_lines[0].unit_price"),
        (line("unit_price", json!(-1)), "order_lines[0].unit_price"),
        (of("tax_amount", json!("1")), "tax_amount"),
        (of("success_url", json!("nowhere")), "success_url"),
        (of("cancel_url", json!("ftp://x.example")), "cancel_url"),
        (of("reference_id", json!(7)), "reference_id"),
    ] {
        let wrong = vendor.wrong("/orders", &body);
        assert!(wrong.iter().any(|(named, _)| named == field), "{field}: {wrong:?}");
    }
    assert_eq!(vendor.wrong("/orders", &of("currency", json!("XYZ"))), [("currency".to_owned(), "currency_invalid".to_owned())]);
    assert_eq!(vendor.wrong("/orders", &json!([])), [("body".to_owned(), "json_invalid".to_owned())]);
    assert!(vendor.0.payments().is_empty(), "a refused call makes nothing");
}

#[test]
fn fields_that_the_vendors_own_store_sends_are_let_pass() {
    let mut body = good();
    body["amount"] = json!(61.97);
    body["subtotal"] = json!(51.98);
    body["payment_method_types"] = json!(["card"]);
    body["order_lines"][0]["properties"] = json!([{"key": "colour", "value": "red"}]);
    Asked::new().created(&body);
}

#[test]
fn half_a_dollar_is_the_least() {
    let mut vendor = Asked::new();
    let priced = |price: Value| json!({"currency": "USD", "order_lines": [{"title": "x", "quantity": 1, "unit_price": price}]});
    let (status, answer) = vendor.post("/orders", &priced(json!(0.49)));
    assert_eq!((status, &answer["error"]["code"]), (400, &json!("amount_invalid")));
    vendor.created(&priced(json!(0.5)));
}

#[test]
fn minor_units_are_whole() {
    let mut vendor = Asked(Onecheckout::new(Config { units: Units::Minor, ..Config::new(KEY) }));
    let priced =
        |currency: &str, price: Value| json!({"currency": currency, "order_lines": [{"title": "x", "quantity": 1, "unit_price": price}]});
    assert_eq!(vendor.created(&priced("USD", json!(2550)))["amount"], json!(2550));
    assert_eq!(vendor.created(&priced("JPY", json!(1500)))["zero_decimal"], json!(true));
    assert_eq!(vendor.wrong("/orders", &priced("USD", json!(25.5)))[0].0, "order_lines[0].unit_price");
    let amounts: Vec<String> = vendor.0.payments().iter().map(|payment| format!("{} {}", payment.amount, payment.currency)).collect();
    assert_eq!(amounts, ["25.5 USD", "1500 JPY"]);
}

#[test]
fn what_is_not_there_is_told_in_the_documented_shape() {
    let mut vendor = Asked::new();
    let coded = |code: &str| json!({"error": {"code": code, "message": code}});
    for (method, path, expected) in [
        ("GET", "/orders/9", (404, coded("id_invalid"))),
        ("POST", "/orders/9/capture", (404, coded("id_invalid"))),
        ("GET", "/orders/9/events", (404, coded("id_invalid"))),
        ("GET", "/orders", (400, json!({"error": "id_required"}))),
        ("GET", "/orders/", (400, json!({"error": "id_required"}))),
        ("POST", "/orders//capture", (400, json!({"error": "id_required"}))),
        ("GET", "/orders//events", (400, coded("id_required"))),
        ("GET", "/payments", (404, json!({"message": "Not Found"}))),
        ("DELETE", "/orders/1", (404, json!({"message": "Not Found"}))),
    ] {
        assert_eq!(vendor.ask(method, path, ""), expected, "{method} {path}");
    }
}

#[test]
fn an_id_may_be_in_the_query() {
    let mut vendor = Asked::new();
    vendor.created(&good());
    vendor.0.act("0001", Action::Authorize, NOW).unwrap();
    for (method, path) in [("GET", "/orders?id=0001"), ("POST", "/orders//capture?id=0001"), ("GET", "/orders//events?id=0001")] {
        assert_eq!(vendor.ask(method, path, "").0, 200, "{path}");
    }
}

#[test]
fn only_what_is_authorised_can_be_captured() {
    let mut vendor = Asked::new();
    vendor.created(&good());
    let refused = (400, json!({"error": "order_status_invalid"}));
    assert_eq!(vendor.ask("POST", "/orders/0001/capture", ""), refused);
    vendor.0.act("0001", Action::Authorize, NOW).unwrap();
    let (status, order) = vendor.ask("POST", "/orders/0001/capture", "");
    assert_eq!((status, &order["status"], &order["paid"]), (200, &json!("PAID"), &json!(NOW.0)));
    assert_eq!(vendor.ask("POST", "/orders/0001/capture", ""), refused);
}

#[test]
fn every_filter_of_the_list_is_checked_by_name() {
    let mut vendor = Asked::new();
    for (body, field) in [
        (json!({"limit": 0}), "limit"),
        (json!({"limit": 1025}), "limit"),
        (json!({"limit": "20"}), "limit"),
        (json!({"status": "AWAITING_CAPTURE"}), "status"),
        (json!({"status": "paid"}), "status"),
        (json!({"anchor": 1}), "anchor"),
        (json!({"created_hour_from": "yesterday"}), "created_hour_from"),
        (json!({"updated_hour_to": 1.5}), "updated_hour_to"),
        (json!({"paid_hour_from": "1728117475"}), "paid_hour_from"),
    ] {
        assert_eq!(vendor.wrong("/orders-list", &body)[0].0, field, "{body}");
    }
    let (status, list) = vendor.post("/orders-list", &json!({}));
    assert_eq!((status, list), (200, json!({"anchor": "", "limit": 20, "count": 0, "next_anchor": "", "orders": []})));
    // In seconds; milliseconds are so far in the future that nothing is.
    vendor.created(&good());
    for (from, count) in [(NOW.seconds(), 1), (NOW.0, 0)] {
        assert_eq!(vendor.post("/orders-list", &json!({"created_hour_from": from})).1["count"], json!(count));
    }
}

#[test]
fn the_account_is_changed_as_a_whole_or_not_at_all() {
    let mut vendor = Asked::new();
    let body = json!({"full_name": "New", "webhook_url": "nowhere", "email": "nobody"});
    let wrong = vendor.wrong("/me", &body);
    let fields: Vec<&str> = wrong.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["webhook_url", "email"]);
    assert_eq!(vendor.ask("GET", "/me", "").1["full_name"], json!("John Doe"));
    assert_eq!(vendor.post("/me", &json!({"id": "another", "full_name": "New"})).1["error"]["code"], json!("merchant_id_invalid"));
    let (status, changed) = vendor.post("/me", &json!({"full_name": "New"}));
    assert_eq!((status, changed), (200, json!({"id": "merchant_id_uuid", "full_name": "New", "updated": NOW.0})));
    assert_eq!(vendor.ask("GET", "/me", "").1["full_name"], json!("New"));
}

#[test]
fn the_same_seed_makes_the_same_orders() {
    let token = |seed| {
        let mut vendor = Asked(Onecheckout::new(Config { seed, ..Config::new(KEY) }));
        vendor.created(&good())["payment_token"].clone()
    };
    assert_eq!(token(1), token(1));
    assert_ne!(token(1), token(2));
}
