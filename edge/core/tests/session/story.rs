//! What the stories have in common: an order, its offers, what a provider says, and a clock that moves when told to.

use checkout_core::provider::{Created, PaymentStatus, ProviderError, Snapshot, Stated};
use checkout_core::session::{Effect, Input, Offer, Refusal, Session, Taker};
use checkout_shared::method::{Method, MethodId, Network};
use checkout_shared::money::{Amount, Currency, Money};
use checkout_shared::order::{Capture, Order};
use checkout_shared::provider::ProviderId;
use checkout_shared::session::{Address, AttemptStatus, Instructions, SessionView, Status, Transaction, TransactionStatus};
use checkout_shared::time::{Millis, Timestamp};

pub const ID: &str = "abcdefghijklmnopqrstuvwx27";
pub const START: Timestamp = Timestamp::from_seconds(1_800_000_000);
pub const HOUR: Millis = Millis::hours(1);

pub fn money(amount: &str, currency: &str) -> Money {
    Money { amount: Amount::parse(amount).unwrap(), currency: Currency::new(currency).unwrap() }
}

pub fn order() -> Order {
    Order {
        amount: Amount::parse("12.50").unwrap(),
        currency: Currency::new("USD").unwrap(),
        reference: "A-1".to_owned(),
        expires_at: START + Millis::hours(3),
        description: None,
        success_url: None,
        cancel_url: None,
        prices: Vec::new(),
        lines: Vec::new(),
        tax: None,
        capture: Capture::Automatic,
    }
}

pub fn method(id: &str) -> Method {
    Method { id: id.parse().unwrap(), name: None, minimum: None, confirmations: Some(19) }
}

pub fn offers() -> Vec<Offer> {
    ["USDT:tron", "BTC:bitcoin"]
        .map(|id| Offer {
            method: method(id),
            takers: vec![Taker { provider: ProviderId::Oxapay, priced_in: None, notifies: false, minimum: None }],
        })
        .to_vec()
}

/// A session and its clock.
pub struct Story {
    pub session: Session,
    pub now: Timestamp,
}

impl Story {
    pub fn begin() -> Self {
        let (session, effects) = Session::open(ID.to_owned(), order(), START);
        assert_eq!(effects, [Effect::Offers]);
        let mut story = Self { session, now: START };
        story.tell(Input::Offers { offers: offers(), complete: true });
        story
    }

    /// A session whose customer is shown an address for USDT on Tron, worth an hour.
    pub fn awaiting() -> Self {
        let mut story = Self::begin();
        assert_eq!(story.choose("USDT:tron"), Ok(vec![Effect::Create(1)]));
        story.tell(Input::Created(1, Ok(created(1, "USDT", "tron"))));
        story
    }

    pub fn tell(&mut self, input: Input) -> Vec<Effect> {
        self.session.apply(input, self.now).unwrap()
    }

    pub fn choose(&mut self, method: &str) -> Result<Vec<Effect>, Refusal> {
        let method: MethodId = method.parse().unwrap();
        let input = Input::Choose { method, return_url: "https://pay.example/p".to_owned(), public_url: "https://pay.example".to_owned() };
        self.session.apply(input, self.now)
    }

    pub fn after(&mut self, span: Millis) -> &mut Self {
        self.now = self.now + span;
        self
    }

    pub fn view(&self) -> SessionView {
        self.session.view(self.now)
    }

    pub fn status(&self) -> Status {
        self.view().status
    }

    pub fn attempt_status(&self) -> AttemptStatus {
        self.view().attempt.unwrap().status
    }
}

pub fn stated(number: u32) -> Stated {
    Stated { price: Some(money("12.50", "USD")), reference: Some(format!("{ID}-{number}")) }
}

pub fn created(number: u32, coin: &str, network: &str) -> Created {
    let address = Address {
        amount: money("12.5", coin),
        network: Network::new(network).unwrap(),
        address: "TXYZ".to_owned(),
        memo: None,
        payment_uri: "TXYZ".to_owned(),
        expires_at: START + HOUR,
    };
    Created { provider_reference: format!("track-{number}"), instructions: Instructions::Address(address), stated: stated(number) }
}

pub fn transaction(hash: &str, amount: &str, confirmations: u32) -> Transaction {
    let status = if confirmations >= 19 { TransactionStatus::Confirmed } else { TransactionStatus::Confirming };
    Transaction {
        hash: hash.to_owned(),
        amount: money(amount, "USDT"),
        status,
        confirmations,
        required_confirmations: None,
        seen_at: Some(START + Millis::minutes(5)),
    }
}

pub fn snapshot(status: PaymentStatus, transactions: Vec<Transaction>) -> Snapshot {
    Snapshot {
        provider_reference: "track-1".to_owned(),
        status,
        stated: stated(1),
        transactions,
        received: None,
        paid_at: None,
        shortfall_accepted: None,
        unknown_status: None,
    }
}

pub fn fetched(status: PaymentStatus, transactions: Vec<Transaction>) -> Input {
    Input::Fetched(1, Ok(snapshot(status, transactions)))
}

pub fn lost() -> ProviderError {
    ProviderError::MaybeSent { reason: "timeout".to_owned() }
}

/// A session whose customer has an address for USDT on Tron and then chose a hosted page as well.
pub fn two_attempts() -> Story {
    let mut story = Story::awaiting();
    assert_eq!(story.choose("BTC:bitcoin"), Ok(vec![Effect::Create(2)]));
    let page = Instructions::Page { url: "https://pay.example/x".to_owned(), expires_at: START + HOUR };
    let answer = Created { provider_reference: "track-2".to_owned(), instructions: page, stated: Stated::default() };
    story.tell(Input::Created(2, Ok(answer)));
    assert_eq!(story.view().attempt.unwrap().number, 2);
    story
}
