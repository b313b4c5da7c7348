//! What callbacks say: amounts to the digit, statuses by word before number, what may be missing by rounding, and what the vendor is
//! answered.

use super::world::{SECRET, TOKEN, account, text};
use checkout_core::provider::{About, Notification, PaymentStatus, Provider, Snapshot, WebhookError};
use checkout_core::providers::okipays::{Terms, signature};
use checkout_core::secret::Secret;
use checkout_shared::session::AttemptStatus;
use checkout_shared::time::Timestamp;
use http::HeaderMap;
use serde_json::{Value, json};

fn paid() -> Value {
    serde_json::from_str(&text("webhook-paid.json")).unwrap()
}

/// Reads a body that is signed rightly.
fn signed(body: &str) -> Result<Snapshot, WebhookError> {
    let mut headers = HeaderMap::new();
    headers.insert("token", TOKEN.parse().unwrap());
    headers.insert("sign", signature::sign(body.as_bytes(), &Secret::new(SECRET)).unwrap().parse().unwrap());
    let heard = account(Terms::default()).verify_webhook(&headers, body.as_bytes())?;
    assert_eq!(heard.about, About::Number(123));
    Ok(heard.snapshot.expect("it is signed").into_inner())
}

fn signed_with(field: &str, value: Value) -> Result<Snapshot, WebhookError> {
    let mut body = paid();
    body[field] = value;
    signed(&body.to_string())
}

fn hint(body: &str) -> Result<Notification, WebhookError> {
    account(Terms::default()).verify_webhook(&HeaderMap::new(), body.as_bytes())
}

#[test]
fn amounts_are_read_digit_by_digit() {
    for (json, amount) in [
        ("15", "15"),
        ("\"15.00\"", "15.00"),
        ("15.25", "15.25"),
        ("\"25.530612\"", "25.530612"),
        ("0.00613418", "0.00613418"),
        ("\"0.000000000000000001\"", "0.000000000000000001"),
        ("3.079e-5", "0.00003079"),
        ("9007199254740993", "9007199254740993"),
    ] {
        for (field, replace) in [("total_sum_price", "\"total_sum_price\":\"15\""), ("price", "\"price\":\"15\"")] {
            let snapshot = signed(&paid().to_string().replace(replace, &format!("\"{field}\":{json}"))).unwrap();
            let read = if field == "price" { snapshot.stated.price } else { snapshot.received };
            assert_eq!(read.unwrap().to_string(), format!("{amount} USD"), "{field}: {json}");
        }
    }
}

#[test]
fn signed_news_that_does_not_state_what_it_is_compared_by_is_none() {
    for field in ["order_id", "status", "price", "payment_currency", "total_sum_price"] {
        for value in [json!(null), json!(""), json!({}), json!([])] {
            let outcome = signed_with(field, value.clone());
            assert_eq!(outcome, Err(WebhookError::Unreadable), "{field}: {value}");
        }
    }
    for (field, value) in [("price", json!("a lot")), ("total_sum_price", json!("a lot")), ("payment_currency", json!("US dollars"))] {
        assert_eq!(signed_with(field, value), Err(WebhookError::Unreadable), "{field}");
    }
    // When it was paid may be left open, but then that is said; the name of what is signed could be another's otherwise.
    let without = |status: &str| {
        let mut body = paid();
        body["status"] = json!(status);
        body.as_object_mut().unwrap().remove("time_done");
        signed(&body.to_string()).map(|snapshot| snapshot.paid_at)
    };
    assert_eq!((without("Paid"), without("Partially")), (Err(WebhookError::Unreadable), Ok(None)));
    let mut expired = paid();
    expired["status"] = json!("Expired");
    expired["total_sum_price"] = Value::Null;
    assert_eq!(signed(&expired.to_string()).unwrap().received, None, "nothing has come");
}

#[test]
fn the_word_decides_and_the_number_only_where_there_is_no_word() {
    let status = |word: Value, number: Value| {
        let order = json!({"order_id": 123, "status": word, "status_id": number, "price": 15, "payment_currency_iso": "USD"});
        let answer = json!({"status": true, "data": order}).to_string();
        let fetched = checkout_tests::driver::run(account(Terms::default()).fetch("123"), |_| http::Response::new(answer.clone().into()));
        let snapshot = fetched.unwrap();
        (snapshot.status, snapshot.unknown_status)
    };
    assert_eq!(status(json!("Partially"), json!(0)), (PaymentStatus::Partial, None), "as the vendor's sample");
    assert_eq!(status(json!("Paid in full"), json!(8)), (PaymentStatus::Pending, Some("Paid in full".to_owned())));
    let known = [
        (0, PaymentStatus::Pending),
        (1, PaymentStatus::Partial),
        (2, PaymentStatus::Paid),
        (3, PaymentStatus::Cancelled),
        (4, PaymentStatus::Pending),
        (5, PaymentStatus::Pending),
        (6, PaymentStatus::Processing),
        (7, PaymentStatus::Expired),
        (8, PaymentStatus::Paid),
        (9, PaymentStatus::Cancelled),
        (10, PaymentStatus::Paid),
    ];
    for (number, meaning) in known {
        assert_eq!(status(Value::Null, json!(number)), (meaning, None), "{number}");
        assert_eq!(status(json!(""), json!(number.to_string())), (meaning, None), "{number}");
    }
    assert_eq!(status(Value::Null, json!(11)), (PaymentStatus::Pending, Some("11".to_owned())));
    assert_eq!(status(Value::Null, Value::Null), (PaymentStatus::Pending, Some(String::new())));
    for word in ["pay_failed", "PAY-FAILED", "PayFailed"] {
        assert_eq!(status(json!(word), json!(2)), (PaymentStatus::Pending, None), "{word}");
    }
}

#[test]
fn when_it_was_paid_is_read_of_what_is_paid() {
    let paid_at = |status: &str, time_done: Value| {
        let mut body = paid();
        body["status"] = json!(status);
        body["time_done"] = time_done;
        signed(&body.to_string()).unwrap().paid_at
    };
    for time_done in [json!(1_728_117_900), json!("1728117900")] {
        assert_eq!(paid_at("Paid", time_done), Some(Timestamp::from_seconds(1_728_117_900)));
    }
    for time_done in [json!(0), json!("0"), json!(-1), json!(""), json!(null), json!("soon"), json!({})] {
        assert_eq!(paid_at("Paid", time_done.clone()), None, "{time_done}");
    }
    assert_eq!(paid_at("Partially", json!(1_728_117_900)), None, "as in the vendor's sample, where it is when the order ends");
}

/// The vendor's own sample: 34 is 0.00003243 BTC at 1048229, which is 33.99.
#[test]
fn what_the_last_decimal_of_the_coin_is_worth_may_be_missing_and_no_more() {
    let accepted = |price: &str, total: &str, rate: Value| {
        let mut body = paid();
        body["price"] = json!(price);
        body["total_sum_price"] = json!(total);
        body["rate"] = rate;
        signed(&body.to_string()).unwrap().shortfall_accepted.map(|percent| percent.to_string())
    };
    assert_eq!(accepted("34", "33.99", json!("1048229")).as_deref(), Some("0.029412"));
    for (price, total, rate) in [
        ("34", "33.98", json!("1048229")),
        ("34", "34", json!("1048229")),
        ("34", "35", json!("1048229")),
        ("34", "33.99", json!("104822")),
        ("34", "33.99", json!(null)),
        ("34", "33.99", json!("-1048229")),
        ("34", "33.9", json!("99999999999999")),
        ("34", "17", json!("9999999999999999999999999999")),
        ("0", "0", json!("1048229")),
    ] {
        assert_eq!(accepted(price, total, rate.clone()), None, "{total} of {price} at {rate}");
    }
}

#[test]
fn the_vendors_sample_is_a_hint_though_it_is_no_json() {
    let hinted = hint(&text("sample-result-url.txt")).unwrap();
    assert_eq!((hinted.about, hinted.snapshot), (About::Number(3053), None));
    for (body, number) in [
        (r#"{"order_id": "77"}"#, 77),
        (r#"{"a":1 "order_id" : 77 "b":2}"#, 77),
        (r#"{"a":1 "order_id":"77","b":2}"#, 77),
        (r#"{"order_id": 77, "description": "\"order_id\": 78"}"#, 77),
    ] {
        assert_eq!(hint(body).unwrap().about, About::Number(number), "{body}");
    }
    for body in ["", "{}", "null", "order_id=1", r#"{"order_id": null}"#, r#"{"order_id": -1}"#, r#"{"order_id" "77"#, r#"{"order_id": x}"#]
    {
        assert_eq!(hint(body).map(|hint| hint.about), Err(WebhookError::Unreadable), "{body}");
    }
}

/// News that is no JSON cannot be verified, so it is never believed, nor taken for a hint in its stead.
#[test]
fn what_is_no_json_is_never_signed_rightly() {
    let mut headers = HeaderMap::new();
    headers.insert("token", TOKEN.parse().unwrap());
    headers.insert("sign", "0".repeat(64).parse().unwrap());
    let heard = account(Terms::default()).verify_webhook(&headers, text("sample-result-url.txt").as_bytes());
    assert_eq!(heard, Err(WebhookError::WrongSignature));
}

#[test]
fn a_signature_is_lower_case_hex_and_nothing_else() {
    let body = text("webhook-paid.json");
    let good = signature::sign(body.as_bytes(), &Secret::new(SECRET)).unwrap();
    for bad in [good.to_uppercase(), format!("{good}00"), good[..62].to_owned(), format!("0x{good}"), good.replace('a', "b")] {
        let mut headers = HeaderMap::new();
        headers.insert("token", TOKEN.parse().unwrap());
        headers.insert("sign", bad.parse().unwrap());
        let heard = account(Terms::default()).verify_webhook(&headers, body.as_bytes());
        assert_eq!(heard, Err(WebhookError::WrongSignature), "{bad}");
    }
}

/// `done` closes an order and `cancel` ends it, so each is said only where that is so.
#[test]
fn the_vendor_is_told_done_or_cancel_only_where_it_is_so() {
    use AttemptStatus as Status;
    let statuses = [
        (Some(Status::Paid), r#"{"status":"done"}"#),
        (Some(Status::Cancelled), r#"{"status":"cancel"}"#),
        // Its page may be paid again.
        (Some(Status::Failed), "{}"),
        (Some(Status::Creating), "{}"),
        (Some(Status::Checking), "{}"),
        (Some(Status::AwaitingPayment), "{}"),
        (Some(Status::Processing), "{}"),
        (Some(Status::Underpaid), "{}"),
        (Some(Status::Expired), "{}"),
        (Some(Status::Review), "{}"),
        (Some(Status::Refunding), "{}"),
        (Some(Status::Refunded), "{}"),
        (None, "{}"),
    ];
    for (status, body) in statuses {
        let answer = account(Terms::default()).webhook_acknowledgement(status);
        assert_eq!((answer.status().as_u16(), *answer.body()), (200, body), "{status:?}");
        assert_eq!(answer.headers()["content-type"], "application/json");
    }
}
