//! Makes the page's WASM and the JavaScript around it lighter, after the compilers and without any effect that a customer could see while
//! the widget does not break (if it does, the page loads itself again). Each step says what it leaves out. What is left is weighed by
//! [`crate::weight`]; the file format is [`crate::wasm`]'s.
//!
//! Without this the page works just as well, and a panic says what it is: leave the call out (`assemble.rs`) to look for one.

mod panics;
mod script;

use crate::assemble::{assets, files};
use crate::problem::{Doing, Outcome, Problem};
use crate::progress;
use crate::wasm::Module;
use crate::workspace;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

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
    let mut module = read(&built.wasm)?;
    panics::trap(&mut module)?;
    panics::drop_locations(&mut module)?;
    let names = script::shorten(&mut module)?;
    write(&built.wasm, &module)?;
    let kept = named_wasm()?;
    optimize(&built.wasm, &kept)?;
    let mut module = read(&kept)?;
    panics::drop_words(&mut module)?;
    write(&kept, &module)?;
    strip(&kept, &built.wasm)?;
    script::minify(&built.script, &names, &read(&built.wasm)?.imported()?)?;
    rename(&built)
}

fn read(wasm: &Path) -> Outcome<Module> {
    Module::parse(&fs::read(wasm).doing(format_args!("reading {}", wasm.display()))?)
}

fn write(wasm: &Path, module: &Module) -> Outcome {
    fs::write(wasm, module.bytes()).doing(format_args!("writing {}", wasm.display()))
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

/// Where the WASM is kept with its functions' names, to tell what each part of it weighs.
pub fn named_wasm() -> Outcome<PathBuf> {
    Ok(workspace::target_directory("page")?.join("named.wasm"))
}

fn optimize(wasm: &Path, to: &Path) -> Outcome {
    // Rust's memory starts with its stack, so no address is ever as low as that needs. Large functions with a single caller stay functions:
    // what is not called is not compiled (frontend/src/screen.rs). The rest is what came out lightest compressed.
    let options =
        ["--low-memory-unused", "--one-caller-inline-max-function-size=100", "--flatten", "--rereloop", "-Oz", "-Os", "--debuginfo"];
    progress::run("making the WASM small", "build-wasm-opt", &mut wasm_opt(wasm, to, &options))
}

/// Takes the functions' names out, and then the zeros between the data, which can be told apart only without names.
fn strip(wasm: &Path, to: &Path) -> Outcome {
    let options = ["--strip-debug", "--strip-producers", "--strip-target-features"];
    progress::run("taking the names out of it", "build-wasm-strip", &mut wasm_opt(wasm, to, &options))?;
    progress::run("taking the gaps out of it", "build-wasm-pack", &mut wasm_opt(to, to, &["--memory-packing"]))
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
