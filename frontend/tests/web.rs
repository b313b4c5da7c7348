//! What a browser's engine has a part in, run in Node. The wire contract by `JSON.parse` and `serde-wasm-bindgen`: how it looks as text is
//! pinned in `checkout-shared`; here it must survive JavaScript's numbers and objects. And texts with what `Intl` knows of their language.
#![cfg(target_arch = "wasm32")]

use checkout_shared::error::{ErrorBody, ErrorCode};
use checkout_shared::session::{AttemptStatus, ChooseRequest, Instructions, SessionView, Status, TransactionStatus};
use checkout_shared::time::Timestamp;
use checkout_widget::messages::{Key, Messages};
use checkout_widget::{PageData, json};
use serde::de::DeserializeOwned;
use wasm_bindgen_test::wasm_bindgen_test;

const VIEW: &str = include_str!("fixtures/view.json");

fn read<T: DeserializeOwned>(text: &str) -> T {
    json::decode(text).expect("the fixture is of this shape")
}

#[wasm_bindgen_test]
fn a_view_keeps_every_digit() {
    let view: SessionView = read(VIEW);
    let attempt = view.attempt.as_ref().unwrap();
    assert_eq!(view.order.price().to_string(), "49.90 USD");
    assert_eq!(attempt.received.as_ref().unwrap().to_string(), "50.000000000000000001 USDT", "more digits than a float has");
    assert_eq!(view.overpaid_by.as_ref().unwrap().to_string(), "0.086749000000000001 USDT");
    assert_eq!(attempt.due.as_ref().unwrap().to_string(), "0.10 USDT");
    assert_eq!(view.sequence, 4_294_967_301, "a sequence above 2^32");
    assert_eq!(view.order.description.as_deref(), Some("Two seedlings – “Fern”"));
    assert!(view.late);
}

#[wasm_bindgen_test]
fn times_above_2_to_the_31_are_read_inside_tagged_values_too() {
    let view: SessionView = read(VIEW);
    let attempt = view.attempt.unwrap();
    assert_eq!(view.server_time, Timestamp(1_900_000_000_123));
    assert_eq!(attempt.instructions.as_ref().map(Instructions::expires_at), Some(Timestamp(1_900_001_800_000)));
    assert!(matches!(attempt.instructions, Some(Instructions::Address(address)) if address.memo.as_deref() == Some("4711")));
    let transaction = &attempt.transactions[0];
    assert_eq!(
        (transaction.status, transaction.confirmations, transaction.required_confirmations),
        (TransactionStatus::Confirming, 7, Some(19))
    );
    assert_eq!(transaction.seen_at, Some(Timestamp(1_900_000_000_000)));
}

#[wasm_bindgen_test]
fn every_status_is_read() {
    let statuses = [
        ("open", Status::Open),
        ("awaiting_payment", Status::AwaitingPayment),
        ("processing", Status::Processing),
        ("underpaid", Status::Underpaid),
        ("paid", Status::Paid),
        ("refunding", Status::Refunding),
        ("refunded", Status::Refunded),
        ("expired", Status::Expired),
        ("cancelled", Status::Cancelled),
        ("failed", Status::Failed),
        ("review", Status::Review),
    ];
    for (name, status) in statuses {
        let view: SessionView = read(&VIEW.replacen("\"status\": \"processing\"", &format!("\"status\": \"{name}\""), 1));
        assert_eq!(view.status, status);
    }
    let attempt_statuses = [
        ("creating", AttemptStatus::Creating),
        ("checking", AttemptStatus::Checking),
        ("awaiting_payment", AttemptStatus::AwaitingPayment),
        ("processing", AttemptStatus::Processing),
        ("underpaid", AttemptStatus::Underpaid),
        ("paid", AttemptStatus::Paid),
        ("refunding", AttemptStatus::Refunding),
        ("refunded", AttemptStatus::Refunded),
        ("expired", AttemptStatus::Expired),
        ("cancelled", AttemptStatus::Cancelled),
        ("failed", AttemptStatus::Failed),
        ("review", AttemptStatus::Review),
    ];
    for (name, status) in attempt_statuses {
        let read: AttemptStatus = read(&format!("\"{name}\""));
        assert_eq!(read, status);
    }
}

#[wasm_bindgen_test]
fn the_data_in_the_page_is_read() {
    let data: PageData = read(include_str!("fixtures/page_data.json"));
    assert_eq!(data.embedder.as_deref(), Some("https://shop.example"));
    let attempt = data.session.unwrap().attempt.unwrap();
    assert!(matches!(attempt.instructions, Some(Instructions::Page { url, .. }) if url == "https://pay.example/invoice/1"));

    let with_null: PageData = read(r#"{"page":"/checkout/x","embedder":null}"#);
    assert_eq!(with_null.embedder, None);
}

#[wasm_bindgen_test]
fn an_error_is_read() {
    let body: ErrorBody = read(include_str!("fixtures/error.json"));
    assert_eq!((body.error.code, body.error.request_id.as_str()), (ErrorCode::ExpiredOrderToken, "8f2c41d0"));
    let as_page: PageData = read(include_str!("fixtures/error.json"));
    assert_eq!(as_page.error, Some(body.error));
}

#[wasm_bindgen_test]
fn what_is_no_view_is_nothing_not_a_panic() {
    for text in [
        "",
        "__CHECKOUT_DATA__",
        "<html>",
        "null",
        "[]",
        "{}",
        r#"{"id":1}"#,
        &VIEW.replace("49.90", "49,90"),
        &VIEW.replace("\"49.90\"", "49.9"),
    ] {
        assert_eq!(json::decode::<SessionView>(text), None, "{text}");
    }
}

#[wasm_bindgen_test]
fn a_choice_is_written_as_documented() {
    let request = ChooseRequest { method: "USDT:tron".parse().unwrap() };
    assert_eq!(json::encode(&request).as_deref(), Some(r#"{"method":"USDT:tron"}"#));
}

/// A list of texts in which only this one is not empty.
fn messages(language: &str, key: Key, value: &str) -> Messages {
    let before = "\"\",".repeat(key as usize);
    Messages::parse(&format!("[\"{language}\",\"ltr\",{before}{value}]")).expect("a list of texts")
}

#[wasm_bindgen_test]
fn texts_are_read_from_the_list_in_the_page() {
    let messages = messages("fr", Key::OnNetwork, "\"sur {network}\"");
    assert_eq!(messages.fill(Key::OnNetwork, &[("network", "Tron")]), "sur Tron");
    assert_eq!((messages.text(Key::Copy), messages.text(Key::WhenItEndsRest)), (String::new(), String::new()));
    for list in ["", "null", "{}", "[]", "[\"en\"]", "7", "__CHECKOUT_MESSAGES__"] {
        assert!(Messages::parse(list).is_none(), "{list}");
    }
}

#[wasm_bindgen_test]
fn plurals_are_the_languages_own() {
    let forms = r#"{"zero":"zero","one":"one","two":"two","few":"few","many":"many","other":"other"}"#;
    let form = |language: &str, count| messages(language, Key::Confirmations, forms).count(Key::Confirmations, count, &[]);
    assert_eq!([1, 3, 5, 11, 21, 22].map(|count| form("ru", count)), ["one", "few", "many", "many", "one", "few"]);
    assert_eq!([0, 1, 2, 3, 11, 100].map(|count| form("ar", count)), ["zero", "one", "two", "few", "many", "other"]);
    assert_eq!([0, 1, 2].map(|count| form("fr", count)), ["one", "one", "other"]);
    assert_eq!([1, 2].map(|count| form("ja", count)), ["other", "other"]);
    let missing = messages("uk", Key::Confirmations, r#"{"other":"{count} of {needed}"}"#);
    assert_eq!(missing.count(Key::Confirmations, 2, &[("needed", "19")]), "2 of 19");
}

#[wasm_bindgen_test]
fn numbers_and_clocks_are_written_as_the_language_does() {
    let in_language = |language: &str| messages(language, Key::Pay, "\"\"");
    assert_eq!(in_language("en").number(1234), "1,234");
    assert_eq!(in_language("de").number(1234), "1.234");
    assert_eq!(in_language("pt-BR").digits("14:05"), "14:05");
    assert_eq!(in_language("zh-Hant").number(7), "7");
    assert_eq!((in_language("fa").number(7).as_str(), in_language("fa").digits("14:05").as_str()), ("۷", "۱۴:۰۵"));
}
