//! The seam between the checkout and payment providers: what is asked of any provider and what it may answer.
//!
//! A provider is pure: it builds requests and reads answers ([`Step`]); it knows no clock, no network and no session. One
//! vendor's protocol is one file in [`crate::providers`]. How answers change a session is [`crate::session`]'s business.

use crate::providers::Verified;
use crate::records::{Account, AccountChanges, Event, ListQuery, RecordPage};
use crate::step::Step;
use checkout_shared::method::{Method, MethodId};
use checkout_shared::money::{Amount, Currency, Money};
use checkout_shared::order::Line;
use checkout_shared::provider::ProviderId;
use checkout_shared::session::{AttemptStatus, Instructions, Transaction};
use checkout_shared::time::{Millis, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

/// What an operation gives back: the first step of its conversation, or the reason why there is none.
pub type Operation<T> = Result<Step<T>, ProviderError>;

/// The parameters of a vendor's own call, as the merchant's server states them: text, whatever the vendor wants it to be.
pub type Parameters = BTreeMap<String, String>;

/// One payment provider's account. No default bodies: what a provider cannot do, its file says
/// ([`ProviderError::Unsupported`]).
///
/// An operation begins as it goes on ([`crate::step::Next`]): with a step, or with the reason why there is none.
pub trait Provider: fmt::Debug {
    /// Which provider this is.
    fn id(&self) -> ProviderId;

    /// How the account must be called.
    fn limits(&self) -> Limits;

    /// The ways to pay that the account offers now, likeliest first.
    fn methods(&self) -> Operation<Vec<Listing>>;

    /// Creates a payment. Persist the intent before sending; after [`ProviderError::MaybeSent`] use [`Provider::find`].
    fn create(&self, purchase: &Purchase) -> Operation<Created>;

    /// Looks for a payment by the reference we gave it, for when the answer to its creation was lost. `None`: not there (yet).
    fn find(&self, purchase: &Purchase) -> Operation<Option<Found>>;

    /// Reads where a payment stands, by the provider's own reference.
    fn fetch(&self, provider_reference: &str) -> Operation<Snapshot>;

    /// Takes an authorised payment.
    fn capture(&self, provider_reference: &str) -> Operation<Snapshot>;

    /// Lists the account's payments.
    fn list(&self, query: &ListQuery) -> Operation<RecordPage>;

    /// What has happened to a payment.
    fn events(&self, provider_reference: &str) -> Operation<Vec<Event>>;

    /// Reads the account.
    fn account(&self) -> Operation<Account>;

    /// Changes the account.
    fn update_account(&self, changes: &AccountChanges) -> Operation<Account>;

    /// Whether the provider says that it works.
    fn health(&self) -> Operation<bool>;

    /// A documented call that is the vendor's own and that no operation above makes, by its name in
    /// [`crate::providers::documented_calls`]: its answer as it is.
    fn call(&self, name: &str, parameters: &Parameters) -> Operation<Box<RawValue>>;

    /// Reads a notification. Its signature is checked over the raw bytes, in constant time, before anything of it is parsed; without
    /// one it is a hint at most.
    fn verify_webhook(&self, headers: &http::HeaderMap, body: &[u8]) -> Result<Notification, WebhookError>;

    /// What the provider wants to be answered to a notification once what it is about has been written down and stands so. `None`:
    /// it is about nothing of ours.
    fn webhook_acknowledgement(&self, status: Option<AttemptStatus>) -> http::Response<&'static str>;
}

/// One call of a vendor's document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DocumentedCall {
    /// Our name for it, in paths and lists: `create-order`.
    pub name: &'static str,
    /// How the vendor documents it: `POST /orders`. For a notification: `POST to us`.
    pub http: &'static str,
    /// What makes it.
    pub made_by: MadeBy,
}

/// What makes a documented call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MadeBy {
    /// These operations of [`Provider`], by name.
    Operations(&'static [&'static str]),
    /// [`Provider::call`], with these parameters and no others.
    Call(&'static [&'static str]),
    /// The vendor calls us.
    Vendor,
}

/// How an account must be called. Calls of an account with any limit go through the account's one object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Its requests carry increasing numbers.
    pub numbered: bool,
    /// The most requests at once.
    pub in_flight: Option<u32>,
    /// The most requests within any 60 seconds.
    pub per_minute: Option<u32>,
}

impl Limits {
    /// Call it as you like.
    pub const NONE: Self = Self { numbered: false, in_flight: None, per_minute: None };
}

/// A way to pay that a provider offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// The method.
    pub method: Method,
    /// The currencies a price may be in. `None`: any; the provider converts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priced_in: Option<Vec<Currency>>,
}

/// A notification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// What it is about.
    pub about: About,
    /// What it says, where its signature was checked. `None`: it is a hint, and only reading from the provider says anything.
    pub snapshot: Option<Verified<Snapshot>>,
}

/// How a notification names what it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum About {
    /// Our reference of the attempt.
    Reference(String),
    /// The number that stands for our reference at the provider ([`crate::step::Number::Order`]).
    Number(u64),
    /// Nothing of ours.
    Nothing,
}

/// What is to be paid, by one attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purchase {
    /// Our name for the attempt at the provider; unique, and the thread back to the session.
    pub reference: String,
    /// The method the customer picked.
    pub method: MethodId,
    /// The order's price, in a currency the provider takes.
    pub price: Money,
    /// What the price is made of, where it is the order's own and the order says so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<Line>,
    /// The tax that is in none of the lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax: Option<Amount>,
    /// One line about the order, for the provider's own pages and dashboard.
    pub description: Option<String>,
    /// When the attempt was begun.
    pub started_at: Timestamp,
    /// For how long it should be payable. The provider's bounds apply.
    pub lifetime: Millis,
    /// Where the provider sends notifications.
    pub notify_url: String,
    /// Where a hosted page sends the customer back to. It carries the client token: sent only where customers are led to such a page.
    pub return_url: Option<String>,
}

impl Purchase {
    /// A text of the provider's without the links it was given, for one of them is the customer's own. (What follows a question mark is no
    /// secret, and a provider may write it otherwise.)
    #[must_use]
    pub fn without_links(&self, text: &str) -> String {
        let links = [Some(self.notify_url.as_str()), self.return_url.as_deref()];
        let links = links.into_iter().flatten().filter_map(|link| link.split('?').next()).filter(|link| !link.is_empty());
        links.fold(text.to_owned(), |text, link| text.replace(link, "…"))
    }
}

/// A payment created at a provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Created {
    /// The provider's own reference, to fetch it by.
    pub provider_reference: String,
    /// How the customer pays.
    pub instructions: Instructions,
    /// What the provider says it was asked for.
    pub stated: Stated,
}

/// A payment found by our reference after the answer to its creation was lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The provider's own reference, to fetch it by.
    pub provider_reference: String,
    /// How the customer pays, where the provider tells it again.
    pub instructions: Option<Instructions>,
    /// What the provider says it was asked for.
    pub stated: Stated,
}

/// What a provider says it was asked for, to be compared with the order. A field it does not state is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stated {
    /// The price.
    pub price: Option<Money>,
    /// Our reference.
    pub reference: Option<String>,
}

/// What a provider said about a payment at one moment, normalised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The provider's own reference.
    pub provider_reference: String,
    /// Where the provider says the payment stands.
    pub status: PaymentStatus,
    /// The provider's word for it, where we do not know it: it then counts as pending, and somebody should be told.
    pub unknown_status: Option<String>,
    /// What the provider says it was asked for.
    pub stated: Stated,
    /// The transactions it has seen.
    pub transactions: Vec<Transaction>,
    /// What has arrived for good in all, where it says so beside or instead of transactions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<Money>,
    /// When it was paid, where the provider says so beside or instead of transactions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid_at: Option<Timestamp>,
    /// How much too little the provider still counts as paid, in percent.
    pub shortfall_accepted: Option<Amount>,
}

/// Where a provider says a payment stands. The order of the variants is the order in which news outranks older news: the same
/// set of news gives the same result in whatever order it comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    /// Waiting for money, or a word we do not know.
    Pending,
    /// Money has been seen and is not final.
    Processing,
    /// Some money has come, less than is due; the rest can still be paid.
    Partial,
    /// Money is set aside for us and can be taken ([`Provider::capture`]).
    Authorized,
    /// Ended without being paid for.
    Failed,
    /// Called off.
    Cancelled,
    /// Its time is over.
    Expired,
    /// Ended with less than was due.
    Underpaid,
    /// Paid.
    Paid,
    /// Money is on its way back.
    Refunding,
    /// Money has gone back.
    Refunded,
}

/// A failed call, told by what is safe to do next. The texts are for the log; no customer sees them, no secret is in them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum ProviderError {
    /// Nothing was done, because the request never left or only asked for news (a GET): retry or fall back.
    #[error("nothing done: {reason}")]
    NotSent {
        /// Why.
        reason: String,
    },
    /// The answer was lost or unreadable, so the work may have been done: look it up, never repeat it.
    #[error("maybe sent: {reason}")]
    MaybeSent {
        /// Why.
        reason: String,
    },
    /// The provider answered no: do not retry the same.
    #[error("refused with status {status}: {message}")]
    Answered {
        /// The provider's status for it, in HTTP's terms.
        status: u16,
        /// The field at fault, where it names one.
        field: Option<String>,
        /// What it said, scrubbed and cut.
        message: String,
    },
    /// Too many requests; nothing was done.
    #[error("rate limited")]
    RateLimited {
        /// How long to wait, where the provider says so.
        retry_after: Option<Millis>,
    },
    /// This provider has no such operation.
    #[error("unsupported: {what}")]
    Unsupported {
        /// The operation.
        what: Cow<'static, str>,
    },
}

impl ProviderError {
    /// This provider has no such operation.
    #[must_use]
    pub const fn unsupported(what: &'static str) -> Self {
        Self::Unsupported { what: Cow::Borrowed(what) }
    }

    /// What was asked for cannot be, and `field` says why: told by us, before anything is sent.
    #[must_use]
    pub fn refused(field: &str, message: &str) -> Self {
        Self::Answered { status: 400, field: Some(field.to_owned()), message: message.to_owned() }
    }
}

/// Why a notification is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebhookError {
    /// It carries no signature.
    #[error("the signature header is missing")]
    MissingSignature,
    /// Its signature is not that of its body under our key.
    #[error("the signature does not match")]
    WrongSignature,
    /// It is signed, but not a notification this version understands.
    #[error("the signed body is not a payment notification")]
    Unreadable,
}
