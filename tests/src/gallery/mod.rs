//! The gallery: every state of the widget as a page of its own. The widget's example `gallery` draws the screens; around each stands the
//! checkout's own page, filled as the edge fills it. What is made of the pages: pictures ([`pictures`]) on a sheet ([`sheet`]), and
//! checks of whether everybody can use them ([`crate::access`]).

pub mod look;
pub mod pictures;
pub mod sheet;

use crate::problem::{Doing, Outcome, Problem};
use crate::progress;
use crate::workspace;
use checkout_core::page::{Filling, Template, Texts};
use checkout_core::theme::Theme;
use checkout_shared::language::Language;
use checkout_shared::page::PageData;
use std::fs;
use std::path::{Path, PathBuf};

/// A state in a language.
#[derive(Clone, Debug, PartialEq, Eq)]
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

/// What a page does that finds itself in a frame (`index.html`), done at its end to one that is none.
const FRAMED: &str = r#"<script>document.documentElement.classList.add("framed")</script>"#;

/// The languages that are looked at unless one says otherwise: one for each direction of writing.
#[must_use]
pub fn usual_languages() -> Vec<Language> {
    ["en", "ar"].into_iter().filter_map(Language::closest).collect()
}

/// The screens of every state.
#[derive(Debug)]
pub struct Screens {
    directory: PathBuf,
    languages: Vec<Language>,
    /// By state, each in the languages' order.
    names: Vec<(String, Language)>,
}

impl Screens {
    /// Draws them into a directory, which is emptied first.
    pub fn draw(directory: &Path, languages: &[Language]) -> Outcome<Self> {
        if directory.exists() {
            fs::remove_dir_all(directory).doing(format_args!("clearing {}", directory.display()))?;
        }
        let mut command = workspace::command("cargo");
        command.args(["run", "--quiet", "--package", "checkout-widget", "--example", "gallery", "--features", "ssr", "--"]);
        command.arg(directory).args(languages.iter().map(|language| language.tag()));
        progress::run("drawing every state of the widget", "gallery", &mut command)?;

        let mut states = Vec::new();
        for entry in fs::read_dir(directory).doing(format_args!("listing {}", directory.display()))? {
            let name = entry.doing("listing a directory")?.file_name().to_string_lossy().into_owned();
            let first = languages.first().map(|language| format!(".{}.html", language.tag())).unwrap_or_default();
            states.extend(name.strip_suffix(&first).map(str::to_owned));
        }
        if states.is_empty() {
            return Err(Problem::new("the gallery has no states"));
        }
        states.sort();
        let of_state = |state: String| languages.iter().map(move |language| (state.clone(), *language));
        let names = states.into_iter().flat_map(of_state).collect();
        Ok(Self { directory: directory.to_path_buf(), languages: languages.to_vec(), names })
    }

    /// Writes the pages, in a shop's theme, into a directory; those of some states only, if asked so.
    pub fn in_pages(&self, directory: &Path, theme: &Theme, wanted: impl Fn(&str) -> bool) -> Outcome<Vec<Page>> {
        fs::create_dir_all(directory).doing(format_args!("making {}", directory.display()))?;
        let templates = self.languages.iter().map(|language| Ok((*language, template(*language)?)));
        let templates: Vec<(Language, Template)> = templates.collect::<Outcome<_>>()?;
        let rules = theme.css();
        let mut pages = Vec::new();
        for (state, language) in self.names.iter().filter(|(state, _)| wanted(state)) {
            let name = format!("{state}.{}.html", language.tag());
            let screen = read(&self.directory.join(&name))?;
            let data = PageData::default();
            let filling = Filling { nonce: "gallery", theme: &rules, first_paint: &screen, reload: None, data: &data };
            let template = templates.iter().find(|(of, _)| of == language).map(|(_, template)| template);
            let html = template.map(|template| template.filled(&filling)).transpose().doing("making a page")?.unwrap_or_default();
            let html = if state.contains("-framed-") { html + FRAMED } else { html };
            let path = directory.join(name);
            fs::write(&path, html).doing(format_args!("writing {}", path.display()))?;
            pages.push(Page { state: state.clone(), language: *language, path });
        }
        Ok(pages)
    }
}

/// The page as the edge has it, without what Trunk builds.
fn template(language: Language) -> Outcome<Template> {
    let frontend = workspace::root().join("frontend");
    let html = read(&workspace::root().join("index.html"))?;
    let html: Vec<&str> = html.lines().filter(|line| !line.contains("data-trunk")).collect();
    let styles = read(&frontend.join("src/checkout.css"))?;
    let texts = read(&frontend.join(format!("messages/{}.json", language.tag())))?;
    let texts = Texts::read(language, &texts).doing("reading the texts")?;
    Template::new(&html.join("\n"), &styles, &texts).doing("reading index.html")
}

fn read(path: &Path) -> Outcome<String> {
    fs::read_to_string(path).doing(format_args!("reading {}", path.display()))
}
