//! What `OceanEx` Pay says, read: the envelope, refusals, checkouts, orders, lists.
//!
//! Tolerant of form (numbers as strings, metadata as an object or as a string, fields left out, any letter case), strict where money
//! could go astray: an address must be for the coin and on the network that were asked for, and an amount that is there but cannot be
//! read makes the whole order unreadable. What a payment in an order's `payments` looks like is not documented; whatever in it can be
//! read as a transaction is shown, and what has arrived is told by the order's own `confirmed`.

use super::requests::Paging;
use super::status::{Amounts, payment_status, says_paid};
use crate::payment_uri::payment_uri;
use crate::provider::{Created, Found, ProviderError, Purchase, Snapshot, Stated};
use crate::providers::answer::{self, Asked, Field};
use crate::providers::endpoint::Endpoint;
use crate::records::{Record, RecordPage};
use crate::secret::Secret;
use crate::session::session_of;
use bytes::Bytes;
use checkout_shared::method::{MethodId, Network};
use checkout_shared::money::{Currency, Money};
use checkout_shared::session::{Address, Instructions, Transaction, TransactionStatus};
use checkout_shared::time::{Millis, Timestamp};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// For how long an order can be paid: so it is in all of the vendor's samples, and nothing chooses it.
const LIFETIME: Millis = Millis::minutes(90);

/// The vendor's clock and ours may differ by this much.
const CLOCK_SKEW: Millis = Millis::minutes(10);

/// `{code, message, data}` around every answer. A refusal's `message` may have the first two in it again, as a string.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Envelope {
    code: Field,
    message: Field,
    data: Field,
}

/// An order in all its shapes: placed, read, of a checkout, in a list. A checkout is one with less in it.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct OrderRecord {
    id: Field,
    reference_code: Field,
    name: Field,
    hosted_url: Field,
    created_at: Field,
    expired_at: Field,
    checkout: Field,
    timeline: Field,
    metadata: Field,
    pricing: Field,
    addresses: Field,
    state: Field,
    payments: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TimelineRecord {
    status: Field,
    time: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Metadata {
    reference: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PriceRecord {
    amount: Field,
    confirmed: Field,
    currency: Field,
}

/// A payment, under all the names that its parts may have.
#[derive(Default, Deserialize)]
#[serde(default)]
struct PaymentRecord {
    txid: Field,
    tx_hash: Field,
    hash: Field,
    amount: Field,
    currency: Field,
    status: Field,
    confirmations: Field,
    time: Field,
    created_at: Field,
}

/// What an order costs in one coin.
struct Price {
    /// The vendor's name for the chain, or for the coin.
    chain: String,
    currency: Currency,
    amount: Option<Decimal>,
    confirmed: Option<Decimal>,
}

/// The `data` of an answer that says yes; otherwise what is safe to do next.
pub(super) fn data(response: &http::Response<Bytes>, key: &Secret, asked: Asked) -> Result<Field, ProviderError> {
    let envelope: Option<Envelope> = answer::read(response.body());
    let code = envelope.as_ref().and_then(|envelope| envelope.code.integer());
    let envelope = envelope.unwrap_or_default();
    match (response.status().as_u16(), code) {
        (200..300, Some(0)) => Ok(envelope.data),
        (429, _) | (200..300, Some(429)) => Err(ProviderError::RateLimited { retry_after: answer::retry_after(response.headers()) }),
        // Its own trouble, in HTTP's terms.
        (200..300, Some(code @ (408 | 500..600))) => Err(asked.lost(&format!("code {code}"))),
        (200..300, Some(code)) => {
            Err(refusal(u16::try_from(code).ok().filter(|code| (400..500).contains(code)).unwrap_or(400), &envelope, key))
        }
        (200..300, None) => Err(asked.lost("the answer is not the JSON it should be")),
        // Refused, be it by the vendor or by what stands before it. 408 is no refusal, nor is one that calls itself a success.
        (status @ 400..500, code) if status != 408 && code != Some(0) => Err(refusal(status, &envelope, key)),
        (status, _) => Err(asked.lost(&format!("status {status}"))),
    }
}

fn refusal(status: u16, envelope: &Envelope, key: &Secret) -> ProviderError {
    let told = envelope.message.text().unwrap_or_else(|| "no reason given".to_owned());
    let nested: Envelope = serde_json::from_str(&told).unwrap_or_default();
    let code = nested.code.text().or_else(|| envelope.code.text()).map(|code| format!(" (code {code})")).unwrap_or_default();
    let message = format!("{}{code}", nested.message.text().unwrap_or(told));
    ProviderError::Answered { status, field: None, message: key.scrub(&message) }
}

/// The answer to Create Checkout: the checkout's id. Without one, it may exist.
pub(super) fn created_checkout(response: &http::Response<Bytes>, key: &Secret) -> Result<String, ProviderError> {
    order(response, key, Asked::ToCreate)?.id().ok_or_else(|| Asked::ToCreate.lost("the checkout made has no id"))
}

/// The answer to Get Order via Checkout: the order, if it is that checkout's.
pub(super) fn order_of_checkout(
    response: &http::Response<Bytes>,
    key: &Secret,
    asked: Asked,
    checkout: &str,
) -> Result<OrderRecord, ProviderError> {
    let order = order(response, key, asked)?;
    let is_another = order.checkout.text().is_some_and(|stated| stated != checkout);
    if is_another { Err(asked.lost("the answer is about another checkout")) } else { Ok(order) }
}

/// The order (or checkout) in an answer.
pub(super) fn order(response: &http::Response<Bytes>, key: &Secret, asked: Asked) -> Result<OrderRecord, ProviderError> {
    data(response, key, asked)?.parse().ok_or_else(|| asked.lost("the answer has no order in it"))
}

/// A page of List Orders or List Checkouts.
pub(super) struct Listed {
    records: Vec<OrderRecord>,
    total: Option<u64>,
}

/// The answer to List Orders or List Checkouts.
pub(super) fn listed(response: &http::Response<Bytes>, key: &Secret) -> Result<Listed, ProviderError> {
    #[derive(Deserialize)]
    struct List {
        #[serde(default)]
        num_of_resources: Field,
        resources: Field,
    }
    let read = |list: List| {
        let resources: Vec<Field> = list.resources.parse()?;
        let records: Option<Vec<OrderRecord>> = resources.iter().map(Field::parse).collect();
        Some(Listed { records: records?, total: list.num_of_resources.integer().and_then(|total| u64::try_from(total).ok()) })
    };
    let list: Option<List> = data(response, key, Asked::ForNews)?.parse();
    list.and_then(read).ok_or_else(|| Asked::ForNews.lost("the list is unreadable"))
}

impl Listed {
    /// What was made under our reference, if it is on this page.
    pub(super) fn ours(&self, reference: &str) -> Option<&OrderRecord> {
        self.records.iter().find(|record| record.reference().as_deref() == Some(reference))
    }

    /// Whether what was begun then can be on no later page, newest first.
    pub(super) fn ends_search(&self, limit: u32, started_at: Timestamp) -> bool {
        let is_short = u32::try_from(self.records.len()).is_ok_and(|shown| shown < limit);
        let oldest = self.records.last().and_then(|record| record.created_at.seconds());
        is_short || oldest.is_some_and(|oldest| oldest + CLOCK_SKEW < started_at)
    }

    /// The page as the merchant's server asked for it. One order that cannot be read makes the page unreadable: it would be missing.
    pub(super) fn page(&self, paging: &Paging) -> Result<RecordPage, ProviderError> {
        let payments: Option<Vec<Record>> = self.records.iter().map(OrderRecord::record).collect();
        let payments = payments.ok_or_else(|| Asked::ForNews.lost("an order in the list is unreadable"))?;
        let next = paging.next(self.total, payments.len()).map(|page| page.to_string());
        Ok(RecordPage { payments, next, total: self.total })
    }
}

impl OrderRecord {
    /// The vendor's id; what checkouts are read by.
    pub(super) fn id(&self) -> Option<String> {
        self.id.text()
    }

    /// The order as it was just made. Whatever is wrong with it, it may exist.
    pub(super) fn created(&self, instructions: Result<Instructions, &str>, purchase: &Purchase) -> Result<Created, ProviderError> {
        let lost = |reason| Asked::ToCreate.lost(reason);
        let instructions = instructions.map_err(lost)?;
        let made = self.reference_code.text().zip(self.stated_in(&purchase.price.currency));
        let (provider_reference, stated) = made.ok_or_else(|| lost("the answer has no usable reference or amount"))?;
        Ok(Created { provider_reference, instructions, stated })
    }

    /// The order as it was found again, with how to pay it where that can be read.
    pub(super) fn found(&self, instructions: Result<Instructions, &str>, purchase: &Purchase) -> Result<Found, ProviderError> {
        let found = self.reference_code.text().zip(self.stated_in(&purchase.price.currency));
        let (provider_reference, stated) = found.ok_or_else(|| Asked::ForNews.lost("the order found is unreadable"))?;
        Ok(Found { provider_reference, instructions: instructions.ok(), stated })
    }

    /// How to pay the order on our page.
    pub(super) fn address(&self, purchase: &Purchase) -> Result<Instructions, &'static str> {
        let MethodId::Coin { currency, network } = &purchase.method else { return Err("an address for what is no coin") };
        let prices = self.prices().ok_or("the answer's prices are unreadable")?;
        let price = prices.iter().find(|price| price.currency == *currency).ok_or("the answer is about another coin")?;
        if named_network(&price.chain).is_some_and(|named| named != *network) {
            return Err("the answer is about another network");
        }
        let amount = price.amount.filter(|amount| *amount > Decimal::ZERO).ok_or("the answer has no amount to pay")?;
        let addresses: Vec<(String, Field)> = entries(&self.addresses).ok_or("the answer's addresses are unreadable")?;
        let address = addresses.iter().find(|(coin, _)| coin.eq_ignore_ascii_case(currency.as_str())).and_then(|(_, field)| field.text());
        let address = address.filter(|address| is_address(address)).ok_or("the answer has no address for the coin")?;
        let amount = Money::new(amount, currency.clone());
        let payment_uri = payment_uri(network, &address, None, &amount);
        let expires_at = self.expiry(purchase);
        Ok(Instructions::Address(Address { amount, network: network.clone(), address, memo: None, payment_uri, expires_at }))
    }

    /// How to pay the order on the vendor's page.
    pub(super) fn page(&self, purchase: &Purchase, endpoint: &Endpoint) -> Result<Instructions, &'static str> {
        let url = self.hosted_url.text().and_then(|url| endpoint.page(&url)).ok_or("the answer has no page")?;
        Ok(Instructions::Page { url, expires_at: self.expiry(purchase) })
    }

    /// Where the order stands. `None`: it has no reference, or an amount that cannot be read.
    pub(super) fn snapshot(&self) -> Option<Snapshot> {
        let prices = self.prices()?;
        // An order of ours has one price. Should there be several, it is the one that was paid.
        let paid = |price: &&Price| price.confirmed.is_some_and(|confirmed| confirmed > Decimal::ZERO);
        let price = prices.iter().find(paid).or(prices.first());
        let confirmed = price.and_then(|price| price.confirmed);
        let transactions = price.map(|price| self.transactions(&price.currency, confirmed.unwrap_or_default())).unwrap_or_default();
        let amounts = Amounts {
            asked: price.and_then(|price| price.amount),
            confirmed: confirmed.unwrap_or_default(),
            seen: price.map(|price| sum(&transactions, &price.currency)).unwrap_or_default(),
        };
        let word = self.word();
        let (status, unknown) = payment_status(word.as_deref(), amounts);
        Some(Snapshot {
            provider_reference: self.reference_code.text()?,
            status,
            unknown_status: unknown.map(|word| word.chars().take(40).collect()),
            stated: Stated { price: price.and_then(Price::money), reference: self.reference() },
            transactions,
            // As stated, be it nothing: called paid with less confirmed than asked for, a person is to decide, and payments, whose form
            // is not documented, do not make up for it.
            received: price.and_then(|price| Some(Money::new(price.confirmed?, price.currency.clone()))),
            paid_at: self.paid_at(),
            shortfall_accepted: None,
        })
    }

    fn record(&self) -> Option<Record> {
        Some(Record { payment: self.snapshot()?, provider_status: self.word(), created_at: self.created_at.seconds() })
    }

    /// Our reference: as attached to the order, else its name (or its checkout's) where that is a reference of ours. Orders that others
    /// make through the same account have names too.
    fn reference(&self) -> Option<String> {
        let in_text = || self.metadata.text().and_then(|text| serde_json::from_str(&text).ok());
        let metadata: Option<Metadata> = self.metadata.parse().or_else(in_text);
        let attached = metadata.and_then(|metadata| metadata.reference.text());
        attached.or_else(|| self.name.text().filter(|name| session_of(name).is_some()))
    }

    /// What the vendor says it was asked for, for a purchase in this coin. `None` where there is no price, or one that is unreadable:
    /// silence would pass for agreement.
    fn stated_in(&self, currency: &Currency) -> Option<Stated> {
        let prices = self.prices()?;
        let price = prices.iter().find(|price| price.currency == *currency).or(prices.first())?;
        Some(Stated { price: Some(price.money()?), reference: self.reference() })
    }

    /// The vendor's word for where the order stands: the latest of its timeline, else its state.
    fn word(&self) -> Option<String> {
        let timeline: Vec<(String, TimelineRecord)> = self.timeline.elements().unwrap_or_default();
        let latest = timeline.iter().max_by_key(|(_, entry)| entry.time.seconds());
        latest.and_then(|(_, entry)| entry.status.text()).or_else(|| self.state.text())
    }

    /// When its timeline says paid for the first time.
    fn paid_at(&self) -> Option<Timestamp> {
        let timeline: Vec<(String, TimelineRecord)> = self.timeline.elements().unwrap_or_default();
        let paid = timeline.iter().filter(|(_, entry)| entry.status.text().is_some_and(|word| says_paid(&word)));
        paid.filter_map(|(_, entry)| entry.time.seconds()).min()
    }

    fn prices(&self) -> Option<Vec<Price>> {
        if self.pricing.is_absent() {
            return Some(Vec::new());
        }
        entries::<PriceRecord>(&self.pricing)?.into_iter().map(|(chain, record)| record.read(chain)).collect()
    }

    /// The payments that can be read as transactions. They are final once as much as all of them is confirmed.
    fn transactions(&self, currency: &Currency, confirmed: Decimal) -> Vec<Transaction> {
        let payments: Vec<(String, PaymentRecord)> = self.payments.elements().unwrap_or_default();
        let mut transactions: Vec<Transaction> = payments.iter().filter_map(|(_, payment)| payment.read(currency)).collect();
        if confirmed >= sum(&transactions, currency) {
            for transaction in transactions.iter_mut().filter(|transaction| transaction.status == TransactionStatus::Confirming) {
                transaction.status = TransactionStatus::Confirmed;
            }
        }
        transactions
    }

    /// When the vendor says it ends; if it says nothing, or nothing that can be, when it must have ended. But never after the order:
    /// how long an order of the vendor's lasts cannot be asked for.
    fn expiry(&self, purchase: &Purchase) -> Timestamp {
        let own = purchase.started_at + LIFETIME;
        let stated = self.expired_at.seconds().filter(|stated| (purchase.started_at..=own + CLOCK_SKEW).contains(stated));
        stated.unwrap_or(own).min(purchase.started_at + purchase.lifetime)
    }
}

impl PriceRecord {
    /// `None` where something is there that cannot be read.
    fn read(&self, chain: String) -> Option<Price> {
        let read = |field: &Field| if field.is_absent() { Some(None) } else { field.decimal().map(Some) };
        let currency = Currency::new(&self.currency.text()?).ok()?;
        Some(Price { chain, currency, amount: read(&self.amount)?, confirmed: read(&self.confirmed)? })
    }
}

impl Price {
    fn money(&self) -> Option<Money> {
        Some(Money::new(self.amount?, self.currency.clone()))
    }
}

impl PaymentRecord {
    /// `None` where it does not say how much of what: it cannot be counted, nor shown.
    fn read(&self, currency: &Currency) -> Option<Transaction> {
        let amount = self.amount.decimal().filter(|amount| *amount > Decimal::ZERO)?;
        let currency = match self.currency.text() {
            Some(code) => Currency::new(&code).ok()?,
            None => currency.clone(),
        };
        Some(Transaction {
            hash: [&self.txid, &self.tx_hash, &self.hash].into_iter().find_map(Field::text).unwrap_or_default(),
            amount: Money::new(amount, currency),
            status: transaction_status(&self.status.text().unwrap_or_default()),
            confirmations: self.confirmations.integer().map_or(0, |count| u32::try_from(count.max(0)).unwrap_or(u32::MAX)),
            required_confirmations: None,
            seen_at: self.time.seconds().or_else(|| self.created_at.seconds()),
        })
    }
}

fn transaction_status(word: &str) -> TransactionStatus {
    match word.to_ascii_lowercase().as_str() {
        "confirmed" => TransactionStatus::Confirmed,
        "failed" => TransactionStatus::Failed,
        // Whatever else it may be called, it is not known to be final.
        _ => TransactionStatus::Confirming,
    }
}

fn sum(transactions: &[Transaction], currency: &Currency) -> Decimal {
    let counted = transactions.iter().filter(|tx| tx.status != TransactionStatus::Failed && tx.amount.currency == *currency);
    counted.map(|tx| tx.amount.amount.0).fold(Decimal::ZERO, Decimal::saturating_add)
}

/// The entries of a list of maps of one entry each, or of one map. `None` where anything in it is something else.
fn entries<T: DeserializeOwned>(field: &Field) -> Option<Vec<(String, T)>> {
    let listed: Vec<Field> = field.parse().unwrap_or_else(|| vec![field.clone()]);
    let mut entries = Vec::new();
    for map in listed {
        entries.extend(map.all_elements()?);
    }
    Some(entries)
}

/// The network a name means, if it is one that customers know. The vendor also puts a coin's name there.
fn named_network(name: &str) -> Option<Network> {
    Network::new(name).filter(|network| network.label() != network.as_str())
}

/// Something that can be an address at all: no space, nothing invisible, not a page of text.
fn is_address(text: &str) -> bool {
    text.len() <= 200 && text.bytes().all(|byte| byte.is_ascii_graphic())
}
