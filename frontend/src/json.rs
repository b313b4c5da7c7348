//! JSON by the browser's own parser, and values taken from what it made: a field of the wrong type or an unknown word is no value.
//!
//! By hand, and not by serde's derives, which would weigh as much in the WASM as all that the customer sees. Which types come in and go out,
//! and what their fields are called, is `wire.rs`; `tests/web.rs` holds both against serde's answers.

use js_sys::{Array, JSON, Number, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// A value as JSON has it, read.
pub trait FromJs: Sized {
    /// The value. `None` if it is of another shape.
    fn from_js(value: &JsValue) -> Option<Self>;
}

/// A value as JSON has it, written.
pub trait ToJs {
    /// The value.
    fn to_js(&self) -> JsValue;
}

/// Reads a value. `None` if the text is not JSON or not of that shape.
#[must_use]
pub fn decode<T: FromJs>(text: &str) -> Option<T> {
    T::from_js(&JSON::parse(text).ok()?)
}

/// Writes a value. `None` if it cannot be written as JSON.
#[must_use]
pub fn encode(value: &impl ToJs) -> Option<String> {
    JSON::stringify(&value.to_js()).ok()?.as_string()
}

/// A field that must be there.
pub(crate) fn needed<T: FromJs>(object: &JsValue, name: &str) -> Option<T> {
    T::from_js(&field(object, name)?)
}

/// A field that may be missing, and then is the default. What is there must be of its shape.
pub(crate) fn given<T: FromJs + Default>(object: &JsValue, name: &str) -> Option<T> {
    let value = field(object, name)?;
    if value.is_undefined() { Some(T::default()) } else { T::from_js(&value) }
}

/// Undefined if there is none of this name; `None` if this is no object.
fn field(object: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(object, &JsValue::from_str(name)).ok()
}

/// An object of these fields; those that are undefined are not in it.
pub(crate) fn object<const N: usize>(fields: [(&str, JsValue); N]) -> JsValue {
    let object = Object::new();
    for (name, value) in fields {
        if !value.is_undefined() {
            // It fails for frozen objects only.
            let _ = Reflect::set(&object, &JsValue::from_str(name), &value);
        }
    }
    object.into()
}

impl<T: FromJs> FromJs for Option<T> {
    fn from_js(value: &JsValue) -> Option<Self> {
        if value.is_null() { Some(None) } else { T::from_js(value).map(Some) }
    }
}

impl<T: FromJs> FromJs for Vec<T> {
    fn from_js(value: &JsValue) -> Option<Self> {
        Array::is_array(value).then(|| value.unchecked_ref::<Array>().iter().map(|one| T::from_js(&one)).collect())?
    }
}

impl FromJs for String {
    fn from_js(value: &JsValue) -> Option<Self> {
        value.as_string()
    }
}

impl FromJs for bool {
    fn from_js(value: &JsValue) -> Option<Self> {
        value.as_bool()
    }
}

impl FromJs for i64 {
    fn from_js(value: &JsValue) -> Option<Self> {
        // Whole, and below 2^53: nothing is cut off.
        #[expect(clippy::cast_possible_truncation)]
        value.as_f64().filter(|_| Number::is_safe_integer(value)).map(|number| number as Self)
    }
}

impl FromJs for u64 {
    fn from_js(value: &JsValue) -> Option<Self> {
        Self::try_from(i64::from_js(value)?).ok()
    }
}

impl FromJs for u32 {
    fn from_js(value: &JsValue) -> Option<Self> {
        Self::try_from(i64::from_js(value)?).ok()
    }
}

impl<T: ToJs> ToJs for Option<T> {
    fn to_js(&self) -> JsValue {
        self.as_ref().map_or(JsValue::UNDEFINED, T::to_js)
    }
}
