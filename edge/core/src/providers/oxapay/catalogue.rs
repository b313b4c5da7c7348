//! The coins and networks `OxaPay` offers, read from Supported Currencies, and in which order customers see them.
//!
//! A coin's networks are a map (or list) of `{network, name, keys[], required_confirmations, deposit_min, …}`. Which of the names is
//! the network's own differs between coins and versions, so all are read and the one we know decides.

use crate::provider::Listing;
use crate::providers::answer::Field;
use checkout_shared::method::{Method, MethodId, Network, Page};
use checkout_shared::money::{Amount, Currency};
use rust_decimal::Decimal;
use serde::Deserialize;

/// What customers pick most, first. A network of `*` stands for all networks of the coin; what is not listed follows by name.
const LIKELIEST: &[(&str, &str)] = &[
    ("USDT", "tron"),
    ("BTC", "bitcoin"),
    ("ETH", "ethereum"),
    ("USDT", "*"),
    ("USDC", "*"),
    ("LTC", "*"),
    ("SOL", "*"),
    ("TRX", "*"),
    ("BNB", "*"),
    ("TON", "*"),
    ("DOGE", "*"),
    ("ETH", "*"),
];

/// One coin on one network, with the names the vendor has for it.
#[derive(Clone, Debug)]
pub(super) struct Offer {
    /// The method as customers see it.
    pub(super) method: Method,
    /// The coin's symbol as the vendor spells it.
    pub(super) symbol: String,
    /// The network's name to ask for.
    pub(super) vendor_network: String,
    names: Vec<String>,
}

impl Offer {
    /// Whether the vendor's word for a network means this one.
    pub(super) fn is_on(&self, network: &str) -> bool {
        let same = |known: &Network| Network::new(network).is_some_and(|said| said == *known);
        self.names.iter().any(|name| name.eq_ignore_ascii_case(network))
            || matches!(&self.method.id, MethodId::Coin { network, .. } if same(network))
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct CoinRecord {
    symbol: Field,
    name: Field,
    status: Field,
    networks: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct NetworkRecord {
    network: Field,
    name: Field,
    keys: Field,
    status: Field,
    required_confirmations: Field,
    deposit_min: Field,
}

/// Every coin on every network that is on. `None`: not such a list.
pub(super) fn offers(data: &Field) -> Option<Vec<Offer>> {
    let mut offers: Vec<Offer> = Vec::new();
    for (key, coin) in data.elements::<CoinRecord>()? {
        for offer in coin_offers(&key, &coin) {
            // Two editions of a coin on what we take for one network cannot be told apart by the customer: the first stays.
            if !offers.iter().any(|known| known.method.id == offer.method.id) {
                offers.push(offer);
            }
        }
    }
    Some(offers)
}

/// The offers that the merchant accepts, likeliest first, and the hosted page after them.
pub(super) fn methods(offers: Vec<Offer>, accepted: &[Currency]) -> Vec<Listing> {
    let is_accepted = |method: &Method| matches!(&method.id, MethodId::Coin { currency, .. } if accepted.contains(currency));
    let mut methods: Vec<Method> = offers.into_iter().map(|offer| offer.method).filter(is_accepted).collect();
    methods.sort_by_cached_key(|method| (likelihood(&method.id), method.id.to_string()));
    if !methods.is_empty() {
        methods.push(Method { id: MethodId::Page(Page::Crypto), name: None, minimum: None, confirmations: None });
    }
    methods.into_iter().map(|method| Listing { method, priced_in: None }).collect()
}

fn coin_offers(key: &str, coin: &CoinRecord) -> Vec<Offer> {
    let symbol = coin.symbol.text().unwrap_or_else(|| key.to_owned());
    let Ok(currency) = Currency::new(&symbol) else { return Vec::new() };
    if !is_on(&coin.status) {
        return Vec::new();
    }
    let networks = coin.networks.elements::<NetworkRecord>().unwrap_or_default();
    networks.iter().filter_map(|(key, record)| offer(&symbol, &currency, coin.name.text(), key, record)).collect()
}

fn offer(symbol: &str, currency: &Currency, name: Option<String>, key: &str, record: &NetworkRecord) -> Option<Offer> {
    if !is_on(&record.status) {
        return None;
    }
    let keys: Vec<String> = record.keys.elements::<String>().unwrap_or_default().into_iter().map(|(_, key)| key).collect();
    let mut names: Vec<String> = record.network.text().into_iter().collect();
    names.extend(keys.iter().cloned());
    names.extend(record.name.text());
    names.push(key.to_owned());
    names.retain(|name| !name.is_empty());
    let meanings: Vec<Network> = names.iter().filter_map(|name| Network::new(name)).collect();
    let network = meanings.iter().find(|network| is_known(network)).or(meanings.first())?.clone();
    Some(Offer {
        method: Method {
            id: MethodId::Coin { currency: currency.clone(), network },
            name,
            minimum: record.deposit_min.decimal().filter(|minimum| *minimum > Decimal::ZERO).map(Amount),
            confirmations: record.required_confirmations.integer().and_then(|count| u32::try_from(count).ok()),
        },
        symbol: symbol.to_owned(),
        vendor_network: name_to_ask_for(&names, &keys)?,
        names,
    })
}

/// The network's own name if it is among the keys it is known by (or there are none), else the first key.
fn name_to_ask_for(names: &[String], keys: &[String]) -> Option<String> {
    let own = names.first()?;
    let listed = keys.is_empty() || keys.iter().any(|key| key.eq_ignore_ascii_case(own));
    if listed { Some(own.clone()) } else { keys.first().cloned() }
}

/// A network with a label of its own is one that customers know.
fn is_known(network: &Network) -> bool {
    network.label() != network.as_str()
}

/// Where nothing is said it is on: only the coin has a documented `status`.
fn is_on(status: &Field) -> bool {
    status.is_absent() || status.flag() == Some(true)
}

fn likelihood(id: &MethodId) -> usize {
    let MethodId::Coin { currency, network } = id else { return usize::MAX };
    let fits = |(coin, on): &(&str, &str)| *coin == currency.as_str() && (*on == "*" || *on == network.as_str());
    LIKELIEST.iter().position(fits).unwrap_or(LIKELIEST.len())
}
