//! What holds whatever a provider says, in whatever order, however often, and wherever the object is killed in between. Each property is
//! tried on tens of thousands of random sequences, over a hundred thousand in all.

use crate::story::{HOUR, ID, START, Story, created, money, order};
use checkout_core::provider::{Created, PaymentStatus, ProviderError, Snapshot, Stated};
use checkout_core::session::schedule::{LATE_WATCH, MONEY_WATCH};
use checkout_core::session::{Effect, Hint, Input, Session};
use checkout_shared::event::EventKind;
use checkout_shared::order::Order;
use checkout_shared::session::{AttemptStatus, Instructions, SessionView, Status, Transaction, TransactionStatus};
use checkout_shared::time::{Millis, Timestamp};
use proptest::collection::vec;
use proptest::prelude::*;

const CASES: u32 = 30_000;

/// The longest that a question waits: unwatched, after failures.
const LONGEST_WAIT: Millis = Millis::minutes(32 * 10);

/// Something a provider says about one of two attempts: the first by address, the second on a page.
fn news() -> impl Strategy<Value = (u32, Snapshot)> {
    let statuses = prop::sample::select(vec![
        PaymentStatus::Pending,
        PaymentStatus::Processing,
        PaymentStatus::Partial,
        PaymentStatus::Authorized,
        PaymentStatus::Failed,
        PaymentStatus::Cancelled,
        PaymentStatus::Expired,
        PaymentStatus::Underpaid,
        PaymentStatus::Paid,
        PaymentStatus::Refunding,
        PaymentStatus::Refunded,
    ]);
    let received = prop::sample::select(vec![None, None, Some("5"), Some("12.5"), Some("13")]);
    let disagrees = prop::sample::select(vec![false, false, false, false, true]);
    (1..=2_u32, statuses, vec(transaction(), 0..3), received, disagrees).prop_map(|(number, status, transactions, received, disagrees)| {
        let price = money(if disagrees { "99" } else { "12.50" }, "USD");
        let snapshot = Snapshot {
            provider_reference: format!("track-{number}"),
            status,
            unknown_status: None,
            stated: Stated { price: Some(price), reference: Some(format!("{ID}-{number}")) },
            transactions: if number == 1 { transactions } else { Vec::new() },
            received: received.filter(|_| number == 2).map(|amount| money(amount, "USD")),
            paid_at: None,
            shortfall_accepted: None,
        };
        (number, snapshot)
    })
}

fn transaction() -> impl Strategy<Value = Transaction> {
    let parts = (prop::sample::select(vec!["a", "b", "c"]), prop::sample::select(vec!["12.5", "6.2", "6.3", "13"]), 0..30_u32, 0..200_i64);
    parts.prop_map(|(hash, amount, confirmations, minute)| Transaction {
        hash: hash.to_owned(),
        amount: money(amount, "USDT"),
        status: if confirmations >= 19 { TransactionStatus::Confirmed } else { TransactionStatus::Confirming },
        confirmations,
        required_confirmations: None,
        seen_at: Some(START + Millis::minutes(minute)),
    })
}

/// A customer who was shown an address, went back and was sent to a page.
fn two_ways() -> Story {
    let mut story = Story::begin();
    story.choose("USDT:tron").unwrap();
    story.tell(Input::Created(1, Ok(created(1, "USDT", "tron"))));
    story.choose("BTC:bitcoin").unwrap();
    let instructions = Instructions::Page { url: "https://pay.example/2".to_owned(), expires_at: START + HOUR };
    let stated = Stated { price: Some(order().price()), reference: Some(format!("{ID}-2")) };
    story.tell(Input::Created(2, Ok(Created { provider_reference: "track-2".to_owned(), instructions, stated })));
    story
}

/// What is to be the same: everything but how often it has changed, and the order in which transactions were first heard of.
fn essence(story: &Story) -> SessionView {
    let mut view = story.session.view(story.now);
    view.sequence = 0;
    if let Some(attempt) = &mut view.attempt {
        attempt.transactions.sort_by(|one, other| one.hash.cmp(&other.hash));
    }
    view
}

const fn is_settled(status: Status) -> bool {
    matches!(status, Status::Paid | Status::Refunding | Status::Refunded)
}

const fn shows_money(status: Status) -> bool {
    matches!(status, Status::Processing | Status::Underpaid | Status::Review) || is_settled(status)
}

fn said(told: &[(u32, Snapshot)], number: u32, what: fn(&Snapshot) -> bool) -> bool {
    told.iter().any(|(said_of, snapshot)| *said_of == number && what(snapshot))
}

fn is_bare_paid(snapshot: &Snapshot) -> bool {
    snapshot.status == PaymentStatus::Paid && snapshot.received.is_none() && snapshot.transactions.is_empty()
}

/// Another price, or a "paid" whose amounts may not be enough.
fn may_dispute(snapshot: &Snapshot) -> bool {
    let is_other_price = snapshot.stated.price.as_ref() != Some(&order().price());
    is_other_price || (snapshot.status == PaymentStatus::Paid && !is_bare_paid(snapshot))
}

/// Everything that can happen to a session from outside.
#[derive(Clone, Debug)]
enum Happening {
    Notified(Snapshot),
    Fetched(u32, Snapshot),
    FetchFailed(u32, bool),
    Captured(u32, Snapshot),
    Hinted(u32),
    Chosen(&'static str),
    Reopened,
    Looked,
    Captures,
    Cancelled,
    Restated(i64),
    Time(i64),
    /// The object is killed and read again from what was written; what was to be done is not done.
    Killed,
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        4 => news().prop_map(|(_, snapshot)| Happening::Notified(snapshot)),
        4 => news().prop_map(|(number, snapshot)| Happening::Fetched(number, snapshot)),
        1 => (1..=2_u32, any::<bool>()).prop_map(|(number, limited)| Happening::FetchFailed(number, limited)),
        1 => news().prop_map(|(number, snapshot)| Happening::Captured(number, snapshot)),
        1 => (1..=4_u32).prop_map(Happening::Hinted),
        2 => prop::sample::select(vec!["USDT:tron", "BTC:bitcoin"]).prop_map(Happening::Chosen),
        1 => Just(Happening::Reopened),
        1 => Just(Happening::Looked),
        1 => Just(Happening::Captures),
        1 => Just(Happening::Cancelled),
        1 => (0..3_i64).prop_map(Happening::Restated),
        3 => (0..200_000_i64).prop_map(Happening::Time),
        1 => (0..Millis::hours(40).0).prop_map(Happening::Time),
        1 => Just(Happening::Killed),
    ]
}

fn happen(story: &mut Story, happening: &Happening) -> Vec<Effect> {
    let input = match happening.clone() {
        Happening::Notified(snapshot) => Input::Notified(snapshot),
        Happening::Fetched(number, snapshot) => Input::Fetched(number, Ok(snapshot)),
        Happening::FetchFailed(number, true) => {
            Input::Fetched(number, Err(ProviderError::RateLimited { retry_after: Some(Millis::seconds(30)) }))
        }
        Happening::FetchFailed(number, false) => Input::Fetched(number, Err(ProviderError::NotSent { reason: "down".to_owned() })),
        Happening::Captured(number, snapshot) => Input::Captured(number, Ok(snapshot)),
        Happening::Hinted(number) => Input::Hinted(Hint::Reference(format!("{ID}-{number}"))),
        Happening::Chosen(method) => return story.choose(method).unwrap_or_default(),
        Happening::Reopened => Input::Reopen(order()),
        Happening::Looked => Input::Look,
        Happening::Captures => Input::Capture,
        Happening::Cancelled => Input::Cancel,
        Happening::Restated(hours) => Input::Reopen(Order { expires_at: order().expires_at + Millis::hours(hours), ..order() }),
        Happening::Time(millis) => {
            story.after(Millis(millis));
            Input::Tick { watched: millis % 2 == 0 }
        }
        Happening::Killed => {
            let written = serde_json::to_string(&story.session).unwrap();
            story.session = serde_json::from_str::<Session>(&written).unwrap();
            return Vec::new();
        }
    };
    story.session.apply(input, story.now).unwrap_or_default()
}

/// Looked up rather than created again; asked about before it is taken again.
fn is_covered(effect: Effect, done: &[Effect]) -> bool {
    match effect {
        Effect::Create(number) => done.contains(&Effect::Find(number)) && !done.contains(&effect),
        Effect::Capture(number) => done.contains(&Effect::Fetch(number)),
        Effect::Find(_) | Effect::Fetch(_) | Effect::Offers => done.contains(&effect),
        Effect::Report(_) => true,
    }
}

/// Whether it need not be done any more, for an object that died at `died_at`.
fn is_needless(effect: Effect, story: &Story, died_at: Timestamp) -> bool {
    match effect {
        // There is always something to choose from here.
        Effect::Offers => !story.view().methods.is_empty(),
        Effect::Create(_) | Effect::Find(_) | Effect::Report(_) => false,
        Effect::Fetch(number) | Effect::Capture(number) => {
            let attempt = story.session.attempt(number).unwrap();
            let watch = if attempt.news.has_money() { MONEY_WATCH } else { LATE_WATCH };
            died_at + LONGEST_WAIT >= attempt.expires_at() + watch
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, max_global_rejects: 10 * CASES, ..ProptestConfig::with_cases(CASES) })]

    #[test]
    fn the_same_news_in_any_order_and_any_number_gives_the_same_state(
        (told, shuffled) in vec(news(), 1..7).prop_flat_map(|told| {
            let doubled: Vec<_> = told.iter().chain(&told[..told.len() / 2]).cloned().collect();
            (Just(told), Just(doubled).prop_shuffle())
        })
    ) {
        // The one exception, which `news.rs` tells of.
        prop_assume!(!(1..=2).any(|number| said(&told, number, is_bare_paid) && said(&told, number, may_dispute)));
        let (mut one, mut other) = (two_ways(), two_ways());
        for (_, snapshot) in &told {
            one.tell(Input::Notified(snapshot.clone()));
        }
        for (_, snapshot) in &shuffled {
            other.tell(Input::Notified(snapshot.clone()));
        }
        prop_assert_eq!(essence(&one), essence(&other));
    }

    #[test]
    fn paid_never_becomes_unpaid_and_money_once_seen_is_never_lost_from_the_view(happenings in vec(happening(), 1..14)) {
        let mut story = two_ways();
        let mut before = story.session.view(story.now);
        let mut arrived_for_good = false;
        for happening in &happenings {
            happen(&mut story, happening);
            let after = story.session.view(story.now);
            prop_assert!(!is_settled(before.status) || is_settled(after.status), "{:?} to {:?}", before.status, after.status);
            let has_arrived = (1..=20).filter_map(|number| story.session.attempt(number)).any(|attempt| attempt.news.has_arrived());
            prop_assert!(!has_arrived || shows_money(after.status), "money has arrived, and {:?}", after.status);
            // A transaction that was never final and that lists leave out again and again was replaced: the one way in which money goes.
            let was_final = arrived_for_good && !shows_money(after.status);
            prop_assert!(!was_final, "final money is not seen any more");
            arrived_for_good |= (1..=20).filter_map(|number| story.session.attempt(number)).any(|attempt| {
                attempt.news.total.is_some() || attempt.news.transactions.iter().any(|heard| heard.transaction.status == TransactionStatus::Confirmed)
            });
            prop_assert!(after.sequence >= before.sequence);
            let mut unsequenced = after.clone();
            unsequenced.sequence = before.sequence;
            unsequenced.server_time = before.server_time;
            prop_assert!(after.sequence > before.sequence || unsequenced == before, "a change without a sequence of its own");
            before = after;
        }
    }

    #[test]
    fn what_the_merchant_was_told_last_is_where_the_order_stands(happenings in vec(happening(), 1..14)) {
        let mut story = two_ways();
        let mut told = story.session.take_events().last().copied();
        for happening in &happenings {
            happen(&mut story, happening);
            let events = story.session.take_events();
            let before = told;
            told = events.iter().copied().rfind(|kind| kind.as_str().starts_with("session.")).or(told);
            prop_assert_eq!(told, Some(EventKind::from(story.status())));
            // "Underpaid" is said again when less is due, and nothing else is said twice.
            let repeated = events.contains(&before.unwrap_or(EventKind::Stray)) && before == told;
            prop_assert!(!repeated || before == Some(EventKind::Underpaid) || before == Some(EventKind::Stray), "{before:?}, {events:?}");
        }
    }

    #[test]
    fn one_payable_order_a_method_and_nothing_is_taken_that_is_not_due(happenings in vec(happening(), 1..14)) {
        let mut story = two_ways();
        for happening in &happenings {
            let was_paid = is_settled(story.status());
            for effect in happen(&mut story, happening) {
                match effect {
                    Effect::Capture(number) => {
                        prop_assert!(!was_paid, "taken although paid");
                        prop_assert!(story.session.attempt(number).unwrap().is_capturable());
                    }
                    // The provider makes it at once.
                    Effect::Create(number) => {
                        story.tell(Input::Created(number, Ok(created(number, "USDT", "tron"))));
                    }
                    Effect::Offers | Effect::Find(_) | Effect::Fetch(_) | Effect::Report(_) => {}
                }
            }
            for method in ["USDT:tron", "BTC:bitcoin"] {
                let attempts = (1..=20).filter_map(|number| story.session.attempt(number));
                let payable = attempts.filter(|attempt| {
                    attempt.purchase.method.to_string() == method
                        && matches!(attempt.status(story.now), AttemptStatus::Creating | AttemptStatus::Checking | AttemptStatus::AwaitingPayment)
                });
                prop_assert!(payable.count() <= 1, "{method}");
            }
        }
    }

    #[test]
    fn whatever_was_to_be_done_when_the_object_died_is_done_later(before in vec(happening(), 0..6), last in happening()) {
        let mut story = two_ways();
        for happening in &before {
            happen(&mut story, happening);
        }
        let lost = happen(&mut story, &last);
        happen(&mut story, &Happening::Killed);
        // What was lost does not come back; the alarm alone goes on.
        let died_at = story.now;
        let mut done: Vec<Effect> = Vec::new();
        for _ in 0..400 {
            let Some(wake) = story.session.next_wake(false).filter(|_| !lost.iter().all(|effect| is_covered(*effect, &done))) else { break };
            story.now = story.now.max(wake);
            let asked = story.tell(Input::Tick { watched: false });
            // The provider is down, so that what was not lost goes on as it does in life.
            for effect in &asked {
                if let Effect::Fetch(number) = effect {
                    story.tell(Input::Fetched(*number, Err(ProviderError::NotSent { reason: "down".to_owned() })));
                }
            }
            done.extend(asked);
        }
        for effect in lost {
            let is_safe = is_covered(effect, &done) || is_needless(effect, &story, died_at);
            prop_assert!(is_safe, "{effect:?} is not covered by {done:?}");
        }
    }
}
