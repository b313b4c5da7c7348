//! Forms and queries as the simulated `OceanEx` Pay reads them: every field known, none twice but lists, and each as it should be.

use super::envelope::Refused;
use bytes::Bytes;
use rust_decimal::Decimal;
use serde_json::Value;
use url::form_urlencoded;

/// Names and values. What is empty counts as left out.
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    pub(super) fn read(encoded: &[u8], known: &[&str]) -> Result<Self, Refused> {
        let mut fields: Vec<(String, String)> = Vec::new();
        for (name, value) in form_urlencoded::parse(encoded).into_owned() {
            if !known.contains(&name.as_str()) {
                return Err(Refused::field(&name, "is not a parameter of this call"));
            }
            if !name.ends_with("[]") && fields.iter().any(|(known, _)| *known == name) {
                return Err(Refused::field(&name, "is there twice"));
            }
            fields.push((name, value));
        }
        Ok(Self(fields))
    }

    pub(super) fn query(request: &http::Request<Bytes>, known: &[&str]) -> Result<Self, Refused> {
        Self::read(request.uri().query().unwrap_or_default().as_bytes(), known)
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, value)| known == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// The elements of a list; none of them empty.
    pub(super) fn words(&self, name: &str) -> Result<Vec<&str>, Refused> {
        let words: Vec<&str> = self.0.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect();
        if words.contains(&"") { Err(Refused::field(name, "is empty")) } else { Ok(words) }
    }

    /// A plain decimal greater than nought with no more than the eight decimals that the vendor shows.
    pub(super) fn amount(&self, name: &str) -> Result<Option<Decimal>, Refused> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let amount: Option<Decimal> = text.parse().ok().filter(|_| is_plain);
        let amount = amount.filter(|amount| *amount > Decimal::ZERO && amount.scale() <= 8);
        amount.map(Some).ok_or_else(|| Refused::field(name, "does not have a valid value"))
    }

    /// A whole number from 1.
    pub(super) fn whole(&self, name: &str) -> Result<Option<usize>, Refused> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let number = text.parse().ok().filter(|number| *number > 0);
        number.map(Some).ok_or_else(|| Refused::field(name, "does not have a valid value"))
    }

    /// A JSON object as text; where there is none, what the vendor keeps instead.
    pub(super) fn metadata(&self) -> Result<String, Refused> {
        match (self.text("metadata"), self.text("ref_order_id")) {
            (Some(text), _) => {
                let is_object = serde_json::from_str(text).is_ok_and(|value: Value| value.is_object());
                if is_object { Ok(text.to_owned()) } else { Err(Refused::field("metadata", "is no JSON object")) }
            }
            (None, Some(reference)) => Ok(serde_json::json!({"ref_order_id": reference}).to_string()),
            (None, None) => Ok("{}".to_owned()),
        }
    }
}
