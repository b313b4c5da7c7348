//! A key that cannot be shown by accident: no `Display`, no `Serialize`, and a `Debug` that says nothing of it.

use std::fmt;

/// A provider key or signing key.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Wraps a key.
    #[must_use]
    pub fn new(key: impl Into<String>) -> Self {
        Self(key.into())
    }

    /// The key itself, for a request header or a signature and for nothing else.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// A peer's text with this key taken out, should the peer have echoed it, and cut to a length fit for a log line. It cuts, so take other
    /// secrets out first.
    #[must_use]
    pub fn scrub(&self, text: &str) -> String {
        let scrubbed = if self.0.is_empty() { text.to_owned() } else { text.replace(&self.0, "…") };
        scrubbed.chars().take(300).collect()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
