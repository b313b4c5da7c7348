//! Order tokens as a shop makes them: JSON Web Tokens signed with HS256 (RFC 7515, RFC 7519). Written apart from the edge's
//! verifier on purpose, so that each checks the other.

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

/// Signs claims with the shop's key.
#[must_use]
pub fn sign(claims: &Value, key: &str) -> String {
    sign_with_header(&json!({ "alg": "HS256", "typ": "JWT" }), claims, key)
}

/// Signs claims under a header of one's own; for shops that get it wrong.
#[must_use]
pub fn sign_with_header(header: &Value, claims: &Value, key: &str) -> String {
    let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    let signed = format!("{}.{}", part(header), part(claims));
    format!("{signed}.{}", BASE64URL_NOPAD.encode(&hmac_sha256(key.as_bytes(), signed.as_bytes())))
}

fn hmac_sha256(key: &[u8], message: &[u8]) -> Vec<u8> {
    // HMAC takes a key of any length; the library's type cannot say so.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use data_encoding::HEXLOWER;

    #[test]
    fn signatures_are_those_of_the_standard() {
        // RFC 4231, test case 2.
        let digest = HEXLOWER.encode(&hmac_sha256(b"Jefe", b"what do ya want for nothing?"));
        assert_eq!(digest, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    #[test]
    fn the_edge_reads_what_a_shop_signs() {
        use checkout_core::identity::KeyPair;
        use checkout_core::order_claims::UrlRule;
        use checkout_core::order_token::{OrderTokenError, verify};
        use checkout_core::secret::Secret;
        use checkout_shared::time::Timestamp;

        let claims = json!({ "amount": "18.90", "currency": "USD", "reference": "CAFE-1", "exp": 1_900_003_600, "iat": 1_900_000_000 });
        let token = sign(&claims, "a key of the shop's, long enough for it");
        let now = Timestamp::from_seconds(1_900_000_100);
        let keys = |key: &str| KeyPair { current: Secret::new(key), previous: None };

        let order = verify(&token, &keys("a key of the shop's, long enough for it"), now, UrlRule::Https).unwrap();
        assert_eq!((order.price().to_string().as_str(), order.reference.as_str()), ("18.90 USD", "CAFE-1"));
        assert_eq!(verify(&token, &keys("another"), now, UrlRule::Https), Err(OrderTokenError::Signature));
    }
}
