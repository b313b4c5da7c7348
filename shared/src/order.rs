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
}

impl Order {
    /// The amount with its currency.
    #[must_use]
    pub fn price(&self) -> Money {
        Money { amount: self.amount, currency: self.currency.clone() }
    }
}
