//! Paying on a page of the provider's. It is opened beside this one, never inside our frame, and this page goes on watching.

use crate::countdown::countdown;
use crate::element::{all, el_with, is, text};
use crate::icon::Icon;
use crate::messages::{Key, Messages};
use crate::pieces::{Tone, Way, heading, note, paragraph, quiet_button, step, waiting};
use crate::words::{followable, tidy};
use checkout_shared::session::{AttemptStatus, AttemptView};
use checkout_shared::time::Timestamp;
use yew::Html;

/// The way to the page. `change` leads to another method; none once money has arrived.
#[inline(never)]
pub fn continue_on_page(
    messages: &Messages,
    attempt: &AttemptView,
    url: &str,
    expires_at: Timestamp,
    now: Timestamp,
    change: Option<Way>,
) -> Html {
    let rest = rest_on_page(messages, attempt);
    let then = messages.text(if rest.is_some() { Key::WhenItEndsRest } else { Key::PageWhenItEnds });
    let way = match followable(url) {
        None => note(Tone::Bad, None, messages.text(Key::PageBroken).into()),
        Some(url) => {
            let values = [is("button"), is(url.to_owned()), is("_blank"), is("noopener noreferrer")];
            let label = [text(messages.text(Key::PageOpen)), Icon::Out.draw()];
            all([
                paragraph(messages.text(Key::PageText)),
                el_with("a", &["class", "href", "target", "rel"], values, label),
                countdown(messages, now, expires_at, then),
                waiting(messages.text(Key::Waiting), messages.text(Key::WaitingText)),
            ])
        }
    };
    let inside = all([
        heading(messages.text(if rest.is_some() { Key::PageRestHeading } else { Key::PageHeading })),
        rest.map(|rest| note(Tone::Warn, None, rest.into())).unwrap_or_default(),
        way,
        change.map(|change| quiet_button(messages.text(Key::ChangeMethod), change)).unwrap_or_default(),
    ]);
    step("step", inside)
}

/// What to say where a part of the money has arrived; `None` where none has.
#[must_use]
pub fn rest_on_page(messages: &Messages, attempt: &AttemptView) -> Option<String> {
    if attempt.status != AttemptStatus::Underpaid {
        return None;
    }
    Some(match (&attempt.received, &attempt.due) {
        (Some(received), Some(due)) => {
            messages.fill(Key::PageRestDue, &[("received", &tidy(received).to_string()), ("due", &tidy(due).to_string())])
        }
        _ => messages.text(Key::PageRestText),
    })
}
