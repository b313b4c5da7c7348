//! What the merchant's server is sent and when, told as stories, and random stories that hold for any course of events.

use checkout_core::outbox::{Ended, Event, GIVE_UP_AFTER, LEASE, MOST_LOST, Outbox, Outcome, WAITS};
use checkout_shared::event::{DeliveryState, DeliveryView, EventKind};
use checkout_shared::time::{Millis, Timestamp};
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const START: Timestamp = Timestamp(1_795_262_400_000);
const SESSION: &str = "abcdefghijklmnopqrstuvwx27";
const OK: Outcome = Outcome::Status(200);
const DOWN: Outcome = Outcome::Status(503);

/// An outbox, a clock, and the rows that the shell would have written.
struct Story {
    outbox: Outbox,
    rows: BTreeMap<u32, (String, String)>,
    now: Timestamp,
}

impl Story {
    fn new() -> Self {
        Self { outbox: Outbox::restore(SESSION.to_owned(), Vec::new()), rows: BTreeMap::new(), now: START }
    }

    fn with(events: u32) -> Self {
        let mut story = Self::new();
        for _ in 0..events {
            story.add(true);
        }
        story
    }

    fn write(&mut self) {
        for event in self.outbox.take_changed() {
            self.rows.insert(event.number, (event.stored(), event.body.clone()));
        }
    }

    fn add(&mut self, reachable: bool) -> u32 {
        let number = self.outbox.add(EventKind::Processing, format!("body {}", self.rows.len() + 1), reachable, self.now);
        self.write();
        number
    }

    fn begin(&mut self) -> Option<u32> {
        let begun = self.outbox.begin(self.now).map(|event| {
            assert_eq!(event.body, format!("body {}", event.number));
            event.number
        });
        self.write();
        begun
    }

    fn end(&mut self, number: u32, outcome: Outcome) -> Ended {
        let ended = self.outbox.ended(number, outcome, self.now);
        self.write();
        ended
    }

    fn resend(&mut self, number: u32) -> bool {
        let known = self.outbox.resend(number, self.now);
        self.write();
        known
    }

    /// What is left after the object has died: the rows.
    fn restart(&mut self) {
        let events = self.rows.values().rev().map(|(stored, body)| Event::restore(stored, body.clone()).unwrap()).collect();
        self.outbox = Outbox::restore(SESSION.to_owned(), events);
    }

    fn pass(&mut self, span: Millis) {
        self.now = self.now + span;
    }

    /// Lets the alarm ring, sends, and says which event it was.
    fn send(&mut self, outcome: Outcome) -> u32 {
        self.now = self.now.max(self.outbox.next_wake().expect("something is to be sent"));
        let number = self.begin().expect("the alarm rang for something");
        let _ = self.end(number, outcome);
        number
    }

    fn view(&self, number: u32) -> DeliveryView {
        self.outbox.view(&self.outbox.events()[number as usize - 1])
    }

    fn state(&self, number: u32) -> DeliveryState {
        self.view(number).state
    }
}

#[test]
fn an_event_is_sent_at_once_and_delivered_by_any_2xx() {
    for status in [200, 201, 204, 299] {
        let mut story = Story::with(1);
        assert_eq!(story.view(1).next_try_at, Some(START));
        assert_eq!(story.send(Outcome::Status(status)), 1);
        assert_eq!(story.now, START);
        assert!(story.outbox.is_settled() && story.outbox.next_wake().is_none() && story.begin().is_none());
        let DeliveryView { id, state, tries, last_try_at, last_result, next_try_at, .. } = story.view(1);
        assert_eq!(id, "evt_abcdefghijklmnopqrstuvwx27_1");
        assert_eq!((state, tries, last_try_at, next_try_at), (DeliveryState::Delivered, 1, Some(START), None));
        assert_eq!(last_result, Some(status.to_string()));
    }
}

#[test]
fn everything_else_is_a_failure_and_is_tried_again() {
    let others = [100, 199, 300, 301, 302, 307, 308, 400, 401, 404, 409, 411, 429, 500, 503].map(Outcome::Status);
    for outcome in others.into_iter().chain([Outcome::Timeout, Outcome::Unreachable]) {
        let mut story = Story::with(1);
        let number = story.begin().unwrap();
        assert_eq!(story.end(number, outcome), Ended::TryAgain, "{outcome}");
        let view = story.view(1);
        assert_eq!((view.state, view.last_result), (DeliveryState::Pending, Some(outcome.to_string())));
        assert!(view.next_try_at > Some(START));
    }
    assert_eq!([Outcome::Timeout, Outcome::Unreachable].map(|outcome| outcome.to_string()), ["timeout", "unreachable"]);
}

#[test]
fn the_tries_keep_to_the_schedule_of_standard_webhooks() {
    let schedule = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400].map(Millis::seconds);
    assert_eq!(WAITS, schedule);
    let mut jitters = BTreeSet::new();
    let mut story = Story::with(1);
    story.send(DOWN);
    for wait in schedule {
        let before = story.now;
        story.pass(Millis(wait.0 - 1));
        assert_eq!(story.begin(), None, "too early");
        story.send(DOWN);
        let waited = story.now - before;
        assert!(wait <= waited && waited.0 <= wait.0 + wait.0 / 10, "{wait:?}, and it was {waited:?}");
        jitters.insert((waited.0 - wait.0) * 1000 / wait.0);
    }
    assert!(jitters.len() > 4, "the waits are drawn out alike: {jitters:?}");
    assert_eq!((story.state(1), story.view(1).tries, story.view(1).next_try_at), (DeliveryState::Failed, 10, None));
    assert!(story.now - START <= GIVE_UP_AFTER);
    assert_eq!((story.outbox.next_wake(), story.outbox.is_settled()), (None, true));
}

#[test]
fn the_longest_schedule_there_can_be_fits() {
    let longest: i64 = WAITS.iter().map(|wait| wait.0 + wait.0 / 10).sum();
    // Ten answers of fifteen seconds each, and some lateness of alarms.
    assert!(longest + Millis::minutes(30).0 < GIVE_UP_AFTER.0, "{longest}");
}

#[test]
fn each_waits_for_the_one_before_it() {
    let mut story = Story::with(3);
    assert_eq!((story.view(2).state, story.view(2).next_try_at), (DeliveryState::Pending, None));
    assert_eq!(story.send(DOWN), 1);
    assert_eq!(story.begin(), None);
    assert_eq!([DOWN, OK, OK, OK].map(|outcome| story.send(outcome)), [1, 1, 2, 3]);
    assert!(story.outbox.is_settled());
}

#[test]
fn none_is_sent_while_another_is_under_way() {
    let mut story = Story::with(2);
    assert_eq!(story.begin(), Some(1));
    assert_eq!((story.begin(), story.view(1).next_try_at), (None, None));
    assert!(story.resend(2));
    assert_eq!(story.begin(), None);
    assert_eq!(story.end(1, OK), Ended::Delivered);
    assert_eq!(story.begin(), Some(2));
}

#[test]
fn a_new_event_has_the_waiting_one_sent_at_once_beside_the_schedule() {
    let mut story = Story::with(1);
    for _ in 0..3 {
        story.send(DOWN);
    }
    let due = story.view(1).next_try_at.unwrap();
    story.pass(Millis::minutes(1));
    story.add(true);
    assert_eq!((story.view(1).next_try_at, story.outbox.next_wake()), (Some(story.now), Some(story.now)));
    assert_eq!(story.send(DOWN), 1);
    assert_eq!((story.view(1).tries, story.view(1).next_try_at), (4, Some(due)), "the schedule is as it was");
    story.add(true);
    assert_eq!([OK, OK, OK].map(|outcome| story.send(outcome)), [1, 2, 3]);
    assert!(story.now < due);
}

#[test]
fn an_event_that_is_not_sent_nudges_nothing() {
    let mut story = Story::with(1);
    story.send(DOWN);
    let due = story.view(1).next_try_at;
    story.add(false);
    assert_eq!((story.view(1).next_try_at, story.state(2)), (due, DeliveryState::Held));
    assert!(story.now < due.unwrap());
}

#[test]
fn a_try_that_dies_is_made_again_when_its_lease_is_over() {
    let mut story = Story::with(2);
    assert_eq!(story.begin(), Some(1));
    story.restart();
    assert_eq!(story.outbox.next_wake(), Some(START + LEASE));
    story.pass(Millis(LEASE.0 - 1));
    assert_eq!(story.begin(), None);
    assert_eq!((story.send(OK), story.now, story.view(1).tries), (1, START + LEASE, 2));
    assert_eq!(story.send(OK), 2);
}

#[test]
fn a_try_that_always_dies_counts_as_failed_in_the_end() {
    let mut story = Story::with(1);
    let mut tries = 0;
    while let Some(wake) = story.outbox.next_wake() {
        story.now = story.now.max(wake);
        tries += u32::from(story.begin().is_some());
        story.restart();
    }
    assert_eq!((story.state(1), tries, story.view(1).tries), (DeliveryState::Failed, 10 * (MOST_LOST + 1), tries));
    assert!(story.now - START <= Millis::hours(85));
}

#[test]
fn an_answer_that_comes_after_the_lease_still_counts_and_only_once() {
    let mut story = Story::with(1);
    assert_eq!(story.begin(), Some(1));
    story.pass(Millis::seconds(61));
    assert_eq!(story.begin(), Some(1));
    assert_eq!(story.end(1, OK), Ended::Delivered);
    assert_eq!(story.end(1, DOWN), Ended::Ignored);
    assert_eq!(story.end(7, OK), Ended::Ignored);
    assert_eq!(story.state(1), DeliveryState::Delivered);
}

#[test]
fn a_dead_endpoint_is_left_alone_three_and_a_half_days_after_the_last_event() {
    let mut story = Story::new();
    for _ in 0..30 {
        story.add(true);
        story.pass(Millis::hours(3));
    }
    let last = story.view(30).created_at;
    while !story.outbox.is_settled() {
        story.send(Outcome::Timeout);
        story.pass(Millis::seconds(15));
    }
    assert!((1..=30).all(|number| story.state(number) == DeliveryState::Failed && story.view(number).tries >= 1));
    assert!(story.now <= last + GIVE_UP_AFTER + Millis::minutes(10), "{:?}", story.now - last);
}

#[test]
fn an_event_whose_turn_comes_too_late_has_one_try() {
    let mut story = Story::with(2);
    for _ in 0..10 {
        story.send(DOWN);
    }
    story.now = START + GIVE_UP_AFTER;
    assert_eq!(story.begin(), Some(2));
    assert_eq!(story.end(2, DOWN), Ended::GivenUp);
    assert_eq!((story.state(2), story.view(2).tries), (DeliveryState::Failed, 1));
}

#[test]
fn gone_holds_everything_and_hand_alone_sends_then() {
    let mut story = Story::with(3);
    story.send(OK);
    let number = story.begin().unwrap();
    assert_eq!(story.end(number, Outcome::Status(410)), Ended::Gone);
    let states = [1, 2, 3].map(|number| story.state(number));
    assert_eq!(states, [DeliveryState::Delivered, DeliveryState::Held, DeliveryState::Held]);
    assert_eq!(story.view(2).last_result.as_deref(), Some("410"));
    assert!(story.outbox.is_settled() && story.outbox.next_wake().is_none());
    assert!(story.resend(3));
    assert_eq!((story.send(OK), story.state(3), story.state(2)), (3, DeliveryState::Delivered, DeliveryState::Held));
}

#[test]
fn without_an_endpoint_events_are_held_until_hand_sends_them() {
    let mut story = Story::new();
    assert_eq!(story.add(false), 1);
    assert_eq!((story.state(1), story.view(1).tries, story.outbox.next_wake()), (DeliveryState::Held, 0, None));
    assert!(story.resend(1) && !story.resend(2));
    assert_eq!((story.send(OK), story.state(1)), (1, DeliveryState::Delivered));
}

#[test]
fn what_was_settled_is_sent_again_beside_the_line_with_a_fresh_schedule() {
    let mut story = Story::with(1);
    story.send(OK);
    story.pass(Millis::hours(500));
    assert_eq!((story.add(true), story.send(DOWN)), (2, 2));
    story.pass(Millis::seconds(1));
    assert!(story.resend(1));
    assert_eq!((story.state(1), story.send(DOWN)), (DeliveryState::Pending, 1));
    // Neither waits for the other from here on.
    assert_eq!((story.send(OK), story.state(2)), (2, DeliveryState::Delivered));
    let before = story.now;
    (0..9).for_each(|_| assert_eq!(story.send(DOWN), 1));
    assert!(story.state(1) == DeliveryState::Failed && story.now - before >= Millis::hours(75));
    assert_eq!(story.view(1).tries, 11);
}

#[test]
fn one_in_line_may_be_sent_ahead_and_is_waited_for_all_the_same() {
    let mut story = Story::with(3);
    story.send(DOWN);
    assert!(story.resend(2));
    assert_eq!(story.send(DOWN), 2);
    assert_eq!((story.view(3).next_try_at, story.begin()), (None, None));
    let mut order = Vec::new();
    while !story.outbox.is_settled() {
        order.push(story.send(OK));
    }
    order[..2].sort_unstable();
    assert_eq!(order, [1, 2, 3]);
}

#[test]
fn a_wish_to_resend_during_a_try_that_fails_is_granted_at_once() {
    let mut story = Story::with(1);
    story.send(DOWN);
    story.now = story.outbox.next_wake().unwrap();
    assert_eq!(story.begin(), Some(1));
    story.pass(Millis(1));
    assert!(story.resend(1));
    assert_eq!(story.end(1, DOWN), Ended::TryAgain);
    assert_eq!(story.view(1).next_try_at, Some(story.now));
}

#[test]
fn the_stored_form_is_pinned() {
    let mut story = Story::with(2);
    let stored = |story: &Story, number: u32| story.rows[&number].0.clone();
    let fresh = r#"{"number":2,"kind":"session.processing","at":1795262400000,"delivery":{"state":"pending","plan":{"turn":"in_line","since":1795262400000,"failures":0,"due":1795262400000},"tries":0}}"#;
    assert_eq!(stored(&story, 2), fresh);
    assert_eq!(story.begin(), Some(1));
    let under_way = r#"{"number":1,"kind":"session.processing","at":1795262400000,"delivery":{"state":"pending","plan":{"turn":"in_line","since":1795262400000,"failures":0,"due":1795262400000,"leased_until":1795262460000},"tries":1,"last_try_at":1795262400000}}"#;
    assert_eq!(stored(&story, 1), under_way);
    assert_eq!(story.end(1, OK), Ended::Delivered);
    let delivered = r#"{"number":1,"kind":"session.processing","at":1795262400000,"delivery":{"state":"delivered","tries":1,"last_try_at":1795262400000,"last_result":"200"}}"#;
    assert_eq!(stored(&story, 1), delivered);
    // Everything there can be in one, as a build of tomorrow must still read it.
    let full = r#"{"number":1,"kind":"session.paid","at":1,"delivery":{"state":"pending","plan":{"turn":"aside","since":2,"failures":3,"due":4,"nudged_at":5,"leased_until":6,"lost":1},"tries":7,"last_try_at":8,"last_result":"timeout"}}"#;
    for (state, json) in [
        ("full", full),
        ("ahead", &full.replace("aside", "ahead")),
        ("failed", &delivered.replace("delivered", "failed")),
        ("held", &delivered.replace("delivered", "held")),
    ] {
        assert_eq!(Event::restore(json, String::new()).unwrap().stored(), json, "{state}");
    }
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Add {
        reachable: bool,
    },
    Pass(i64),
    /// To the next alarm.
    Alarm,
    Begin,
    End(Outcome),
    Restart,
    Resend(u32),
}

fn outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        3 => Just(OK),
        6 => Just(DOWN),
        2 => Just(Outcome::Timeout),
        2 => Just(Outcome::Unreachable),
        1 => Just(Outcome::Status(302)),
        1 => Just(Outcome::Status(410)),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => prop::bool::weighted(0.9).prop_map(|reachable| Step::Add { reachable }),
        2 => (0..200_000_i64).prop_map(Step::Pass),
        1 => (0..200_000_000_i64).prop_map(Step::Pass),
        4 => Just(Step::Alarm),
        8 => Just(Step::Begin),
        6 => outcome().prop_map(Step::End),
        2 => Just(Step::Restart),
        1 => (1..9_u32).prop_map(Step::Resend),
    ]
}

/// A story, and what it must keep to whatever happens.
struct Watched {
    story: Story,
    under_way: Option<(u32, Timestamp)>,
    delivered: BTreeSet<u32>,
    by_hand: BTreeSet<u32>,
    aside: BTreeSet<u32>,
    last_wish: Timestamp,
}

impl Watched {
    fn step(&mut self, step: Step) {
        let now = self.story.now;
        match step {
            Step::Add { reachable } => {
                self.story.add(reachable);
                self.last_wish = now;
            }
            Step::Pass(span) => self.story.pass(Millis(span)),
            Step::Alarm => self.story.now = self.story.outbox.next_wake().map_or(now, |wake| wake.max(now)),
            Step::Begin => self.begin(),
            Step::End(outcome) => self.end(outcome),
            Step::Restart => self.story.restart(),
            Step::Resend(number) => self.resend(number),
        }
        self.check_rows();
    }

    fn begin(&mut self) {
        let now = self.story.now;
        let due = self.story.outbox.next_wake().is_some_and(|wake| wake <= now);
        let before: Vec<u32> = self.pending();
        let begun = self.story.begin();
        self.under_way = self.under_way.filter(|(_, until)| now < *until);
        let Some(number) = begun else { return };
        assert!(due, "event {number} is sent before its alarm");
        assert_eq!(self.under_way, None, "event {number} is sent meanwhile");
        assert!(!self.delivered.contains(&number), "event {number} is delivered and sent again");
        let mut older = before.into_iter().filter(|other| *other < number && !self.aside.contains(other));
        // A try that was lost too often ends in this very step, so what is pending after it counts.
        let overtaken = older.find(|other| self.story.state(*other) == DeliveryState::Pending);
        assert!(self.by_hand.contains(&number) || overtaken.is_none(), "event {number} overtakes {overtaken:?}");
        self.under_way = Some((number, now + LEASE));
    }

    fn end(&mut self, outcome: Outcome) {
        let Some((number, _)) = self.under_way.take() else { return };
        match self.story.end(number, outcome) {
            Ended::Delivered => assert!(self.delivered.insert(number) && outcome == OK),
            Ended::Gone => assert!(self.story.outbox.is_settled() && outcome == Outcome::Status(410)),
            Ended::TryAgain => assert_eq!(self.story.state(number), DeliveryState::Pending),
            Ended::GivenUp => assert_eq!(self.story.state(number), DeliveryState::Failed),
            Ended::Ignored => panic!("event {number} was under way"),
        }
    }

    fn resend(&mut self, number: u32) {
        let settled = self.story.rows.contains_key(&number) && self.story.state(number) != DeliveryState::Pending;
        if self.story.resend(number) {
            self.last_wish = self.story.now;
            self.delivered.remove(&number);
            self.by_hand.insert(number);
            if settled {
                self.aside.insert(number);
            }
        }
    }

    fn pending(&self) -> Vec<u32> {
        self.story.rows.keys().copied().filter(|number| self.story.state(*number) == DeliveryState::Pending).collect()
    }

    /// What is written down is all there is.
    fn check_rows(&self) {
        for event in self.story.outbox.events() {
            let (stored, body) = &self.story.rows[&event.number];
            assert_eq!(&Event::restore(stored, body.clone()).unwrap(), event);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(5_000) })]

    #[test]
    fn whatever_happens_order_is_kept_and_everything_ends(steps in vec(step(), 1..60), rest in vec(prop::option::weighted(0.9, outcome()), 1..20)) {
        let nothing = BTreeSet::new();
        let mut watched = Watched {
            story: Story::new(), under_way: None, delivered: nothing.clone(), by_hand: nothing.clone(), aside: nothing, last_wish: START,
        };
        for step in steps {
            watched.step(step);
        }
        // From here on nothing new happens but answers and deaths.
        let events = i64::try_from(watched.story.rows.len()).unwrap();
        let end = watched.story.now.max(watched.last_wish + GIVE_UP_AFTER) + Millis::hours(2 * (events + 1));
        let mut rest = rest.into_iter().cycle();
        while !watched.story.outbox.is_settled() {
            watched.step(Step::Alarm);
            watched.step(Step::Begin);
            watched.step(rest.next().unwrap().map_or(Step::Restart, Step::End));
            prop_assert!(watched.story.now <= end, "it is still at it");
        }
        prop_assert_eq!(watched.story.outbox.next_wake(), None);
    }
}
