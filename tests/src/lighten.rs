//! Makes the page's WASM and the JavaScript around it lighter, after the compilers and without any effect that a customer or the widget
//! could see. Each step says what it leaves out. What is left is weighed by [`crate::weight`]; the file format is [`crate::wasm`]'s.
//!
//! Without this the page works just as well: `trunk serve` shows panics with their messages, to look for one.

use crate::assemble::{assets, files};
use crate::problem::{Doing, Outcome, Problem};
use crate::progress;
use crate::wasm::{Function, Module, Segment};
use crate::workspace;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a panic runs through. The widget aborts when it panics, so all of this only makes a message for the console, which a customer
/// does not read: the trap comes at once instead. By how their names begin.
const PANICS: [&str; 13] = [
    "core::panicking::",
    "core::cell::panic_already_borrowed",
    "core::cell::panic_already_mutably_borrowed",
    "core::option::expect_failed",
    "core::option::unwrap_failed",
    "core::result::unwrap_failed",
    "core::slice::index::slice_index_fail",
    "core::str::slice_error_fail",
    "alloc::alloc::handle_alloc_error",
    "alloc::raw_vec::handle_error",
    "std::panicking::panic_with_hook",
    "std::thread::local::panic_access_error",
    "console_error_panic_hook::hook",
];

/// `{:?}` of what only a panic's message prints: prints nothing. Not all of `Debug`, for the compiler makes one function of two that do the
/// same, and the other may be a `Display`.
const DEBUGS: [&str; 3] = [
    "<char as core::fmt::Debug>::fmt",
    "<core::ops::range::Range<usize> as core::fmt::Debug>::fmt",
    "<wasm_bindgen::JsValue as core::fmt::Debug>::fmt",
];

/// The two files, as Trunk names them.
struct Built {
    wasm: PathBuf,
    script: PathBuf,
    /// What stands in both names, made from what was in them before.
    stem: String,
}

/// Makes the built page lighter, in place.
pub fn lighten() -> Outcome {
    let built = find()?;
    let file = fs::read(&built.wasm).doing("reading the WASM")?;
    let mut module = Module::parse(&file)?;
    trap_panics(&mut module)?;
    drop_locations(&mut module)?;
    let names = shorten(&mut module)?;
    fs::write(&built.wasm, module.bytes()).doing("writing the WASM")?;
    optimize(&built.wasm)?;
    minify(&built.script, &names)?;
    rename(&built)
}

fn find() -> Outcome<Built> {
    const WASM: &str = "_bg.wasm";
    let names: Vec<String> = files(&assets())?.into_iter().map(|(name, _)| name).collect();
    let mut stems = names.iter().filter_map(|name| name.strip_suffix(WASM));
    match (stems.next(), stems.next()) {
        (Some(stem), None) if names.contains(&format!("{stem}.js")) => {
            Ok(Built { wasm: assets().join(format!("{stem}{WASM}")), script: assets().join(format!("{stem}.js")), stem: stem.to_owned() })
        }
        _ => Err(Problem::new(format!("one WASM module and its script were expected in dist/, there are: {names:?}"))),
    }
}

/// See [`PANICS`] and [`DEBUGS`]. What they were given is then in nobody's way, and wasm-opt takes it out.
fn trap_panics(module: &mut Module) -> Outcome {
    /// No locals; `unreachable`.
    const TRAP: &[u8] = &[0, 0x00, 0x0b];
    /// No locals; `i32.const 0`, which is `Ok(())` of a formatter.
    const NOTHING: &[u8] = &[0, 0x41, 0, 0x0b];
    const FORMATS: &[u8] = b"\x7f\x7f>\x7f";
    let mut functions = module.functions()?;
    let mut known = 0;
    for Function { name, signature, body } in &mut functions {
        // What panics gives nothing back.
        if signature.ends_with(b">") && PANICS.iter().any(|panic| name.starts_with(panic)) {
            TRAP.clone_into(body);
            known += 1;
        } else if signature == FORMATS && DEBUGS.iter().any(|debug| name.starts_with(debug)) {
            NOTHING.clone_into(body);
        }
    }
    // Fewer means that Rust has given them other names, or that the names were stripped.
    if known < PANICS.len() / 2 {
        return Err(Problem::new(format!("only {known} functions that panic were found in the WASM: see PANICS in tests/src/lighten.rs")));
    }
    module.set_bodies(&functions);
    Ok(())
}

/// Every place that could panic says where it stands: file, line and column. Nobody reads that any more.
fn drop_locations(module: &mut Module) -> Outcome {
    let mut data = module.data()?;
    let found: Vec<Location> = locations(&data);
    if found.is_empty() {
        return Err(Problem::new("no places of panics were found in the WASM: see drop_locations in tests/src/lighten.rs"));
    }
    for location in found {
        // Runs of zeros are not written to the file.
        clear(&mut data, location.address, LOCATION_BYTES);
        clear(&mut data, location.file.0, location.file.1);
    }
    module.set_data(&data);
    Ok(())
}

/// A `core::panic::Location` in memory.
struct Location {
    address: u32,
    /// Where the file's name stands, and its length.
    file: (u32, u32),
}

/// Four words: where the file's name is, its length, the line, the column.
const LOCATION_BYTES: u32 = 16;

fn locations(data: &[Segment]) -> Vec<Location> {
    let ends = data.iter().map(|segment| (segment.address, segment.address + u32::try_from(segment.bytes.len()).unwrap_or_default()));
    let words = ends.flat_map(|(start, end)| (start.next_multiple_of(4)..end).step_by(4));
    words.filter_map(|address| location(data, address)).collect()
}

fn location(data: &[Segment], address: u32) -> Option<Location> {
    let word = |at| bytes(data, address + at, 4).and_then(|word| word.try_into().ok()).map(u32::from_le_bytes);
    let (file, length, line, column) = (word(0)?, word(4)?, word(8)?, word(12)?);
    if !(1..1_000).contains(&length) || !(1..100_000).contains(&line) || !(1..1_000).contains(&column) {
        return None;
    }
    // The name is followed by a zero that its length does not count.
    let is_name = bytes(data, file, length + 1)?.ends_with(b".rs\0");
    is_name.then_some(Location { address, file: (file, length) })
}

fn bytes(data: &[Segment], address: u32, length: u32) -> Option<&[u8]> {
    data.iter().find_map(|segment| {
        let start = usize::try_from(address.checked_sub(segment.address)?).ok()?;
        segment.bytes.get(start..start + usize::try_from(length).ok()?)
    })
}

fn clear(data: &mut [Segment], address: u32, length: u32) {
    for segment in data {
        for (at, byte) in (segment.address..).zip(&mut segment.bytes) {
            if (address..address + length).contains(&at) {
                *byte = 0;
            }
        }
    }
}

/// Gives everything that script and module call each other by (`__wbg_getElementById_7ee213db584f37b0`) a short name. Returns the short
/// ones by the long ones.
fn shorten(module: &mut Module) -> Outcome<BTreeMap<String, String>> {
    let mut names = BTreeMap::new();
    module.rename_shared(|name| {
        // Others, such as `memory`, mean something elsewhere in the script too.
        if !name.contains("__") {
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

/// Where the WASM is kept with its functions' names, to tell what each part of it weighs.
pub fn named_wasm() -> Outcome<PathBuf> {
    Ok(workspace::target_directory("page")?.join("named.wasm"))
}

fn optimize(wasm: &Path) -> Outcome {
    let named = named_wasm()?;
    // Rust's memory starts with its stack, so no address is ever as low as that needs.
    // Large functions with a single caller stay functions: what is not called is not compiled (frontend/src/screen.rs).
    let options = ["-Oz", "--low-memory-unused", "--one-caller-inline-max-function-size=1500", "--debuginfo"];
    let mut command = wasm_opt(wasm, &named, &options);
    progress::run("making the WASM small", "build-wasm-opt", &mut command)?;
    let mut command = wasm_opt(&named, wasm, &["--strip-debug", "--strip-producers", "--strip-target-features"]);
    progress::run("taking the names out of it", "build-wasm-strip", &mut command)
}

fn wasm_opt(from: &Path, to: &Path, options: &[&str]) -> Command {
    let mut command = workspace::command("wasm-opt");
    command.arg(from).arg("-o").arg(to).args(options);
    // What the compiler uses by default, and every browser of the last years knows.
    for feature in ["bulk-memory", "nontrapping-float-to-int", "sign-ext", "mutable-globals", "reference-types", "multivalue"] {
        command.arg(format!("--enable-{feature}"));
    }
    command
}

/// Makes the script small, with the short names in it.
fn minify(script: &Path, names: &BTreeMap<String, String>) -> Outcome {
    let cache = workspace::target_directory("page")?.join("short-names.json");
    let json = serde_json::to_string(names).doing("writing down the short names")?;
    fs::write(&cache, json).doing(format_args!("writing {}", cache.display()))?;
    let all: Vec<&str> = names.keys().map(String::as_str).collect();
    let mut command = workspace::command("esbuild");
    command.arg(script).args(["--minify", "--target=es2022", "--log-level=warning", "--allow-overwrite"]);
    command.arg(format!("--mangle-props=^({})$", all.join("|"))).arg(format!("--mangle-cache={}", cache.display()));
    command.arg(format!("--outfile={}", script.display()));
    progress::run("making the script small", "build-minify-script", &mut command)?;
    let made = fs::read_to_string(script).doing("reading the script")?;
    match names.keys().find(|name| made.contains(name.as_str())) {
        Some(name) => Err(Problem::new(format!("esbuild left the long name {name} in the script: see tests/src/lighten.rs"))),
        None => Ok(()),
    }
}

/// Names the two after what is in them now: a browser keeps them for ever, and one must never meet another's short names.
fn rename(built: &Built) -> Outcome {
    let mut hash = Sha256::new();
    for file in [&built.wasm, &built.script] {
        hash.update(fs::read(file).doing(format_args!("reading {}", file.display()))?);
    }
    let (name, _) = built.stem.rsplit_once('-').ok_or_else(|| Problem::new(format!("{} has no hash in its name", built.stem)))?;
    let stem = format!("{name}-{}", &HEXLOWER.encode(&hash.finalize())[..16]);
    for file in [&built.wasm, &built.script] {
        let to = file.display().to_string().replace(&built.stem, &stem);
        fs::rename(file, to).doing(format_args!("renaming {}", file.display()))?;
    }
    let page = assets().join("index.html");
    let html = fs::read_to_string(&page).doing("reading the page")?;
    if !html.contains(&built.stem) {
        return Err(Problem::new(format!("the page does not load {}", built.stem)));
    }
    fs::write(&page, html.replace(&built.stem, &stem)).doing("writing the page")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// At 100: a name with its zero, then a place in that file, then four numbers that look like one but lead nowhere.
    fn data() -> Vec<Segment> {
        let words = [100_u32, 6, 7, 9, 100, 5, 7, 9].into_iter().flat_map(u32::to_le_bytes);
        let bytes = b"lib.rs\0\0".iter().copied().chain(words).collect();
        vec![Segment { address: 100, bytes }]
    }

    #[test]
    fn a_place_of_a_panic_is_found_by_the_name_it_leads_to() {
        let mut data = data();
        let found: Vec<_> = locations(&data).into_iter().map(|location| (location.address, location.file)).collect();
        assert_eq!(found, [(108, (100, 6))]);
        clear(&mut data, 108, LOCATION_BYTES);
        assert_eq!((bytes(&data, 108, 16), bytes(&data, 124, 4)), (Some([0; 16].as_slice()), Some(100_u32.to_le_bytes().as_slice())));
        assert_eq!(bytes(&data, 96, 8), None);
    }

    #[test]
    fn short_names_differ() {
        let names: std::collections::BTreeSet<String> = (0..1_000).map(short).collect();
        assert_eq!(names.len(), 1_000);
        assert_eq!([0, 25, 26, 27].map(short), ["a", "z", "ba", "bb"]);
    }
}
