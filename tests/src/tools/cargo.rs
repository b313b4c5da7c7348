//! Programs that come by `cargo install`, into cargo's own `bin` so that they are compiled once for all projects.

use super::debian;
use crate::problem::Outcome;
use crate::progress;
use crate::workspace;

/// A program from the package registry.
pub(super) struct Program {
    package: &'static str,
    version: &'static str,
    /// What is started to ask its version.
    command: &'static str,
    /// How it is built, beside its version.
    flags: &'static [&'static str],
    /// Whether OpenSSL is linked into it.
    needs_openssl: bool,
    /// About how long it takes on two cores, with nothing compiled yet.
    takes: &'static str,
}

/// Its version must be that of the `wasm-bindgen` library in `Cargo.lock`.
pub(super) const WASM_BINDGEN: Program = Program {
    package: "wasm-bindgen-cli",
    version: "0.2.130",
    command: "wasm-bindgen",
    // Not `--locked`: its lock file names a dependency that does not compile with this compiler.
    flags: &[],
    needs_openssl: false,
    takes: "1 min",
};

/// Builds the Worker from the crate in `edge/`.
pub(super) const WORKER_BUILD: Program = Program {
    package: "worker-build",
    version: "0.8.7",
    command: "worker-build",
    flags: &["--locked"],
    needs_openssl: true,
    takes: "2 min",
};

/// Builds the checkout page from `index.html` and the crate in `frontend/`.
pub(super) const TRUNK: Program = Program {
    package: "trunk",
    version: "0.21.14",
    command: "trunk",
    // Its features are the means to download tools and to look for updates. Here it finds its tools, and without them it is built
    // in half the time.
    flags: &["--locked", "--no-default-features"],
    needs_openssl: false,
    takes: "4 min",
};

/// These programs work for seconds at a time, so what counts is that they are compiled soon.
const COMPILE_SOON: [(&str, &str); 4] = [
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0"),
    ("CARGO_PROFILE_RELEASE_LTO", "off"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
    ("CARGO_PROFILE_RELEASE_DEBUG", "false"),
];

/// Makes sure that a program is there in the version wanted.
pub(super) fn ensure(program: &Program) -> Outcome {
    let Program { package, version, .. } = program;
    // `trunk 0.21.14`, `wasm-bindgen 0.2.130`, or the version alone.
    let installed = workspace::output_of(program.command, &["--version"]);
    if installed.is_some_and(|text| text.split_whitespace().any(|word| word == *version)) {
        progress::found(&format!("{package} {version}"));
        return Ok(());
    }
    if program.needs_openssl {
        debian::ensure_openssl(package)?;
    }
    let mut command = workspace::command("cargo");
    command.args(["install", package, "--version", version]).args(program.flags);
    // One directory for all, kept: what they share is compiled once, and an interrupted installation goes on where it was.
    command.env("CARGO_TARGET_DIR", workspace::target().join("tools")).envs(COMPILE_SOON);
    progress::run(&format!("installing {package} {version} (about {})", program.takes), &format!("install-{package}"), &mut command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_and_the_library_of_wasm_bindgen_are_of_one_version() {
        let lock = std::fs::read_to_string(workspace::root().join("Cargo.lock")).unwrap();
        let library = lock.split("[[package]]").find(|package| package.contains("\nname = \"wasm-bindgen\"\n")).unwrap();
        assert!(library.contains(&format!("\nversion = \"{}\"\n", WASM_BINDGEN.version)), "{library}");
    }

    #[test]
    fn worker_build_and_the_worker_library_are_of_one_version() {
        let lock = std::fs::read_to_string(workspace::root().join("Cargo.lock")).unwrap();
        let library = lock.split("[[package]]").find(|package| package.contains("\nname = \"worker\"\n")).unwrap();
        assert!(library.contains(&format!("\nversion = \"{}\"\n", WORKER_BUILD.version)), "{library}");
    }
}
