//! The requests a customer's page makes. Same origin, paths by `Route`, nothing secret but the path itself.

use crate::json;
use crate::link::WAIT_SECONDS;
use crate::state::Problem;
use checkout_shared::error::{ErrorBody, ErrorDetail};
use checkout_shared::method::MethodId;
use checkout_shared::route::Capability;
use checkout_shared::session::{ChooseRequest, SessionView};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, RequestInit, Response};

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
    ask(&session.view(), None, &AbortSignal::timeout_with_u32(TIMEOUT_MS)).await
}

/// The session's view as soon as it is newer than this one, or as it is after a while. The signal ends it: the page tells how long is
/// too long.
pub async fn newer(session: &Capability, after: u64, signal: &AbortSignal) -> Result<SessionView, Failure> {
    ask(&format!("{}?after={after}&wait={WAIT_SECONDS}", session.view()), None, signal).await
}

/// Chooses a method. This page's own query goes along, for a page of the provider's is to lead back to one that speaks and looks like it.
pub async fn choose(session: &Capability, method: &MethodId) -> Result<SessionView, Failure> {
    let body = json::encode(&ChooseRequest { method: method.clone() }).ok_or(Failure::Unreachable)?;
    let query = web_sys::window().and_then(|window| window.location().search().ok()).unwrap_or_default();
    ask(&(session.attempts() + &query), Some(&body), &AbortSignal::timeout_with_u32(TIMEOUT_MS)).await
}

/// One request: with a body (JSON) a POST, without one a GET.
async fn ask(path: &str, body: Option<&str>, signal: &AbortSignal) -> Result<SessionView, Failure> {
    let (is_ok, text) = send(path, body, signal).await.ok_or(Failure::Unreachable)?;
    if is_ok {
        json::decode(&text).ok_or(Failure::Unreadable)
    } else {
        Err(json::decode::<ErrorBody>(&text).map_or(Failure::Broken, |body| Failure::Refused(body.error)))
    }
}

/// Whether it was a success, and the text of the answer. `None` if there is no answer, or not the whole of it.
async fn send(path: &str, body: Option<&str>, signal: &AbortSignal) -> Option<(bool, String)> {
    let request = RequestInit::new();
    request.set_signal(Some(signal));
    if let Some(body) = body {
        request.set_method("POST");
        request.set_body(&JsValue::from_str(body));
        request.set_headers(&json::object([("content-type", "application/json".into())]));
    }
    let answer = JsFuture::from(web_sys::window()?.fetch_with_str_and_init(path, &request)).await.ok()?;
    // What `fetch` fulfils with is never anything else.
    let answer: Response = answer.unchecked_into();
    let text = JsFuture::from(answer.text().ok()?).await.ok()?.as_string()?;
    Some((answer.ok(), text))
}
