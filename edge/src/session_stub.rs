//! How the Worker speaks with a session's object: one typed question and answer, and the one path for sockets. Both sides use only
//! what stands here.

use crate::error::{ApiError, ApiResult};
use checkout_core::provider::{ProviderError, Snapshot};
use checkout_core::session::{Hint, Refusal};
use checkout_shared::error::ErrorCode;
use checkout_shared::method::MethodId;
use checkout_shared::order::Order;
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
    /// The session as it is, for somebody who does not wait for it to change.
    Read,
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
}

/// What it answers.
#[derive(Debug, Serialize, Deserialize)]
pub enum Answer {
    /// The session, after what was asked.
    Session(Box<SessionView>),
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
        Answer::Noted(_) => Err(ApiError::internal("the session's object answered another question")),
        Answer::Failed(error) => Err(error.into()),
        Answer::Unopened => Err(unopened()),
        Answer::Refused(refusal) => Err(refusal.into()),
    }
}

/// Tells a session's object of a notification, and hears where the attempt stands after it.
pub async fn note(env: &Env, id: &str, question: &Question) -> ApiResult<Option<AttemptStatus>> {
    match exchange(env, id, question).await? {
        Answer::Noted(status) => Ok(status),
        Answer::Session(_) | Answer::Failed(_) => Ok(None),
        Answer::Unopened => Err(unopened()),
        Answer::Refused(refusal) => Err(refusal.into()),
    }
}

fn unopened() -> ApiError {
    ApiError::new(ErrorCode::NotFound, "There is no such session.")
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
