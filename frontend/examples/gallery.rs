//! Writes every screen a customer can meet as HTML, each in a file of its own: `… --example gallery --features ssr -- <directory>
//! <language>…`.
//!
//! The states are those of `tests/states`. Numbers are plain here; in a browser they are its `Intl`'s. The pages around the screens and
//! the pictures of them are made by `cargo gallery` (`tests/src/gallery`).

#[path = "../tests/states/mod.rs"]
mod states;

use checkout_shared::language::Language;
use checkout_widget::{Screen, ScreenProps};
use std::path::Path;
use std::{env, fs, io};
use yew::LocalServerRenderer;

fn main() -> io::Result<()> {
    let Some(directory) = env::args().nth(1) else {
        return Err(io::Error::other("usage: gallery <directory> <language>…"));
    };
    let directory = Path::new(&directory);
    fs::create_dir_all(directory)?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let tasks = tokio::task::LocalSet::new();
    for language in env::args().skip(2).filter_map(|tag| Language::closest(&tag)) {
        let messages = states::messages(language);
        for state in states::gallery() {
            let props = ScreenProps::still(messages.clone(), state.model, states::NOW);
            let html = runtime.block_on(tasks.run_until(LocalServerRenderer::<Screen>::with_props(props).hydratable(false).render()));
            fs::write(directory.join(format!("{}.{}.html", state.name, language.tag())), html)?;
        }
    }
    Ok(())
}
