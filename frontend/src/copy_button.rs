//! A button that copies one value and says so. The copying itself is `clipboard.rs`.

use crate::clipboard::{self, Copied};
use crate::element::{Is, all, clicked, el, el_with, is, text};
use crate::icon::Icon;
use crate::messages::{Key, Messages};
use gloo_timers::callback::Timeout;
use yew::prelude::*;

/// For how long the button says what it did.
const SAYS_SO_FOR_MS: u32 = 2_500;

/// What is copied, and from where.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct CopyButtonProps {
    /// The words.
    pub messages: Messages,
    /// What goes to the clipboard, exactly.
    pub value: AttrValue,
    /// What the button does, for those who do not see what it stands beside: `Copy address`.
    pub label: AttrValue,
    /// Id of the element that shows the value, to be selected where the clipboard is refused.
    pub shown_in: AttrValue,
}

/// A button that copies a value, shown in the element of this id.
pub fn copy_button(messages: &Messages, value: AttrValue, label: Key, shown_in: AttrValue) -> Html {
    html! { <CopyButton messages={messages.clone()} {value} label={messages.text(label)} {shown_in} /> }
}

/// A button that copies one value.
pub struct CopyButton {
    /// How it went, for a while.
    copied: Option<Copied>,
    /// Ends that while. Another in its place cancels it.
    reset: Option<Timeout>,
}

impl Component for CopyButton {
    /// How the copying went; none once that has been said for long enough.
    type Message = Option<Copied>;
    type Properties = CopyButtonProps;

    fn create(_: &Context<Self>) -> Self {
        Self { copied: None, reset: None }
    }

    fn update(&mut self, ctx: &Context<Self>, copied: Option<Copied>) -> bool {
        let link = ctx.link().clone();
        self.reset = copied.map(|_| Timeout::new(SAYS_SO_FOR_MS, move || link.send_message(None)));
        self.copied = copied;
        true
    }

    fn changed(&mut self, ctx: &Context<Self>, before: &CopyButtonProps) -> bool {
        // What is beside the button now was not copied.
        if before.value != ctx.props().value {
            *self = Self { copied: None, reset: None };
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let (link, props) = (ctx.link().clone(), ctx.props().clone());
        let messages = &ctx.props().messages;
        let (class, icon, words, said) = match self.copied {
            None => ("copy", Icon::Copy, messages.text(Key::Copy), String::new()),
            Some(Copied::Yes) => ("copy copy-done", Icon::Check, messages.text(Key::Copied), messages.text(Key::Copied)),
            Some(Copied::Selected) => ("copy copy-done", Icon::Copy, messages.text(Key::CopyByHand), messages.text(Key::CopyByHandSaid)),
        };
        // Who speaks to it says what it shows.
        let label = if said.is_empty() { props.label.clone() } else { words.clone().into() };
        let onclick = Callback::from(move |_: MouseEvent| {
            let link = link.clone();
            clipboard::copy(&props.value, &props.shown_in, move |how| link.send_message(Some(how)));
        });
        let inside = [icon.draw(), el("span", &[("aria-hidden", Is("true"))], [text(words)])];
        let button = el_with("button", &["type", "class", "aria-label"], [is("button"), is(class), is(label)], inside);
        let said = el("span", &[("class", Is("unseen")), ("role", Is("status"))], [text(said)]);
        all([clicked(button, onclick), said])
    }
}
