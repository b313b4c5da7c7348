//! The checkout in the customer's language, from the choice of a method to the last word, on our page and after a provider's.

use crate::customer::Customer;
use checkout_shared::language::Language;
use checkout_tests::browser::Device;
use checkout_tests::problem::{Doing, Outcome, Problem};
use checkout_tests::stack::Stack;
use checkout_tests::workspace;
use serde_json::{Map, Value};

crate::stories! {
    customer_pays_in_german: DESKTOP,
    customer_pays_in_arabic: PHONE,
}

async fn customer_pays_in_german(stack: &Stack, device: Device) -> Outcome {
    let customer = Customer::comes(stack, device, "german").await?;
    pays_coins_in(&customer, "de").await?;
    pays_by_card_in(&customer, "de").await?;
    customer.leaves().await
}

async fn customer_pays_in_arabic(stack: &Stack, device: Device) -> Outcome {
    let customer = Customer::comes(stack, device, "arabic").await?;
    pays_coins_in(&customer, "ar").await?;
    pays_by_card_in(&customer, "ar").await?;
    customer.leaves().await
}

/// Orders beans in a shop of this language; the checkout speaks it.
async fn opens_in(customer: &Customer<'_>, words: &Words) -> Outcome {
    customer.orders_beans().await?;
    customer.browser.goto(&format!("{}&lang={}", customer.browser.url().await?, words.language.tag())).await?;
    customer.checkout().wait_for(&words.of("choose_heading", &[])?).await?;
    is_in(customer, words, "return [document.documentElement.lang, document.dir]").await
}

async fn is_in(customer: &Customer<'_>, words: &Words, script: &str) -> Outcome {
    let place = if customer.checkout().text().await.is_ok() { customer.checkout() } else { customer.page() };
    let spoken = place.evaluate(script).await?;
    assert_eq!(spoken, serde_json::json!([words.language.tag(), words.language.direction()]));
    Ok(())
}

async fn pays_coins_in(customer: &Customer<'_>, tag: &str) -> Outcome {
    let words = Words::of_language(tag)?;
    let (page, checkout) = (customer.page(), customer.checkout());
    opens_in(customer, &words).await?;
    customer.picture("1-methods").await?;
    checkout.press("USDT Tron (TRC-20)").await?;
    checkout.wait_for(&words.of("pay_heading", &[])?).await?;
    let payment = customer.only_payment().await?;
    checkout.wait_for(&words.of("address", &[("network", "Tron (TRC-20)")])?).await?;
    checkout.wait_for(&payment.address).await?;
    customer.picture("2-awaiting").await?;
    customer.browser.reload().await?;
    checkout.wait_for(&words.of("pay_heading", &[])?).await?;
    page.press("Pay exactly").await?;
    checkout.wait_for(&words.of("progress_heading", &[])?).await?;
    checkout.wait_for(&words.of("paid_text", &[("price", "18.90 USD"), ("shop", "Corner Café")])?).await?;
    customer.picture("3-paid").await
}

async fn pays_by_card_in(customer: &Customer<'_>, tag: &str) -> Outcome {
    let words = Words::of_language(tag)?;
    let (page, checkout) = (customer.page(), customer.checkout());
    opens_in(customer, &words).await?;
    checkout.press(&words.of("page_card", &[])?).await?;
    checkout.press(&words.of("page_open", &[])?).await?;
    let shop = customer.browser.follow_new_tab().await?;
    page.press("Pay; the shop takes it later").await?;
    page.wait_for(&words.of("paid_heading", &[])?).await?;
    is_in(customer, &words, "return [document.documentElement.lang, document.dir]").await?;
    customer.picture("4-back").await?;
    customer.browser.switch_to(&shop).await?;
    checkout.wait_for(&words.of("paid_heading", &[])?).await
}

/// The texts of a language, as they are in its file.
struct Words {
    language: Language,
    texts: Map<String, Value>,
}

impl Words {
    fn of_language(tag: &str) -> Outcome<Self> {
        let language = Language::closest(tag).ok_or_else(|| Problem::new(format!("{tag} is no language of ours")))?;
        let path = workspace::root().join(format!("frontend/messages/{tag}.json"));
        let file = std::fs::read_to_string(&path).doing(format_args!("reading {}", path.display()))?;
        let texts = serde_json::from_str(&file).doing(format_args!("reading {}", path.display()))?;
        Ok(Self { language, texts })
    }

    /// A text with its places filled.
    fn of(&self, key: &str, places: &[(&str, &str)]) -> Outcome<String> {
        let text = self.texts.get(key).and_then(Value::as_str).ok_or_else(|| Problem::new(format!("there is no text {key}")))?;
        Ok(places.iter().fold(text.to_owned(), |text, (place, value)| text.replace(&format!("{{{place}}}"), value)))
    }
}
