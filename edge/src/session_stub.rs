//! How the Worker speaks with a session's object: one typed question and answer, and the one path for sockets. Both sides use only
//! what stands here.

use crate::error::{ApiError, ApiResult};
use crate::log::{self, Level};
use checkout_core::provider::{ProviderError, Snapshot};
use checkout_core::session::{Hint, Refusal};
use checkout_shared::error::ErrorCode;
use checkout_shared::event::{DeliveryView, EventId, EventView};
use checkout_shared::method::MethodId;
use checkout_shared::order::Order;
use checkout_shared::record::SessionRecord;
use checkout_shared::session::{AttemptStatus, SessionView};
use serde::{Deserialize, Serialize};
use worker::{Env, Method, Request, RequestInit, Stub};

/// The binding in `wrangler.toml`.
const BINDING: &str = "SESSIONS";

/// What a session's object can be asked.
#[derive(Debug, Serialize, Deserialize)]
pub enum Question {
    /// Open the session, or state its order again.
    Open {
        /// The session's id; the object derives nothing.
        id: String,
        /// The order.
        order: Order,
    },
    /// The session as it is, for a customer who watches.
    View,
    /// The customer picked a method.
    Choose {
        /// Which.
        method: MethodId,
        /// Where a provider's page sends the customer back to.
        return_url: String,
    },
    /// A verified notification of the attempt with this reference.
    Notified {
        /// Our reference.
        reference: String,
        /// What it says.
        snapshot: Snapshot,
    },
    /// Somebody says, without proof, that something has happened to a payment.
    Hinted(Hint),
    /// The merchant takes what is authorised.
    Capture,
    /// The merchant calls the order off.
    Cancel,
    /// What stands behind the session, for the merchant.
    Record,
    /// What has happened, and who was told.
    Events,
    /// Send this event again.
    Resend(u32),
}

/// What it answers.
#[derive(Debug, Serialize, Deserialize)]
pub enum Answer {
    /// The session, after what was asked.
    Session(Box<SessionView>),
    /// What stands behind it.
    Record(Box<SessionRecord>),
    /// What has happened, the first event first.
    Events(Vec<EventView>),
    /// The event that is sent again; `None`: there is no such event.
    Resent(Option<DeliveryView>),
    /// It was completed, and its details are no longer kept.
    Purged,
    /// The provider did not do what was asked; the session knows.
    Failed(ProviderError),
    /// It was never opened.
    Unopened,
    /// Where the attempt stands that a notification was about. `None`: it is none of this session's.
    Noted(Option<AttemptStatus>),
    /// Nothing was changed.
    Refused(Refusal),
}

fn stub(env: &Env, id: &str) -> worker::Result<Stub> {
    env.durable_object(BINDING)?.get_by_name(id)
}

/// Asks a session's object for its view.
pub async fn ask(env: &Env, id: &str, question: &Question) -> ApiResult<SessionView> {
    match exchange(env, id, question).await? {
        Answer::Session(view) => Ok(*view),
        other => Err(other.into_error()),
    }
}

/// Tells a session's object of a notification, and hears where the attempt stands after it.
pub async fn note(env: &Env, id: &str, question: &Question) -> ApiResult<Option<AttemptStatus>> {
    let answer = exchange(env, id, question).await?;
    if matches!((question, &answer), (Question::Notified { .. }, Answer::Purged | Answer::Unopened)) {
        let reason = "a provider's news speaks of an order that is not known, or no longer";
        log::line(Level::Error, "payment to look into", &[("session", id), ("reason", reason)]);
    }
    match answer {
        Answer::Noted(status) => Ok(status),
        // Nothing can change what was completed long ago any more; unanswered it would be told for ever.
        Answer::Session(_) | Answer::Failed(_) | Answer::Purged => Ok(None),
        other => Err(other.into_error()),
    }
}

/// What stands behind a session.
pub async fn record(env: &Env, id: &str) -> ApiResult<SessionRecord> {
    match exchange(env, id, &Question::Record).await? {
        Answer::Record(record) => Ok(*record),
        other => Err(other.into_error()),
    }
}

/// A session's events.
pub async fn events(env: &Env, id: &str) -> ApiResult<Vec<EventView>> {
    match exchange(env, id, &Question::Events).await? {
        Answer::Events(events) => Ok(events),
        other => Err(other.into_error()),
    }
}

/// Sends an event again.
pub async fn resend(env: &Env, event: &EventId) -> ApiResult<DeliveryView> {
    match exchange(env, &event.session, &Question::Resend(event.number)).await? {
        Answer::Resent(Some(delivery)) => Ok(delivery),
        Answer::Resent(None) => Err(ApiError::new(ErrorCode::NotFound, "There is no such event.")),
        other => Err(other.into_error()),
    }
}

impl Answer {
    /// An answer that is not the one wanted.
    fn into_error(self) -> ApiError {
        match self {
            Self::Failed(error) => error.into(),
            Self::Unopened => unopened(),
            Self::Refused(refusal) => refusal.into(),
            Self::Purged => purged(),
            Self::Session(_) | Self::Noted(_) | Self::Record(_) | Self::Events(_) | Self::Resent(_) => {
                ApiError::internal("the session's object answered another question")
            }
        }
    }
}

/// It was never opened.
pub fn unopened() -> ApiError {
    ApiError::new(ErrorCode::NotFound, "There is no such session.")
}

/// It was completed and forgotten.
pub fn purged() -> ApiError {
    ApiError::new(ErrorCode::SessionPurged, "This order was completed long ago; its details are no longer kept.")
}

async fn exchange(env: &Env, id: &str, question: &Question) -> ApiResult<Answer> {
    let mut init = RequestInit::new();
    init.with_method(Method::Post).with_body(Some(serde_json::to_string(question)?.into()));
    let mut response = stub(env, id)?.fetch_with_request(Request::new_with_init("https://session/", &init)?).await?;
    if response.status_code() != 200 {
        return Err(ApiError::internal(format!("the session's object answered {}", response.status_code())));
    }
    Ok(serde_json::from_str(&response.text().await?)?)
}

/// Hands a request for a WebSocket on to a session's object.
pub async fn connect(env: &Env, id: &str, request: Request) -> ApiResult<worker::Response> {
    Ok(stub(env, id)?.fetch_with_request(request).await?)
}
