//! The whole way by keyboard: from the shop's page to the last step by Tab, Enter and letters. The focus is always where the customer is,
//! and a screen reader says what has happened, once.

use crate::customer::Customer;
use checkout_tests::browser::{Browser, Device, PATIENCE};
use checkout_tests::clock::Stopwatch;
use checkout_tests::problem::{Outcome, Problem};
use checkout_tests::stack::Stack;
use serde_json::{Value, json};
use std::time::Duration;

crate::stories! {
    customer_pays_by_keyboard_and_is_told_everything_once: DESKTOP,
}

/// No page has so many things to operate.
const MANY: u32 = 60;

/// The name of what has the focus; `null` if that is the frame of the checkout.
const FOCUSED: &str = r#"
const focused = document.activeElement;
if (focused.localName === "edge-checkout" || focused.localName === "iframe") return null;
if (focused === document.body) return "";
return (focused.getAttribute("aria-label") ?? focused.innerText ?? "").replace(/\s+/g, " ").trim();
"#;

/// Listens as a screen reader does: to regions that change, and to alerts. What a region says as it appears is not read out by all.
const LISTEN: &str = r#"
window.heard = [];
const known = new WeakMap();
const listen = () => {
  for (const region of document.querySelectorAll("[role=status], [role=alert]")) {
    const says = region.textContent.replace(/\s+/g, " ").trim();
    if (says !== (known.get(region) ?? "") && (known.has(region) || region.role === "alert")) window.heard.push(says);
    known.set(region, says);
  }
};
listen();
window.heard = [];
new MutationObserver(listen).observe(document.body, { subtree: true, childList: true, characterData: true });
"#;

async fn customer_pays_by_keyboard_and_is_told_everything_once(stack: &Stack, device: Device) -> Outcome {
    let customer = Customer::comes(stack, device, "keyboard").await?;
    let (browser, checkout) = (&customer.browser, customer.checkout());
    // Headless, no window has the focus unless told so.
    browser.cdp("Emulation.setFocusEmulationEnabled", &json!({ "enabled": true })).await?;
    browser.allow_copying(true).await?;

    browser.goto(stack.storefront_url()).await?;
    customer.page().wait_for("Huehuetenango").await?;
    goes_to(&customer, "Go to checkout").await?;
    press(browser, "Enter").await?;
    checkout.wait_for("How would you like to pay?").await?;
    customer.page().wait_for("Waiting for you to choose how to pay.").await?;
    checkout.evaluate(LISTEN).await?;

    goes_to(&customer, "Search coins and networks").await?;
    for letter in ["t", "r", "o", "n"] {
        write(browser, letter).await?;
    }
    checkout.wait_for("Tron (TRC-20)").await?;
    hears_once(&customer, "found").await?;
    goes_to(&customer, "Tether USDT on Tron (TRC-20)").await?;
    press(browser, "Enter").await?;
    checkout.wait_for("Send exactly this amount").await?;
    is_at(&customer, "Send exactly this amount").await?;
    hears_once(&customer, "Ready to pay. Send").await?;
    let payment = customer.only_payment().await?;

    goes_to(&customer, "Copy address").await?;
    press(browser, "Enter").await?;
    checkout.wait_for("Copied").await?;
    hears_once(&customer, "Copied").await?;
    assert_eq!(browser.clipboard().await?, payment.address);
    is_at(&customer, "Copy address").await?;

    goes_to(&customer, "Pay another way").await?;
    press(browser, "Enter").await?;
    is_at(&customer, "How would you like to pay?").await?;
    goes_to(&customer, "Keep the payment I started").await?;
    press(browser, "Enter").await?;
    is_at(&customer, "Send exactly this amount").await?;
    hears_once(&customer, "Ready to pay. Send").await?;

    goes_to(&customer, "Pay exactly").await?;
    press(browser, "Enter").await?;
    hears_once(&customer, "Payment detected.").await?;
    hears_once(&customer, "Payment complete").await?;
    checkout.wait_for("Thank you.").await?;
    // Who is busy in the shop's page is not led away from there.
    is_at(&customer, "Pay exactly").await?;
    customer.only_payment().await?;
    customer.leaves().await
}

/// Presses Tab until this has the focus.
async fn goes_to(customer: &Customer<'_>, name: &str) -> Outcome {
    let mut passed = Vec::new();
    for _ in 0..MANY {
        press(&customer.browser, "Tab").await?;
        let focused = focused(customer).await?;
        if focused.contains(name) {
            return Ok(());
        }
        passed.push(focused);
    }
    Err(Problem::new(format!("Tab does not lead to {name:?}; it leads to {passed:?}")))
}

/// Waits until this has the focus.
async fn is_at(customer: &Customer<'_>, name: &str) -> Outcome {
    let watch = Stopwatch::start();
    let mut last = String::new();
    while watch.elapsed() < PATIENCE {
        last = focused(customer).await?;
        if last == name {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err(Problem::new(format!("{last:?} has the focus, not {name:?}")))
}

async fn focused(customer: &Customer<'_>) -> Outcome<String> {
    let in_page = customer.page().evaluate(FOCUSED).await?;
    let focused = if in_page.is_null() { customer.checkout().evaluate(FOCUSED).await? } else { in_page };
    Ok(focused.as_str().unwrap_or_default().to_owned())
}

/// Waits until a screen reader says something that begins with or contains this, and sees to it that nothing has been said twice since
/// the last time.
async fn hears_once(customer: &Customer<'_>, wanted: &str) -> Outcome {
    let watch = Stopwatch::start();
    let mut heard = Value::Null;
    while watch.elapsed() < PATIENCE {
        heard = customer.checkout().evaluate("return window.heard").await?;
        let said: Vec<&str> = heard.as_array().into_iter().flatten().filter_map(Value::as_str).filter(|said| !said.is_empty()).collect();
        if said.iter().any(|said| said.contains(wanted)) {
            let twice = said.iter().find(|one| said.iter().filter(|other| other == one).count() > 1);
            assert_eq!(twice, None, "said twice: {said:?}");
            customer.checkout().evaluate("window.heard = []").await?;
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err(Problem::new(format!("nothing says {wanted:?}; what was said: {heard}")))
}

/// Presses a key that writes nothing.
async fn press(browser: &Browser, key: &str) -> Outcome {
    let (code, text) = if key == "Enter" { (13, "\r") } else { (9, "") };
    key_event(browser, &json!({ "type": "keyDown", "key": key, "code": key, "windowsVirtualKeyCode": code, "text": text })).await?;
    key_event(browser, &json!({ "type": "keyUp", "key": key, "code": key, "windowsVirtualKeyCode": code })).await
}

/// Presses the key of a letter.
async fn write(browser: &Browser, letter: &str) -> Outcome {
    key_event(browser, &json!({ "type": "keyDown", "key": letter, "text": letter })).await?;
    key_event(browser, &json!({ "type": "keyUp", "key": letter })).await
}

async fn key_event(browser: &Browser, event: &Value) -> Outcome {
    browser.cdp("Input.dispatchKeyEvent", event).await.map(drop)
}
