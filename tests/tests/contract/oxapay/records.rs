//! What the merchant's server asks for beside payments of sessions: the history page by page, the vendor's own calls, and that none of
//! it is taken for a payment of a session.

use crate::oxapay::texts::{KEY, account, in_turn, ok, text};
use crate::oxapay::world::World;
use checkout_core::provider::{About, Parameters, Provider};
use checkout_core::records::{Direction, ListQuery};
use checkout_shared::time::{Millis, Timestamp};
use checkout_tests::driver::run;
use checkout_tests::simulators::Simulator;
use checkout_tests::simulators::oxapay::webhooks::signature;
use http::HeaderMap;
use serde_json::Value;

fn parameters(stated: &[(&str, &str)]) -> Parameters {
    stated.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn call(world: &mut World, name: &str, stated: &[(&str, &str)]) -> Value {
    let begun = world.account.call(name, &parameters(stated));
    let answer = run(begun, |request| world.simulator.handle(request, world.now)).unwrap();
    serde_json::from_str(answer.get()).unwrap()
}

#[test]
fn the_history_is_listed_page_by_page() {
    let mut world = World::new();
    let mut made = Vec::new();
    for method in ["USDT:tron", "BTC:bitcoin", "page:crypto", "USDT:tron", "USDT:tron"] {
        made.push(world.created(method).provider_reference);
        world.pass(Millis::minutes(1));
    }
    let mut list = |query: &ListQuery| run(world.account.list(query), |request| world.simulator.handle(request, world.now)).unwrap();
    let mut listed = Vec::new();
    let mut cursor = None;
    loop {
        let query = ListQuery { direction: Some(Direction::Asc), limit: Some(2), cursor, ..ListQuery::default() };
        let page = list(&query);
        assert_eq!(page.total, Some(5));
        listed.extend(page.payments.into_iter().map(|record| record.payment.provider_reference));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(listed, made);
    let of = |kind: &str| ListQuery { kind: Some(kind.to_owned()), ..ListQuery::default() };
    assert_eq!(["invoice", "white_label", "static_address"].map(|kind| list(&of(kind)).payments.len()), [1, 4, 0]);
    let begun = Timestamp::from_seconds(1_800_000_000);
    let first_two = ListQuery { created_to: Some(begun + Millis::minutes(1)), ..ListQuery::default() };
    assert_eq!(list(&first_two).total, Some(2));
}

/// One that cannot be read would be missing from the list, or be the one that is looked for.
#[test]
fn a_history_with_something_unreadable_in_it_is_not_believed() {
    for list in ["[7]", "[null]", r#"[{"track_id": null}]"#, r#"[{"track_id": 1, "amount": "?", "currency": "USD"}]"#] {
        let body = format!(r#"{{"data":{{"list":{list},"meta":{{"last_page":1}}}},"status":200}}"#);
        let listed = run(account().list(&ListQuery::default()), in_turn([ok(body)]));
        assert!(listed.is_err(), "{list}: {listed:?}");
    }
}

#[test]
fn numbers_of_own_calls_stay_as_the_vendor_writes_them() {
    for (name, as_written) in [("prices", vec!["62500.123456789", "1.079e-1"]), ("statistics", vec!["3.079e-5"])] {
        let answer = run(account().call(name, &Parameters::new()), in_turn([ok(text(&format!("{name}.json")))])).unwrap();
        for number in as_written {
            assert!(answer.get().contains(number), "{}", answer.get());
        }
    }
}

#[test]
fn static_addresses_are_made_listed_and_revoked() {
    let mut world = World::new();
    let made = call(&mut world, "static-address", &[("network", "TRON"), ("auto_withdrawal", "true"), ("order_id", "A-7")]);
    let address = made["address"].as_str().unwrap();
    let listed = |world: &mut World| call(world, "static-addresses", &[("network", "TRON"), ("order_id", "A-7"), ("size", "200")]);
    assert_eq!(listed(&mut world)["list"][0]["address"], made["address"]);
    assert_eq!(listed(&mut world)["list"][0]["auto_withdrawal"], true);
    call(&mut world, "revoke-static-address", &[("address", address)]);
    assert_eq!(listed(&mut world)["meta"]["total"], 0);
}

#[test]
fn what_is_the_same_for_everybody_is_asked_for_without_the_key() {
    let mut world = World::new();
    assert_eq!(call(&mut world, "prices", &[])["USDT"], 1);
    assert_eq!(call(&mut world, "fiats", &[])["EUR"]["symbol"], "EUR");
    assert!(call(&mut world, "networks", &[])["list"].as_array().is_some_and(|networks| networks.len() > 5));
    assert_eq!(run(world.account.health(), |request| world.simulator.handle(request, world.now)), Ok(true));
    let keyed = world.simulator.requests().iter().filter(|request| request.headers.contains_key("merchant_api_key")).count();
    assert_eq!((world.simulator.requests().len(), keyed), (4, 0));
}

#[test]
fn the_statistics_count() {
    let mut world = World::new();
    world.created("USDT:tron");
    assert_eq!(call(&mut world, "statistics", &[("type", "white_label"), ("pay_currency", "USDT")])["total"], 1);
}

#[test]
fn a_system_status_that_says_nothing_is_no_yes() {
    for status in ["null", "{}", "\"\"", "[]"] {
        let health = run(account().health(), in_turn([ok(format!(r#"{{"data":{{"status":{status}}},"status":200}}"#))]));
        assert!(health.is_err(), "{status}: {health:?}");
    }
    let down = run(account().health(), in_turn([ok(r#"{"data":{"status":"maintenance"},"status":200}"#)]));
    assert_eq!(down, Ok(false));
}

/// Its order id is the merchant's own, and may look like anything.
#[test]
fn money_to_a_static_address_is_about_no_session() {
    for (kind, is_ours) in
        [("white_label", true), ("invoice", true), ("static_address", false), ("payment_link", false), ("donation", false)]
    {
        let body = format!(r#"{{"track_id":1,"status":"Paid","type":"{kind}","order_id":"abcdefghijklmnopqrstuvwx27-1"}}"#);
        let headers = HeaderMap::from_iter([("hmac".parse().unwrap(), signature(KEY, body.as_bytes()).parse().unwrap())]);
        let about = account().verify_webhook(&headers, body.as_bytes()).unwrap().about;
        let expected = if is_ours { About::Reference("abcdefghijklmnopqrstuvwx27-1".to_owned()) } else { About::Nothing };
        assert_eq!(about, expected, "{kind}");
    }
}
