//! What a payment's QR code says: the address with its amount in the scheme that the network's wallets agreed on, or the bare
//! address where they agreed on none. Pure text; drawing the code is the widget's business.
//!
//! Schemes: BIP-21 (bitcoin and its kin), EIP-681 (ethereum), Solana Pay (transfer requests), `ton://transfer/` (TON deep links), Monero's
//! own (`tx_amount`: monero-project/monero wiki, "URI Formatting").
//! The rule for what is left out: a wallet that understands a link only half must not be able to send the wrong thing. So there is
//! no link for the native coins of chains that share ethereum's address form, where a wallet that overlooks the chain id would
//! send ether; none for a token that exists on its chain in more than one edition; and none where a memo could be overlooked.

use crate::token;
use checkout_shared::method::Network;
use checkout_shared::money::Money;
use rust_decimal::Decimal;

/// The text for the QR code and the "open in wallet" link.
#[must_use]
pub fn payment_uri(network: &Network, address: &str, memo: Option<&str>, amount: &Money) -> String {
    linked(network, address, memo, amount).unwrap_or_else(|| address.to_owned())
}

fn linked(network: &Network, address: &str, memo: Option<&str>, amount: &Money) -> Option<String> {
    let plain = |extra: &[u8]| !address.is_empty() && address.bytes().all(|byte| byte.is_ascii_alphanumeric() || extra.contains(&byte));
    let coin = amount.currency.as_str();
    let whole = decimal_text(amount.amount.0)?;
    match (network.as_str(), coin) {
        ("ton", "TON") if plain(b"-_") => {
            let text = memo.map(|memo| format!("&text={}", query_text(memo))).unwrap_or_default();
            Some(format!("ton://transfer/{address}?amount={}{text}", base_units(amount.amount.0, 9)?))
        }
        _ if memo.is_some() => None,
        ("bitcoin", "BTC") if plain(b"") => Some(format!("bitcoin:{address}?amount={whole}")),
        ("litecoin", "LTC") if plain(b"") => Some(format!("litecoin:{address}?amount={whole}")),
        ("dogecoin", "DOGE") if plain(b"") => Some(format!("dogecoin:{address}?amount={whole}")),
        ("bitcoin-cash", "BCH") if plain(b":") => {
            // The address form of this chain may already carry the scheme's name.
            let bare = address.strip_prefix("bitcoincash:").unwrap_or(address);
            (!bare.contains(':')).then(|| format!("bitcoincash:{bare}?amount={whole}"))
        }
        ("monero", "XMR") if plain(b"") => Some(format!("monero:{address}?tx_amount={whole}")),
        ("ethereum", "ETH") if plain(b"") => Some(format!("ethereum:{address}@1?value={}", base_units(amount.amount.0, 18)?)),
        ("solana", "SOL") if plain(b"") => Some(format!("solana:{address}?amount={whole}")),
        ("solana", _) if plain(b"") => {
            let mint = token::known(coin, "solana")?.contract;
            Some(format!("solana:{address}?amount={whole}&spl-token={mint}"))
        }
        (chain, _) if plain(b"") => {
            let token = token::known(coin, chain)?;
            let units = base_units(amount.amount.0, token.decimals)?;
            Some(format!("ethereum:{}@{}/transfer?address={address}&uint256={units}", token.contract, token.chain_id?))
        }
        _ => None,
    }
}

/// A positive amount without exponent and without trailing zeros.
fn decimal_text(amount: Decimal) -> Option<String> {
    (amount > Decimal::ZERO).then(|| amount.normalize().to_string())
}

/// A positive amount in the coin's smallest unit, or nothing if it does not come out even. Done on the text, because eighteen
/// decimals of a large amount are more digits than a decimal holds.
fn base_units(amount: Decimal, decimals: u32) -> Option<String> {
    let text = decimal_text(amount)?;
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let missing = usize::try_from(decimals).ok()?.checked_sub(fraction.len())?;
    let digits = format!("{whole}{fraction}{}", "0".repeat(missing));
    Some(digits.trim_start_matches('0').to_owned())
}

fn query_text(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

#[cfg(test)]
mod tests {
    use super::*;
    use checkout_shared::money::Amount;

    fn uri(amount: &str, coin: &str, network: &str, address: &str, memo: Option<&str>) -> String {
        let amount = Money { amount: Amount::parse(amount).unwrap(), currency: coin.parse().unwrap() };
        payment_uri(&Network::new(network).unwrap(), address, memo, &amount)
    }

    #[test]
    fn bitcoin_and_its_kin_state_whole_coins() {
        let address = "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq";
        assert_eq!(uri("0.00012300", "BTC", "bitcoin", address, None), format!("bitcoin:{address}?amount=0.000123"));
        assert_eq!(uri("20", "LTC", "litecoin", "ltc1qx", None), "litecoin:ltc1qx?amount=20");
        assert_eq!(uri("0.1200", "XMR", "monero", "86abc", None), "monero:86abc?tx_amount=0.12");
        assert_eq!(uri("100", "DOGE", "dogecoin", "DAbc", None), "dogecoin:DAbc?amount=100");
        assert_eq!(uri("1.5", "BCH", "bitcoin-cash", "bitcoincash:qpm2", None), "bitcoincash:qpm2?amount=1.5");
        assert_eq!(uri("1.5", "BCH", "bitcoin-cash", "qpm2", None), "bitcoincash:qpm2?amount=1.5");
    }

    #[test]
    fn ethereum_states_wei_and_its_chain() {
        assert_eq!(uri("0.00613418", "ETH", "ethereum", "0xAb", None), "ethereum:0xAb@1?value=6134180000000000");
        assert_eq!(uri("0.000000000000000001", "ETH", "ethereum", "0xAb", None), "ethereum:0xAb@1?value=1");
    }

    #[test]
    fn known_tokens_state_contract_chain_and_base_units() {
        assert_eq!(
            uri("15.25", "USDT", "ethereum", "0xAb", None),
            "ethereum:0xdAC17F958D2ee523a2206206994597C13D831ec7@1/transfer?address=0xAb&uint256=15250000"
        );
        assert_eq!(
            uri("123456789012.5", "USDT", "bsc", "0xAb", None),
            "ethereum:0x55d398326f99059fF775485246999027B3197955@56/transfer?address=0xAb&uint256=123456789012500000000000000000"
        );
        assert_eq!(
            uri("2.50", "USDC", "solana", "So1", None),
            "solana:So1?amount=2.5&spl-token=EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"
        );
    }

    #[test]
    fn solana_and_ton() {
        assert_eq!(uri("0.1", "SOL", "solana", "So1", None), "solana:So1?amount=0.1");
        assert_eq!(uri("2.5", "TON", "ton", "UQ-a_b", Some("order 7&8")), "ton://transfer/UQ-a_b?amount=2500000000&text=order%207%268");
        assert_eq!(uri("2.5", "TON", "ton", "UQ-a_b", None), "ton://transfer/UQ-a_b?amount=2500000000");
    }

    #[test]
    fn where_no_scheme_is_safe_it_is_the_bare_address() {
        for (amount, coin, network, memo) in [
            ("15", "USDT", "tron", None),
            ("1", "XRP", "ripple", Some("77")),
            ("1", "BTC", "bitcoin", Some("a memo no wallet reads")),
            ("1", "BNB", "bsc", None),
            ("1", "POL", "polygon", None),
            ("1", "USDC", "polygon", None),
            ("1", "ETH", "arbitrum", None),
            ("1", "WIF", "solana", None),
            ("0.0000001", "USDT", "ethereum", None),
            ("0", "BTC", "bitcoin", None),
            ("-1", "BTC", "bitcoin", None),
        ] {
            assert_eq!(uri(amount, coin, network, "addr1", memo), "addr1", "{amount} {coin} on {network}");
        }
    }

    #[test]
    fn an_address_that_could_change_the_link_is_left_bare() {
        for address in ["bc1q?amount=9", "bc1q&x", "bc1q/..", "bc1q x", ""] {
            assert_eq!(uri("1", "BTC", "bitcoin", address, None), address);
        }
    }
}
