//! Lengths in pixels or in the root's font size, within bounds.

use rust_decimal::Decimal;
use std::fmt;

/// Pixels of a `rem` where the customer has not changed the size of text.
const PIXELS_OF_REM: u32 = 16;

/// The least and the most, in pixels.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    pub least: u32,
    pub most: u32,
}

/// A length, written as the shop has written it: a `rem` grows with the customer's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Length {
    number: Decimal,
    unit: &'static str,
}

impl Length {
    /// Reads `12px`, `0.75rem` or `0`. One out of bounds is the nearest within; a shop's round corners of 9999 px mean "as round as can be".
    pub fn parse(text: &str, bounds: Bounds) -> Option<Self> {
        let text = text.to_ascii_lowercase();
        let units = [("px", 1), ("rem", PIXELS_OF_REM)];
        let (number, unit, pixels) =
            units.into_iter().find_map(|(unit, pixels)| Some((text.strip_suffix(unit)?, unit, pixels))).unwrap_or((&text, "px", 1));
        let is_plain = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let number: Decimal = number.parse().ok().filter(|_| is_plain && number.len() <= 12)?;
        let has_unit = number.is_zero() || text.ends_with(unit);
        let bound = |bound: u32| Decimal::from(bound) / Decimal::from(pixels);
        has_unit.then(|| Self { number: number.clamp(bound(bounds.least), bound(bounds.most)).normalize(), unit })
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.number, self.unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_kept_within_bounds() {
        let bounds = Bounds { least: 4, most: 24 };
        for (text, length) in [
            ("12px", "12px"),
            ("12.50PX", "12.5px"),
            (".5rem", "0.5rem"),
            ("9999px", "24px"),
            ("9rem", "1.5rem"),
            ("0", "4px"),
            ("0.1rem", "0.25rem"),
        ] {
            assert_eq!(Length::parse(text, bounds).map(|length| length.to_string()).as_deref(), Some(length), "{text}");
        }
    }

    #[test]
    fn what_is_no_length_is_none() {
        for text in ["", "px", "12", "-1px", "+1px", "1e3px", "12 px", "12em", "50%", "calc(1px + 1px)", "1px;", "1..2px", ".px", "١px"] {
            assert_eq!(Length::parse(text, Bounds { least: 0, most: 9 }), None, "{text}");
        }
    }
}
