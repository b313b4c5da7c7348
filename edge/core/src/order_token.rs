//! Order tokens: JSON Web Tokens (RFC 7519) signed with HMAC-SHA256 by the merchant's server. The only way a browser may open a
//! session. Any JWT library makes one; only `HS256` is read, and the signature is checked before any claim is.

use crate::identity::KeyPair;
use crate::order_claims::{self, UrlRule};
use checkout_shared::error::FieldError;
use checkout_shared::order::Order;
use checkout_shared::time::{Millis, Timestamp};
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Map, Value};

/// The longest token that is looked at.
pub const MAX_BYTES: usize = 8 * 1024;

/// How far the merchant's clock may be off.
const LEEWAY: Millis = Millis::seconds(60);

/// Why an order token opens nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrderTokenError {
    /// Not a JWT.
    #[error("the order token is not a JSON Web Token")]
    Malformed,
    /// Another algorithm than HS256, or an extension we must not ignore (`crit`).
    #[error("the order token must be signed with HS256 and use no critical extension")]
    Algorithm,
    /// Another key, or a changed token.
    #[error("the order token's signature does not match")]
    Signature,
    /// `exp` is over.
    #[error("the order token has expired; ask the shop for a fresh one")]
    Expired {
        /// The order it was for: it may have been opened in time.
        reference: String,
    },
    /// `nbf` is still to come.
    #[error("the order token is not valid yet")]
    NotYet,
    /// A claim is not as documented.
    #[error("a claim of the order token is not as documented")]
    Claim(FieldError),
}

/// Reads an order token that was signed under one of these keys and still holds at `now`.
///
/// 1. Form: three base64url parts (RFC 7515 §3.1).
/// 2. Header: `alg` is `HS256`, no `crit`.
/// 3. Signature over the first two parts as they stand, in constant time.
/// 4. Times: `exp` (required), `nbf`.
/// 5. Claims: the order.
pub fn verify(token: &str, keys: &KeyPair, now: Timestamp, urls: UrlRule) -> Result<Order, OrderTokenError> {
    // (1)
    if token.len() > MAX_BYTES {
        return Err(OrderTokenError::Malformed);
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(OrderTokenError::Malformed)?;
    let (header, payload) = signed.split_once('.').ok_or(OrderTokenError::Malformed)?;
    let signature = BASE64URL_NOPAD.decode(signature.as_bytes()).map_err(|_| OrderTokenError::Malformed)?;
    // (2)
    let header = object(header)?;
    if header.get("alg").and_then(Value::as_str) != Some("HS256") || header.contains_key("crit") {
        return Err(OrderTokenError::Algorithm);
    }
    // (3)
    if !keys.verifies(signed.as_bytes(), &signature) {
        return Err(OrderTokenError::Signature);
    }
    // (4)
    let claims = object(payload)?;
    let order = order_claims::read(&claims, urls, now).map_err(OrderTokenError::Claim)?;
    if order.expires_at <= now {
        return Err(OrderTokenError::Expired { reference: order.reference });
    }
    let not_before = claims.get("nbf").and_then(Value::as_i64).map(Timestamp::from_seconds);
    if not_before.is_some_and(|not_before| now + LEEWAY < not_before) {
        return Err(OrderTokenError::NotYet);
    }
    // (5)
    Ok(order)
}

fn object(part: &str) -> Result<Map<String, Value>, OrderTokenError> {
    let bytes = BASE64URL_NOPAD.decode(part.as_bytes()).map_err(|_| OrderTokenError::Malformed)?;
    serde_json::from_slice(&bytes).map_err(|_| OrderTokenError::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;
    use hmac::{Hmac, KeyInit, Mac};
    use serde_json::json;
    use sha2::Sha256;

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

    fn sign(header: &Value, claims: &Value, key: &str) -> String {
        let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
        let signed = format!("{}.{}", part(header), part(claims));
        let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
        mac.update(signed.as_bytes());
        format!("{signed}.{}", BASE64URL_NOPAD.encode(&mac.finalize().into_bytes()))
    }

    fn claims() -> Value {
        json!({"amount": "12.50", "currency": "USD", "reference": "A-1", "exp": NOW.seconds() + 600})
    }

    fn read(token: &str) -> Result<Order, OrderTokenError> {
        let keys = KeyPair { current: Secret::new("new key"), previous: Some(Secret::new("old key")) };
        verify(token, &keys, NOW, UrlRule::Https)
    }

    #[test]
    fn a_token_under_the_current_or_the_previous_key_states_the_order() {
        for key in ["new key", "old key"] {
            let order = read(&sign(&json!({"alg": "HS256", "typ": "JWT"}), &claims(), key)).unwrap();
            assert_eq!(order.reference, "A-1");
        }
    }

    /// Made with Python's `hmac`, `hashlib` and `base64` modules, so by no code of ours.
    #[test]
    fn a_token_made_by_another_implementation_is_read() {
        let token = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJhbW91bnQiOiIxMi41MCIsImN1cnJlbmN5IjoiVVNEIiwicmVmZXJlbmNlIjoiQS0xIiwiZXhwIjoxODAwMDAwNjAwfQ.rpFDMln7JR5SvIVj_XR0c0KeplJdwrj7MaTGlIkJFLs";
        assert_eq!(read(token).unwrap().price().to_string(), "12.50 USD");
    }

    #[test]
    fn a_changed_foreign_or_unsigned_token_is_refused() {
        let good = sign(&json!({"alg": "HS256"}), &claims(), "new key");
        let (signed, signature) = good.rsplit_once('.').unwrap();
        let mut dearer = claims();
        dearer["amount"] = json!("0.01");
        let other_claims = BASE64URL_NOPAD.encode(dearer.to_string().as_bytes());
        let header = signed.split_once('.').unwrap().0;
        assert_eq!(read(&format!("{header}.{other_claims}.{signature}")), Err(OrderTokenError::Signature));
        assert_eq!(read(&sign(&json!({"alg": "HS256"}), &claims(), "another key")), Err(OrderTokenError::Signature));
        assert_eq!(read(&format!("{signed}.")), Err(OrderTokenError::Signature));
        for algorithm in ["none", "None", "HS512", "RS256", "hs256"] {
            assert_eq!(read(&sign(&json!({"alg": algorithm}), &claims(), "new key")), Err(OrderTokenError::Algorithm), "{algorithm}");
        }
        assert_eq!(read(&sign(&json!({"alg": "HS256", "crit": ["b64"]}), &claims(), "new key")), Err(OrderTokenError::Algorithm));
        for text in ["", ".", "..", "a.b.c", "a.b", &"x".repeat(MAX_BYTES + 1)] {
            assert_eq!(read(text), Err(OrderTokenError::Malformed), "{text:.20}");
        }
    }

    #[test]
    fn times_are_kept() {
        let at = |field: &str, seconds: i64| {
            let mut claims = claims();
            claims[field] = json!(NOW.seconds() + seconds);
            read(&sign(&json!({"alg": "HS256"}), &claims, "new key"))
        };
        let expired = || Err(OrderTokenError::Expired { reference: "A-1".to_owned() });
        assert_eq!(at("exp", 0), expired());
        assert_eq!(at("exp", -1), expired());
        assert!(at("exp", 1).is_ok());
        assert!(at("nbf", 30).is_ok());
        assert_eq!(at("nbf", 90), Err(OrderTokenError::NotYet));
    }
}
