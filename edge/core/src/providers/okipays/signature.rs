//! What `OkiPays` signs and how (Private API › Adding values with a secret and hashing): the body's values, keys sorted at every level,
//! one after the other without anything between them, then the secret; lower-case hex of SHA-256 over that.
//!
//! It works on the JSON text itself, so that what is signed is exactly what is sent. The document is silent about values that are
//! neither text nor whole numbers, and implementations disagree, so nothing else is ever sent. In what the vendor sends, such values
//! count as PHP joins them, which is what its error format shows it to run on: `true` is `1`; `false` and null are nothing; a
//! fraction's trailing zeros are gone.

use crate::secret::Secret;
use data_encoding::HEXLOWER;
use hmac::digest::CtOutput;
use serde_json::value::RawValue;
use sha2::digest::Output;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Documented bodies are two levels deep. Deeper ones are not followed, so that no text can exhaust the stack.
const DEEPEST: u32 = 8;

/// The first stage: the values of a body in the order of their sorted keys; those of a list in its own. `None`: no JSON, or far too
/// deep.
#[must_use]
pub fn values(body: &[u8]) -> Option<String> {
    let mut joined = String::new();
    join(serde_json::from_slice(body).ok()?, DEEPEST, &mut joined)?;
    Some(joined)
}

/// Both stages: the header `X-Auth-Sign`. `None`: no JSON.
#[must_use]
pub fn sign(body: &[u8], secret: &Secret) -> Option<String> {
    Some(HEXLOWER.encode(&digest(body, secret)?))
}

/// Whether a signature, in lower-case hex as every implementation writes it, is that of a body. Compared in constant time.
pub(super) fn verify(body: &[u8], secret: &Secret, signature: &[u8]) -> bool {
    let stated = HEXLOWER.decode(signature).ok().and_then(|stated| Output::<Sha256>::try_from(stated.as_slice()).ok());
    let computed = digest(body, secret);
    stated.zip(computed).is_some_and(|(stated, computed)| CtOutput::<Sha256>::new(stated) == CtOutput::new(computed))
}

/// Whether two texts are the same, in constant time whatever their lengths.
pub(super) fn is_same(one: &[u8], other: &[u8]) -> bool {
    CtOutput::<Sha256>::new(Sha256::digest(one)) == CtOutput::new(Sha256::digest(other))
}

fn digest(body: &[u8], secret: &Secret) -> Option<Output<Sha256>> {
    Some(Sha256::new().chain_update(values(body)?).chain_update(secret.expose()).finalize())
}

fn join(value: &RawValue, deeper: u32, joined: &mut String) -> Option<()> {
    let (text, deeper) = (value.get(), deeper.checked_sub(1)?);
    match text.as_bytes().first()? {
        b'{' => {
            let fields: BTreeMap<String, &RawValue> = serde_json::from_str(text).ok()?;
            fields.into_values().try_for_each(|field| join(field, deeper, joined))?;
        }
        b'[' => {
            let items: Vec<&RawValue> = serde_json::from_str(text).ok()?;
            items.into_iter().try_for_each(|item| join(item, deeper, joined))?;
        }
        b'"' => joined.push_str(&serde_json::from_str::<String>(text).ok()?),
        b't' => joined.push('1'),
        b'f' | b'n' => {}
        _ => joined.push_str(number(text)),
    }
    Some(())
}

/// A number as it is written, but for the zeros behind its point that no language writes.
fn number(text: &str) -> &str {
    if text.contains('.') && !text.contains(['e', 'E']) { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_are_never_sent_count_as_php_joins_them() {
        for (json, joined) in [
            (r#"{"a":true,"b":false,"c":null,"d":"x"}"#, "1x"),
            (r#"{"a":15.0,"b":15.50,"c":100,"d":0.10}"#, "1515.51000.1"),
            (r#"{"a":"15.50","b":"é\u00e9"}"#, "15.50éé"),
            ("[3,[2,1],{}]", "321"),
            (r#"{"b":1,"B":2,"a":{"d":3,"c":4}}"#, "2431"),
        ] {
            assert_eq!(values(json.as_bytes()).as_deref(), Some(joined), "{json}");
        }
    }

    #[test]
    fn what_is_no_json_or_nested_without_end_has_no_signature() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        for body in ["", "{", "{\"a\":1}x", "\"\\ud800\"", &deep] {
            assert_eq!(sign(body.as_bytes(), &Secret::new("s")), None);
        }
        assert_eq!(values(b"\xff"), None);
    }
}
