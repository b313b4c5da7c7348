//! `cargo verify`: everything that must hold, or one part of it. What the parts are is said in `checkout_tests::verify`.

use checkout_tests::clock::Stopwatch;
use checkout_tests::verify::{Part, Tally, Verification};
use clap::{Parser, ValueEnum as _};
use std::process::ExitCode;

/// Verifies Edge Checkout: formatting, lints, documentation, tests of every kind and the build that is deployed.
///
/// Tools that are missing are installed first, each for the part that needs it (all of them: about 7 minutes on two cores, once).
/// Parts that fail do not keep the others from running. The last line is `N passed, N failed`.
#[derive(Parser)]
#[command(bin_name = "cargo verify")]
struct Arguments {
    /// The parts to run; all of them if none is named
    #[arg(value_enum)]
    parts: Vec<Part>,
}

fn main() -> ExitCode {
    let Arguments { parts } = Arguments::parse();
    let parts = if parts.is_empty() { Part::value_variants().to_vec() } else { parts };
    let watch = Stopwatch::start();
    let mut verification = Verification::default();
    let mut total = Tally::default();
    for part in parts {
        total += verification.run(part);
    }
    println!("in {watch}:\n{total}");
    if total.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
