//! One order of the fault matrix: what its customer saw at every look, what the merchant got, and whether all money is accounted for.
//! What goes wrong, and when, is not decided here.

use crate::client::{Edge, Opening, check, ok};
use checkout_shared::event::{DeliveryState, EventKind};
use checkout_shared::provider::ProviderId;
use checkout_shared::record::SessionRecord;
use checkout_shared::session::{AttemptStatus, Instructions, SessionView, Status};
use checkout_tests::merchant_endpoint::{MerchantEndpoint, Received};
use checkout_tests::simulators::PaymentSummary;
use libtest_mimic::Failed;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::time::Instant;

/// How often a customer looks.
const LOOK_EVERY: Duration = Duration::from_millis(700);
/// The longest until something payable is shown: all look-ups of a creation that never was, and a little more.
const UNTIL_PAYABLE: Duration = Duration::from_secs(130);
/// The longest from paying to paid, with every notification lost and two questions in vain: each doubles the wait for the next.
const UNTIL_PAID: Duration = Duration::from_mins(2);
/// How often somebody tries again before giving up.
const MOST_CLICKS: usize = 4;

/// Where the orders of the matrix are placed.
pub struct Scene {
    pub edge: Edge,
    pub merchant: Arc<MerchantEndpoint>,
}

/// What came of one order.
pub struct Observed {
    /// What the customer saw, one after the other.
    pub saw: Vec<String>,
    /// What the merchant was told, each event once.
    pub got: Vec<String>,
    /// How many orders were made at the providers, whether the customer was ever shown how to pay them or not.
    pub orders: usize,
    /// How many ways to pay the customer was shown.
    pub shown: usize,
    /// The money that the session does not show.
    pub lost: String,
    /// What should not be.
    pub wrong: Vec<String>,
}

/// A customer with one order.
pub struct Customer<'a> {
    scene: &'a Scene,
    /// The provider that is to be used.
    pub provider: ProviderId,
    /// The session's id.
    pub id: String,
    opening: Opening,
    saw: Vec<String>,
    last: Option<SessionView>,
    /// What was shown to pay, by attempt.
    shown: BTreeMap<u32, String>,
    wrong: Vec<String>,
    /// The money is on its way.
    is_sent: bool,
    /// How many attempts it has to take; `None` where that is the provider's luck.
    pub attempts: Option<usize>,
    /// Whether the customer has to be told that the answer is being looked up. `None`: may be.
    pub checking: Option<bool>,
}

impl Scene {
    /// A customer with an order of its own, and of a price of its own: some providers find an order by its price only.
    pub async fn customer(&self, provider: ProviderId) -> Result<Customer<'_>, Failed> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let mut claims = Edge::claims();
        claims["amount"] = format!("{}.{:02}", 20 + count / 100, count % 100).into();
        claims["prices"] = json!([{"amount": format!("{}.5", 850 + count), "currency": "VET"}]);
        let opening = self.edge.open_claims(&claims).await?;
        let mut customer = Customer {
            scene: self,
            provider,
            id: opening.capability.id.clone(),
            saw: Vec::new(),
            last: None,
            shown: BTreeMap::new(),
            wrong: Vec::new(),
            is_sent: false,
            attempts: Some(1),
            checking: Some(false),
            opening,
        };
        let view = customer.opening.view.clone();
        customer.see(&view);
        Ok(customer)
    }
}

impl Scene {
    /// By the session's own list of events and by the log of the merchant's server, `paid` has happened once, was delivered, and came
    /// under one name: whoever goes by names releases goods once.
    pub async fn told_once_that_it_is_paid(&self, session: &str) -> Result<(), Failed> {
        let begun = Instant::now();
        let paid = loop {
            let mut events = self.edge.events(session).await?;
            events.retain(|event| event.delivery.kind == EventKind::Paid);
            let is_settled = events.iter().all(|event| event.delivery.state != DeliveryState::Pending);
            if is_settled || begun.elapsed() > crate::client::PATIENCE {
                break events;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        };
        let [once] = paid.as_slice() else { return Err(format!("{} events say that it is paid", paid.len()).into()) };
        check(once.delivery.state == DeliveryState::Delivered, format!("not delivered: {:?}", once.delivery))?;
        let received = self.merchant.received_of(session);
        let of_paid = received.iter().filter(|received| received.told().is_ok_and(|told| told.kind == EventKind::Paid));
        let names: BTreeSet<&str> = of_paid.map(|received| received.id.as_str()).collect();
        check(names.iter().eq([once.delivery.id.as_str()].iter()), format!("told under the names {names:?}: {:?}", once.delivery))
    }
}

/// The method by which a provider is chosen.
pub const fn method(provider: ProviderId) -> &'static str {
    match provider {
        ProviderId::Oxapay => "USDT:tron",
        ProviderId::Okipays => "page:crypto",
        ProviderId::Oceanex => "VET:vechain",
        ProviderId::Onecheckout => "page:card",
    }
}

impl Customer<'_> {
    /// What must hold of every view.
    fn see(&mut self, view: &SessionView) {
        let told = word(view);
        if self.saw.last() != Some(&told) {
            self.saw.push(told);
        }
        if let Some(last) = &self.last {
            if view.sequence < last.sequence {
                self.wrong.push(format!("sequence {} after {}", view.sequence, last.sequence));
            }
            if last.status == Status::Paid && view.status != Status::Paid {
                self.wrong.push(format!("{:?} after paid", view.status));
            }
        }
        if let Some(attempt) = &view.attempt
            && let Some(instructions) = &attempt.instructions
        {
            let target = target(instructions).to_owned();
            if matches!(attempt.status, AttemptStatus::Creating | AttemptStatus::Checking | AttemptStatus::Failed) {
                self.wrong.push(format!("something payable is shown while {:?}", attempt.status));
            }
            if self.shown.insert(attempt.number, target.clone()).is_some_and(|before| before != target) {
                self.wrong.push(format!("attempt {} shows another way to pay than before", attempt.number));
            }
        }
        self.last = Some(view.clone());
    }

    /// Looks once.
    pub async fn look(&mut self) -> Result<SessionView, Failed> {
        let view = self.scene.edge.view(&self.opening).await?;
        self.see(&view);
        Ok(view)
    }

    /// Clicks on the method.
    pub async fn choose(&mut self) -> Result<SessionView, Failed> {
        let view = self.scene.edge.choose(&self.opening, method(self.provider)).await?;
        self.see(&view);
        Ok(view)
    }

    /// Clicks on the method and hears nothing of it, for the Worker dies meanwhile.
    pub async fn choose_in_vain(&self) {
        drop(self.scene.edge.choose(&self.opening, method(self.provider)).await);
    }

    /// Looks, and clicks again where nothing has come of it, until something payable is shown.
    pub async fn until_payable(&mut self) -> Result<SessionView, Failed> {
        let begun = Instant::now();
        let mut clicks = 0;
        loop {
            let view = self.look().await?;
            let attempt = view.attempt.as_ref();
            if attempt.is_some_and(|attempt| attempt.instructions.is_some()) {
                return Ok(view);
            }
            let waits = attempt.is_some_and(|attempt| matches!(attempt.status, AttemptStatus::Creating | AttemptStatus::Checking));
            let offered = view.methods.iter().any(|offer| offer.id.to_string() == method(self.provider));
            if !waits && offered && clicks < MOST_CLICKS {
                clicks += 1;
                self.choose().await?;
                continue;
            }
            check(begun.elapsed() < UNTIL_PAYABLE, format!("nothing payable is ever shown: {:?}", self.saw))?;
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Pays exactly what is asked for, where it is asked for, once.
    pub async fn pay(&mut self) -> Result<(), Failed> {
        if self.is_sent {
            return Ok(());
        }
        let view = self.until_payable().await?;
        let edge = &self.scene.edge;
        let instructions = view.attempt.and_then(|attempt| attempt.instructions).ok_or("nothing to pay")?;
        match &instructions {
            Instructions::Page { url, .. } => drop(edge.press(url, "exact").await?),
            Instructions::Address(address) => {
                let payments = self.payments(self.provider).await?;
                let payment = payments.iter().find(|payment| payment.address == address.address);
                let reference = &payment.ok_or("nobody knows the address that is shown")?.reference;
                let path = format!("{}/control/payments/{reference}/exact", edge.simulator(self.provider));
                edge.http.post(path).send().await?.error_for_status()?;
            }
        }
        self.is_sent = true;
        Ok(())
    }

    /// Looks until it is paid.
    pub async fn until_paid(&mut self) -> Result<(), Failed> {
        let begun = Instant::now();
        while self.look().await?.status != Status::Paid {
            check(begun.elapsed() < UNTIL_PAID, format!("never paid: {:?}", self.saw))?;
            tokio::time::sleep(LOOK_EVERY).await;
        }
        Ok(())
    }

    /// Pays and looks until it is paid.
    pub async fn finish(&mut self) -> Result<(), Failed> {
        self.pay().await?;
        self.until_paid().await
    }

    /// The session's payments at a provider.
    async fn payments(&self, provider: ProviderId) -> Result<Vec<PaymentSummary>, Failed> {
        let edge = &self.scene.edge;
        let asked = edge.http.get(format!("{}/control/payments?reference_prefix={}", edge.simulator(provider), self.id));
        ok(asked.send().await?).await
    }

    /// What stands behind the session.
    pub async fn record(&self) -> Result<SessionRecord, Failed> {
        self.scene.edge.record(&self.id).await
    }

    /// Notes a failure; the others go on.
    pub fn note(&mut self, outcome: Result<(), Failed>) {
        if let Err(failed) = outcome {
            self.wrong.push(failed.message().unwrap_or("failed").to_owned());
        }
    }

    /// Adds it all up.
    pub async fn conclude(mut self) -> Observed {
        let (got, told) = self.merchant_got().await;
        self.note(told);
        let (orders, lost) = match self.add_up().await {
            Ok(sums) => sums,
            Err(failed) => {
                self.note(Err(failed));
                (0, "not known".to_owned())
            }
        };
        let looked_up = self.saw.iter().any(|told| told == "checking" || told == "creating");
        if self.checking.is_some_and(|checking| checking != looked_up) {
            self.wrong.push(format!("checking was {}to be seen: {:?}", if looked_up { "not " } else { "" }, self.saw));
        }
        let shown = self.shown.values().collect::<BTreeSet<_>>().len();
        if shown > orders {
            self.wrong.push(format!("{shown} ways to pay were shown, and {orders} orders made"));
        }
        Observed { saw: self.saw, got, orders, shown, lost, wrong: self.wrong }
    }

    /// What the merchant's server was told, once `paid` has come: every event once, in order, rightly signed, and one `paid`.
    async fn merchant_got(&self) -> (Vec<String>, Result<(), Failed>) {
        let begun = Instant::now();
        let received = loop {
            let received = self.scene.merchant.received_of(&self.id);
            let is_told = |received: &Received| received.told().is_ok_and(|told| told.kind == EventKind::Paid);
            if received.iter().any(is_told) || begun.elapsed() > crate::client::PATIENCE {
                break received;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        };
        let mut ids = BTreeSet::new();
        let mut got = Vec::new();
        let mut sequence = 0;
        for event in received.iter().filter(|event| ids.insert(event.id.clone())) {
            let Ok(told) = event.told() else { return (got, Err(format!("no event: {:?}", event.body).into())) };
            got.push(told.kind.as_str().trim_start_matches("session.").to_owned());
            let in_order = told.data.id == self.id && told.data.sequence >= sequence && event.verdict.by_current;
            if !in_order {
                return (got, Err(format!("a webhook that should not be: {told:?} {:?}", event.verdict).into()));
            }
            sequence = told.data.sequence;
        }
        let paid = got.iter().filter(|kind| *kind == "paid").count();
        let told = check(paid == 1, format!("the merchant is told {paid} times that it is paid: {got:?}"));
        (got, told)
    }

    /// The orders at the providers, and what of the money there the session does not show.
    async fn add_up(&mut self) -> Result<(usize, String), Failed> {
        let record = self.record().await?;
        let mut orders = 0;
        let mut lost = Vec::new();
        for provider in ProviderId::ALL {
            let payments = self.payments(*provider).await?;
            let attempts = record.attempts.iter().filter(|attempt| attempt.provider == *provider).count();
            if payments.len() > attempts {
                self.wrong.push(format!("{} orders at {provider} for {attempts} attempts", payments.len()));
            }
            orders += payments.len();
            lost.extend(payments.iter().filter_map(|payment| unaccounted(payment, &record.session)));
        }
        if let Some(expected) = self.attempts.filter(|expected| *expected != record.attempts.len()) {
            self.wrong.push(format!("{} attempts where {expected} will do: {:?}", record.attempts.len(), record.attempts));
        }
        if !lost.is_empty() {
            self.wrong.push(lost.join(", "));
        }
        Ok((orders, if lost.is_empty() { "none".to_owned() } else { lost.join(", ") }))
    }
}

/// What has arrived at a provider and the session does not show; a page's money is shown by its price, so by being paid.
fn unaccounted(payment: &PaymentSummary, view: &SessionView) -> Option<String> {
    if payment.received.0.is_zero() {
        return None;
    }
    let shown = view.attempt.as_ref().is_some_and(|attempt| match &attempt.instructions {
        Some(Instructions::Address(address)) => {
            address.address == payment.address && attempt.received.as_ref().is_some_and(|received| received.amount == payment.received)
        }
        _ => payment.due.0.is_zero() == (view.status == Status::Paid),
    });
    (!shown).then(|| format!("{} {} of {}", payment.received, payment.pay_currency, payment.reference))
}

/// What a customer sees, in a word.
fn word(view: &SessionView) -> String {
    let wire = |status: &serde_json::Value| status.as_str().unwrap_or_default().to_owned();
    match (&view.attempt, view.status) {
        (Some(attempt), Status::Open) => wire(&json!(attempt.status)),
        (None, Status::Open) if view.methods.is_empty() => "no methods".to_owned(),
        (_, status) => wire(&json!(status)),
    }
}

/// Where the money is to go.
fn target(instructions: &Instructions) -> &str {
    match instructions {
        Instructions::Address(address) => &address.address,
        Instructions::Page { url, .. } => url,
    }
}
