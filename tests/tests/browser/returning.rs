//! The way back to the shop from a checkout that is a page of its own: by itself after a while, unless the customer is still busy there.

use crate::customer::Customer;
use checkout_tests::browser::Device;
use checkout_tests::problem::Outcome;
use checkout_tests::stack::Stack;
use serde_json::json;
use std::time::Duration;
use tokio::time::sleep;

crate::stories! {
    customer_has_paid_and_is_taken_back_to_the_shop: PHONE,
    customer_has_paid_and_stays: DESKTOP,
}

const TAKEN_BACK: &str = "You will be taken back to Corner Café in";

async fn pays(customer: &Customer<'_>) -> Outcome {
    let session = customer.follows_link().await?;
    customer.page().press("USDT Tron (TRC-20)").await?;
    customer.page().wait_for("Send exactly this amount").await?;
    customer.pays_elsewhere(&session).await?;
    customer.page().wait_for(TAKEN_BACK).await
}

async fn customer_has_paid_and_is_taken_back_to_the_shop(stack: &Stack, device: Device) -> Outcome {
    let customer = Customer::comes(stack, device, "taken-back").await?;
    pays(&customer).await?;
    customer.picture("1-paid").await?;
    customer.page().wait_for("Huehuetenango").await?;
    assert_eq!(customer.browser.url().await?, format!("{}/?thanks", stack.storefront_url()));

    // Whoever goes back to the checkout wants to be there.
    customer.browser.back().await?;
    customer.page().wait_for("Payment complete").await?;
    let text = customer.page().text().await?;
    assert!(!text.contains(TAKEN_BACK), "{text}");
    customer.leaves().await
}

async fn customer_has_paid_and_stays(stack: &Stack, device: Device) -> Outcome {
    let customer = Customer::comes(stack, device, "stays").await?;
    let (browser, page) = (&customer.browser, customer.page());
    pays(&customer).await?;
    page.press("Stay on this page").await?;
    page.wait_for("You stay on this page.").await?;
    customer.picture("2-stays").await?;

    // Nor is anybody taken away who finds it paid, and comes back from another app.
    browser.reload().await?;
    page.wait_for("Payment complete").await?;
    browser.hide().await?;
    browser.show().await?;
    // What is cut off are new requests, not the socket: an answer that is still on its way would be news from the network.
    sleep(Duration::from_secs(2)).await;
    browser.set_online(false).await?;
    page.wait_for("You are offline.").await?;
    browser.set_online(true).await?;
    page.wait_for("You are online again.").await?;
    let text = page.text().await?;
    assert!(!text.contains(TAKEN_BACK), "{text}");

    // On paper it is a receipt, and nothing on it is to be pressed.
    browser.cdp("Emulation.setEmulatedMedia", &json!({ "media": "print" })).await?;
    customer.picture("3-receipt").await?;
    let printed = page.text().await?;
    for said in ["Receipt", "Corner Café", "18.90 USD", "LINK-stays", "USDT on Tron (TRC-20)"] {
        assert!(printed.contains(said), "{said} is not on {printed}");
    }
    for pressed in ["Copy", "Back to", "Save or print"] {
        assert!(!printed.contains(pressed), "{pressed} is on {printed}");
    }
    browser.cdp("Emulation.setEmulatedMedia", &json!({ "media": "" })).await?;
    page.press("Back to Corner Café").await?;
    page.wait_for("Huehuetenango").await?;
    customer.leaves().await
}
