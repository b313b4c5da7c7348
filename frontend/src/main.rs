//! The browser's entry: reads what the edge put into the page, puts the session's own path into the address bar, and starts the widget.
//!
//! The page itself is `index.html` at the workspace root.

use checkout_widget::messages::Messages;
use checkout_widget::{Checkout, CheckoutProps, PageData, json};
use wasm_bindgen::JsValue;
use web_sys::{Document, Window};

/// Smaller than the one that comes with Rust.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

fn main() {
    let Some(window) = web_sys::window() else { return };
    let Some(document) = window.document() else { return };
    let Some(root) = document.get_element_by_id("checkout") else { return };
    // Without words there is nothing to say; what the page itself says stays.
    let Some(messages) = text_of(&document, "checkout-messages").and_then(|list| Messages::parse(&list)) else { return };
    // Nothing if the page did not come through the edge.
    let data: PageData = text_of(&document, "checkout-data").and_then(|text| json::decode(&text)).unwrap_or_default();
    keep_page_in_address_bar(&window, &data);
    mark_as_framed(&window, &document);
    yew::Renderer::<Checkout>::with_root_and_props(root, CheckoutProps { data, messages }).render();
}

/// What the edge put into a slot of the page.
fn text_of(document: &Document, slot: &str) -> Option<String> {
    document.get_element_by_id(slot)?.text_content()
}

/// A reload asks for the session, not once more for the order token, which is short-lived and long; and for the same language.
fn keep_page_in_address_bar(window: &Window, data: &PageData) {
    let Some(path) = data.address() else { return };
    if let Ok(history) = window.history() {
        // Refused only for another origin's path; then the address stays as it was.
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&path));
    }
}

/// In a frame the shop's page is the surroundings: no margins of our own (`checkout.css`).
fn mark_as_framed(window: &Window, document: &Document) {
    let is_framed = window.parent().ok().flatten().is_some_and(|parent| parent != *window);
    if let Some(html) = document.document_element().filter(|_| is_framed) {
        let _ = html.class_list().add_1("framed");
    }
}
