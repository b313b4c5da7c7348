//! The customer's wallet, played at the providers' simulators: pays a session's newest payment in one of several ways, wherever that
//! payment is. The storefront's sandbox panel and the browser tests use it; nothing of the product does.

use crate::problem::{Doing, Outcome, Problem};
use crate::simulators::PaymentSummary;
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
    /// Its name in the simulators' paths.
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

/// A wallet at some simulators.
#[derive(Clone, Debug)]
pub struct SandboxWallet {
    simulators: Vec<String>,
    client: reqwest::Client,
}

/// Why a simulator does not do it.
#[derive(Deserialize)]
struct Refusal {
    error: String,
}

impl SandboxWallet {
    /// A wallet at the simulators with these origins.
    #[must_use]
    pub fn new(simulators: Vec<String>) -> Self {
        Self { simulators, client: reqwest::Client::new() }
    }

    /// Does something about a session's newest payment; says in a sentence what happened.
    pub async fn act(&self, session: &str, action: WalletAction) -> Outcome<String> {
        let (simulator, payment) = self.newest(session).await?.ok_or_else(nothing_found)?;
        let order = self.client.post(format!("{simulator}/control/payments/{}/{action}", payment.reference));
        let answer = order.send().await.doing("telling the simulator")?;
        if answer.status().is_success() {
            let payment = answer.json().await.doing("reading the simulator's answer")?;
            return Ok(told(action, &payment));
        }
        let Refusal { error } = answer.json().await.doing("reading the simulator's refusal")?;
        Err(Problem::new(format!("The simulator says: {error}.")))
    }

    /// A session's newest payment, and the simulator that has it.
    async fn newest(&self, session: &str) -> Outcome<Option<(&str, PaymentSummary)>> {
        let mut newest: Option<(&str, PaymentSummary)> = None;
        for simulator in &self.simulators {
            let list = self.client.get(format!("{simulator}/control/payments")).query(&[("reference_prefix", session)]);
            let list = list.send().await.and_then(reqwest::Response::error_for_status).doing("asking a simulator for payments")?;
            let mut payments: Vec<PaymentSummary> = list.json().await.doing("reading a simulator's payments")?;
            let Some(payment) = payments.pop() else { continue };
            if newest.as_ref().is_none_or(|(_, known)| known.created_at < payment.created_at) {
                newest = Some((simulator, payment));
            }
        }
        Ok(newest)
    }
}

/// A provider that is not told our reference has payments that nobody can tell apart from here.
fn nothing_found() -> Problem {
    Problem::new("There is nothing to pay from here: choose a way to pay first, or pay on the provider's page.")
}

fn told(action: WalletAction, payment: &PaymentSummary) -> String {
    let PaymentSummary { pay_currency: coin, received, due, .. } = payment;
    match action {
        WalletAction::Expire => "Nothing sent; the time to pay is over now.".to_owned(),
        _ if due.0.is_zero() => format!("Sent. {received} {coin} have arrived."),
        _ => format!("Sent. {received} {coin} have arrived, {due} {coin} is missing."),
    }
}
