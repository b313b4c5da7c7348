//! Closed lists of words: statuses, events, codes and the like, as serde knows them.

use crate::{DOCUMENT, at, followed, objects, operations};
use checkout_core::account::breaker::BreakerState;
use checkout_core::provider::PaymentStatus;
use checkout_core::records::Direction;
use checkout_shared::error::ErrorCode;
use checkout_shared::event::{DeliveryState, EventKind};
use checkout_shared::order::Capture;
use checkout_shared::provider::ProviderId;
use checkout_shared::session::{AttemptStatus, Status, TransactionStatus};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::BTreeSet;

/// Every word that serde reads as a `T`; it tells them whoever asks for another.
fn words<T: DeserializeOwned>() -> Vec<String> {
    let told = serde_json::from_str::<T>("\"no such word\"").err().expect("no such word").to_string();
    told.split('`').skip(3).step_by(2).map(str::to_owned).collect()
}

fn documented(pointer: &str) -> Vec<String> {
    at(pointer)["enum"].as_array().unwrap().iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

#[test]
fn the_words_are_those_of_the_code() {
    let lists = [
        ("Status", words::<Status>()),
        ("AttemptStatus", words::<AttemptStatus>()),
        ("TransactionStatus", words::<TransactionStatus>()),
        ("PaymentStatus", words::<PaymentStatus>()),
        ("EventKind", words::<EventKind>()),
        ("DeliveryState", words::<DeliveryState>()),
        ("ErrorCode", words::<ErrorCode>()),
        ("ProviderId", words::<ProviderId>()),
        ("Capture", words::<Capture>()),
        ("Direction", words::<Direction>()),
    ];
    for (schema, known) in &lists {
        assert!(known.len() > 1, "{schema}: {known:?}");
        assert_eq!(documented(&format!("/components/schemas/{schema}")), *known, "{schema}");
    }
    let in_schemas = objects(&DOCUMENT["components"]["schemas"]).into_iter();
    let nested: Vec<_> = in_schemas.filter(|(way, object)| way.len() > 1 && object.contains_key("enum")).map(|(way, _)| way).collect();
    let [breaker] = nested.as_slice() else { panic!("{nested:?}: lists of words have names") };
    assert_eq!(documented(&format!("/components/schemas/{}", breaker.join("/"))), words::<BreakerState>());
    let named = DOCUMENT["components"]["schemas"].as_object().unwrap().values().filter(|schema| schema.get("enum").is_some()).count();
    assert_eq!(named, lists.len());
}

/// The types that are shipped with the loader.
const TYPES: &str = include_str!("../../../frontend/embed/edge-checkout.d.ts");

#[test]
fn the_words_in_the_loaders_types_are_those_of_the_code() {
    for (name, known) in [("CheckoutStatus", words::<Status>()), ("CheckoutAttemptStatus", words::<AttemptStatus>())] {
        let (_, listed) = TYPES.split_once(&format!("export type {name} =")).expect(name);
        let (listed, _) = listed.split_once(';').expect(name);
        assert_eq!(listed.split('"').skip(1).step_by(2).collect::<Vec<_>>(), known, "{name}");
    }
}

/// The codes that a text names, in backticks.
fn codes(text: &str) -> Vec<ErrorCode> {
    text.split('`').skip(1).step_by(2).filter_map(|word| serde_json::from_value(word.into()).ok()).collect()
}

#[test]
fn every_code_stands_where_its_status_is() {
    let mut seen = BTreeSet::new();
    for (path, method, operation) in operations() {
        for (status, response) in operation["responses"].as_object().unwrap() {
            let status: u16 = status.parse().unwrap();
            let description = response.get("description").unwrap_or_else(|| &followed(response)["description"]).as_str().unwrap();
            let codes = codes(description);
            assert_eq!(codes.is_empty(), status < 400, "{method} {path}, {status}: {description}");
            for code in codes {
                assert_eq!(code.http_status(), status, "{method} {path}: {description}");
                seen.insert(format!("{code:?}"));
            }
        }
    }
    // What any path may answer is said once.
    seen.extend(codes(DOCUMENT["info"]["description"].as_str().unwrap()).iter().map(|code| format!("{code:?}")));
    assert_eq!(seen.len(), words::<ErrorCode>().len(), "a code is nowhere: {seen:?}");
}
