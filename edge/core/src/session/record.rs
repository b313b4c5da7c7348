//! What the merchant's server reads of a session: what stands behind it, its line in the list of all sessions, and when nothing of it
//! needs to be kept any more.

use super::Session;
use super::attempt::{Attempt, Stage};
use super::news::Dispute;
use checkout_shared::record::{AttemptRecord, SessionRecord, SessionSummary};
use checkout_shared::session::Status;
use checkout_shared::time::{Millis, Timestamp};
use serde::{Deserialize, Serialize};

impl Session {
    /// The session and what stands behind it. `server_time` is the shell's clock when it is sent.
    #[must_use]
    pub fn record(&self, server_time: Timestamp) -> SessionRecord {
        SessionRecord {
            session: self.view(server_time),
            created_at: self.opened_at(),
            attempts: self.attempts.iter().map(|attempt| self.attempt_record(attempt)).collect(),
            provider_calls: self.provider_calls,
            stray_payments: self.strays.iter().map(|stray| stray.provider_reference.clone()).collect(),
        }
    }

    fn attempt_record(&self, attempt: &Attempt) -> AttemptRecord {
        AttemptRecord {
            number: attempt.number,
            provider: attempt.provider,
            method: attempt.purchase.method.clone(),
            reference: attempt.purchase.reference.clone(),
            provider_reference: attempt.provider_reference().map(str::to_owned),
            price: attempt.purchase.price.clone(),
            started_at: attempt.purchase.started_at,
            status: attempt.status(self.as_of),
            reason: reason(attempt),
        }
    }

    /// Its line in the list of all sessions.
    #[must_use]
    pub fn summary(&self) -> SessionSummary {
        SessionSummary {
            id: self.id.clone(),
            reference: self.order.reference.clone(),
            status: self.status(),
            price: self.order.price(),
            sequence: self.sequence,
            created_at: self.opened_at(),
            updated_at: self.changed_at(),
            expires_at: self.order.expires_at,
        }
    }

    /// What it is found by beside its id and the merchant's reference: every attempt's reference, the provider's own, and the
    /// transactions' hashes.
    #[must_use]
    pub fn found_by(&self) -> Vec<String> {
        let names = self.attempts.iter().flat_map(|attempt| {
            let own = [Some(attempt.purchase.reference.as_str()), attempt.provider_reference()];
            let hashes = attempt.news.transactions.iter().map(|heard| heard.transaction.hash.as_str());
            own.into_iter().flatten().chain(hashes)
        });
        names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
    }

    /// When it may be forgotten, if things stay as they are: so long after the last change, once it is final and nothing is asked any
    /// more. What waits for a person or for money is kept.
    #[must_use]
    pub fn purge_at(&self, retention: Millis) -> Option<Timestamp> {
        let is_final = match self.status() {
            Status::Paid | Status::Refunded | Status::Expired | Status::Cancelled | Status::Failed => true,
            Status::Open | Status::AwaitingPayment | Status::Processing | Status::Underpaid | Status::Refunding | Status::Review => false,
        };
        (is_final && self.next_wake(false).is_none()).then(|| self.changed_at() + retention)
    }

    /// What has to stay when it is forgotten. `events`: how many there were.
    #[must_use]
    pub fn trace(&self, events: u32) -> Trace {
        Trace { is_closed: self.is_settled(), sequence: self.sequence, attempts: self.last_number(), events }
    }

    // Sessions written before these times were kept have none.
    fn changed_at(&self) -> Timestamp {
        if self.changed_at == Timestamp::default() { self.as_of } else { self.changed_at }
    }

    fn opened_at(&self) -> Timestamp {
        let begun = || self.attempts.first().map_or(self.as_of, |attempt| attempt.purchase.started_at);
        if self.opened_at == Timestamp::default() { begun() } else { self.opened_at }
    }
}

/// What stays of a session that was forgotten: nothing of the order, only what keeps names from being given twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// It was paid: its reference stays taken, or the order could be paid again.
    pub is_closed: bool,
    /// The last sequence of its view.
    pub sequence: u64,
    /// The number of its last attempt.
    pub attempts: u32,
    /// The number of its last event.
    pub events: u32,
}

fn reason(attempt: &Attempt) -> Option<String> {
    match (&attempt.stage, attempt.news.dispute) {
        (Stage::Refused { reason }, _) => Some(reason.clone()),
        (_, Some(Dispute::Order)) => Some("the order was stated with another price since".to_owned()),
        (_, Some(Dispute::Amount)) => Some("the provider states another amount than was ordered".to_owned()),
        (_, Some(Dispute::Currency)) => Some("the provider states another currency than was ordered".to_owned()),
        (_, Some(Dispute::Reference)) => Some("the provider states another reference than ours".to_owned()),
        (_, Some(Dispute::Shortfall)) => Some("the provider says paid, and less has arrived than was due".to_owned()),
        (Stage::Untold { .. }, None) => Some("it exists at the provider, but how to pay it was lost with the answer".to_owned()),
        (Stage::Creating | Stage::Unknown { .. } | Stage::Payable { .. }, None) => None,
    }
}
