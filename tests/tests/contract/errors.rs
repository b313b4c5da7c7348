//! What is safe to do next after every kind of no.

use crate::texts::{account, in_turn, ok, purchase, status, text};
use bytes::Bytes;
use checkout_core::provider::{Provider, ProviderError};
use checkout_shared::time::Millis;
use checkout_tests::driver::run;
use http::Response;

/// What creating, and what reading, makes of an answer.
fn both(answer: &Response<Bytes>) -> [ProviderError; 2] {
    let created = run(account().create(&purchase("page:crypto")), in_turn([answer.clone()])).map(|_| ());
    let fetched = run(account().fetch("168931368"), in_turn([answer.clone()])).map(|_| ());
    [created, fetched].map(|outcome| outcome.expect_err("no is no"))
}

fn assert_refused(answer: &Response<Bytes>, expected_status: u16, expected_field: Option<&str>) {
    for error in both(answer) {
        let ProviderError::Answered { status, field, .. } = &error else { panic!("{error:?}") };
        assert_eq!((*status, field.as_deref()), (expected_status, expected_field));
    }
}

/// The answer is lost: after creating it must be looked up, after reading it may be asked for again.
fn assert_lost(answer: &Response<Bytes>) {
    let [created, fetched] = both(answer);
    assert!(matches!(created, ProviderError::MaybeSent { .. }), "{created:?}");
    assert!(matches!(fetched, ProviderError::NotSent { .. }), "{fetched:?}");
}

fn envelope(status: u16) -> String {
    format!(r#"{{"data":{{}},"message":"m","error":{{}},"status":{status},"version":"1.0.0"}}"#)
}

#[test]
fn a_refusal_names_the_field_at_fault() {
    assert_refused(&status(400, text("error-lifetime.json")), 400, Some("lifetime"));
    let ProviderError::Answered { message, .. } = &both(&status(400, text("error-lifetime.json")))[0] else { panic!() };
    assert_eq!(message, "The lifetime must be an integer");
}

#[test]
fn every_documented_status_of_an_error() {
    for code in [400, 401, 404] {
        assert_refused(&status(code, envelope(code)), code, None);
    }
    for code in [500, 503] {
        assert_lost(&status(code, envelope(code)));
    }
}

#[test]
fn the_envelopes_status_outranks_https() {
    assert_refused(&ok(envelope(401)), 401, None);
    assert_refused(&status(403, envelope(401)), 401, None);
    assert_refused(&ok(text("error-not-found.json")), 404, None);
    assert_refused(&ok(text("error-null.json")), 400, None);
    assert_lost(&ok(envelope(500)));
    let [_, fetched] = [ok(text("payment-information.json")), status(500, text("payment-information.json"))]
        .map(|answer| run(account().fetch("168931368"), in_turn([answer])));
    assert!(fetched.is_ok());
}

#[test]
fn an_impossible_status_in_the_envelope_leaves_https() {
    for nonsense in ["0", "-1", "100000", "99999999999999999999", "\"?\"", "{}", "null", "1.5"] {
        let body = format!(r#"{{"data":{{}},"message":"m","error":{{}},"status":{nonsense}}}"#);
        assert_refused(&status(404, body), 404, None);
    }
}

#[test]
fn a_refusal_may_be_empty_or_html() {
    for body in ["", "<html>Forbidden</html>", "null", "[]", "{\"error\":\"text\"}"] {
        assert_refused(&status(403, body), 403, None);
    }
}

#[test]
fn an_answer_that_is_none_is_lost() {
    let whole = text("payment-information.json");
    let huge = Bytes::from(vec![b' '; 5 * 1024 * 1024]);
    for body in [
        Bytes::new(),
        Bytes::from_static(b"<html>Welcome</html>"),
        Bytes::from_static(b"null"),
        Bytes::from_static(b"[]"),
        Bytes::from_static(b"{}"),
        Bytes::from_static(b"\xff\xfe"),
        whole.slice(..whole.len() / 2),
        Bytes::from("[".repeat(100_000)),
        huge,
    ] {
        for code in [200, 201] {
            assert_lost(&status(code, body.clone()));
        }
    }
    for code in [301, 302, 408, 500, 502, 503, 504, 520] {
        assert_lost(&status(code, "<html></html>"));
    }
}

#[test]
fn too_many_requests_says_how_long_to_wait_where_it_is_said() {
    for error in both(&status(429, envelope(429))) {
        assert_eq!(error, ProviderError::RateLimited { retry_after: None });
    }
    let mut answer = status(429, "");
    answer.headers_mut().insert("retry-after", "30".parse().unwrap());
    for error in both(&answer) {
        assert_eq!(error, ProviderError::RateLimited { retry_after: Some(Millis::seconds(30)) });
    }
}

#[test]
fn nothing_is_created_while_the_currencies_are_unknown() {
    for answer in [status(500, ""), ok("<html></html>"), ok(r#"{"data":[7],"status":200}"#), ok(r#"{"data":7,"status":200}"#)] {
        let outcome = run(account().create(&purchase("USDT:tron")), in_turn([answer]));
        assert!(matches!(outcome, Err(ProviderError::NotSent { .. } | ProviderError::Answered { .. })), "{outcome:?}");
    }
}

#[test]
fn the_ways_to_pay_and_the_history_can_fail_too() {
    let methods = run(account().methods(), in_turn([ok(r#"{"data":{},"status":200}"#)]));
    assert!(matches!(methods, Err(ProviderError::NotSent { .. })), "{methods:?}");
    let methods = run(account().methods(), in_turn([ok(text("accepted-currencies.json")), status(503, "")]));
    assert!(matches!(methods, Err(ProviderError::NotSent { .. })), "{methods:?}");
    let found = run(account().find(&purchase("page:crypto")), in_turn([ok(r#"{"data":{"list":null},"status":200}"#)]));
    assert!(matches!(found, Err(ProviderError::NotSent { .. })), "{found:?}");
}
