//! Every documented status word has one meaning, in any letter case; a word that is not documented is pending and is told on: never
//! paid, never failed.

use crate::suite::data::Contract;
use crate::suite::every_provider;
use checkout_core::provider::{PaymentStatus, Provider, Snapshot};

/// Words that no vendor documents; some read like ones that are.
const UNKNOWN: &[&str] = &["something_new", "paid!", "not paid", "unpaidish", "prepaid", "PAID?", "successful-ish", "終"];

#[test]
fn every_documented_word_is_ours_in_any_letter_case() {
    every_provider(|contract, failures| {
        let account = contract.account();
        for (word, status) in &contract.statuses.words {
            for word in [word.clone(), word.to_lowercase(), word.to_uppercase(), title(word)] {
                let snapshot = told(contract, account.as_ref(), &word);
                let held = snapshot.as_ref().is_ok_and(|snapshot| snapshot.status == *status && snapshot.unknown_status.is_none());
                failures.check(held, contract.at(&format!("status {word:?}")), || format!("expected {status:?}: {snapshot:?}"));
            }
        }
    });
}

#[test]
fn an_unknown_word_is_pending_and_told_on() {
    every_provider(|contract, failures| {
        let account = contract.account();
        for word in UNKNOWN {
            let snapshot = told(contract, account.as_ref(), word);
            let held = snapshot
                .as_ref()
                .is_ok_and(|snapshot| snapshot.status == PaymentStatus::Pending && snapshot.unknown_status.as_deref() == Some(*word));
            failures.check(held, contract.at(&format!("status {word:?}")), || format!("{snapshot:?}"));
        }
    });
}

#[test]
fn every_provider_can_say_paid() {
    every_provider(|contract, failures| {
        let says_paid = contract.statuses.words.values().any(|status| *status == PaymentStatus::Paid);
        failures.check(says_paid, contract.id, || "no status word means paid".to_owned());
    });
}

/// What fetching comes to when the vendor says this word.
fn told(contract: &Contract, account: &dyn Provider, word: &str) -> Result<Snapshot, String> {
    let exchange = contract.exchange(&contract.statuses.exchange);
    let last = exchange.steps.last().expect("fetching asks something");
    let answer = contract.answer_with(last, &contract.statuses.replace, &contract.statuses.with.replace("{word}", word));
    let played = contract.play_last(account, exchange, answer);
    let told = played.told();
    let understood = played.outcome.and_then(Result::ok).ok_or(told)?;
    serde_json::from_value(understood.json).map_err(|error| format!("{} is no fetch exchange: {error}", exchange.name))
}

fn title(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters.flat_map(char::to_lowercase)).collect()).unwrap_or_default()
}
