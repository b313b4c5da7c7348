//! A button that copies one value and says so. The copying itself is `clipboard.rs`.

use crate::clipboard::{self, Copied};
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

/// A button that copies one value.
#[component]
pub fn CopyButton(props: &CopyButtonProps) -> Html {
    let copied = use_state(|| None);
    let reset = use_mut_ref(|| None::<Timeout>);
    let onclick = {
        let (props, copied, reset) = (props.clone(), copied.clone(), reset);
        move |_: MouseEvent| {
            let (copied, reset) = (copied.clone(), reset.clone());
            clipboard::copy(&props.value, &props.shown_in, move |how| {
                copied.set(Some(how));
                let copied = copied.clone();
                // Replacing the timer cancels the one before.
                *reset.borrow_mut() = Some(Timeout::new(SAYS_SO_FOR_MS, move || copied.set(None)));
            });
        }
    };
    let messages = &props.messages;
    let (icon, text, said) = match *copied {
        None => (Icon::Copy, messages.text(Key::Copy), String::new()),
        Some(Copied::Yes) => (Icon::Check, messages.text(Key::Copied), messages.text(Key::Copied)),
        Some(Copied::Selected) => (Icon::Copy, messages.text(Key::CopyByHand), messages.text(Key::CopyByHandSaid)),
    };
    html! {
        <>
            <button type="button" class={classes!("copy", copied.is_some().then_some("copy-done"))} aria-label={props.label.clone()} {onclick}>
                { icon.draw() }<span aria-hidden="true">{ text }</span>
            </button>
            <span class="unseen" role="status">{ said }</span>
        </>
    }
}
