//! What is on offer, as a customer reads it: coins with their networks, in the order in which the edge names them, and hosted pages; what a
//! search leaves of it, and what the order is too small for. Pure; drawn by `choose_method.rs`.

use crate::intl;
use crate::messages::Messages;
use crate::words::{coin_name, method_name};
use checkout_shared::method::{Method, MethodId, Network, Page};
use checkout_shared::money::{Currency, Money};
use checkout_shared::order::Order;

/// One row of the list.
#[derive(Debug, PartialEq)]
pub enum Offer<'a> {
    /// A coin with the networks it can travel on.
    Coin { name: &'a str, currency: &'a Currency, networks: Vec<(&'a Method, &'a Network)> },
    /// A page of the provider's.
    Page(&'a Method, Page),
}

/// The methods by coin, each where the coin first appears. `named`: the methods that state the coins' names.
pub fn offers<'a>(methods: &[&'a Method], named: &'a [Method]) -> Vec<Offer<'a>> {
    let mut offers: Vec<Offer> = Vec::new();
    for method in methods {
        let (currency, network) = match &method.id {
            MethodId::Coin { currency, network } => (currency, network),
            MethodId::Page(page) => {
                offers.push(Offer::Page(method, *page));
                continue;
            }
        };
        let known = offers.iter_mut().find_map(|offer| match offer {
            Offer::Coin { currency: known, networks, .. } if *known == currency => Some(networks),
            Offer::Coin { .. } | Offer::Page(..) => None,
        });
        match known {
            Some(networks) => networks.push((method, network)),
            None => offers.push(Offer::Coin { name: coin_name(named, currency), currency, networks: vec![(method, network)] }),
        }
    }
    offers
}

/// The methods in whose coin or network every word of the search occurs.
pub fn found<'a>(messages: &Messages, methods: &'a [Method], search: &str) -> Vec<&'a Method> {
    let is_found = |method: &&Method| {
        let named = match &method.id {
            MethodId::Coin { currency, .. } => coin_name(methods, currency),
            MethodId::Page(_) => "",
        };
        let text = [named, " ", &method_name(messages, &method.id)].concat();
        search.split(' ').all(|word| intl::contains(&text, word))
    };
    methods.iter().filter(is_found).collect()
}

/// The least that the method takes, where the order is known to be less: it is priced in the method's own coin. A price stated in that coin
/// beside the order's own is not compared: whoever names a minimum converts the order's own price, and may come to enough.
pub fn unmet_minimum(method: &Method, order: &Order) -> Option<Money> {
    let MethodId::Coin { currency, .. } = &method.id else { return None };
    let amount = method.minimum.filter(|minimum| order.currency == *currency && order.amount < *minimum)?;
    Some(Money { amount, currency: currency.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use checkout_shared::money::Amount;
    use checkout_shared::order::Capture;
    use checkout_shared::time::Timestamp;

    fn method(id: &str, name: Option<&str>) -> Method {
        Method { id: id.parse().unwrap(), name: name.map(str::to_owned), minimum: None, confirmations: None }
    }

    fn methods() -> [Method; 4] {
        [method("USDT:tron", None), method("BTC:bitcoin", None), method("USDT:bsc", Some("Tether")), method("page:crypto", None)]
    }

    #[test]
    fn a_coins_networks_stand_together_where_the_coin_first_appears() {
        let methods = methods();
        let all: Vec<&Method> = methods.iter().collect();
        let rows: Vec<_> = offers(&all, &methods)
            .iter()
            .map(|offer| match offer {
                Offer::Coin { name, networks, .. } => ((*name).to_owned(), networks.len()),
                Offer::Page(method, _) => (method.id.to_string(), 0),
            })
            .collect();
        assert_eq!(rows, [("Tether".to_owned(), 2), ("BTC".to_owned(), 1), ("page:crypto".to_owned(), 0)]);
    }

    #[test]
    fn a_search_finds_name_code_and_network_in_any_case_and_all_its_words() {
        let methods = methods();
        let messages = Messages::parse(
            &serde_json::to_string(
                &["en", "ltr"]
                    .into_iter()
                    .chain(crate::messages::Key::ALL.iter().map(|(_, name)| match *name {
                        "coin_on_network" => "{coin} on {network}",
                        "page_crypto" => "More coins",
                        _ => "",
                    }))
                    .collect::<Vec<_>>(),
            )
            .unwrap(),
        )
        .unwrap();
        let search = |text: &str| found(&messages, &methods, text).iter().map(|method| method.id.to_string()).collect::<Vec<_>>();
        assert_eq!(search("tether"), ["USDT:tron", "USDT:bsc"]);
        assert_eq!(search(" usdt  TRC "), ["USDT:tron"]);
        assert_eq!(search("bitcoin"), ["BTC:bitcoin"]);
        assert_eq!(search("more"), ["page:crypto"]);
        assert_eq!(search("").len(), 4);
        assert_eq!(search("doge"), [""; 0]);
    }

    #[test]
    fn only_the_orders_own_price_is_compared_with_the_minimum_of_its_coin() {
        let amount = |text| Amount::parse(text).unwrap();
        let money = |text, code| Money { amount: amount(text), currency: Currency::new(code).unwrap() };
        let method = Method { minimum: Some(amount("5.5")), ..method("USDT:tron", None) };
        let order = |price: Money, prices: Vec<Money>| Order {
            amount: price.amount,
            currency: price.currency,
            reference: "order-1".to_owned(),
            expires_at: Timestamp(0),
            description: None,
            success_url: None,
            cancel_url: None,
            prices,
            lines: Vec::new(),
            tax: None,
            capture: Capture::Automatic,
        };
        assert_eq!(unmet_minimum(&method, &order(money("5.49", "USDT"), Vec::new())), Some(money("5.5", "USDT")));
        assert_eq!(unmet_minimum(&method, &order(money("5.50", "USDT"), Vec::new())), None);
        assert_eq!(unmet_minimum(&method, &order(money("1", "USD"), Vec::new())), None, "nobody knows what that is in the coin");
        let stated = order(money("6", "USD"), vec![money("5.4", "USDT")]);
        assert_eq!(unmet_minimum(&method, &stated), None, "somebody may take it for the dollars");
        let unbounded = Method { minimum: None, ..method };
        assert_eq!(unmet_minimum(&unbounded, &order(money("1", "USDT"), Vec::new())), None);
    }
}
