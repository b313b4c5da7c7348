//! The customer's wallet, played at the provider's simulator: pays a session's newest payment in one of several ways. The
//! storefront's sandbox panel and the browser tests use it; nothing of the product does.

use crate::problem::{Doing, Outcome, Problem};
use checkout_shared::money::Amount;
use serde::Deserialize;
use std::fmt;

/// What the wallet does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WalletAction {
    /// Sends what is due.
    Exact,
    /// Sends half of it.
    Half,
    /// Sends what is still missing.
    Rest,
    /// Sends more than is due.
    Over,
    /// Sends nothing until it is too late.
    Expire,
    /// Sends what is due when it is too late.
    Late,
}

impl WalletAction {
    /// Its name in the simulator's paths.
    const fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Half => "half",
            Self::Rest => "rest",
            Self::Over => "over",
            Self::Expire => "expire",
            Self::Late => "late",
        }
    }
}

impl fmt::Display for WalletAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A wallet at one simulator.
#[derive(Clone, Debug)]
pub struct SandboxWallet {
    simulator: String,
    client: reqwest::Client,
}

/// A payment as the simulator's control interface tells it.
#[derive(Deserialize)]
struct Payment {
    track_id: String,
    pay_currency: String,
    received: Amount,
    due: Amount,
}

/// Why the simulator does not do it.
#[derive(Deserialize)]
struct Refusal {
    error: String,
}

impl SandboxWallet {
    /// A wallet at the simulator with this origin.
    #[must_use]
    pub fn new(simulator: &str) -> Self {
        Self { simulator: simulator.to_owned(), client: reqwest::Client::new() }
    }

    /// Does something about a session's newest payment; says in a sentence what happened.
    pub async fn act(&self, session: &str, action: WalletAction) -> Outcome<String> {
        let list = self.client.get(format!("{}/control/payments", self.simulator)).query(&[("order_id_prefix", session)]);
        let list = list.send().await.and_then(reqwest::Response::error_for_status).doing("asking the simulator for payments")?;
        let payments: Vec<Payment> = list.json().await.doing("reading the simulator's payments")?;
        let payment = payments.last().ok_or_else(|| Problem::new("There is nothing to pay yet: choose a way to pay first."))?;
        let order = self.client.post(format!("{}/control/payments/{}/{action}", self.simulator, payment.track_id));
        let answer = order.send().await.doing("telling the simulator")?;
        if answer.status().is_success() {
            let payment = answer.json().await.doing("reading the simulator's answer")?;
            return Ok(told(action, &payment));
        }
        let Refusal { error } = answer.json().await.doing("reading the simulator's refusal")?;
        Err(Problem::new(format!("The simulator says: {error}.")))
    }
}

fn told(action: WalletAction, payment: &Payment) -> String {
    let Payment { pay_currency: coin, received, due, .. } = payment;
    match action {
        WalletAction::Expire => "Nothing sent; the time to pay is over now.".to_owned(),
        _ if due.0.is_zero() => format!("Sent. The address has {received} {coin} now."),
        _ => format!("Sent. The address has {received} {coin} now, {due} {coin} is missing."),
    }
}
