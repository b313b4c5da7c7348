//! Writes every screen a customer can meet as a static page, for the eye: `… --example gallery --features ssr -- <directory>
//! [language…]`.
//!
//! The states are those of `tests/states`; the pages carry the widget's own style sheet. Without languages: English and Arabic, one for
//! each direction of writing. Numbers are plain here; in a browser they are its `Intl`'s.

#[path = "../tests/states/mod.rs"]
mod states;

use checkout_shared::language::Language;
use checkout_widget::{Screen, ScreenProps};
use std::fmt::Write;
use std::path::Path;
use std::{env, fs, io};
use yew::LocalServerRenderer;

fn main() -> io::Result<()> {
    let Some(directory) = env::args().nth(1) else {
        return Err(io::Error::other("usage: gallery <directory> [language…]"));
    };
    let asked: Vec<Language> = env::args().skip(2).filter_map(|tag| Language::closest(&tag)).collect();
    let languages = if asked.is_empty() { ["en", "ar"].into_iter().filter_map(Language::closest).collect() } else { asked };
    let directory = Path::new(&directory);
    fs::create_dir_all(directory)?;
    fs::write(directory.join("checkout.css"), include_str!("../src/checkout.css"))?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let tasks = tokio::task::LocalSet::new();
    let mut index = String::new();
    for language in languages {
        let messages = states::messages(language);
        for state in states::gallery() {
            let props = ScreenProps::still(messages.clone(), state.model, states::NOW);
            let html = runtime.block_on(tasks.run_until(LocalServerRenderer::<Screen>::with_props(props).hydratable(false).render()));
            let name = format!("{}.{}.html", state.name, language.tag());
            fs::write(directory.join(&name), page(&html, language))?;
            // Writing to a String cannot fail.
            let _ = writeln!(index, "<li><a href=\"{name}\">{name}</a></li>");
        }
    }
    fs::write(directory.join("index.html"), format!("<!doctype html><title>Gallery</title><ul>{index}</ul>"))
}

fn page(html: &str, language: Language) -> String {
    let (tag, direction) = (language.tag(), language.direction());
    format!(
        "<!doctype html><html lang=\"{tag}\" dir=\"{direction}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\"><title>Checkout</title><link \
         rel=\"stylesheet\" href=\"checkout.css\"></head><body><div id=\"checkout\">{html}</div></body></html>"
    )
}
