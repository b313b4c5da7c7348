//! How it ended: what happened, what the customer should do, and the reference to quote. The facts below it serve `progress.rs` too.

use crate::copy_button::{Copying, copy_button};
use crate::element::{Fixed, Is, all, clicked, el, el_with, is, text};
use crate::icon::Icon;
use crate::messages::{Key, Messages};
use crate::pieces::{Tone, badge, heading, hint, money, paragraph, step};
use crate::state::Returning;
use crate::step::Outcome;
use crate::words::{followable, method_name, shop, tidy};
use checkout_shared::method::{MethodId, Page};
use checkout_shared::money::Money;
use checkout_shared::session::SessionView;
use yew::prelude::*;

/// Id of the button that keeps the customer here (`returning.rs`).
pub const STAY_ID: &str = "stay";

/// The screen of an outcome.
#[inline(never)]
pub fn outcome_screen(copying: Copying, outcome: Outcome, view: &SessionView, merchant: Option<&str>, returning: Returning) -> Html {
    let messages = copying.messages;
    let shop = shop(messages, merchant);
    let words = Words::of(outcome, view);
    let lines = words.lines.into_iter().flatten().map(|line| filled(messages, line, view, &shop));
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
    let (receipt_heading, when_paid) = if outcome == Outcome::Paid {
        let heading = el("p", &[("class", Is("receipt-heading"))], [text(messages.text(Key::ReceiptHeading))]);
        let receipt = el("button", &[("type", Is("button")), ("class", Is("button quiet scripted"))], [text(messages.text(Key::Receipt))]);
        let receipt = clicked(receipt, Callback::from(|_| print()));
        // The last, for it goes at a touch, and nothing may move away from under the finger.
        (heading, all([receipt, leaving(messages, returning, &shop)]))
    } else {
        Default::default()
    };
    let inside = all([
        badge(words.tone, words.icon),
        heading(messages.text(words.heading)),
        lines.map(paragraph).collect(),
        receipt_heading,
        facts(copying, view),
        back_to_shop(way_back.as_deref(), messages.fill(Key::BackToShop, &[("shop", &shop)]), "button"),
        when_paid,
    ]);
    step("step outcome", inside)
}

/// That the page leaves for the shop by itself, and a way to stay; pressing anything at all is one (`returning.rs`).
fn leaving(messages: &Messages, returning: Returning, shop: &str) -> Html {
    match returning {
        Returning::Never | Returning::OncePaid => Html::default(),
        Returning::In(seconds) => {
            const STAY: Fixed = &[("type", Is("button")), ("id", Is(STAY_ID)), ("class", Is("button quiet"))];
            let stay = el("button", STAY, [text(messages.text(Key::Stay))]);
            all([hint(messages.count(Key::Returning, seconds, &[("shop", shop)])), stay])
        }
        Returning::Stayed => hint(messages.text(Key::Staying)),
    }
}

/// The page as it is printed is a receipt (`checkout.css`).
fn print() {
    if let Some(window) = web_sys::window() {
        // Where there is nothing to print with, the page stays as it is.
        let _ = window.print();
    }
}

/// A link that leaves the checkout for the shop, the whole tab with it; nothing where there is none to follow.
pub fn back_to_shop(url: Option<&str>, label: String, class: &'static str) -> Html {
    let Some(url) = url.and_then(followable) else { return Html::default() };
    el_with("a", &["class", "href", "target"], [is(class), is(url.to_owned()), is("_top")], [text(label)])
}

struct Words {
    tone: Tone,
    icon: Icon,
    heading: Key,
    lines: [Option<Key>; 3],
}

impl Words {
    const fn of(outcome: Outcome, view: &SessionView) -> Self {
        match outcome {
            Outcome::Paid => {
                let late = if view.late { Some(Key::PaidLate) } else { None };
                let over = if view.overpaid_by.is_some() { Some(Key::PaidOver) } else { None };
                Self { tone: Tone::Good, icon: Icon::Check, heading: Key::PaidHeading, lines: [Some(Key::PaidText), late, over] }
            }
            Outcome::TooLittle => Self::new(Tone::Warn, Icon::Alert, Key::TooLittleHeading, Key::TooLittleText, None),
            Outcome::Refunding => Self::new(Tone::Calm, Icon::Back, Key::RefundingHeading, Key::RefundingText, None),
            Outcome::Refunded => Self::new(Tone::Calm, Icon::Back, Key::RefundedHeading, Key::RefundedText, None),
            Outcome::Expired => Self::new(Tone::Warn, Icon::Clock, Key::ExpiredHeading, Key::ExpiredText, Some(Key::ExpiredSent)),
            Outcome::Cancelled => Self::new(Tone::Calm, Icon::Cross, Key::CancelledHeading, Key::CancelledText, Some(Key::CancelledSent)),
            Outcome::Failed => Self::new(Tone::Bad, Icon::Cross, Key::FailedHeading, Key::FailedText, Some(Key::FailedSent)),
            Outcome::Review => Self::new(Tone::Warn, Icon::Search, Key::ReviewHeading, Key::ReviewText, Some(Key::ReviewNext)),
        }
    }

    const fn new(tone: Tone, icon: Icon, heading: Key, text: Key, next: Option<Key>) -> Self {
        Self { tone, icon, heading, lines: [Some(text), next, None] }
    }
}

fn filled(messages: &Messages, line: Key, view: &SessionView, shop: &str) -> String {
    let text = |money: Option<&Money>| money.map_or_else(|| messages.text(Key::TooLittleSome), |money| tidy(money).to_string());
    let received = text(view.attempt.as_ref().and_then(|attempt| attempt.received.as_ref()));
    let (price, over) = (view.order.price().to_string(), text(view.overpaid_by.as_ref()));
    let said = messages.fill(line, &[("shop", shop), ("price", &price), ("received", &received), ("over", &over)]);
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
pub fn facts(copying: Copying, view: &SessionView) -> Html {
    let messages = copying.messages;
    let mut rows = vec![fact(messages.text(Key::OrderAmount), money(&view.order.price(), None))];
    if let Some(attempt) = view.attempt.as_ref().filter(|attempt| attempt.received.is_some()) {
        rows.extend(attempt.received.iter().map(|received| fact(messages.text(Key::Received), money(&tidy(received), None))));
        rows.extend(attempt.due.iter().map(|due| fact(messages.text(Key::StillDue), money(&tidy(due), None))));
        // Which coin was chosen on a provider's page is what was sent.
        let sent = attempt.transactions.first().filter(|_| attempt.method == MethodId::Page(Page::Crypto));
        let with = sent.map_or_else(|| method_name(messages, &attempt.method), |sent| sent.amount.currency.to_string());
        rows.push(fact(messages.text(Key::Method), text(with)));
        let seen_at = attempt.transactions.iter().filter_map(|transaction| transaction.seen_at).max();
        rows.extend(seen_at.map(|at| fact(messages.text(Key::Date), el("bdi", &[], [text(messages.date(at))]))));
        for (at, transaction) in attempt.transactions.iter().enumerate() {
            let id = format!("transaction-{at}");
            rows.push(copied_fact(copying, Key::Transaction, Key::CopyTransaction, &id, &transaction.hash));
        }
    }
    rows.push(copied_fact(copying, Key::Reference, Key::CopyReference, "reference", &view.order.reference));
    el("dl", &[("class", Is("facts"))], [rows.into_iter().collect()])
}

fn fact(name: String, value: Html) -> Html {
    el("div", &[("class", Is("fact"))], [el("dt", &[], [text(name)]), el("dd", &[], [value])])
}

/// A transaction's hash or the shop's reference, with a button that copies it.
fn copied_fact(copying: Copying, name: Key, copy_label: Key, id: &str, value: &str) -> Html {
    // A hash is written from the left everywhere; a reference is the shop's own word.
    let (class, dir) = if name == Key::Transaction { ("fact-code fact-hash", "ltr") } else { ("fact-code", "auto") };
    let shown = el_with("bdi", &["class", "id", "dir"], [is(class), is(id.to_owned()), is(dir)], [text(value.to_owned())]);
    let copy = copy_button(copying, value, copy_label, id);
    fact(copying.messages.text(name), el("span", &[("class", Is("fact-copy"))], [shown, copy]))
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
