//! This device's clock.

use checkout_shared::time::Timestamp;

/// Now, by this device.
#[must_use]
pub fn now() -> Timestamp {
    // The browser's clock is a whole number of milliseconds in a float, far below 2^53.
    #[expect(clippy::cast_possible_truncation)]
    Timestamp(js_sys::Date::now() as i64)
}
