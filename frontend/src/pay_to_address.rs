//! Paying to an address: amount, address and what to mind. Also the rest of an amount of which some has arrived. The QR code and the way
//! into a wallet are `wallet.rs`'s.

use crate::copy_button::CopyButton;
use crate::countdown::countdown;
use crate::messages::{Key, Messages};
use crate::pieces::{Tone, Way, heading, money, note, quiet_button, step, unseen, waiting};
use crate::rate::rate;
use crate::state::Action;
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
    /// What the customer does.
    pub on_action: &'a Callback<Action>,
    /// Leads to another method. None once money has arrived: the rest goes to the same address.
    pub change: Option<Way<'a>>,
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
    let inside = html! {
        <>
            { heading(messages.text(if rest.is_some() { Key::PayRestHeading } else { Key::PayHeading })) }
            if let Some(received) = rest {
                { note(Tone::Warn, None, messages.fill(Key::PayRestText, &[("received", &received.to_string())]).into()) }
            }
            { sum(payment, &amount, filled(Key::OnNetwork)) }
            { note(Tone::Warn, None, filled(Key::OnlyThis).into()) }
            { wallet(payment, filled(Key::QrLabel), filled(Key::QrAddressLabel)) }
            { to_copy(messages, "address", filled(Key::Address), &address.address, Key::CopyAddress) }
            if let Some(memo) = &address.memo {
                { to_copy(messages, "memo", messages.text(Key::Memo), memo, Key::CopyMemo) }
                { note(Tone::Bad, None, messages.text(Key::MemoNeeded).into()) }
            }
            { countdown(messages, payment.now, address.expires_at, then) }
            { waiting(messages.text(Key::Waiting), messages.text(Key::WaitingText)) }
            { for payment.change.map(|change| quiet_button(messages.text(Key::ChangeMethod), change)) }
        </>
    };
    step("step", inside)
}

/// What to send, on which network, and what one coin of it costs.
fn sum(payment: &Payment, amount: &Money, on_network: String) -> Html {
    let messages = payment.messages;
    let rate = rate(payment.price, &payment.address.amount).map(|price| {
        let coin = amount.currency.as_str();
        messages.fill(Key::RateOf, &[("coin", coin), ("price", &price.to_string())])
    });
    html! {
        <div class="pay-amount">
            <div class="pay-sum">
                <p>
                    { unseen(messages.text(Key::Amount)) }
                    { money(amount, Some("amount")) }
                    <span class="pay-network">{ on_network }</span>
                </p>
                if let Some(rate) = rate {
                    <p class="pay-rate">{ unseen(messages.text(Key::Rate)) }<bdi dir="ltr">{ rate }</bdi></p>
                }
            </div>
            <CopyButton messages={messages.clone()} value={amount.amount.to_string()} label={messages.text(Key::CopyAmount)} shown_in="amount" />
        </div>
    }
}

fn to_copy(messages: &Messages, id: &'static str, label: String, value: &str, copy_label: Key) -> Html {
    html! {
        <div class="to-copy">
            <div class="to-copy-words">
                <p class="to-copy-label">{ label }</p>
                <p class="to-copy-value" {id} dir="ltr">{ emphasised(value) }</p>
            </div>
            <CopyButton messages={messages.clone()} value={value.to_owned()} label={messages.text(copy_label)} shown_in={id} />
        </div>
    }
}

/// The first and last characters stand out: they are what people compare with their wallet. What is short stands out whole.
fn emphasised(value: &str) -> Html {
    const ENDS: usize = 6;
    let ends = value.char_indices().nth(ENDS).zip(value.char_indices().nth_back(ENDS - 1)).filter(|((first, _), (last, _))| first < last);
    let Some(((first, _), (last, _))) = ends else { return html! { <b>{ value.to_owned() }</b> } };
    let (start, rest) = value.split_at(first);
    let (middle, end) = rest.split_at(last - first);
    html! { <><b>{ start.to_owned() }</b>{ middle.to_owned() }<b>{ end.to_owned() }</b></> }
}
