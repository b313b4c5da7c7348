//! The seam between the checkout and payment providers: what is asked of any provider and what it may answer.
//!
//! A provider is pure: it builds requests and reads answers ([`Step`]); it knows no clock, no network and no session. One
//! vendor's protocol is one file in [`crate::providers`]. How answers change a session is [`crate::session`]'s business.

use crate::providers::Verified;
use crate::step::Step;
use checkout_shared::method::{Method, MethodId};
use checkout_shared::money::{Amount, Money};
use checkout_shared::provider::ProviderId;
use checkout_shared::session::{Instructions, Transaction};
use checkout_shared::time::{Millis, Timestamp};
use serde::{Deserialize, Serialize};

/// One payment provider's account. No default bodies: what a provider cannot do, its file says.
///
/// An operation begins as it goes on ([`crate::step::Next`]): with a step, or with the reason why there is none.
pub trait Provider {
    /// Which provider this is.
    fn id(&self) -> ProviderId;

    /// The ways to pay that the account offers now.
    fn methods(&self) -> Result<Step<Vec<Method>>, ProviderError>;

    /// Creates a payment. Persist the intent before sending; after [`ProviderError::MaybeSent`] use [`Provider::find`].
    fn create(&self, purchase: &Purchase) -> Result<Step<Created>, ProviderError>;

    /// Looks for a payment by the reference we gave it, for when the answer to its creation was lost. `None`: not there (yet).
    fn find(&self, purchase: &Purchase) -> Result<Step<Option<Found>>, ProviderError>;

    /// Reads where a payment stands, by the provider's own reference.
    fn fetch(&self, provider_reference: &str) -> Result<Step<Snapshot>, ProviderError>;

    /// Checks a notification's signature over the raw bytes, in constant time, before anything of it is parsed.
    fn verify_webhook(&self, headers: &http::HeaderMap, body: &[u8]) -> Result<Verified<Snapshot>, WebhookError>;

    /// What the provider wants to be answered once a notification has been written down.
    fn webhook_acknowledgement(&self) -> http::Response<&'static str>;
}

/// What is to be paid, by one attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purchase {
    /// Our name for the attempt at the provider; unique, and the thread back to the session.
    pub reference: String,
    /// The method the customer picked.
    pub method: MethodId,
    /// The order's price.
    pub price: Money,
    /// One line about the order, for the provider's own pages and dashboard.
    pub description: Option<String>,
    /// When the attempt was begun.
    pub started_at: Timestamp,
    /// For how long it should be payable. The provider's bounds apply.
    pub lifetime: Millis,
    /// Where the provider sends notifications.
    pub notify_url: String,
    /// Where a hosted page sends the customer back to.
    pub return_url: Option<String>,
}

/// A payment created at a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created {
    /// The provider's own reference, to fetch it by.
    pub provider_reference: String,
    /// How the customer pays.
    pub instructions: Instructions,
    /// What the provider says it was asked for.
    pub stated: Stated,
}

/// A payment found by our reference after the answer to its creation was lost.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// The price in the order's currency.
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
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
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
        what: &'static str,
    },
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
