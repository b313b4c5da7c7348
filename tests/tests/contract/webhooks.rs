//! Which notifications are believed, and what they say.

use crate::texts::{KEY, account, text};
use bytes::Bytes;
use checkout_core::provider::{PaymentStatus, Provider, Snapshot, WebhookError};
use checkout_core::providers::oxapay::OxaPay;
use checkout_core::secret::Secret;
use checkout_tests::simulators::oxapay::webhooks::signature;
use http::HeaderMap;

fn signed(name: &str, value: &str) -> HeaderMap {
    HeaderMap::from_iter([(name.parse::<http::HeaderName>().unwrap(), value.parse().unwrap())])
}

fn verified(headers: &HeaderMap, body: &[u8]) -> Result<Snapshot, WebhookError> {
    account().verify_webhook(headers, body).map(checkout_core::providers::Verified::into_inner)
}

/// A fixture with its signature.
fn delivered(name: &str) -> (HeaderMap, Bytes) {
    let signature = String::from_utf8(text(&format!("{name}.hmac")).to_vec()).unwrap();
    (signed("HMAC", &signature), text(&format!("{name}.json")))
}

#[test]
fn a_signed_notification_is_believed() {
    let (headers, body) = delivered("webhook-paid");
    let paid = verified(&headers, &body).unwrap();
    assert_eq!((paid.provider_reference.as_str(), paid.status), ("184747701", PaymentStatus::Paid));
    assert_eq!(paid.stated.reference.as_deref(), Some("abcdefghijklmnopqrstuvwx27-1"));
    assert_eq!(paid.stated.price.unwrap().to_string(), "25.5 USD");
    assert_eq!(paid.shortfall_accepted.unwrap().to_string(), "2.5");
    assert_eq!(paid.transactions[0].confirmations, 19);
}

#[test]
fn what_counts_is_what_the_customer_sent_and_not_what_is_left_after_fees() {
    let (headers, body) = delivered("webhook-paying");
    let paying = verified(&headers, &body).unwrap();
    assert_eq!(paying.status, PaymentStatus::Processing);
    assert_eq!(paying.transactions[0].amount.to_string(), "0.00003079 BTC");
}

#[test]
fn one_changed_byte_anywhere_is_not_believed() {
    let (headers, body) = delivered("webhook-paid");
    for at in 0..body.len() {
        let mut changed = body.to_vec();
        changed[at] ^= 1;
        assert_eq!(verified(&headers, &changed), Err(WebhookError::WrongSignature), "byte {at}");
    }
}

#[test]
fn another_key_is_not_believed() {
    let (headers, body) = delivered("webhook-paid");
    let other = OxaPay::new("https://api.oxapay.com/v1", Secret::new("OTHERK-EYOTHE-RKEYOT-HERKEY"), false).unwrap();
    assert_eq!(other.verify_webhook(&headers, &body).unwrap_err(), WebhookError::WrongSignature);
}

#[test]
fn a_missing_or_malformed_signature_is_not_believed() {
    let (_, body) = delivered("webhook-paid");
    assert_eq!(verified(&HeaderMap::new(), &body), Err(WebhookError::MissingSignature));
    let good = signature(KEY, &body);
    for bad in ["", "x", &good[..126], &format!("{good}00"), &good.to_uppercase(), &format!(" {good}")[..128]] {
        assert_eq!(verified(&signed("hmac", bad), &body), Err(WebhookError::WrongSignature), "{bad}");
    }
}

#[test]
fn the_signature_is_over_the_bytes_and_not_over_the_meaning() {
    let (headers, body) = delivered("webhook-paid");
    let meaning: serde_json::Value = serde_json::from_slice(&body).unwrap();
    let rewritten = serde_json::to_vec_pretty(&meaning).unwrap();
    assert_eq!(verified(&headers, &rewritten), Err(WebhookError::WrongSignature));
}

#[test]
fn the_headers_name_may_be_in_any_letter_case() {
    let (_, body) = delivered("webhook-paid");
    for name in ["HMAC", "hmac", "Hmac"] {
        assert!(verified(&signed(name, &signature(KEY, &body)), &body).is_ok(), "{name}");
    }
}

#[test]
fn signed_but_not_about_a_payment() {
    let (headers, body) = delivered("webhook-payout");
    assert_eq!(verified(&headers, &body), Err(WebhookError::Unreadable));
    for body in [
        "",
        "null",
        "[]",
        "{}",
        r#"{"track_id":"1","status":"Paid"}"#,
        r#"{"track_id":"1","status":"Paid","type":"something_new"}"#,
        r#"{"status":"Paid","type":"invoice"}"#,
        r#"{"track_id":"1","status":"Paid","type":"invoice","amount":"?","currency":"USD"}"#,
    ] {
        assert_eq!(verified(&signed("hmac", &signature(KEY, body.as_bytes())), body.as_bytes()), Err(WebhookError::Unreadable), "{body}");
    }
}

#[test]
fn every_kind_of_payment_is_one_in_any_letter_case() {
    for kind in ["invoice", "white_label", "static_address", "payment_link", "donation", "Invoice"] {
        let body = format!(r#"{{"track_id":1,"status":"PAID","type":"{kind}"}}"#);
        let snapshot = verified(&signed("hmac", &signature(KEY, body.as_bytes())), body.as_bytes()).unwrap();
        assert_eq!((snapshot.status, snapshot.provider_reference.as_str()), (PaymentStatus::Paid, "1"));
    }
}

#[test]
fn the_vendor_is_answered_as_it_wants() {
    let answer = account().webhook_acknowledgement();
    assert_eq!((answer.status().as_u16(), *answer.body()), (200, "ok"));
    assert_eq!(answer.headers()["content-type"], "text/plain");
}
