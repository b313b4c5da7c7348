//! The coins of the simulated `OceanEx` Pay. The Pay API lists none; these are of the vendor's samples, and two that everybody knows.

use crate::simulators::seeded::Seeded;

/// A coin on its chain.
#[derive(Debug)]
pub(super) struct Coin {
    /// As requests and addresses have it.
    pub(super) code: &'static str,
    /// As prices have it.
    pub(super) symbol: &'static str,
    /// What prices are listed under: the chain, or the coin's name.
    pub(super) chain: &'static str,
    /// Confirmations at which a payment counts.
    pub(super) required: u32,
    address_begins: &'static str,
    address_alphabet: &'static str,
    address_length: usize,
}

const HEX: &str = "0123456789abcdef";
const BECH32: &str = "023456789acdefghjklmnpqrstuvwxyz";

const COINS: &[Coin] = &[
    on_evm("vet", "VET", "vechain"),
    on_evm("oce", "OCE", "vechain"),
    on_evm("ocet", "OCET", "onecoin equity"),
    on_evm("eth", "ETH", "ethereum"),
    Coin {
        code: "btc",
        symbol: "BTC",
        chain: "bitcoin",
        required: 2,
        address_begins: "bc1q",
        address_alphabet: BECH32,
        address_length: 38,
    },
];

const fn on_evm(code: &'static str, symbol: &'static str, chain: &'static str) -> Coin {
    Coin { code, symbol, chain, required: 4, address_begins: "0x", address_alphabet: HEX, address_length: 40 }
}

/// A coin by its code, which is lower case.
pub(super) fn coin(code: &str) -> Option<&'static Coin> {
    COINS.iter().find(|coin| coin.code == code)
}

impl Coin {
    pub(super) fn new_address(&self, seeded: &mut Seeded) -> String {
        format!("{}{}", self.address_begins, seeded.text(self.address_alphabet, self.address_length))
    }
}
