//! Choosing how to pay: a list of coins, each opening to its networks, and of hosted pages; a search where there are many.
//!
//! What is on the list is `offers.rs`'s to say. It is a form, and its rows open without a script.

use crate::element::{Is, all, el, el_with, element, heard, is, item, text};
use crate::icon::Icon;
use crate::messages::{Key, Messages};
use crate::offers::{Offer, found, offers, unmet_minimum};
use crate::pieces::{Tone, Way, button, heading, note, quiet_button, step, unseen};
use crate::problem::problem_text;
use crate::state::{Action, Problem};
use checkout_shared::method::{Method, MethodId, Network, Page};
use checkout_shared::money::Currency;
use checkout_shared::order::Order;
use checkout_shared::session::AttemptStatus;
use std::rc::Rc;
use web_sys::HtmlInputElement;
use yew::html::onsubmit;
use yew::prelude::*;
use yew::virtual_dom::Attributes;

/// A list of more rows than this can be searched.
const MANY: usize = 8;

/// What is on offer, and how the choosing goes.
pub struct Choices<'a> {
    /// The words.
    pub messages: &'a Messages,
    /// The methods on offer.
    pub methods: &'a [Method],
    /// Not all the methods could be asked for; without any, none could.
    pub unavailable: bool,
    /// They are being asked for again, because the customer wanted it.
    pub asking: bool,
    /// What is to be paid.
    pub order: &'a Order,
    /// How the attempt before ended, if it did.
    pub ended: Option<AttemptStatus>,
    /// The method asked for and not answered yet.
    pub choosing: Option<&'a MethodId>,
    /// Why the last choice came to nothing.
    pub problem: Option<&'a Problem>,
    /// What the methods are searched for.
    pub search: &'a str,
    /// Where the choice is sent without a script.
    pub page: &'a str,
    /// What the customer does.
    pub on_action: &'a Callback<Action>,
    /// Back to the payment already started, where there is one.
    pub keep: Option<Way<'a>>,
    /// The methods are asked for again.
    pub ask: Way<'a>,
}

/// The list of ways to pay.
#[inline(never)]
pub fn choose_method(props: &Choices) -> Html {
    let messages = props.messages;
    // How the last payment ended may be a warning not to send; no problem of another choice hides it. It is news to nobody who finds it
    // here, and is told like the other steps (`announcement.rs`); the problem answers what the customer has just done.
    let told = |role| move |key| note(Tone::Warn, role, messages.text(key).into());
    let ended = props.ended.and_then(ended_text).map(told(None));
    let problem = props.problem.map(problem_text).map(told(Some("alert")));
    let methods: Vec<&Method> = props.methods.iter().collect();
    let keep = props
        .keep
        .map(|keep| all([note(Tone::Warn, None, messages.text(Key::KeepText).into()), quiet_button(messages.text(Key::KeepMethod), keep)]));
    let list = if offers(&methods, props.methods).len() > MANY {
        all([search_field(props), list(&found(messages, props.methods, props.search), props)])
    } else {
        list(&methods, props)
    };
    let inside = all([
        heading(messages.text(Key::ChooseHeading)),
        ended.unwrap_or_default(),
        problem.unwrap_or_default(),
        keep.unwrap_or_default(),
        list,
        state_of_the_list(props),
    ]);
    step("step", inside)
}

/// That the methods are being asked for, or cannot be had. Below those that there are, where whoever has not found theirs gets to: the note
/// itself moves none of them. Nothing is to be pressed there, for the edge asks for the rest by itself. Told by `announcement.rs`.
fn state_of_the_list(props: &Choices) -> Html {
    let messages = props.messages;
    let Some(key) = list_text(props.methods, props.unavailable, props.asking) else { return Html::default() };
    let words = messages.text(key);
    match (props.methods.is_empty(), key) {
        (false, _) => note(Tone::Calm, None, words.into()),
        (true, Key::ChooseLoading) => el("p", &[("class", Is("busy"))], [spinner(), text(words)]),
        (true, _) => all([note(Tone::Warn, None, words.into()), button(messages.text(Key::TryAgain), props.ask)]),
    }
}

/// How it stands with the list of these methods, in words; none if it is as it should be.
pub const fn list_text(methods: &[Method], unavailable: bool, asking: bool) -> Option<Key> {
    match (unavailable, methods.is_empty()) {
        (false, false) => None,
        (true, _) if asking => Some(Key::ChooseLoading),
        (false, true) => Some(Key::ChooseLoading),
        (true, true) => Some(Key::ChooseUnavailable),
        (true, false) => Some(Key::ChooseSomeUnavailable),
    }
}

/// Not in the form: the Enter key must not press the first of its buttons.
fn search_field(props: &Choices) -> Html {
    let label = props.messages.text(Key::Search);
    let oninput = {
        let on_action = props.on_action.clone();
        move |event: InputEvent| on_action.emit(Action::Search(event.target_unchecked_into::<HtmlInputElement>().value()))
    };
    let onkeydown = {
        let (on_action, is_empty) = (props.on_action.clone(), props.search.is_empty());
        move |event: KeyboardEvent| {
            // A first Escape is the field's, and nobody else's.
            if event.key() == "Escape" && !is_empty {
                event.prevent_default();
                event.stop_propagation();
                on_action.emit(Action::Search(String::new()));
            }
        }
    };
    // What would be typed before there is anybody to search would be lost with the field itself.
    let readonly = cfg!(feature = "ssr");
    html! {
        <div class="search scripted">
            { Icon::Search.draw() }
            <input type="search" aria-label={label.clone()} placeholder={label} value={props.search.to_owned()} autocomplete="off" spellcheck="false" {readonly} {oninput} {onkeydown} />
            <p class="search-found" role="status">{ search_result(props) }</p>
        </div>
    }
}

/// What the search has found, once there is one. Only that it is nothing has to be seen as well.
fn search_result(props: &Choices) -> Html {
    let messages = props.messages;
    if props.search.is_empty() {
        return Html::default();
    }
    match u32::try_from(found(messages, props.methods, props.search).len()) {
        Ok(count @ 1..) => unseen(messages.count(Key::SearchFound, count, &[])),
        _ => messages.fill(Key::SearchNone, &[("query", props.search)]).into(),
    }
}

fn list(methods: &[&Method], props: &Choices) -> Html {
    let rows = offers(methods, props.methods);
    let likeliest = rows.iter().position(|offer| matches!(offer, Offer::Coin { .. }));
    let rows = rows.iter().enumerate().map(|(at, offer)| row(offer, Some(at) == likeliest, props)).collect();
    let list = element("ul", Attributes::Static(&[("class", Is("methods"))]), rows);
    let form = el_with("form", &["method", "action"], [is("post"), is(props.page.to_owned())], [list]);
    heard(form, Rc::new(onsubmit::Wrapper::new(on_submit(props))))
}

/// What a running page does in place of sending the form: the button that was pressed says which method is picked. While one is being
/// asked for, nothing does.
fn on_submit(props: &Choices) -> Callback<SubmitEvent> {
    let (on_action, waits) = (props.on_action.clone(), props.choosing.is_some());
    Callback::from(move |event: SubmitEvent| {
        // A browser that does not say which button it was sends the form.
        let Some(button) = event.submitter() else { return };
        event.prevent_default();
        let method = button.get_attribute("value").and_then(|value| value.parse().ok());
        if let Some(method) = method.filter(|_| !waits) {
            on_action.emit(Action::Choose(method));
        }
    })
}

/// A row of the list. The likeliest coin lies open.
fn row(offer: &Offer, is_likeliest: bool, props: &Choices) -> Html {
    let messages = props.messages;
    match offer {
        Offer::Page(method, page) => {
            let (icon, name, hint) = match page {
                Page::Crypto => (Icon::Out, messages.text(Key::PageCrypto), messages.text(Key::PageCryptoHint)),
                Page::Card => (Icon::Card, messages.text(Key::PageCard), messages.text(Key::PageCardHint)),
            };
            let sign = el("span", &[("class", Is("coin")), ("aria-hidden", Is("true"))], [icon.draw()]);
            item(name.clone(), choice(method, props, "method", all([sign, words(&name, None, hint)])))
        }
        Offer::Coin { name, currency, networks } => {
            let code = (*name != currency.as_str()).then_some(*currency);
            let head = |below: String| all([coin(currency), words(name, code, below)]);
            let row = if let [(method, network)] = networks.as_slice() {
                choice(method, props, "method", head(messages.fill(Key::OnNetwork, &[("network", network.label())])))
            } else {
                let choices = networks.iter().map(|(method, network)| network_choice(method, currency, network, props)).collect();
                let label = messages.fill(Key::ChooseNetworksOf, &[("coin", name)]);
                let summary = [head(messages.text(Key::ChooseNetwork)), Icon::Forward.draw()];
                let inside = [
                    el("summary", &[("class", Is("method"))], summary),
                    el_with("div", &["class", "role", "aria-label"], [is("networks"), is("group"), is(label)], [choices]),
                ];
                // So does whatever was searched for.
                let is_open = is_likeliest || !props.search.is_empty();
                el_with("details", &["open"], [is_open.then_some("open").and_then(is)], inside)
            };
            item(currency.to_string(), row)
        }
    }
}

fn network_choice(method: &Method, currency: &Currency, network: &Network, props: &Choices) -> Html {
    let coin = el("span", &[("class", Is("unseen"))], [text(currency.to_string()), text(" ")]);
    let inside = el("span", &[("class", Is("method-words"))], [coin, el("bdi", &[], [text(network.label().to_owned())])]);
    choice(method, props, "network", inside)
}

/// The coin's letters on its colour (`checkout.css`, by `data-coin`).
fn coin(currency: &Currency) -> Html {
    let letters: String = currency.as_str().chars().take(4).collect();
    el_with("span", &["class", "aria-hidden", "data-coin"], [is("coin"), is("true"), is(currency.to_string())], [text(letters)])
}

fn words(name: &str, code: Option<&Currency>, below: String) -> Html {
    let code =
        code.map_or_else(Html::default, |code| all([text(" "), el("span", &[("class", Is("method-code"))], [text(code.to_string())])]));
    let name = el("strong", &[], [el("bdi", &[], [text(name.to_owned())]), code]);
    el("span", &[("class", Is("method-words"))], [name, el("small", &[], [text(below)])])
}

/// A button that picks a method. While one is being asked for, the others wait; that one keeps the focus it has. A method that the order is
/// too small for is no button: it says why.
fn choice(method: &Method, props: &Choices, class: &'static str, inside: Html) -> Html {
    let messages = props.messages;
    if let Some(minimum) = unmet_minimum(method, props.order) {
        let why = messages.fill(Key::MethodBelowMinimum, &[("minimum", &minimum.to_string())]);
        return el_with("div", &["class"], [is([class, " off"].concat())], [inside, el("small", &[], [text(why)])]);
    }
    let is_chosen = props.choosing == Some(&method.id);
    let waits = props.choosing.is_some();
    let sign = if is_chosen {
        el("span", &[("class", Is("method-busy"))], [spinner(), unseen(messages.text(Key::Preparing))])
    } else {
        Icon::Forward.draw()
    };
    let disabled = (waits && !is_chosen).then_some("disabled").and_then(is);
    let values = [is(class), is("method"), is(method.id.to_string()), disabled, is_chosen.then_some("true").and_then(is)];
    el_with("button", &["class", "name", "value", "disabled", "aria-busy"], values, [inside, sign])
}

fn spinner() -> Html {
    el("span", &[("class", Is("spinner")), ("aria-hidden", Is("true"))], [])
}

/// How the attempt before ended, in words, where whoever chooses again should know.
pub const fn ended_text(ended: AttemptStatus) -> Option<Key> {
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
