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
    if (says && says !== (known.get(region) ?? "") && (known.has(region) || region.role === "alert")) window.heard.push(says);
    known.set(region, says);
  }
};
listen();
window.heard = [];
new MutationObserver(listen).observe(document.body, { subtree: true, childList: true, characterData: true });
"#;

async fn customer_pays_by_keyboard_and_is_told_everything_once(stack: &Stack, device: Device) -> Outcome {
    let customer = Customer::comes(stack, device, "keyboard").await?;
    let browser = &customer.browser;
    // Headless, no window has the focus unless told so.
    browser.cdp("Emulation.setFocusEmulationEnabled", &json!({ "enabled": true })).await?;
    browser.allow_copying(true).await?;

    browser.goto(stack.storefront_url()).await?;
    customer.page().wait_for("Huehuetenango").await?;
    goes_to(&customer, "Go to checkout").await?;
    press(browser, "Enter").await?;
    customer.checkout().wait_for("How would you like to pay?").await?;
    customer.page().wait_for("Waiting for you to choose how to pay.").await?;
    customer.checkout().evaluate(LISTEN).await?;

    searches_and_chooses(&customer).await?;
    copies_the_address(&customer).await?;
    changes_their_mind(&customer).await?;

    let before = presses(&customer, "Pay exactly").await?;
    hears_once(&customer, before, "Payment detected.").await?;
    hears_once(&customer, before, "Payment complete").await?;
    customer.checkout().wait_for("Thank you.").await?;
    // Who is busy in the shop's page is not led away from there.
    is_at(&customer, "Pay exactly").await?;
    nothing_was_said_twice(&customer).await?;
    customer.only_payment().await?;
    customer.leaves().await
}

async fn searches_and_chooses(customer: &Customer<'_>) -> Outcome {
    goes_to(customer, "Search coins and networks").await?;
    let before = heard(customer).await?.len();
    for letter in ["t", "r", "o", "n"] {
        write(&customer.browser, letter).await?;
    }
    customer.checkout().wait_for("Tron (TRC-20)").await?;
    hears_once(customer, before, "found").await?;
    let before = presses(customer, "Tether USDT on Tron (TRC-20)").await?;
    customer.checkout().wait_for("Send exactly this amount").await?;
    is_at(customer, "Send exactly this amount").await?;
    hears_once(customer, before, "Ready to pay. Send").await
}

async fn copies_the_address(customer: &Customer<'_>) -> Outcome {
    let payment = customer.only_payment().await?;
    let before = presses(customer, "Copy address").await?;
    customer.checkout().wait_for("Copied").await?;
    hears_once(customer, before, "Copied").await?;
    assert_eq!(customer.browser.clipboard().await?, payment.address);
    is_at(customer, "Copy address").await
}

async fn changes_their_mind(customer: &Customer<'_>) -> Outcome {
    presses(customer, "Pay another way").await?;
    is_at(customer, "How would you like to pay?").await?;
    let before = presses(customer, "Keep the payment I started").await?;
    is_at(customer, "Send exactly this amount").await?;
    hears_once(customer, before, "Ready to pay. Send").await
}

/// Goes to this by Tab and presses Enter; gives back how many things a screen reader had said until then.
async fn presses(customer: &Customer<'_>, name: &str) -> Outcome<usize> {
    goes_to(customer, name).await?;
    let before = heard(customer).await?.len();
    press(&customer.browser, "Enter").await?;
    Ok(before)
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

/// What a screen reader has said so far. Nothing of it is ever forgotten: what is asked for later may have come sooner.
async fn heard(customer: &Customer<'_>) -> Outcome<Vec<String>> {
    let heard = customer.checkout().evaluate("return window.heard").await?;
    let heard = heard.as_array().ok_or_else(|| Problem::new("nobody listens: the page was loaded again"))?;
    Ok(heard.iter().filter_map(|said| said.as_str().map(str::to_owned)).collect())
}

/// Waits until a screen reader says something with this in it, which it had not when it had said so many things, and sees to it that
/// nothing has been said twice since.
async fn hears_once(customer: &Customer<'_>, before: usize, wanted: &str) -> Outcome {
    let watch = Stopwatch::start();
    let mut since = Vec::new();
    while watch.elapsed() < PATIENCE {
        since = heard(customer).await?.split_off(before);
        if since.iter().any(|said| said.contains(wanted)) {
            let twice = since.iter().find(|one| since.iter().filter(|other| other == one).count() > 1);
            assert_eq!(twice, None, "said twice: {since:?}");
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err(Problem::new(format!("nothing says {wanted:?}; what was said: {since:?}")))
}

/// Looks over all that was said: a sentence may come again when something else has been said, but not at once.
async fn nothing_was_said_twice(customer: &Customer<'_>) -> Outcome {
    let heard = heard(customer).await?;
    let twice = heard.windows(2).find(|pair| pair[0] == pair[1]);
    assert_eq!(twice, None, "said twice: {heard:?}");
    Ok(())
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
