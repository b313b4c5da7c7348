//! The checkout's own page where scripts run and yet no widget comes: its WASM is lost on the way, as on a line that does not hold. What the
//! edge has painted can be operated, and the page looks for news by loading itself again (`index.html`).

use crate::customer::Customer;
use checkout_shared::provider::ProviderId;
use checkout_tests::browser::{Device, PATIENCE};
use checkout_tests::problem::Outcome;
use checkout_tests::stack::Stack;
use serde_json::json;

crate::stories! {
    customer_pays_though_the_widget_never_comes: EVERYWHERE,
}

async fn customer_pays_though_the_widget_never_comes(stack: &Stack, device: Device) -> Outcome {
    let customer = Customer::comes(stack, device, "no-widget").await?;
    let (browser, page) = (&customer.browser, customer.page());
    browser.cdp("Network.enable", &json!({})).await?;
    browser.cdp("Network.setBlockedURLs", &json!({ "urls": ["*.wasm"] })).await?;
    let session = customer.follows_link().await?;
    page.wait_for("How would you like to pay?").await?;
    page.press("USDT Tron (TRC-20)").await?;
    page.wait_for("Send exactly this amount").await?;
    let payments = stack.simulator(ProviderId::Oxapay).lock().payments(&session);
    assert_eq!(payments.len(), 1, "{payments:?}");
    page.wait_for(&payments[0].address).await?;
    customer.picture("1-awaiting").await?;
    let is_without_widget = "return document.readyState === 'complete' && !('live' in document.getElementById('checkout').dataset)";
    customer.until(|| async move { Ok(page.evaluate(is_without_widget).await? == true) }, "no widget has come").await?;

    // Nobody presses anything from here on. The page waits half a minute between one look and the next.
    page.mark().await?;
    customer.pays_elsewhere(&session).await?;
    page.wait_with(3 * PATIENCE, "Payment complete").await?;
    assert!(!page.is_marked().await?, "the page was loaded again, for there is no widget");
    customer.picture("2-paid").await?;
    assert_eq!(stack.simulator(ProviderId::Oxapay).lock().payments(&session).len(), 1);

    // Away from the pages that ask for it.
    page.press("Back to Corner Café").await?;
    page.wait_for("Huehuetenango").await?;
    let complaints = browser.complaints().await?;
    let (lost, others): (Vec<_>, Vec<_>) = complaints.iter().partition(|complaint| complaint.contains("TypeError: Failed to fetch"));
    assert!(!lost.is_empty() && others.is_empty(), "but for the file that is lost nothing is complained about: {complaints:?}");
    customer.leaves().await
}
