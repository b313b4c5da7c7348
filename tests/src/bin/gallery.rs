//! `cargo gallery`: pictures of every state of the checkout, for the eye. How they are taken is in `checkout_tests::gallery`.

use checkout_shared::language::Language;
use checkout_tests::browser::{Browser, Device};
use checkout_tests::clock::Stopwatch;
use checkout_tests::gallery::look::Scheme;
use checkout_tests::gallery::pictures::{self, Looks};
use checkout_tests::gallery::{Page, draw, sheet};
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
    let languages = or(arguments.language, ["en", "ar"].into_iter().filter_map(Language::closest).collect());
    let looks = Looks {
        schemes: or(arguments.scheme, vec![Scheme::Light, Scheme::Dark]),
        widths: or(arguments.width, vec![320, 390, 1280]),
        scale: arguments.scale,
    };
    let directory = workspace::target().join("gallery");
    if directory.exists() {
        fs::remove_dir_all(&directory).doing(format_args!("clearing {}", directory.display()))?;
    }
    let wanted = |page: &Page| arguments.state.is_empty() || arguments.state.iter().any(|part| page.state.contains(part));
    let pages: Vec<Page> = draw(&directory.join("pages"), &languages)?.into_iter().filter(wanted).collect();
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

fn or<T>(given: Vec<T>, default: Vec<T>) -> Vec<T> {
    if given.is_empty() { default } else { given }
}
