//! The faults that befall one order alone, so that all of them can be tried side by side: what is armed when, and what has to come of it.

use super::Case;
use super::customer::{Customer, Scene, method};
use crate::client::{check, refused};
use checkout_shared::error::ErrorCode;
use checkout_shared::provider::ProviderId;
use checkout_shared::route::Route;
use checkout_shared::session::Status;
use futures_util::future::join_all;
use libtest_mimic::Failed;
use serde_json::{Value, json};
use std::time::Duration;

/// A fault and when it befalls an order.
pub struct Row {
    /// What it is called in the table.
    pub fault: &'static str,
    kind: &'static str,
    befalls: Befalls,
}

/// What a fault befalls.
#[derive(Clone, Copy)]
enum Befalls {
    /// The creation.
    Create(Work),
    /// So many questions after it, with no notification to help.
    Questions(u32),
    /// The notifications, so many of them.
    Notifications(u32),
    /// Nothing: somebody sends notifications who is not the provider.
    Forged,
}

/// What the provider has done when its answer is lost.
#[derive(Clone, Copy)]
pub enum Work {
    Nothing,
    Done,
    /// The answer is not lost.
    Answered,
}

/// Of one provider, in this order: the ones that hold up others at a provider that takes one request at a time come first.
pub const ROWS: &[Row] = &[
    Row { fault: "no answer to the creation, work done", kind: "timeout_after_work", befalls: Befalls::Create(Work::Done) },
    Row { fault: "creation is slow (5 s)", kind: "slow", befalls: Befalls::Create(Work::Answered) },
    Row { fault: "answer to the creation cut short", kind: "truncate", befalls: Befalls::Create(Work::Done) },
    Row { fault: "HTML for an answer to the creation (502)", kind: "html", befalls: Befalls::Create(Work::Nothing) },
    Row { fault: "creation answered with 500", kind: "status_500", befalls: Befalls::Create(Work::Nothing) },
    Row { fault: "while paying: 500, no webhooks", kind: "status_500", befalls: Befalls::Questions(2) },
    Row { fault: "while paying: HTML (502), no webhooks", kind: "html", befalls: Befalls::Questions(2) },
    Row { fault: "while paying: answers cut short, no webhooks", kind: "truncate", befalls: Befalls::Questions(2) },
    Row { fault: "while paying: slow (5 s), no webhooks", kind: "slow", befalls: Befalls::Questions(2) },
    Row { fault: "webhooks lost", kind: "lose", befalls: Befalls::Notifications(9) },
    Row { fault: "webhooks twice", kind: "duplicate", befalls: Befalls::Notifications(9) },
    Row { fault: "webhooks in another order", kind: "reorder", befalls: Befalls::Notifications(1) },
    Row { fault: "webhooks forged", kind: "", befalls: Befalls::Forged },
];

impl Row {
    /// Whether it can befall orders at a provider: not all of them notify.
    fn concerns(&self, provider: ProviderId) -> bool {
        !matches!(self.befalls, Befalls::Notifications(_)) || provider != ProviderId::Oceanex
    }

    /// An order, up to where the fault has been armed or has befallen it.
    async fn begin<'a>(&self, scene: &'a Scene, provider: ProviderId) -> Result<Customer<'a>, Failed> {
        let mut customer = scene.customer(provider).await?;
        let edge = &scene.edge;
        if let Befalls::Create(work) = self.befalls {
            let fault = json!({"kind": self.kind, "containing": customer.id, "times": 1});
            edge.arm(provider, &fault).await?;
            customer.expect(work);
        }
        customer.choose().await?;
        match self.befalls {
            Befalls::Create(_) => {}
            Befalls::Questions(times) => {
                let reference = reference(&customer).await?;
                lose(scene, &customer, &reference).await?;
                let named = question(provider, &reference);
                edge.arm(provider, &json!({"kind": self.kind, "containing": named, "times": times})).await?;
            }
            Befalls::Notifications(times) => {
                let named = notified_as(&customer, &reference(&customer).await?);
                edge.arm(provider, &json!({"kind": self.kind, "containing": named, "times": times})).await?;
            }
            Befalls::Forged => forge(scene, &mut customer).await?,
        }
        Ok(customer)
    }
}

impl Customer<'_> {
    /// What has to come of a lost answer: nothing done is found out by looking it up, and what was done is found; whether the way to
    /// pay is told again is each provider's own.
    pub fn expect(&mut self, work: Work) {
        (self.attempts, self.checking) = match (work, self.provider) {
            (Work::Answered, _) => (Some(1), Some(false)),
            (Work::Nothing, _) => (Some(2), Some(true)),
            // Its address is not told again: it is found, shown to nobody, and another one is made.
            (Work::Done, ProviderId::Oxapay) => (Some(2), None),
            (Work::Done, ProviderId::Okipays | ProviderId::Oceanex) => (Some(1), None),
            // Usually told again only if the vendor's answer has the page in it.
            (Work::Done, ProviderId::Onecheckout) => (None, None),
        };
    }
}

/// Begins every row at every provider that it concerns. A provider's rows begin one after the other, the providers' side by side.
pub async fn begin_all(scene: &Scene) -> Result<Vec<Case<'_>>, Failed> {
    let of_providers = ProviderId::ALL.iter().map(|provider| async move {
        let mut cases = Vec::new();
        for row in ROWS.iter().filter(|row| row.concerns(*provider)) {
            let begun = row.begin(scene, *provider).await;
            let customer = begun.map_err(|failed| told_of(row, *provider, &failed))?;
            cases.push((row.fault.to_owned(), customer));
        }
        Ok::<_, Failed>(cases)
    });
    Ok(join_all(of_providers).await.into_iter().collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

fn told_of(row: &Row, provider: ProviderId, failed: &Failed) -> String {
    format!("{}, {provider}: {}", row.fault, failed.message().unwrap_or("failed"))
}

/// The provider's own name for the payment.
pub async fn reference(customer: &Customer<'_>) -> Result<String, Failed> {
    let record = customer.record().await?;
    let reference = record.attempts.last().and_then(|attempt| attempt.provider_reference.clone());
    reference.ok_or_else(|| format!("{} has told no reference", customer.provider).into())
}

/// Lets every notification about a payment get lost.
pub async fn lose(scene: &Scene, customer: &Customer<'_>, reference: &str) -> Result<(), Failed> {
    let fault = json!({"kind": "lose", "containing": notified_as(customer, reference), "times": 99});
    scene.edge.arm(customer.provider, &fault).await
}

/// What a notification about a payment contains.
fn notified_as(customer: &Customer<'_>, reference: &str) -> String {
    // That vendor's notifications know nothing of ours but the number.
    if customer.provider == ProviderId::Okipays { reference.to_owned() } else { customer.id.clone() }
}

/// What a question about a payment contains.
fn question(provider: ProviderId, reference: &str) -> String {
    match provider {
        ProviderId::Oxapay => format!("/payment/{reference}"),
        // With the field's name: request numbers look like order numbers.
        ProviderId::Okipays => format!(r#""order_id":{reference}"#),
        ProviderId::Oceanex | ProviderId::Onecheckout => format!("/orders/{reference}"),
    }
}

/// Says in the provider's name that all is paid: by a signature that is none, by none at all, and on the address that only the
/// provider was told. The session stays as it is.
async fn forge(scene: &Scene, customer: &mut Customer<'_>) -> Result<(), Failed> {
    let (edge, provider) = (&scene.edge, customer.provider);
    let reference = reference(customer).await?;
    let body = forged(customer, &reference);
    let path = |key: Option<String>| format!("{}{}", edge.url, Route::Webhook(provider, key));
    let wrongly_signed = edge.http.post(path(Some(customer.id.clone()))).json(&body);
    let wrongly_signed = wrongly_signed.header("hmac", "00".repeat(64)).header("token", "x").header("sign", "00".repeat(32));
    refused(wrongly_signed.send().await?, ErrorCode::InvalidSignature).await?;
    refused(edge.http.post(path(None)).json(&body).send().await?, ErrorCode::InvalidSignature).await?;
    let hinted = edge.post(edge.webhook(provider), &body).await?;
    match provider {
        // The one has to sign, the other has no notifications.
        ProviderId::Oxapay | ProviderId::Oceanex => drop(refused(hinted, ErrorCode::InvalidSignature).await?),
        ProviderId::Okipays | ProviderId::Onecheckout => check(hinted.status().is_success(), hinted.status())?,
    }
    for _ in 0..2 {
        let view = customer.look().await?;
        check(view.status == Status::AwaitingPayment, format!("{:?} after forged webhooks", view.status))?;
        tokio::time::sleep(Duration::from_millis(1500)).await;
    }
    Ok(())
}

fn forged(customer: &Customer<'_>, reference: &str) -> Value {
    let ours = format!("{}-1", customer.id);
    match customer.provider {
        ProviderId::Oxapay => {
            json!({"track_id": reference, "status": "Paid", "type": "white_label", "order_id": ours, "amount": 20, "currency": "USD"})
        }
        ProviderId::Okipays => {
            json!({"order_id": reference.parse::<u64>().unwrap_or_default(), "status": "Paid", "price": "20.00", "payment_currency": "USD"})
        }
        ProviderId::Oceanex => json!({"reference_code": reference, "status": "completed", "metadata": {"reference": ours}}),
        ProviderId::Onecheckout => json!({"reference_id": ours, "status": "PAID", "amount": 20}),
    }
}

/// The method is on offer for every provider, or nothing of this can be tried.
pub async fn until_offered(scene: &Scene) -> Result<(), Failed> {
    for provider in ProviderId::ALL {
        let mut customer = scene.customer(*provider).await?;
        let mut offered = false;
        for _ in 0..150 {
            offered = customer.look().await?.methods.iter().any(|offer| offer.id.to_string() == method(*provider));
            if offered {
                break;
            }
            tokio::time::sleep(Duration::from_millis(400)).await;
        }
        check(offered, format!("{} is never on offer", method(*provider)))?;
    }
    Ok(())
}
