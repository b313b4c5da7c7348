//! What becomes of a payment once it can be paid: what the provider says when asked, what it notifies, hints, and the alarm that asks.
//! What the news amount to is [`super::news`]'s; when to ask is [`super::schedule`]'s.

use super::attempt::{Attempt, Stage};
use super::exchange::{Effect, Hint};
use super::{Session, schedule};
use crate::provider::{ProviderError, Snapshot};
use checkout_shared::session::AttemptStatus;
use checkout_shared::time::Timestamp;

impl Session {
    pub(super) fn fetched(&mut self, number: u32, result: Result<Snapshot, ProviderError>, now: Timestamp) -> Vec<Effect> {
        let Some(attempt) = self.attempt_mut(number) else { return Vec::new() };
        let known = attempt.news.clone();
        match result {
            Ok(snapshot) if attempt.hear(&snapshot, now) => {
                // Found out by asking: whoever was to notify us did not, or not as soon.
                let is_news = attempt.news != known;
                attempt.watch.notified &= !is_news;
                attempt.watch.quiet = if is_news { 0 } else { attempt.watch.quiet.saturating_add(1) };
                attempt.news.miss(&snapshot.transactions);
            }
            Ok(stray) => return self.stray(&stray),
            Err(error) => attempt.watch.fail(&error, now),
        }
        self.capture_unasked(now)
    }

    /// A hint proves nothing, so it leads to a question and to nothing else, and to no more of them than watching would.
    pub(super) fn hinted(&mut self, hint: &Hint, now: Timestamp) -> Vec<Effect> {
        let meant = |attempt: &&mut Attempt| match hint {
            Hint::Reference(reference) => attempt.purchase.reference == *reference,
            Hint::ProviderReference(reference) => attempt.provider_reference() == Some(reference),
        };
        let Some(attempt) = self.attempts.iter_mut().find(meant) else { return Vec::new() };
        let is_settled = matches!(attempt.status(now), AttemptStatus::Paid | AttemptStatus::Refunded);
        match (&attempt.stage, hint) {
            // Whoever comes back after paying brings no news.
            (Stage::Payable { .. } | Stage::Untold { .. }, Hint::ProviderReference(_)) if is_settled => return Vec::new(),
            (Stage::Payable { .. } | Stage::Untold { .. }, _) => attempt.watch.hinted = true,
            // A look-up that comes too soon would count as one that found nothing.
            (Stage::Unknown { .. }, _) => {}
            (Stage::Creating | Stage::Refused { .. }, _) => return Vec::new(),
        }
        let is_due = schedule::next_question(attempt, true, now).is_some_and(|due| due <= now);
        // Otherwise the alarm asks. It does so too for a customer who comes back, who is not kept waiting for the provider.
        if !is_due || matches!(hint, Hint::ProviderReference(_)) {
            return Vec::new();
        }
        if matches!(attempt.stage, Stage::Unknown { .. }) {
            return attempt.look_up(now);
        }
        attempt.watch.asked_at = now;
        attempt.watch.unanswered = true;
        vec![Effect::Fetch(attempt.number)]
    }

    /// A notification finds its attempt by our reference. It may come before the answer to the creation it speaks of.
    pub(super) fn notified(&mut self, snapshot: &Snapshot, now: Timestamp) -> Vec<Effect> {
        let reference = snapshot.stated.reference.as_deref();
        let ours = self.attempts.iter_mut().find(|attempt| Some(attempt.purchase.reference.as_str()) == reference);
        let heard = ours.is_some_and(|attempt| {
            let heard = attempt.hear(snapshot, now);
            attempt.watch.notified |= heard;
            heard
        });
        if heard { self.capture_unasked(now) } else { self.stray(snapshot) }
    }

    pub(super) fn tick(&mut self, watched: bool, now: Timestamp) -> Vec<Effect> {
        let mut effects = Vec::new();
        if self.next_offers_question().is_some_and(|due| due <= now) {
            self.offers_asked_at = Some(now);
            self.offers_wanted = false;
            effects.push(Effect::Offers);
        }
        let leading = self.leading().map(|attempt| attempt.number);
        for attempt in &mut self.attempts {
            let watched = watched && leading == Some(attempt.number);
            if schedule::next_question(attempt, watched, now).is_none_or(|due| due > now) {
                continue;
            }
            match attempt.stage {
                Stage::Creating => attempt.stage = Stage::Unknown { lookups: 0 },
                Stage::Payable { .. } | Stage::Untold { .. } => {
                    attempt.watch.asked_at = now;
                    attempt.watch.unanswered = true;
                    effects.push(Effect::Fetch(attempt.number));
                    continue;
                }
                Stage::Unknown { .. } | Stage::Refused { .. } => {}
            }
            effects.extend(attempt.look_up(now));
        }
        effects
    }
}
