//! `cargo measure`: how the product does on the real runtime, in numbers. What is measured, and how, is in `checkout_tests::measure`.

use checkout_tests::assemble;
use checkout_tests::measure::live;
use checkout_tests::problem::Outcome;
use checkout_tests::stack::{Stack, StackOptions};
use checkout_tests::tools::{self, Tool};
use checkout_tests::weight;
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Measures Edge Checkout on this machine: the Worker on workerd, simulated providers, no account, no money.
///
/// Tools that are missing are installed first, then the Worker and the page are built. Nothing is judged: there are no limits to exceed.
#[derive(Parser)]
#[command(bin_name = "cargo measure")]
struct Arguments {
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
        assemble::page()?;
        println!("\n{}", weight::by_crate()?);
        return weight::weigh();
    }
    assemble::assemble()?;
    let stack = Stack::start(&StackOptions::named("measure")).await?;
    match arguments.what {
        What::Live => println!("\n{}", live::measure(&stack).await?.table()),
        What::Weight => {}
    }
    Ok(())
}
