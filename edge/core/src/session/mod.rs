//! The session's truth: one order being paid, over any number of attempts.
//!
//! [`Session::apply`] is the only writer. It is handed what happened and the time, and says what is to be done; it does nothing
//! itself. After each call the shell writes the session down, and only then does what was asked, shows the new [`SessionView`] to
//! whoever watches if its `sequence` has grown, and sets its one alarm to [`Session::next_wake`]. What the merchant is to be told
//! ([`Session::take_events`]) is written down together with the session, so that neither is ever there without the other.
//!
//! Everything in here is written down as JSON; a test pins that form, for tomorrow's code must read today's sessions.

pub mod attempt;
mod capturing;
mod choosing;
mod exchange;
pub mod news;
mod record;
pub mod schedule;
mod telling;
mod watching;

pub use exchange::{Effect, Hint, Input, Offer, Refusal, Report, Taker};
pub use record::Trace;

use attempt::Attempt;
use checkout_shared::event::EventKind;
use checkout_shared::order::Order;
use checkout_shared::session::{AttemptStatus, AttemptView, SessionView, Status};
use checkout_shared::time::Timestamp;
use news::is_nought;
use serde::{Deserialize, Serialize};
use telling::Stray;

/// One order being paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    id: String,
    order: Order,
    sequence: u64,
    /// The time of the last input: what is shown is as of then.
    as_of: Timestamp,
    offers: Vec<Offer>,
    offers_asked_at: Option<Timestamp>,
    offers_failures: u32,
    /// Some provider could not say what it offers: whoever looks has it asked for again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    offers_incomplete: bool,
    /// Somebody has looked, and the alarm is to ask as soon as it may.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    offers_wanted: bool,
    attempts: Vec<Attempt>,
    /// How many attempts there were before the session was forgotten and opened again.
    #[serde(default, skip_serializing_if = "is_nought")]
    attempts_before: u32,
    /// The number of the attempt the customer is on.
    current: Option<u32>,
    #[serde(default)]
    opened_at: Timestamp,
    /// When the view last changed.
    #[serde(default)]
    changed_at: Timestamp,
    /// When the merchant called the order off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cancelled_at: Option<Timestamp>,
    /// How many times a provider was to be asked anything.
    #[serde(default)]
    provider_calls: u32,
    /// What the operator was told of already.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    reported: Vec<Report>,
    /// The references of payments that providers spoke of and that none of the attempts is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    strays: Vec<Stray>,
    /// What the merchant is to be told, until the shell takes it to write it down.
    #[serde(skip)]
    events: Vec<EventKind>,
}

impl Session {
    /// A new session, and what to do first.
    #[must_use]
    pub fn open(id: String, order: Order, now: Timestamp) -> (Self, Vec<Effect>) {
        let session = Self {
            id,
            order,
            sequence: 1,
            as_of: now,
            offers: Vec::new(),
            offers_asked_at: Some(now),
            offers_failures: 0,
            offers_incomplete: false,
            offers_wanted: false,
            attempts: Vec::new(),
            attempts_before: 0,
            current: None,
            opened_at: now,
            changed_at: now,
            cancelled_at: None,
            provider_calls: 0,
            reported: Vec::new(),
            strays: Vec::new(),
            events: vec![EventKind::Open],
        };
        (session, vec![Effect::Offers])
    }

    /// A session that was forgotten, opened again. It counts on from where it was, so that nothing of it bears an old name: neither an
    /// attempt at a provider nor an event at the merchant.
    #[must_use]
    pub fn open_again(id: String, order: Order, trace: &Trace, now: Timestamp) -> (Self, Vec<Effect>) {
        let (session, effects) = Self::open(id, order, now);
        (Self { sequence: trace.sequence + 1, attempts_before: trace.attempts, ..session }, effects)
    }

    /// Takes in what happened and says what to do. A refused input changes nothing.
    pub fn apply(&mut self, input: Input, now: Timestamp) -> Result<Vec<Effect>, Refusal> {
        let before = self.view(self.as_of);
        let paid_before = numbers(self.paid());
        let disputed_before = numbers(self.paid_and_disputed());
        // Clocks may step back; a session's time does not.
        let now = now.max(self.as_of);
        let mut effects = match input {
            Input::Reopen(order) => self.reopen(order, now),
            Input::Offers { offers, complete } => Ok(self.take_offers(offers, complete)),
            Input::Choose { method, return_url, public_url } => self.choose(&method, return_url, &public_url, now),
            Input::Created(number, result) => Ok(self.created(number, result, now)),
            Input::Found(number, result) => Ok(self.found(number, result, now)),
            Input::Fetched(number, result) => Ok(self.fetched(number, result, now)),
            Input::Captured(number, result) => Ok(self.captured(number, result, now)),
            Input::Notified(snapshot) => Ok(self.notified(&snapshot, now)),
            Input::Hinted(hint) => Ok(self.hinted(&hint, now)),
            Input::Capture => self.capture(now),
            Input::Cancel => self.cancel(now),
            Input::Look => Ok(self.look(now)),
            Input::Tick { watched } => Ok(self.tick(watched, now)),
        }?;
        self.as_of = now;
        let after = self.view(before.server_time);
        if after != before {
            self.sequence += 1;
            self.changed_at = now;
        }
        let paid = numbers(self.paid());
        // The first one to be paid is no duplicate.
        let duplicates = paid.iter().filter(|number| !paid_before.contains(number)).skip(usize::from(paid_before.is_empty()));
        effects.extend(duplicates.map(|number| Effect::Report(Report::DuplicatePayment(*number))));
        // Paid stays paid; that something speaks against it must not stay unseen.
        let disputed = numbers(self.paid_and_disputed()).into_iter().filter(|number| !disputed_before.contains(number));
        effects.extend(disputed.map(|number| Effect::Report(Report::DisputedPayment(number))));
        self.note(&before, &after, &mut effects);
        Ok(effects)
    }

    /// The session's id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Grows with every change of the view.
    #[must_use]
    pub const fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Whether anything but the time it was last looked at differs: only then is there something to write down.
    #[must_use]
    pub fn differs_from(&self, known: &Self) -> bool {
        Self { as_of: known.as_of, ..self.clone() } != *known
    }

    /// When to be ticked next, if ever.
    #[must_use]
    pub fn next_wake(&self, watched: bool) -> Option<Timestamp> {
        let questions =
            self.attempts.iter().filter_map(|attempt| schedule::next_question(attempt, self.watches(attempt, watched), self.as_of));
        let expiries = self.attempts.iter().map(Attempt::expires_at).chain([self.order.expires_at]);
        let to_come = expiries.filter(|expiry| *expiry > self.as_of && !self.is_settled());
        questions.chain(to_come).chain(self.next_offers_question()).min()
    }

    /// The complete state as the customer may see it. `server_time` is the shell's clock when it is sent.
    #[must_use]
    pub fn view(&self, server_time: Timestamp) -> SessionView {
        let shown = self.leading();
        let paid = shown.filter(|attempt| attempt.status(self.as_of) == AttemptStatus::Paid);
        SessionView {
            id: self.id.clone(),
            sequence: self.sequence,
            status: self.status(),
            server_time,
            order: self.order.clone(),
            methods: self.payable_offers().map(|offer| offer.method_for(&self.order)).collect(),
            methods_unavailable: self.lacks_methods(),
            attempt: shown.map(|attempt| self.shown(attempt)),
            late: paid.is_some_and(|attempt| attempt.is_late(self.cancelled_at.unwrap_or(self.order.expires_at))),
            overpaid_by: paid.and_then(Attempt::surplus),
        }
    }

    fn shown(&self, attempt: &Attempt) -> AttemptView {
        let view = attempt.view(self.as_of);
        // Nobody is asked to pay what was called off, nor the rest of it.
        let instructions = view.instructions.filter(|_| self.cancelled_at.is_none());
        AttemptView { instructions, ..view }
    }

    /// The best over all attempts; the end of one says nothing about the order.
    #[must_use]
    pub fn status(&self) -> Status {
        let best = self.attempts.iter().filter_map(|attempt| standing(attempt.status(self.as_of))).max_by_key(|(rank, _)| *rank);
        match best {
            Some((_, Status::AwaitingPayment)) | None if self.cancelled_at.is_some() => Status::Cancelled,
            Some((_, status)) => status,
            None if self.as_of >= self.order.expires_at => Status::Expired,
            None => Status::Open,
        }
    }

    /// The attempt that matters: the best of those whose money has been seen, else the one the customer is on.
    fn leading(&self) -> Option<&Attempt> {
        let with_money = self.attempts.iter().filter(|attempt| attempt.news.has_money());
        let best = with_money.max_by_key(|attempt| standing(attempt.status(self.as_of)).map(|(rank, _)| rank));
        best.or_else(|| self.attempt(self.current?))
    }

    /// The offers for which the order carries a price that somebody takes.
    fn payable_offers(&self) -> impl Iterator<Item = &Offer> {
        self.offers.iter().filter(|offer| offer.takers.iter().any(|taker| taker.price_of(&self.order).is_some()))
    }

    fn has_offers(&self) -> bool {
        self.payable_offers().next().is_some()
    }

    fn paid(&self) -> impl Iterator<Item = &Attempt> {
        self.attempts.iter().filter(|attempt| attempt.status(self.as_of) == AttemptStatus::Paid)
    }

    fn paid_and_disputed(&self) -> impl Iterator<Item = &Attempt> {
        self.paid().filter(|attempt| attempt.news.dispute.is_some())
    }

    /// Where the attempt with this reference of ours stands.
    #[must_use]
    pub fn attempt_status(&self, reference: &str) -> Option<AttemptStatus> {
        self.attempts.iter().find(|attempt| attempt.purchase.reference == reference).map(|attempt| attempt.status(self.as_of))
    }

    /// One attempt by its number.
    #[must_use]
    pub fn attempt(&self, number: u32) -> Option<&Attempt> {
        self.attempts.iter().find(|attempt| attempt.number == number)
    }

    fn attempt_mut(&mut self, number: u32) -> Option<&mut Attempt> {
        self.attempts.iter_mut().find(|attempt| attempt.number == number)
    }

    fn watches(&self, attempt: &Attempt, watched: bool) -> bool {
        watched && self.leading().is_some_and(|leading| leading.number == attempt.number)
    }

    fn is_settled(&self) -> bool {
        matches!(self.status(), Status::Paid | Status::Refunding | Status::Refunded)
    }

    /// Whether some of the ways to pay, or all of them, could not be had, as long as there is something to choose.
    fn lacks_methods(&self) -> bool {
        matches!(self.status(), Status::Open | Status::AwaitingPayment)
            && if self.has_offers() { self.offers_incomplete } else { self.offers_failures > 0 }
    }

    fn next_offers_question(&self) -> Option<Timestamp> {
        let wanted = !self.has_offers() && self.offers_failures < schedule::METHODS_TRIES && !self.is_settled();
        let wait = if wanted { schedule::METHODS_RETRY } else { schedule::MORE_METHODS_RETRY };
        self.offers_asked_at.filter(|_| wanted || self.offers_wanted).map(|asked_at| asked_at + wait)
    }
}

fn numbers<'a>(attempts: impl Iterator<Item = &'a Attempt>) -> Vec<u32> {
    attempts.map(|attempt| attempt.number).collect()
}

/// Our name for an attempt at a provider: the session's id, a hyphen and the attempt's number.
fn attempt_reference(session_id: &str, number: u32) -> String {
    format!("{session_id}-{number}")
}

/// The session an attempt's reference belongs to.
#[must_use]
pub fn session_of(reference: &str) -> Option<&str> {
    let (id, number) = reference.split_once('-')?;
    (checkout_shared::route::is_session_id(id) && number.parse::<u32>().is_ok()).then_some(id)
}

/// What an attempt's status says of the order, the best with the highest rank. `None`: it says nothing.
const fn standing(status: AttemptStatus) -> Option<(u8, Status)> {
    match status {
        AttemptStatus::Paid => Some((7, Status::Paid)),
        AttemptStatus::Refunding => Some((6, Status::Refunding)),
        AttemptStatus::Refunded => Some((5, Status::Refunded)),
        AttemptStatus::Review => Some((4, Status::Review)),
        AttemptStatus::Processing => Some((3, Status::Processing)),
        AttemptStatus::Underpaid => Some((2, Status::Underpaid)),
        AttemptStatus::AwaitingPayment => Some((1, Status::AwaitingPayment)),
        AttemptStatus::Creating | AttemptStatus::Checking | AttemptStatus::Expired | AttemptStatus::Cancelled | AttemptStatus::Failed => {
            None
        }
    }
}
