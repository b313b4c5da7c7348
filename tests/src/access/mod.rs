//! Whether everybody can use the checkout, asked of each page of the gallery: by axe-core (WCAG 2.2, A and AA, and good practice), and by
//! what axe cannot see (`tests/access/checks.js`): text cut off on a narrow window or at a large size, small targets, the way of the
//! Tab key, the sign of focus, more contrast, the system's own colours. And of the page of a shop with the checkout in it, as one. What an
//! automat cannot judge is for the eye: `cargo gallery`.

use crate::browser::Browser;
use crate::gallery::Page;
use crate::gallery::look::{Scheme, WINDOW_HEIGHT, set_text_size, set_window};
use crate::problem::{Doing, Outcome, Problem};
use crate::workspace;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;

const CHECKS: &str = include_str!("../../access/checks.js");

/// An ordinary phone's width, in CSS pixels.
const PHONE: u32 = 390;
/// 1280 px at 400 % (WCAG 1.4.10), and the narrowest phone there is.
const NARROWEST: u32 = 320;
/// A desktop's width.
const DESKTOP: u32 = 1280;
/// How large text must be able to become, in percent (WCAG 1.4.4).
const LARGE_TEXT: u32 = 200;

/// The page's own colours, and with more contrast.
const COLORED: [Scheme; 4] = [Scheme::Light, Scheme::Dark, Scheme::LightContrast, Scheme::DarkContrast];

/// Something that keeps somebody from using a page.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The page and how it was looked at: `08-pay, ar, dark`.
    pub at: String,
    /// What is wrong, in words.
    pub what: String,
}

/// All findings in words, each said once with all the places where it was made.
#[must_use]
pub fn report(findings: &[Finding]) -> String {
    let mut places: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for finding in findings {
        places.entry(&finding.what).or_default().push(&finding.at);
    }
    let told = places.into_iter().map(|(what, at)| format!("{what}\n    {}\n", at.join("; ")));
    told.collect()
}

/// The complaints that a question was answered with.
fn complaints(question: &str, answer: &Value) -> Outcome<Vec<String>> {
    let complaints = answer.as_array().map(|all| all.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect());
    complaints.ok_or_else(|| Problem::new(format!("{question} answered {answer}")))
}

/// A browser that carries the checks into each page it opens from now on.
pub struct Examiner<'a> {
    browser: &'a Browser,
}

impl<'a> Examiner<'a> {
    /// Equips a browser. Expects the Node packages to be there.
    pub async fn equip(browser: &'a Browser) -> Outcome<Self> {
        let path = workspace::root().join("node_modules/axe-core/axe.min.js");
        let axe = fs::read_to_string(&path).doing(format_args!("reading {}", path.display()))?;
        // Headless, no window ever has the focus unless told so.
        browser.cdp("Emulation.setFocusEmulationEnabled", &json!({ "enabled": true })).await?;
        for script in [axe.as_str(), CHECKS] {
            browser.cdp("Page.addScriptToEvaluateOnNewDocument", &json!({ "source": script })).await?;
        }
        Ok(Self { browser })
    }

    /// Opens a page and examines it in every way.
    pub async fn examine(&self, page: &Page) -> Outcome<Vec<Finding>> {
        let at = format!("{}, {}", page.state, page.language.tag());
        // The order of a page's elements, and more contrast, are the same in every language.
        let in_full = page.language.direction() == "ltr";
        self.examine_at(&page.url(), &at, in_full).await
    }

    /// Opens an address and examines what is there; `at` is what to call it.
    pub async fn examine_at(&self, url: &str, at: &str, in_full: bool) -> Outcome<Vec<Finding>> {
        self.set_width(PHONE).await?;
        self.browser.goto(url).await?;
        let mut findings = Vec::new();
        // Before anything else has had the focus: Tab goes on from where that was.
        let walked = if in_full { self.walk().await? } else { Vec::new() };
        for &scheme in if in_full { &COLORED[..] } else { &COLORED[..2] } {
            findings.extend(self.examine_in(scheme, at).await?);
        }
        let mut note = |how: &str, complaints: Vec<String>| {
            findings.extend(complaints.into_iter().map(|what| Finding { at: format!("{at}, {how}"), what }));
        };
        Scheme::Forced.set(self.browser).await?;
        note("the system's colours", self.ask("checks.forcedColours()").await?);
        Scheme::Light.set(self.browser).await?;
        note("by keyboard", walked);
        self.set_width(NARROWEST).await?;
        note("320 px", self.ask("[...checks.cutOff(), ...checks.smallerThan(checks.SMALLEST_TARGET)]").await?);
        self.ask("checks.spaceText(true)").await?;
        note("320 px, text spaced by the reader", self.ask("checks.cutOff()").await?);
        self.ask("checks.spaceText(false)").await?;
        set_text_size(self.browser, LARGE_TEXT).await?;
        for width in [PHONE, DESKTOP] {
            self.set_width(width).await?;
            note(&format!("text of {LARGE_TEXT} %, {width} px"), self.ask("checks.cutOff()").await?);
        }
        set_text_size(self.browser, 100).await?;
        Ok(findings)
    }

    /// Opens an address and examines only what colours matter to.
    pub async fn examine_colors(&self, url: &str, at: &str) -> Outcome<Vec<Finding>> {
        self.set_width(PHONE).await?;
        self.browser.goto(url).await?;
        let mut findings = Vec::new();
        for scheme in COLORED {
            findings.extend(self.examine_in(scheme, at).await?);
        }
        Ok(findings)
    }

    /// Examines what is open: the page of a shop and the checkout in it as one, and of the checkout what axe does not see.
    pub async fn examine_embedded(&self, at: &str) -> Outcome<Vec<Finding>> {
        let mut findings = Vec::new();
        let mut note = |how: &str, complaints: Vec<String>| {
            findings.extend(complaints.into_iter().map(|what| Finding { at: format!("{at}, {how}"), what }));
        };
        for scheme in COLORED {
            scheme.set(self.browser).await?;
            note(scheme.name(), self.axe_across_frames().await?);
        }
        note("more contrast", self.ask_checkout("checks.moreContrast()").await?);
        Scheme::Forced.set(self.browser).await?;
        note("the system's colours", self.ask_checkout("checks.forcedColours()").await?);
        Scheme::Light.set(self.browser).await?;
        self.set_width(NARROWEST).await?;
        note("320 px", self.ask_checkout("[...checks.cutOff(), ...checks.smallerThan(checks.SMALLEST_TARGET)]").await?);
        self.browser.fit_device().await?;
        Ok(findings)
    }

    /// What axe finds in the page and the one frame in it. Neither is let into the other, so what the one has found is carried to the other.
    async fn axe_across_frames(&self) -> Outcome<Vec<String>> {
        let (page, checkout) = (self.browser.page(), self.browser.checkout());
        let begun = page.evaluate("return checks.axeBegins()").await?;
        let begun: Value = serde_json::from_str(begun.as_str().unwrap_or_default()).doing("reading what axe has found")?;
        let Some([context]) = begun["frames"].as_array().map(Vec::as_slice) else {
            return Err(Problem::new(format!("there should be one frame in the page: {}", begun["frames"])));
        };
        let inside = checkout.evaluate(&format!("return checks.axeInFrame({context})")).await?;
        let found = format!("[{}, {}]", begun["found"], inside.as_str().unwrap_or_default());
        complaints("axe", &page.evaluate(&format!("return checks.axeEnds({found})")).await?)
    }

    async fn examine_in(&self, scheme: Scheme, at: &str) -> Outcome<Vec<Finding>> {
        scheme.set(self.browser).await?;
        let mut complaints = self.ask("checks.axe()").await?;
        complaints.extend(self.ask("checks.focus()").await?);
        if matches!(scheme, Scheme::LightContrast | Scheme::DarkContrast) {
            complaints.extend(self.ask("checks.moreContrast()").await?);
        }
        Ok(complaints.into_iter().map(|what| Finding { at: format!("{at}, {}", scheme.name()), what }).collect())
    }

    /// Goes through the page by the Tab key.
    async fn walk(&self) -> Outcome<Vec<String>> {
        let expected = self.ask("checks.tabOrder()").await?;
        self.evaluate("checks.follow()").await?;
        for _ in &expected {
            let tab = json!({ "type": "rawKeyDown", "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9 });
            self.browser.cdp("Input.dispatchKeyEvent", &tab).await?;
        }
        let visited = self.ask("globalThis.visited").await?;
        if visited == expected {
            return Ok(Vec::new());
        }
        Ok(vec![format!("Tab leads to {visited:?} where the page has {expected:?}")])
    }

    /// Smaller targets than fingers would like; no failure, but good to know.
    pub async fn small_for_fingers(&self) -> Outcome<Vec<String>> {
        self.ask("checks.smallerThan(44)").await
    }

    async fn set_width(&self, width: u32) -> Outcome {
        set_window(self.browser, width, WINDOW_HEIGHT, 1).await
    }

    /// Asks the page for complaints.
    async fn ask(&self, question: &str) -> Outcome<Vec<String>> {
        complaints(question, &self.evaluate(question).await?)
    }

    /// Asks the checkout in the page for complaints.
    async fn ask_checkout(&self, question: &str) -> Outcome<Vec<String>> {
        complaints(question, &self.browser.checkout().evaluate(&format!("return {question}")).await?)
    }

    async fn evaluate(&self, expression: &str) -> Outcome<Value> {
        let parameters = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let mut answer = self.browser.cdp("Runtime.evaluate", &parameters).await?;
        if let Some(exception) = answer.get("exceptionDetails") {
            return Err(Problem::new(format!("{expression} failed: {exception}")));
        }
        Ok(answer["result"]["value"].take())
    }
}
