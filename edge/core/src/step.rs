//! A conversation with a provider as plain data: send this, then hand me the answer. Whoever holds a [`Step`] does the I/O.

use crate::provider::{Operation, ProviderError};
use bytes::Bytes;

/// What to do with the answer to a request.
pub type Next<T> = Box<dyn FnOnce(http::Response<Bytes>) -> Operation<T>>;

/// One turn of a conversation.
#[allow(
    clippy::large_enum_variant,
    reason = "only where pointers are wide, so no `expect`: a step is made once a call and moved at once; a box would only add noise at the seam"
)]
pub enum Step<T> {
    /// Send this request and give the answer to [`Next`]. What is signed is exactly what is sent: send the bytes as they are.
    Send(http::Request<Bytes>, Next<T>),
    /// Hand over a number that only the account as a whole can give.
    Number(Number, Box<dyn FnOnce(u64) -> Operation<T>>),
    /// The conversation is over.
    Done(T),
}

/// A number that only the account as a whole can give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Number {
    /// The number of the next request: greater than every one given before, for the very next [`Step::Send`] and for nothing else.
    /// No other numbered request of the account may be under way from now until that one's answer is here, or they could arrive in
    /// another order than they were numbered in.
    Request,
    /// The whole number that stands for a reference of ours at the provider: unique, and always the same for the same reference.
    Order(String),
}

/// Marks a request (as an extension) that only asks although it is no GET: nothing can have changed if its answer is lost.
#[derive(Clone, Copy, Debug)]
pub struct OnlyAsks;

/// Whether a request only asks.
#[must_use]
pub fn only_asks(request: &http::Request<Bytes>) -> bool {
    request.method() == http::Method::GET || request.extensions().get::<OnlyAsks>().is_some()
}

impl<T: 'static> Step<T> {
    /// A request and what to make of its answer, where no further request follows.
    pub fn ask(request: http::Request<Bytes>, read: impl FnOnce(http::Response<Bytes>) -> Result<T, ProviderError> + 'static) -> Self {
        Self::Send(request, Box::new(move |response| read(response).map(Step::Done)))
    }

    /// A request that carries the number of its own.
    pub fn numbered(go_on: impl FnOnce(u64) -> Operation<T> + 'static) -> Self {
        Self::Number(Number::Request, Box::new(go_on))
    }

    /// What follows once this conversation has come to its result.
    pub fn and_then<U: 'static>(self, go_on: impl FnOnce(T) -> Operation<U> + 'static) -> Operation<U> {
        match self {
            Self::Done(value) => go_on(value),
            Self::Send(request, next) => Ok(Step::Send(request, Box::new(move |response| next(response)?.and_then(go_on)))),
            Self::Number(number, next) => Ok(Step::Number(number, Box::new(move |value| next(value)?.and_then(go_on)))),
        }
    }
}
