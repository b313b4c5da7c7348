//! Pieces that several screens are made of. Functions, not components: a component of Yew's weighs about 1 kB compressed, so the page as a
//! whole is the only one (`checkout.rs`).

use crate::element::{Is, clicked, el, el_with, is, text};
use crate::icon::Icon;
use crate::state::Action;
use checkout_shared::money::Money;
use yew::prelude::*;

/// Id of the heading of the step; the focus is led there (`checkout.rs`).
pub const STEP_ID: &str = "step";

/// The heading of a step.
pub fn heading(words: String) -> Html {
    el("h2", &[("id", Is(STEP_ID)), ("tabindex", Is("-1"))], [text(words)])
}

/// A paragraph.
pub fn paragraph(words: String) -> Html {
    el("p", &[], [text(words)])
}

/// A paragraph in small print.
pub fn hint(words: String) -> Html {
    el("p", &[("class", Is("hint"))], [text(words)])
}

/// Words for those who do not see what they stand beside.
pub fn unseen(words: String) -> Html {
    el("span", &[("class", Is("unseen"))], [text(words)])
}

/// A step: a landmark named by its heading.
pub fn step(class: &'static str, inside: Html) -> Html {
    el_with("section", &["class", "aria-labelledby"], [is(class), is(STEP_ID)], [inside])
}

/// How much a note or badge asks for attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// All is well.
    Good,
    /// For information.
    Calm,
    /// Mind this.
    Warn,
    /// Something is wrong, or money could be lost.
    Bad,
}

impl Tone {
    const fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Calm => "calm",
            Self::Warn => "warn",
            Self::Bad => "bad",
        }
    }
}

/// A paragraph that stands out. One that comes as an answer to what the customer did has `role` `alert`.
pub fn note(tone: Tone, role: Option<&'static str>, words: AttrValue) -> Html {
    let values = [is(classes("note", tone)), role.and_then(is)];
    el_with("p", &["class", "role"], values, [Icon::Alert.draw(), el("span", &[], [text(words)])])
}

/// The big sign over an outcome.
pub fn badge(tone: Tone, icon: Icon) -> Html {
    el_with("span", &["class", "aria-hidden"], [is(classes("badge", tone)), is("true")], [icon.draw()])
}

fn classes(kind: &str, tone: Tone) -> String {
    [kind, " ", tone.class()].concat()
}

/// Where something the customer does leads: an address that works without a script, and what happens in its place in a running page. Where
/// nothing does, the link is followed.
#[derive(Clone, Copy, Debug)]
pub struct Way<'a> {
    /// The address; empty for this very page.
    pub href: &'a str,
    /// What happens in a running page.
    pub action: Option<Deed<'a>>,
}

/// What the customer does, and whom it is told.
pub type Deed<'a> = (fn() -> Action, &'a Callback<Action>);

/// The step's main way on.
pub fn button(label: String, way: Way) -> Html {
    link("button", label, way)
}

/// A way beside the main one.
pub fn quiet_button(label: String, way: Way) -> Html {
    link("button quiet", label, way)
}

fn link(class: &'static str, label: String, way: Way) -> Html {
    let onclick = way.action.map(|(action, on_action)| {
        let on_action = on_action.clone();
        Callback::from(move |event: MouseEvent| {
            event.prevent_default();
            on_action.emit(action());
        })
    });
    let link = el_with("a", &["class", "href"], [is(class), is(way.href.to_owned())], [text(label)]);
    match onclick {
        Some(onclick) => clicked(link, onclick),
        None => link,
    }
}

/// Waiting for money, in words and with a sign of life.
pub fn waiting(what: String, how: String) -> Html {
    let words = el("span", &[], [el("strong", &[], [text(what)]), text(" "), text(how)]);
    el("p", &[("class", Is("waiting"))], [el("span", &[("class", Is("pulse")), ("aria-hidden", Is("true"))], []), words])
}

/// An amount with its currency, each kept in one piece and written from the left in every language. The id is the amount's, to copy it from.
pub fn money(money: &Money, id: Option<&'static str>) -> Html {
    let amount = el_with("span", &["class", "id"], [is("money-amount"), id.and_then(is)], [text(money.amount.to_string())]);
    let currency = el("span", &[("class", Is("money-currency"))], [text(money.currency.to_string())]);
    el("bdi", &[("class", Is("money")), ("dir", Is("ltr"))], [amount, text(" "), currency])
}
