//! Runs a conversation with a provider against anything that answers requests at once: a simulator, or an answer out of a file.
//! The edge has a driver of its own with a network in between; this one has none.

use crate::simulators::LostAnswer;
use bytes::Bytes;
use checkout_core::provider::ProviderError;
use checkout_core::step::Step;
use http::{Method, Request, Response};

/// Runs a conversation to its end.
pub fn run<T>(
    begun: Result<Step<T>, ProviderError>,
    mut answer: impl FnMut(Request<Bytes>) -> Response<Bytes>,
) -> Result<T, ProviderError> {
    let mut step = begun?;
    loop {
        match step {
            Step::Done(outcome) => return Ok(outcome),
            Step::Send(request, next) => {
                let only_asks = request.method() == Method::GET;
                let response = answer(request);
                if response.extensions().get::<LostAnswer>().is_some() {
                    return Err(lost(only_asks));
                }
                step = next(response)?;
            }
        }
    }
}

/// What a driver says of an answer that never came: after a request that only asks, nothing can have been done.
fn lost(only_asks: bool) -> ProviderError {
    let reason = "no answer".to_owned();
    if only_asks { ProviderError::NotSent { reason } } else { ProviderError::MaybeSent { reason } }
}
