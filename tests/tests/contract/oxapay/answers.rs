//! What is understood of answers that are odder than one text can show: fields left out, spelt otherwise, of another type, or never
//! ending.

use crate::oxapay::texts::{account, after_currencies, in_turn, ok, purchase, status, text, with};
use bytes::Bytes;
use checkout_core::provider::{Created, PaymentStatus, Provider, ProviderError, Snapshot};
use checkout_shared::money::{Amount, Money};
use checkout_shared::session::{Instructions, TransactionStatus};
use checkout_tests::driver::run;

fn money(amount: &str, currency: &str) -> Money {
    Money { amount: Amount::parse(amount).unwrap(), currency: currency.parse().unwrap() }
}

fn fetched(body: Bytes) -> Result<Snapshot, ProviderError> {
    run(account().fetch("168931368"), in_turn([ok(body)]))
}

fn created(method: &str, body: Bytes) -> Result<Created, ProviderError> {
    run(account().create(&purchase(method)), after_currencies(ok(body)))
}

#[test]
fn who_accepts_nothing_is_offered_nothing() {
    let answers = [ok(r#"{"data":{"list":[]},"status":200}"#), ok(text("currencies.json"))];
    assert_eq!(run(account().methods(), in_turn(answers)), Ok(Vec::new()));
}

#[test]
fn a_memo_is_kept_be_it_a_number_or_a_string() {
    for memo in ["\"memo\": 10077", "\"memo\": \"10077\""] {
        let created = created("USDT:tron", with("white-label.json", "\"memo\": \"\"", memo)).unwrap();
        let Instructions::Address(address) = created.instructions else { panic!() };
        assert_eq!(address.memo.as_deref(), Some("10077"));
    }
}

#[test]
fn a_time_that_cannot_be_is_not_believed() {
    for stated in ["60", "1728121075000", "-1", "\"soon\"", "0"] {
        let created = created("USDT:tron", with("white-label.json", "1728121075", stated)).unwrap();
        let asked_for = purchase("USDT:tron");
        assert_eq!(created.instructions.expires_at(), asked_for.started_at + asked_for.lifetime, "{stated}");
    }
}

#[test]
fn the_vendor_may_spell_coin_and_network_as_it_likes() {
    for (piece, by) in [
        ("\"Tron Network\"", "\"TRC20\""),
        ("\"Tron Network\"", "\"tron\""),
        ("\"USDT\"", "\"usdt\""),
        ("\"network\": \"Tron Network\",", ""),
    ] {
        assert!(created("USDT:tron", with("white-label.json", piece, by)).is_ok(), "{by}");
    }
}

#[test]
fn a_coin_that_is_not_offered_on_a_network_is_refused_before_anything_is_created() {
    for method in ["USDT:bitcoin", "NOPE:tron", "OFF:tron", "USDT:sunken"] {
        let outcome = run(account().create(&purchase(method)), in_turn([ok(text("currencies.json"))]));
        assert!(matches!(outcome, Err(ProviderError::Answered { status: 400, .. })), "{method}: {outcome:?}");
    }
}

#[test]
fn a_status_that_is_no_word_and_one_of_a_transaction_is_pending() {
    for word in ["\"confirming\"", "\"failed\"", "\"\"", "null", "7", "{}"] {
        let body = with("payment-information.json", "\"status\": \"paid\"", &format!("\"status\": {word}"));
        assert_eq!(fetched(body).unwrap().status, PaymentStatus::Pending, "{word}");
    }
}

#[test]
fn every_documented_transaction_status_has_one_meaning() {
    for (word, meaning) in [
        ("confirming", TransactionStatus::Confirming),
        ("Confirmed", TransactionStatus::Confirmed),
        ("failed", TransactionStatus::Failed),
        ("something new", TransactionStatus::Confirming),
    ] {
        let body = with("payment-information.json", "\"confirmed\"", &format!("\"{word}\""));
        assert_eq!(fetched(body).unwrap().transactions[0].status, meaning, "{word}");
    }
}

fn fetched_with(transactions: &str) -> Result<Snapshot, ProviderError> {
    let body = format!(r#"{{"data":{{"track_id":168931368,"status":"paying","txs":[{transactions}]}},"status":200}}"#);
    fetched(body.into())
}

#[test]
fn transactions_may_lack_what_they_like_and_are_none_without_an_amount() {
    let read = |tx: &str| fetched_with(tx).unwrap().transactions;
    let bare = read(r#"{"amount":"1","currency":"btc"}"#);
    assert_eq!((bare[0].hash.as_str(), &bare[0].amount, bare[0].confirmations), ("", &money("1", "BTC"), 0));
    assert_eq!(read(r#"{"amount":1e-5,"currency":"BTC","confirmations":"3","tx_hash":null}"#)[0].confirmations, 3);
    assert_eq!(read(r#"{"amount":0.2,"sent_amount":"0.3","received_amount":0,"currency":"BTC"}"#)[0].amount, money("0.3", "BTC"));
    for of_nothing in [
        r#"{"currency":"BTC"}"#,
        r#"{"amount":null,"currency":"BTC"}"#,
        r#"{"amount":"","currency":"?"}"#,
        r#"{"amount":0,"sent_amount":"0","currency":"BTC"}"#,
        "{}",
    ] {
        assert_eq!(read(of_nothing), Vec::new(), "{of_nothing}");
        assert_eq!(read(&format!(r#"{of_nothing},{{"amount":"1","currency":"btc"}}"#)).len(), 1, "{of_nothing}");
    }
    for none in ["null", "{}", "\"\"", "[]"] {
        let body = with("payment-information.json", "\"txs\": [", &format!("\"txs\": {none}, \"other\": ["));
        assert_eq!(fetched(body).unwrap().transactions, Vec::new(), "{none}");
    }
}

/// Leaving it out would be saying that it is not there.
#[test]
fn a_transaction_that_is_there_and_cannot_be_read_makes_the_answer_unreadable() {
    for unreadable in [
        r#"{"amount":1}"#,
        r#"{"amount":1,"currency":"?"}"#,
        r#"{"amount":1,"currency":{}}"#,
        r#"{"amount":-1,"currency":"BTC"}"#,
        r#"{"amount":"1,5","currency":"BTC"}"#,
        r#"{"amount":[1],"currency":"BTC"}"#,
        r#"{"amount":1,"sent_amount":"all","currency":"BTC"}"#,
        "7",
        "null",
    ] {
        let outcome = fetched_with(unreadable);
        assert!(matches!(outcome, Err(ProviderError::NotSent { .. })), "{unreadable}: {outcome:?}");
    }
    for none in ["7", "true", "\"none\"", r#"{"tx_hash":"1","amount":1,"currency":"BTC"}"#] {
        let outcome = fetched(with("payment-information.json", "\"txs\": [", &format!("\"txs\": {none}, \"other\": [")));
        assert!(matches!(outcome, Err(ProviderError::NotSent { .. })), "{none}: {outcome:?}");
    }
}

#[test]
fn an_amount_that_is_not_there_is_not_stated() {
    let outcome = fetched(with("payment-information.json", "\"amount\": 15,", "")).unwrap();
    assert_eq!(outcome.stated.price, None);
}

#[test]
fn the_history_is_read_to_its_last_page_and_not_for_ever() {
    let page = |last: &str| ok(with("payment-history.json", "\"last_page\": 1", &format!("\"last_page\": {last}")));
    assert_eq!(run(account().find(&purchase("page:crypto")), in_turn([page("3"), page("\"3\""), page("3")])), Ok(None));
    let endless = run(account().find(&purchase("page:crypto")), |_| page("1000000"));
    assert!(matches!(endless, Err(ProviderError::NotSent { .. })), "it was not looked through: {endless:?}");
    let without_meta = ok(with("payment-history.json", "\"meta\"", "\"other\""));
    assert_eq!(run(account().find(&purchase("page:crypto")), in_turn([without_meta])), Ok(None));
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
