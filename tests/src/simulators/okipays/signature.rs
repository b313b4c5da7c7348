//! What is signed in the simulated `OkiPays`, by a way of its own: every leaf of the parsed body with the path that leads to it, sorted
//! by path (an object's keys by their bytes, a list's places by number), joined, the secret behind, SHA-256 over all at once.

use data_encoding::HEXLOWER;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// One step of the way to a leaf.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Item(usize),
    Key(String),
}

/// The values of a body in the order in which they are signed.
#[must_use]
pub fn values(body: &Value) -> String {
    let mut leaves = leaves(body);
    leaves.sort_by(|(one, _), (other, _)| one.cmp(other));
    leaves.into_iter().map(|(_, leaf)| text(leaf)).collect()
}

/// The signature of a body.
#[must_use]
pub fn signature(body: &Value, secret: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(values(body) + secret))
}

/// Whether all implementations sign such a body alike: nothing in it but text and numbers.
pub(super) fn is_unambiguous(body: &Value) -> bool {
    leaves(body).iter().all(|(_, leaf)| leaf.is_string() || leaf.is_number())
}

fn leaves(body: &Value) -> Vec<(Vec<Place>, &Value)> {
    let mut leaves = Vec::new();
    let mut open = vec![(Vec::new(), body)];
    while let Some((path, value)) = open.pop() {
        let below = |place: Place| [path.as_slice(), &[place]].concat();
        match value {
            Value::Object(fields) => open.extend(fields.iter().map(|(key, value)| (below(Place::Key(key.clone())), value))),
            Value::Array(items) => open.extend(items.iter().enumerate().map(|(at, item)| (below(Place::Item(at)), item))),
            leaf => leaves.push((path, leaf)),
        }
    }
    leaves
}

/// As PHP makes text of it: a whole number has no point, whatever type it is of.
fn text(leaf: &Value) -> String {
    match leaf {
        Value::String(text) => text.clone(),
        Value::Number(number) => {
            let number = number.to_string();
            number.strip_suffix(".0").map(str::to_owned).unwrap_or(number)
        }
        Value::Bool(true) => "1".to_owned(),
        Value::Bool(false) | Value::Null | Value::Array(_) | Value::Object(_) => String::new(),
    }
}
