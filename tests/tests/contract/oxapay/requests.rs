//! What is sent where it depends on more than one text can show: names of networks, the sandbox, bounds, digits.

use crate::oxapay::texts::{KEY, account, in_turn, ok, purchase, text};
use crate::suite::conversation::written;
use checkout_core::provider::{Operation, Provider, Purchase};
use checkout_core::providers::oxapay::OxaPay;
use checkout_core::secret::Secret;
use checkout_shared::money::Amount;
use checkout_shared::time::Millis;
use checkout_tests::driver::run;

/// All requests of a conversation that is answered in turn.
fn sent<T>(begun: Operation<T>, answers: &[&str]) -> Vec<String> {
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
fn the_sandbox_marks_hosted_pages_and_nothing_else() {
    let sandbox = OxaPay::new("https://api.oxapay.com/v1", Secret::new(KEY), true).unwrap();
    assert_eq!(sent(sandbox.create(&purchase("page:crypto")), &["invoice.json"]), [expected("invoice-sandbox.request.http")]);
    let address = sent(sandbox.create(&purchase("USDT:tron")), &["currencies.json", "white-label.json"]);
    assert_eq!(address[1], expected("white-label.request.http"));
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
fn an_account_has_a_key() {
    for key in ["", "a b", "a\nb", "ä"] {
        assert!(OxaPay::new("https://api.oxapay.com/v1", Secret::new(key), false).is_none(), "{key:?}");
    }
}
