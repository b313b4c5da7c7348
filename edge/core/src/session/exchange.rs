//! What a session is told and what it answers: inputs, effects, reports and refusals. What follows from what is decided in
//! [`super::Session::apply`].

use crate::provider::{Created, Found, ProviderError, Snapshot};
use checkout_shared::error::FieldError;
use checkout_shared::method::{Method, MethodId};
use checkout_shared::order::Order;
use checkout_shared::provider::ProviderId;
use serde::{Deserialize, Serialize};

/// A method on offer and who could take it, the preferred one first. The customer sees the method only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// The method.
    pub method: Method,
    /// Who takes it.
    pub providers: Vec<ProviderId>,
}

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Input {
    /// A merchant (by an order token or by key) states the order again.
    Reopen(Order),
    /// The methods on offer, or that they could not be had.
    Offers(Option<Vec<Offer>>),
    /// The customer picked a method.
    Choose {
        /// Which.
        method: MethodId,
        /// Where the provider's page sends the customer back to.
        return_url: String,
        /// The start of the notification URL; the provider's path is put behind it.
        public_url: String,
    },
    /// What came of [`Effect::Create`].
    Created(u32, Result<Created, ProviderError>),
    /// What came of [`Effect::Find`].
    Found(u32, Result<Option<Found>, ProviderError>),
    /// What came of [`Effect::Fetch`].
    Fetched(u32, Result<Snapshot, ProviderError>),
    /// A verified notification.
    Notified(Snapshot),
    /// Somebody looks.
    Look,
    /// The alarm has rung.
    Tick {
        /// Whether somebody watches.
        watched: bool,
    },
}

/// Something to do. Each names an attempt by its number; its result comes back as an [`Input`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Ask for the methods on offer.
    Offers,
    /// Create the attempt's payment at its provider.
    Create(u32),
    /// Look the attempt's payment up by our reference.
    Find(u32),
    /// Ask where the attempt's payment stands.
    Fetch(u32),
    /// Tell the operator.
    Report(Report),
}

/// Something an operator should know of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Report {
    /// This attempt is paid, and another one is too.
    DuplicatePayment(u32),
    /// A provider's news speaks of a payment that is none of this session's attempts.
    StrayPayment,
}

/// Why an input changed nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Refusal {
    /// The reference stands for an order of another price.
    #[error("this reference already stands for another order")]
    ReferenceConflict(FieldError),
    /// Not among the methods on offer.
    #[error("this way to pay is not on offer for this order")]
    UnknownMethod,
    /// The order's time is over and it cannot be paid any more.
    #[error("the time to pay this order is over")]
    Over,
    /// Money has been seen; choosing another method now would only lead it astray.
    #[error("a payment for this order has already been seen")]
    MoneySeen,
    /// More attempts than any person makes.
    #[error("too many ways to pay have been tried for this order")]
    TooManyAttempts,
}
