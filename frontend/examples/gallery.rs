//! Writes every screen a customer can meet as a static page, for the eye: `… --example gallery --features ssr -- <directory>`.
//!
//! The states are those of `tests/states`; the pages carry the widget's own style sheet, in both directions of writing.

#[path = "../tests/states/mod.rs"]
mod states;

use checkout_widget::{Screen, ScreenProps};
use std::fmt::Write;
use std::path::Path;
use std::{env, fs, io};
use yew::{Callback, LocalServerRenderer};

fn main() -> io::Result<()> {
    let Some(directory) = env::args().nth(1) else {
        return Err(io::Error::other("usage: gallery <directory>"));
    };
    let directory = Path::new(&directory);
    fs::create_dir_all(directory)?;
    fs::write(directory.join("checkout.css"), include_str!("../src/checkout.css"))?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let tasks = tokio::task::LocalSet::new();
    let mut index = String::new();
    for state in states::gallery() {
        let props = ScreenProps {
            model: state.model,
            now: states::NOW,
            on_choose: Callback::noop(),
            on_change: Callback::noop(),
            on_keep: Callback::noop(),
            on_ask: Callback::noop(),
            on_retry: Callback::noop(),
        };
        let html = runtime.block_on(tasks.run_until(LocalServerRenderer::<Screen>::with_props(props).hydratable(false).render()));
        for direction in ["ltr", "rtl"] {
            let name = format!("{}.{direction}.html", state.name);
            fs::write(directory.join(&name), page(&html, direction))?;
            // Writing to a String cannot fail.
            let _ = writeln!(index, "<li><a href=\"{name}\">{name}</a></li>");
        }
    }
    fs::write(directory.join("index.html"), format!("<!doctype html><title>Gallery</title><ul>{index}</ul>"))
}

fn page(html: &str, direction: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\" dir=\"{direction}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\"><title>Checkout</title><link \
         rel=\"stylesheet\" href=\"checkout.css\"></head><body><div id=\"checkout\">{html}</div></body></html>"
    )
}
