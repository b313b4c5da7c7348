//! A customer whose browser runs no script: forms, links, and pages that come anew.

use crate::client::{Edge, Opening, address, check};
use crate::doors::page_data;
use crate::first_paint::{Page, page, text};
use crate::{Story, Told, stories};
use checkout_shared::error::ErrorCode;
use checkout_shared::route::{Capability, Route};
use checkout_shared::session::{Instructions, Status};
use checkout_tests::sandbox_wallet::WalletAction;
use libtest_mimic::Failed;
use std::time::Duration;

stories! { Story:
    customer_chooses_and_pays_without_a_script,
    a_choice_leads_back_with_what_the_page_was_asked_for,
    customer_changes_the_method_without_a_script,
    a_choice_that_is_refused_is_told_on_the_page,
    a_form_that_is_none_is_told_on_the_page,
    a_form_from_elsewhere_chooses_nothing,
    a_provider_leads_back_to_a_page_of_the_same_language_and_look,
}

const FORM: &str = "application/x-www-form-urlencoded";

/// What a browser sends from the page's own form: its origin is kept back, for the page sends no referrer.
const OUR_OWN: [(&str, &str); 3] = [("content-type", FORM), ("origin", "null"), ("sec-fetch-site", "same-origin")];

async fn send(edge: &Edge, path: &str, headers: &[(&str, &str)], body: impl Into<reqwest::Body>) -> Result<Page, Failed> {
    let request = edge.http.post(format!("{}{path}", edge.url)).body(body);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    Page::of(request.send().await?).await
}

async fn choose(edge: &Edge, path: &str, method: &str) -> Result<Page, Failed> {
    send(edge, path, &OUR_OWN, format!("method={}", method.replace(':', "%3A"))).await
}

fn path(opening: &Opening) -> String {
    Route::Page(opening.capability.clone()).to_string()
}

fn location(page: &Page) -> Result<&str, Failed> {
    check(page.status == 303 && page.html.is_empty(), format!("{}: {}", page.status, page.html))?;
    Ok(page.headers.get("location").and_then(|location| location.to_str().ok()).ok_or("leads nowhere")?)
}

async fn customer_chooses_and_pays_without_a_script(edge: &Edge) -> Told {
    let opening = edge.open().await?;
    let path = path(&opening);
    let sent = choose(edge, &path, "USDT:tron").await?;
    check(location(&sent)? == path, location(&sent)?)?;
    page(edge, location(&sent)?).await?.shows_how_to_pay(&edge.view(&opening).await?)?;
    // Pressed twice, or the page loaded again and the form sent once more.
    choose(edge, &path, "USDT:tron").await?;
    check(edge.creations(&opening.capability.id).await?.len() == 1, "one payment")?;
    edge.pay(&opening, WalletAction::Exact).await?;
    edge.until(&opening, "paid", |view| view.status == Status::Paid).await?;
    let paid = page(edge, &path).await?;
    check(paid.painted()?.contains(&text("en", "paid_heading")?), paid.painted()?)
}

async fn a_choice_leads_back_with_what_the_page_was_asked_for(edge: &Edge) -> Told {
    let opening = edge.open().await?;
    let origin = format!("origin={}", edge.storefront.replace(':', "%3A").replace('/', "%2F"));
    let asked = format!("{}?lang=uk&{origin}", path(&opening));
    let sent = choose(edge, &format!("{asked}&order=x&payment_id=y&choose=1&other=z"), "USDT:tron").await?;
    check(location(&sent)? == asked, location(&sent)?)?;
    let unlisted = choose(edge, &format!("{}?origin=https%3A%2F%2Fevil.example", path(&opening)), "USDT:tron").await?;
    check(location(&unlisted)? == path(&opening), location(&unlisted)?)
}

async fn customer_changes_the_method_without_a_script(edge: &Edge) -> Told {
    let opening = edge.open().await?;
    let path = path(&opening);
    choose(edge, &path, "USDT:tron").await?;
    let again = page(edge, format!("{path}?choose=1")).await?;
    check(page_data(&again.html)?["changing"] == true, "the widget, if it comes, is where the customer is")?;
    let painted = again.painted()?;
    check(painted.contains(&text("en", "choose_heading")?) && painted.contains(&text("en", "keep_method")?), painted)?;
    let sent = choose(edge, &format!("{path}?choose=1"), "BTC:bitcoin").await?;
    check(location(&sent)? == path, location(&sent)?)?;
    let view = edge.view(&opening).await?;
    check(address(&view).is_some_and(|shown| shown.network.as_str() == "bitcoin"), format!("{view:?}"))
}

async fn a_choice_that_is_refused_is_told_on_the_page(edge: &Edge) -> Told {
    let opening = edge.open().await?;
    let told = choose(edge, &format!("{}?lang=de", path(&opening)), "USDT:no-such-network").await?;
    check(told.status == ErrorCode::UnknownMethod.http_status(), told.status)?;
    let data = page_data(&told.html)?;
    check(data["choice_error"]["code"] == "unknown_method" && data["session"]["id"] == opening.capability.id.as_str(), &data)?;
    let painted = told.painted()?;
    check(painted.contains(&text("de", "problem_method")?) && painted.contains(&text("de", "choose_heading")?), painted)?;
    check(edge.view(&opening).await?.attempt.is_none(), "nothing was chosen")
}

async fn a_form_that_is_none_is_told_on_the_page(edge: &Edge) -> Told {
    let opening = edge.open().await?;
    let path = path(&opening);
    let large = format!("method=USDT%3Atron&padding={}", "x".repeat(2000));
    let json = r#"{"method":"USDT:tron"}"#.to_owned();
    let form = || "method=USDT%3Atron".to_owned();
    for (kind, body, code) in [
        (FORM, large, ErrorCode::PayloadTooLarge),
        (FORM, "method=cash".to_owned(), ErrorCode::InvalidRequest),
        (FORM, String::new(), ErrorCode::InvalidRequest),
        ("application/json", json, ErrorCode::InvalidRequest),
        ("text/plain", form(), ErrorCode::InvalidRequest),
        ("", form(), ErrorCode::InvalidRequest),
    ] {
        let told = send(edge, &path, &[("content-type", kind)], body).await?;
        check(told.status == code.http_status(), format!("{kind}: {}", told.status))?;
        check(page_data(&told.html)?["choice_error"]["code"] == serde_json::to_value(code)?, &told.html)?;
        check(told.painted()?.contains(&text("en", "choose_heading")?), "and leaves the choice to the customer")?;
    }
    check(edge.view(&opening).await?.attempt.is_none(), "nothing was chosen")?;
    let sent = send(edge, &path, &[("content-type", "application/x-www-form-urlencoded; charset=UTF-8")], form()).await?;
    location(&sent).map(drop)
}

async fn a_form_from_elsewhere_chooses_nothing(edge: &Edge) -> Told {
    let (ours, other) = (edge.open().await?, edge.open().await?);
    let refused = async |path: &str, headers: &[(&str, &str)], code: ErrorCode| -> Told {
        let told = send(edge, path, headers, "method=USDT%3Atron").await?;
        let data = page_data(&told.html)?;
        check(told.status == 403 && data["error"]["code"] == serde_json::to_value(code)?, format!("{headers:?}: {}", told.html))?;
        check(data["session"].is_null() && !told.painted()?.contains("18.90"), "and shows nothing")
    };
    let wrong = Capability { id: ours.capability.id.clone(), token: other.capability.token.clone() };
    refused(&Route::Page(wrong).to_string(), &OUR_OWN, ErrorCode::InvalidClientToken).await?;
    for site in ["cross-site", "same-site"] {
        let headers = [("content-type", FORM), ("origin", "null"), ("sec-fetch-site", site)];
        refused(&path(&ours), &headers, ErrorCode::OriginNotAllowed).await?;
    }
    // A browser that does not say where the form was, as long as it says of what origin.
    for origin in ["https://evil.example", edge.storefront.as_str()] {
        refused(&path(&ours), &[("content-type", FORM), ("origin", origin)], ErrorCode::OriginNotAllowed).await?;
    }
    check(edge.view(&ours).await?.attempt.is_none(), "nothing was chosen")?;
    let sent = send(edge, &path(&ours), &[("content-type", FORM), ("origin", &edge.url)], "method=USDT%3Atron").await?;
    location(&sent).map(drop)
}

async fn a_provider_leads_back_to_a_page_of_the_same_language_and_look(edge: &Edge) -> Told {
    let (by_form, by_script) = (edge.open().await?, edge.open().await?);
    choose(edge, &format!("{}?lang=uk&theme=dark&accent=gold", path(&by_form)), "page:card").await?;
    let attempts = format!("{}?lang=uk&origin=x&theme=dark&accent=gold", Route::Attempts(by_script.capability.clone()));
    edge.post(&attempts, &serde_json::json!({"method": "page:card"})).await?;
    let plain = edge.open().await?;
    let long = "x".repeat(150);
    choose(edge, &format!("{}?lang=uk&font={long}", path(&plain)), "page:card").await?;
    for (opening, look) in [(&by_form, "&accent=%23ffd700&theme=dark"), (&by_script, "&accent=%23ffd700&theme=dark"), (&plain, "")] {
        let view = edge.view(opening).await?;
        let instructions = view.attempt.as_ref().and_then(|attempt| attempt.instructions.as_ref());
        let Some(Instructions::Page { url, .. }) = instructions else { return Err(format!("no page: {view:?}").into()) };
        tokio::time::sleep(Duration::from_millis(2100)).await;
        let back = edge.press(url, "exact").await?;
        check(back.starts_with(&format!("{}{}?lang=uk{look}&payment_id=", edge.url, path(opening))), &back)?;
        let shown = Page::of(edge.http.get(&back).send().await?).await?;
        check(shown.html.contains("<html lang=\"uk\"") && shown.status == 200, shown.status)?;
    }
    Ok(())
}
