//! What is still to be told to the merchant's server: one session's events, in order. It decides which one is sent, when it is tried again
//! and when it is given up. Not how it is sent (`edge/src/deliver.rs`) and not what it says ([`crate::standard_webhooks`]).
//!
//! - Events are sent in the order of their numbers, one at a time: each waits until the one before it is delivered or given up.
//! - An event has ten tries, by the schedule of Standard Webhooks: at once, then 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h
//!   after the try before, each wait up to 10 % longer, differently for each session, event and try. After the last one it has failed.
//! - No try is put off to more than [`GIVE_UP_AFTER`] after the event's own time. An event whose turn comes later than that has one try. So
//!   a dead endpoint is left alone three and a half days after the last event, however many wait in line.
//! - A new event has the one that waits for its next try sent at once, beside the schedule: the endpoint may be back.
//! - A try whose object dies is made again when its lease is over. One that dies each time is held to have failed.
//! - `410 Gone` holds everything: the merchant wants nothing more on this address.
//! - Whoever sends an event again by hand ([`Outbox::resend`]) starts its schedule anew, now. It waits for no other. No other waits for
//!   it, unless it was still in line.
//!
//! The shell writes [`Outbox::take_changed`] down before it does anything else, above all before it sends.

use crate::jitter::spread;
use checkout_shared::event::{DeliveryState, DeliveryView, EventId, EventKind};
use checkout_shared::time::{Millis, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// How long to wait after each try that failed. One try more than there are waits.
pub const WAITS: [Millis; 9] = [
    Millis::seconds(5),
    Millis::minutes(5),
    Millis::minutes(30),
    Millis::hours(2),
    Millis::hours(5),
    Millis::hours(10),
    Millis::hours(14),
    Millis::hours(20),
    Millis::hours(24),
];

/// No event is tried again later than this after it happened, or after it was sent again by hand. The waits with all that may be added to
/// them are 83 hours and 9 minutes; the rest is for the tries themselves.
pub const GIVE_UP_AFTER: Millis = Millis::hours(84);

/// How long a try may take before its object is thought to have died. Longer than the shell's own time limit.
pub const LEASE: Millis = Millis::seconds(60);

/// How many tries in a row may be lost with their object before that counts as a failed try.
pub const MOST_LOST: u32 = 5;

/// What came of sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The merchant's server answered with this status.
    Status(u16),
    /// It did not answer in time.
    Timeout,
    /// It could not be reached.
    Unreachable,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "{status}"),
            Self::Timeout => f.write_str("timeout"),
            Self::Unreachable => f.write_str("unreachable"),
        }
    }
}

/// What an outcome means for the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Ended {
    /// It is delivered.
    Delivered,
    /// It is tried again.
    TryAgain,
    /// It is given up, and the next one's turn comes.
    GivenUp,
    /// The endpoint wants nothing more. Everything in this outbox is held now; the caller remembers it for every other.
    Gone,
    /// Nobody waited for this outcome: the event was settled meanwhile.
    Ignored,
}

/// One event. Its body is stored beside it ([`Event::stored`]), as it does not change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// 1 for the session's first event.
    pub number: u32,
    /// What has happened.
    pub kind: EventKind,
    /// When.
    pub at: Timestamp,
    /// What is sent, byte for byte the same in every try.
    pub body: String,
    delivery: Delivery,
}

/// An event as it is stored, without its body.
#[derive(Serialize, Deserialize)]
struct Stored {
    number: u32,
    kind: EventKind,
    at: Timestamp,
    delivery: Delivery,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Delivery {
    #[serde(flatten)]
    progress: Progress,
    /// How many times it was sent, by schedule or not.
    tries: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_try_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_result: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", content = "plan", rename_all = "snake_case")]
enum Progress {
    Pending(Plan),
    Delivered,
    Failed,
    Held,
}

/// How an event that is pending goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Plan {
    turn: Turn,
    /// When its schedule began.
    since: Timestamp,
    /// How many of the schedule's tries have failed.
    failures: u32,
    /// When the schedule's next try is due.
    due: Timestamp,
    /// When a try beside the schedule was asked for: by a new event, or in place of one that was lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nudged_at: Option<Timestamp>,
    /// It is being sent, by an object that may have died if this is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    leased_until: Option<Timestamp>,
    /// How many tries in a row were lost with their object.
    #[serde(default, skip_serializing_if = "is_zero")]
    lost: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
const fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// How an event that is pending stands to the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Turn {
    /// It waits for the ones before it, and the ones after it wait for it.
    InLine,
    /// By hand, out of the line: it waits for none, and the ones after it still wait for it.
    Ahead,
    /// By hand, after it was settled: it waits for none, and none waits for it.
    Aside,
}

impl Event {
    /// The JSON to store, without the body.
    #[expect(clippy::expect_used, clippy::missing_panics_doc, reason = "plain data with texts as keys always has a JSON form")]
    #[must_use]
    pub fn stored(&self) -> String {
        let stored = Stored { number: self.number, kind: self.kind, at: self.at, delivery: self.delivery.clone() };
        serde_json::to_string(&stored).expect("plain data has a JSON form")
    }

    /// Reads what was stored, and the body beside it.
    pub fn restore(stored: &str, body: String) -> serde_json::Result<Self> {
        let Stored { number, kind, at, delivery } = serde_json::from_str(stored)?;
        Ok(Self { number, kind, at, body, delivery })
    }

    /// How its delivery goes.
    #[must_use]
    pub const fn state(&self) -> DeliveryState {
        match &self.delivery.progress {
            Progress::Pending(_) => DeliveryState::Pending,
            Progress::Delivered => DeliveryState::Delivered,
            Progress::Failed => DeliveryState::Failed,
            Progress::Held => DeliveryState::Held,
        }
    }

    /// Whether it is pending because somebody had it sent again.
    #[must_use]
    pub fn is_by_hand(&self) -> bool {
        self.plan().is_some_and(|plan| plan.turn != Turn::InLine)
    }

    const fn plan(&self) -> Option<&Plan> {
        match &self.delivery.progress {
            Progress::Pending(plan) => Some(plan),
            Progress::Delivered | Progress::Failed | Progress::Held => None,
        }
    }

    const fn plan_mut(&mut self) -> Option<&mut Plan> {
        match &mut self.delivery.progress {
            Progress::Pending(plan) => Some(plan),
            Progress::Delivered | Progress::Failed | Progress::Held => None,
        }
    }

    fn leased_until(&self) -> Option<Timestamp> {
        self.plan().and_then(|plan| plan.leased_until)
    }

    /// Uses up one of the schedule's tries. The next one is due after its wait; if there is none, or it would come too late, the event has
    /// failed.
    fn failed(&mut self, session: &str, now: Timestamp) {
        let number = self.number;
        let Progress::Pending(plan) = &mut self.delivery.progress else { return };
        let wait = WAITS.get(plan.failures as usize).map(|wait| jittered(*wait, session, number, plan.failures));
        plan.failures += 1;
        plan.lost = 0;
        match wait.map(|wait| now + wait).filter(|due| *due <= plan.since + GIVE_UP_AFTER) {
            Some(due) => plan.due = due,
            None => self.delivery.progress = Progress::Failed,
        }
    }
}

impl Plan {
    const fn new(turn: Turn, now: Timestamp) -> Self {
        Self { turn, since: now, failures: 0, due: now, nudged_at: None, leased_until: None, lost: 0 }
    }

    /// When the next try is to be made, once it is the event's turn.
    fn wake(&self) -> Timestamp {
        self.nudged_at.map_or(self.due, |nudged| nudged.min(self.due))
    }

    /// Whether the last try was one of the schedule's, and not one before the next of those was due.
    fn was_scheduled(&self, last_try_at: Option<Timestamp>) -> bool {
        last_try_at >= Some(self.due)
    }
}

/// One session's events.
#[derive(Clone, Debug)]
pub struct Outbox {
    session: String,
    events: Vec<Event>,
    /// The number of the last event before the first of these.
    before: u32,
    changed: BTreeSet<u32>,
}

impl Outbox {
    /// A session's outbox with the events stored so far, in any order.
    #[must_use]
    pub fn restore(session: String, mut events: Vec<Event>) -> Self {
        events.sort_by_key(|event| event.number);
        Self { session, events, before: 0, changed: BTreeSet::new() }
    }

    /// The empty outbox of a session that is opened, or opened again after it was forgotten: it counts on from its last event.
    #[must_use]
    pub const fn after(session: String, last_event: u32) -> Self {
        Self { session, events: Vec::new(), before: last_event, changed: BTreeSet::new() }
    }

    /// The number of the last event.
    #[must_use]
    pub fn last_number(&self) -> u32 {
        self.events.last().map_or(self.before, |event| event.number)
    }

    /// Adds an event and says its number. `reachable` is false where there is no endpoint or it is gone: then it is held.
    pub fn add(&mut self, kind: EventKind, body: String, reachable: bool, now: Timestamp) -> u32 {
        let number = self.last_number() + 1;
        let progress = if reachable { Progress::Pending(Plan::new(Turn::InLine, now)) } else { Progress::Held };
        if reachable {
            self.nudge(now);
        }
        let delivery = Delivery { progress, tries: 0, last_try_at: None, last_result: None };
        self.events.push(Event { number, kind, at: now, body, delivery });
        self.changed.insert(number);
        number
    }

    /// When [`Outbox::begin`] has something to do next. It may be past.
    #[must_use]
    pub fn next_wake(&self) -> Option<Timestamp> {
        let under_way = self.events.iter().find_map(Event::leased_until);
        under_way.or_else(|| self.candidates().filter_map(Event::plan).map(Plan::wake).min())
    }

    /// The event that [`Outbox::begin`] would begin: one is due, and none is under way.
    pub fn due(&mut self, now: Timestamp) -> Option<&Event> {
        if self.events.iter().filter_map(Event::leased_until).any(|until| now < until) {
            return None;
        }
        self.take_back_lost(now);
        let due = self.candidates().filter(|event| event.plan().is_some_and(|plan| plan.wake() <= now));
        // What a person asked for goes first.
        due.min_by_key(|event| (!event.is_by_hand(), event.number))
    }

    /// The event to be sent now, if there is one. It is under way from now on, and its try counts, until its outcome is told by
    /// [`Outbox::ended`] or its lease is over.
    pub fn begin(&mut self, now: Timestamp) -> Option<&Event> {
        let number = self.due(now)?.number;
        self.changed.insert(number);
        let event = self.events.iter_mut().find(|event| event.number == number)?;
        let plan = event.plan_mut()?;
        plan.nudged_at = None;
        plan.leased_until = Some(now + LEASE);
        event.delivery.tries = event.delivery.tries.saturating_add(1);
        event.delivery.last_try_at = Some(now);
        event.delivery.last_result = None;
        Some(event)
    }

    /// What came of an event that was begun.
    pub fn ended(&mut self, number: u32, outcome: Outcome, now: Timestamp) -> Ended {
        let Some(event) = self.events.iter_mut().find(|event| event.number == number) else { return Ended::Ignored };
        let last_try_at = event.delivery.last_try_at;
        let Some(plan) = event.plan_mut().filter(|plan| plan.leased_until.is_some()) else { return Ended::Ignored };
        let scheduled = plan.was_scheduled(last_try_at);
        self.changed.insert(number);
        plan.leased_until = None;
        plan.lost = 0;
        event.delivery.last_result = Some(outcome.to_string());
        match outcome {
            Outcome::Status(200..=299) => {
                event.delivery.progress = Progress::Delivered;
                Ended::Delivered
            }
            Outcome::Status(410) => {
                self.hold_all();
                Ended::Gone
            }
            Outcome::Status(_) | Outcome::Timeout | Outcome::Unreachable => {
                if scheduled {
                    event.failed(&self.session, now);
                }
                if event.plan().is_some() { Ended::TryAgain } else { Ended::GivenUp }
            }
        }
    }

    /// Nothing is sent any more unless by hand: the endpoint wants nothing, or there is none.
    pub fn hold_all(&mut self) {
        for event in self.events.iter_mut().filter(|event| event.state() == DeliveryState::Pending) {
            event.delivery.progress = Progress::Held;
            self.changed.insert(event.number);
        }
    }

    /// Has an event sent again by hand, whatever came of it so far. False if there is no such event.
    pub fn resend(&mut self, number: u32, now: Timestamp) -> bool {
        let Some(event) = self.events.iter_mut().find(|event| event.number == number) else { return false };
        let (turn, leased_until) = match event.plan() {
            Some(Plan { turn: Turn::Aside, leased_until, .. }) => (Turn::Aside, *leased_until),
            Some(plan) => (Turn::Ahead, plan.leased_until),
            None => (Turn::Aside, None),
        };
        event.delivery.progress = Progress::Pending(Plan { leased_until, ..Plan::new(turn, now) });
        self.changed.insert(number);
        true
    }

    /// Whether nothing is left to be sent.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.events.iter().all(|event| event.state() != DeliveryState::Pending)
    }

    /// The events that must be written down: those that changed since this was last asked.
    pub fn take_changed(&mut self) -> Vec<&Event> {
        let changed = std::mem::take(&mut self.changed);
        self.events.iter().filter(|event| changed.contains(&event.number)).collect()
    }

    /// Every event, the first one first.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// An event as the merchant reads it.
    #[must_use]
    pub fn view(&self, event: &Event) -> DeliveryView {
        let next = self.candidates().find(|candidate| candidate.number == event.number).and_then(Event::plan);
        DeliveryView {
            id: EventId { session: self.session.clone(), number: event.number }.to_string(),
            session: self.session.clone(),
            kind: event.kind,
            created_at: event.at,
            state: event.state(),
            tries: event.delivery.tries,
            last_try_at: event.delivery.last_try_at,
            last_result: event.delivery.last_result.clone(),
            next_try_at: next.filter(|plan| plan.leased_until.is_none()).map(Plan::wake),
        }
    }

    /// The events that wait for no other: the head of the line, and those sent by hand.
    fn candidates(&self) -> impl Iterator<Item = &Event> {
        let in_order = |event: &&Event| event.plan().is_some_and(|plan| plan.turn != Turn::Aside);
        let head = self.events.iter().find(in_order).map(|event| event.number);
        self.events.iter().filter(move |event| event.plan().is_some_and(|plan| plan.turn != Turn::InLine || Some(event.number) == head))
    }

    /// Has the head of the line sent at once if it waits for a later try.
    fn nudge(&mut self, now: Timestamp) {
        let in_order = |event: &&mut Event| event.plan().is_some_and(|plan| plan.turn != Turn::Aside);
        let Some(event) = self.events.iter_mut().find(in_order) else { return };
        let number = event.number;
        if let Some(plan) = event.plan_mut().filter(|plan| plan.leased_until.is_none() && now < plan.wake()) {
            plan.nudged_at = Some(now);
            self.changed.insert(number);
        }
    }

    /// Ends the tries whose lease is over: each is made again at once, unless that has happened too often in a row.
    fn take_back_lost(&mut self, now: Timestamp) {
        for event in &mut self.events {
            let last_try_at = event.delivery.last_try_at;
            let Some(plan) = event.plan_mut().filter(|plan| plan.leased_until.is_some()) else { continue };
            plan.leased_until = None;
            plan.lost += 1;
            if plan.lost <= MOST_LOST {
                plan.nudged_at = Some(now);
            } else if plan.was_scheduled(last_try_at) {
                event.failed(&self.session, now);
            } else {
                plan.lost = 0;
            }
            self.changed.insert(event.number);
        }
    }
}

/// A wait made up to 10 % longer by what differs from session to session, event to event and try to try.
fn jittered(wait: Millis, session: &str, number: u32, failures: u32) -> Millis {
    let parts = session.bytes().map(u64::from).chain([number.into(), failures.into()]);
    Millis(wait.0.saturating_add(wait.0.saturating_mul(spread(parts, 101)) / 1000))
}
