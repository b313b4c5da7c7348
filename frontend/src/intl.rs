//! What a JavaScript engine does better than we could: reading the list of texts, and what `Intl` knows of a language. There is one wherever
//! this becomes WASM, in browsers and at the edge; natively (tests, the gallery) plain stand-ins take its place.

#[cfg(target_arch = "wasm32")]
pub use engine::{Texts, number, plural_category};
#[cfg(not(target_arch = "wasm32"))]
pub use plain::{Texts, number, plural_category};

#[cfg(target_arch = "wasm32")]
mod engine {
    use js_sys::{Array, Intl, JSON, Number, Object, Reflect};
    use wasm_bindgen::{JsCast, JsValue};

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
}

#[cfg(not(target_arch = "wasm32"))]
mod plain {
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
}
