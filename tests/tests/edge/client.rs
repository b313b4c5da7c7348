//! A browser, a merchant and a provider, as far as the edge can tell them apart: plain HTTP and WebSocket.

use checkout_core::identity::{self, KeyPair};
use checkout_core::secret::Secret;
use checkout_shared::error::{ErrorBody, ErrorCode};
use checkout_shared::event::{DeliveryView, EventKind, EventView};
use checkout_shared::provider::ProviderId;
use checkout_shared::record::SessionRecord;
use checkout_shared::route::{Capability, Route};
use checkout_shared::session::{Instructions, Opened, SessionView};
use checkout_tests::merchant_endpoint::{MerchantEndpoint, Received};
use checkout_tests::order_token;
use checkout_tests::sandbox_wallet::{SandboxWallet, WalletAction};
use checkout_tests::stack::{Secrets, Stack};
use futures_util::{SinkExt, StreamExt};
use libtest_mimic::Failed;
use reqwest::{Client, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// The longest anything may take here; provider timeouts are longer than most.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// The edge, from outside.
pub struct Edge {
    pub http: Client,
    pub url: String,
    pub secrets: Secrets,
    pub storefront: String,
    /// The merchant's own server.
    pub merchant: Arc<MerchantEndpoint>,
    simulators: Vec<(ProviderId, String)>,
    wallet: SandboxWallet,
}

/// A session opened here, and the way back to it.
pub struct Opening {
    pub capability: Capability,
    pub view: SessionView,
}

impl Edge {
    pub fn of(stack: &Stack) -> Self {
        Self {
            http: Client::builder().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none()).build().expect("a client"),
            url: stack.worker_url(),
            secrets: stack.secrets.clone(),
            storefront: stack.storefront_url().to_owned(),
            merchant: Arc::clone(stack.merchant()),
            simulators: ProviderId::ALL.iter().map(|id| (*id, stack.simulator_url(*id).to_owned())).collect(),
            wallet: stack.wallet(),
        }
    }

    /// The claims of an order nobody has placed yet.
    pub fn claims() -> Value {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let started = now_seconds();
        let reference = format!("T-{started}-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        json!({"amount": "18.90", "currency": "USD", "reference": reference, "exp": started + 3600, "description": "Beans"})
    }

    /// The claims of an order nobody has placed yet, and the id that its session will have.
    pub fn claims_and_id() -> (Value, String) {
        let claims = Self::claims();
        let id = identity::session_id("edge-checkout", claims["reference"].as_str().unwrap_or_default());
        (claims, id)
    }

    pub fn sign(&self, claims: &Value) -> String {
        order_token::sign(claims, &self.secrets.order_signing_key)
    }

    pub async fn get(&self, path: impl ToString) -> Result<Response, Failed> {
        Ok(self.http.get(format!("{}{}", self.url, path.to_string())).send().await?)
    }

    pub async fn post(&self, path: impl ToString, body: &Value) -> Result<Response, Failed> {
        Ok(self.http.post(format!("{}{}", self.url, path.to_string())).json(body).send().await?)
    }

    /// What the merchant's server gets to read.
    pub async fn as_merchant(&self, path: impl ToString) -> Result<Response, Failed> {
        let request = self.http.get(format!("{}{}", self.url, path.to_string()));
        Ok(request.bearer_auth(&self.secrets.merchant_key).send().await?)
    }

    /// What the merchant's server has done.
    pub async fn as_merchant_post(&self, path: impl ToString, body: &Value) -> Result<Response, Failed> {
        let request = self.http.post(format!("{}{}", self.url, path.to_string())).json(body);
        Ok(request.bearer_auth(&self.secrets.merchant_key).send().await?)
    }

    /// A session as the merchant reads it.
    pub async fn record(&self, session: &str) -> Result<SessionRecord, Failed> {
        ok(self.as_merchant(Route::Session(session.to_owned())).await?).await
    }

    /// What has happened to a session, the first event first.
    pub async fn events(&self, session: &str) -> Result<Vec<EventView>, Failed> {
        #[derive(Deserialize)]
        struct Listed {
            events: Vec<EventView>,
        }
        let listed: Listed = ok(self.as_merchant(Route::Events(session.to_owned())).await?).await?;
        Ok(listed.events)
    }

    /// The log of a session's outgoing webhooks, the newest event first.
    pub async fn deliveries(&self, session: &str) -> Result<Vec<DeliveryView>, Failed> {
        #[derive(Deserialize)]
        struct Listed {
            deliveries: Vec<DeliveryView>,
        }
        let listed: Listed = ok(self.as_merchant(format!("{}?session={session}", Route::Deliveries)).await?).await?;
        Ok(listed.deliveries)
    }

    /// Waits until what the merchant was sent about a session is as wanted.
    pub async fn sent(&self, session: &str, what: &str, wanted: impl Fn(&[Received]) -> bool) -> Result<Vec<Received>, Failed> {
        let begun = tokio::time::Instant::now();
        loop {
            let sent = self.merchant.received_of(session);
            if wanted(&sent) {
                return Ok(sent);
            }
            if begun.elapsed() > PATIENCE {
                let sent: Vec<String> = sent.iter().map(|one| format!("{} {} {:?}", one.at.0, one.id, one.behaviour)).collect();
                return Err(format!("the merchant was never sent {what}: {sent:?}").into());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until the merchant has taken in an event of this kind; everything it was sent about the session.
    pub async fn heard(&self, session: &str, kind: EventKind) -> Result<Vec<Received>, Failed> {
        let takes_in = |one: &Received| one.behaviour.takes_in() && one.told().is_ok_and(|told| told.kind == kind);
        self.sent(session, kind.as_str(), |sent| sent.iter().any(takes_in)).await
    }

    /// The path on which a provider's hints are taken.
    pub fn webhook(&self, id: ProviderId) -> Route {
        let keys = KeyPair { current: Secret::new(self.secrets.client_token_key.as_str()), previous: None };
        Route::Webhook(id, Some(identity::webhook_key(&keys, id)))
    }

    /// What a provider's simulator was asked on a path (or the end of one).
    pub async fn asked(&self, id: ProviderId, method: &str, path: &str) -> Result<Vec<Value>, Failed> {
        let log: Vec<Value> = ok(self.http.get(format!("{}/control/requests", self.simulator(id))).send().await?).await?;
        let fits = |request: &Value| request["method"] == method && request["path"].as_str().is_some_and(|asked| asked.ends_with(path));
        Ok(log.into_iter().filter(fits).collect())
    }

    /// Opens a session of an order of its own.
    pub async fn open(&self) -> Result<Opening, Failed> {
        self.open_claims(&Self::claims()).await
    }

    pub async fn open_claims(&self, claims: &Value) -> Result<Opening, Failed> {
        let opened: Opened = ok(self.post(Route::Open, &json!({"order": self.sign(claims)})).await?).await?;
        let Some(Route::Page(capability)) = Route::parse(&opened.page) else { return Err(format!("no page: {}", opened.page).into()) };
        Ok(Opening { capability, view: opened.session })
    }

    pub async fn view(&self, opening: &Opening) -> Result<SessionView, Failed> {
        ok(self.get(Route::View(opening.capability.clone())).await?).await
    }

    pub async fn choose(&self, opening: &Opening, method: &str) -> Result<SessionView, Failed> {
        ok(self.post(Route::Attempts(opening.capability.clone()), &json!({"method": method})).await?).await
    }

    pub async fn pay(&self, opening: &Opening, action: WalletAction) -> Result<(), Failed> {
        self.wallet.act(&opening.capability.id, action).await.map(drop).map_err(|problem| problem.to_string().into())
    }

    /// The origin of a provider's simulator.
    pub fn simulator(&self, id: ProviderId) -> &str {
        self.simulators.iter().find(|(simulated, _)| *simulated == id).map_or("", |(_, origin)| origin)
    }

    /// Presses a button on a provider's page; where it leads.
    pub async fn press(&self, page: &str, action: &str) -> Result<String, Failed> {
        let answer = self.http.post(format!("{page}/{action}")).send().await?;
        check(answer.status() == 303, format!("{page}/{action}: {}", answer.status()))?;
        Ok(answer.headers().get("location").and_then(|location| location.to_str().ok()).unwrap_or_default().to_owned())
    }

    /// What `OxaPay` was asked to create for a session: the bodies as they were sent.
    pub async fn creations(&self, session: &str) -> Result<Vec<String>, Failed> {
        let log = self.http.get(format!("{}/control/requests", self.simulator(ProviderId::Oxapay))).send();
        let log: Vec<Value> = ok(log.await?).await?;
        let bodies = log.iter().filter(|request| request["method"] == "POST").filter_map(|request| request["body"].as_str());
        Ok(bodies.filter(|body| body.contains(&format!(r#""order_id":"{session}-"#))).map(str::to_owned).collect())
    }

    /// Arms a fault at a provider's simulator.
    pub async fn arm(&self, id: ProviderId, fault: &Value) -> Result<(), Failed> {
        let answer = self.http.post(format!("{}/control/faults", self.simulator(id))).json(fault).send().await?;
        answer.error_for_status().map(drop).map_err(Failed::from)
    }

    pub async fn watch(&self, opening: &Opening) -> Result<Watcher, Failed> {
        let path = Route::Live(opening.capability.clone()).to_string();
        let url = format!("{}{path}", self.url.replace("http://", "ws://"));
        let (socket, _) = tokio_tungstenite::connect_async(url).await?;
        Ok(Watcher { socket, last: 0 })
    }

    /// Looks until the session is as wanted.
    pub async fn until(&self, opening: &Opening, what: &str, wanted: impl Fn(&SessionView) -> bool) -> Result<SessionView, Failed> {
        let begun = tokio::time::Instant::now();
        loop {
            let view = self.view(opening).await?;
            if wanted(&view) {
                return Ok(view);
            }
            if begun.elapsed() > PATIENCE {
                return Err(format!("never {what}: {view:#?}").into());
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

/// A customer's tab.
pub struct Watcher {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    last: u64,
}

impl Watcher {
    /// The next view; each must be newer than the one before.
    pub async fn next(&mut self) -> Result<SessionView, Failed> {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.socket.next()).await?.ok_or("the socket was closed")??;
            let Message::Text(text) = message else { continue };
            let view: SessionView = serde_json::from_str(&text)?;
            if view.sequence <= self.last {
                return Err(format!("sequence {} after {}", view.sequence, self.last).into());
            }
            self.last = view.sequence;
            return Ok(view);
        }
    }

    /// The first view that is as wanted.
    pub async fn until(&mut self, wanted: impl Fn(&SessionView) -> bool) -> Result<SessionView, Failed> {
        loop {
            let view = self.next().await?;
            if wanted(&view) {
                return Ok(view);
            }
        }
    }

    /// Asks for the current view, as a tab does that comes back from a wallet app.
    pub async fn resync(&mut self) -> Result<SessionView, Failed> {
        self.last = 0;
        self.socket.send(Message::text("ping")).await?;
        self.next().await
    }
}

/// The body of a success.
pub async fn ok<T: serde::de::DeserializeOwned>(response: Response) -> Result<T, Failed> {
    let status = response.status();
    let text = response.text().await?;
    if !status.is_success() {
        return Err(format!("{status}: {text}").into());
    }
    Ok(serde_json::from_str(&text)?)
}

/// Checks that an answer is the documented error: right status, right code, a sentence, a request id.
pub async fn refused(response: Response, code: ErrorCode) -> Result<ErrorBody, Failed> {
    let status = response.status().as_u16();
    let request_id = response.headers().get("x-request-id").and_then(|id| id.to_str().ok()).unwrap_or_default().to_owned();
    let text = response.text().await?;
    let body: ErrorBody = serde_json::from_str(&text).map_err(|_| format!("{status}: {text}"))?;
    if (status, body.error.code) != (code.http_status(), code) {
        return Err(format!("wanted {code:?}, got {status}: {text}").into());
    }
    let told = body.error.message.ends_with('.') && body.error.message.len() > 10 && body.error.request_id == request_id;
    if told { Ok(body) } else { Err(format!("not told as documented: {text}").into()) }
}

/// The address a session shows.
pub fn address(view: &SessionView) -> Option<&checkout_shared::session::Address> {
    match view.attempt.as_ref()?.instructions.as_ref()? {
        Instructions::Address(address) => Some(address),
        Instructions::Page { .. } => None,
    }
}

pub fn now_seconds() -> u64 {
    #[expect(clippy::disallowed_methods, reason = "a test on the host's own clock")]
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// Fails a story unless something holds.
#[expect(clippy::needless_pass_by_value, reason = "a `&str`, a `String` or a reference: whatever tells the reader most")]
pub fn check(holds: bool, what: impl ToString) -> Result<(), Failed> {
    if holds { Ok(()) } else { Err(what.to_string().into()) }
}
