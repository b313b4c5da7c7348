//! The private calls of the simulated `OkiPays`: who may make them, what is checked, what is made. Everything in a body is known and
//! checked by name; a field that is not documented (nor seen at third parties) is refused.

use super::OkiPays;
use super::envelope::Refused;
use super::lists::{self, OnNetwork};
use super::order::{Order, Terms};
use super::signature::{is_unambiguous, signature};
use bytes::Bytes;
use checkout_shared::time::{Millis, Timestamp};
use rust_decimal::Decimal;
use serde_json::{Map, Value};
use url::Url;

/// How long an order lives that names no time of its own. Not documented.
const DEFAULT_LIFETIME: Millis = Millis::hours(24);

/// What an id of the vendor's is made of, as in its samples.
const ID_ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

type Fields = Map<String, Value>;

impl OkiPays {
    /// The body of a private request, once token, signature and number are right. The number is used up even if the rest is refused.
    pub(super) fn authentic(&mut self, request: &http::Request<Bytes>) -> Result<Fields, Refused> {
        let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if header("x-auth-token") != self.config.token {
            return Err(Refused::unauthorized());
        }
        let body: Value = match header("content-type").split(';').next() {
            Some("application/json") => serde_json::from_slice(request.body()).map_err(|_| unreadable())?,
            _ => return Err(unreadable()),
        };
        // Third parties show this text.
        if !is_unambiguous(&body) || header("x-auth-sign") != signature(&body, &self.config.secret) {
            return Err(Refused::bad("Signature is invalid"));
        }
        let Value::Object(fields) = body else { return Err(unreadable()) };
        let request_id = integer(&fields, "request_id")?.ok_or_else(|| Refused::bad("Required request_id"))?;
        if request_id <= self.last_request_id {
            self.stale_requests += 1;
            return Err(Refused::bad("Parameter request_id must be more than previous."));
        }
        self.last_request_id = request_id;
        Ok(fields)
    }

    /// order/create.
    pub(super) fn create(&mut self, fields: &Fields, now: Timestamp) -> Result<Value, Refused> {
        self.all_known(fields)?;
        let order_id = order_id(fields)?;
        if self.order(order_id).is_some() {
            return Err(Refused::bad("Parameter order_id must be unique."));
        }
        let terms = terms(fields, now)?;
        let order = Order::new(self.new_id(), order_id, terms, format!("{}/pay/{order_id}", self.origin), now);
        let record = order.record();
        self.orders.push(order);
        Ok(record)
    }

    /// order/get.
    pub(super) fn get(&self, fields: &Fields) -> Result<Value, Refused> {
        only(fields, &["request_id", "order_id"])?;
        let order = self.order(order_id(fields)?).ok_or(Refused::order_not_found())?;
        Ok(order.record())
    }

    fn all_known(&self, fields: &Fields) -> Result<(), Refused> {
        let documented =
            ["request_id", "order_id", "payment_currency_iso", "price", "include_commission", "description", "time_expired", "currencies"];
        let seen: &[&str] = if self.config.knows_redirect { &["redirect_url"] } else { &[] };
        only(fields, &[&documented[..], seen].concat())
    }

    /// Eight characters that no other order has.
    fn new_id(&mut self) -> String {
        loop {
            let id = self.seeded.text(ID_ALPHABET, 8);
            if self.orders.iter().all(|order| order.id != id) {
                return id;
            }
        }
    }
}

fn terms(fields: &Fields, now: Timestamp) -> Result<Terms, Refused> {
    let iso3 = text(fields, "payment_currency_iso")?.ok_or_else(|| Refused::bad("Required payment_currency_iso"))?;
    let currency = lists::currency(&iso3).ok_or_else(Refused::currency_not_available)?;
    let price = decimal(fields, "price")?.ok_or_else(|| Refused::bad("Required price"))?;
    if price <= Decimal::ZERO || price.normalize().scale() > currency.decimals {
        return Err(Refused::bad("Price is not an amount of the currency."));
    }
    let expires_at = integer(fields, "time_expired")?.and_then(|seconds| i64::try_from(seconds).ok()).map(Timestamp::from_seconds);
    let expires_at = expires_at.unwrap_or(now + DEFAULT_LIFETIME);
    // A year ahead are milliseconds taken for seconds.
    if expires_at <= now || expires_at > now + Millis::hours(24 * 366) {
        return Err(Refused::bad("Time Expired must be a timestamp in the future."));
    }
    let redirect_url = text(fields, "redirect_url")?.unwrap_or_default();
    if !redirect_url.is_empty() && Url::parse(&redirect_url).is_err() {
        return Err(Refused::bad("Redirect Url is not a valid URL."));
    }
    Ok(Terms {
        currency,
        price,
        include_commission: match integer(fields, "include_commission")? {
            Some(0) => false,
            Some(1) => true,
            _ => return Err(Refused::bad("Include Commission has to be 1 or 0.")),
        },
        description: text(fields, "description")?.unwrap_or_default(),
        targets: targets(fields)?,
        redirect_url,
        expires_at,
    })
}

/// What customers may pay in: what is named, or everything where nothing is.
fn targets(fields: &Fields) -> Result<Vec<OnNetwork>, Refused> {
    let Some(named) = fields.get("currencies") else { return Ok(lists::all()) };
    let named = named.as_array().filter(|named| !named.is_empty()).ok_or_else(|| Refused::bad("Currencies must be a list."))?;
    let read = |named: &Value| {
        let named = named.as_object().ok_or_else(|| Refused::bad("Currencies must be a list of iso and network."))?;
        only(named, &["iso", "network"])?;
        let (iso, network) = (text(named, "iso")?, integer(named, "network")?);
        let (iso, network) = iso.zip(network).ok_or_else(|| Refused::bad("Currencies must be a list of iso and network."))?;
        lists::on_network(&iso, network).ok_or_else(Refused::currency_not_available)
    };
    named.iter().map(read).collect()
}

fn order_id(fields: &Fields) -> Result<u64, Refused> {
    integer(fields, "order_id")?.filter(|order_id| *order_id > 0).ok_or(Refused::required_order_id())
}

fn only(fields: &Fields, known: &[&str]) -> Result<(), Refused> {
    match fields.keys().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(Refused::bad(format!("Unknown parameter {name}."))),
        None => Ok(()),
    }
}

fn text(fields: &Fields, name: &str) -> Result<Option<String>, Refused> {
    match fields.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Refused::bad(format!("{name} must be a string."))),
    }
}

/// A whole number, or one written as text: the vendor's samples do both.
fn integer(fields: &Fields, name: &str) -> Result<Option<u64>, Refused> {
    let must_be = || Refused::bad(format!("{name} must be an integer."));
    match fields.get(name) {
        None => Ok(None),
        Some(Value::String(text)) if text.bytes().all(|byte| byte.is_ascii_digit()) => text.parse().map(Some).map_err(|_| must_be()),
        Some(value) => value.as_u64().map(Some).ok_or_else(must_be),
    }
}

fn decimal(fields: &Fields, name: &str) -> Result<Option<Decimal>, Refused> {
    let read = |text: &str| text.parse().map(Some).map_err(|_| Refused::bad(format!("{name} must be a number.")));
    match fields.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => read(text),
        Some(other) => read(&other.to_string()),
    }
}

fn unreadable() -> Refused {
    Refused::bad("Invalid JSON data in request body: Syntax error.")
}
