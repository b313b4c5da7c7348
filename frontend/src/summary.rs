//! The head of the page: who is paid, for what, how much. It stays while the steps below it change.

use crate::messages::{Key, Messages};
use crate::pieces::money;
use checkout_shared::order::Order;
use std::rc::Rc;
use yew::prelude::*;

/// The head of the page. The shop's sign says nothing that its name does not.
pub fn summary(messages: &Messages, merchant: Option<&str>, logo: Option<&Rc<str>>, order: &Order) -> Html {
    let title = merchant.map_or_else(|| messages.text(Key::Pay), |name| messages.fill(Key::PayMerchant, &[("shop", name)]));
    html! {
        <header class="summary">
            if let Some(logo) = logo {
                <img class="summary-logo" src={Rc::clone(logo)} alt="" width="40" height="40" />
            }
            <div class="summary-words">
                <h1>{ title }</h1>
                if let Some(description) = &order.description {
                    <p class="summary-for"><bdi>{ description.clone() }</bdi></p>
                }
            </div>
            <p class="summary-price">{ money(&order.price(), None) }</p>
        </header>
    }
}
