//! What is sent to `OxaPay`, to the letter. Only what every version of its documents and SDKs accepts; numbers as JSON numbers
//! written from the decimal's own text. Nothing here reads answers.

use super::OxaPay;
use super::catalogue::Offer;
use crate::provider::{ProviderError, Purchase};
use bytes::Bytes;
use checkout_shared::method::MethodId;
use checkout_shared::money::Amount;
use checkout_shared::time::{Millis, Timestamp};
use http::Method;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use serde::Serialize;
use serde_json::value::RawValue;
use url::Url;

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

/// A page of Payment History, narrowed down. Each filter is one line in [`HistoryQuery::pairs`].
struct HistoryQuery {
    kind: &'static str,
    from: Timestamp,
    amount: Amount,
    page: u32,
}

impl HistoryQuery {
    fn pairs(&self) -> [(&'static str, String); 8] {
        let amount = self.amount.0.normalize().to_string();
        [
            ("type", self.kind.to_owned()),
            ("from_date", self.from.seconds().to_string()),
            ("from_amount", amount.clone()),
            ("to_amount", amount),
            // Oldest first, so that payments made meanwhile do not shift the pages.
            ("sort_by", "create_date".to_owned()),
            ("sort_type", "asc".to_owned()),
            ("size", PAGE_SIZE.to_string()),
            ("page", self.page.to_string()),
        ]
    }
}

impl OxaPay {
    /// Accepted Currencies: the coins the merchant has switched on.
    pub(super) fn accepted_currencies(&self) -> Result<http::Request<Bytes>, ProviderError> {
        self.keyed(Method::GET, &self.url(&["payment", "accepted-currencies"])?, Bytes::new())
    }

    /// Supported Currencies: all coins with their networks. Public, so it goes without the key.
    pub(super) fn currencies(&self) -> Result<http::Request<Bytes>, ProviderError> {
        request(Method::GET, &self.url(&["common", "currencies"])?, Bytes::new())
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
        self.keyed(Method::POST, &self.url(&["payment", "white-label"])?, json(&body)?)
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
        self.keyed(Method::POST, &self.url(&["payment", "invoice"])?, json(&body)?)
    }

    /// Payment Information.
    pub(super) fn payment(&self, track_id: &str) -> Result<http::Request<Bytes>, ProviderError> {
        self.keyed(Method::GET, &self.url(&["payment", track_id])?, Bytes::new())
    }

    /// Payment History, narrowed to where this purchase must be.
    pub(super) fn history(&self, purchase: &Purchase, page: u32) -> Result<http::Request<Bytes>, ProviderError> {
        let query = HistoryQuery {
            kind: match purchase.method {
                MethodId::Coin { .. } => "white_label",
                MethodId::Page(_) => "invoice",
            },
            from: purchase.started_at + Millis(-CLOCK_SKEW.0),
            amount: purchase.price.amount,
            page,
        };
        let mut url = self.url(&["payment"])?;
        url.query_pairs_mut().extend_pairs(query.pairs());
        self.keyed(Method::GET, &url, Bytes::new())
    }

    /// A path below the base URL; the segments are escaped, so none can leave its place.
    fn url(&self, segments: &[&str]) -> Result<Url, ProviderError> {
        let mut url = self.base.clone();
        url.path_segments_mut().map_err(|()| unsendable("the base URL takes no path"))?.pop_if_empty().extend(segments);
        Ok(url)
    }

    fn keyed(&self, method: Method, url: &Url, body: Bytes) -> Result<http::Request<Bytes>, ProviderError> {
        let mut request = request(method, url, body)?;
        let mut key = HeaderValue::from_str(self.key.expose()).map_err(|_| unsendable("the key cannot stand in a header"))?;
        key.set_sensitive(true);
        request.headers_mut().insert("merchant_api_key", key);
        Ok(request)
    }
}

fn request(method: Method, url: &Url, body: Bytes) -> Result<http::Request<Bytes>, ProviderError> {
    let has_body = !body.is_empty();
    let mut request = http::Request::new(body);
    *request.method_mut() = method;
    *request.uri_mut() = url.as_str().parse().map_err(|_| unsendable("the URL is too long"))?;
    request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
    if has_body {
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    Ok(request)
}

/// The longest lifetime the vendor takes.
pub(super) const LONGEST_LIFETIME_MINUTES: i64 = 2880;

/// Whole minutes within the vendor's bounds. Rounded down, to end before the order does; but an order's last quarter of an hour is
/// shorter than the shortest lifetime there is.
pub(super) fn lifetime_minutes(lifetime: Millis) -> i64 {
    (lifetime.0 / Millis::minutes(1).0).clamp(15, LONGEST_LIFETIME_MINUTES)
}

fn number(amount: Amount) -> Result<Box<RawValue>, ProviderError> {
    RawValue::from_string(amount.to_string()).map_err(|_| unsendable("the amount is not a number"))
}

fn json(body: &impl Serialize) -> Result<Bytes, ProviderError> {
    serde_json::to_vec(body).map(Bytes::from).map_err(|_| unsendable("the body cannot be written"))
}

fn unsendable(reason: &str) -> ProviderError {
    ProviderError::NotSent { reason: reason.to_owned() }
}
