//! A simulated `OkiPays` account: the public lists, order/create, order/get and the Result URL callback, as documented, and as
//! third-party implementations of the same API show it where the document is silent.
//!
//! In scope: the token and the signature of every private request, its strictly greater number across all of them, unique order
//! numbers, both shapes of errors, all statuses, callbacks signed or not, and what the merchant's answer to one does to an order.
//! Left out, because it is documented nowhere: how often a failed callback is sent again (here it is not), the texts and codes of
//! refusals beyond the three documented ones (made up here, in the vendor's framework's shape), commissions (nought here), and the
//! other calls that third parties report (balances, addresses, pay-ins).
//!
//! Where implementations disagree about what is signed (booleans, null), nothing that carries such a value is taken. How orders go is
//! told in `order`.

mod calls;
mod envelope;
mod lists;
mod notifications;
mod order;
pub mod signature;

use super::seeded::Seeded;
use super::{Action, Impossible, PaymentSummary, Setting, Vendor};
use bytes::Bytes;
use checkout_shared::time::{Millis, Timestamp};
use envelope::{Refused, answered};
pub use lists::NetworkList;
use notifications::Verdict;
use order::{Order, Status};

/// What is fixed about an account.
#[derive(Clone, Debug)]
pub struct Config {
    /// The token that the account is known by.
    pub token: String,
    /// What it signs with.
    pub secret: String,
    /// Decides all ids and addresses.
    pub seed: u64,
    /// How long money that was seen is in process.
    pub processing_takes: Millis,
    /// Whether callbacks carry `token` and `sign`. The document does not say that they do; a third-party receiver shows it.
    pub signs_callbacks: bool,
    /// Whether order/create knows `redirect_url`, which third-party clients send.
    pub knows_redirect: bool,
    /// Which of its two documented shapes the list of networks has.
    pub network_list: NetworkList,
}

impl Config {
    /// An account that signs its callbacks and settles payments after a second and a half.
    #[must_use]
    pub fn new(token: impl Into<String>, secret: impl Into<String>) -> Self {
        Self {
            token: token.into(),
            secret: secret.into(),
            seed: 1,
            processing_takes: Millis(1500),
            signs_callbacks: true,
            knows_redirect: true,
            network_list: NetworkList::AsDescribed,
        }
    }
}

/// A simulated account.
#[derive(Debug)]
pub struct OkiPays {
    config: Config,
    seeded: Seeded,
    origin: String,
    /// Set by the merchant in the cabinet, not by orders. Empty: none.
    result_url: String,
    last_request_id: u64,
    stale_requests: u32,
    orders: Vec<Order>,
    callbacks: Vec<http::Request<Bytes>>,
}

impl OkiPays {
    /// An account without orders.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self {
            seeded: Seeded::new(config.seed),
            config,
            origin: "https://api.okipays.com".to_owned(),
            result_url: String::new(),
            last_request_id: 0,
            stale_requests: 0,
            orders: Vec::new(),
            callbacks: Vec::new(),
        }
    }

    /// Somebody else with the same token has used a number.
    pub const fn take_request_id(&mut self, request_id: u64) {
        self.last_request_id = request_id;
    }

    /// How many requests were refused because their number was not greater than one before.
    #[must_use]
    pub const fn stale_requests(&self) -> u32 {
        self.stale_requests
    }

    fn route(&mut self, request: &http::Request<Bytes>, now: Timestamp) -> Result<http::Response<Bytes>, Refused> {
        let token = self.config.token.clone();
        match (request.method().as_str(), request.uri().path()) {
            ("GET", "/v1/public/currency-list") => Ok(answered(None, &lists::currency_list(), &token)),
            ("GET", "/v1/public/currency-network-list") => Ok(answered(None, &lists::network_list(self.config.network_list), &token)),
            ("POST", "/v1/order/create") => {
                let body = self.authentic(request)?;
                let order = self.create(&body, now)?;
                Ok(answered(Some("Success send request to create order"), &order, &token))
            }
            ("POST", "/v1/order/get") => {
                let body = self.authentic(request)?;
                Ok(answered(Some("Success get order data."), &self.get(&body)?, &token))
            }
            (_, "/v1/order/create" | "/v1/order/get") => Err(Refused::method("POST")),
            (_, "/v1/public/currency-list" | "/v1/public/currency-network-list") => Err(Refused::method("GET")),
            _ => Err(Refused::not_found()),
        }
    }

    fn order(&self, order_id: u64) -> Option<&Order> {
        self.orders.iter().find(|order| order.number == order_id)
    }

    /// Tells the merchant, where the order is in one of the statuses that callbacks are sent for and there is an address for them.
    fn notify(&mut self, at: usize, now: Timestamp) {
        if self.result_url.is_empty() || !self.orders[at].status.is_notified() {
            return;
        }
        let callback = notifications::callback(&self.orders[at], &self.config, &self.result_url, now);
        self.callbacks.push(callback);
    }

    fn advance_order(&mut self, at: usize, now: Timestamp) {
        while self.orders[at].advance(now) {
            self.notify(at, now);
        }
    }
}

impl Vendor for OkiPays {
    fn name(&self) -> &'static str {
        "OkiPays"
    }

    fn settings(&self, origin: &str) -> Vec<Setting> {
        vec![
            Setting::plain("OKIPAYS_URL", origin),
            Setting::plain("OKIPAYS_SEND_REDIRECT", self.config.knows_redirect.to_string()),
            Setting::secret("OKIPAYS_TOKEN", self.config.token.as_str()),
            Setting::secret("OKIPAYS_SECRET", self.config.secret.as_str()),
        ]
    }

    fn locate(&mut self, origin: &str, notify_url: &str) {
        origin.clone_into(&mut self.origin);
        notify_url.clone_into(&mut self.result_url);
    }

    fn answer(&mut self, request: &http::Request<Bytes>, now: Timestamp) -> http::Response<Bytes> {
        self.advance(now);
        self.route(request, now).unwrap_or_else(|refused| refused.response(&self.config.token))
    }

    fn advance(&mut self, now: Timestamp) {
        for at in 0..self.orders.len() {
            self.advance_order(at, now);
        }
    }

    fn payments(&self) -> Vec<PaymentSummary> {
        self.orders.iter().map(Order::summary).collect()
    }

    fn act(&mut self, reference: &str, action: Action, now: Timestamp) -> Result<(), Impossible> {
        let at = self.orders.iter().position(|order| order.number.to_string() == reference).ok_or(Impossible::NoSuchPayment)?;
        if action == Action::Late {
            self.orders[at].end(now)?;
            self.advance_order(at, now);
        }
        let settles_at = now + self.config.processing_takes;
        let before = self.orders[at].status;
        self.orders[at].happen(action, settles_at, now, &mut self.seeded)?;
        if self.orders[at].status != before {
            self.notify(at, now);
        }
        self.advance_order(at, now);
        Ok(())
    }

    fn page_actions(&self, reference: &str) -> Vec<Action> {
        let order = self.orders.iter().find(|order| order.number.to_string() == reference);
        order.map(|order| order.page_actions().to_vec()).unwrap_or_default()
    }

    fn notifications(&mut self) -> Vec<http::Request<Bytes>> {
        std::mem::take(&mut self.callbacks)
    }

    /// The answer closes the order or ends it, whatever has come of it: that is how the vendor documents it.
    fn acknowledged(&mut self, notification: &http::Request<Bytes>, answer: &http::Response<Bytes>, now: Timestamp) -> bool {
        let order_id = notifications::order_of(notification);
        if let Some(order) = self.orders.iter_mut().find(|order| Some(order.number) == order_id) {
            match notifications::verdict(answer) {
                Some(Verdict::Done) => order.conclude(Status::Completed, now),
                Some(Verdict::Cancel) => order.conclude(Status::Cancelled, now),
                None => {}
            }
        }
        answer.status().is_success()
    }

    fn retry_waits(&self) -> &'static [Millis] {
        &[]
    }

    fn settle_every(&mut self, span: Millis) {
        self.config.processing_takes = span;
    }

    fn most_at_once(&self) -> Option<u32> {
        None
    }

    fn broken(&self) -> http::Response<Bytes> {
        Refused::broken().response(&self.config.token)
    }

    fn rate_limited(&self) -> http::Response<Bytes> {
        Refused::rate_limited().response(&self.config.token)
    }
}
