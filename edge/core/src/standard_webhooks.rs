//! Outgoing webhooks in the form of Standard Webhooks (<https://www.standardwebhooks.com>, specification 1.0.0): what is sent, and how it
//! is signed. Not where to ([`crate::merchant_endpoint`]) and not when ([`crate::outbox`]).

use bytes::Bytes;
use checkout_shared::event::{EventKind, WebhookBody};
use checkout_shared::session::SessionView;
use checkout_shared::time::Timestamp;
use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use http::header::{CONTENT_TYPE, HeaderValue, USER_AGENT};
use http::{Method, Request, Uri};
use sha2::Sha256;
use std::fmt;
use std::ops::RangeInclusive;
use time::OffsetDateTime;

/// What a signing key begins with; the rest is standard base64.
const KEY_PREFIX: &str = "whsec_";
/// How many bytes a key has, by the specification.
const KEY_BYTES: RangeInclusive<usize> = 24..=64;
/// Who sends, for the merchant's log.
const SENDER: &str = concat!("Edge-Checkout/", env!("CARGO_PKG_VERSION"));

/// A key that signs webhooks: raw bytes that no `Debug` shows.
#[derive(Clone)]
pub struct WebhookKey(Vec<u8>);

impl WebhookKey {
    /// Reads `whsec_` and the standard base64 of 24 to 64 bytes; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = BASE64.decode(text.strip_prefix(KEY_PREFIX)?.as_bytes()).ok()?;
        KEY_BYTES.contains(&bytes.len()).then_some(Self(bytes))
    }

    fn sign(&self, message: &str) -> String {
        #[expect(clippy::expect_used, reason = "HMAC takes a key of any length; the error type is that of other MACs")]
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(message.as_bytes());
        format!("v1,{}", BASE64.encode(&mac.finalize().into_bytes()))
    }
}

impl fmt::Debug for WebhookKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookKey(…)")
    }
}

/// The key that signs and, while it is being rotated, the one before it, which signs as well.
#[derive(Clone, Debug)]
pub struct WebhookKeys {
    /// Its signature comes first.
    pub current: WebhookKey,
    /// For a merchant's server that does not know the new key yet.
    pub previous: Option<WebhookKey>,
}

impl WebhookKeys {
    /// The `webhook-signature` of a message sent at whole Unix seconds: one signature of `{id}.{seconds}.{body}` per key, with a space
    /// between them.
    fn signature(&self, id: &str, seconds: i64, body: &str) -> String {
        let message = format!("{id}.{seconds}.{body}");
        let signatures: Vec<String> =
            [Some(&self.current), self.previous.as_ref()].into_iter().flatten().map(|key| key.sign(&message)).collect();
        signatures.join(" ")
    }
}

/// The whole request. `id` stays the same in every try; `now` is this try's time, for the receiver refuses old ones. Fails only if `id`
/// cannot stand in a header.
pub fn request(url: &Uri, keys: &WebhookKeys, id: &str, now: Timestamp, body: &str) -> http::Result<Request<Bytes>> {
    let seconds = now.seconds();
    Request::builder()
        .method(Method::POST)
        .uri(url.clone())
        .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
        .header(USER_AGENT, HeaderValue::from_static(SENDER))
        .header("webhook-id", id)
        .header("webhook-timestamp", seconds)
        .header("webhook-signature", keys.signature(id, seconds, body))
        .body(Bytes::copy_from_slice(body.as_bytes()))
}

/// The body that tells of an event. Every try sends this very text: the signature is over its bytes.
#[expect(clippy::expect_used, clippy::missing_panics_doc, reason = "plain data with texts as keys always has a JSON form")]
#[must_use]
pub fn body(kind: EventKind, at: Timestamp, view: SessionView) -> String {
    let body = WebhookBody { kind, timestamp: iso_8601(at), data: view };
    serde_json::to_string(&body).expect("plain data has a JSON form")
}

/// `2026-11-21T12:00:00.000Z`.
fn iso_8601(at: Timestamp) -> String {
    let time = OffsetDateTime::from_unix_timestamp(at.seconds()).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let (year, month, day) = time.to_calendar_date();
    let (hour, minute, second) = time.to_hms();
    format!("{year:04}-{:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z", u8::from(month), at.0.rem_euclid(1000))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const OTHER: &str = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz";

    fn keys(previous: Option<&str>) -> WebhookKeys {
        WebhookKeys { current: WebhookKey::parse(KEY).unwrap(), previous: previous.map(|key| WebhookKey::parse(key).unwrap()) }
    }

    fn sent(keys: &WebhookKeys) -> Request<Bytes> {
        let now = Timestamp(1_614_265_330_999);
        request(&Uri::from_static("https://shop.example/hook"), keys, "msg_p5jXN8AQM9LWM0D4loKWxJek", now, "{\"test\": 2432232314}")
            .unwrap()
    }

    #[test]
    fn the_published_vector_is_signed_as_published() {
        let sent = sent(&keys(None));
        assert_eq!(sent.headers()["webhook-signature"], "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert_eq!(sent.headers()["webhook-id"], "msg_p5jXN8AQM9LWM0D4loKWxJek");
        assert_eq!(sent.headers()["webhook-timestamp"], "1614265330");
    }

    #[test]
    fn a_request_is_a_post_of_json_by_a_named_sender_and_nothing_more() {
        let sent = sent(&keys(None));
        assert_eq!((sent.method(), sent.uri().to_string().as_str()), (&Method::POST, "https://shop.example/hook"));
        assert_eq!(sent.headers()["content-type"], "application/json");
        assert!(sent.headers()["user-agent"].to_str().unwrap().starts_with("Edge-Checkout/"));
        assert_eq!(sent.headers().len(), 5);
        assert_eq!(sent.body(), "{\"test\": 2432232314}");
    }

    #[test]
    fn while_a_key_is_rotated_both_sign_and_the_current_one_comes_first() {
        let both = sent(&keys(Some(OTHER)));
        let alone =
            |key| sent(&WebhookKeys { current: WebhookKey::parse(key).unwrap(), previous: None }).headers()["webhook-signature"].clone();
        let expected = format!("{} {}", alone(KEY).to_str().unwrap(), alone(OTHER).to_str().unwrap());
        assert_eq!(both.headers()["webhook-signature"], expected.as_str());
    }

    #[test]
    fn only_keys_of_the_form_and_length_specified_are_taken() {
        let of_bytes = |count: usize| format!("whsec_{}", BASE64.encode(&vec![7; count]));
        for (text, taken) in [
            (KEY.to_owned(), true),
            (of_bytes(24), true),
            (of_bytes(25), true),
            (of_bytes(64), true),
            (of_bytes(23), false),
            (of_bytes(65), false),
            (KEY.trim_start_matches("whsec_").to_owned(), false),
            (KEY.replace("whsec_", "whsk_"), false),
            (of_bytes(25).trim_end_matches('=').to_owned(), false),
            (format!("whsec_{}", data_encoding::BASE64URL.encode(&[0xff; 24])), false),
            (format!("{KEY} "), false),
            ("whsec_".to_owned(), false),
        ] {
            assert_eq!(WebhookKey::parse(&text).is_some(), taken, "{text}");
        }
    }

    #[test]
    fn no_key_shows() {
        assert_eq!(format!("{:?}", keys(Some(OTHER))), "WebhookKeys { current: WebhookKey(…), previous: Some(WebhookKey(…)) }");
    }

    #[test]
    fn times_are_iso_8601_in_utc_with_milliseconds() {
        for (at, text) in [
            (1_795_262_400_000, "2026-11-21T12:00:00.000Z"),
            (1_709_251_199_999, "2024-02-29T23:59:59.999Z"),
            (0, "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(iso_8601(Timestamp(at)), text);
        }
    }

    #[test]
    fn a_body_is_the_kind_the_time_and_the_whole_session() {
        let view: SessionView = serde_json::from_str(
            r#"{"id":"abcdefghijklmnopqrstuvwx27","sequence":4,"status":"paid","server_time":1795262400000,"methods":[],
                "order":{"amount":"18.90","currency":"USD","reference":"A-1","expires_at":1795262460000}}"#,
        )
        .unwrap();
        let text = body(EventKind::Paid, Timestamp(1_795_262_400_000), view.clone());
        assert!(text.starts_with(r#"{"type":"session.paid","timestamp":"2026-11-21T12:00:00.000Z","data":{"id":"#), "{text}");
        assert_eq!(serde_json::from_str::<WebhookBody>(&text).unwrap().data, view);
    }
}
