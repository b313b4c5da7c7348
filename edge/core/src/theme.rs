//! How a shop wants the checkout to look: read from the query of the page's address, checked, and written as the custom properties of the
//! page's style sheet (`frontend/src/checkout.css`). The shop states them as custom properties of its own on `<edge-checkout>`
//! (`docs/embedding.md`), and the loader passes on what it finds; anybody could have written them.
//!
//! A value that is not of its kind is left out, and the style says so for whoever looks at it. What would make something hard to read is
//! moved until it can be read (`palette`). Nothing of what came in goes out as it came: colours, lengths and names are written anew.

mod color;
mod font;
mod length;
mod palette;

use color::Rgb;
use font::Font;
use length::{Bounds, Length};
use palette::{Palette, Wishes};
use std::fmt;

/// The custom properties that a shop may set, without their common beginning `--checkout-`: the parameters of the page's address.
pub const PROPERTIES: [&str; 7] = ["accent", "background", "surface", "text", "radius", "font", "spacing"];

const RADIUS: Bounds = Bounds { least: 0, most: 28 };
const SPACING: Bounds = Bounds { least: 8, most: 24 };

/// By day or by night.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Scheme {
    /// As the customer's device is set.
    #[default]
    Auto,
    Light,
    Dark,
}

/// A colour, by day and by night.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Shades {
    light: Rgb,
    dark: Rgb,
}

/// How a shop wants the checkout to look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Theme {
    scheme: Scheme,
    accent: Option<Shades>,
    background: Option<Shades>,
    surface: Option<Shades>,
    text: Option<Shades>,
    radius: Option<Length>,
    font: Option<Font>,
    spacing: Option<Length>,
    /// What was stated and is not of its kind.
    left_out: Vec<&'static str>,
}

impl Theme {
    /// Reads the parameters `theme` (`light`, `dark`, `auto`) and [`PROPERTIES`] by a look-up of their names.
    pub fn read(parameter: impl Fn(&str) -> Option<String>) -> Self {
        let mut left_out = Vec::new();
        let mut reading = Reading { parameter: &parameter, left_out: &mut left_out };
        Self {
            scheme: reading.value("theme", Scheme::parse).unwrap_or_default(),
            accent: reading.value("accent", Shades::parse),
            background: reading.value("background", Shades::parse),
            surface: reading.value("surface", Shades::parse),
            text: reading.value("text", Shades::parse),
            radius: reading.value("radius", |text| Length::parse(text, RADIUS)),
            font: reading.value("font", Font::parse),
            spacing: reading.value("spacing", |text| Length::parse(text, SPACING)),
            left_out,
        }
    }

    /// The parameters to ask for the same look by again; only what was taken.
    #[must_use]
    pub fn parameters(&self) -> Vec<(&'static str, String)> {
        let scheme = (self.scheme != Scheme::Auto).then(|| self.scheme.word().to_owned());
        let colors = [self.accent, self.background, self.surface, self.text].map(|color| color.as_ref().map(Shades::to_string));
        let [accent, background, surface, text] = colors;
        let (radius, spacing) = (self.radius.as_ref().map(Length::to_string), self.spacing.as_ref().map(Length::to_string));
        let font = self.font.as_ref().map(Font::to_string);
        let values = [accent, background, surface, text, radius, font, spacing];
        let values = PROPERTIES.into_iter().zip(values).chain([("theme", scheme)]);
        values.filter_map(|(name, value)| Some((name, value?))).collect()
    }

    /// The rules to stand behind the page's own style sheet. Empty for a shop that states nothing.
    #[must_use]
    pub fn css(&self) -> String {
        let colors = match self.scheme {
            Scheme::Auto => self.css_of_both(),
            // All of them: the style sheet's own go by the device.
            Scheme::Light => rule("color-scheme:light;", &self.palette(Palette::LIGHT, |shades| shades.light).tokens()),
            Scheme::Dark => rule("color-scheme:dark;", &self.palette(Palette::DARK, |shades| shades.dark).tokens()),
        };
        let shapes = Some(self.shapes()).filter(|shapes| !shapes.is_empty()).map(|shapes| rule(&shapes, &[]));
        let left_out = (!self.left_out.is_empty()).then(|| self.left_out.join(", "));
        let left_out = left_out.map(|names| format!("/* left out, for it is not of its kind: {names} */"));
        [Some(colors), shapes, left_out].into_iter().flatten().collect()
    }

    fn palette(&self, ours: Palette, of: impl Fn(Shades) -> Rgb) -> Palette {
        let [accent, background, surface, text] = [self.accent, self.background, self.surface, self.text].map(|color| color.map(&of));
        ours.with(Wishes { accent, background, surface, text })
    }

    /// Only what differs from the style sheet's, but then by day and by night: what stands here goes before it.
    fn css_of_both(&self) -> String {
        let (light, dark) = (self.palette(Palette::LIGHT, |shades| shades.light), self.palette(Palette::DARK, |shades| shades.dark));
        let ours = Palette::LIGHT.tokens().into_iter().zip(Palette::DARK.tokens());
        let tokens = light.tokens().into_iter().zip(dark.tokens()).zip(ours).filter(|(shop, ours)| shop != ours);
        let (light, dark): (Vec<_>, Vec<_>) = tokens.map(|(shop, _)| shop).unzip();
        if light.is_empty() {
            return String::new();
        }
        format!("{}@media (prefers-color-scheme:dark){{{}}}", rule("", &light), rule("", &dark))
    }

    fn shapes(&self) -> String {
        let radius = self.radius.as_ref().map(|radius| format!("--checkout-radius:{radius};"));
        let font = self.font.as_ref().map(|font| format!("--checkout-font:{font},system-ui,sans-serif;"));
        let spacing = self.spacing.as_ref().map(|spacing| format!("--checkout-spacing:{spacing};"));
        [radius, font, spacing].into_iter().flatten().collect()
    }
}

fn rule(first: &str, tokens: &[(&str, Rgb)]) -> String {
    let tokens: Vec<String> = tokens.iter().map(|(name, color)| format!("{name}:{color};")).collect();
    format!(":root{{{first}{}}}", tokens.concat())
}

/// Parameters being read.
struct Reading<'a, P> {
    parameter: &'a P,
    left_out: &'a mut Vec<&'static str>,
}

impl<P: Fn(&str) -> Option<String>> Reading<'_, P> {
    fn value<T>(&mut self, name: &'static str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let stated = (self.parameter)(name)?;
        let stated = Some(stated.trim()).filter(|stated| !stated.is_empty())?;
        let value = parse(stated);
        if value.is_none() {
            self.left_out.push(name);
        }
        value
    }
}

impl Scheme {
    fn parse(text: &str) -> Option<Self> {
        [Self::Auto, Self::Light, Self::Dark].into_iter().find(|scheme| scheme.word() == text)
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

impl Shades {
    /// A colour, or CSS's `light-dark(…, …)` of two.
    fn parse(text: &str) -> Option<Self> {
        let Some(both) = text.strip_prefix("light-dark(").and_then(|rest| rest.strip_suffix(')')) else {
            return Rgb::parse(text).map(|color| Self { light: color, dark: color });
        };
        // Colours may have commas of their own; one of the outermost parts the two.
        let mut depth = 0_usize;
        let comma = both.char_indices().find_map(|(at, character)| {
            match character {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                ',' if depth == 0 => return Some(at),
                _ => {}
            }
            None
        })?;
        Some(Self { light: Rgb::parse(both[..comma].trim())?, dark: Rgb::parse(both[comma + 1..].trim())? })
    }
}

impl fmt::Display for Shades {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { light, dark } = self;
        if light == dark { write!(f, "{light}") } else { write!(f, "light-dark({light},{dark})") }
    }
}

#[cfg(test)]
mod tests;
