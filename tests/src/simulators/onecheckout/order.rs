//! An order of the simulated Onecheckout: what is asked for when it is made, where it stands, what has happened to it, and how each
//! call tells it.

use super::Config;
use super::account::{Account, MERCHANT_ID};
use super::fields::Fields;
use super::wire::{Number, Refused, is_zero_decimal};
use crate::simulators::PaymentSummary;
use bytes::Bytes;
use checkout_shared::money::Amount;
use checkout_shared::time::{Millis, Timestamp};
use http::header::{CONTENT_TYPE, HeaderValue};
use rust_decimal::Decimal;
use serde::Serialize;
use url::Url;

/// The least an order may cost, whatever the currency: the documents say half a dollar, and nothing of others.
const LEAST: Decimal = Decimal::from_parts(50, 0, 0, false, 2);
/// Orders do not expire; whoever must show an end is shown one far away.
const NEVER: Millis = Millis::hours(24 * 365);

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Status {
    Open,
    AwaitingCapture,
    Paid,
    Cancelled,
    Refunded,
}

impl Status {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Open => "OPEN",
            Self::AwaitingCapture => "AWAITING_CAPTURE",
            Self::Paid => "PAID",
            Self::Cancelled => "CANCELLED",
            Self::Refunded => "REFUNDED",
        }
    }

    /// The event that brings an order here, and the payment's status in it. Of these, the documents show the first of each for `Open`
    /// and `Paid`; the others are made up.
    const fn event(self) -> (&'static str, &'static str) {
        match self {
            Self::Open => ("payment_created", "PENDING"),
            Self::AwaitingCapture => ("payment_authorized", "PENDING"),
            Self::Paid => ("payment_succeeded", "COMPLETED"),
            Self::Cancelled => ("payment_cancelled", "CANCELLED"),
            Self::Refunded => ("payment_refunded", "REFUNDED"),
        }
    }
}

/// What is asked for.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    currency: String,
    lines: Vec<Line>,
    tax: Decimal,
    amount: Decimal,
    reference_id: Option<String>,
    success_url: String,
    cancel_url: String,
}

#[derive(Clone, Debug)]
struct Line {
    key: Option<String>,
    title: String,
    quantity: i64,
    unit_price: Decimal,
}

impl Terms {
    /// The body of Create Order.
    pub(super) fn read(body: &[u8], config: &Config, account: &Account) -> Result<Self, Refused> {
        let mut fields = Fields::read(body)?;
        let currency = fields.required_text("currency", "currency_invalid").unwrap_or_default();
        if !currency.is_empty() && !config.currencies.contains(&currency) {
            fields.problem("currency", "currency_invalid");
        }
        let lines = fields.objects("order_lines", "order_lines_required", |line| Line::read(line, config, &currency));
        let tax = amount(&mut fields, "tax_amount", config, &currency).unwrap_or_default();
        let reference_id = fields.text("reference_id").filter(|reference| !reference.is_empty());
        let page = |stated: Option<String>, name| stated.unwrap_or_else(|| account.field(name).to_owned());
        let (success_url, cancel_url) = (fields.url("success_url"), fields.url("cancel_url"));
        fields.check()?;
        let of_line = |line: &Line| line.unit_price.checked_mul(Decimal::from(line.quantity));
        let sum = lines.iter().try_fold(tax, |sum, line| sum.checked_add(of_line(line)?));
        let amount = sum.filter(|sum| *sum >= LEAST).ok_or_else(|| Refused::coded(400, "amount_invalid"))?;
        let (success_url, cancel_url) = (page(success_url, "success_url"), page(cancel_url, "cancel_url"));
        Ok(Self { currency, lines, tax, amount, reference_id, success_url, cancel_url })
    }

    /// Where the customer is sent back to, told which order it was.
    fn back_to(&self, page: &str, id: &str) -> String {
        let Ok(mut url) = Url::parse(page) else { return String::new() };
        url.query_pairs_mut().append_pair("payment_id", id);
        if let Some(reference_id) = &self.reference_id {
            url.query_pairs_mut().append_pair("reference_id", reference_id);
        }
        url.into()
    }
}

impl Line {
    fn read(fields: &mut Fields, config: &Config, currency: &str) -> Option<Self> {
        let (key, title) = (fields.text("key"), fields.required_text("title", "title_required"));
        let quantity = fields.integer("quantity");
        if quantity.is_none_or(|quantity| quantity < 1) {
            fields.problem("quantity", "quantity_invalid");
        }
        let unit_price = amount(fields, "unit_price", config, currency);
        if unit_price.is_none() && !fields.has("unit_price") {
            fields.problem("unit_price", "unit_price_required");
        }
        Some(Self { key, title: title?, quantity: quantity?, unit_price: unit_price? })
    }
}

/// An amount in the account's unit, not negative.
fn amount(fields: &mut Fields, field: &str, config: &Config, currency: &str) -> Option<Decimal> {
    let written = fields.number(field)?;
    let amount = config.units.read(written, currency).filter(|amount| !amount.is_sign_negative() || amount.is_zero());
    if amount.is_none() {
        fields.problem(field, "amount_invalid");
    }
    amount
}

/// An order.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) id: String,
    pub(super) status: Status,
    pub(super) created: Timestamp,
    pub(super) updated: Timestamp,
    pub(super) paid: Option<Timestamp>,
    token: String,
    terms: Terms,
    happened: Vec<(Status, Timestamp)>,
}

/// Which call tells of an order: each tells something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Created,
    Read,
    Captured,
    Listed,
}

impl Order {
    pub(super) fn new(id: String, token: String, terms: Terms, now: Timestamp) -> Self {
        let status = Status::Open;
        Self { id, status, created: now, updated: now, paid: None, token, terms, happened: vec![(status, now)] }
    }

    /// Brings it into another state.
    pub(super) fn become_(&mut self, status: Status, now: Timestamp) {
        self.status = status;
        self.updated = now;
        if status == Status::Paid {
            self.paid = Some(now);
        }
        self.happened.push((status, now));
    }

    pub(super) fn summary(&self) -> PaymentSummary {
        let terms = &self.terms;
        let received = if self.status == Status::Paid { terms.amount } else { Decimal::ZERO };
        PaymentSummary {
            reference: self.id.clone(),
            merchant_reference: terms.reference_id.clone().unwrap_or_default(),
            kind: "order".to_owned(),
            status: self.status.word().to_owned(),
            amount: Amount(terms.amount),
            currency: terms.currency.clone(),
            pay_currency: terms.currency.clone(),
            network: String::new(),
            address: String::new(),
            pay_amount: Amount(terms.amount),
            received: Amount(received),
            due: Amount(terms.amount - received),
            created_at: self.created,
            expires_at: self.created + NEVER,
            success_url: terms.back_to(&terms.success_url, &self.id),
            cancel_url: terms.back_to(&terms.cancel_url, &self.id),
        }
    }

    /// As a call tells it.
    pub(super) fn record<'a>(&'a self, shape: Shape, config: &Config, origin: &str) -> OrderRecord<'a> {
        let terms = &self.terms;
        let write = |amount| config.units.write(amount, &terms.currency);
        let is_new = shape == Shape::Created;
        let begun = !is_new && self.status != Status::Open;
        let told = |told: bool, text: &'a str| told.then_some(text);
        OrderRecord {
            id: &self.id,
            payment_token: told(shape != Shape::Listed, &self.token),
            name: (!is_new).then(|| format!("Order #{}", self.id)),
            status: self.status,
            amount: write(terms.amount),
            currency: &terms.currency,
            zero_decimal: is_zero_decimal(&terms.currency),
            order_lines: terms.lines.iter().map(|line| LineRecord::of(line, write(line.unit_price))).collect(),
            tax_amount: write(terms.tax),
            payment_method: told(begun, "stripe_hosted"),
            payment_gateway: told(begun, "STRIPE"),
            gateway_id: told(begun, "gateway_1"),
            payment_id: (begun && shape != Shape::Listed).then(|| format!("pi_{}", &self.token[..8])),
            merchant_id: MERCHANT_ID,
            created: self.created,
            updated: (shape == Shape::Listed).then_some(self.updated),
            paid: self.paid,
            links: self.links(shape, config, origin),
            reference_id: match shape {
                Shape::Created | Shape::Read => terms.reference_id.as_deref(),
                Shape::Listed if config.list_references => terms.reference_id.as_deref(),
                Shape::Captured | Shape::Listed => None,
            },
        }
    }

    fn links(&self, shape: Shape, config: &Config, origin: &str) -> Vec<Link> {
        let to = |rel, href: String| Link { href, rel };
        let pages = || ["pay", "order"].map(|rel| to(rel, format!("{origin}/pay/{}", self.id)));
        let back = || {
            let pages = [("success", &self.terms.success_url), ("cancel", &self.terms.cancel_url)];
            pages.map(|(rel, page)| to(rel, self.terms.back_to(page, &self.id)))
        };
        match shape {
            Shape::Created => pages().into(),
            Shape::Read if config.page_told_again && self.status == Status::Open => pages().into_iter().chain(back()).collect(),
            Shape::Read => back().into(),
            Shape::Captured | Shape::Listed => Vec::new(),
        }
    }

    /// What List Order Events answers.
    pub(super) fn events(&self, config: &Config) -> EventList<'_> {
        EventList { events: (0..self.happened.len()).map(|at| self.event(at, config, false)).collect() }
    }

    fn event(&self, at: usize, config: &Config, names_reference: bool) -> EventRecord<'_> {
        let (status, created) = self.happened[at];
        let (kind, payment_status) = status.event();
        EventRecord {
            id: format!("event_{}_{}", self.id, at + 1),
            order_id: &self.id,
            r#type: kind,
            merchant_id: MERCHANT_ID,
            created,
            error: "",
            order: EventOrder {
                id: &self.id,
                status,
                amount: config.units.write(self.terms.amount, &self.terms.currency),
                currency: &self.terms.currency,
                paid: self.paid.filter(|paid| *paid <= created),
                reference_id: self.terms.reference_id.as_deref().filter(|_| names_reference),
            },
            payment_status,
        }
    }

    /// The notification of the last event. What one looks like is not published; this one is the event with the reference in it.
    pub(super) fn notification(&self, config: &Config, url: &str) -> Option<http::Request<Bytes>> {
        let event = self.event(self.happened.len() - 1, config, true);
        let body = Bytes::from(serde_json::to_vec(&event).ok()?);
        let mut request = http::Request::post(url).body(body).ok()?;
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        (!url.is_empty()).then_some(request)
    }
}

#[derive(Serialize)]
pub(super) struct OrderRecord<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    status: Status,
    amount: Number,
    currency: &'a str,
    zero_decimal: bool,
    order_lines: Vec<LineRecord<'a>>,
    tax_amount: Number,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_method: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_gateway: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gateway_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_id: Option<String>,
    merchant_id: &'static str,
    created: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    paid: Option<Timestamp>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    links: Vec<Link>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference_id: Option<&'a str>,
}

#[derive(Serialize)]
struct LineRecord<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a str>,
    title: &'a str,
    quantity: i64,
    unit_price: Number,
}

impl<'a> LineRecord<'a> {
    fn of(line: &'a Line, unit_price: Number) -> Self {
        Self { key: line.key.as_deref(), title: &line.title, quantity: line.quantity, unit_price }
    }
}

#[derive(Serialize)]
struct Link {
    href: String,
    rel: &'static str,
}

#[derive(Serialize)]
pub(super) struct EventList<'a> {
    events: Vec<EventRecord<'a>>,
}

#[derive(Serialize)]
struct EventRecord<'a> {
    id: String,
    order_id: &'a str,
    r#type: &'static str,
    merchant_id: &'static str,
    created: Timestamp,
    error: &'static str,
    order: EventOrder<'a>,
    payment_status: &'static str,
}

#[derive(Serialize)]
struct EventOrder<'a> {
    id: &'a str,
    status: Status,
    amount: Number,
    currency: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    paid: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference_id: Option<&'a str>,
}
