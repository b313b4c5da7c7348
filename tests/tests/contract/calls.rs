//! Every call of the vendors' documents is made by something that is shown, every operation that makes one really does, and nothing
//! that is not shown can be called.

use crate::suite::data::{Asked, Contract, Exchange, REFERENCE};
use crate::suite::{Failures, every_provider};
use checkout_core::provider::{DocumentedCall, MadeBy, Parameters, ProviderError};
use checkout_core::providers::documented_calls;
use checkout_core::records::{AccountChanges, ListQuery};
use serde_json::{Value, json};

#[test]
fn every_documented_call_is_shown() {
    every_provider(|contract, failures| {
        failures.check(!documented_calls(contract.id).is_empty(), contract.id, || "no call is documented".to_owned());
        for call in documented_calls(contract.id) {
            let place = contract.at(call.name);
            match call.made_by {
                MadeBy::Vendor => failures.check(!contract.webhooks.is_empty(), place, || "no [[webhook]] shows it".to_owned()),
                MadeBy::Operations(operations) => {
                    for operation in operations {
                        let shown = showing(contract, call).any(|exchange| exchange.asked.operation() == *operation);
                        failures.check(shown, &place, || format!("no exchange shows `{operation}` making it"));
                    }
                    let others = showing(contract, call).find(|exchange| !operations.contains(&exchange.asked.operation()));
                    failures
                        .check(others.is_none(), &place, || format!("it is not said to be made by {:?}", others.map(|other| &other.name)));
                }
                MadeBy::Call(parameters) => shown_by_name(contract, call, parameters, failures),
            }
        }
    });
}

/// With all of its parameters, and under its own name.
fn shown_by_name(contract: &Contract, call: &DocumentedCall, parameters: &[&str], failures: &mut Failures) {
    let place = contract.at(call.name);
    let stated: Vec<&Parameters> = showing(contract, call)
        .filter_map(|exchange| match &exchange.asked {
            Asked::Call(name, parameters) if name == call.name => Some(parameters),
            _ => None,
        })
        .collect();
    failures.check(!stated.is_empty(), &place, || "no exchange shows `call` making it".to_owned());
    for parameter in parameters {
        let shown = stated.iter().any(|stated| stated.contains_key(*parameter));
        failures.check(shown, &place, || format!("no exchange states its parameter {parameter}"));
    }
}

#[test]
fn what_is_shown_is_a_documented_call() {
    every_provider(|contract, failures| {
        for exchange in &contract.exchanges {
            let place = contract.at(&exchange.name);
            failures.check(!exchange.calls.is_empty() || exchange.steps.is_empty(), &place, || {
                "it sends something and names no call".to_owned()
            });
            for name in &exchange.calls {
                match documented_calls(contract.id).iter().find(|call| call.name == name) {
                    None => failures.note(&place, format!("{name} is no documented call")),
                    Some(call) => {
                        let sent = exchange.steps.iter().any(|turn| fits(contract, call, &contract.text(&turn.sent)));
                        failures.check(sent, &place, || format!("none of its requests is {name} ({})", call.http));
                    }
                }
            }
            for turn in &exchange.steps {
                let named = documented_calls(contract.id).iter().filter(|call| exchange.calls.iter().any(|name| name == call.name));
                let sent = contract.text(&turn.sent);
                let is_one = named.into_iter().any(|call| fits(contract, call, &sent));
                failures.check(is_one, &place, || format!("{} is none of the calls it names", turn.sent));
            }
        }
        let by_vendor = documented_calls(contract.id).iter().any(|call| call.made_by == MadeBy::Vendor);
        failures
            .check(by_vendor || contract.webhooks.is_empty(), contract.id, || "no notification is documented, and one is shown".to_owned());
    });
}

#[test]
fn what_is_not_shown_cannot_be_done() {
    every_provider(|contract, failures| {
        let account = contract.account();
        for operation in Asked::OPERATIONS {
            if contract.exchanges.iter().any(|exchange| exchange.asked.operation() == *operation) {
                continue;
            }
            let played = contract.converse(account.as_ref(), &example(contract, operation), []);
            let unsupported = matches!(played.error(), Some(ProviderError::Unsupported { .. }));
            failures.check(unsupported && played.sent.is_empty(), contract.at(operation), || {
                format!("no exchange shows it: {}", played.told())
            });
        }
    });
}

#[test]
fn a_call_takes_its_documented_parameters_and_no_others() {
    every_provider(|contract, failures| {
        let account = contract.account();
        let unknown = contract.converse(account.as_ref(), &Asked::Call("no-such-call".to_owned(), Parameters::new()), []);
        let refused = unknown.sent.is_empty() && unknown.error().is_some();
        failures.check(refused, contract.at("no-such-call"), || unknown.told());
        for call in documented_calls(contract.id) {
            let parameters = Parameters::from([("no_such_parameter".to_owned(), "1".to_owned())]);
            let played = contract.converse(account.as_ref(), &Asked::Call(call.name.to_owned(), parameters), []);
            let refused = played.sent.is_empty() && played.error().is_some();
            failures.check(refused, contract.at(call.name), || format!("with a parameter that it does not have: {}", played.told()));
        }
    });
}

#[test]
fn a_filter_is_sent_or_refused_by_name_and_never_ignored() {
    every_provider(|contract, failures| {
        let account = contract.account();
        let plain = contract.converse(account.as_ref(), &Asked::List(ListQuery::default()), []);
        let all = serde_json::to_value(ListQuery::default()).expect("a query is JSON");
        for name in all.as_object().expect("a query is an object").keys() {
            let Some(query) = a_filter(name) else { continue };
            let played = contract.converse(account.as_ref(), &Asked::List(query), []);
            let refused = matches!(played.error(), Some(ProviderError::Answered { field: Some(field), .. }) if field == name);
            let unsupported = matches!(played.error(), Some(ProviderError::Unsupported { .. }));
            let sent = played
                .sent
                .first()
                .zip(plain.sent.first())
                .is_some_and(|(one, other)| (one.uri(), one.body()) != (other.uri(), other.body()));
            failures.check(refused || unsupported || sent, contract.at(&format!("list by {name}")), || played.told());
        }
    });
}

#[test]
fn a_change_of_the_account_is_sent_or_refused_and_never_ignored() {
    every_provider(|contract, failures| {
        let account = contract.account();
        for name in ["email", "full_name", "phone", "address", "webhook_url", "success_url", "cancel_url"] {
            let value = if name == "email" { "new@shop.example" } else { "https://new.example/x" };
            let changes: AccountChanges = serde_json::from_value(json!({ name: value })).expect("a change");
            let played = contract.converse(account.as_ref(), &Asked::UpdateAccount(changes), []);
            let sent = played.sent.first().is_some_and(|request| String::from_utf8_lossy(request.body()).contains(value));
            failures.check(sent || played.error().is_some(), contract.at(&format!("changing {name}")), || played.told());
        }
    });
}

#[test]
fn a_reference_cannot_leave_its_place() {
    every_provider(|contract, failures| {
        let account = contract.account();
        for exchange in &contract.exchanges {
            for reference in ["../payment/1", "..", ".", "", "1/2", "1?type=invoice", "1#x", "1&a=b", "ä b", "1\r\nx: y", "%2e%2e"] {
                let asked = match &exchange.asked {
                    Asked::Fetch(_) => Asked::Fetch(reference.to_owned()),
                    Asked::Capture(_) => Asked::Capture(reference.to_owned()),
                    Asked::Events(_) => Asked::Events(reference.to_owned()),
                    _ => continue,
                };
                let (good, odd) = (contract.play(account.as_ref(), exchange), contract.converse(account.as_ref(), &asked, []));
                let stays = good.sent.first().zip(odd.sent.first()).is_none_or(|(good, odd)| shape(good.uri()) == shape(odd.uri()));
                failures.check(stays, contract.at(&exchange.name), || format!("{reference:?} leads to {}", odd.sent[0].uri()));
            }
        }
    });
}

/// Where a URL leads but for the text of each part: host, number of path segments, names in the query.
fn shape(uri: &http::Uri) -> (Option<&str>, usize, Vec<&str>) {
    let segments = uri.path().split('/').filter(|segment| !segment.is_empty() && !matches!(*segment, "." | ".."));
    let names = uri.query().into_iter().flat_map(|query| query.split('&')).map(|pair| pair.split('=').next().unwrap_or_default());
    (uri.host(), segments.count(), names.collect())
}

fn showing<'a>(contract: &'a Contract, call: &'a DocumentedCall) -> impl Iterator<Item = &'a Exchange> {
    contract.exchanges.iter().filter(|exchange| exchange.calls.iter().any(|name| name == call.name))
}

/// Whether a request's fixture is a documented call: `POST /orders/{id}` below the account's base URL.
fn fits(contract: &Contract, call: &DocumentedCall, sent: &str) -> bool {
    let mut words = sent.split_whitespace();
    let (Some(method), Some(url)) = (words.next(), words.next()) else { return false };
    let Some((documented_method, documented_path)) = call.http.split_once(' ') else { return false };
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let bases = contract.settings.values().filter(|value| value.starts_with("https://"));
    let mut paths = bases.filter_map(|base| path.strip_prefix(base.trim_end_matches('/')));
    let documented: Vec<&str> = segments(documented_path.split('?').next().unwrap_or_default());
    let is_same = |path: &str| {
        let path = segments(path);
        path.len() == documented.len()
            && path.iter().zip(&documented).all(|(part, documented)| documented.starts_with('{') || part == documented)
    };
    method == documented_method && paths.any(is_same)
}

fn segments(path: &str) -> Vec<&str> {
    path.split('/').filter(|segment| !segment.is_empty()).collect()
}

/// An input that would do for any provider.
fn example(contract: &Contract, operation: &str) -> Asked {
    let reference = || REFERENCE.to_owned();
    let purchase = || contract.first("create").asked.purchase().expect("creating is of a purchase").clone();
    match operation {
        "methods" => Asked::Methods,
        "create" => Asked::Create(purchase()),
        "find" => Asked::Find(purchase()),
        "fetch" => Asked::Fetch(reference()),
        "capture" => Asked::Capture(reference()),
        "list" => Asked::List(ListQuery::default()),
        "events" => Asked::Events(reference()),
        "account" => Asked::Account,
        "update_account" => Asked::UpdateAccount(AccountChanges { phone: Some("1".to_owned()), ..AccountChanges::default() }),
        "health" => Asked::Health,
        "call" => Asked::Call("prices".to_owned(), Parameters::new()),
        _ => panic!("{operation} is no operation"),
    }
}

/// A query with one filter, by whichever kind of value it takes.
fn a_filter(name: &str) -> Option<ListQuery> {
    let values = [json!("2"), json!(1_728_117_475_000_i64), json!(2), json!("desc"), Value::Null];
    values.into_iter().find_map(|value| serde_json::from_value(json!({ name: value })).ok()).filter(|query| *query != ListQuery::default())
}
