//! Paying to an address: amount, QR code, address and what to mind. Also the rest of an amount of which some has arrived.

use crate::copy_button::CopyButton;
use crate::countdown::countdown;
use crate::messages::{Key, Messages};
use crate::pieces::{Tone, Way, heading, money, note, quiet_button, step, waiting};
use crate::qr::Qr;
use checkout_shared::money::Money;
use checkout_shared::session::Address;
use checkout_shared::time::Timestamp;
use yew::prelude::*;

/// Where to, how much, until when.
pub struct Payment<'a> {
    /// The words.
    pub messages: &'a Messages,
    /// Where to send, and the whole amount.
    pub address: &'a Address,
    /// What is still due, when some has arrived.
    pub due: Option<&'a Money>,
    /// What has arrived.
    pub received: Option<&'a Money>,
    /// The edge's time.
    pub now: Timestamp,
    /// Leads to another method. None once money has arrived: the rest goes to the same address.
    pub change: Option<Way<'a>>,
}

/// Amount, QR code, address.
pub fn pay_to_address(payment: &Payment) -> Html {
    let (messages, address) = (payment.messages, payment.address);
    let network = address.network.label();
    let amount = payment.due.unwrap_or(&address.amount);
    let rest = payment.due.and(payment.received);
    let then = messages.text(if rest.is_some() { Key::WhenItEndsRest } else { Key::WhenItEnds });
    let filled = |key| messages.fill(key, &[("network", network), ("amount", &amount.to_string()), ("coin", amount.currency.as_str())]);
    let inside = html! {
        <>
            { heading(messages.text(if rest.is_some() { Key::PayRestHeading } else { Key::PayHeading })) }
            if let Some(received) = rest {
                { note(Tone::Warn, None, messages.fill(Key::PayRestText, &[("received", &received.to_string())]).into()) }
            }
            <div class="pay-amount">
                <p class="pay-sum">
                    <span class="unseen">{ messages.text(Key::Amount) }{ " " }</span>
                    { money(amount, Some("amount")) }
                    <span class="pay-network">{ filled(Key::OnNetwork) }</span>
                </p>
                <CopyButton messages={messages.clone()} value={amount.amount.to_string()} label={messages.text(Key::CopyAmount)} shown_in="amount" />
            </div>
            <figure class="pay-qr">
                <Qr text={address.payment_uri.clone()} label={filled(Key::QrLabel)} />
                <figcaption>{ messages.text(Key::QrHint) }</figcaption>
            </figure>
            { to_copy(messages, "address", filled(Key::Address), &address.address, Key::CopyAddress) }
            if let Some(memo) = &address.memo {
                { to_copy(messages, "memo", messages.text(Key::Memo), memo, Key::CopyMemo) }
                { note(Tone::Bad, None, messages.text(Key::MemoNeeded).into()) }
            }
            { countdown(messages, payment.now, address.expires_at, then) }
            { note(Tone::Warn, None, filled(Key::OnlyThis).into()) }
            { waiting(messages.text(Key::Waiting), messages.text(Key::WaitingText)) }
            { for payment.change.map(|change| quiet_button(messages.text(Key::ChangeMethod), change)) }
        </>
    };
    step("step", inside)
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

/// The first and last characters stand out: they are what people compare with their wallet.
fn emphasised(value: &str) -> Html {
    const ENDS: usize = 6;
    let ends = value.char_indices().nth(ENDS).zip(value.char_indices().nth_back(ENDS - 1)).filter(|((first, _), (last, _))| first < last);
    let Some(((first, _), (last, _))) = ends else { return Html::from(value.to_owned()) };
    let (start, rest) = value.split_at(first);
    let (middle, end) = rest.split_at(last - first);
    html! { <><b>{ start.to_owned() }</b>{ middle.to_owned() }<b>{ end.to_owned() }</b></> }
}
