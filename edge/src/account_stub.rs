//! How the Worker and the sessions call a provider: straight (`straight.rs`) where the account has no limits, else by way of its one
//! object. Whoever calls need not know which.

use crate::log::{self, Level};
use crate::straight;
use checkout_core::account::breaker::BreakerState;
use checkout_core::account::outcome::Kind;
use checkout_core::config::Config;
use checkout_core::provider::{Created, Found, Limits, Listing, Operation, Parameters, Provider, ProviderError, Purchase, Snapshot};
use checkout_core::records::{Account, AccountChanges, Event, ListQuery, RecordPage};
use checkout_shared::provider::ProviderId;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use worker::{Env, Method, Request, RequestInit};

/// The binding in `wrangler.toml`.
const BINDING: &str = "ACCOUNTS";

/// What an account's object is asked. The object derives nothing, so it is told whose it is.
#[derive(Serialize, Deserialize)]
pub struct Question {
    /// Whose account it is.
    pub provider: ProviderId,
    /// What is asked.
    pub call: Call,
}

/// One thing to ask of an account: an operation of [`Provider`], or what only the object knows.
#[derive(Serialize, Deserialize)]
pub enum Call {
    /// The ways to pay, from the catalogue.
    Listings,
    /// The reference that a number stands for.
    ReferenceOf(u64),
    /// What the breaker says.
    Breaker,
    /// [`Provider::create`].
    Create(Purchase),
    /// [`Provider::find`].
    Find(Purchase),
    /// [`Provider::fetch`], while somebody waits for it.
    Fetch(String),
    /// [`Provider::fetch`], if there is room to spare.
    Poll(String),
    /// [`Provider::capture`].
    Capture(String),
    /// [`Provider::list`].
    List(ListQuery),
    /// [`Provider::events`].
    Events(String),
    /// [`Provider::account`].
    Account,
    /// [`Provider::update_account`].
    UpdateAccount(AccountChanges),
    /// [`Provider::health`].
    Health,
    /// [`Provider::call`].
    Own {
        /// Which.
        name: String,
        /// With what.
        parameters: Parameters,
    },
}

impl Call {
    /// Whose call it is.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Listings | Self::Create(_) | Self::Find(_) | Self::Capture(_) => Kind::Customers,
            Self::Poll(_) => Kind::Polling,
            Self::ReferenceOf(_)
            | Self::Breaker
            | Self::Fetch(_)
            | Self::List(_)
            | Self::Events(_)
            | Self::Account
            | Self::UpdateAccount(_)
            | Self::Health
            | Self::Own { .. } => Kind::Merchants,
        }
    }
}

/// What it answers; what is in it goes by what was asked.
#[derive(Serialize, Deserialize)]
pub struct Answer<T> {
    /// The answer.
    pub value: T,
}

/// The catalogue of an account.
#[derive(Serialize, Deserialize)]
pub enum Listings {
    /// The ways to pay.
    Known(Vec<Listing>),
    /// The provider does not say now.
    Unavailable,
}

/// A provider's account as callers have it.
pub struct AccountStub<'a> {
    env: &'a Env,
    account: &'a dyn Provider,
}

impl<'a> AccountStub<'a> {
    /// The account, if the provider is enabled.
    pub fn new(env: &'a Env, config: &'a Config, provider: ProviderId) -> Option<Self> {
        Some(Self { env, account: config.provider(provider)? })
    }

    /// [`Provider::create`].
    pub async fn create(&self, purchase: &Purchase) -> Result<Created, ProviderError> {
        let lost = |reason| ProviderError::MaybeSent { reason };
        self.call(|account| account.create(purchase), Call::Create(purchase.clone()), lost).await
    }

    /// [`Provider::find`].
    pub async fn find(&self, purchase: &Purchase) -> Result<Option<Found>, ProviderError> {
        self.call(|account| account.find(purchase), Call::Find(purchase.clone()), unanswered).await
    }

    /// [`Provider::fetch`].
    pub async fn fetch(&self, reference: &str) -> Result<Snapshot, ProviderError> {
        self.call(|account| account.fetch(reference), Call::Fetch(reference.to_owned()), unanswered).await
    }

    /// [`Provider::fetch`], for nobody in particular: where the account has limits, it gives way to whoever waits.
    pub async fn poll(&self, reference: &str) -> Result<Snapshot, ProviderError> {
        self.call(|account| account.fetch(reference), Call::Poll(reference.to_owned()), unanswered).await
    }

    /// [`Provider::capture`].
    pub async fn capture(&self, reference: &str) -> Result<Snapshot, ProviderError> {
        let lost = |reason| ProviderError::MaybeSent { reason };
        self.call(|account| account.capture(reference), Call::Capture(reference.to_owned()), lost).await
    }

    /// [`Provider::list`].
    pub async fn list(&self, query: &ListQuery) -> Result<RecordPage, ProviderError> {
        self.call(|account| account.list(query), Call::List(query.clone()), unanswered).await
    }

    /// [`Provider::events`].
    pub async fn events(&self, reference: &str) -> Result<Vec<Event>, ProviderError> {
        self.call(|account| account.events(reference), Call::Events(reference.to_owned()), unanswered).await
    }

    /// [`Provider::account`].
    pub async fn account(&self) -> Result<Account, ProviderError> {
        self.call(|account| account.account(), Call::Account, unanswered).await
    }

    /// [`Provider::update_account`].
    pub async fn update_account(&self, changes: &AccountChanges) -> Result<Account, ProviderError> {
        let lost = |reason| ProviderError::MaybeSent { reason };
        self.call(|account| account.update_account(changes), Call::UpdateAccount(changes.clone()), lost).await
    }

    /// [`Provider::health`].
    pub async fn health(&self) -> Result<bool, ProviderError> {
        self.call(|account| account.health(), Call::Health, unanswered).await
    }

    /// [`Provider::call`].
    pub async fn own(&self, name: &str, parameters: &Parameters) -> Result<Box<RawValue>, ProviderError> {
        let call = Call::Own { name: name.to_owned(), parameters: parameters.clone() };
        let lost = |reason| ProviderError::MaybeSent { reason };
        self.call(|account| account.call(name, parameters), call, lost).await
    }

    /// The reference of ours that a number stands for at the provider.
    pub async fn reference_of(&self, number: u64) -> worker::Result<Option<String>> {
        self.ask(Call::ReferenceOf(number)).await
    }

    /// What the account's breaker says; where calls go straight, that of this isolate.
    pub async fn breaker(&self) -> worker::Result<BreakerState> {
        if self.account.limits() == Limits::NONE { Ok(straight::breaker(self.account.id())) } else { self.ask(Call::Breaker).await }
    }

    async fn call<T: DeserializeOwned + 'static>(
        &self,
        begin: impl FnOnce(&dyn Provider) -> Operation<T>,
        call: Call,
        lost: impl FnOnce(String) -> ProviderError,
    ) -> Result<T, ProviderError> {
        if self.account.limits() == Limits::NONE {
            return straight::run(self.account.id(), begin(self.account), call.kind()).await;
        }
        match self.ask::<Result<T, ProviderError>>(call).await {
            Ok(outcome) => outcome,
            Err(error) => Err(lost(error.to_string())),
        }
    }

    async fn ask<T: DeserializeOwned>(&self, call: Call) -> worker::Result<T> {
        let provider = self.account.id();
        let stub = self.env.durable_object(BINDING)?.get_by_name(provider.as_str())?;
        let mut init = RequestInit::new();
        init.with_method(Method::Post).with_body(Some(serde_json::to_string(&Question { provider, call })?.into()));
        let mut response = stub.fetch_with_request(Request::new_with_init("https://account/", &init)?).await?;
        if response.status_code() != 200 {
            return Err(worker::Error::from(format!("the account's object answered {}", response.status_code())));
        }
        let answer: Answer<T> = serde_json::from_slice(&response.bytes().await?)?;
        Ok(answer.value)
    }
}

/// The account's object did not answer; nothing can have changed at the provider.
const fn unanswered(reason: String) -> ProviderError {
    ProviderError::NotSent { reason }
}

/// What the enabled providers offer.
pub struct Catalogues {
    /// By provider, the preferred one first. One that cannot be reached is left out.
    pub listings: Vec<(ProviderId, Vec<Listing>)>,
    /// Whether none is left out.
    pub complete: bool,
}

/// Every enabled provider's methods.
pub async fn catalogues(env: &Env, config: &Config) -> Catalogues {
    let enabled = config.enabled().into_iter().filter_map(|provider| Some((provider, AccountStub::new(env, config, provider)?)));
    let asked = enabled.map(|(provider, stub)| async move { (provider, stub.ask::<Listings>(Call::Listings).await) });
    let mut listings = Vec::new();
    for (provider, answer) in futures_util::future::join_all(asked).await {
        match answer {
            Ok(Listings::Known(known)) => listings.push((provider, known)),
            Ok(Listings::Unavailable) => log::line(Level::Warning, "no catalogue", &[("provider", provider.as_str())]),
            Err(error) => {
                let fields = [("provider", provider.as_str()), ("reason", &error.to_string())];
                log::line(Level::Warning, "no catalogue", &fields);
            }
        }
    }
    Catalogues { complete: listings.len() == config.enabled().len(), listings }
}
