//! What is understood of the vendor's answers.

use crate::texts::{account, after_currencies, in_turn, ok, purchase, text, with};
use bytes::Bytes;
use checkout_core::provider::{Created, Found, PaymentStatus, Provider, ProviderError, Purchase, Snapshot, Stated};
use checkout_shared::money::{Amount, Money};
use checkout_shared::session::{Address, Instructions, Transaction, TransactionStatus};
use checkout_shared::time::Timestamp;
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
fn the_ways_to_pay_are_what_is_accepted_and_on_likeliest_first() {
    let answers = ["accepted-currencies.json", "currencies.json"].map(|name| ok(text(name)));
    let methods = run(account().methods(), in_turn(answers)).unwrap();
    let shown: Vec<String> = methods
        .iter()
        .map(|method| {
            format!("{} {:?} {:?} {:?}", method.id, method.name, method.minimum.map(|least| least.to_string()), method.confirmations)
        })
        .collect();
    assert_eq!(
        shown,
        [
            r#"USDT:tron Some("Tether") Some("0.5") Some(4)"#,
            r#"BTC:bitcoin Some("Bitcoin") Some("0.00001") Some(2)"#,
            r#"ETH:ethereum Some("Ethereum") Some("0.0002") Some(6)"#,
            r#"USDT:bsc Some("Tether") Some("0.5") Some(5)"#,
            r#"USDT:some-new-chain Some("Tether") None Some(1)"#,
            r#"USDT:ton Some("Tether") Some("1") None"#,
            r#"TRX:tron Some("Tron") None None"#,
            "page:crypto None None None",
        ]
    );
}

#[test]
fn who_accepts_nothing_is_offered_nothing() {
    let answers = [ok(r#"{"data":{"list":[]},"status":200}"#), ok(text("currencies.json"))];
    assert_eq!(run(account().methods(), in_turn(answers)), Ok(Vec::new()));
}

#[test]
fn an_address_with_all_it_takes_to_pay() {
    let created = created("USDT:tron", text("white-label.json")).unwrap();
    let address = "TJRyWwFs9wTFGZg3JbrVriFbNfCug5tDeC".to_owned();
    let expected = Created {
        provider_reference: "184747701".to_owned(),
        instructions: Instructions::Address(Address {
            amount: money("25.530612", "USDT"),
            network: checkout_shared::method::Network::new("tron").unwrap(),
            payment_uri: address.clone(),
            address,
            memo: None,
            expires_at: Timestamp::from_seconds(1_728_121_075),
        }),
        stated: Stated { price: Some(money("25.5", "USD")), reference: Some("abcdefghijklmnopqrstuvwx27-1".to_owned()) },
    };
    assert_eq!(created, expected);
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
fn a_hosted_page() {
    // The vendor's sample is of another day than the others.
    let purchase = Purchase { started_at: Timestamp::from_seconds(1_735_997_475), ..purchase("page:crypto") };
    let created = run(account().create(&purchase), in_turn([ok(text("invoice.json"))])).unwrap();
    let expected = Created {
        provider_reference: "193139644".to_owned(),
        instructions: Instructions::Page {
            url: "https://pay.oxapay.com/10229730/193139644".to_owned(),
            expires_at: Timestamp::from_seconds(1_735_999_275),
        },
        stated: Stated { price: None, reference: None },
    };
    assert_eq!(created, expected);
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
fn an_answer_that_money_could_go_astray_by_is_never_shown() {
    for (piece, by) in [
        ("\"pay_currency\": \"USDT\"", "\"pay_currency\": \"USDC\""),
        ("\"pay_currency\": \"USDT\",", ""),
        ("\"Tron Network\"", "\"Ethereum Network\""),
        ("\"Tron Network\"", "{}"),
        ("\"TJRyWwFs9wTFGZg3JbrVriFbNfCug5tDeC\"", "\"\""),
        ("\"TJRyWwFs9wTFGZg3JbrVriFbNfCug5tDeC\"", "null"),
        ("\"TJRyWwFs9wTFGZg3JbrVriFbNfCug5tDeC\"", "\"T J\""),
        ("25.530612", "0"),
        ("25.530612", "-1"),
        ("25.530612", "\"a lot\""),
        ("\"track_id\": \"184747701\"", "\"track_id\": null"),
        ("\"amount\": 25.5,", "\"amount\": \"?\","),
        ("\"data\": {", "\"data\": [], \"other\": {"),
    ] {
        let outcome = created("USDT:tron", with("white-label.json", piece, by));
        assert!(matches!(outcome, Err(ProviderError::MaybeSent { .. })), "{by}: {outcome:?}");
    }
    for url in ["javascript:alert(1)", "http://pay.oxapay.com/1", "", "pay"] {
        let body = with("invoice.json", "https://pay.oxapay.com/10229730/193139644", url);
        let outcome = run(account().create(&purchase("page:crypto")), in_turn([ok(body)]));
        assert!(matches!(outcome, Err(ProviderError::MaybeSent { .. })), "{url}: {outcome:?}");
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
fn the_vendors_sample_of_a_payment() {
    let expected = Snapshot {
        provider_reference: "168931368".to_owned(),
        status: PaymentStatus::Paid,
        stated: Stated { price: Some(money("15", "USD")), reference: Some("ORD-12345".to_owned()) },
        transactions: vec![Transaction {
            hash: "0x2DehmnxMDFMhS3KHXCPpGSx41NeLBjH34q5vjN1oGbUDFFAMC9rG3".to_owned(),
            amount: money("0.00613418", "ETH"),
            status: TransactionStatus::Confirmed,
            confirmations: 11,
            required_confirmations: None,
            seen_at: Some(Timestamp::from_seconds(1_728_117_736)),
        }],
        shortfall_accepted: Amount::parse("21.5"),
        unknown_status: None,
    };
    assert_eq!(fetched(text("payment-information.json")), Ok(expected));
}

#[test]
fn every_documented_status_has_one_meaning_in_any_letter_case() {
    for (word, meaning) in [
        ("new", PaymentStatus::Pending),
        ("waiting", PaymentStatus::Pending),
        ("paying", PaymentStatus::Processing),
        ("paid", PaymentStatus::Paid),
        ("manual_accept", PaymentStatus::Paid),
        ("underpaid", PaymentStatus::Underpaid),
        ("refunding", PaymentStatus::Refunding),
        ("refunded", PaymentStatus::Refunded),
        ("expired", PaymentStatus::Expired),
    ] {
        let title = format!("{}{}", word[..1].to_uppercase(), &word[1..]);
        for word in [word, &title, &word.to_uppercase()] {
            let body = with("payment-information.json", "\"paid\"", &format!("\"{word}\""));
            assert_eq!(fetched(body).unwrap().status, meaning, "{word}");
        }
    }
}

#[test]
fn an_unknown_status_is_pending_never_paid_and_never_failed() {
    for word in ["\"confirming\"", "\"failed\"", "\"paid!\"", "\"\"", "null", "7", "{}"] {
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

#[test]
fn transactions_may_lack_what_they_like_but_not_how_much_of_what() {
    let read = |tx: &str| {
        let body = format!(r#"{{"data":{{"track_id":168931368,"status":"paying","txs":[{tx}]}},"status":200}}"#);
        fetched(body.into()).unwrap().transactions
    };
    let bare = read(r#"{"amount":"1","currency":"btc"}"#);
    assert_eq!((bare[0].hash.as_str(), &bare[0].amount, bare[0].confirmations), ("", &money("1", "BTC"), 0));
    assert_eq!(read(r#"{"amount":1e-5,"currency":"BTC","confirmations":"3","tx_hash":null}"#)[0].confirmations, 3);
    for unusable in [
        r#"{"currency":"BTC"}"#,
        r#"{"amount":1}"#,
        r#"{"amount":null,"currency":"BTC"}"#,
        r#"{"amount":-1,"currency":"BTC"}"#,
        "7",
        "null",
    ] {
        assert_eq!(read(unusable), Vec::new(), "{unusable}");
    }
    for none in ["null", "{}", "\"\"", "[]"] {
        let body = with("payment-information.json", "\"txs\": [", &format!("\"txs\": {none}, \"other\": ["));
        assert_eq!(fetched(body).unwrap().transactions, Vec::new(), "{none}");
    }
}

#[test]
fn an_answer_about_another_payment_is_no_answer() {
    let outcome = run(account().fetch("168931369"), in_turn([ok(text("payment-information.json"))]));
    assert!(matches!(outcome, Err(ProviderError::NotSent { .. })), "{outcome:?}");
}

#[test]
fn an_amount_that_cannot_be_read_does_not_pass_for_one_that_is_not_stated() {
    let outcome = fetched(with("payment-information.json", "\"amount\": 15,", "\"amount\": \"fifteen\","));
    assert!(matches!(outcome, Err(ProviderError::NotSent { .. })), "{outcome:?}");
    let outcome = fetched(with("payment-information.json", "\"amount\": 15,", "")).unwrap();
    assert_eq!(outcome.stated.price, None);
}

#[test]
fn a_lost_payment_is_found_by_our_reference() {
    let mut lost = purchase("page:crypto");
    "ORD-12345".clone_into(&mut lost.reference);
    let found = run(account().find(&lost), in_turn([ok(text("payment-history.json"))]));
    let stated = Stated { price: Some(money("15", "USD")), reference: Some("ORD-12345".to_owned()) };
    assert_eq!(found, Ok(Some(Found { provider_reference: "168931368".to_owned(), instructions: None, stated })));
    assert_eq!(run(account().find(&purchase("page:crypto")), in_turn([ok(text("payment-history.json"))])), Ok(None));
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
