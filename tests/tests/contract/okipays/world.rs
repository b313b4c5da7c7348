//! An account at the simulated `OkiPays`, a session that pays by it, and a clock that only moves when told to. What the shell would do
//! with callbacks is done here: news goes to the session, a hint makes it ask, and the vendor is answered as the attempt stands.

use crate::suite::data::{Asked, Contract, REFERENCE, directory};
use crate::suite::story::Story;
use bytes::Bytes;
use checkout_core::provider::{About, Created, Found, Listing, Provider, ProviderError, Purchase, Snapshot};
use checkout_core::providers::okipays::{OkiPays, Terms};
use checkout_core::secret::Secret;
use checkout_core::session::{Effect, Hint, Input};
use checkout_shared::provider::ProviderId;
use checkout_shared::session::AttemptStatus;
use checkout_shared::time::{Millis, Timestamp};
use checkout_tests::driver::{Numbers, run_numbered};
use checkout_tests::simulators::okipays::Config;
use checkout_tests::simulators::{Action, Fault, FaultKind, Simulated, Simulator, okipays};
use http::Response;

pub const TOKEN: &str = "canary-okipays-token-0001";
pub const SECRET: &str = "canary-okipays-secret-0001";
pub const FIRST_REQUEST: u64 = 1_610_097_140_116;
pub const ORDER: u64 = 123;

pub struct World {
    pub account: OkiPays,
    pub simulator: Simulated,
    pub numbers: Numbers,
    pub now: Timestamp,
    /// What the vendor was answered to its callbacks.
    pub acknowledged: Vec<&'static str>,
}

/// A fixture that is text.
pub fn text(name: &str) -> String {
    let path = directory(ProviderId::Okipays).join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The contract's purchase of 15 USD on the vendor's page.
pub fn purchase() -> Purchase {
    let contract = Contract::of(ProviderId::Okipays).unwrap();
    match &contract.first("create").asked {
        Asked::Create(purchase) => purchase.clone(),
        other => panic!("{other:?}"),
    }
}

/// An account at the vendor's own address.
pub fn account(terms: Terms) -> OkiPays {
    OkiPays::new("https://api.okipays.com", Secret::new(TOKEN), Secret::new(SECRET), terms).unwrap()
}

impl World {
    pub fn new() -> Self {
        Self::with(Config::new(TOKEN, SECRET))
    }

    /// A vendor that is not as usual.
    pub fn with(config: Config) -> Self {
        let mut simulator = Simulated::new(Box::new(okipays::OkiPays::new(config)));
        simulator.locate("https://api.okipays.com", "https://checkout.example/v1/webhooks/okipays");
        Self {
            account: account(Terms { send_redirect: true, include_commission: false }),
            simulator,
            numbers: Numbers::starting_at(FIRST_REQUEST, ORDER),
            now: purchase().started_at,
            acknowledged: Vec::new(),
        }
    }

    pub fn vendor(&mut self) -> &mut okipays::OkiPays {
        self.simulator.vendor_mut()
    }

    pub fn methods(&mut self) -> Result<Vec<Listing>, ProviderError> {
        run_numbered(self.account.methods(), &mut self.numbers, |request| self.simulator.handle(request, self.now))
    }

    pub fn create(&mut self, purchase: &Purchase) -> Result<Created, ProviderError> {
        run_numbered(self.account.create(purchase), &mut self.numbers, |request| self.simulator.handle(request, self.now))
    }

    pub fn find(&mut self, purchase: &Purchase) -> Result<Option<Found>, ProviderError> {
        run_numbered(self.account.find(purchase), &mut self.numbers, |request| self.simulator.handle(request, self.now))
    }

    pub fn fetch(&mut self, reference: &str) -> Result<Snapshot, ProviderError> {
        run_numbered(self.account.fetch(reference), &mut self.numbers, |request| self.simulator.handle(request, self.now))
    }

    pub fn arm(&mut self, kind: FaultKind, path: &str) {
        self.simulator.arm(Fault::new(kind, path, 1));
    }

    /// The vendor's word for where the first order stands.
    pub fn word(&self) -> String {
        self.simulator.payment(&ORDER.to_string()).unwrap().status
    }

    /// A session whose customer has been sent to the vendor's page.
    pub fn story(&mut self) -> Story {
        let purchase = purchase();
        let created = self.create(&purchase).unwrap();
        Story::of(ProviderId::Okipays, &purchase, created)
    }

    /// After a while something happens to the session's order, and time enough passes for all that follows from it. (Hints that come
    /// too soon after one another make a session ask once.)
    pub fn act(&mut self, story: &mut Story, action: Action) {
        self.pass(story, Millis::seconds(5));
        self.simulator.act(&ORDER.to_string(), action, self.now).unwrap();
        self.pass(story, Millis::seconds(5));
    }

    /// Time passes, and the callbacks that come up in it are delivered.
    pub fn pass(&mut self, story: &mut Story, span: Millis) {
        self.now = self.now + span;
        story.now = self.now;
        for delivery in self.simulator.due_webhooks(self.now) {
            let heard = self.account.verify_webhook(delivery.request.headers(), delivery.request.body()).unwrap();
            assert_eq!(heard.about, About::Number(ORDER));
            let effects = match heard.snapshot {
                Some(snapshot) => {
                    let mut snapshot = snapshot.into_inner();
                    // The account's object knows which reference the number stands for.
                    snapshot.stated.reference.get_or_insert(REFERENCE.to_owned());
                    story.tell(Input::Notified(snapshot))
                }
                None => story.tell(Input::Hinted(Hint::Reference(REFERENCE.to_owned()))),
            };
            self.follow(story, &effects);
            let answer = self.account.webhook_acknowledgement(Some(attempt(story)));
            self.acknowledged.push(*answer.body());
            let answer: Response<Bytes> = answer.map(|body| Bytes::from_static(body.as_bytes()));
            self.simulator.webhook_answered(delivery.id, Some(&answer), self.now);
        }
    }

    /// The session looks for itself.
    pub fn poll(&mut self, story: &mut Story) {
        self.follow(story, &[Effect::Fetch(1)]);
    }

    fn follow(&mut self, story: &mut Story, effects: &[Effect]) {
        for effect in effects {
            assert_eq!(*effect, Effect::Fetch(1));
            let fetched = self.fetch(&ORDER.to_string());
            story.tell(Input::Fetched(1, fetched));
        }
    }
}

/// Where the session's attempt stands.
pub fn attempt(story: &Story) -> AttemptStatus {
    story.session.attempt(1).unwrap().status(story.now)
}
