//! Static addresses of the simulated `OxaPay`: made, listed, revoked. Nothing is ever sent to one here.
//!
//! Fields: Generate Static Address in the vendor's documentation, and its n8n node. What a listed one looks like is published nowhere;
//! it is made up of what was asked for. Revoked ones are not listed, and revoking twice is refused.

use super::OxaPay;
use super::coins::{self, Chain};
use super::envelope::{Refused, answered};
use super::fields::Fields;
use super::history::{Meta, choice, page_of};
use bytes::Bytes;
use checkout_shared::time::Timestamp;
use serde::Serialize;

/// One static address.
#[derive(Clone, Debug)]
pub(super) struct StaticAddress {
    pub(super) track_id: String,
    chain: &'static Chain,
    address: String,
    memo: Option<String>,
    to_currency: String,
    auto_withdrawal: bool,
    callback_url: String,
    email: String,
    order_id: String,
    description: String,
    created_at: Timestamp,
}

#[derive(Serialize)]
struct Created<'a> {
    track_id: &'a str,
    network: &'static str,
    address: &'a str,
    memo: &'a str,
    qr_code: &'static str,
    date: i64,
}

#[derive(Serialize)]
struct Record<'a> {
    track_id: &'a str,
    network: &'static str,
    address: &'a str,
    memo: &'a str,
    to_currency: &'a str,
    auto_withdrawal: bool,
    callback_url: &'a str,
    email: &'a str,
    order_id: &'a str,
    description: &'a str,
    date: i64,
}

#[derive(Serialize)]
struct Page<'a> {
    list: Vec<Record<'a>>,
    meta: Meta,
}

#[derive(Serialize)]
struct Nothing {}

impl OxaPay {
    pub(super) fn create_static_address(&mut self, body: &[u8], now: Timestamp) -> Result<http::Response<Bytes>, Refused> {
        let fields = Fields::read(body)?;
        let network = fields.text("network")?.ok_or_else(|| Refused::field("network", "field is required"))?;
        let chain = coins::chain(&network).ok_or_else(|| Refused::field("network", "is not supported"))?;
        let to_currency = fields.text("to_currency")?.unwrap_or_default();
        if !to_currency.is_empty() && !to_currency.eq_ignore_ascii_case("USDT") {
            return Err(Refused::field("to_currency", "must be USDT"));
        }
        let made = StaticAddress {
            chain,
            to_currency,
            auto_withdrawal: fields.flag("auto_withdrawal")?.unwrap_or(false),
            callback_url: fields.url("callback_url")?,
            email: fields.email("email")?,
            order_id: fields.text("order_id")?.unwrap_or_default(),
            description: fields.text("description")?.unwrap_or_default(),
            created_at: now,
            track_id: self.new_track_id(),
            address: chain.new_address(&mut self.seeded),
            memo: chain.new_memo(&mut self.seeded),
        };
        let response = answered(made.created());
        self.static_addresses.push(made);
        Ok(response)
    }

    pub(super) fn revoke_static_address(&mut self, body: &[u8]) -> Result<http::Response<Bytes>, Refused> {
        let fields = Fields::read(body)?;
        let address = fields.text("address")?.ok_or_else(|| Refused::field("address", "field is required"))?;
        let network = fields.text("network")?;
        let is_meant = |known: &StaticAddress| known.address == address && network.as_ref().is_none_or(|name| known.chain.is_called(name));
        let at =
            self.static_addresses.iter().position(is_meant).ok_or_else(|| Refused::not_found("address", "The address was not found"))?;
        self.static_addresses.remove(at);
        Ok(answered(Nothing {}))
    }

    pub(super) fn list_static_addresses(&self, query: &str) -> Result<http::Response<Bytes>, Refused> {
        let fields = Fields::from_query(query);
        let wanted = Wanted::read(&fields)?;
        let newest_first = self.static_addresses.iter().rev().filter(|address| wanted.takes(address));
        let (list, meta) = page_of(&fields, newest_first.collect())?;
        let list = list.into_iter().map(StaticAddress::record).collect();
        Ok(answered(Page { list, meta }))
    }
}

impl StaticAddress {
    fn created(&self) -> Created<'_> {
        Created {
            track_id: &self.track_id,
            network: self.chain.name,
            address: &self.address,
            memo: self.memo.as_deref().unwrap_or_default(),
            qr_code: "",
            date: self.created_at.seconds(),
        }
    }

    fn record(&self) -> Record<'_> {
        Record {
            track_id: &self.track_id,
            network: self.chain.name,
            address: &self.address,
            memo: self.memo.as_deref().unwrap_or_default(),
            to_currency: &self.to_currency,
            auto_withdrawal: self.auto_withdrawal,
            callback_url: &self.callback_url,
            email: &self.email,
            order_id: &self.order_id,
            description: &self.description,
            date: self.created_at.seconds(),
        }
    }
}

/// The filters of the list. Those by currency and by transactions find nothing while nothing is ever sent.
struct Wanted {
    track_id: Option<String>,
    network: Option<String>,
    address: Option<String>,
    order_id: Option<String>,
    email: Option<String>,
    has_transactions: bool,
}

impl Wanted {
    fn read(fields: &Fields) -> Result<Self, Refused> {
        let have_tx = choice(fields, "have_tx", [("true", true), ("1", true), ("false", false), ("0", false)])?;
        Ok(Self {
            track_id: fields.track_id()?,
            network: fields.text("network")?,
            address: fields.text("address")?,
            order_id: fields.text("order_id")?,
            email: fields.text("email")?,
            has_transactions: have_tx.unwrap_or(false) || fields.text("currency")?.is_some(),
        })
    }

    fn takes(&self, address: &StaticAddress) -> bool {
        !self.has_transactions
            && self.track_id.as_ref().is_none_or(|id| *id == address.track_id)
            && self.network.as_ref().is_none_or(|network| address.chain.is_called(network))
            && self.address.as_ref().is_none_or(|known| *known == address.address)
            && self.order_id.as_ref().is_none_or(|id| *id == address.order_id)
            && self.email.as_ref().is_none_or(|email| *email == address.email)
    }
}
