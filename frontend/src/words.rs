//! The few pieces of wording that more than one screen needs. The texts are `messages.rs`'s.

use crate::messages::{Key, Messages};
use checkout_shared::method::{Method, MethodId, Page};
use checkout_shared::money::Currency;
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

    #[test]
    fn only_web_links_are_followed() {
        assert!(followable("https://shop.example/thanks").is_some());
        assert!(followable("http://127.0.0.1:9000/pay").is_some());
        for url in ["javascript:alert(1)", "data:text/html,x", "javascript://%0aalert(1)", "/relative", ""] {
            assert_eq!(followable(url), None, "{url}");
        }
    }
}
