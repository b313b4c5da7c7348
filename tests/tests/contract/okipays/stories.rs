//! Orders from beginning to end, once with signed callbacks, which are believed, and once with bare ones, which only make the session
//! ask. Both must come to the same.

use super::world::{ORDER, SECRET, TOKEN, World, attempt, purchase};
use crate::suite::story::Story;
use checkout_core::provider::{PaymentStatus, ProviderError};
use checkout_shared::session::{AttemptStatus, Instructions, Status};
use checkout_shared::time::Millis;
use checkout_tests::simulators::okipays::Config;
use checkout_tests::simulators::{Action, FaultKind};

const DONE: &str = r#"{"status":"done"}"#;
const CANCEL: &str = r#"{"status":"cancel"}"#;
const NEITHER: &str = "{}";

/// Tells a story twice: to a vendor that signs its callbacks and to one that does not.
fn signed_and_not(tell: impl Fn(&mut World, &mut Story, bool)) {
    for signs_callbacks in [true, false] {
        let mut world = World::with(Config { signs_callbacks, ..Config::new(TOKEN, SECRET) });
        let mut story = world.story();
        assert_eq!(story.status(), Status::AwaitingPayment);
        tell(&mut world, &mut story, signs_callbacks);
        assert_eq!(world.vendor().stale_requests(), 0);
    }
}

#[test]
fn customer_pays_exactly() {
    signed_and_not(|world, story, _| {
        world.act(story, Action::Exact);
        assert_eq!((story.status(), world.word()), (Status::Paid, "Completed".to_owned()));
        assert_eq!(world.acknowledged, [DONE]);
        world.poll(story);
        assert_eq!(story.status(), Status::Paid, "completed is paid");
    });
}

#[test]
fn customer_pays_half_and_then_the_rest() {
    signed_and_not(|world, story, signed| {
        world.act(story, Action::Half);
        assert_eq!((story.status(), world.word()), (Status::Underpaid, "Partially".to_owned()), "it is left open for the rest");
        let due = story.session.view(story.now).attempt.unwrap().due;
        assert_eq!(due.map(|due| due.to_string()), signed.then(|| "7.5 USD".to_owned()), "only callbacks say how much has come");
        world.act(story, Action::Rest);
        assert_eq!((story.status(), world.word()), (Status::Paid, "Completed".to_owned()));
        assert_eq!(world.acknowledged, [NEITHER, DONE]);
    });
}

#[test]
fn customer_pays_too_much() {
    signed_and_not(|world, story, signed| {
        world.act(story, Action::Over);
        assert_eq!((story.status(), world.word()), (Status::Paid, "Completed".to_owned()));
        let overpaid = story.session.view(story.now).overpaid_by;
        assert_eq!(overpaid.map(|over| over.to_string()), signed.then(|| "3.75 USD".to_owned()));
        assert_eq!(world.acknowledged, [DONE]);
    });
}

#[test]
fn customer_never_pays() {
    signed_and_not(|world, story, _| {
        world.pass(story, Millis::hours(1));
        assert_eq!((story.status(), world.word()), (Status::Expired, "Expired".to_owned()));
        assert_eq!(world.acknowledged, [NEITHER], "money may still reach it");
    });
}

#[test]
fn customer_pays_late() {
    signed_and_not(|world, story, _| {
        world.act(story, Action::Expire);
        assert_eq!((attempt(story), world.word()), (AttemptStatus::Expired, "Expired".to_owned()));
        world.act(story, Action::Late);
        assert_eq!((story.status(), world.word()), (Status::Paid, "Completed".to_owned()));
        assert!(story.session.view(story.now).late);
        assert_eq!(world.acknowledged, [NEITHER, DONE]);
    });
}

#[test]
fn customer_pays_half_and_time_runs_out() {
    signed_and_not(|world, story, _| {
        world.act(story, Action::Half);
        world.act(story, Action::Expire);
        assert_eq!((story.status(), world.word()), (Status::Underpaid, "Expired".to_owned()));
        world.act(story, Action::Late);
        assert_eq!((story.status(), world.word()), (Status::Paid, "Completed".to_owned()));
        assert_eq!(world.acknowledged, [NEITHER, NEITHER, DONE]);
    });
}

#[test]
fn customer_gives_up_on_the_vendors_page() {
    signed_and_not(|world, story, _| {
        world.act(story, Action::Cancel);
        assert_eq!((attempt(story), world.word()), (AttemptStatus::Cancelled, "Cancelled".to_owned()));
        assert_ne!(story.status(), Status::Paid);
        assert_eq!(world.acknowledged, [CANCEL]);
    });
}

/// No callback is known to be sent for the failure.
#[test]
fn payment_fails_and_customer_tries_again_on_the_same_page() {
    signed_and_not(|world, story, _| {
        world.act(story, Action::Fail);
        world.poll(story);
        assert_eq!((attempt(story), world.word()), (AttemptStatus::AwaitingPayment, "Pay Failed".to_owned()), "it can still be paid");
        world.act(story, Action::Exact);
        assert_eq!((story.status(), world.word()), (Status::Paid, "Completed".to_owned()));
        assert_eq!(world.acknowledged, [DONE]);
    });
}

#[test]
fn payment_fails_in_process_and_nobody_tries_again() {
    signed_and_not(|world, story, _| {
        world.simulator.act(&ORDER.to_string(), Action::Exact, world.now).unwrap();
        world.poll(story);
        assert_eq!(attempt(story), AttemptStatus::Processing);
        world.simulator.act(&ORDER.to_string(), Action::Fail, world.now).unwrap();
        world.poll(story);
        assert_eq!((attempt(story), world.word()), (AttemptStatus::Processing, "Pay Failed".to_owned()), "and goes on being asked about");
        world.pass(story, Millis::hours(1));
        assert_eq!((attempt(story), world.word()), (AttemptStatus::Expired, "Expired".to_owned()));
        assert_eq!(world.acknowledged, [NEITHER]);
    });
}

#[test]
fn callback_is_lost_and_asking_says_it_too() {
    signed_and_not(|world, story, _| {
        world.arm(FaultKind::Lose, "");
        world.act(story, Action::Exact);
        assert_eq!((story.status(), world.acknowledged.len()), (Status::AwaitingPayment, 0));
        world.poll(story);
        assert_eq!((story.status(), world.word()), (Status::Paid, "Paid".to_owned()));
    });
}

#[test]
fn callbacks_come_twice_and_in_the_wrong_order() {
    signed_and_not(|world, story, _| {
        world.arm(FaultKind::Reorder, "");
        world.arm(FaultKind::Duplicate, "");
        world.act(story, Action::Half);
        assert_eq!(world.acknowledged.len(), 0, "it is held back");
        world.act(story, Action::Rest);
        assert_eq!((story.status(), world.acknowledged.len()), (Status::Paid, 3));
    });
}

#[test]
fn money_in_process_is_seen_by_asking() {
    let mut world = World::new();
    let mut story = world.story();
    world.simulator.act(&ORDER.to_string(), Action::Exact, world.now).unwrap();
    world.poll(&mut story);
    assert_eq!((story.status(), world.word()), (Status::Processing, "In Process".to_owned()));
}

#[test]
fn answer_to_the_creation_is_lost_and_the_order_is_found() {
    for kind in [FaultKind::TimeoutAfterWork, FaultKind::Truncate] {
        let mut world = World::new();
        world.arm(kind, "/v1/order/create");
        let lost = world.create(&purchase());
        assert!(matches!(lost, Err(ProviderError::MaybeSent { .. })), "{lost:?}");
        let found = world.find(&purchase()).unwrap().unwrap();
        assert_eq!(found.provider_reference, ORDER.to_string());
        let Some(Instructions::Page { url, .. }) = found.instructions else { panic!("{:?}", found.instructions) };
        assert_eq!(url, format!("https://api.okipays.com/pay/{ORDER}"));
        assert_eq!(found.stated.reference, Some(purchase().reference));
        assert_eq!(world.fetch(&found.provider_reference).unwrap().status, PaymentStatus::Pending);
    }
}

/// order/get is a POST, and changes nothing all the same.
#[test]
fn answer_to_a_question_is_lost_and_nothing_is_in_doubt() {
    let mut world = World::new();
    world.create(&purchase()).unwrap();
    for kind in [FaultKind::TimeoutAfterWork, FaultKind::Truncate] {
        world.arm(kind, "/v1/order/get");
        let found = world.find(&purchase());
        assert!(matches!(found, Err(ProviderError::NotSent { .. })), "{kind:?}: {found:?}");
        world.arm(kind, "/v1/order/get");
        let fetched = world.fetch(&ORDER.to_string());
        assert!(matches!(fetched, Err(ProviderError::NotSent { .. })), "{kind:?}: {fetched:?}");
    }
    assert!(world.fetch(&ORDER.to_string()).is_ok());
}

#[test]
fn order_that_was_never_created_is_not_found() {
    for kind in [FaultKind::Status500, FaultKind::Html] {
        let mut world = World::new();
        world.arm(kind, "/v1/order/create");
        assert!(matches!(world.create(&purchase()), Err(ProviderError::MaybeSent { .. })));
        assert_eq!(world.find(&purchase()), Ok(None));
    }
}

#[test]
fn the_session_stands_beside_the_order_in_the_simulators_summary() {
    let mut world = World::new();
    world.create(&purchase()).unwrap();
    let summary = world.simulator.payment(&ORDER.to_string()).unwrap();
    assert_eq!(summary.merchant_reference, crate::suite::data::SESSION);
    assert_eq!(Some(summary.success_url), purchase().return_url);
}
