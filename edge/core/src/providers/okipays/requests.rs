//! What is sent to `OkiPays`, to the letter: only what every implementation of its API takes and signs alike. Text and whole numbers,
//! nothing for what is not known, no fraction as a JSON number. Nothing here reads answers.

use super::catalogue::Offer;
use super::{OkiPays, signature};
use crate::provider::{ProviderError, Purchase};
use crate::providers::endpoint::{get, only_asking, post_json, unsendable, with_key};
use bytes::Bytes;
use checkout_shared::money::Amount;
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::value::RawValue;

/// The greatest whole number that every JSON reader takes for exactly what it is: 2^53 - 1.
const GREATEST_EXACT: i64 = 9_007_199_254_740_991;

/// A private call without its number.
pub(super) enum PrivateCall {
    /// order/create.
    Create(NewOrder),
    /// order/get, by our number.
    Get(u64),
}

/// What order/create is told about an order. The fields' order is that of the vendor's sample.
#[derive(Serialize)]
pub(super) struct NewOrder {
    order_id: u64,
    payment_currency_iso: String,
    price: Box<RawValue>,
    include_commission: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    currencies: Option<[CoinOnNetwork; 1]>,
    time_expired: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_url: Option<String>,
}

#[derive(Serialize)]
struct CoinOnNetwork {
    iso: String,
    network: u32,
}

/// A body with its number. Samples write the number as text, the field list says integer; both are signed alike, and the list is
/// what the document calls the parameters.
#[derive(Serialize)]
struct Numbered<'a> {
    request_id: u64,
    #[serde(flatten)]
    call: Body<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Body<'a> {
    Create(&'a NewOrder),
    Get { order_id: u64 },
}

impl OkiPays {
    /// Get currency list. Public, so it goes without the token.
    pub(super) fn currency_list(&self) -> Result<http::Request<Bytes>, ProviderError> {
        get(&self.endpoint.url(&["v1", "public", "currency-list"])?)
    }

    /// Get currency network list. Public too.
    pub(super) fn currency_network_list(&self) -> Result<http::Request<Bytes>, ProviderError> {
        get(&self.endpoint.url(&["v1", "public", "currency-network-list"])?)
    }

    /// What order/create is told about a purchase.
    pub(super) fn new_order(&self, order_id: u64, purchase: &Purchase, offer: Option<Offer>) -> Result<NewOrder, ProviderError> {
        Ok(NewOrder {
            order_id,
            payment_currency_iso: purchase.price.currency.as_str().to_owned(),
            price: price(purchase.price.amount)?,
            include_commission: u8::from(self.terms.include_commission),
            description: purchase.description.clone().filter(|description| !description.is_empty()),
            currencies: offer.map(|offer| [CoinOnNetwork { iso: offer.iso, network: offer.network_id }]),
            time_expired: (purchase.started_at + purchase.lifetime).seconds(),
            redirect_url: purchase.return_url.clone().filter(|_| self.terms.send_redirect),
        })
    }

    /// A private call, signed.
    pub(super) fn private(&self, call: &PrivateCall, request_id: u64) -> Result<http::Request<Bytes>, ProviderError> {
        let (name, body) = match call {
            PrivateCall::Create(order) => ("create", Body::Create(order)),
            PrivateCall::Get(order_id) => ("get", Body::Get { order_id: *order_id }),
        };
        let url = self.endpoint.url(&["v1", "order", name])?;
        let request = post_json(&url, &Numbered { request_id, call: body })?;
        let request = if matches!(call, PrivateCall::Get(_)) { only_asking(request) } else { request };
        let signature = signature::sign(request.body(), &self.keys.secret).ok_or_else(|| unsendable("the body cannot be signed"))?;
        with_key(with_key(request, "x-auth-token", self.keys.token.expose())?, "x-auth-sign", &signature)
    }
}

/// A whole price as a whole number, any other as text without trailing zeros: that joins to the same signature whether the vendor keeps
/// it as text or makes a number of it first. The vendor's own samples write numbers as text too.
fn price(amount: Amount) -> Result<Box<RawValue>, ProviderError> {
    let amount = amount.0.normalize();
    let is_whole = amount.is_integer() && amount.abs() <= Decimal::from(GREATEST_EXACT);
    let json = if is_whole { amount.to_string() } else { format!("\"{amount}\"") };
    RawValue::from_string(json).map_err(|_| unsendable("the price is not a number"))
}
