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
    /// When the page should be loaded again, and what, as `<meta http-equiv="refresh">` puts it: `10; url=/checkout/…`. None if nothing
    /// will have changed.
    pub reload: Option<String>,
}

/// Renders what a page shows at first. `now`: the edge's own clock.
pub async fn first_paint(data: &PageData, messages: Messages, now: Timestamp) -> FirstPaint {
    let model = Model::start(data, now);
    let now = model.server_time(now);
    let reload = reload(&model, now);
    // What hydrating would need is left out: the widget renders anew, which is lighter to load.
    let screen = LocalServerRenderer::<Screen>::with_props(ScreenProps::still(messages, model, now)).hydratable(false);
    FirstPaint { html: screen.render().await, reload }
}

fn reload(model: &Model, now: Timestamp) -> Option<String> {
    let on_offer = model.view.as_ref().is_some_and(|view| !view.methods.is_empty());
    let seconds = match (model.pace(), model.step(now)) {
        (Pace::Never, _) => return None,
        // Whoever is choosing would lose their place.
        (_, Step::Choose { .. }) if on_offer => 300,
        // Whoever was told that nothing is on offer need not hear it again and again.
        (_, Step::Choose { .. }) if model.view.as_ref().is_some_and(|view| view.methods_unavailable) => 30,
        (_, Step::Choose { .. } | Step::Preparing | Step::TimeUp) => 3,
        (Pace::Quick, _) => 10,
        (Pace::Slow, _) => 60,
    };
    let page = model.page.as_deref()?;
    Some(if model.changing_method { format!("{seconds}; url={}", model.page_to_choose()) } else { format!("{seconds}; url={page}") })
}
