//! The checkout's own page with JavaScript off: everything the customer does is a form or a link, and the page looks for news by loading
//! itself again.

use crate::customer::Customer;
use checkout_shared::provider::ProviderId;
use checkout_tests::browser::Device;
use checkout_tests::problem::Outcome;
use checkout_tests::sandbox_wallet::WalletAction;
use checkout_tests::stack::Stack;

crate::stories! {
    customer_pays_without_javascript: EVERYWHERE,
    customer_pays_by_card_without_javascript: PHONE,
}

/// Whether a QR code is there to be seen.
const SHOWS_QR_CODE: &str = r#"
const box = document.querySelector("figure svg")?.getBoundingClientRect();
return Boolean(box) && box.width >= 100 && box.height >= 100;
"#;

async fn customer_pays_without_javascript(stack: &Stack, device: Device) -> Outcome {
    let customer = Customer::comes(stack, device, "no-script").await?;
    let page = customer.page();
    customer.browser.turn_scripts_off().await?;
    let session = customer.follows_link().await?;
    page.wait_for("How would you like to pay?").await?;
    page.wait_for("18.90").await?;
    page.wait_for("Corner Café").await?;
    customer.picture("1-methods").await?;

    page.press("USDT Tron (TRC-20)").await?;
    page.wait_for("Send exactly this amount").await?;
    let payments = stack.simulator(ProviderId::Oxapay).lock().payments(&session);
    assert_eq!(payments.len(), 1, "{payments:?}");
    for readable in [payments[0].address.as_str(), &payments[0].pay_amount.to_string(), "on Tron (TRC-20)", "Waiting for your payment"] {
        page.wait_for(readable).await?;
    }
    assert_eq!(page.evaluate(SHOWS_QR_CODE).await?, true);
    customer.picture("2-awaiting").await?;

    page.press("Pay another way").await?;
    page.wait_for("Already sent it? Don’t pay again").await?;
    customer.picture("3-changing").await?;
    page.press("Keep the payment I started").await?;
    page.wait_for(&payments[0].address).await?;
    page.press("Pay another way").await?;
    page.press("Litecoin").await?;
    page.wait_for("Send exactly this amount").await?;
    page.wait_for("LTC").await?;

    // Nobody presses anything from here on.
    customer.uses_wallet(&session, WalletAction::Half).await?;
    page.wait_for("Send what is still missing").await?;
    customer.picture("4-rest").await?;
    customer.uses_wallet(&session, WalletAction::Rest).await?;
    page.wait_for("Payment complete").await?;
    page.wait_for("Back to Corner Café").await?;
    customer.picture("5-paid").await?;
    customer.leaves().await
}

async fn customer_pays_by_card_without_javascript(stack: &Stack, device: Device) -> Outcome {
    let customer = Customer::comes(stack, device, "no-script-card").await?;
    let (browser, page) = (&customer.browser, customer.page());
    browser.turn_scripts_off().await?;
    customer.follows_link().await?;
    page.press("Card or PayPal").await?;
    page.press("Open the payment page").await?;
    let checkout = browser.follow_new_tab().await?;
    browser.turn_scripts_off().await?;
    page.press("Pay; the shop takes it later").await?;
    page.wait_for("Payment complete").await?;
    customer.picture("2-back").await?;
    browser.switch_to(&checkout).await?;
    page.wait_for("Payment complete").await?;
    customer.leaves().await
}
