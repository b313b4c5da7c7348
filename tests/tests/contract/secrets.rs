//! The key is in the header of its request and nowhere else, whatever the vendor echoes.

use crate::texts::{KEY, account, in_turn, ok, purchase, status, text, with};
use bytes::Bytes;
use checkout_core::provider::{Provider, ProviderError};
use checkout_core::providers::oxapay::OxaPay;
use checkout_core::secret::Secret;
use checkout_core::step::Step;
use checkout_tests::driver::run;

fn assert_hidden(shown: &str) {
    assert!(!shown.contains(KEY), "{shown}");
}

#[test]
fn an_account_does_not_show_its_key() {
    assert_hidden(&format!("{:?} {:#?}", account(), account()));
}

#[test]
fn a_request_does_not_show_the_key_when_debugged() {
    let Ok(Step::Send(request, _)) = account().fetch("1") else { panic!() };
    assert_eq!(request.headers()["merchant_api_key"], KEY);
    assert_hidden(&format!("{request:?}"));
}

#[test]
fn the_key_goes_only_where_it_is_asked_for() {
    let mut keyed = Vec::new();
    let mut answer = in_turn(["accepted-currencies.json", "currencies.json"].map(|name| ok(text(name))));
    let methods = run(account().methods(), |request| {
        keyed.push((request.uri().path().to_owned(), request.headers().contains_key("merchant_api_key")));
        assert_hidden(&request.uri().to_string());
        assert_hidden(&String::from_utf8_lossy(request.body()));
        answer(request)
    });
    assert!(methods.is_ok());
    assert_eq!(keyed, [("/v1/payment/accepted-currencies".to_owned(), true), ("/v1/common/currencies".to_owned(), false)]);
}

#[test]
fn an_error_does_not_repeat_a_key_that_the_vendor_echoes() {
    let unauthorized = text("error-unauthorized.json");
    let echoed_as_field = with("error-unauthorized.json", "\"merchant_api_key\"", &format!("\"{KEY}\""));
    let in_the_middle = Bytes::from(format!("<html>{KEY}</html>"));
    for answer in [
        status(401, unauthorized.clone()),
        status(500, unauthorized),
        status(401, echoed_as_field),
        ok(in_the_middle.clone()),
        status(403, in_the_middle),
        ok(format!(r#"{{"data":{{"track_id":"{KEY}"}},"status":200}}"#)),
        ok(format!(r#"{{"data":"{KEY}","message":"{KEY}","error":"{KEY}","status":404}}"#)),
    ] {
        let created = run(account().create(&purchase("page:crypto")), in_turn([answer.clone()])).expect_err("no answer");
        let fetched = run(account().fetch("1"), in_turn([answer])).expect_err("no answer");
        for error in [created, fetched] {
            assert_hidden(&format!("{error} {error:?}"));
        }
    }
}

#[test]
fn a_refusal_is_cut_to_a_length_fit_for_a_log() {
    let long = format!(r#"{{"error":{{"message":"{}"}},"status":400}}"#, "a".repeat(10_000));
    let refused = run(account().fetch("1"), in_turn([ok(long)]));
    let Err(ProviderError::Answered { message, .. }) = refused else { panic!("{refused:?}") };
    assert!(message.len() <= 300);
}

#[test]
fn a_refused_configuration_does_not_show_the_key() {
    let refused = OxaPay::new("nonsense", Secret::new(KEY), false).unwrap_err();
    assert_hidden(&format!("{refused} {refused:?}"));
}
