//! An account at the simulated `OceanEx` Pay, and a clock that only moves when told to.

use bytes::Bytes;
use checkout_core::provider::{Created, Operation, Provider, ProviderError, Purchase, Snapshot};
use checkout_core::providers::oceanex::OceanEx;
use checkout_core::secret::Secret;
use checkout_shared::method::MethodId;
use checkout_shared::money::{Amount, Money};
use checkout_shared::time::{Millis, Timestamp};
use checkout_tests::driver::run;
use checkout_tests::simulators::{Action, Fault, FaultKind, Simulated, Simulator, oceanex};
use http::{Request, Response};

pub const KEY: &str = "L7jSb7FdWXXHxBz8oFyKGgjTERaMboAu";

/// How long a confirmation takes in this world; four of them are enough.
pub const CONFIRMATION: Millis = Millis(1500);

pub struct World {
    pub account: OceanEx,
    pub simulator: Simulated,
    pub now: Timestamp,
}

impl World {
    /// Customers pay on our page.
    pub fn new() -> Self {
        Self::asking(&[])
    }

    /// Customers are asked for something on the vendor's page.
    pub fn asking(requested_info: &[&str]) -> Self {
        let coins: Vec<MethodId> = ["VET:vechain", "OCE:vechain", "OCET:vechain"].map(|coin| coin.parse().expect("a coin")).to_vec();
        let info = requested_info.iter().map(|word| (*word).to_owned()).collect();
        let account = OceanEx::new("http://127.0.0.1:8789/api/v1", Secret::new(KEY), coins, info).expect("an account");
        let config = oceanex::Config { confirmation_every: CONFIRMATION, ..oceanex::Config::new(KEY) };
        let mut simulator = Simulated::new(Box::new(oceanex::OceanEx::new(config)));
        simulator.locate("http://127.0.0.1:8789", "");
        Self { account, simulator, now: Timestamp::from_seconds(1_800_000_000) }
    }

    /// A purchase begun now, of 850.5 of a coin.
    pub fn purchase(&self, method: &str, number: u32) -> Purchase {
        let method: MethodId = method.parse().expect("a method");
        let MethodId::Coin { currency, .. } = &method else { panic!("{method} is no coin") };
        Purchase {
            reference: format!("abcdefghijklmnopqrstuvwx27-{number}"),
            price: Money { amount: Amount::parse("850.50").expect("an amount"), currency: currency.clone() },
            method,
            lines: Vec::new(),
            tax: None,
            description: Some("Zwei Stück & 100 % Größe".to_owned()),
            started_at: self.now,
            lifetime: Millis::minutes(60),
            notify_url: "https://checkout.example/v1/webhooks/oceanex".to_owned(),
            return_url: Some("https://shop.example/back".to_owned()),
        }
    }

    pub fn pass(&mut self, span: Millis) {
        self.now = self.now + span;
    }

    /// Asks the account for something, which asks the simulator.
    pub fn ask<T>(&mut self, operation: impl FnOnce(&OceanEx) -> Operation<T>) -> Result<T, ProviderError> {
        run(operation(&self.account), |request| self.simulator.handle(request, self.now))
    }

    pub fn create(&mut self, purchase: &Purchase) -> Result<Created, ProviderError> {
        self.ask(|account| account.create(purchase))
    }

    /// A payment in VET, made and not paid yet.
    pub fn created(&mut self) -> Created {
        let purchase = self.purchase("VET:vechain", 1);
        self.create(&purchase).expect("a payment")
    }

    pub fn fetch(&mut self, reference: &str) -> Snapshot {
        self.ask(|account| account.fetch(reference)).expect("a snapshot")
    }

    pub fn act(&mut self, reference: &str, action: Action) {
        self.simulator.act(reference, action, self.now).expect("it can be");
    }

    /// Until all that was sent is confirmed.
    pub fn confirm(&mut self) {
        self.pass(Millis(4 * CONFIRMATION.0));
    }

    pub fn arm(&mut self, kind: FaultKind, path: &str) {
        self.simulator.arm(Fault::new(kind, path, 1));
    }

    /// A request of our own making.
    pub fn send(&mut self, request: Request<Bytes>) -> Response<Bytes> {
        self.simulator.handle(request, self.now)
    }
}

/// A value as an amount.
pub fn amount(text: &str) -> Amount {
    Amount::parse(text).expect("an amount")
}
