//! The time of an address or page is over by the clock and the edge has not said yet what follows. The address is gone from sight.

use crate::icon::Icon;
use crate::messages::{Key, Messages};
use crate::pieces::{Tone, badge, button, heading, step};
use yew::prelude::*;

/// The time is over; `on_change`: the customer chooses again.
pub fn time_up(messages: &Messages, on_change: &Callback<MouseEvent>) -> Html {
    let inside = html! {
        <>
            { badge(Tone::Warn, Icon::Clock) }
            { heading(messages.text(Key::TimeUpHeading)) }
            <p>{ messages.text(Key::TimeUpText) }</p>
            { button(messages.text(Key::TimeUpChoose), on_change) }
        </>
    };
    step("step outcome", inside)
}
