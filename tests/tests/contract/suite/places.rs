//! JSON with something else in the place of one of its values. Numbers are put there as text, so that they can be of any form.

use serde_json::Value;

/// What stands for the text to be put in. No fixture has it.
const MARK: &str = "@@ here @@";

/// How many places a value has: itself, its elements, theirs, and so on.
pub fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(fields) => fields.values().map(count).sum::<usize>(),
        _ => 0,
    }
}

/// The JSON with another text in the n-th place. A place beyond the last leaves it as it is.
pub fn with(whole: &Value, place: usize, text: &str) -> String {
    let mut marked = whole.clone();
    put(&mut marked, &mut place.clone(), &Value::String(MARK.to_owned()));
    marked.to_string().replace(&Value::String(MARK.to_owned()).to_string(), text)
}

/// The JSON with another text in the place of every string.
pub fn with_every_string(whole: &Value, text: &str) -> Value {
    match whole {
        Value::String(_) => Value::String(text.to_owned()),
        Value::Array(items) => items.iter().map(|item| with_every_string(item, text)).collect(),
        Value::Object(fields) => fields.iter().map(|(name, field)| (name.clone(), with_every_string(field, text))).collect(),
        other => other.clone(),
    }
}

fn put(node: &mut Value, at: &mut usize, value: &Value) {
    if *at == 0 {
        *node = value.clone();
    }
    *at = at.wrapping_sub(1);
    match node {
        Value::Array(items) => items.iter_mut().for_each(|item| put(item, at, value)),
        Value::Object(fields) => fields.values_mut().for_each(|field| put(field, at, value)),
        _ => {}
    }
}

#[test]
fn every_place_is_reached_once() {
    let whole: Value = serde_json::from_str(r#"{"a":[1,{"b":"x"}],"c":null}"#).unwrap();
    assert_eq!(count(&whole), 6);
    let changed: Vec<String> = (0..7).map(|place| with(&whole, place, "1e999")).collect();
    assert_eq!(
        changed,
        [
            "1e999",
            r#"{"a":1e999,"c":null}"#,
            r#"{"a":[1e999,{"b":"x"}],"c":null}"#,
            r#"{"a":[1,1e999],"c":null}"#,
            r#"{"a":[1,{"b":1e999}],"c":null}"#,
            r#"{"a":[1,{"b":"x"}],"c":1e999}"#,
            r#"{"a":[1,{"b":"x"}],"c":null}"#,
        ]
    );
}
