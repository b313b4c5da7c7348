//! `cargo demo`: from a fresh clone to a shop in which one can pay. Sets up, builds, starts and waits for Ctrl-C.

use checkout_shared::provider::ProviderId;
use checkout_tests::assemble::assemble;
use checkout_tests::problem::{Doing, Outcome};
use checkout_tests::stack::{Ports, Stack, StackOptions};
use checkout_tests::tools::{self, Tool};
use clap::Parser;
use std::net::TcpListener;
use std::process::ExitCode;

/// Runs Edge Checkout on this machine: a demo shop, the Worker, and simulated payment providers. No account, no money.
///
/// Tools that are missing are installed first (about 7 minutes on two cores, once), then the Worker and the page are built.
/// Secrets are made for the run and sessions are forgotten with it. Ctrl-C ends everything that was started.
#[derive(Parser)]
#[command(bin_name = "cargo demo")]
struct Arguments {
    /// The demo shop's port [default: 8788, or any free one]
    #[arg(long = "port-shop", value_name = "PORT")]
    shop: Option<u16>,
    /// The Worker's port [default: 8787, or any free one]
    #[arg(long = "port-worker", value_name = "PORT")]
    worker: Option<u16>,
    /// The first simulated provider's port; the others' follow [default: 8789, or any free one]
    #[arg(long = "port-provider", value_name = "PORT")]
    provider: Option<u16>,
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
    println!("Setting up");
    tools::ensure(&Tool::FOR_BUILDING)?;
    println!("Building");
    assemble()?;
    println!("Starting the simulated providers, the Worker and the demo shop");
    let ports = Ports {
        worker: arguments.worker.or_else(|| if_free(8787)),
        storefront: arguments.shop.or_else(|| if_free(8788)),
        simulators: arguments.provider.or_else(|| if_free(8789)),
    };
    let mut stack = Stack::start(&StackOptions { ports, ..StackOptions::named("demo") }).await?;
    println!("\n  The demo shop       {}", stack.storefront_url());
    println!("  The Worker          {}", stack.worker_url());
    for id in ProviderId::ALL {
        println!("  {:<19} {} (simulated)", stack.simulator(*id).lock().name(), stack.simulator_url(*id));
    }
    println!("  The shop's webhooks {} (listed beside the checkout)", stack.merchant().url());
    println!("  The Worker's log    {}\n", stack.worker_log().display());
    println!("Open the demo shop, buy coffee, and pay with the sandbox wallet beside the checkout, or on the provider's page where the");
    println!("checkout leads to one. Ctrl-C ends everything.");
    tokio::select! {
        asked = tokio::signal::ctrl_c() => asked.doing("waiting for Ctrl-C")?,
        problem = stack.worker_ended() => return Err(problem),
    }
    println!("\nEnding …");
    Ok(())
}

/// A port by which one finds the demo again, unless something else has it.
fn if_free(port: u16) -> Option<u16> {
    TcpListener::bind(("127.0.0.1", port)).ok().map(|_| port)
}
