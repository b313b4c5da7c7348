//! The files of texts, one per language: all there, all of one shape, and every text used.
#![cfg(not(target_arch = "wasm32"))]

mod states;

use checkout_shared::language::Language;
use checkout_widget::messages::Key;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The plural categories of each language's whole numbers and large ones, by CLDR's cardinal rules.
fn categories(language: Language) -> &'static [&'static str] {
    match language.tag() {
        "id" | "vi" | "th" | "ja" | "ko" | "zh-Hans" | "zh-Hant" => &["other"],
        "en" | "de" | "nl" | "tr" | "fa" | "hi" => &["one", "other"],
        "es" | "pt-BR" | "fr" | "it" => &["many", "one", "other"],
        "he" => &["one", "other", "two"],
        "ru" | "uk" => &["few", "many", "one", "other"],
        "ar" => &["few", "many", "one", "other", "two", "zero"],
        unknown => panic!("{unknown}: look its categories up in CLDR"),
    }
}

/// The names in braces.
fn places(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).map(|rest| rest.split_once('}').unwrap_or_else(|| panic!("a brace is not closed: {text}")).0).collect()
}

/// Each text of a value: itself, or its forms by plural category.
fn forms(value: &Value) -> Vec<&str> {
    let texts: Vec<&Value> = value.as_object().map_or_else(|| vec![value], |forms| forms.values().collect());
    texts.into_iter().map(|text| text.as_str().unwrap_or_else(|| panic!("no text: {value}"))).collect()
}

/// What is wrong with a language's file, compared with the English one.
fn faults(language: Language) -> Vec<String> {
    let (english, file) = (states::file(Language::ENGLISH), states::file(language));
    let mut faults = Vec::new();
    faults.extend(english.keys().filter(|name| !file.contains_key(*name)).map(|name| format!("{name} is missing")));
    for (name, value) in &file {
        let Some(model) = english.get(name) else {
            faults.push(format!("{name} is nothing in English"));
            continue;
        };
        let wanted: &[&str] = if model.is_object() { categories(language) } else { &[] };
        let has: BTreeSet<&str> = value.as_object().into_iter().flatten().map(|(category, _)| category.as_str()).collect();
        if has != wanted.iter().copied().collect() {
            faults.push(format!("{name} has the forms {has:?} and needs {wanted:?}"));
        }
        for text in forms(value) {
            faults.extend(fault_of(text, forms(model)[0]).map(|fault| format!("{name} {fault}: {text}")));
        }
    }
    faults
}

fn fault_of(text: &str, model: &str) -> Option<&'static str> {
    if text.trim().is_empty() {
        return Some("is empty");
    }
    if text != text.trim() {
        return Some("has a space around it");
    }
    if text.contains('<') {
        return Some("has markup");
    }
    (places(text) != places(model)).then_some("has other places than English")
}

#[test]
fn there_is_one_file_for_each_language_and_no_other() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("messages");
    let files: BTreeSet<String> =
        fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    let languages: BTreeSet<String> = Language::ALL.into_iter().map(|language| format!("{}.json", language.tag())).collect();
    assert_eq!(files, languages);
}

#[test]
fn the_keys_are_those_of_the_english_file_in_the_order_of_their_names() {
    let mut names: Vec<String> = states::file(Language::ENGLISH).into_iter().map(|(name, _)| name).collect();
    names.sort();
    let keys: Vec<&str> = Key::ALL.iter().map(|(_, name)| *name).collect();
    assert_eq!(keys, names);
    for (place, (key, name)) in Key::ALL.iter().enumerate() {
        assert_eq!(*key as usize, place, "{name}");
        assert_eq!(format!("{key:?}").to_lowercase(), name.replace('_', ""));
    }
}

#[test]
fn every_language_has_every_text_with_the_same_places_and_its_own_plurals() {
    let faults: Vec<String> = Language::ALL
        .into_iter()
        .flat_map(|language| faults(language).into_iter().map(move |fault| format!("{}: {fault}", language.tag())))
        .collect();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn a_fault_would_be_found() {
    assert_eq!(fault_of("Pagar a {shop}", "Pay {shop}"), None);
    assert_eq!(fault_of("Pagar a {tienda}", "Pay {shop}"), Some("has other places than English"));
    assert_eq!(fault_of("<b>Pagar</b> a {shop}", "Pay {shop}"), Some("has markup"));
    assert_eq!((fault_of(" ", "Pay"), fault_of("Pagar ", "Pay")), (Some("is empty"), Some("has a space around it")));
}

#[test]
fn every_text_is_used() {
    let sources = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap();
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../index.html");
    let paths = sources.map(|entry| entry.unwrap().path()).filter(|path| path.is_file()).chain([page]);
    let code: String = paths.map(|path| fs::read_to_string(path).unwrap()).collect();
    for (key, name) in Key::ALL {
        let used = code.split(&format!("Key::{key:?}")).skip(1).any(|after| !after.starts_with(char::is_alphanumeric));
        assert!(used || code.contains(&format!("__CHECKOUT_MESSAGE_{name}__")), "{name}");
    }
}
