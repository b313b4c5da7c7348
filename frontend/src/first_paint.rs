//! What the edge shows before the widget is there, and to whoever runs no script: the same screen, rendered to HTML from the same data.
//!
//! The widget then renders over it (`main.rs`); what the screen says is `screen.rs`'s.

use crate::messages::Messages;
use crate::screen::{Screen, ScreenProps};
use crate::state::{Model, Pace};
use crate::step::Step;
use checkout_shared::page::PageData;
use checkout_shared::time::Timestamp;
use yew::LocalServerRenderer;

/// What is shown, and for how long it is good where no script keeps it live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstPaint {
    /// HTML, for the inside of the page's root.
    pub html: String,
    /// After how many seconds the page should be loaded again; none if nothing will have changed.
    pub reload_after: Option<u32>,
}

/// Renders what a page shows at first. `now`: the edge's own clock.
pub async fn first_paint(data: &PageData, messages: Messages, now: Timestamp) -> FirstPaint {
    let model = Model::start(data, now);
    let now = model.server_time(now);
    let reload_after = reload_after(&model, now);
    let props = yew::props!(ScreenProps { messages, model, now });
    // What hydrating would need is left out: the widget renders anew, which is lighter to load.
    let html = LocalServerRenderer::<Screen>::with_props(props).hydratable(false).render().await;
    FirstPaint { html, reload_after }
}

fn reload_after(model: &Model, now: Timestamp) -> Option<u32> {
    let on_offer = model.view.as_ref().is_some_and(|view| !view.methods.is_empty());
    match (model.pace(), model.step(now)) {
        (Pace::Never, _) => None,
        // Whoever is choosing would lose their place.
        (_, Step::Choose { .. }) if on_offer => Some(300),
        (_, Step::Choose { .. } | Step::Preparing | Step::TimeUp) => Some(3),
        (Pace::Quick, _) => Some(10),
        (Pace::Slow, _) => Some(60),
    }
}
