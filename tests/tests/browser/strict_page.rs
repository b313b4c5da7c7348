//! The strictest page a shop can have: no script but its own and the loader, none made of text, a process to itself, and nothing embedded
//! that has not agreed to it.

use crate::customer::Customer;
use checkout_tests::browser::Device;
use checkout_tests::problem::Outcome;
use checkout_tests::stack::Stack;

crate::stories! {
    customer_pays_on_a_page_with_the_strictest_policies: EVERYWHERE,
}

async fn customer_pays_on_a_page_with_the_strictest_policies(stack: &Stack, device: Device) -> Outcome {
    let customer = Customer::comes(stack, device, "strict").await?;
    let (browser, page, checkout) = (&customer.browser, customer.page(), customer.checkout());
    customer.orders_beans().await?;
    let order = browser.url().await?;
    browser.goto(&order.replacen("/checkout?", "/strict?", 1)).await?;
    assert_eq!(page.evaluate("return crossOriginIsolated").await?, true, "the page is not as strict as it means to be");
    let refused = page.evaluate("try { document.body.innerHTML = '<p>made of text</p>' } catch (error) { return error.name }").await?;
    assert_eq!(refused, "TypeError", "the page is not as strict as it means to be");
    // That was complained about, and heard; nothing else was.
    let heard = browser.complaints().await?;
    assert!(!heard.is_empty() && heard.iter().all(|complaint| complaint.contains("TrustedHTML")), "{heard:?}");

    checkout.wait_for("How would you like to pay?").await?;
    checkout.press("USDT Tron (TRC-20)").await?;
    checkout.wait_for("Send exactly this amount").await?;
    customer.picture("2-awaiting").await?;
    page.press("Pay exactly").await?;
    checkout.wait_for("Payment complete").await?;
    page.wait_for("Thank you!").await?;
    customer.picture("3-paid").await?;
    customer.leaves().await
}
