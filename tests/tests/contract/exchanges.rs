//! What is sent, to the letter, and what is understood of the answers. A comparison that fails prints what should be in the file, if
//! the file is what is wrong.

use crate::suite::conversation::{Played, kind, written};
use crate::suite::data::{Contract, Exchange, Expected, directory, response};
use crate::suite::{Failures, every_provider};
use checkout_core::provider::{Provider, ProviderError};
use checkout_core::step::only_asks;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;

#[test]
fn what_is_sent_and_understood_is_what_the_files_say() {
    every_provider(|contract, failures| {
        let account = contract.account();
        let mut numbered = false;
        for exchange in &contract.exchanges {
            numbered |= compare(contract, account.as_ref(), exchange, failures);
        }
        let limits = account.limits();
        failures.check(numbered == limits.numbered, contract.id, || format!("its requests are numbered: {numbered}, but {limits:?}"));
    });
}

#[test]
fn asking_for_news_never_leaves_anything_in_doubt() {
    every_provider(|contract, failures| {
        let account = contract.account();
        for exchange in contract.exchanges.iter().filter(|exchange| !exchange.asked.changes()) {
            for step in 0..exchange.steps.len() {
                let answer = response(502, &BTreeMap::new(), "<html></html>".into());
                let played = contract.play_step(account.as_ref(), exchange, step, answer);
                let held = matches!(played.error(), Some(ProviderError::NotSent { .. }));
                failures.check(held, contract.at(&exchange.name), || format!("status 502 at step {step}: {}", played.told()));
            }
        }
    });
}

#[test]
fn nothing_is_in_doubt_before_anything_was_posted() {
    every_provider(|contract, failures| {
        let account = contract.account();
        for exchange in contract.exchanges.iter().filter(|exchange| exchange.asked.changes()) {
            for step in 0..exchange.steps.len() {
                let answer = response(502, &BTreeMap::new(), "<html></html>".into());
                let played = contract.play_step(account.as_ref(), exchange, step, answer);
                if played.sent.iter().all(|request| request.method() == http::Method::GET) {
                    let held = matches!(played.error(), Some(ProviderError::NotSent { .. }));
                    failures.check(held, contract.at(&exchange.name), || format!("status 502 at step {step}: {}", played.told()));
                }
            }
        }
    });
}

/// What carries a conversation must know what is lost with an answer that never comes; no status tells it.
#[test]
fn a_request_that_changes_something_is_told_from_one_that_only_asks() {
    every_provider(|contract, failures| {
        let account = contract.account();
        for exchange in contract.exchanges.iter().filter(|exchange| !exchange.steps.is_empty()) {
            let sent = contract.play(account.as_ref(), exchange).sent;
            let place = contract.at(&exchange.name);
            if !exchange.asked.changes() {
                failures.check(sent.iter().all(only_asks), place, || "one of its requests is not marked as only asking".to_owned());
            } else if exchange.asked.operation() != "call" && matches!(exchange.expected, Expected::Understood(_)) {
                failures.check(!sent.iter().all(only_asks), place, || "it changes something, and all of its requests only ask".to_owned());
            }
        }
    });
}

/// Plays an exchange, and says whether its requests are numbered.
fn compare(contract: &Contract, account: &dyn Provider, exchange: &Exchange, failures: &mut Failures) -> bool {
    let played = contract.play(account, exchange);
    requests(contract, exchange, &played, failures);
    outcome(contract, exchange, &played, failures);
    played.numbered
}

fn requests(contract: &Contract, exchange: &Exchange, played: &Played, failures: &mut Failures) {
    let place = contract.at(&exchange.name);
    for (at, request) in played.sent.iter().enumerate() {
        let actual = written(request);
        let Some(turn) = exchange.steps.get(at) else {
            failures.note(&place, format!("nobody expected request {}:\n{actual}", at + 1));
            continue;
        };
        let same = fs::read_to_string(directory(contract.id).join(&turn.sent)).is_ok_and(|sent| sent == actual);
        failures.check(same, &place, || format!("{} is not what is sent, which is:\n{actual}", turn.sent));
    }
    if played.sent.len() < exchange.steps.len() {
        failures.note(&place, format!("only {} of {} requests were sent; {}", played.sent.len(), exchange.steps.len(), played.told()));
    }
}

fn outcome(contract: &Contract, exchange: &Exchange, played: &Played, failures: &mut Failures) {
    let place = contract.at(&exchange.name);
    match (&played.outcome, &exchange.expected) {
        (Some(Ok(understood)), Expected::Understood(file)) => {
            let expected = fs::read(directory(contract.id).join(file)).ok();
            let same = expected.and_then(|text| serde_json::from_slice::<Value>(&text).ok()).is_some_and(|value| value == understood.json);
            failures.check(same, &place, || format!("{file} is not what is understood, which is:\n{:#}", understood.json));
        }
        (Some(Err(error)), Expected::Error(expected, field)) => {
            let named = matches!(error, ProviderError::Answered { field: Some(named), .. } if field.as_ref() == Some(named));
            failures.check(kind(error) == *expected && (field.is_none() || named), &place, || {
                format!("expected {expected:?} {field:?}: {error:?}")
            });
        }
        _ => failures.note(&place, played.told()),
    }
}
