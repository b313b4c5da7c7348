//! Puts a simulator on a port: real clock, real HTTP, answers as slow as it is told, webhooks sent as they fall due. It decides
//! nothing.

use super::simulated::{Held, SlowAnswer};
use super::{Delivery, LostAnswer, Simulated, Simulator};
use crate::clock;
use crate::line::{Line, Switch};
use crate::problem::{Outcome, Problem};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use bytes::Bytes;
use checkout_shared::time::{Millis, Timestamp};
use std::sync::atomic::{AtomicI64, Ordering};
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
/// How long an answer takes that is slow.
const SLOW: Duration = Duration::from_secs(5);
/// How often is looked whether a held call may go on.
const HELD_TICK: Duration = Duration::from_millis(10);
/// How long to wait for calls to be held.
const UNTIL_HELD: Duration = Duration::from_secs(30);
/// How long a call is held that nobody releases.
const LONGEST_HELD: Millis = Millis::minutes(5);
/// The longest request body.
const LONGEST_BODY: usize = 1024 * 1024;

/// A simulated provider on a port, until it is dropped.
#[derive(Debug)]
pub struct SimulatorServer {
    simulated: Arc<Mutex<Simulated>>,
    ahead: Arc<AtomicI64>,
    line: Switch,
    task: AbortHandle,
}

impl SimulatorServer {
    /// Starts it. Tell the simulator before that where it will be ([`Simulated::locate`]).
    #[must_use]
    pub fn start(listener: TcpListener, simulated: Simulated) -> Self {
        let simulated = Arc::new(Mutex::new(simulated));
        let (line, switch) = Line::new(listener);
        let ahead = Arc::default();
        let shared = Shared { simulated: Arc::clone(&simulated), clock: clock::now, ahead: Arc::clone(&ahead) };
        let task = tokio::spawn(serve(line, shared)).abort_handle();
        Self { simulated, ahead, line: switch, task }
    }

    /// Cuts it off from the network, or connects it again: connections that are there break, new ones are refused. What it sends by
    /// itself still goes out.
    pub fn set_reachable(&self, reachable: bool) {
        self.line.set(reachable);
    }

    /// Sets its clock so far ahead of the machine's. Do not set it back: what it has written down would be in the future.
    pub fn set_ahead(&self, ahead: Millis) {
        self.ahead.store(ahead.0, Ordering::Relaxed);
    }

    /// Waits until so many calls are being held.
    pub async fn until_held(&self, calls: usize) -> Outcome {
        let enough = async {
            while self.lock().held().len() < calls {
                tokio::time::sleep(HELD_TICK).await;
            }
        };
        let seconds = UNTIL_HELD.as_secs();
        let told = || Problem::new(format!("{calls} calls were to be held within {seconds} s; held are {:?}", self.lock().held()));
        tokio::time::timeout(UNTIL_HELD, enough).await.map_err(|_| told())
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
    /// In milliseconds.
    ahead: Arc<AtomicI64>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Simulated> {
        self.simulated.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Timestamp {
        (self.clock)() + Millis(self.ahead.load(Ordering::Relaxed))
    }
}

async fn serve(line: Line, shared: Shared) -> std::io::Result<()> {
    let app = Router::new().fallback(answer).with_state(shared.clone());
    tokio::select! {
        served = async { axum::serve(line, app).await } => served,
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
    let mut response = shared.lock().handle(request.clone(), shared.now());
    if let Some(held) = response.extensions().get::<Held>().copied() {
        response = let_go(&shared, held, &request).await;
    }
    if response.extensions().get::<SlowAnswer>().is_some() {
        tokio::time::sleep(SLOW).await;
    }
    shared.lock().leave(entered);
    response
}

/// The answer to a call that is held, once it is released.
async fn let_go(shared: &Shared, held: Held, request: &http::Request<Bytes>) -> http::Response<Bytes> {
    let given_up_at = shared.now() + LONGEST_HELD;
    loop {
        if let Some(response) = shared.lock().let_go(held, request, shared.now()) {
            return response;
        }
        if shared.now() > given_up_at {
            shared.lock().release(false);
        }
        tokio::time::sleep(HELD_TICK).await;
    }
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
    use crate::simulators::{Fault, FaultKind};

    const MONITOR: &str = "/v1/common/monitor";

    async fn started() -> (SimulatorServer, String) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        (SimulatorServer::start(listener, Simulated::new(Box::new(OxaPay::new(Config::new("key"))))), url)
    }

    #[tokio::test]
    async fn answers_take_as_long_as_told_and_overlap_meanwhile() {
        let (server, url) = started().await;
        server.lock().set_latency(Millis(300));
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

    #[tokio::test]
    async fn a_held_call_goes_on_when_it_is_released() {
        for kind in [FaultKind::HoldBeforeWork, FaultKind::HoldAfterWork] {
            let (server, url) = started().await;
            server.lock().arm(Fault::new(kind, MONITOR, 1));
            let client = reqwest::Client::new();
            let held = tokio::spawn(client.get(format!("{url}{MONITOR}")).send());
            server.until_held(1).await.unwrap();
            assert_eq!(client.get(format!("{url}{MONITOR}")).send().await.unwrap().status(), 200, "only the one is held");
            assert!(!held.is_finished());
            server.lock().release(true);
            assert_eq!(held.await.unwrap().unwrap().status(), 200);
            assert!(server.lock().held().is_empty());
        }
    }

    #[tokio::test]
    async fn whoever_hangs_up_while_held_has_left_once_it_is_released() {
        let (server, url) = started().await;
        server.lock().arm(Fault::new(FaultKind::HoldBeforeWork, MONITOR, 1));
        let client = reqwest::Client::builder().timeout(Duration::from_millis(200)).build().unwrap();
        client.get(format!("{url}{MONITOR}")).send().await.unwrap_err();
        assert_eq!(server.lock().held(), [MONITOR], "the caller has gone, the call has not");
        server.lock().release(false);
        for _ in 0..500 {
            if server.lock().in_flight() == 0 {
                return;
            }
            tokio::time::sleep(HELD_TICK).await;
        }
        panic!("it never left");
    }

    #[tokio::test]
    async fn its_clock_may_run_ahead() {
        let (server, url) = started().await;
        server.set_ahead(Millis::minutes(10));
        reqwest::get(format!("{url}{MONITOR}")).await.unwrap();
        let ahead = server.lock().requests()[0].at - clock::now();
        assert!(ahead <= Millis::minutes(10) && ahead > Millis::minutes(9), "{ahead:?}");
    }

    #[tokio::test]
    async fn who_is_cut_off_cannot_be_reached_until_connected_again() {
        let (server, url) = started().await;
        let client = reqwest::Client::new();
        let ask = async || client.get(format!("{url}{MONITOR}")).send().await.map(|answer| answer.status().as_u16());
        assert_eq!(ask().await.unwrap(), 200);
        server.set_reachable(false);
        for _ in 0..3 {
            assert!(ask().await.is_err(), "neither by the connection that is there nor by a new one");
        }
        assert_eq!(server.lock().requests().len(), 1);
        server.set_reachable(true);
        for _ in 0..500 {
            if ask().await.is_ok() {
                return;
            }
            tokio::time::sleep(HELD_TICK).await;
        }
        panic!("it never came back");
    }
}
