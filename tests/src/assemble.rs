//! Makes what is deployed: the page and its assets in `dist/`, the Worker in `edge/build/`. Expects the tools to be there
//! (see [`crate::tools`]); starts nothing (see [`crate::stack`]).

use crate::lighten::lighten;
use crate::problem::{Doing, Outcome};
use crate::progress;
use crate::simulators;
use crate::snippet;
use crate::weight;
use crate::workspace;
use checkout_shared::provider::ProviderId;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Stands for every secret while things are built, so that a test can show that no build takes one in.
pub const CANARY: &str = "canary-0b5e1f7ac39d2846-canary";

/// The settings that hold secrets, each with the canary.
fn canaries() -> Vec<(&'static str, &'static str)> {
    let settings = ProviderId::ALL.iter().flat_map(|id| simulators::vendor(*id, &|_| CANARY.to_owned()).settings("http://127.0.0.1"));
    let of_providers = settings.filter(|setting| setting.secret).map(|setting| setting.name);
    ["ORDER_SIGNING_KEY", "CLIENT_TOKEN_KEY", "MERCHANT_KEY"].into_iter().chain(of_providers).map(|name| (name, CANARY)).collect()
}

/// Builds everything for production and says how large it came out. Fails if the page came out too large.
pub fn assemble() -> Outcome {
    page()?;
    let snippet = snippet::ship(&assets().join("embed"))?;
    worker()?;
    report("dist", &assets())?;
    report("edge/build", &worker_directory())?;
    println!("  dist/embed/snippet.html, for the shop's pages\n    {}", snippet.trim_end().replace('\n', "\n    "));
    weight::weigh()
}

/// Where the assets are.
#[must_use]
pub fn assets() -> PathBuf {
    workspace::root().join("dist")
}

fn worker_directory() -> PathBuf {
    workspace::root().join("edge/build")
}

/// The checkout page: `index.html`, the widget's WASM and the JavaScript around it. Clears `dist/`, so it comes first.
pub fn page() -> Outcome {
    build_page()?;
    minify()?;
    lighten()?;
    compress()
}

/// Puts the widget's files beside themselves as the Worker sends them (`edge/src/widget_file.rs`): compressed for good, which takes longer
/// than a network has for what it compresses in passing.
fn compress() -> Outcome {
    for (name, _) in files(&assets())?.into_iter().filter(|(name, _)| name.starts_with("checkout-widget-")) {
        let file = fs::read(assets().join(&name)).doing(format_args!("reading {name}"))?;
        let mut writer = brotli::CompressorWriter::new(Vec::new(), file.len(), BEST, WINDOW);
        writer.write_all(&file).doing(format_args!("compressing {name}"))?;
        fs::write(assets().join(name + ".br"), writer.into_inner()).doing("writing a compressed file")?;
    }
    Ok(())
}

/// Brotli's best quality, and the largest window that every browser knows.
const BEST: u32 = 11;
const WINDOW: u32 = 24;

fn build_page() -> Outcome {
    let mut command = workspace::command("trunk");
    command.args(["build", "--release"]).envs(canaries());
    progress::run("building the checkout page", "build-page", &mut command)
}

/// Makes the loader and the styles small, in place: Trunk's own minifier cannot read wasm-bindgen's JavaScript, which [`lighten`] sees to.
fn minify() -> Outcome {
    let assets = assets();
    let mut command = workspace::command("esbuild");
    command.envs(canaries());
    command.args(["embed/edge-checkout.js", "checkout.css"].map(|name| assets.join(name)));
    command.args(["--minify", "--target=es2022", "--log-level=warning", "--allow-overwrite"]);
    command.args([format!("--outdir={0}", assets.display()), format!("--outbase={0}", assets.display())]);
    progress::run("making scripts and styles small", "build-minify", &mut command)
}

/// The Worker. `worker-build` would download these helpers if it were not told that they are on the `PATH`.
fn worker() -> Outcome {
    let mut command = workspace::command("worker-build");
    command.arg("--release").current_dir(workspace::root().join("edge"));
    command.envs(canaries());
    command.envs([("WASM_BINDGEN_BIN", "wasm-bindgen"), ("WASM_OPT_BIN", "wasm-opt"), ("ESBUILD_BIN", "esbuild")]);
    progress::run("building the Worker", "build-worker", &mut command)
}

fn report(name: &str, directory: &Path) -> Outcome {
    println!("  {name}/");
    for (path, bytes) in files(directory)? {
        println!("    {bytes:>9} B  {path}");
    }
    Ok(())
}

/// All files under a directory with their sizes, by name. Files that start with a dot are of no interest.
pub fn files(directory: &Path) -> Outcome<Vec<(String, u64)>> {
    let mut found = Vec::new();
    let mut open = vec![directory.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).doing(format_args!("listing {}", next.display()))? {
            let entry = entry.doing("listing a directory")?;
            let path = entry.path();
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            let metadata = entry.metadata().doing(format_args!("reading the size of {}", path.display()))?;
            if metadata.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(directory).unwrap_or(&path);
                found.push((name.display().to_string(), metadata.len()));
            }
        }
    }
    found.sort();
    Ok(found)
}
