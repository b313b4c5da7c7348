//! The vendor's texts from `fixtures/`, and what the tests have in common when they work on texts.

use bytes::Bytes;
use checkout_core::provider::Purchase;
use checkout_core::providers::oxapay::OxaPay;
use checkout_core::secret::Secret;
use checkout_shared::money::{Amount, Money};
use checkout_shared::time::{Millis, Timestamp};
use http::{Request, Response};

/// The key of all fixtures.
pub const KEY: &str = "TESTKE-YTESTK-EYTEST-KEYTES";

/// A fixture by its file's name.
pub fn text(name: &str) -> Bytes {
    let path = format!("{}/fixtures/oxapay/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).map_or_else(|error| panic!("{path}: {error}"), Bytes::from)
}

/// The account of all fixtures.
pub fn account() -> OxaPay {
    OxaPay::new("https://api.oxapay.com/v1", Secret::new(KEY), false).unwrap()
}

/// The purchase of all fixtures.
pub fn purchase(method: &str) -> Purchase {
    Purchase {
        reference: "abcdefghijklmnopqrstuvwx27-1".to_owned(),
        method: method.parse().unwrap(),
        price: Money { amount: Amount::parse("25.50").unwrap(), currency: "USD".parse().unwrap() },
        lines: Vec::new(),
        tax: None,
        description: Some("Two tickets".to_owned()),
        started_at: Timestamp::from_seconds(1_728_117_475),
        lifetime: Millis::minutes(60),
        notify_url: "https://checkout.example/v1/webhooks/oxapay".to_owned(),
        return_url: Some("https://shop.example/back".to_owned()),
    }
}

/// An answer with HTTP status 200.
pub fn ok(body: impl Into<Bytes>) -> Response<Bytes> {
    Response::new(body.into())
}

/// An answer with another status.
pub fn status(status: u16, body: impl Into<Bytes>) -> Response<Bytes> {
    Response::builder().status(status).body(body.into()).unwrap()
}

/// Answers one request after the other; one more than there are answers for fails the test.
pub fn in_turn(answers: impl IntoIterator<Item = Response<Bytes>>) -> impl FnMut(Request<Bytes>) -> Response<Bytes> {
    let mut answers = answers.into_iter();
    move |request| answers.next().unwrap_or_else(|| panic!("nobody expected {} {}", request.method(), request.uri()))
}

/// Answers the currencies as in the fixture, and everything else with this.
pub fn after_currencies(answer: Response<Bytes>) -> impl FnMut(Request<Bytes>) -> Response<Bytes> {
    let mut answer = Some(answer);
    move |request| match request.uri().path() {
        "/v1/common/currencies" => ok(text("currencies.json")),
        _ => answer.take().expect("one request"),
    }
}

/// A fixture with one piece of it replaced.
pub fn with(name: &str, piece: &str, by: &str) -> Bytes {
    let text = String::from_utf8(text(name).to_vec()).unwrap();
    assert!(text.contains(piece), "{name} has no {piece}");
    Bytes::from(text.replace(piece, by))
}
