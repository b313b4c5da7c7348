//! An account at the simulated `OxaPay`, and a clock that only moves when told to.

use crate::oxapay::texts::KEY;
use bytes::Bytes;
use checkout_core::provider::{Created, Found, PaymentStatus, Provider, ProviderError, Purchase, Snapshot};
use checkout_core::providers::oxapay::OxaPay;
use checkout_core::secret::Secret;
use checkout_shared::method::Method;
use checkout_shared::time::{Millis, Timestamp};
use checkout_tests::driver::run;
use checkout_tests::simulators::{Action, Delivery, Fault, FaultKind, Simulated, Simulator, oxapay};
use http::Response;

/// How long a confirmation takes in this world.
pub const CONFIRMATION: Millis = Millis(1500);

pub struct World {
    pub account: OxaPay,
    pub simulator: Simulated,
    pub now: Timestamp,
}

impl World {
    pub fn new() -> Self {
        let config = oxapay::Config { confirmation_every: CONFIRMATION, ..oxapay::Config::new(KEY) };
        Self {
            account: OxaPay::new("http://127.0.0.1:8789/v1", Secret::new(KEY), false).unwrap(),
            simulator: Simulated::new(Box::new(oxapay::OxaPay::new(config))),
            now: Timestamp::from_seconds(1_800_000_000),
        }
    }

    /// A purchase begun now.
    pub fn purchase(&self, method: &str) -> Purchase {
        Purchase { started_at: self.now, ..crate::oxapay::texts::purchase(method) }
    }

    pub fn pass(&mut self, span: Millis) {
        self.now = self.now + span;
    }

    pub fn methods(&mut self) -> Result<Vec<Method>, ProviderError> {
        let listings = run(self.account.methods(), |request| self.simulator.handle(request, self.now))?;
        Ok(listings.into_iter().map(|listing| listing.method).collect())
    }

    pub fn create(&mut self, purchase: &Purchase) -> Result<Created, ProviderError> {
        run(self.account.create(purchase), |request| self.simulator.handle(request, self.now))
    }

    pub fn find(&mut self, purchase: &Purchase) -> Result<Option<Found>, ProviderError> {
        run(self.account.find(purchase), |request| self.simulator.handle(request, self.now))
    }

    pub fn fetch(&mut self, reference: &str) -> Result<Snapshot, ProviderError> {
        run(self.account.fetch(reference), |request| self.simulator.handle(request, self.now))
    }

    pub fn status(&mut self, reference: &str) -> PaymentStatus {
        self.fetch(reference).unwrap().status
    }

    /// A payment by address, made and not paid yet.
    pub fn created(&mut self, method: &str) -> Created {
        let purchase = self.purchase(method);
        self.create(&purchase).unwrap()
    }

    pub fn act(&mut self, reference: &str, action: Action) {
        self.simulator.act(reference, action, self.now).unwrap();
    }

    pub fn arm(&mut self, kind: FaultKind, path: &str) {
        self.simulator.arm(Fault::new(kind, path, 1));
    }

    /// The webhooks due now, each checked and read by the account, with its id.
    pub fn webhooks(&mut self) -> Vec<(u64, Snapshot)> {
        let account = &self.account;
        let read = |delivery: Delivery| {
            let notification = account.verify_webhook(delivery.request.headers(), delivery.request.body()).unwrap();
            (delivery.id, notification.snapshot.expect("a checked snapshot").into_inner())
        };
        self.simulator.due_webhooks(self.now).into_iter().map(read).collect()
    }

    /// Answers a webhook as the account would.
    pub fn acknowledge(&mut self, id: u64) {
        let answer = self.account.webhook_acknowledgement(None).map(|body| Bytes::from_static(body.as_bytes()));
        self.simulator.webhook_answered(id, Some(&answer), self.now);
    }

    /// Answers a webhook otherwise.
    pub fn answer_webhook(&mut self, id: u64, status: u16, body: &'static str) {
        let answer: Response<Bytes> = crate::oxapay::texts::status(status, body);
        self.simulator.webhook_answered(id, Some(&answer), self.now);
    }
}
