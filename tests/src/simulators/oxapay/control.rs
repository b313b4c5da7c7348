//! What the vendor does not have: `/control/…`, where tests and the demo's sandbox wallet say how payments and calls go.
//!
//! | call | what |
//! |---|---|
//! | `GET /control/payments[?order_id_prefix=…]` | the payments, newest last |
//! | `POST /control/payments/{track_id}/{action}` | an [`Action`], e.g. `exact` |
//! | `POST /control/faults` | arms a [`Fault`]: `{"kind":"status_500","path":"/v1/payment/white-label","times":1}` |
//! | `GET /control/requests` | what was asked on the vendor's paths, oldest first |
//!
//! Amounts are decimal strings here, times are milliseconds. There is no authentication: simulators live on loopback.

use super::OxaPay;
use super::coins;
use super::envelope::json;
use super::payment::{Kind, Payment, Status, Transaction};
use bytes::Bytes;
use checkout_shared::money::Amount;
use checkout_shared::time::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What happens to a payment next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// The customer sends the whole amount.
    Exact,
    /// The customer sends half of it.
    Half,
    /// The customer sends what is still missing.
    Rest,
    /// The customer sends a quarter too much.
    Over,
    /// Its time ends now.
    Expire,
    /// Its time ends now, and then the customer sends the whole amount.
    Late,
    /// The merchant accepts what came too little or too late, on the vendor's dashboard.
    Accept,
    /// The merchant sends the money back, on the vendor's dashboard.
    Refund,
}

/// What goes wrong with the next calls of a path, or with the next webhooks.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Fault {
    /// What goes wrong.
    pub kind: FaultKind,
    /// The path (a prefix of it) whose calls it befalls; nothing to webhooks.
    #[serde(default)]
    pub path: String,
    /// How often.
    #[serde(default = "once")]
    pub times: u32,
}

/// What can go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// Nothing is done; status 500 in the envelope.
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
    /// A webhook is never sent.
    Lose,
    /// A webhook is sent twice.
    Duplicate,
}

/// A payment as the control interface tells it.
#[derive(Clone, Debug, Serialize)]
pub struct PaymentSummary {
    /// The vendor's reference.
    pub track_id: String,
    /// The merchant's reference.
    pub order_id: String,
    /// `white_label` or `invoice`.
    pub r#type: &'static str,
    /// The documented status.
    pub status: &'static str,
    /// What was asked for.
    pub amount: Amount,
    /// In which currency.
    pub currency: String,
    /// The coin; empty until one is chosen.
    pub pay_currency: &'static str,
    /// The network's name; empty until one is chosen.
    pub network: &'static str,
    /// The address; empty until a coin is chosen.
    pub address: String,
    /// The whole amount in the coin.
    pub pay_amount: Amount,
    /// What has arrived in the coin.
    pub received: Amount,
    /// What is missing in the coin.
    pub due: Amount,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
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
    /// It is in no state for it.
    NotNow,
}

const fn once() -> u32 {
    1
}

impl OxaPay {
    /// Lets something happen to a payment.
    pub fn act(&mut self, track_id: &str, action: Action, now: Timestamp) -> Result<PaymentSummary, Impossible> {
        self.advance(now);
        let at = self.payments.iter().position(|payment| payment.track_id == track_id).ok_or(Impossible::NoSuchPayment)?;
        match action {
            Action::Exact => self.pay(at, now, |whole, _| whole)?,
            Action::Half => self.pay(at, now, |whole, _| whole / Decimal::TWO)?,
            Action::Rest => self.pay(at, now, |_, missing| missing)?,
            Action::Over => self.pay(at, now, |whole, _| whole * Decimal::new(125, 2))?,
            Action::Expire => self.payments[at].end(now),
            Action::Late => {
                self.payments[at].end(now);
                self.advance(now);
                self.pay(at, now, |whole, _| whole)?;
            }
            Action::Accept => possible(self.payments[at].accept())?,
            Action::Refund => possible(self.payments[at].refund(now))?,
        }
        self.advance(now);
        Ok(summary(&self.payments[at]))
    }

    /// Arms a fault. Faults of one path befall its calls in the order in which they were armed.
    pub fn arm(&mut self, fault: Fault) {
        self.faults.push(fault);
    }

    /// The payments whose `order_id` begins so, newest last.
    #[must_use]
    pub fn payments(&self, order_id_prefix: &str) -> Vec<PaymentSummary> {
        let wanted = self.payments.iter().filter(|payment| payment.terms.order_id.starts_with(order_id_prefix));
        wanted.map(summary).collect()
    }

    /// What was asked on the vendor's paths, oldest first.
    #[must_use]
    pub fn requests(&self) -> &[Received] {
        &self.requests
    }

    pub(super) fn control(&mut self, request: &http::Request<Bytes>, now: Timestamp) -> http::Response<Bytes> {
        self.advance(now);
        let path: Vec<&str> = request.uri().path().trim_matches('/').split('/').skip(1).collect();
        match (request.method().as_str(), path.as_slice()) {
            ("GET", ["payments"]) => {
                let query = super::fields::Fields::from_query(request.uri().query().unwrap_or_default());
                let prefix = query.text("order_id_prefix").ok().flatten().unwrap_or_default();
                json(200, &self.payments(&prefix))
            }
            ("POST", ["payments", track_id, action]) => match word(action) {
                None => problem(404, "no such action"),
                Some(action) => match self.act(track_id, action, now) {
                    Ok(summary) => json(200, &summary),
                    Err(Impossible::NoSuchPayment) => problem(404, "no such payment"),
                    Err(Impossible::NotNow) => problem(409, "the payment is in no state for this"),
                },
            },
            ("POST", ["faults"]) => match serde_json::from_slice(request.body()) {
                Err(_) => problem(400, "a fault is {\"kind\", \"path\", \"times\"}"),
                Ok(fault) => {
                    self.arm(fault);
                    json(200, &BTreeMap::<&str, &str>::new())
                }
            },
            ("GET", ["requests"]) => json(200, &self.requests),
            _ => problem(404, "no such control"),
        }
    }

    /// The next armed fault for a path, used up once.
    pub(super) fn take_fault(&mut self, fits: impl Fn(&Fault) -> bool) -> Option<FaultKind> {
        let at = self.faults.iter().position(|fault| fault.times > 0 && fits(fault))?;
        self.faults[at].times -= 1;
        Some(self.faults[at].kind)
    }

    /// Money arrives, told by the whole amount and what is missing of it.
    fn pay(&mut self, at: usize, now: Timestamp, how_much: impl Fn(Decimal, Decimal) -> Decimal) -> Result<(), Impossible> {
        self.choose_coin(at)?;
        let payment = &mut self.payments[at];
        let missing = payment.missing();
        let Some(target) = &payment.target else { return Err(Impossible::NotNow) };
        let amount = target.coin.cut(how_much(target.pay_amount, missing));
        possible(amount > Decimal::ZERO)?;
        // Sandbox payments are confirmed at once and have no real hash.
        let (hash, required, confirmations) = if payment.terms.sandbox {
            ("sandbox".to_owned(), 10, 10)
        } else {
            (target.chain.new_hash(&mut self.seeded), target.chain.required_confirmations, 0)
        };
        let is_first = payment.receive(Transaction { hash, amount, seen_at: now, confirmations, required });
        if is_first {
            self.notify(at, "Paying", now);
        }
        Ok(())
    }

    /// On the hosted page the customer chooses the coin; here it is Tether on Tron.
    fn choose_coin(&mut self, at: usize) -> Result<(), Impossible> {
        if self.payments[at].target.is_none() {
            let terms = self.payments[at].terms.clone();
            let coin = coins::coin("USDT").ok_or(Impossible::NotNow)?;
            self.payments[at].target = Some(self.target(coin, None, &terms).map_err(|_| Impossible::NotNow)?);
        }
        Ok(())
    }
}

fn possible(can: bool) -> Result<(), Impossible> {
    if can { Ok(()) } else { Err(Impossible::NotNow) }
}

fn summary(payment: &Payment) -> PaymentSummary {
    let target = payment.target.as_ref();
    PaymentSummary {
        track_id: payment.track_id.clone(),
        order_id: payment.terms.order_id.clone(),
        r#type: match payment.terms.kind {
            Kind::Invoice => "invoice",
            Kind::WhiteLabel => "white_label",
        },
        status: Status::ALL.iter().find(|(status, _)| *status == payment.status).map_or("", |(_, name)| name),
        amount: Amount(payment.terms.amount),
        currency: payment.terms.currency.clone(),
        pay_currency: target.map_or("", |target| target.coin.symbol),
        network: target.map_or("", |target| target.chain.name),
        address: target.map_or_else(String::new, |target| target.address.clone()),
        pay_amount: Amount(target.map_or(Decimal::ZERO, |target| target.pay_amount)),
        received: Amount(payment.received()),
        due: Amount(payment.missing()),
        created_at: payment.created_at,
        expires_at: payment.expires_at,
    }
}

fn word<T: for<'de> Deserialize<'de>>(word: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(word.to_owned())).ok()
}

fn problem(status: u16, message: &str) -> http::Response<Bytes> {
    json(status, &BTreeMap::from([("error", message)]))
}
