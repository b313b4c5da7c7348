//! Paying to an address: amount, address and what to mind. Also the rest of an amount of which some has arrived. The QR code and the way
//! into a wallet are `wallet.rs`'s.

use crate::copy_button::{Copying, copy_button};
use crate::countdown::countdown;
use crate::element::{Is, all, el, el_with, is, text};
use crate::messages::{Key, Messages};
use crate::pieces::{Tone, Way, heading, money, note, quiet_button, step, unseen, waiting};
use crate::rate::rate;
use crate::state::{Action, LastCopied};
use crate::wallet::wallet;
use crate::words::tidy;
use checkout_shared::money::Money;
use checkout_shared::session::{Address, AttemptView};
use checkout_shared::time::Timestamp;
use yew::prelude::*;

/// Where to, how much, until when.
pub struct Payment<'a> {
    /// The words.
    pub messages: &'a Messages,
    /// The attempt: what has arrived, and what is still due.
    pub attempt: &'a AttemptView,
    /// Where to send, and the whole amount.
    pub address: &'a Address,
    /// The price of the order.
    pub price: &'a Money,
    /// The edge's time.
    pub now: Timestamp,
    /// The QR code holds the address alone.
    pub bare_qr: bool,
    /// What was copied.
    pub copied: Option<&'a LastCopied>,
    /// What the customer does.
    pub on_action: &'a Callback<Action>,
    /// Leads to another method. None once money has arrived: the rest goes to the same address.
    pub change: Option<Way<'a>>,
}

impl Payment<'_> {
    const fn copying(&self) -> Copying<'_> {
        Copying { messages: self.messages, last: self.copied, on_action: self.on_action }
    }
}

/// Amount, QR code, address.
#[inline(never)]
pub fn pay_to_address(payment: &Payment) -> Html {
    let (messages, address) = (payment.messages, payment.address);
    let network = address.network.label();
    let due = payment.attempt.due.as_ref();
    let rest = due.and(payment.attempt.received.as_ref()).map(tidy);
    let amount = tidy(due.unwrap_or(&address.amount));
    let then = messages.text(if rest.is_some() { Key::WhenItEndsRest } else { Key::WhenItEnds });
    let filled = |key| messages.fill(key, &[("network", network), ("amount", &amount.to_string()), ("coin", amount.currency.as_str())]);
    let memo = address.memo.as_ref().map(|memo| {
        let needed = note(Tone::Bad, None, messages.text(Key::MemoNeeded).into());
        all([to_copy(payment, "memo", messages.text(Key::Memo), memo, Key::CopyMemo), needed])
    });
    let inside = all([
        heading(messages.text(if rest.is_some() { Key::PayRestHeading } else { Key::PayHeading })),
        rest.map(|received| note(Tone::Warn, None, messages.fill(Key::PayRestText, &[("received", &received.to_string())]).into()))
            .unwrap_or_default(),
        sum(payment, &amount, filled(Key::OnNetwork)),
        note(Tone::Warn, None, filled(Key::OnlyThis).into()),
        wallet(payment, filled(Key::QrLabel), filled(Key::QrAddressLabel)),
        to_copy(payment, "address", filled(Key::Address), &address.address, Key::CopyAddress),
        memo.unwrap_or_default(),
        countdown(messages, payment.now, address.expires_at, then),
        waiting(messages.text(Key::Waiting), messages.text(Key::WaitingText)),
        payment.change.map(|change| quiet_button(messages.text(Key::ChangeMethod), change)).unwrap_or_default(),
    ]);
    step("step", inside)
}

/// What to send, on which network, and what one coin of it costs.
fn sum(payment: &Payment, amount: &Money, on_network: String) -> Html {
    let messages = payment.messages;
    let rate = rate(payment.price, &payment.address.amount).map(|price| {
        let coin = amount.currency.as_str();
        messages.fill(Key::RateOf, &[("coin", coin), ("price", &price.to_string())])
    });
    let rate = rate.map(|rate| {
        let rate = el("bdi", &[("dir", Is("ltr"))], [text(rate)]);
        el("p", &[("class", Is("pay-rate"))], [unseen(messages.text(Key::Rate) + " "), rate])
    });
    let network = el("span", &[("class", Is("pay-network"))], [text(on_network)]);
    let sum = el("p", &[], [unseen(messages.text(Key::Amount) + " "), money(amount, Some("amount")), network]);
    let sum = el("div", &[("class", Is("pay-sum"))], [sum, rate.unwrap_or_default()]);
    let copy = copy_button(payment.copying(), &amount.amount.to_string(), Key::CopyAmount, "amount");
    el("div", &[("class", Is("pay-amount"))], [sum, copy])
}

fn to_copy(payment: &Payment, id: &'static str, label: String, value: &str, copy_label: Key) -> Html {
    let label = el("p", &[("class", Is("to-copy-label"))], [text(label)]);
    let shown = [is("to-copy-value"), is(id), is("ltr")];
    let shown = el_with("p", &["class", "id", "dir"], shown, [emphasised(value)]);
    let words = el("div", &[("class", Is("to-copy-words"))], [label, shown]);
    let copy = copy_button(payment.copying(), value, copy_label, id);
    el("div", &[("class", Is("to-copy"))], [words, copy])
}

/// The first and last characters stand out: they are what people compare with their wallet. What is short stands out whole.
fn emphasised(value: &str) -> Html {
    const ENDS: usize = 6;
    let ends = value.char_indices().nth(ENDS).zip(value.char_indices().nth_back(ENDS - 1)).filter(|((first, _), (last, _))| first < last);
    let bold = |part: &str| el("b", &[], [text(part.to_owned())]);
    let Some(((first, _), (last, _))) = ends else { return bold(value) };
    let (start, rest) = value.split_at(first);
    let (middle, end) = rest.split_at(last - first);
    all([bold(start), text(middle.to_owned()), bold(end)])
}
