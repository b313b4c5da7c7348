//! How it ended: what happened, what the customer should do, and the reference to quote. The facts below it serve `progress.rs` too.

use crate::copy_button::CopyButton;
use crate::icon::Icon;
use crate::messages;
use crate::pieces::{Tone, badge, heading, money, step};
use crate::step::Outcome;
use crate::words::{fill, followable, method_name, shop};
use checkout_shared::money::Money;
use checkout_shared::session::SessionView;
use yew::prelude::*;

/// The screen of an outcome.
pub fn outcome_screen(outcome: Outcome, view: &SessionView, merchant: Option<&str>) -> Html {
    let shop = shop(merchant);
    let words = Words::of(outcome, view, shop);
    let way_back = match outcome {
        Outcome::Paid => &view.order.success_url,
        // The shop's page of thanks would be believed.
        Outcome::TooLittle
        | Outcome::Refunding
        | Outcome::Refunded
        | Outcome::Expired
        | Outcome::Cancelled
        | Outcome::Failed
        | Outcome::Review => &view.order.cancel_url,
    };
    let inside = html! {
        <>
            { badge(words.tone, words.icon) }
            { heading(words.heading) }
            { for words.lines.into_iter().map(|line| html! { <p>{ line }</p> }) }
            { facts(view) }
            { back_to_shop(way_back.as_deref(), fill(messages::BACK_TO_SHOP, &[("shop", shop)]), "button") }
        </>
    };
    step("step outcome", inside)
}

/// A link that leaves the checkout for the shop, the whole tab with it; nothing where there is none to follow.
pub fn back_to_shop(url: Option<&str>, label: String, class: &'static str) -> Html {
    let Some(url) = url.and_then(followable) else { return Html::default() };
    html! { <a {class} href={url.to_owned()} target="_top">{ label }</a> }
}

struct Words {
    tone: Tone,
    icon: Icon,
    heading: &'static str,
    lines: Vec<String>,
}

impl Words {
    fn of(outcome: Outcome, view: &SessionView, shop: &str) -> Self {
        let words = |tone, icon, heading, lines: &[&str]| Self {
            tone,
            icon,
            heading,
            lines: lines.iter().map(|line| filled(line, view, shop)).collect(),
        };
        match outcome {
            Outcome::Paid => {
                let late = view.late.then_some(messages::PAID_LATE);
                let over = view.overpaid_by.as_ref().map(|_| messages::PAID_OVER);
                let lines: Vec<&str> = [Some(messages::PAID_TEXT), late, over].into_iter().flatten().collect();
                words(Tone::Good, Icon::Check, messages::PAID_HEADING, &lines)
            }
            Outcome::TooLittle => words(Tone::Warn, Icon::Alert, messages::TOO_LITTLE_HEADING, &[messages::TOO_LITTLE_TEXT]),
            Outcome::Refunding => words(Tone::Calm, Icon::Back, messages::REFUNDING_HEADING, &[messages::REFUNDING_TEXT]),
            Outcome::Refunded => words(Tone::Calm, Icon::Back, messages::REFUNDED_HEADING, &[messages::REFUNDED_TEXT]),
            Outcome::Expired => {
                words(Tone::Warn, Icon::Clock, messages::EXPIRED_HEADING, &[messages::EXPIRED_TEXT, messages::EXPIRED_SENT])
            }
            Outcome::Cancelled => {
                words(Tone::Calm, Icon::Cross, messages::CANCELLED_HEADING, &[messages::CANCELLED_TEXT, messages::CANCELLED_SENT])
            }
            Outcome::Failed => words(Tone::Bad, Icon::Cross, messages::FAILED_HEADING, &[messages::FAILED_TEXT, messages::FAILED_SENT]),
            Outcome::Review => words(Tone::Warn, Icon::Search, messages::REVIEW_HEADING, &[messages::REVIEW_TEXT, messages::REVIEW_NEXT]),
        }
    }
}

fn filled(line: &str, view: &SessionView, shop: &str) -> String {
    let text = |money: Option<&Money>| money.map_or_else(|| messages::TOO_LITTLE_SOME.to_owned(), Money::to_string);
    let received = text(view.attempt.as_ref().and_then(|attempt| attempt.received.as_ref()));
    let (price, over) = (view.order.price().to_string(), text(view.overpaid_by.as_ref()));
    let said = fill(line, &[("shop", shop), ("price", &price), ("received", &received), ("over", &over)]);
    capitalised(&said)
}

/// A sentence that begins with `the shop` begins with a capital letter all the same.
fn capitalised(text: &str) -> String {
    let end = text.char_indices().nth(1).map_or(text.len(), |(end, _)| end);
    let (first, rest) = text.split_at(end);
    upper(first) + rest
}

/// In capital letters. JavaScript's engine knows all alphabets; Rust's table of them would weigh as much as all the messages.
fn upper(letter: &str) -> String {
    #[cfg(target_arch = "wasm32")]
    return js_sys::JsString::from(letter).to_upper_case().into();
    #[cfg(not(target_arch = "wasm32"))]
    return letter.to_uppercase();
}

/// What is known in figures: received, missing, method, transactions, reference.
pub fn facts(view: &SessionView) -> Html {
    let mut rows = vec![fact(messages::ORDER_AMOUNT, money(&view.order.price(), None))];
    if let Some(attempt) = view.attempt.as_ref().filter(|attempt| attempt.received.is_some()) {
        rows.extend(attempt.received.iter().map(|received| fact(messages::RECEIVED, money(received, None))));
        rows.extend(attempt.due.iter().map(|due| fact(messages::STILL_DUE, money(due, None))));
        rows.push(fact(messages::METHOD, html! { <bdi>{ method_name(&attempt.method) }</bdi> }));
        for (at, transaction) in attempt.transactions.iter().enumerate() {
            let id = format!("transaction-{at}");
            rows.push(copied_fact(messages::TRANSACTION, "fact-code fact-hash", id, &transaction.hash, messages::COPY_TRANSACTION));
        }
    }
    rows.push(copied_fact(messages::REFERENCE, "fact-code", "reference".to_owned(), &view.order.reference, messages::COPY_REFERENCE));
    html! { <dl class="facts">{ rows }</dl> }
}

fn fact(name: &'static str, value: Html) -> Html {
    html! { <div class="fact"><dt>{ name }</dt><dd>{ value }</dd></div> }
}

fn copied_fact(name: &'static str, class: &'static str, id: String, value: &str, copy_label: &'static str) -> Html {
    let id = AttrValue::from(id);
    let value = AttrValue::from(value.to_owned());
    let shown = html! {
        <span class="fact-copy">
            <bdi {class} id={id.clone()}>{ value.clone() }</bdi>
            <CopyButton {value} label={copy_label} shown_in={id} />
        </span>
    };
    fact(name, shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg_attr(not(target_arch = "wasm32"), test)]
    #[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
    fn a_sentence_begins_with_a_capital_letter() {
        assert_eq!(capitalised("the shop has it."), "The shop has it.");
        assert_eq!(capitalised("49 USD"), "49 USD");
        assert_eq!(capitalised("été"), "Été");
        assert_eq!(capitalised(""), "");
    }
}
