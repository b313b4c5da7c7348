//! Filling a message's `{places}`, and the few pieces of wording that more than one screen needs. The messages are in `messages.rs`.

use crate::messages;
use checkout_shared::method::{Method, MethodId, Page};
use checkout_shared::money::Currency;
use checkout_shared::session::SessionView;

/// The template with each `{name}` replaced by its value. What a value contains is never read as a template.
#[must_use]
pub fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut text = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let Some((name, behind)) = after.split_once('}') else {
            rest = after;
            break;
        };
        text.push_str(values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value));
        rest = behind;
    }
    text.push_str(rest);
    text
}

/// The shop's name, or a word for it.
#[must_use]
pub fn shop(merchant: Option<&str>) -> &str {
    merchant.unwrap_or(messages::THE_SHOP)
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
pub fn method_name(id: &MethodId) -> String {
    match id {
        MethodId::Coin { currency, network } => {
            fill(messages::COIN_ON_NETWORK, &[("coin", currency.as_str()), ("network", network.label())])
        }
        MethodId::Page(Page::Crypto) => messages::PAGE_CRYPTO.to_owned(),
        MethodId::Page(Page::Card) => messages::PAGE_CARD.to_owned(),
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
    fn places_are_filled_once() {
        assert_eq!(fill("{a} of {b}", &[("a", "1"), ("b", "{a}")]), "1 of {a}");
        assert_eq!(fill("plain", &[]), "plain");
        assert_eq!(fill("a {missing} b", &[]), "a  b");
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
