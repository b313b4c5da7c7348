//! What stands around the product so that it can be run and tested: the providers' simulators, the demo storefront, the tools that
//! `cargo demo` and `cargo verify` install, and the stack (simulators, Worker, storefront) that both start.

pub mod access;
pub mod assemble;
pub mod browser;
pub mod clock;
pub mod deadline;
pub mod driver;
pub mod gallery;
pub mod lighten;
mod line;
pub mod measure;
pub mod merchant_endpoint;
pub mod order_token;
pub mod problem;
pub mod progress;
pub mod run_directory;
pub mod sandbox_wallet;
mod sent_page;
pub mod simulators;
pub mod snippet;
pub mod stack;
pub mod storefront;
pub mod supervised;
pub mod tools;
pub mod verify;
pub mod wasm;
pub mod webdriver;
pub mod weight;
pub mod worker_process;
pub mod workspace;
