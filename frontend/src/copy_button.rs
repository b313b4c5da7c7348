//! A button that copies one value and says so. The copying itself is `clipboard.rs`.

use crate::clipboard::{self, Copied};
use crate::element::{Is, all, clicked, el, el_with, is, text};
use crate::icon::Icon;
use crate::messages::{Key, Messages};
use crate::state::{Action, LastCopied};
use std::rc::Rc;
use yew::prelude::*;

/// What all buttons that copy have in common.
#[derive(Clone, Copy)]
pub struct Copying<'a> {
    /// The words.
    pub messages: &'a Messages,
    /// What was copied a moment ago.
    pub last: Option<&'a LastCopied>,
    /// Told what was copied.
    pub on_action: &'a Callback<Action>,
}

/// A button that copies a value exactly, which the element of this id shows: it is selected there if the clipboard is refused. `label` says
/// what the button does to those who do not see what it stands beside: `Copy address`.
#[inline(never)]
pub fn copy_button(copying: Copying, value: &str, label: Key, shown_in: &str) -> Html {
    let Copying { messages, last, on_action } = copying;
    let (class, icon, words, said) = match last.filter(|last| *last.value == *value).map(|last| last.how) {
        None => ("copy", Icon::Copy, messages.text(Key::Copy), String::new()),
        Some(Copied::Yes) => ("copy copy-done", Icon::Check, messages.text(Key::Copied), messages.text(Key::Copied)),
        Some(Copied::Selected) => ("copy copy-done", Icon::Copy, messages.text(Key::CopyByHand), messages.text(Key::CopyByHandSaid)),
    };
    // Who speaks to it says what it shows.
    let label = if said.is_empty() { messages.text(label) } else { words.clone() };
    let (value, shown_in, on_action) = (Rc::<str>::from(value), Rc::<str>::from(shown_in), on_action.clone());
    let onclick = Callback::from(move |_: MouseEvent| {
        let (copied, on_action) = (value.clone(), on_action.clone());
        clipboard::copy(&value, &shown_in, move |how| on_action.emit(Action::Copied(LastCopied { value: copied.clone(), how })));
    });
    let inside = [icon.draw(), el("span", &[("aria-hidden", Is("true"))], [text(words)])];
    let button = el_with("button", &["type", "class", "aria-label"], [is("button"), is(class), is(label)], inside);
    let said = el("span", &[("class", Is("unseen")), ("role", Is("status"))], [text(said)]);
    all([clicked(button, onclick), said])
}
