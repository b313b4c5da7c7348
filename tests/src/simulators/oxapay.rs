//! A simulated `OxaPay` account: the merchant API, version 1, as documented, and as its own SDKs show it where documents are silent.
//!
//! In scope: invoices, white label, static addresses, payment information, history, statistics, accepted currencies, the lists that are
//! the same for everybody (currencies, networks, prices, fiats), system status, webhooks. Out of scope: payouts, swaps, balances, money
//! that comes to static addresses. HTTP status and the envelope's `status` always agree here;
//! that they need not is what the adapter's contract tests are for. How payments go is told through
//! [`Vendor::act`].

mod coins;
mod control;
mod create;
mod envelope;
mod fields;
mod history;
mod payment;
mod static_address;
pub mod webhooks;

use super::seeded::Seeded;
use super::{Action, Impossible, PaymentSummary, Setting, Vendor};
use bytes::Bytes;
use checkout_shared::time::{Millis, Timestamp};
use envelope::{Refused, answered};
use payment::Payment;
use rust_decimal::Decimal;
use serde::Serialize;
use static_address::StaticAddress;

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
    static_addresses: Vec<StaticAddress>,
    notifications: Vec<http::Request<Bytes>>,
}

#[derive(Serialize)]
struct List<T> {
    list: Vec<T>,
}

/// System Status.
#[derive(Serialize)]
struct Monitor {
    status: bool,
}

impl OxaPay {
    /// An account without payments.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let seeded = Seeded::new(config.seed);
        Self { config, seeded, payments: Vec::new(), static_addresses: Vec::new(), notifications: Vec::new() }
    }

    fn payment(&self, track_id: &str) -> Option<&Payment> {
        self.payments.iter().find(|payment| payment.track_id == track_id)
    }

    fn notify(&mut self, at: usize, status: &'static str) {
        self.notifications.extend(webhooks::notification(&self.payments[at], status, &self.config.merchant_key));
    }

    fn route(&mut self, request: &http::Request<Bytes>, now: Timestamp) -> Result<http::Response<Bytes>, Refused> {
        let path = request.uri().path().trim_end_matches('/').to_owned();
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        let method = request.method().as_str();
        if segments.get(..2) == Some(&["v1", "payment"]) {
            self.authorize(request)?;
        }
        let query = request.uri().query().unwrap_or_default();
        match (method, segments.as_slice()) {
            ("GET", ["v1", "common", list]) => common(list),
            ("POST", ["v1", "payment", "invoice"]) => self.create_invoice(request.body(), now),
            ("POST", ["v1", "payment", "white-label"]) => self.create_white_label(request.body(), now),
            ("POST", ["v1", "payment", "static-address"]) => self.create_static_address(request.body(), now),
            ("POST", ["v1", "payment", "static-address", "revoke"]) => self.revoke_static_address(request.body()),
            ("GET", ["v1", "payment"]) => history::history(&self.payments, query),
            // These come before a payment's number, whose place in the path they share.
            ("GET", ["v1", "payment", "static-address"]) => self.list_static_addresses(query),
            ("GET", ["v1", "payment", "stats"]) => history::statistics(&self.payments, query),
            ("GET", ["v1", "payment", "accepted-currencies"]) => {
                let list = coins::symbols().into_iter().filter(|symbol| self.config.accepts(symbol)).collect();
                Ok(answered(List { list }))
            }
            ("GET", ["v1", "payment", track_id]) => {
                let payment = self.payment(track_id).ok_or_else(|| Refused::not_found("track_id", "The payment was not found"))?;
                Ok(answered(payment.record()))
            }
            _ => Err(nowhere()),
        }
    }

    fn authorize(&self, request: &http::Request<Bytes>) -> Result<(), Refused> {
        let key = request.headers().get("merchant_api_key");
        let is_ours = key.is_some_and(|key| key.as_bytes() == self.config.merchant_key.as_bytes());
        if is_ours { Ok(()) } else { Err(Refused::unauthorized()) }
    }
}

/// What is the same for every account.
fn common(list: &str) -> Result<http::Response<Bytes>, Refused> {
    match list {
        "currencies" => Ok(answered(coins::currencies())),
        "networks" => Ok(answered(List { list: coins::networks() })),
        "prices" => Ok(answered(coins::prices())),
        "fiats" => Ok(answered(coins::fiats())),
        "monitor" => Ok(answered(Monitor { status: true })),
        _ => Err(nowhere()),
    }
}

fn nowhere() -> Refused {
    Refused::not_found("", "The requested URL was not found")
}

impl Vendor for OxaPay {
    fn name(&self) -> &'static str {
        "OxaPay"
    }

    fn settings(&self, origin: &str) -> Vec<Setting> {
        vec![
            Setting::plain("OXAPAY_URL", format!("{origin}/v1")),
            Setting::secret("OXAPAY_MERCHANT_KEY", self.config.merchant_key.as_str()),
        ]
    }

    /// Each payment names the address of its notifications.
    fn locate(&mut self, origin: &str, _: &str) {
        self.config.payment_page = format!("{origin}/pay");
    }

    fn answer(&mut self, request: &http::Request<Bytes>, now: Timestamp) -> http::Response<Bytes> {
        self.advance(now);
        self.route(request, now).unwrap_or_else(|refused| refused.response())
    }

    fn advance(&mut self, now: Timestamp) {
        for at in 0..self.payments.len() {
            if self.payments[at].advance(now, self.config.confirmation_every) {
                self.notify(at, "Paid");
            }
        }
    }

    fn payments(&self) -> Vec<PaymentSummary> {
        self.payments.iter().map(control::summary).collect()
    }

    fn act(&mut self, reference: &str, action: Action, now: Timestamp) -> Result<(), Impossible> {
        self.happen(reference, action, now)
    }

    fn page_actions(&self, reference: &str) -> Vec<Action> {
        self.payment(reference).map(control::page_actions).unwrap_or_default()
    }

    fn notifications(&mut self) -> Vec<http::Request<Bytes>> {
        std::mem::take(&mut self.notifications)
    }

    fn acknowledged(&mut self, _: &http::Request<Bytes>, answer: &http::Response<Bytes>, _: Timestamp) -> bool {
        webhooks::is_acknowledgement(answer)
    }

    fn retry_waits(&self) -> &'static [Millis] {
        &webhooks::RETRY_WAITS
    }

    fn settle_every(&mut self, span: Millis) {
        self.config.confirmation_every = span;
    }

    fn most_at_once(&self) -> Option<u32> {
        None
    }

    fn broken(&self) -> http::Response<Bytes> {
        Refused::broken().response()
    }

    fn rate_limited(&self) -> http::Response<Bytes> {
        Refused::rate_limited().response()
    }
}
