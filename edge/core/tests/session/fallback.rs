//! The next provider of a method is asked in the same click, but only where the one before has certainly made nothing.

use crate::story::{Story, created, fetched, lost, method, transaction};
use checkout_core::provider::{PaymentStatus, ProviderError};
use checkout_core::session::{Effect, Input, Offer, Taker};
use checkout_shared::provider::ProviderId;
use checkout_shared::session::AttemptStatus;
use checkout_shared::time::Millis;

/// USDT on Tron is taken by three, Bitcoin by one.
fn several() -> Story {
    let mut story = Story::begin();
    let taker = |provider| Taker { provider, priced_in: None, notifies: false, minimum: None };
    let takers = [ProviderId::Oxapay, ProviderId::Okipays, ProviderId::Oceanex].map(taker).to_vec();
    let offers = vec![
        Offer { method: method("USDT:tron"), takers },
        Offer { method: method("BTC:bitcoin"), takers: vec![taker(ProviderId::Oxapay)] },
    ];
    story.tell(Input::Offers { offers, complete: true });
    story
}

fn down() -> ProviderError {
    ProviderError::NotSent { reason: "down".to_owned() }
}

#[test]
fn the_next_one_is_asked_when_nothing_was_sent_or_it_was_refused() {
    let mut story = several();
    assert_eq!(story.choose("USDT:tron"), Ok(vec![Effect::Create(1)]));
    assert_eq!(story.tell(Input::Created(1, Err(down()))), [Effect::Create(2)]);
    assert_eq!(story.attempt_status(), AttemptStatus::Creating, "the customer sees nothing of it");
    let second = story.session.attempt(2).unwrap();
    assert_eq!(second.provider, ProviderId::Okipays);
    assert!(second.purchase.notify_url.starts_with("https://pay.example/v1/webhooks/okipays/"), "{}", second.purchase.notify_url);
    assert_eq!(story.tell(Input::Created(2, Err(ProviderError::refused("amount", "too little")))), [Effect::Create(3)]);
    story.tell(Input::Created(3, Ok(created(3, "USDT", "tron"))));
    assert_eq!(story.attempt_status(), AttemptStatus::AwaitingPayment);
}

#[test]
fn each_is_asked_once_a_click_and_another_click_begins_again() {
    let mut story = several();
    story.choose("USDT:tron").unwrap();
    for number in 1..=2 {
        assert_eq!(story.tell(Input::Created(number, Err(down()))), [Effect::Create(number + 1)]);
    }
    assert_eq!(story.tell(Input::Created(3, Err(down()))), []);
    assert_eq!(story.attempt_status(), AttemptStatus::Failed);
    assert_eq!(story.choose("USDT:tron"), Ok(vec![Effect::Create(4)]));
    assert_eq!(story.session.attempt(4).unwrap().provider, ProviderId::Oxapay);
}

#[test]
fn an_answer_that_was_lost_is_looked_up_and_nobody_else_is_asked_whatever_comes_of_it() {
    let mut story = several();
    story.choose("USDT:tron").unwrap();
    assert_eq!(story.tell(Input::Created(1, Err(lost()))), [Effect::Find(1)]);
    assert_eq!(story.tell(Input::Created(1, Err(down()))), []);
    let mut unknown = several();
    unknown.choose("USDT:tron").unwrap();
    unknown.tell(Input::Created(1, Err(lost())));
    for _ in 0..4 {
        assert_eq!(unknown.after(Millis::minutes(1)).tell(Input::Found(1, Ok(None))), []);
    }
    assert_eq!(unknown.attempt_status(), AttemptStatus::Failed);
}

#[test]
fn nobody_is_asked_for_whoever_has_gone_on_to_something_else() {
    let mut story = several();
    story.choose("USDT:tron").unwrap();
    story.choose("BTC:bitcoin").unwrap();
    assert_eq!(story.tell(Input::Created(1, Err(down()))), [], "another method was chosen meanwhile");

    let mut cancelled = several();
    cancelled.choose("USDT:tron").unwrap();
    cancelled.tell(Input::Cancel);
    assert_eq!(cancelled.tell(Input::Created(1, Err(down()))), [], "the order was called off");

    let mut over = several();
    over.choose("USDT:tron").unwrap();
    assert_eq!(over.after(Millis::hours(4)).tell(Input::Created(1, Err(down()))), [], "its time is over");

    let mut paying = several();
    paying.choose("BTC:bitcoin").unwrap();
    paying.tell(Input::Created(1, Ok(created(1, "BTC", "bitcoin"))));
    paying.choose("USDT:tron").unwrap();
    paying.tell(fetched(PaymentStatus::Processing, vec![transaction("a", "12.5", 1)]));
    assert_eq!(paying.tell(Input::Created(2, Err(down()))), [], "money has come another way");
}
