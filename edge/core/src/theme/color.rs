//! Colours, and how well one can be read on another (WCAG 2.2, "relative luminance" and "contrast ratio").

// A colour is not money: brightness is measured in floats everywhere.
#![expect(clippy::float_arithmetic, reason = "brightness")]

use csscolorparser::Color;
use std::fmt;

/// Longer than any sensible way to write a colour.
const MAX_LENGTH: usize = 80;

/// An opaque colour of a screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rgb(pub [u8; 3]);

impl Rgb {
    pub const BLACK: Self = Self([0; 3]);
    pub const WHITE: Self = Self([255; 3]);

    /// As a constant: `Rgb::hex(0x1d4ed8)`.
    pub const fn hex(number: u32) -> Self {
        let [_, red, green, blue] = number.to_be_bytes();
        Self([red, green, blue])
    }

    /// Reads a colour as CSS has it: hex, a name, `rgb()`, `hsl()`, `oklch()` and their kin. One that can be seen through is none, for
    /// nobody could say what is read on what.
    pub fn parse(text: &str) -> Option<Self> {
        let is_written_as_css = text.starts_with('#') || text.starts_with(|first: char| first.is_ascii_alphabetic());
        // Bare hex digits are no colour in CSS, though the parser takes them.
        let is_bare_hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_written_as_css || is_bare_hex || text.len() > MAX_LENGTH {
            return None;
        }
        let [red, green, blue, alpha] = csscolorparser::parse(text).ok()?.to_rgba8();
        (alpha == u8::MAX).then_some(Self([red, green, blue]))
    }

    /// This colour with so many hundredths of another in it.
    pub fn mixed(self, other: Self, hundredths: u8) -> Self {
        let share = u32::from(hundredths.min(100));
        let mix = |own: u8, other: u8| {
            let sum = u32::from(own) * (100 - share) + u32::from(other) * share;
            u8::try_from((sum + 50) / 100).unwrap_or(u8::MAX)
        };
        let ([r, g, b], [other_r, other_g, other_b]) = (self.0, other.0);
        Self([mix(r, other_r), mix(g, other_g), mix(b, other_b)])
    }

    /// How well one colour can be read on the other: from 1 (not at all) to 21 (black on white).
    pub fn contrast(self, other: Self) -> f32 {
        let (own, other) = (self.luminance(), other.luminance());
        (own.max(other) + 0.05) / (own.min(other) + 0.05)
    }

    /// Black or white, whichever can be read better on this colour; 4.58 : 1 at the least.
    pub fn pole(self) -> Self {
        if self.contrast(Self::BLACK) >= self.contrast(Self::WHITE) { Self::BLACK } else { Self::WHITE }
    }

    /// This colour, moved towards another until it can be read on all of some; the other itself if nothing less will do.
    pub fn readable(self, on: &[Self], ratio: f32, towards: Self) -> Self {
        let moved = (0..=100).map(|hundredths| self.mixed(towards, hundredths));
        moved.into_iter().find(|color| on.iter().all(|ground| color.contrast(*ground) >= ratio)).unwrap_or(towards)
    }

    fn luminance(self) -> f32 {
        let [red, green, blue] = self.0;
        let [red, green, blue, _] = Color::from_rgba8(red, green, blue, u8::MAX).to_linear_rgba();
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

impl fmt::Display for Rgb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_in_every_notation_of_css() {
        for text in ["#1d4ed8", "#1D4ED8", "#1d4ed8ff", "rgb(29, 78, 216)", "rgb(29 78 216)", "rgba(29,78,216,1)", "rgb(29 78 216 / 100%)"]
        {
            assert_eq!(Rgb::parse(text), Some(Rgb::hex(0x1d_4ed8)), "{text}");
        }
        assert_eq!(Rgb::parse("#fa0"), Some(Rgb::hex(0xff_aa00)));
        assert_eq!(Rgb::parse("hsl(120deg, 100%, 25%)"), Some(Rgb::hex(0x00_8000)));
        assert_eq!(Rgb::parse("RebeccaPurple"), Some(Rgb::hex(0x66_3399)));
        assert_eq!(Rgb::parse("oklch(62.8% 0.2577 29.23)"), Some(Rgb::hex(0xff_0000)));
    }

    #[test]
    fn what_is_no_opaque_colour_is_none() {
        let long = format!("rgb({}1, 2, 3)", "0".repeat(100));
        for text in [
            "",
            "fff",
            "bad",
            "#",
            "#12",
            "#ggg",
            "transparent",
            "currentcolor",
            "inherit",
            "rgb(1 2 3 / 50%)",
            "#fff8",
            "var(--x)",
            "color-mix(in srgb, red, blue)",
            "url(https://shop.example/)",
            "red;color:blue",
            "red}",
            "rgb(1,2",
            long.as_str(),
        ] {
            assert_eq!(Rgb::parse(text), None, "{text}");
        }
    }

    #[test]
    fn contrast_is_that_of_the_guidelines() {
        let close = |one: f32, other: f32| (one - other).abs() < 0.01;
        assert!(close(Rgb::BLACK.contrast(Rgb::WHITE), 21.0) && close(Rgb::WHITE.contrast(Rgb::WHITE), 1.0));
        // The greys between which the guidelines draw their line on white.
        assert!(close(Rgb::hex(0x76_7676).contrast(Rgb::WHITE), 4.54) && close(Rgb::WHITE.contrast(Rgb::hex(0x77_7777)), 4.48));
    }

    #[test]
    fn a_colour_is_moved_no_further_than_it_must() {
        let yellow = Rgb::hex(0xff_d400);
        assert_eq!(yellow.readable(&[Rgb::BLACK], 4.5, Rgb::WHITE), yellow);
        let moved = yellow.readable(&[Rgb::WHITE], 4.5, Rgb::BLACK);
        assert!((4.5..4.8).contains(&moved.contrast(Rgb::WHITE)), "{moved}");
    }
}
