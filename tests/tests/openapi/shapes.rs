//! What the code writes fits its schema, whole and with as little in it as can be; with anything more, less or other it does not.

use crate::samples::{
    ID, NOW, Pair, address, amount, attempt_record, attempt_view, delivery, line, method, money, order, page, session_view, snapshot, text,
    transaction,
};
use crate::{DOCUMENT, complaints, named};
use checkout_core::records::{Account, AccountChanges, Event, Record, RecordPage};
use checkout_shared::error::{ErrorBody, ErrorCode, ErrorDetail, FieldError};
use checkout_shared::event::{EventKind, EventView, WebhookBody};
use checkout_shared::record::{SessionRecord, SessionSummary};
use checkout_shared::session::{ChooseRequest, OpenRequest, Opened, Status};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The fields a schema names, its base's included.
fn fields(schema: &str) -> BTreeSet<String> {
    let schema = &DOCUMENT["components"]["schemas"][schema];
    let own = schema["properties"].as_object().into_iter().flat_map(Map::keys).cloned();
    let bases = schema["allOf"].as_array().into_iter().flatten().filter_map(|base| base["$ref"].as_str()?.rsplit('/').next());
    own.chain(bases.flat_map(fields)).collect()
}

fn of_another_kind(value: &Value) -> Value {
    match value {
        Value::String(_) => json!(1),
        Value::Number(_) | Value::Null => json!("1"),
        Value::Bool(_) => json!("true"),
        Value::Array(_) => json!({}),
        Value::Object(_) => json!([]),
    }
}

fn changed(value: &Value, change: impl FnOnce(&mut Map<String, Value>)) -> Value {
    let mut value = value.clone();
    change(value.as_object_mut().unwrap());
    value
}

/// What the code writes is what the schema says: no field more, none less, none of another kind.
fn agree<T: Serialize>(schema: &str, (least, all): &Pair<T>) {
    let fits = named(schema);
    let (least, all) = (serde_json::to_value(least).unwrap(), serde_json::to_value(all).unwrap());
    for sample in [&least, &all] {
        assert_eq!(complaints(&fits, sample), Vec::<String>::new(), "{schema}: {sample}");
    }
    let written: BTreeSet<String> = all.as_object().unwrap().keys().cloned().collect();
    assert_eq!(fields(schema), written, "{schema}");
    for (name, value) in all.as_object().unwrap() {
        let without = changed(&all, |all| drop(all.remove(name)));
        assert_eq!(fits.is_valid(&without), least.get(name).is_none(), "{schema} without {name}");
        let other = changed(&all, |all| drop(all.insert(name.clone(), of_another_kind(value))));
        assert!(!fits.is_valid(&other), "{schema} with another kind of {name}");
    }
    for sample in [&least, &all] {
        assert!(
            !fits.is_valid(&changed(sample, |sample| drop(sample.insert("unheard_of".to_owned(), json!(1))))),
            "{schema} is not closed"
        );
    }
}

/// As [`agree`]; and the schema's examples are read as that type and say the same when they are written again.
fn agree_both_ways<T: Serialize + DeserializeOwned>(schema: &str, pair: &Pair<T>) {
    agree(schema, pair);
    for example in DOCUMENT["components"]["schemas"][schema]["examples"].as_array().into_iter().flatten() {
        let read: T = serde_json::from_value(example.clone()).unwrap_or_else(|error| panic!("{schema}: {error}"));
        assert_eq!(serde_json::to_value(&read).unwrap(), *example, "{schema}");
    }
}

fn twice<T: Clone>(value: T) -> Pair<T> {
    (value.clone(), value)
}

#[test]
fn orders_and_methods() {
    agree_both_ways("Money", &twice(money("-0.50", "USD")));
    agree_both_ways("Line", &twice(line()));
    agree_both_ways("Order", &order());
    agree_both_ways("Method", &method());
}

#[test]
fn sessions_as_customers_see_them() {
    agree_both_ways("Transaction", &transaction());
    agree_both_ways("AddressInstructions", &address());
    agree_both_ways("PageInstructions", &twice(page()));
    agree_both_ways("AttemptView", &attempt_view());
    agree_both_ways("SessionView", &session_view());
    let opened = |session| Opened { page: format!("/checkout/{ID}.t"), token: "t".to_owned(), session };
    let (least, all) = session_view();
    agree_both_ways("Opened", &(opened(least), opened(all)));
}

#[test]
fn sessions_as_merchants_see_them() {
    agree_both_ways("AttemptRecord", &attempt_record());
    let record =
        |session, attempts, stray_payments| SessionRecord { session, created_at: NOW, attempts, provider_calls: 7, stray_payments };
    let ((least, all), (attempt, whole_attempt)) = (session_view(), attempt_record());
    agree_both_ways(
        "SessionRecord",
        &(record(least, Vec::new(), Vec::new()), record(all, vec![attempt, whole_attempt], vec!["1795237123".to_owned()])),
    );
    let summary = SessionSummary {
        id: ID.to_owned(),
        reference: "A-1042".to_owned(),
        status: Status::Review,
        price: money("18.90", "USD"),
        sequence: 9,
        created_at: NOW,
        updated_at: NOW,
        expires_at: NOW,
    };
    agree_both_ways("SessionSummary", &twice(summary.clone()));
    agree("SessionList", &(json!({"sessions": []}), json!({"sessions": [summary], "next": "c"})));
    let listed = |method| json!({ "methods": [method] });
    let mut whole = serde_json::to_value(method().1).unwrap();
    whole["contract"] = json!("TR7");
    agree("MethodList", &(listed(serde_json::to_value(method().0).unwrap()), listed(whole.clone())));
    whole["unheard_of"] = json!(1);
    assert!(!named("MethodList").is_valid(&listed(whole)), "a method is not closed");
}

#[test]
fn events_and_deliveries() {
    agree_both_ways("DeliveryView", &delivery());
    let ((least, all), (session, whole_session)) = (delivery(), session_view());
    let event = |delivery, data| EventView { delivery, data };
    let events = (event(least.clone(), session.clone()), event(all.clone(), whole_session.clone()));
    agree_both_ways("EventView", &events);
    agree("EventList", &twice(json!({"events": [events.0, events.1]})));
    agree("DeliveryList", &(json!({"deliveries": []}), json!({"deliveries": [least, all], "next": "c"})));
    let body = |data| WebhookBody { kind: EventKind::Paid, timestamp: "2026-11-21T12:00:00.123Z".to_owned(), data };
    agree_both_ways("WebhookBody", &(body(session), body(whole_session)));
}

#[test]
fn errors() {
    let field = FieldError { field: "amount".to_owned(), issue: "is required".to_owned() };
    agree_both_ways("FieldError", &twice(field.clone()));
    let detail = |details| ErrorDetail { code: ErrorCode::InvalidRequest, message: "No.".to_owned(), request_id: "8f".to_owned(), details };
    agree_both_ways("ErrorDetail", &(detail(None), detail(Some(field.clone()))));
    agree_both_ways("ErrorBody", &(ErrorBody { error: detail(None) }, ErrorBody { error: detail(Some(field)) }));
}

#[test]
fn providers_records() {
    agree_both_ways("Payment", &snapshot());
    let record = |payment, provider_status, created_at| Record { payment, provider_status, created_at };
    let records = (record(snapshot().0, None, None), record(snapshot().1, text("Paid"), Some(NOW)));
    agree("PaymentRecord", &records);
    let page = RecordPage { payments: vec![records.0, records.1], next: text("2"), total: Some(3) };
    agree("PaymentList", &(RecordPage::default(), page));
    let event =
        Event { id: "1".to_owned(), kind: "paid".to_owned(), provider_reference: "2".to_owned(), status: None, error: None, at: None };
    let whole_event = Event { status: text("paid"), error: text("none"), at: Some(NOW), ..event.clone() };
    agree("PaymentEventList", &twice(json!({"events": [event, whole_event]})));
    agree_both_ways("PaymentEvent", &(event, whole_event));
    let account = Account {
        id: text("1"),
        email: text("shop@shop.example"),
        full_name: text("Example Shop"),
        phone: text("+1"),
        address: text("Here"),
        currencies: vec!["USD".to_owned()],
        payment_methods: vec!["card".to_owned()],
        success_url: text("https://shop.example/thanks"),
        cancel_url: text("https://shop.example/cart"),
        webhook_url: text("https://pay.shop.example/v1/webhooks/onecheckout"),
        created_at: Some(NOW),
    };
    agree("Account", &(Account::default(), account));
}

/// What is asked may say more than is read; the rest holds for it too.
#[test]
fn requests() {
    for (schema, written) in [
        ("OpenRequest", serde_json::to_value(OpenRequest { order: "a.b.c".to_owned() }).unwrap()),
        ("ChooseRequest", serde_json::to_value(ChooseRequest { method: "page:card".parse().unwrap() }).unwrap()),
    ] {
        assert_eq!(fields(schema), written.as_object().unwrap().keys().cloned().collect());
        let fits = named(schema);
        assert!(fits.is_valid(&written) && !fits.is_valid(&json!({})), "{schema}");
    }
    let changes = |json: &Value| AccountChanges::read(json.as_object().unwrap());
    let fits = named("AccountChanges");
    for name in fields("AccountChanges") {
        let one = json!({ name: "x" });
        assert!(fits.is_valid(&one) && changes(&one).is_ok(), "{one}");
    }
    for refused in [json!({}), json!({"id": "x"}), json!({"email": 1}), json!({"email": null})] {
        assert!(!fits.is_valid(&refused) && changes(&refused).is_err(), "{refused}");
    }
}

#[test]
fn an_amount_is_a_plain_decimal_string() {
    let fits = named("Amount");
    for text in ["0", "12.50", "-1", "0.000000000000000001"] {
        assert!(fits.is_valid(&json!(text)));
        assert_eq!(amount(text).to_string(), text);
    }
    for value in [json!(1), json!(1.5), json!("1e3"), json!("1."), json!(".5"), json!("+1"), json!(""), json!("1,0"), json!(null)] {
        assert!(!fits.is_valid(&value), "{value}");
    }
}
