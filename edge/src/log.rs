//! Log lines: one JSON object each, so that an operator can search them by request or session. Nothing derived from a secret goes in.

use serde_json::{Map, Value};

/// How bad it is.
#[derive(Clone, Copy)]
pub enum Level {
    /// Worth knowing.
    Info,
    /// Somebody should look at it some day.
    Warning,
    /// Somebody should look at it now.
    Error,
}

/// Writes one line: what happened, and the fields to find it by.
pub fn line(level: Level, event: &str, fields: &[(&str, &str)]) {
    let mut line = Map::new();
    line.insert("event".to_owned(), event.into());
    for (name, value) in fields {
        line.insert((*name).to_owned(), (*value).into());
    }
    let line = Value::Object(line).to_string();
    match level {
        Level::Info => worker::console_log!("{line}"),
        Level::Warning => worker::console_warn!("{line}"),
        Level::Error => worker::console_error!("{line}"),
    }
}
