//! The simulator is as strict as the vendor's document: what is not documented is refused.

use crate::oceanex::world::{KEY, World};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Request, Response};
use serde_json::Value;

fn form(path: &str, body: &str) -> Request<Bytes> {
    let mut request = Request::post(path).body(Bytes::from(body.to_owned())).unwrap();
    request.headers_mut().insert("x-api-key", HeaderValue::from_static(KEY));
    request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
    request
}

fn get(path: &str) -> Request<Bytes> {
    Request::get(path).header("x-api-key", KEY).body(Bytes::new()).unwrap()
}

fn read(response: &Response<Bytes>) -> Value {
    serde_json::from_slice(response.body()).unwrap()
}

/// The answer's data; a refusal fails the test.
fn data(world: &mut World, request: Request<Bytes>) -> Value {
    let answer = read(&world.send(request));
    assert_eq!((&answer["code"], &answer["message"]), (&Value::from(0), &Value::from("operation is successful")), "{answer}");
    answer["data"].clone()
}

/// Why it is refused.
fn refusal(world: &mut World, request: Request<Bytes>) -> String {
    let answer = read(&world.send(request));
    assert!(answer["code"].as_i64().is_some_and(|code| code != 0) && answer.get("data").is_none(), "{answer}");
    let message = answer["message"].as_str().unwrap();
    let nested: Value = serde_json::from_str(message).unwrap_or_default();
    nested["message"].as_str().unwrap_or(message).to_owned()
}

#[test]
fn the_vendors_own_samples_are_taken() {
    let mut world = World::new();
    let order = data(&mut world, form("/api/v1/orders", "currency=vet&amount=1&name=first&description=hello&metadata=%7B%22vpn%22%3A1%7D"));
    assert_eq!(order["metadata"], serde_json::json!({"vpn": 1}));
    assert_eq!(order["pricing"], serde_json::json!([{"vechain": {"amount": "1.0", "confirmed": "0.0", "currency": "VET"}}]));
    assert_eq!(order["expired_at"].as_i64().unwrap() - order["created_at"].as_i64().unwrap(), 5400);
    assert_eq!(order["timeline"][0]["status"], "new");
    assert!(order["addresses"][0]["vet"].as_str().unwrap().starts_with("0x"));
    let body = "currency=vet&amount=1&name=Hello&description=World&requested_info[]=email&requested_info[]=name";
    let checkout = data(&mut world, form("/api/v1/checkouts", body));
    assert_eq!(checkout["expired_at"].as_i64().unwrap() - checkout["created_at"].as_i64().unwrap(), 5399);
    let mut request = form("/api/v1/checkouts?limit=2&page=1&order_by=desc", "product_uid=a952531c-131a-45af-bd1e-713668da9f8e");
    *request.method_mut() = http::Method::GET;
    assert_eq!(data(&mut world, request)["num_of_resources"], 1);
    let page = data(&mut world, get("/api/v1/orders?limit=1&page=2&order_by=desc"));
    assert_eq!((&page["num_of_resources"], &page["resources"][0]["reference_code"]), (&Value::from(2), &order["reference_code"]));
    assert_eq!((&page["resources"][0]["state"], &page["resources"][0]["timeline"]), (&Value::from("new"), &serde_json::json!([])));
}

#[test]
fn twenty_are_on_a_page_where_nothing_is_said() {
    let mut world = World::new();
    for _ in 0..21 {
        data(&mut world, form("/api/v1/orders", "currency=oce&amount=20"));
    }
    let page = data(&mut world, get("/api/v1/orders"));
    assert_eq!((page["num_of_resources"].as_u64(), page["resources"].as_array().map(Vec::len)), (Some(21), Some(20)));
}

#[test]
fn what_is_not_documented_is_refused() {
    let mut world = World::new();
    for (body, why) in [
        ("", "currency is missing"),
        ("amount=1", "currency is missing"),
        ("currency=VET&amount=1", "currency does not have a valid value"),
        ("currency=usd&amount=1", "currency does not have a valid value"),
        ("currency=vet", "amount is missing"),
        ("currency=vet&amount=0", "amount does not have a valid value"),
        ("currency=vet&amount=-1", "amount does not have a valid value"),
        ("currency=vet&amount=1e3", "amount does not have a valid value"),
        ("currency=vet&amount=1,5", "amount does not have a valid value"),
        ("currency=vet&amount=0.123456789", "amount does not have a valid value"),
        ("currency=vet&amount=1&metadata=x", "metadata is no JSON object"),
        ("currency=vet&amount=1&metadata=[1]", "metadata is no JSON object"),
        ("currency=vet&amount=1&amount=2", "amount is there twice"),
        ("currency=vet&amount=1&requested_info[]=email", "requested_info[] is not a parameter of this call"),
        ("currency=vet&amount=1&callback_url=x", "callback_url is not a parameter of this call"),
    ] {
        assert_eq!(refusal(&mut world, form("/api/v1/orders", body)), why, "{body}");
    }
    for (body, why) in [
        ("currency=vet&amount=1&metadata={}", "metadata is not a parameter of this call"),
        ("currency=vet&amount=1&requested_info[]=", "requested_info[] is empty"),
    ] {
        assert_eq!(refusal(&mut world, form("/api/v1/checkouts", body)), why, "{body}");
    }
    for query in ["limit=0", "limit=x", "page=0", "page=-1", "order_by=newest", "offset=1", "limit=1&limit=2"] {
        refusal(&mut world, get(&format!("/api/v1/orders?{query}")));
        refusal(&mut world, get(&format!("/api/v1/checkouts?{query}")));
    }
    assert_eq!(data(&mut world, get("/api/v1/orders"))["num_of_resources"], 0);
}

#[test]
fn only_forms_are_taken() {
    let mut world = World::new();
    for content_type in [Some("application/json"), Some("text/plain"), None] {
        let mut request = form("/api/v1/orders", "currency=vet&amount=1");
        request.headers_mut().remove(CONTENT_TYPE);
        if let Some(content_type) = content_type {
            request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        }
        assert_eq!(refusal(&mut world, request), "the body is no form", "{content_type:?}");
    }
}

#[test]
fn the_key_is_wanted_everywhere() {
    let mut world = World::new();
    for path in ["/api/v1/orders", "/api/v1/orders/x", "/api/v1/checkouts", "/api/v1/checkouts/x", "/api/v1/orders/checkout/x"] {
        for key in [None, Some("x"), Some("")] {
            let mut request = get(path);
            request.headers_mut().remove("x-api-key");
            if let Some(key) = key {
                request.headers_mut().insert("x-api-key", HeaderValue::from_static(key));
            }
            assert_eq!(refusal(&mut world, request), "x-api-key is invalid", "{path} {key:?}");
        }
    }
    for path in ["/v1/orders", "/api/v1", "/api/v1/webhooks", "/api/v1/orders/"] {
        let response = world.send(get(path));
        assert_ne!(read(&response)["code"], 0, "{path}");
    }
}

#[test]
fn the_reference_given_otherwise_is_kept_as_in_the_vendors_sample() {
    let mut world = World::new();
    data(&mut world, form("/api/v1/orders", "currency=ocet&amount=210&ref_order_id=A-1"));
    let listed = data(&mut world, get("/api/v1/orders"));
    let order = &listed["resources"][0];
    let metadata = match &order["metadata"] {
        Value::String(text) => serde_json::from_str(text).unwrap(),
        other => other.clone(),
    };
    assert_eq!(metadata, serde_json::json!({"ref_order_id": "A-1"}));
    assert_eq!(order["pricing"][0]["onecoin equity"]["amount"], "210.0");
}
