//! A simulated `OceanEx` Pay account: checkouts and orders, as the vendor's "`OceanEx` Pay REST" document has them.
//!
//! In scope: all seven documented calls with all their parameters, forms and nothing but forms, metadata that comes back as an object
//! and as a string in turn, `state` in lists and `timeline` elsewhere, as in the samples. Where the document is silent: refusals have
//! HTTP status 200 and a `code`, some with JSON in their `message`, as the vendor's exchange API has them; words beyond `new` and
//! `under_payment` follow the dashboard's categories; a payment in `payments` is made up. Out of scope: orders that name no amount,
//! products (`product_uid` is taken and narrows nothing down), what the payer answers to `requested_info`.

mod coins;
mod envelope;
mod fields;
mod order;

use super::seeded::Seeded;
use super::{Action, Impossible, PaymentSummary, Setting, Vendor};
use bytes::Bytes;
use checkout_shared::time::{Millis, Timestamp};
use envelope::{Refused, answered};
use fields::Fields;
use http::header::CONTENT_TYPE;
use order::{Checkout, CheckoutRecord, Order, OrderRecord, Terms};
use rust_decimal::Decimal;
use serde::Serialize;

/// Where the vendor is, until it is told.
const ORIGIN: &str = "https://pay.oceanex.pro";
const DIGITS_AND_LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const ORDER_FIELDS: &[&str] = &["currency", "amount", "name", "description", "ref_order_id", "metadata"];
const CHECKOUT_FIELDS: &[&str] = &["currency", "amount", "name", "description", "requested_info[]"];
const LIST_FIELDS: &[&str] = &["order_by", "limit", "page"];
const CHECKOUT_LIST_FIELDS: &[&str] = &["order_by", "limit", "page", "product_uid"];

/// What is fixed about an account.
#[derive(Clone, Debug)]
pub struct Config {
    /// The API key.
    pub api_key: String,
    /// Decides all ids and addresses.
    pub seed: u64,
    /// How long a confirmation takes on every chain.
    pub confirmation_every: Millis,
    /// How many a page has where nothing is said.
    pub page_size: usize,
}

impl Config {
    /// An account that confirms every second and a half.
    #[must_use]
    pub fn new(api_key: impl Into<String>) -> Self {
        Self { api_key: api_key.into(), seed: 1, confirmation_every: Millis(1500), page_size: 20 }
    }
}

/// A simulated account.
#[derive(Debug)]
pub struct OceanEx {
    config: Config,
    origin: String,
    seeded: Seeded,
    checkouts: Vec<Checkout>,
    orders: Vec<Order>,
    /// How many orders have been told, which decides how the next one's metadata are.
    told: u32,
}

#[derive(Serialize)]
struct List<T> {
    num_of_resources: usize,
    resources: Vec<T>,
}

impl OceanEx {
    /// An account without orders.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let seeded = Seeded::new(config.seed);
        Self { config, origin: ORIGIN.to_owned(), seeded, checkouts: Vec::new(), orders: Vec::new(), told: 0 }
    }

    fn route(&mut self, request: &http::Request<Bytes>, now: Timestamp) -> Result<http::Response<Bytes>, Refused> {
        let segments: Vec<&str> = request.uri().path().split('/').skip(1).collect();
        let Some(path) = segments.strip_prefix(&["api", "v1"]) else { return Err(Refused::no_such_path()) };
        self.authorize(request)?;
        match (request.method().as_str(), path) {
            ("POST", ["checkouts"]) => self.create_checkout(&form(request, CHECKOUT_FIELDS)?, now),
            ("GET", ["checkouts"]) => self.list_checkouts(&query_or_form(request)?),
            ("GET", ["checkouts", id]) => {
                let checkout = self.checkouts.iter().find(|checkout| checkout.id == *id);
                checkout.map(|checkout| answered(&CheckoutRecord::of(checkout))).ok_or_else(|| Refused::not_found("checkout"))
            }
            ("POST", ["orders"]) => self.place_order(&form(request, ORDER_FIELDS)?, now),
            ("GET", ["orders"]) => self.list_orders(&Fields::query(request, LIST_FIELDS)?),
            ("GET", ["orders", "checkout", id]) => self.told(|order| order.terms.checkout.as_deref() == Some(*id)),
            ("GET", ["orders", reference_code]) => self.told(|order| order.reference_code == *reference_code),
            _ => Err(Refused::no_such_path()),
        }
    }

    fn authorize(&self, request: &http::Request<Bytes>) -> Result<(), Refused> {
        let key = request.headers().get("x-api-key");
        let is_ours = key.is_some_and(|key| key.as_bytes() == self.config.api_key.as_bytes());
        if is_ours { Ok(()) } else { Err(Refused::unauthorized()) }
    }

    fn place_order(&mut self, fields: &Fields, now: Timestamp) -> Result<http::Response<Bytes>, Refused> {
        let terms = Terms { metadata: fields.metadata()?, ..terms(fields)? };
        self.add_order(terms, now);
        self.told_at(self.orders.len() - 1)
    }

    /// The order comes with the checkout: in the samples both are of the same second.
    fn create_checkout(&mut self, fields: &Fields, now: Timestamp) -> Result<http::Response<Bytes>, Refused> {
        let terms = terms(fields)?;
        fields.words("requested_info[]")?;
        let id = self.new_id();
        let checkout = Checkout {
            id: id.clone(),
            name: terms.name.clone(),
            description: terms.description.clone(),
            created_at: now,
            coin: terms.coin,
            amount: terms.amount,
        };
        self.add_order(Terms { checkout: Some(id), ..terms }, now);
        let response = answered(&CheckoutRecord::of(&checkout));
        self.checkouts.push(checkout);
        Ok(response)
    }

    fn add_order(&mut self, terms: Terms, now: Timestamp) {
        let (id, reference_code) = (self.new_id(), self.seeded.text(DIGITS_AND_LETTERS, 8));
        let address = terms.coin.new_address(&mut self.seeded);
        self.orders.push(Order::new(id, reference_code, address, terms, now));
    }

    fn told(&mut self, is_meant: impl Fn(&Order) -> bool) -> Result<http::Response<Bytes>, Refused> {
        let at = self.orders.iter().position(is_meant).ok_or_else(|| Refused::not_found("order"))?;
        self.told_at(at)
    }

    fn told_at(&mut self, at: usize) -> Result<http::Response<Bytes>, Refused> {
        self.told += 1;
        let order = self.orders.get(at).ok_or_else(|| Refused::not_found("order"))?;
        Ok(answered(&OrderRecord::of(order, &self.origin, self.told.is_multiple_of(2))))
    }

    fn list_orders(&mut self, fields: &Fields) -> Result<http::Response<Bytes>, Refused> {
        let listed = page_of(&self.orders, fields, self.config.page_size)?;
        let mut resources = Vec::with_capacity(listed.len());
        for order in listed {
            self.told += 1;
            resources.push(OrderRecord::listed(order, &self.origin, self.told.is_multiple_of(2)));
        }
        Ok(answered(&List { num_of_resources: self.orders.len(), resources }))
    }

    fn list_checkouts(&self, fields: &Fields) -> Result<http::Response<Bytes>, Refused> {
        let listed = page_of(&self.checkouts, fields, self.config.page_size)?;
        let resources = listed.into_iter().map(CheckoutRecord::of).collect();
        Ok(answered(&List { num_of_resources: self.checkouts.len(), resources }))
    }

    fn new_id(&mut self) -> String {
        [8, 4, 4, 4, 12].map(|length| self.seeded.text("0123456789abcdef", length)).join("-")
    }

    fn pay(&mut self, at: usize, now: Timestamp, how_much: impl Fn(Decimal, Decimal) -> Decimal) -> Result<(), Impossible> {
        let order = &mut self.orders[at];
        let amount = how_much(order.terms.amount, order.missing()).trunc_with_scale(8).normalize();
        if amount <= Decimal::ZERO {
            return Err(Impossible::NotNow);
        }
        let hash = format!("0x{}", self.seeded.text("0123456789abcdef", 64));
        order.receive(hash, amount, now);
        Ok(())
    }
}

impl Vendor for OceanEx {
    fn name(&self) -> &'static str {
        "OceanEx Pay"
    }

    fn settings(&self, origin: &str) -> Vec<Setting> {
        vec![
            Setting::secret("OCEANEX_API_KEY", &self.config.api_key),
            Setting::plain("OCEANEX_URL", format!("{origin}/api/v1")),
            Setting::plain("OCEANEX_COINS", "VET:vechain OCE:vechain"),
        ]
    }

    fn locate(&mut self, origin: &str, _: &str) {
        origin.clone_into(&mut self.origin);
    }

    fn answer(&mut self, request: &http::Request<Bytes>, now: Timestamp) -> http::Response<Bytes> {
        self.advance(now);
        self.route(request, now).unwrap_or_else(|refused| refused.response())
    }

    fn advance(&mut self, now: Timestamp) {
        for order in &mut self.orders {
            order.advance(now, self.config.confirmation_every);
        }
    }

    fn payments(&self) -> Vec<PaymentSummary> {
        self.orders.iter().map(Order::summary).collect()
    }

    fn act(&mut self, reference: &str, action: Action, now: Timestamp) -> Result<(), Impossible> {
        self.advance(now);
        let at = self.orders.iter().position(|order| order.reference_code == reference).ok_or(Impossible::NoSuchPayment)?;
        match action {
            Action::Exact => self.pay(at, now, |whole, _| whole)?,
            Action::Half => self.pay(at, now, |whole, _| whole / Decimal::TWO)?,
            Action::Rest => self.pay(at, now, |_, missing| missing)?,
            Action::Over => self.pay(at, now, |whole, _| whole * Decimal::new(125, 2))?,
            Action::Expire => self.orders[at].end(now),
            Action::Late => {
                self.orders[at].end(now);
                self.advance(now);
                self.pay(at, now, |whole, _| whole)?;
            }
            Action::Authorize | Action::Cancel | Action::Accept | Action::Refund | Action::Fail => return Err(Impossible::NotNow),
        }
        self.advance(now);
        Ok(())
    }

    fn page_actions(&self, reference: &str) -> Vec<Action> {
        let order = self.orders.iter().find(|order| order.reference_code == reference);
        order.map(Order::page_actions).unwrap_or_default()
    }

    fn notifications(&mut self) -> Vec<http::Request<Bytes>> {
        Vec::new()
    }

    fn acknowledged(&mut self, _: &http::Request<Bytes>, _: &http::Response<Bytes>, _: Timestamp) -> bool {
        true
    }

    fn retry_waits(&self) -> &'static [Millis] {
        &[]
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

fn terms(fields: &Fields) -> Result<Terms, Refused> {
    let currency = fields.text("currency").ok_or_else(|| Refused::field("currency", "is missing"))?;
    let coin = coins::coin(currency).ok_or_else(|| Refused::field("currency", "does not have a valid value"))?;
    let amount = fields.amount("amount")?.ok_or_else(|| Refused::field("amount", "is missing"))?;
    let text = |name| fields.text(name).unwrap_or_default().to_owned();
    let (name, description) = (text("name"), text("description"));
    Ok(Terms { coin, amount, name, description, metadata: "{}".to_owned(), checkout: None })
}

fn form(request: &http::Request<Bytes>, known: &[&str]) -> Result<Fields, Refused> {
    let is_form = request.headers().get(CONTENT_TYPE).is_some_and(|value| value == "application/x-www-form-urlencoded");
    if is_form { Fields::read(request.body(), known) } else { Err(Refused::no_form()) }
}

/// The vendor's sample for the list of checkouts has a form besides the query.
fn query_or_form(request: &http::Request<Bytes>) -> Result<Fields, Refused> {
    if !request.body().is_empty() {
        form(request, CHECKOUT_LIST_FIELDS)?;
    }
    Fields::query(request, CHECKOUT_LIST_FIELDS)
}

fn page_of<'a, T>(all: &'a [T], fields: &Fields, page_size: usize) -> Result<Vec<&'a T>, Refused> {
    let limit = fields.whole("limit")?.unwrap_or(page_size);
    let before = (fields.whole("page")?.unwrap_or(1) - 1).saturating_mul(limit);
    match fields.text("order_by") {
        None | Some("desc") => Ok(all.iter().rev().skip(before).take(limit).collect()),
        Some("asc") => Ok(all.iter().skip(before).take(limit).collect()),
        Some(_) => Err(Refused::field("order_by", "does not have a valid value")),
    }
}
