//! What the merchant does and hears: calling off, stating anew, events, the record, and when a session may be forgotten.

use crate::story::{HOUR, START, Story, created, fetched, money, order, snapshot, transaction};
use checkout_core::provider::{PaymentStatus, ProviderError, Snapshot};
use checkout_core::session::{Effect, Input, Refusal, Report, Session};
use checkout_shared::event::EventKind;
use checkout_shared::money::Amount;
use checkout_shared::order::Order;
use checkout_shared::session::{AttemptStatus, Status, TransactionStatus};
use checkout_shared::time::Millis;

const DAY: Millis = Millis::hours(24);

fn later(amount: &str) -> Order {
    Order { amount: Amount::parse(amount).unwrap(), expires_at: order().expires_at + HOUR, ..order() }
}

#[test]
fn what_is_called_off_shows_nothing_payable_and_cannot_be_chosen() {
    let mut story = Story::awaiting();
    assert_eq!(story.tell(Input::Cancel), []);
    let view = story.view();
    assert_eq!(view.status, Status::Cancelled);
    assert_eq!(view.attempt.unwrap().instructions, None);
    assert_eq!(story.choose("USDT:tron"), Err(Refusal::Cancelled));
    assert_eq!(story.choose("BTC:bitcoin"), Err(Refusal::Cancelled));
    let known = story.session.clone();
    story.after(Millis::minutes(1)).tell(Input::Cancel);
    assert!(!story.session.differs_from(&known), "asked again, it is as it is");
}

#[test]
fn an_address_that_comes_after_the_order_was_called_off_is_not_shown() {
    let mut story = Story::begin();
    story.choose("USDT:tron").unwrap();
    story.tell(Input::Cancel);
    story.tell(Input::Created(1, Ok(created(1, "USDT", "tron"))));
    assert_eq!(story.view().attempt.unwrap().instructions, None);
    assert_eq!(story.status(), Status::Cancelled);
}

#[test]
fn what_has_seen_money_is_not_called_off() {
    let mut story = Story::awaiting();
    story.tell(fetched(PaymentStatus::Processing, vec![transaction("a", "6", 1)]));
    assert_eq!(story.session.apply(Input::Cancel, story.now), Err(Refusal::MoneySeen));
    assert_eq!(story.status(), Status::Underpaid);
}

#[test]
fn money_for_what_was_called_off_is_paid_late_and_the_rest_is_not_asked_for() {
    let mut story = Story::awaiting();
    story.tell(Input::Cancel);
    let seen = |hash: &str, amount: &str| {
        let mut seen = transaction(hash, amount, 20);
        seen.seen_at = Some(START + Millis::minutes(30));
        seen
    };
    story.after(Millis::minutes(30)).tell(fetched(PaymentStatus::Underpaid, vec![seen("a", "6")]));
    assert_eq!(story.status(), Status::Underpaid);
    assert_eq!(story.view().attempt.unwrap().instructions, None);
    story.tell(fetched(PaymentStatus::Paid, vec![seen("a", "6"), seen("b", "6.5")]));
    assert_eq!(story.status(), Status::Paid);
    assert!(story.view().late);
}

#[test]
fn only_an_order_stated_afresh_undoes_calling_it_off() {
    let mut story = Story::awaiting();
    story.tell(Input::Cancel);
    story.tell(Input::Reopen(order()));
    assert_eq!(story.status(), Status::Cancelled);
    story.tell(Input::Reopen(later("12.50")));
    assert_eq!(story.status(), Status::AwaitingPayment);
    assert!(story.view().attempt.unwrap().instructions.is_some());
}

#[test]
fn an_expired_order_is_opened_again_by_a_fresh_one_of_the_same_price_only() {
    let mut story = Story::awaiting();
    story.after(Millis::hours(4)).tell(Input::Tick { watched: false });
    assert_eq!(story.status(), Status::Expired);
    assert!(
        matches!(story.session.apply(Input::Reopen(later("12.51")), story.now), Err(Refusal::ReferenceConflict(field)) if field.field == "amount")
    );
    let fresh = Order { expires_at: story.now + HOUR, ..order() };
    story.tell(Input::Reopen(fresh));
    assert_eq!(story.status(), Status::Open);
    assert_eq!(story.choose("USDT:tron"), Ok(vec![Effect::Create(2)]));
}

#[test]
fn the_price_may_change_as_long_as_nothing_payable_was_shown() {
    let mut story = Story::begin();
    story.choose("USDT:tron").unwrap();
    story.tell(Input::Created(1, Err(ProviderError::refused("amount", "too little"))));
    story.tell(Input::Reopen(later("20")));
    assert_eq!(story.view().order.price(), money("20", "USD"));
    assert_eq!(story.choose("USDT:tron"), Ok(vec![Effect::Create(2)]));
    assert_eq!(story.session.attempt(2).unwrap().purchase.price, money("20", "USD"));
    // Money by the one that was refused would be for the old price.
    story.tell(Input::Notified(snapshot(PaymentStatus::Paid, vec![transaction("a", "12.5", 20)])));
    assert_eq!(story.session.attempt(1).unwrap().status(story.now), AttemptStatus::Review);
    assert_eq!(story.status(), Status::Review);
    // While the provider is being asked it may not: what comes of it is for this price.
    let mut asking = Story::begin();
    asking.choose("USDT:tron").unwrap();
    assert!(matches!(asking.session.apply(Input::Reopen(later("20")), asking.now), Err(Refusal::ReferenceConflict(_))));
}

#[test]
fn every_change_of_the_status_is_an_event_and_each_comes_once() {
    use EventKind as E;
    let mut story = Story::awaiting();
    assert_eq!(story.session.take_events(), [E::Open, E::AwaitingPayment]);
    story.tell(fetched(PaymentStatus::Processing, vec![transaction("a", "6", 1)]));
    story.tell(fetched(PaymentStatus::Processing, vec![transaction("a", "6", 2)]));
    assert_eq!(story.session.take_events(), [E::Underpaid]);
    story.tell(fetched(PaymentStatus::Processing, vec![transaction("a", "6", 2), transaction("b", "1", 1)]));
    assert_eq!(story.session.take_events(), [E::Underpaid], "less is due");
    let all = || vec![transaction("a", "6", 20), transaction("b", "6.5", 20)];
    story.tell(fetched(PaymentStatus::Paid, all()));
    story.tell(fetched(PaymentStatus::Paid, all()));
    assert_eq!(story.session.take_events(), [E::Paid]);
    let mut more = all();
    more.push(transaction("c", "3", 20));
    story.tell(Input::Notified(snapshot(PaymentStatus::Paid, more)));
    assert_eq!(story.session.take_events(), [E::Overpaid]);
    story.tell(Input::Notified(snapshot(PaymentStatus::Refunded, Vec::new())));
    assert_eq!(story.session.take_events(), [E::Refunded]);
}

#[test]
fn time_alone_is_an_event_too() {
    let mut story = Story::begin();
    let _ = story.session.take_events();
    story.after(Millis::hours(3)).tell(Input::Tick { watched: false });
    assert_eq!(story.session.take_events(), [EventKind::Expired]);
}

#[test]
fn what_an_operator_should_know_is_told_once_and_once_more_when_there_is_money() {
    let mut story = Story::awaiting();
    let _ = story.session.take_events();
    let stray = |reference: &str, status| {
        let other = Snapshot { provider_reference: reference.to_owned(), ..snapshot(status, Vec::new()) };
        Input::Fetched(1, Ok(other))
    };
    let told = [
        ("other", PaymentStatus::Pending, 1),
        ("other", PaymentStatus::Pending, 0),
        ("another", PaymentStatus::Paid, 1),
        ("other", PaymentStatus::Paid, 1),
        ("other", PaymentStatus::Paid, 0),
    ];
    for (reference, status, times) in told {
        assert_eq!(story.tell(stray(reference, status)).len(), times, "{reference} {status:?}");
        assert_eq!(story.session.take_events(), vec![EventKind::Stray; times]);
    }
    assert_eq!(story.session.record(story.now).stray_payments, ["other", "another"]);
    let read: Session = serde_json::from_str(&serde_json::to_string(&story.session).unwrap()).unwrap();
    story.session = read;
    assert_eq!(story.tell(stray("other", PaymentStatus::Paid)).len(), 0, "nor after the object was there anew");
}

#[test]
fn every_further_payment_is_a_duplicate_of_its_own() {
    let mut story = Story::awaiting();
    for number in 2..=3 {
        story.after(Millis::hours(2));
        story.tell(Input::Reopen(Order { expires_at: story.now + HOUR, ..order() }));
        assert_eq!(story.choose("USDT:tron"), Ok(vec![Effect::Create(number)]));
        story.tell(Input::Created(number, Ok(created(number, "USDT", "tron"))));
    }
    let mut pay = |number: u32| {
        let paid = snapshot(PaymentStatus::Paid, vec![transaction("a", "12.5", 20)]);
        let stated = crate::story::stated(number);
        let paid = Snapshot { provider_reference: format!("track-{number}"), stated, ..paid };
        story.tell(Input::Notified(paid))
    };
    assert_eq!(pay(1), []);
    assert_eq!(pay(3), [Effect::Report(Report::DuplicatePayment(3))]);
    assert_eq!(pay(3), []);
    assert_eq!(pay(2), [Effect::Report(Report::DuplicatePayment(2))]);
}

#[test]
fn an_older_order_token_neither_shortens_an_order_nor_brings_back_a_price() {
    let mut story = Story::begin();
    let earlier = Order { expires_at: order().expires_at + Millis(-1000), ..order() };
    story.tell(Input::Reopen(earlier.clone()));
    assert_eq!(story.view().order.expires_at, order().expires_at);
    story.tell(Input::Cancel);
    story.tell(Input::Reopen(earlier));
    story.tell(Input::Reopen(order()));
    assert_eq!(story.status(), Status::Cancelled, "the shop's old pages do not undo it");
    story.tell(Input::Reopen(later("20")));
    assert_eq!((story.status(), story.view().order.price()), (Status::Open, money("20", "USD")));
    assert!(matches!(story.session.apply(Input::Reopen(order()), story.now), Err(Refusal::ReferenceConflict(_))));
}

#[test]
fn what_was_called_off_is_not_taken_unasked() {
    let mut story = Story::awaiting();
    story.tell(Input::Cancel);
    assert_eq!(story.tell(fetched(PaymentStatus::Authorized, Vec::new())), [Effect::Report(Report::NotCaptured(1))]);
    assert_eq!(story.tell(fetched(PaymentStatus::Authorized, Vec::new())), []);
    assert_eq!(story.tell(Input::Capture), [Effect::Capture(1)], "but when the merchant says so");
}

#[test]
fn a_session_may_be_forgotten_once_it_is_final_and_nothing_is_asked_any_more() {
    let retention = Millis::hours(24 * 90);
    let mut paid = Story::awaiting();
    assert_eq!(paid.session.purge_at(retention), None);
    paid.tell(fetched(PaymentStatus::Paid, vec![transaction("a", "12.5", 20)]));
    assert_eq!(paid.session.purge_at(retention), Some(START + retention));
    assert!(paid.session.trace(4).is_closed);

    let mut expired = Story::awaiting();
    expired.after(Millis::hours(4)).tell(Input::Tick { watched: false });
    assert_eq!(expired.session.purge_at(retention), None, "late money is watched for");
    expired.after(DAY).tell(Input::Tick { watched: false });
    expired.tell(fetched(PaymentStatus::Expired, Vec::new()));
    assert_eq!(expired.session.purge_at(retention), Some(START + Millis::hours(4) + retention));
    let trace = expired.session.trace(3);
    assert!(!trace.is_closed);
    // Opened again, nothing of it bears an old name.
    let fresh = Order { expires_at: expired.now + HOUR, ..order() };
    let (mut again, _) = Session::open_again(crate::story::ID.to_owned(), fresh, &trace, expired.now);
    assert!(again.sequence() > expired.session.sequence());
    again.apply(Input::Offers { offers: crate::story::offers(), complete: true }, expired.now).unwrap();
    std::mem::swap(&mut expired.session, &mut again);
    assert_eq!(expired.choose("USDT:tron"), Ok(vec![Effect::Create(2)]));

    let mut underpaid = Story::awaiting();
    underpaid.tell(fetched(PaymentStatus::Underpaid, vec![transaction("a", "6", 20)]));
    underpaid.after(Millis::hours(24 * 60)).tell(Input::Tick { watched: false });
    underpaid.tell(fetched(PaymentStatus::Underpaid, vec![transaction("a", "6", 20)]));
    assert_eq!(underpaid.session.next_wake(false), None);
    assert_eq!(underpaid.session.purge_at(retention), None, "somebody's money is in it");
}

#[test]
fn the_record_tells_who_stands_behind_each_attempt_and_what_it_is_found_by() {
    let mut story = Story::awaiting();
    story.choose("BTC:bitcoin").unwrap();
    story.tell(Input::Created(2, Err(ProviderError::refused("amount", "too little"))));
    let mut seen = transaction("0xhash", "12.5", 1);
    seen.status = TransactionStatus::Confirming;
    story.tell(fetched(PaymentStatus::Processing, vec![seen]));
    let record = story.session.record(story.now);
    assert_eq!(record.session, story.view());
    assert_eq!(record.provider_calls, 2);
    assert_eq!(record.attempts[0].provider_reference.as_deref(), Some("track-1"));
    assert!(record.attempts[1].reason.as_ref().unwrap().contains("too little"));
    let found_by = story.session.found_by();
    for name in [record.attempts[0].reference.as_str(), "track-1", "0xhash"] {
        assert!(found_by.iter().any(|known| known == name), "{name} in {found_by:?}");
    }
    assert_eq!(story.session.summary().status, Status::Processing);
}
