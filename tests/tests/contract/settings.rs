//! What an account makes of its settings: none of its secrets, and it is off; some, and what is missing is told by name; anything that
//! would give a secret away is a problem. No problem shows a value.

use crate::suite::conversation::written;
use crate::suite::data::Contract;
use crate::suite::{Failures, every_provider};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

type Stated = BTreeMap<String, String>;

#[test]
fn without_secrets_it_is_off_and_that_is_no_problem() {
    every_provider(|contract, failures| {
        let stated = without(contract, |name| contract.is_secret(name));
        let (account, problems) = contract.configured(|name| stated.get(name).cloned());
        failures.check(account.is_none() && problems.is_empty(), contract.id, || format!("{account:?}, {problems:?}"));
    });
}

#[test]
fn half_a_configuration_names_what_is_missing() {
    every_provider(|contract, failures| {
        let secrets = &contract.canaries.names;
        for chosen in 1..(1_usize << secrets.len()) - 1 {
            let missing: Vec<&String> = secrets.iter().enumerate().filter(|(at, _)| chosen >> at & 1 == 0).map(|(_, name)| name).collect();
            let stated = without(contract, |name| missing.iter().any(|missing| *missing == name));
            let problems = problems(contract, &stated, failures);
            for name in &missing {
                failures.check(problems.iter().any(|problem| problem.contains(*name)), contract.at(name), || {
                    format!("it is missing: {problems:?}")
                });
            }
        }
    });
}

#[test]
fn a_secret_that_cannot_be_one_is_a_problem() {
    every_provider(|contract, failures| {
        for name in &contract.canaries.names {
            for value in ["a b", "ä", "a\nb", "a\u{0}b", "\u{7f}"] {
                let stated = with(contract, name, value);
                let (account, problems) = contract.configured(|name| stated.get(name).cloned());
                let told = problems.iter().any(|problem| problem.contains(name.as_str()));
                failures.check(told, contract.at(name), || format!("{value:?} gives {account:?}, {problems:?}"));
            }
        }
    });
}

#[test]
fn an_address_that_would_give_the_secrets_away_is_a_problem() {
    every_provider(|contract, failures| {
        failures.check(addresses(contract).next().is_some(), contract.id, || "no setting says where the API is".to_owned());
        for (name, _) in addresses(contract) {
            for value in [
                "nonsense",
                "api.vendor.example",
                "ftp://api.vendor.example",
                "http://api.vendor.example/v1",
                "http://127.0.0.1.vendor.example/v1",
                "http://10.0.0.1/v1",
                "https://user:word@api.vendor.example",
                "https://user@api.vendor.example",
                "https://api.vendor.example/?a",
                "https://api.vendor.example/#a",
                "https://",
                "data:text/plain,x",
            ] {
                let stated = with(contract, name, value);
                let problems = problems(contract, &stated, failures);
                let told = problems.iter().any(|problem| problem.contains(name));
                failures.check(told, contract.at(name), || format!("{value} gives {problems:?}"));
                failures
                    .check(!problems.concat().contains("vendor.example"), contract.at(name), || format!("a value is shown: {problems:?}"));
            }
        }
    });
}

#[test]
fn a_simulator_on_this_machine_may_be_without_tls() {
    every_provider(|contract, failures| {
        for (name, _) in addresses(contract) {
            for value in ["http://127.0.0.1:8789/v1", "http://localhost:8789/v1", "http://[::1]:8789"] {
                let stated = with(contract, name, value);
                let (account, problems) = contract.configured(|name| stated.get(name).cloned());
                failures.check(account.is_some() && problems.is_empty(), contract.at(name), || format!("{value} gives {problems:?}"));
            }
        }
    });
}

#[test]
fn an_address_may_end_with_a_slash() {
    every_provider(|contract, failures| {
        for (name, value) in addresses(contract) {
            let stated = with(contract, name, &format!("{value}/"));
            let (account, problems) = contract.configured(|name| stated.get(name).cloned());
            let Some(account) = account else { return failures.note(contract.at(name), format!("{problems:?}")) };
            for exchange in &contract.exchanges {
                let sent: Vec<String> = contract.play(account.as_ref(), exchange).sent.iter().map(written).collect();
                let usual: Vec<String> = contract.play(contract.account().as_ref(), exchange).sent.iter().map(written).collect();
                failures.check(sent == usual, contract.at(&exchange.name), || format!("with {name} ending with a slash it sends {sent:?}"));
            }
        }
    });
}

#[test]
fn every_setting_is_in_wrangler_toml() {
    every_provider(|contract, failures| {
        let wrangler = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../wrangler.toml")).expect("wrangler.toml");
        let words: BTreeSet<&str> = wrangler.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').collect();
        let asked = RefCell::new(BTreeSet::new());
        let (account, problems) = contract.configured(|name| {
            asked.borrow_mut().insert(name.to_owned());
            contract.settings.get(name).cloned()
        });
        failures.check(account.is_some(), contract.id, || format!("{problems:?}"));
        let asked = asked.into_inner();
        for name in &asked {
            failures.check(words.contains(name.as_str()), contract.at(name), || "it is not in wrangler.toml".to_owned());
        }
        for name in contract.settings.keys() {
            failures.check(asked.contains(name), contract.at(name), || "it is set, and nobody asks for it".to_owned());
        }
    });
}

/// The problems with some settings. There must be some, and no secret in them.
fn problems(contract: &Contract, stated: &Stated, failures: &mut Failures) -> Vec<String> {
    let (account, problems) = contract.configured(|name| stated.get(name).cloned());
    failures.check(!problems.is_empty(), contract.id, || format!("no problem, and {account:?}"));
    let shown = contract.shown_in(&problems.concat());
    failures.check(shown.is_none(), contract.id, || format!("{shown:?} is shown: {problems:?}"));
    problems
}

/// The settings that say where something is.
fn addresses(contract: &Contract) -> impl Iterator<Item = (&str, &str)> {
    let named = |name: &str| name.ends_with("_URL");
    contract.settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).filter(move |(name, _)| named(name))
}

fn with(contract: &Contract, name: &str, value: &str) -> Stated {
    let mut stated = contract.settings.clone();
    stated.insert(name.to_owned(), value.to_owned());
    stated
}

fn without(contract: &Contract, left_out: impl Fn(&str) -> bool) -> Stated {
    contract.settings.iter().filter(|(name, _)| !left_out(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
}
