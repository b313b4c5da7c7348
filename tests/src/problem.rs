//! Why a program of this package could not go on: one text for a person, with what to do about it. Not for programs to match on.

use std::fmt;

/// What went wrong and what to do about it.
#[derive(Debug)]
pub struct Problem(String);

/// The result of anything that a person is told about when it fails.
pub type Outcome<T = ()> = Result<T, Problem>;

impl Problem {
    /// A problem in one's own words.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Problem {}

/// Says what was being done when something else failed.
pub trait Doing<T> {
    /// `text` completes the sentence "while …".
    fn doing(self, text: impl fmt::Display) -> Outcome<T>;
}

impl<T, E: fmt::Display> Doing<T> for Result<T, E> {
    fn doing(self, text: impl fmt::Display) -> Outcome<T> {
        self.map_err(|error| Problem(format!("while {text}: {error}")))
    }
}
