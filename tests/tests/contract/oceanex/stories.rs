//! Whole payments, adapter and simulator together.

use crate::oceanex::world::{CONFIRMATION, World, amount};
use checkout_core::provider::{PaymentStatus, Provider, ProviderError, Purchase};
use checkout_core::records::{Direction, ListQuery};
use checkout_core::session::{Input, Offer, Session, Taker};
use checkout_shared::method::MethodId;
use checkout_shared::money::Amount;
use checkout_shared::order::{Capture, Order};
use checkout_shared::provider::ProviderId;
use checkout_shared::session::{Address, Instructions, Status, TransactionStatus};
use checkout_shared::time::Millis;
use checkout_tests::simulators::{Action, FaultKind};

fn address(instructions: &Instructions) -> &Address {
    let Instructions::Address(address) = instructions else { panic!("{instructions:?}") };
    address
}

#[test]
fn every_coin_on_offer_can_be_created() {
    let mut world = World::new();
    let methods = world.ask(Provider::methods).unwrap();
    let shown: Vec<String> = methods.iter().map(|listing| listing.method.id.to_string()).collect();
    assert_eq!(shown, ["VET:vechain", "OCE:vechain", "OCET:vechain"]);
    for listing in methods {
        let MethodId::Coin { currency, network } = &listing.method.id else { panic!("{listing:?}") };
        assert_eq!(listing.priced_in.as_deref(), Some(std::slice::from_ref(currency)));
        let purchase = world.purchase(&listing.method.id.to_string(), 1);
        let created = world.create(&purchase).unwrap();
        let address = address(&created.instructions);
        assert_eq!((&address.amount.currency, &address.network), (currency, network));
        assert_eq!(address.amount.amount, purchase.price.amount);
        assert_eq!(created.stated.price.unwrap().amount, purchase.price.amount);
        assert_eq!(created.stated.reference, Some(purchase.reference));
        assert_eq!(address.expires_at, world.now + Millis::minutes(60), "the vendor's 90 minutes, but not after the order");
    }
}

#[test]
fn metadata_come_back_in_both_forms_and_mean_the_same() {
    let mut world = World::new();
    let reference = world.created().provider_reference;
    let (one, other) = (world.fetch(&reference), world.fetch(&reference));
    assert_eq!(one, other);
    assert_eq!(one.stated.reference.as_deref(), Some("abcdefghijklmnopqrstuvwx27-1"));
}

#[test]
fn customer_pays_exactly() {
    let mut world = World::new();
    let created = world.created();
    let reference = created.provider_reference.as_str();
    assert_eq!(world.fetch(reference).status, PaymentStatus::Pending);
    world.act(reference, Action::Exact);
    for confirmations in 0..4 {
        let snapshot = world.fetch(reference);
        assert_eq!((snapshot.status, snapshot.received.unwrap().amount), (PaymentStatus::Processing, amount("0")));
        let [transaction] = snapshot.transactions.as_slice() else { panic!("{:?}", snapshot.transactions) };
        assert_eq!((transaction.confirmations, transaction.status), (confirmations, TransactionStatus::Confirming));
        assert_eq!(transaction.amount, address(&created.instructions).amount);
        world.pass(CONFIRMATION);
    }
    let snapshot = world.fetch(reference);
    assert_eq!((snapshot.status, snapshot.received.unwrap().amount), (PaymentStatus::Paid, amount("850.5")));
    assert_eq!(snapshot.transactions[0].status, TransactionStatus::Confirmed);
    assert_eq!(snapshot.unknown_status, None);
}

#[test]
fn customer_pays_half_and_then_the_rest() {
    let mut world = World::new();
    let reference = world.created().provider_reference;
    world.act(&reference, Action::Half);
    assert_eq!(world.fetch(&reference).status, PaymentStatus::Processing);
    world.confirm();
    let half = world.fetch(&reference);
    assert_eq!((half.status, half.received.unwrap().amount), (PaymentStatus::Partial, amount("425.25")));
    world.act(&reference, Action::Rest);
    assert_eq!(world.fetch(&reference).status, PaymentStatus::Processing);
    world.confirm();
    let paid = world.fetch(&reference);
    assert_eq!((paid.status, paid.transactions.len()), (PaymentStatus::Paid, 2));
}

#[test]
fn customer_pays_too_much() {
    let mut world = World::new();
    let reference = world.created().provider_reference;
    world.act(&reference, Action::Over);
    world.confirm();
    let paid = world.fetch(&reference);
    assert_eq!((paid.status, paid.received.unwrap().amount), (PaymentStatus::Paid, amount("1063.125")));
}

#[test]
fn nobody_pays() {
    let mut world = World::new();
    let reference = world.created().provider_reference;
    world.pass(Millis::seconds(5399));
    assert_eq!(world.fetch(&reference).status, PaymentStatus::Pending);
    world.pass(Millis::seconds(1));
    let expired = world.fetch(&reference);
    assert_eq!((expired.status, expired.received.unwrap().amount), (PaymentStatus::Expired, Amount::default()));
    // In lists it is told as in the vendor's sample: the word says neither that money came nor that it is over.
    let listed = world.ask(|account| account.list(&ListQuery::default())).unwrap();
    assert_eq!(listed.payments[0].provider_status.as_deref(), Some("under_payment"));
    assert_eq!(listed.payments[0].payment.status, PaymentStatus::Pending);
}

/// Through the session: what providers say of late, short and surplus money becomes what the merchant hears.
#[test]
fn the_session_makes_of_it_what_is_true() {
    let ends = [
        (vec![Action::Exact], Status::Paid, false),
        (vec![Action::Half], Status::Underpaid, false),
        (vec![Action::Half, Action::Rest], Status::Paid, false),
        (vec![Action::Over], Status::Paid, false),
        // The order has time left, and the customer another try.
        (vec![Action::Expire], Status::Open, false),
        (vec![Action::Late], Status::Paid, true),
        (vec![Action::Half, Action::Expire], Status::Underpaid, false),
    ];
    for requested_info in [&[][..], &["email"][..]] {
        for (actions, status, late) in &ends {
            let mut world = World::asking(requested_info);
            let mut session = session(&mut world);
            let reference = session.attempt(1).and_then(|attempt| attempt.provider_reference()).expect("a payment").to_owned();
            for action in actions {
                if *action == Action::Late {
                    world.act(&reference, Action::Expire);
                    hear(&mut world, &mut session, &reference);
                }
                world.act(&reference, *action);
                hear(&mut world, &mut session, &reference);
                world.confirm();
                hear(&mut world, &mut session, &reference);
            }
            let view = session.view(world.now);
            assert_eq!((view.status, view.late), (*status, *late), "{actions:?} {requested_info:?}");
            let overpaid_by = view.overpaid_by.map(|money| money.amount);
            assert_eq!(overpaid_by, actions.contains(&Action::Over).then(|| amount("212.625")), "{actions:?}");
        }
    }
}

fn session(world: &mut World) -> Session {
    let Purchase { price, method, .. } = world.purchase("VET:vechain", 1);
    let order = Order {
        amount: price.amount,
        currency: price.currency,
        reference: "A-1".to_owned(),
        expires_at: world.now + Millis::minutes(60),
        description: None,
        success_url: None,
        cancel_url: None,
        prices: Vec::new(),
        lines: Vec::new(),
        tax: None,
        capture: Capture::Automatic,
    };
    let (mut session, _) = Session::open("abcdefghijklmnopqrstuvwx27".to_owned(), order, world.now);
    let listed = world.ask(Provider::methods).unwrap();
    let offer = |listing: checkout_core::provider::Listing| Offer {
        method: listing.method,
        takers: vec![Taker { provider: ProviderId::Oceanex, priced_in: listing.priced_in, notifies: false, minimum: None }],
    };
    let offers = listed.into_iter().map(offer).collect();
    session.apply(Input::Offers { offers, complete: true }, world.now).unwrap();
    let choice = Input::Choose { method, return_url: String::new(), public_url: "https://checkout.example".to_owned() };
    session.apply(choice, world.now).unwrap();
    let purchase = session.attempt(1).expect("an attempt").purchase.clone();
    let created = world.create(&purchase);
    session.apply(Input::Created(1, created), world.now).unwrap();
    session
}

fn hear(world: &mut World, session: &mut Session, reference: &str) {
    let snapshot = world.ask(|account| account.fetch(reference));
    session.apply(Input::Fetched(1, snapshot), world.now).unwrap();
}

#[test]
fn payers_are_asked_on_the_vendors_page() {
    let mut world = World::asking(&["email", "name"]);
    let created = world.created();
    let Instructions::Page { url, .. } = &created.instructions else { panic!("{:?}", created.instructions) };
    assert_eq!(*url, format!("http://127.0.0.1:8789/pay/{}", created.provider_reference));
    assert_eq!(created.stated.reference.as_deref(), Some("abcdefghijklmnopqrstuvwx27-1"), "the checkout's name");
    let sent = world.simulator.requests()[0].body.clone();
    assert!(sent.ends_with("&requested_info%5B%5D=email&requested_info%5B%5D=name"), "{sent}");
    assert!(!sent.contains("metadata"), "a checkout has none: {sent}");
}

#[test]
fn a_lost_creation_is_found_again_with_how_to_pay_it() {
    for requested_info in [&[][..], &["email"][..]] {
        let mut world = World::asking(requested_info);
        let path = if requested_info.is_empty() { "/api/v1/orders" } else { "/api/v1/checkouts" };
        for kind in [FaultKind::TimeoutAfterWork, FaultKind::Truncate] {
            let purchase = world.purchase("VET:vechain", 7);
            assert_eq!(world.ask(|account| account.find(&purchase)), Ok(None));
            world.arm(kind, path);
            assert!(matches!(world.create(&purchase), Err(ProviderError::MaybeSent { .. })), "{kind:?}");
            let found = world.ask(|account| account.find(&purchase)).unwrap().expect("it was made");
            assert_eq!(found.stated.reference.as_deref(), Some(purchase.reference.as_str()));
            match found.instructions.expect("how to pay") {
                Instructions::Address(address) => assert_eq!(address.amount.amount, purchase.price.amount),
                Instructions::Page { url, .. } => assert!(url.ends_with(&found.provider_reference)),
            }
            assert_eq!(world.fetch(&found.provider_reference).status, PaymentStatus::Pending);
            world = World::asking(requested_info);
        }
    }
}

/// Only the order of a checkout that exists is missing: it is looked up, not made again.
#[test]
fn a_checkout_whose_order_cannot_be_read_is_found_again() {
    for kind in [FaultKind::Status500, FaultKind::Html, FaultKind::Truncate, FaultKind::RateLimited] {
        let mut world = World::asking(&["email"]);
        let purchase = world.purchase("VET:vechain", 1);
        world.arm(kind, "/api/v1/orders/checkout");
        assert!(matches!(world.create(&purchase), Err(ProviderError::MaybeSent { .. })), "{kind:?}");
        assert!(world.ask(|account| account.find(&purchase)).unwrap().is_some(), "{kind:?}");
    }
}

#[test]
fn a_lost_creation_is_found_behind_what_was_made_since() {
    for (made_since, pages) in [(0, 1), (19, 1), (20, 2), (45, 3)] {
        for requested_info in [&[][..], &["email"][..]] {
            let mut world = World::asking(requested_info);
            let older = world.purchase("VET:vechain", 1);
            world.create(&older).unwrap();
            let purchase = world.purchase("VET:vechain", 2);
            world.create(&purchase).unwrap();
            for number in 0..made_since {
                let later = world.purchase("VET:vechain", 100 + number);
                world.create(&later).unwrap();
            }
            let before = world.simulator.requests().len();
            let found = world.ask(|account| account.find(&purchase)).unwrap().expect("it was made");
            assert_eq!(found.stated.reference, Some(purchase.reference));
            let asked = world.simulator.requests()[before..].iter().filter(|request| request.path.contains("limit=20")).count();
            assert_eq!(asked, pages, "{made_since} {requested_info:?}");
        }
    }
}

#[test]
fn what_was_never_made_is_not_searched_for_in_all_of_the_past() {
    let mut world = World::new();
    for number in 0..60 {
        let purchase = world.purchase("VET:vechain", 100 + number);
        world.create(&purchase).unwrap();
        world.pass(Millis::minutes(1));
    }
    let purchase = world.purchase("VET:vechain", 1);
    let before = world.simulator.requests().len();
    assert_eq!(world.ask(|account| account.find(&purchase)), Ok(None));
    assert_eq!(world.simulator.requests().len() - before, 1, "the last of the first page is 20 minutes old");
}

#[test]
fn a_list_without_end_is_given_up() {
    let mut world = World::new();
    let purchase = world.purchase("VET:vechain", 1);
    for number in 0..420 {
        let other = world.purchase("VET:vechain", 100 + number);
        world.create(&other).unwrap();
    }
    assert!(matches!(world.ask(|account| account.find(&purchase)), Err(ProviderError::NotSent { .. })), "not known is not `no`");
}

#[test]
fn all_orders_are_listed_page_by_page_both_ways() {
    let mut world = World::new();
    let made: Vec<String> = (1..=5)
        .map(|number| {
            let purchase = world.purchase("VET:vechain", number);
            world.create(&purchase).unwrap().provider_reference
        })
        .collect();
    for direction in [Direction::Asc, Direction::Desc] {
        let mut listed = Vec::new();
        let mut cursor = None;
        loop {
            let query = ListQuery { direction: Some(direction), limit: Some(2), cursor: cursor.clone(), ..ListQuery::default() };
            let page = world.ask(|account| account.list(&query)).unwrap();
            assert_eq!(page.total, Some(5));
            listed.extend(page.payments.into_iter().map(|record| record.payment.provider_reference));
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        if direction == Direction::Desc {
            listed.reverse();
        }
        assert_eq!(listed, made, "{direction:?}");
    }
}

#[test]
fn checkouts_can_be_asked_for_by_the_vendors_own_calls() {
    let mut world = World::asking(&["email"]);
    let reference = world.created().provider_reference;
    let call = |world: &mut World, name: &str, parameters: &[(&str, &str)]| {
        let parameters = parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let answer = world.ask(|account| account.call(name, &parameters)).unwrap();
        serde_json::from_str::<serde_json::Value>(answer.get()).unwrap()
    };
    let listed = call(&mut world, "list-checkouts", &[("order_by", "asc"), ("limit", "5"), ("page", "1"), ("product_uid", "x")]);
    let checkout = listed["resources"][0].clone();
    let id = checkout["id"].as_str().unwrap();
    assert_eq!(call(&mut world, "get-checkout", &[("checkout_uid", id)]), checkout);
    let order = call(&mut world, "order-by-checkout", &[("checkout_uid", id)]);
    assert_eq!((order["reference_code"].as_str(), order["checkout"].as_str()), (Some(reference.as_str()), Some(id)));
    let unknown = world.ask(|account| account.call("get-checkout", &[("checkout_uid".to_owned(), "x".to_owned())].into()));
    assert!(matches!(unknown, Err(ProviderError::Answered { .. })), "{unknown:?}");
}

#[test]
fn trouble_says_what_is_safe_next() {
    let mut world = World::new();
    let purchase = world.purchase("VET:vechain", 1);
    for (kind, is_lost) in [(FaultKind::Status500, true), (FaultKind::Html, true), (FaultKind::RateLimited, false)] {
        world.arm(kind, "/api/v1/orders");
        let outcome = world.create(&purchase);
        let held = match &outcome {
            Err(ProviderError::MaybeSent { .. }) => is_lost,
            Err(ProviderError::RateLimited { retry_after }) => !is_lost && *retry_after == Some(Millis::seconds(2)),
            _ => false,
        };
        assert!(held, "{kind:?}: {outcome:?}");
    }
    let unknown = world.ask(|account| account.fetch("TtXvNRm8"));
    let Err(ProviderError::Answered { message, .. }) = unknown else { panic!("{unknown:?}") };
    assert_eq!(message, "order does not exist (code 1404)");
}
