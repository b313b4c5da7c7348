//! What goes wrong between two machines, and how both sides take it.

use crate::oxapay::world::World;
use checkout_core::provider::{PaymentStatus, ProviderError};
use checkout_shared::time::Millis;
use checkout_tests::simulators::{Action, FaultKind, Simulator};

const CREATE: &str = "/v1/payment/white-label";

#[test]
fn provider_times_out_after_creating() {
    for lost in [FaultKind::TimeoutAfterWork, FaultKind::Truncate] {
        let mut world = World::new();
        world.arm(lost, CREATE);
        let purchase = world.purchase("USDT:tron");
        let outcome = world.create(&purchase);
        assert!(matches!(outcome, Err(ProviderError::MaybeSent { .. })), "{outcome:?}");
        world.pass(Millis::minutes(5));
        let found = world.find(&purchase).unwrap().expect("it was created");
        assert_eq!((found.stated.price.as_ref(), found.stated.reference.as_ref()), (Some(&purchase.price), Some(&purchase.reference)));
        assert_eq!(found.instructions, None, "the history does not tell the address again");
        assert_eq!(world.status(&found.provider_reference), PaymentStatus::Pending);
    }
}

#[test]
fn provider_breaks_before_creating() {
    for broken in [FaultKind::Status500, FaultKind::Html] {
        let mut world = World::new();
        world.arm(broken, CREATE);
        let purchase = world.purchase("USDT:tron");
        let outcome = world.create(&purchase);
        assert!(matches!(outcome, Err(ProviderError::MaybeSent { .. })), "{outcome:?}");
        assert_eq!(world.find(&purchase), Ok(None));
        assert!(world.create(&purchase).is_ok(), "the fault befalls one call");
    }
}

#[test]
fn provider_has_had_enough_for_now() {
    let mut world = World::new();
    world.arm(FaultKind::RateLimited, CREATE);
    let purchase = world.purchase("USDT:tron");
    assert_eq!(world.create(&purchase), Err(ProviderError::RateLimited { retry_after: Some(Millis::seconds(2)) }));
    assert_eq!(world.find(&purchase), Ok(None));
}

#[test]
fn nothing_is_created_while_the_currencies_cannot_be_read() {
    for fault in [FaultKind::Status500, FaultKind::Html, FaultKind::Truncate, FaultKind::TimeoutAfterWork] {
        let mut world = World::new();
        world.arm(fault, "/v1/common/currencies");
        let purchase = world.purchase("USDT:tron");
        let outcome = world.create(&purchase);
        assert!(matches!(outcome, Err(ProviderError::NotSent { .. })), "{outcome:?}");
        assert!(world.simulator.payments("").is_empty());
    }
}

#[test]
fn a_lost_payment_is_found_among_hundreds_of_the_same_price() {
    let mut world = World::new();
    let mut other = world.purchase("USDT:tron");
    for number in 0..450 {
        other.reference = format!("other-{number}");
        world.create(&other).unwrap();
    }
    let purchase = world.purchase("USDT:tron");
    let created = world.create(&purchase).unwrap();
    assert_eq!(world.find(&purchase).unwrap().unwrap().provider_reference, created.provider_reference);
    let pages = world.simulator.requests().iter().filter(|request| request.path.contains("&page=")).count();
    assert_eq!(pages, 3);
    other.reference = "never-made".to_owned();
    assert_eq!(world.find(&other), Ok(None));
}

#[test]
fn a_payment_of_another_kind_price_or_time_is_not_taken_for_the_lost_one() {
    let mut world = World::new();
    let purchase = world.purchase("USDT:tron");
    world.create(&purchase).unwrap();
    let page = world.purchase("page:crypto");
    assert_eq!(world.find(&page), Ok(None));
    let mut dearer = purchase.clone();
    dearer.price.amount.0 += rust_decimal::Decimal::ONE;
    assert_eq!(world.find(&dearer), Ok(None));
    world.pass(Millis::hours(1));
    assert_eq!(world.find(&world.purchase("USDT:tron")), Ok(None));
}

#[test]
fn a_webhook_is_tried_five_times_on_the_documented_schedule() {
    let mut world = World::new();
    let reference = world.created("USDT:tron").provider_reference;
    world.act(&reference, Action::Half);
    let mut waits = Vec::new();
    let mut waited = 0;
    while waited <= 24 * 60 {
        for (id, _) in world.webhooks() {
            waits.push(waited);
            waited = 0;
            match waits.len() {
                1 => world.answer_webhook(id, 500, "ok"),
                2 => world.answer_webhook(id, 200, "thank you"),
                3 => world.answer_webhook(id, 204, ""),
                _ => world.simulator.webhook_answered(id, None, world.now),
            }
        }
        world.pass(Millis::minutes(1));
        waited += 1;
    }
    assert_eq!(waits, [0, 1, 3, 30, 180]);
}

#[test]
fn a_webhook_that_is_acknowledged_in_the_end_is_not_sent_again() {
    let mut world = World::new();
    let reference = world.created("USDT:tron").provider_reference;
    world.act(&reference, Action::Half);
    let first = world.webhooks();
    world.answer_webhook(first[0].0, 503, "");
    assert_eq!(world.webhooks(), []);
    world.pass(Millis::minutes(1));
    let second = world.webhooks();
    assert_eq!(second, first, "the same bytes again");
    world.acknowledge(second[0].0);
    world.pass(Millis::hours(24));
    assert_eq!(world.webhooks(), []);
}

#[test]
fn webhooks_get_lost_and_come_twice() {
    let mut world = World::new();
    world.arm(FaultKind::Lose, "");
    world.arm(FaultKind::Duplicate, "");
    let reference = world.created("USDT:tron").provider_reference;
    world.act(&reference, Action::Exact);
    assert_eq!(world.webhooks(), [], "paying is lost");
    world.pass(Millis::minutes(1));
    let webhooks = world.webhooks();
    let [(one, paid), (other, again)] = webhooks.as_slice() else { panic!("{webhooks:?}") };
    assert_ne!(one, other);
    assert_eq!((paid, paid.status), (again, PaymentStatus::Paid));
}

#[test]
fn webhooks_that_change_places_are_told_by_what_they_say() {
    let mut world = World::new();
    world.arm(FaultKind::Reorder, "");
    let reference = world.created("USDT:tron").provider_reference;
    world.act(&reference, Action::Exact);
    assert_eq!(world.webhooks(), [], "paying waits for paid");
    world.pass(Millis::seconds(30));
    let statuses: Vec<PaymentStatus> = world.webhooks().into_iter().map(|(_, snapshot)| snapshot.status).collect();
    assert_eq!(statuses, [PaymentStatus::Paid, PaymentStatus::Processing]);
}
