//! The checkout page as text: the built `index.html` with a language's texts and the styles in it, and what differs from response to
//! response filled in. Who is shown what is `checkout-edge`'s to say; what it looks like, `checkout-widget`'s.

use checkout_shared::language::Language;
use checkout_shared::page::PageData;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// Stands for the language's tag.
const LANGUAGE_SLOT: &str = "__CHECKOUT_LANGUAGE__";
/// Stands for the way it is written.
const DIRECTION_SLOT: &str = "__CHECKOUT_DIRECTION__";
/// Stands for all texts: the inside of an element of JSON.
const MESSAGES_SLOT: &str = "__CHECKOUT_MESSAGES__";
/// Stands for the styles.
const STYLES_SLOT: &str = "__CHECKOUT_STYLES__";
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
    /// The styles would end the element they stand in.
    #[error("the styles hold an HTML tag")]
    Styles,
}

/// The texts of a language.
#[derive(Debug)]
pub struct Texts {
    by_name: BTreeMap<String, Value>,
    language: Language,
    list: String,
}

impl Texts {
    /// Reads a language's `{tag}.json`, an object of texts by name.
    pub fn read(language: Language, file: &str) -> Result<Self, PageError> {
        let by_name: BTreeMap<String, Value> = serde_json::from_str(file)?;
        let head = [language.tag(), language.direction()].map(Value::from);
        let list: Value = head.into_iter().chain(by_name.values().cloned()).collect();
        Ok(Self { list: inline_json(&list)?, by_name, language })
    }

    /// What the widget reads (`checkout_shared::page`): JSON, a list of the language's tag, its direction and the texts in the order of
    /// their names. It then needs no names.
    #[must_use]
    pub fn list(&self) -> &str {
        &self.list
    }

    /// One text, as HTML.
    fn html(&self, name: &str) -> Result<String, PageError> {
        let text = self.by_name.get(name).and_then(Value::as_str).ok_or_else(|| PageError::Text(name.to_owned()))?;
        Ok(escaped(text))
    }

    /// The page with each `__CHECKOUT_MESSAGE_{name}__` replaced by that text.
    fn put_into(&self, html: &str) -> Result<String, PageError> {
        let (before_name, behind_name) = MESSAGE_SLOT;
        let mut pieces = html.split(before_name);
        let mut filled = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let (name, rest) = piece.split_once(behind_name).ok_or_else(|| PageError::Text(piece.chars().take(40).collect()))?;
            filled.push_str(&self.html(name)?);
            filled.push_str(rest);
        }
        Ok(filled)
    }
}

/// What is filled anew for each response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slot {
    Nonce,
    Theme,
    FirstPaint,
    Data,
    /// Up to [`Self::End`] is left out of a page that does not load itself again.
    IfReloading,
    Reload,
    End,
}

impl Slot {
    /// All of them, and what stands for each in `index.html`.
    const ALL: [(&str, Self); 7] = [
        ("__CHECKOUT_NONCE__", Self::Nonce),
        ("__CHECKOUT_THEME__", Self::Theme),
        ("<!--checkout:first-paint-->", Self::FirstPaint),
        ("__CHECKOUT_DATA__", Self::Data),
        ("<!--checkout:if-reloading-->", Self::IfReloading),
        ("__CHECKOUT_RELOAD__", Self::Reload),
        ("<!--checkout:end-->", Self::End),
    ];

    /// The first one in a text, with what stands before and behind it.
    fn first(html: &str) -> Option<(&str, Self, &str)> {
        let found = Self::ALL.iter().filter_map(|(mark, slot)| html.find(mark).map(|at| (at, mark.len(), *slot)));
        let (at, length, slot) = found.min_by_key(|(at, ..)| *at)?;
        Some((&html[..at], slot, &html[at + length..]))
    }
}

/// What differs from response to response.
#[derive(Clone, Copy, Debug)]
pub struct Filling<'a> {
    /// What lets the page's own scripts and styles in.
    pub nonce: &'a str,
    /// The shop's look: rules behind the page's own ([`crate::theme`]).
    pub theme: &'a str,
    /// What the page shows before the widget is there: HTML.
    pub first_paint: &'a str,
    /// When the page loads itself again where no script keeps it live, and what, as `<meta http-equiv="refresh">` puts it.
    pub reload: Option<&'a str>,
    /// What the widget starts from.
    pub data: &'a PageData,
}

/// The page in one language.
#[derive(Debug)]
pub struct Template {
    pieces: Vec<(String, Slot)>,
    end: String,
}

impl Template {
    /// Puts a language's texts and the styles into `index.html`.
    pub fn new(html: &str, styles: &str, texts: &Texts) -> Result<Self, PageError> {
        let slots = [LANGUAGE_SLOT, DIRECTION_SLOT, MESSAGES_SLOT, STYLES_SLOT].into_iter().chain(Slot::ALL.map(|(mark, _)| mark));
        if let Some(missing) = slots.into_iter().find(|slot| !html.contains(slot)) {
            return Err(PageError::Slot(missing));
        }
        if styles.contains("</") {
            return Err(PageError::Styles);
        }
        let html = without_remarks(html).replace(LANGUAGE_SLOT, texts.language.tag()).replace(DIRECTION_SLOT, texts.language.direction());
        let html = texts.put_into(&html)?.replacen(STYLES_SLOT, styles, 1).replacen(MESSAGES_SLOT, &texts.list, 1);
        let (mut pieces, mut rest) = (Vec::new(), html.as_str());
        while let Some((before, slot, behind)) = Slot::first(rest) {
            pieces.push((before.to_owned(), slot));
            rest = behind;
        }
        Ok(Self { pieces, end: rest.to_owned() })
    }

    /// The page. What is filled in is never read for slots.
    pub fn filled(&self, filling: &Filling) -> Result<String, PageError> {
        let data = inline_json(filling.data)?;
        let (mut page, mut is_left_out) = (String::new(), false);
        for (text, slot) in &self.pieces {
            if is_left_out {
                is_left_out = *slot != Slot::End;
                continue;
            }
            page.push_str(text);
            match slot {
                Slot::Nonce => page.push_str(filling.nonce),
                Slot::Theme => page.push_str(filling.theme),
                Slot::FirstPaint => page.push_str(filling.first_paint),
                Slot::Data => page.push_str(&data),
                Slot::IfReloading => is_left_out = filling.reload.is_none(),
                Slot::Reload => page.push_str(&escaped(filling.reload.unwrap_or_default())),
                Slot::End => {}
            }
        }
        page.push_str(&self.end);
        Ok(page)
    }
}

/// JSON that cannot end the element it stands in.
fn inline_json(value: &impl Serialize) -> serde_json::Result<String> {
    Ok(serde_json::to_string(value)?.replace('<', "\\u003c"))
}

/// A text as HTML, also within quotes.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

/// HTML without the comments that are for whoever reads `index.html`; those begin with a space.
fn without_remarks(html: &str) -> String {
    let mut pieces = html.split("<!-- ");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |kept, piece| kept + piece.split_once("-->").map_or("", |(_, behind)| behind.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HTML: &str = concat!(
        "<html lang=\"__CHECKOUT_LANGUAGE__\" dir=\"__CHECKOUT_DIRECTION__\"><!-- a\nremark -->\n<title>__CHECKOUT_MESSAGE_pay_now__</title>",
        "<!--checkout:if-reloading--><meta content=\"__CHECKOUT_RELOAD__\"><script nonce=\"__CHECKOUT_NONCE__\"></script>",
        "<!--checkout:end-->",
        "<style nonce=\"__CHECKOUT_NONCE__\">__CHECKOUT_STYLES____CHECKOUT_THEME__</style><div><!--checkout:first-paint--></div>",
        "<script id=\"m\">__CHECKOUT_MESSAGES__</script><script>__CHECKOUT_DATA__</script>",
    );
    const FILE: &str = r#"{"pay_now": "Bezahlen & <los>", "blocks": {"one": "ein Block", "other": "{count} Blöcke"}}"#;
    const STYLES: &str = "a>b{color:red}";

    fn template(language: &str, html: &str, file: &str) -> Result<Template, PageError> {
        Template::new(html, STYLES, &Texts::read(Language::closest(language).unwrap(), file)?)
    }

    fn filled(template: &Template, reload: Option<&str>, data: &PageData) -> String {
        template.filled(&Filling { nonce: "n0", theme: ":root{}", first_paint: "<main>Hi</main>", reload, data }).unwrap()
    }

    #[test]
    fn the_texts_stand_in_the_page_in_the_order_of_their_names() {
        let page = filled(&template("de", HTML, FILE).unwrap(), None, &PageData::default());
        let expected = concat!(
            "<html lang=\"de\" dir=\"ltr\"><title>Bezahlen &amp; &lt;los></title><style nonce=\"n0\">a>b{color:red}:root{}</style>",
            "<div><main>Hi</main></div><script id=\"m\">[\"de\",\"ltr\",{\"one\":\"ein Block\",\"other\":\"{count} Blöcke\"},",
            "\"Bezahlen & \\u003clos>\"]</script><script>{}</script>",
        );
        assert_eq!(page, expected);
        let arabic = filled(&template("ar", HTML, FILE).unwrap(), None, &PageData::default());
        assert!(arabic.starts_with("<html lang=\"ar\" dir=\"rtl\">"));
    }

    #[test]
    fn a_page_loads_itself_again_or_says_nothing_of_it() {
        let template = template("en", HTML, FILE).unwrap();
        let reloading = filled(&template, Some("10; url=/checkout/x.y?lang=fr&origin=\"o\""), &PageData::default());
        assert!(
            reloading
                .contains("<meta content=\"10; url=/checkout/x.y?lang=fr&amp;origin=&quot;o&quot;\"><script nonce=\"n0\"></script><style")
        );
        assert!(!filled(&template, None, &PageData::default()).contains("<meta"));
    }

    #[test]
    fn what_is_filled_in_breaks_out_of_nothing_and_is_no_template() {
        let evil = "</script><script>__CHECKOUT_NONCE__<!--checkout:end-->".to_owned();
        let data = PageData { merchant: Some(evil.clone()), ..PageData::default() };
        let page = filled(&template("en", HTML, FILE).unwrap(), None, &data);
        let inlined = page.rsplit_once("<script>").unwrap().1;
        let json = inlined.strip_suffix("</script>").unwrap();
        assert!(!json.contains('<'));
        assert_eq!(serde_json::from_str::<PageData>(json).unwrap().merchant, Some(evil));
    }

    #[test]
    fn a_page_that_would_be_without_words_is_not_made() {
        assert!(matches!(template("en", HTML, "[]"), Err(PageError::Texts(_))));
        assert!(matches!(template("en", HTML, "{}"), Err(PageError::Text(name)) if name == "pay_now"));
        for (slot, _) in Slot::ALL {
            assert!(matches!(template("en", &HTML.replace(slot, ""), FILE), Err(PageError::Slot(missing)) if missing == slot));
        }
        let texts = Texts::read(Language::ENGLISH, FILE).unwrap();
        assert!(matches!(Template::new(HTML, "</style>", &texts), Err(PageError::Styles)));
    }

    #[test]
    fn the_real_page_can_be_made_in_english() {
        let file = include_str!("../../../frontend/messages/en.json");
        let styles = include_str!("../../../frontend/src/checkout.css");
        let texts = Texts::read(Language::ENGLISH, file).unwrap();
        let template = Template::new(include_str!("../../../index.html"), styles, &texts).unwrap();
        for reload in [None, Some("10; url=/checkout/x.y")] {
            let page = filled(&template, reload, &PageData::default());
            assert!(page.contains("<html lang=\"en\" dir=\"ltr\">") && page.contains("[\"en\",\"ltr\",\""));
            assert!(!page.contains("__CHECKOUT") && !page.contains("<!--"), "a slot or a remark is left");
            assert_eq!(page.matches("<noscript>").count(), reload.map_or(0, |_| 2));
        }
    }
}
