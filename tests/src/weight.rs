//! What a customer's browser loads before it can pay, and what the shop's page loads: weighed compressed, as it travels, against budgets.

use crate::assemble::{assets, files};
use crate::problem::{Outcome, Problem};
use crate::workspace;

/// The most that may be loaded before the checkout runs, in bytes. The goal is 90 000: lower it as the page becomes lighter.
const FIRST_LOAD: u64 = 105_000;
/// The most the loader in the shop's page may weigh, in bytes.
const LOADER: u64 = 1_000;

/// Prints the weight, in bytes by brotli at its best, of each file it is given. Node has brotli built in.
const WEIGH: &str = "for (const file of process.argv.slice(1)) \
    console.log(require('zlib').brotliCompressSync(require('fs').readFileSync(file)).length)";

/// A part of what is loaded.
struct Part {
    name: &'static str,
    bytes: u64,
}

/// Prints what each part weighs. Fails if there is too much of it.
pub fn weigh() -> Outcome {
    let names: Vec<String> = files(&assets())?.into_iter().map(|(name, _)| name).collect();
    let own: Vec<&str> = names.iter().map(String::as_str).filter(|name| !name.starts_with("embed/")).collect();
    let kinds = [("WASM", ".wasm"), ("script", ".js"), ("styles", ".css"), ("page", ".html")];
    let first_load = kinds.into_iter().map(|(name, ending)| part(name, ending, &own)).collect::<Outcome<Vec<_>>>()?;
    let loader = part("loader in the shop's page", ".js", &["embed/edge-checkout.js"])?;
    within("first load, compressed", &first_load, FIRST_LOAD)?;
    within("shop's page, compressed", &[loader], LOADER)
}

/// All files of one kind.
fn part(name: &'static str, ending: &str, files: &[&str]) -> Outcome<Part> {
    let paths = files.iter().filter(|file| file.ends_with(ending)).map(|file| assets().join(file).display().to_string());
    let arguments: Vec<String> = ["-e".to_owned(), WEIGH.to_owned()].into_iter().chain(paths).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let weights = workspace::output_of("node", &arguments).unwrap_or_default();
    let weights: Option<Vec<u64>> = weights.lines().map(|line| line.parse().ok()).collect();
    match weights {
        Some(weights) if !weights.is_empty() => Ok(Part { name, bytes: weights.iter().sum() }),
        Some(_) | None => Err(Problem::new(format!("the {name} (*{ending}) could not be weighed by node"))),
    }
}

/// Prints the parts and their sum. Fails if that is over the budget.
fn within(what: &str, parts: &[Part], budget: u64) -> Outcome {
    println!("  {what}");
    for part in parts {
        println!("    {:>9} B  {}", part.bytes, part.name);
    }
    let sum: u64 = parts.iter().map(|part| part.bytes).sum();
    println!("    {sum:>9} B  of {budget} allowed");
    if sum <= budget { Ok(()) } else { Err(Problem::new(format!("{what}: {sum} B, which is {} too much", sum - budget))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_may_be_used_up_and_not_overdrawn() {
        let parts = |bytes| [Part { name: "one", bytes: 400 }, Part { name: "other", bytes }];
        assert!(within("page", &parts(600), 1_000).is_ok());
        assert!(within("page", &parts(601), 1_000).is_err());
    }
}
