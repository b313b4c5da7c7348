//! Whether everybody can use every state of the checkout: light and dark, from left and from right, narrow, large, by keyboard. `cargo
//! verify access` runs this. All that is found is told at once, in words; `target/access/targets.txt` lists what is smaller than a finger.

use checkout_shared::language::Language;
use checkout_tests::access::{self, Examiner};
use checkout_tests::browser::{Browser, Device};
use checkout_tests::gallery;
use checkout_tests::problem::{Doing, Outcome};
use checkout_tests::workspace;
use std::collections::BTreeSet;
use std::fs;

#[tokio::test]
async fn everybody_can_use_every_state() -> Outcome {
    let directory = workspace::target_directory("access")?;
    let languages: Vec<Language> = ["en", "ar"].into_iter().filter_map(Language::closest).collect();
    let pages = gallery::draw(&directory.join("pages"), &languages)?;
    let browser = Browser::open(Device::Desktop).await?;
    let examiner = Examiner::equip(&browser).await?;
    let (mut findings, mut small) = (Vec::new(), BTreeSet::new());
    for page in &pages {
        findings.extend(examiner.examine(page).await?);
        small.extend(examiner.small_for_fingers().await?);
    }
    browser.close().await?;
    let small: Vec<String> = small.into_iter().collect();
    fs::write(directory.join("targets.txt"), small.join("\n")).doing("writing down the small targets")?;
    assert!(findings.is_empty(), "{} pages, {} findings:\n{}", pages.len(), findings.len(), access::report(&findings));
    Ok(())
}

/// What is wrong with `tests/access/faulty.html`: where it must be found, and what is said of it.
const FAULTS: [(&str, &str); 22] = [
    ("light", "axe finds color-contrast"),
    ("dark", "axe finds color-contrast"),
    ("light", "axe cannot decide color-contrast"),
    ("light", "axe finds image-alt"),
    ("light", "axe finds button-name"),
    ("light", "axe finds tabindex"),
    ("light", "button.ringless “No ring” does not show that it has the focus"),
    ("light", "the ring of button.pale-ring “Pale ring” has a contrast of 1.2, less than 3"),
    ("light", "div.cover lies over button “Covered” as it has the focus"),
    ("by keyboard", "Tab leads to [\"button “Too early”\""),
    ("the system's colours", "button.borderless “Borderless” has no border"),
    ("the system's colours", "the code “Code” cannot be read: its contrast is 1.0"),
    ("320 px", "the page scrolls sideways"),
    ("320 px", "button.tiny “Tiny” is 20 × 20 px to press, less than 24"),
    ("320 px", "“This is longer than six letters are wide.” is cut off"),
    ("320 px", "“This does not fit into its box.” sticks"),
    ("320 px", "“This is far away from everything else.” stands"),
    ("320 px", "“This lies under something.” and “This lies over something.” lie over each other"),
    ("320 px, text spaced by the reader", "“This is higher than its box as soon as its lette…” is cut off"),
    ("text of 200 %, 390 px", "“This is higher than its box as soon as its lette…” is cut off"),
    ("text of 200 %, 1280 px", "“This is higher than its box as soon as its lette…” is cut off"),
    ("dark", "at .dim:"),
];

#[tokio::test]
async fn a_fault_of_each_kind_is_found() -> Outcome {
    let browser = Browser::open(Device::Desktop).await?;
    let examiner = Examiner::equip(&browser).await?;
    let url = format!("file://{}", workspace::root().join("tests/access/faulty.html").display());
    let findings = examiner.examine_at(&url, "faulty", true).await?;
    browser.close().await?;
    for (at, what) in FAULTS {
        let is_found = findings.iter().any(|finding| finding.at == format!("faulty, {at}") && finding.what.contains(what));
        assert!(is_found, "{at}: {what:?} is not among\n{}", access::report(&findings));
    }
    Ok(())
}
