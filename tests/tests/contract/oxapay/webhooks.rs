//! Which signatures are believed to the letter, what is a notification of a payment, and what the vendor is answered.

use crate::oxapay::texts::{KEY, account, text};
use checkout_core::provider::{PaymentStatus, Provider, Snapshot, WebhookError};
use checkout_core::providers::Verified;
use checkout_shared::session::AttemptStatus;
use checkout_tests::simulators::oxapay::webhooks::signature;
use http::HeaderMap;

/// What is believed of a body with this signature.
fn believed(signature: &str, body: &[u8]) -> Result<Snapshot, WebhookError> {
    let headers = HeaderMap::from_iter([("hmac".parse().unwrap(), signature.parse().unwrap())]);
    let notification = account().verify_webhook(&headers, body)?;
    Ok(notification.snapshot.map(Verified::into_inner).expect("what is signed is more than a hint"))
}

#[test]
fn a_malformed_signature_is_not_believed() {
    let body = text("webhook-paid.json");
    let good = signature(KEY, &body);
    assert!(believed(&good, &body).is_ok());
    for bad in ["", "x", &good[..126], &format!("{good}00"), &good.to_uppercase(), &format!(" {good}")[..128]] {
        assert_eq!(believed(bad, &body), Err(WebhookError::WrongSignature), "{bad}");
    }
}

#[test]
fn signed_but_not_about_a_payment() {
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
        assert_eq!(believed(&signature(KEY, body.as_bytes()), body.as_bytes()), Err(WebhookError::Unreadable), "{body}");
    }
}

#[test]
fn every_kind_of_payment_is_one_in_any_letter_case() {
    for kind in ["invoice", "white_label", "static_address", "payment_link", "donation", "Invoice"] {
        let body = format!(r#"{{"track_id":1,"status":"PAID","type":"{kind}"}}"#);
        let snapshot = believed(&signature(KEY, body.as_bytes()), body.as_bytes()).unwrap();
        assert_eq!((snapshot.status, snapshot.provider_reference.as_str()), (PaymentStatus::Paid, "1"));
    }
}

#[test]
fn the_vendor_is_answered_as_it_wants() {
    for status in [None, Some(AttemptStatus::Paid), Some(AttemptStatus::Expired)] {
        let answer = account().webhook_acknowledgement(status);
        assert_eq!((answer.status().as_u16(), *answer.body()), (200, "ok"));
        assert_eq!(answer.headers()["content-type"], "text/plain");
    }
}
