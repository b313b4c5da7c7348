//! Paying on a page of the provider's. It is opened beside this one, never inside our frame, and this page goes on watching.

use crate::countdown::countdown;
use crate::icon::Icon;
use crate::messages;
use crate::pieces::{Tone, heading, note, quiet_button, step, waiting};
use crate::words::followable;
use checkout_shared::time::Timestamp;
use yew::prelude::*;

/// The way to the page. `on_change`: the customer wants another method; none once money has arrived.
pub fn continue_on_page(url: &str, expires_at: Timestamp, now: Timestamp, on_change: Option<&Callback<MouseEvent>>) -> Html {
    let way = match followable(url) {
        None => note(Tone::Bad, Some("alert"), messages::PAGE_BROKEN.into()),
        Some(url) => html! {
            <>
                <p>{ messages::PAGE_TEXT }</p>
                <a class="button" href={url.to_owned()} target="_blank" rel="noopener noreferrer">{ messages::PAGE_OPEN }{ Icon::Out.draw() }</a>
                { countdown(now, expires_at, messages::PAGE_WHEN_IT_ENDS) }
                { waiting(messages::WAITING, messages::WAITING_TEXT) }
            </>
        },
    };
    let inside = html! {
        <>
            { heading(messages::PAGE_HEADING) }
            { way }
            { for on_change.map(|on_change| quiet_button(messages::CHANGE_METHOD, on_change)) }
        </>
    };
    step("step", inside)
}
