//! A simulated `OxaPay` account: the merchant API, version 1, as documented, and as its own SDKs show it where documents are silent.
//!
//! In scope: invoices, white label, payment information, history, accepted currencies, supported currencies and networks, webhooks.
//! Out of scope: payouts, swaps, static addresses, the hosted page itself. HTTP status and the envelope's `status` always agree here;
//! that they need not is what the adapter's contract tests are for. How payments go is told in [`control`].

mod coins;
pub mod control;
mod create;
mod envelope;
mod fields;
mod history;
mod payment;
pub mod webhooks;

use super::seeded::Seeded;
use super::{Delivery, LostAnswer, Simulator};
use bytes::Bytes;
use checkout_shared::time::{Millis, Timestamp};
use control::{Fault, FaultKind, Received};
use envelope::{Refused, answered};
use http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use payment::Payment;
use rust_decimal::Decimal;
use serde::Serialize;

/// How many requests the log keeps.
const LONGEST_LOG: usize = 10_000;

/// What is fixed about an account.
#[derive(Clone, Debug)]
pub struct Config {
    /// The merchant API key.
    pub merchant_key: String,
    /// Decides all ids and addresses.
    pub seed: u64,
    /// How long a confirmation takes on every network.
    pub confirmation_every: Millis,
    /// What hosted pages' addresses begin with.
    pub payment_page: String,
    /// The merchant's setting for how much too little still counts, in percent.
    pub under_paid_coverage: Decimal,
    /// The coins the merchant has switched on; all where none is named.
    pub accepted: Vec<String>,
}

impl Config {
    /// An account that accepts every coin, counts nothing short as paid and confirms every second and a half.
    #[must_use]
    pub fn new(merchant_key: impl Into<String>) -> Self {
        Self {
            merchant_key: merchant_key.into(),
            seed: 1,
            confirmation_every: Millis(1500),
            payment_page: "https://pay.oxapay.com".to_owned(),
            under_paid_coverage: Decimal::ZERO,
            accepted: Vec::new(),
        }
    }

    fn accepts(&self, symbol: &str) -> bool {
        self.accepted.is_empty() || self.accepted.iter().any(|accepted| accepted == symbol)
    }
}

/// A simulated account.
#[derive(Debug)]
pub struct OxaPay {
    config: Config,
    seeded: Seeded,
    payments: Vec<Payment>,
    outbox: webhooks::Outbox,
    faults: Vec<Fault>,
    requests: Vec<Received>,
}

#[derive(Serialize)]
struct List<T> {
    list: Vec<T>,
}

impl OxaPay {
    /// An account without payments.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let seeded = Seeded::new(config.seed);
        Self { config, seeded, payments: Vec::new(), outbox: webhooks::Outbox::default(), faults: Vec::new(), requests: Vec::new() }
    }

    fn payment(&self, track_id: &str) -> Option<&Payment> {
        self.payments.iter().find(|payment| payment.track_id == track_id)
    }

    /// Lets time pass for every payment.
    fn advance(&mut self, now: Timestamp) {
        for at in 0..self.payments.len() {
            if self.payments[at].advance(now, self.config.confirmation_every) {
                self.notify(at, "Paid", now);
            }
        }
    }

    fn notify(&mut self, at: usize, status: &'static str, now: Timestamp) {
        let Some(notification) = webhooks::notification(&self.payments[at], status, &self.config.merchant_key) else { return };
        match self.take_fault(|fault| matches!(fault.kind, FaultKind::Lose | FaultKind::Duplicate)) {
            Some(FaultKind::Lose) => {}
            Some(FaultKind::Duplicate) => {
                self.outbox.push(notification.clone(), now);
                self.outbox.push(notification, now);
            }
            _ => self.outbox.push(notification, now),
        }
    }

    fn answer(&mut self, request: &http::Request<Bytes>, now: Timestamp) -> http::Response<Bytes> {
        self.advance(now);
        self.route(request, now).unwrap_or_else(|refused| refused.response())
    }

    fn route(&mut self, request: &http::Request<Bytes>, now: Timestamp) -> Result<http::Response<Bytes>, Refused> {
        let path = request.uri().path().trim_end_matches('/').to_owned();
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        let method = request.method().as_str();
        if segments.get(..2) == Some(&["v1", "payment"]) {
            self.authorize(request)?;
        }
        match (method, segments.as_slice()) {
            ("GET", ["v1", "common", "currencies"]) => Ok(answered(coins::currencies())),
            ("GET", ["v1", "common", "networks"]) => Ok(answered(List { list: coins::networks() })),
            ("POST", ["v1", "payment", "invoice"]) => self.create_invoice(request.body(), now),
            ("POST", ["v1", "payment", "white-label"]) => self.create_white_label(request.body(), now),
            ("GET", ["v1", "payment"]) => history::history(&self.payments, request.uri().query().unwrap_or_default()),
            ("GET", ["v1", "payment", "accepted-currencies"]) => {
                let list = coins::symbols().into_iter().filter(|symbol| self.config.accepts(symbol)).collect();
                Ok(answered(List { list }))
            }
            ("GET", ["v1", "payment", track_id]) => {
                let payment = self.payment(track_id).ok_or_else(|| Refused::not_found("track_id", "The payment was not found"))?;
                Ok(answered(payment.record()))
            }
            _ => Err(Refused::not_found("", "The requested URL was not found")),
        }
    }

    fn authorize(&self, request: &http::Request<Bytes>) -> Result<(), Refused> {
        let key = request.headers().get("merchant_api_key");
        let is_ours = key.is_some_and(|key| key.as_bytes() == self.config.merchant_key.as_bytes());
        if is_ours { Ok(()) } else { Err(Refused::unauthorized()) }
    }

    fn log(&mut self, request: &http::Request<Bytes>, now: Timestamp) {
        if self.requests.len() >= LONGEST_LOG {
            self.requests.remove(0);
        }
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        self.requests.push(Received {
            at: now,
            method: request.method().to_string(),
            path: request.uri().path_and_query().map_or_else(String::new, ToString::to_string),
            headers: request.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
            body: String::from_utf8_lossy(request.body()).into_owned(),
        });
    }
}

impl Simulator for OxaPay {
    fn handle(&mut self, request: http::Request<Bytes>, now: Timestamp) -> http::Response<Bytes> {
        let path = request.uri().path().to_owned();
        if path.starts_with("/control/") {
            return self.control(&request, now);
        }
        self.log(&request, now);
        let is_call = |fault: &Fault| !matches!(fault.kind, FaultKind::Lose | FaultKind::Duplicate);
        match self.take_fault(|fault| is_call(fault) && path.starts_with(&fault.path)) {
            Some(FaultKind::Status500) => Refused::broken().response(),
            Some(FaultKind::Html) => bad_gateway(),
            Some(FaultKind::RateLimited) => {
                let mut response = Refused::rate_limited().response();
                response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("2"));
                response
            }
            Some(FaultKind::TimeoutAfterWork) => {
                let mut response = self.answer(&request, now);
                response.extensions_mut().insert(LostAnswer);
                response
            }
            Some(FaultKind::Truncate) => self.answer(&request, now).map(|body| body.slice(..body.len() / 2)),
            Some(FaultKind::Lose | FaultKind::Duplicate) | None => self.answer(&request, now),
        }
    }

    fn due_webhooks(&mut self, now: Timestamp) -> Vec<Delivery> {
        self.advance(now);
        self.outbox.due(now)
    }

    fn webhook_answered(&mut self, id: u64, answer: Option<&http::Response<Bytes>>, now: Timestamp) {
        self.outbox.answered(id, answer, now);
    }
}

fn bad_gateway() -> http::Response<Bytes> {
    let mut response = http::Response::new(Bytes::from_static(b"<html><head><title>502 Bad Gateway</title></head><body></body></html>"));
    *response.status_mut() = http::StatusCode::BAD_GATEWAY;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
    response
}
