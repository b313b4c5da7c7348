//! The time of an address or page is over by the clock and the edge has not said yet what follows. The address is gone from sight.

use crate::element::all;
use crate::icon::Icon;
use crate::messages::{Key, Messages};
use crate::pieces::{Tone, Way, badge, button, heading, paragraph, step};
use yew::Html;

/// The time is over; `change` leads to another choice.
#[inline(never)]
pub fn time_up(messages: &Messages, change: Way) -> Html {
    let inside = all([
        badge(Tone::Warn, Icon::Clock),
        heading(messages.text(Key::TimeUpHeading)),
        paragraph(messages.text(Key::TimeUpText)),
        button(messages.text(Key::TimeUpChoose), change),
    ]);
    step("step outcome", inside)
}
