//! What is written for people stays true: the README's table of every documented call, and each provider's list of its fixtures.

use crate::suite::data::{Contract, Exchange, directory};
use crate::suite::every_provider;
use checkout_core::provider::{DocumentedCall, MadeBy};
use checkout_core::providers::documented_calls;
use checkout_shared::provider::ProviderId;
use std::fs;
use std::path::PathBuf;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Every documented call of every provider and what shows it. Printed whole where the README differs: paste it there.
#[test]
fn the_readme_lists_every_documented_call() {
    let readme = fs::read_to_string(format!("{ROOT}/README.md")).expect("README.md");
    let table = readme.split_once("<!-- calls -->").and_then(|(_, rest)| rest.split_once("<!-- /calls -->"));
    let table = table.expect("README.md has a table between <!-- calls --> and <!-- /calls -->").0.trim();
    let expected = expected_table();
    assert!(table == expected.trim(), "\n\nthe table of calls in README.md should be:\n\n{expected}\n");
}

fn expected_table() -> String {
    let mut table = "| provider | call | documented as | made by | shown by |\n|---|---|---|---|---|\n".to_owned();
    for id in ProviderId::ALL {
        let contract = Contract::of(*id).unwrap_or_else(|problem| panic!("{id}: {problem}"));
        for call in documented_calls(*id) {
            let row =
                format!("| {id} | {} | `{}` | {} | {} |\n", call.name, call.http, made_by(&contract, call), shown_by(&contract, call));
            table.push_str(&row);
        }
    }
    table
}

/// What is said to make it; and what else is shown to make it, where that is a call of the vendor's own.
fn made_by(contract: &Contract, call: &DocumentedCall) -> String {
    let mut makers: Vec<String> = match call.made_by {
        MadeBy::Operations(operations) => operations.iter().map(|operation| format!("`{operation}`")).collect(),
        MadeBy::Call(_) => vec![format!("`call(\"{}\")`", call.name)],
        MadeBy::Vendor => vec!["the vendor".to_owned()],
    };
    for exchange in contract.exchanges.iter().filter(|exchange| shows(exchange, call) && exchange.asked.operation() != "call") {
        let operation = format!("`{}`", exchange.asked.operation());
        if !makers.contains(&operation) {
            makers.push(operation);
        }
    }
    makers.join(", ")
}

fn shows(exchange: &Exchange, call: &DocumentedCall) -> bool {
    exchange.calls.iter().any(|name| name == call.name)
}

fn shown_by(contract: &Contract, call: &DocumentedCall) -> String {
    let names: Vec<&str> = match call.made_by {
        MadeBy::Vendor => contract.webhooks.iter().map(|webhook| webhook.name.as_str()).collect(),
        MadeBy::Operations(_) | MadeBy::Call(_) => {
            contract.exchanges.iter().filter(|exchange| shows(exchange, call)).map(|exchange| exchange.name.as_str()).collect()
        }
    };
    names.join("; ")
}

#[test]
fn every_fixture_says_where_it_is_from() {
    every_provider(|contract, failures| {
        let readme = fs::read_to_string(directory(contract.id).join("README.md")).unwrap_or_default();
        let named: Vec<&str> = readme.split('`').skip(1).step_by(2).collect();
        let files = files(contract);
        for file in &files {
            let listed = named.iter().any(|pattern| matches(pattern, file));
            failures.check(listed, contract.at(file), || "the README beside it does not name it".to_owned());
        }
        let patterns = named.iter().filter(|name| is_file_name(name));
        for pattern in patterns {
            let stands = files.iter().any(|file| matches(pattern, file)) || matches!(*pattern, "README.md" | "contract.toml");
            failures.check(stands, contract.at(pattern), || "the README beside it names it, and it is not there".to_owned());
        }
    });
}

/// By name in the contract, or by name (without its ending) in a test of the provider's own.
#[test]
fn every_fixture_is_used() {
    every_provider(|contract, failures| {
        let mut readers = fs::read_to_string(directory(contract.id).join("contract.toml")).expect("contract.toml");
        let own = format!("{}/tests/contract", env!("CARGO_MANIFEST_DIR"));
        for path in [PathBuf::from(format!("{own}/{}.rs", contract.id))].into_iter().chain(rust_files(&format!("{own}/{}", contract.id))) {
            readers.push_str(&fs::read_to_string(path).unwrap_or_default());
        }
        for file in files(contract) {
            let stem = file.split('.').next().unwrap_or(&file);
            failures.check(readers.contains(stem), contract.at(&file), || "no test reads it".to_owned());
        }
    });
}

/// The provider's fixtures, the contract and the list left out.
fn files(contract: &Contract) -> Vec<String> {
    let entries = fs::read_dir(directory(contract.id)).expect("the fixtures");
    let mut files: Vec<String> = entries.map(|entry| entry.expect("a fixture").file_name().to_string_lossy().into_owned()).collect();
    files.retain(|file| !matches!(file.as_str(), "README.md" | "contract.toml"));
    files.sort();
    files
}

fn rust_files(directory: &str) -> Vec<PathBuf> {
    let paths = fs::read_dir(directory).into_iter().flatten().flatten().map(|entry| entry.path());
    paths.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}

/// A name of a file, or one with a single `*` in it.
fn matches(pattern: &str, file: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == file,
        Some((start, end)) => file.len() >= start.len() + end.len() && file.starts_with(start) && file.ends_with(end),
    }
}

fn is_file_name(name: &str) -> bool {
    let known = [".json", ".http", ".hmac", ".txt", ".toml", ".md"].iter().any(|ending| name.ends_with(ending));
    known && !name.contains([' ', '/', '{', '…'])
}
