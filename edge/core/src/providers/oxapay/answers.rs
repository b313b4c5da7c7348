//! What `OxaPay` says, read: the envelope, errors, created payments, the state of a payment, the history and notifications.
//!
//! Tolerant of form (numbers as strings, `error` as `{}` or null, fields left out, any letter case), strict where money could go
//! astray: an address must be for the coin and network that were asked for, an answer about a payment must be about that payment,
//! and an amount that is there but cannot be read makes the whole answer unreadable.

use super::catalogue::Offer;
use super::requests::{CLOCK_SKEW, LONGEST_LIFETIME_MINUTES, lifetime_minutes};
use crate::payment_uri::payment_uri;
use crate::provider::{Created, Found, PaymentStatus, ProviderError, Purchase, Snapshot, Stated};
use crate::providers::answer::{self, Asked, Field};
use crate::providers::endpoint::Endpoint;
use crate::records::{Record, RecordPage};
use crate::secret::Secret;
use bytes::Bytes;
use checkout_shared::method::MethodId;
use checkout_shared::money::{Amount, Currency, Money};
use checkout_shared::session::{Address, Instructions, Transaction, TransactionStatus};
use checkout_shared::time::{Millis, Timestamp};
use rust_decimal::Decimal;
use serde::Deserialize;

/// `{data, message, error, status, version}` around every answer.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Envelope {
    data: Field,
    message: Field,
    error: Field,
    status: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ErrorRecord {
    key: Field,
    message: Field,
}

/// A payment in all its shapes: created by white label or invoice, in Payment Information, in the history, in a notification.
#[derive(Default, Deserialize)]
#[serde(default)]
struct PaymentRecord {
    track_id: Field,
    r#type: Field,
    amount: Field,
    currency: Field,
    status: Field,
    order_id: Field,
    under_paid_coverage: Field,
    txs: Field,
    pay_amount: Field,
    pay_currency: Field,
    network: Field,
    address: Field,
    memo: Field,
    payment_url: Field,
    expired_at: Field,
    date: Field,
}

/// A transaction in a payment's `txs`. Payment Information says `amount`, notifications say what was sent and what was received.
#[derive(Default, Deserialize)]
#[serde(default)]
struct TransactionRecord {
    tx_hash: Field,
    amount: Field,
    sent_amount: Field,
    received_amount: Field,
    currency: Field,
    status: Field,
    confirmations: Field,
    date: Field,
}

/// Something is said that cannot be read.
struct Unreadable;

/// The `data` of an answer that says yes; otherwise what is safe to do next.
pub(super) fn data(response: &http::Response<Bytes>, key: &Secret, asked: Asked) -> Result<Field, ProviderError> {
    let envelope: Option<Envelope> = answer::read(response.body());
    let own_status = envelope.as_ref().and_then(|envelope| envelope.status.integer()).and_then(|status| u16::try_from(status).ok());
    let status = own_status.filter(|status| (100..600).contains(status)).unwrap_or(response.status().as_u16());
    match status {
        200..300 => envelope.map(|envelope| envelope.data).ok_or_else(|| asked.lost("the answer is not the JSON it should be")),
        429 => Err(ProviderError::RateLimited { retry_after: answer::retry_after(response.headers()) }),
        // Refused, be it by the vendor or by what stands before it. 408 is no refusal: the request may have been taken in.
        400..500 if status != 408 => Err(refusal(status, &envelope.unwrap_or_default(), key)),
        _ => Err(asked.lost(&format!("status {status}"))),
    }
}

fn refusal(status: u16, envelope: &Envelope, key: &Secret) -> ProviderError {
    let error: ErrorRecord = envelope.error.parse().unwrap_or_default();
    let message = error.message.text().or_else(|| envelope.message.text()).unwrap_or_else(|| "no reason given".to_owned());
    ProviderError::Answered { status, field: error.key.text().map(|field| key.scrub(&field)), message: key.scrub(&message) }
}

/// The symbols in Accepted Currencies. Codes that cannot be a currency of ours are left out.
pub(super) fn accepted_currencies(response: &http::Response<Bytes>, key: &Secret) -> Result<Vec<Currency>, ProviderError> {
    #[derive(Deserialize)]
    struct Accepted {
        list: Field,
    }
    let accepted: Option<Accepted> = data(response, key, Asked::ForNews)?.parse();
    let symbols = accepted.and_then(|accepted| accepted.list.elements::<String>());
    let symbols = symbols.ok_or_else(|| Asked::ForNews.lost("the accepted currencies are unreadable"))?;
    Ok(symbols.iter().filter_map(|(_, symbol)| Currency::new(symbol).ok()).collect())
}

/// The answer to Generate White Label. Whatever is wrong with it, the payment may exist.
pub(super) fn created_address(
    response: &http::Response<Bytes>,
    key: &Secret,
    purchase: &Purchase,
    offer: &Offer,
) -> Result<Created, ProviderError> {
    let lost = |reason| Asked::ToCreate.lost(reason);
    let record = record(response, key, Asked::ToCreate)?;
    let MethodId::Coin { currency, network } = &purchase.method else { return Err(lost("an address for what is no coin")) };
    let pay_currency = record.pay_currency.text().and_then(|code| Currency::new(&code).ok());
    if pay_currency.as_ref() != Some(currency) {
        return Err(lost("the answer is about another coin"));
    }
    if !record.network.is_absent() && !record.network.text().is_some_and(|network| offer.is_on(&network)) {
        return Err(lost("the answer is about another network"));
    }
    let address = record.address.text().filter(|address| is_address(address)).ok_or_else(|| lost("the answer has no address"))?;
    let amount = positive(&record.pay_amount).ok_or_else(|| lost("the answer has no amount to pay"))?;
    let amount = Money { amount, currency: currency.clone() };
    let memo = record.memo.text();
    let payment_uri = payment_uri(network, &address, memo.as_deref(), &amount);
    let expires_at = expiry(&record, purchase);
    let instructions = Instructions::Address(Address { amount, network: network.clone(), address, memo, payment_uri, expires_at });
    record.created(instructions).ok_or_else(|| lost("the answer has no usable reference or amount"))
}

/// The answer to Generate Invoice.
pub(super) fn created_page(
    response: &http::Response<Bytes>,
    key: &Secret,
    purchase: &Purchase,
    endpoint: &Endpoint,
) -> Result<Created, ProviderError> {
    let lost = |reason| Asked::ToCreate.lost(reason);
    let record = record(response, key, Asked::ToCreate)?;
    let url = record.payment_url.text().and_then(|url| endpoint.page(&url)).ok_or_else(|| lost("the answer has no page"))?;
    let instructions = Instructions::Page { url, expires_at: expiry(&record, purchase) };
    record.created(instructions).ok_or_else(|| lost("the answer has no usable reference or amount"))
}

/// The answer to Payment Information.
pub(super) fn payment(response: &http::Response<Bytes>, key: &Secret, asked_for: &str) -> Result<Snapshot, ProviderError> {
    let snapshot = record(response, key, Asked::ForNews)?.snapshot();
    let snapshot = snapshot.ok_or_else(|| Asked::ForNews.lost("the payment is unreadable"))?;
    if snapshot.provider_reference == asked_for { Ok(snapshot) } else { Err(Asked::ForNews.lost("the answer is about another payment")) }
}

/// A notification whose signature was checked, and whether the payment is of a kind that sessions make. `None`: not about a payment.
pub(super) fn notification(body: &[u8]) -> Option<(Snapshot, bool)> {
    let record: PaymentRecord = answer::read(body)?;
    let is_of_a_session = match record.r#type.text()?.to_ascii_lowercase().as_str() {
        "invoice" | "white_label" => true,
        "static_address" | "payment_link" | "donation" => false,
        _ => return None,
    };
    Some((record.snapshot()?, is_of_a_session))
}

/// The answer to System Status: documented as true, and seen as "OK".
pub(super) fn is_working(response: &http::Response<Bytes>, key: &Secret) -> Result<bool, ProviderError> {
    #[derive(Deserialize)]
    struct Monitor {
        status: Field,
    }
    let monitor: Option<Monitor> = data(response, key, Asked::ForNews)?.parse();
    let status = monitor.map(|monitor| monitor.status).unwrap_or_default();
    let word = || status.text().map(|word| word.eq_ignore_ascii_case("ok"));
    status.flag().or_else(word).ok_or_else(|| Asked::ForNews.lost("the system status is unreadable"))
}

/// One page of the history.
pub(super) struct HistoryPage {
    payments: Vec<PaymentRecord>,
    last_page: Option<i64>,
    total: Option<u64>,
}

/// The answer to Payment History.
pub(super) fn history_page(response: &http::Response<Bytes>, key: &Secret) -> Result<HistoryPage, ProviderError> {
    #[derive(Deserialize)]
    struct History {
        list: Field,
        #[serde(default)]
        meta: Field,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Meta {
        last_page: Field,
        total: Field,
    }
    let history: Option<History> = data(response, key, Asked::ForNews)?.parse();
    let read = history.and_then(|history| {
        // One that cannot be read would be missing, and might be what is looked for.
        let payments = history.list.all_elements()?.into_iter().map(|(_, payment)| payment).collect();
        let meta: Meta = history.meta.parse().unwrap_or_default();
        let total = meta.total.integer().and_then(|total| u64::try_from(total).ok());
        Some(HistoryPage { payments, last_page: meta.last_page.integer(), total })
    });
    read.ok_or_else(|| Asked::ForNews.lost("the history is unreadable"))
}

impl HistoryPage {
    /// The payment made under our reference, if it is on this page.
    pub(super) fn find(&self, reference: &str) -> Result<Option<Found>, ProviderError> {
        let ours = self.payments.iter().find(|payment| payment.order_id.text().as_deref() == Some(reference));
        let Some(ours) = ours else { return Ok(None) };
        let found = ours.track_id.text().zip(ours.stated());
        let (provider_reference, stated) = found.ok_or_else(|| Asked::ForNews.lost("the payment found is unreadable"))?;
        Ok(Some(Found { provider_reference, instructions: None, stated }))
    }

    /// The page as the merchant's server asked for it.
    pub(super) fn records(&self, page: u32, size: u32) -> Result<RecordPage, ProviderError> {
        let payments: Option<Vec<Record>> = self.payments.iter().map(PaymentRecord::record).collect();
        let payments = payments.ok_or_else(|| Asked::ForNews.lost("a payment in the history is unreadable"))?;
        let next = if self.is_last(page, size) { None } else { page.checked_add(1) };
        Ok(RecordPage { payments, next: next.map(|page| page.to_string()), total: self.total })
    }

    /// Whether there is nothing behind this page.
    pub(super) fn is_last(&self, page: u32, size: u32) -> bool {
        let short = self.payments.is_empty() || (self.last_page.is_none() && u32::try_from(self.payments.len()).is_ok_and(|n| n < size));
        short || self.last_page.is_some_and(|last| last <= i64::from(page))
    }
}

impl PaymentRecord {
    fn created(&self, instructions: Instructions) -> Option<Created> {
        Some(Created { provider_reference: self.track_id.text()?, instructions, stated: self.stated()? })
    }

    /// `None` where an amount is there that cannot be read: silence would pass for agreement.
    fn stated(&self) -> Option<Stated> {
        let price = match (self.amount.is_absent(), self.currency.is_absent()) {
            (false, false) => Some(Money { amount: Amount(self.amount.decimal()?), currency: Currency::new(&self.currency.text()?).ok()? }),
            _ => None,
        };
        Some(Stated { price, reference: self.order_id.text() })
    }

    /// What is there and cannot be read may be money, so none of it is left out.
    fn transactions(&self) -> Result<Vec<Transaction>, Unreadable> {
        if self.txs.is_absent() {
            return Ok(Vec::new());
        }
        let listed = self.txs.all_elements::<TransactionRecord>().ok_or(Unreadable)?;
        let read: Vec<Option<Transaction>> = listed.iter().map(|(_, tx)| tx.read()).collect::<Result<_, Unreadable>>()?;
        Ok(read.into_iter().flatten().collect())
    }

    fn record(&self) -> Option<Record> {
        Some(Record { payment: self.snapshot()?, provider_status: self.status.text(), created_at: self.date.seconds() })
    }

    fn snapshot(&self) -> Option<Snapshot> {
        let word = self.status.text().unwrap_or_default();
        let status = payment_status(&word);
        Some(Snapshot {
            provider_reference: self.track_id.text()?,
            status: status.unwrap_or(PaymentStatus::Pending),
            unknown_status: status.is_none().then(|| word.chars().take(40).collect()),
            stated: self.stated()?,
            transactions: self.transactions().ok()?,
            received: None,
            paid_at: None,
            // The merchant has accepted it as it is, on the vendor's dashboard.
            shortfall_accepted: if word.eq_ignore_ascii_case("manual_accept") {
                Some(Amount(Decimal::ONE_HUNDRED))
            } else {
                self.under_paid_coverage.decimal().map(Amount)
            },
        })
    }
}

impl TransactionRecord {
    /// `None` where it says of no amount: there is nothing to count, nor to show.
    fn read(&self) -> Result<Option<Transaction>, Unreadable> {
        let Some(amount) = self.amount()? else { return Ok(None) };
        let currency = self.currency.text().and_then(|code| Currency::new(&code).ok()).ok_or(Unreadable)?;
        Ok(Some(Transaction {
            hash: self.tx_hash.text().unwrap_or_default(),
            amount: Money { amount, currency },
            status: transaction_status(&self.status.text().unwrap_or_default()),
            confirmations: self.confirmations.integer().map_or(0, |count| u32::try_from(count.max(0)).unwrap_or(u32::MAX)),
            required_confirmations: None,
            seen_at: self.date.seconds(),
        }))
    }

    /// What the customer sent is what is held against the amount due; what is received is less the fees.
    fn amount(&self) -> Result<Option<Amount>, Unreadable> {
        let stated = [&self.sent_amount, &self.amount, &self.received_amount].into_iter().filter(|field| !field.is_absent());
        let read = |field: &Field| field.decimal().filter(|amount| *amount >= Decimal::ZERO).ok_or(Unreadable);
        let amounts: Vec<Decimal> = stated.map(read).collect::<Result<_, Unreadable>>()?;
        Ok(amounts.into_iter().find(|amount| *amount > Decimal::ZERO).map(Amount))
    }
}

/// Payment Status Table, in any letter case. What is not in it is `None`: never paid, never failed.
fn payment_status(word: &str) -> Option<PaymentStatus> {
    match word.to_ascii_lowercase().as_str() {
        // No coin chosen yet; nothing seen yet.
        "new" | "waiting" => Some(PaymentStatus::Pending),
        "paying" => Some(PaymentStatus::Processing),
        "paid" | "manual_accept" => Some(PaymentStatus::Paid),
        "underpaid" => Some(PaymentStatus::Underpaid),
        "refunding" => Some(PaymentStatus::Refunding),
        "refunded" => Some(PaymentStatus::Refunded),
        "expired" => Some(PaymentStatus::Expired),
        _ => None,
    }
}

fn transaction_status(word: &str) -> TransactionStatus {
    match word.to_ascii_lowercase().as_str() {
        "confirmed" => TransactionStatus::Confirmed,
        "failed" => TransactionStatus::Failed,
        // "confirming", and words to come.
        _ => TransactionStatus::Confirming,
    }
}

fn record(response: &http::Response<Bytes>, key: &Secret, asked: Asked) -> Result<PaymentRecord, ProviderError> {
    data(response, key, asked)?.parse().ok_or_else(|| asked.lost("the answer has no payment in it"))
}

/// When the vendor says it ends; if it says nothing, or nothing that can be, when it must have ended by what was asked for.
fn expiry(record: &PaymentRecord, purchase: &Purchase) -> Timestamp {
    let longest = purchase.started_at + Millis::minutes(LONGEST_LIFETIME_MINUTES) + CLOCK_SKEW;
    let stated = record.expired_at.seconds().filter(|stated| (purchase.started_at..=longest).contains(stated));
    stated.unwrap_or_else(|| purchase.started_at + Millis::minutes(lifetime_minutes(purchase.lifetime)))
}

fn positive(field: &Field) -> Option<Amount> {
    field.decimal().filter(|amount| *amount > Decimal::ZERO).map(Amount)
}

/// Something that can be an address at all: no space, nothing invisible, not a page of text.
fn is_address(text: &str) -> bool {
    text.len() <= 200 && text.bytes().all(|byte| byte.is_ascii_graphic())
}
