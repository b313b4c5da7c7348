//! Copying text, with a way on where the browser refuses: the text is selected, so that one gesture copies it.

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlDocument};

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Copied {
    /// It is on the clipboard.
    Yes,
    /// It is selected; the customer has to copy it.
    Selected,
}

/// Copies `text`, which stands in the element of this id. `done` is called once, now or soon.
pub fn copy(text: &str, shown_in: &str, done: impl Fn(Copied) + 'static) {
    let Some(window) = web_sys::window() else { return };
    let clipboard = window.navigator().clipboard();
    let shown_in = window.document().and_then(|document| document.get_element_by_id(shown_in));
    // Missing on an insecure origin and in some in-app browsers, whatever its type says.
    if AsRef::<JsValue>::as_ref(&clipboard).is_undefined() {
        return done(select(shown_in.as_ref()));
    }
    let written = clipboard.write_text(text);
    wasm_bindgen_futures::spawn_local(async move {
        match wasm_bindgen_futures::JsFuture::from(written).await {
            Ok(_) => done(Copied::Yes),
            Err(_) => done(select(shown_in.as_ref())),
        }
    });
}

/// Selects what the element shows and tries the old way of copying, which works where the clipboard is refused to frames.
fn select(element: Option<&Element>) -> Copied {
    let copied = || {
        let window = web_sys::window()?;
        let selection = window.get_selection().ok()??;
        selection.select_all_children(element?).ok()?;
        let document: HtmlDocument = window.document()?.dyn_into().ok()?;
        document.exec_command("copy").ok().filter(|done| *done)
    };
    if copied().is_some() { Copied::Yes } else { Copied::Selected }
}
