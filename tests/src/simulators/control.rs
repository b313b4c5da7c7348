//! What no vendor has: `/control/…`, where tests and the demo say how payments and calls go.
//!
//! | call | what |
//! |---|---|
//! | `GET /control/payments[?reference_prefix=…]` | the payments, newest last |
//! | `POST /control/payments/{reference}/{action}` | an [`Action`], e.g. `exact` |
//! | `POST /control/faults` | arms a [`Fault`]: `{"kind":"status_500","path":"/v1/payment/white-label","containing":"order-7","times":1}` |
//! | `DELETE /control/faults` | disarms all that are left |
//! | `GET /control/held` | the paths of the calls that are being held, the longest held first |
//! | `POST /control/release` | lets them all go on: `{"work":false}` if what was not begun is never to be done |
//! | `POST /control/latency` | how long every answer takes from now on: `{"ms":50}` |
//! | `POST /control/confirmations` | how long a confirmation (or whatever the vendor waits for) takes from now on: `{"ms":60000}` |
//! | `GET /control/requests` | what was asked on the vendor's paths, oldest first |
//!
//! Amounts are decimal strings here, times are milliseconds. There is no authentication: simulators live on loopback. What a
//! customer sees instead is [`super::hosted_page`].

use super::Simulated;
use bytes::Bytes;
use checkout_shared::money::Amount;
use checkout_shared::time::{Millis, Timestamp};
use http::header::{CONTENT_TYPE, HeaderValue};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What happens to a payment next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// The customer pays the whole amount.
    Exact,
    /// The customer pays half of it.
    Half,
    /// The customer pays what is still missing.
    Rest,
    /// The customer pays a quarter too much.
    Over,
    /// The customer authorises the payment, which the merchant takes later.
    Authorize,
    /// The customer gives up on the vendor's page.
    Cancel,
    /// Its time ends now.
    Expire,
    /// Its time ends now, and then the customer pays the whole amount.
    Late,
    /// The merchant accepts what came too little or too late, on the vendor's dashboard.
    Accept,
    /// The merchant sends the money back, on the vendor's dashboard.
    Refund,
    /// It goes wrong at the vendor.
    Fail,
}

/// What goes wrong with the next calls of a path, or with the next webhooks.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Fault {
    /// What goes wrong.
    pub kind: FaultKind,
    /// The path (a prefix of it) whose calls it befalls; nothing to webhooks.
    #[serde(default)]
    pub path: String,
    /// It befalls only what contains this in its path or body: one order's calls or webhooks, say.
    #[serde(default)]
    pub containing: String,
    /// How often.
    #[serde(default = "once")]
    pub times: u32,
}

/// What can go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// Nothing is done; the vendor's own broken answer.
    #[serde(rename = "status_500")]
    Status500,
    /// Nothing is done; a page of HTML with status 502, as proxies answer.
    Html,
    /// The work is done and nothing is answered.
    TimeoutAfterWork,
    /// The work is done and the answer breaks off in the middle.
    Truncate,
    /// Nothing is done; status 429 with `Retry-After`.
    RateLimited,
    /// The work is done at once and answered five seconds later.
    Slow,
    /// The request has arrived and nothing is done until it is released; or never, as is said then.
    HoldBeforeWork,
    /// The work is done and nothing is answered until it is released.
    HoldAfterWork,
    /// A webhook is never sent.
    Lose,
    /// A webhook is sent twice.
    Duplicate,
    /// A webhook is sent after the next one (or a minute later, if no next one comes up).
    Reorder,
}

/// A payment as the control interface tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentSummary {
    /// The vendor's reference, as its API and its hosted page's address have it.
    pub reference: String,
    /// The merchant's reference; empty where it gave none.
    pub merchant_reference: String,
    /// The vendor's word for the kind of payment.
    pub kind: String,
    /// The vendor's word for where it stands.
    pub status: String,
    /// What was asked for.
    pub amount: Amount,
    /// In which currency.
    pub currency: String,
    /// What is paid in; empty until it is chosen.
    pub pay_currency: String,
    /// The vendor's name for the network; empty until it is chosen, or where there is none.
    pub network: String,
    /// The address to pay to; empty until it is chosen, or where there is none.
    pub address: String,
    /// The whole amount in what is paid in.
    pub pay_amount: Amount,
    /// What has arrived of it.
    pub received: Amount,
    /// What is missing of it; nothing once it is authorised.
    pub due: Amount,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// Where the hosted page sends a customer who has paid, complete with what the vendor adds; empty where nowhere.
    pub success_url: String,
    /// Where the hosted page sends a customer who gave up; empty where nowhere.
    pub cancel_url: String,
}

/// A request as it came in.
#[derive(Clone, Debug, Serialize)]
pub struct Received {
    /// When.
    pub at: Timestamp,
    /// The HTTP method.
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// The headers, names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: String,
}

/// Why an action cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Impossible {
    /// There is no such payment.
    NoSuchPayment,
    /// It is in no state for it, or the vendor has nothing of the kind.
    NotNow,
}

const fn once() -> u32 {
    1
}

impl Action {
    /// The action of a name in a path.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        serde_json::from_value(serde_json::Value::String(name.to_owned())).ok()
    }

    /// Its name in paths.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Half => "half",
            Self::Rest => "rest",
            Self::Over => "over",
            Self::Authorize => "authorize",
            Self::Cancel => "cancel",
            Self::Expire => "expire",
            Self::Late => "late",
            Self::Accept => "accept",
            Self::Refund => "refund",
            Self::Fail => "fail",
        }
    }
}

impl Fault {
    /// What befalls so many calls of a path, whomever they are about.
    #[must_use]
    pub fn new(kind: FaultKind, path: &str, times: u32) -> Self {
        Self { kind, path: path.to_owned(), containing: String::new(), times }
    }

    /// Whether it can befall this. The path is empty for webhooks, whose address says nothing.
    pub(super) fn fits(&self, path: &str, about: &[&[u8]]) -> bool {
        let wanted = self.containing.as_bytes();
        let names_it = |text: &&[u8]| text.windows(wanted.len()).any(|part| part == wanted);
        self.times > 0 && path.starts_with(&self.path) && (wanted.is_empty() || about.iter().any(names_it))
    }
}

impl FaultKind {
    /// Whether it befalls webhooks rather than calls.
    #[must_use]
    pub const fn is_of_webhooks(self) -> bool {
        matches!(self, Self::Lose | Self::Duplicate | Self::Reorder)
    }
}

#[derive(Deserialize)]
struct Span {
    ms: u32,
}

#[derive(Deserialize)]
struct Release {
    work: bool,
}

/// Answers a request below `/control/`.
pub(super) fn answer(simulated: &mut Simulated, request: &http::Request<Bytes>, now: Timestamp) -> http::Response<Bytes> {
    let path: Vec<&str> = request.uri().path().trim_matches('/').split('/').skip(1).collect();
    match (request.method().as_str(), path.as_slice()) {
        ("GET", ["payments"]) => json(200, &simulated.payments(&reference_prefix(request.uri().query().unwrap_or_default()))),
        ("POST", ["payments", reference, action]) => match Action::named(action) {
            None => problem(404, "no such action"),
            Some(action) => match simulated.act(reference, action, now) {
                Ok(summary) => json(200, &summary),
                Err(Impossible::NoSuchPayment) => problem(404, "no such payment"),
                Err(Impossible::NotNow) => problem(409, "the payment is in no state for this"),
            },
        },
        ("POST", ["faults"]) => match serde_json::from_slice(request.body()) {
            Err(_) => problem(400, "a fault is {\"kind\", \"path\", \"containing\", \"times\"}"),
            Ok(fault) => {
                simulated.arm(fault);
                done()
            }
        },
        ("DELETE", ["faults"]) => {
            simulated.disarm();
            done()
        }
        ("GET", ["held"]) => json(200, &simulated.held()),
        ("POST", ["release"]) => match serde_json::from_slice(request.body()) {
            Err(_) => problem(400, "a release is {\"work\"}"),
            Ok(Release { work }) => {
                simulated.release(work);
                done()
            }
        },
        ("POST", ["latency"]) => match serde_json::from_slice(request.body()) {
            Err(_) => problem(400, "latency is {\"ms\"}"),
            Ok(Span { ms }) => {
                simulated.set_latency(Millis(ms.into()));
                done()
            }
        },
        ("POST", ["confirmations"]) => match serde_json::from_slice(request.body()) {
            Err(_) => problem(400, "confirmations are {\"ms\"}"),
            Ok(Span { ms }) => {
                simulated.settle_every(Millis(ms.into()));
                done()
            }
        },
        ("GET", ["requests"]) => json(200, &simulated.requests()),
        _ => problem(404, "no such control"),
    }
}

fn reference_prefix(query: &str) -> String {
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    pairs.find(|(name, _)| name == "reference_prefix").map(|(_, prefix)| prefix.into_owned()).unwrap_or_default()
}

fn done() -> http::Response<Bytes> {
    json(200, &BTreeMap::<&str, &str>::new())
}

fn problem(status: u16, message: &str) -> http::Response<Bytes> {
    json(status, &BTreeMap::from([("error", message)]))
}

fn json(status: u16, body: &impl Serialize) -> http::Response<Bytes> {
    let body = serde_json::to_vec(body).expect("records of plain fields can be written");
    let mut response = http::Response::new(Bytes::from(body));
    *response.status_mut() = http::StatusCode::from_u16(status).expect("one of the statuses above");
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
