//! Ways to pay, as a customer picks them: a coin on a network, or a page of a payment provider.

use crate::money::{Amount, Currency};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::str::FromStr;

/// A blockchain network by its common lower-case name: `bitcoin`, `ethereum`, `tron`, `bsc`.
///
/// Vendors name networks in many ways (TRX, TRC20, Tron Network); [`Network::new`] brings the known ones to one name and keeps an
/// unknown one as a slug of what the vendor said.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Network(String);

/// (name, what a customer reads, other names vendors use, lower case)
const NETWORKS: &[(&str, &str, &[&str])] = &[
    ("bitcoin", "Bitcoin", &["btc", "main"]),
    ("ethereum", "Ethereum (ERC-20)", &["eth", "erc20"]),
    ("tron", "Tron (TRC-20)", &["trx", "trc20"]),
    ("bsc", "BNB Smart Chain (BEP-20)", &["bep20", "bnb-smart-chain", "binance-smart-chain", "bnb"]),
    ("polygon", "Polygon", &["matic", "pol"]),
    ("solana", "Solana", &["sol", "spl"]),
    ("ton", "TON", &["the-open-network", "toncoin"]),
    ("litecoin", "Litecoin", &["ltc"]),
    ("dogecoin", "Dogecoin", &["doge"]),
    ("bitcoin-cash", "Bitcoin Cash", &["bch", "bitcoincash"]),
    ("ripple", "XRP Ledger", &["xrp", "xrpl"]),
    ("monero", "Monero", &["xmr"]),
    ("vechain", "VeChain", &["vet"]),
    ("arbitrum", "Arbitrum One", &["arb", "arbitrum-one"]),
    ("avalanche", "Avalanche C-Chain", &["avax", "avax-c", "avalanche-c-chain"]),
    ("base", "Base", &[]),
    ("optimism", "OP Mainnet", &["op", "op-mainnet"]),
];

impl Network {
    /// The network a vendor's name means. `None` if nothing of it can stand in a name.
    #[must_use]
    pub fn new(name: &str) -> Option<Self> {
        let mut slug = String::new();
        for part in name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty()) {
            if !slug.is_empty() {
                slug.push('-');
            }
            slug.push_str(&part.to_ascii_lowercase());
        }
        let bare = slug.strip_suffix("-network").unwrap_or(&slug);
        let means = |said: &str| NETWORKS.iter().find(|(name, _, others)| *name == said || others.contains(&said));
        let known = means(&slug).or_else(|| means(bare));
        match known {
            Some((name, _, _)) => Some(Self((*name).to_owned())),
            None if bare.is_empty() || bare.len() > 40 => None,
            None => Some(Self(bare.to_owned())),
        }
    }

    /// The lower-case name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What a customer reads beside the address. An unknown network is shown as it is named.
    #[must_use]
    pub fn label(&self) -> &str {
        NETWORKS.iter().find(|(name, _, _)| *name == self.0).map_or(&self.0, |(_, label, _)| label)
    }
}

impl<'de> Deserialize<'de> for Network {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::new(&name).ok_or_else(|| de::Error::custom("not a network name"))
    }
}

/// What a hosted page takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Page {
    /// Any coin, chosen on the page.
    Crypto,
    /// A card or PayPal.
    Card,
}

impl Page {
    const ALL: [Self; 2] = [Self::Crypto, Self::Card];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Crypto => "crypto",
            Self::Card => "card",
        }
    }
}

/// What a customer picks. On the wire a string: `USDT:tron` (coin and network), `page:crypto` or `page:card` (a hosted page).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MethodId {
    /// A coin on a network, paid to an address we show.
    Coin {
        /// The coin, e.g. `USDT`.
        currency: Currency,
        /// The network it travels on, e.g. `tron`.
        network: Network,
    },
    /// A page of the provider's.
    Page(Page),
}

impl fmt::Display for MethodId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Coin { currency, network } => write!(f, "{currency}:{}", network.0),
            Self::Page(page) => write!(f, "page:{}", page.as_str()),
        }
    }
}

impl FromStr for MethodId {
    type Err = InvalidMethod;
    fn from_str(text: &str) -> Result<Self, InvalidMethod> {
        match text.split_once(':') {
            Some(("page", name)) => Page::ALL.into_iter().find(|page| page.as_str() == name).map(Self::Page).ok_or(InvalidMethod),
            None => Err(InvalidMethod),
            Some((currency, network)) => Ok(Self::Coin {
                currency: Currency::new(currency).map_err(|_| InvalidMethod)?,
                network: Network::new(network).ok_or(InvalidMethod)?,
            }),
        }
    }
}

/// Why a text is not a [`MethodId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidMethod;

impl fmt::Display for InvalidMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a method is `CURRENCY:network`, `page:crypto` or `page:card`")
    }
}

impl Serialize for MethodId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for MethodId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// A way to pay that is on offer, with what a customer should know before picking it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Method {
    /// What is sent back when it is picked.
    pub id: MethodId,
    /// The coin's full name (`Tether`), where the provider states one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The least that is accepted, in the coin itself, where known: by any provider, or for a session by any who can take its order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<Amount>,
    /// After how many confirmations the provider counts a transaction, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmations: Option<u32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vendors_names_for_a_network_come_to_one() {
        for name in ["TRX", "trc20", "Tron", "Tron Network", "TRON_NETWORK"] {
            assert_eq!(Network::new(name).unwrap().as_str(), "tron", "{name}");
        }
        assert_eq!(Network::new("Binance Smart Chain").unwrap().as_str(), "bsc");
        assert_eq!(Network::new("The Open Network").unwrap().as_str(), "ton");
        assert_eq!(Network::new("Some New Chain").unwrap().as_str(), "some-new-chain");
        assert_eq!(Network::new("—"), None);
    }

    #[test]
    fn method_ids_read_back_what_they_write() {
        for text in ["USDT:tron", "BTC:bitcoin", "page:crypto", "page:card"] {
            assert_eq!(text.parse::<MethodId>().unwrap().to_string(), text);
        }
        for text in ["", "USDT", "page:", "page:cash", ":tron", "USDT:", "US DT:tron"] {
            assert_eq!(text.parse::<MethodId>(), Err(InvalidMethod), "{text:?}");
        }
    }
}
