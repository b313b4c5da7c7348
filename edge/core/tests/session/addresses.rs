//! Orders paid to an address that we show.

use crate::story::*;
use checkout_core::provider::{PaymentStatus, ProviderError, Snapshot, Stated};
use checkout_core::session::{Effect, Input, Refusal, Report, Session};
use checkout_shared::money::Amount;
use checkout_shared::order::Order;
use checkout_shared::session::{AttemptStatus, Instructions, Status, Transaction, TransactionStatus};
use checkout_shared::time::Millis;

#[test]
fn customer_pays_exactly() {
    let mut story = Story::awaiting();
    assert_eq!(story.status(), Status::AwaitingPayment);
    story.tell(fetched(PaymentStatus::Processing, vec![transaction("t", "12.5", 3)]));
    assert_eq!(story.status(), Status::Processing);
    let attempt = story.view().attempt.unwrap();
    assert_eq!((attempt.transactions[0].confirmations, attempt.transactions[0].required_confirmations), (3, Some(19)));
    assert_eq!(attempt.due, None);
    story.tell(fetched(PaymentStatus::Paid, vec![transaction("t", "12.5", 19)]));
    let view = story.view();
    assert_eq!((view.status, view.late, view.overpaid_by), (Status::Paid, false, None));
}

#[test]
fn customer_pays_half_and_then_the_rest() {
    let mut story = Story::awaiting();
    story.tell(fetched(PaymentStatus::Processing, vec![transaction("a", "6.2", 1)]));
    assert_eq!(story.status(), Status::Underpaid);
    let attempt = story.view().attempt.unwrap();
    assert_eq!((attempt.received, attempt.due), (Some(money("6.2", "USDT")), Some(money("6.3", "USDT"))));
    let Some(Instructions::Address(address)) = attempt.instructions else { panic!("an address is shown") };
    assert_eq!(address.amount, money("12.5", "USDT"), "the whole amount stays what it was");
    story.tell(fetched(PaymentStatus::Processing, vec![transaction("a", "6.2", 19), transaction("b", "6.3", 1)]));
    assert_eq!(story.status(), Status::Processing);
    story.tell(fetched(PaymentStatus::Paid, vec![transaction("a", "6.2", 19), transaction("b", "6.3", 19)]));
    assert_eq!(story.status(), Status::Paid);
}

#[test]
fn the_code_to_scan_asks_for_the_rest_once_a_part_has_come() {
    let mut story = Story::begin();
    story.choose("BTC:bitcoin").unwrap();
    let mut answer = created(1, "BTC", "bitcoin");
    let Instructions::Address(address) = &mut answer.instructions else { panic!("an address") };
    address.amount = money("0.005", "BTC");
    story.tell(Input::Created(1, Ok(answer)));
    let mut part = transaction("a", "0.002", 1);
    part.amount = money("0.002", "BTC");
    story.tell(fetched(PaymentStatus::Processing, vec![part]));
    let Some(Instructions::Address(address)) = story.view().attempt.unwrap().instructions else { panic!("an address is shown") };
    assert_eq!(address.payment_uri, "bitcoin:TXYZ?amount=0.003");
}

#[test]
fn customer_pays_too_much() {
    let mut story = Story::awaiting();
    story.tell(fetched(PaymentStatus::Paid, vec![transaction("a", "13", 19)]));
    assert_eq!(story.view().overpaid_by, Some(money("0.5", "USDT")));
}

#[test]
fn customer_pays_late() {
    let mut story = Story::awaiting();
    story.after(HOUR).tell(Input::Look);
    assert_eq!((story.status(), story.attempt_status()), (Status::Open, AttemptStatus::Expired));
    let mut payment = transaction("a", "12.5", 19);
    payment.seen_at = Some(START + HOUR + HOUR);
    story.after(HOUR).tell(fetched(PaymentStatus::Paid, vec![payment]));
    assert_eq!((story.status(), story.view().late), (Status::Paid, true));
}

#[test]
fn money_decides_even_if_the_provider_calls_it_expired() {
    let mut story = Story::awaiting();
    story.after(HOUR).tell(fetched(PaymentStatus::Expired, vec![]));
    story.after(HOUR).tell(fetched(PaymentStatus::Expired, vec![transaction("a", "6", 19)]));
    assert_eq!(story.status(), Status::Underpaid);
    story.tell(fetched(PaymentStatus::Expired, vec![transaction("a", "6", 19), transaction("b", "6.5", 3)]));
    assert_eq!(story.status(), Status::Processing, "all there, not final");
    story.tell(fetched(PaymentStatus::Expired, vec![transaction("a", "6", 19), transaction("b", "6.5", 19)]));
    assert_eq!((story.status(), story.view().late), (Status::Paid, true));
    let mut failed = transaction("b", "6.5", 19);
    failed.status = TransactionStatus::Failed;
    story.tell(fetched(PaymentStatus::Underpaid, vec![transaction("a", "6", 19), failed]));
    assert_eq!(story.status(), Status::Paid, "what was final once stays so");
}

#[test]
fn the_end_of_an_attempt_says_nothing_of_the_order() {
    let mut story = Story::awaiting();
    story.tell(fetched(PaymentStatus::Expired, vec![]));
    assert_eq!(story.status(), Status::Open);
    assert_eq!(story.choose("USDT:tron"), Ok(vec![Effect::Create(2)]));
    assert_eq!(story.view().attempt.unwrap().number, 2);
}

#[test]
fn the_order_expires_when_its_own_time_is_over() {
    let mut story = Story::begin();
    story.after(Millis::hours(3)).tell(Input::Look);
    assert_eq!(story.status(), Status::Expired);
    assert_eq!(story.choose("USDT:tron"), Err(Refusal::Over));
    let later = Order { expires_at: story.now + HOUR, ..order() };
    story.tell(Input::Reopen(later));
    assert_eq!(story.status(), Status::Open);
}

#[test]
fn paid_never_becomes_unpaid() {
    let mut story = Story::awaiting();
    story.tell(fetched(PaymentStatus::Paid, vec![transaction("a", "12.5", 19)]));
    let sequence = story.view().sequence;
    for status in
        [PaymentStatus::Pending, PaymentStatus::Expired, PaymentStatus::Failed, PaymentStatus::Underpaid, PaymentStatus::Cancelled]
    {
        story.after(HOUR).tell(fetched(status, vec![]));
        assert_eq!(story.status(), Status::Paid, "{status:?}");
    }
    let mut other = snapshot(PaymentStatus::Paid, vec![]);
    other.stated.price = Some(money("0.01", "USD"));
    story.tell(Input::Notified(other));
    assert_eq!(story.status(), Status::Paid);
    story.tell(fetched(PaymentStatus::Refunded, vec![]));
    assert_eq!(story.status(), Status::Refunded);
    assert!(story.view().sequence > sequence);
}

#[test]
fn what_disagrees_with_the_order_is_for_a_person_to_decide() {
    let disagreeing = [
        Stated { price: Some(money("12.49", "USD")), ..stated(1) },
        Stated { price: Some(money("12.50", "EUR")), ..stated(1) },
        Stated { reference: Some(format!("{ID}-7")), ..stated(1) },
    ];
    for stated in disagreeing {
        let mut story = Story::awaiting();
        let snapshot = Snapshot { stated, ..snapshot(PaymentStatus::Paid, vec![transaction("a", "12.5", 19)]) };
        story.tell(Input::Fetched(1, Ok(snapshot)));
        assert_eq!(story.status(), Status::Review);
    }
}

#[test]
fn paid_with_less_than_was_due_is_for_a_person_to_decide_unless_the_provider_lets_it_pass() {
    let short = || snapshot(PaymentStatus::Paid, vec![transaction("a", "12.4", 19)]);
    let mut story = Story::awaiting();
    story.tell(Input::Fetched(1, Ok(short())));
    assert_eq!(story.status(), Status::Review);
    let mut story = Story::awaiting();
    story.tell(Input::Fetched(1, Ok(Snapshot { shortfall_accepted: Amount::parse("1"), ..short() })));
    assert_eq!(story.status(), Status::Paid);
}

#[test]
fn the_same_amount_with_other_zeros_agrees() {
    let mut story = Story::awaiting();
    let stated = Stated { price: Some(money("12.5000", "USD")), ..stated(1) };
    story.tell(Input::Fetched(1, Ok(Snapshot { stated, ..snapshot(PaymentStatus::Paid, vec![]) })));
    assert_eq!(story.status(), Status::Paid);
}

#[test]
fn a_created_payment_that_asks_for_something_else_is_shown_to_nobody() {
    let mut story = Story::begin();
    story.choose("USDT:tron").unwrap();
    let mut answer = created(1, "USDT", "tron");
    answer.stated.price = Some(money("1250", "USD"));
    story.tell(Input::Created(1, Ok(answer)));
    let attempt = story.view().attempt.unwrap();
    assert_eq!((attempt.status, attempt.instructions), (AttemptStatus::Failed, None));
}

#[test]
fn news_of_another_payment_changes_nothing() {
    let mut story = Story::awaiting();
    let before = story.view();
    let other = Snapshot { provider_reference: "track-9".to_owned(), ..snapshot(PaymentStatus::Paid, vec![transaction("a", "12.5", 19)]) };
    story.tell(Input::Notified(other));
    assert_eq!(story.view(), before);
}

#[test]
fn the_same_news_in_any_order_gives_the_same_state() {
    let news = [
        snapshot(PaymentStatus::Pending, vec![]),
        snapshot(PaymentStatus::Processing, vec![transaction("a", "6", 1)]),
        snapshot(PaymentStatus::Underpaid, vec![transaction("a", "6", 19)]),
        snapshot(PaymentStatus::Paid, vec![transaction("a", "6", 19), transaction("b", "7", 19)]),
        snapshot(PaymentStatus::Processing, vec![transaction("b", "7", 2)]),
    ];
    let told = |order: &[usize]| {
        let mut story = Story::awaiting();
        for index in order {
            story.tell(Input::Notified(news[*index].clone()));
        }
        let mut view = story.view();
        view.sequence = 0;
        if let Some(attempt) = &mut view.attempt {
            attempt.transactions.sort_by(|a, b| a.hash.cmp(&b.hash));
        }
        view
    };
    let expected = told(&[0, 1, 2, 3, 4]);
    assert_eq!(expected.status, Status::Paid);
    for order in [[4, 3, 2, 1, 0], [3, 0, 4, 1, 2], [2, 4, 0, 3, 1], [1, 2, 3, 4, 0]] {
        assert_eq!(told(&order), expected, "{order:?}");
    }
    assert_eq!(told(&[0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 3]), expected, "duplicates change nothing");
}

#[test]
fn the_sequence_grows_with_every_change_and_only_then() {
    let mut story = Story::awaiting();
    let before = story.view();
    story.after(Millis::seconds(1)).tell(Input::Look);
    story.tell(fetched(PaymentStatus::Pending, vec![]));
    assert_eq!(story.view().sequence, before.sequence);
    story.after(HOUR).tell(Input::Look);
    assert_eq!(story.view().sequence, before.sequence + 1, "its time is over, though nobody said anything");
}

#[test]
fn money_on_an_earlier_attempt_is_shown_and_its_rest_asked_for() {
    let mut story = two_attempts();
    story.tell(fetched(PaymentStatus::Processing, vec![transaction("a", "6", 1)]));
    let view = story.view();
    let attempt = view.attempt.unwrap();
    assert_eq!((view.status, attempt.number, attempt.status), (Status::Underpaid, 1, AttemptStatus::Underpaid));
    assert_eq!(attempt.due, Some(money("6.5", "USDT")));
    assert_eq!(story.choose("USDT:tron"), Ok(vec![]));
    assert_eq!(story.choose("BTC:bitcoin"), Err(Refusal::MoneySeen));
}

#[test]
fn two_payments_of_one_order_are_reported() {
    let mut story = two_attempts();
    assert_eq!(story.tell(fetched(PaymentStatus::Paid, vec![transaction("a", "12.5", 19)])), []);
    let second = Snapshot { provider_reference: "track-2".to_owned(), stated: stated(2), ..snapshot(PaymentStatus::Paid, vec![]) };
    let effects = story.tell(Input::Fetched(2, Ok(second.clone())));
    assert!(matches!(effects.as_slice(), [Effect::Report(Report::DuplicatePayment(_))]), "{effects:?}");
    assert_eq!(story.tell(Input::Fetched(2, Ok(second))), [], "once");
}

#[test]
fn a_replaced_transaction_does_not_count_beside_the_one_that_replaced_it() {
    let mut story = Story::awaiting();
    story.tell(fetched(PaymentStatus::Processing, vec![transaction("a", "12.5", 0)]));
    for _ in 0..2 {
        story.tell(fetched(PaymentStatus::Processing, vec![transaction("b", "12.5", 1)]));
    }
    assert_eq!(story.view().attempt.unwrap().received, Some(money("12.5", "USDT")));
    story.tell(fetched(PaymentStatus::Paid, vec![transaction("b", "12.5", 19)]));
    assert_eq!((story.status(), story.view().overpaid_by), (Status::Paid, None));
}

#[test]
fn paid_at_once_after_a_replacement_is_not_overpaid() {
    let mut story = Story::awaiting();
    story.tell(fetched(PaymentStatus::Processing, vec![transaction("a", "12.5", 0)]));
    story.tell(fetched(PaymentStatus::Paid, vec![transaction("b", "12.5", 19)]));
    assert_eq!(story.view().overpaid_by, None);
}

#[test]
fn money_that_was_taken_back_before_it_was_final_leaves_the_order_payable() {
    let mut story = Story::awaiting();
    story.tell(fetched(PaymentStatus::Processing, vec![transaction("a", "12.5", 0)]));
    for _ in 0..2 {
        story.tell(fetched(PaymentStatus::Expired, vec![]));
    }
    assert_eq!((story.status(), story.attempt_status()), (Status::Open, AttemptStatus::Expired));
    assert_eq!(story.view().attempt.unwrap().transactions[0].status, TransactionStatus::Failed, "still told of");
    assert_eq!(story.choose("USDT:tron"), Ok(vec![Effect::Create(2)]));
}

#[test]
fn one_list_without_it_does_not_make_a_transaction_vanish() {
    let mut story = Story::awaiting();
    story.tell(Input::Notified(snapshot(PaymentStatus::Processing, vec![transaction("a", "12.5", 0)])));
    story.tell(fetched(PaymentStatus::Pending, vec![]));
    assert_eq!(story.status(), Status::Processing);
    story.tell(fetched(PaymentStatus::Processing, vec![transaction("a", "12.5", 1)]));
    story.tell(fetched(PaymentStatus::Processing, vec![]));
    assert_eq!(story.status(), Status::Processing, "counted from the last time it was listed");
}

#[test]
fn the_list_of_another_payment_makes_nothing_vanish() {
    let mut story = Story::awaiting();
    story.tell(fetched(PaymentStatus::Processing, vec![transaction("a", "12.5", 0)]));
    // Told once, however often it comes.
    for told in [vec![Effect::Report(Report::StrayPayment)], Vec::new()] {
        let other = Snapshot { provider_reference: "track-9".to_owned(), ..snapshot(PaymentStatus::Pending, vec![]) };
        assert_eq!(story.tell(Input::Fetched(1, Ok(other))), told);
    }
    assert_eq!(story.status(), Status::Processing);
}

#[test]
fn a_failed_part_of_a_transaction_is_no_money_in_whatever_order_it_is_listed() {
    let mut failed = transaction("a", "6.25", 19);
    failed.status = TransactionStatus::Failed;
    let confirmed = transaction("a", "6.25", 19);
    for listed in [vec![confirmed.clone(), failed.clone()], vec![failed, confirmed]] {
        let mut story = Story::awaiting();
        story.tell(fetched(PaymentStatus::Expired, listed));
        assert_eq!((story.status(), story.view().attempt.unwrap().received), (Status::Underpaid, Some(money("6.25", "USDT"))));
    }
}

#[test]
fn two_coins_in_one_transaction_stay_two() {
    let mut other = transaction("a", "99", 19);
    other.amount = money("99", "ZZZ");
    let mut story = Story::awaiting();
    story.tell(fetched(PaymentStatus::Processing, vec![other, transaction("a", "12.5", 3)]));
    assert_eq!(story.view().attempt.unwrap().received, Some(money("12.5", "USDT")));
}

#[test]
fn a_transaction_told_first_without_its_hash_counts_once() {
    let mut story = Story::awaiting();
    story.tell(fetched(PaymentStatus::Processing, vec![transaction("", "12.5", 0)]));
    story.tell(fetched(PaymentStatus::Processing, vec![transaction("a", "12.5", 1)]));
    assert_eq!(story.view().attempt.unwrap().received, Some(money("12.5", "USDT")));
}

#[test]
fn an_amount_beyond_all_reason_does_not_stop_the_session() {
    let mut story = Story::begin();
    story.choose("USDT:tron").unwrap();
    let mut answer = created(1, "USDT", "tron");
    let Instructions::Address(address) = &mut answer.instructions else { panic!("an address") };
    address.amount = money("79228162514264337593543950335", "USDT");
    story.tell(Input::Created(1, Ok(answer)));
    let huge = transaction("a", "79228162514264337593543950334", 19);
    let snapshot = snapshot(PaymentStatus::Paid, vec![huge.clone(), Transaction { hash: "b".to_owned(), ..huge }]);
    story.tell(Input::Fetched(1, Ok(Snapshot { shortfall_accepted: Amount::parse("0.1"), ..snapshot })));
    assert!(matches!(story.status(), Status::Paid | Status::Review));
}

#[test]
fn money_in_the_last_minutes_of_an_address_that_outlives_its_order_is_late() {
    let mut story = Story::begin();
    story.after(Millis::minutes(179)).choose("USDT:tron").unwrap();
    let mut answer = created(1, "USDT", "tron");
    let Instructions::Address(address) = &mut answer.instructions else { panic!("an address") };
    address.expires_at = story.now + Millis::minutes(15);
    story.tell(Input::Created(1, Ok(answer)));
    let mut payment = transaction("a", "12.5", 19);
    payment.seen_at = Some(story.now + Millis::minutes(10));
    story.after(Millis::minutes(10)).tell(fetched(PaymentStatus::Paid, vec![payment]));
    assert_eq!((story.status(), story.view().late), (Status::Paid, true));
}

#[test]
fn a_hosted_page_paid_short_is_underpaid_by_the_providers_word() {
    let mut story = two_attempts();
    let short = Snapshot {
        provider_reference: "track-2".to_owned(),
        stated: stated(2),
        ..snapshot(PaymentStatus::Underpaid, vec![transaction("a", "6", 19)])
    };
    story.tell(Input::Fetched(2, Ok(short)));
    assert_eq!(story.status(), Status::Underpaid);
}

#[test]
fn money_that_takes_days_to_confirm_is_still_asked_about() {
    let mut story = Story::awaiting();
    story.tell(fetched(PaymentStatus::Processing, vec![transaction("a", "12.5", 0)]));
    story.after(Millis::hours(72)).tell(Input::Tick { watched: false });
    let wait = story.session.next_wake(false).unwrap() - story.now;
    assert!(wait <= Millis::minutes(10), "{wait:?}");
    story.after(Millis::hours(24 * 40)).tell(Input::Tick { watched: false });
    assert!(story.session.next_wake(false).is_some(), "until the last question is answered");
    story.tell(fetched(PaymentStatus::Processing, vec![transaction("a", "12.5", 0)]));
    assert_eq!(story.session.next_wake(false), None, "but not for ever");
}

#[test]
fn a_notification_of_no_payment_of_ours_is_reported() {
    let mut story = Story::awaiting();
    let other = Snapshot { provider_reference: "track-9".to_owned(), ..snapshot(PaymentStatus::Paid, vec![]) };
    assert_eq!(story.tell(Input::Notified(other)), [Effect::Report(Report::StrayPayment)]);
}

/// Tomorrow's code must read today's sessions: these files are never changed, only added to.
#[test]
fn the_stored_form_is_pinned() {
    let mut story = Story::awaiting();
    story.tell(fetched(PaymentStatus::Processing, vec![transaction("a", "6.2", 1)]));
    let older: Session = serde_json::from_str(include_str!("../stored/underpaid.json")).unwrap();
    assert_eq!(older.view(story.now), story.view());

    let mut story = Story::begin();
    story.choose("USDT:tron").unwrap();
    story.tell(Input::Created(1, Err(ProviderError::refused("amount", "too little"))));
    story.choose("USDT:tron").unwrap();
    story.tell(Input::Created(2, Ok(created(2, "USDT", "tron"))));
    story.tell(Input::Cancel);
    story.tell(Input::Notified(Snapshot { provider_reference: "track-9".to_owned(), ..snapshot(PaymentStatus::Pending, vec![]) }));
    let stored = serde_json::to_string_pretty(&story.session).unwrap() + "\n";
    let pinned = include_str!("../stored/cancelled.json");
    assert_eq!(stored, pinned);
    let read: Session = serde_json::from_str(pinned).unwrap();
    assert_eq!(read.view(story.now), story.view());
}
