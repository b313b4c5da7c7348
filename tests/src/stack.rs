//! Everything that `cargo demo`, the edge's tests and the browser's tests run on: the provider's simulator, the Worker and the demo
//! storefront, on this machine, with secrets made for the run. Builds nothing (see [`crate::assemble`]).

use crate::problem::{Doing, Outcome, Problem};
use crate::run_directory::RunDirectory;
use crate::sandbox_wallet::SandboxWallet;
use crate::simulators::server::SimulatorServer;
use crate::storefront::{Storefront, StorefrontSettings};
use crate::worker_process::{WorkerProcess, WorkerSettings};
use data_encoding::BASE64URL_NOPAD;
use std::path::PathBuf;
use tokio::net::TcpListener;

/// How to start a [`Stack`].
#[derive(Clone, Debug, Default)]
pub struct StackOptions {
    /// The name of its directory under `target/stack/`.
    pub name: String,
    /// Where it listens.
    pub ports: Ports,
}

/// The ports of a [`Stack`]; any free one where none is stated.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ports {
    /// The Worker's.
    pub worker: Option<u16>,
    /// The storefront's.
    pub storefront: Option<u16>,
    /// The simulator's.
    pub simulator: Option<u16>,
}

impl StackOptions {
    /// Any free ports.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self { name: name.to_owned(), ports: Ports::default() }
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
    /// The merchant's key at the provider.
    pub oxapay_merchant_key: String,
}

impl Secrets {
    fn new() -> Outcome<Self> {
        Ok(Self {
            order_signing_key: random_key()?,
            client_token_key: random_key()?,
            merchant_key: random_key()?,
            oxapay_merchant_key: random_key()?,
        })
    }
}

fn random_key() -> Outcome<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).doing("drawing a random key")?;
    Ok(BASE64URL_NOPAD.encode(&bytes))
}

/// Simulator, Worker and storefront; they end when it is dropped.
pub struct Stack {
    /// The keys of this run.
    pub secrets: Secrets,
    worker_settings: WorkerSettings,
    worker: Option<WorkerProcess>,
    simulator: SimulatorServer,
    simulator_url: String,
    storefront_url: String,
    _storefront: Storefront,
    _directory: RunDirectory,
}

impl Stack {
    /// Starts everything and waits until the Worker answers.
    pub async fn start(options: &StackOptions) -> Outcome<Self> {
        let directory = RunDirectory::take(&options.name)?;
        let secrets = Secrets::new()?;

        let simulator_listener = listen(options.ports.simulator).await?;
        let simulator_url = origin("127.0.0.1", &simulator_listener)?;
        let simulator = SimulatorServer::start(simulator_listener, &secrets.oxapay_merchant_key);

        // `localhost` and `127.0.0.1` are different sites to a browser, as a shop and its checkout are in life.
        let storefront_listener = listen(options.ports.storefront).await?;
        let storefront_url = origin("localhost", &storefront_listener)?;
        let worker_port = match options.ports.worker {
            Some(port) => port,
            None => free_port()?,
        };
        let worker_url = format!("http://127.0.0.1:{worker_port}");
        let shop = StorefrontSettings {
            origin: storefront_url.clone(),
            checkout: worker_url.clone(),
            order_signing_key: secrets.order_signing_key.clone(),
            simulator: simulator_url.clone(),
        };
        let storefront = Storefront::open(storefront_listener, shop);

        let worker_settings = WorkerSettings {
            port: worker_port,
            directory: directory.path().to_path_buf(),
            variables: vec![
                ("PUBLIC_URL", worker_url),
                ("STOREFRONT_ORIGINS", storefront_url.clone()),
                ("OXAPAY_URL", format!("{simulator_url}/v1")),
                ("MERCHANT_NAME", "Corner Café".to_owned()),
                ("SANDBOX", "true".to_owned()),
            ],
            secrets: vec![
                ("ORDER_SIGNING_KEY", secrets.order_signing_key.clone()),
                ("CLIENT_TOKEN_KEY", secrets.client_token_key.clone()),
                ("MERCHANT_KEY", secrets.merchant_key.clone()),
                ("OXAPAY_MERCHANT_KEY", secrets.oxapay_merchant_key.clone()),
            ],
        };
        let worker = Some(WorkerProcess::start(&worker_settings).await?);
        Ok(Self {
            secrets,
            worker_settings,
            worker,
            simulator,
            simulator_url,
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

    /// The simulator's origin.
    #[must_use]
    pub fn simulator_url(&self) -> &str {
        &self.simulator_url
    }

    /// The simulator itself, to ask what it was sent.
    #[must_use]
    pub fn simulator(&self) -> &SimulatorServer {
        &self.simulator
    }

    /// The customer's wallet.
    #[must_use]
    pub fn wallet(&self) -> SandboxWallet {
        SandboxWallet::new(&self.simulator_url)
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
}

/// A port that nobody listens on now.
pub fn free_port() -> Outcome<u16> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).doing("looking for a free port")?;
    Ok(listener.local_addr().doing("looking for a free port")?.port())
}

async fn listen(port: Option<u16>) -> Outcome<TcpListener> {
    let port = port.unwrap_or(0);
    TcpListener::bind(("127.0.0.1", port)).await.doing(format_args!("listening on port {port}"))
}

fn origin(host: &str, listener: &TcpListener) -> Outcome<String> {
    let port = listener.local_addr().doing("asking for the port")?.port();
    Ok(format!("http://{host}:{port}"))
}
