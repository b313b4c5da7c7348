//! Simulators of the payment providers, one file per vendor: as strict as the real one, deterministic, and without I/O.
//!
//! A vendor ([`Vendor`]) is handed requests and the time and gives back answers and notifications, so tests can run years in a
//! moment. [`Simulated`] puts around any vendor what is the same for all: faults, the log of what was asked, hosted pages, limits,
//! the sending of notifications and `/control/…`. [`server`] puts that on a loopback port with a real clock. Simulators share no
//! code with the adapters they are there to check.
//!
//! Adding one: a file here and an arm in [`vendor`]; the compiler asks for it.

pub mod control;
pub mod hosted_page;
pub mod oceanex;
pub mod okipays;
pub mod onecheckout;
pub mod outbox;
pub mod oxapay;
mod seeded;
pub mod server;
pub mod simulated;

pub use control::{Action, Fault, FaultKind, Impossible, PaymentSummary, Received};
pub use simulated::{Sent, Simulated};

use bytes::Bytes;
use checkout_shared::provider::ProviderId;
use checkout_shared::time::{Millis, Timestamp};
use std::any::Any;
use std::fmt::Debug;

/// A vendor's API that never was: what is particular to one vendor.
pub trait Vendor: Any + Debug + Send {
    /// What people call it: `OxaPay`.
    fn name(&self) -> &'static str;

    /// What a Worker must be told to use this account when it is at `origin` (e.g. `http://127.0.0.1:9000`).
    fn settings(&self, origin: &str) -> Vec<Setting>;

    /// Tells the vendor its own origin, for the links it gives out, and where it sends notifications that name no address of their own.
    fn locate(&mut self, origin: &str, notify_url: &str);

    /// Answers a request to the vendor's API.
    fn answer(&mut self, request: &http::Request<Bytes>, now: Timestamp) -> http::Response<Bytes>;

    /// Lets time pass.
    fn advance(&mut self, now: Timestamp);

    /// Every payment, newest last.
    fn payments(&self) -> Vec<PaymentSummary>;

    /// Lets something happen to a payment, by the vendor's reference.
    fn act(&mut self, reference: &str, action: Action, now: Timestamp) -> Result<(), Impossible>;

    /// What a customer can do on the hosted page of a payment as it stands now, in the order of the buttons.
    fn page_actions(&self, reference: &str) -> Vec<Action>;

    /// The notifications that have come up since this was last asked, ready to be sent.
    fn notifications(&mut self) -> Vec<http::Request<Bytes>>;

    /// A notification was answered. Whether that is what the vendor wants to hear; if not, it is sent again.
    fn acknowledged(&mut self, notification: &http::Request<Bytes>, answer: &http::Response<Bytes>, now: Timestamp) -> bool;

    /// How long it waits after each failed notification; after the last it gives up.
    fn retry_waits(&self) -> &'static [Millis];

    /// How long money that was seen takes to count, from now on: a confirmation's time, or the whole of it where there are none.
    /// Nothing where payments are final at once.
    fn settle_every(&mut self, span: Millis);

    /// The most requests it lets be under way at once.
    fn most_at_once(&self) -> Option<u32>;

    /// Its own broken answer (status 500).
    fn broken(&self) -> http::Response<Bytes>;

    /// Its answer to too many requests (status 429).
    fn rate_limited(&self) -> http::Response<Bytes>;
}

/// One thing a Worker must be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The name in `wrangler.toml`.
    pub name: &'static str,
    /// What it is set to.
    pub value: String,
    /// Whether it is a secret.
    pub secret: bool,
}

impl Setting {
    /// A setting that anybody may read.
    pub fn plain(name: &'static str, value: impl Into<String>) -> Self {
        Self { name, value: value.into(), secret: false }
    }

    /// A secret.
    pub fn secret(name: &'static str, value: impl Into<String>) -> Self {
        Self { name, value: value.into(), secret: true }
    }
}

/// An account at a vendor, with keys made from a seed by the caller (`key(1)`, `key(2)`, …: different and unguessable in a demo).
#[must_use]
pub fn vendor(id: ProviderId, key: &dyn Fn(u32) -> String) -> Box<dyn Vendor> {
    match id {
        ProviderId::Oxapay => Box::new(oxapay::OxaPay::new(oxapay::Config::new(key(1)))),
        ProviderId::Okipays => Box::new(okipays::OkiPays::new(okipays::Config::new(key(1), key(2)))),
        ProviderId::Oceanex => Box::new(oceanex::OceanEx::new(oceanex::Config::new(key(1)))),
        ProviderId::Onecheckout => Box::new(onecheckout::Onecheckout::new(onecheckout::Config::new(key(1)))),
    }
}

/// A payment provider that never was, as servers and drivers use it.
pub trait Simulator {
    /// A request has come in. It is let in until [`Simulator::leave`], or turned away with an answer: too many at once.
    #[expect(clippy::result_large_err, reason = "a refusal is an answer like any other")]
    fn enter(&mut self, request: &http::Request<Bytes>, now: Timestamp) -> Result<Entered, http::Response<Bytes>>;

    /// The answer to a request that was let in is on its way.
    fn leave(&mut self, entered: Entered);

    /// Answers a request: the vendor's own API, its hosted pages, and `/control/…` where tests and the demo say how things go.
    fn handle(&mut self, request: http::Request<Bytes>, now: Timestamp) -> http::Response<Bytes>;

    /// The webhooks to send now. Each is given once; tell [`Simulator::webhook_answered`] how it went.
    fn due_webhooks(&mut self, now: Timestamp) -> Vec<Delivery>;

    /// What a webhook was answered; `None` if it could not be delivered.
    fn webhook_answered(&mut self, id: u64, answer: Option<&http::Response<Bytes>>, now: Timestamp);
}

/// A request that was let in and has not left.
#[derive(Debug)]
#[must_use = "whoever was let in has to leave"]
pub struct Entered {
    /// Whether it is one of those that the vendor bounds.
    counts: bool,
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
