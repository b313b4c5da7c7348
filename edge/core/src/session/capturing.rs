//! Taking a payment that is authorised: when, by whom, and what if the provider does not answer. Where an attempt stands otherwise is
//! [`super::attempt`]'s to say.

use super::attempt::{Attempt, Capturing};
use super::exchange::{Effect, Refusal, Report};
use super::{Session, schedule};
use crate::provider::{ProviderError, Snapshot};
use checkout_shared::time::Timestamp;

impl Session {
    /// Whatever went wrong, the next question about the payment shows whether it was taken.
    pub(super) fn captured(&mut self, number: u32, result: Result<Snapshot, ProviderError>, now: Timestamp) -> Vec<Effect> {
        let Some(attempt) = self.attempt_mut(number) else { return Vec::new() };
        match result {
            Ok(snapshot) if attempt.hear(&snapshot, now) => {}
            Ok(stray) => return self.stray(&stray),
            Err(error) => {
                attempt.watch.fail(&error, now);
                match error {
                    // Its answer may have been yes: it is under way until the payment is asked about.
                    ProviderError::MaybeSent { .. } => {}
                    // Nothing was done; not knowing our key is no answer about this payment.
                    ProviderError::NotSent { .. }
                    | ProviderError::RateLimited { .. }
                    | ProviderError::Answered { status: 401 | 403, .. } => {
                        attempt.capturing = None;
                    }
                    ProviderError::Answered { .. } | ProviderError::Unsupported { .. } => {
                        attempt.capturing = Some(Capturing { asked_at: now, refused: true });
                        return vec![Effect::Report(Report::NotCaptured(number))];
                    }
                }
            }
        }
        Vec::new()
    }

    /// Takes what is authorised, if that is how the order wants it: not while it is being taken, not again after a no, and not while money
    /// has come by another way, for the customer would pay twice, or once the order was called off.
    pub(super) fn capture_unasked(&mut self, now: Timestamp) -> Vec<Effect> {
        if !self.order.capture.is_automatic() || self.is_settled() {
            return Vec::new();
        }
        let is_free = |attempt: &Attempt| attempt.capturing.is_none_or(|capturing| !capturing.refused && !is_under_way(capturing, now));
        let Some(number) = self.attempts.iter().find(|attempt| attempt.is_capturable() && is_free(attempt)).map(|attempt| attempt.number)
        else {
            return Vec::new();
        };
        let given_up = |attempt: &Attempt| attempt.is_capturable() && attempt.capturing.is_some_and(|capturing| capturing.refused);
        let has_other_money = self.attempts.iter().any(|other| other.number != number && other.news.has_money() && !given_up(other));
        if has_other_money || self.cancelled_at.is_some() {
            // Told once; from here on it is for the merchant to say.
            if let Some(attempt) = self.attempt_mut(number) {
                attempt.capturing = Some(Capturing { asked_at: now, refused: true });
            }
            return vec![Effect::Report(Report::NotCaptured(number))];
        }
        self.begin_capture(number, now)
    }

    /// The merchant wants it taken, whatever was said before.
    pub(super) fn capture(&mut self, now: Timestamp) -> Result<Vec<Effect>, Refusal> {
        // Asked twice, or taken meanwhile: it is as it should be.
        if self.is_settled() {
            return Ok(Vec::new());
        }
        let waiting: Vec<&Attempt> = self.attempts.iter().filter(|attempt| attempt.is_capturable()).collect();
        let under_way = waiting.iter().any(|attempt| attempt.capturing.is_some_and(|capturing| is_under_way(capturing, now)));
        let was_refused = |attempt: &&&Attempt| attempt.capturing.is_some_and(|capturing| capturing.refused);
        let preferred = waiting.iter().find(|attempt| !was_refused(attempt)).or(waiting.first());
        match preferred.map(|attempt| attempt.number) {
            None => Err(Refusal::NothingToCapture),
            Some(_) if under_way => Ok(Vec::new()),
            Some(number) => Ok(self.begin_capture(number, now)),
        }
    }

    /// Written down before it is asked for.
    fn begin_capture(&mut self, number: u32, now: Timestamp) -> Vec<Effect> {
        let Some(attempt) = self.attempt_mut(number) else { return Vec::new() };
        attempt.capturing = Some(Capturing { asked_at: now, refused: false });
        vec![Effect::Capture(number)]
    }
}

/// Whether the answer to a capture may still come.
fn is_under_way(capturing: Capturing, now: Timestamp) -> bool {
    !capturing.refused && now < capturing.asked_at + schedule::CAPTURE_LOST_AFTER
}
