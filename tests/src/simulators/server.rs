//! Puts a simulator on a port: real clock, real HTTP, webhooks sent as they fall due. It decides nothing.

use super::oxapay::{Config, OxaPay};
use super::{Delivery, LostAnswer, Simulator};
use crate::clock;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use bytes::Bytes;
use checkout_shared::time::Timestamp;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::{AbortHandle, JoinSet};

/// How often is looked for webhooks that are due.
const TICK: Duration = Duration::from_millis(100);
/// How long a webhook's receiver may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a lost answer keeps its caller waiting: longer than any caller should.
const LOST_FOR: Duration = Duration::from_mins(2);
/// The longest request body.
const LONGEST_BODY: usize = 1024 * 1024;

/// A simulated `OxaPay` on a port, until it is dropped.
#[derive(Debug)]
pub struct SimulatorServer {
    simulator: Arc<Mutex<OxaPay>>,
    task: AbortHandle,
}

impl SimulatorServer {
    /// Starts it. Its hosted pages' addresses are on its own port.
    #[must_use]
    pub fn start(listener: TcpListener, merchant_key: &str) -> Self {
        let mut config = Config::new(merchant_key);
        if let Ok(address) = listener.local_addr() {
            config.payment_page = format!("http://{address}/pay");
        }
        let simulator = Arc::new(Mutex::new(OxaPay::new(config)));
        let task = tokio::spawn(serve(listener, Arc::clone(&simulator), clock::now)).abort_handle();
        Self { simulator, task }
    }

    /// The simulator itself, to ask it what it was sent or to say how things go. Do not hold it across an `await`.
    pub fn oxapay(&self) -> MutexGuard<'_, OxaPay> {
        self.simulator.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for SimulatorServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Shared<S> {
    simulator: Arc<Mutex<S>>,
    clock: fn() -> Timestamp,
}

impl<S> Clone for Shared<S> {
    fn clone(&self) -> Self {
        Self { simulator: Arc::clone(&self.simulator), clock: self.clock }
    }
}

impl<S> Shared<S> {
    fn lock(&self) -> MutexGuard<'_, S> {
        self.simulator.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Serves until dropped. The caller keeps its own handle on the simulator.
pub async fn serve<S: Simulator + Send + 'static>(
    listener: TcpListener,
    simulator: Arc<Mutex<S>>,
    clock: fn() -> Timestamp,
) -> std::io::Result<()> {
    let shared = Shared { simulator, clock };
    let app = Router::new().fallback(answer::<S>).with_state(shared.clone());
    tokio::select! {
        served = async { axum::serve(listener, app).await } => served,
        stopped = send_webhooks(shared) => stopped,
    }
}

async fn answer<S: Simulator + Send + 'static>(State(shared): State<Shared<S>>, request: Request) -> axum::response::Response {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LONGEST_BODY).await else {
        let mut response = http::Response::new(Body::empty());
        *response.status_mut() = http::StatusCode::PAYLOAD_TOO_LARGE;
        return response;
    };
    let response = shared.lock().handle(http::Request::from_parts(head, body), (shared.clock)());
    if response.extensions().get::<LostAnswer>().is_some() {
        tokio::time::sleep(LOST_FOR).await;
    }
    response.map(Body::from)
}

async fn send_webhooks<S: Simulator + Send + 'static>(shared: Shared<S>) -> std::io::Result<()> {
    let client = reqwest::Client::builder().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none()).build();
    let client = client.map_err(std::io::Error::other)?;
    // Ends with this future, and every delivery under way with it.
    let mut under_way = JoinSet::new();
    loop {
        tokio::time::sleep(TICK).await;
        while under_way.try_join_next().is_some() {}
        let due = shared.lock().due_webhooks((shared.clock)());
        for delivery in due {
            let (client, shared) = (client.clone(), shared.clone());
            under_way.spawn(async move {
                let id = delivery.id;
                let answer = send(&client, delivery).await;
                shared.lock().webhook_answered(id, answer.as_ref(), (shared.clock)());
            });
        }
    }
}

async fn send(client: &reqwest::Client, delivery: Delivery) -> Option<http::Response<Bytes>> {
    let answer = client.execute(delivery.request.try_into().ok()?).await.ok()?;
    let status = answer.status();
    let mut response = http::Response::new(answer.bytes().await.ok()?);
    *response.status_mut() = status;
    Some(response)
}
