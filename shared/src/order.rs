//! What a merchant asks to be paid for: the claims of an order token, and the body of `POST /v1/sessions`.

use crate::money::{Amount, Currency, Money};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// One order. Amount and currency are what the merchant wants to receive the worth of, never what the browser says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The price: a positive amount with no more decimals than its currency has.
    pub amount: Amount,
    /// The currency of the price, e.g. `USD`.
    pub currency: Currency,
    /// The merchant's own order id: 1 to 128 characters. One reference is one session, for ever.
    pub reference: String,
    /// Until when this price can be paid.
    pub expires_at: Timestamp,
    /// One line the customer reads, e.g. `Two tickets`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Where the shop wants the customer after paying (`https`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub success_url: Option<String>,
    /// Where the shop wants a customer who gave up (`https`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancel_url: Option<String>,
    /// The same price in other currencies, for providers that do not convert from the order's own, e.g. `850 VET`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prices: Vec<Money>,
    /// What the price is made of, for the pages of providers that list it. With the tax it adds up to the amount.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<Line>,
    /// The tax within the amount that is in none of the lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax: Option<Amount>,
    /// When an authorised payment is taken.
    #[serde(default, skip_serializing_if = "Capture::is_automatic")]
    pub capture: Capture,
}

/// One line of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// What it is.
    pub title: String,
    /// How many: 1 or more.
    pub quantity: u32,
    /// What one costs, in the order's currency.
    pub unit_price: Amount,
}

/// When a payment that is authorised first and taken later (cards) is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capture {
    /// As soon as it is authorised.
    #[default]
    Automatic,
    /// When the merchant says so.
    Manual,
}

impl Capture {
    /// Whether nobody has to say so.
    #[must_use]
    pub const fn is_automatic(&self) -> bool {
        matches!(self, Self::Automatic)
    }
}

impl Order {
    /// The amount with its currency.
    #[must_use]
    pub fn price(&self) -> Money {
        Money { amount: self.amount, currency: self.currency.clone() }
    }
}
