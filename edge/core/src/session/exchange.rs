//! What a session is told and what it answers: inputs, effects, reports and refusals. What follows from what is decided in
//! [`super::Session::apply`].

use crate::provider::{Created, Found, ProviderError, Snapshot};
use checkout_shared::error::FieldError;
use checkout_shared::event::EventKind;
use checkout_shared::method::{Method, MethodId};
use checkout_shared::money::{Amount, Currency, Money};
use checkout_shared::order::Order;
use checkout_shared::provider::ProviderId;
use serde::{Deserialize, Serialize};

/// A method on offer and who could take it, the preferred one first. The customer sees the method only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// The method.
    pub method: Method,
    /// Who takes it.
    pub takers: Vec<Taker>,
}

/// A provider that takes a method.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taker {
    /// Which provider.
    pub provider: ProviderId,
    /// The currencies a price may be in. `None`: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priced_in: Option<Vec<Currency>>,
    /// Whether it tells us of changes, with proof.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub notifies: bool,
    /// The least it accepts, in the method's coin, where it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<Amount>,
}

impl Taker {
    /// The order's price in a currency this provider takes: the order's own if it can be, else the first it states beside it.
    #[must_use]
    pub fn price_of(&self, order: &Order) -> Option<Money> {
        let takes = |price: &Money| self.priced_in.as_ref().is_none_or(|currencies| currencies.contains(&price.currency));
        std::iter::once(order.price()).chain(order.prices.iter().cloned()).find(takes)
    }
}

impl Offer {
    /// Who can take this order, and for which price, the preferred one first; but last those that say it is too little. Empty: it carries no
    /// price that any of them takes.
    pub fn takers_of(&self, order: &Order) -> impl Iterator<Item = (&Taker, Money)> {
        let mut takers: Vec<_> = self.takers.iter().filter_map(|taker| Some((taker, taker.price_of(order)?))).collect();
        takers.sort_by_key(|(taker, price)| self.is_too_little(taker, price));
        takers.into_iter()
    }

    /// Only a price in the method's own coin can be compared with what a taker accepts at least.
    fn is_too_little(&self, taker: &Taker, price: &Money) -> bool {
        let is_in_coin = matches!(&self.method.id, MethodId::Coin { currency, .. } if *currency == price.currency);
        is_in_coin && taker.minimum.is_some_and(|minimum| price.amount < minimum)
    }

    /// The method as it stands for this order: its minimum is the least that any of those asks for who can take it, and none where one of
    /// them names none, or is asked for a price of another currency, which nobody here can compare.
    #[must_use]
    pub fn method_for(&self, order: &Order) -> Method {
        let minima = self.takers_of(order).map(|(taker, price)| taker.minimum.filter(|_| price.currency == order.currency));
        Method { minimum: minima.min().flatten(), ..self.method.clone() }
    }
}

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Input {
    /// A merchant (by an order token or by key) states the order again.
    Reopen(Order),
    /// The methods on offer; none where they could not be had.
    Offers {
        /// What is on offer.
        offers: Vec<Offer>,
        /// Every enabled provider has said what it offers.
        complete: bool,
    },
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
    /// What came of [`Effect::Capture`].
    Captured(u32, Result<Snapshot, ProviderError>),
    /// A verified notification.
    Notified(Snapshot),
    /// Somebody says that something has happened to a payment, without proof: reason to ask, no more.
    Hinted(Hint),
    /// The merchant takes the payment that is authorised.
    Capture,
    /// The merchant calls the order off.
    Cancel,
    /// Somebody looks.
    Look,
    /// The alarm has rung.
    Tick {
        /// Whether somebody watches.
        watched: bool,
    },
}

/// How a hint names the attempt it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Hint {
    /// By our reference.
    Reference(String),
    /// By the provider's, as a customer brings it back from its page.
    ProviderReference(String),
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
    /// Take the attempt's authorised payment.
    Capture(u32),
    /// Tell the operator.
    Report(Report),
}

impl Effect {
    /// Whether it is a call to a payment's provider.
    #[must_use]
    pub const fn asks_a_provider(self) -> bool {
        match self {
            Self::Create(_) | Self::Find(_) | Self::Fetch(_) | Self::Capture(_) => true,
            Self::Offers | Self::Report(_) => false,
        }
    }
}

/// Something an operator should know of. Each is told once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Report {
    /// This attempt is paid, and another one is too.
    DuplicatePayment(u32),
    /// This attempt is paid, and other news of its provider does not agree with the order.
    DisputedPayment(u32),
    /// This attempt is authorised and is not captured unasked (any more): money has come by another, or the provider said no.
    NotCaptured(u32),
    /// A provider's news speaks of a payment that is none of this session's attempts; the record names it.
    StrayPayment,
}

impl Report {
    /// The event that the merchant's server is told of.
    #[must_use]
    pub const fn kind(self) -> EventKind {
        match self {
            Self::DuplicatePayment(_) => EventKind::Duplicate,
            Self::DisputedPayment(_) => EventKind::Disputed,
            Self::NotCaptured(_) => EventKind::NotCaptured,
            Self::StrayPayment => EventKind::Stray,
        }
    }
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
    /// The merchant has called it off.
    #[error("this order was called off")]
    Cancelled,
    /// Money has been seen: choosing another method now would only lead it astray, and it is too late to call the order off.
    #[error("a payment for this order has already been seen")]
    MoneySeen,
    /// No payment is authorised and waits to be taken.
    #[error("no payment of this order waits to be captured")]
    NothingToCapture,
    /// More attempts than any person makes.
    #[error("too many ways to pay have been tried for this order")]
    TooManyAttempts,
}
