//! The fields of a JSON request body, as strictly checked as the documents say: a string is a string and a number is a number. Fields
//! nobody documents are let pass, as the vendor's own demo store sends some. What is wrong is collected, so that it is told at once.

use super::wire::{Detail, Refused};
use rust_decimal::Decimal;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// A request body, or an object in it, being checked.
pub(super) struct Fields {
    stated: BTreeMap<String, Box<RawValue>>,
    /// What stands before a field's name where it is told: `order_lines[0].`
    place: String,
    problems: Vec<Detail>,
}

impl Fields {
    pub(super) fn read(body: &[u8]) -> Result<Self, Refused> {
        let stated = serde_json::from_slice(body).map_err(|_| Refused::field("body", "json_invalid"))?;
        Ok(Self { stated, place: String::new(), problems: Vec::new() })
    }

    /// Everything that was wrong, if anything was.
    pub(super) fn check(self) -> Result<(), Refused> {
        if self.problems.is_empty() { Ok(()) } else { Err(Refused::invalid(self.problems)) }
    }

    pub(super) fn problem(&mut self, field: &str, issue: &'static str) {
        self.problems.push(Detail { field: format!("{}{field}", self.place), issue });
    }

    pub(super) fn has(&self, field: &str) -> bool {
        self.raw(field).is_some()
    }

    /// A string.
    pub(super) fn text(&mut self, field: &str) -> Option<String> {
        self.typed(field, "must_be_string")
    }

    /// A string that is not blank.
    pub(super) fn required_text(&mut self, field: &str, issue: &'static str) -> Option<String> {
        let stated = if self.has(field) { self.text(field)? } else { String::new() };
        if stated.trim().is_empty() {
            self.problem(field, issue);
            return None;
        }
        Some(stated)
    }

    /// A whole number.
    pub(super) fn integer(&mut self, field: &str) -> Option<i64> {
        self.typed(field, "must_be_integer")
    }

    /// A number, digit by digit; not a string with a number in it.
    pub(super) fn number(&mut self, field: &str) -> Option<Decimal> {
        let raw = self.raw(field)?;
        let number = if raw.starts_with('"') { None } else { raw.parse().or_else(|_| Decimal::from_scientific(raw)).ok() };
        if number.is_none() {
            self.problem(field, "must_be_number");
        }
        number
    }

    /// A URL; empty is none.
    pub(super) fn url(&mut self, field: &str) -> Option<String> {
        let text = self.text(field).filter(|text| !text.is_empty())?;
        let is_url = url::Url::parse(&text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        if !is_url {
            self.problem(field, "url_invalid");
            return None;
        }
        Some(text)
    }

    /// Reads each object of a list that may not be empty.
    pub(super) fn objects<T>(&mut self, field: &str, issue: &'static str, read: impl Fn(&mut Self) -> Option<T>) -> Vec<T> {
        let list: Option<Vec<BTreeMap<String, Box<RawValue>>>> = self.raw(field).and_then(|raw| serde_json::from_str(raw).ok());
        let Some(list) = list.filter(|list| !list.is_empty()) else {
            self.problem(field, issue);
            return Vec::new();
        };
        let mut all = Vec::new();
        for (at, stated) in list.into_iter().enumerate() {
            let mut object = Self { stated, place: format!("{}{field}[{at}].", self.place), problems: Vec::new() };
            all.extend(read(&mut object));
            self.problems.append(&mut object.problems);
        }
        all
    }

    fn typed<T: DeserializeOwned>(&mut self, field: &str, issue: &'static str) -> Option<T> {
        let value = serde_json::from_str(self.raw(field)?).ok();
        if value.is_none() {
            self.problem(field, issue);
        }
        value
    }

    fn raw(&self, field: &str) -> Option<&str> {
        self.stated.get(field).map(|raw| raw.get()).filter(|raw| *raw != "null")
    }
}
