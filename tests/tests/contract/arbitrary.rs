//! Whatever comes in, nothing panics: arbitrary bytes, and the vendor's own texts with arbitrary values in arbitrary places.

use crate::texts::{KEY, account, after_currencies, ok, purchase, text};
use bytes::Bytes;
use checkout_core::provider::Provider;
use checkout_tests::driver::run;
use checkout_tests::simulators::oxapay::webhooks::signature;
use checkout_tests::simulators::{Simulator, oxapay};
use http::{HeaderMap, Response};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

/// Hands an answer to everything that reads answers. What comes of it is the other tests' business.
fn read_everywhere(answer: &Response<Bytes>) {
    let account = account();
    let again = |_: http::Request<Bytes>| answer.clone();
    drop(run(account.methods(), again));
    drop(run(account.create(&purchase("USDT:tron")), again));
    drop(run(account.create(&purchase("USDT:tron")), after_currencies(answer.clone())));
    drop(run(account.create(&purchase("page:crypto")), again));
    drop(run(account.find(&purchase("USDT:tron")), again));
    drop(run(account.fetch("168931368"), again));
    let mut headers = HeaderMap::new();
    headers.insert("hmac", signature(KEY, answer.body()).parse().unwrap());
    drop(account.verify_webhook(&headers, answer.body()));
}

/// Values that vendors have been seen to send, and some that none should.
fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "-?[0-9]{1,40}(\\.[0-9]{0,40})?([eE][+-]?[0-9]{1,12})?".prop_map(Value::from),
        Just(json!([])),
        Just(json!({})),
        Just(json!([null, 1, "x", {"list": {}}])),
    ]
}

/// Puts a value in the place of the n-th node.
fn replace(node: &mut Value, at: &mut usize, value: &Value) {
    if *at == 0 {
        *node = value.clone();
    }
    *at = at.wrapping_sub(1);
    match node {
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, at, value)),
        Value::Object(fields) => fields.values_mut().for_each(|field| replace(field, at, value)),
        _ => {}
    }
}

const ANSWERS: [&str; 8] = [
    "white-label.json",
    "invoice.json",
    "payment-information.json",
    "payment-history.json",
    "currencies.json",
    "accepted-currencies.json",
    "error-lifetime.json",
    "webhook-paid.json",
];

proptest! {
    #[test]
    fn bytes(status in 100_u16..1000, body in vec(any::<u8>(), 0..300)) {
        read_everywhere(&Response::builder().status(status).body(Bytes::from(body)).unwrap());
    }

    #[test]
    fn texts_with_arbitrary_values(name in prop::sample::select(&ANSWERS[..]), places in vec((0_usize..60, any_value()), 1..4)) {
        let mut whole: Value = serde_json::from_slice(&text(name)).unwrap();
        for (place, value) in places {
            replace(&mut whole, &mut place.clone(), &value);
        }
        read_everywhere(&ok(serde_json::to_vec(&whole).unwrap()));
    }

    #[test]
    fn numbers_of_any_length(number in "-?(0|[1-9][0-9]{0,60})(\\.[0-9]{1,60})?([eE][+-]?[0-9]{1,20})?") {
        let body = String::from_utf8(text("payment-information.json").to_vec()).unwrap();
        for piece in ["0.00613418", "15", "1728117736", "11", "21.5", "200"] {
            read_everywhere(&ok(body.replace(piece, &number)));
        }
    }

    #[test]
    fn signature_headers(value in vec(any::<u8>().prop_filter("a header", |byte| *byte >= 32 && *byte != 127), 0..200), body in vec(any::<u8>(), 0..50)) {
        let mut headers = HeaderMap::new();
        headers.insert("hmac", http::HeaderValue::from_bytes(&value).unwrap());
        prop_assert!(account().verify_webhook(&headers, &body).is_err());
    }

    #[test]
    fn the_simulator_withstands_them_too(path in "/(v1/payment|v1/common|control)(/[a-z0-9-]{0,20}){0,2}(\\?[a-z_]{1,12}=[0-9a-z.-]{0,30})?", body in vec(any::<u8>(), 0..100), posts: bool) {
        let mut simulator = oxapay::OxaPay::new(oxapay::Config::new(KEY));
        let method = if posts { "POST" } else { "GET" };
        let request = http::Request::builder().method(method).uri(path).header("merchant_api_key", KEY).body(Bytes::from(body)).unwrap();
        let answer = simulator.handle(request, checkout_shared::time::Timestamp(0));
        prop_assert!(serde_json::from_slice::<Value>(answer.body()).is_ok());
    }
}
