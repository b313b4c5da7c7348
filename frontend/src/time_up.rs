//! The time of an address or page is over by the clock and the edge has not said yet what follows. The address is gone from sight.

use crate::icon::Icon;
use crate::messages::{Key, Messages};
use crate::pieces::{Tone, Way, badge, button, heading, step, words};
use yew::prelude::*;

/// The time is over; `change` leads to another choice.
#[inline(never)]
pub fn time_up(messages: &Messages, change: Way) -> Html {
    let inside = html! {
        <>
            { badge(Tone::Warn, Icon::Clock) }
            { heading(messages.text(Key::TimeUpHeading)) }
            { words(messages.text(Key::TimeUpText)) }
            { button(messages.text(Key::TimeUpChoose), change) }
        </>
    };
    step("step outcome", inside)
}
