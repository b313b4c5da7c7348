//! Paying coins to an address on our page: exactly, in two parts, too much of another coin after the time was over, late, and a coin
//! that the shop has priced.

use crate::customer::Customer;
use checkout_shared::event::EventKind;
use checkout_shared::provider::ProviderId;
use checkout_shared::time::Millis;
use checkout_tests::browser::Device;
use checkout_tests::problem::Outcome;
use checkout_tests::simulators::PaymentSummary;
use checkout_tests::stack::{Stack, StackOptions};
use rust_decimal::Decimal;
use serde_json::Value;

crate::stories! {
    customer_pays_exactly_and_sees_every_state_without_a_reload: EVERYWHERE,
    customer_pays_late_and_the_shop_is_told: EVERYWHERE,
    customer_pays_half_reloads_and_pays_the_rest: EVERYWHERE,
    customer_lets_it_expire_and_pays_too_much_of_another_coin: EVERYWHERE,
    customer_pays_a_coin_that_the_shop_has_priced: PHONE,
}

async fn customer_pays_exactly_and_sees_every_state_without_a_reload(_: &Stack, device: Device) -> Outcome {
    let stack = Stack::start(&StackOptions::named(&format!("browser-exact-{device}"))).await?;
    // Slower than the provider is asked, so that each confirmation is there to be seen.
    stack.simulator(ProviderId::Oxapay).lock().settle_every(Millis(4_000));
    let customer = Customer::comes(&stack, device, "exact").await?;
    let (page, checkout) = (customer.page(), customer.checkout());

    let payment = customer.chooses_tether_on_tron().await?;
    checkout.mark().await?;
    for readable in [payment.address.as_str(), &payment.pay_amount.to_string(), "USDT", "Tron (TRC-20)", "Waiting for your payment"] {
        checkout.wait_for(readable).await?;
    }
    page.wait_for("Waiting for your payment.").await?;
    customer.picture("2-awaiting").await?;

    page.press("Pay exactly").await?;
    checkout.wait_for("Payment detected").await?;
    page.wait_for("Your payment is on its way.").await?;
    customer.picture("3-detected").await?;
    checkout.wait_for("2 of 4 confirmations").await?;
    customer.picture("4-confirming").await?;
    checkout.wait_for("Payment complete").await?;
    checkout.wait_for("Thank you. Your payment of 18.90 USD has reached Corner Café.").await?;
    page.wait_for("Thank you!").await?;
    customer.picture("5-paid").await?;

    assert!(checkout.is_marked().await?, "the checkout was loaded again on the way");
    the_provider_was_asked_for_the_shops_price(&stack, &payment);
    customer.leaves().await
}

fn the_provider_was_asked_for_the_shops_price(stack: &Stack, payment: &PaymentSummary) {
    let simulator = stack.simulator(ProviderId::Oxapay).lock();
    let creations: Vec<_> = simulator.requests().iter().filter(|request| request.method == "POST").collect();
    assert_eq!(creations.len(), 1, "one payment was made: {creations:?}");
    assert_eq!(creations[0].path, "/v1/payment/white-label");
    let body: Value = serde_json::from_str(&creations[0].body).expect("a JSON body");
    assert_eq!(body["amount"].to_string().parse::<Decimal>(), Ok(Decimal::new(1890, 2)));
    assert_eq!(body["currency"], "USD");
    assert_eq!(body["order_id"], payment.merchant_reference.as_str());
    let paid = &simulator.payments(&payment.merchant_reference)[0];
    assert_eq!((paid.status.as_str(), paid.received), ("paid", payment.pay_amount));
}

async fn customer_pays_late_and_the_shop_is_told(stack: &Stack, device: Device) -> Outcome {
    let customer = Customer::comes(stack, device, "late").await?;
    let (page, checkout) = (customer.page(), customer.checkout());
    customer.chooses_tether_on_tron().await?;
    let session = customer.session().await?;

    page.press("Let it expire").await?;
    checkout.wait_for("The time for the last payment is over").await?;
    // Promised there: what was sent all the same will be found.
    checkout.wait_for("Leave this page open, your payment will still be found").await?;
    customer.picture("2-over").await?;
    page.press("Pay late").await?;
    checkout.wait_for("Payment complete").await?;
    checkout.wait_for("It came after the time was over, and it counts all the same.").await?;
    page.wait_for("Thank you!").await?;
    customer.picture("3-paid").await?;

    let told = customer.shop_is_told(&session, EventKind::Paid).await?.told()?;
    assert!(told.data.late, "{told:?}");
    // The shop's own page lists what its server was sent.
    page.wait_for("session.paid (signature is right)").await?;
    customer.only_payment().await?;
    customer.leaves().await
}

async fn customer_pays_half_reloads_and_pays_the_rest(stack: &Stack, device: Device) -> Outcome {
    let customer = Customer::comes(stack, device, "half").await?;
    let (page, checkout) = (customer.page(), customer.checkout());
    let payment = customer.chooses_tether_on_tron().await?;

    page.press("Pay half").await?;
    checkout.wait_for("Send what is still missing").await?;
    checkout.wait_for("Please send the rest to the same address.").await?;
    customer.picture("2-rest").await?;

    customer.browser.reload().await?;
    checkout.wait_for("Send what is still missing").await?;
    checkout.wait_for(&payment.address).await?;
    page.press("Pay the rest").await?;
    checkout.wait_for("Payment complete").await?;
    page.wait_for("Thank you!").await?;
    customer.picture("3-paid").await?;

    customer.only_payment().await?;
    customer.leaves().await
}

async fn customer_lets_it_expire_and_pays_too_much_of_another_coin(stack: &Stack, device: Device) -> Outcome {
    let customer = Customer::comes(stack, device, "expire").await?;
    let (page, checkout) = (customer.page(), customer.checkout());
    customer.chooses_tether_on_tron().await?;

    page.press("Let it expire").await?;
    checkout.wait_for("The time for the last payment is over").await?;
    customer.picture("2-over").await?;
    checkout.press("Litecoin").await?;
    checkout.wait_for("Send exactly this amount").await?;
    checkout.wait_for("LTC").await?;
    page.press("Pay too much").await?;
    checkout.wait_for("Payment complete").await?;
    checkout.wait_for("more than needed").await?;
    customer.picture("3-over-paid").await?;
    customer.leaves().await
}

async fn customer_pays_a_coin_that_the_shop_has_priced(stack: &Stack, device: Device) -> Outcome {
    let customer = Customer::comes(stack, device, "priced").await?;
    let (page, checkout) = (customer.page(), customer.checkout());
    customer.buys_beans().await?;
    checkout.press("VeChain").await?;
    checkout.wait_for("Send exactly this amount").await?;
    let payments = customer.payments(ProviderId::Oceanex).await?;
    assert_eq!(payments.len(), 1, "{payments:?}");
    checkout.wait_for(&payments[0].address).await?;
    customer.picture("2-awaiting").await?;
    page.press("Pay exactly").await?;
    checkout.wait_for("Payment complete").await?;
    customer.picture("3-paid").await?;
    customer.leaves().await
}
