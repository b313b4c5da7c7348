//! The lists of `docs/`, kept true.

use checkout_shared::event::EventKind;
use std::collections::BTreeSet;
use std::path::Path;

const WEBHOOKS: &str = include_str!("../../../docs/webhooks.md");
const EMBEDDING: &str = include_str!("../../../docs/embedding.md");
const OPERATIONS: &str = include_str!("../../../docs/operations.md");

/// The words in backticks in the first cells of the tables under a heading.
fn listed<'a>(document: &'a str, heading: &str) -> Vec<&'a str> {
    let (_, rest) = document.split_once(&format!("\n## {heading}\n")).unwrap_or_else(|| panic!("no heading {heading:?}"));
    let section = rest.split("\n## ").next().unwrap();
    let cells = section.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect()
}

#[test]
fn the_events_are_all_explained() {
    assert_eq!(listed(WEBHOOKS, "Events"), EventKind::ALL.iter().map(|kind| kind.as_str()).collect::<Vec<_>>());
    let for_people: BTreeSet<&str> =
        listed(OPERATIONS, "What needs a person").into_iter().filter(|kind| kind.starts_with("payment.")).collect();
    assert_eq!(for_people, EventKind::ALL.iter().map(|kind| kind.as_str()).filter(|kind| kind.starts_with("payment.")).collect());
}

#[test]
fn the_log_lines_are_all_explained() {
    let edge = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../edge/src"));
    let mut written = BTreeSet::new();
    for file in std::fs::read_dir(edge).unwrap() {
        let source = std::fs::read_to_string(file.unwrap().path()).unwrap();
        // After the level comes the text.
        let texts = source.split("log::line(").skip(1).filter_map(|call| call.split('"').nth(1).map(str::to_owned));
        written.extend(texts);
    }
    let explained: BTreeSet<String> =
        listed(OPERATIONS, "Log lines").into_iter().filter(|word| *word != "event").map(str::to_owned).collect();
    assert_eq!(explained, written);
}

#[test]
fn the_settings_that_are_named_are_settings() {
    let known = include_str!("../../../wrangler.toml");
    let words = [WEBHOOKS, OPERATIONS, EMBEDDING].into_iter().flat_map(|document| document.split('`').skip(1).step_by(2));
    let settings: BTreeSet<&str> =
        words.filter(|word| word.len() > 4 && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')).collect();
    assert!(settings.len() > 5, "{settings:?}");
    for setting in settings {
        assert!(known.contains(setting), "wrangler.toml does not name {setting}");
    }
}
