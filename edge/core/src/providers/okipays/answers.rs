//! What `OkiPays` says, read: both shapes of its answers, orders and callbacks.
//!
//! Tolerant of form (numbers as text, any letter case, both spellings of a word), strict where money could go astray: an answer about
//! an order must be about that order, and an amount that is there but cannot be read makes the whole answer unreadable.

use super::Keys;
use crate::provider::{Created, Found, PaymentStatus, ProviderError, Purchase, Snapshot, Stated};
use crate::providers::answer::{self, Asked, Field};
use crate::providers::endpoint::Endpoint;
use bytes::Bytes;
use checkout_shared::money::{Amount, Currency, Money};
use checkout_shared::session::Instructions;
use checkout_shared::time::Timestamp;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use url::Url;

/// Around every answer: `{status, message, data, token}`, a refusal `{status, error, code, token}`, or the vendor's framework's own
/// `{name, message, code, status}`, whose `status` is HTTP's.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Envelope {
    status: Field,
    message: Field,
    error: Field,
    code: Field,
    token: Field,
    data: Field,
}

/// An order, as order/create and order/get answer it and as callbacks tell it. The currency of the price has two names.
#[derive(Default, Deserialize)]
#[serde(default)]
struct OrderRecord {
    order_id: Field,
    status: Field,
    status_id: Field,
    price: Field,
    payment_currency_iso: Field,
    payment_currency: Field,
    link: Field,
    rate: Field,
    total_sum_price: Field,
    time_done: Field,
}

/// Something is said that cannot be read.
struct Unreadable;

/// A no.
struct Refusal {
    status: u16,
    code: Option<i64>,
    text: String,
    /// Stands beside it in the answer, and need not be the one we sent.
    token: Option<String>,
}

impl Refusal {
    /// Documented: code 14, "Order not found".
    fn is_not_found(&self) -> bool {
        self.code == Some(14) || self.text.eq_ignore_ascii_case("order not found")
    }

    /// Not documented; its text will name the parameter.
    fn is_stale(&self) -> bool {
        self.status == 400 && self.text.to_ascii_lowercase().replace([' ', '-'], "_").contains("request_id")
    }

    fn into_error(self, keys: &Keys) -> ProviderError {
        // Documented: code 19, "Required order_id". No other code names a field.
        let field = (self.code == Some(19)).then(|| "order_id".to_owned());
        let text = self.token.map_or_else(|| self.text.clone(), |token| self.text.replace(&token, "…"));
        ProviderError::Answered { status: self.status, field, message: keys.scrub(&text) }
    }
}

/// What an answer says: its `data` where it says yes.
fn heard(response: &http::Response<Bytes>, asked: Asked) -> Result<Result<Field, Refusal>, ProviderError> {
    let envelope: Option<Envelope> = answer::read(response.body());
    match response.status().as_u16() {
        200..300 => {
            let envelope = envelope.ok_or_else(|| asked.lost("the answer is not the JSON it should be"))?;
            match envelope.status.flag() {
                Some(true) => Ok(Ok(envelope.data)),
                Some(false) => Ok(Err(refusal(400, &envelope))),
                None => Err(asked.lost("the answer says neither yes nor no")),
            }
        }
        429 => Err(ProviderError::RateLimited { retry_after: answer::retry_after(response.headers()) }),
        // Refused, be it by the vendor or by what stands before it. 408 is no refusal: the request may have been taken in.
        status @ 400..500 if status != 408 => Ok(Err(refusal(status, &envelope.unwrap_or_default()))),
        status => Err(asked.lost(&format!("status {status}"))),
    }
}

fn refusal(status: u16, envelope: &Envelope) -> Refusal {
    let text = envelope.error.text().or_else(|| envelope.message.text()).unwrap_or_else(|| "no reason given".to_owned());
    Refusal { status, code: envelope.code.integer(), text, token: envelope.token.text() }
}

/// The `data` of an answer that says yes; otherwise what is safe to do next.
pub(super) fn data(response: &http::Response<Bytes>, keys: &Keys, asked: Asked) -> Result<Field, ProviderError> {
    heard(response, asked)?.map_err(|refusal| refusal.into_error(keys))
}

/// Whether the request was refused for its number. Then nothing has been done.
pub(super) fn is_stale(response: &http::Response<Bytes>) -> bool {
    matches!(heard(response, Asked::ForNews), Ok(Err(refusal)) if refusal.is_stale())
}

/// The answer to order/create. Whatever is wrong with it, the order may exist.
pub(super) fn created(
    response: &http::Response<Bytes>,
    keys: &Keys,
    endpoint: &Endpoint,
    purchase: &Purchase,
    order_id: u64,
) -> Result<Created, ProviderError> {
    let lost = |reason| Asked::ToCreate.lost(reason);
    let record = record(&data(response, keys, Asked::ToCreate)?, order_id, Asked::ToCreate)?;
    let instructions = record.instructions(endpoint, purchase).ok_or_else(|| lost("the answer has no page"))?;
    let stated = record.priced(&purchase.reference).ok_or_else(|| lost("the answer has no readable price"))?;
    Ok(Created { provider_reference: order_id.to_string(), instructions, stated })
}

/// The answer to order/get for an order that may not exist.
pub(super) fn found(
    response: &http::Response<Bytes>,
    keys: &Keys,
    endpoint: &Endpoint,
    purchase: &Purchase,
    order_id: u64,
) -> Result<Option<Found>, ProviderError> {
    let data = match heard(response, Asked::ForNews)? {
        Ok(data) => data,
        Err(refusal) if refusal.is_not_found() => return Ok(None),
        Err(refusal) => return Err(refusal.into_error(keys)),
    };
    let record = record(&data, order_id, Asked::ForNews)?;
    let stated = record.priced(&purchase.reference).ok_or_else(|| Asked::ForNews.lost("the order has no readable price"))?;
    Ok(Some(Found { provider_reference: order_id.to_string(), instructions: record.instructions(endpoint, purchase), stated }))
}

/// The answer to order/get.
pub(super) fn order(response: &http::Response<Bytes>, keys: &Keys, order_id: u64) -> Result<Snapshot, ProviderError> {
    let record = record(&data(response, keys, Asked::ForNews)?, order_id, Asked::ForNews)?;
    let snapshot = record.snapshot(order_id).ok_or_else(|| Asked::ForNews.lost("the order is unreadable"))?;
    Asked::ForNews.priced(snapshot)
}

/// A callback whose signature was checked. `None`: it does not state all that it is compared by.
pub(super) fn notification(body: &[u8]) -> Option<(u64, Snapshot)> {
    let record: OrderRecord = answer::read(body)?;
    let order_id = record.number()?;
    record.status.text()?;
    let snapshot = record.snapshot(order_id)?;
    snapshot.stated.price.as_ref()?;
    let has_money = matches!(snapshot.status, PaymentStatus::Processing | PaymentStatus::Partial | PaymentStatus::Paid);
    let is_paid = snapshot.status == PaymentStatus::Paid;
    let tells_all = (!has_money || !record.total_sum_price.is_absent()) && (!is_paid || names(body)?.contains("time_done"));
    tells_all.then_some((order_id, snapshot))
}

/// The names in a callback. When an order was paid may be left open, as null, but not under another name.
fn names(body: &[u8]) -> Option<BTreeSet<String>> {
    answer::read::<BTreeMap<String, Field>>(body).map(|fields| fields.into_keys().collect())
}

/// Which order a callback is about that nobody has signed. The vendor's own sample is not valid JSON, so where it cannot be read as
/// such, the number is looked for in the text: it only makes us ask.
pub(super) fn hint(body: &[u8]) -> Option<u64> {
    match answer::read::<OrderRecord>(body) {
        Some(record) => record.number(),
        None => number_in_text(std::str::from_utf8(body).ok()?),
    }
}

fn number_in_text(text: &str) -> Option<u64> {
    let (_, behind) = text.split_once("\"order_id\"")?;
    let value = behind.trim_start().strip_prefix(':')?.trim_start();
    let value = value.strip_prefix('"').unwrap_or(value);
    let end = value.find(|c: char| !c.is_ascii_digit()).unwrap_or(value.len());
    order_number(&value[..end])
}

/// An order's number, from its plain text.
pub(super) fn order_number(text: &str) -> Option<u64> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    if is_plain { text.parse().ok() } else { None }
}

fn record(data: &Field, order_id: u64, asked: Asked) -> Result<OrderRecord, ProviderError> {
    let record: OrderRecord = data.parse().ok_or_else(|| asked.lost("the answer has no order in it"))?;
    if record.number() == Some(order_id) { Ok(record) } else { Err(asked.lost("the answer is about another order")) }
}

impl OrderRecord {
    fn number(&self) -> Option<u64> {
        self.order_id.integer().and_then(|number| u64::try_from(number).ok()).filter(|number| *number > 0)
    }

    /// `None` where an amount is there that cannot be read: silence would pass for agreement.
    fn stated(&self, reference: Option<&str>) -> Option<Stated> {
        let price = match (self.price.is_absent(), self.currency_field()) {
            (false, Some(currency)) => Some(Money { amount: Amount(self.price.decimal()?), currency: read_currency(currency)? }),
            _ => None,
        };
        Some(Stated { price, reference: reference.map(str::to_owned) })
    }

    /// The same of an order that is only just made: without its price, whatever it was made for would pass for what was asked for.
    fn priced(&self, reference: &str) -> Option<Stated> {
        self.stated(Some(reference)).filter(|stated| stated.price.is_some())
    }

    fn currency_field(&self) -> Option<&Field> {
        [&self.payment_currency_iso, &self.payment_currency].into_iter().find(|field| !field.is_absent())
    }

    /// Nothing says when an order ends, so it is what was asked for, in the whole seconds it was asked for in.
    fn instructions(&self, endpoint: &Endpoint, purchase: &Purchase) -> Option<Instructions> {
        let url = page(endpoint, &self.link.text()?)?;
        let expires_at = Timestamp::from_seconds((purchase.started_at + purchase.lifetime).seconds());
        Some(Instructions::Page { url, expires_at })
    }

    fn snapshot(&self, order_id: u64) -> Option<Snapshot> {
        let (status, unknown_status) = self.status();
        let stated = self.stated(None)?;
        let received = self.received().ok()?;
        Some(Snapshot {
            provider_reference: order_id.to_string(),
            status,
            unknown_status,
            // Stated of orders that are not done as well, as in the sample of a partial one.
            paid_at: self.time_done.seconds().filter(|_| status == PaymentStatus::Paid),
            shortfall_accepted: stated.price.as_ref().zip(received.as_ref()).and_then(|(price, total)| self.rounding(price, total)),
            stated,
            transactions: Vec::new(),
            received,
        })
    }

    /// The word decides: the sample's number contradicts it, so of a word that is not known the number is no better witness. Only where
    /// there is no word the number is all there is.
    fn status(&self) -> (PaymentStatus, Option<String>) {
        let (word, status) = match self.status.text() {
            Some(word) => (word.clone(), status_by_word(&word)),
            None => (self.status_id.text().unwrap_or_default(), self.status_id.integer().and_then(status_by_number)),
        };
        let unknown = status.is_none().then(|| word.chars().take(40).collect());
        (status.unwrap_or(PaymentStatus::Pending), unknown)
    }

    /// What has come in all, in the currency of the price.
    fn received(&self) -> Result<Option<Money>, Unreadable> {
        if self.total_sum_price.is_absent() {
            return Ok(None);
        }
        let amount = self.total_sum_price.decimal().ok_or(Unreadable)?;
        let currency = self.currency_field().and_then(read_currency).ok_or(Unreadable)?;
        Ok((amount > Decimal::ZERO).then(|| Money::new(amount, currency)))
    }

    /// Callbacks write amounts of a coin with eight decimals, and what has come in the price's currency is such an amount times the
    /// rate: it can be off by what the last of these decimals is worth. So much, and never a thousandth of the price, may be missing
    /// from an order that the vendor calls paid; in percent.
    fn rounding(&self, price: &Money, total: &Money) -> Option<Amount> {
        let missing = price.amount.0.checked_sub(total.amount.0).filter(|missing| *missing > Decimal::ZERO)?;
        let last_decimal = self.rate.decimal()?.checked_mul(Decimal::new(1, 8))?;
        let percent = missing.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(price.amount.0)?;
        let percent = percent.round_dp_with_strategy(6, RoundingStrategy::AwayFromZero);
        (missing <= last_decimal && percent < Decimal::new(1, 1)).then_some(Amount(percent))
    }
}

fn read_currency(field: &Field) -> Option<Currency> {
    Currency::new(&field.text()?).ok()
}

/// The page to send the customer to. The document names no host for it, so any https page is taken: who could put another host into an
/// answer could as well change the page. But its sample has lost the slash between host and path
/// (`https://api.okipays.comcheckout/4JWOUAGY`), which would lead to a host of anybody's: exactly that is mended, and a host that
/// merely goes on where the API's ends is never led to.
fn page(endpoint: &Endpoint, link: &str) -> Option<String> {
    let api = endpoint.url(&[]).ok()?;
    let origin = api.origin().ascii_serialization();
    if let Some(path) = link.strip_prefix(&origin).filter(|rest| rest.starts_with("checkout/")) {
        return endpoint.page(&format!("{origin}/{path}"));
    }
    let (host, url) = (api.host_str()?, Url::parse(link).ok()?);
    let is_run_on = url.host_str().is_none_or(|stated| stated != host && stated.starts_with(host));
    if is_run_on || !url.username().is_empty() { None } else { endpoint.page(link) }
}

/// The documented words, in any letter case and joined in any way, and the spellings that a third-party receiver of callbacks knows.
/// What is none of them is `None`: never paid, never over.
///
/// "Pay Failed" and "Error" are about one try to pay. Nothing documented says that they end the order, and its page stays: called failed,
/// the order would no longer be asked about, and a customer who tried again on the same page would pay unseen. So they are pending, until
/// "Expired" follows or the order's own time is over.
fn status_by_word(word: &str) -> Option<PaymentStatus> {
    match word.to_ascii_lowercase().replace([' ', '_', '-'], "").as_str() {
        "created" | "payfailed" | "error" => Some(PaymentStatus::Pending),
        "inprocess" => Some(PaymentStatus::Processing),
        "partially" => Some(PaymentStatus::Partial),
        "completed" | "paid" | "overpayment" => Some(PaymentStatus::Paid),
        "cancelled" | "canceled" | "deleted" => Some(PaymentStatus::Cancelled),
        "expired" => Some(PaymentStatus::Expired),
        _ => None,
    }
}

/// The documented numbers, each for the word that [`status_by_word`] knows.
const fn status_by_number(number: i64) -> Option<PaymentStatus> {
    match number {
        0 | 4 | 5 => Some(PaymentStatus::Pending),
        1 => Some(PaymentStatus::Partial),
        2 | 8 | 10 => Some(PaymentStatus::Paid),
        3 | 9 => Some(PaymentStatus::Cancelled),
        6 => Some(PaymentStatus::Processing),
        7 => Some(PaymentStatus::Expired),
        _ => None,
    }
}
