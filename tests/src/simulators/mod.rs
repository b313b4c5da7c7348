//! Simulators of the payment providers, one file per vendor: as strict as the real one, deterministic, and without I/O.
//!
//! A simulator is handed requests and the time and gives back answers and webhooks, so tests can run years in a moment. [`server`]
//! puts one on a loopback port with a real clock. Simulators share no code with the adapters they are there to check.

pub mod oxapay;
mod seeded;
pub mod server;

use bytes::Bytes;
use checkout_shared::time::Timestamp;

/// A payment provider that never was.
pub trait Simulator {
    /// Answers a request: the vendor's own API, and `/control/…` where tests and the demo say how payments go.
    fn handle(&mut self, request: http::Request<Bytes>, now: Timestamp) -> http::Response<Bytes>;

    /// The webhooks to send now. Each is given once; tell [`Simulator::webhook_answered`] how it went.
    fn due_webhooks(&mut self, now: Timestamp) -> Vec<Delivery>;

    /// What a webhook was answered; `None` if it could not be delivered.
    fn webhook_answered(&mut self, id: u64, answer: Option<&http::Response<Bytes>>, now: Timestamp);
}

/// A webhook on its way.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// To tell the answer by.
    pub id: u64,
    /// The request to send as it is.
    pub request: http::Request<Bytes>,
}

/// Marks a response (as an extension) that must not reach its caller: the work is done, the answer is lost.
#[derive(Clone, Copy, Debug)]
pub struct LostAnswer;
