//! The calls of `OxaPay` that are its own: static addresses, statistics, and the lists that are the same for everybody. Asked for by
//! the merchant's server, answered with the vendor's data as they are.
//!
//! A static address has no price and no end, so no session is ever paid by one. Its `order_id` is the merchant's own; one that could
//! be taken for a reference of ours is refused.

use super::OxaPay;
use super::answers;
use super::history::KINDS;
use super::requests::PAGE_SIZE;
use crate::provider::{Operation, Parameters, ProviderError};
use crate::providers::answer::{Asked, Field};
use crate::providers::endpoint::{get, post_json};
use crate::providers::parameters::{Checked, checked};
use crate::session::session_of;
use crate::step::Step;
use bytes::Bytes;
use serde::Serialize;
use serde_json::value::RawValue;

/// The body of Generate Static Address.
#[derive(Serialize)]
struct StaticAddress<'a> {
    network: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    to_currency: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auto_withdrawal: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    callback_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    order_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
}

/// The body of Revoke Static Address.
#[derive(Serialize)]
struct Revocation<'a> {
    address: &'a str,
    /// The vendor's SDKs send it, its document does not ask for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    network: Option<&'a str>,
}

impl OxaPay {
    /// A call by its name, with its parameters still to be checked.
    pub(super) fn own_call(&self, name: &str, parameters: &Parameters) -> Operation<Box<RawValue>> {
        let parameters = checked(super::CALLS, name, parameters)?;
        let (request, asked) = match name {
            "static-address" => (self.static_address(parameters)?, Asked::ToCreate),
            "revoke-static-address" => (self.revocation(parameters)?, Asked::ToCreate),
            "static-addresses" => (self.static_addresses(parameters)?, Asked::ForNews),
            "statistics" => (self.statistics(parameters)?, Asked::ForNews),
            // Public, so they go without the key.
            "prices" | "fiats" | "networks" => (get(&self.endpoint.url(&["common", name])?)?, Asked::ForNews),
            _ => return Err(ProviderError::unsupported("call")),
        };
        let key = self.key.clone();
        Ok(Step::ask(request, move |response| answers::data(&response, &key, asked).map(Field::into_raw)))
    }

    /// Generate Static Address.
    fn static_address(&self, parameters: Checked<'_>) -> Result<http::Request<Bytes>, ProviderError> {
        let order_id = parameters.text("order_id")?;
        if order_id.is_some_and(|order_id| session_of(order_id).is_some()) {
            return Err(ProviderError::refused("order_id", "has the form of a checkout's own payments"));
        }
        let body = StaticAddress {
            network: parameters.required("network")?,
            to_currency: parameters.text("to_currency")?,
            auto_withdrawal: parameters.flag("auto_withdrawal")?,
            callback_url: parameters.text("callback_url")?,
            email: parameters.text("email")?,
            order_id,
            description: parameters.text("description")?,
        };
        self.keyed(post_json(&self.endpoint.url(&["payment", "static-address"])?, &body)?)
    }

    /// Revoke Static Address.
    fn revocation(&self, parameters: Checked<'_>) -> Result<http::Request<Bytes>, ProviderError> {
        let body = Revocation { address: parameters.required("address")?, network: parameters.text("network")? };
        self.keyed(post_json(&self.endpoint.url(&["payment", "static-address", "revoke"])?, &body)?)
    }

    /// Static Address List.
    fn static_addresses(&self, parameters: Checked<'_>) -> Result<http::Request<Bytes>, ProviderError> {
        let filters = [
            ("track_id", parameters.whole("track_id", 0, u32::MAX)?.map(|id| id.to_string())),
            ("network", owned(parameters.text("network")?)),
            ("currency", owned(parameters.text("currency")?)),
            ("address", owned(parameters.text("address")?)),
            ("have_tx", parameters.flag("have_tx")?.map(|have| have.to_string())),
            ("order_id", owned(parameters.text("order_id")?)),
            ("email", owned(parameters.text("email")?)),
            ("page", parameters.whole("page", 1, u32::MAX)?.map(|page| page.to_string())),
            ("size", parameters.whole("size", 1, PAGE_SIZE)?.map(|size| size.to_string())),
        ];
        self.filtered(&["payment", "static-address"], filters)
    }

    /// Payment Statistics.
    fn statistics(&self, parameters: Checked<'_>) -> Result<http::Request<Bytes>, ProviderError> {
        let filters = [
            ("type", owned(parameters.word("type", KINDS)?)),
            ("network", owned(parameters.text("network")?)),
            ("currency", owned(parameters.text("currency")?)),
            ("pay_currency", owned(parameters.text("pay_currency")?)),
            ("from_date", parameters.whole("from_date", 0, u32::MAX)?.map(|seconds| seconds.to_string())),
            ("to_date", parameters.whole("to_date", 0, u32::MAX)?.map(|seconds| seconds.to_string())),
        ];
        self.filtered(&["payment", "stats"], filters)
    }

    fn filtered<const N: usize>(&self, path: &[&str], filters: [(&str, Option<String>); N]) -> Result<http::Request<Bytes>, ProviderError> {
        let mut url = self.endpoint.url(path)?;
        for (name, value) in filters {
            if let Some(value) = value {
                url.query_pairs_mut().append_pair(name, &value);
            }
        }
        self.keyed(get(&url)?)
    }
}

fn owned(text: Option<&str>) -> Option<String> {
    text.map(ToOwned::to_owned)
}
