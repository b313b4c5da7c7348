//! This device's clock, and a hook that ticks while something counts down.

use checkout_shared::time::Timestamp;
use gloo_timers::callback::Interval;
use yew::prelude::*;

/// Now, by this device.
#[must_use]
pub fn now() -> Timestamp {
    // The browser's clock is a whole number of milliseconds in a float, far below 2^53.
    #[expect(clippy::cast_possible_truncation)]
    Timestamp(js_sys::Date::now() as i64)
}

/// Now, by this device; renders again every second while `ticking`, and whenever the caller does.
#[hook]
pub fn use_now(ticking: bool) -> Timestamp {
    let tick = use_force_update();
    use_effect_with(ticking, move |ticking| {
        let interval = ticking.then(|| Interval::new(1_000, move || tick.force_update()));
        move || drop(interval)
    });
    now()
}
