//! What is sent to Onecheckout, to the letter: documented fields only, numbers as JSON numbers written from the decimal's own text.
//! Nothing here reads answers.

use super::Onecheckout;
use crate::provider::{ProviderError, Purchase};
use crate::providers::endpoint::{get, only_asking, post_json, with_key};
use crate::records::{AccountChanges, ListQuery};
use bytes::Bytes;
use checkout_shared::time::{Millis, Timestamp};
use http::Method;
use serde::Serialize;
use serde_json::value::RawValue;
use url::Url;

/// The most orders the vendor lists on one page.
const LONGEST_PAGE: u32 = 1024;
/// How many orders are listed on a page in search of one. They come with all their lines, so not as many as the vendor would list.
const SEARCH_PAGE: u32 = 200;
/// The vendor's clock and ours may differ by this much when an order is looked for by the time of its creation.
pub(super) const CLOCK_SKEW: Millis = Millis::minutes(10);
/// The statuses that orders can be listed by.
const LISTED_BY: [&str; 4] = ["OPEN", "PAID", "CANCELLED", "REFUNDED"];

/// The header that carries the key (`ONECHECKOUT_AUTH`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Auth {
    /// As documented: `Authorization: Bearer` for orders, `X-API-Key` for the account, lists and events.
    Document,
    /// `Authorization: Bearer` always.
    Bearer,
    /// `X-API-Key` always.
    XApiKey,
    /// `api-key` always, as the vendor's demo store.
    ApiKey,
}

impl Auth {
    /// The words of the setting, the default first.
    pub(super) const WORDS: &[(&str, Self)] =
        &[("document", Self::Document), ("bearer", Self::Bearer), ("x-api-key", Self::XApiKey), ("api-key", Self::ApiKey)];
}

/// What a call is about, which decides its header.
#[derive(Clone, Copy, PartialEq, Eq)]
enum About {
    /// An order: created, read or captured.
    Order,
    /// The account, and what it lists.
    Account,
}

/// The body of Create Order.
#[derive(Serialize)]
struct CreateOrder<'a> {
    currency: &'a str,
    order_lines: Vec<OrderLine<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tax_amount: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    success_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cancel_url: Option<&'a str>,
    reference_id: &'a str,
}

#[derive(Serialize)]
struct OrderLine<'a> {
    title: &'a str,
    quantity: u32,
    unit_price: Box<RawValue>,
}

/// The body of List Orders. The times are seconds since the Unix epoch, as in the vendor's sample, whatever "hour" in their names
/// is for; those in its answers are milliseconds.
#[derive(Default, Serialize)]
struct ListOrders<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    anchor: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_hour_from: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_hour_to: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_hour_from: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_hour_to: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    paid_hour_from: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    paid_hour_to: Option<i64>,
}

impl Onecheckout {
    /// Read Account.
    pub(super) fn read_account(&self) -> Result<http::Request<Bytes>, ProviderError> {
        self.keyed(get(&self.endpoint.url(&["me"])?)?, About::Account)
    }

    /// Update Account.
    pub(super) fn change_account(&self, changes: &AccountChanges) -> Result<http::Request<Bytes>, ProviderError> {
        if *changes == AccountChanges::default() {
            return Err(ProviderError::refused("changes", "there is nothing to change"));
        }
        for (field, url) in
            [("webhook_url", &changes.webhook_url), ("success_url", &changes.success_url), ("cancel_url", &changes.cancel_url)]
        {
            if url.as_ref().is_some_and(|url| self.endpoint.page(url).is_none()) {
                return Err(ProviderError::refused(field, "must be an https URL"));
            }
        }
        if changes.email.as_ref().is_some_and(|email| !is_email(email)) {
            return Err(ProviderError::refused("email", "must be an address for mail"));
        }
        self.keyed(post_json(&self.endpoint.url(&["me"])?, changes)?, About::Account)
    }

    /// Create Order.
    pub(super) fn create_order(&self, purchase: &Purchase) -> Result<http::Request<Bytes>, ProviderError> {
        let currency = &purchase.price.currency;
        let line = |title, quantity, unit_price| {
            Ok(OrderLine { title, quantity, unit_price: self.amounts.written("unit_price", unit_price, currency)? })
        };
        let order_lines = if purchase.lines.is_empty() {
            vec![line(purchase.description.as_deref().unwrap_or("Order"), 1, purchase.price.amount)?]
        } else {
            let lines = purchase.lines.iter().map(|stated| line(&stated.title, stated.quantity, stated.unit_price));
            lines.collect::<Result<_, ProviderError>>()?
        };
        // Tax without lines is within the one line already.
        let tax = purchase.tax.filter(|_| !purchase.lines.is_empty());
        let body = CreateOrder {
            currency: currency.as_str(),
            order_lines,
            tax_amount: tax.map(|tax| self.amounts.written("tax_amount", tax, currency)).transpose()?,
            // Where customers come back to is one place, whatever became of their payment: it is read, not taken from the address.
            success_url: purchase.return_url.as_deref(),
            cancel_url: purchase.return_url.as_deref(),
            reference_id: &purchase.reference,
        };
        self.keyed(post_json(&self.endpoint.url(&["orders"])?, &body)?, About::Order)
    }

    /// Read Order.
    pub(super) fn read_order(&self, id: &str) -> Result<http::Request<Bytes>, ProviderError> {
        self.keyed(get(&self.order_url(id, &[])?)?, About::Order)
    }

    /// Capture Order.
    pub(super) fn capture_order(&self, id: &str) -> Result<http::Request<Bytes>, ProviderError> {
        let mut request = get(&self.order_url(id, &["capture"])?)?;
        // Documented without a body, and so without a type of one.
        *request.method_mut() = Method::POST;
        self.keyed(request, About::Order)
    }

    /// List Order Events.
    pub(super) fn list_order_events(&self, id: &str) -> Result<http::Request<Bytes>, ProviderError> {
        self.keyed(get(&self.order_url(id, &["events"])?)?, About::Account)
    }

    /// List Orders, by a merchant's filters.
    pub(super) fn list_orders(&self, query: &ListQuery) -> Result<http::Request<Bytes>, ProviderError> {
        query.only(&["status", "created_from", "created_to", "updated_from", "updated_to", "paid_from", "paid_to", "cursor", "limit"])?;
        if query.limit.is_some_and(|limit| !(1..=LONGEST_PAGE).contains(&limit)) {
            return Err(ProviderError::refused("limit", "must be 1 to 1024"));
        }
        self.listing(&ListOrders {
            anchor: query.cursor.as_deref(),
            limit: query.limit,
            status: query.status.as_deref().map(listed_by).transpose()?,
            created_hour_from: query.created_from.map(Timestamp::seconds),
            created_hour_to: query.created_to.map(rounded_up),
            updated_hour_from: query.updated_from.map(Timestamp::seconds),
            updated_hour_to: query.updated_to.map(rounded_up),
            paid_hour_from: query.paid_from.map(Timestamp::seconds),
            paid_hour_to: query.paid_to.map(rounded_up),
        })
    }

    /// List Orders, narrowed to where this purchase must be: whole hours, so that a vendor that cuts times to hours has it as well.
    pub(super) fn orders_around(&self, purchase: &Purchase, anchor: Option<&str>) -> Result<http::Request<Bytes>, ProviderError> {
        const HOUR: i64 = 3600;
        let (from, to) = (purchase.started_at + Millis(-CLOCK_SKEW.0), purchase.started_at + CLOCK_SKEW);
        self.listing(&ListOrders {
            anchor,
            limit: Some(SEARCH_PAGE),
            created_hour_from: Some(from.seconds().div_euclid(HOUR) * HOUR),
            created_hour_to: Some((rounded_up(to).div_euclid(HOUR) + 1) * HOUR),
            ..ListOrders::default()
        })
    }

    fn listing(&self, body: &ListOrders<'_>) -> Result<http::Request<Bytes>, ProviderError> {
        self.keyed(only_asking(post_json(&self.endpoint.url(&["orders-list"])?, body)?), About::Account)
    }

    /// The address of an order. What cannot be an id is refused: dots alone would lead to another call.
    fn order_url(&self, id: &str, below: &[&str]) -> Result<Url, ProviderError> {
        if id.is_empty() || id.bytes().all(|byte| byte == b'.') {
            return Err(ProviderError::refused("id", "is no order's id"));
        }
        self.endpoint.url(&[&["orders", id], below].concat())
    }

    fn keyed(&self, request: http::Request<Bytes>, about: About) -> Result<http::Request<Bytes>, ProviderError> {
        let key = self.key.expose();
        match (self.auth, about) {
            (Auth::Bearer, _) | (Auth::Document, About::Order) => with_key(request, "authorization", &format!("Bearer {key}")),
            (Auth::XApiKey, _) | (Auth::Document, About::Account) => with_key(request, "x-api-key", key),
            (Auth::ApiKey, _) => with_key(request, "api-key", key),
        }
    }
}

fn listed_by(stated: &str) -> Result<&'static str, ProviderError> {
    let word = LISTED_BY.into_iter().find(|word| word.eq_ignore_ascii_case(stated));
    word.ok_or_else(|| ProviderError::refused("status", "must be OPEN, PAID, CANCELLED or REFUNDED"))
}

/// Whole seconds, such that nothing up to this time is left out.
const fn rounded_up(time: Timestamp) -> i64 {
    time.seconds() + (time.0.rem_euclid(1000) != 0) as i64
}

fn is_email(text: &str) -> bool {
    let graphic = text.len() <= 254 && text.chars().all(|c| !c.is_whitespace() && !c.is_control());
    graphic && text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
}
