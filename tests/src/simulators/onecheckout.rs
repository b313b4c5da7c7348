//! A simulated Onecheckout account: the REST API, version 1.0, as documented, and as the vendor's demo store shows it where documents
//! are silent.
//!
//! In scope: every documented call, the three headers that carry the key, the three shapes of errors, the quota, notifications.
//! Made up, because nothing is published: what a notification looks like (unsigned, tried once: nothing more is promised), what events
//! other than the two documented ones are called, and that order ids are counted up, so that nobody can rely on guessing them being
//! hard. Out of scope: the hosted page itself, taxes and shipping of the vendor's own making, several merchants.

mod access;
mod account;
mod fields;
mod list;
mod order;
mod wire;

pub use access::Headers;
pub use wire::Units;

use super::seeded::Seeded;
use super::{Action, Impossible, PaymentSummary, Setting, Vendor};
use access::{About, Quota};
use account::Account;
use bytes::Bytes;
use checkout_shared::time::{Millis, Timestamp};
use order::{Order, Shape, Status};
use wire::{Refused, answered};

/// The path of the API.
const BASE: &str = "/api/v1.0/";

/// What is fixed about an account.
#[derive(Clone, Debug)]
pub struct Config {
    /// The API key.
    pub api_key: String,
    /// Decides all tokens.
    pub seed: u64,
    /// Which header the key is taken from.
    pub headers: Headers,
    /// In which unit amounts are written.
    pub units: Units,
    /// The currencies that orders may be in.
    pub currencies: Vec<String>,
    /// What customers can pay with.
    pub payment_methods: Vec<String>,
    /// Whether the list of orders repeats the merchant's references. The vendor's samples do not.
    pub list_references: bool,
    /// Whether reading an open order tells the page to pay on again. The vendor's samples do not.
    pub page_told_again: bool,
}

impl Config {
    /// An account as the documents have it.
    #[must_use]
    pub fn new(api_key: impl Into<String>) -> Self {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Self {
            api_key: api_key.into(),
            seed: 1,
            headers: Headers::Document,
            units: Units::Major,
            currencies: words(&["USD", "EUR", "GBP", "CHF", "JPY", "KRW", "VND", "BHD"]),
            payment_methods: words(&["paypal", "stripe_hosted"]),
            list_references: false,
            page_told_again: false,
        }
    }
}

/// A simulated account.
#[derive(Debug)]
pub struct Onecheckout {
    config: Config,
    seeded: Seeded,
    /// Where hosted pages are.
    origin: String,
    account: Account,
    /// In the order in which they were made.
    orders: Vec<Order>,
    quota: Quota,
    notifications: Vec<http::Request<Bytes>>,
}

impl Onecheckout {
    /// An account without orders.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let seeded = Seeded::new(config.seed);
        Self {
            config,
            seeded,
            origin: "https://checkout.onecheckout.com".to_owned(),
            account: Account::new(),
            orders: Vec::new(),
            quota: Quota::default(),
            notifications: Vec::new(),
        }
    }

    fn position(&self, id: &str) -> Option<usize> {
        self.orders.iter().position(|order| order.id == id)
    }

    fn route(&mut self, request: &http::Request<Bytes>, now: Timestamp) -> Result<http::Response<Bytes>, Refused> {
        let nowhere = || Refused::message(404, "Not Found");
        let path = request.uri().path().strip_prefix(BASE).ok_or_else(nowhere)?;
        let segments: Vec<&str> = path.split('/').collect();
        let call = Call::of(request.method().as_str(), &segments).ok_or_else(nowhere)?;
        access::authorize(request.headers(), &self.config, call.about())?;
        self.quota.count(now)?;
        let id = || id_of(&segments, request.uri());
        match call {
            Call::ReadAccount => Ok(answered(&self.account.record(&self.config))),
            Call::UpdateAccount => self.account.update(request.body(), now),
            Call::CreateOrder => self.create(request.body(), now),
            Call::ListOrders => list::list(&self.orders, &self.config, request.body()),
            Call::ReadOrder => {
                let at = self.position(&id().ok_or_else(|| Refused::plain(400, "id_required"))?).ok_or_else(Refused::no_such_id)?;
                Ok(answered(&self.orders[at].record(Shape::Read, &self.config, &self.origin)))
            }
            Call::CaptureOrder => {
                let at = self.position(&id().ok_or_else(|| Refused::plain(400, "id_required"))?).ok_or_else(Refused::no_such_id)?;
                self.capture(at, now)
            }
            Call::ListOrderEvents => {
                let at = self.position(&id().ok_or_else(|| Refused::coded(400, "id_required"))?).ok_or_else(Refused::no_such_id)?;
                Ok(answered(&self.orders[at].events(&self.config)))
            }
        }
    }

    fn create(&mut self, body: &[u8], now: Timestamp) -> Result<http::Response<Bytes>, Refused> {
        let terms = order::Terms::read(body, &self.config, &self.account)?;
        let id = format!("{:04}", self.orders.len() + 1);
        let token = self.seeded.text("abcdefghijklmnopqrstuvwxyz0123456789", 24);
        let order = Order::new(id, token, terms, now);
        let response = answered(&order.record(Shape::Created, &self.config, &self.origin));
        self.orders.push(order);
        Ok(response)
    }

    fn capture(&mut self, at: usize, now: Timestamp) -> Result<http::Response<Bytes>, Refused> {
        if !self.become_(at, &[Status::AwaitingCapture], Status::Paid, now) {
            return Err(Refused::plain(400, "order_status_invalid"));
        }
        Ok(answered(&self.orders[at].record(Shape::Captured, &self.config, &self.origin)))
    }

    /// Brings an order from one of these states into another, writes that down and tells the merchant. False: it is in none of them.
    fn become_(&mut self, at: usize, from: &[Status], to: Status, now: Timestamp) -> bool {
        let order = &mut self.orders[at];
        let can = from.contains(&order.status);
        if can {
            order.become_(to, now);
            self.notifications.extend(order.notification(&self.config, self.account.webhook_url()));
        }
        can
    }
}

impl Vendor for Onecheckout {
    fn name(&self) -> &'static str {
        "Onecheckout"
    }

    fn settings(&self, origin: &str) -> Vec<Setting> {
        let mut settings = vec![
            Setting::secret("ONECHECKOUT_API_KEY", self.config.api_key.clone()),
            Setting::plain("ONECHECKOUT_URL", format!("{origin}{}", BASE.trim_end_matches('/'))),
        ];
        settings.extend(self.config.headers.setting().map(|word| Setting::plain("ONECHECKOUT_AUTH", word)));
        settings.extend(self.config.units.setting().map(|word| Setting::plain("ONECHECKOUT_AMOUNTS", word)));
        settings
    }

    fn locate(&mut self, origin: &str, notify_url: &str) {
        origin.clone_into(&mut self.origin);
        self.account.set_webhook_url(notify_url);
    }

    fn answer(&mut self, request: &http::Request<Bytes>, now: Timestamp) -> http::Response<Bytes> {
        self.route(request, now).unwrap_or_else(|refused| refused.response())
    }

    fn advance(&mut self, _: Timestamp) {
        // Orders wait for ever, and nothing here takes time.
    }

    fn payments(&self) -> Vec<PaymentSummary> {
        self.orders.iter().map(Order::summary).collect()
    }

    fn act(&mut self, reference: &str, action: Action, now: Timestamp) -> Result<(), Impossible> {
        let at = self.position(reference).ok_or(Impossible::NoSuchPayment)?;
        let can = match action {
            Action::Exact => self.become_(at, &[Status::Open], Status::Paid, now),
            Action::Authorize => self.become_(at, &[Status::Open], Status::AwaitingCapture, now),
            Action::Cancel => self.become_(at, &[Status::Open], Status::Cancelled, now),
            Action::Refund => self.become_(at, &[Status::Paid], Status::Refunded, now),
            // A card page takes the whole amount or nothing, and orders do not expire. A declined card leaves the order as it is.
            Action::Half | Action::Rest | Action::Over | Action::Expire | Action::Late | Action::Accept | Action::Fail => false,
        };
        if can { Ok(()) } else { Err(Impossible::NotNow) }
    }

    fn page_actions(&self, reference: &str) -> Vec<Action> {
        let is_open = self.position(reference).is_some_and(|at| self.orders[at].status == Status::Open);
        // Taken later first: that is the way on which more can go wrong.
        if is_open { vec![Action::Authorize, Action::Exact, Action::Cancel] } else { Vec::new() }
    }

    fn notifications(&mut self) -> Vec<http::Request<Bytes>> {
        std::mem::take(&mut self.notifications)
    }

    fn acknowledged(&mut self, _: &http::Request<Bytes>, answer: &http::Response<Bytes>, _: Timestamp) -> bool {
        answer.status().is_success()
    }

    fn retry_waits(&self) -> &'static [Millis] {
        // No second attempt is documented, so none can be relied on.
        &[]
    }

    /// A card is authorised or not; there is nothing to wait for.
    fn settle_every(&mut self, _: Millis) {}

    fn most_at_once(&self) -> Option<u32> {
        Some(10)
    }

    fn broken(&self) -> http::Response<Bytes> {
        Refused::coded(500, "server_error").response()
    }

    fn rate_limited(&self) -> http::Response<Bytes> {
        Refused::too_many().response()
    }
}

/// A documented call.
#[derive(Clone, Copy)]
enum Call {
    ReadAccount,
    UpdateAccount,
    CreateOrder,
    ReadOrder,
    CaptureOrder,
    ListOrders,
    ListOrderEvents,
}

impl Call {
    fn of(method: &str, segments: &[&str]) -> Option<Self> {
        match (method, segments) {
            ("GET", ["me"]) => Some(Self::ReadAccount),
            ("POST", ["me"]) => Some(Self::UpdateAccount),
            ("POST", ["orders"]) => Some(Self::CreateOrder),
            ("GET", ["orders"] | ["orders", _]) => Some(Self::ReadOrder),
            ("POST", ["orders", _, "capture"]) => Some(Self::CaptureOrder),
            ("POST", ["orders-list"]) => Some(Self::ListOrders),
            ("GET", ["orders", _, "events"]) => Some(Self::ListOrderEvents),
            _ => None,
        }
    }

    const fn about(self) -> About {
        match self {
            Self::CreateOrder | Self::ReadOrder | Self::CaptureOrder => About::Order,
            Self::ReadAccount | Self::UpdateAccount | Self::ListOrders | Self::ListOrderEvents => About::Account,
        }
    }
}

/// The order's id in the path or, where there is none, in the query.
fn id_of(segments: &[&str], uri: &http::Uri) -> Option<String> {
    let in_path = segments.get(1).filter(|id| !id.is_empty()).map(|id| (*id).to_owned());
    let query = uri.query().unwrap_or_default();
    let in_query = || url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "id").map(|(_, id)| id.into_owned());
    in_path.or_else(in_query).filter(|id| !id.is_empty())
}
