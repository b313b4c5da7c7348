//! The network that is emulated, Chrome's "Slow 4G": by the browser itself, but for the pages of frames. Those it fetches as if there were no
//! emulation (Chromium 148), so they are made to wait where they are served ([`super::delivery`]).

use std::time::Duration;

/// How long an answer waits at least: round trips, names and greetings of connections in one number.
pub const LATENCY: Duration = Duration::from_micros(562_500);
/// Bytes a second to the browser: 1474.56 kbit/s.
pub const DOWN: u32 = 184_320;
/// Bytes a second from the browser: 675 kbit/s.
pub const UP: u32 = 84_375;

/// When so many bytes have come that were asked for at nought.
#[must_use]
pub fn arrival(bytes: usize) -> Duration {
    LATENCY + Duration::from_secs(1) * u32::try_from(bytes).unwrap_or(u32::MAX) / DOWN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_kilobytes_take_fifty_four_milliseconds_more() {
        assert_eq!(arrival(10_000).as_millis(), 562 + 54);
    }
}
