//! How often a provider is asked: the table of `schedule.rs`, and that it is bounded whatever happens.

use crate::story::{HOUR, START, Story, fetched, method, snapshot, transaction};
use checkout_core::provider::{PaymentStatus, ProviderError};
use checkout_core::session::{Effect, Input, Offer, Taker, schedule};
use checkout_shared::provider::ProviderId;
use checkout_shared::time::Millis;

/// Runs the alarm for a span and answers each question; how many there were.
fn questions(story: &mut Story, watched: bool, span: Millis, answer: impl Fn() -> Input) -> u32 {
    let end = story.now + span;
    let mut asked = 0;
    while let Some(wake) = story.session.next_wake(watched).filter(|wake| *wake <= end) {
        story.now = story.now.max(wake);
        for effect in story.tell(Input::Tick { watched }) {
            if matches!(effect, Effect::Fetch(_)) {
                asked += 1;
                story.tell(answer());
            }
        }
    }
    story.now = end;
    asked
}

fn nothing_new() -> Input {
    fetched(PaymentStatus::Pending, Vec::new())
}

/// About a span's worth of questions: as many as the longest waits give, and up to 15 % shorter waits' more.
fn about(span: Millis, wait: Millis) -> std::ops::RangeInclusive<u32> {
    let most = u32::try_from(span.0 / wait.0).unwrap();
    (most.saturating_sub(1))..=(most * 118 / 100 + 2)
}

fn notified() -> Story {
    let mut story = Story::begin();
    let takers = vec![Taker { provider: ProviderId::Oxapay, priced_in: None, notifies: true, minimum: None }];
    story.tell(Input::Offers { offers: vec![Offer { method: method("USDT:tron"), takers }], complete: true });
    story.choose("USDT:tron").unwrap();
    story.tell(Input::Created(1, Ok(crate::story::created(1, "USDT", "tron"))));
    story
}

#[test]
fn the_table_is_kept() {
    let ten = Millis::minutes(10);
    assert!(about(ten, Millis::seconds(4)).contains(&questions(&mut Story::awaiting(), true, ten, nothing_new)));
    assert!(about(ten, Millis::minutes(1)).contains(&questions(&mut Story::awaiting(), false, ten, nothing_new)));
    assert!(about(ten, Millis::seconds(6)).contains(&questions(&mut notified(), true, ten, nothing_new)));
    assert!(about(ten, Millis::minutes(2)).contains(&questions(&mut notified(), false, ten, nothing_new)));

    let seen = || fetched(PaymentStatus::Processing, vec![transaction("a", "12.5", 1)]);
    let paying = || {
        let mut story = Story::awaiting();
        story.tell(seen());
        story
    };
    assert!(about(ten, Millis::seconds(3)).contains(&questions(&mut paying(), true, ten, seen)));
    assert!(about(ten, Millis::seconds(30)).contains(&questions(&mut paying(), false, ten, seen)));

    let mut over = Story::awaiting();
    over.after(Millis::hours(2));
    assert!(about(HOUR, Millis::minutes(10)).contains(&questions(&mut over, false, HOUR, nothing_new)));
    assert!(about(ten, Millis::seconds(15)).contains(&questions(&mut over, true, ten, nothing_new)));
}

#[test]
fn a_notification_is_trusted_until_a_question_finds_out_first() {
    let ten = Millis::minutes(10);
    let seen = |confirmations| snapshot(PaymentStatus::Processing, vec![transaction("a", "12.5", confirmations)]);
    let mut story = notified();
    story.tell(Input::Notified(seen(1)));
    assert!(questions(&mut story, false, ten, || Input::Fetched(1, Ok(seen(1)))) <= 6, "every 2 minutes");
    story.tell(Input::Fetched(1, Ok(seen(2))));
    assert!(questions(&mut story, false, ten, || Input::Fetched(1, Ok(seen(2)))) >= 19, "every 30 s");
    story.tell(Input::Notified(seen(3)));
    assert!(questions(&mut story, false, ten, || Input::Fetched(1, Ok(seen(3)))) <= 6, "every 2 minutes again");
}

#[test]
fn late_money_is_looked_for_for_a_day_after_the_end() {
    let mut story = Story::awaiting();
    story.now = START + HOUR;
    let asked = questions(&mut story, false, Millis::hours(48), nothing_new);
    assert!(about(Millis::hours(24), Millis::minutes(10)).contains(&asked), "{asked}");
    assert_eq!(story.session.next_wake(false), None);
}

#[test]
fn a_page_left_open_for_ever_costs_a_bounded_number_of_questions() {
    for answer in [nothing_new as fn() -> Input, || fetched(PaymentStatus::Processing, vec![transaction("a", "12.5", 1)])] {
        let mut story = Story::awaiting();
        let asked = questions(&mut story, true, Millis::hours(24 * 60), answer);
        assert!(asked < schedule::MOST_QUESTIONS, "{asked}");
        assert_eq!(story.session.next_wake(true), None, "and ends");
        let counted = story.session.record(story.now).provider_calls;
        assert_eq!(counted, asked + 1, "each is counted, and the creation");
    }
}

#[test]
fn sessions_opened_together_do_not_ask_together() {
    let story = Story::awaiting();
    let first = |number: u32| {
        let session = serde_json::to_string(&story.session).unwrap().replace("-1\"", &format!("-{number}\""));
        let session: checkout_core::session::Session = serde_json::from_str(&session).unwrap();
        session.next_wake(true)
    };
    let wakes: std::collections::BTreeSet<_> = (1..=40).map(first).collect();
    assert!(wakes.len() > 8, "{wakes:?}");
}

#[test]
fn a_providers_wish_to_be_left_alone_is_kept() {
    let mut story = Story::awaiting();
    let limited = || Input::Fetched(1, Err(ProviderError::RateLimited { retry_after: Some(Millis::minutes(5)) }));
    let asked = questions(&mut story, true, Millis::minutes(30), limited);
    assert!((6..=7).contains(&asked), "{asked}");
}
