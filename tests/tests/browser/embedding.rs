//! The element in pages of all kinds: over the page, several at once, moved about, in shadow roots, by a session, dressed by the shop. On
//! the shop's playground, which takes the loader by its checksum and whose own styles would hide every frame if they could.

use crate::customer::Customer;
use checkout_tests::browser::{Browser, Device, PATIENCE, Place};
use checkout_tests::clock::{self, Stopwatch};
use checkout_tests::order_token;
use checkout_tests::problem::{Outcome, Problem};
use checkout_tests::sandbox_wallet::WalletAction;
use checkout_tests::stack::{Stack, StackOptions};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

crate::stories! {
    customer_pays_in_a_dialog_and_closes_it_in_every_way: EVERYWHERE,
    a_shop_dresses_the_checkout: DESKTOP,
    several_checkouts_are_moved_about_and_heard_apart: DESKTOP,
    nobody_speaks_for_a_checkout_but_its_own_frame: DESKTOP,
    a_shop_hears_what_is_over_and_what_does_not_come: DESKTOP,
    a_session_is_embedded_in_another_language: PHONE,
    the_shop_leads_to_the_checkouts_own_page: PHONE,
}

/// Listens at the document, which hears only what bubbles and leaves shadow roots; and to what anybody posts to the page.
const HARNESS: &str = r#"
window.heard = [];
window.posted = [];
addEventListener("message", ({ data }) => posted.push(data));
for (const name of ["ready", "status", "processing", "paid", "expired", "close", "error"])
  document.addEventListener("checkout:" + name, ({ target, detail }) => heard.push({ name, id: target.id, ...detail }));
window.put = (attributes, parent = document.getElementById("stage")) => {
  const element = document.createElement("edge-checkout");
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  parent.append(element);
  return element;
};
window.hears = (name, id = "") => heard.some((event) => event.name === name && event.id === id);
window.frameOf = (element) => element.shadowRoot.querySelector("iframe");
"#;

/// Somebody on the shop's playground.
async fn comes<'a>(stack: &'a Stack, device: Device, story: &str) -> Outcome<Customer<'a>> {
    let customer = Customer::comes(stack, device, story).await?;
    goes_to_the_playground(&customer).await?;
    Ok(customer)
}

/// Opens the playground, with [`HARNESS`] in it.
pub async fn goes_to_the_playground(customer: &Customer<'_>) -> Outcome {
    customer.browser.goto(&format!("{}/playground", customer.stack.storefront_url())).await?;
    customer.page().wait_for("Playground").await?;
    customer.page().evaluate(HARNESS).await?;
    until(customer.page(), "customElements.get('edge-checkout')").await
}

/// An order that nobody has placed yet, as a token.
fn order(stack: &Stack) -> String {
    order_until(stack, clock::now().seconds() + 3600)
}

/// The same, to be paid by this second.
fn order_until(stack: &Stack, second: i64) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let now = clock::now();
    let reference = format!("PLAY-{}-{}", now.0, COUNT.fetch_add(1, Ordering::Relaxed));
    let claims = json!({"amount": "18.90", "currency": "USD", "reference": reference, "exp": second});
    order_token::sign(&claims, &stack.secrets.order_signing_key)
}

/// Waits until an expression holds.
pub async fn until(place: Place<'_>, expression: &str) -> Outcome {
    let watch = Stopwatch::start();
    while watch.elapsed() < PATIENCE {
        if place.evaluate(&format!("return !!({expression})")).await.is_ok_and(|holds| holds == true) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let heard = place.evaluate("return window.heard").await.unwrap_or_default();
    Err(Problem::new(format!("it never holds: {expression}. Heard: {heard}")))
}

async fn hit(browser: &Browser, key: &str, code: u32) -> Outcome {
    for kind in ["rawKeyDown", "keyUp"] {
        let event = json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code });
        browser.cdp("Input.dispatchKeyEvent", &event).await?;
    }
    Ok(())
}

async fn hit_escape(browser: &Browser) -> Outcome {
    hit(browser, "Escape", 27).await
}

/// The value of a property as it comes out for the first such element.
async fn style(place: Place<'_>, selector: &str, property: &str) -> Outcome<String> {
    let script = format!("return getComputedStyle(document.querySelector('{selector}')).getPropertyValue('{property}')");
    Ok(place.evaluate(&script).await?.as_str().unwrap_or_default().to_owned())
}

/// Whether the dialog is open.
const IS_OPEN: &str = "checkout.shadowRoot.querySelector('dialog')?.open";

async fn customer_pays_in_a_dialog_and_closes_it_in_every_way(stack: &Stack, device: Device) -> Outcome {
    let customer = comes(stack, device, "dialog").await?;
    let (browser, page, checkout) = (&customer.browser, customer.page(), customer.checkout());
    puts_a_dialog(&customer).await?;
    page.press("Pay now").await?;
    checkout.wait_for("How would you like to pay?").await?;
    until(page, IS_OPEN).await?;
    customer.picture("1-open").await?;
    the_focus_stays_in_the_dialog(&customer).await?;

    checkout.press("USDT Tron (TRC-20)").await?;
    checkout.wait_for("Send exactly this amount").await?;
    hit_escape(browser).await?;
    is_closed(page).await?;
    until(page, "heard.at(-1).name === 'close' && heard.at(-1).status === 'awaiting_payment'").await?;

    // What is closed goes on.
    let session = page.evaluate("return heard.findLast((event) => event.session).session").await?;
    stack.wallet().act(session.as_str().unwrap_or_default(), WalletAction::Exact).await?;
    until(page, "hears('processing') && hears('paid')").await?;
    page.press("Pay now").await?;
    checkout.wait_for("Payment complete").await?;
    customer.picture("2-paid").await?;
    checkout.press("Close").await?;
    is_closed(page).await?;

    page.press("Pay now").await?;
    until(page, IS_OPEN).await?;
    page.evaluate("frameOf(checkout).blur()").await?;
    hit_escape(browser).await?;
    is_closed(page).await?;
    assert_eq!(page.evaluate("return heard.filter(({ name }) => name === 'close').length").await?, 3);
    assert_eq!(page.evaluate("return heard.filter(({ name }) => name === 'paid').length").await?, 1);
    customer.leaves().await
}

/// Puts a checkout over the page that the button `Pay now` shows.
pub async fn puts_a_dialog(customer: &Customer<'_>) -> Outcome {
    let page = customer.page();
    page.evaluate(&format!("window.checkout = put({{ mode: 'modal', order: '{}' }})", order(customer.stack))).await?;
    page.evaluate("document.getElementById('pay').onclick = () => checkout.show()").await?;
    assert_eq!(page.evaluate("return frameOf(checkout)").await?, Value::Null, "nothing is loaded before it is wanted");
    Ok(())
}

/// However often Tab is pressed: nothing of the page behind has the focus, and everything in the dialog comes by again.
async fn the_focus_stays_in_the_dialog(customer: &Customer<'_>) -> Outcome {
    let (page, checkout) = (customer.page(), customer.checkout());
    // On the document, for the widget may yet take the place of what was painted first.
    checkout.evaluate("window.visits = 0; addEventListener('focusin', ({ target }) => target.closest('.close') && visits++)").await?;
    for _ in 0..60 {
        hit(&customer.browser, "Tab", 9).await?;
        let focused = page.evaluate("return document.activeElement.localName").await?;
        assert!(focused == "edge-checkout" || focused == "body", "the focus has left the dialog for {focused}");
    }
    let visits = checkout.evaluate("return visits").await?;
    assert!(visits.as_u64() >= Some(2), "the focus has come by the first button in the dialog {visits} times");
    // What is higher than the window is scrolled from within the frame.
    checkout.evaluate("document.querySelector('.close').focus()").await?;
    page.evaluate("checkout.shadowRoot.querySelector('dialog').scrollTop = 0").await?;
    hit(&customer.browser, "PageDown", 34).await?;
    until(page, "checkout.shadowRoot.querySelector('dialog').scrollTop > 0").await
}

/// Waits until the dialog is gone and the button that has shown it has the focus again.
async fn is_closed(page: Place<'_>) -> Outcome {
    until(page, &format!("!{IS_OPEN} && document.activeElement.id === 'pay'")).await
}

async fn a_shop_dresses_the_checkout(stack: &Stack, device: Device) -> Outcome {
    let customer = comes(stack, device, "dressed").await?;
    let (page, checkout) = (customer.page(), customer.checkout());
    page.evaluate("document.getElementById('stage').className = 'branded'").await?;
    page.evaluate(&format!("window.checkout = put({{ order: '{}', theme: 'light' }})", order(stack))).await?;
    checkout.press("Litecoin").await?;
    checkout.wait_for("Send exactly this amount").await?;
    let dressed = [
        (".checkout", "background-color", "rgb(29, 22, 19)"),
        (".checkout", "border-top-left-radius", "0px"),
        ("body", "font-family", "Georgia, serif, system-ui, sans-serif"),
        (":root", "color-scheme", "light"),
        (":root", "--checkout-button", "#ffd400"),
        (":root", "--checkout-on-button", "#000000"),
        // A colour of our dark ones, for the surface is dark.
        ("body", "color", "rgb(238, 241, 246)"),
        // No length: left as it is.
        (":root", "--checkout-spacing", "1rem"),
    ];
    for (selector, property, value) in dressed {
        assert_eq!(style(checkout, selector, property).await?, value, "{property} of {selector}");
    }
    let sign = "return (async () => { const sign = document.querySelector('.summary-logo'); await sign.decode(); return sign.naturalWidth > 0 })()";
    assert_eq!(checkout.evaluate(sign).await?, true, "the shop's sign, from the shop's origin");
    customer.picture("1-branded").await?;

    // Undressed, by night: another frame, the same payment.
    page.evaluate("document.getElementById('stage').className = ''; checkout.theme = 'dark'").await?;
    checkout.wait_for("Send exactly this amount").await?;
    until(checkout, "getComputedStyle(document.querySelector('.checkout')).backgroundColor === 'rgb(22, 26, 33)'").await?;
    assert_eq!(style(checkout, ":root", "color-scheme").await?, "dark");
    customer.picture("2-dark").await?;
    customer.leaves().await
}

async fn several_checkouts_are_moved_about_and_heard_apart(stack: &Stack, device: Device) -> Outcome {
    let customer = comes(stack, device, "several").await?;
    let page = customer.page();
    let put = format!(
        "put({{ id: 'one', order: '{}' }});
         const host = document.createElement('div');
         document.getElementById('stage').append(host);
         window.inner = put({{ id: 'inner', order: '{}' }}, host.attachShadow({{ mode: 'open' }}));
         window.late = put({{ id: 'late' }})",
        order(stack),
        order(stack)
    );
    page.evaluate(&put).await?;
    until(page, "hears('status', 'one')").await?;
    // Out of the shadow root the host speaks for what is in it.
    until(page, "hears('status') && inner.shadowRoot.querySelector('iframe').clientHeight > 200").await?;
    assert_eq!(page.evaluate("return frameOf(late)").await?, Value::Null, "there is nothing to show yet");
    page.evaluate(&format!("late.order = '{}'", order(stack))).await?;
    until(page, "hears('status', 'late') && frameOf(late).title === 'Payment'").await?;
    let sessions = "return new Set(heard.filter((event) => event.session).map((event) => event.session)).size";
    assert_eq!(page.evaluate(sessions).await?, 3);

    // Taken away it says nothing; put back it is as it was.
    page.evaluate(
        "window.one = document.getElementById('one'); one.remove(); window.heard.length = 0; document.querySelector('h1').after(one)",
    )
    .await?;
    until(page, "hears('ready', 'one') && hears('status', 'one')").await?;
    customer.checkout().wait_for("How would you like to pay?").await?;
    page.evaluate("one.order = null").await?;
    assert_eq!(page.evaluate("return frameOf(one)").await?, Value::Null);
    customer.leaves().await
}

async fn a_shop_hears_what_is_over_and_what_does_not_come(_: &Stack, device: Device) -> Outcome {
    let mut stack = Stack::start(&StackOptions::named("browser-unheard")).await?;
    let customer = comes(&stack, device, "unheard").await?;
    let page = customer.page();
    page.evaluate("window.wrong = put({ id: 'wrong', order: 'no.order.token' })").await?;
    until(page, "hears('error', 'wrong')").await?;
    assert_eq!(page.evaluate(CODE_OF_ERROR).await?, "invalid_order_token");
    let complaints = customer.browser.complaints().await?;
    assert!(complaints.iter().all(|complaint| complaint.contains("status of 401")), "{complaints:?}");

    let brief = order_until(&stack, clock::now().seconds() + 20);
    page.evaluate(&format!("wrong.remove(); heard.length = 0; put({{ id: 'brief', order: '{brief}' }})")).await?;
    until(page, "hears('status', 'brief')").await?;
    until(page, "hears('expired', 'brief')").await?;
    customer.checkout().wait_for("The time to pay is over").await?;
    assert_eq!(page.evaluate("return hears('error', 'brief')").await?, false);

    // A page that never comes says nothing; the element does.
    let order = order(&stack);
    let browser = customer.browser;
    stack.stop_worker().await;
    let customer = Customer::with(&stack, browser, "unheard");
    customer.page().evaluate(&format!("put({{ id: 'lost', order: '{order}' }})")).await?;
    until(customer.page(), "hears('error', 'lost')").await?;
    assert_eq!(customer.page().evaluate(CODE_OF_ERROR).await?, "unreachable");
    customer.leaves_in_trouble().await
}

/// The code of the first error.
const CODE_OF_ERROR: &str = "return heard.find(({ name }) => name === 'error').code";

/// What somebody posts who would have the shop's page believe that it was paid. In the page itself, which is its own parent, too.
const FORGE: &str = "parent.postMessage({ source: 'edge-checkout', type: 'paid', status: 'paid', session: 'forged' }, '*')";

async fn nobody_speaks_for_a_checkout_but_its_own_frame(stack: &Stack, device: Device) -> Outcome {
    let customer = comes(stack, device, "forged").await?;
    let (browser, page) = (&customer.browser, customer.page());
    puts_two_checkouts_among_strangers(&customer).await?;
    let strangers =
        [page, browser.frame("return document.getElementById('edges')"), browser.frame("return document.getElementById('shops')")];
    for (at, place) in strangers.into_iter().enumerate() {
        place.evaluate(FORGE).await?;
        until(page, &format!("posted.filter(({{ session }}) => session === 'forged').length === {}", at + 1)).await?;
    }
    // Its own frame is not believed either while it shows a page of somebody else's.
    page.evaluate("frameOf(two).src = 'about:blank'").await?;
    until(page, "frameOf(two).contentDocument").await?;
    browser.frame("return frameOf(two)").evaluate(FORGE).await?;
    until(page, "posted.filter(({ session }) => session === 'forged').length === 4").await?;

    let sessions = "return [...new Set(heard.filter(({ session }) => session).map(({ id, session }) => id + ' ' + session))]";
    let sessions = page.evaluate(sessions).await?;
    assert_eq!(sessions.as_array().map(Vec::len), Some(2), "each element tells of its own session: {sessions}");
    assert_eq!(page.evaluate("return heard.some(({ name, session }) => name === 'paid' || session === 'forged')").await?, false);

    // Nor is a frame told anything by the page around it.
    customer.checkout().evaluate("window.told = 0; addEventListener('message', () => told++)").await?;
    page.evaluate("frameOf(one).contentWindow.postMessage({ source: 'edge-checkout', type: 'status', status: 'paid' }, '*')").await?;
    until(customer.checkout(), "told").await?;
    customer.checkout().wait_for("How would you like to pay?").await?;
    customer.leaves().await
}

/// Puts two checkouts into the page, and beside them a frame of the edge's that is no element's, which says what it says, for it knows no
/// better; and one of the shop's own.
async fn puts_two_checkouts_among_strangers(customer: &Customer<'_>) -> Outcome {
    let page = customer.page();
    let put = format!(
        "window.one = put({{ id: 'one', order: '{}' }});
         window.two = put({{ id: 'two', order: '{}' }});
         const frame = (id) => document.getElementById('stage').appendChild(Object.assign(document.createElement('iframe'), {{ id }}));
         frame('edges').src = '{}/checkout?' + new URLSearchParams({{ order: '{}', origin: location.origin }});
         frame('shops')",
        order(customer.stack),
        order(customer.stack),
        customer.stack.worker_url(),
        order(customer.stack),
    );
    page.evaluate(&put).await?;
    until(page, "hears('status', 'one') && hears('status', 'two')").await?;
    until(page, "new Set(posted.filter((message) => message.session).map((message) => message.session)).size === 3").await
}

async fn a_session_is_embedded_in_another_language(stack: &Stack, device: Device) -> Outcome {
    let customer = comes(stack, device, "session").await?;
    let (page, checkout) = (customer.page(), customer.checkout());
    let opened = reqwest::Client::new().post(format!("{}/v1/checkout", stack.worker_url())).json(&json!({"order": order(stack)}));
    let opened: Value = opened.send().await.map_err(told)?.json().await.map_err(told)?;
    let session = opened["page"].as_str().unwrap_or_default();
    page.evaluate(&format!("document.getElementById('stage').lang = 'ar'; window.checkout = put({{ session: '{session}' }})")).await?;
    until(page, "hears('status')").await?;
    assert_eq!(page.evaluate("return heard.at(-1).session").await?, opened["session"]["id"]);
    until(checkout, "document.documentElement.dir === 'rtl'").await?;
    page.evaluate("checkout.lang = 'de'").await?;
    checkout.wait_for("Wie möchten Sie bezahlen?").await?;
    until(page, "frameOf(checkout).title === 'Zahlung'").await?;
    customer.picture("1-german").await?;
    customer.leaves().await
}

async fn the_shop_leads_to_the_checkouts_own_page(stack: &Stack, device: Device) -> Outcome {
    let customer = comes(stack, device, "own-page").await?;
    let page = customer.page();
    page.evaluate("document.getElementById('stage').className = 'branded'").await?;
    page.evaluate(&format!("window.checkout = put({{ mode: 'page', order: '{}' }})", order(stack))).await?;
    assert_eq!(page.evaluate("return frameOf(checkout)").await?, Value::Null, "nothing is loaded before it is wanted");
    page.evaluate("checkout.show()").await?;
    page.wait_for("How would you like to pay?").await?;
    assert!(customer.browser.url().await?.starts_with(&format!("{}/checkout/", stack.worker_url())));
    assert_eq!(style(page, ".checkout", "background-color").await?, "rgb(29, 22, 19)");
    assert_eq!(page.evaluate("return document.querySelector('.close')").await?, Value::Null, "there is nothing to close");
    customer.picture("1-page").await?;
    customer.browser.back().await?;
    page.wait_for("Playground").await?;
    customer.leaves().await
}

#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn told(error: reqwest::Error) -> Problem {
    Problem::new(error.to_string())
}
