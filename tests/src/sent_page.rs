//! The checkout page as the Worker sends it to a customer who is about to choose: the built `index.html` in English, with the styles, the
//! texts, a plain session and its first paint in it. To be weighed by [`crate::weight`]; what stands where is `checkout_core::page`'s.

use crate::assemble::assets;
use crate::problem::{Doing, Outcome, Problem};
use crate::workspace;
use checkout_core::page::{Filling, Template, Texts};
use checkout_shared::language::Language;
use checkout_shared::page::PageData;
use checkout_shared::session::{SessionView, Status};
use checkout_widget::first_paint::{FirstPaint, first_paint};
use checkout_widget::messages::Messages;
use std::fs;
use std::path::Path;
use tokio::runtime::Builder;
use tokio::task::LocalSet;

/// The page, growing: with nothing in it, then with the styles, the texts, and the session with its first paint as well. Each with the name
/// of what was put in last.
pub fn growing() -> Outcome<[(&'static str, String); 4]> {
    let read = |path: &Path| fs::read_to_string(path).doing(format_args!("reading {}", path.display()));
    let language = Language::ENGLISH;
    let file = read(&assets().join(format!("messages/{}.json", language.tag())))?;
    let (html, styles) = (read(&assets().join("index.html"))?, read(&assets().join("checkout.css"))?);
    let texts = Texts::read(language, &file).doing("reading the texts")?;
    let page = |styles: &str, data: &PageData, paint: &FirstPaint| {
        let template = Template::new(&html, styles, &texts).doing("making the page")?;
        let nonce = "0123456789abcdefghjkmnpqrs";
        let filling = Filling { nonce, theme: "", first_paint: &paint.html, reload: paint.reload.as_deref(), data };
        template.filled(&filling).doing("filling the page")
    };
    let data = session(&read(&workspace::root().join("frontend/tests/fixtures/page_data.json"))?)?;
    let full = painted(&data, texts.list())?;
    let (nobody, nothing) = (PageData::default(), FirstPaint { html: String::new(), reload: None });
    let without_texts = |page: String| page.replacen(texts.list(), "", 1);
    Ok([
        ("page", without_texts(page("", &nobody, &nothing)?)),
        ("styles in it", without_texts(page(&styles, &nobody, &nothing)?)),
        ("texts in it", page(&styles, &nobody, &nothing)?),
        ("session and first paint in it", page(&styles, &data, &full)?),
    ])
}

/// A session whose customer has yet to choose.
fn session(fixture: &str) -> Outcome<PageData> {
    let data: PageData = serde_json::from_str(fixture).doing("reading the session")?;
    let session = data.session.map(|view| SessionView { status: Status::Open, attempt: None, ..view });
    Ok(PageData { session, ..data })
}

/// The renderer to HTML wants a thread's own tasks, on a thread that runs no others.
fn painted(data: &PageData, texts: &str) -> Outcome<FirstPaint> {
    let paint = || {
        let messages = Messages::parse(texts).ok_or_else(|| Problem::new("the texts are no list"))?;
        let now = data.session.as_ref().map(|view| view.server_time).unwrap_or_default();
        let runtime = Builder::new_current_thread().build().doing("starting to paint")?;
        Ok(runtime.block_on(LocalSet::new().run_until(first_paint(data, messages, now))))
    };
    let joined = std::thread::scope(|scope| scope.spawn(paint).join());
    joined.unwrap_or_else(|_| Err(Problem::new("the first paint panicked")))
}
