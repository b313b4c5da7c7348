//! The requests a customer's page makes. Same origin, paths by `Route`, nothing secret but the path itself.

use crate::json;
use crate::link::WAIT_SECONDS;
use crate::state::Problem;
use checkout_shared::error::{ErrorBody, ErrorDetail};
use checkout_shared::method::MethodId;
use checkout_shared::route::{Capability, Route};
use checkout_shared::session::{ChooseRequest, SessionView};
use gloo_net::http::{Request, Response};
use web_sys::AbortSignal;

/// A phone that slept must not wait for ever for an answer that went to its sleeping self.
const TIMEOUT_MS: u32 = 20_000;

/// Why there is no view.
pub enum Failure {
    /// No answer.
    Unreachable,
    /// An error, and not in the edge's own words: something on the way, or the edge in trouble.
    Broken,
    /// A success that cannot be read.
    Unreadable,
    /// The edge said no.
    Refused(ErrorDetail),
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Unreachable => Self::Unreachable,
            Failure::Broken | Failure::Unreadable => Self::Garbled,
            Failure::Refused(error) => Self::from(&error),
        }
    }
}

/// The session's view as it is now.
pub async fn view(session: &Capability) -> Result<SessionView, Failure> {
    let request = Request::get(&Route::View(session.clone()).to_string()).abort_signal(Some(&AbortSignal::timeout_with_u32(TIMEOUT_MS)));
    read(request.send().await).await
}

/// The session's view as soon as it is newer than this one, or as it is after a while. The signal ends it: the page tells how long is
/// too long.
pub async fn newer(session: &Capability, after: u64, signal: &AbortSignal) -> Result<SessionView, Failure> {
    let path = format!("{}?after={after}&wait={WAIT_SECONDS}", Route::View(session.clone()));
    read(Request::get(&path).abort_signal(Some(signal)).send().await).await
}

/// Chooses a method.
pub async fn choose(session: &Capability, method: &MethodId) -> Result<SessionView, Failure> {
    let body = json::encode(&ChooseRequest { method: method.clone() }).ok_or(Failure::Unreachable)?;
    let request = Request::post(&Route::Attempts(session.clone()).to_string())
        .header("content-type", "application/json")
        .abort_signal(Some(&AbortSignal::timeout_with_u32(TIMEOUT_MS)))
        .body(body)
        .map_err(|_| Failure::Unreachable)?;
    read(request.send().await).await
}

async fn read(answer: Result<Response, gloo_net::Error>) -> Result<SessionView, Failure> {
    let answer = answer.map_err(|_| Failure::Unreachable)?;
    let text = answer.text().await.map_err(|_| Failure::Unreachable)?;
    if answer.ok() {
        json::decode(&text).ok_or(Failure::Unreadable)
    } else {
        Err(json::decode::<ErrorBody>(&text).map_or(Failure::Broken, |body| Failure::Refused(body.error)))
    }
}
