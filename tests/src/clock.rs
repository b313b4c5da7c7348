//! The time of day and how long something took: the one file of the workspace that may read the machine's clock.
//!
//! The product never does (see `clippy.toml`); it is handed `now`.
#![expect(clippy::disallowed_methods, reason = "this package runs natively only, and this file is where it asks for the time")]

use checkout_shared::time::Timestamp;
use std::fmt;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The time of day.
#[must_use]
pub fn now() -> Timestamp {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
}

/// Measures how long something takes. `Display` is for people: `0.4 s`, `12 s`, `3 min 05 s`.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts now.
    #[must_use]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// The time since the start.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

impl fmt::Display for Stopwatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let elapsed = self.elapsed();
        match elapsed.as_secs() {
            0..10 => write!(f, "{}.{} s", elapsed.as_secs(), elapsed.subsec_millis() / 100),
            seconds @ 10..60 => write!(f, "{seconds} s"),
            seconds => write!(f, "{} min {:02} s", seconds / 60, seconds % 60),
        }
    }
}
