//! What a customer's browser loads before it can pay, and what the shop's page loads: weighed compressed, as it travels, against budgets.
//! And what each crate has in the WASM. The page is made light by [`crate::lighten`].

use crate::assemble::{assets, files};
use crate::lighten::named_wasm;
use crate::problem::{Doing, Outcome, Problem};
use crate::sent_page;
use crate::wasm::Module;
use crate::workspace;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// The most that may be loaded before the checkout runs, in bytes.
const FIRST_LOAD: u64 = 90_000;
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
    let mut first_load = vec![compressed("WASM", ".wasm.br", &own)?, compressed("script", ".js.br", &own)?];
    first_load.extend(page()?);
    let loader = part("loader in the shop's page", ".js", &["embed/edge-checkout.js"])?;
    within("first load, compressed", &first_load, FIRST_LOAD)?;
    within("shop's page, compressed", &[loader], LOADER)
}

/// The page as it is sent, and what each thing in it adds to it.
fn page() -> Outcome<Vec<Part>> {
    let pages = sent_page::growing()?;
    let directory = workspace::target_directory("page")?;
    let paths = pages.iter().enumerate().map(|(at, (_, html))| write(&directory, &format!("sent-{at}.html"), html.as_bytes()));
    let weights = weights(&paths.collect::<Outcome<Vec<_>>>()?)?;
    let before = [0].into_iter().chain(weights.iter().copied());
    Ok(pages
        .iter()
        .zip(weights.iter().zip(before))
        .map(|((name, _), (with, before))| Part { name, bytes: with.saturating_sub(before) })
        .collect())
}

/// All files of one kind that are sent as they are.
fn compressed(name: &'static str, ending: &str, files: &[&str]) -> Outcome<Part> {
    let sizes = files.iter().filter(|file| file.ends_with(ending)).map(|file| fs::metadata(assets().join(file)).map(|file| file.len()));
    let bytes = sizes.sum::<std::io::Result<u64>>().doing(format_args!("reading the size of {name}"))?;
    if bytes == 0 { Err(Problem::new(format!("there is no {name} (*{ending}) in dist/"))) } else { Ok(Part { name, bytes }) }
}

/// All files of one kind.
fn part(name: &'static str, ending: &str, files: &[&str]) -> Outcome<Part> {
    let paths: Vec<PathBuf> = files.iter().filter(|file| file.ends_with(ending)).map(|file| assets().join(file)).collect();
    let weights = weights(&paths)?;
    if weights.is_empty() {
        Err(Problem::new(format!("there is no {name} (*{ending}) in dist/")))
    } else {
        Ok(Part { name, bytes: weights.iter().sum() })
    }
}

/// What files weigh compressed.
fn weights(paths: &[PathBuf]) -> Outcome<Vec<u64>> {
    let paths: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    let arguments: Vec<&str> = ["-e", WEIGH].into_iter().chain(paths.iter().map(String::as_str)).collect();
    let weights = workspace::output_of("node", &arguments).unwrap_or_default();
    let weights: Option<Vec<u64>> = weights.lines().map(|line| line.parse().ok()).collect();
    weights.filter(|weights| weights.len() == paths.len()).ok_or_else(|| Problem::new(format!("node could not weigh {}", paths.join(", "))))
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

/// A table of the WASM's code by crate, heaviest first: bytes as they are, and by how much less would travel without them.
pub fn by_crate() -> Outcome<String> {
    let file = fs::read(named_wasm()?).doing("reading the WASM with names")?;
    let functions = Module::parse(&file)?.functions()?;
    let mut crates: BTreeMap<&str, u64> = BTreeMap::new();
    for function in &functions {
        *crates.entry(crate_of(&function.name)).or_default() += function.body.len() as u64;
    }
    let code_without = |left_out: Option<&str>| {
        let kept = functions.iter().filter(|function| left_out != Some(crate_of(&function.name)));
        kept.flat_map(|function| function.body.iter().copied()).collect::<Vec<u8>>()
    };
    let directory = workspace::target_directory("page")?.join("without");
    fs::create_dir_all(&directory).doing("making a directory")?;
    let kept: Vec<Option<&str>> = [None].into_iter().chain(crates.keys().map(|name| Some(*name))).collect();
    let paths = kept.iter().map(|left_out| write(&directory, left_out.unwrap_or("nothing"), &code_without(*left_out)));
    let weights = weights(&paths.collect::<Outcome<Vec<_>>>()?)?;
    let (whole, without) = weights.split_first().ok_or_else(|| Problem::new("the WASM has no code"))?;
    let mut rows: Vec<(&str, u64, u64)> =
        crates.into_iter().zip(without).map(|((name, bytes), without)| (name, bytes, whole.saturating_sub(*without))).collect();
    rows.sort_by_key(|(_, _, saved)| std::cmp::Reverse(*saved));
    let mut table = format!("  code of the WASM by crate        as it is  compressed ({whole} B in all)\n");
    for (name, bytes, saved) in rows {
        // Writing to a string cannot fail.
        let _ = writeln!(table, "    {name:<26} {bytes:>9} B {saved:>9} B");
    }
    Ok(table)
}

fn write(directory: &Path, name: &str, bytes: &[u8]) -> Outcome<PathBuf> {
    let path = directory.join(name);
    fs::write(&path, bytes).doing(format_args!("writing {}", path.display()))?;
    Ok(path)
}

/// The crate that a function is there for: ours if its name has one of them, for generic code is compiled for whoever uses it; else the
/// first one that is not Rust's own.
fn crate_of(name: &str) -> &str {
    const STANDARD: [&str; 3] = ["core", "alloc", "std"];
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let heads = name.split("::").filter_map(|piece| piece.rsplit(|letter| !is_word(letter)).next());
    // A path starts where no `::` is before its first word.
    let crates: Vec<&str> = heads
        .filter(|word| !word.is_empty())
        .filter(|word| {
            let start = word.as_ptr() as usize - name.as_ptr() as usize;
            !name[..start].ends_with("::") && name[start + word.len()..].starts_with("::")
        })
        .collect();
    let ours = crates.iter().find(|word| word.starts_with("checkout_"));
    let others = crates.iter().find(|word| !STANDARD.contains(word));
    ours.or(others).or(crates.first()).copied().unwrap_or("(no name)")
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

    #[test]
    fn a_function_counts_for_the_crate_it_is_there_for() {
        assert_eq!(crate_of("<alloc::rc::Rc<checkout_widget::state::Model> as yew::utils::RcExt>::take"), "checkout_widget");
        assert_eq!(crate_of("core::ptr::drop_in_place::<yew::dom_bundle::bnode::BNode>"), "yew");
        assert_eq!(crate_of("<core::fmt::Formatter>::pad"), "core");
        assert_eq!(crate_of("memcpy"), "(no name)");
    }
}
