//! The few pieces of wording that more than one screen needs. The texts are `messages.rs`'s.

use crate::messages::{Key, Messages};
use checkout_shared::method::{Method, MethodId, Page};
use checkout_shared::money::{Currency, Money};
use checkout_shared::session::SessionView;

/// The shop's name, or a word for it.
#[must_use]
pub fn shop(messages: &Messages, merchant: Option<&str>) -> String {
    merchant.map_or_else(|| messages.text(Key::TheShop), str::to_owned)
}

/// A coin's full name where one of the methods states it, else its code.
#[must_use]
pub fn coin_name<'a>(methods: &'a [Method], coin: &'a Currency) -> &'a str {
    methods
        .iter()
        .filter(|method| matches!(&method.id, MethodId::Coin { currency, .. } if currency == coin))
        .find_map(|method| method.name.as_deref())
        .unwrap_or(coin.as_str())
}

/// A method in one phrase: `USDT on Tron (TRC-20)`.
#[must_use]
pub fn method_name(messages: &Messages, id: &MethodId) -> String {
    match id {
        MethodId::Coin { currency, network } => {
            messages.fill(Key::CoinOnNetwork, &[("coin", currency.as_str()), ("network", network.label())])
        }
        MethodId::Page(Page::Crypto) => messages.text(Key::PageCrypto),
        MethodId::Page(Page::Card) => messages.text(Key::PageCard),
    }
}

/// Confirmations at which the attempt's transactions count, as far as anyone said.
#[must_use]
pub fn confirmations_needed(view: &SessionView) -> Option<u32> {
    let attempt = view.attempt.as_ref()?;
    view.methods.iter().find(|method| method.id == attempt.method)?.confirmations
}

/// An amount as a person writes it: without zeros at its end, but with the cents of a price.
#[must_use]
pub fn tidy(money: &Money) -> Money {
    let has_cents = money.amount.0.scale() == 2;
    let amount = if has_cents { money.amount } else { money.amount.without_zeros() };
    Money { amount, currency: money.currency.clone() }
}

/// The payment link, if wallets register its scheme. A bare address is none, and nothing else may be opened.
#[must_use]
pub fn opens_wallet(uri: &str) -> bool {
    const SCHEMES: [&str; 8] = ["bitcoin", "litecoin", "dogecoin", "bitcoincash", "monero", "ethereum", "solana", "ton"];
    uri.split_once(':').is_some_and(|(scheme, _)| SCHEMES.contains(&scheme))
}

/// The link, if it is one that may be followed. Everything else (`javascript:`, `data:`) is not a place to send a customer to.
#[must_use]
pub fn followable(url: &str) -> Option<&str> {
    let (scheme, rest) = url.split_once(':')?;
    let is_web = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
    (is_web && rest.starts_with("//")).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use checkout_shared::money::Amount;

    #[test]
    fn zeros_at_the_end_say_nothing_but_cents_do() {
        let tidied = |text: &str| tidy(&Money { amount: Amount::parse(text).unwrap(), currency: "VET".parse().unwrap() }).to_string();
        assert_eq!(tidied("840.0"), "840 VET");
        assert_eq!(tidied("7.812500"), "7.8125 VET");
        assert_eq!(tidied("0.00000001"), "0.00000001 VET");
        assert_eq!(tidied("100"), "100 VET");
        assert_eq!(tidied("49.90"), "49.90 VET");
    }

    #[test]
    fn only_what_wallets_register_opens_one() {
        for uri in ["bitcoin:bc1q?amount=1", "ethereum:0xAb@1?value=1", "ton://transfer/UQ?amount=1"] {
            assert!(opens_wallet(uri), "{uri}");
        }
        for uri in ["TQrY8tryqsYVCYS3MFbtffiPp2ccyn4STm", "https://wallet.example/", "javascript:alert(1)", "Bitcoin", ":", ""] {
            assert!(!opens_wallet(uri), "{uri}");
        }
    }

    #[test]
    fn only_web_links_are_followed() {
        assert!(followable("https://shop.example/thanks").is_some());
        assert!(followable("http://127.0.0.1:9000/pay").is_some());
        for url in ["javascript:alert(1)", "data:text/html,x", "javascript://%0aalert(1)", "/relative", ""] {
            assert_eq!(followable(url), None, "{url}");
        }
    }
}
