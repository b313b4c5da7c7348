//! The Result URL callbacks of the simulated `OkiPays`: what is in one, how it is signed, and what the merchant's answer says.

use super::Config;
use super::order::Order;
use super::signature::signature;
use bytes::Bytes;
use checkout_shared::time::Timestamp;
use http::header::{CONTENT_TYPE, HeaderValue};
use serde_json::{Value, json};

/// What a merchant answers to a callback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Done,
    Cancel,
}

/// The callback about an order as it stands.
pub(super) fn callback(order: &Order, config: &Config, result_url: &str, now: Timestamp) -> http::Request<Bytes> {
    let body = body(order, now);
    let mut request = http::Request::new(Bytes::from(body.to_string()));
    *request.method_mut() = http::Method::POST;
    *request.uri_mut() = result_url.parse().expect("the merchant's address for callbacks is a URL");
    let headers = request.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if config.signs_callbacks {
        let value = |text: &str| HeaderValue::from_str(text).expect("tokens and signatures are printable");
        headers.insert("token", value(&config.token));
        headers.insert("sign", value(&signature(&body, &config.secret)));
    }
    request
}

/// Which order a callback was about.
pub(super) fn order_of(callback: &http::Request<Bytes>) -> Option<u64> {
    let body: Value = serde_json::from_slice(callback.body()).ok()?;
    body["order_id"].as_u64()
}

/// What an answer says, where it says what is documented.
pub(super) fn verdict(answer: &http::Response<Bytes>) -> Option<Verdict> {
    let body: Value = serde_json::from_slice(answer.body()).ok()?;
    match body["status"].as_str() {
        Some("done") => Some(Verdict::Done),
        Some("cancel") => Some(Verdict::Cancel),
        _ => None,
    }
}

/// The documented fields, numbers as text where the sample has them so. What is not known yet is null.
fn body(order: &Order, now: Timestamp) -> Value {
    let terms = &order.terms;
    let (status, status_id) = order.status.told();
    let chosen = order.chosen.as_ref();
    let amount = chosen.map(|(target, _)| format!("{:.8}", target.in_coin(terms.price, terms.currency)));
    let price = terms.price.normalize().to_string();
    json!({
        "id": order.id,
        "order_id": order.number,
        "currency": chosen.map(|(target, _)| target.coin.iso3),
        "payment_currency": terms.currency.iso3,
        "status": status,
        "status_id": status_id,
        "include_commission": u8::from(terms.include_commission),
        "amount": amount,
        "amount_send": amount,
        "price": price,
        "price_send": price,
        "rate": chosen.map(|(target, _)| target.rate(terms.currency).normalize().to_string()),
        "total_sum_price": order.total.normalize().to_string(),
        "commission": 0,
        "address": chosen.map(|(_, address)| address),
        "network_type": chosen.map(|(target, _)| target.name),
        "time_create": order.created_at.seconds(),
        "time_update": order.updated_at.seconds(),
        "time_done": order.done_at.map(Timestamp::seconds),
        "time_expired": terms.expires_at.seconds(),
        "time_send": now.seconds(),
        "time_receive": null,
    })
}
