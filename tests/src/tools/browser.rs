//! Chromium and its driver, for the browser tests.

use super::debian;
use crate::problem::Outcome;
use crate::progress;
use crate::workspace;

/// Makes sure that `chromium` and `chromedriver` are there.
pub(super) fn ensure() -> Outcome {
    let found = ["chromium", "chromedriver"].iter().all(|program| workspace::output_of(program, &["--version"]).is_some());
    if found {
        progress::found("Chromium and its driver");
        return Ok(());
    }
    debian::install(&["chromium", "chromium-driver"], "The browser tests")
}
