//! The names of fonts. Only such as the customer's device has: the page loads nothing from elsewhere.

use std::fmt;

const MAX_LENGTH: usize = 200;
/// Words that mean something else in the place of a font's name.
const RESERVED: [&str; 6] = ["inherit", "initial", "unset", "revert", "revert-layer", "default"];

/// A list of fonts, the preferred one first, as CSS writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Font(String);

impl Font {
    /// Reads a list such as `Inter, "Source Sans 3", system-ui`.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX_LENGTH {
            return None;
        }
        let names: Option<Vec<String>> = text.split(',').map(|name| family(name.trim())).collect();
        names.map(|names| Self(names.join(",")))
    }
}

/// A name in quotes stays in quotes; words without stay without, for some of them name no font but a kind of it.
fn family(name: &str) -> Option<String> {
    let quoted = ['"', '\''].into_iter().find_map(|quote| name.strip_prefix(quote)?.strip_suffix(quote));
    if let Some(inside) = quoted {
        let is_plain = |character: char| character.is_alphanumeric() || matches!(character, ' ' | '-' | '_' | '.' | '+' | '&');
        return (!inside.trim().is_empty() && inside.chars().all(is_plain)).then(|| format!("\"{inside}\""));
    }
    let words: Vec<&str> = name.split_ascii_whitespace().collect();
    (!words.is_empty() && words.iter().all(|word| is_identifier(word))).then(|| words.join(" "))
}

/// As CSS has it, without escapes.
fn is_identifier(word: &str) -> bool {
    let name = word.strip_prefix('-').unwrap_or(word);
    let starts_well = name.starts_with(|first: char| first.is_alphabetic() || first == '_');
    let is_reserved = RESERVED.iter().any(|reserved| reserved.eq_ignore_ascii_case(word));
    starts_well && !is_reserved && name.chars().all(|character| character.is_alphanumeric() || matches!(character, '-' | '_'))
}

impl fmt::Display for Font {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_fonts_are_written_anew() {
        for (text, font) in [
            ("Inter", "Inter"),
            ("Inter , 'Source Sans 3',  system-ui", "Inter,\"Source Sans 3\",system-ui"),
            ("-apple-system, BlinkMacSystemFont, Segoe  UI", "-apple-system,BlinkMacSystemFont,Segoe UI"),
            ("\"Hiragino Kaku Gothic ProN\", メイリオ", "\"Hiragino Kaku Gothic ProN\",メイリオ"),
        ] {
            assert_eq!(Font::parse(text).map(|font| font.to_string()).as_deref(), Some(font), "{text}");
        }
    }

    #[test]
    fn what_could_be_anything_else_is_none() {
        let long = "a".repeat(201);
        for text in [
            "",
            ",",
            "Inter,",
            "inherit",
            "Inter, INITIAL",
            "url(https://shop.example/a.woff2)",
            "Source Sans 3",
            "a;b",
            "a}b",
            "\"a",
            "\"a\"b\"",
            "\"a\\\"",
            "'</style>'",
            "a/*",
            "--x",
            "var(--x)",
            long.as_str(),
        ] {
            assert_eq!(Font::parse(text), None, "{text}");
        }
    }
}
