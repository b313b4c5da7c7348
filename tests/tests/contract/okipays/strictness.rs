//! The simulator is as strict as the vendor's document, and refuses what implementations disagree about.

use super::world::{SECRET, TOKEN};
use bytes::Bytes;
use checkout_shared::time::{Millis, Timestamp};
use checkout_tests::simulators::okipays::{Config, NetworkList, OkiPays, signature::signature};
use checkout_tests::simulators::{Action, Impossible, Vendor as _};
use http::Request;
use serde_json::{Value, json};

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

struct Vendor {
    simulator: OkiPays,
    request_id: u64,
}

impl Vendor {
    fn new() -> Self {
        Self { simulator: OkiPays::new(Config::new(TOKEN, SECRET)), request_id: 0 }
    }

    fn ask(&mut self, request: &Request<Bytes>, now: Timestamp) -> (u16, Value) {
        let answer = self.simulator.answer(request, now);
        (answer.status().as_u16(), serde_json::from_slice(answer.body()).unwrap())
    }

    /// A private call as it is, signed.
    fn post(&mut self, path: &str, body: &Value) -> (u16, Value) {
        self.ask(&post(path, TOKEN, &signature(body, SECRET), body), NOW)
    }

    /// A private call with the next number.
    fn next(&mut self, path: &str, mut body: Value) -> (u16, Value) {
        self.request_id += 1;
        body["request_id"] = json!(self.request_id);
        self.post(path, &body)
    }
}

fn post(path: &str, token: &str, sign: &str, body: &Value) -> Request<Bytes> {
    let request = Request::post(path).header("X-Auth-Token", token).header("X-Auth-Sign", sign).header("content-type", "application/json");
    request.body(body.to_string().into()).unwrap()
}

fn good() -> Value {
    json!({
        "order_id": 1, "payment_currency_iso": "USD", "price": 15, "include_commission": 1, "description": "description",
        "currencies": [{"iso": "USDT", "network": 1}, {"iso": "BTC", "network": 0}], "time_expired": NOW.seconds() + 3600,
    })
}

#[test]
fn without_token_and_signature_there_is_nothing() {
    let mut vendor = Vendor::new();
    let mut body = good();
    body["request_id"] = json!(1);
    let sign = signature(&body, SECRET);
    for token in ["", "wrong", SECRET] {
        assert_eq!(vendor.ask(&post("/v1/order/create", token, &sign, &body), NOW).0, 401, "{token}");
    }
    for sign in ["", "wrong", &sign.to_uppercase(), &signature(&body, TOKEN), &signature(&json!({}), SECRET)] {
        let (status, answer) = vendor.ask(&post("/v1/order/create", TOKEN, sign, &body), NOW);
        assert_eq!((status, &answer["message"]), (400, &json!("Signature is invalid")), "{sign}");
    }
    let mut plain = post("/v1/order/create", TOKEN, &sign, &body);
    plain.headers_mut().insert("content-type", "text/plain".parse().unwrap());
    assert_eq!(vendor.ask(&plain, NOW).0, 400);
    assert_eq!(vendor.post("/v1/order/create", &body).0, 200, "none of these has used up the number");
}

#[test]
fn a_number_must_be_greater_than_every_one_before_whatever_the_call() {
    let mut vendor = Vendor::new();
    let get = |request_id: Value| json!({"request_id": request_id, "order_id": 1});
    let is_stale =
        |(status, answer): (u16, Value)| status == 400 && answer["message"].as_str().is_some_and(|text| text.contains("request_id"));
    assert_eq!(vendor.post("/v1/order/get", &get(json!(5))).1["code"], json!(14));
    assert_eq!(vendor.post("/v1/order/get", &get(json!("6"))).1["code"], json!(14), "text is taken too, as in the vendor's samples");
    for stale in [json!(6), json!(1), json!("5"), json!(0), json!(-7), json!(7.5), json!("x"), json!({})] {
        assert!(is_stale(vendor.post("/v1/order/get", &get(stale.clone()))), "{stale}");
        let mut order = good();
        order["request_id"] = stale.clone();
        assert!(is_stale(vendor.post("/v1/order/create", &order)), "{stale}");
    }
    assert!(is_stale(vendor.post("/v1/order/get", &json!({"order_id": 1}))));
    assert_eq!(vendor.post("/v1/order/get", &get(json!(7))).1["code"], json!(14));
}

#[test]
fn every_field_is_checked() {
    let mut vendor = Vendor::new();
    for (field, value) in [
        ("payment_currency_iso", json!(7)),
        ("price", json!(0)),
        ("price", json!(-1)),
        ("price", json!("ten")),
        ("price", json!("15.505")),
        ("include_commission", json!(2)),
        ("include_commission", json!("yes")),
        ("description", json!(7)),
        ("currencies", json!("USDT")),
        ("currencies", json!([])),
        ("currencies", json!(["USDT"])),
        ("currencies", json!([{"iso": "USDT"}])),
        ("currencies", json!([{"iso": "USDT", "network": 1, "name": "x"}])),
        ("time_expired", json!(NOW.seconds())),
        ("time_expired", json!(NOW.0 + 3_600_000)),
        ("redirect_url", json!("nowhere")),
        ("callback_url", json!("https://checkout.example")),
        ("order_id", json!(1.5)),
        ("order_id", json!("one")),
    ] {
        let mut body = good();
        body[field] = value.clone();
        let (status, answer) = vendor.next("/v1/order/create", body);
        assert_eq!((status, &answer["name"], &answer["status"]), (400, &json!("Bad Request"), &json!(400)), "{field}: {value}: {answer}");
    }
    for field in ["payment_currency_iso", "price", "include_commission"] {
        let mut body = good();
        body.as_object_mut().unwrap().remove(field);
        assert_eq!(vendor.next("/v1/order/create", body).0, 400, "without {field}");
    }
    assert!(vendor.simulator.payments().is_empty(), "a refused call makes nothing");
}

/// Implementations sign these differently, so whoever sends them cannot know that they are understood.
#[test]
fn what_implementations_sign_differently_is_not_taken() {
    let mut vendor = Vendor::new();
    for (field, value) in [("description", Value::Null), ("include_commission", json!(true)), ("currencies", Value::Null)] {
        let mut body = good();
        body[field] = value.clone();
        assert_eq!(vendor.next("/v1/order/create", body).1["message"], json!("Signature is invalid"), "{field}: {value}");
    }
    // Signed with its point, as some clients do; the vendor makes a whole number of it.
    let body = json!({"request_id": 100, "order_id": 1, "payment_currency_iso": "USD", "price": 15.0, "include_commission": 1});
    let with_point = json!({"request_id": 100, "order_id": 1, "payment_currency_iso": "USD", "price": "15.0", "include_commission": 1});
    let request = post("/v1/order/create", TOKEN, &signature(&with_point, SECRET), &body);
    assert_eq!(vendor.ask(&request, NOW).1["message"], json!("Signature is invalid"));
    assert_eq!(vendor.post("/v1/order/create", &body).0, 200);
}

#[test]
fn the_documented_errors_are_in_their_documented_shapes() {
    let mut vendor = Vendor::new();
    let mut body = good();
    body["payment_currency_iso"] = json!("XYZ");
    let expected = json!({"name": "Bad Request", "message": "Currency not available", "code": -1, "status": 400});
    assert_eq!(vendor.next("/v1/order/create", body), (400, expected.clone()));
    for currencies in [json!([{"iso": "USDT", "network": 0}]), json!([{"iso": "XYZ", "network": 1}])] {
        let mut body = good();
        body["currencies"] = currencies;
        assert_eq!(vendor.next("/v1/order/create", body), (400, expected.clone()));
    }
    let own = |error: &str, code: i64| (400, json!({"status": false, "error": error, "code": code, "token": TOKEN}));
    assert_eq!(vendor.next("/v1/order/get", json!({})), own("Required order_id", 19));
    assert_eq!(vendor.next("/v1/order/get", json!({"order_id": 7})), own("Order not found", 14));
}

#[test]
fn an_order_is_answered_as_documented() {
    let mut vendor = Vendor::new();
    let (status, created) = vendor.next("/v1/order/create", good());
    assert_eq!((status, &created["status"], &created["token"]), (200, &json!(true), &json!(TOKEN)));
    assert_eq!(created["message"], json!("Success send request to create order"));
    let mut data = created["data"].clone();
    let id = data.as_object_mut().unwrap().remove("id").unwrap();
    assert_eq!(id.as_str().map(str::len), Some(8));
    let expected = json!({
        "order_id": 1, "status": "Created", "status_id": 0, "price": "15", "payment_currency_iso": "USD", "include_commission": 1,
        "description": "description", "link": "https://api.okipays.com/pay/1",
        "currencies": [{"iso": "USDT", "network": 1}, {"iso": "BTC", "network": 0}],
    });
    assert_eq!(data, expected);
    let (status, got) = vendor.next("/v1/order/get", json!({"order_id": "1"}));
    assert_eq!((status, &got["data"]), (200, &created["data"]));
    let (status, again) = vendor.next("/v1/order/create", good());
    assert_eq!(
        (status, again["message"].as_str().is_some_and(|text| text.contains("order_id"))),
        (400, true),
        "a number stands for one order"
    );
}

#[test]
fn the_public_lists_have_their_documented_shapes_and_want_no_token() {
    let get = |vendor: &mut Vendor, path: &str| vendor.ask(&Request::get(path).body(Bytes::new()).unwrap(), NOW);
    let mut vendor = Vendor::new();
    let (status, currencies) = get(&mut vendor, "/v1/public/currency-list");
    assert_eq!((status, &currencies["data"][0]), (200, &json!({"id": 4, "name": "Dollar", "iso3": "USD", "decimal": 2})));
    let (_, described) = get(&mut vendor, "/v1/public/currency-network-list");
    assert_eq!(described["data"][0]["networks"][0], json!({"network_id": 2, "network_iso": "TRX"}));
    let mut vendor =
        Vendor { simulator: OkiPays::new(Config { network_list: NetworkList::AsShown, ..Config::new(TOKEN, SECRET) }), request_id: 0 };
    let (_, shown) = get(&mut vendor, "/v1/public/currency-network-list");
    assert_eq!(shown["data"]["data"][0], json!({"network": 2, "network_name": "TRX"}));
    for (path, status) in [("/v1/order/create", 405), ("/v1/order/get", 405), ("/v1/private/coins", 404), ("/", 404)] {
        assert_eq!(get(&mut vendor, path).0, status, "{path}");
    }
}

#[test]
fn a_callback_has_every_documented_field() {
    let mut vendor = Vendor::new();
    vendor.simulator.locate("https://api.okipays.com", "https://checkout.example/v1/webhooks/okipays");
    vendor.next("/v1/order/create", good());
    vendor.simulator.act("1", Action::Exact, NOW).unwrap();
    vendor.simulator.advance(NOW + Millis::seconds(2));
    let [callback] = vendor.simulator.notifications().try_into().unwrap();
    assert_eq!(callback.uri(), "https://checkout.example/v1/webhooks/okipays");
    let body: Value = serde_json::from_slice(callback.body()).unwrap();
    for field in [
        "id",
        "order_id",
        "currency",
        "payment_currency",
        "status",
        "status_id",
        "include_commission",
        "amount",
        "amount_send",
        "price",
        "price_send",
        "rate",
        "total_sum_price",
        "commission",
        "address",
        "network_type",
        "time_create",
        "time_update",
        "time_done",
        "time_expired",
        "time_send",
        "time_receive",
    ] {
        assert!(body.get(field).is_some(), "{field}");
    }
    assert_eq!(callback.headers()["token"], TOKEN);
    assert_eq!(callback.headers()["sign"], signature(&body, SECRET).as_str());
}

/// Whatever has come of an order: that is how the vendor documents the answer.
#[test]
fn the_merchants_answer_closes_or_ends_an_order() {
    for (answer, word) in
        [(r#"{"status":"done"}"#, "Completed"), (r#"{"status":"cancel"}"#, "Cancelled"), ("{}", "Partially"), ("ok", "Partially")]
    {
        let mut vendor = Vendor::new();
        vendor.simulator.locate("https://api.okipays.com", "https://checkout.example/v1/webhooks/okipays");
        vendor.next("/v1/order/create", good());
        vendor.simulator.act("1", Action::Half, NOW).unwrap();
        vendor.simulator.advance(NOW + Millis::seconds(2));
        let [callback] = vendor.simulator.notifications().try_into().unwrap();
        assert!(vendor.simulator.acknowledged(&callback, &http::Response::new(Bytes::from_static(answer.as_bytes())), NOW));
        assert_eq!(vendor.simulator.payments()[0].status, word, "{answer}");
    }
}

#[test]
fn what_cannot_be_does_not_happen() {
    let mut vendor = Vendor::new();
    vendor.next("/v1/order/create", good());
    assert_eq!(vendor.simulator.act("2", Action::Exact, NOW), Err(Impossible::NoSuchPayment));
    for action in [Action::Authorize, Action::Accept, Action::Refund, Action::Rest] {
        assert_eq!(vendor.simulator.act("1", action, NOW), Err(Impossible::NotNow), "{action:?}");
    }
    assert_eq!(vendor.simulator.page_actions("1"), [Action::Exact, Action::Half, Action::Over, Action::Cancel]);
    vendor.simulator.act("1", Action::Cancel, NOW).unwrap();
    for action in [Action::Exact, Action::Half, Action::Over, Action::Cancel, Action::Expire, Action::Late, Action::Fail] {
        assert_eq!(vendor.simulator.act("1", action, NOW), Err(Impossible::NotNow), "{action:?}");
    }
    assert_eq!(vendor.simulator.page_actions("1"), []);
}

#[test]
fn the_page_of_what_failed_can_be_paid_until_its_time_is_over() {
    let whole = &[Action::Exact, Action::Half, Action::Over, Action::Cancel][..];
    for (before, again) in [(&[][..], whole), (&[Action::Exact][..], whole), (&[Action::Half, Action::Rest][..], &[Action::Rest][..])] {
        let mut vendor = Vendor::new();
        vendor.next("/v1/order/create", good());
        let mut now = NOW;
        for action in before {
            now = now + Millis::seconds(5);
            vendor.simulator.advance(now);
            vendor.simulator.act("1", *action, now).unwrap();
        }
        vendor.simulator.act("1", Action::Fail, now).unwrap();
        assert_eq!((vendor.simulator.payments()[0].status.as_str(), vendor.simulator.page_actions("1").as_slice()), ("Pay Failed", again));
        vendor.simulator.act("1", Action::Expire, now).unwrap();
        assert_eq!((vendor.simulator.payments()[0].status.as_str(), vendor.simulator.page_actions("1").len()), ("Expired", 0));
    }
}

#[test]
fn the_same_seed_makes_the_same_orders() {
    let id = |seed: u64| {
        let mut vendor = Vendor { simulator: OkiPays::new(Config { seed, ..Config::new(TOKEN, SECRET) }), request_id: 0 };
        vendor.next("/v1/order/create", good()).1["data"]["id"].clone()
    };
    assert_eq!(id(1), id(1));
    assert_ne!(id(1), id(2));
}
