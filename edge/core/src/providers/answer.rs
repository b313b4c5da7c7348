//! Reading what vendors send: JSON whose fields may be numbers or strings, null or missing, whatever their documents say.
//!
//! Tolerant about form, never about meaning: what cannot be read is `None`, not a default. Numbers are read from their text and
//! never pass through a float. What the fields mean is each vendor's file's business.

use crate::provider::{PaymentStatus, ProviderError, Snapshot};
use checkout_shared::time::{Millis, Timestamp};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// The longest answer worth reading. A full page of a history is about a tenth of it.
const LONGEST_ANSWER: usize = 4 * 1024 * 1024;

/// What a request was for, which decides what an unreadable answer means.
#[derive(Clone, Copy)]
pub(super) enum Asked {
    /// Something was to be created, and may have been.
    ToCreate,
    /// Nothing can have changed.
    ForNews,
}

impl Asked {
    /// The answer is lost. The reason is ours; nothing of the answer is in it.
    pub(super) fn lost(self, reason: &str) -> ProviderError {
        let reason = reason.to_owned();
        match self {
            Self::ToCreate => ProviderError::MaybeSent { reason },
            Self::ForNews => ProviderError::NotSent { reason },
        }
    }

    /// News of money that is there or set aside, where it comes with what was asked for. Without, it would agree with any order.
    pub(super) fn priced(self, snapshot: Snapshot) -> Result<Snapshot, ProviderError> {
        let claims_all = matches!(snapshot.status, PaymentStatus::Authorized | PaymentStatus::Paid);
        if claims_all && snapshot.stated.price.is_none() { Err(self.lost("what is paid has no price")) } else { Ok(snapshot) }
    }
}

/// Reads a whole body. `None`: not such JSON, or absurdly long.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    if body.len() > LONGEST_ANSWER { None } else { serde_json::from_slice(body).ok() }
}

/// One field of a vendor's JSON, kept as its own text until somebody says what it should be.
#[derive(Clone, Debug, Default)]
pub(super) struct Field(Option<Box<RawValue>>);

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Ok(Self((raw.get() != "null").then_some(raw)))
    }
}

impl Field {
    /// Missing, null or an empty string: vendors write all three for "nothing".
    pub(super) fn is_absent(&self) -> bool {
        self.raw().is_none_or(|raw| raw == "\"\"")
    }

    /// A string that is not blank, or a number as it is written.
    pub(super) fn text(&self) -> Option<String> {
        let raw = self.raw()?;
        if raw.starts_with('"') {
            let text: String = serde_json::from_str(raw).ok()?;
            let text = text.trim();
            return (!text.is_empty()).then(|| text.to_owned());
        }
        raw.starts_with(|c: char| c.is_ascii_digit() || c == '-').then(|| raw.to_owned())
    }

    /// An exact number: `15`, `"15.50"`, `3.079e-5`.
    pub(super) fn decimal(&self) -> Option<Decimal> {
        parse_decimal(&self.text()?)
    }

    /// A whole number.
    pub(super) fn integer(&self) -> Option<i64> {
        let number = self.decimal()?;
        number.is_integer().then(|| number.to_i64()).flatten()
    }

    /// A positive point in time, in seconds since the Unix epoch.
    pub(super) fn seconds(&self) -> Option<Timestamp> {
        self.decimal()?.trunc().to_i64().filter(|seconds| *seconds > 0).map(Timestamp::from_seconds)
    }

    /// A truth value: `true`, `1`, `"1"`, `"true"` and their opposites.
    pub(super) fn flag(&self) -> Option<bool> {
        let text = match self.raw()? {
            literal @ ("true" | "false") => literal.to_owned(),
            _ => self.text()?,
        };
        match text.to_ascii_lowercase().as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        }
    }

    /// A structure.
    pub(super) fn parse<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_str(self.raw()?).ok()
    }

    /// The elements of a list, or the values of a map with their keys (a list's have none). Elements that are no such structure
    /// are left out.
    pub(super) fn elements<T: DeserializeOwned>(&self) -> Option<Vec<(String, T)>> {
        Some(self.keyed()?.into_iter().filter_map(|(key, value)| Some((key, value.parse()?))).collect())
    }

    /// The same where none may be left out: `None` if one of them is no such structure.
    pub(super) fn all_elements<T: DeserializeOwned>(&self) -> Option<Vec<(String, T)>> {
        self.keyed()?.into_iter().map(|(key, value)| Some((key, value.parse()?))).collect()
    }

    fn keyed(&self) -> Option<Vec<(String, Self)>> {
        match self.raw()?.as_bytes().first() {
            Some(b'[') => Some(self.parse::<Vec<Self>>()?.into_iter().map(|value| (String::new(), value)).collect()),
            Some(b'{') => Some(self.parse::<BTreeMap<String, Self>>()?.into_iter().collect()),
            _ => None,
        }
    }

    /// The JSON as it was written; `null` where there is none.
    pub(super) fn into_raw(self) -> Box<RawValue> {
        self.0.unwrap_or_else(|| RawValue::NULL.to_owned())
    }

    fn raw(&self) -> Option<&str> {
        self.0.as_deref().map(RawValue::get)
    }
}

/// Plain or exponent form. More digits than a decimal holds are rounded; a number out of its range is none.
fn parse_decimal(text: &str) -> Option<Decimal> {
    let known = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b'e' | b'E'));
    if !known {
        return None;
    }
    if text.contains(['e', 'E']) {
        // JSON allows `1e+3`; the decimal library does not.
        Decimal::from_scientific(&text.replacen("e+", "e", 1).replacen("E+", "E", 1)).ok()
    } else {
        text.parse().ok()
    }
}

/// `Retry-After`, where it is stated in seconds. A date is not read: the caller has a wait of its own for when nothing is stated.
pub fn retry_after(headers: &http::HeaderMap) -> Option<Millis> {
    let seconds: i64 = headers.get(http::header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    (0..=86_400).contains(&seconds).then(|| Millis::seconds(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(json: &str) -> Field {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn numbers_are_read_from_their_text_in_any_form() {
        for (json, expected) in [
            ("15", "15"),
            ("15.50", "15.50"),
            ("\"15.50\"", "15.50"),
            ("3.079e-5", "0.00003079"),
            ("1E3", "1000"),
            ("1e+3", "1000"),
            ("0.1", "0.1"),
            ("0.000000000000000001", "0.000000000000000001"),
            ("1.000000000000000001e0", "1.000000000000000001"),
            ("-2", "-2"),
            ("9007199254740993", "9007199254740993"),
        ] {
            assert_eq!(field(json).decimal().map(|number| number.to_string()).as_deref(), Some(expected), "{json}");
        }
    }

    #[test]
    fn what_is_no_number_is_none_and_not_nought() {
        for json in ["null", "\"\"", "\"abc\"", "\"1,5\"", "\"1_000\"", "\"NaN\"", "true", "{}", "[1]", "1e999", "\"0x1\"", "\"e\""] {
            assert_eq!(field(json).decimal(), None, "{json}");
        }
    }

    #[test]
    fn text_is_a_string_or_a_number_as_written() {
        assert_eq!(field("\" 168931368 \"").text().as_deref(), Some("168931368"));
        assert_eq!(field("168931368").text().as_deref(), Some("168931368"));
        for json in ["\" \"", "null", "{}", "true", "\"\\ud800\""] {
            assert_eq!(field(json).text(), None, "{json}");
        }
    }

    #[test]
    fn truth_values_come_as_words_and_as_digits() {
        for json in ["true", "1", "\"1\"", "\"True\""] {
            assert_eq!(field(json).flag(), Some(true), "{json}");
        }
        for json in ["false", "0", "\"0\""] {
            assert_eq!(field(json).flag(), Some(false), "{json}");
        }
        assert_eq!(field("2").flag(), None);
    }

    #[test]
    fn lists_and_maps_give_their_elements_and_leave_out_what_is_none() {
        let keys = |json: &str| field(json).elements::<u8>();
        assert_eq!(keys(r#"{"b":2,"a":1,"c":"x"}"#), Some(vec![("a".to_owned(), 1), ("b".to_owned(), 2)]));
        assert_eq!(keys("[1,null,3]"), Some(vec![(String::new(), 1), (String::new(), 3)]));
        assert_eq!(keys("7"), None);
        let all = |json: &str| field(json).all_elements::<u8>().map(|elements| elements.len());
        assert_eq!(["[1,2]", "{\"a\":1}", "[]", "[1,null]", "{\"a\":\"x\"}"].map(all), [Some(2), Some(1), Some(0), None, None]);
    }

    #[test]
    fn an_absurdly_long_body_is_not_read() {
        let long = format!("\"{}\"", "a".repeat(LONGEST_ANSWER));
        assert_eq!(read::<String>(long.as_bytes()), None);
        assert_eq!(read::<String>(b"\"a\"").as_deref(), Some("a"));
    }

    #[test]
    fn retry_after_is_read_in_seconds_only() {
        let headers = |value: &str| http::HeaderMap::from_iter([(http::header::RETRY_AFTER, value.parse().unwrap())]);
        assert_eq!(retry_after(&headers("30")), Some(Millis::seconds(30)));
        assert_eq!(retry_after(&headers("Wed, 21 Oct 2026 07:28:00 GMT")), None);
        assert_eq!(retry_after(&headers("-1")), None);
        assert_eq!(retry_after(&http::HeaderMap::new()), None);
    }
}
