//! How a page is looked at: colour scheme, width and size of text, as headless Chromium emulates them without loading a page again.

use crate::browser::Browser;
use crate::problem::Outcome;
use clap::ValueEnum;
use serde_json::json;

/// The colours that the customer's system asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Scheme {
    /// Dark on light
    Light,
    /// Light on dark
    Dark,
    /// Dark on light, for somebody who wants more contrast
    LightContrast,
    /// Light on dark, for somebody who wants more contrast
    DarkContrast,
    /// The system's own few colours in place of the page's
    Forced,
}

impl Scheme {
    /// Its name, for file names and reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::LightContrast => "light-contrast",
            Self::DarkContrast => "dark-contrast",
            Self::Forced => "forced",
        }
    }

    /// Has the browser ask for it. Nothing moves, so that two pictures of one state are the same.
    pub async fn set(self, browser: &Browser) -> Outcome {
        let (scheme, contrast, forced) = match self {
            Self::Light => ("light", "no-preference", "none"),
            Self::Dark => ("dark", "no-preference", "none"),
            Self::LightContrast => ("light", "more", "none"),
            Self::DarkContrast => ("dark", "more", "none"),
            Self::Forced => ("dark", "no-preference", "active"),
        };
        let features = json!([
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-contrast", "value": contrast },
            { "name": "forced-colors", "value": forced },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ]);
        browser.cdp("Emulation.setEmulatedMedia", &json!({ "features": features })).await.map(drop)
    }
}

/// A window's height where it does not matter, in CSS pixels.
pub const WINDOW_HEIGHT: u64 = 800;

/// Makes the window so many CSS pixels wide and high, with so many of the screen's to each.
pub async fn set_window(browser: &Browser, width: u32, height: u64, scale: u32) -> Outcome {
    // As on phones: a bar beside the page would make it narrower.
    browser.cdp("Emulation.setScrollbarsHidden", &json!({ "hidden": true })).await?;
    let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": scale, "mobile": false });
    browser.cdp("Emulation.setDeviceMetricsOverride", &metrics).await.map(drop)
}

/// Sets the size of text that the customer has chosen in the browser's settings, in percent.
pub async fn set_text_size(browser: &Browser, percent: u32) -> Outcome {
    let sizes = json!({ "fontSizes": { "standard": 16 * percent / 100, "fixed": 13 * percent / 100 } });
    browser.cdp("Page.setFontSizes", &sizes).await.map(drop)
}
