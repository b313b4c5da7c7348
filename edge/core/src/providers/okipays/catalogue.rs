//! What `OkiPays` takes: the currencies of a price (Get currency list) and the coins with their networks (Get currency network list).
//!
//! The second list is documented twice and differently: the field list says `networks` of `network_id` and `network_iso`, the sample
//! `data` of `network` and `network_name`; the field list says an array of coins, the sample a single one. All of these are read, and
//! an object of coins by their codes as well. The field list leaves out the coin's code (`iso3`), without which no order can be
//! restricted to it: a coin without one is not offered by itself, only on the page where customers choose.

use super::{Keys, answers};
use crate::provider::{Listing, ProviderError};
use crate::providers::answer::{Asked, Field};
use bytes::Bytes;
use checkout_shared::method::{Method, MethodId, Network, Page};
use checkout_shared::money::Currency;
use serde::Deserialize;

/// One coin on one network, with what the vendor calls them.
#[derive(Clone, Debug)]
pub(super) struct Offer {
    /// The method as customers see it.
    pub(super) method: Method,
    /// The coin's code.
    pub(super) iso: String,
    /// The network's number.
    pub(super) network_id: u32,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct CurrencyRecord {
    iso3: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct CoinRecord {
    iso3: Field,
    name: Field,
    networks: Field,
    data: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct NetworkRecord {
    network_id: Field,
    network: Field,
    network_iso: Field,
    network_name: Field,
}

/// The currencies a price may be in. Codes that cannot be a currency of ours are left out.
pub(super) fn currencies(response: &http::Response<Bytes>, keys: &Keys) -> Result<Vec<Currency>, ProviderError> {
    let listed = answers::data(response, keys, Asked::ForNews)?.elements::<CurrencyRecord>();
    let listed = listed.ok_or_else(|| Asked::ForNews.lost("the currencies are unreadable"))?;
    Ok(listed.iter().filter_map(|(_, currency)| Currency::new(&currency.iso3.text()?).ok()).collect())
}

/// Every coin on every network, in the vendor's order.
pub(super) fn offers(response: &http::Response<Bytes>, keys: &Keys) -> Result<Vec<Offer>, ProviderError> {
    let coins = coins(&answers::data(response, keys, Asked::ForNews)?);
    let coins = coins.ok_or_else(|| Asked::ForNews.lost("the networks are unreadable"))?;
    let mut offers: Vec<Offer> = Vec::new();
    for offer in coins.iter().flat_map(|(key, coin)| coin_offers(key, coin)) {
        // Two of the vendor's networks that we take for one cannot be told apart by the customer: the first stays.
        if !offers.iter().any(|known| known.method.id == offer.method.id) {
            offers.push(offer);
        }
    }
    Ok(offers)
}

/// The coins, and the page on which all of them can be chosen.
pub(super) fn methods(offers: Vec<Offer>, priced_in: &[Currency]) -> Vec<Listing> {
    let page = Method { id: MethodId::Page(Page::Crypto), name: None, minimum: None, confirmations: None };
    let methods = offers.into_iter().map(|offer| offer.method).chain([page]);
    methods.map(|method| Listing { method, priced_in: Some(priced_in.to_vec()) }).collect()
}

/// The coins with the keys they stand under, if any.
fn coins(data: &Field) -> Option<Vec<(String, CoinRecord)>> {
    let single: Option<CoinRecord> = data.parse().filter(|coin: &CoinRecord| coin.iso3.text().is_some());
    single.map(|coin| vec![(String::new(), coin)]).or_else(|| data.elements())
}

fn coin_offers(key: &str, coin: &CoinRecord) -> Vec<Offer> {
    let iso = coin.iso3.text().unwrap_or_else(|| key.to_owned());
    let Ok(currency) = Currency::new(&iso) else { return Vec::new() };
    let networks = [&coin.networks, &coin.data].into_iter().find_map(Field::elements::<NetworkRecord>).unwrap_or_default();
    let offer = |network: &NetworkRecord| {
        let id = MethodId::Coin { currency: currency.clone(), network: network.named(&iso)? };
        let method = Method { id, name: coin.name.text(), minimum: None, confirmations: None };
        Some(Offer { method, iso: iso.clone(), network_id: network.number()? })
    };
    networks.iter().filter_map(|(_, network)| offer(network)).collect()
}

impl NetworkRecord {
    /// "Main" is what the vendor calls a coin's own chain.
    fn named(&self, iso: &str) -> Option<Network> {
        let name = self.network_name.text().or_else(|| self.network_iso.text())?;
        Network::new(if name.eq_ignore_ascii_case("main") { iso } else { &name })
    }

    fn number(&self) -> Option<u32> {
        self.network.integer().or_else(|| self.network_id.integer()).and_then(|number| u32::try_from(number).ok())
    }
}
