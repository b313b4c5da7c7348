//! Whatever comes in, nothing panics and nobody unsigned is believed: arbitrary bytes, and the contracts' own answers with arbitrary
//! values in arbitrary places.

use crate::suite::data::{Contract, Exchange, headers, response};
use crate::suite::places;
use bytes::Bytes;
use checkout_core::provider::Provider;
use checkout_shared::provider::ProviderId;
use http::{HeaderMap, HeaderValue, Response};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, TestRunner};
use serde_json::Value;
use std::collections::BTreeMap;

/// A provider with its account: made once, as making it reads files.
struct Subject {
    contract: Contract,
    account: Box<dyn Provider>,
}

fn subjects() -> Vec<Subject> {
    let subject = |id: &ProviderId| {
        let contract = Contract::of(*id).unwrap_or_else(|problem| panic!("{id}: {problem}"));
        Subject { account: contract.account(), contract }
    };
    ProviderId::ALL.iter().map(subject).collect()
}

fn hold<T: std::fmt::Debug>(cases: u32, values: impl Strategy<Value = T>, property: impl Fn(T) -> Result<(), TestCaseError>) {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new(config).run(&values, property).unwrap_or_else(|failure| panic!("{failure}"));
}

/// JSON texts that vendors have been seen to send, and some that none should.
fn any_json() -> impl Strategy<Value = String> {
    prop_oneof![
        select(&["null", "true", "false", "[]", "{}", "\"\"", "[null,1,\"x\",{\"list\":{}}]", "1e999", "-0", "1e-400"][..])
            .prop_map(str::to_owned),
        any::<i64>().prop_map(|number| number.to_string()),
        "-?(0|[1-9][0-9]{0,40})(\\.[0-9]{1,40})?([eE][+-]?[0-9]{1,12})?",
        "-?[0-9]{1,40}(\\.[0-9]{0,40})?([eE][+-]?[0-9]{1,12})?".prop_map(|number| format!("\"{number}\"")),
        any::<String>().prop_map(|text| Value::from(text).to_string()),
    ]
}

fn any_header() -> impl Strategy<Value = HeaderValue> {
    let letter = any::<u8>().prop_filter("a header", |byte| *byte >= 32 && *byte != 127);
    vec(letter, 0..200).prop_map(|bytes| HeaderValue::from_bytes(&bytes).expect("a header"))
}

fn plain(status: u16, body: impl Into<Bytes>) -> Response<Bytes> {
    response(status, &BTreeMap::new(), body.into())
}

#[test]
fn arbitrary_bytes_in_the_place_of_any_answer() {
    let subjects = subjects();
    hold(96, (100_u16..1000, vec(any::<u8>(), 0..300)), |(status, body)| {
        let body = Bytes::from(body);
        for Subject { contract, account } in &subjects {
            for exchange in &contract.exchanges {
                for step in 0..exchange.steps.len() {
                    drop(contract.play_step(account.as_ref(), exchange, step, plain(status, body.clone())));
                }
            }
        }
        Ok(())
    });
}

#[test]
fn answers_with_arbitrary_values_in_arbitrary_places() {
    let subjects = subjects();
    let answers = answers(&subjects);
    hold(3000, (any::<Index>(), vec((any::<Index>(), any_json()), 1..4)), |(which, changes)| {
        let (subject, exchange, step, whole) = &answers[which.index(answers.len())];
        let Subject { contract, account } = &subjects[*subject];
        let exchange = &contract.exchanges[*exchange];
        drop(contract.play_step(account.as_ref(), exchange, *step, plain(200, changed(whole, changes))));
        Ok(())
    });
}

#[test]
fn depths_in_every_place_of_an_answer() {
    let subjects = subjects();
    let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    for (subject, exchange, step, whole) in answers(&subjects) {
        let Subject { contract, account } = &subjects[subject];
        for place in 0..places::count(&whole) {
            let body = places::with(&whole, place, &deep);
            drop(contract.play_step(account.as_ref(), &contract.exchanges[exchange], step, plain(200, body)));
        }
    }
}

#[test]
fn errors_with_arbitrary_values_in_arbitrary_places() {
    let subjects = subjects();
    hold(200, (any::<Index>(), vec((any::<Index>(), any_json()), 1..4)), |(which, changes)| {
        for Subject { contract, account } in &subjects {
            let error = &contract.errors[which.index(contract.errors.len())];
            let Ok(whole) = serde_json::from_slice(contract.error_answer(error).body()) else { continue };
            let body = changed(&whole, changes.clone());
            for operation in ["create", "fetch"] {
                let played = contract.play_last(account.as_ref(), contract.first(operation), plain(error.status, body.clone()));
                prop_assert!(played.error().is_some() || error.status == 200, "{} {operation}: {}", contract.id, played.told());
            }
        }
        Ok(())
    });
}

#[test]
fn no_arbitrary_notification_is_believed() {
    let subjects = subjects();
    hold(400, (any_header(), vec(any::<u8>(), 0..60)), |(value, body)| {
        for Subject { contract, account } in &subjects {
            let stated = contract.webhooks.iter().flat_map(|webhook| headers(&webhook.headers)).filter_map(|(name, _)| name);
            let headers: HeaderMap = stated.map(|name| (name, value.clone())).collect();
            let heard = account.verify_webhook(&headers, &body);
            prop_assert!(heard.as_ref().is_ok_and(|heard| heard.snapshot.is_none()) || heard.is_err(), "{}: {heard:?}", contract.id);
        }
        Ok(())
    });
}

#[test]
fn no_notification_with_arbitrary_values_is_believed() {
    let subjects = subjects();
    hold(400, (any::<Index>(), any_header(), vec((any::<Index>(), any_json()), 1..4)), |(which, value, changes)| {
        for Subject { contract, account } in subjects.iter().filter(|subject| !subject.contract.webhooks.is_empty()) {
            let webhook = &contract.webhooks[which.index(contract.webhooks.len())];
            let Ok(whole) = serde_json::from_slice(&contract.bytes(&webhook.body)) else { continue };
            let mut headers = headers(&webhook.headers);
            if let Some(name) = webhook.signature_header.as_ref().and_then(|name| http::HeaderName::from_bytes(name.as_bytes()).ok()) {
                headers.insert(name, value.clone());
            }
            let heard = account.verify_webhook(&headers, changed(&whole, changes.clone()).as_bytes());
            prop_assert!(heard.as_ref().is_ok_and(|heard| heard.snapshot.is_none()) || heard.is_err(), "{}: {heard:?}", contract.id);
        }
        Ok(())
    });
}

/// Every answer that is JSON, by its provider, exchange and step.
fn answers(subjects: &[Subject]) -> Vec<(usize, usize, usize, Value)> {
    let mut answers = Vec::new();
    for (subject, Subject { contract, .. }) in subjects.iter().enumerate() {
        for (exchange, Exchange { steps, .. }) in contract.exchanges.iter().enumerate() {
            for (step, turn) in steps.iter().enumerate() {
                if let Ok(whole) = serde_json::from_slice(contract.answer(turn).body()) {
                    answers.push((subject, exchange, step, whole));
                }
            }
        }
    }
    answers
}

fn changed(whole: &Value, changes: Vec<(Index, String)>) -> String {
    let mut whole = whole.clone();
    let mut text = whole.to_string();
    for (place, json) in changes {
        text = places::with(&whole, place.index(places::count(&whole)), &json);
        // What cannot be held as a value any more (numbers out of all range) stays the last change.
        match serde_json::from_str(&text) {
            Ok(value) => whole = value,
            Err(_) => break,
        }
    }
    text
}
