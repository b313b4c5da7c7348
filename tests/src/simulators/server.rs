//! Puts a simulator on a port: real clock, real HTTP, answers as slow as it is told, webhooks sent as they fall due. It decides
//! nothing.

use super::{Delivery, LostAnswer, Simulated, Simulator};
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

/// A simulated provider on a port, until it is dropped.
#[derive(Debug)]
pub struct SimulatorServer {
    simulated: Arc<Mutex<Simulated>>,
    task: AbortHandle,
}

impl SimulatorServer {
    /// Starts it. Tell the simulator before that where it will be ([`Simulated::locate`]).
    #[must_use]
    pub fn start(listener: TcpListener, simulated: Simulated) -> Self {
        let simulated = Arc::new(Mutex::new(simulated));
        let task = tokio::spawn(serve(listener, Shared { simulated: Arc::clone(&simulated), clock: clock::now })).abort_handle();
        Self { simulated, task }
    }

    /// The simulator itself, to ask it what it was sent or to say how things go. Do not hold it across an `await`.
    pub fn lock(&self) -> MutexGuard<'_, Simulated> {
        self.simulated.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for SimulatorServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[derive(Clone)]
struct Shared {
    simulated: Arc<Mutex<Simulated>>,
    clock: fn() -> Timestamp,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Simulated> {
        self.simulated.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Timestamp {
        (self.clock)()
    }
}

async fn serve(listener: TcpListener, shared: Shared) -> std::io::Result<()> {
    let app = Router::new().fallback(answer).with_state(shared.clone());
    tokio::select! {
        served = async { axum::serve(listener, app).await } => served,
        stopped = send_webhooks(shared) => stopped,
    }
}

async fn answer(State(shared): State<Shared>, request: Request) -> axum::response::Response {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LONGEST_BODY).await else {
        let mut response = http::Response::new(Body::empty());
        *response.status_mut() = http::StatusCode::PAYLOAD_TOO_LARGE;
        return response;
    };
    // A task of its own, so that a caller who hangs up early is counted as leaving all the same.
    let answering = tokio::spawn(let_in(shared, http::Request::from_parts(head, body)));
    let response = answering.await.unwrap_or_else(|_| broken());
    if response.extensions().get::<LostAnswer>().is_some() {
        tokio::time::sleep(LOST_FOR).await;
    }
    response.map(Body::from)
}

/// A simulator that panicked.
fn broken() -> http::Response<Bytes> {
    let mut response = http::Response::new(Bytes::new());
    *response.status_mut() = http::StatusCode::INTERNAL_SERVER_ERROR;
    response
}

async fn let_in(shared: Shared, request: http::Request<Bytes>) -> http::Response<Bytes> {
    let (entered, latency) = {
        let mut simulated = shared.lock();
        let entered = match simulated.enter(&request, shared.now()) {
            Ok(entered) => entered,
            Err(turned_away) => return turned_away,
        };
        (entered, simulated.latency())
    };
    tokio::time::sleep(Duration::from_millis(u64::try_from(latency.0).unwrap_or_default())).await;
    let mut simulated = shared.lock();
    let response = simulated.handle(request, shared.now());
    simulated.leave(entered);
    response
}

async fn send_webhooks(shared: Shared) -> std::io::Result<()> {
    let client = reqwest::Client::builder().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none()).build();
    let client = client.map_err(std::io::Error::other)?;
    // Ends with this future, and every delivery under way with it.
    let mut under_way = JoinSet::new();
    loop {
        tokio::time::sleep(TICK).await;
        while under_way.try_join_next().is_some() {}
        let due = shared.lock().due_webhooks(shared.now());
        for delivery in due {
            let (client, shared) = (client.clone(), shared.clone());
            under_way.spawn(async move {
                let id = delivery.id;
                let answer = send(&client, delivery).await;
                shared.lock().webhook_answered(id, answer.as_ref(), shared.now());
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulators::oxapay::{Config, OxaPay};
    use checkout_shared::time::Millis;

    #[tokio::test]
    async fn answers_take_as_long_as_told_and_overlap_meanwhile() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let mut simulated = Simulated::new(Box::new(OxaPay::new(Config::new("key"))));
        simulated.set_latency(Millis(300));
        let server = SimulatorServer::start(listener, simulated);

        let client = reqwest::Client::new();
        let calls = (0..5).map(|_| client.get(format!("{url}/v1/common/monitor")).send());
        let calls: Vec<_> = calls.map(tokio::spawn).collect();
        for call in calls {
            assert_eq!(call.await.unwrap().unwrap().status(), 200);
        }
        assert!(server.lock().most_in_flight() > 1, "{}", server.lock().most_in_flight());
        assert_eq!(server.lock().requests().len(), 5);
        assert_eq!(client.get(format!("{url}/pay/none")).send().await.unwrap().status(), 404);
    }
}
