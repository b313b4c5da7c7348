//! Orders and checkouts of the simulated `OceanEx` Pay: how they go, and how they are told.
//!
//! `new`, then `under_payment` once a part of it is confirmed, then `completed` or `overpaid`; `expired` where its time is over and
//! nothing is confirmed, which lists tell as `under_payment`, as in the vendor's sample. Money that comes later still counts.

use super::coins::Coin;
use crate::simulators::{Action, PaymentSummary};
use checkout_shared::money::Amount;
use checkout_shared::time::{Millis, Timestamp};
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// In all of the vendor's samples; with a checkout it is one second less.
const LIFETIME: Millis = Millis::seconds(5400);
const LIFETIME_WITH_CHECKOUT: Millis = Millis::seconds(5399);

/// A checkout. Its order is what is paid.
#[derive(Debug)]
pub(super) struct Checkout {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) created_at: Timestamp,
    pub(super) coin: &'static Coin,
    pub(super) amount: Decimal,
}

/// What was asked for.
#[derive(Debug)]
pub(super) struct Terms {
    pub(super) coin: &'static Coin,
    pub(super) amount: Decimal,
    pub(super) name: String,
    pub(super) description: String,
    /// JSON, as it was sent.
    pub(super) metadata: String,
    /// The checkout it comes with.
    pub(super) checkout: Option<String>,
}

/// An order.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) reference_code: String,
    pub(super) terms: Terms,
    id: String,
    address: String,
    created_at: Timestamp,
    expires_at: Timestamp,
    is_over: bool,
    timeline: Vec<Entry>,
    payments: Vec<Payment>,
}

#[derive(Clone, Debug, Serialize)]
struct Entry {
    status: &'static str,
    content: &'static str,
    time: i64,
}

#[derive(Debug)]
struct Payment {
    hash: String,
    amount: Decimal,
    seen_at: Timestamp,
    confirmations: u32,
}

impl Order {
    pub(super) fn new(id: String, reference_code: String, address: String, terms: Terms, now: Timestamp) -> Self {
        let expires_at = now + if terms.checkout.is_some() { LIFETIME_WITH_CHECKOUT } else { LIFETIME };
        let timeline = vec![Entry::now("new", now)];
        Self { reference_code, terms, id, address, created_at: now, expires_at, is_over: false, timeline, payments: Vec::new() }
    }

    /// Moves on to a later time.
    pub(super) fn advance(&mut self, now: Timestamp, confirmation_every: Millis) {
        for payment in &mut self.payments {
            let age = (now - payment.seen_at).0.max(0);
            let confirmations = age.checked_div(confirmation_every.0).unwrap_or(i64::MAX).min(self.terms.coin.required.into());
            payment.confirmations = payment.confirmations.max(u32::try_from(confirmations).unwrap_or(self.terms.coin.required));
        }
        self.is_over |= now >= self.expires_at;
        let word = self.word_now();
        if word != self.word() {
            self.timeline.push(Entry::now(word, now));
        }
    }

    /// Money arrives.
    pub(super) fn receive(&mut self, hash: String, amount: Decimal, now: Timestamp) {
        self.payments.push(Payment { hash, amount, seen_at: now, confirmations: 0 });
    }

    /// Its time ends now.
    pub(super) fn end(&mut self, now: Timestamp) {
        self.expires_at = self.expires_at.min(now);
    }

    /// What has not been sent of it.
    pub(super) fn missing(&self) -> Decimal {
        (self.terms.amount - self.sent()).max(Decimal::ZERO).normalize()
    }

    /// What a customer can do on its page.
    pub(super) fn page_actions(&self) -> Vec<Action> {
        match (self.is_over, self.payments.is_empty(), self.missing() > Decimal::ZERO) {
            (false, true, _) => vec![Action::Exact, Action::Half, Action::Over],
            (false, false, true) => vec![Action::Rest],
            _ => Vec::new(),
        }
    }

    pub(super) fn summary(&self) -> PaymentSummary {
        PaymentSummary {
            reference: self.reference_code.clone(),
            merchant_reference: self.merchant_reference(),
            kind: if self.terms.checkout.is_some() { "checkout" } else { "order" }.to_owned(),
            status: self.word().to_owned(),
            amount: Amount(self.terms.amount),
            currency: self.terms.coin.symbol.to_owned(),
            pay_currency: self.terms.coin.symbol.to_owned(),
            network: self.terms.coin.chain.to_owned(),
            address: self.address.clone(),
            pay_amount: Amount(self.terms.amount),
            received: Amount(self.sent()),
            due: Amount(self.missing()),
            created_at: self.created_at,
            expires_at: self.expires_at,
            // Neither an order nor a checkout can be told where to send the payer.
            success_url: String::new(),
            cancel_url: String::new(),
        }
    }

    /// In its metadata; with a checkout, which has none, its name.
    fn merchant_reference(&self) -> String {
        let metadata: Value = serde_json::from_str(&self.terms.metadata).unwrap_or_default();
        let attached = metadata.get("reference").and_then(Value::as_str).map(ToOwned::to_owned);
        attached.or_else(|| self.terms.checkout.is_some().then(|| self.terms.name.clone())).unwrap_or_default()
    }

    fn word(&self) -> &'static str {
        self.timeline.last().map_or("", |entry| entry.status)
    }

    fn word_now(&self) -> &'static str {
        let confirmed = self.confirmed();
        match confirmed.cmp(&self.terms.amount) {
            std::cmp::Ordering::Greater => "overpaid",
            std::cmp::Ordering::Equal => "completed",
            std::cmp::Ordering::Less if confirmed > Decimal::ZERO => "under_payment",
            std::cmp::Ordering::Less if self.is_over => "expired",
            std::cmp::Ordering::Less => "new",
        }
    }

    fn sent(&self) -> Decimal {
        self.payments.iter().map(|payment| payment.amount).sum()
    }

    fn confirmed(&self) -> Decimal {
        let confirmed = self.payments.iter().filter(|payment| payment.confirmations >= self.terms.coin.required);
        confirmed.map(|payment| payment.amount).sum()
    }
}

impl Entry {
    const fn now(status: &'static str, now: Timestamp) -> Self {
        Self { status, content: "na", time: now.seconds() }
    }
}

/// An order as it is told.
#[derive(Serialize)]
pub(super) struct OrderRecord<'a> {
    id: &'a str,
    reference_code: &'a str,
    name: &'a str,
    description: &'a str,
    hosted_url: String,
    created_at: i64,
    expired_at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    checkout: Option<&'a str>,
    timeline: &'a [Entry],
    metadata: Value,
    price_type: &'static str,
    pricing: [BTreeMap<&'static str, PriceRecord>; 1],
    addresses: [BTreeMap<&'static str, &'a str>; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'static str>,
    payments: Vec<PaymentRecord<'a>>,
}

/// A checkout as it is told.
#[derive(Serialize)]
pub(super) struct CheckoutRecord<'a> {
    id: &'a str,
    name: &'a str,
    description: &'a str,
    created_at: i64,
    expired_at: i64,
    price_type: &'static str,
    pricing: [BTreeMap<&'static str, PriceRecord>; 1],
}

#[derive(Serialize)]
struct PriceRecord {
    amount: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmed: Option<String>,
    currency: &'static str,
}

#[derive(Serialize)]
struct PaymentRecord<'a> {
    txid: &'a str,
    amount: String,
    currency: &'static str,
    status: &'static str,
    confirmations: u32,
    time: i64,
}

impl<'a> OrderRecord<'a> {
    /// As Place Order, Get Order and Get Order via Checkout tell it.
    pub(super) fn of(order: &'a Order, origin: &str, metadata_as_text: bool) -> Self {
        let metadata = if metadata_as_text {
            Value::String(order.terms.metadata.clone())
        } else {
            serde_json::from_str(&order.terms.metadata).unwrap_or_default()
        };
        let (amount, confirmed) = (written(order.terms.amount), Some(written(order.confirmed())));
        Self {
            id: &order.id,
            reference_code: &order.reference_code,
            name: &order.terms.name,
            description: &order.terms.description,
            hosted_url: format!("{origin}/pay/{}", order.reference_code),
            created_at: order.created_at.seconds(),
            expired_at: order.expires_at.seconds(),
            checkout: order.terms.checkout.as_deref(),
            timeline: &order.timeline,
            metadata,
            price_type: "fixed_price",
            pricing: [BTreeMap::from([(order.terms.coin.chain, PriceRecord { amount, confirmed, currency: order.terms.coin.symbol })])],
            addresses: [BTreeMap::from([(order.terms.coin.code, order.address.as_str())])],
            state: None,
            payments: order.payments.iter().map(|payment| payment.record(order.terms.coin)).collect(),
        }
    }

    /// As List Orders tells it.
    pub(super) fn listed(order: &'a Order, origin: &str, metadata_as_text: bool) -> Self {
        let state = if order.word() == "expired" { "under_payment" } else { order.word() };
        Self { timeline: &[], state: Some(state), ..Self::of(order, origin, metadata_as_text) }
    }
}

impl<'a> CheckoutRecord<'a> {
    pub(super) fn of(checkout: &'a Checkout) -> Self {
        let price = PriceRecord { amount: written(checkout.amount), confirmed: None, currency: checkout.coin.symbol };
        Self {
            id: &checkout.id,
            name: &checkout.name,
            description: &checkout.description,
            created_at: checkout.created_at.seconds(),
            expired_at: (checkout.created_at + LIFETIME_WITH_CHECKOUT).seconds(),
            price_type: "fixed_price",
            pricing: [BTreeMap::from([(checkout.coin.chain, price)])],
        }
    }
}

impl Payment {
    fn record(&self, coin: &Coin) -> PaymentRecord<'_> {
        let is_confirmed = self.confirmations >= coin.required;
        PaymentRecord {
            txid: &self.hash,
            amount: written(self.amount),
            currency: coin.symbol,
            status: if is_confirmed { "confirmed" } else { "confirming" },
            confirmations: self.confirmations,
            time: self.seen_at.seconds(),
        }
    }
}

/// With one decimal at least: `1.0`.
fn written(amount: Decimal) -> String {
    let amount = amount.normalize();
    if amount.scale() == 0 { format!("{amount}.0") } else { amount.to_string() }
}
