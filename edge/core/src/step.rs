//! A conversation with a provider as plain data: send this, then hand me the answer. Whoever holds a [`Step`] does the I/O.

use crate::provider::ProviderError;
use bytes::Bytes;

/// What to do with the answer to a request.
pub type Next<T> = Box<dyn FnOnce(http::Response<Bytes>) -> Result<Step<T>, ProviderError>>;

/// One turn of a conversation.
#[allow(
    clippy::large_enum_variant,
    reason = "only where pointers are wide, so no `expect`: a step is made once a call and moved at once; a box would only add noise at the seam"
)]
pub enum Step<T> {
    /// Send this request and give the answer to [`Next`]. What is signed is exactly what is sent: send the bytes as they are.
    Send(http::Request<Bytes>, Next<T>),
    /// The conversation is over.
    Done(T),
}

impl<T: 'static> Step<T> {
    /// A request and what to make of its answer, where no further request follows.
    pub fn ask(request: http::Request<Bytes>, read: impl FnOnce(http::Response<Bytes>) -> Result<T, ProviderError> + 'static) -> Self {
        Self::Send(request, Box::new(move |response| read(response).map(Step::Done)))
    }
}
