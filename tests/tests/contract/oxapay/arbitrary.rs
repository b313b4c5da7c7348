//! Signed nonsense, which the suite cannot sign, and nonsense for the simulator: nothing panics.

use crate::oxapay::texts::{KEY, account, text};
use crate::suite::places;
use bytes::Bytes;
use checkout_core::provider::Provider;
use checkout_shared::time::Timestamp;
use checkout_tests::simulators::oxapay::webhooks::signature;
use checkout_tests::simulators::oxapay::{Config, OxaPay};
use checkout_tests::simulators::{Simulated, Simulator};
use http::HeaderMap;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::Value;

proptest! {
    #[test]
    fn signed_notifications_with_arbitrary_values(place in 0_usize..60, text_there in "(null|true|[0-9]{1,40}(\\.[0-9]{1,40})?([eE][+-]?[0-9]{1,12})?|\"[^\"\\\\\u{0}-\u{1f}]{0,20}\"|\\[\\]|\\{\\})") {
        let whole: Value = serde_json::from_slice(&text("webhook-paid.json")).unwrap();
        heard(places::with(&whole, place, &text_there).as_bytes());
    }

    #[test]
    fn signed_bytes(body in vec(any::<u8>(), 0..300)) {
        prop_assert!(!heard(&body));
    }

    #[test]
    fn the_simulator_withstands_them_too(path in "/(v1/payment|v1/common|control)(/[a-z0-9-]{0,20}){0,2}(\\?[a-z_]{1,12}=[0-9a-z.-]{0,30})?", body in vec(any::<u8>(), 0..100), posts: bool) {
        let mut simulator = Simulated::new(Box::new(OxaPay::new(Config::new(KEY))));
        let method = if posts { "POST" } else { "GET" };
        let request = http::Request::builder().method(method).uri(path).header("merchant_api_key", KEY).body(Bytes::from(body)).unwrap();
        let answer = simulator.handle(request, Timestamp(0));
        prop_assert!(serde_json::from_slice::<Value>(answer.body()).is_ok());
    }
}

/// Whether a signed body is understood.
fn heard(body: &[u8]) -> bool {
    let headers = HeaderMap::from_iter([("hmac".parse().unwrap(), signature(KEY, body).parse().unwrap())]);
    account().verify_webhook(&headers, body).is_ok()
}
