//! `cargo measure`: how the product does on the real runtime, in numbers. What is measured, and how, is in `checkout_tests::measure`.

use checkout_tests::assemble;
use checkout_tests::measure::{live, page};
use checkout_tests::problem::Outcome;
use checkout_tests::stack::{Stack, StackOptions};
use checkout_tests::tools::{self, Tool};
use checkout_tests::weight;
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Measures Edge Checkout on this machine: the Worker on workerd, simulated providers, no account, no money.
///
/// Tools that are missing are installed first, then the Worker and the page are built. Nothing fails for a figure: limits are what the tests hold.
#[derive(Parser)]
#[command(bin_name = "cargo measure")]
struct Arguments {
    /// Take the Worker and the page as they were built last
    #[arg(long, global = true)]
    no_build: bool,
    #[command(subcommand)]
    what: What,
}

/// What is measured.
#[derive(Subcommand)]
enum What {
    /// How fresh a customer's screen is, and what that costs in calls to the provider
    Live,
    /// What each crate adds to the page that a customer's browser loads
    Weight,
    /// What a customer waits for on a slow phone: in Chromium, under Slow 4G and with a slow processor, beside Adyen's drop-in
    ///
    /// Milliseconds from the start of the visit (or, as said, from the first byte of its page), bytes as they travel (compressed, with
    /// headers), layout shift as browsers score it, milliseconds of the main thread's own time for tasks. The traces of the last round are left
    /// in target/measure, for the performance panel of Chrome's `DevTools`.
    Page {
        /// How many visits of each
        #[arg(long, default_value_t = 9)]
        rounds: usize,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(&Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("\n{problem}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Outcome {
    tools::ensure(&Tool::FOR_BUILDING)?;
    if let What::Weight = arguments.what {
        if !arguments.no_build {
            assemble::page()?;
        }
        println!("\n{}", weight::by_crate()?);
        return weight::weigh();
    }
    if !arguments.no_build {
        assemble::assemble()?;
    }
    match arguments.what {
        What::Live => {
            let stack = Stack::start(&StackOptions::named("measure")).await?;
            println!("\n{}", live::measure(&stack).await?.table());
        }
        What::Page { rounds } => {
            tools::ensure(&[Tool::Browser])?;
            println!("\n{}", page::measure(rounds).await?.report());
        }
        What::Weight => {}
    }
    Ok(())
}
