//! Whole stories in a real browser: through the demo storefront, into the checkout it embeds, to the simulated provider and back.
//! Told by what a person reads and presses, and by what the provider was sent. `cargo verify browser` builds what this needs;
//! pictures of each state are left in `target/screenshots/`.

use checkout_shared::provider::ProviderId;
use checkout_shared::time::Millis;
use checkout_tests::browser::{Browser, Device};
use checkout_tests::problem::Outcome;
use checkout_tests::simulators::PaymentSummary;
use checkout_tests::stack::{Stack, StackOptions};
use rust_decimal::Decimal;
use serde_json::Value;

/// Opens the shop and buys a bag of beans.
async fn buy_beans(stack: &Stack, browser: &Browser, pictures: &str) -> Outcome {
    browser.goto(stack.storefront_url()).await?;
    browser.page().wait_for("Huehuetenango").await?;
    browser.screenshot(&format!("{pictures}-0-shop")).await?;
    browser.page().press("Go to checkout").await?;

    browser.checkout().wait_for("How would you like to pay?").await?;
    browser.page().wait_for("Waiting for you to choose how to pay.").await?;
    browser.screenshot(&format!("{pictures}-1-methods")).await
}

/// Buys a bag of beans and chooses Tether on Tron; gives back what the provider made of it.
async fn choose_tether_on_tron(stack: &Stack, browser: &Browser, pictures: &str) -> Outcome<PaymentSummary> {
    buy_beans(stack, browser, pictures).await?;
    browser.checkout().press("USDT Tron (TRC-20)").await?;

    browser.checkout().wait_for("Send exactly this amount").await?;
    let payments = stack.simulator(ProviderId::Oxapay).lock().payments("");
    assert_eq!(payments.len(), 1, "one choice, one payment: {payments:?}");
    Ok(payments[0].clone())
}

#[tokio::test]
async fn customer_pays_exactly_on_a_phone_and_sees_every_state_without_a_reload() -> Outcome {
    let stack = Stack::start(&StackOptions::named("browser-exact")).await?;
    let browser = Browser::open(Device::Phone).await?;
    let checkout = browser.checkout();

    let payment = choose_tether_on_tron(&stack, &browser, "exact").await?;
    // Slower than the provider is asked, so that each confirmation is there to be seen.
    stack.simulator(ProviderId::Oxapay).lock().settle_every(Millis(4_000));
    checkout.mark().await?;
    for readable in [payment.address.as_str(), &payment.pay_amount.to_string(), "USDT", "Tron (TRC-20)", "Waiting for your payment"] {
        checkout.wait_for(readable).await?;
    }
    browser.page().wait_for("Waiting for your payment.").await?;
    browser.screenshot("exact-2-awaiting").await?;

    browser.page().press("Pay exactly").await?;
    checkout.wait_for("Payment detected").await?;
    browser.page().wait_for("Your payment is on its way.").await?;
    browser.screenshot("exact-3-detected").await?;
    checkout.wait_for("2 of 4 confirmations").await?;
    browser.screenshot("exact-4-confirming").await?;
    checkout.wait_for("Payment complete").await?;
    checkout.wait_for("Thank you. Your payment of 18.90 USD has reached Corner Café.").await?;
    browser.page().wait_for("Thank you!").await?;
    browser.screenshot("exact-5-paid").await?;

    assert!(checkout.is_marked().await?, "the checkout was loaded again on the way");
    assert_eq!(browser.complaints().await?, Vec::<String>::new());
    // Silence means something only if a complaint from within the frame would have been heard.
    checkout.complain("a complaint of the story's own").await?;
    let heard = browser.complaints().await?;
    assert!(heard.iter().any(|complaint| complaint.contains("a complaint of the story's own")), "{heard:?}");
    the_provider_was_asked_for_the_shops_price(&stack, &payment);
    browser.close().await
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

#[tokio::test]
async fn two_tabs_of_one_order_show_the_same() -> Outcome {
    let stack = Stack::start(&StackOptions::named("browser-tabs")).await?;
    let browser = Browser::open(Device::Desktop).await?;
    let payment = choose_tether_on_tron(&stack, &browser, "tabs").await?;

    let checkout_page = browser.url().await?;
    let first = browser.open_tab().await?;
    browser.goto(&checkout_page).await?;
    browser.checkout().wait_for(&payment.address).await?;
    browser.screenshot("tabs-2-second").await?;
    browser.page().press("Pay exactly").await?;
    browser.checkout().wait_for("Payment detected").await?;
    browser.switch_to(&first).await?;
    browser.checkout().wait_for("Payment detected").await?;
    browser.checkout().wait_for("Payment complete").await?;

    assert_eq!(stack.simulator(ProviderId::Oxapay).lock().payments("").len(), 1, "the second tab started no second payment");
    assert_eq!(browser.complaints().await?, Vec::<String>::new());
    browser.close().await
}

#[tokio::test]
async fn customer_pays_half_reloads_and_pays_the_rest() -> Outcome {
    let stack = Stack::start(&StackOptions::named("browser-half")).await?;
    let browser = Browser::open(Device::Phone).await?;
    let checkout = browser.checkout();
    let payment = choose_tether_on_tron(&stack, &browser, "half").await?;

    browser.page().press("Pay half").await?;
    checkout.wait_for("Send what is still missing").await?;
    checkout.wait_for("Please send the rest to the same address.").await?;
    browser.screenshot("half-2-rest").await?;

    let order = browser.url().await?;
    browser.goto(&order).await?;
    checkout.wait_for("Send what is still missing").await?;
    checkout.wait_for(&payment.address).await?;
    browser.page().press("Pay the rest").await?;
    checkout.wait_for("Payment complete").await?;
    browser.page().wait_for("Thank you!").await?;
    browser.screenshot("half-3-paid").await?;

    assert_eq!(stack.simulator(ProviderId::Oxapay).lock().payments("").len(), 1, "the rest went to the same payment");
    assert_eq!(browser.complaints().await?, Vec::<String>::new());
    browser.close().await
}

#[tokio::test]
async fn customer_lets_it_expire_and_pays_too_much_of_another_coin() -> Outcome {
    let stack = Stack::start(&StackOptions::named("browser-expire")).await?;
    let browser = Browser::open(Device::Phone).await?;
    let checkout = browser.checkout();
    choose_tether_on_tron(&stack, &browser, "expire").await?;

    browser.page().press("Let it expire").await?;
    checkout.wait_for("The time for the last address is over").await?;
    browser.screenshot("expire-2-over").await?;
    checkout.press("Litecoin").await?;
    checkout.wait_for("Send exactly this amount").await?;
    checkout.wait_for("LTC").await?;
    browser.page().press("Pay too much").await?;
    checkout.wait_for("Payment complete").await?;
    checkout.wait_for("more than needed").await?;
    browser.screenshot("expire-3-over-paid").await?;

    assert_eq!(browser.complaints().await?, Vec::<String>::new());
    browser.close().await
}

#[tokio::test]
async fn customer_pays_by_card_on_the_providers_page_and_is_brought_back() -> Outcome {
    let stack = Stack::start(&StackOptions::named("browser-card")).await?;
    let browser = Browser::open(Device::Phone).await?;
    buy_beans(&stack, &browser, "card").await?;
    browser.checkout().press("Card or PayPal").await?;
    browser.checkout().wait_for("Continue on the payment page").await?;
    browser.screenshot("card-2-continue").await?;

    browser.checkout().press("Open the payment page").await?;
    let shop = browser.follow_new_tab().await?;
    browser.page().wait_for("Simulated: this is not Onecheckout").await?;
    browser.page().wait_for("18.9").await?;
    browser.screenshot("card-3-provider").await?;
    browser.page().press("Pay; the shop takes it later").await?;
    browser.page().wait_for("Payment complete").await?;
    assert!(browser.url().await?.starts_with(&stack.worker_url()), "back on the checkout's own page");
    browser.screenshot("card-4-back").await?;
    assert_eq!(browser.complaints().await?, Vec::<String>::new());

    browser.switch_to(&shop).await?;
    browser.checkout().wait_for("Payment complete").await?;
    browser.page().wait_for("Thank you!").await?;
    assert_eq!(browser.complaints().await?, Vec::<String>::new());
    browser.close().await
}

#[tokio::test]
async fn customer_pays_more_coins_on_the_providers_page_and_is_brought_back() -> Outcome {
    let stack = Stack::start(&StackOptions::named("browser-coins")).await?;
    let browser = Browser::open(Device::Desktop).await?;
    buy_beans(&stack, &browser, "coins").await?;
    browser.checkout().press("More coins").await?;
    browser.checkout().press("Open the payment page").await?;
    let shop = browser.follow_new_tab().await?;
    browser.page().wait_for("Simulated: this is not OkiPays").await?;
    browser.page().press("Pay half").await?;
    browser.screenshot("coins-2-provider-half").await?;
    let provider = browser.url().await?;
    browser.switch_to(&shop).await?;
    browser.checkout().wait_for("Pay what is still missing").await?;
    browser.screenshot("coins-3-half").await?;
    browser.open_tab().await?;
    browser.goto(&provider).await?;
    browser.page().press("Pay the rest").await?;
    browser.page().wait_for("Payment complete").await?;
    browser.switch_to(&shop).await?;
    browser.checkout().wait_for("Payment complete").await?;
    browser.screenshot("coins-4-paid").await?;
    assert_eq!(browser.complaints().await?, Vec::<String>::new());
    browser.close().await
}

#[tokio::test]
async fn customer_pays_a_coin_that_the_shop_has_priced() -> Outcome {
    let stack = Stack::start(&StackOptions::named("browser-priced")).await?;
    let browser = Browser::open(Device::Phone).await?;
    buy_beans(&stack, &browser, "priced").await?;
    browser.checkout().press("VeChain").await?;
    browser.checkout().wait_for("Send exactly this amount").await?;
    let payments = stack.simulator(ProviderId::Oceanex).lock().payments("");
    browser.checkout().wait_for(&payments[0].address).await?;
    browser.screenshot("priced-2-awaiting").await?;
    browser.page().press("Pay exactly").await?;
    browser.checkout().wait_for("Payment complete").await?;
    browser.screenshot("priced-3-paid").await?;
    assert_eq!(browser.complaints().await?, Vec::<String>::new());
    browser.close().await
}
