//! The ways into a wallet: a QR code to scan, of the whole payment or of the address alone, and a link that opens a wallet on this device.
//!
//! What they say is the edge's to choose; not every wallet understands every payment link, and all understand an address.

use crate::element::{Is, all, el, el_with, is, text};
use crate::messages::Key;
use crate::pay_to_address::Payment;
use crate::pieces::{Tone, note};
use crate::qr::qr;
use crate::state::Action;
use crate::words::opens_wallet;
use yew::prelude::*;

/// The QR code, the choice of what it holds (where there is one), and the link.
pub fn wallet(payment: &Payment, label: String, bare_label: String) -> Html {
    let (messages, address) = (payment.messages, payment.address);
    let has_amount = address.payment_uri != address.address;
    let is_bare = payment.bare_qr || !has_amount;
    let (code, label) = if is_bare { (&address.address, bare_label) } else { (&address.payment_uri, label) };
    let hint = messages.text(if is_bare { Key::QrAddressHint } else { Key::QrHint });
    let kinds = has_amount.then(|| {
        let legend = el("legend", &[("class", Is("unseen"))], [text(messages.text(Key::QrKind))]);
        let kinds = [legend, kind(payment, Key::QrFull, false), kind(payment, Key::QrAddress, true)];
        el("fieldset", &[("class", Is("kinds scripted"))], kinds)
    });
    let needed = (is_bare && address.memo.is_some()).then(|| note(Tone::Bad, None, messages.text(Key::MemoNeeded).into()));
    let figure = [qr(code, label), el("figcaption", &[], [text(hint)]), needed.unwrap_or_default(), kinds.unwrap_or_default()];
    let open = opens_wallet(&address.payment_uri).then(|| {
        // The whole tab is asked: a frame may not open other programs everywhere. Where no wallet is there, some browsers do nothing, and
        // some put a page of their own over the shop's; one step back, and the checkout stands where it stood. In the frame alone that page
        // would stand in the place of the address, with no way back to be seen; a new tab would stay behind, empty, in all the others.
        let values = [is("button wallet"), is(address.payment_uri.clone()), is("_top")];
        el_with("a", &["class", "href", "target"], values, [text(messages.text(Key::OpenWallet))])
    });
    all([el("figure", &[("class", Is("pay-qr"))], figure), open.unwrap_or_default()])
}

fn kind(payment: &Payment, name: Key, is_bare: bool) -> Html {
    let on_action = payment.on_action.clone();
    let onchange = move |_: Event| on_action.emit(Action::ShowBareQr(is_bare));
    html! { <label><input type="radio" name="qr" checked={payment.bare_qr == is_bare} {onchange} /><span>{ payment.messages.text(name) }</span></label> }
}
