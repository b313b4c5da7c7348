//! Writes every screen a customer can meet as a static page: `… --example gallery --features ssr -- <directory> [language…]`.
//!
//! The states are those of `tests/states`; around each is the checkout's own page (`index.html`) with its style sheet, as the edge serves
//! it. Without languages: English and Arabic, one for each direction of writing. Numbers are plain here; in a browser they are its
//! `Intl`'s. Pictures and a sheet of them are made by `cargo gallery` (`tests/src/gallery`).

#[path = "../tests/states/mod.rs"]
mod states;

use checkout_shared::language::Language;
use checkout_widget::{Screen, ScreenProps};
use std::path::Path;
use std::{env, fs, io};
use yew::LocalServerRenderer;

/// The page as the repository has it: for Trunk to build and the edge to fill.
const PAGE: &str = include_str!("../../index.html");

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
    for language in languages {
        let messages = states::messages(language);
        for state in states::gallery() {
            let props = ScreenProps::still(messages.clone(), state.model, states::NOW);
            let html = runtime.block_on(tasks.run_until(LocalServerRenderer::<Screen>::with_props(props).hydratable(false).render()));
            fs::write(directory.join(format!("{}.{}.html", state.name, language.tag())), page(&html, language)?)?;
        }
    }
    Ok(())
}

/// The page with a screen in it: what Trunk puts in is left out but for the styles, and what the edge fills is filled.
fn page(html: &str, language: Language) -> io::Result<String> {
    let (built, styles): (Vec<&str>, Vec<&str>) = PAGE.lines().partition(|line| !line.contains("data-trunk rel=\"css\""));
    let built: Vec<&str> = built.into_iter().filter(|line| !line.contains("data-trunk")).collect();
    if styles.len() != 1 {
        return Err(io::Error::other("index.html names no style sheet, or several"));
    }
    let mut page = built.join("\n").replace("</head>", "<link rel=\"stylesheet\" href=\"checkout.css\">\n</head>");
    let parts = [
        ("<!--checkout:html-->", html),
        ("__CHECKOUT_LANGUAGE__", language.tag()),
        ("__CHECKOUT_DIRECTION__", language.direction()),
        ("__CHECKOUT_MESSAGES__", "[]"),
        ("__CHECKOUT_DATA__", "{}"),
    ];
    for (place, part) in parts {
        page = page.replace(place, part);
    }
    for (name, text) in states::file(language) {
        page = page.replace(&format!("__CHECKOUT_MESSAGE_{name}__"), text.as_str().unwrap_or_default());
    }
    match page.split_once("__CHECKOUT_") {
        None => Ok(page),
        Some((_, place)) => Err(io::Error::other(format!("nothing fills __CHECKOUT_{}", place.chars().take(24).collect::<String>()))),
    }
}
