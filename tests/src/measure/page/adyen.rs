//! Adyen's drop-in, to measure beside the checkout: its package from npm, bundled by esbuild as its documentation says a shop that looks
//! to its weight should (only the methods that are shown), and a page as plain as the shop's. It is fetched into `target/` for the
//! measurement alone; nothing of it is in the project.
//!
//! Its servers are not asked: what it would fetch from them comes from the same place as the page and is as small as can be.

use super::delivery::Document;
use crate::problem::{Doing, Outcome};
use crate::progress;
use crate::workspace;
use bytes::Bytes;
use http::Method;
use std::collections::HashMap;
use std::fs;
use std::path::Path;

/// The version that is measured.
pub const VERSION: &str = "6.45.2";
/// Where its page is.
pub const PATH: &str = "/adyen";

const ENTRY: &str = include_str!("adyen.js");

/// With the order of tags that loads soonest.
const PAGE: &str = include_str!("adyen.html");

const LOGO: &str =
    r#"<svg xmlns="http://www.w3.org/2000/svg" width="40" height="26"><rect width="40" height="26" rx="3" fill="silver"/></svg>"#;
const FRAME: &str = "<!doctype html><title>Card field</title>";

/// Fetches it if need be and bundles it; its documents by their paths.
pub fn prepare() -> Outcome<HashMap<String, Document>> {
    let directory = workspace::target_directory("measure/adyen")?;
    if !is_installed(&directory) {
        let mut npm = workspace::command("npm");
        npm.current_dir(&directory).args(["install", "--prefix", ".", "--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock"]);
        npm.arg(format!("@adyen/adyen-web@{VERSION}"));
        progress::run("fetching Adyen's drop-in, to measure it", "adyen-npm", &mut npm)?;
    }
    fs::write(directory.join("entry.js"), ENTRY).doing("writing the drop-in's entry")?;
    let mut esbuild = workspace::command("esbuild");
    esbuild.current_dir(&directory).args(["entry.js", "--bundle", "--minify", "--format=esm", "--target=es2022", "--outdir=bundle"]);
    esbuild.arg("--log-level=warning");
    progress::run("bundling Adyen's drop-in", "adyen-esbuild", &mut esbuild)?;
    let mut documents = HashMap::from([(PATH.to_owned(), document("text/html; charset=utf-8", PAGE))]);
    for (name, kind) in [("entry.js", "text/javascript"), ("entry.css", "text/css")] {
        let body = fs::read(directory.join("bundle").join(name)).doing(format_args!("reading the drop-in's {name}"))?;
        documents.insert(format!("{PATH}/{name}"), Document { kind, body: body.into() });
    }
    Ok(documents)
}

fn is_installed(directory: &Path) -> bool {
    let package = fs::read_to_string(directory.join("node_modules/@adyen/adyen-web/package.json")).unwrap_or_default();
    serde_json::from_str::<serde_json::Value>(&package).is_ok_and(|package| package["version"] == VERSION)
}

/// What stands in for Adyen's servers: pictures, the frames of card fields, and an answer to what it reports.
#[must_use]
pub fn stand_in(method: &Method, path: &str) -> Option<Document> {
    let is_of = |ending: &str| path.ends_with(ending);
    match *method {
        Method::POST => Some(document("application/json", r#"{"id":"0","checkoutAttemptId":"0"}"#)),
        Method::GET if is_of(".svg") => Some(document("image/svg+xml", LOGO)),
        Method::GET if is_of(".html") => Some(document("text/html", FRAME)),
        _ => None,
    }
}

fn document(kind: &'static str, body: &'static str) -> Document {
    Document { kind, body: Bytes::from_static(body.as_bytes()) }
}
