//! `edge/openapi.json`, kept true: it has every route and HTTP method of the router and no other, its words are those of the code, and
//! what the code really writes fits its schemas. So are the lists of `docs/` and of
//! the loader's types. Not whether a running Worker answers so (`tests/tests/edge`).

mod documents;
mod examples;
mod paths;
mod samples;
mod shapes;
mod words;

use jsonschema::Validator;
use serde_json::{Value, json};
use std::sync::LazyLock;

static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../../edge/openapi.json")).expect("the document is JSON"));

/// What a JSON pointer in the document leads to; a reference there is followed.
fn at(pointer: &str) -> &'static Value {
    let found = DOCUMENT.pointer(pointer).unwrap_or_else(|| panic!("{pointer} leads nowhere"));
    followed(found)
}

/// The value itself, or what it refers to.
fn followed(value: &'static Value) -> &'static Value {
    value.get("$ref").and_then(Value::as_str).map_or(value, |reference| at(reference.trim_start_matches('#')))
}

/// A schema of the document that may refer to others of it.
fn validator(schema: &Value) -> Validator {
    let mut schema = schema.clone();
    schema["components"] = DOCUMENT["components"].clone();
    jsonschema::draft202012::new(&schema).unwrap_or_else(|error| panic!("{schema} is no schema: {error}"))
}

/// A schema by its name.
fn named(schema: &str) -> Validator {
    validator(&json!({ "$ref": format!("#/components/schemas/{schema}") }))
}

/// Why a value does not fit a schema; empty where it does.
fn complaints(schema: &Validator, value: &Value) -> Vec<String> {
    schema.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// Every object within a value, with the keys that lead to it.
fn objects(value: &'static Value) -> Vec<(Vec<String>, &'static serde_json::Map<String, Value>)> {
    fn walk(value: &'static Value, way: &[String], found: &mut Vec<(Vec<String>, &'static serde_json::Map<String, Value>)>) {
        let onward = |key: &str| [way, &[key.to_owned()]].concat();
        match value {
            Value::Object(object) => {
                found.push((way.to_vec(), object));
                object.iter().for_each(|(key, value)| walk(value, &onward(key), found));
            }
            Value::Array(list) => list.iter().enumerate().for_each(|(place, value)| walk(value, &onward(&place.to_string()), found)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let mut found = Vec::new();
    walk(value, &[], &mut found);
    found
}

/// The operations: path, HTTP method in lower case, operation.
fn operations() -> Vec<(&'static str, &'static str, &'static Value)> {
    let paths = DOCUMENT["paths"].as_object().expect("paths");
    let of_path = |(path, item): (&'static String, &'static Value)| {
        let item = item.as_object().expect("a path item");
        item.iter().map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
    };
    paths.iter().flat_map(of_path).collect()
}

/// The parameters of an operation, references followed.
fn parameters(operation: &'static Value) -> impl Iterator<Item = &'static Value> {
    operation["parameters"].as_array().into_iter().flatten().map(followed)
}
