//! What the page says before any script runs: the same screens, rendered here, in the customer's language; and what the page may do.

use crate::client::{Edge, address, check};
use crate::doors::page_data;
use crate::{Story, Told, stories};
use checkout_shared::route::Route;
use checkout_shared::session::{SessionView, Status};
use checkout_tests::sandbox_wallet::WalletAction;
use libtest_mimic::Failed;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

stories! { Story:
    the_first_paint_says_who_is_paid_what_and_how,
    an_address_is_painted_with_its_code_and_its_network,
    an_error_is_painted_in_the_customers_words,
    a_link_that_was_cut_off_leads_to_a_page_with_words,
    what_a_shop_writes_breaks_out_of_nothing,
    the_page_brings_its_styles_and_lets_nothing_else_in,
    the_page_may_stand_in_a_page_that_is_isolated,
    a_page_loads_itself_again_while_something_may_happen,
}

/// A page as it comes.
pub struct Page {
    pub status: u16,
    pub headers: HeaderMap,
    pub html: String,
}

impl Page {
    pub async fn of(answer: reqwest::Response) -> Result<Self, Failed> {
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        Ok(Self { status, headers, html: answer.text().await? })
    }

    /// What is painted before the widget is there.
    pub fn painted(&self) -> Result<&str, Failed> {
        let (_, rest) = self.html.split_once("<div id=\"checkout\">").ok_or("no root")?;
        Ok(rest.split_once("</main></div>").ok_or(format!("nothing is painted: {rest}"))?.0)
    }

    /// Checks that a session's address stands there with all that goes with it.
    pub fn shows_how_to_pay(&self, view: &SessionView) -> Told {
        let address = address(view).ok_or("no address")?;
        let painted = self.painted()?;
        // Without the tags: parts of an address stand out.
        let words: String = painted.split('<').filter_map(|piece| piece.split_once('>')).map(|(_, text)| text).collect();
        let amount = address.amount.amount.to_string();
        for said in [&address.address, &amount, address.network.label()] {
            check(words.contains(said), format!("{said} is not in {words}"))?;
        }
        check(painted.contains("<svg ") && painted.contains("class=\"qr\""), "there is no QR code")
    }

    /// When the page loads itself again without a script, and what.
    pub fn reload(&self) -> Option<&str> {
        let (_, rest) = self.html.split_once("<noscript><meta http-equiv=\"refresh\" content=\"")?;
        Some(rest.split_once('"')?.0)
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

pub async fn page(edge: &Edge, path: impl ToString) -> Result<Page, Failed> {
    Page::of(edge.get(path).await?).await
}

/// A text of a language.
pub fn text(tag: &str, name: &str) -> Result<String, Failed> {
    let file = format!("{}/../frontend/messages/{tag}.json", env!("CARGO_MANIFEST_DIR"));
    let texts: Value = serde_json::from_str(&std::fs::read_to_string(file)?)?;
    Ok(texts[name].as_str().ok_or("no such text")?.to_owned())
}

async fn the_first_paint_says_who_is_paid_what_and_how(edge: &Edge) -> Told {
    let page = page(edge, format!("{}?order={}", Route::Enter, edge.sign(&Edge::claims()))).await?;
    check(page.status == 200, page.status)?;
    let painted = page.painted()?;
    for said in ["18.90", "Corner Café", "Beans", "USDT", "Bitcoin", &text("en", "choose_heading")?] {
        check(painted.contains(said), format!("{said} is not in {painted}"))?;
    }
    let link = page_data(&page.html)?["page"].as_str().ok_or("no link")?.to_owned();
    let (_, form) = painted.split_once(&format!("<form method=\"post\" action=\"{link}\">")).ok_or("no form")?;
    let buttons = form.split("<button ").filter(|button| button.contains("name=\"method\""));
    check(buttons.clone().count() > 3 && buttons.clone().any(|button| button.contains("value=\"USDT:tron\"")), "each a button in it")?;
    check(!painted.contains("<script") && !painted.contains(" style="), "nothing that the page's own policy forbids")
}

async fn an_address_is_painted_with_its_code_and_its_network(edge: &Edge) -> Told {
    let opening = edge.open().await?;
    let view = edge.choose(&opening, "USDT:tron").await?;
    page(edge, Route::Page(opening.capability)).await?.shows_how_to_pay(&view)
}

async fn an_error_is_painted_in_the_customers_words(edge: &Edge) -> Told {
    for tag in ["de", "ar", "zh-Hant"] {
        let page = page(edge, format!("{}?order=x&lang={tag}", Route::Enter)).await?;
        check(page.status == 401, page.status)?;
        let said = text(tag, "problem_order_token")?;
        check(page.painted()?.contains(&said), format!("{said} is not in {}", page.html))?;
        check(page.reload().is_none() && !page.html.contains("<noscript>"), "it would be the same again")?;
    }
    Ok(())
}

async fn a_link_that_was_cut_off_leads_to_a_page_with_words(edge: &Edge) -> Told {
    let link = Route::Page(edge.open().await?.capability).to_string();
    for end in [link.len() - 1, link.len() - 50, "/checkout/".len()] {
        let page = page(edge, format!("{}?lang=es", &link[..end])).await?;
        // What still has the form of a link is one of somebody else's.
        check(page.status == 404 || (page.status == 403 && end == link.len() - 1), format!("{} for {}", page.status, &link[..end]))?;
        check(page.painted()?.contains(&text("es", "problem_unknown")?), page.html)?;
    }
    Ok(())
}

async fn what_a_shop_writes_breaks_out_of_nothing(edge: &Edge) -> Told {
    let evil = "</script></style><script>alert(1)</script><!-- __CHECKOUT_NONCE__ \" onload=\"";
    let plain = page(edge, format!("{}?order={}", Route::Enter, edge.sign(&Edge::claims()))).await?;
    let mut claims = Edge::claims();
    claims["description"] = json!(evil);
    let page = page(edge, format!("{}?order={}", Route::Enter, edge.sign(&claims))).await?;
    check(page_data(&page.html)?["session"]["order"]["description"] == evil, "it is told as it is")?;
    for tag in ["<script", "</script", "</style", "<!--"] {
        let count = |page: &Page| page.html.matches(tag).count();
        check(count(&page) == count(&plain), format!("{tag}: {} and {}", count(&page), count(&plain)))?;
    }
    check(page.painted()?.contains("&lt;script>alert(1)") || page.painted()?.contains("&lt;script&gt;alert(1)"), page.painted()?)
}

async fn the_page_brings_its_styles_and_lets_nothing_else_in(edge: &Edge) -> Told {
    let page = page(edge, Route::Enter).await?;
    let policy = page.header("content-security-policy");
    let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).ok_or("no nonce")?;
    let wanted = [
        "default-src 'none'",
        &format!("script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'"),
        &format!("style-src 'nonce-{nonce}'"),
        &format!("img-src 'self' data: {}", edge.storefront),
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
        &format!("frame-ancestors {}", edge.storefront),
    ];
    check(policy == wanted.join("; "), policy)?;
    let styles = page.html.split_once(&format!("<style nonce=\"{nonce}\">")).ok_or("no styles")?.1;
    check(styles.split_once("</style>").is_some_and(|(styles, _)| styles.contains(".checkout{")), "they are the widget's, small")?;
    check(!page.html.contains("rel=\"stylesheet\""), "nothing else is waited for")
}

async fn the_page_may_stand_in_a_page_that_is_isolated(edge: &Edge) -> Told {
    let page = page(edge, Route::Enter).await?;
    check(page.header("cross-origin-embedder-policy") == "require-corp", "isolated itself")?;
    check(page.header("cross-origin-resource-policy") == "cross-origin", "and let be shown")?;
    let assets: Vec<&str> = page.html.split(['"', '\'']).filter(|word| word.starts_with("/checkout-widget")).collect();
    check(!assets.is_empty(), "script and WebAssembly")?;
    for (path, policy) in assets.into_iter().map(|path| (path, "same-origin")).chain([("/embed/edge-checkout.js", "cross-origin")]) {
        let answer = edge.get(path).await?;
        let stated = answer.headers().get("cross-origin-resource-policy").and_then(|value| value.to_str().ok());
        check(answer.status() == 200 && stated == Some(policy), format!("{path}: {stated:?}"))?;
    }
    Ok(())
}

async fn a_page_loads_itself_again_while_something_may_happen(edge: &Edge) -> Told {
    let opening = edge.open().await?;
    let path = Route::Page(opening.capability.clone()).to_string();
    edge.until(&opening, "on offer", |view| !view.methods.is_empty()).await?;
    let choosing = page(edge, format!("{path}?lang=de&payment_id=x")).await?;
    check(choosing.reload() == Some(&format!("300; url={path}?lang=de")), format!("{:?}", choosing.reload()))?;
    check(choosing.html.contains(&text("de", "no_script")?), "and is said to")?;
    edge.choose(&opening, "USDT:tron").await?;
    let paying = page(edge, &path).await?;
    check(paying.reload() == Some(&format!("10; url={path}")), format!("{:?}", paying.reload()))?;
    let again = page(edge, format!("{path}?choose=1")).await?;
    check(again.reload() == Some(&format!("300; url={path}?choose=1")), format!("{:?}", again.reload()))?;
    edge.pay(&opening, WalletAction::Exact).await?;
    edge.until(&opening, "paid", |view| view.status == Status::Paid).await?;
    let paid = page(edge, &path).await?;
    check(paid.reload().is_none() && paid.painted()?.contains(&text("en", "paid_heading")?), paid.painted()?)
}
