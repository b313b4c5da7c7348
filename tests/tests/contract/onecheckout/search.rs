//! Orders whose creation was not answered: found by the list, with and without our reference in it, or left unsaid; never created again.

use super::world::{KEY, ORIGIN, World, ok};
use bytes::Bytes;
use checkout_core::provider::{Found, PaymentStatus, ProviderError, Purchase, Stated};
use checkout_shared::session::Instructions;
use checkout_shared::time::Millis;
use checkout_tests::driver::run;
use checkout_tests::simulators::onecheckout::Config;
use checkout_tests::simulators::{Action, FaultKind};
use http::Response;

fn world(list_references: bool, page_told_again: bool) -> World {
    World::new(Config { list_references, page_told_again, ..Config::new(KEY) })
}

/// Other customers' orders, made at one time.
fn others(world: &mut World, count: usize, amount: &str) {
    for number in 0..count {
        let mut other = world.purchase(amount, "USD");
        other.reference = format!("bbbbbbbbbbbbbbbbbbbbbbbbbb-{number}");
        world.create(&other).unwrap();
    }
}

/// Creates an order whose answer is lost.
fn lose(world: &mut World, fault: FaultKind) -> Purchase {
    let purchase = world.purchase("25.50", "USD");
    world.arm(fault, "/api/v1.0/orders");
    let lost = world.create(&purchase);
    assert!(matches!(lost, Err(ProviderError::MaybeSent { .. })), "{lost:?}");
    purchase
}

#[test]
fn a_lost_order_is_found_whether_or_not_the_list_names_it() {
    for (list_references, page_told_again) in [(false, false), (false, true), (true, false), (true, true)] {
        for fault in [FaultKind::TimeoutAfterWork, FaultKind::Truncate] {
            let mut world = world(list_references, page_told_again);
            others(&mut world, 3, "25.50");
            others(&mut world, 3, "7");
            let purchase = lose(&mut world, fault);
            world.pass(Millis::seconds(20));
            others(&mut world, 2, "25.50");
            let found = world.find(&purchase).unwrap().unwrap();
            assert_eq!(found.provider_reference, "0007");
            assert_eq!(found.stated, Stated { price: Some(purchase.price.clone()), reference: Some(purchase.reference.clone()) });
            let page = Instructions::Page { url: format!("{ORIGIN}/pay/0007"), expires_at: purchase.started_at + purchase.lifetime };
            assert_eq!(found.instructions, page_told_again.then_some(page));
            assert_eq!(world.simulated.payments(&purchase.reference).len(), 1, "and not created again");
        }
    }
}

#[test]
fn one_that_was_paid_meanwhile_is_found_too() {
    let mut world = world(false, true);
    let purchase = lose(&mut world, FaultKind::TimeoutAfterWork);
    world.act("0001", Action::Exact);
    let found = world.find(&purchase).unwrap().unwrap();
    assert_eq!((found.provider_reference.as_str(), found.instructions), ("0001", None));
    assert_eq!(world.fetch("0001").unwrap().status, PaymentStatus::Paid);
}

#[test]
fn one_that_was_never_made_is_not_found() {
    for fault in [FaultKind::Status500, FaultKind::Html] {
        for list_references in [false, true] {
            let mut world = world(list_references, true);
            others(&mut world, 3, "25.50");
            let purchase = lose(&mut world, fault);
            assert_eq!(world.find(&purchase), Ok(None));
        }
    }
}

#[test]
fn the_list_is_read_page_by_page() {
    for list_references in [false, true] {
        let mut world = world(list_references, false);
        let purchase = lose(&mut world, FaultKind::TimeoutAfterWork);
        others(&mut world, 450, "7");
        let before = world.asked().len();
        let found = world.find(&purchase).unwrap().unwrap();
        assert_eq!(found.provider_reference, "0001");
        assert_eq!(world.asked()[before..], ["POST /orders-list", "POST /orders-list", "POST /orders-list", "GET /orders/0001"]);
    }
}

#[test]
fn orders_long_before_and_after_are_not_looked_at() {
    let mut world = world(false, false);
    others(&mut world, 5, "25.50");
    world.pass(Millis::hours(3));
    let purchase = lose(&mut world, FaultKind::TimeoutAfterWork);
    world.pass(Millis::hours(3));
    others(&mut world, 5, "25.50");
    let before = world.asked().len();
    assert_eq!(world.find(&purchase).unwrap().unwrap().provider_reference, "0006");
    assert_eq!(world.asked()[before..], ["POST /orders-list", "GET /orders/0006"]);
}

#[test]
fn the_nearest_in_time_are_read_first() {
    let mut world = world(false, false);
    others(&mut world, 20, "25.50");
    world.pass(Millis::minutes(5));
    let purchase = lose(&mut world, FaultKind::TimeoutAfterWork);
    world.pass(Millis::minutes(4));
    others(&mut world, 20, "25.50");
    let before = world.asked().len();
    assert_eq!(world.find(&purchase).unwrap().unwrap().provider_reference, "0021");
    assert_eq!(world.asked()[before..], ["POST /orders-list", "GET /orders/0021"]);
}

#[test]
fn a_search_that_comes_to_no_end_says_nothing() {
    let mut world = world(false, false);
    others(&mut world, 60, "25.50");
    let purchase = world.purchase("25.50", "USD");
    let outcome = world.find(&purchase);
    assert!(matches!(outcome, Err(ProviderError::NotSent { .. })), "it may be among those not read: {outcome:?}");
    let mut page = 0;
    let endless = run(world.account.find(&purchase), |_| {
        page += 1;
        ok(format!(r#"{{"orders":[],"next_anchor":"{page}"}}"#))
    });
    assert!(matches!(endless, Err(ProviderError::NotSent { .. })), "{endless:?}");
    assert!(page <= 20);
}

#[test]
fn a_page_that_points_to_itself_is_the_last() {
    let world = world(false, false);
    let purchase = world.purchase("25.50", "USD");
    let mut pages = 0;
    let outcome = run(world.account.find(&purchase), |_| {
        pages += 1;
        ok(r#"{"orders":[],"next_anchor":"0001"}"#)
    });
    assert_eq!((outcome, pages), (Ok(None), 2));
}

/// Searches among three orders of the price, with these answers to reading them.
fn find_among_odd_ones(answers: [Response<Bytes>; 3]) -> Result<Option<Found>, ProviderError> {
    let world = world(false, false);
    let list = r#"{"orders":[{"id":"0001","amount":25.5},{"id":"0002","amount":25.5},{"id":"0003","amount":25.5}]}"#;
    let mut answers = [ok(list)].into_iter().chain(answers);
    run(world.account.find(&world.purchase("25.50", "USD")), |_| answers.next().expect("four requests"))
}

fn refused(status: u16, body: &'static str) -> Response<Bytes> {
    Response::builder().status(status).body(body.into()).unwrap()
}

const OURS: &str = r#"{"id":"0003","amount":25.5,"currency":"USD","reference_id":"abcdefghijklmnopqrstuvwx27-1"}"#;
const ANOTHERS: &str = r#"{"id":"0003","amount":25.5,"currency":"USD","reference_id":"somebody's"}"#;

#[test]
fn an_order_that_cannot_be_read_is_passed_over() {
    let gone = || refused(404, r#"{"error":{"code":"id_invalid","message":"No such order"}}"#);
    let gone_otherwise = || refused(400, r#"{"error":"id_invalid"}"#);
    let forbidden = || refused(403, r#"{"error":"forbidden"}"#);
    for (one, other, known) in [
        (gone(), gone(), true),
        (gone_otherwise(), gone(), true),
        (gone(), forbidden(), false),
        (ok("<html></html>"), gone(), false),
        (gone(), ok(r#"{"id":"0002","amount":"?","currency":"USD"}"#), false),
        (ok(r#"{"id":"0007","amount":25.5,"currency":"USD"}"#), forbidden(), false),
    ] {
        let told = format!("{one:?} {other:?}");
        let found = find_among_odd_ones([one.clone(), other.clone(), ok(OURS)]);
        assert_eq!(found.unwrap().map(|found| found.provider_reference).as_deref(), Some("0003"), "{told}");
        // Where ours is not among the others, it may be the one that could not be read.
        let not_found = find_among_odd_ones([one, other, ok(ANOTHERS)]);
        assert_eq!((not_found == Ok(None), matches!(not_found, Err(ProviderError::NotSent { .. }))), (known, !known), "{told}");
    }
}

#[test]
fn trouble_while_reading_orders_ends_the_search() {
    for status in [429, 500, 408] {
        let outcome = find_among_odd_ones([refused(status, ""), ok("no further one is read"), ok(OURS)]);
        assert!(matches!(outcome, Err(ProviderError::NotSent { .. } | ProviderError::RateLimited { .. })), "{status}: {outcome:?}");
    }
}

/// The list is of whole hours; ours was made within minutes of its purchase.
#[test]
fn only_orders_made_about_when_ours_was_are_read() {
    let world = world(false, false);
    let purchase = world.purchase("25.50", "USD");
    let at = |span: Millis| (purchase.started_at + span).0;
    for (created, read) in [
        (at(Millis::minutes(-10)).to_string(), true),
        (at(Millis::minutes(10)).to_string(), true),
        (at(Millis::minutes(10)).to_string() + "1", false),
        ((at(Millis::minutes(10)) + 1).to_string(), false),
        ((at(Millis::minutes(-10)) - 1).to_string(), false),
        ("null".to_owned(), true),
    ] {
        let list = format!(r#"{{"orders":[{{"id":"0003","amount":25.5,"created":{created}}}]}}"#);
        let mut answers = [ok(list), ok(OURS)].into_iter();
        let found = run(world.account.find(&purchase), |_| answers.next().expect("two requests")).unwrap();
        assert_eq!(found.is_some(), read, "{created}");
    }
}

/// The list is asked for by a POST that changes nothing.
#[test]
fn a_search_whose_answer_is_lost_leaves_nothing_in_doubt() {
    for path in ["/api/v1.0/orders-list", "/api/v1.0/orders/0001"] {
        let mut world = world(false, false);
        let purchase = lose(&mut world, FaultKind::TimeoutAfterWork);
        world.arm(FaultKind::TimeoutAfterWork, path);
        let outcome = world.find(&purchase);
        assert!(matches!(outcome, Err(ProviderError::NotSent { .. })), "{path}: {outcome:?}");
        assert!(world.find(&purchase).unwrap().is_some());
    }
}

#[test]
fn a_list_and_an_order_that_disagree_are_not_believed() {
    let world = world(false, false);
    let purchase = world.purchase("25.50", "USD");
    let list = r#"{"orders":[{"id":"0001","amount":25.5,"reference_id":"abcdefghijklmnopqrstuvwx27-1"}]}"#;
    for (order, reference) in [
        (r#"{"id":"0001","amount":25.5,"currency":"USD"}"#, Some("abcdefghijklmnopqrstuvwx27-1")),
        (r#"{"id":"0001","amount":25.5,"reference_id":"somebody's"}"#, Some("somebody's")),
        (r#"{"id":"0002","amount":25.5,"reference_id":"abcdefghijklmnopqrstuvwx27-1"}"#, None),
        (r#"{"id":"0001","amount":"?","reference_id":"abcdefghijklmnopqrstuvwx27-1"}"#, None),
    ] {
        let mut answers = [list, order].into_iter();
        let outcome = run(world.account.find(&purchase), |_| ok(answers.next().expect("two requests")));
        match reference {
            // Another reference is told as it is: the session shows nobody the page and a person decides.
            Some(reference) => assert_eq!(outcome.unwrap().unwrap().stated.reference.as_deref(), Some(reference), "{order}"),
            None => assert!(matches!(outcome, Err(ProviderError::NotSent { .. })), "{order}: {outcome:?}"),
        }
    }
}
