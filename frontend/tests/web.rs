//! What a browser's engine has a part in, run in Node. The wire contract: how it looks as text is pinned in `checkout-shared` by serde; here
//! what the widget reads and writes by hand is held against serde's answers, field by field, and must survive JavaScript's numbers. And
//! texts with what `Intl` knows of their language.
#![cfg(target_arch = "wasm32")]

mod states;

use checkout_shared::error::{ErrorBody, ErrorCode, ErrorDetail, FieldError};
use checkout_shared::money::{Amount, Currency, Money};
use checkout_shared::order::{Capture, Line, Order};
use checkout_shared::session::{AttemptStatus, AttemptView, ChooseRequest, Instructions, SessionView, Status, TransactionStatus};
use checkout_shared::time::Timestamp;
use checkout_widget::json::{FromJs, ToJs};
use checkout_widget::messages::{Key, Messages};
use checkout_widget::{PageData, json};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json as value};
use std::fmt::Debug;
use wasm_bindgen_test::wasm_bindgen_test;

const VIEW: &str = include_str!("fixtures/view.json");

fn read<T: FromJs>(text: &str) -> T {
    json::decode(text).expect("the fixture is of this shape")
}

/// What we and serde both make of it.
fn agreed<T: FromJs + DeserializeOwned + Debug + PartialEq>(text: &str) -> Option<T> {
    let (ours, serdes) = (json::decode::<T>(text), serde_json::from_str::<T>(text).ok());
    assert_eq!(ours, serdes, "{text}");
    ours
}

/// A page with everything on it, and nothing that is its own default.
fn full_page() -> PageData {
    let money = |amount: &str| Money { amount: Amount::parse(amount).unwrap(), currency: Currency::new("VET").unwrap() };
    let view: SessionView = serde_json::from_str(VIEW).unwrap();
    let line = Line { title: "Seedling".to_owned(), quantity: 2, unit_price: Amount::parse("24.00").unwrap() };
    let order = Order {
        prices: vec![money("850"), money("0.5")],
        lines: vec![line],
        tax: Amount::parse("1.90"),
        capture: Capture::Manual,
        ..view.order
    };
    let attempt = view.attempt.map(|attempt| AttemptView { capturable: true, ..attempt });
    let details = Some(FieldError { field: "order.amount".to_owned(), issue: "too small".to_owned() });
    let error = ErrorDetail { code: ErrorCode::NotFound, message: "No.".to_owned(), request_id: "8f2c41d0".to_owned(), details };
    PageData {
        page: Some("/checkout/abcdefghijklmnopqrstuvwx27.t0ken-_".to_owned()),
        query: Some("lang=fr".to_owned()),
        session: Some(SessionView { order, attempt, methods_unavailable: true, ..view }),
        changing: true,
        choice_error: Some(error.clone()),
        error: Some(error),
        embedder: Some("https://shop.example".to_owned()),
        merchant: Some("Fern & Vale".to_owned()),
        logo: Some("https://shop.example/sign.svg".to_owned()),
        modal: true,
    }
}

/// Every place in a value, as JSON pointers.
fn places(value: &Value) -> Vec<String> {
    let inside = |key: String, value: &Value| places(value).into_iter().map(move |place| format!("/{key}{place}")).collect::<Vec<_>>();
    let mut found = match value {
        Value::Object(fields) => fields.iter().flat_map(|(key, value)| inside(key.clone(), value)).collect(),
        Value::Array(items) => items.iter().enumerate().flat_map(|(at, value)| inside(at.to_string(), value)).collect(),
        _ => Vec::new(),
    };
    found.push(String::new());
    found
}

/// The same without that field; the same again where the place is an item of a list.
fn without(whole: &Value, place: &str) -> Value {
    let mut changed = whole.clone();
    if let Some((parent, key)) = place.rsplit_once('/') {
        changed.pointer_mut(parent).and_then(Value::as_object_mut).map(|fields| fields.remove(key));
    }
    changed
}

#[wasm_bindgen_test]
fn every_state_is_read_as_serde_reads_it() {
    let models = states::every_combination().into_iter().chain(states::gallery()).map(|state| state.model);
    let views: Vec<_> = models.filter_map(|model| model.view).collect();
    assert!(views.len() > 100);
    for view in views {
        assert_eq!(agreed(&serde_json::to_string(&*view).unwrap()), Some((*view).clone()));
    }
    let page = full_page();
    assert_eq!(agreed(&serde_json::to_string(&page).unwrap()), Some(page));
}

#[wasm_bindgen_test]
fn what_is_missing_wrong_or_new_is_treated_as_serde_treats_it() {
    let view: SessionView =
        serde_json::from_str(include_str!("fixtures/page_data.json")).map(|page: PageData| page.session.unwrap()).unwrap();
    let on_page = PageData { session: Some(view), ..full_page() };
    let wrong =
        value!([null, true, false, 0, 7, -1, 1.5, 4_294_967_296_u64, "", "x", "12.50", "page:card", [], [null], {}, {"kind": "page"}]);
    for page in [full_page(), on_page] {
        let whole = serde_json::to_value(page).unwrap();
        for place in places(&whole) {
            agreed::<PageData>(&without(&whole, &place).to_string());
            for value in wrong.as_array().unwrap() {
                let mut changed = whole.clone();
                *changed.pointer_mut(&place).unwrap() = value.clone();
                agreed::<PageData>(&changed.to_string());
            }
            let mut widened = whole.clone();
            if let Some(fields) = widened.pointer_mut(&place).and_then(Value::as_object_mut) {
                fields.insert("unheard_of".to_owned(), Value::Null);
                assert!(agreed::<PageData>(&widened.to_string()).is_some(), "what is new at {place} is in the way");
            }
        }
    }
}

/// Every word serde knows for a type is read and written as serde does, and no other is read.
fn words_agree<T: FromJs + ToJs + DeserializeOwned + Serialize + Debug + PartialEq>(at_least: usize) {
    let refusal = serde_json::from_str::<T>("\"?\"").unwrap_err().to_string();
    // unknown variant `?`, expected `automatic` or `manual`
    let words: Vec<_> = refusal.split('`').skip(3).step_by(2).collect();
    assert!(words.len() >= at_least, "{refusal}");
    for word in words {
        let text = format!("\"{word}\"");
        let read: T = agreed(&text).expect(word);
        assert_eq!(json::encode(&read), Some(text));
    }
    for other in ["\"?\"", "\"Open\"", "\"\"", "1", "null", "[]", "{}"] {
        assert_eq!(agreed::<T>(other), None);
    }
}

#[wasm_bindgen_test]
fn every_word_is_read_and_written_as_by_serde() {
    words_agree::<Status>(11);
    words_agree::<AttemptStatus>(12);
    words_agree::<TransactionStatus>(3);
    words_agree::<Capture>(2);
    words_agree::<ErrorCode>(23);
}

#[wasm_bindgen_test]
fn money_is_written_as_by_serde() {
    let money = Money { amount: Amount::parse("0.086749000000000001").unwrap(), currency: Currency::new("USDT").unwrap() };
    assert_eq!(json::encode(&money), serde_json::to_string(&money).ok());
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
