//! The time left, as a person reads it. The ticking is `clock.rs`'s.

use crate::element::{Is, el, el_with, is, text};
use crate::icon::Icon;
use crate::messages::{Key, Messages};
use checkout_shared::time::Timestamp;
use yew::Html;

/// Below this the countdown asks for attention.
const SOON_SECONDS: i64 = 120;

/// The time left, and what happens then.
pub fn countdown(messages: &Messages, now: Timestamp, ends_at: Timestamp, then: String) -> Html {
    let left = ends_at.seconds().saturating_sub(now.seconds()).max(0);
    let class = if left < SOON_SECONDS { "countdown soon" } else { "countdown" };
    // A timer is not a live region by itself: a screen reader says it when asked, not every second.
    let time = el("strong", &[("role", Is("timer")), ("class", Is("countdown-time"))], [text(messages.digits(&clock_face(left)))]);
    let then = el("span", &[("class", Is("countdown-then"))], [text(then)]);
    let words = el("p", &[], [text(messages.text(Key::TimeLeft)), time, then]);
    el_with("div", &["class"], [is(class)], [Icon::Clock.draw(), words])
}

/// `14:05`, `1:00:00`.
fn clock_face(seconds: i64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_read_like_a_clock() {
        assert_eq!(["0:00", "0:59", "14:05", "1:00:00"], [0, 59, 845, 3600].map(clock_face).each_ref().map(String::as_str));
    }
}
