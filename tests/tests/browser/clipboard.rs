//! Copying address and amount: exactly what the wallet needs is on the clipboard, and where the browser refuses it the customer is told
//! what to do.

use crate::customer::Customer;
use checkout_tests::browser::Device;
use checkout_tests::problem::Outcome;
use checkout_tests::stack::Stack;

crate::stories! {
    customer_copies_address_and_amount: EVERYWHERE,
    customer_is_refused_the_clipboard: PHONE,
}

async fn customer_copies_address_and_amount(stack: &Stack, device: Device) -> Outcome {
    let customer = Customer::comes(stack, device, "copy").await?;
    let (browser, checkout) = (&customer.browser, customer.checkout());
    let payment = customer.chooses_tether_on_tron().await?;
    browser.allow_copying(true).await?;

    checkout.press("Copy address").await?;
    checkout.wait_for("Copied").await?;
    customer.picture("2-copied").await?;
    assert_eq!(browser.clipboard().await?, payment.address);
    checkout.press("Copy amount").await?;
    let amount = payment.pay_amount.to_string();
    customer.has_on_the_clipboard(&amount).await?;
    customer.leaves().await
}

async fn customer_is_refused_the_clipboard(stack: &Stack, device: Device) -> Outcome {
    let customer = Customer::comes(stack, device, "no-copy").await?;
    let (browser, checkout) = (&customer.browser, customer.checkout());
    let payment = customer.chooses_tether_on_tron().await?;
    let amount = payment.pay_amount.to_string();
    browser.allow_copying(false).await?;

    // What the new way is refused the old way may do.
    checkout.press("Copy address").await?;
    checkout.wait_for("Copied").await?;
    customer.has_on_the_clipboard(&payment.address).await?;

    checkout.evaluate("document.execCommand = () => false").await?;
    checkout.press("Copy amount").await?;
    checkout.wait_for("Your browser did not allow copying. The text is selected: copy it yourself.").await?;
    customer.has_selected(&amount).await?;
    customer.picture("2-selected").await?;
    checkout.press("Copy address").await?;
    customer.has_selected(&payment.address).await?;
    assert_eq!(browser.clipboard().await?, payment.address, "what was refused is not there");
    customer.leaves().await
}
