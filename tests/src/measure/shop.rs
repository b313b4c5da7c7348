//! A shop with customers, as far as measurements need one: opens sessions, chooses `USDT:tron` at `OxaPay`'s simulator, and pays there.

use crate::clock;
use crate::order_token;
use crate::problem::{Doing, Outcome, Problem};
use crate::simulators::Action;
use crate::stack::Stack;
use checkout_shared::provider::ProviderId;
use checkout_shared::record::SessionRecord;
use checkout_shared::route::{Capability, Route};
use checkout_shared::session::{Opened, SessionView};
use checkout_shared::time::Timestamp;
use reqwest::{Client, Response};
use serde::de::DeserializeOwned;
use serde_json::json;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// The method every customer pays by.
const METHOD: &str = "USDT:tron";
/// Who takes it.
pub const PROVIDER: ProviderId = ProviderId::Oxapay;
/// How long any one answer may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long an order can be paid, in seconds.
const LIFETIME: i64 = 3600;

/// A shop on a stack.
pub struct Shop<'a> {
    /// What it stands on.
    pub stack: &'a Stack,
    http: Client,
    count: AtomicU32,
}

/// A customer who is shown how to pay.
pub struct Customer {
    /// The way to the session.
    pub capability: Capability,
    /// The provider's name for the payment.
    pub payment: String,
}

impl<'a> Shop<'a> {
    /// Opens it.
    pub fn open(stack: &'a Stack) -> Outcome<Self> {
        let http = Client::builder().timeout(PATIENCE).build().doing("making a client")?;
        Ok(Self { stack, http, count: AtomicU32::new(0) })
    }

    /// A customer with a new order, who is shown an address.
    pub async fn customer(&self) -> Outcome<Customer> {
        let now = clock::now();
        let reference = format!("M-{}-{}", now.0, self.count.fetch_add(1, Ordering::Relaxed));
        let claims = json!({"amount": "18.90", "currency": "USD", "reference": reference, "exp": now.seconds() + LIFETIME});
        let order = order_token::sign(&claims, &self.stack.secrets.order_signing_key);
        let opened: Opened = self.post(&Route::Open, &json!({"order": order})).await?;
        let Some(Route::Page(capability)) = Route::parse(&opened.page) else {
            return Err(Problem::new(format!("{} is no page", opened.page)));
        };
        let view: SessionView = self.post(&Route::Attempts(capability.clone()), &json!({"method": METHOD})).await?;
        if view.attempt.and_then(|attempt| attempt.instructions).is_none() {
            return Err(Problem::new("the customer is shown nothing to pay"));
        }
        let payment = self.stack.simulator(PROVIDER).lock().payments(&capability.id).pop();
        let payment = payment.ok_or_else(|| Problem::new("the simulator knows of no payment"))?.reference;
        Ok(Customer { capability, payment })
    }

    /// Where the session's views come.
    #[must_use]
    pub fn live_url(&self, customer: &Customer) -> String {
        let path = Route::Live(customer.capability.clone());
        format!("{}{path}", self.stack.worker_url().replacen("http", "ws", 1))
    }

    /// The customer pays; when that was.
    pub fn pay(&self, customer: &Customer) -> Outcome<Timestamp> {
        let now = clock::now();
        let paid = self.stack.simulator(PROVIDER).lock().act(&customer.payment, Action::Exact, now);
        paid.map(|_| now).map_err(|why| Problem::new(format!("a payment cannot be paid: {why:?}")))
    }

    /// When the simulator handed over the notifications about a session.
    #[must_use]
    pub fn notified(&self, customer: &Customer) -> Vec<Timestamp> {
        let (simulator, wanted) = (self.stack.simulator(PROVIDER).lock(), customer.capability.id.as_bytes());
        let names_it = |body: &[u8]| body.windows(wanted.len()).any(|part| part == wanted);
        simulator.sent().iter().filter(|sent| names_it(&sent.body)).map(|sent| sent.at).collect()
    }

    /// How many times the provider was asked anything for a session, by the edge's own count.
    pub async fn provider_calls(&self, customer: &Customer) -> Outcome<u32> {
        let asked = self.http.get(self.url(&Route::Session(customer.capability.id.clone())));
        let record: SessionRecord =
            read(asked.bearer_auth(&self.stack.secrets.merchant_key).send().await.doing("asking for a session")?).await?;
        Ok(record.provider_calls)
    }

    fn url(&self, route: &Route) -> String {
        format!("{}{route}", self.stack.worker_url())
    }

    async fn post<T: DeserializeOwned>(&self, route: &Route, body: &serde_json::Value) -> Outcome<T> {
        read(self.http.post(self.url(route)).json(body).send().await.doing("asking the Worker")?).await
    }
}

async fn read<T: DeserializeOwned>(response: Response) -> Outcome<T> {
    let status = response.status();
    let text = response.text().await.doing("reading the Worker's answer")?;
    if !status.is_success() {
        return Err(Problem::new(format!("the Worker answered {status}: {text}")));
    }
    serde_json::from_str(&text).doing("reading the Worker's answer")
}
