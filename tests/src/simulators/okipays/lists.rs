//! What the simulated `OkiPays` takes: currencies of prices, coins and their networks. The numbers of the networks are those of the
//! document; what a coin is worth is made up.

use rust_decimal::Decimal;
use serde_json::{Value, json};

/// Which of its two documented shapes the list of networks has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetworkList {
    /// The field list's: an array of coins with `networks` of `network_id` and `network_iso` (and `iso3`, which it forgets).
    AsDescribed,
    /// The sample's: one coin, with `data` of `network` and `network_name`.
    AsShown,
}

/// A currency that prices can be in.
#[derive(Debug)]
pub(super) struct Currency {
    id: u32,
    name: &'static str,
    pub(super) iso3: &'static str,
    pub(super) decimals: u32,
    /// What one is worth, in hundredths of a dollar.
    worth: i64,
}

/// A coin that customers can pay in.
#[derive(Debug)]
pub(super) struct Coin {
    name: &'static str,
    pub(super) iso3: &'static str,
    pub(super) networks: &'static [(u32, &'static str)],
    /// What one is worth, in hundredths of a dollar.
    worth: i64,
}

const CURRENCIES: &[Currency] = &[
    Currency { id: 4, name: "Dollar", iso3: "USD", decimals: 2, worth: 100 },
    Currency { id: 5, name: "Euro", iso3: "EUR", decimals: 2, worth: 108 },
    Currency { id: 6, name: "Pound", iso3: "GBP", decimals: 2, worth: 127 },
    Currency { id: 9, name: "Yen", iso3: "JPY", decimals: 0, worth: 1 },
];

const COINS: &[Coin] = &[
    Coin { name: "Tether", iso3: "USDT", networks: &[(2, "TRX"), (1, "ETH"), (4, "BSC")], worth: 100 },
    Coin { name: "Bitcoin", iso3: "BTC", networks: &[(0, "Main")], worth: 10_000_000 },
    Coin { name: "Ethereum", iso3: "ETH", networks: &[(1, "ETH")], worth: 350_000 },
    Coin { name: "USD Coin", iso3: "USDC", networks: &[(1, "ETH"), (4, "BSC")], worth: 100 },
];

/// A currency by its code.
pub(super) fn currency(iso3: &str) -> Option<&'static Currency> {
    CURRENCIES.iter().find(|currency| currency.iso3 == iso3)
}

/// A coin on a network, by the coin's code and the network's number.
pub(super) fn on_network(iso3: &str, network: u64) -> Option<OnNetwork> {
    all().into_iter().find(|target| target.coin.iso3 == iso3 && u64::from(target.network) == network)
}

/// Every coin on every network.
pub(super) fn all() -> Vec<OnNetwork> {
    let on_networks = |coin: &'static Coin| coin.networks.iter().map(move |(network, name)| OnNetwork { coin, network: *network, name });
    COINS.iter().flat_map(on_networks).collect()
}

/// A coin on one of its networks.
#[derive(Clone, Copy, Debug)]
pub(super) struct OnNetwork {
    pub(super) coin: &'static Coin,
    pub(super) network: u32,
    pub(super) name: &'static str,
}

impl OnNetwork {
    /// What one of the coin costs in a currency.
    pub(super) fn rate(self, currency: &Currency) -> Decimal {
        Decimal::from(self.coin.worth) / Decimal::from(currency.worth)
    }

    /// What an amount in a currency is in the coin, with the eight decimals that the vendor writes.
    pub(super) fn in_coin(self, amount: Decimal, currency: &Currency) -> Decimal {
        (amount / self.rate(currency)).round_dp(8).normalize()
    }
}

/// Get currency list.
pub(super) fn currency_list() -> Value {
    let record =
        |currency: &Currency| json!({"id": currency.id, "name": currency.name, "iso3": currency.iso3, "decimal": currency.decimals});
    CURRENCIES.iter().map(record).collect()
}

/// Get currency network list.
pub(super) fn network_list(shape: NetworkList) -> Value {
    let icon = |coin: &Coin| format!("https://api.okipays.com/upload/files/image/svg/{}.svg", coin.iso3.to_lowercase());
    let described = |coin: &Coin| {
        let networks: Value = coin.networks.iter().map(|(id, name)| json!({"network_id": id, "network_iso": name})).collect();
        json!({"iso3": coin.iso3, "name": coin.name, "icon": icon(coin), "networks": networks})
    };
    let shown = |coin: &Coin| {
        let networks: Value = coin.networks.iter().map(|(id, name)| json!({"network": id, "network_name": name})).collect();
        json!({"iso3": coin.iso3, "name": coin.name, "icon": icon(coin), "data": networks})
    };
    match shape {
        NetworkList::AsDescribed => COINS.iter().map(described).collect(),
        NetworkList::AsShown => shown(&COINS[0]),
    }
}
