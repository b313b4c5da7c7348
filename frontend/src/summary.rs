//! The head of the page: who is paid, for what, how much. It stays while the steps below it change.

use crate::element::{Is, el, text};
use crate::messages::{Key, Messages};
use crate::pieces::money;
use checkout_shared::order::Order;
use yew::Html;

/// The head of the page.
pub fn summary(messages: &Messages, merchant: Option<&str>, order: &Order) -> Html {
    let title = merchant.map_or_else(|| messages.text(Key::Pay), |name| messages.fill(Key::PayMerchant, &[("shop", name)]));
    let purpose = order.description.clone().map(|words| el("p", &[("class", Is("summary-for"))], [el("bdi", &[], [text(words)])]));
    let words = el("div", &[("class", Is("summary-words"))], [el("h1", &[], [text(title)]), purpose.unwrap_or_default()]);
    let price = el("p", &[("class", Is("summary-price"))], [money(&order.price(), None)]);
    el("header", &[("class", Is("summary"))], [words, price])
}
