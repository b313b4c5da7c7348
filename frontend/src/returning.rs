//! Goes back to the shop by itself once the order is paid: counts the seconds in which the customer could see the page, and stops at any
//! sign that somebody is busy with it. When it begins is `state.rs`'s to say.

use crate::checkout::lead_to_step;
use crate::outcome::STAY_ID;
use crate::state::{Action, Model};
use crate::words::followable;
use gloo_events::EventListener;
use gloo_timers::callback::Interval;
use yew::Callback;

/// What is a sign of somebody who is not done here. Leaving is one too: who comes back to a page that the browser has kept stays on it.
const SIGNS: [&str; 3] = ["pointerdown", "keydown", "pagehide"];

/// Counts until it is dropped.
pub struct Leaving {
    _interval: Interval,
    _signs: [EventListener; 3],
}

impl Leaving {
    /// Tells of each second, and of the first sign.
    pub fn start(on_action: &Callback<Action>) -> Option<Self> {
        let window = web_sys::window()?;
        let document = window.document()?;
        let signs = SIGNS.map(|sign| {
            let (on_action, document) = (on_action.clone(), document.clone());
            EventListener::new(&window, sign, move |_| {
                let was_on_button = document.active_element().is_some_and(|element| element.id() == STAY_ID);
                on_action.emit(Action::Stay);
                // The button is gone, and the focus with it.
                if was_on_button {
                    lead_to_step(&document);
                }
            })
        });
        let on_action = on_action.clone();
        let interval = Interval::new(1_000, move || {
            if !document.hidden() {
                on_action.emit(Action::Second);
            }
        });
        Some(Self { _interval: interval, _signs: signs })
    }
}

/// Goes to the shop.
pub fn leave(model: &Model) {
    let way = model.view.as_ref().and_then(|view| view.order.success_url.as_deref()).and_then(followable);
    if let Some((way, window)) = way.zip(web_sys::window()) {
        // The button leads there as well.
        let _ = window.location().set_href(way);
    }
}
