//! The one object a provider's account has. It keeps the catalogue of methods, so that a session opens without asking the provider:
//! fresh for ten minutes, then served as it is while it is fetched anew.

use crate::log::{self, Level};
use crate::platform;
use crate::upstream;
use checkout_core::config::Config;
use checkout_shared::method::Method;
use checkout_shared::provider::ProviderId;
use checkout_shared::time::{Millis, Timestamp};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use worker::{DurableObject, Env, Request, Response, State, durable_object};

/// The binding in `wrangler.toml`.
const BINDING: &str = "ACCOUNTS";
/// For how long a catalogue is fresh.
const FRESH: Millis = Millis::minutes(10);
/// The storage key of the catalogue.
const KEY: &str = "catalogue";

/// The Durable Object of one provider's account.
#[durable_object]
pub struct AccountObject {
    state: State,
    env: Env,
}

#[derive(Serialize, Deserialize)]
struct Catalogue {
    provider: ProviderId,
    fetched_at: Timestamp,
    methods: Vec<Method>,
}

impl DurableObject for AccountObject {
    fn new(state: State, env: Env) -> Self {
        Self { state, env }
    }

    async fn fetch(&self, mut request: Request) -> worker::Result<Response> {
        let provider: ProviderId = request.json().await?;
        match self.methods(provider).await? {
            Some(methods) => Response::from_json(&methods),
            None => Response::error("", 503),
        }
    }

    async fn alarm(&self) -> worker::Result<Response> {
        if let Some(known) = self.known().await? {
            self.refresh(known.provider).await?;
        }
        Response::empty()
    }
}

impl AccountObject {
    async fn methods(&self, provider: ProviderId) -> worker::Result<Option<Vec<Method>>> {
        let Some(known) = self.known().await? else { return self.refresh(provider).await };
        if platform::now() - known.fetched_at > FRESH {
            self.state.storage().set_alarm(Duration::ZERO).await?;
        }
        Ok(Some(known.methods))
    }

    /// Stored as text: what the storage makes of structured values is not ours to rely on.
    async fn known(&self) -> worker::Result<Option<Catalogue>> {
        let stored: Option<String> = self.state.storage().get(KEY).await?;
        Ok(stored.and_then(|json| serde_json::from_str(&json).ok()))
    }

    async fn refresh(&self, provider: ProviderId) -> worker::Result<Option<Vec<Method>>> {
        let config = platform::config(&self.env).map_err(|error| worker::Error::from(error.to_string()))?;
        let Some(account) = config.provider(provider) else { return Ok(None) };
        let methods = match account.methods() {
            Ok(step) => upstream::run(step).await,
            Err(error) => Err(error),
        };
        match methods {
            // An empty list would be kept in the place of a good one; it is as useful as none.
            Ok(methods) if methods.is_empty() => {
                log::line(Level::Warning, "empty catalogue", &[("provider", provider.as_str())]);
                Ok(None)
            }
            Ok(methods) => {
                let catalogue = Catalogue { provider, fetched_at: platform::now(), methods };
                self.state.storage().put(KEY, serde_json::to_string(&catalogue)?).await?;
                Ok(Some(catalogue.methods))
            }
            Err(error) => {
                let fields = [("provider", provider.as_str()), ("call", "methods"), ("reason", &error.to_string())];
                log::line(Level::Warning, "provider call failed", &fields);
                Ok(None)
            }
        }
    }
}

/// Every enabled provider's methods. A provider that cannot be reached is left out; `None` if none can.
pub async fn catalogues(env: &Env, config: &Config) -> Option<Vec<(ProviderId, Vec<Method>)>> {
    let mut catalogues = Vec::new();
    for provider in config.enabled() {
        match catalogue(env, provider).await {
            Ok(methods) => catalogues.push((provider, methods)),
            Err(error) => {
                let fields = [("provider", provider.as_str()), ("reason", &error.to_string())];
                log::line(Level::Warning, "no catalogue", &fields);
            }
        }
    }
    (!catalogues.is_empty()).then_some(catalogues)
}

async fn catalogue(env: &Env, provider: ProviderId) -> worker::Result<Vec<Method>> {
    let stub = env.durable_object(BINDING)?.get_by_name(provider.as_str())?;
    let mut init = worker::RequestInit::new();
    init.with_method(worker::Method::Post).with_body(Some(serde_json::to_string(&provider)?.into()));
    let mut response = stub.fetch_with_request(Request::new_with_init("https://account/", &init)?).await?;
    if response.status_code() != 200 {
        return Err(worker::Error::from("the provider's methods cannot be had now"));
    }
    response.json().await
}
