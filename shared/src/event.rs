//! What a merchant's server is told of a session as it happens: by outgoing webhooks, and by `GET /v1/sessions/{id}/events`.

use crate::session::{SessionView, Status};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What has happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum EventKind {
    /// Opened, or to be paid anew after an attempt came to nothing, or after the order was stated again.
    #[serde(rename = "session.open")]
    Open,
    /// An address or page is shown.
    #[serde(rename = "session.awaiting_payment")]
    AwaitingPayment,
    /// Enough money has been seen and is not final yet.
    #[serde(rename = "session.processing")]
    Processing,
    /// Less than is due has been seen; told again when the rest due changes.
    #[serde(rename = "session.underpaid")]
    Underpaid,
    /// Paid: the one event on which goods are released.
    #[serde(rename = "session.paid")]
    Paid,
    /// Money is on its way back.
    #[serde(rename = "session.refunding")]
    Refunding,
    /// Money has gone back.
    #[serde(rename = "session.refunded")]
    Refunded,
    /// The time to pay is over and no money has been seen.
    #[serde(rename = "session.expired")]
    Expired,
    /// The merchant called it off.
    #[serde(rename = "session.cancelled")]
    Cancelled,
    /// It cannot be paid.
    #[serde(rename = "session.failed")]
    Failed,
    /// Money has arrived that does not agree with the order: a person decides.
    #[serde(rename = "session.review")]
    Review,
    /// More than was due has come for an order that is paid, or more than was told before.
    #[serde(rename = "payment.overpaid")]
    Overpaid,
    /// The order is paid twice over, by two attempts.
    #[serde(rename = "payment.duplicate")]
    Duplicate,
    /// The order is paid, and other news of its provider does not agree with it.
    #[serde(rename = "payment.disputed")]
    Disputed,
    /// A payment is authorised and is not captured unasked: money has come another way, or the provider said no.
    #[serde(rename = "payment.not_captured")]
    NotCaptured,
    /// A provider speaks of a payment under this session's name that none of its attempts is.
    #[serde(rename = "payment.stray")]
    Stray,
}

impl EventKind {
    /// Every kind, in the order of the documentation.
    pub const ALL: &[Self] = &[
        Self::Open,
        Self::AwaitingPayment,
        Self::Processing,
        Self::Underpaid,
        Self::Paid,
        Self::Refunding,
        Self::Refunded,
        Self::Expired,
        Self::Cancelled,
        Self::Failed,
        Self::Review,
        Self::Overpaid,
        Self::Duplicate,
        Self::Disputed,
        Self::NotCaptured,
        Self::Stray,
    ];

    /// The name on the wire, e.g. `session.paid`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "session.open",
            Self::AwaitingPayment => "session.awaiting_payment",
            Self::Processing => "session.processing",
            Self::Underpaid => "session.underpaid",
            Self::Paid => "session.paid",
            Self::Refunding => "session.refunding",
            Self::Refunded => "session.refunded",
            Self::Expired => "session.expired",
            Self::Cancelled => "session.cancelled",
            Self::Failed => "session.failed",
            Self::Review => "session.review",
            Self::Overpaid => "payment.overpaid",
            Self::Duplicate => "payment.duplicate",
            Self::Disputed => "payment.disputed",
            Self::NotCaptured => "payment.not_captured",
            Self::Stray => "payment.stray",
        }
    }
}

impl From<Status> for EventKind {
    fn from(status: Status) -> Self {
        match status {
            Status::Open => Self::Open,
            Status::AwaitingPayment => Self::AwaitingPayment,
            Status::Processing => Self::Processing,
            Status::Underpaid => Self::Underpaid,
            Status::Paid => Self::Paid,
            Status::Refunding => Self::Refunding,
            Status::Refunded => Self::Refunded,
            Status::Expired => Self::Expired,
            Status::Cancelled => Self::Cancelled,
            Status::Failed => Self::Failed,
            Status::Review => Self::Review,
        }
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for EventKind {
    type Err = ();
    fn from_str(name: &str) -> Result<Self, ()> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == name).ok_or(())
    }
}

/// The body of an outgoing webhook, in the form of Standard Webhooks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookBody {
    /// What has happened.
    #[serde(rename = "type")]
    pub kind: EventKind,
    /// When, by ISO 8601 in UTC: `2026-11-21T12:00:00.000Z`.
    pub timestamp: String,
    /// The whole session right after it. Of two bodies the one with the higher `sequence` is the newer.
    pub data: SessionView,
}

/// An event's name everywhere (`webhook-id`, deliveries, events): `evt_{session id}_{number}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventId {
    /// The session's id.
    pub session: String,
    /// 1 for the session's first event.
    pub number: u32,
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "evt_{}_{}", self.session, self.number)
    }
}

impl FromStr for EventId {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let (session, number) = text.strip_prefix("evt_").and_then(|rest| rest.split_once('_')).ok_or(())?;
        let id = Self { session: session.to_owned(), number: number.parse().map_err(drop)? };
        if crate::route::is_session_id(session) && id.to_string() == text { Ok(id) } else { Err(()) }
    }
}

/// How the delivery of an event goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// Not delivered yet; it is tried again by itself.
    Pending,
    /// The merchant's server answered with 2xx.
    Delivered,
    /// Every try of the schedule failed. It can be sent again by hand.
    Failed,
    /// It was not sent, for no endpoint is configured or the endpoint said 410. It can be sent by hand.
    Held,
}

/// One event and how its delivery goes: an entry of `GET /v1/deliveries` and of `GET /v1/sessions/{id}/events`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryView {
    /// The event's id, the same in every try.
    pub id: String,
    /// The session it is about.
    pub session: String,
    /// What has happened.
    #[serde(rename = "type")]
    pub kind: EventKind,
    /// When it happened.
    pub created_at: Timestamp,
    /// How its delivery goes.
    pub state: DeliveryState,
    /// How many times it was sent.
    pub tries: u32,
    /// When it was sent last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_try_at: Option<Timestamp>,
    /// What came of that: `200`, `503`, `timeout`, `unreachable`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_result: Option<String>,
    /// When it is sent next by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_try_at: Option<Timestamp>,
}

/// An entry of `GET /v1/sessions/{id}/events`: the event, its delivery, and what was or would be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventView {
    /// The event and its delivery.
    #[serde(flatten)]
    pub delivery: DeliveryView,
    /// The session right after it, as in the webhook's `data`.
    pub data: SessionView,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_are_all_and_serde_names_them_alike() {
        let told = serde_json::from_str::<EventKind>("\"nothing\"").unwrap_err().to_string();
        let known: Vec<&str> = told.split('`').skip(3).step_by(2).collect();
        let all: Vec<&str> = EventKind::ALL.iter().map(|kind| kind.as_str()).collect();
        assert_eq!(all, known, "{told}");
    }

    #[test]
    fn an_events_name_reads_back() {
        let id = EventId { session: "abcdefghijklmnopqrstuvwx27".to_owned(), number: 12 };
        assert_eq!(id.to_string().parse(), Ok(id));
        for text in [
            "",
            "evt_",
            "evt_abcdefghijklmnopqrstuvwx27",
            "evt_abcdefghijklmnopqrstuvwx27_",
            "evt_abcdefghijklmnopqrstuvwx27_012",
            "evt_x_1",
        ] {
            assert_eq!(text.parse::<EventId>(), Err(()), "{text}");
        }
    }
}
