//! A session whose customer has chosen the method of a contract's purchase and is shown how to pay: what providers say is told to it,
//! to see what would become of the order. It is the real session; only the shell around it is missing.

use crate::suite::data::{Contract, REFERENCE, SESSION};
use checkout_core::provider::{Created, Purchase, Snapshot};
use checkout_core::session::{Effect, Input, Offer, Session, Taker};
use checkout_shared::method::Method;
use checkout_shared::order::{Capture, Order};
use checkout_shared::provider::ProviderId;
use checkout_shared::session::Status;
use checkout_shared::time::{Millis, Timestamp};

/// The session and its clock.
pub struct Story {
    pub session: Session,
    pub now: Timestamp,
}

impl Story {
    /// The session after the purchase was created.
    pub fn of(provider: ProviderId, purchase: &Purchase, created: Created) -> Self {
        let now = purchase.started_at;
        let (session, _) = Session::open(SESSION.to_owned(), order(purchase), now);
        let mut story = Self { session, now };
        let method = Method { id: purchase.method.clone(), name: None, minimum: None, confirmations: None };
        story.tell(Input::Offers {
            offers: vec![Offer { method, takers: vec![Taker { provider, priced_in: None, notifies: false, minimum: None }] }],
            complete: true,
        });
        let choice = Input::Choose {
            method: purchase.method.clone(),
            return_url: purchase.return_url.clone().unwrap_or_default(),
            public_url: "https://checkout.example".to_owned(),
        };
        assert_eq!(story.tell(choice), [Effect::Create(1)]);
        let ours = &story.session.attempt(1).expect("the attempt that was begun").purchase;
        assert_eq!((ours.reference.as_str(), &ours.price), (REFERENCE, &purchase.price), "the contract's purchase is the session's");
        story.tell(Input::Created(1, Ok(created)));
        story
    }

    /// Tells it something.
    pub fn tell(&mut self, input: Input) -> Vec<Effect> {
        self.session.apply(input, self.now).expect("nothing told here is refused")
    }

    /// Tells it what fetching has brought.
    pub fn fetched(&mut self, snapshot: Snapshot) -> Vec<Effect> {
        self.pass(Millis::minutes(1));
        self.tell(Input::Fetched(1, Ok(snapshot)))
    }

    pub fn pass(&mut self, span: Millis) {
        self.now = self.now + span;
    }

    /// Where the order stands.
    pub fn status(&self) -> Status {
        self.session.view(self.now).status
    }
}

impl Contract {
    /// A session that awaits the payment which the exchange creates that has this provider's reference.
    pub fn story_of(&self, provider_reference: &str) -> Story {
        let account = self.account();
        let creations = self.exchanges.iter().filter(|exchange| exchange.asked.operation() == "create");
        for exchange in creations {
            let Some(Ok(understood)) = self.play(account.as_ref(), exchange).outcome else { continue };
            let created: Created = serde_json::from_value(understood.json).expect("what creating comes to");
            if created.provider_reference == provider_reference {
                return Story::of(self.id, exchange.asked.purchase().expect("creating is of a purchase"), created);
            }
        }
        panic!("no `create` exchange comes to the payment {provider_reference:?}, so no session can be told of it")
    }
}

fn order(purchase: &Purchase) -> Order {
    Order {
        amount: purchase.price.amount,
        currency: purchase.price.currency.clone(),
        reference: "A-1".to_owned(),
        expires_at: purchase.started_at + purchase.lifetime,
        description: purchase.description.clone(),
        success_url: None,
        cancel_url: None,
        prices: Vec::new(),
        lines: purchase.lines.clone(),
        tax: purchase.tax,
        capture: Capture::Automatic,
    }
}
