//! Components and targets of the Rust toolchain that `rust-toolchain.toml` names. Not the toolchain itself: cargo runs us, so it is there.

use crate::problem::{Outcome, Problem};
use crate::progress;
use crate::workspace;
use std::path::Path;

/// Makes sure that `cargo {component}` is there.
pub(super) fn ensure_component(component: &str) -> Outcome {
    let program = format!("cargo-{}", if component == "rustfmt" { "fmt" } else { component });
    // With rustup, the program is there even where the component is not; only asking it tells.
    if workspace::output_of(&program, &["--version"]).is_some() {
        progress::found(component);
        return Ok(());
    }
    add("component", component)
}

/// Makes sure that the compiler has a target's standard library.
pub(super) fn ensure_target(target: &str) -> Outcome {
    let library = workspace::output_of("rustc", &["--target", target, "--print", "target-libdir"]);
    if library.is_some_and(|library| Path::new(&library).exists()) {
        progress::found(target);
        return Ok(());
    }
    add("target", target)
}

fn add(kind: &str, name: &str) -> Outcome {
    if workspace::output_of("rustup", &["--version"]).is_none() {
        return Err(Problem::new(format!(
            "The Rust toolchain lacks the {kind} `{name}`, and there is no `rustup` to add it with. \
             Install rustup, or add the {kind} the way this toolchain was installed, and run this again."
        )));
    }
    progress::run(
        &format!("adding {name} to the Rust toolchain"),
        &format!("rustup-{name}"),
        workspace::command("rustup").args([kind, "add", name]),
    )
}
