//! The simulator is as strict as the vendor's documents, and as lenient as its own plugins need.

use crate::oxapay::texts::KEY;
use bytes::Bytes;
use checkout_shared::time::{Millis, Timestamp};
use checkout_tests::simulators::oxapay::{Config, OxaPay};
use checkout_tests::simulators::{Action, Simulated, Simulator};
use http::Request;
use serde_json::{Value, json};

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

struct Vendor(Simulated);

impl Vendor {
    fn new() -> Self {
        Self::with(Config::new(KEY))
    }

    fn with(config: Config) -> Self {
        Self(Simulated::new(Box::new(OxaPay::new(config))))
    }

    /// HTTP status and body.
    fn ask(&mut self, method: &str, path: &str, key: Option<&str>, body: &str, now: Timestamp) -> (u16, Value) {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(key) = key {
            request = request.header("merchant_api_key", key);
        }
        let answer = self.0.handle(request.body(Bytes::from(body.to_owned())).unwrap(), now);
        (answer.status().as_u16(), serde_json::from_slice(answer.body()).unwrap())
    }

    fn get(&mut self, path: &str) -> Value {
        let (status, body) = self.ask("GET", path, Some(KEY), "", NOW);
        assert_eq!((status, &body["status"]), (200, &json!(200)), "{path}: {body}");
        body["data"].clone()
    }

    fn create(&mut self, path: &str, body: &Value, now: Timestamp) -> String {
        let (status, body) = self.ask("POST", path, Some(KEY), &body.to_string(), now);
        assert_eq!(status, 200, "{body}");
        body["data"]["track_id"].as_str().unwrap().to_owned()
    }

    /// The status and the field at fault of a refusal.
    fn refusal(&mut self, method: &str, path: &str, body: &Value) -> (u16, String) {
        let (status, body) = self.ask(method, path, Some(KEY), &body.to_string(), NOW);
        assert_eq!(body["status"], json!(status), "the envelope agrees");
        assert!(body["error"]["message"].as_str().is_some_and(|message| !message.is_empty()), "{body}");
        (status, body["error"]["key"].as_str().unwrap().to_owned())
    }

    /// The ids in a page of the history.
    fn listed(&mut self, query: &str) -> Vec<String> {
        let data = self.get(&format!("/v1/payment?{query}"));
        data["list"].as_array().unwrap().iter().map(|payment| payment["track_id"].as_str().unwrap().to_owned()).collect()
    }
}

#[test]
fn without_the_right_key_there_is_nothing() {
    let mut vendor = Vendor::new();
    for (method, path) in [
        ("GET", "/v1/payment"),
        ("GET", "/v1/payment/1"),
        ("GET", "/v1/payment/accepted-currencies"),
        ("POST", "/v1/payment/invoice"),
        ("POST", "/v1/payment/white-label"),
        ("POST", "/v1/payment/static-address"),
        ("POST", "/v1/payment/static-address/revoke"),
        ("GET", "/v1/payment/static-address"),
        ("GET", "/v1/payment/stats"),
    ] {
        for key in [None, Some("wrong"), Some("")] {
            let (status, body) = vendor.ask(method, path, key, "{}", NOW);
            assert_eq!((status, &body["status"], &body["error"]["key"]), (401, &json!(401), &json!("merchant_api_key")), "{path}");
        }
    }
    assert_eq!(vendor.ask("GET", "/v1/common/currencies", None, "", NOW).0, 200);
    assert_eq!(vendor.ask("GET", "/v1/common/networks", None, "", NOW).0, 200);
}

#[test]
fn every_field_is_checked_by_name() {
    let mut vendor = Vendor::new();
    let good = json!({"amount": 10, "pay_currency": "USDT"});
    for (field, value) in [
        ("amount", Value::Null),
        ("amount", json!(0)),
        ("amount", json!(-1)),
        ("amount", json!("ten")),
        ("amount", json!([10])),
        ("amount", json!(0.1)),
        ("currency", json!("NOPE")),
        ("pay_currency", Value::Null),
        ("pay_currency", json!("NOPE")),
        ("network", json!("Bitcoin")),
        ("lifetime", json!("abc")),
        ("lifetime", json!(15.5)),
        ("lifetime", json!(14)),
        ("lifetime", json!(2881)),
        ("fee_paid_by_payer", json!(1.1)),
        ("under_paid_coverage", json!(60.1)),
        ("to_currency", json!("BTC")),
        ("auto_withdrawal", json!("maybe")),
        ("callback_url", json!("not a url")),
        ("callback_url", json!("ftp://x")),
        ("email", json!("nobody")),
    ] {
        let mut body = good.clone();
        body[field] = value.clone();
        assert_eq!(vendor.refusal("POST", "/v1/payment/white-label", &body), (400, field.to_owned()), "{field}: {value}");
    }
    for field in ["return_url", "mixed_payment", "sandbox"] {
        assert_eq!(vendor.refusal("POST", "/v1/payment/invoice", &json!({"amount": 10, field: "nonsense"})), (400, field.to_owned()));
    }
    assert_eq!(vendor.refusal("POST", "/v1/payment/invoice", &json!([])), (400, "body".to_owned()));
    assert_eq!(vendor.refusal("GET", "/v1/payment/999999999", &json!({})), (404, "track_id".to_owned()));
    assert_eq!(vendor.refusal("GET", "/v1/payment/stats/x", &json!({})).0, 404);
    assert_eq!(vendor.refusal("DELETE", "/v1/payment", &json!({})).0, 404);
    assert!(vendor.0.payments("").is_empty(), "a refused call makes nothing");
}

#[test]
fn loose_types_are_taken_as_the_vendors_plugins_send_them() {
    let mut vendor = Vendor::new();
    let body = json!({
        "amount": "10.50", "lifetime": "30", "fee_paid_by_payer": "1", "under_paid_coverage": "2.5", "mixed_payment": "0",
        "auto_withdrawal": 1, "sandbox": false, "callback_url": "", "order_id": 77, "currency": "eur", "email": "",
    });
    let id = vendor.create("/v1/payment/invoice", &body, NOW);
    let payment = vendor.get(&format!("/v1/payment/{id}"));
    for (field, value) in [
        ("amount", json!(10.5)),
        ("lifetime", json!(30)),
        ("order_id", json!("77")),
        ("currency", json!("EUR")),
        ("status", json!("new")),
        ("under_paid_coverage", json!(2.5)),
    ] {
        assert_eq!(payment[field], value, "{field}");
    }
}

#[test]
fn what_is_not_stated_is_as_documented() {
    let mut vendor = Vendor::new();
    let id = vendor.create("/v1/payment/white-label", &json!({"amount": 10, "pay_currency": "usdt"}), NOW);
    let payment = vendor.get(&format!("/v1/payment/{id}"));
    assert_eq!((&payment["currency"], &payment["lifetime"], &payment["status"]), (&json!("USD"), &json!(60), &json!("waiting")));
    assert_eq!(payment["expired_at"], json!(NOW.seconds() + 3600));
    assert_eq!(payment["type"], json!("white_label"));
    assert_eq!(id.len(), 9);
}

/// Three payments, a minute apart: 10 USD in USDT on Tron (paid in part), 20 EUR in BTC, and an invoice of 30 USD.
fn three(vendor: &mut Vendor) -> [String; 3] {
    let at = |minutes| NOW + Millis::minutes(minutes);
    let one = vendor.create("/v1/payment/white-label", &json!({"amount": 10, "pay_currency": "USDT", "network": "trc20"}), at(-3));
    let two = vendor.create("/v1/payment/white-label", &json!({"amount": 20, "pay_currency": "BTC", "currency": "EUR"}), at(-2));
    let three = vendor.create("/v1/payment/invoice", &json!({"amount": 30}), at(-1));
    vendor.0.act(&one, Action::Half, NOW).unwrap();
    [one, two, three]
}

#[test]
fn the_history_has_all_its_filters() {
    let mut vendor = Vendor::new();
    let [one, two, three] = three(&mut vendor);
    let address = vendor.0.payments("")[1].address.clone();
    let second = |minutes: i64| NOW.seconds() + minutes * 60;
    for (query, expected) in [
        (String::new(), vec![&three, &two, &one]),
        (format!("track_id={two}"), vec![&two]),
        ("type=invoice".to_owned(), vec![&three]),
        ("type=white_label".to_owned(), vec![&two, &one]),
        ("type=static_address".to_owned(), vec![]),
        ("status=paying".to_owned(), vec![&one]),
        ("status=Waiting".to_owned(), vec![&two]),
        ("pay_currency=BTC".to_owned(), vec![&two]),
        ("currency=USD".to_owned(), vec![&three, &one]),
        ("network=Tron".to_owned(), vec![&one]),
        (format!("address={address}"), vec![&two]),
        (format!("from_date={}", second(-2)), vec![&three, &two]),
        (format!("to_date={}", second(-2)), vec![&two, &one]),
        ("from_amount=20".to_owned(), vec![&three, &two]),
        ("to_amount=20.0".to_owned(), vec![&two, &one]),
        ("sort_type=asc".to_owned(), vec![&one, &two, &three]),
        ("sort_by=amount".to_owned(), vec![&three, &two, &one]),
        ("sort_by=pay_date".to_owned(), vec![&one, &two, &three]),
        ("size=2&page=2".to_owned(), vec![&one]),
        ("size=2&page=3".to_owned(), vec![]),
        ("status=paid&type=invoice".to_owned(), vec![]),
    ] {
        assert_eq!(vendor.listed(&query).iter().collect::<Vec<_>>(), expected, "{query}");
    }
    assert_eq!(vendor.get("/v1/payment/?size=2")["meta"], json!({"page": 1, "last_page": 2, "total": 3}));
    for (query, field) in [
        ("track_id=abc", "track_id"),
        ("type=payout", "type"),
        ("status=new", "status"),
        ("from_date=yesterday", "from_date"),
        ("to_amount=much", "to_amount"),
        ("sort_by=colour", "sort_by"),
        ("sort_type=up", "sort_type"),
        ("page=0", "page"),
        ("size=0", "size"),
        ("size=201", "size"),
    ] {
        assert_eq!(vendor.refusal("GET", &format!("/v1/payment?{query}"), &json!({})), (400, field.to_owned()), "{query}");
    }
}

#[test]
fn the_lists_have_the_documented_shape() {
    let mut vendor = Vendor::new();
    assert!(vendor.get("/v1/payment/accepted-currencies")["list"].as_array().unwrap().contains(&json!("USDT")));
    assert!(vendor.get("/v1/common/networks")["list"].as_array().unwrap().contains(&json!("Tron Network")));
    let tron = vendor.get("/v1/common/currencies")["USDT"]["networks"]["Tron"].clone();
    assert_eq!((&tron["name"], &tron["required_confirmations"]), (&json!("Tron Network"), &json!(4)));
    assert!(tron["keys"].as_array().unwrap().contains(&json!("TRC20")) && tron["deposit_min"].is_number());
}

#[test]
fn prices_fiats_and_the_status_are_told_to_anybody() {
    let mut vendor = Vendor::new();
    let mut told = |path: &str| vendor.ask("GET", path, None, "", NOW).1["data"].clone();
    assert_eq!(told("/v1/common/prices")["BTC"], json!(62500));
    let euro = json!({"symbol": "EUR", "name": "Euro", "price": 1.08, "display_precision": 2});
    assert_eq!(told("/v1/common/fiats")["EUR"], euro);
    assert_eq!(told("/v1/common/monitor"), json!({"status": true}));
    assert_eq!(vendor.ask("GET", "/v1/common/secrets", None, "", NOW).0, 404);
}

#[test]
fn static_addresses_are_made_listed_and_revoked() {
    let mut vendor = Vendor::new();
    let make = |vendor: &mut Vendor, body: Value, path: &str| {
        let (status, body) = vendor.ask("POST", path, Some(KEY), &body.to_string(), NOW);
        assert_eq!(status, 200, "{body}");
        body["data"].clone()
    };
    let path = "/v1/payment/static-address";
    let tron = make(&mut vendor, json!({"network": "TRON", "order_id": "mine", "callback_url": "https://shop.example/hook"}), path);
    let with_memo = make(&mut vendor, json!({"network": "ton", "to_currency": "USDT", "email": "a@b.example"}), path);
    assert_eq!((&tron["network"], &tron["memo"], &tron["date"]), (&json!("Tron Network"), &json!(""), &json!(NOW.seconds())));
    assert_ne!(with_memo["memo"], json!(""));

    let listed = |vendor: &mut Vendor, query: &str| -> Vec<Value> {
        let page = vendor.get(&format!("/v1/payment/static-address?{query}"));
        page["list"].as_array().unwrap().iter().map(|address| address["track_id"].clone()).collect()
    };
    let (one, other) = (tron["track_id"].clone(), with_memo["track_id"].clone());
    for (query, expected) in [
        ("", vec![&other, &one]),
        ("network=TRC20", vec![&one]),
        ("order_id=mine", vec![&one]),
        ("email=a%40b.example", vec![&other]),
        ("size=1&page=2", vec![&one]),
        ("have_tx=false", vec![&other, &one]),
        ("have_tx=true", vec![]),
    ] {
        assert_eq!(listed(&mut vendor, query).iter().collect::<Vec<_>>(), expected, "{query}");
    }
    assert_eq!(listed(&mut vendor, &format!("track_id={}", one.as_str().unwrap())), std::slice::from_ref(&one));
    assert_eq!(listed(&mut vendor, &format!("address={}", with_memo["address"].as_str().unwrap())), std::slice::from_ref(&other));

    make(&mut vendor, json!({"address": tron["address"], "network": "Tron"}), "/v1/payment/static-address/revoke");
    assert_eq!(listed(&mut vendor, ""), [other]);
    for (path, body, refusal) in [
        ("static-address", json!({}), (400, "network")),
        ("static-address", json!({"network": "Venmo"}), (400, "network")),
        ("static-address", json!({"network": "Tron", "to_currency": "BTC"}), (400, "to_currency")),
        ("static-address/revoke", json!({}), (400, "address")),
        ("static-address/revoke", json!({"address": tron["address"]}), (404, "address")),
    ] {
        assert_eq!(vendor.refusal("POST", &format!("/v1/payment/{path}"), &body), (refusal.0, refusal.1.to_owned()), "{body}");
    }
    assert_eq!(vendor.refusal("GET", "/v1/payment/static-address?size=201", &json!({})), (400, "size".to_owned()));
}

#[test]
fn the_statistics_count_what_their_filters_take() {
    let mut vendor = Vendor::new();
    three(&mut vendor);
    let all = vendor.get("/v1/payment/stats");
    assert_eq!((&all["total"], &all["by_status"]), (&json!(3), &json!({"new": 1, "paying": 1, "waiting": 1})));
    assert_eq!(all["amount"], json!(61.6), "10 + 20 × 1.08 + 30 US dollars");
    for (query, total) in [
        ("type=invoice".to_owned(), 1),
        ("network=Tron".to_owned(), 1),
        ("pay_currency=BTC".to_owned(), 1),
        ("currency=USD".to_owned(), 2),
        (format!("from_date={}", NOW.seconds() - 60), 1),
        (format!("to_date={}", NOW.seconds() - 120), 2),
    ] {
        assert_eq!(vendor.get(&format!("/v1/payment/stats?{query}"))["total"], json!(total), "{query}");
    }
    assert_eq!(vendor.refusal("GET", "/v1/payment/stats?type=payout", &json!({})), (400, "type".to_owned()));
}

#[test]
fn the_same_seed_makes_the_same_payments() {
    let [one, other] = [0, 1].map(|_| three(&mut Vendor::new()));
    assert_eq!(one, other);
    let mut seeded = Vendor::with(Config { seed: 2, ..Config::new(KEY) });
    assert_ne!(three(&mut seeded), one);
}

#[test]
fn payments_are_told_and_controlled_over_http_beside_the_vendors_paths() {
    let mut vendor = Vendor::new();
    let body = json!({"amount": 10, "pay_currency": "USDT", "order_id": "mine-1"});
    let id = vendor.create("/v1/payment/white-label", &body, NOW);
    vendor.create("/v1/payment/invoice", &json!({"amount": 10, "order_id": "other-1"}), NOW);

    let (_, list) = vendor.ask("GET", "/control/payments?reference_prefix=mine", None, "", NOW);
    assert_eq!(list.as_array().unwrap().len(), 1);
    assert_eq!((&list[0]["reference"], &list[0]["status"], &list[0]["pay_amount"]), (&json!(id), &json!("waiting"), &json!("10")));
    assert_eq!((&list[0]["kind"], &list[0]["merchant_reference"]), (&json!("white_label"), &json!("mine-1")));

    let (status, paid) = vendor.ask("POST", &format!("/control/payments/{id}/half"), None, "", NOW);
    assert_eq!((status, &paid["status"], &paid["received"], &paid["due"]), (200, &json!("paying"), &json!("5"), &json!("5")));
    for action in ["accept", "authorize", "cancel", "fail"] {
        assert_eq!(vendor.ask("POST", &format!("/control/payments/{id}/{action}"), None, "", NOW).0, 409, "{action}");
    }
    assert_eq!(vendor.ask("GET", "/v1/control/payments", Some(KEY), "", NOW).0, 404);
}

#[test]
fn its_own_broken_answers_are_in_its_envelope() {
    let mut vendor = Vendor::new();
    for (kind, status) in [("status_500", 500), ("rate_limited", 429)] {
        let fault = json!({"kind": kind, "path": "/v1/payment/invoice"}).to_string();
        assert_eq!(vendor.ask("POST", "/control/faults", None, &fault, NOW).0, 200);
        assert_eq!(vendor.refusal("POST", "/v1/payment/invoice", &json!({"amount": 10})).0, status);
    }
    assert_eq!(vendor.ask("POST", "/v1/payment/invoice", Some(KEY), r#"{"amount":10}"#, NOW).0, 200);
}

#[test]
fn an_invoice_has_a_page_with_what_can_be_done_and_a_way_back() {
    let mut vendor = Vendor::new();
    vendor.0.locate("http://127.0.0.1:9000", "");
    let body = json!({"amount": 10, "return_url": "https://shop.example/thanks"});
    let (_, created) = vendor.ask("POST", "/v1/payment/invoice", Some(KEY), &body.to_string(), NOW);
    let id = created["data"]["track_id"].as_str().unwrap();
    assert_eq!(created["data"]["payment_url"], json!(format!("http://127.0.0.1:9000/pay/{id}")));
    assert_eq!(vendor.0.page_actions(id), [Action::Exact, Action::Half, Action::Over]);
    vendor.0.act(id, Action::Half, NOW).unwrap();
    assert_eq!(vendor.0.page_actions(id), [Action::Rest]);
    let paid = vendor.0.act(id, Action::Rest, NOW).unwrap();
    assert_eq!((vendor.0.page_actions(id), paid.success_url.as_str()), (vec![], "https://shop.example/thanks"));
}
