//! Pieces that several screens are made of. Functions, not components: a component of Yew's weighs about 1 kB compressed, so only what has
//! a state of its own (`copy_button.rs`) or must be spared from rendering again (`qr.rs`) is one.

use crate::icon::Icon;
use crate::state::Action;
use checkout_shared::money::Money;
use yew::prelude::*;

/// Id of the heading of the step; the focus is led there (`checkout.rs`).
pub const STEP_ID: &str = "step";

/// The heading of a step.
pub fn heading(text: String) -> Html {
    html! { <h2 id={STEP_ID} tabindex="-1">{ text }</h2> }
}

/// A step: a landmark named by its heading.
pub fn step(class: &'static str, inside: Html) -> Html {
    html! { <section {class} aria-labelledby={STEP_ID}>{ inside }</section> }
}

/// Plain words.
pub fn words(text: String) -> Html {
    html! { <p>{ text }</p> }
}

/// Words of less weight.
pub fn hint(text: String) -> Html {
    html! { <p class="hint">{ text }</p> }
}

/// Words for who does not see what they stand beside.
pub fn unseen(text: String) -> Html {
    html! { <span class="unseen">{ text }{ " " }</span> }
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
pub fn note(tone: Tone, role: Option<&'static str>, text: AttrValue) -> Html {
    html! { <p class={classes("note", tone)} {role}>{ Icon::Alert.draw() }<span>{ text }</span></p> }
}

/// The big sign over an outcome.
pub fn badge(tone: Tone, icon: Icon) -> Html {
    html! { <span class={classes("badge", tone)} aria-hidden="true">{ icon.draw() }</span> }
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
    html! { <a {class} href={way.href.to_owned()} {onclick}>{ label }</a> }
}

/// Waiting for money, in words and with a sign of life.
pub fn waiting(what: String, how: String) -> Html {
    html! { <p class="waiting"><span class="pulse" aria-hidden="true" /><span><strong>{ what }</strong>{ " " }{ how }</span></p> }
}

/// An amount with its currency, each kept in one piece and written from the left in every language. The id is the amount's, to copy it from.
pub fn money(money: &Money, id: Option<&'static str>) -> Html {
    html! {
        <bdi class="money" dir="ltr">
            <span class="money-amount" {id}>{ money.amount.to_string() }</span>{ " " }<span class="money-currency">{ money.currency.to_string() }</span>
        </bdi>
    }
}
