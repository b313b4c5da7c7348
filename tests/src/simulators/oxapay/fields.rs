//! The fields of a request body, as strictly checked as the documents say and as loosely typed as the vendor's own plugins are:
//! numbers and booleans may come as strings.

use super::envelope::Refused;
use rust_decimal::Decimal;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// A request's fields: its JSON body or its query string.
pub(super) struct Fields(BTreeMap<String, Box<RawValue>>);

impl Fields {
    pub(super) fn read(body: &[u8]) -> Result<Self, Refused> {
        serde_json::from_slice(body).map(Self).map_err(|_| Refused::field("body", "must be a JSON object"))
    }

    /// From a query string; a name given twice counts with its last value.
    pub(super) fn from_query(query: &str) -> Self {
        let pairs = url::form_urlencoded::parse(query.as_bytes());
        let quoted = |value: &str| serde_json::value::to_raw_value(value).ok();
        Self(pairs.filter_map(|(name, value)| Some((name.into_owned(), quoted(&value)?))).collect())
    }

    /// A string or a number; empty counts as left out.
    pub(super) fn text(&self, key: &str) -> Result<Option<String>, Refused> {
        let Some(raw) = self.0.get(key).map(|raw| raw.get()).filter(|raw| *raw != "null") else { return Ok(None) };
        let text = match raw.as_bytes().first() {
            Some(b'"') => serde_json::from_str::<String>(raw).ok(),
            Some(b'-' | b'0'..=b'9' | b't' | b'f') => Some(raw.to_owned()),
            _ => None,
        };
        let text = text.ok_or_else(|| Refused::field(key, "must be a string"))?;
        Ok(Some(text).filter(|text| !text.is_empty()))
    }

    pub(super) fn decimal(&self, key: &str) -> Result<Option<Decimal>, Refused> {
        let Some(text) = self.text(key)? else { return Ok(None) };
        let number = text.parse().or_else(|_| Decimal::from_scientific(&text));
        number.map(Some).map_err(|_| Refused::field(key, "must be a number"))
    }

    /// A number between two bounds, both allowed.
    pub(super) fn within(&self, key: &str, least: u32, most: u32) -> Result<Option<Decimal>, Refused> {
        let number = self.decimal(key)?;
        let fits = number.is_none_or(|number| (Decimal::from(least)..=Decimal::from(most)).contains(&number));
        if fits { Ok(number) } else { Err(Refused::field(key, &format!("must be between {least} and {most}"))) }
    }

    pub(super) fn integer_within(&self, key: &str, least: u32, most: u32) -> Result<Option<u32>, Refused> {
        let Some(text) = self.text(key)? else { return Ok(None) };
        let number: u32 = text.parse().map_err(|_| Refused::field(key, "must be an integer"))?;
        let fits = (least..=most).contains(&number);
        if fits { Ok(Some(number)) } else { Err(Refused::field(key, &format!("must be between {least} and {most}"))) }
    }

    /// A payment's number, as a text of digits.
    pub(super) fn track_id(&self) -> Result<Option<String>, Refused> {
        let track_id = self.text("track_id")?;
        let is_number = track_id.as_ref().is_none_or(|id| id.bytes().all(|byte| byte.is_ascii_digit()));
        if is_number { Ok(track_id) } else { Err(Refused::field("track_id", "must be an integer")) }
    }

    pub(super) fn flag(&self, key: &str) -> Result<Option<bool>, Refused> {
        match self.text(key)?.as_deref() {
            None => Ok(None),
            Some("1" | "true") => Ok(Some(true)),
            Some("0" | "false") => Ok(Some(false)),
            Some(_) => Err(Refused::field(key, "must be a boolean")),
        }
    }

    pub(super) fn url(&self, key: &str) -> Result<String, Refused> {
        let Some(text) = self.text(key)? else { return Ok(String::new()) };
        let uri: Option<http::Uri> = text.parse().ok();
        let is_url = uri.is_some_and(|uri| matches!(uri.scheme_str(), Some("http" | "https")) && uri.authority().is_some());
        if is_url { Ok(text) } else { Err(Refused::field(key, "must be a valid URL")) }
    }

    pub(super) fn email(&self, key: &str) -> Result<String, Refused> {
        let text = self.text(key)?.unwrap_or_default();
        if text.is_empty() || text.contains('@') { Ok(text) } else { Err(Refused::field(key, "must be a valid email address")) }
    }
}
