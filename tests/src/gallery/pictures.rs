//! Takes the gallery's pictures: one browser, each page loaded once and looked at in every way.

use super::Page;
use super::look::{Scheme, set_width};
use crate::browser::Browser;
use crate::problem::{Doing, Outcome};
use data_encoding::BASE64;
use serde_json::json;
use std::fs;
use std::path::Path;

/// Wider than this is no phone, and its screen has one pixel to a CSS pixel; a phone's has two.
const WIDEST_PHONE: u32 = 600;

/// A picture on the sheet.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Of what.
    pub page: Page,
    /// In which colours.
    pub scheme: Scheme,
    /// In CSS pixels.
    pub width: u32,
    /// In CSS pixels.
    pub height: u64,
    /// Relative to the gallery's directory.
    pub path: String,
}

/// Takes all pictures of a page and writes them to a directory.
pub async fn take(browser: &Browser, page: &Page, schemes: &[Scheme], widths: &[u32], directory: &Path) -> Outcome<Vec<Picture>> {
    let of_state = directory.join(&page.state);
    fs::create_dir_all(&of_state).doing(format_args!("making {}", of_state.display()))?;
    browser.goto(&page.url()).await?;
    let mut pictures = Vec::new();
    for &width in widths {
        set_width(browser, width, if width > WIDEST_PHONE { 1 } else { 2 }).await?;
        let layout = browser.cdp("Page.getLayoutMetrics", &json!({})).await?;
        let height = layout["cssContentSize"]["height"].as_u64().unwrap_or_default();
        for &scheme in schemes {
            scheme.set(browser).await?;
            let clip = json!({ "x": 0, "y": 0, "width": width, "height": height, "scale": 1 });
            let shot = json!({ "format": "png", "optimizeForSpeed": true, "captureBeyondViewport": true, "clip": clip });
            let shot = browser.cdp("Page.captureScreenshot", &shot).await?;
            let png = BASE64.decode(shot["data"].as_str().unwrap_or_default().as_bytes()).doing("reading a screenshot")?;
            let path = format!("{}/{}-{}-{width}.png", page.state, page.language.tag(), scheme.name());
            fs::write(directory.join(&path), png).doing(format_args!("writing {path}"))?;
            pictures.push(Picture { page: page.clone(), scheme, width, height, path });
        }
    }
    Ok(pictures)
}
