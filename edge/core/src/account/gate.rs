//! Who may call now: a fair queue before an account, within the vendor's quotas and past its breaker.
//!
//! A caller [`Gate::join`]s, asks [`Gate::enter`] until it may go (again whenever somebody has left, and at the time it is told), and
//! [`Gate::leave`]s when the answer is there. Whoever would wait too long is told so at once where that can be known, else when its
//! patience is over; nobody is passed by another who came later. What nobody waits for (polling) never stands in the queue: it goes if
//! there is room to spare, or comes again, so that it cannot keep customers from paying.

use super::breaker::{Breaker, BreakerState};
use super::outcome::Outcome;
use crate::provider::{Limits, ProviderError};
use checkout_shared::time::{Millis, Timestamp};
use std::collections::VecDeque;

/// The longest a caller waits for its turn: a customer is waiting behind it.
pub const PATIENCE: Millis = Millis::seconds(10);
/// The most callers that wait. Far more than can be served in time.
pub const LONGEST_QUEUE: usize = 512;
/// When the answer to a call is not known to have come, it may have arrived this much after it went off.
const LONGEST_CALL: Millis = Millis::seconds(15);
/// When a call that could not be spared room for may try again.
const SPARE_RETRY: Millis = Millis::seconds(5);
/// The span a per-minute quota counts over.
const MINUTE: Millis = Millis::minutes(1);

/// The gate before one account.
#[derive(Debug, Default)]
pub struct Gate {
    limits: Limits,
    breaker: Breaker,
    last_id: u64,
    waiting: VecDeque<Ticket>,
    in_flight: Vec<Ticket>,
    /// The calls of the last minute with the latest time at which they can have arrived, the earliest first: now for those under way,
    /// so they stand behind; the time of the answer for the others.
    counted: VecDeque<(u64, Timestamp)>,
    /// The vendor asked to be left alone until then.
    not_before: Option<Timestamp>,
    last_number: u64,
}

/// How much somebody wants a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// Somebody waits for it.
    Waited,
    /// It can as well be made later.
    Spare,
}

/// A caller's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket {
    id: u64,
    numbered: bool,
    joined_at: Timestamp,
}

/// Whether a caller may go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Go; then [`Gate::leave`].
    Go,
    /// Ask again when somebody has left, or at this time.
    Wait(Timestamp),
    /// Never; the ticket is void.
    Refused(ProviderError),
}

impl Ticket {
    /// Grows with every caller that joins.
    #[must_use]
    pub const fn id(&self) -> u64 {
        self.id
    }
}

impl Gate {
    /// Whether calls are counted over time, so that they must be remembered.
    #[must_use]
    pub const fn counts_calls(&self) -> bool {
        self.limits.per_minute.is_some()
    }

    /// A gate for these limits, with what is known from before: when calls went off lately (oldest first), and the last number given.
    #[must_use]
    pub fn new(limits: Limits, sent: Vec<Timestamp>, last_number: u64) -> Self {
        let counted = sent.into_iter().map(|sent| (0, sent + LONGEST_CALL)).collect();
        Self { limits, counted, last_number, ..Self::default() }
    }

    /// What the breaker says now.
    #[must_use]
    pub fn breaker(&self, now: Timestamp) -> BreakerState {
        self.breaker.state(now)
    }

    /// Takes a place in the queue, or says that there is no point in waiting.
    pub fn join(&mut self, numbered: bool, urgency: Urgency, now: Timestamp) -> Result<Ticket, ProviderError> {
        self.breaker.admit(now)?;
        if urgency == Urgency::Spare && !self.has_room_to_spare(numbered, now) {
            return Err(ProviderError::RateLimited { retry_after: Some(SPARE_RETRY) });
        }
        let soonest = self.soonest_slot(self.waiting.len(), now);
        if soonest > now + PATIENCE || self.waiting.len() >= LONGEST_QUEUE {
            return Err(ProviderError::RateLimited { retry_after: Some((soonest - now).max(Millis::seconds(1))) });
        }
        self.last_id += 1;
        let ticket = Ticket { id: self.last_id, numbered, joined_at: now };
        self.waiting.push_back(ticket);
        Ok(ticket)
    }

    /// Whether a caller may go now.
    pub fn enter(&mut self, ticket: Ticket, now: Timestamp) -> Entry {
        if let Err(error) = self.breaker.admit(now) {
            self.forget(ticket);
            return Entry::Refused(error);
        }
        let gives_up_at = ticket.joined_at + PATIENCE;
        let ahead = self.waiting.iter().position(|other| other.id == ticket.id).unwrap_or_default();
        let slot = self.soonest_slot(ahead, now);
        if now >= gives_up_at || slot > gives_up_at {
            self.forget(ticket);
            return Entry::Refused(ProviderError::RateLimited { retry_after: Some((slot - now).max(Millis::seconds(1))) });
        }
        if ahead > 0 || self.waiting.front() != Some(&ticket) {
            return Entry::Wait(gives_up_at);
        }
        let is_full = self.limits.in_flight.is_some_and(|most| self.in_flight.len() >= most as usize);
        // Numbered requests arrive in the order of their numbers only if there is never more than one of them on the way.
        let is_taken = ticket.numbered && self.in_flight.iter().any(|other| other.numbered);
        if slot > now || is_full || is_taken {
            return Entry::Wait(if slot > now { slot.min(gives_up_at) } else { gives_up_at });
        }
        self.waiting.pop_front();
        self.in_flight.push(ticket);
        self.breaker.begin(now);
        if self.limits.per_minute.is_some() {
            self.counted.push_back((ticket.id, now));
        }
        Entry::Go
    }

    /// A caller that had entered is done.
    pub fn leave(&mut self, ticket: Ticket, outcome: Outcome, now: Timestamp) {
        self.in_flight.retain(|other| other.id != ticket.id);
        if let Some(at) = self.counted.iter().rposition(|(id, _)| *id == ticket.id) {
            self.counted.remove(at);
            self.counted.push_back((ticket.id, now));
        }
        self.breaker.end(outcome, now);
        if let Outcome::Limited(wait) = outcome {
            let until = now + wait.unwrap_or(Millis::seconds(1));
            self.not_before = Some(self.not_before.map_or(until, |known| known.max(until)));
        }
    }

    /// A caller is gone, wherever it was.
    pub fn forget(&mut self, ticket: Ticket) {
        self.waiting.retain(|other| other.id != ticket.id);
        let before = self.in_flight.len();
        self.in_flight.retain(|other| other.id != ticket.id);
        if self.in_flight.len() < before {
            self.breaker.abandoned();
        }
    }

    /// The number of the next request: greater than every one before, and of the size of the time in milliseconds, as vendors
    /// suggest, so that it grows even if what was known of it is lost.
    pub fn next_number(&mut self, now: Timestamp) -> u64 {
        self.last_number = u64::try_from(now.0).unwrap_or(0).max(self.last_number + 1);
        self.last_number
    }

    /// How many calls are under way.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.in_flight.len()
    }

    /// Calls that went off before this do not count any more.
    #[must_use]
    pub fn counts_from(now: Timestamp) -> Timestamp {
        now + Millis(-MINUTE.0 - LONGEST_CALL.0)
    }

    /// Nobody waits, no numbered call would have to wait for this one, and a tenth of what is allowed stays free for those who do wait.
    fn has_room_to_spare(&mut self, numbered: bool, now: Timestamp) -> bool {
        let is_free = |used: usize, most: Option<u32>| most.is_none_or(|most| used + (most as usize).div_ceil(10) < most as usize);
        let is_next = self.soonest_slot(0, now) <= now && self.waiting.is_empty();
        let is_taken = numbered && self.in_flight.iter().any(|other| other.numbered);
        is_next && !is_taken && is_free(self.in_flight.len(), self.limits.in_flight) && is_free(self.counted.len(), self.limits.per_minute)
    }

    /// When the quota has room for a caller behind `ahead` others.
    fn soonest_slot(&mut self, ahead: usize, now: Timestamp) -> Timestamp {
        let free_from = self.not_before.filter(|not_before| *not_before > now).unwrap_or(now);
        let Some(most) = self.limits.per_minute else { return free_from };
        while self.counted.front().is_some_and(|(_, arrived)| *arrived + MINUTE <= now) {
            self.counted.pop_front();
        }
        let frees = (self.counted.len() + ahead).checked_sub(most as usize).and_then(|place| self.counted.get(place));
        frees.map_or(free_from, |(_, arrived)| (*arrived + MINUTE).max(free_from))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_seconds(1_800_000_000);

    fn gate(numbered: bool, in_flight: Option<u32>, per_minute: Option<u32>) -> Gate {
        Gate::new(Limits { numbered, in_flight, per_minute }, Vec::new(), 0)
    }

    fn enters(gate: &mut Gate, ticket: Ticket, now: Timestamp) -> bool {
        gate.enter(ticket, now) == Entry::Go
    }

    #[test]
    fn no_more_are_under_way_than_may_be_and_nobody_is_passed_by() {
        let mut gate = gate(false, Some(2), None);
        let tickets: Vec<Ticket> = (0..4).map(|_| gate.join(false, Urgency::Waited, START).unwrap()).collect();
        assert!(!enters(&mut gate, tickets[1], START), "the first comes first");
        assert!(enters(&mut gate, tickets[0], START) && enters(&mut gate, tickets[1], START));
        assert!(!enters(&mut gate, tickets[2], START));
        gate.leave(tickets[1], Outcome::Answered, START);
        assert!(!enters(&mut gate, tickets[3], START), "the third comes before the fourth");
        assert!(enters(&mut gate, tickets[2], START));
        assert_eq!(gate.in_flight(), 2);
    }

    #[test]
    fn whoever_is_gone_is_waited_for_no_more() {
        let mut gate = gate(false, Some(1), None);
        let tickets: Vec<Ticket> = (0..3).map(|_| gate.join(false, Urgency::Waited, START).unwrap()).collect();
        assert!(enters(&mut gate, tickets[0], START));
        gate.forget(tickets[1]);
        gate.forget(tickets[0]);
        assert!(enters(&mut gate, tickets[2], START));
    }

    #[test]
    fn one_numbered_request_is_under_way_at_a_time_and_others_beside_it() {
        let mut gate = gate(true, None, None);
        let (first, second) = (gate.join(true, Urgency::Waited, START).unwrap(), gate.join(true, Urgency::Waited, START).unwrap());
        assert!(enters(&mut gate, first, START) && !enters(&mut gate, second, START));
        gate.leave(first, Outcome::Failed, START);
        let unnumbered = gate.join(false, Urgency::Waited, START).unwrap();
        assert!(enters(&mut gate, second, START) && enters(&mut gate, unnumbered, START));
    }

    #[test]
    fn numbers_grow_whatever_the_clock_does() {
        let mut gate = Gate::new(Limits::NONE, Vec::new(), 1_800_000_000_500);
        let numbers = [START, START, START + Millis(2000), START, Timestamp(-5)].map(|now| gate.next_number(now));
        assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "{numbers:?}");
        assert_eq!((numbers[0], numbers[2]), (1_800_000_000_501, 1_800_000_002_000));
    }

    #[test]
    fn never_more_within_any_minute_than_the_quota() {
        let mut gate = gate(false, None, Some(5));
        let mut sent: Vec<Timestamp> = Vec::new();
        let mut now = START;
        while now < START + Millis::minutes(5) {
            if let Ok(ticket) = gate.join(false, Urgency::Waited, now) {
                match gate.enter(ticket, now) {
                    Entry::Go => {
                        sent.push(now);
                        gate.leave(ticket, Outcome::Answered, now);
                    }
                    Entry::Wait(_) | Entry::Refused(_) => gate.forget(ticket),
                }
            }
            now = now + Millis(777);
        }
        assert!(sent.len() >= 20, "{}", sent.len());
        for (at, first) in sent.iter().enumerate() {
            let within = sent[at..].iter().filter(|other| **other - *first < MINUTE).count();
            assert!(within <= 5, "{within} within a minute");
        }
    }

    #[test]
    fn a_restart_remembers_what_was_sent() {
        let mut gate = Gate::new(Limits { per_minute: Some(2), ..Limits::NONE }, vec![START, START], 0);
        let refused = gate.join(false, Urgency::Waited, START + Millis::seconds(1)).unwrap_err();
        assert_eq!(refused, ProviderError::RateLimited { retry_after: Some(Millis::seconds(74)) });
        let ticket = gate.join(false, Urgency::Waited, START + Millis::seconds(70)).unwrap();
        assert_eq!(gate.enter(ticket, START + Millis::seconds(70)), Entry::Wait(START + Millis::seconds(75)));
        assert!(enters(&mut gate, ticket, START + Millis::seconds(75)));
    }

    #[test]
    fn a_call_counts_from_its_answer_for_it_may_have_arrived_so_late() {
        let mut gate = gate(false, None, Some(1));
        let first = gate.join(false, Urgency::Waited, START).unwrap();
        assert!(enters(&mut gate, first, START));
        let answered_at = START + Millis::seconds(8);
        gate.leave(first, Outcome::Answered, answered_at);
        let second = gate.join(false, Urgency::Waited, START + MINUTE).unwrap();
        assert!(!enters(&mut gate, second, START + MINUTE));
        assert!(enters(&mut gate, second, answered_at + MINUTE));
    }

    #[test]
    fn patience_ends_and_says_so() {
        let mut gate = gate(false, Some(1), None);
        let (first, second) = (gate.join(false, Urgency::Waited, START).unwrap(), gate.join(false, Urgency::Waited, START).unwrap());
        assert!(enters(&mut gate, first, START));
        assert_eq!(gate.enter(second, START), Entry::Wait(START + PATIENCE));
        assert!(matches!(gate.enter(second, START + PATIENCE), Entry::Refused(ProviderError::RateLimited { .. })));
        gate.leave(first, Outcome::Answered, START + PATIENCE);
        let third = gate.join(false, Urgency::Waited, START + PATIENCE).unwrap();
        assert!(enters(&mut gate, third, START + PATIENCE), "the impatient one is out of the way");
    }

    #[test]
    fn the_queue_has_an_end() {
        let mut gate = gate(false, Some(1), None);
        let joined = (0..LONGEST_QUEUE + 5).filter(|_| gate.join(false, Urgency::Waited, START).is_ok()).count();
        assert_eq!(joined, LONGEST_QUEUE);
    }

    #[test]
    fn a_provider_that_is_down_is_left_alone_and_probed_once() {
        let mut gate = gate(false, None, None);
        for _ in 0..super::super::breaker::TRIPS_AFTER {
            let ticket = gate.join(false, Urgency::Waited, START).unwrap();
            assert!(enters(&mut gate, ticket, START));
            gate.leave(ticket, Outcome::Failed, START);
        }
        assert!(matches!(gate.join(false, Urgency::Waited, START), Err(ProviderError::NotSent { .. })));
        let later = START + super::super::breaker::FIRST_REST;
        let (probe, other) = (gate.join(false, Urgency::Waited, later).unwrap(), gate.join(false, Urgency::Waited, later).unwrap());
        assert!(enters(&mut gate, probe, later));
        assert!(matches!(gate.enter(other, later), Entry::Refused(ProviderError::NotSent { .. })));
        gate.leave(probe, Outcome::Answered, later);
        let next = gate.join(false, Urgency::Waited, later).unwrap();
        assert!(enters(&mut gate, next, later));
    }

    #[test]
    fn what_nobody_waits_for_goes_only_if_there_is_room_to_spare() {
        let mut gate = gate(false, Some(10), None);
        for _ in 0..9 {
            let ticket = gate.join(false, Urgency::Spare, START).unwrap();
            assert!(enters(&mut gate, ticket, START));
        }
        assert!(matches!(gate.join(false, Urgency::Spare, START), Err(ProviderError::RateLimited { .. })), "the last place stays free");
        let (tenth, next) = (gate.join(false, Urgency::Waited, START).unwrap(), gate.join(false, Urgency::Waited, START).unwrap());
        assert!(enters(&mut gate, tenth, START) && !enters(&mut gate, next, START));
        gate.leave(tenth, Outcome::Answered, START);
        assert!(gate.join(false, Urgency::Spare, START).is_err(), "somebody waits");
    }

    #[test]
    fn polling_leaves_a_tenth_of_the_quota_and_the_numbered_line_to_those_who_wait() {
        let mut gate = Gate::new(Limits { numbered: true, per_minute: Some(10), in_flight: None }, Vec::new(), 0);
        let waited = gate.join(true, Urgency::Waited, START).unwrap();
        assert!(enters(&mut gate, waited, START));
        assert!(gate.join(true, Urgency::Spare, START).is_err());
        gate.leave(waited, Outcome::Answered, START);
        let spared = (0..20).filter(|_| {
            gate.join(true, Urgency::Spare, START).is_ok_and(|ticket| {
                let entered = enters(&mut gate, ticket, START);
                gate.leave(ticket, Outcome::Answered, START);
                entered
            })
        });
        assert_eq!(spared.count(), 8);
    }

    #[test]
    fn who_waits_is_told_as_soon_as_it_is_known_that_it_would_be_too_long() {
        let mut gate = gate(false, Some(1), None);
        let (first, second) = (gate.join(false, Urgency::Waited, START).unwrap(), gate.join(false, Urgency::Waited, START).unwrap());
        assert!(enters(&mut gate, first, START));
        gate.leave(first, Outcome::Limited(Some(Millis::seconds(60))), START);
        let told = ProviderError::RateLimited { retry_after: Some(Millis::seconds(60)) };
        assert_eq!(gate.enter(second, START), Entry::Refused(told));
    }

    #[test]
    fn a_shorter_wish_to_be_left_alone_does_not_undo_a_longer_one() {
        let mut gate = gate(false, Some(2), None);
        let (one, other) = (gate.join(false, Urgency::Waited, START).unwrap(), gate.join(false, Urgency::Waited, START).unwrap());
        assert!(enters(&mut gate, one, START) && enters(&mut gate, other, START));
        gate.leave(one, Outcome::Limited(Some(Millis::seconds(30))), START);
        gate.leave(other, Outcome::Limited(None), START);
        assert!(gate.join(false, Urgency::Waited, START + Millis::seconds(15)).is_err());
    }

    #[test]
    fn a_report_that_fails_says_nothing_about_customers_calls() {
        let mut gate = gate(false, None, None);
        for _ in 0..20 {
            let ticket = gate.join(false, Urgency::Waited, START).unwrap();
            assert!(enters(&mut gate, ticket, START));
            gate.leave(ticket, Outcome::Unsaid, START);
        }
        assert_eq!(gate.breaker(START), BreakerState::Closed);
    }

    #[test]
    fn the_vendors_wish_to_be_left_alone_is_kept() {
        let mut gate = gate(false, None, None);
        let ticket = gate.join(false, Urgency::Waited, START).unwrap();
        assert!(enters(&mut gate, ticket, START));
        gate.leave(ticket, Outcome::Limited(Some(Millis::seconds(30))), START);
        assert_eq!(gate.join(false, Urgency::Waited, START), Err(ProviderError::RateLimited { retry_after: Some(Millis::seconds(30)) }));
        assert!(gate.join(false, Urgency::Waited, START + Millis::seconds(25)).is_ok());
    }
}
