//! Who may ask, and how often: the header that carries the key in each setting, and the quota of a key.

use super::world::{KEY, World, account, ok, purchase};
use bytes::Bytes;
use checkout_core::provider::{Provider, ProviderError};
use checkout_core::records::{AccountChanges, ListQuery};
use checkout_shared::time::Millis;
use checkout_tests::driver::run;
use checkout_tests::simulators::Simulator;
use checkout_tests::simulators::onecheckout::{Config, Headers};
use http::Request;

/// The headers that carry a key, and what they carry it as.
const BEARER: (&str, &str) = ("authorization", "Bearer canary-onecheckout-api-key-0001");
const X_API_KEY: (&str, &str) = ("x-api-key", KEY);
const API_KEY: (&str, &str) = ("api-key", KEY);

fn set_to(auth: Option<&str>) -> Box<dyn Provider> {
    account(|name| match name {
        "ONECHECKOUT_API_KEY" => Some(KEY.to_owned()),
        "ONECHECKOUT_AUTH" => auth.map(str::to_owned),
        _ => None,
    })
}

/// The first request of every operation; those about orders, and those about the account.
fn requests(account: &dyn Provider) -> [Vec<Request<Bytes>>; 2] {
    let mut sent = Vec::new();
    let mut keep = |request: Request<Bytes>| {
        sent.push(request);
        ok("")
    };
    drop(run(account.create(&purchase("25.50", "USD")), &mut keep));
    drop(run(account.fetch("0001"), &mut keep));
    drop(run(account.capture("0001"), &mut keep));
    drop(run(account.methods(), &mut keep));
    drop(run(account.account(), &mut keep));
    let changes = AccountChanges { full_name: Some("Corner Café".to_owned()), ..AccountChanges::default() };
    drop(run(account.update_account(&changes), &mut keep));
    drop(run(account.list(&ListQuery::default()), &mut keep));
    drop(run(account.find(&purchase("25.50", "USD")), &mut keep));
    drop(run(account.events("0001"), &mut keep));
    assert_eq!(sent.len(), 9);
    let about_the_account = sent.split_off(3);
    [sent, about_the_account]
}

fn assert_carry(requests: &[Request<Bytes>], (name, value): (&str, &str)) {
    for request in requests {
        let carried: Vec<(&str, &str)> = ["authorization", "x-api-key", "api-key"]
            .into_iter()
            .filter_map(|name| Some((name, request.headers().get(name)?.to_str().unwrap())))
            .collect();
        assert_eq!(carried, [(name, value)], "{} {}", request.method(), request.uri());
    }
}

#[test]
fn the_key_is_in_the_header_that_is_set_and_in_no_other() {
    for (word, orders, others) in [
        (None, BEARER, X_API_KEY),
        (Some("document"), BEARER, X_API_KEY),
        (Some("bearer"), BEARER, BEARER),
        (Some("x-api-key"), X_API_KEY, X_API_KEY),
        (Some("api-key"), API_KEY, API_KEY),
    ] {
        let [about_orders, about_the_account] = requests(set_to(word).as_ref());
        assert_carry(&about_orders, orders);
        assert_carry(&about_the_account, others);
    }
}

/// Each setting works with a vendor that takes it, and what it does not take is told by the vendor's own words.
#[test]
fn the_vendor_takes_the_key_from_no_other_header_than_its_own() {
    for (headers, word, order, list) in [
        (Headers::Document, "document", None, None),
        (Headers::Document, "bearer", None, None),
        (Headers::Document, "x-api-key", Some((401, "missing token")), None),
        (Headers::Document, "api-key", Some((401, "missing token")), Some((400, "api_key_required: api_key_required"))),
        (Headers::Bearer, "bearer", None, None),
        (Headers::Bearer, "document", None, Some((400, "api_key_required: api_key_required"))),
        (Headers::XApiKey, "x-api-key", None, None),
        (Headers::XApiKey, "document", Some((401, "missing token")), None),
        (Headers::ApiKey, "api-key", None, None),
        (Headers::ApiKey, "bearer", Some((401, "missing token")), Some((400, "api_key_required: api_key_required"))),
    ] {
        let mut world = World::new(Config { headers, ..Config::new(KEY) });
        world.tell("ONECHECKOUT_AUTH", word);
        let purchase = world.purchase("25.50", "USD");
        let created = world.create(&purchase).map(drop);
        let listing = world.account.list(&ListQuery::default());
        let listed = world.run(listing).map(drop);
        for (outcome, expected) in [(created, order), (listed, list)] {
            let told = outcome.err().map(|error| match error {
                ProviderError::Answered { status, message, .. } => (status, message),
                other => panic!("{headers:?}, {word}: {other:?}"),
            });
            assert_eq!(told, expected.map(|(status, message)| (status, message.to_owned())), "{headers:?}, {word}");
        }
    }
}

#[test]
fn the_simulator_tells_a_worker_how_to_be_called() {
    for headers in [Headers::Document, Headers::Bearer, Headers::XApiKey, Headers::ApiKey] {
        let mut world = World::new(Config { headers, ..Config::new(KEY) });
        let id = world.created();
        assert!(world.fetch(&id).is_ok());
        let events = world.account.events(&id);
        assert!(world.run(events).is_ok(), "{headers:?}");
    }
}

#[test]
fn another_key_is_no_key() {
    let mut world = World::as_documented();
    world.tell("ONECHECKOUT_API_KEY", "canary-onecheckout-another");
    let purchase = world.purchase("25.50", "USD");
    let refused = world.create(&purchase).unwrap_err();
    assert!(
        matches!(&refused, ProviderError::Answered { status: 401, message, .. } if message.starts_with("api_key_invalid")),
        "{refused:?}"
    );
}

#[test]
fn a_thousand_requests_a_minute_and_not_one_more() {
    let mut world = World::as_documented();
    let id = world.created();
    for _ in 1..1000 {
        world.pass(Millis(50));
        assert!(world.fetch(&id).is_ok());
    }
    assert_eq!(world.fetch(&id), Err(ProviderError::RateLimited { retry_after: None }));
    assert!(matches!(world.create(&purchase("25.50", "USD")), Err(ProviderError::RateLimited { .. })), "it is one quota for all calls");
    assert_eq!(world.simulated.payments("").len(), 1, "nothing was done");
    // The first request leaves the minute; those turned away have not counted.
    world.now = world.now + Millis(60_000 - 999 * 50);
    assert!(world.fetch(&id).is_ok());
    assert!(world.fetch(&id).is_err());
    world.pass(Millis(50));
    assert!(world.fetch(&id).is_ok());
}

#[test]
fn what_shows_no_key_uses_up_nobodys_quota() {
    let mut world = World::as_documented();
    let id = world.created();
    for _ in 0..2000 {
        let anonymous = Request::get("/api/v1.0/orders/0001").body(Bytes::new()).unwrap();
        assert_eq!(world.simulated.handle(anonymous, world.now).status().as_u16(), 401);
    }
    assert!(world.fetch(&id).is_ok());
}

#[test]
fn ten_requests_at_once_and_not_one_more() {
    let mut world = World::as_documented();
    let request = || Request::get("/api/v1.0/me").body(Bytes::new()).unwrap();
    let mut under_way: Vec<_> = (0..10).map(|_| world.simulated.enter(&request(), world.now).unwrap()).collect();
    let turned_away = world.simulated.enter(&request(), world.now).unwrap_err();
    assert_eq!(turned_away.status().as_u16(), 429);
    world.simulated.leave(under_way.pop().unwrap());
    assert!(world.simulated.enter(&request(), world.now).is_ok());
    let limits = world.account.limits();
    assert_eq!((limits.in_flight, limits.per_minute, limits.numbered), (Some(10), Some(1000), false), "and the account says so");
}
