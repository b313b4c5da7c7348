//! What the merchant is told of: every change of the order's status, and what money does beside it. Told once each; how it gets there
//! is [`crate::outbox`]'s.

use super::exchange::{Effect, Report};
use super::{Session, news};
use crate::provider::Snapshot;
use checkout_shared::event::EventKind;
use checkout_shared::session::{SessionView, Status};
use serde::{Deserialize, Serialize};

/// A payment that a provider spoke of and that none of the attempts is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stray {
    /// The provider's reference.
    pub provider_reference: String,
    /// The provider has said that there is money in it.
    pub has_money: bool,
}

/// The most stray payments that are told of.
const MOST_STRAYS: usize = 20;

impl Session {
    /// What has happened since this was last asked, the first first. To be written down together with the session.
    #[must_use]
    pub fn take_events(&mut self) -> Vec<EventKind> {
        std::mem::take(&mut self.events)
    }

    /// A provider has spoken of a payment that none of the attempts is. Told once each, and once more when there is money in it; a
    /// provider that speaks of ever more has been told of often enough.
    pub(super) fn stray(&mut self, snapshot: &Snapshot) -> Vec<Effect> {
        let has_money = news::claims_money(snapshot);
        let is_full = self.strays.len() >= MOST_STRAYS;
        match self.strays.iter_mut().find(|known| known.provider_reference == snapshot.provider_reference) {
            Some(known) if known.has_money || !has_money => return Vec::new(),
            Some(known) => known.has_money = true,
            None if is_full => return Vec::new(),
            None => self.strays.push(Stray { provider_reference: snapshot.provider_reference.clone(), has_money }),
        }
        vec![Effect::Report(Report::StrayPayment)]
    }

    /// Takes note of what one input has changed. A report that was made before is made no second time.
    pub(super) fn note(&mut self, before: &SessionView, after: &SessionView, effects: &mut Vec<Effect>) {
        self.provider_calls =
            effects.iter().filter(|effect| effect.asks_a_provider()).fold(self.provider_calls, |sum, _| sum.saturating_add(1));
        self.events.extend(change(before, after));
        effects.retain(|effect| {
            let Effect::Report(report) = effect else { return true };
            let is_known = self.reported.contains(report);
            if is_known {
                return false;
            }
            if *report != Report::StrayPayment {
                self.reported.push(*report);
            }
            self.events.push(report.kind());
            true
        });
    }
}

fn change(before: &SessionView, after: &SessionView) -> Vec<EventKind> {
    let due = |view: &SessionView| view.attempt.as_ref().and_then(|attempt| attempt.due.clone());
    let is_less_due = after.status == Status::Underpaid && due(after) != due(before);
    let is_more_over = after.status == Status::Paid && after.overpaid_by.is_some() && after.overpaid_by != before.overpaid_by;
    let status = (after.status != before.status || is_less_due).then(|| after.status.into());
    status.into_iter().chain(is_more_over.then_some(EventKind::Overpaid)).collect()
}
