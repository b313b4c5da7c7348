//! The head of the page: who is paid, for what, how much. It stays while the steps below it change.

use crate::element::{Is, el, el_with, is, text};
use crate::messages::{Key, Messages};
use crate::pieces::money;
use checkout_shared::session::{SessionView, Status};
use std::rc::Rc;
use yew::Html;

/// The head of the page. The shop's sign says nothing that its name does not.
pub fn summary(messages: &Messages, merchant: Option<&str>, logo: Option<&Rc<str>>, view: &SessionView) -> Html {
    let order = &view.order;
    let title = match merchant {
        None => messages.text(Key::Pay),
        // What is paid is not to be paid: it stands above the receipt.
        Some(name) if view.status == Status::Paid => name.to_owned(),
        Some(name) => messages.fill(Key::PayMerchant, &[("shop", name)]),
    };
    let sign = logo.map(|logo| {
        let values = [is("summary-logo"), is(Rc::clone(logo)), is(""), is("40"), is("40")];
        el_with("img", &["class", "src", "alt", "width", "height"], values, [])
    });
    let purpose = order.description.clone().map(|words| el("p", &[("class", Is("summary-for"))], [el("bdi", &[], [text(words)])]));
    let words = el("div", &[("class", Is("summary-words"))], [el("h1", &[], [text(title)]), purpose.unwrap_or_default()]);
    let price = el("p", &[("class", Is("summary-price"))], [money(&order.price(), None)]);
    el("header", &[("class", Is("summary"))], [sign.unwrap_or_default(), words, price])
}
