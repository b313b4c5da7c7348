//! The merchant's own server, as far as the product can tell: it takes in outgoing webhooks, checks their signatures by the standard's
//! words alone (Standard Webhooks, "Verifying signatures"; not a line is shared with the Worker that signs), and keeps what it was sent.
//! It can be told to behave badly. What a shop does with the news is not its business; the demo shop lists it.

use crate::clock;
use crate::problem::{Doing, Outcome, Problem};
use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use checkout_shared::event::{EventId, WebhookBody};
use checkout_shared::time::{Millis, Timestamp};
use data_encoding::BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;
use tokio::task::AbortHandle;

/// Where webhooks are taken.
const PATH: &str = "/webhooks";
/// Where a redirect leads. Nobody should ever come there.
const ELSEWHERE: &str = "/elsewhere";
/// The longest body.
const LONGEST_BODY: usize = 1024 * 1024;
/// How many webhooks are remembered.
const REMEMBERED: usize = 10_000;
/// How old or new a webhook may be.
const TOLERANCE: Millis = Millis::minutes(5);

/// The keys that outgoing webhooks are signed with: `whsec_` and base64.
#[derive(Clone)]
pub struct WebhookKeys {
    /// The one that is to stay.
    pub current: String,
    /// The one that is on its way out.
    pub previous: String,
}

impl WebhookKeys {
    /// Two random ones.
    pub fn new() -> Outcome<Self> {
        let key = || {
            let mut bytes = [0; 32];
            getrandom::fill(&mut bytes).doing("drawing a random key")?;
            Ok(format!("whsec_{}", BASE64.encode(&bytes)))
        };
        Ok(Self { current: key()?, previous: key()? })
    }
}

/// What the endpoint does with a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// Answers with this status.
    Status(u16),
    /// Sends the caller elsewhere (307).
    Redirect,
    /// Never answers.
    Hang,
    /// Ends the connection without a word.
    HangUp,
}

impl Behaviour {
    /// As it should be.
    pub const GOOD: Self = Self::Status(204);

    /// Whether the sender was told that the webhook was taken in.
    #[must_use]
    pub const fn takes_in(self) -> bool {
        matches!(self, Self::Status(200..=299))
    }
}

/// What a check of signature and time came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The current key has signed it.
    pub by_current: bool,
    /// The previous key has signed it.
    pub by_previous: bool,
    /// It says that it was sent within five minutes of the endpoint's clock.
    pub is_fresh: bool,
}

impl Verdict {
    /// Whether a merchant's server that knows either key believes it.
    #[must_use]
    pub const fn is_believed(self) -> bool {
        (self.by_current || self.by_previous) && self.is_fresh
    }
}

/// A request that came in.
#[derive(Clone, Debug)]
pub struct Received {
    /// When, by the endpoint's clock.
    pub at: Timestamp,
    /// The path it came on.
    pub path: String,
    /// Its `webhook-id`.
    pub id: String,
    /// All of its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
    /// Whether it is rightly signed.
    pub verdict: Verdict,
    /// What was done with it.
    pub behaviour: Behaviour,
}

impl Received {
    /// What it says.
    pub fn told(&self) -> Outcome<WebhookBody> {
        serde_json::from_slice(&self.body).doing("reading a webhook")
    }

    /// A header; empty where there is none.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The session that it is about, by its id.
    #[must_use]
    pub fn session(&self) -> Option<String> {
        self.id.parse().ok().map(|id: EventId| id.session)
    }
}

/// The merchant's server on a port, until it is dropped.
pub struct MerchantEndpoint {
    url: String,
    desk: Arc<Mutex<Desk>>,
    task: AbortHandle,
}

/// All that it knows.
struct Desk {
    current: Vec<u8>,
    previous: Vec<u8>,
    /// How far its clock is ahead of the machine's.
    ahead: Millis,
    usual: Behaviour,
    /// By session: what comes before the usual, in order.
    planned: HashMap<String, VecDeque<Behaviour>>,
    received: VecDeque<Received>,
}

impl MerchantEndpoint {
    /// Starts it on a socket.
    pub fn start(listener: TcpListener, keys: &WebhookKeys) -> Outcome<Self> {
        let port = listener.local_addr().doing("asking for the port")?.port();
        let desk = Arc::new(Mutex::new(Desk {
            current: secret_of(&keys.current)?,
            previous: secret_of(&keys.previous)?,
            ahead: Millis::default(),
            usual: Behaviour::GOOD,
            planned: HashMap::new(),
            received: VecDeque::new(),
        }));
        let app = Router::new().fallback(take).with_state(Arc::clone(&desk));
        let task = tokio::spawn(axum::serve(listener, app).into_future()).abort_handle();
        Ok(Self { url: format!("http://127.0.0.1:{port}{PATH}"), desk, task })
    }

    /// Where webhooks are to be sent.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Does this with the next so many webhooks of one session, after what was planned for it before.
    pub fn plan(&self, session: &str, times: usize, behaviour: Behaviour) {
        self.lock().planned.entry(session.to_owned()).or_default().extend(std::iter::repeat_n(behaviour, times));
    }

    /// Does this with whatever nothing is planned for, from now on.
    pub fn behave(&self, behaviour: Behaviour) {
        self.lock().usual = behaviour;
    }

    /// Sets its clock so far ahead of the machine's.
    pub fn set_ahead(&self, ahead: Millis) {
        self.lock().ahead = ahead;
    }

    /// Everything that came in, the first one first.
    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        self.lock().received.iter().cloned().collect()
    }

    /// What came in about one session, the first one first.
    #[must_use]
    pub fn received_of(&self, session: &str) -> Vec<Received> {
        self.lock().received.iter().filter(|received| received.session().as_deref() == Some(session)).cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Desk> {
        lock(&self.desk)
    }
}

impl Drop for MerchantEndpoint {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn lock(desk: &Mutex<Desk>) -> MutexGuard<'_, Desk> {
    desk.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Desk {
    /// Writes a request down, and says what to do with it.
    fn receive(&mut self, is_webhook: bool, path: String, headers: HeaderMap, body: Bytes) -> Behaviour {
        let now = clock::now() + self.ahead;
        let id = headers.get("webhook-id").and_then(|id| id.to_str().ok()).unwrap_or_default().to_owned();
        let verdict = self.check(&headers, &body, now);
        let mut received = Received { at: now, path, id, headers, body, verdict, behaviour: Behaviour::Status(404) };
        if is_webhook {
            let planned = received.session().and_then(|session| self.planned.get_mut(&session)).and_then(VecDeque::pop_front);
            received.behaviour = planned.unwrap_or(self.usual);
        }
        let behaviour = received.behaviour;
        if self.received.len() >= REMEMBERED {
            self.received.pop_front();
        }
        self.received.push_back(received);
        behaviour
    }

    fn check(&self, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Verdict {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let (id, timestamp, signatures) = (header("webhook-id"), header("webhook-timestamp"), header("webhook-signature"));
        let sent_at = timestamp.parse().ok().map(Timestamp::from_seconds);
        Verdict {
            by_current: is_signed(&self.current, id, timestamp, body, signatures),
            by_previous: is_signed(&self.previous, id, timestamp, body, signatures),
            is_fresh: sent_at.is_some_and(|sent_at| now - sent_at <= TOLERANCE && sent_at - now <= TOLERANCE),
        }
    }
}

/// The bytes of a key.
fn secret_of(key: &str) -> Outcome<Vec<u8>> {
    let encoded = key.strip_prefix("whsec_").ok_or_else(|| Problem::new("a webhook's key begins with `whsec_`"))?;
    BASE64.decode(encoded.as_bytes()).doing("reading a webhook's key")
}

/// Whether one of the signatures, separated by spaces, is `v1,` and the base64 of HMAC-SHA256 over `{id}.{timestamp}.{body}`.
fn is_signed(key: &[u8], id: &str, timestamp: &str, body: &[u8], signatures: &str) -> bool {
    let decoded = |signature: &str| BASE64.decode(signature.strip_prefix("v1,")?.as_bytes()).ok();
    signatures.split(' ').filter_map(decoded).any(|signature| {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return false };
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body);
        mac.verify_slice(&signature).is_ok()
    })
}

async fn take(State(desk): State<Arc<Mutex<Desk>>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LONGEST_BODY).await else { return StatusCode::PAYLOAD_TOO_LARGE.into_response() };
    let is_webhook = head.method == Method::POST && head.uri.path() == PATH;
    let behaviour = lock(&desk).receive(is_webhook, head.uri.path().to_owned(), head.headers, body);
    match behaviour {
        Behaviour::Status(status) => StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR).into_response(),
        Behaviour::Redirect => (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, ELSEWHERE)]).into_response(),
        Behaviour::Hang => std::future::pending().await,
        // The server has no word for "no answer": ending its task, without the message of a panic, ends the connection.
        Behaviour::HangUp => std::panic::resume_unwind(Box::new("hung up")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example in the standard's reference implementations.
    const KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const TIMESTAMP: &str = "1614265330";
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    #[test]
    fn signatures_are_those_of_the_standard() {
        let key = secret_of(KEY).unwrap();
        assert!(is_signed(&key, ID, TIMESTAMP, BODY, SIGNATURE));
        assert!(is_signed(&key, ID, TIMESTAMP, BODY, &format!("v1,AAAA v1a,{} {SIGNATURE}", &SIGNATURE[3..])));
        assert!(!is_signed(&key, ID, TIMESTAMP, BODY, &SIGNATURE[3..]));
        assert!(!is_signed(&key, ID, "1614265331", BODY, SIGNATURE));
        assert!(!is_signed(&key, "msg_other", TIMESTAMP, BODY, SIGNATURE));
        assert!(!is_signed(&key, ID, TIMESTAMP, b"{}", SIGNATURE));
        assert!(!is_signed(b"another", ID, TIMESTAMP, BODY, SIGNATURE));
        assert!(!is_signed(&key, ID, TIMESTAMP, BODY, ""));
    }

    fn signed(key: &str, id: &str, at: Timestamp, body: &str) -> HeaderMap {
        let mut mac = Hmac::<Sha256>::new_from_slice(&secret_of(key).unwrap()).unwrap();
        mac.update(format!("{id}.{}.{body}", at.seconds()).as_bytes());
        let signature = format!("v1,{}", BASE64.encode(&mac.finalize().into_bytes()));
        let headers = [("webhook-id", id), ("webhook-timestamp", &at.seconds().to_string()), ("webhook-signature", &signature)];
        headers.into_iter().map(|(name, value)| (name.parse::<header::HeaderName>().unwrap(), value.parse().unwrap())).collect()
    }

    #[tokio::test]
    async fn it_behaves_as_planned_and_keeps_what_it_was_sent() {
        let keys = WebhookKeys::new().unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let endpoint = MerchantEndpoint::start(listener, &keys).unwrap();
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let (ours, other) = ("a".repeat(26), "b".repeat(26));
        endpoint.plan(&ours, 1, Behaviour::Status(500));
        endpoint.plan(&ours, 1, Behaviour::Redirect);
        endpoint.plan(&ours, 1, Behaviour::HangUp);
        endpoint.plan(&ours, 1, Behaviour::Hang);
        let send = async |key: &str, session: &str, at: Timestamp| {
            let headers = signed(key, &format!("evt_{session}_1"), at, "{}");
            client.post(endpoint.url()).headers(headers).body("{}").timeout(std::time::Duration::from_secs(1)).send().await
        };
        let now = clock::now();
        assert_eq!(send(&keys.current, &other, now).await.unwrap().status(), 204);
        assert_eq!(send(&keys.previous, &ours, now).await.unwrap().status(), 500);
        let redirect = send(KEY, &ours, now).await.unwrap();
        assert_eq!((redirect.status().as_u16(), &redirect.headers()["location"]), (307, &"/elsewhere".parse().unwrap()));
        assert!(!send(&keys.current, &ours, now).await.unwrap_err().is_timeout());
        assert!(send(&keys.current, &ours, now).await.unwrap_err().is_timeout());
        endpoint.set_ahead(Millis::hours(1));
        assert_eq!(send(&keys.current, &ours, now).await.unwrap().status(), 204);
        endpoint.behave(Behaviour::Status(410));
        assert_eq!(send(&keys.current, &other, now + Millis::hours(1)).await.unwrap().status(), 410);
        assert_eq!(client.get(endpoint.url()).send().await.unwrap().status(), 404);

        let verdict = |by_current, by_previous, is_fresh| Verdict { by_current, by_previous, is_fresh };
        let verdicts: Vec<Verdict> = endpoint.received_of(&ours).iter().map(|received| received.verdict).collect();
        let good = verdict(true, false, true);
        assert_eq!(verdicts, [verdict(false, true, true), verdict(false, false, true), good, good, verdict(true, false, false)]);
        assert_eq!(endpoint.received_of(&other).iter().map(|received| received.verdict).collect::<Vec<_>>(), [good, good]);
        assert_eq!(endpoint.received().len(), 8);
    }
}
