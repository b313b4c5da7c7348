//! Goes back to the shop by itself once the order is paid: counts the seconds in which the customer could see the page, and stops at any
//! sign that somebody is busy with it. When it begins is `state.rs`'s to say.

use crate::checkout::lead_to_step;
use crate::outcome::STAY_ID;
use crate::state::{Action, Model, RETURN_SECONDS, Returning};
use crate::words::followable;
use gloo_events::EventListener;
use gloo_timers::callback::Interval;
use yew::prelude::*;

/// What is a sign of somebody who is not done here. Leaving is one too: who comes back to a page that the browser has kept stays on it.
const SIGNS: [&str; 3] = ["pointerdown", "keydown", "pagehide"];

/// Counts, and leaves.
#[hook]
pub fn use_return(model: &UseReducerHandle<Model>) {
    let counts = matches!(model.returning, Returning::In(_));
    let way = model.view.as_ref().and_then(|view| view.order.success_url.clone()).filter(|_| counts);
    let dispatcher = model.dispatcher();
    use_effect_with(way, move |way| {
        let callers = way.as_deref().and_then(followable).and_then(|way| callers(dispatcher, way.to_owned()));
        move || drop(callers)
    });
}

fn callers(dispatcher: UseReducerDispatcher<Model>, way: String) -> Option<(Interval, [EventListener; 3])> {
    let window = web_sys::window()?;
    let document = window.document()?;
    let signs = SIGNS.map(|sign| {
        let (dispatcher, document) = (dispatcher.clone(), document.clone());
        EventListener::new(&window, sign, move |_| {
            let was_on_button = document.active_element().is_some_and(|element| element.id() == STAY_ID);
            dispatcher.dispatch(Action::Stay);
            // The button is gone, and the focus with it.
            if was_on_button {
                lead_to_step(&document);
            }
        })
    });
    let mut left = RETURN_SECONDS;
    let interval = Interval::new(1_000, move || {
        if document.hidden() || left == 0 {
            return;
        }
        left -= 1;
        dispatcher.dispatch(Action::Second);
        if left == 0 {
            // The button leads there as well.
            let _ = window.location().set_href(&way);
        }
    });
    Some((interval, signs))
}
