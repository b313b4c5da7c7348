//! Sends what the core built and hands back the answer. The one place that calls providers.

use bytes::Bytes;
use checkout_core::provider::ProviderError;
use checkout_core::step;
use futures_util::StreamExt;
use futures_util::future::{Either, select};
use std::pin::pin;
use std::time::Duration;
use wasm_bindgen::JsValue;
use worker::{AbortController, Delay, Fetch, Headers, Method, Request, RequestInit, RequestRedirect, Response};

/// The longest a provider may take over one answer.
const TIME_LIMIT: Duration = Duration::from_secs(12);
/// The most bytes of one answer.
const ANSWER_MAX: usize = 2 * 1024 * 1024;

/// What a conversation may have changed at the provider so far.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum SoFar {
    /// Nothing: only news was asked for.
    OnlyAsked,
    /// Something.
    MaybeDone,
}

impl SoFar {
    /// A request that was not let go: after something was done, what was not asked any more is not known.
    pub fn refused(self, error: ProviderError) -> ProviderError {
        match self {
            Self::OnlyAsked => error,
            Self::MaybeDone => ProviderError::MaybeSent { reason: error.to_string() },
        }
    }

    fn lost(self, reason: String) -> ProviderError {
        match self {
            Self::OnlyAsked => ProviderError::NotSent { reason },
            Self::MaybeDone => ProviderError::MaybeSent { reason },
        }
    }
}

/// A `fetch` that fails does not say whether the request had left, so a failure past building it counts as "maybe", except where
/// nothing sent so far changes anything.
pub async fn send(request: http::Request<Bytes>, so_far: &mut SoFar) -> Result<http::Response<Bytes>, ProviderError> {
    let only_asks = step::only_asks(&request);
    let request = outgoing(request).map_err(|error| so_far.lost(error.to_string()))?;
    if !only_asks {
        *so_far = SoFar::MaybeDone;
    }
    let abort = AbortController::default();
    let signal = abort.signal();
    let exchange = pin!(exchange(request, &signal));
    let answer = match select(exchange, pin!(Delay::from(TIME_LIMIT))).await {
        Either::Left((answer, _)) => answer,
        Either::Right(((), _)) => {
            abort.abort();
            return Err(so_far.lost(format!("no answer within {} s", TIME_LIMIT.as_secs())));
        }
    };
    answer.map_err(|error| so_far.lost(error.to_string()))
}

/// The platform's form of a request. Redirects are not followed.
pub fn outgoing(request: http::Request<Bytes>) -> worker::Result<Request> {
    let (parts, body) = request.into_parts();
    let headers = Headers::new();
    for (name, value) in &parts.headers {
        headers.set(name.as_str(), value.to_str().map_err(|_| worker::Error::from("a header is not text"))?)?;
    }
    let mut init = RequestInit::new();
    init.with_method(Method::from(parts.method.as_str().to_owned())).with_headers(headers);
    // A redirect would carry the key to a host that is not configured.
    init.with_redirect(RequestRedirect::Manual);
    if !body.is_empty() {
        init.with_body(Some(JsValue::from(body.to_vec())));
    }
    Request::new_with_init(&parts.uri.to_string(), &init)
}

async fn exchange(request: Request, signal: &worker::AbortSignal) -> worker::Result<http::Response<Bytes>> {
    let mut response = Fetch::Request(request).send_with_signal(signal).await?;
    let mut answer = http::Response::builder().status(response.status_code());
    for (name, value) in response.headers().entries() {
        answer = answer.header(name, value);
    }
    let body = read_capped(&mut response).await?;
    answer.body(body).map_err(|error| worker::Error::from(error.to_string()))
}

async fn read_capped(response: &mut Response) -> worker::Result<Bytes> {
    let mut stream = response.stream()?;
    let mut body = Vec::new();
    while let Some(chunk) = stream.next().await {
        body.extend_from_slice(&chunk?);
        if body.len() > ANSWER_MAX {
            return Err(worker::Error::from("the answer is larger than anything documented"));
        }
    }
    Ok(body.into())
}
