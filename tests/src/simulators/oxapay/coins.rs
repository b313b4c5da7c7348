//! The coins, networks and prices of the simulated `OxaPay`. The prices are made up and stand still.
//!
//! Shape of the lists: Supported Currencies and Supported Networks in the vendor's documentation.

use super::envelope::Number;
use crate::simulators::seeded::Seeded;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::Serialize;
use std::collections::BTreeMap;

const BASE58: &str = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const BECH32: &str = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const BASE64URL: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const HEX: &str = "0123456789abcdef";

/// A coin.
#[derive(Debug)]
pub(super) struct Coin {
    pub(super) symbol: &'static str,
    pub(super) name: &'static str,
    /// In US dollars.
    price: &'static str,
    /// Decimals of an amount to pay.
    precision: u32,
    deposit_min: &'static str,
    pub(super) chains: &'static [&'static str],
}

/// A network.
#[derive(Debug)]
pub(super) struct Chain {
    /// The name in `network` and the key of the map.
    network: &'static str,
    /// What answers call it.
    pub(super) name: &'static str,
    /// What requests may call it.
    keys: &'static [&'static str],
    pub(super) required_confirmations: u32,
    /// Shape of an address: a prefix, then so many characters of an alphabet.
    address: (&'static str, &'static str, usize),
    /// Whether payments are told apart by a memo.
    has_memo: bool,
    /// Shape of a transaction's hash.
    hash: (&'static str, &'static str, usize),
}

const COINS: &[Coin] = &[
    Coin { symbol: "BTC", name: "Bitcoin", price: "62500", precision: 8, deposit_min: "0.00001", chains: &["Bitcoin"] },
    Coin { symbol: "ETH", name: "Ethereum", price: "2500", precision: 8, deposit_min: "0.0002", chains: &["Ethereum", "Base"] },
    Coin {
        symbol: "USDT",
        name: "Tether",
        price: "1",
        precision: 6,
        deposit_min: "0.5",
        chains: &["Tron", "Ethereum", "BSC", "Polygon", "Solana", "TON"],
    },
    Coin { symbol: "USDC", name: "USD Coin", price: "1", precision: 6, deposit_min: "0.5", chains: &["Ethereum", "BSC", "Solana"] },
    Coin { symbol: "LTC", name: "Litecoin", price: "80", precision: 8, deposit_min: "0.002", chains: &["Litecoin"] },
    Coin { symbol: "SOL", name: "Solana", price: "150", precision: 9, deposit_min: "0.001", chains: &["Solana"] },
    Coin { symbol: "TRX", name: "Tron", price: "0.16", precision: 6, deposit_min: "1", chains: &["Tron"] },
    Coin { symbol: "BNB", name: "BNB", price: "640", precision: 8, deposit_min: "0.0005", chains: &["BSC"] },
    Coin { symbol: "TON", name: "Toncoin", price: "5", precision: 9, deposit_min: "0.05", chains: &["TON"] },
    Coin { symbol: "DOGE", name: "Dogecoin", price: "0.125", precision: 8, deposit_min: "2", chains: &["Dogecoin"] },
    Coin { symbol: "BCH", name: "Bitcoin Cash", price: "400", precision: 8, deposit_min: "0.0005", chains: &["Bitcoin Cash"] },
    Coin { symbol: "POL", name: "Polygon", price: "0.4", precision: 6, deposit_min: "0.5", chains: &["Polygon"] },
];

const EVM_ADDRESS: (&str, &str, usize) = ("0x", HEX, 40);
const EVM_HASH: (&str, &str, usize) = ("0x", HEX, 64);
const HASH: (&str, &str, usize) = ("", HEX, 64);

#[rustfmt::skip]
const CHAINS: &[Chain] = &[
    Chain { network: "Bitcoin", name: "Bitcoin Network", keys: &["BTC", "Bitcoin"], required_confirmations: 2, address: ("bc1q", BECH32, 38), has_memo: false, hash: HASH },
    Chain { network: "Ethereum", name: "Ethereum Network", keys: &["ERC20", "ETH", "Ethereum"], required_confirmations: 6, address: EVM_ADDRESS, has_memo: false, hash: EVM_HASH },
    Chain { network: "Base", name: "Base Network", keys: &["Base"], required_confirmations: 6, address: EVM_ADDRESS, has_memo: false, hash: EVM_HASH },
    Chain { network: "Tron", name: "Tron Network", keys: &["TRC20", "TRX", "Tron"], required_confirmations: 4, address: ("T", BASE58, 33), has_memo: false, hash: HASH },
    Chain { network: "BSC", name: "Binance Smart Chain", keys: &["BEP20", "BSC"], required_confirmations: 5, address: EVM_ADDRESS, has_memo: false, hash: EVM_HASH },
    Chain { network: "Polygon", name: "Polygon Network", keys: &["POL", "MATIC", "Polygon"], required_confirmations: 6, address: EVM_ADDRESS, has_memo: false, hash: EVM_HASH },
    Chain { network: "Solana", name: "Solana Network", keys: &["SOL", "Solana"], required_confirmations: 3, address: ("", BASE58, 44), has_memo: false, hash: ("", BASE58, 88) },
    Chain { network: "TON", name: "The Open Network", keys: &["TON"], required_confirmations: 3, address: ("UQ", BASE64URL, 46), has_memo: true, hash: HASH },
    Chain { network: "Litecoin", name: "Litecoin Network", keys: &["LTC", "Litecoin"], required_confirmations: 3, address: ("ltc1q", BECH32, 38), has_memo: false, hash: HASH },
    Chain { network: "Dogecoin", name: "Dogecoin Network", keys: &["DOGE", "Dogecoin"], required_confirmations: 5, address: ("D", BASE58, 33), has_memo: false, hash: HASH },
    Chain { network: "Bitcoin Cash", name: "Bitcoin Cash Network", keys: &["BCH"], required_confirmations: 3, address: ("q", BECH32, 41), has_memo: false, hash: HASH },
];

/// Symbol, name, price in US dollars, decimals.
const FIATS: &[(&str, &str, &str, u32)] = &[
    ("USD", "US Dollar", "1", 2),
    ("EUR", "Euro", "1.08", 2),
    ("GBP", "Pound Sterling", "1.25", 2),
    ("CHF", "Swiss Franc", "1.12", 2),
    ("JPY", "Japanese Yen", "0.0067", 0),
    ("KWD", "Kuwaiti Dinar", "3.25", 3),
];

/// A coin by its symbol, in any case.
pub(super) fn coin(symbol: &str) -> Option<&'static Coin> {
    COINS.iter().find(|coin| coin.symbol.eq_ignore_ascii_case(symbol))
}

/// What one of a currency is worth in US dollars, be it fiat or a coin.
pub(super) fn price(symbol: &str) -> Option<Decimal> {
    let fiat = FIATS.iter().find(|(fiat, ..)| fiat.eq_ignore_ascii_case(symbol)).map(|(_, _, price, _)| *price);
    exact(fiat.or_else(|| coin(symbol).map(|coin| coin.price))?)
}

/// A network by any name.
pub(super) fn chain(name: &str) -> Option<&'static Chain> {
    CHAINS.iter().find(|chain| chain.is_called(name))
}

/// The symbols of all coins.
pub(super) fn symbols() -> Vec<&'static str> {
    COINS.iter().map(|coin| coin.symbol).collect()
}

/// The names of all networks.
pub(super) fn networks() -> Vec<&'static str> {
    CHAINS.iter().map(|chain| chain.name).collect()
}

impl Coin {
    /// One of its networks by any name; its first where none is named.
    pub(super) fn chain(&self, name: Option<&str>) -> Option<&'static Chain> {
        let mut chains = self.chains.iter().filter_map(|own| CHAINS.iter().find(|chain| chain.network == *own));
        chains.find(|chain| name.is_none_or(|name| chain.is_called(name)))
    }

    /// How much of it an amount in another currency is, rounded up to its precision.
    pub(super) fn amount_for(&self, amount: Decimal, currency: &str) -> Option<Decimal> {
        let worth = amount.checked_mul(price(currency)?)?.checked_div(exact(self.price)?)?;
        Some(worth.round_dp_with_strategy(self.precision, RoundingStrategy::AwayFromZero).normalize())
    }

    /// An amount of it, cut to its precision.
    pub(super) fn cut(&self, amount: Decimal) -> Decimal {
        amount.trunc_with_scale(self.precision).normalize()
    }

    /// The least it takes.
    pub(super) fn deposit_min(&self) -> Decimal {
        exact(self.deposit_min).unwrap_or_default()
    }
}

impl Chain {
    pub(super) fn is_called(&self, name: &str) -> bool {
        let mut names = self.keys.iter().chain([&self.network, &self.name]);
        names.any(|known| known.eq_ignore_ascii_case(name))
    }

    pub(super) fn new_address(&self, seeded: &mut Seeded) -> String {
        shaped(self.address, seeded)
    }

    pub(super) fn new_memo(&self, seeded: &mut Seeded) -> Option<String> {
        self.has_memo.then(|| seeded.text("123456789", 8))
    }

    pub(super) fn new_hash(&self, seeded: &mut Seeded) -> String {
        shaped(self.hash, seeded)
    }
}

fn shaped((prefix, alphabet, length): (&str, &str, usize), seeded: &mut Seeded) -> String {
    format!("{prefix}{}", seeded.text(alphabet, length))
}

fn exact(number: &str) -> Option<Decimal> {
    number.parse().ok()
}

#[derive(Serialize)]
pub(super) struct CurrencyRecord {
    symbol: &'static str,
    name: &'static str,
    status: bool,
    networks: BTreeMap<&'static str, NetworkRecord>,
}

#[derive(Serialize)]
struct NetworkRecord {
    network: &'static str,
    name: &'static str,
    keys: &'static [&'static str],
    required_confirmations: u32,
    withdraw_fee: Number,
    withdraw_min: Number,
    deposit_min: Number,
    static_fixed_fee: Number,
}

#[derive(Serialize)]
pub(super) struct FiatRecord {
    symbol: &'static str,
    name: &'static str,
    price: Number,
    display_precision: u32,
}

/// Prices: symbol → US dollars, of all coins.
pub(super) fn prices() -> BTreeMap<&'static str, Number> {
    COINS.iter().filter_map(|coin| Some((coin.symbol, Number(exact(coin.price)?)))).collect()
}

/// Supported Fiat Currencies: symbol → currency.
pub(super) fn fiats() -> BTreeMap<&'static str, FiatRecord> {
    let record = |(symbol, name, price, precision): &(&'static str, &'static str, &str, u32)| {
        Some((*symbol, FiatRecord { symbol, name, price: Number(exact(price)?), display_precision: *precision }))
    };
    FIATS.iter().filter_map(record).collect()
}

/// Supported Currencies: symbol → coin, each with its networks.
pub(super) fn currencies() -> BTreeMap<&'static str, CurrencyRecord> {
    COINS.iter().map(|coin| (coin.symbol, coin.record())).collect()
}

impl Coin {
    fn record(&self) -> CurrencyRecord {
        let chains = self.chains.iter().filter_map(|own| CHAINS.iter().find(|chain| chain.network == *own));
        let networks = chains.map(|chain| (chain.network, self.network_record(chain))).collect();
        CurrencyRecord { symbol: self.symbol, name: self.name, status: true, networks }
    }

    fn network_record(&self, chain: &Chain) -> NetworkRecord {
        let least = self.deposit_min();
        NetworkRecord {
            network: chain.network,
            name: chain.name,
            keys: chain.keys,
            required_confirmations: chain.required_confirmations,
            withdraw_fee: Number(least),
            withdraw_min: Number(least * Decimal::TWO),
            deposit_min: Number(least),
            static_fixed_fee: Number(Decimal::ZERO),
        }
    }
}
