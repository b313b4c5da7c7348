//! What a merchant's server can ask of a provider's own records: the list of payments with its filters, a payment's events, the
//! account. Normalised, and as complete as the provider makes them. Nothing of a session is decided from these.

use crate::provider::{ProviderError, Snapshot};
use checkout_shared::error::FieldError;
use checkout_shared::money::Amount;
use checkout_shared::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Which payments to list. Every provider takes some of the filters; one it lacks is refused by name, never ignored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ListQuery {
    /// The provider's own reference.
    pub provider_reference: Option<String>,
    /// The provider's word for the kind of payment, e.g. `invoice`.
    pub kind: Option<String>,
    /// The provider's word for the status.
    pub status: Option<String>,
    /// The coin that is paid in.
    pub pay_currency: Option<String>,
    /// The currency of the price.
    pub currency: Option<String>,
    /// The provider's word for the network.
    pub network: Option<String>,
    /// The address that is paid to.
    pub address: Option<String>,
    /// Made at this time or later.
    pub created_from: Option<Timestamp>,
    /// Made at this time or earlier.
    pub created_to: Option<Timestamp>,
    /// Changed at this time or later.
    pub updated_from: Option<Timestamp>,
    /// Changed at this time or earlier.
    pub updated_to: Option<Timestamp>,
    /// Paid at this time or later.
    pub paid_from: Option<Timestamp>,
    /// Paid at this time or earlier.
    pub paid_to: Option<Timestamp>,
    /// Of this price or more.
    pub amount_from: Option<Amount>,
    /// Of this price or less.
    pub amount_to: Option<Amount>,
    /// The provider's word for what to sort by.
    pub sort_by: Option<String>,
    /// Which way to sort.
    pub direction: Option<Direction>,
    /// Where to go on: the `next` of the page before.
    pub cursor: Option<String>,
    /// How many on a page.
    pub limit: Option<u32>,
}

/// Which way a list is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// The least or oldest first.
    Asc,
    /// The greatest or newest first.
    Desc,
}

impl Direction {
    /// `asc` or `desc`, as on the wire of every provider that sorts.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Asc => "asc",
            Self::Desc => "desc",
        }
    }
}

impl ListQuery {
    /// Reads the parameters of a query string. Times are milliseconds since the Unix epoch.
    pub fn read(parameters: Vec<(String, String)>) -> Result<Self, FieldError> {
        let mut query = Self::default();
        for (name, value) in parameters {
            query.take(&name, value).map_err(|issue| FieldError { field: name, issue: issue.to_owned() })?;
        }
        Ok(query)
    }

    fn take(&mut self, name: &str, value: String) -> Result<(), &'static str> {
        let time =
            |value: &str| value.parse().map(|millis| Some(Timestamp(millis))).map_err(|_| "must be milliseconds since the Unix epoch");
        let amount = |value: &str| Amount::parse(value).map(Some).ok_or("must be a plain decimal such as 12.50");
        match name {
            "provider_reference" => self.provider_reference = Some(value),
            "kind" => self.kind = Some(value),
            "status" => self.status = Some(value),
            "pay_currency" => self.pay_currency = Some(value),
            "currency" => self.currency = Some(value),
            "network" => self.network = Some(value),
            "address" => self.address = Some(value),
            "created_from" => self.created_from = time(&value)?,
            "created_to" => self.created_to = time(&value)?,
            "updated_from" => self.updated_from = time(&value)?,
            "updated_to" => self.updated_to = time(&value)?,
            "paid_from" => self.paid_from = time(&value)?,
            "paid_to" => self.paid_to = time(&value)?,
            "amount_from" => self.amount_from = amount(&value)?,
            "amount_to" => self.amount_to = amount(&value)?,
            "sort_by" => self.sort_by = Some(value),
            "direction" => {
                let known = [Direction::Asc, Direction::Desc].into_iter().find(|direction| direction.as_str() == value);
                self.direction = Some(known.ok_or("must be asc or desc")?);
            }
            "cursor" => self.cursor = Some(value),
            "limit" => self.limit = Some(value.parse().map_err(|_| "must be a whole number")?),
            _ => return Err("is no filter"),
        }
        Ok(())
    }

    /// Refuses the first filter that is set and not among these.
    pub fn only(&self, taken: &[&str]) -> Result<(), ProviderError> {
        match self.set().into_iter().find(|name| !taken.contains(name)) {
            Some(name) => Err(ProviderError::refused(name, "this provider has no such filter")),
            None => Ok(()),
        }
    }

    fn set(&self) -> Vec<&'static str> {
        let fields = [
            ("provider_reference", self.provider_reference.is_some()),
            ("kind", self.kind.is_some()),
            ("status", self.status.is_some()),
            ("pay_currency", self.pay_currency.is_some()),
            ("currency", self.currency.is_some()),
            ("network", self.network.is_some()),
            ("address", self.address.is_some()),
            ("created_from", self.created_from.is_some()),
            ("created_to", self.created_to.is_some()),
            ("updated_from", self.updated_from.is_some()),
            ("updated_to", self.updated_to.is_some()),
            ("paid_from", self.paid_from.is_some()),
            ("paid_to", self.paid_to.is_some()),
            ("amount_from", self.amount_from.is_some()),
            ("amount_to", self.amount_to.is_some()),
            ("sort_by", self.sort_by.is_some()),
            ("direction", self.direction.is_some()),
            ("cursor", self.cursor.is_some()),
            ("limit", self.limit.is_some()),
        ];
        fields.into_iter().filter(|(_, is_set)| *is_set).map(|(name, _)| name).collect()
    }
}

/// A page of payments as the provider knows them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordPage {
    /// The payments, in the provider's order.
    pub payments: Vec<Record>,
    /// What to ask for the next page by. `None`: there is none.
    pub next: Option<String>,
    /// How many there are in all, where the provider says so.
    pub total: Option<u64>,
}

/// A payment as the provider knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Where it stands.
    pub payment: Snapshot,
    /// The provider's own word for where it stands.
    pub provider_status: Option<String>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
}

/// Something that happened to a payment, as the provider tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The provider's id of it.
    pub id: String,
    /// The provider's word for what happened, e.g. `payment_succeeded`.
    pub kind: String,
    /// The payment it happened to, by the provider's own reference.
    pub provider_reference: String,
    /// The provider's word for where the payment stood then.
    pub status: Option<String>,
    /// What went wrong, where something did.
    pub error: Option<String>,
    /// When.
    pub at: Option<Timestamp>,
}

/// The merchant's account at a provider.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The provider's id of it.
    pub id: Option<String>,
    /// The merchant's address for mail.
    pub email: Option<String>,
    /// The merchant's name.
    pub full_name: Option<String>,
    /// The merchant's telephone number.
    pub phone: Option<String>,
    /// Where the merchant is.
    pub address: Option<String>,
    /// The currencies prices may be in.
    pub currencies: Vec<String>,
    /// The provider's words for what customers can pay with.
    pub payment_methods: Vec<String>,
    /// Where customers are sent after paying, where an order says nothing.
    pub success_url: Option<String>,
    /// Where customers are sent who gave up, where an order says nothing.
    pub cancel_url: Option<String>,
    /// Where notifications are sent.
    pub webhook_url: Option<String>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
}

/// What to change about an account. What is `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AccountChanges {
    /// The merchant's address for mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The merchant's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub full_name: Option<String>,
    /// The merchant's telephone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Where the merchant is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Where notifications are sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook_url: Option<String>,
    /// Where customers are sent after paying, where an order says nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub success_url: Option<String>,
    /// Where customers are sent who gave up, where an order says nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancel_url: Option<String>,
}

impl AccountChanges {
    /// Reads a JSON object of texts.
    pub fn read(body: &serde_json::Map<String, serde_json::Value>) -> Result<Self, FieldError> {
        let mut changes = Self::default();
        for (name, value) in body {
            let at = |issue: &str| FieldError { field: name.clone(), issue: issue.to_owned() };
            let place = match name.as_str() {
                "email" => &mut changes.email,
                "full_name" => &mut changes.full_name,
                "phone" => &mut changes.phone,
                "address" => &mut changes.address,
                "webhook_url" => &mut changes.webhook_url,
                "success_url" => &mut changes.success_url,
                "cancel_url" => &mut changes.cancel_url,
                _ => return Err(at("cannot be changed")),
            };
            *place = Some(value.as_str().ok_or_else(|| at("must be a string"))?.to_owned());
        }
        if changes == Self::default() {
            return Err(FieldError { field: "body".to_owned(), issue: "names nothing to change".to_owned() });
        }
        Ok(changes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<ListQuery, FieldError> {
        ListQuery::read(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn every_filter_is_read_and_one_a_provider_lacks_is_refused_by_name() {
        let all = ListQuery { limit: Some(1), ..ListQuery::default() };
        let names: Vec<String> = serde_json::to_value(&all).unwrap().as_object().unwrap().keys().cloned().collect();
        assert_eq!(names.len(), 19);
        for name in &names {
            let value = if name == "direction" { "desc" } else { "12" };
            let query = read(&[(name, value)]).unwrap();
            assert_eq!(query.only(&[name]), Ok(()));
            let refused = query.only(&["none"]).unwrap_err();
            assert!(matches!(refused, ProviderError::Answered { field: Some(field), .. } if field == *name));
        }
    }

    #[test]
    fn a_filter_that_cannot_be_read_is_named() {
        for (name, value) in
            [("limit", "-1"), ("direction", "up"), ("created_from", "today"), ("amount_to", "1e3"), ("amount_from", ""), ("order_id", "1")]
        {
            assert_eq!(read(&[(name, value)]).unwrap_err().field, name);
        }
    }

    #[test]
    fn account_changes_are_texts_of_known_names() {
        let read = |json: serde_json::Value| AccountChanges::read(json.as_object().unwrap());
        let changes = read(serde_json::json!({"webhook_url": "https://pay.shop.example/v1/webhooks/onecheckout"})).unwrap();
        assert_eq!(serde_json::to_value(changes).unwrap().as_object().unwrap().len(), 1);
        for (json, field) in
            [(serde_json::json!({"id": "x"}), "id"), (serde_json::json!({"email": 1}), "email"), (serde_json::json!({}), "body")]
        {
            assert_eq!(read(json).unwrap_err().field, field);
        }
    }
}
