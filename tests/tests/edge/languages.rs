//! The page speaks the customer's language: by its address, else by the browser, else English; and one language only.

use crate::client::{Edge, check};
use crate::doors::{inlined, page_data};
use crate::{Story, Told, stories};
use checkout_shared::language::Language;
use checkout_shared::route::Route;
use serde_json::Value;

stories! { Story:
    the_page_speaks_what_its_address_or_else_the_browser_asks_for,
    a_reload_speaks_the_same_language,
    every_language_is_there,
}

/// A page as a browser that likes `accepted` gets it.
struct Page {
    language: String,
    vary: String,
    html: String,
}

async fn page(edge: &Edge, path: impl ToString, accepted: &str) -> Result<Page, libtest_mimic::Failed> {
    let request = edge.http.get(format!("{}{}", edge.url, path.to_string())).header("accept-language", accepted);
    let answer = request.send().await?;
    let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let (language, vary) = (header("content-language"), header("vary").to_ascii_lowercase());
    Ok(Page { language, vary, html: answer.text().await? })
}

impl Page {
    fn check(&self, tag: &str, direction: &str) -> Told {
        let bare = self.html.replace('"', "");
        check(bare.contains(&format!("<html lang={tag} dir={direction}>")), format!("{tag}: {}", self.html))?;
        check(self.language == tag && self.vary.contains("accept-language"), format!("{tag}: {} {}", self.language, self.vary))?;
        check(!self.html.contains("__CHECKOUT"), format!("{tag}: a slot is left"))?;
        let texts = inlined(&self.html, "checkout-messages")?;
        check(texts[0] == tag && texts[1] == direction, &texts)?;
        let file = format!("{}/../frontend/messages/{tag}.json", env!("CARGO_MANIFEST_DIR"));
        let file: Value = serde_json::from_str(&std::fs::read_to_string(file)?)?;
        let texts = texts.as_array().ok_or("no list")?;
        check(texts.len() == file.as_object().map_or(0, serde_json::Map::len) + 2, texts.len())?;
        check(texts.contains(&file["paid_text"]), format!("{tag}: other texts"))
    }
}

async fn the_page_speaks_what_its_address_or_else_the_browser_asks_for(edge: &Edge) -> Told {
    for (query, accepted, tag, direction) in [
        ("", "de-CH,de;q=0.9,en;q=0.8", "de", "ltr"),
        ("", "pl;q=0.9,he;q=0.5", "he", "rtl"),
        ("", "", "en", "ltr"),
        ("?lang=ar", "de", "ar", "rtl"),
        ("?lang=zh-TW", "de", "zh-Hant", "ltr"),
        ("?lang=PT", "de", "pt-BR", "ltr"),
        ("?lang=../de", "fr", "fr", "ltr"),
        ("?lang=", "fr", "fr", "ltr"),
    ] {
        // Names no order: an error is a page too.
        page(edge, format!("{}{query}", Route::Enter), accepted).await?.check(tag, direction)?;
    }
    Ok(())
}

async fn a_reload_speaks_the_same_language(edge: &Edge) -> Told {
    let enter = format!("{}?order={}&origin={}", Route::Enter, edge.sign(&Edge::claims()), edge.storefront);
    let asked = page_data(&page(edge, format!("{enter}&lang=uk-UA"), "de").await?.html)?;
    let query = asked["query"].as_str().ok_or("nothing to ask for again")?;
    let origin = format!("&origin={}", edge.storefront.replace(':', "%3A").replace('/', "%2F"));
    check(query == format!("lang=uk{origin}"), query)?;
    let reload = page(edge, format!("{}?{query}", asked["page"].as_str().ok_or("no page")?), "de").await?;
    reload.check("uk", "ltr")?;
    check(page_data(&reload.html)?["embedder"] == edge.storefront.as_str(), "and may still speak to the shop's page")?;

    let liked = page_data(&page(edge, &enter, "de").await?.html)?;
    check(liked["query"] == origin.trim_start_matches('&'), "what the browser likes it says itself")
}

async fn every_language_is_there(edge: &Edge) -> Told {
    for language in Language::ALL {
        page(edge, format!("{}?lang={}", Route::Enter, language.tag()), "").await?.check(language.tag(), language.direction())?;
    }
    Ok(())
}
