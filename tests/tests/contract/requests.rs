//! What is sent, to the letter.

use crate::texts::{KEY, account, in_turn, ok, purchase, text};
use bytes::Bytes;
use checkout_core::provider::{Provider, ProviderError, Purchase};
use checkout_core::providers::oxapay::{InvalidAccount, OxaPay};
use checkout_core::secret::Secret;
use checkout_core::step::Step;
use checkout_shared::money::Amount;
use checkout_shared::time::Millis;
use checkout_tests::driver::run;
use http::Request;

/// A request as the `.request.http` fixtures write it.
fn written(request: &Request<Bytes>) -> String {
    let mut headers: Vec<String> = request.headers().iter().map(|(name, value)| format!("{name}: {}\n", value.to_str().unwrap())).collect();
    headers.sort();
    let body = String::from_utf8(request.body().to_vec()).unwrap();
    let body = if body.is_empty() { body } else { body + "\n" };
    format!("{} {}\n{}\n{body}", request.method(), request.uri(), headers.concat())
}

/// All requests of a conversation that is answered in turn.
fn sent<T>(begun: Result<Step<T>, ProviderError>, answers: &[&str]) -> Vec<String> {
    let mut sent = Vec::new();
    let mut answer = in_turn(answers.iter().map(|name| ok(text(name))));
    let outcome = run(begun, |request| {
        sent.push(written(&request));
        answer(request)
    });
    assert!(outcome.is_ok(), "{:?}", outcome.err());
    sent
}

fn expected(name: &str) -> String {
    String::from_utf8(text(name).to_vec()).unwrap()
}

#[test]
fn the_ways_to_pay_are_asked_for_in_two_requests() {
    let sent = sent(account().methods(), &["accepted-currencies.json", "currencies.json"]);
    assert_eq!(sent, [expected("accepted-currencies.request.http"), expected("currencies.request.http")]);
}

#[test]
fn an_address_is_asked_for_by_the_vendors_own_name_for_the_network() {
    let sent = sent(account().create(&purchase("USDT:tron")), &["currencies.json", "white-label.json"]);
    assert_eq!(sent[1], expected("white-label.request.http"));
}

#[test]
fn of_the_names_of_a_network_one_that_the_vendor_takes_is_sent() {
    for (method, network) in [
        ("USDT:bsc", "bep20"),
        ("USDT:ton", "TON"),
        ("USDT:some-new-chain", "SNC"),
        ("ETH:ethereum", "Ethereum Network"),
        ("TRX:tron", "TRX"),
    ] {
        let mut sent = Vec::new();
        let outcome = run(account().create(&purchase(method)), |request| {
            sent.push(written(&request));
            ok(text(if sent.len() == 1 { "currencies.json" } else { "error-lifetime.json" }))
        });
        assert!(outcome.is_err());
        assert!(sent[1].contains(&format!("\"network\":\"{network}\"")), "{}", sent[1]);
    }
}

#[test]
fn a_hosted_page_is_asked_for_in_one_request() {
    assert_eq!(sent(account().create(&purchase("page:crypto")), &["invoice.json"]), [expected("invoice.request.http")]);
}

#[test]
fn the_sandbox_marks_hosted_pages_and_nothing_else() {
    let sandbox = OxaPay::new("https://api.oxapay.com/v1", Secret::new(KEY), true).unwrap();
    assert_eq!(sent(sandbox.create(&purchase("page:crypto")), &["invoice.json"]), [expected("invoice-sandbox.request.http")]);
    let address = sent(sandbox.create(&purchase("USDT:tron")), &["currencies.json", "white-label.json"]);
    assert_eq!(address[1], expected("white-label.request.http"));
}

#[test]
fn a_payment_is_read_by_the_vendors_reference() {
    assert_eq!(sent(account().fetch("168931368"), &["payment-information.json"]), [expected("payment-information.request.http")]);
}

#[test]
fn a_lost_payment_is_looked_for_in_the_history_around_its_time_and_price() {
    assert_eq!(sent(account().find(&purchase("BTC:bitcoin")), &["payment-history.json"]), [expected("payment-history.request.http")]);
}

#[test]
fn a_reference_cannot_leave_its_place_in_the_path() {
    for (reference, path) in [
        ("../payment/1", "/v1/payment/..%2Fpayment%2F1"),
        ("1?type=invoice", "/v1/payment/1%3Ftype=invoice"),
        ("1#x", "/v1/payment/1%23x"),
        ("ä b", "/v1/payment/%C3%A4%20b"),
    ] {
        let Ok(Step::Send(request, _)) = account().fetch(reference) else { panic!("{reference}") };
        assert_eq!(request.uri().path(), path);
        assert_eq!(request.uri().query(), None);
    }
}

#[test]
fn what_is_not_known_is_left_out() {
    let purchase = Purchase { description: None, return_url: None, ..purchase("page:crypto") };
    let sent = sent(account().create(&purchase), &["invoice.json"]);
    assert!(!sent[0].contains("description") && !sent[0].contains("return_url"), "{}", sent[0]);
}

#[test]
fn the_lifetime_stays_within_the_vendors_bounds() {
    for (lifetime, minutes) in [
        (Millis(0), 15),
        (Millis(-1), 15),
        (Millis::minutes(15), 15),
        (Millis(16 * 60_000 + 59_999), 16),
        (Millis::hours(48), 2880),
        (Millis(i64::MAX), 2880),
    ] {
        let sent = sent(account().create(&Purchase { lifetime, ..purchase("page:crypto") }), &["invoice.json"]);
        assert!(sent[0].contains(&format!("\"lifetime\":{minutes},")), "{lifetime:?}: {}", sent[0]);
    }
}

#[test]
fn amounts_are_sent_digit_by_digit() {
    for amount in ["15", "15.5", "15.50", "0.001", "0.000001", "0.00000001", "0.000000000000000001", "12345678901234567890.12345678"] {
        let mut purchase = purchase("page:crypto");
        purchase.price.amount = Amount::parse(amount).unwrap();
        let sent = sent(account().create(&purchase), &["invoice.json"]);
        assert!(sent[0].contains(&format!("{{\"amount\":{amount},")), "{}", sent[0]);
    }
}

#[test]
fn the_base_url_may_end_with_a_slash() {
    let account = OxaPay::new("https://api.oxapay.com/v1/", Secret::new(KEY), false).unwrap();
    let Ok(Step::Send(request, _)) = account.fetch("1") else { panic!() };
    assert_eq!(request.uri().to_string(), "https://api.oxapay.com/v1/payment/1");
}

#[test]
fn a_configuration_that_would_give_the_key_away_is_refused() {
    let opened = |base: &str, key: &str| OxaPay::new(base, Secret::new(key), false).map(|_| ());
    for base in [
        "",
        "api.oxapay.com",
        "ftp://api.oxapay.com",
        "http://api.oxapay.com/v1",
        "https://a:b@api.oxapay.com",
        "https://x/?a",
        "https://x/#a",
    ] {
        assert_eq!(opened(base, KEY), Err(InvalidAccount::BaseUrl), "{base}");
    }
    for base in ["https://api.oxapay.com/v1", "http://127.0.0.1:8789/v1", "http://localhost:8789/v1", "http://[::1]:8789"] {
        assert_eq!(opened(base, KEY), Ok(()), "{base}");
    }
    for key in ["", "a b", "a\nb", "ä"] {
        assert_eq!(opened("https://api.oxapay.com/v1", key), Err(InvalidAccount::MerchantKey), "{key:?}");
    }
}
