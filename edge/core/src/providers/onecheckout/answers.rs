//! What Onecheckout says, read: errors in their three shapes, orders, the list of orders, events, the account and notifications.
//!
//! Tolerant of form (numbers as strings, fields left out, any letter case), strict where money could go astray: an answer about an
//! order must be about that order, and an amount or reference that is there but cannot be read makes the whole answer unreadable.

use super::Onecheckout;
use super::requests::CLOCK_SKEW;
use super::units::Amounts;
use crate::provider::{About, Created, Found, Listing, PaymentStatus, ProviderError, Purchase, Snapshot, Stated};
use crate::providers::answer::{self, Asked, Field};
use crate::records::{Account, Event, Record, RecordPage};
use crate::secret::Secret;
use crate::session::session_of;
use bytes::Bytes;
use checkout_shared::method::{Method, MethodId, Page};
use checkout_shared::money::{Currency, Money};
use checkout_shared::session::Instructions;
use checkout_shared::time::{Millis, Timestamp};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// The most characters of an order's id.
const LONGEST_ID: usize = 128;

/// An error in any of its shapes: `{"error":{…}}`, `{"error":"code"}`, `{"message":"…"}`.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Refusal {
    error: Field,
    message: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ErrorRecord {
    code: Field,
    message: Field,
    details: Field,
}

/// What is wrong with one field of a request.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Detail {
    field: Field,
    issue: Field,
}

/// An order in all its shapes: created, read, captured, listed.
#[derive(Default, Deserialize)]
#[serde(default)]
struct OrderRecord {
    id: Field,
    status: Field,
    amount: Field,
    currency: Field,
    zero_decimal: Field,
    reference_id: Field,
    links: Field,
    created: Field,
    paid: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Link {
    href: Field,
    rel: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct EventRecord {
    id: Field,
    order_id: Field,
    r#type: Field,
    created: Field,
    error: Field,
    payment_status: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct AccountRecord {
    id: Field,
    email: Field,
    full_name: Field,
    phone: Field,
    address: Field,
    currencies: Field,
    payment_methods: Field,
    success_url: Field,
    cancel_url: Field,
    webhook_url: Field,
    created: Field,
}

/// An answer that says yes, read; otherwise what is safe to do next.
fn body<T: DeserializeOwned>(response: &http::Response<Bytes>, key: &Secret, asked: Asked) -> Result<T, ProviderError> {
    let status = response.status().as_u16();
    let error = || Problem::read(response.body());
    match status {
        200..300 => answer::read(response.body()).ok_or_else(|| asked.lost("the answer is not the JSON it should be")),
        429 => Err(ProviderError::RateLimited { retry_after: answer::retry_after(response.headers()) }),
        // 408 is no refusal: the request may have been taken in. Nor is the vendor's own fault, whatever status it comes with.
        400..500 if status != 408 && !error().is_the_vendors_own() => Err(error().refusal(status, key)),
        _ => Err(asked.lost(&format!("status {status}"))),
    }
}

/// An error, whatever shape it came in.
#[derive(Default)]
struct Problem {
    code: Option<String>,
    message: Option<String>,
    /// The fields at fault, each with what is wrong with it.
    details: Vec<(Option<String>, Option<String>)>,
}

impl Problem {
    fn read(body: &[u8]) -> Self {
        let Some(refusal) = answer::read::<Refusal>(body) else { return Self::default() };
        match refusal.error.parse::<ErrorRecord>() {
            Some(error) => Self {
                code: error.code.text(),
                message: error.message.text().or_else(|| refusal.message.text()),
                details: error.details.elements::<Detail>().unwrap_or_default().iter().map(|(_, detail)| detail.read()).collect(),
            },
            None => Self { code: refusal.error.text(), message: refusal.message.text(), details: Vec::new() },
        }
    }

    fn is_the_vendors_own(&self) -> bool {
        self.code.as_deref() == Some("server_error")
    }

    /// The first field that is named; else the one that the code is about.
    fn field(&self) -> Option<&str> {
        let named = self.details.iter().find_map(|(field, _)| field.as_deref());
        named.or(match self.code.as_deref()? {
            "id_required" | "id_invalid" => Some("id"),
            "currency_invalid" => Some("currency"),
            "amount_invalid" => Some("amount"),
            "order_status_invalid" => Some("status"),
            _ => None,
        })
    }

    fn refusal(&self, status: u16, key: &Secret) -> ProviderError {
        let issues = self.details.iter().filter_map(|(_, issue)| issue.as_deref());
        let said: Vec<&str> = self.code.as_deref().into_iter().chain(self.message.as_deref()).chain(issues).collect();
        let message = if said.is_empty() { "no reason given".to_owned() } else { key.scrub(&said.join(": ")) };
        ProviderError::Answered { status, field: self.field().map(|field| key.scrub(field)), message }
    }
}

impl Detail {
    fn read(&self) -> (Option<String>, Option<String>) {
        (self.field.text(), self.issue.text())
    }
}

/// The answer to Create Order. Whatever is wrong with it, the order may exist.
pub(super) fn created(response: &http::Response<Bytes>, account: &Onecheckout, purchase: &Purchase) -> Result<Created, ProviderError> {
    let lost = |reason| Asked::ToCreate.lost(reason);
    let record: OrderRecord = body(response, &account.key, Asked::ToCreate)?;
    let provider_reference = record.id().ok_or_else(|| lost("the answer has no usable id"))?;
    let stated = record.stated_to(purchase, account.amounts).ok_or_else(|| lost("the answer has no readable amount or reference"))?;
    let instructions = record.page(account, purchase).ok_or_else(|| lost("the answer has no page"))?;
    Ok(Created { provider_reference, instructions, stated })
}

/// The answer to Read Order, in search of a purchase.
pub(super) fn found(
    response: &http::Response<Bytes>,
    account: &Onecheckout,
    purchase: &Purchase,
    asked_for: &str,
) -> Result<Found, ProviderError> {
    let record = order_record(response, account, asked_for, Asked::ForNews)?;
    let stated = record.stated_to(purchase, account.amounts).ok_or_else(|| Asked::ForNews.lost("the order is unreadable"))?;
    Ok(Found { provider_reference: asked_for.to_owned(), instructions: record.page(account, purchase), stated })
}

/// The answer to Read Order and to Capture Order.
pub(super) fn order(
    response: &http::Response<Bytes>,
    account: &Onecheckout,
    asked_for: &str,
    asked: Asked,
) -> Result<Snapshot, ProviderError> {
    let record = order_record(response, account, asked_for, asked)?;
    // Listed orders may lack the currency, this one may not: a price in no currency would agree with any.
    if record.currency.is_absent() && !record.amount.is_absent() {
        return Err(asked.lost("the order has an amount without a currency"));
    }
    asked.priced(record.snapshot(account.amounts).ok_or_else(|| asked.lost("the order is unreadable"))?)
}

fn order_record(
    response: &http::Response<Bytes>,
    account: &Onecheckout,
    asked_for: &str,
    asked: Asked,
) -> Result<OrderRecord, ProviderError> {
    let record: OrderRecord = body(response, &account.key, asked)?;
    if record.id().as_deref() == Some(asked_for) { Ok(record) } else { Err(asked.lost("the answer is about another order, or none")) }
}

/// One page of the list of orders.
pub(super) struct OrderPage {
    orders: Vec<OrderRecord>,
    amounts: Amounts,
    total: Option<u64>,
    /// What the next page begins at, if there is one.
    pub(super) next: Option<String>,
}

/// An order that may be the one looked for.
pub(super) struct Candidate {
    pub(super) id: String,
    created_at: Option<Timestamp>,
}

/// The answer to List Orders.
pub(super) fn order_page(
    response: &http::Response<Bytes>,
    account: &Onecheckout,
    asked_from: Option<&str>,
) -> Result<OrderPage, ProviderError> {
    #[derive(Deserialize)]
    struct Listed {
        orders: Field,
        #[serde(default)]
        next_anchor: Field,
        #[serde(default)]
        count: Field,
    }
    let list: Listed = body(response, &account.key, Asked::ForNews)?;
    let orders = list.orders.parse::<Vec<OrderRecord>>().ok_or_else(|| Asked::ForNews.lost("the list of orders is unreadable"))?;
    // A page that points to itself is the last: whoever follows it would never come to an end.
    let next = list.next_anchor.text().filter(|next| Some(next.as_str()) != asked_from);
    let total = list.count.integer().and_then(|count| u64::try_from(count).ok());
    Ok(OrderPage { orders, amounts: account.amounts, total, next })
}

impl OrderPage {
    /// As a merchant is told. An entry that cannot be read is not left out in silence.
    pub(super) fn records(self) -> Result<RecordPage, ProviderError> {
        let records: Option<Vec<Record>> = self.orders.iter().map(|order| order.record(self.amounts)).collect();
        let payments = records.ok_or_else(|| Asked::ForNews.lost("an order in the list is unreadable"))?;
        Ok(RecordPage { payments, next: self.next, total: self.total })
    }

    /// The id of the order that is listed under a reference.
    pub(super) fn named(&self, reference: &str) -> Option<String> {
        self.orders.iter().find(|order| order.reference_id.text().as_deref() == Some(reference))?.id()
    }

    /// The orders listed under no reference that do not differ from the purchase in anything that is said of them: neither in price nor
    /// in time.
    pub(super) fn unnamed(&self, purchase: &Purchase) -> Vec<Candidate> {
        let unnamed = self.orders.iter().filter(|order| order.reference_id.is_absent());
        let may_be = unnamed.filter(|order| {
            let price = order.stated_to(purchase, self.amounts).and_then(|stated| stated.price);
            price.is_none_or(|price| price == purchase.price)
        });
        let candidates = may_be.filter_map(|order| Some(Candidate { id: order.id()?, created_at: milliseconds(&order.created) }));
        candidates.filter(|candidate| candidate.created_at.is_none() || candidate.distance(purchase.started_at) <= CLOCK_SKEW).collect()
    }
}

impl Candidate {
    /// How far in time it is from another event. What does not say comes last.
    pub(super) fn distance(&self, from: Timestamp) -> Millis {
        self.created_at.map_or(Millis(i64::MAX), |created_at| Millis((created_at - from).0.saturating_abs()))
    }
}

impl OrderRecord {
    /// An id that can be asked for again.
    fn id(&self) -> Option<String> {
        self.id.text().filter(|id| id.len() <= LONGEST_ID && id.bytes().all(|byte| byte.is_ascii_graphic()))
    }

    /// What it states. `None` where an amount or reference is there that cannot be read: silence would pass for agreement.
    fn stated(&self, amounts: Amounts, otherwise_in: Option<&Currency>) -> Option<Stated> {
        let currency = if self.currency.is_absent() { otherwise_in.cloned() } else { Some(Currency::new(&self.currency.text()?).ok()?) };
        let price = if self.amount.is_absent() {
            None
        } else {
            let written = self.amount.decimal()?;
            let read = |currency: Currency| Some(Money { amount: amounts.read(written, &currency, self.zero_decimal.flag())?, currency });
            currency.map_or(Some(None), |currency| read(currency).map(Some))?
        };
        let reference = if self.reference_id.is_absent() { None } else { Some(self.reference_id.text()?) };
        Some(Stated { price, reference })
    }

    /// What it states to somebody who knows the purchase. The documented answer to its creation has an amount and no currency: it is
    /// held against the price all the same, in the currency that was asked for. Reading the order later tells the currency as well.
    fn stated_to(&self, purchase: &Purchase, amounts: Amounts) -> Option<Stated> {
        self.stated(amounts, Some(&purchase.price.currency))
    }

    /// The hosted page, where it is told: the one to pay on, else the one that shows the order. The vendor ends neither.
    fn page(&self, account: &Onecheckout, purchase: &Purchase) -> Option<Instructions> {
        let links = self.links.elements::<Link>().unwrap_or_default();
        let to = |rel: &str| links.iter().find(|(_, link)| link.rel.text().is_some_and(|own| own.eq_ignore_ascii_case(rel)));
        let (_, link) = to("pay").or_else(|| to("order"))?;
        let url = account.endpoint.page(&link.href.text()?)?;
        Some(Instructions::Page { url, expires_at: purchase.started_at + purchase.lifetime })
    }

    fn snapshot(&self, amounts: Amounts) -> Option<Snapshot> {
        let word = self.status.text().unwrap_or_default();
        let status = payment_status(&word);
        Some(Snapshot {
            provider_reference: self.id()?,
            status: status.unwrap_or(PaymentStatus::Pending),
            unknown_status: status.is_none().then(|| word.chars().take(40).collect()),
            stated: self.stated(amounts, None)?,
            transactions: Vec::new(),
            received: None,
            paid_at: milliseconds(&self.paid),
            shortfall_accepted: None,
        })
    }

    fn record(&self, amounts: Amounts) -> Option<Record> {
        let payment = self.snapshot(amounts)?;
        Some(Record { payment, provider_status: self.status.text(), created_at: milliseconds(&self.created) })
    }
}

/// The answer to List Order Events.
pub(super) fn events(response: &http::Response<Bytes>, key: &Secret, asked_for: &str) -> Result<Vec<Event>, ProviderError> {
    #[derive(Deserialize)]
    struct Events {
        events: Field,
    }
    let answer: Events = body(response, key, Asked::ForNews)?;
    let records: Option<Vec<EventRecord>> = answer.events.parse();
    let events = records.and_then(|records| records.iter().map(|record| record.read(asked_for)).collect::<Option<Vec<Event>>>());
    let events = events.ok_or_else(|| Asked::ForNews.lost("the events are unreadable"))?;
    let all_ours = events.iter().all(|event| event.provider_reference == asked_for);
    if all_ours { Ok(events) } else { Err(Asked::ForNews.lost("an event is about another order")) }
}

impl EventRecord {
    fn read(&self, asked_for: &str) -> Option<Event> {
        Some(Event {
            id: self.id.text()?,
            kind: self.r#type.text()?,
            provider_reference: self.order_id.text().unwrap_or_else(|| asked_for.to_owned()),
            status: self.payment_status.text(),
            error: self.error.text(),
            at: milliseconds(&self.created),
        })
    }
}

/// The answer to Read Account.
pub(super) fn account(response: &http::Response<Bytes>, key: &Secret) -> Result<Account, ProviderError> {
    let record: AccountRecord = body(response, key, Asked::ForNews)?;
    let account = record.read().filter(|account| account.id.is_some());
    account.ok_or_else(|| Asked::ForNews.lost("the account is unreadable"))
}

/// The answer to Update Account: what was changed, and nothing else for certain.
pub(super) fn changed_account(response: &http::Response<Bytes>, key: &Secret) -> Result<Account, ProviderError> {
    let record: AccountRecord = body(response, key, Asked::ToCreate)?;
    record.read().ok_or_else(|| Asked::ToCreate.lost("the account is unreadable"))
}

/// The ways to pay of an account: one page for all it has, in the account's currencies.
pub(super) fn methods(response: &http::Response<Bytes>, key: &Secret, amounts: Amounts) -> Result<Vec<Listing>, ProviderError> {
    let account = account(response, key)?;
    let currencies = account.currencies.iter().filter_map(|code| Currency::new(code).ok());
    let priced_in: Vec<Currency> = currencies.filter(|currency| amounts.exponent(currency).is_some()).collect();
    if account.payment_methods.is_empty() || priced_in.is_empty() {
        return Ok(Vec::new());
    }
    let method = Method { id: MethodId::Page(Page::Card), name: None, minimum: None, confirmations: None };
    Ok(vec![Listing { method, priced_in: Some(priced_in) }])
}

impl AccountRecord {
    /// `None`: a list in it is none.
    fn read(&self) -> Option<Account> {
        Some(Account {
            id: self.id.text(),
            email: self.email.text(),
            full_name: self.full_name.text(),
            phone: self.phone.text(),
            address: self.address.text(),
            currencies: words(&self.currencies)?,
            payment_methods: words(&self.payment_methods)?,
            success_url: self.success_url.text(),
            cancel_url: self.cancel_url.text(),
            webhook_url: self.webhook_url.text(),
            created_at: milliseconds(&self.created),
        })
    }
}

/// A list of words; one that is not there is empty.
fn words(list: &Field) -> Option<Vec<String>> {
    if list.is_absent() { Some(Vec::new()) } else { list.parse() }
}

/// What a notification is about. Its form is not published, so our reference is looked for where it could be: in the body itself, and
/// in an `order` or `data` in it.
pub(super) fn hint(body: &[u8]) -> About {
    let reference = answer::read::<HintRecord>(body).and_then(|record| record.reference(HINT_DEPTH));
    reference.map_or(About::Nothing, About::Reference)
}

/// How many objects within one another are looked into for our reference.
const HINT_DEPTH: u32 = 3;

#[derive(Default, Deserialize)]
#[serde(default)]
struct HintRecord {
    reference_id: Field,
    order: Field,
    data: Field,
}

impl HintRecord {
    /// A reference that can be one of ours.
    fn reference(&self, depth: u32) -> Option<String> {
        let own = self.reference_id.text().filter(|reference| session_of(reference).is_some());
        let within = || [&self.order, &self.data].into_iter().find_map(|field| field.parse::<Self>()?.reference(depth - 1));
        own.or_else(|| if depth > 1 { within() } else { None })
    }
}

/// The vendor's order statuses, in any letter case. What is not among them is `None`: never paid, never failed.
fn payment_status(word: &str) -> Option<PaymentStatus> {
    match word.to_ascii_uppercase().as_str() {
        "OPEN" => Some(PaymentStatus::Pending),
        "AWAITING_CAPTURE" => Some(PaymentStatus::Authorized),
        "PAID" => Some(PaymentStatus::Paid),
        "CANCELLED" => Some(PaymentStatus::Cancelled),
        "REFUNDED" => Some(PaymentStatus::Refunded),
        _ => None,
    }
}

/// A positive point in time, in milliseconds since the Unix epoch.
fn milliseconds(field: &Field) -> Option<Timestamp> {
    field.integer().filter(|milliseconds| *milliseconds > 0).map(Timestamp)
}
