//! What happens to phones: no network, a machine of ours that dies, a screen that goes dark, a switch to the wallet's app. The page says
//! so where it knows, is never blank, and catches up at once with what happened meanwhile.

use crate::customer::Customer;
use checkout_tests::browser::Device;
use checkout_tests::problem::Outcome;
use checkout_tests::sandbox_wallet::WalletAction;
use checkout_tests::stack::{Stack, StackOptions};

crate::stories! {
    the_worker_dies_while_the_customer_pays: EVERYWHERE,
    customer_goes_offline_and_pays_meanwhile: EVERYWHERE,
    the_phone_sleeps_while_the_money_comes: PHONE,
    customer_turns_to_the_wallet_app_and_back: PHONE,
}

const OFFLINE: &str = "You are offline. Nothing you have sent is lost";
/// Whoever has a network is not told that they have none.
const TROUBLED: &str = "We can’t check right now. Nothing you have sent is lost; this page keeps trying.";

async fn customer_goes_offline_and_pays_meanwhile(_: &Stack, device: Device) -> Outcome {
    let stack = Stack::start(&StackOptions { customers_line: true, ..StackOptions::named(&format!("browser-offline-{device}")) }).await?;
    let customer = Customer::comes(&stack, device, "offline").await?;
    let (browser, page, checkout) = (&customer.browser, customer.page(), customer.checkout());
    let payment = customer.chooses_tether_on_tron().await?;
    let session = customer.session().await?;

    // The browser is told, and its sockets, which it does not cut by itself, are cut.
    browser.set_online(false).await?;
    stack.set_customers_online(false);
    checkout.wait_for(OFFLINE).await?;
    customer.picture("2-offline").await?;
    customer.pays_elsewhere(&session).await?;
    // Where to pay is still there to be read: a wallet on another phone may be online.
    let text = checkout.text().await?;
    assert!(text.contains(&payment.address) && text.contains(OFFLINE), "{text}");

    checkout.forget_requests().await?;
    stack.set_customers_online(true);
    browser.set_online(true).await?;
    checkout.wait_for("Payment complete").await?;
    page.wait_for("Thank you!").await?;
    let asked = checkout.requests().await?;
    assert!(asked <= 1, "one round trip brings it all, not {asked}");
    customer.picture("3-paid").await?;
    customer.only_payment().await?;
    customer.leaves_in_trouble().await
}

async fn the_worker_dies_while_the_customer_pays(_: &Stack, device: Device) -> Outcome {
    let mut stack = Stack::start(&StackOptions::named(&format!("browser-restart-{device}"))).await?;
    let customer = Customer::comes(&stack, device, "restart").await?;
    let payment = customer.chooses_tether_on_tron().await?;
    let session = customer.session().await?;

    let browser = customer.browser;
    stack.stop_worker().await;
    let customer = Customer::with(&stack, browser, "restart");
    customer.checkout().wait_for(TROUBLED).await?;
    customer.checkout().wait_for(&payment.address).await?;
    assert!(!customer.checkout().text().await?.contains("You are offline"));
    customer.picture("2-nobody-there").await?;
    customer.uses_wallet(&session, WalletAction::Exact).await?;

    let browser = customer.browser;
    stack.start_worker().await?;
    let customer = Customer::with(&stack, browser, "restart");
    customer.checkout().wait_for("Payment complete").await?;
    customer.page().wait_for("Thank you!").await?;
    customer.picture("3-paid").await?;
    let text = customer.checkout().text().await?;
    assert!(!text.contains(TROUBLED), "{text}");
    customer.only_payment().await?;
    customer.leaves_in_trouble().await
}

async fn the_phone_sleeps_while_the_money_comes(stack: &Stack, device: Device) -> Outcome {
    let customer = Customer::comes(stack, device, "sleep").await?;
    let (browser, page, checkout) = (&customer.browser, customer.page(), customer.checkout());
    customer.chooses_tether_on_tron().await?;
    let session = customer.session().await?;
    checkout.mark().await?;

    browser.hide().await?;
    browser.sleep().await?;
    customer.pays_elsewhere(&session).await?;
    browser.wake().await?;
    browser.show().await?;
    checkout.wait_for("Payment complete").await?;
    page.wait_for("Thank you!").await?;
    assert!(checkout.is_marked().await?, "the page was loaded again, so nothing was shown");
    customer.picture("2-awake").await?;
    customer.only_payment().await?;
    customer.leaves().await
}

async fn customer_turns_to_the_wallet_app_and_back(stack: &Stack, device: Device) -> Outcome {
    let customer = Customer::comes(stack, device, "wallet-app").await?;
    let (browser, page, checkout) = (&customer.browser, customer.page(), customer.checkout());
    customer.chooses_tether_on_tron().await?;
    let session = customer.session().await?;
    checkout.mark().await?;

    for round in 0..2 {
        browser.hide().await?;
        assert_eq!(checkout.evaluate("return document.visibilityState").await?, "hidden");
        if round == 1 {
            customer.pays_elsewhere(&session).await?;
        }
        browser.show().await?;
        assert_eq!(checkout.evaluate("return document.visibilityState").await?, "visible");
        checkout.wait_for(if round == 0 { "Waiting for your payment" } else { "Payment complete" }).await?;
    }
    page.wait_for("Thank you!").await?;
    assert!(checkout.is_marked().await?, "the page was loaded again, so nothing was shown");
    customer.only_payment().await?;
    customer.leaves().await
}
