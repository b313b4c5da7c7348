//! The document's own examples, and its schemas as such.

use crate::{DOCUMENT, complaints, followed, named, objects, validator};
use checkout_core::order_claims::{self, UrlRule};
use checkout_shared::time::{Millis, Timestamp};
use serde_json::Value;

#[test]
fn every_schema_is_one() {
    for (name, schema) in DOCUMENT["components"]["schemas"].as_object().unwrap() {
        assert!(jsonschema::draft202012::meta::is_valid(schema), "{name}");
        assert!(schema["description"].is_string(), "{name} has no description");
        named(name);
    }
}

/// Those of schemas (`examples`), and those of parameters, headers and bodies (`example`).
#[test]
fn every_example_fits_its_schema() {
    let mut checked = 0;
    for (way, object) in objects(&DOCUMENT) {
        // What stands within an example is none of the document's own words.
        if way.iter().any(|key| key == "example" || key == "examples") {
            continue;
        }
        let of_schema = object.get("examples").and_then(Value::as_array).map(|examples| (Value::Object(object.clone()), examples.clone()));
        let of_others = object.get("example").map(|example| (object["schema"].clone(), vec![example.clone()]));
        for (schema, examples) in of_schema.into_iter().chain(of_others) {
            let schema = validator(&schema);
            for example in examples {
                assert_eq!(complaints(&schema, &example), Vec::<String>::new(), "{}", way.join("/"));
                checked += 1;
            }
        }
    }
    assert!(checked > 40, "only {checked} examples were found");
}

#[test]
fn every_json_body_has_an_example() {
    for (way, object) in objects(&DOCUMENT["paths"]) {
        let Some(content) = object.get("application/json") else { continue };
        let schema = followed(&content["schema"]);
        let is_free = schema.get("properties").is_none() && schema.get("allOf").is_none();
        let reads_back = content.get("example").is_some() || schema.get("examples").is_some();
        assert!(is_free || reads_back, "{} has none", way.join("/"));
    }
}

#[test]
fn the_example_of_an_order_is_an_order() {
    let claims = &DOCUMENT["components"]["schemas"]["OrderClaims"]["examples"][0];
    let expires_at = Timestamp::from_seconds(claims["exp"].as_i64().unwrap());
    let an_hour_before = Timestamp(expires_at.0 - Millis::hours(1).0);
    let order = order_claims::read(claims.as_object().unwrap(), UrlRule::Https, an_hour_before).unwrap();
    assert_eq!(order.expires_at, expires_at);
    let mut unpaid = claims.clone();
    for required in DOCUMENT["components"]["schemas"]["OrderClaims"]["required"].as_array().unwrap() {
        let left_out = unpaid.as_object_mut().unwrap().remove(required.as_str().unwrap()).unwrap();
        let refused = order_claims::read(unpaid.as_object().unwrap(), UrlRule::Https, an_hour_before).unwrap_err();
        assert_eq!(required.as_str(), Some(refused.field.as_str()));
        unpaid[required.as_str().unwrap()] = left_out;
    }
}
