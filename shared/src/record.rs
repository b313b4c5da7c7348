//! What only the merchant's server reads of a session: who stands behind each attempt, and the list of all sessions.

use crate::method::MethodId;
use crate::money::Money;
use crate::provider::ProviderId;
use crate::session::{AttemptStatus, SessionView, Status};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// The answer to `GET /v1/sessions/{id}`: the session as its customer sees it, and what stands behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRecord {
    /// The session as its customer sees it.
    #[serde(flatten)]
    pub session: SessionView,
    /// When it was opened.
    pub created_at: Timestamp,
    /// Every try to pay it, the first one first.
    pub attempts: Vec<AttemptRecord>,
    /// How many times a provider was asked anything for this session.
    pub provider_calls: u32,
    /// The providers' references of payments they spoke of under this session's name, and that are none of the attempts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stray_payments: Vec<String>,
}

/// One attempt, for whoever looks up what happened to a payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttemptRecord {
    /// 1 for the session's first attempt.
    pub number: u32,
    /// Where it was made.
    pub provider: ProviderId,
    /// The method chosen.
    pub method: MethodId,
    /// Our name for it at the provider.
    pub reference: String,
    /// The provider's own, once known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_reference: Option<String>,
    /// What the provider was asked for.
    pub price: Money,
    /// When it was begun.
    pub started_at: Timestamp,
    /// Where it stands.
    pub status: AttemptStatus,
    /// Why nothing payable came of it, or what disagrees with the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// An entry of `GET /v1/sessions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionSummary {
    /// The session's id.
    pub id: String,
    /// The merchant's reference.
    pub reference: String,
    /// Where the order stands, as of `updated_at`.
    pub status: Status,
    /// Its price.
    pub price: Money,
    /// The session's sequence as of `updated_at`.
    pub sequence: u64,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Until when it can be paid.
    pub expires_at: Timestamp,
}
