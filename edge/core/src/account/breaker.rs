//! A circuit breaker: after some failures in a row a provider is left alone for a while, then asked once; if that works, all is well.
//!
//! A failure is an answer that never came or that says the provider itself is broken. A refusal is none.

use super::outcome::Outcome;
use crate::provider::ProviderError;
use checkout_shared::time::{Millis, Timestamp};
use serde::{Deserialize, Serialize};

/// Failures in a row after which the provider is left alone.
pub const TRIPS_AFTER: u32 = 5;
/// How long it is left alone the first time; twice as long after each probe that fails.
pub const FIRST_REST: Millis = Millis::seconds(5);
/// The longest it is left alone.
pub const LONGEST_REST: Millis = Millis::minutes(2);
/// A probe that has not come back after this long is taken for lost.
const PROBE_LOST_AFTER: Millis = Millis::minutes(1);

/// The breaker of one account. Whoever calls asks [`Breaker::admit`], then says [`Breaker::begin`] and, whatever happens,
/// [`Breaker::end`] or [`Breaker::abandoned`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breaker {
    failures: u32,
    /// Not before this; `None` while all is well.
    #[serde(default)]
    open_until: Option<Timestamp>,
    /// How many times it was opened in a row.
    #[serde(default)]
    opened: u32,
    /// When the probe went off that is under way.
    #[serde(default)]
    probing_since: Option<Timestamp>,
}

/// What a breaker says of the next call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BreakerState {
    /// Call as you like.
    Closed,
    /// Do not call.
    Open,
    /// One call, to see.
    HalfOpen,
}

impl Breaker {
    /// What it says now.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> BreakerState {
        match self.open_until {
            None => BreakerState::Closed,
            Some(until) if now < until => BreakerState::Open,
            Some(_) if self.probing_since.is_some_and(|since| now < since + PROBE_LOST_AFTER) => BreakerState::Open,
            Some(_) => BreakerState::HalfOpen,
        }
    }

    /// Whether a call may go now. Nothing is sent while the provider is left alone, and the error says so.
    pub fn admit(&self, now: Timestamp) -> Result<(), ProviderError> {
        match self.state(now) {
            BreakerState::Closed | BreakerState::HalfOpen => Ok(()),
            BreakerState::Open => {
                Err(ProviderError::NotSent { reason: format!("left alone after failures for {} s", self.rest(now).0 / 1000) })
            }
        }
    }

    /// When a call may be made again at the soonest.
    #[must_use]
    pub fn rest(&self, now: Timestamp) -> Millis {
        self.open_until.map_or(Millis(0), |until| (until - now).max(FIRST_REST))
    }

    /// A call goes off.
    pub fn begin(&mut self, now: Timestamp) {
        if self.state(now) == BreakerState::HalfOpen {
            self.probing_since = Some(now);
        }
    }

    /// A call that went off has come to this.
    pub fn end(&mut self, outcome: Outcome, now: Timestamp) {
        match outcome {
            Outcome::Answered | Outcome::Limited(_) => self.worked(),
            Outcome::Failed => self.failed(now),
            Outcome::Unsaid => self.abandoned(),
        }
    }

    /// A call has shown that the provider works, whatever it answered.
    pub fn worked(&mut self) {
        *self = Self::default();
    }

    /// A call has shown that it does not.
    pub fn failed(&mut self, now: Timestamp) {
        self.failures = self.failures.saturating_add(1);
        let probe_failed = self.probing_since.take().is_some();
        // Calls that were under way when it opened add nothing.
        let trips = if self.open_until.is_some() { probe_failed } else { self.failures >= TRIPS_AFTER };
        if trips {
            let rest = FIRST_REST.0 << self.opened.min(10);
            self.open_until = Some(now + Millis(rest.min(LONGEST_REST.0)));
            self.opened = self.opened.saturating_add(1);
        }
    }

    /// A call has come to nothing that says anything about the provider.
    pub fn abandoned(&mut self) {
        self.probing_since = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_seconds(1_800_000_000);

    fn tripped() -> Breaker {
        let mut breaker = Breaker::default();
        for _ in 0..TRIPS_AFTER {
            assert_eq!(breaker.state(START), BreakerState::Closed);
            breaker.failed(START);
        }
        breaker
    }

    #[test]
    fn failures_in_a_row_open_it_and_one_success_between_does_not_let_it() {
        assert_eq!(tripped().state(START), BreakerState::Open);
        let mut breaker = Breaker::default();
        for _ in 0..20 {
            for _ in 1..TRIPS_AFTER {
                breaker.failed(START);
            }
            breaker.worked();
        }
        assert_eq!(breaker.state(START), BreakerState::Closed);
    }

    #[test]
    fn after_its_rest_one_probe_goes_and_decides() {
        let mut breaker = tripped();
        let later = START + FIRST_REST;
        assert_eq!(breaker.state(later), BreakerState::HalfOpen);
        breaker.begin(later);
        assert_eq!(breaker.state(later), BreakerState::Open, "one probe, not two");
        breaker.worked();
        assert_eq!(breaker.state(later), BreakerState::Closed);
    }

    #[test]
    fn nothing_is_sent_while_it_is_open_and_a_merchants_failures_do_not_open_it() {
        let mut breaker = Breaker::default();
        for _ in 0..20 {
            breaker.end(Outcome::Unsaid, START);
        }
        assert_eq!(breaker.admit(START), Ok(()));
        for _ in 0..TRIPS_AFTER {
            breaker.end(Outcome::Failed, START);
        }
        assert!(matches!(breaker.admit(START), Err(ProviderError::NotSent { .. })));
        let later = START + FIRST_REST;
        assert_eq!(breaker.admit(later), Ok(()));
        breaker.begin(later);
        assert!(breaker.admit(later).is_err(), "one probe, not two");
        breaker.end(Outcome::Limited(None), later);
        assert_eq!(breaker.state(later), BreakerState::Closed, "called too often, so it works");
    }

    #[test]
    fn each_failed_probe_makes_the_rest_longer_up_to_a_bound() {
        let mut breaker = tripped();
        let mut now = START;
        let mut rests = Vec::new();
        for _ in 0..8 {
            let rest = breaker.rest(now);
            rests.push(rest.0 / 1000);
            now = now + rest;
            breaker.begin(now);
            breaker.failed(now);
        }
        assert_eq!(rests, [5, 10, 20, 40, 80, 120, 120, 120]);
    }

    #[test]
    fn failures_of_calls_that_were_under_way_when_it_opened_do_not_prolong_it() {
        let mut breaker = tripped();
        breaker.failed(START + Millis(4999));
        assert_eq!(breaker.state(START + FIRST_REST), BreakerState::HalfOpen);
    }

    #[test]
    fn a_probe_that_never_comes_back_does_not_keep_it_open_for_ever() {
        let mut breaker = tripped();
        let later = START + FIRST_REST;
        breaker.begin(later);
        assert_eq!(breaker.state(later + PROBE_LOST_AFTER), BreakerState::HalfOpen);
        breaker.abandoned();
        assert_eq!(breaker.state(later), BreakerState::HalfOpen);
    }
}
