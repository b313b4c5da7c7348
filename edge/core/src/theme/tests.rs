//! Themes as a whole: what comes in by the address, what goes out as style, and that both agree with the loader, the style sheet and the
//! page that explains them.

use super::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const STYLE_SHEET: &str = include_str!("../../../../frontend/src/checkout.css");
const LOADER: &str = include_str!("../../../../frontend/embed/edge-checkout.js");
const GUIDE: &str = include_str!("../../../../docs/embedding.md");

fn read(stated: &[(&str, &str)]) -> Theme {
    Theme::read(|wanted| stated.iter().find(|(name, _)| *name == wanted).map(|(_, value)| (*value).to_owned()))
}

#[test]
fn a_shop_that_states_nothing_adds_nothing() {
    assert_eq!(read(&[]).css(), "");
    assert_eq!(read(&[("theme", "auto"), ("accent", " ")]).css(), "");
    assert_eq!(read(&[]).parameters(), []);
}

#[test]
fn a_scheme_is_the_shops_to_choose() {
    let dark = read(&[("theme", "dark")]).css();
    assert!(dark.starts_with(":root{color-scheme:dark;--checkout-background:#0c0f14;"), "{dark}");
    assert!(dark.ends_with("--checkout-bad-ground:#3b1a18;}") && !dark.contains("@media"), "{dark}");
    assert!(read(&[("theme", "light")]).css().starts_with(":root{color-scheme:light;--checkout-background:#f3f5f8;"));
}

#[test]
fn a_colour_may_differ_by_night() {
    let css = read(&[("accent", "light-dark(rgb(100, 0, 0), gold)")]).css();
    let (day, night) = css.split_once("@media (prefers-color-scheme:dark){").unwrap();
    assert!(day.contains("--checkout-button:#640000;") && day.contains("--checkout-on-button:#ffffff;"), "{css}");
    assert!(night.contains("--checkout-button:#ffd700;") && night.contains("--checkout-on-button:#000000;"), "{css}");
    assert!(!css.contains("--checkout-surface"), "what the shop has not touched stays the style sheet's: {css}");
}

#[test]
fn shapes_are_passed_on() {
    let theme = read(&[("radius", "0"), ("spacing", "0.75rem"), ("font", "Inter, 'Source Sans 3'")]);
    let expected = ":root{--checkout-radius:0px;--checkout-font:Inter,\"Source Sans 3\",system-ui,sans-serif;--checkout-spacing:0.75rem;}";
    assert_eq!(theme.css(), expected);
}

#[test]
fn what_is_not_of_its_kind_is_left_out_and_said_to_be() {
    let css = read(&[("accent", "url(x)"), ("radius", "1em"), ("font", "a;b"), ("theme", "night"), ("spacing", "1rem")]).css();
    assert_eq!(css, ":root{--checkout-spacing:1rem;}/* left out, for it is not of its kind: theme, accent, radius, font */");
}

#[test]
fn a_reload_asks_for_the_same_look() {
    let stated = [("theme", "dark"), ("accent", "Gold"), ("text", "light-dark(#111, #EEE)"), ("radius", "99px"), ("surface", "no colour")];
    let parameters = read(&stated).parameters();
    let expected = [("accent", "#ffd700"), ("text", "light-dark(#111111,#eeeeee)"), ("radius", "28px"), ("theme", "dark")];
    assert_eq!(parameters, expected.map(|(name, value)| (name, value.to_owned())));
}

/// The custom properties that a block of the style sheet sets, up to its first closing brace.
fn set_in(block: &str) -> BTreeMap<&str, &str> {
    let lines = block.lines().map(str::trim).take_while(|line| *line != "}");
    lines.filter_map(|line| line.strip_prefix("--").and(line.strip_suffix(';'))?.split_once(": ")).collect()
}

#[test]
fn the_style_sheet_has_these_colours() {
    let (day, rest) = STYLE_SHEET.split_once("@media (prefers-color-scheme: dark)").unwrap();
    for (block, palette) in [(day.split_once(":root {").unwrap().1, Palette::LIGHT), (rest, Palette::DARK)] {
        let mut set = set_in(block.trim_start_matches([' ', '{', '\n']));
        for (name, color) in palette.tokens() {
            let written = set.remove(name).unwrap_or_else(|| panic!("checkout.css does not set {name}"));
            assert_eq!(Rgb::parse(written), Some(color), "{name} in checkout.css");
        }
        assert!(!set.values().any(|value| value.starts_with('#')), "colours in checkout.css that no theme knows: {set:?}");
    }
}

#[test]
fn every_custom_property_that_the_style_sheet_uses_is_set() {
    let set = set_in(STYLE_SHEET.split_once(":root {").unwrap().1);
    let used = STYLE_SHEET.split("var(").skip(1).filter_map(|rest| rest.split([')', ',']).next());
    let unset: BTreeSet<&str> = used.filter(|name| name.starts_with("--checkout-") && !set.contains_key(name)).collect();
    assert!(unset.is_empty(), "{unset:?}");
}

#[test]
fn the_loader_passes_on_every_property_and_no_other() {
    let list = LOADER.split_once("/* what a shop may style */").expect("the list in the loader").1;
    let list = list.split_once('"').and_then(|(_, rest)| rest.split_once('"')).expect("a text of names").0;
    assert_eq!(list.split(' ').collect::<Vec<_>>(), PROPERTIES);
}

#[test]
fn the_guide_explains_every_property_with_its_default() {
    let rows = GUIDE.lines().filter_map(|line| line.strip_prefix("| `--checkout-"));
    let rows: Vec<(&str, &str)> = rows.filter_map(|row| row.split_once("` |")).collect();
    assert_eq!(rows.iter().map(|(name, _)| *name).collect::<Vec<_>>(), PROPERTIES, "the table in docs/embedding.md");
    let (day, night) = (Palette::LIGHT.tokens(), Palette::DARK.tokens());
    for (name, row) in rows {
        let token = format!("--checkout-{name}");
        for palette in [&day, &night] {
            if let Some((_, default)) = palette.iter().find(|(known, _)| *known == token) {
                assert!(row.contains(&format!("`{default}`")), "{token} is {default} by default: {row}");
            }
        }
    }
    for (name, bounds) in [("radius", RADIUS), ("spacing", SPACING)] {
        let range = format!("{} to {} px", bounds.least, bounds.most);
        assert!(GUIDE.lines().any(|line| line.starts_with(&format!("| `--checkout-{name}`")) && line.contains(&range)), "{name}: {range}");
    }
}

/// Something that may be a value, or nearly one, or an attempt at something else.
fn any_value() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        Just("#"),
        Just("fff"),
        Just("1d4ed8"),
        Just("red"),
        Just("light-dark("),
        Just("rgb("),
        Just("oklch("),
        Just("calc("),
        Just("url("),
        Just("var(--x)"),
        Just(")"),
        Just(","),
        Just(" "),
        Just("/"),
        Just("12"),
        Just("."),
        Just("px"),
        Just("rem"),
        Just("%"),
        Just("\""),
        Just("'"),
        Just("Inter"),
        Just("-"),
        Just(";"),
        Just("}"),
        Just("{"),
        Just("</style>"),
        Just("/*"),
        Just("*/"),
        Just("\\"),
        Just("é"),
    ];
    prop_oneof![prop::collection::vec(pieces, 0..10).prop_map(|pieces| pieces.concat()), any::<String>()]
}

proptest! {
    #[test]
    fn nothing_but_declarations_comes_out(values in prop::collection::vec(any_value(), PROPERTIES.len() + 1)) {
        let names = PROPERTIES.into_iter().chain(["theme"]);
        let stated: Vec<(&str, &str)> = names.zip(values.iter().map(String::as_str)).collect();
        let theme = read(&stated);
        let css = theme.css();
        for never in ["<", "\\", "url", "@import", "//"] {
            prop_assert!(!css.contains(never), "{never} in {css}");
        }
        let rules = css.replace("@media (prefers-color-scheme:dark){", "{").replace(":root{", "{");
        let opened = rules.matches('{').count();
        prop_assert!(opened == rules.matches('}').count() && opened <= 4, "{css}");
        prop_assert_eq!(rules.matches('"').count() % 2, 0, "{}", css);
    }

    #[test]
    fn what_is_asked_for_again_is_what_was_taken(values in prop::collection::vec(any_value(), PROPERTIES.len() + 1)) {
        let names = PROPERTIES.into_iter().chain(["theme"]);
        let stated: Vec<(&str, &str)> = names.zip(values.iter().map(String::as_str)).collect();
        let taken = Theme { left_out: Vec::new(), ..read(&stated) };
        let parameters = taken.parameters();
        let again: Vec<(&str, &str)> = parameters.iter().map(|(name, value)| (*name, value.as_str())).collect();
        prop_assert_eq!(read(&again), taken);
    }
}
