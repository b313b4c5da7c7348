//! What is measured: the checkout as a page, the checkout in a shop's page, Adyen's drop-in in a page like that. Each visit of ours is of an
//! order of its own.

use super::adyen;
use super::delivery::{Delivery, Document};
use crate::clock;
use crate::order_token;
use crate::problem::{Doing, Outcome, Problem};
use crate::stack::Stack;
use bytes::Bytes;
use checkout_shared::route::Route;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;

/// A shop with the two lines.
const SHOP: &str = include_str!("shop.html");
const ONE_LINE: &str = "<!doctype html><meta name=\"viewport\" content=\"width=device-width\"><title>Shop</title><h1>Your order</h1>";
const ONE_LINE_PATH: &str = "/one-line";
/// How long an order can be paid, in seconds.
const LIFETIME: i64 = 3600;
/// How long what a press leads to may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often is looked for it.
const TICK: Duration = Duration::from_millis(200);

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// `/checkout?order=…`, as a page of its own.
    Page,
    /// The two lines of HTML in a shop's page that has nothing else to load.
    Embedded,
    /// Adyen's drop-in in such a page.
    Adyen,
    /// A page of one line: what this network and this machine, as busy as it is, take for anything at all.
    OneLine,
}

impl Subject {
    /// As a heading.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Embedded => "in a shop",
            Self::Adyen => "Adyen",
            Self::OneLine => "one line",
        }
    }

    /// As a part of the name of a file.
    #[must_use]
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Embedded => "in-a-shop",
            Self::Adyen => "adyen",
            Self::OneLine => "one-line",
        }
    }

    /// What the probe is told (`probe.js`).
    #[must_use]
    pub fn probe(self) -> Value {
        match self {
            Self::Page | Self::Embedded => {
                json!({ "methods": "#checkout .methods button", "root": "checkout", "framed": self == Self::Embedded })
            }
            Self::Adyen => json!({ "methods": ".adyen-checkout__payment-method [role=radio]", "framed": false }),
            Self::OneLine => json!({ "methods": "h1", "framed": false }),
        }
    }

    /// An expression that is true in a page that shows that the last method was pressed. Ours is believed for what the Worker says
    /// ([`Ground::has_attempt`]).
    #[must_use]
    pub const fn pressed(self) -> &'static str {
        match self {
            Self::Page | Self::Embedded | Self::OneLine => "true",
            Self::Adyen => "[...document.querySelectorAll('.adyen-checkout__payment-method [role=radio]')].at(-1)?.ariaChecked === 'true'",
        }
    }
}

/// The servers that visitors go to.
pub struct Ground<'a> {
    stack: &'a Stack,
    /// In front of the Worker.
    pub edge: Delivery,
    shop: Delivery,
    edge_url: String,
    shop_url: String,
    count: AtomicU32,
    http: reqwest::Client,
}

/// One visit to be made.
#[derive(Clone, Debug)]
pub struct Errand {
    /// Where it goes.
    pub url: String,
    /// The order that is to be paid there; none at Adyen's.
    pub reference: Option<String>,
}

impl<'a> Ground<'a> {
    /// Opens the servers on these sockets. The Worker must have been told of them before it was started.
    pub fn open(stack: &'a Stack, edge: TcpListener, shop: TcpListener, documents: HashMap<String, Document>) -> Outcome<Self> {
        let (edge_url, shop_url) = (edge_url(&edge)?, shop_url(&shop)?);
        let edge = Delivery::of_worker(edge, &stack.worker_url())?;
        let shop = Delivery::of_documents(shop, documents, adyen::stand_in);
        shop.put(ONE_LINE_PATH, page(ONE_LINE.to_owned()));
        let http = reqwest::Client::builder().timeout(PATIENCE).build().doing("making a client")?;
        Ok(Self { stack, edge, shop, edge_url, shop_url, count: AtomicU32::new(0), http })
    }

    /// A visit of something, with a new order where there is one.
    #[must_use]
    pub fn errand(&self, subject: Subject) -> Errand {
        let path = match subject {
            Subject::Page | Subject::Embedded => None,
            Subject::Adyen => Some(adyen::PATH),
            Subject::OneLine => Some(ONE_LINE_PATH),
        };
        if let Some(path) = path {
            return Errand { url: format!("{}{path}", self.shop_url), reference: None };
        }
        let now = clock::now();
        let reference = format!("P-{}-{}", now.0, self.count.fetch_add(1, Ordering::Relaxed));
        let order = order_token::sign(&claims(&reference, now.seconds()), &self.stack.secrets.order_signing_key);
        let url = if subject == Subject::Embedded {
            self.shop.put("/", page(shop_page(&self.edge_url, &order)));
            format!("{}/", self.shop_url)
        } else {
            format!("{}/checkout?order={order}", self.edge_url)
        };
        Errand { url, reference: Some(reference) }
    }

    /// Whether an order has, within ten seconds, a payment on its way: what the merchant's server would be told.
    pub async fn has_attempt(&self, reference: &str) -> Outcome<bool> {
        let url = format!("{}{}", self.stack.worker_url(), Route::Sessions);
        let watch = clock::Stopwatch::start();
        while watch.elapsed() < PATIENCE {
            let asked = self.http.get(&url).query(&[("search", reference)]).bearer_auth(&self.stack.secrets.merchant_key);
            let listed: Value = asked.send().await.doing("asking for a session")?.json().await.doing("reading a session")?;
            let status = listed.pointer("/sessions/0/status").and_then(Value::as_str).map(str::to_owned);
            if listed["error"] != Value::Null {
                return Err(Problem::new(format!("the Worker lists no sessions: {listed}")));
            }
            if status.is_some_and(|status| status == "awaiting_payment") {
                return Ok(true);
            }
            tokio::time::sleep(TICK).await;
        }
        Ok(false)
    }
}

/// The origin at which customers reach the Worker.
pub fn edge_url(listener: &TcpListener) -> Outcome<String> {
    Ok(format!("http://{}", listener.local_addr().doing("asking for the port")?))
}

/// The shop's origin: another site than the Worker's, as in life.
pub fn shop_url(listener: &TcpListener) -> Outcome<String> {
    Ok(format!("http://localhost:{}", listener.local_addr().doing("asking for the port")?.port()))
}

fn page(html: String) -> Document {
    Document { kind: "text/html; charset=utf-8", body: Bytes::from(html) }
}

fn claims(reference: &str, now: i64) -> Value {
    json!({
        "amount": "18.90",
        "currency": "USD",
        "prices": [{ "amount": "840", "currency": "VET" }],
        "lines": [{ "title": "Huehuetenango, whole beans, 250 g", "quantity": 1, "unit_price": "18.90" }],
        "reference": reference,
        "description": "A bag of coffee beans",
        "exp": now + LIFETIME,
    })
}

fn shop_page(edge: &str, order: &str) -> String {
    SHOP.replace("{edge}", edge).replace("{order}", order)
}
