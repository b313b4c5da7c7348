//! Takes the gallery's pictures: one browser, each page loaded once and looked at in every way.

use super::Page;
use super::look::{Scheme, WINDOW_HEIGHT, set_window};
use crate::browser::Browser;
use crate::problem::{Doing, Outcome};
use data_encoding::BASE64;
use serde_json::json;
use std::fs;
use std::path::Path;

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

/// In which looks pictures are taken.
#[derive(Clone, Debug)]
pub struct Looks {
    /// The colours.
    pub schemes: Vec<Scheme>,
    /// The widths, in CSS pixels.
    pub widths: Vec<u32>,
    /// How many pixels a picture has to each CSS pixel of width.
    pub scale: u32,
}

/// Takes all pictures of a page and writes them to a directory.
pub async fn take(browser: &Browser, page: &Page, looks: &Looks, directory: &Path) -> Outcome<Vec<Picture>> {
    let of_state = directory.join(&page.state);
    fs::create_dir_all(&of_state).doing(format_args!("making {}", of_state.display()))?;
    let mut pictures = Vec::new();
    // Chromium goes on painting the ground of a page in the system's colours after they are gone, so those are for a page of their own.
    let (forced, own): (Vec<Scheme>, Vec<Scheme>) = looks.schemes.iter().partition(|scheme| **scheme == Scheme::Forced);
    for schemes in [own, forced] {
        let Some(first) = schemes.first() else { continue };
        first.set(browser).await?;
        browser.goto(&page.url()).await?;
        for &width in &looks.widths {
            set_window(browser, width, WINDOW_HEIGHT, looks.scale).await?;
            let layout = browser.cdp("Page.getLayoutMetrics", &json!({})).await?;
            let height = layout["cssContentSize"]["height"].as_u64().unwrap_or_default();
            // A window as high as the page is painted at once, and twice as fast as what lies beyond a window.
            set_window(browser, width, height, looks.scale).await?;
            for &scheme in &schemes {
                scheme.set(browser).await?;
                let path = format!("{}/{}-{}-{width}.png", page.state, page.language.tag(), scheme.name());
                write(browser, &directory.join(&path)).await?;
                pictures.push(Picture { page: page.clone(), scheme, width, height, path });
            }
        }
    }
    Ok(pictures)
}

async fn write(browser: &Browser, path: &Path) -> Outcome {
    let shot = browser.cdp("Page.captureScreenshot", &json!({ "format": "png" })).await?;
    let png = BASE64.decode(shot["data"].as_str().unwrap_or_default().as_bytes()).doing("reading a screenshot")?;
    fs::write(path, png).doing(format_args!("writing {}", path.display()))
}
