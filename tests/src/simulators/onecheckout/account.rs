//! The merchant's account at the simulated Onecheckout: Read Account and Update Account.

use super::Config;
use super::fields::Fields;
use super::wire::{Refused, answered};
use bytes::Bytes;
use checkout_shared::time::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The account's id.
pub(super) const MERCHANT_ID: &str = "merchant_id_uuid";
/// When it was made.
const CREATED: Timestamp = Timestamp(1_698_765_432_000);
/// The fields that can be changed and are no URLs.
const TEXTS: [&str; 5] = ["email", "full_name", "phone", "address", "theme"];
const URLS: [&str; 3] = ["webhook_url", "success_url", "cancel_url"];

/// What of the account can be changed, by the names of its fields.
#[derive(Debug)]
pub(super) struct Account {
    fields: BTreeMap<&'static str, String>,
    updated: Timestamp,
}

#[derive(Serialize)]
pub(super) struct AccountRecord<'a> {
    id: &'static str,
    #[serde(flatten)]
    fields: &'a BTreeMap<&'static str, String>,
    order_prefix: &'static str,
    currencies: &'a [String],
    payment_methods: &'a [String],
    gateways: [&'static str; 0],
    created: Timestamp,
    updated: Timestamp,
}

impl Account {
    pub(super) fn new() -> Self {
        let fields = [
            ("email", "merchant@example.com"),
            ("full_name", "John Doe"),
            ("phone", "+1234567890"),
            ("address", "123 Business St, City"),
            ("theme", "default"),
            ("webhook_url", ""),
            ("success_url", ""),
            ("cancel_url", ""),
        ];
        Self { fields: fields.map(|(name, value)| (name, value.to_owned())).into(), updated: CREATED }
    }

    pub(super) fn webhook_url(&self) -> &str {
        self.field("webhook_url")
    }

    pub(super) fn set_webhook_url(&mut self, url: &str) {
        self.fields.insert("webhook_url", url.to_owned());
    }

    /// Where customers are sent back to, where an order says nothing.
    pub(super) fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }

    pub(super) fn record<'a>(&'a self, config: &'a Config) -> AccountRecord<'a> {
        AccountRecord {
            id: MERCHANT_ID,
            fields: &self.fields,
            order_prefix: "ORD-",
            currencies: &config.currencies,
            payment_methods: &config.payment_methods,
            gateways: [],
            created: CREATED,
            updated: self.updated,
        }
    }

    /// Changes what is stated, all of it or nothing, and answers what was changed.
    pub(super) fn update(&mut self, body: &[u8], now: Timestamp) -> Result<http::Response<Bytes>, Refused> {
        let mut fields = Fields::read(body)?;
        if ["id", "merchant_id"].into_iter().any(|name| fields.text(name).is_some_and(|id| id != MERCHANT_ID)) {
            return Err(Refused::coded(400, "merchant_id_invalid"));
        }
        let mut changes: BTreeMap<&'static str, String> = BTreeMap::new();
        changes.extend(TEXTS.into_iter().filter_map(|name| Some((name, fields.text(name)?))));
        changes.extend(URLS.into_iter().filter_map(|name| Some((name, fields.url(name)?))));
        if changes.get("email").is_some_and(|email| !email.contains('@')) {
            fields.problem("email", "email_invalid");
        }
        fields.check()?;
        let mut answer = Map::new();
        answer.insert("id".to_owned(), Value::from(MERCHANT_ID));
        answer.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), Value::from(value.as_str()))));
        answer.insert("updated".to_owned(), Value::from(now.0));
        self.fields.append(&mut changes);
        self.updated = now;
        Ok(answered(&answer))
    }
}
