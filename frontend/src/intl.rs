//! What a JavaScript engine does better than we could: reading the list of texts, and what `Intl` knows of a language. There is one wherever
//! this becomes WASM, in browsers and at the edge; natively (tests, the gallery) plain stand-ins take its place.

#[cfg(target_arch = "wasm32")]
pub use engine::{Texts, contains, date, number, plural_category};
#[cfg(not(target_arch = "wasm32"))]
pub use plain::{Texts, contains, date, number, plural_category};

#[cfg(target_arch = "wasm32")]
mod engine {
    use checkout_shared::time::Timestamp;
    use js_sys::{Array, Date, Intl, JSON, JsString, Number, Object, Reflect};
    use wasm_bindgen::{JsCast, JsValue};

    /// A day and a time of it, with its zone, so that it means the same to whoever reads it.
    const DATE: &str = r#"{"year":"numeric","month":"long","day":"numeric","hour":"2-digit","minute":"2-digit","timeZoneName":"short"}"#;

    /// A list of texts, left where the engine's parser put it until they are needed.
    #[derive(Debug)]
    pub struct Texts(Array);

    impl Texts {
        pub fn parse(list: &str) -> Option<Self> {
            JSON::parse(list).ok()?.dyn_into().ok().map(Self)
        }

        pub fn text(&self, at: usize) -> Option<String> {
            self.at(at).as_string()
        }

        pub fn form(&self, at: usize, category: &str) -> Option<String> {
            Reflect::get(&self.at(at), &JsValue::from_str(category)).ok()?.as_string()
        }

        fn at(&self, at: usize) -> JsValue {
            u32::try_from(at).map_or(JsValue::UNDEFINED, |at| self.0.get(at))
        }
    }

    /// CLDR's category of a whole number: `zero`, `one`, `two`, `few`, `many` or `other`.
    pub fn plural_category(language: &str, number: u32) -> String {
        Intl::PluralRules::new(&Array::of1(&language.into()), &Object::new()).select(number.into()).into()
    }

    /// A whole number in the language's digits and groups.
    pub fn number(language: &str, number: u32) -> String {
        Number::from(number).to_locale_string(language).into()
    }

    /// A point in time as it is written in the language, where the customer is.
    pub fn date(language: &str, at: Timestamp) -> String {
        // Exact: far below 2^53.
        #[expect(clippy::cast_precision_loss)]
        let date = Date::new(&JsValue::from_f64(at.0 as f64));
        date.to_locale_string(language, &JSON::parse(DATE).unwrap_or_default()).into()
    }

    /// Whether the part occurs in the text, in capital letters or small ones.
    pub fn contains(text: &str, part: &str) -> bool {
        let small = |text: &str| JsString::from(text).to_lower_case();
        small(text).includes(&String::from(small(part)), 0)
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod plain {
    use checkout_shared::time::Timestamp;
    use serde_json::Value;

    /// A list of texts.
    #[derive(Debug)]
    pub struct Texts(Vec<Value>);

    impl Texts {
        pub fn parse(list: &str) -> Option<Self> {
            serde_json::from_str(list).ok().map(Self)
        }

        pub fn text(&self, at: usize) -> Option<String> {
            self.0.get(at)?.as_str().map(str::to_owned)
        }

        pub fn form(&self, at: usize, category: &str) -> Option<String> {
            self.0.get(at)?.get(category)?.as_str().map(str::to_owned)
        }
    }

    /// English categories.
    pub fn plural_category(_language: &str, number: u32) -> String {
        if number == 1 { "one" } else { "other" }.to_owned()
    }

    /// Plain digits.
    pub fn number(_language: &str, number: u32) -> String {
        number.to_string()
    }

    /// Year, month and day, and the time, of UTC.
    pub fn date(_language: &str, at: Timestamp) -> String {
        let (days, minutes) = (at.seconds().div_euclid(86_400), at.seconds().rem_euclid(86_400) / 60);
        // Howard Hinnant's `civil_from_days`: years begin in March, in eras of 400 years.
        let (era, day_of_era) = ((days + 719_468).div_euclid(146_097), (days + 719_468).rem_euclid(146_097));
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let (day, month) = (day_of_year - (153 * month_from_march + 2) / 5 + 1, (month_from_march + 2) % 12 + 1);
        let year = era * 400 + year_of_era + i64::from(month <= 2);
        format!("{year}-{month:02}-{day:02} {:02}:{:02} UTC", minutes / 60, minutes % 60)
    }

    /// Whether the part occurs in the text, in capital letters or small ones.
    pub fn contains(text: &str, part: &str) -> bool {
        text.to_lowercase().contains(&part.to_lowercase())
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn a_date_is_a_day_of_the_calendar() {
            assert_eq!(date("", Timestamp(0)), "1970-01-01 00:00 UTC");
            assert_eq!(date("", Timestamp(1_709_210_040_000)), "2024-02-29 12:34 UTC");
            assert_eq!(date("", Timestamp(1_767_225_599_999)), "2025-12-31 23:59 UTC");
        }
    }
}
