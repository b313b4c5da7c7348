//! `cargo gallery`: pictures of every state of the checkout, for the eye. How they are taken is in `checkout_tests::gallery`.

use checkout_core::theme::Theme;
use checkout_shared::language::Language;
use checkout_tests::browser::{Browser, Device};
use checkout_tests::clock::Stopwatch;
use checkout_tests::gallery::look::Scheme;
use checkout_tests::gallery::pictures::{self, Looks};
use checkout_tests::gallery::{Screens, sheet, usual_languages};
use checkout_tests::problem::{Doing, Outcome, Problem};
use checkout_tests::tools::{self, Tool};
use checkout_tests::workspace;
use clap::Parser;
use std::fs;
use std::process::ExitCode;

/// Draws every state of the checkout in both colour schemes, both directions of writing and three widths.
///
/// The pictures and a sheet of them all (`index.html`, opens as a file) are left in `target/gallery/`.
#[derive(Parser)]
#[command(bin_name = "cargo gallery")]
struct Arguments {
    /// Only states whose name contains this; may be given several times
    #[arg(long)]
    state: Vec<String>,
    /// The languages, by their tags [default: en, ar]
    #[arg(long, value_parser = language)]
    language: Vec<Language>,
    /// The colours [default: light, dark]
    #[arg(long, value_enum)]
    scheme: Vec<Scheme>,
    /// The widths, in CSS pixels [default: 320, 390, 1280]
    #[arg(long)]
    width: Vec<u32>,
    /// A value of a shop's theme, as in the page's address: `accent=gold`; may be given several times
    #[arg(long, value_name = "NAME=VALUE")]
    theme: Vec<String>,
    /// How many pixels a picture has to each CSS pixel of width
    #[arg(long, default_value_t = 1)]
    scale: u32,
}

fn language(tag: &str) -> Result<Language, String> {
    Language::closest(tag).ok_or_else(|| format!("the checkout does not speak {tag:?}"))
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("\n{problem}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Outcome {
    let watch = Stopwatch::start();
    tools::ensure(&[Tool::Browser])?;
    let languages = or(arguments.language, usual_languages());
    let looks = Looks {
        schemes: or(arguments.scheme, vec![Scheme::Light, Scheme::Dark]),
        widths: or(arguments.width, vec![320, 390, 1280]),
        scale: arguments.scale,
    };
    let directory = workspace::target().join("gallery");
    if directory.exists() {
        fs::remove_dir_all(&directory).doing(format_args!("clearing {}", directory.display()))?;
    }
    let screens = Screens::draw(&directory.join("screens"), &languages)?;
    let wanted = |state: &str| arguments.state.is_empty() || arguments.state.iter().any(|part| state.contains(part));
    let pages = screens.in_pages(&directory.join("pages"), &theme(&arguments.theme)?, wanted)?;
    if pages.is_empty() {
        return Err(Problem::new("no state has a name like that"));
    }
    let browser = Browser::open(Device::Desktop).await?;
    let mut taken = Vec::new();
    for page in &pages {
        taken.extend(pictures::take(&browser, page, &looks, &directory).await?);
    }
    browser.close().await?;
    let path = directory.join("index.html");
    fs::write(&path, sheet::sheet(&taken)).doing(format_args!("writing {}", path.display()))?;
    println!("  {} pictures in {watch}: file://{}", taken.len(), path.display());
    Ok(())
}

/// The theme of these values, which must all be of their kind.
fn theme(values: &[String]) -> Outcome<Theme> {
    let stated: Vec<(&str, &str)> = values.iter().filter_map(|value| value.split_once('=')).collect();
    let theme = Theme::read(|name| stated.iter().find(|(of, _)| *of == name).map(|(_, value)| (*value).to_owned()));
    if theme.parameters().len() == values.len() { Ok(theme) } else { Err(Problem::new("not all of these are values of a theme")) }
}

fn or<T>(given: Vec<T>, default: Vec<T>) -> Vec<T> {
    if given.is_empty() { default } else { given }
}
