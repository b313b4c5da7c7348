//! Choosing how to pay: coins with their networks, likeliest first as the edge ordered them, and hosted pages.

use crate::icon::Icon;
use crate::messages::{Key, Messages};
use crate::pieces::{Tone, Way, button, heading, note, quiet_button, step};
use crate::problem::problem_text;
use crate::state::Problem;
use crate::words::coin_name;
use checkout_shared::method::{Method, MethodId, Network, Page};
use checkout_shared::money::Currency;
use checkout_shared::session::AttemptStatus;
use yew::prelude::*;

/// What is on offer, and how the choosing goes.
pub struct Choices<'a> {
    /// The words.
    pub messages: &'a Messages,
    /// The methods on offer.
    pub methods: &'a [Method],
    /// Asking for the methods has failed for now.
    pub unavailable: bool,
    /// How the attempt before ended, if it did.
    pub ended: Option<AttemptStatus>,
    /// The method asked for and not answered yet.
    pub choosing: Option<&'a MethodId>,
    /// Why the last choice came to nothing.
    pub problem: Option<&'a Problem>,
    /// Where the choice is sent without a script.
    pub page: &'a str,
    /// A method is picked.
    pub on_choose: &'a Callback<MethodId>,
    /// Back to the payment already started, where there is one.
    pub keep: Option<Way<'a>>,
    /// The methods are asked for again.
    pub ask: Way<'a>,
}

/// The list of ways to pay.
pub fn choose_method(props: &Choices) -> Html {
    let messages = props.messages;
    // How the last payment ended may be a warning not to send; no problem of another choice hides it.
    let texts = [props.ended.and_then(ended_text), props.problem.map(problem_text)].map(|key| key.map(|key| messages.text(key)));
    let inside = html! {
        <>
            { heading(messages.text(Key::ChooseHeading)) }
            { for texts.into_iter().flatten().map(|text| note(Tone::Warn, Some("alert"), text.into())) }
            if let Some(keep) = props.keep {
                { note(Tone::Warn, None, messages.text(Key::KeepText).into()) }
                { quiet_button(messages.text(Key::KeepMethod), keep) }
            }
            if props.methods.is_empty() && props.unavailable {
                { note(Tone::Warn, Some("alert"), messages.text(Key::ChooseUnavailable).into()) }
                { button(messages.text(Key::TryAgain), props.ask) }
            } else if props.methods.is_empty() {
                <p class="busy" role="status"><span class="spinner" aria-hidden="true" />{ messages.text(Key::ChooseLoading) }</p>
            }
            <form method="post" action={props.page.to_owned()} onsubmit={on_submit(props)}>
                <ul class="methods">{ for offers(props.methods).iter().map(|offer| row(offer, props)) }</ul>
            </form>
        </>
    };
    step("step", inside)
}

/// What a running page does in place of sending the form: the button that was pressed says which method is picked. While one is being
/// asked for, nothing does.
fn on_submit(props: &Choices) -> Callback<SubmitEvent> {
    let (on_choose, waits) = (props.on_choose.clone(), props.choosing.is_some());
    Callback::from(move |event: SubmitEvent| {
        // A browser that does not say which button it was sends the form.
        let Some(button) = event.submitter() else { return };
        event.prevent_default();
        let method = button.get_attribute("value").and_then(|value| value.parse().ok());
        if let Some(method) = method.filter(|_| !waits) {
            on_choose.emit(method);
        }
    })
}

/// One row of the list.
#[derive(Debug, PartialEq)]
enum Offer<'a> {
    /// A coin with the networks it can travel on.
    Coin { name: &'a str, currency: &'a Currency, networks: Vec<(&'a MethodId, &'a Network)> },
    /// A page of the provider's.
    Page(&'a MethodId, Page),
}

/// The methods by coin, in the order in which each coin first appears.
fn offers(methods: &[Method]) -> Vec<Offer<'_>> {
    let mut offers: Vec<Offer> = Vec::new();
    for method in methods {
        let (currency, network) = match &method.id {
            MethodId::Coin { currency, network } => (currency, network),
            MethodId::Page(page) => {
                offers.push(Offer::Page(&method.id, *page));
                continue;
            }
        };
        let known = offers.iter_mut().find_map(|offer| match offer {
            Offer::Coin { currency: known, networks, .. } if *known == currency => Some(networks),
            Offer::Coin { .. } | Offer::Page(..) => None,
        });
        match known {
            Some(networks) => networks.push((&method.id, network)),
            None => offers.push(Offer::Coin { name: coin_name(methods, currency), currency, networks: vec![(&method.id, network)] }),
        }
    }
    offers
}

fn row(offer: &Offer, props: &Choices) -> Html {
    let messages = props.messages;
    match offer {
        Offer::Page(id, page) => {
            let (icon, name, hint) = match page {
                Page::Crypto => (Icon::Out, messages.text(Key::PageCrypto), messages.text(Key::PageCryptoHint)),
                Page::Card => (Icon::Card, messages.text(Key::PageCard), messages.text(Key::PageCardHint)),
            };
            let sign = html! { <span class="coin" aria-hidden="true">{ icon.draw() }</span> };
            let words = words(&name, None, hint);
            html! { <li>{ choice(id, props, "method", html! { <>{ sign }{ words }</> }) }</li> }
        }
        Offer::Coin { name, currency, networks } => {
            let code = (*name != currency.as_str()).then_some(*currency);
            if let [(id, network)] = networks.as_slice() {
                let words = words(name, code, messages.fill(Key::OnNetwork, &[("network", network.label())]));
                return html! { <li>{ choice(id, props, "method", html! { <>{ coin(currency) }{ words }</> }) }</li> };
            }
            html! {
                <li>
                    <div class="method-head">{ coin(currency) }{ words(name, code, messages.text(Key::ChooseNetwork)) }</div>
                    <div class="networks" role="group" aria-label={messages.fill(Key::ChooseNetworksOf, &[("coin", name)])}>
                        { for networks.iter().map(|(id, network)| network_choice(id, currency, network, props)) }
                    </div>
                </li>
            }
        }
    }
}

fn network_choice(id: &MethodId, currency: &Currency, network: &Network, props: &Choices) -> Html {
    let inside = html! {
        <span><span class="unseen">{ currency.to_string() }{ " " }</span><bdi>{ network.label().to_owned() }</bdi></span>
    };
    choice(id, props, "network", inside)
}

/// The coin's letters on its colour (`checkout.css`, by `data-coin`).
fn coin(currency: &Currency) -> Html {
    let letters: String = currency.as_str().chars().take(4).collect();
    html! { <span class="coin" data-coin={currency.to_string()} aria-hidden="true">{ letters }</span> }
}

fn words(name: &str, code: Option<&Currency>, below: String) -> Html {
    html! {
        <span class="method-words">
            <strong><bdi>{ name.to_owned() }</bdi>if let Some(code) = code { {" "}<span class="method-code">{ code.to_string() }</span> }</strong>
            <small>{ below }</small>
        </span>
    }
}

/// A button that picks a method. While one is being asked for, the others wait; that one keeps the focus it has.
fn choice(id: &MethodId, props: &Choices, class: &'static str, inside: Html) -> Html {
    let is_chosen = props.choosing == Some(id);
    let waits = props.choosing.is_some();
    html! {
        <button {class} name="method" value={id.to_string()} disabled={waits && !is_chosen} aria-busy={is_chosen.then_some("true")}>
            { inside }
            if is_chosen {
                <span class="method-busy" role="status"><span class="spinner" aria-hidden="true" /><span class="unseen">{ props.messages.text(Key::Preparing) }</span></span>
            } else if class == "method" {
                { Icon::Forward.draw() }
            }
        </button>
    }
}

const fn ended_text(ended: AttemptStatus) -> Option<Key> {
    match ended {
        AttemptStatus::Expired => Some(Key::EndedExpired),
        AttemptStatus::Cancelled => Some(Key::EndedCancelled),
        AttemptStatus::Failed => Some(Key::EndedFailed),
        AttemptStatus::Creating
        | AttemptStatus::Checking
        | AttemptStatus::AwaitingPayment
        | AttemptStatus::Processing
        | AttemptStatus::Underpaid
        | AttemptStatus::Paid
        | AttemptStatus::Refunding
        | AttemptStatus::Refunded
        | AttemptStatus::Review => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn method(id: &str, name: Option<&str>) -> Method {
        Method { id: id.parse().unwrap(), name: name.map(str::to_owned), minimum: None, confirmations: None }
    }

    #[test]
    fn a_coins_networks_stand_together_where_the_coin_first_appears() {
        let methods =
            [method("USDT:tron", None), method("BTC:bitcoin", None), method("USDT:bsc", Some("Tether")), method("page:crypto", None)];
        let found: Vec<_> = offers(&methods)
            .iter()
            .map(|offer| match offer {
                Offer::Coin { name, networks, .. } => ((*name).to_owned(), networks.len()),
                Offer::Page(id, _) => (id.to_string(), 0),
            })
            .collect();
        assert_eq!(found, [("Tether".to_owned(), 2), ("BTC".to_owned(), 1), ("page:crypto".to_owned(), 0)]);
    }
}
