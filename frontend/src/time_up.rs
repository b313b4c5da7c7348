//! The time of an address or page is over by the clock and the edge has not said yet what follows. The address is gone from sight.

use crate::icon::Icon;
use crate::messages;
use crate::pieces::{Tone, badge, button, heading, step};
use yew::prelude::*;

/// The time is over; `on_change`: the customer chooses again.
pub fn time_up(on_change: &Callback<MouseEvent>) -> Html {
    let inside = html! {
        <>
            { badge(Tone::Warn, Icon::Clock) }
            { heading(messages::TIME_UP_HEADING) }
            <p>{ messages::TIME_UP_TEXT }</p>
            { button(messages::TIME_UP_CHOOSE, on_change) }
        </>
    };
    step("step outcome", inside)
}
