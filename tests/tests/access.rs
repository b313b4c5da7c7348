//! Whether everybody can use every state of the checkout: light and dark, with more contrast, from left and from right, narrow, large, by
//! keyboard. `cargo verify access` runs this. All that is found is told at once, in words; `target/access/targets.txt` lists what is smaller
//! than a finger.

use checkout_core::theme::Theme;
use checkout_shared::language::Language;
use checkout_tests::access::{self, Examiner, Finding};
use checkout_tests::browser::{Browser, Device};
use checkout_tests::gallery::{Page, Screens, usual_languages};
use checkout_tests::problem::{Doing, Outcome};
use checkout_tests::workspace;
use futures_util::future::try_join_all;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

#[tokio::test(flavor = "multi_thread")]
async fn everybody_can_use_every_state() -> Outcome {
    let directory = workspace::target_directory("access")?;
    let screens = Screens::draw(&directory.join("screens"), &usual_languages())?;
    let pages = screens.in_pages(&directory.join("pages"), &Theme::default(), |_| true)?;
    let hard = in_hard_themes(&screens, &directory)?;
    // Two browsers side by side, for the two cores that any machine has.
    let halves = pages.chunks(pages.len().div_ceil(2)).zip(hard.chunks(hard.len().div_ceil(2)));
    let examined = try_join_all(halves.map(|(pages, hard)| examine(pages, hard))).await?;
    let (findings, small): (Vec<Vec<Finding>>, Vec<BTreeSet<String>>) = examined.into_iter().unzip();
    let (findings, small) = (findings.concat(), small.into_iter().flatten().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>());
    fs::write(directory.join("targets.txt"), small.join("\n")).doing("writing down the small targets")?;
    assert!(findings.is_empty(), "{} pages, {} findings:\n{}", pages.len(), findings.len(), access::report(&findings));
    Ok(())
}

/// What is found in a browser: of some pages everything, of some in a theme what colours matter to; and what is small for fingers.
async fn examine(pages: &[Page], hard: &[(Page, &str)]) -> Outcome<(Vec<Finding>, BTreeSet<String>)> {
    let browser = Browser::open(Device::Desktop).await?;
    let examiner = Examiner::equip(&browser).await?;
    let (mut findings, mut small) = (Vec::new(), BTreeSet::new());
    for page in pages {
        findings.extend(examiner.examine(page).await?);
        small.extend(examiner.small_for_fingers().await?);
    }
    for (page, theme) in hard {
        findings.extend(examiner.examine_colors(&page.url(), &format!("{}, {theme}", page.state)).await?);
    }
    browser.close().await?;
    Ok((findings, small))
}

/// Themes that would be hard to read if the edge took shops at their word.
const HARD_THEMES: [(&str, &[(&str, &str)]); 5] = [
    ("yellow on white", &[("accent", "#ffe600"), ("surface", "#ffffff"), ("text", "#ffe600")]),
    ("grey on grey", &[("accent", "#808080"), ("background", "#8a8a8a"), ("surface", "#858585"), ("text", "#7d7d7d")]),
    ("red on green", &[("accent", "#d00000"), ("background", "#007a00"), ("surface", "#008000"), ("text", "#c01010")]),
    ("night by day", &[("theme", "light"), ("surface", "#101014"), ("background", "#000000"), ("accent", "#0000a0")]),
    ("day by night", &[("theme", "dark"), ("surface", "#fffef0"), ("text", "#f5f5f5"), ("accent", "#fffacd")]),
];

/// One state of each kind of screen.
const KINDS_OF_SCREENS: [&str; 6] =
    ["01-choose", "05-choose-failed", "09-pay-memo-soon", "14-processing", "17-paid", "47-framed-dialog-choose"];

/// Pages in the themes that are hardest to read, with the themes' names.
fn in_hard_themes(screens: &Screens, directory: &Path) -> Outcome<Vec<(Page, &'static str)>> {
    let mut pages = Vec::new();
    for (name, values) in HARD_THEMES {
        let theme = Theme::read(|asked| values.iter().find(|(name, _)| *name == asked).map(|(_, value)| (*value).to_owned()));
        assert_eq!(theme.parameters().len(), values.len(), "the edge takes all of {name:?}");
        let is_of_a_kind = |state: &str| KINDS_OF_SCREENS.contains(&state);
        let in_theme = screens.in_pages(&directory.join(name.replace(' ', "-")), &theme, is_of_a_kind)?;
        pages.extend(in_theme.into_iter().filter(|page| page.language == Language::ENGLISH).map(|page| (page, name)));
    }
    assert_eq!(pages.len(), HARD_THEMES.len() * KINDS_OF_SCREENS.len(), "a state of each kind in each theme");
    Ok(pages)
}

/// What is wrong with `tests/access/faulty.html`: where it must be found, and what is said of it.
const FAULTS: [(&str, &str); 24] = [
    ("light", "axe finds color-contrast"),
    ("dark", "axe finds color-contrast"),
    ("light", "axe cannot decide color-contrast"),
    ("light", "axe finds image-alt"),
    ("light", "axe finds button-name"),
    ("light", "axe finds tabindex"),
    ("light", "button.ringless “No ring” does not show that it has the focus"),
    ("light", "the ring of button.pale-ring “Pale ring” has a contrast of 1.2, less than 3"),
    ("light", "div.cover lies over button “Covered” as it has the focus"),
    ("light-contrast", "“This is not quite as dark as it could be.” has a contrast of 5.7, less than 7"),
    ("dark-contrast", "button.borderless “Borderless” has no border"),
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
