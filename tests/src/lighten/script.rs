//! The script between the browser and the module, as wasm-bindgen writes it: what nobody uses is left out, and what script and module call
//! each other by gets a short name.

use crate::problem::{Doing, Outcome, Problem};
use crate::progress;
use crate::wasm::Module;
use crate::workspace;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// What the names of wasm-bindgen have in them. Others, such as `memory`, mean something elsewhere in the script too.
const LONG: &str = "__";
/// A function that the module may import begins so, after its name, and ends in a line that begins and ends so.
const BEGINS: &str = ": function(";
const ENDS: (&str, &str) = ("        }", "},");
/// What the page does not start the module by.
const UNUSED: &str = "initSync, ";

/// Gives everything that script and module call each other by (`__wbg_getElementById_7ee213db584f37b0`) a short name. Returns the short
/// ones by the long ones.
pub(super) fn shorten(module: &mut Module) -> Outcome<BTreeMap<String, String>> {
    let mut names = BTreeMap::new();
    module.rename_shared(|name| {
        if !name.contains(LONG) {
            return name.to_owned();
        }
        let next = names.len();
        names.entry(name.to_owned()).or_insert_with(|| short(next)).clone()
    })?;
    Ok(names)
}

/// `a`, `b`, …, `z`, `ba`, `bb`, …
fn short(mut number: usize) -> String {
    let mut letters = Vec::new();
    loop {
        letters.insert(0, char::from(b'a' + u8::try_from(number % 26).unwrap_or_default()));
        number /= 26;
        if number == 0 {
            return letters.into_iter().collect();
        }
    }
}

/// Makes the script small, with the short names in it and without what the module does not import.
pub(super) fn minify(script: &Path, names: &BTreeMap<String, String>, imported: &BTreeSet<String>) -> Outcome {
    let whole = fs::read_to_string(script).doing("reading the script")?;
    let needed = |name: &str| names.get(name).is_none_or(|short| imported.contains(short));
    fs::write(script, used(&whole, needed)?).doing("writing the script")?;
    let cache = workspace::target_directory("page")?.join("short-names.json");
    let json = serde_json::to_string(names).doing("writing down the short names")?;
    fs::write(&cache, json).doing(format_args!("writing {}", cache.display()))?;
    let all: Vec<&str> = names.keys().map(String::as_str).collect();
    let mut command = workspace::command("esbuild");
    command.arg(script).args(["--minify", "--tree-shaking=true", "--target=es2022", "--log-level=warning", "--allow-overwrite"]);
    command.arg(format!("--mangle-props=^({})$", all.join("|"))).arg(format!("--mangle-cache={}", cache.display()));
    command.arg(format!("--outfile={}", script.display()));
    progress::run("making the script small", "build-minify-script", &mut command)?;
    let made = fs::read_to_string(script).doing("reading the script")?;
    match names.keys().find(|name| made.contains(name.as_str())) {
        Some(name) => Err(Problem::new(format!("esbuild left the long name {name} in the script: see tests/src/lighten/script.rs"))),
        None => Ok(()),
    }
}

/// The script without the functions that are not needed, and what only they need is left out by esbuild.
fn used(script: &str, needed: impl Fn(&str) -> bool) -> Outcome<String> {
    let mut kept = String::new();
    let mut inside_unneeded = false;
    let mut functions = 0;
    for line in script.lines() {
        if let Some((name, _)) = line.split_once(BEGINS).filter(|(name, _)| name.contains(LONG)) {
            functions += 1;
            inside_unneeded = !needed(name.trim_start());
        }
        if !inside_unneeded {
            kept.push_str(line);
            kept.push('\n');
        }
        inside_unneeded &= !(line.starts_with(ENDS.0) && line.ends_with(ENDS.1));
    }
    if functions == 0 || !kept.contains(UNUSED) {
        return Err(Problem::new("the script is not as wasm-bindgen used to write it: see tests/src/lighten/script.rs"));
    }
    Ok(kept.replace(UNUSED, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_differ() {
        let names: BTreeSet<String> = (0..1_000).map(short).collect();
        assert_eq!(names.len(), 1_000);
        assert_eq!([0, 25, 26, 27].map(short), ["a", "z", "ba", "bb"]);
    }

    const SCRIPT: &str = "\
    const imports = {
        __wbg_a_1: function(arg0) {
            arg0.a({
            },);
            then();
        },
        __wbg_b_2: function() { return handleError(function () {
            b();
        }, arguments); },
    };
export { initSync, __wbg_init as default };
";

    #[test]
    fn what_is_not_imported_is_left_out() {
        let without_b = used(SCRIPT, |name| name != "__wbg_b_2").unwrap();
        assert!(without_b.contains("then();") && without_b.contains("    };\nexport { __wbg_init as default };"), "{without_b}");
        assert!(!without_b.contains("b()"), "{without_b}");
        assert!(!used(SCRIPT, |name| name != "__wbg_a_1").unwrap().contains("then()"));
        assert!(used("", |_| true).is_err());
    }
}
