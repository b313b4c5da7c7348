//! Paying on a provider's page: cards, and more coins.

use crate::customer::Customer;
use checkout_tests::browser::Device;
use checkout_tests::problem::Outcome;
use checkout_tests::stack::Stack;

crate::stories! {
    customer_pays_by_card_on_the_providers_page_and_is_brought_back: EVERYWHERE,
    customer_pays_more_coins_on_the_providers_page_and_is_brought_back: DESKTOP,
}

async fn customer_pays_by_card_on_the_providers_page_and_is_brought_back(stack: &Stack, device: Device) -> Outcome {
    let customer = Customer::comes(stack, device, "card").await?;
    let (browser, page, checkout) = (&customer.browser, customer.page(), customer.checkout());
    customer.buys_beans().await?;
    checkout.press("Card or PayPal").await?;
    checkout.wait_for("Continue on the payment page").await?;
    customer.picture("2-continue").await?;

    checkout.press("Open the payment page").await?;
    let shop = browser.follow_new_tab().await?;
    page.wait_for("Simulated: this is not Onecheckout").await?;
    page.wait_for("18.9").await?;
    customer.picture("3-provider").await?;
    page.press("Pay; the shop takes it later").await?;
    page.wait_for("Payment complete").await?;
    assert!(browser.url().await?.starts_with(&stack.worker_url()), "back on the checkout's own page");
    customer.picture("4-back").await?;

    browser.switch_to(&shop).await?;
    checkout.wait_for("Payment complete").await?;
    page.wait_for("Thank you!").await?;
    customer.leaves().await
}

async fn customer_pays_more_coins_on_the_providers_page_and_is_brought_back(stack: &Stack, device: Device) -> Outcome {
    let customer = Customer::comes(stack, device, "coins").await?;
    let (browser, page, checkout) = (&customer.browser, customer.page(), customer.checkout());
    customer.buys_beans().await?;
    checkout.press("More coins").await?;
    checkout.press("Open the payment page").await?;
    let shop = browser.follow_new_tab().await?;
    page.wait_for("Simulated: this is not OkiPays").await?;
    page.press("Pay half").await?;
    customer.picture("2-provider-half").await?;
    let provider = browser.url().await?;
    browser.switch_to(&shop).await?;
    checkout.wait_for("Pay what is still missing").await?;
    customer.picture("3-half").await?;
    browser.open_tab().await?;
    browser.goto(&provider).await?;
    page.press("Pay the rest").await?;
    page.wait_for("Payment complete").await?;
    browser.switch_to(&shop).await?;
    checkout.wait_for("Payment complete").await?;
    customer.picture("4-paid").await?;
    customer.leaves().await
}
