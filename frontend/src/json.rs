//! JSON by the browser's own parser: it is there, it is fast, and a second one would weigh more than the whole state machine.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Reads a value. `None` if the text is not JSON or not of that shape.
#[must_use]
pub fn decode<T: DeserializeOwned>(text: &str) -> Option<T> {
    let value = js_sys::JSON::parse(text).ok()?;
    serde_wasm_bindgen::from_value(value).ok()
}

/// Writes a value. `None` if it cannot be written as JSON.
#[must_use]
pub fn encode<T: Serialize>(value: &T) -> Option<String> {
    let value = serde_wasm_bindgen::to_value(value).ok()?;
    js_sys::JSON::stringify(&value).ok()?.as_string()
}
