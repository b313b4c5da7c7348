//! Every state is a page that can be loaded: again, by the browser's back and forward buttons, and from a provider's page. The words
//! are the same afterwards, and whatever the customer does, no second payment is made.

use crate::customer::Customer;
use checkout_shared::event::EventKind;
use checkout_shared::provider::ProviderId;
use checkout_shared::time::Millis;
use checkout_tests::browser::Device;
use checkout_tests::problem::Outcome;
use checkout_tests::sandbox_wallet::WalletAction;
use checkout_tests::simulators::{Fault, FaultKind};
use checkout_tests::stack::{Stack, StackOptions};

crate::stories! {
    customer_reloads_at_each_step: EVERYWHERE,
    customer_reloads_while_choosing_again: PHONE,
    an_order_runs_out_and_is_paid_all_the_same: PHONE,
    customer_goes_back_to_the_shop_and_forward_again: EVERYWHERE,
    customer_goes_back_and_forth_between_the_providers_page_and_ours: EVERYWHERE,
    customer_cancels_on_the_providers_page_and_pays_another_way: PHONE,
}

/// Where a payment is made at the provider.
const CREATE: &str = "/v1/payment/white-label";

async fn customer_reloads_at_each_step(_: &Stack, device: Device) -> Outcome {
    let stack = Stack::start(&StackOptions::named(&format!("browser-reloads-{device}"))).await?;
    let provider = stack.simulator(ProviderId::Oxapay);
    let customer = Customer::comes(&stack, device, "reloads").await?;
    let (browser, page, checkout) = (&customer.browser, customer.page(), customer.checkout());

    customer.buys_beans().await?;
    reload(&customer, "How would you like to pay?").await?;

    provider.lock().arm(Fault::new(FaultKind::HoldBeforeWork, CREATE, 1));
    checkout.press("USDT Tron (TRC-20)").await?;
    provider.until_held(1).await?;
    reload(&customer, "Getting your payment ready").await?;
    customer.picture("2-preparing").await?;
    provider.lock().release(true);

    checkout.wait_for("Send exactly this amount").await?;
    let payment = customer.only_payment().await?;
    reload(&customer, "Send exactly this amount").await?;
    checkout.wait_for(&payment.address).await?;

    changes_their_mind(&customer, &payment.address).await?;

    pays_half(&customer, &payment.address).await?;

    provider.lock().settle_every(Millis::minutes(10));
    page.press("Pay the rest").await?;
    checkout.wait_for("Payment detected").await?;
    reload(&customer, "Payment detected").await?;
    provider.lock().settle_every(Millis(1));
    checkout.wait_for("Payment complete").await?;
    reload(&customer, "Payment complete").await?;
    page.wait_for("Thank you!").await?;

    browser.goto(&checkout.address().await?).await?;
    page.wait_for("Payment complete").await?;
    customer.only_payment().await?;
    customer.leaves().await
}

async fn customer_reloads_while_choosing_again(stack: &Stack, device: Device) -> Outcome {
    const LIST: &str = "Already sent it? Don’t pay again";
    let customer = Customer::comes(stack, device, "reloads-list").await?;
    let (browser, page) = (&customer.browser, customer.page());
    let payment = customer.chooses_tether_on_tron().await?;
    let session = customer.session().await?;
    // The checkout as a page of its own.
    browser.goto(&customer.checkout().address().await?).await?;
    page.wait_for(&payment.address).await?;
    let address = page.address().await?;

    page.press("Pay another way").await?;
    page.wait_for(LIST).await?;
    browser.reload().await?;
    page.wait_for(LIST).await?;
    page.press("Keep the payment I started").await?;
    page.wait_for(&payment.address).await?;
    assert_eq!(page.address().await?, address);
    browser.reload().await?;
    page.wait_for(&payment.address).await?;

    page.press("Pay another way").await?;
    page.wait_for(LIST).await?;
    customer.pays_elsewhere(&session).await?;
    page.wait_for("Payment complete").await?;
    assert_eq!(page.address().await?, address, "the list is not in the way any more");
    customer.only_payment().await?;
    customer.leaves().await
}

async fn pays_half(customer: &Customer<'_>, address: &str) -> Outcome {
    customer.page().press("Pay half").await?;
    reload(customer, "Send what is still missing").await?;
    customer.checkout().wait_for(address).await
}

/// Looks for another way to pay, loads the page again, looks once more, and keeps to the payment there is.
async fn changes_their_mind(customer: &Customer<'_>, address: &str) -> Outcome {
    let checkout = customer.checkout();
    checkout.press("Pay another way").await?;
    checkout.wait_for("Already sent it? Don’t pay again").await?;
    // The shop's page makes its frame anew. Nothing else has been chosen, so the payment that was started stands.
    customer.browser.reload().await?;
    checkout.wait_for(address).await?;
    checkout.press("Pay another way").await?;
    checkout.press("Keep the payment I started").await?;
    checkout.wait_for(address).await
}

/// Loads the shop's page again: the checkout in it says the same.
async fn reload(customer: &Customer<'_>, words: &str) -> Outcome {
    customer.checkout().wait_for(words).await?;
    customer.browser.reload().await?;
    customer.checkout().wait_for(words).await
}

async fn an_order_runs_out_and_is_paid_all_the_same(_: &Stack, device: Device) -> Outcome {
    let mut stack = Stack::start(&StackOptions::named("browser-runs-out")).await?;
    let customer = Customer::comes(&stack, device, "runs-out").await?;
    customer.chooses_tether_on_tron().await?;
    let session = customer.session().await?;
    customer.uses_wallet(&session, WalletAction::Expire).await?;
    customer.checkout().wait_for("The time for the last payment is over").await?;

    // The shop's order tokens are for an hour.
    let browser = customer.browser;
    stack.start_worker_ahead(3_700).await?;
    let customer = Customer::with(&stack, browser, "runs-out");
    let checkout = customer.checkout();
    checkout.wait_for("No payment has arrived.").await?;
    checkout.wait_for("Already sent it? Don’t send again. We keep looking for your payment").await?;
    customer.picture("2-expired").await?;
    reload(&customer, "No payment has arrived.").await?;

    customer.uses_wallet(&session, WalletAction::Late).await?;
    checkout.wait_for("It came after the time was over, and it counts all the same.").await?;
    customer.picture("3-paid").await?;
    reload(&customer, "It came after the time was over, and it counts all the same.").await?;
    assert!(customer.shop_is_told(&session, EventKind::Paid).await?.told()?.data.late);
    // The shop's page lost the checkout's live line and a request or two while the Worker was away.
    customer.leaves_in_trouble().await
}

async fn customer_goes_back_to_the_shop_and_forward_again(stack: &Stack, device: Device) -> Outcome {
    let customer = Customer::comes(stack, device, "back").await?;
    let (browser, page, checkout) = (&customer.browser, customer.page(), customer.checkout());
    let payment = customer.chooses_tether_on_tron().await?;
    let session = customer.session().await?;

    // Once is enough: the checkout puts nothing between itself and the shop.
    browser.back().await?;
    page.wait_for("Huehuetenango").await?;
    browser.forward().await?;
    checkout.wait_for("Send exactly this amount").await?;
    checkout.wait_for(&payment.address).await?;

    browser.back().await?;
    page.wait_for("Huehuetenango").await?;
    customer.pays_elsewhere(&session).await?;
    browser.forward().await?;
    checkout.wait_for("Payment complete").await?;
    page.wait_for("Thank you!").await?;
    customer.only_payment().await?;
    customer.leaves().await
}

async fn customer_goes_back_and_forth_between_the_providers_page_and_ours(stack: &Stack, device: Device) -> Outcome {
    let customer = Customer::comes(stack, device, "forth").await?;
    let (browser, page, checkout) = (&customer.browser, customer.page(), customer.checkout());
    customer.buys_beans().await?;
    checkout.press("Card or PayPal").await?;
    reload(&customer, "Continue on the payment page").await?;

    checkout.press("Open the payment page").await?;
    let shop = browser.follow_new_tab().await?;
    page.wait_for("Simulated: this is not Onecheckout").await?;
    page.press("Pay; the shop takes it later").await?;
    page.wait_for("Payment complete").await?;
    browser.reload().await?;
    page.wait_for("Payment complete").await?;
    browser.back().await?;
    page.wait_for("Simulated: this is not Onecheckout").await?;
    browser.forward().await?;
    page.wait_for("Payment complete").await?;
    customer.picture("2-back-again").await?;

    browser.switch_to(&shop).await?;
    checkout.wait_for("Payment complete").await?;
    reload(&customer, "Payment complete").await?;
    assert_eq!(customer.payments(ProviderId::Onecheckout).await?.len(), 1);
    customer.leaves().await
}

async fn customer_cancels_on_the_providers_page_and_pays_another_way(stack: &Stack, device: Device) -> Outcome {
    let customer = Customer::comes(stack, device, "cancel").await?;
    let (browser, page, checkout) = (&customer.browser, customer.page(), customer.checkout());
    customer.buys_beans().await?;
    checkout.press("Card or PayPal").await?;
    checkout.press("Open the payment page").await?;
    browser.follow_new_tab().await?;
    page.press("Cancel and go back").await?;
    page.wait_for("The last payment was called off. Please choose again.").await?;
    customer.picture("2-called-off").await?;
    page.press("USDT Tron (TRC-20)").await?;
    page.wait_for("Send exactly this amount").await?;
    customer.pays_elsewhere(&customer.session().await?).await?;
    page.wait_for("Payment complete").await?;
    customer.leaves().await
}
