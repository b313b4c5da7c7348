//! The tools that building, running and testing need: each is looked for first and installed only where it is missing or of
//! another version. Versions stand here and in `package.json`, nowhere else. Builds nothing of this repository (see
//! [`crate::assemble`]).

mod browser;
mod cargo;
mod debian;
mod node;
mod rustup;

use crate::problem::Outcome;

/// Something that can be made ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// `cargo fmt`.
    Rustfmt,
    /// `cargo clippy`.
    Clippy,
    /// The compiler's target for the browser and the Worker.
    WasmTarget,
    /// Makes the JavaScript around compiled WASM, and runs WASM tests.
    WasmBindgen,
    /// Builds the Worker.
    WorkerBuild,
    /// Builds the checkout page.
    Trunk,
    /// wrangler, Node, binaryen, esbuild, TypeScript and axe-core.
    NodePackages,
    /// Chromium and its driver.
    Browser,
}

impl Tool {
    /// All that the Worker and the page are built and run with.
    pub const FOR_BUILDING: [Self; 5] = [Self::WasmTarget, Self::NodePackages, Self::WasmBindgen, Self::WorkerBuild, Self::Trunk];

    /// Makes sure that it is there; says what it finds or does.
    pub fn ensure(self) -> Outcome {
        match self {
            Self::Rustfmt => rustup::ensure_component("rustfmt"),
            Self::Clippy => rustup::ensure_component("clippy"),
            Self::WasmTarget => rustup::ensure_target("wasm32-unknown-unknown"),
            Self::WasmBindgen => cargo::ensure(&cargo::WASM_BINDGEN),
            Self::WorkerBuild => cargo::ensure(&cargo::WORKER_BUILD),
            Self::Trunk => cargo::ensure(&cargo::TRUNK),
            Self::NodePackages => node::ensure(),
            Self::Browser => browser::ensure(),
        }
    }
}

/// Makes sure that all of them are there.
pub fn ensure(tools: &[Tool]) -> Outcome {
    tools.iter().try_for_each(|tool| tool.ensure())
}
