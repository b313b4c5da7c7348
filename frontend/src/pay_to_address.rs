//! Paying to an address: amount, QR code, address and what to mind. Also the rest of an amount of which some has arrived.

use crate::copy_button::CopyButton;
use crate::countdown::countdown;
use crate::messages;
use crate::pieces::{Tone, heading, money, note, quiet_button, step, waiting};
use crate::qr::Qr;
use crate::words::fill;
use checkout_shared::money::Money;
use checkout_shared::session::Address;
use checkout_shared::time::Timestamp;
use yew::prelude::*;

/// Where to, how much, until when.
pub struct Payment<'a> {
    /// Where to send, and the whole amount.
    pub address: &'a Address,
    /// What is still due, when some has arrived.
    pub due: Option<&'a Money>,
    /// What has arrived.
    pub received: Option<&'a Money>,
    /// The edge's time.
    pub now: Timestamp,
    /// The customer wants another method. None once money has arrived: the rest goes to the same address.
    pub on_change: Option<&'a Callback<MouseEvent>>,
}

/// Amount, QR code, address.
pub fn pay_to_address(payment: &Payment) -> Html {
    let address = payment.address;
    let network = address.network.label();
    let amount = payment.due.unwrap_or(&address.amount);
    let rest = payment.due.and(payment.received);
    let then = if rest.is_some() { messages::WHEN_IT_ENDS_REST } else { messages::WHEN_IT_ENDS };
    let filled = |template| fill(template, &[("network", network), ("amount", &amount.to_string()), ("coin", amount.currency.as_str())]);
    let inside = html! {
        <>
            { heading(if rest.is_some() { messages::PAY_REST_HEADING } else { messages::PAY_HEADING }) }
            if let Some(received) = rest {
                { note(Tone::Warn, None, fill(messages::PAY_REST_TEXT, &[("received", &received.to_string())]).into()) }
            }
            <div class="pay-amount">
                <p class="pay-sum">
                    <span class="unseen">{ messages::AMOUNT }{ " " }</span>
                    { money(amount, Some("amount")) }
                    <span class="pay-network">{ filled(messages::ON_NETWORK) }</span>
                </p>
                <CopyButton value={amount.amount.to_string()} label={messages::COPY_AMOUNT} shown_in="amount" />
            </div>
            <figure class="pay-qr">
                <Qr text={address.payment_uri.clone()} label={filled(messages::QR_LABEL)} />
                <figcaption>{ messages::QR_HINT }</figcaption>
            </figure>
            { to_copy("address", filled(messages::ADDRESS), &address.address, messages::COPY_ADDRESS) }
            if let Some(memo) = &address.memo {
                { to_copy("memo", messages::MEMO.to_owned(), memo, messages::COPY_MEMO) }
                { note(Tone::Bad, None, messages::MEMO_NEEDED.into()) }
            }
            { countdown(payment.now, address.expires_at, then) }
            { note(Tone::Warn, None, filled(messages::ONLY_THIS).into()) }
            { waiting(messages::WAITING, messages::WAITING_TEXT) }
            { for payment.on_change.map(|on_change| quiet_button(messages::CHANGE_METHOD, on_change)) }
        </>
    };
    step("step", inside)
}

fn to_copy(id: &'static str, label: String, value: &str, copy_label: &'static str) -> Html {
    html! {
        <div class="to-copy">
            <div class="to-copy-words">
                <p class="to-copy-label">{ label }</p>
                <p class="to-copy-value" {id} dir="ltr">{ emphasised(value) }</p>
            </div>
            <CopyButton value={value.to_owned()} label={copy_label} shown_in={id} />
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
