//! The languages the checkout speaks, and which of them a customer is spoken to in. Their texts are `frontend/messages/{tag}.json`.
//!
//! Pure: the edge hands over what the page's address and the browser ask for ([`Language::choose`]).

/// One of the languages there are messages in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Language(&'static str);

impl Language {
    /// Spoken to whoever asks for no language there is.
    pub const ENGLISH: Self = Self("en");

    /// All of them.
    pub const ALL: [Self; 21] = [
        Self::ENGLISH,
        Self("es"),
        Self("pt-BR"),
        Self("fr"),
        Self("de"),
        Self("it"),
        Self("nl"),
        Self("tr"),
        Self("ru"),
        Self("uk"),
        Self("ar"),
        Self("fa"),
        Self("he"),
        Self("hi"),
        Self("id"),
        Self("vi"),
        Self("th"),
        Self("ja"),
        Self("ko"),
        Self("zh-Hans"),
        Self("zh-Hant"),
    ];

    /// Its BCP 47 tag, as in `<html lang>` and in the name of its file: `pt-BR`.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        self.0
    }

    /// Which way it is written, as in `<html dir>`: `ltr` or `rtl`.
    #[must_use]
    pub fn direction(self) -> &'static str {
        if matches!(self.0, "ar" | "fa" | "he") { "rtl" } else { "ltr" }
    }

    /// The language for a customer: what the page's address asks for (a BCP 47 tag), else what the browser likes best (the value of
    /// `Accept-Language`), else English. What cannot be read asks for nothing.
    #[must_use]
    pub fn choose(asked: Option<&str>, accepted: Option<&str>) -> Self {
        asked.and_then(Self::closest).or_else(|| accepted.and_then(Self::best)).unwrap_or(Self::ENGLISH)
    }

    /// The language for a BCP 47 tag of any case: by the tag's own language, whatever its region. Chinese goes by its script, or by the
    /// script of the region.
    #[must_use]
    pub fn closest(tag: &str) -> Option<Self> {
        let mut subtags = tag.trim().split(['-', '_']);
        let language = subtags.next()?;
        let is_one_of = |subtag: &str, names: &[&str]| names.iter().any(|name| subtag.eq_ignore_ascii_case(name));
        if language.eq_ignore_ascii_case("zh") {
            // A script stands before a region, and says more.
            let script = subtags.find(|subtag| is_one_of(subtag, &["Hans", "Hant", "TW", "HK", "MO"]));
            let is_traditional = script.is_some_and(|script| !script.eq_ignore_ascii_case("Hans"));
            return Self::exactly(if is_traditional { "zh-Hant" } else { "zh-Hans" });
        }
        // Old names that are still sent.
        let language = match language {
            old if old.eq_ignore_ascii_case("iw") => "he",
            old if old.eq_ignore_ascii_case("in") => "id",
            other => other,
        };
        Self::ALL.into_iter().find(|known| known.0.split('-').next().is_some_and(|known| known.eq_ignore_ascii_case(language)))
    }

    fn exactly(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.0 == tag)
    }

    /// The language with the greatest weight in an `Accept-Language`; of several, the first.
    fn best(accepted: &str) -> Option<Self> {
        let mut best: Option<(u16, Self)> = None;
        for range in accepted.split(',') {
            let mut parts = range.split(';');
            let language = parts.next().and_then(Self::closest);
            let weight = parts.map(str::trim).find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
            let weight = weight.map_or(Some(1000), thousandths);
            if let (Some(language), Some(weight)) = (language, weight)
                && weight > best.map_or(0, |(weight, _)| weight)
            {
                best = Some((weight, language));
            }
        }
        best.map(|(_, language)| language)
    }
}

/// A weight of 0 to 1 with up to three decimals; `None` for anything else.
fn thousandths(weight: &str) -> Option<u16> {
    let (whole, decimals) = weight.trim().split_once('.').unwrap_or((weight.trim(), ""));
    if decimals.len() > 3 || !decimals.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let decimals: u16 = format!("{decimals:0<3}").parse().ok()?;
    match whole {
        "0" => Some(decimals),
        "1" if decimals == 0 => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn closest(tag: &str) -> Option<&'static str> {
        Language::closest(tag).map(Language::tag)
    }

    #[test]
    fn every_language_is_found_by_its_own_tag_and_by_its_base() {
        for language in Language::ALL {
            assert_eq!(Language::closest(language.tag()), Some(language));
            assert_eq!(Language::closest(&language.tag().to_ascii_uppercase()), Some(language));
        }
        for (tag, found) in [("pt", "pt-BR"), ("pt-PT", "pt-BR"), ("de-CH-1996", "de"), ("EN-gb", "en"), ("iw", "he"), ("es_MX", "es")] {
            assert_eq!(closest(tag), Some(found), "{tag}");
        }
    }

    #[test]
    fn chinese_goes_by_its_script() {
        for tag in ["zh", "zh-CN", "zh-SG", "zh-Hans", "zh-hans-HK", "ZH_cn"] {
            assert_eq!(closest(tag), Some("zh-Hans"), "{tag}");
        }
        for tag in ["zh-TW", "zh-hk", "zh-MO", "zh-Hant", "zh-Hant-CN"] {
            assert_eq!(closest(tag), Some("zh-Hant"), "{tag}");
        }
    }

    #[test]
    fn what_is_no_language_of_ours_is_none() {
        for tag in ["", "*", "-", "pl", "e", "english", "../en", "en/..", "Hant"] {
            assert_eq!(closest(tag), None, "{tag}");
        }
    }

    #[test]
    fn the_address_comes_before_the_browser_and_english_is_what_is_left() {
        let choose = |asked, accepted| Language::choose(asked, accepted).tag();
        assert_eq!(choose(Some("fr"), Some("de")), "fr");
        assert_eq!(choose(Some("pl"), Some("de")), "de");
        assert_eq!(choose(None, Some("pl, *;q=0.5")), "en");
        assert_eq!(choose(None, None), "en");
    }

    #[test]
    fn the_browsers_weights_count() {
        let accepted = |accepted| Language::choose(None, Some(accepted)).tag();
        assert_eq!(accepted("pl-PL,pl;q=0.9,uk;q=0.8,en;q=0.7"), "uk");
        assert_eq!(accepted("en;q=0.4, ar ; q=0.55,fa;q=0.5"), "ar");
        assert_eq!(accepted("ja;q=0.9,ko"), "ko");
        assert_eq!(accepted("it,nl"), "it", "of equals, the first");
        assert_eq!(accepted("de;q=0,th;q=0.001"), "th", "nought is a refusal");
        assert_eq!(accepted("de;q=2,fr;q=0.1234,vi;q=x,hi;q=,tr;q=0.1"), "tr", "what is no weight asks for nothing");
        assert_eq!(accepted(",;,;q=1,,es"), "es");
    }

    #[test]
    fn three_languages_are_written_from_the_right() {
        let from_the_right: Vec<_> =
            Language::ALL.into_iter().filter(|language| language.direction() == "rtl").map(Language::tag).collect();
        assert_eq!(from_the_right, ["ar", "fa", "he"]);
    }
}
