//! The browser's entry: reads what the edge put into the page, and lets the widget take over from what the edge has painted.
//!
//! The page itself is `index.html` at the workspace root.

use checkout_widget::messages::Messages;
use checkout_widget::{Checkout, CheckoutProps, PageData, json};
use gloo_timers::callback::Timeout;
use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlElement};

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
    // In a task of its own, so that a slow phone can answer its customer in between.
    Timeout::new(0, move || take_over(document, root, CheckoutProps { data: data.into(), messages })).forget();
}

fn take_over(document: Document, root: Element, props: CheckoutProps) {
    // A choice made before there was a widget is on its way, and this page is about to be another.
    if document.query_selector(".sent").is_ok_and(|sent| sent.is_some()) {
        return;
    }
    let focused = document.active_element().and_then(|element| selector_of(&element));
    let opened = details(&root);
    // From here on the page is kept live (`index.html`). Refused, it loads itself again.
    let _ = root.set_attribute("data-live", "");
    let painted = root.clone();
    yew::Renderer::<Checkout>::with_root_and_props(root, props).render();
    // After the first rendering, which is queued: what stood in the page is gone then, and its like stands there.
    wasm_bindgen_futures::spawn_local(async move {
        // What the customer has opened or closed stays so: nothing moves under the finger.
        for (before, after) in opened.iter().zip(details(&painted)) {
            let _ = after.toggle_attribute_with_force("open", before.has_attribute("open"));
        }
        let again = focused.and_then(|selector| document.query_selector(&selector).ok()?);
        if let Some(element) = again {
            // Whatever had it can have it again. Refused, nothing has it.
            let _ = element.unchecked_into::<HtmlElement>().focus();
        }
    });
}

/// What can be opened in the page.
fn details(root: &Element) -> Vec<Element> {
    let found = root.get_elements_by_tag_name("details");
    (0..found.length()).filter_map(|at| found.item(at)).collect()
}

/// How to find an element's like in another rendering: by the first thing that tells it from the others.
fn selector_of(element: &Element) -> Option<String> {
    let told = |name: &str| Some(["[", name, "=\"", &element.get_attribute(name)?, "\"]"].concat());
    ["id", "value", "aria-label", "href"].into_iter().find_map(told)
}

/// What the edge put into a slot of the page.
fn text_of(document: &Document, slot: &str) -> Option<String> {
    document.get_element_by_id(slot)?.text_content()
}
