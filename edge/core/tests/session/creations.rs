//! Creating payments at providers whose answers come, are lost, come late or never come, and that may have made a payment all the same:
//! whatever happens, nobody is shown two orders for one method, and what was paid is seen. The provider is a model that knows the truth.

use crate::story::{Story, method, money};
use checkout_core::provider::{Created, Found, PaymentStatus, ProviderError, Purchase, Snapshot, Stated};
use checkout_core::session::attempt::{Attempt, Stage};
use checkout_core::session::{Effect, Input, Offer, Session, Taker};
use checkout_shared::method::Network;
use checkout_shared::money::Money;
use checkout_shared::order::Order;
use checkout_shared::provider::ProviderId;
use checkout_shared::session::{Address, Instructions, Status, Transaction, TransactionStatus};
use checkout_shared::time::{Millis, Timestamp};
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::{BTreeMap, VecDeque};

const CASES: u32 = 30_000;

/// Who takes each method, the preferred one first.
const METHODS: [(&str, &[ProviderId]); 2] = [
    ("USDT:tron", &[ProviderId::Oxapay, ProviderId::Okipays, ProviderId::Oceanex]),
    ("BTC:bitcoin", &[ProviderId::Oceanex, ProviderId::Oxapay]),
];

/// For how long the model's orders can be paid.
const LIFETIME: Millis = Millis::minutes(20);

/// What becomes of a creation at the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Making {
    Made,
    /// Made, and the answer is lost.
    MadeUnheard,
    /// The answer is lost, and it is made this much later.
    MadeLater(i64),
    /// Nothing is made, and nobody can tell.
    LostOnTheWay,
    NotSent,
    Refused,
    RateLimited,
}

/// What becomes of a look-up or a question.
#[derive(Clone, Copy, Debug)]
enum Asking {
    Answered,
    /// Answered, though how to pay is not told again.
    AnsweredBriefly,
    Failed,
    RateLimited,
}

/// When an answer is heard.
#[derive(Clone, Copy, Debug)]
enum Delivery {
    AtOnce,
    Late,
    Never,
}

/// How the provider treats one call.
#[derive(Clone, Copy, Debug)]
struct Luck {
    making: Making,
    asking: Asking,
    delivery: Delivery,
}

const CALM: Luck = Luck { making: Making::Made, asking: Asking::Answered, delivery: Delivery::AtOnce };

fn luck() -> impl Strategy<Value = Luck> {
    let making = prop_oneof![
        3 => Just(Making::Made),
        2 => Just(Making::MadeUnheard),
        1 => (1..200_000_i64).prop_map(Making::MadeLater),
        2 => Just(Making::LostOnTheWay),
        2 => Just(Making::NotSent),
        1 => Just(Making::Refused),
        1 => Just(Making::RateLimited),
    ];
    let asking =
        prop::sample::select(vec![Asking::Answered, Asking::Answered, Asking::AnsweredBriefly, Asking::Failed, Asking::RateLimited]);
    let delivery = prop::sample::select(vec![Delivery::AtOnce, Delivery::AtOnce, Delivery::AtOnce, Delivery::Late, Delivery::Never]);
    (making, asking, delivery).prop_map(|(making, asking, delivery)| Luck { making, asking, delivery })
}

/// What happens beside the provider's answers.
#[derive(Clone, Copy, Debug)]
enum Step {
    Clicks(usize),
    Looks,
    /// An answer that is late arrives.
    Arrives(usize),
    /// The customer pays one of the orders that were ever shown, the whole of it or half.
    Pays(usize, bool),
    /// The provider notifies us of one of its orders.
    Notifies(usize),
    Cancels,
    /// The merchant states the order again, with this many hours more, and dearer or not.
    Restates(i64, bool),
    /// Time passes and the alarm rings.
    Passes(i64),
    /// The object is killed: what was to be done, and every answer under way, is lost.
    Killed,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..METHODS.len()).prop_map(Step::Clicks),
        1 => Just(Step::Looks),
        3 => (0..4_usize).prop_map(Step::Arrives),
        2 => (0..4_usize, any::<bool>()).prop_map(|(which, whole)| Step::Pays(which, whole)),
        1 => (0..4_usize).prop_map(Step::Notifies),
        1 => Just(Step::Cancels),
        1 => (0..3_i64, any::<bool>()).prop_map(|(hours, dearer)| Step::Restates(hours, dearer)),
        3 => (0..150_000_i64).prop_map(Step::Passes),
        1 => (0..Millis::hours(2).0).prop_map(Step::Passes),
        1 => Just(Step::Killed),
    ]
}

/// An order as the provider has it.
struct Made {
    purchase: Purchase,
    /// Before this it is not there yet.
    at: Timestamp,
    paid: Option<Money>,
    /// The customer has been shown how to pay it.
    shown: bool,
}

impl Made {
    fn is_over(&self, now: Timestamp) -> bool {
        now >= self.at + LIFETIME
    }

    fn due(&self) -> Money {
        money(&self.purchase.price.amount.to_string(), "USDT")
    }

    fn half(&self) -> Money {
        let due = self.due();
        Money::new(due.amount.0 / rust_decimal::Decimal::TWO, due.currency)
    }

    fn stated(&self) -> Stated {
        Stated { price: Some(self.purchase.price.clone()), reference: Some(self.purchase.reference.clone()) }
    }

    fn instructions(&self) -> Instructions {
        let address = format!("address of {}", self.purchase.reference);
        let network = Network::new("tron").unwrap();
        let payment_uri = address.clone();
        Instructions::Address(Address { amount: self.due(), network, address, memo: None, payment_uri, expires_at: self.at + LIFETIME })
    }

    fn created(&self) -> Created {
        Created { provider_reference: track(&self.purchase), instructions: self.instructions(), stated: self.stated() }
    }

    fn found(&self, briefly: bool) -> Found {
        let instructions = (!briefly).then(|| self.instructions());
        Found { provider_reference: track(&self.purchase), instructions, stated: self.stated() }
    }

    fn snapshot(&self, now: Timestamp) -> Snapshot {
        let status = match &self.paid {
            Some(paid) if *paid == self.due() => PaymentStatus::Paid,
            Some(_) if self.is_over(now) => PaymentStatus::Underpaid,
            Some(_) => PaymentStatus::Partial,
            None if self.is_over(now) => PaymentStatus::Expired,
            None => PaymentStatus::Pending,
        };
        let transaction = |paid: &Money| Transaction {
            hash: format!("hash of {}", self.purchase.reference),
            amount: paid.clone(),
            status: TransactionStatus::Confirmed,
            confirmations: 19,
            required_confirmations: None,
            seen_at: None,
        };
        Snapshot {
            provider_reference: track(&self.purchase),
            status,
            unknown_status: None,
            stated: self.stated(),
            transactions: self.paid.iter().map(transaction).collect(),
            received: None,
            paid_at: None,
            shortfall_accepted: None,
        }
    }
}

fn track(purchase: &Purchase) -> String {
    format!("track of {}", purchase.reference)
}

fn failure(asking: Asking) -> ProviderError {
    match asking {
        Asking::RateLimited => ProviderError::RateLimited { retry_after: Some(Millis::seconds(30)) },
        _ => ProviderError::NotSent { reason: "down".to_owned() },
    }
}

/// A session, its provider, and what is under way between them.
struct World {
    story: Story,
    /// What the provider has, by the number of the attempt.
    made: BTreeMap<u32, Made>,
    /// For each creation that was asked for, the number of the click it was asked for in.
    asked: BTreeMap<u32, u32>,
    clicks: u32,
    under_way: Vec<Input>,
    luck: Vec<Luck>,
    calls: usize,
}

type Checked = Result<(), TestCaseError>;

impl World {
    fn new(luck: Vec<Luck>) -> Self {
        let mut story = Story::begin();
        let taker = |provider: &ProviderId| Taker { provider: *provider, priced_in: None, notifies: false, minimum: None };
        let offer = |(id, takers): (&str, &[ProviderId])| Offer { method: method(id), takers: takers.iter().map(taker).collect() };
        story.tell(Input::Offers { offers: METHODS.map(offer).to_vec(), complete: true });
        Self { story, made: BTreeMap::new(), asked: BTreeMap::new(), clicks: 0, under_way: Vec::new(), luck, calls: 0 }
    }

    fn attempts(&self) -> impl Iterator<Item = &Attempt> {
        self.asked.keys().filter_map(|number| self.story.session.attempt(*number))
    }

    /// How the next call goes. Once there is no luck left, everything works.
    fn next_luck(&mut self) -> Luck {
        self.calls += 1;
        self.luck.get(self.calls - 1).copied().unwrap_or(CALM)
    }

    fn happen(&mut self, step: Step) -> Checked {
        match step {
            Step::Clicks(which) => self.click(METHODS[which].0),
            Step::Looks => self.tell(Input::Look),
            Step::Arrives(which) if which < self.under_way.len() => {
                let answer = self.under_way.remove(which);
                self.tell(answer)
            }
            Step::Pays(which, whole) => {
                self.pay(which, whole);
                Ok(())
            }
            Step::Notifies(which) => {
                let now = self.story.now;
                let snapshot = self.made.values().filter(|made| made.at <= now).nth(which).map(|made| made.snapshot(now));
                snapshot.map_or(Ok(()), |snapshot| self.tell(Input::Notified(snapshot)))
            }
            Step::Cancels => self.tell(Input::Cancel),
            Step::Restates(hours, dearer) => {
                let order = self.story.view().order;
                let amount = if dearer { money("14.50", "USD").amount } else { order.amount };
                self.tell(Input::Reopen(Order { expires_at: order.expires_at + Millis::hours(hours), amount, ..order }))
            }
            Step::Passes(millis) => {
                self.story.after(Millis(millis));
                self.tell(Input::Tick { watched: millis % 2 == 0 })
            }
            Step::Killed => {
                self.under_way.clear();
                let written = serde_json::to_string(&self.story.session).unwrap();
                self.story.session = serde_json::from_str::<Session>(&written).unwrap();
                Ok(())
            }
            Step::Arrives(_) => Ok(()),
        }
    }

    fn click(&mut self, method: &str) -> Checked {
        self.clicks += 1;
        let (return_url, public_url) = ("https://pay.example/p".to_owned(), "https://pay.example".to_owned());
        self.tell(Input::Choose { method: method.parse().unwrap(), return_url, public_url })
    }

    /// In time or late, though not for ever.
    fn pay(&mut self, which: usize, whole: bool) {
        let now = self.story.now;
        let payable = |made: &&mut Made| made.shown && made.paid.is_none() && now < made.at + Millis::hours(20);
        if let Some(made) = self.made.values_mut().filter(payable).nth(which) {
            made.paid = Some(if whole { made.due() } else { made.half() });
        }
    }

    /// Tells the session something and carries out what it asks for, and what it asks for then.
    fn tell(&mut self, input: Input) -> Checked {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let cause = input.clone();
            let effects = self.story.session.apply(input, self.story.now).unwrap_or_default();
            for effect in effects {
                if let Effect::Create(number) = effect {
                    self.check_creation(number, &cause)?;
                }
                let luck = self.next_luck();
                match (self.carry_out(effect, luck), luck.delivery) {
                    (Some(answer), Delivery::AtOnce) => inputs.push_back(answer),
                    (Some(answer), Delivery::Late) => self.under_way.push(answer),
                    (_, Delivery::Never) | (None, _) => {}
                }
            }
            self.check_what_is_shown()?;
        }
        Ok(())
    }

    /// What the provider does, and what it answers.
    fn carry_out(&mut self, effect: Effect, luck: Luck) -> Option<Input> {
        let now = self.story.now;
        match effect {
            Effect::Create(number) => Some(Input::Created(number, self.create(number, luck.making))),
            Effect::Find(number) => {
                let there = self.made.get(&number).filter(|made| made.at <= now);
                Some(Input::Found(
                    number,
                    match luck.asking {
                        Asking::Answered => Ok(there.map(|made| made.found(false))),
                        Asking::AnsweredBriefly => Ok(there.map(|made| made.found(true))),
                        Asking::Failed | Asking::RateLimited => Err(failure(luck.asking)),
                    },
                ))
            }
            Effect::Fetch(number) => Some(Input::Fetched(
                number,
                match luck.asking {
                    Asking::Answered | Asking::AnsweredBriefly => Ok(self.made[&number].snapshot(now)),
                    Asking::Failed | Asking::RateLimited => Err(failure(luck.asking)),
                },
            )),
            Effect::Offers | Effect::Capture(_) => unreachable!("there are offers, and nothing waits to be taken: {effect:?}"),
            Effect::Report(_) => None,
        }
    }

    fn create(&mut self, number: u32, making: Making) -> Result<Created, ProviderError> {
        let purchase = self.story.session.attempt(number).unwrap().purchase.clone();
        let wait = if let Making::MadeLater(wait) = making { Millis(wait) } else { Millis(0) };
        let made = Made { purchase, at: self.story.now + wait, paid: None, shown: false };
        let answer = match making {
            Making::Made => Ok(made.created()),
            Making::MadeUnheard | Making::MadeLater(_) | Making::LostOnTheWay => {
                Err(ProviderError::MaybeSent { reason: "timeout".to_owned() })
            }
            Making::NotSent => Err(ProviderError::NotSent { reason: "down".to_owned() }),
            Making::Refused => Err(ProviderError::refused("amount", "too little")),
            Making::RateLimited => Err(ProviderError::RateLimited { retry_after: None }),
        };
        if matches!(making, Making::Made | Making::MadeUnheard | Making::MadeLater(_)) {
            self.made.insert(number, made);
        }
        answer
    }

    /// A creation begins with a click, or takes the place of one of the same click that certainly made nothing.
    fn check_creation(&mut self, number: u32, cause: &Input) -> Checked {
        let attempt = self.story.session.attempt(number).unwrap().clone();
        let method = &attempt.purchase.method;
        prop_assert!(!self.asked.contains_key(&number), "{number} is created again");
        for earlier in self.attempts().filter(|earlier| earlier.purchase.method == *method) {
            prop_assert!(!is_unresolved(earlier), "{} is not known when {number} is created", earlier.number);
        }
        let click = match cause {
            Input::Choose { .. } => self.clicks,
            Input::Created(refused, Err(error)) => {
                prop_assert!(!matches!(error, ProviderError::MaybeSent { .. }), "{refused} may have been made, and {number} is created");
                prop_assert!(!self.made.contains_key(refused), "{refused} was made, and {number} is created");
                self.asked[refused]
            }
            other => return Err(TestCaseError::fail(format!("{number} is created because of {other:?}"))),
        };
        let same_click = self.attempts().filter(|earlier| self.asked[&earlier.number] == click);
        let mut providers: Vec<ProviderId> = same_click.map(|earlier| earlier.provider).chain([attempt.provider]).collect();
        let count = providers.len();
        let takers = METHODS.iter().find(|(id, _)| method.to_string() == **id).unwrap().1;
        providers.sort_unstable();
        providers.dedup();
        prop_assert!(providers.len() == count && count <= takers.len(), "{count} for one click");
        self.asked.insert(number, click);
        Ok(())
    }

    /// What is shown is there to be paid, and is one order a method.
    fn check_what_is_shown(&mut self) -> Checked {
        let now = self.story.now;
        if let Some((attempt, instructions)) = self.story.view().attempt.and_then(|attempt| Some((attempt.number, attempt.instructions?))) {
            let made = self.made.get_mut(&attempt).filter(|made| made.at <= now);
            prop_assert!(made.is_some(), "{attempt} is shown and is not there");
            let made = made.unwrap();
            made.shown = true;
            let (Instructions::Address(shown), Instructions::Address(own)) = (instructions, made.instructions()) else { unreachable!() };
            prop_assert_eq!((shown.address, shown.amount), (own.address, own.amount));
        }
        for (id, _) in METHODS {
            let is_payable = |number: &u32, made: &Made| {
                let attempt = self.story.session.attempt(*number);
                let is_live = attempt.is_some_and(|attempt| matches!(attempt.stage, Stage::Payable { .. }));
                made.purchase.method.to_string() == id && (made.shown || is_live) && made.at <= now && !made.is_over(now)
            };
            let payable: Vec<u32> = self.made.iter().filter(|(number, made)| is_payable(number, made)).map(|(number, _)| *number).collect();
            prop_assert!(payable.len() <= 1, "{payable:?} can all be paid by {id}");
        }
        Ok(())
    }

    /// Everything is known, and so is every payment.
    fn is_at_rest(&self) -> bool {
        let mut paid = self.made.iter().filter(|(_, made)| made.paid.is_some());
        let is_seen = |number: &u32| self.story.session.attempt(*number).is_some_and(|attempt| attempt.news.has_arrived());
        !self.attempts().any(is_unresolved) && paid.all(|(number, _)| is_seen(number))
    }

    /// The alarm alone goes on, until it has found out everything.
    fn come_to_rest(&mut self) -> Checked {
        for _ in 0..500 {
            let Some(wake) = self.story.session.next_wake(false).filter(|_| !self.is_at_rest()) else { break };
            self.story.now = self.story.now.max(wake);
            self.tell(Input::Tick { watched: false })?;
        }
        for attempt in self.attempts() {
            prop_assert!(!is_unresolved(attempt), "{} is never known", attempt.number);
        }
        let paid: Vec<&Made> = self.made.values().filter(|made| made.paid.is_some()).collect();
        let expected: &[Status] = match () {
            () if paid.iter().any(|made| made.paid == Some(made.due())) => &[Status::Paid],
            () if !paid.is_empty() => &[Status::Underpaid],
            () => &[Status::Open, Status::AwaitingPayment, Status::Expired, Status::Cancelled],
        };
        let status = self.story.status();
        prop_assert!(self.is_at_rest() && expected.contains(&status), "{status:?}, {} paid", paid.len());
        Ok(())
    }
}

const fn is_unresolved(attempt: &Attempt) -> bool {
    matches!(attempt.stage, Stage::Creating | Stage::Unknown { .. })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(CASES) })]

    #[test]
    fn one_order_a_method_is_shown_and_what_was_paid_is_seen_whatever_becomes_of_the_answers(
        steps in vec(step(), 1..24),
        luck in vec(luck(), 0..24),
    ) {
        let mut world = World::new(luck);
        for step in steps {
            world.happen(step)?;
        }
        world.come_to_rest()?;
    }
}
