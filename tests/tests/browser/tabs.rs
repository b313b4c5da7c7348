//! One order in several tabs.

use crate::customer::Customer;
use checkout_tests::browser::Device;
use checkout_tests::problem::Outcome;
use checkout_tests::stack::Stack;

crate::stories! {
    two_tabs_of_one_order_show_the_same: EVERYWHERE,
}

async fn two_tabs_of_one_order_show_the_same(stack: &Stack, device: Device) -> Outcome {
    let customer = Customer::comes(stack, device, "tabs").await?;
    let (browser, page, checkout) = (&customer.browser, customer.page(), customer.checkout());
    let payment = customer.chooses_tether_on_tron().await?;

    let checkout_page = browser.url().await?;
    let first = browser.open_tab().await?;
    browser.goto(&checkout_page).await?;
    checkout.wait_for(&payment.address).await?;
    customer.picture("2-second").await?;
    page.press("Pay exactly").await?;
    checkout.wait_for("Payment detected").await?;
    browser.switch_to(&first).await?;
    checkout.wait_for("Payment detected").await?;
    checkout.wait_for("Payment complete").await?;

    customer.only_payment().await?;
    customer.leaves().await
}
