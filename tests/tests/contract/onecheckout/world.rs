//! An account at the simulated Onecheckout, set as the simulator itself says a Worker must be told, and a clock that only moves when
//! told to.

use bytes::Bytes;
use checkout_core::provider::{Created, Found, Operation, Provider, ProviderError, Purchase, Snapshot};
use checkout_core::providers::configured;
use checkout_core::settings::Settings;
use checkout_shared::money::{Amount, Money};
use checkout_shared::provider::ProviderId;
use checkout_shared::time::{Millis, Timestamp};
use checkout_tests::driver::run;
use checkout_tests::simulators::onecheckout::{Config, Onecheckout};
use checkout_tests::simulators::{Action, Fault, FaultKind, Simulated, Simulator};
use http::{Request, Response};

pub const KEY: &str = "canary-onecheckout-api-key-0001";
pub const ORIGIN: &str = "http://127.0.0.1:9003";
pub const NOTIFY_URL: &str = "http://127.0.0.1:8787/v1/webhooks/onecheckout";

pub struct World {
    pub account: Box<dyn Provider>,
    pub simulated: Simulated,
    pub now: Timestamp,
}

impl World {
    pub fn new(config: Config) -> Self {
        let mut simulated = Simulated::new(Box::new(Onecheckout::new(config)));
        simulated.locate(ORIGIN, NOTIFY_URL);
        let settings = simulated.settings(ORIGIN);
        let account = account(|name| settings.iter().find(|setting| setting.name == name).map(|setting| setting.value.clone()));
        Self { account, simulated, now: Timestamp::from_seconds(1_800_000_000) }
    }

    /// Tells the account otherwise than the simulator would.
    pub fn tell(&mut self, name: &str, value: &str) {
        let settings = self.simulated.settings(ORIGIN);
        let usual = |name: &str| settings.iter().find(|setting| setting.name == name).map(|setting| setting.value.clone());
        self.account = account(|asked| if asked == name { Some(value.to_owned()) } else { usual(asked) });
    }

    pub fn as_documented() -> Self {
        Self::new(Config::new(KEY))
    }

    /// A purchase begun now.
    pub fn purchase(&self, amount: &str, currency: &str) -> Purchase {
        Purchase { started_at: self.now, ..purchase(amount, currency) }
    }

    pub fn run<T>(&mut self, begun: Operation<T>) -> Result<T, ProviderError> {
        run(begun, |request| self.simulated.handle(request, self.now))
    }

    pub fn create(&mut self, purchase: &Purchase) -> Result<Created, ProviderError> {
        let begun = self.account.create(purchase);
        self.run(begun)
    }

    /// The id of an order that is made and not paid yet.
    pub fn created(&mut self) -> String {
        let purchase = self.purchase("25.50", "USD");
        self.create(&purchase).unwrap().provider_reference
    }

    pub fn find(&mut self, purchase: &Purchase) -> Result<Option<Found>, ProviderError> {
        let begun = self.account.find(purchase);
        self.run(begun)
    }

    pub fn fetch(&mut self, id: &str) -> Result<Snapshot, ProviderError> {
        let begun = self.account.fetch(id);
        self.run(begun)
    }

    pub fn capture(&mut self, id: &str) -> Result<Snapshot, ProviderError> {
        let begun = self.account.capture(id);
        self.run(begun)
    }

    pub fn act(&mut self, id: &str, action: Action) {
        self.simulated.act(id, action, self.now).unwrap();
    }

    pub fn arm(&mut self, kind: FaultKind, path: &str) {
        self.simulated.arm(Fault::new(kind, path, 1));
    }

    pub fn pass(&mut self, span: Millis) {
        self.now = self.now + span;
    }

    /// What was asked so far: `POST /orders`.
    pub fn asked(&self) -> Vec<String> {
        let path = |path: &str| path.strip_prefix("/api/v1.0").unwrap_or(path).to_owned();
        self.simulated.requests().iter().map(|request| format!("{} {}", request.method, path(&request.path))).collect()
    }

    /// The notifications due now.
    pub fn notifications(&mut self) -> Vec<Request<Bytes>> {
        self.simulated.due_webhooks(self.now).into_iter().map(|delivery| delivery.request).collect()
    }
}

/// The account that is set so.
pub fn account(value: impl Fn(&str) -> Option<String>) -> Box<dyn Provider> {
    let mut settings = Settings::new(&value);
    let account = configured(ProviderId::Onecheckout, &mut settings);
    assert_eq!(settings.into_problems(), Vec::<String>::new());
    account.expect("a key is set")
}

pub fn money(amount: &str, currency: &str) -> Money {
    Money { amount: Amount::parse(amount).unwrap(), currency: currency.parse().unwrap() }
}

pub fn purchase(amount: &str, currency: &str) -> Purchase {
    Purchase {
        reference: "abcdefghijklmnopqrstuvwx27-1".to_owned(),
        method: "page:card".parse().unwrap(),
        price: money(amount, currency),
        lines: Vec::new(),
        tax: None,
        description: Some("Two tickets".to_owned()),
        started_at: Timestamp::from_seconds(1_800_000_000),
        lifetime: Millis::minutes(60),
        notify_url: NOTIFY_URL.to_owned(),
        return_url: Some("https://checkout.example/checkout/abcdefghijklmnopqrstuvwx27.token".to_owned()),
    }
}

/// An answer with HTTP status 200.
pub fn ok(body: impl Into<Bytes>) -> Response<Bytes> {
    Response::new(body.into())
}
