//! The gallery: every state of the widget as a page of its own, written by the widget's example `gallery`. What is made of the pages:
//! pictures ([`pictures`]) on a sheet ([`sheet`]), and checks of whether everybody can use them ([`crate::access`]).

pub mod look;
pub mod pictures;
pub mod sheet;

use crate::problem::{Doing, Outcome, Problem};
use crate::progress;
use crate::workspace;
use checkout_shared::language::Language;
use std::fs;
use std::path::{Path, PathBuf};

/// A state in a language.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Page {
    /// The state's name: `08-pay`.
    pub state: String,
    /// The language, and with it the direction of writing.
    pub language: Language,
    path: PathBuf,
}

impl Page {
    /// Its address for a browser.
    #[must_use]
    pub fn url(&self) -> String {
        format!("file://{}", self.path.display())
    }
}

/// Writes the pages into a directory, which is emptied first; gives them back by state, each in the languages' order.
pub fn draw(directory: &Path, languages: &[Language]) -> Outcome<Vec<Page>> {
    if directory.exists() {
        fs::remove_dir_all(directory).doing(format_args!("clearing {}", directory.display()))?;
    }
    let mut command = workspace::command("cargo");
    command.args(["run", "--quiet", "--package", "checkout-widget", "--example", "gallery", "--features", "ssr", "--"]);
    command.arg(directory).args(languages.iter().map(|language| language.tag()));
    progress::run("drawing every state of the widget", "gallery", &mut command)?;

    let mut pages = Vec::new();
    for entry in fs::read_dir(directory).doing(format_args!("listing {}", directory.display()))? {
        let path = entry.doing("listing a directory")?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let Some((state, tag)) = name.strip_suffix(".html").and_then(|name| name.rsplit_once('.')) else { continue };
        let language = Language::ALL.into_iter().find(|language| language.tag() == tag);
        let language = language.ok_or_else(|| Problem::new(format!("{name} is in no language there is")))?;
        pages.push(Page { state: state.to_owned(), language, path });
    }
    let place = |page: &Page| languages.iter().position(|language| *language == page.language);
    pages.sort_by(|one, other| one.state.cmp(&other.state).then(place(one).cmp(&place(other))));
    if pages.is_empty() { Err(Problem::new("the gallery has no states")) } else { Ok(pages) }
}
