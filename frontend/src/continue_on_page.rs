//! Paying on a page of the provider's. It is opened beside this one, never inside our frame, and this page goes on watching.

use crate::countdown::countdown;
use crate::icon::Icon;
use crate::messages;
use crate::pieces::{Tone, heading, note, quiet_button, step, waiting};
use crate::words::{fill, followable};
use checkout_shared::session::{AttemptStatus, AttemptView};
use checkout_shared::time::Timestamp;
use yew::prelude::*;

/// The way to the page. `on_change`: the customer wants another method; none once money has arrived.
pub fn continue_on_page(
    attempt: &AttemptView,
    url: &str,
    expires_at: Timestamp,
    now: Timestamp,
    on_change: Option<&Callback<MouseEvent>>,
) -> Html {
    let rest = rest_on_page(attempt);
    let then = if rest.is_some() { messages::WHEN_IT_ENDS_REST } else { messages::PAGE_WHEN_IT_ENDS };
    let way = match followable(url) {
        None => note(Tone::Bad, Some("alert"), messages::PAGE_BROKEN.into()),
        Some(url) => html! {
            <>
                <p>{ messages::PAGE_TEXT }</p>
                <a class="button" href={url.to_owned()} target="_blank" rel="noopener noreferrer">{ messages::PAGE_OPEN }{ Icon::Out.draw() }</a>
                { countdown(now, expires_at, then) }
                { waiting(messages::WAITING, messages::WAITING_TEXT) }
            </>
        },
    };
    let inside = html! {
        <>
            { heading(if rest.is_some() { messages::PAGE_REST_HEADING } else { messages::PAGE_HEADING }) }
            { for rest.map(|rest| note(Tone::Warn, None, rest.into())) }
            { way }
            { for on_change.map(|on_change| quiet_button(messages::CHANGE_METHOD, on_change)) }
        </>
    };
    step("step", inside)
}

/// What to say where a part of the money has arrived; `None` where none has.
#[must_use]
pub fn rest_on_page(attempt: &AttemptView) -> Option<String> {
    if attempt.status != AttemptStatus::Underpaid {
        return None;
    }
    Some(match (&attempt.received, &attempt.due) {
        (Some(received), Some(due)) => fill(messages::PAGE_REST_DUE, &[("received", &received.to_string()), ("due", &due.to_string())]),
        _ => messages::PAGE_REST_TEXT.to_owned(),
    })
}
