//! The checkout page in one language: the built `index.html` with that language's texts in it. What differs from response to response
//! (nonces, the session) is `checkout-edge`'s to fill.

use checkout_shared::language::Language;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// Stands for the language's tag.
const LANGUAGE_SLOT: &str = "__CHECKOUT_LANGUAGE__";
/// Stands for the way it is written.
const DIRECTION_SLOT: &str = "__CHECKOUT_DIRECTION__";
/// Stands for all texts: the inside of an element of JSON.
const MESSAGES_SLOT: &str = ">__CHECKOUT_MESSAGES__</script>";
/// Before and behind the name of a single text.
const MESSAGE_SLOT: (&str, &str) = ("__CHECKOUT_MESSAGE_", "__");

/// Why a page cannot be made; only a faulty deployment causes it.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// A file of texts is no JSON object.
    #[error("the texts cannot be read: {0}")]
    Texts(#[from] serde_json::Error),
    /// `index.html` has no place for this.
    #[error("index.html lacks the slot {0}")]
    Slot(&'static str),
    /// `index.html` names a text that is none.
    #[error("index.html wants a text that is not there: {0}")]
    Text(String),
}

/// Fills `index.html` with a language's texts; `file` is its `{tag}.json`, an object of texts by name.
///
/// The widget's texts become a list in the order of their names, behind the language's tag and direction
/// (`checkout_shared::page`): it then needs no names.
pub fn in_language(html: &str, language: Language, file: &str) -> Result<String, PageError> {
    let texts: BTreeMap<String, Value> = serde_json::from_str(file)?;
    for slot in [LANGUAGE_SLOT, DIRECTION_SLOT, MESSAGES_SLOT] {
        if !html.contains(slot) {
            return Err(PageError::Slot(slot));
        }
    }
    let html = html.replace(LANGUAGE_SLOT, language.tag()).replace(DIRECTION_SLOT, language.direction());
    let html = with_single_texts(&html, &texts)?;
    let head = [language.tag(), language.direction()].map(Value::from);
    let list: Value = head.into_iter().chain(texts.into_values()).collect();
    Ok(html.replacen(MESSAGES_SLOT, &format!(">{}</script>", inline_json(&list)?), 1))
}

/// JSON that cannot end the element it stands in.
pub fn inline_json(value: &impl Serialize) -> serde_json::Result<String> {
    Ok(serde_json::to_string(value)?.replace('<', "\\u003c"))
}

fn with_single_texts(html: &str, texts: &BTreeMap<String, Value>) -> Result<String, PageError> {
    let (before_name, behind_name) = MESSAGE_SLOT;
    let mut pieces = html.split(before_name);
    let mut filled = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, rest) = piece.split_once(behind_name).ok_or_else(|| PageError::Text(piece.chars().take(40).collect()))?;
        let text = texts.get(name).and_then(Value::as_str).ok_or_else(|| PageError::Text(name.to_owned()))?;
        filled.push_str(&text.replace('&', "&amp;").replace('<', "&lt;"));
        filled.push_str(rest);
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HTML: &str = concat!(
        "<html lang=\"__CHECKOUT_LANGUAGE__\" dir=\"__CHECKOUT_DIRECTION__\"><title>__CHECKOUT_MESSAGE_pay_now__</title>",
        "<script id=\"m\">__CHECKOUT_MESSAGES__</script><script>__CHECKOUT_DATA__</script>",
    );
    const FILE: &str = r#"{"pay_now": "Bezahlen & <los>", "blocks": {"one": "ein Block", "other": "{count} Blöcke"}}"#;

    fn language(tag: &str) -> Language {
        Language::closest(tag).unwrap()
    }

    #[test]
    fn the_texts_stand_in_the_page_in_the_order_of_their_names() {
        let page = in_language(HTML, language("de"), FILE).unwrap();
        let expected = concat!(
            "<html lang=\"de\" dir=\"ltr\"><title>Bezahlen &amp; &lt;los></title><script id=\"m\">[\"de\",\"ltr\",",
            "{\"one\":\"ein Block\",\"other\":\"{count} Blöcke\"},\"Bezahlen & \\u003clos>\"]</script><script>__CHECKOUT_DATA__</script>",
        );
        assert_eq!(page, expected);
        assert!(in_language(HTML, language("ar"), FILE).unwrap().starts_with("<html lang=\"ar\" dir=\"rtl\">"));
    }

    #[test]
    fn a_page_that_would_be_without_words_is_not_made() {
        let english = Language::ENGLISH;
        assert!(matches!(in_language(HTML, english, "[]"), Err(PageError::Texts(_))));
        assert!(matches!(in_language(HTML, english, "{}"), Err(PageError::Text(name)) if name == "pay_now"));
        let without = HTML.replace("__CHECKOUT_MESSAGES__", "");
        assert!(matches!(in_language(&without, english, FILE), Err(PageError::Slot(_))));
    }

    #[test]
    fn the_real_page_can_be_made_in_english() {
        let html = include_str!("../../../index.html");
        let page = in_language(html, Language::ENGLISH, include_str!("../../../frontend/messages/en.json")).unwrap();
        assert!(page.contains("<html lang=\"en\" dir=\"ltr\">") && page.contains("[\"en\",\"ltr\",\""));
        assert!(!page.contains("__CHECKOUT_MESSAGE") && page.contains("__CHECKOUT_DATA__"));
    }
}
