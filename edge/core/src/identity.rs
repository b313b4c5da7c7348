//! Who is who without a look-up table: session ids derived from references, and client tokens derived from session ids.

use crate::secret::Secret;
use checkout_shared::provider::ProviderId;
use data_encoding::{BASE32_NOPAD, BASE64URL_NOPAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// The id of the session that stands for a merchant's reference: `base32(SHA-256(namespace, 0, reference))`, lower case, cut to 26
/// characters (130 bits). The same reference always gives the same id, so opening twice gives the same session. Not a secret.
#[must_use]
pub fn session_id(namespace: &str, reference: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(namespace.as_bytes());
    hash.update([0]);
    hash.update(reference.as_bytes());
    let mut id = BASE32_NOPAD.encode(&hash.finalize()).to_ascii_lowercase();
    id.truncate(26);
    id
}

/// A signing key and, while it is being rotated, the one before it.
#[derive(Clone, Debug)]
pub struct KeyPair {
    /// Signs, and verifies.
    pub current: Secret,
    /// Only verifies.
    pub previous: Option<Secret>,
}

impl KeyPair {
    /// Whether `signature` is the HMAC-SHA256 of `message` under either key; compared in constant time over raw bytes.
    #[must_use]
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let under = |key: &Secret| keyed(key, message).verify_slice(signature).is_ok();
        under(&self.current) || self.previous.as_ref().is_some_and(under)
    }
}

fn keyed(key: &Secret, message: &[u8]) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length; the error type is that of other MACs")]
    let mut mac = Hmac::<Sha256>::new_from_slice(key.expose().as_bytes()).expect("HMAC takes a key of any length");
    mac.update(message);
    mac
}

/// The client token of a session: the capability to see and pay it. Verified without waking anything.
#[must_use]
pub fn client_token(keys: &KeyPair, session_id: &str) -> String {
    BASE64URL_NOPAD.encode(&keyed(&keys.current, &client_token_message(session_id)).finalize().into_bytes())
}

/// Whether a client token belongs to a session.
#[must_use]
pub fn client_token_matches(keys: &KeyPair, session_id: &str, token: &str) -> bool {
    BASE64URL_NOPAD.decode(token.as_bytes()).is_ok_and(|signature| keys.verifies(&client_token_message(session_id), &signature))
}

/// What the address for a provider's notifications ends with: nobody who was not told it can hint at anything. It has the form of a
/// session's id, and is no session's.
#[must_use]
pub fn webhook_key(keys: &KeyPair, provider: ProviderId) -> String {
    webhook_key_under(&keys.current, provider)
}

/// Whether an address ends with the key for its provider's notifications, in constant time.
#[must_use]
pub fn webhook_key_matches(keys: &KeyPair, provider: ProviderId, stated: &str) -> bool {
    // Both sides are hashed first, as for the merchant key below.
    let under = |key: &Secret| {
        let ours = keyed(key, webhook_key_under(key, provider).as_bytes()).finalize().into_bytes();
        keyed(key, stated.as_bytes()).verify_slice(&ours).is_ok()
    };
    under(&keys.current) | keys.previous.as_ref().is_some_and(under)
}

fn webhook_key_under(key: &Secret, provider: ProviderId) -> String {
    let message = [b"webhook\0", provider.as_str().as_bytes()].concat();
    let mut text = BASE32_NOPAD.encode(&keyed(key, &message).finalize().into_bytes()).to_ascii_lowercase();
    text.truncate(26);
    text
}

/// The leading label keeps this use of the key apart from any other.
fn client_token_message(session_id: &str) -> Vec<u8> {
    [b"client-token\0", session_id.as_bytes()].concat()
}

/// Whether a `Authorization: Bearer …` header carries this key. Both sides are hashed first, so that neither length nor content
/// shows in the time it takes.
#[must_use]
pub fn bearer_matches(key: &Secret, header: Option<&str>) -> bool {
    let Some(given) = header.and_then(|header| header.strip_prefix("Bearer ")) else { return false };
    let ours = keyed(key, key.expose().as_bytes()).finalize().into_bytes();
    keyed(key, given.as_bytes()).verify_slice(&ours).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(current: &str, previous: Option<&str>) -> KeyPair {
        KeyPair { current: Secret::new(current), previous: previous.map(Secret::new) }
    }

    #[test]
    fn an_id_is_26_characters_of_its_reference_and_namespace() {
        let id = session_id("shop", "order-1");
        assert!(checkout_shared::route::is_session_id(&id), "{id}");
        assert_eq!(id, session_id("shop", "order-1"));
        assert_ne!(id, session_id("shop", "order-2"));
        assert_ne!(session_id("ab", "c"), session_id("a", "bc"));
    }

    #[test]
    fn a_client_token_opens_its_own_session_only() {
        let ours = keys("k1", None);
        let token = client_token(&ours, "session-a");
        assert!(client_token_matches(&ours, "session-a", &token));
        assert!(!client_token_matches(&ours, "session-b", &token));
        assert!(!client_token_matches(&keys("k2", None), "session-a", &token));
        assert!(!client_token_matches(&ours, "session-a", &token[..token.len() - 1]));
        assert!(!client_token_matches(&ours, "session-a", ""));
    }

    #[test]
    fn while_rotating_the_previous_key_still_verifies() {
        let token = client_token(&keys("old", None), "s");
        assert!(client_token_matches(&keys("new", Some("old")), "s", &token));
        assert!(!client_token_matches(&keys("new", None), "s", &token));
    }

    #[test]
    fn a_webhook_key_is_its_providers_alone_and_rotates() {
        let key = webhook_key(&keys("old", None), ProviderId::Okipays);
        assert!(checkout_shared::route::is_session_id(&key), "{key}");
        assert!(webhook_key_matches(&keys("new", Some("old")), ProviderId::Okipays, &key));
        assert!(!webhook_key_matches(&keys("new", None), ProviderId::Okipays, &key));
        assert!(!webhook_key_matches(&keys("old", None), ProviderId::Onecheckout, &key));
        assert!(!webhook_key_matches(&keys("old", None), ProviderId::Okipays, &key[..25]));
    }

    #[test]
    fn only_the_whole_merchant_key_is_let_in() {
        let key = Secret::new("merchant-key");
        assert!(bearer_matches(&key, Some("Bearer merchant-key")));
        for header in [
            None,
            Some(""),
            Some("Bearer "),
            Some("Bearer merchant-ke"),
            Some("Bearer merchant-keyy"),
            Some("merchant-key"),
            Some("Basic merchant-key"),
        ] {
            assert!(!bearer_matches(&key, header), "{header:?}");
        }
    }
}
