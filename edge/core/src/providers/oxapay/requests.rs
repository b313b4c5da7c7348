//! What is sent to `OxaPay`, to the letter. Only what every version of its documents and SDKs accepts; numbers as JSON numbers
//! written from the decimal's own text. The history's filters are in `history`, the vendor's own calls in `calls`. Nothing here reads
//! answers.

use super::OxaPay;
use super::catalogue::Offer;
use super::history::HistoryQuery;
use crate::provider::{ProviderError, Purchase};
use crate::providers::endpoint::{get, number, post_json, with_key};
use bytes::Bytes;
use checkout_shared::time::Millis;
use serde::Serialize;
use serde_json::value::RawValue;

/// The most the vendor lists on one page.
pub(super) const PAGE_SIZE: u32 = 200;

/// The vendor's clock and ours may differ by this much when a payment is looked for by the time of its creation.
pub(super) const CLOCK_SKEW: Millis = Millis::minutes(10);

/// The body of Generate White Label.
#[derive(Serialize)]
struct WhiteLabel<'a> {
    amount: Box<RawValue>,
    currency: &'a str,
    pay_currency: &'a str,
    network: &'a str,
    lifetime: i64,
    callback_url: &'a str,
    order_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
}

/// The body of Generate Invoice.
#[derive(Serialize)]
struct Invoice<'a> {
    amount: Box<RawValue>,
    currency: &'a str,
    lifetime: i64,
    callback_url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    return_url: Option<&'a str>,
    order_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    sandbox: bool,
}

impl OxaPay {
    /// Accepted Currencies: the coins the merchant has switched on.
    pub(super) fn accepted_currencies(&self) -> Result<http::Request<Bytes>, ProviderError> {
        self.keyed(get(&self.endpoint.url(&["payment", "accepted-currencies"])?)?)
    }

    /// Supported Currencies: all coins with their networks. Public, so it goes without the key.
    pub(super) fn currencies(&self) -> Result<http::Request<Bytes>, ProviderError> {
        get(&self.endpoint.url(&["common", "currencies"])?)
    }

    /// Generate White Label: an address for one coin on one network.
    pub(super) fn white_label(&self, purchase: &Purchase, offer: &Offer) -> Result<http::Request<Bytes>, ProviderError> {
        let body = WhiteLabel {
            amount: number(purchase.price.amount)?,
            currency: purchase.price.currency.as_str(),
            pay_currency: &offer.symbol,
            network: &offer.vendor_network,
            lifetime: lifetime_minutes(purchase.lifetime),
            callback_url: &purchase.notify_url,
            order_id: &purchase.reference,
            description: purchase.description.as_deref(),
        };
        self.keyed(post_json(&self.endpoint.url(&["payment", "white-label"])?, &body)?)
    }

    /// Generate Invoice: a hosted page on which the customer picks the coin.
    pub(super) fn invoice(&self, purchase: &Purchase) -> Result<http::Request<Bytes>, ProviderError> {
        let body = Invoice {
            amount: number(purchase.price.amount)?,
            currency: purchase.price.currency.as_str(),
            lifetime: lifetime_minutes(purchase.lifetime),
            callback_url: &purchase.notify_url,
            return_url: purchase.return_url.as_deref(),
            order_id: &purchase.reference,
            description: purchase.description.as_deref(),
            sandbox: self.sandbox,
        };
        self.keyed(post_json(&self.endpoint.url(&["payment", "invoice"])?, &body)?)
    }

    /// Payment Information.
    pub(super) fn payment(&self, track_id: &str) -> Result<http::Request<Bytes>, ProviderError> {
        self.keyed(get(&self.endpoint.url(&["payment", track_id])?)?)
    }

    /// Payment History.
    pub(super) fn history(&self, query: &HistoryQuery) -> Result<http::Request<Bytes>, ProviderError> {
        let mut url = self.endpoint.url(&["payment"])?;
        for (name, value) in query.pairs() {
            url.query_pairs_mut().append_pair(name, &value);
        }
        self.keyed(get(&url)?)
    }

    /// System Status. Public, so it goes without the key.
    pub(super) fn monitor(&self) -> Result<http::Request<Bytes>, ProviderError> {
        get(&self.endpoint.url(&["common", "monitor"])?)
    }

    pub(super) fn keyed(&self, request: http::Request<Bytes>) -> Result<http::Request<Bytes>, ProviderError> {
        with_key(request, "merchant_api_key", self.key.expose())
    }
}

/// The longest lifetime the vendor takes.
pub(super) const LONGEST_LIFETIME_MINUTES: i64 = 2880;

/// Whole minutes within the vendor's bounds. Rounded down, to end before the order does; but an order's last quarter of an hour is
/// shorter than the shortest lifetime there is.
pub(super) fn lifetime_minutes(lifetime: Millis) -> i64 {
    (lifetime.0 / Millis::minutes(1).0).clamp(15, LONGEST_LIFETIME_MINUTES)
}
