//! Everything that `cargo demo`, the edge's tests and the browser's tests run on: a simulator for every provider, the Worker, the demo
//! storefront and the merchant's server, on this machine, with secrets made for the run. Builds nothing (see [`crate::assemble`]).

use crate::line::{self, Line, Switch};
use crate::merchant_endpoint::{MerchantEndpoint, WebhookKeys};
use crate::problem::{Doing, Outcome, Problem};
use crate::run_directory::RunDirectory;
use crate::sandbox_wallet::SandboxWallet;
use crate::simulators::server::SimulatorServer;
use crate::simulators::{self, Setting, Simulated};
use crate::storefront::{Storefront, StorefrontSettings};
use crate::worker_process::{WorkerProcess, WorkerSettings};
use checkout_core::identity::{self, KeyPair};
use checkout_core::secret::Secret;
use checkout_shared::provider::ProviderId;
use checkout_shared::route::Route;
use checkout_shared::time::Millis;
use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::task::AbortHandle;

/// The setting by which the Worker's clock runs ahead.
const CLOCK_AHEAD: &str = "CLOCK_AHEAD_SECONDS";

/// How to start a [`Stack`].
#[derive(Clone, Debug, Default)]
pub struct StackOptions {
    /// The name of its directory under `target/stack/`.
    pub name: String,
    /// Where it listens.
    pub ports: Ports,
    /// What the Worker is told beside the usual or in its place, e.g. `RETENTION_DAYS`. No secrets.
    pub settings: Vec<(&'static str, String)>,
    /// Whether customers reach the Worker by a line of their own, which [`Stack::set_customers_online`] cuts.
    pub customers_line: bool,
}

/// The ports of a [`Stack`]; any free one where none is stated.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ports {
    /// The Worker's.
    pub worker: Option<u16>,
    /// The storefront's.
    pub storefront: Option<u16>,
    /// The first simulator's; the others' follow where they are free.
    pub simulators: Option<u16>,
}

impl StackOptions {
    /// Any free ports.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }
}

/// The keys of one run, random.
#[derive(Clone)]
pub struct Secrets {
    /// Signs order tokens.
    pub order_signing_key: String,
    /// Makes client tokens.
    pub client_token_key: String,
    /// The merchant's own access to the Worker.
    pub merchant_key: String,
    /// Sign what the merchant's server is told.
    pub webhook_keys: WebhookKeys,
    /// The merchant's keys at the providers.
    pub of_providers: Vec<Setting>,
}

impl Secrets {
    fn new() -> Outcome<Self> {
        Ok(Self {
            order_signing_key: random_key()?,
            client_token_key: random_key()?,
            merchant_key: random_key()?,
            webhook_keys: WebhookKeys::new()?,
            of_providers: Vec::new(),
        })
    }

    /// Where a provider is told to send notifications.
    fn webhook(&self, worker_url: &str, id: ProviderId) -> String {
        let keys = KeyPair { current: Secret::new(self.client_token_key.as_str()), previous: None };
        format!("{worker_url}{}", Route::Webhook(id, Some(identity::webhook_key(&keys, id))))
    }

    /// The merchant's key at a provider, by the name of its setting.
    ///
    /// # Panics
    ///
    /// If no provider has such a key.
    #[must_use]
    pub fn of_provider(&self, name: &str) -> &str {
        let key = self.of_providers.iter().find(|setting| setting.name == name);
        key.map(|setting| setting.value.as_str()).expect("a key that a simulator's settings name")
    }

    /// Those that are no provider's, by the names of their settings.
    fn own(&self) -> [(&'static str, &String); 5] {
        [
            ("ORDER_SIGNING_KEY", &self.order_signing_key),
            ("CLIENT_TOKEN_KEY", &self.client_token_key),
            ("MERCHANT_KEY", &self.merchant_key),
            ("WEBHOOK_SIGNING_KEY", &self.webhook_keys.current),
            ("WEBHOOK_SIGNING_KEY_PREVIOUS", &self.webhook_keys.previous),
        ]
    }

    fn settings(&self) -> Vec<(&'static str, String)> {
        let of_providers = self.of_providers.iter().map(|setting| (setting.name, &setting.value));
        self.own().into_iter().chain(of_providers).map(|(name, value)| (name, value.clone())).collect()
    }

    /// All of them, to look for where none may be.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        let own = self.own().into_iter().map(|(_, value)| value);
        own.chain(self.of_providers.iter().map(|setting| &setting.value)).map(String::as_str)
    }
}

fn random_key() -> Outcome<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).doing("drawing a random key")?;
    Ok(BASE64URL_NOPAD.encode(&bytes))
}

/// Simulators, Worker, storefront and the merchant's server; they end when it is dropped.
pub struct Stack {
    /// The keys of this run.
    pub secrets: Secrets,
    worker_settings: WorkerSettings,
    worker: Option<WorkerProcess>,
    simulators: Vec<RunningSimulator>,
    merchant: Arc<MerchantEndpoint>,
    customers_line: Option<CustomersLine>,
    storefront_url: String,
    _storefront: Storefront,
    _directory: RunDirectory,
}

/// The way by which customers reach the Worker. The shop, the merchant and the providers have others.
struct CustomersLine {
    switch: Switch,
    passing: AbortHandle,
}

impl Drop for CustomersLine {
    fn drop(&mut self) {
        self.passing.abort();
    }
}

struct RunningSimulator {
    id: ProviderId,
    url: String,
    server: SimulatorServer,
    settings: Vec<Setting>,
}

impl RunningSimulator {
    /// Starts a provider's simulator with keys of its own, and tells it where to send notifications.
    fn start(id: ProviderId, listener: TcpListener, webhook_url: &str) -> Outcome<Self> {
        let seed = random_key()?;
        let key = |number: u32| BASE64URL_NOPAD.encode(&Sha256::digest(format!("{seed} {number}")));
        let mut simulated = Simulated::new(simulators::vendor(id, &key));
        let url = origin("127.0.0.1", &listener)?;
        simulated.locate(&url, webhook_url);
        let settings = simulated.settings(&url);
        Ok(Self { id, url, server: SimulatorServer::start(listener, simulated), settings })
    }
}

impl Stack {
    /// Starts everything and waits until the Worker answers.
    pub async fn start(options: &StackOptions) -> Outcome<Self> {
        let directory = RunDirectory::take(&options.name)?;
        let listeners = listen_for_simulators(options.ports.simulators).await?;
        let storefront_listener = listen(options.ports.storefront).await?;
        let merchant_listener = listen(None).await?;
        // Only now, so that none of those above gets the very port that was found free.
        let worker_port = match options.ports.worker {
            Some(port) => port,
            None => free_port()?,
        };
        let worker_url = format!("http://127.0.0.1:{worker_port}");
        let (checkout, customers_line) = if options.customers_line {
            let listener = listen(None).await?;
            let (url, (line, switch)) = (origin("127.0.0.1", &listener)?, Line::new(listener));
            (url, Some(CustomersLine { switch, passing: line::pass_on(line, worker_port) }))
        } else {
            (worker_url.clone(), None)
        };
        let mut secrets = Secrets::new()?;
        let start = |(id, listener)| RunningSimulator::start(id, listener, &secrets.webhook(&worker_url, id));
        let simulators = listeners.into_iter().map(start).collect::<Outcome<Vec<_>>>()?;
        let (keys, plain): (Vec<Setting>, Vec<Setting>) =
            simulators.iter().flat_map(|simulator| simulator.settings.clone()).partition(|setting| setting.secret);
        secrets.of_providers = keys;

        // `localhost` and `127.0.0.1` are different sites to a browser, as a shop and its checkout are in life.
        let storefront_url = origin("localhost", &storefront_listener)?;
        let merchant = Arc::new(MerchantEndpoint::start(merchant_listener, &secrets.webhook_keys)?);
        let shop = StorefrontSettings {
            origin: storefront_url.clone(),
            checkout,
            order_signing_key: secrets.order_signing_key.clone(),
            simulators: simulators.iter().map(|simulator| simulator.url.clone()).collect(),
            endpoint: Arc::clone(&merchant),
        };
        let storefront = Storefront::open(storefront_listener, shop);

        let mut told = variables(worker_url, storefront_url.clone(), merchant.url().to_owned(), plain);
        told.retain(|(name, _)| options.settings.iter().all(|(other, _)| other != name));
        told.extend(options.settings.iter().cloned());
        let worker_settings =
            WorkerSettings { port: worker_port, directory: directory.path().to_path_buf(), variables: told, secrets: secrets.settings() };
        let worker = Some(WorkerProcess::start(&worker_settings).await?);
        Ok(Self {
            secrets,
            worker_settings,
            worker,
            simulators,
            merchant,
            customers_line,
            storefront_url,
            _storefront: storefront,
            _directory: directory,
        })
    }

    /// The Worker's origin.
    #[must_use]
    pub fn worker_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.worker_settings.port)
    }

    /// The shop's origin.
    #[must_use]
    pub fn storefront_url(&self) -> &str {
        &self.storefront_url
    }

    /// The merchant's server, to ask what it was sent or to say how it is to behave.
    #[must_use]
    pub const fn merchant(&self) -> &Arc<MerchantEndpoint> {
        &self.merchant
    }

    /// The origin of a provider's simulator.
    #[must_use]
    pub fn simulator_url(&self, id: ProviderId) -> &str {
        &self.running(id).url
    }

    /// A provider's simulator itself, to ask what it was sent.
    #[must_use]
    pub fn simulator(&self, id: ProviderId) -> &SimulatorServer {
        &self.running(id).server
    }

    fn running(&self, id: ProviderId) -> &RunningSimulator {
        self.simulators.iter().find(|simulator| simulator.id == id).expect("one was started for every provider")
    }

    /// The customer's wallet.
    #[must_use]
    pub fn wallet(&self) -> SandboxWallet {
        SandboxWallet::new(self.simulators.iter().map(|simulator| simulator.url.clone()).collect())
    }

    /// Cuts the customers off from the Worker, or connects them again. Only a stack that was started with a line for them has one to cut.
    pub fn set_customers_online(&self, online: bool) {
        if let Some(line) = &self.customers_line {
            line.switch.set(online);
        }
    }

    /// Where the Worker writes what happens.
    #[must_use]
    pub fn worker_log(&self) -> PathBuf {
        WorkerProcess::log(&self.worker_settings.directory)
    }

    /// Waits until the Worker ends by itself, which it should not, and tells of it.
    pub async fn worker_ended(&mut self) -> Problem {
        let log = self.worker_log();
        match &mut self.worker {
            Some(worker) => worker.ended(&log).await,
            None => Problem::new("the Worker does not run"),
        }
    }

    /// Ends the Worker alone, as a machine that loses power would.
    pub async fn stop_worker(&mut self) {
        if let Some(worker) = self.worker.take() {
            worker.stop().await;
        }
    }

    /// Starts the Worker again on what it had stored.
    pub async fn start_worker(&mut self) -> Outcome {
        self.stop_worker().await;
        self.worker = Some(WorkerProcess::start(&self.worker_settings).await?);
        Ok(())
    }

    /// Starts the Worker again with a ledger that cannot be read, as if D1 were down: every statement fails. What was in it is lost.
    pub async fn start_worker_with_broken_ledger(&mut self) -> Outcome {
        self.stop_worker().await;
        WorkerProcess::break_ledger(&self.worker_settings.directory)?;
        self.start_worker().await
    }

    /// Starts the Worker again with its clock, and the merchant's, so many seconds ahead of this machine's: so virtual days pass. The
    /// platform rings alarms by its own clock; any request to a session sets its alarm by the new one.
    ///
    /// Whoever sets a clock back later does so under what was written down in the future: take a stack of its own for days.
    pub async fn start_worker_ahead(&mut self, seconds: impl Into<i64>) -> Outcome {
        let seconds = seconds.into();
        self.stop_worker().await;
        self.merchant.set_ahead(Millis::seconds(seconds));
        let variables = &mut self.worker_settings.variables;
        variables.retain(|(name, _)| *name != CLOCK_AHEAD);
        variables.push((CLOCK_AHEAD, seconds.to_string()));
        self.start_worker().await
    }
}

/// What the Worker is told that anyone may see.
fn variables(worker_url: String, storefront_url: String, webhook_url: String, of_providers: Vec<Setting>) -> Vec<(&'static str, String)> {
    let own = [
        ("PUBLIC_URL", worker_url),
        ("MERCHANT_NAME", "Corner Café".to_owned()),
        ("MERCHANT_LOGO", format!("{storefront_url}/beans.svg")),
        ("STOREFRONT_ORIGINS", storefront_url),
        ("SANDBOX", "true".to_owned()),
        ("WEBHOOK_URL", webhook_url),
        // Two providers have such a page; the one that has nothing else is asked first, so that every provider is used.
        ("PREFERENCE", "page:crypto=okipays,oxapay".to_owned()),
    ];
    own.into_iter().chain(of_providers.into_iter().map(|setting| (setting.name, setting.value))).collect()
}

/// A port that nobody listens on now.
pub fn free_port() -> Outcome<u16> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).doing("looking for a free port")?;
    Ok(listener.local_addr().doing("looking for a free port")?.port())
}

/// A socket for every provider's simulator, on ports that follow the first's where those are free.
async fn listen_for_simulators(first: Option<u16>) -> Outcome<Vec<(ProviderId, TcpListener)>> {
    let mut listeners = Vec::new();
    for (number, id) in (0..).zip(ProviderId::ALL) {
        let port = first.and_then(|first| first.checked_add(number)).filter(|port| number == 0 || is_free(*port));
        listeners.push((*id, listen(port).await?));
    }
    Ok(listeners)
}

fn is_free(port: u16) -> bool {
    std::net::TcpListener::bind(("127.0.0.1", port)).is_ok()
}

async fn listen(port: Option<u16>) -> Outcome<TcpListener> {
    let port = port.unwrap_or(0);
    TcpListener::bind(("127.0.0.1", port)).await.doing(format_args!("listening on port {port}"))
}

fn origin(host: &str, listener: &TcpListener) -> Outcome<String> {
    let port = listener.local_addr().doing("asking for the port")?.port();
    Ok(format!("http://{host}:{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use checkout_core::config::Config;

    #[test]
    fn a_worker_that_is_told_this_has_every_provider() {
        let settings = ProviderId::ALL.iter().flat_map(|id| {
            let vendor = simulators::vendor(*id, &|number| format!("key-{number}-of-{id}"));
            assert_eq!((vendor.broken().status().as_u16(), vendor.rate_limited().status().as_u16()), (500, 429), "{id}");
            vendor.settings("http://127.0.0.1:9000")
        });
        let (keys, plain) = settings.partition(|setting| setting.secret);
        let secrets = Secrets { of_providers: keys, ..Secrets::new().unwrap() };
        let local = |port: u16| format!("http://127.0.0.1:{port}");
        let mut told = variables(local(8787), "http://localhost:8788".to_owned(), local(8786), plain);
        told.extend(secrets.settings());

        let config = Config::build(|wanted| told.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.clone())).unwrap();
        assert_eq!(config.enabled(), ProviderId::ALL);
        assert!(told.iter().all(|(name, _)| told.iter().filter(|(other, _)| other == name).count() == 1), "each is told once");
        assert_eq!(secrets.values().count(), secrets.settings().len());
    }
}
