//! Contract addresses of the tokens that are paid with most, as their issuers publish them (tether.to, circle.com). Only where a coin
//! exists on its chain in one edition: where there are several (USDC on Polygon), the name does not say which one is meant.
//!
//! A wrong letter here sends a wallet to another token, so the tests check whatever checksum an address form has.

use checkout_shared::method::MethodId;

/// A token on a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// The coin, e.g. `USDT`.
    pub coin: &'static str,
    /// The network, e.g. `tron`.
    pub network: &'static str,
    /// Its contract, mint or jetton master.
    pub contract: &'static str,
    /// The decimals of its smallest unit.
    pub decimals: u32,
    /// The chain's number (EIP-155), where it has one.
    pub chain_id: Option<u32>,
}

const fn token(coin: &'static str, network: &'static str, contract: &'static str, decimals: u32, chain_id: Option<u32>) -> Token {
    Token { coin, network, contract, decimals, chain_id }
}

const TOKENS: &[Token] = &[
    token("USDT", "ethereum", "0xdAC17F958D2ee523a2206206994597C13D831ec7", 6, Some(1)),
    token("USDC", "ethereum", "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48", 6, Some(1)),
    token("USDT", "bsc", "0x55d398326f99059fF775485246999027B3197955", 18, Some(56)),
    token("USDC", "bsc", "0x8AC76a51cc950d9822D68b83fE1Ad97B32Cd580d", 18, Some(56)),
    token("USDT", "polygon", "0xc2132D05D31c914a87C6611C10748AEb04B58e8F", 6, Some(137)),
    token("USDT", "tron", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", 6, None),
    token("USDT", "solana", "Es9vMFrzaCERmJfrF4H2FYD4KCoNkY11McCe8BenwNYB", 6, None),
    token("USDC", "solana", "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v", 6, None),
    token("USDT", "ton", "EQCxE6mUtQJKFnGfaROTKOt1lZbDiiX1kCixRv7Nw2Id_sDs", 6, None),
];

/// A coin's token on a network, if it is a known one.
#[must_use]
pub fn known(coin: &str, network: &str) -> Option<&'static Token> {
    TOKENS.iter().find(|token| token.coin == coin && token.network == network)
}

/// The contract that a method is paid with, if it is a known token's.
#[must_use]
pub fn contract(method: &MethodId) -> Option<&'static str> {
    match method {
        MethodId::Coin { currency, network } => known(currency.as_str(), network.as_str()).map(|token| token.contract),
        MethodId::Page(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use data_encoding::{BASE64URL, HEXLOWER};
    use sha2::{Digest, Sha256};
    use sha3::Keccak256;

    /// Big-endian bytes of a base58 number, the alphabet bitcoin's.
    fn base58(text: &str) -> Vec<u8> {
        const ALPHABET: &str = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
        let mut bytes: Vec<u8> = Vec::new();
        for letter in text.chars() {
            let mut carry = u32::try_from(ALPHABET.find(letter).unwrap()).unwrap();
            for byte in bytes.iter_mut().rev() {
                carry += u32::from(*byte) * 58;
                *byte = u8::try_from(carry & 0xff).unwrap();
                carry >>= 8;
            }
            while carry > 0 {
                bytes.insert(0, u8::try_from(carry & 0xff).unwrap());
                carry >>= 8;
            }
        }
        bytes
    }

    /// EIP-55: the case of each letter says a bit of the hash.
    fn mixed_case(address: &str) -> String {
        let lower = address.trim_start_matches("0x").to_ascii_lowercase();
        let hash = HEXLOWER.encode(&Keccak256::digest(&lower));
        let raised = |(letter, bit): (char, char)| if bit >= '8' { letter.to_ascii_uppercase() } else { letter };
        format!("0x{}", lower.chars().zip(hash.chars()).map(raised).collect::<String>())
    }

    fn crc16(bytes: &[u8]) -> u16 {
        let step = |crc: u16, _| if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 };
        bytes.iter().fold(0, |crc, byte| (0..8).fold(crc ^ (u16::from(*byte) << 8), step))
    }

    #[test]
    fn every_address_has_its_checksum() {
        for Token { coin, network, contract, chain_id, .. } in TOKENS {
            let name = format!("{coin} on {network}");
            match *network {
                "tron" => {
                    let bytes = base58(contract);
                    let (address, checksum) = bytes.split_at(21);
                    assert_eq!(Sha256::digest(Sha256::digest(address))[..4], *checksum, "{name}");
                }
                "ton" => {
                    let bytes = BASE64URL.decode(contract.as_bytes()).unwrap();
                    let (address, checksum) = bytes.split_at(34);
                    assert_eq!(crc16(address).to_be_bytes(), *checksum, "{name}");
                }
                // No checksum, but a length.
                "solana" => assert_eq!(base58(contract).len(), 32, "{name}"),
                _ => {
                    assert_eq!(mixed_case(contract), *contract, "{name}");
                    assert!(chain_id.is_some(), "{name}");
                }
            }
        }
    }

    #[test]
    fn only_a_known_token_has_a_contract() {
        assert_eq!(contract(&"USDT:tron".parse().unwrap()), Some("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"));
        for other in ["USDC:polygon", "BTC:bitcoin", "page:card"] {
            assert_eq!(contract(&other.parse().unwrap()), None);
        }
    }
}
