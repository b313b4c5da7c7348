//! Goes back to the shop by itself once the order is paid: counts the seconds in which the customer could see the page, and stops at any
//! sign that somebody is busy with it. When it begins is `state.rs`'s to say.

use crate::checkout::lead_to_step;
use crate::outcome::STAY_ID;
use crate::state::{Action, Model, Returning};
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
    let dispatcher = model.dispatcher();
    use_effect_with(counts, move |counts| {
        let callers = counts.then(|| callers(dispatcher));
        move || drop(callers)
    });
    let way = model.view.as_ref().and_then(|view| view.order.success_url.clone()).filter(|_| model.returning == Returning::In(0));
    use_effect_with(way, |way| {
        if let Some((way, window)) = way.as_deref().and_then(followable).zip(web_sys::window()) {
            // The button leads there as well.
            let _ = window.location().set_href(way);
        }
    });
}

fn callers(dispatcher: UseReducerDispatcher<Model>) -> Option<(Interval, [EventListener; 3])> {
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
    let interval = Interval::new(1_000, move || {
        if !document.hidden() {
            dispatcher.dispatch(Action::Second);
        }
    });
    Some((interval, signs))
}
