//! Choosing a way to pay: what can be chosen, answers that are lost, and when anybody is asked.

use crate::story::*;
use checkout_core::provider::{Found, PaymentStatus, ProviderError};
use checkout_core::session::{Effect, Input, Offer, Refusal, Session};
use checkout_shared::money::Amount;
use checkout_shared::order::Order;
use checkout_shared::session::{AttemptStatus, Status};
use checkout_shared::time::Millis;

#[test]
fn a_double_click_or_a_reload_gives_the_live_attempt() {
    let mut story = Story::begin();
    assert_eq!(story.choose("USDT:tron"), Ok(vec![Effect::Create(1)]));
    assert_eq!(story.choose("USDT:tron"), Ok(vec![]));
    story.tell(Input::Created(1, Ok(created(1, "USDT", "tron"))));
    assert_eq!(story.choose("USDT:tron"), Ok(vec![]));
    assert_eq!(story.choose("BTC:bitcoin"), Ok(vec![Effect::Create(2)]));
    assert_eq!(story.choose("USDT:tron"), Ok(vec![]));
    assert_eq!(story.view().attempt.unwrap().number, 1);
}

#[test]
fn who_chooses_again_while_the_first_is_being_created_loses_neither() {
    let mut story = Story::begin();
    assert_eq!(story.choose("USDT:tron"), Ok(vec![Effect::Create(1)]));
    assert_eq!(story.choose("BTC:bitcoin"), Ok(vec![Effect::Create(2)]));
    assert_eq!(story.choose("USDT:tron"), Ok(vec![]), "never created twice");
    assert_eq!(story.choose("BTC:bitcoin"), Ok(vec![]));

    let mut unclear = story.session.clone();
    assert_eq!(unclear.apply(Input::Created(1, Err(lost())), story.now), Ok(vec![Effect::Find(1)]), "looked up all the same");

    story.tell(Input::Created(1, Ok(created(1, "USDT", "tron"))));
    let shown = story.view().attempt.unwrap();
    assert_eq!((shown.number, shown.status), (2, AttemptStatus::Creating), "the customer waits for the second");
    story.tell(fetched(PaymentStatus::Paid, vec![transaction("a", "12.5", 19)]));
    assert_eq!(story.status(), Status::Paid, "money is money all the same");
}

#[test]
fn once_money_is_seen_no_other_method_can_be_chosen() {
    let mut story = Story::awaiting();
    story.tell(fetched(PaymentStatus::Processing, vec![transaction("a", "6", 1)]));
    assert_eq!(story.choose("BTC:bitcoin"), Err(Refusal::MoneySeen));
    assert_eq!(story.choose("USDT:tron"), Ok(vec![]));
}

#[test]
fn what_is_not_on_offer_cannot_be_chosen() {
    let mut story = Story::begin();
    let before = story.view();
    assert_eq!(story.choose("DOGE:dogecoin"), Err(Refusal::UnknownMethod));
    assert_eq!(story.view(), before);
}

#[test]
fn a_reference_stands_for_one_price() {
    let dearer = Order { amount: Amount::parse("99").unwrap(), ..order() };
    let mut story = Story::begin();
    story.tell(Input::Reopen(dearer.clone()));
    assert_eq!(story.view().order.amount, dearer.amount, "nothing payable was shown yet");

    let mut story = Story::awaiting();
    let before = story.view();
    let refusal = story.session.apply(Input::Reopen(dearer), story.now).unwrap_err();
    assert!(matches!(&refusal, Refusal::ReferenceConflict(difference) if difference.field == "amount"), "{refusal:?}");
    assert_eq!(story.view(), before);
}

#[test]
fn a_lost_answer_is_looked_up_and_never_created_again() {
    let mut story = Story::begin();
    story.choose("USDT:tron").unwrap();
    let lost = || ProviderError::MaybeSent { reason: "timeout".to_owned() };
    assert_eq!(story.tell(Input::Created(1, Err(lost()))), [Effect::Find(1)]);
    assert_eq!(story.attempt_status(), AttemptStatus::Checking);
    assert_eq!(story.choose("USDT:tron"), Ok(vec![]), "not created again");
    story.tell(Input::Found(1, Err(lost())));
    let wake = story.session.next_wake(true).unwrap();
    assert!(wake > story.now);
    story.now = wake;
    assert_eq!(story.tell(Input::Tick { watched: true }), [Effect::Find(1)]);
    let found = created(1, "USDT", "tron");
    let found = Found { provider_reference: found.provider_reference, instructions: Some(found.instructions), stated: found.stated };
    story.tell(Input::Found(1, Ok(Some(found))));
    assert_eq!(story.attempt_status(), AttemptStatus::AwaitingPayment);
}

#[test]
fn what_is_never_found_can_be_chosen_again() {
    let mut story = Story::begin();
    story.choose("USDT:tron").unwrap();
    story.tell(Input::Created(1, Err(ProviderError::MaybeSent { reason: "timeout".to_owned() })));
    let mut lookups = 1;
    while story.attempt_status() == AttemptStatus::Checking {
        assert!(lookups <= 10, "it ends");
        story.tell(Input::Found(1, Ok(None)));
        if story.attempt_status() != AttemptStatus::Checking {
            break;
        }
        story.now = story.session.next_wake(true).unwrap();
        lookups += story.tell(Input::Tick { watched: true }).iter().filter(|effect| **effect == Effect::Find(1)).count();
    }
    assert!(lookups > 2, "not after the first look");
    assert_eq!(story.attempt_status(), AttemptStatus::Failed);
    assert_eq!(story.choose("USDT:tron"), Ok(vec![Effect::Create(2)]));
}

#[test]
fn an_object_that_died_while_creating_looks_it_up() {
    let mut story = Story::begin();
    story.choose("USDT:tron").unwrap();
    let stored = serde_json::to_string(&story.session).unwrap();
    story.session = serde_json::from_str(&stored).unwrap();
    story.now = story.session.next_wake(false).unwrap();
    assert_eq!(story.tell(Input::Tick { watched: false }), [Effect::Find(1)]);
}

#[test]
fn a_payment_that_exists_but_whose_address_was_lost_is_still_watched() {
    let mut story = Story::begin();
    story.choose("USDT:tron").unwrap();
    story.tell(Input::Created(1, Err(ProviderError::MaybeSent { reason: "timeout".to_owned() })));
    let found = Found { provider_reference: "track-1".to_owned(), instructions: None, stated: stated(1) };
    story.tell(Input::Found(1, Ok(Some(found))));
    assert_eq!(story.attempt_status(), AttemptStatus::Failed);
    assert_eq!(story.choose("USDT:tron"), Ok(vec![Effect::Create(2)]), "nobody was shown the first");
    story.tell(fetched(PaymentStatus::Paid, vec![transaction("a", "12.5", 19)]));
    assert_eq!(story.status(), Status::Paid, "money is money all the same");
}

#[test]
fn a_notification_before_the_answer_to_the_creation_is_kept() {
    let mut story = Story::begin();
    story.choose("USDT:tron").unwrap();
    story.tell(Input::Notified(snapshot(PaymentStatus::Processing, vec![transaction("a", "12.5", 1)])));
    story.tell(Input::Created(1, Ok(created(1, "USDT", "tron"))));
    assert_eq!(story.status(), Status::Processing);
}

#[test]
fn a_watched_attempt_is_asked_about_sooner_and_failures_slow_it_down() {
    let mut story = Story::awaiting();
    let watched = story.session.next_wake(true).unwrap() - story.now;
    let unwatched = story.session.next_wake(false).unwrap() - story.now;
    assert!(watched < unwatched);
    story.tell(Input::Fetched(1, Err(ProviderError::NotSent { reason: "down".to_owned() })));
    assert!(story.session.next_wake(true).unwrap() - story.now > watched);
    story.tell(Input::Fetched(1, Err(ProviderError::RateLimited { retry_after: Some(Millis::minutes(5)) })));
    story.tell(Input::Tick { watched: true });
    assert!(story.session.next_wake(true).unwrap() >= story.now + Millis::minutes(5));
}

#[test]
fn an_expired_attempt_is_watched_for_a_day_and_a_settled_one_not_at_all() {
    let mut story = Story::awaiting();
    story.after(Millis::hours(24)).tell(Input::Look);
    assert!(story.session.next_wake(false).is_some());
    story.after(Millis::hours(2));
    assert_eq!(story.tell(Input::Tick { watched: false }), [Effect::Fetch(1)], "what fell due in time is asked, though late");
    story.tell(fetched(PaymentStatus::Pending, Vec::new()));
    assert_eq!(story.session.next_wake(false), None);

    let mut story = Story::awaiting();
    story.tell(fetched(PaymentStatus::Paid, vec![transaction("a", "12.5", 19)]));
    assert_eq!(story.session.next_wake(true), None);
}

#[test]
fn methods_that_could_not_be_had_are_asked_for_again_but_not_for_ever() {
    let (session, _) = Session::open(ID.to_owned(), order(), START);
    let mut story = Story { session, now: START };
    let mut asked = 1;
    loop {
        story.tell(Input::Offers { offers: Vec::new(), complete: false });
        story.now = story.session.next_wake(false).unwrap();
        match story.tell(Input::Tick { watched: false }).as_slice() {
            [Effect::Offers] => asked += 1,
            _ => break,
        }
        assert!(asked < 100);
    }
    assert!(asked > 1);
    assert_eq!(story.session.apply(Input::Reopen(Order { expires_at: story.now + HOUR, ..order() }), story.now), Ok(vec![Effect::Offers]));
}

#[test]
fn a_choice_that_fails_leaves_the_first_attempt_alive_and_says_so() {
    let mut story = Story::awaiting();
    story.choose("BTC:bitcoin").unwrap();
    let refused = ProviderError::Answered { status: 400, field: None, message: "too little".to_owned() };
    story.tell(Input::Created(2, Err(refused)));
    let attempt = story.view().attempt.unwrap();
    assert_eq!((story.status(), attempt.number, attempt.status), (Status::AwaitingPayment, 2, AttemptStatus::Failed));
    assert_eq!(story.choose("USDT:tron"), Ok(vec![]));
    assert_eq!(story.attempt_status(), AttemptStatus::AwaitingPayment);
}

#[test]
fn an_outage_does_not_use_up_the_attempts() {
    let mut story = Story::begin();
    for _ in 0..100 {
        let effects = story.choose("USDT:tron").unwrap();
        let [Effect::Create(number)] = effects.as_slice() else { panic!("{effects:?}") };
        story.tell(Input::Created(*number, Err(ProviderError::NotSent { reason: "down".to_owned() })));
    }
    assert!(serde_json::to_string(&story.session).unwrap().len() < 64 * 1024, "nor does it fill the storage");
    assert!(story.choose("USDT:tron").is_ok());
}

#[test]
fn looking_again_asks_again_for_methods_that_could_not_be_had() {
    let (session, _) = Session::open(ID.to_owned(), order(), START);
    let mut story = Story { session, now: START };
    for _ in 0..10 {
        story.tell(Input::Offers { offers: Vec::new(), complete: false });
    }
    assert!(story.view().methods_unavailable);
    assert_eq!(story.after(Millis::seconds(1)).tell(Input::Look), [], "not more often than the alarm would");
    assert_eq!(story.after(Millis::minutes(5)).tell(Input::Look), [Effect::Offers]);
    story.tell(Input::Offers { offers: offers(), complete: true });
    assert!(!story.view().methods_unavailable);
    assert_eq!(story.after(Millis::minutes(5)).tell(Input::Look), []);
}

#[test]
fn that_some_ways_are_missing_is_told_until_they_are_not() {
    let (session, _) = Session::open(ID.to_owned(), order(), START);
    let mut story = Story { session, now: START };
    assert!(!story.view().methods_unavailable, "they are being asked for");
    story.tell(Input::Offers { offers: offers(), complete: false });
    let some = story.view();
    assert!(some.methods_unavailable && some.methods.len() == 2);
    story.tell(Input::Look);
    assert_eq!(story.view(), some, "looking is no news");

    // Whoever looks too soon is not forgotten.
    assert_eq!(story.session.next_wake(true), Some(START + Millis::seconds(30)));
    assert_eq!(story.after(Millis::seconds(29)).tell(Input::Tick { watched: true }), []);
    assert_eq!(story.after(Millis::seconds(1)).tell(Input::Tick { watched: true }), [Effect::Offers]);
    story.tell(Input::Look);
    story.tell(Input::Offers { offers: offers(), complete: true });
    assert!(!story.view().methods_unavailable);
    assert_eq!(story.session.next_wake(true), Some(order().expires_at), "nobody is asked any more");
}

#[test]
fn a_way_that_comes_late_moves_none_of_those_on_the_list() {
    let (session, _) = Session::open(ID.to_owned(), order(), START);
    let mut story = Story { session, now: START };
    let listed = |ids: &[&str]| ids.iter().map(|id| Offer { method: method(id), ..offers()[0].clone() }).collect::<Vec<_>>();
    let shown = |story: &Story| story.view().methods.iter().map(|method| method.id.to_string()).collect::<Vec<_>>();
    story.tell(Input::Offers { offers: listed(&["USDT:tron", "BTC:bitcoin", "LTC:litecoin"]), complete: false });
    assert_eq!(shown(&story), ["USDT:tron", "BTC:bitcoin", "LTC:litecoin"]);
    story.tell(Input::Offers { offers: listed(&["page:card", "LTC:litecoin", "USDT:tron", "page:crypto"]), complete: true });
    assert_eq!(shown(&story), ["USDT:tron", "LTC:litecoin", "page:card", "page:crypto"]);
}

#[test]
fn ways_that_go_missing_are_asked_for_only_while_somebody_looks() {
    let (session, _) = Session::open(ID.to_owned(), order(), START);
    let mut story = Story { session, now: START };
    let incomplete = || Input::Offers { offers: offers(), complete: false };
    story.tell(incomplete());
    assert_eq!(story.session.next_wake(true), Some(order().expires_at), "nobody has looked");
    let mut asked = 0;
    for _ in 0..600 {
        story.after(Millis::seconds(1)).tell(Input::Look);
        if story.tell(Input::Tick { watched: true }) == [Effect::Offers] {
            asked += 1;
            story.tell(incomplete());
        }
    }
    assert_eq!(asked, 20, "every half minute, however often somebody looks");
    // The last look is heeded; then there is rest.
    story.after(HOUR).tell(Input::Tick { watched: false });
    story.tell(incomplete());
    assert_eq!(story.session.next_wake(false), Some(order().expires_at));
}

#[test]
fn look_ups_never_come_faster_than_every_few_seconds_whatever_happens() {
    let mut story = Story::begin();
    story.choose("USDT:tron").unwrap();
    story.tell(Input::Created(1, Err(lost())));
    let mut asked = 0;
    for round in 0..50 {
        let Some(wake) = story.session.next_wake(true) else { break };
        assert!(wake - story.now >= Millis::seconds(5), "round {round}");
        story.now = wake;
        // Every third look-up dies with its object: no answer comes at all.
        if story.tell(Input::Tick { watched: true }) == [Effect::Find(1)] {
            asked += 1;
            if round % 3 != 0 {
                story.tell(Input::Found(1, Err(lost())));
            }
        }
    }
    // In the end it is given up: nobody was shown anything, and the method can be chosen again.
    assert!((8..20).contains(&asked), "{asked} look-ups");
    assert_eq!(story.attempt_status(), AttemptStatus::Failed);
}

#[test]
fn a_providers_wish_to_be_left_alone_is_kept_while_looking_up() {
    let mut story = Story::begin();
    story.choose("USDT:tron").unwrap();
    story.tell(Input::Created(1, Err(lost())));
    story.tell(Input::Found(1, Err(ProviderError::RateLimited { retry_after: Some(HOUR) })));
    assert_eq!(story.session.next_wake(true), Some(story.now + HOUR));
}
