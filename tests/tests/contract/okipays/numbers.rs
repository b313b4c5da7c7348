//! The numbers of requests, which must grow, and those of orders, which must be unique.

use super::world::{FIRST_REQUEST, ORDER, World, account, purchase};
use checkout_core::provider::{Provider, ProviderError, Purchase};
use checkout_core::providers::okipays::Terms;
use checkout_tests::driver::{Numbers, run};
use serde_json::Value;
use std::collections::BTreeSet;

/// The purchase under another reference.
fn purchase_numbered(number: u32) -> Purchase {
    Purchase { reference: format!("abcdefghijklmnopqrstuvwx27-{number}"), ..purchase() }
}

/// The numbers under which requests came in.
fn request_ids(world: &World) -> Vec<u64> {
    let ids = world.simulator.requests().iter().filter_map(|request| {
        let body: Value = serde_json::from_str(&request.body).ok()?;
        body["request_id"].as_u64()
    });
    ids.collect()
}

#[test]
fn a_hundred_orders_are_created_and_none_is_refused_for_its_number() {
    let mut world = World::new();
    let references: Vec<String> = (1..=100).map(|number| world.create(&purchase_numbered(number)).unwrap().provider_reference).collect();
    assert_eq!(references.iter().collect::<BTreeSet<_>>().len(), 100);
    assert_eq!(world.simulator.payments("").len(), 100);
    assert_eq!(world.vendor().stale_requests(), 0);
    assert!(request_ids(&world).is_sorted_by(|one, other| one < other));
}

#[test]
fn the_numbers_grow_across_all_calls() {
    let mut world = World::new();
    world.create(&purchase()).unwrap();
    world.fetch(&ORDER.to_string()).unwrap();
    world.find(&purchase()).unwrap();
    world.create(&purchase_numbered(2)).unwrap();
    assert_eq!(request_ids(&world), [0, 1, 2, 3].map(|after| FIRST_REQUEST + after));
}

#[test]
fn a_stale_number_is_replaced_by_a_new_one() {
    let mut world = World::new();
    world.vendor().take_request_id(FIRST_REQUEST + 2);
    assert!(world.create(&purchase()).is_ok());
    assert_eq!(world.vendor().stale_requests(), 3);
    assert_eq!(world.simulator.payments("").len(), 1);
    world.vendor().take_request_id(FIRST_REQUEST + 5);
    assert!(world.fetch(&ORDER.to_string()).is_ok());
    assert_eq!(world.vendor().stale_requests(), 5);
    assert!(world.find(&purchase()).unwrap().is_some());
}

#[test]
fn a_number_that_stays_stale_is_given_up_and_nothing_has_been_done() {
    let mut world = World::new();
    world.vendor().take_request_id(u64::MAX);
    let outcomes = [world.create(&purchase()).map(drop), world.find(&purchase()).map(drop), world.fetch(&ORDER.to_string()).map(drop)];
    for outcome in outcomes {
        assert!(matches!(outcome, Err(ProviderError::NotSent { .. })), "{outcome:?}");
    }
    assert_eq!(world.vendor().stale_requests(), 12, "once and three times again, for each of three calls");
    assert!(world.simulator.payments("").is_empty());
}

/// What the vendor answers to a stale number is not documented, so its text decides, in either shape and whatever HTTP says.
#[test]
fn a_stale_number_is_known_by_the_parameters_name() {
    for (status, refusal, again) in [
        (400, r#"{"name":"Bad Request","message":"Request ID is not greater than 5","code":0,"status":400}"#, true),
        (400, r#"{"status":false,"error":"Wrong request_id","code":21,"token":"t"}"#, true),
        (200, r#"{"status":false,"error":"Wrong request_id","code":21,"token":"t"}"#, true),
        (400, r#"{"status":false,"error":"Wrong order_id","code":21,"token":"t"}"#, false),
        (403, r#"{"name":"Forbidden","message":"request_id","code":0,"status":403}"#, false),
        (500, r#"{"name":"Error","message":"request_id","code":0,"status":500}"#, false),
    ] {
        let mut asked = 0;
        let outcome = run(account(Terms::default()).fetch("123"), |_| {
            asked += 1;
            http::Response::builder().status(status).body(refusal.into()).unwrap()
        });
        assert_eq!((outcome.is_err(), asked > 1), (true, again), "{status} {refusal}");
    }
}

#[test]
fn an_order_that_is_not_there_is_known_in_either_shape() {
    for (status, refusal) in [
        (400, r#"{"status":false,"error":"No such order","code":"14","token":"t"}"#),
        (200, r#"{"status":false,"error":"No such order","code":14,"token":"t"}"#),
        (404, r#"{"name":"Not Found","message":"Order not found","code":0,"status":404}"#),
    ] {
        let answer = |_| http::Response::builder().status(status).body(refusal.into()).unwrap();
        assert_eq!(run(account(Terms::default()).find(&purchase()), answer), Ok(None), "{refusal}");
    }
    let page = |_| http::Response::builder().status(404).body("<html>Not Found</html>".into()).unwrap();
    let outcome = run(account(Terms::default()).find(&purchase()), page);
    assert!(matches!(outcome, Err(ProviderError::Answered { status: 404, .. })), "a wrong address is no such answer: {outcome:?}");
}

#[test]
fn another_refusal_is_not_tried_again() {
    let mut world = World::new();
    let refused = world.create(&Purchase { price: checkout_shared::money::Money::new(1.into(), "XYZ".parse().unwrap()), ..purchase() });
    assert!(matches!(refused, Err(ProviderError::Answered { status: 400, .. })), "{refused:?}");
    assert_eq!(request_ids(&world).len(), 1);
}

#[test]
fn an_orders_number_that_was_used_before_is_refused() {
    let mut world = World::new();
    world.create(&purchase()).unwrap();
    world.numbers = Numbers::starting_at(FIRST_REQUEST + 10, ORDER);
    let again = world.create(&purchase_numbered(2));
    assert!(matches!(&again, Err(ProviderError::Answered { status: 400, message, .. }) if message.contains("order_id")), "{again:?}");
    assert_eq!(world.simulator.payments("").len(), 1);
}

#[test]
fn an_order_is_known_by_a_whole_number_and_by_nothing_else() {
    let mut world = World::new();
    for reference in ["", "0", "-1", "1.0", "1e3", "0x1", "007", " 1", "4JWOUAGY", "99999999999999999999"] {
        let outcome = world.fetch(reference);
        assert!(matches!(outcome, Err(ProviderError::Answered { status: 400, .. })), "{reference}: {outcome:?}");
    }
    assert!(world.simulator.requests().is_empty());
}
