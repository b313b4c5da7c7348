//! Sends one event to the merchant's server and says what came of it. What is sent is built by `checkout_core::standard_webhooks`; when,
//! and what an outcome means, is `checkout_core::outbox`'s.

use crate::upstream::outgoing;
use checkout_core::merchant_endpoint::MerchantEndpoint;
use checkout_core::outbox::Outcome;
use checkout_core::standard_webhooks;
use checkout_shared::event::EventId;
use checkout_shared::time::Timestamp;
use futures_util::future::{Either, select};
use std::pin::pin;
use std::time::Duration;
use worker::{AbortController, AbortSignal, Delay, Fetch, Request};

/// The longest the merchant's server may take to answer, as Standard Webhooks recommends. Shorter than the outbox's lease.
const TIME_LIMIT: Duration = Duration::from_secs(15);

/// Sends it once. No error's text is kept: it could show the address, which may hold a secret of the merchant's.
pub async fn send(endpoint: &MerchantEndpoint, id: &EventId, body: &str, now: Timestamp) -> Outcome {
    let Ok(request) = standard_webhooks::request(&endpoint.url, &endpoint.keys, &id.to_string(), now, body) else {
        return Outcome::Unreachable;
    };
    let Ok(request) = outgoing(request) else { return Outcome::Unreachable };
    let abort = AbortController::default();
    let signal = abort.signal();
    let status = pin!(status(request, &signal));
    match select(status, pin!(Delay::from(TIME_LIMIT))).await {
        Either::Left((Ok(status), _)) => Outcome::Status(status),
        Either::Left((Err(_), _)) => Outcome::Unreachable,
        Either::Right(((), _)) => {
            abort.abort();
            Outcome::Timeout
        }
    }
}

/// The status alone. The answer's body means nothing and may be endless: it is let go unread.
async fn status(request: Request, signal: &AbortSignal) -> worker::Result<u16> {
    let mut response = Fetch::Request(request).send_with_signal(signal).await?;
    // A stream that is dropped is cancelled, and its connection freed. An answer without a body has no stream.
    drop(response.stream());
    Ok(response.status_code())
}
