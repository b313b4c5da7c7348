//! The parts of `cargo verify`: what each needs, runs and counts. The program itself is `src/bin/verify.rs`.

use crate::assemble;
use crate::clock::Stopwatch;
use crate::problem::{Doing, Outcome, Problem};
use crate::tools::{self, Tool};
use crate::workspace;
use clap::ValueEnum;
use std::fmt;
use std::io::{BufRead as _, BufReader};
use std::ops::AddAssign;
use std::process::{Command, Stdio};

/// One part of the verification, cheap ones first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// The formatting of all Rust sources
    Fmt,
    /// The compiler's and clippy's warnings, natively and for wasm32
    Clippy,
    /// The documentation: every link leads somewhere
    Doc,
    /// The native tests: decisions, protocols, contract suite, simulators
    Native,
    /// The widget's tests, compiled to WASM and run in Node
    Wasm,
    /// What would be deployed: page, loader with its types, and Worker, and wrangler's dry run over them
    Build,
    /// The Worker on workerd, spoken to over HTTP and WebSocket
    Edge,
    /// Whether everybody can use every state of the widget: axe-core and more, in Chromium
    Access,
    /// Whole stories in Chromium, through the demo storefront
    Browser,
}

/// How many checks passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Tests that passed.
    pub passed: u32,
    /// Tests that failed.
    pub failed: u32,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// Runs parts one after the other; none keeps another from running.
#[derive(Debug, Default)]
pub struct Verification {
    /// The Worker and page are built once for all parts that want them.
    assembled: Option<bool>,
}

impl Verification {
    /// Runs one part and says how it went.
    pub fn run(&mut self, part: Part) -> Tally {
        let name = part.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
        println!("── {name}");
        let watch = Stopwatch::start();
        let tally = self.check(part).unwrap_or_else(|problem| {
            println!("  {problem}");
            Tally { passed: 0, failed: 1 }
        });
        println!("── {name}: {tally} in {watch}\n");
        tally
    }

    fn check(&mut self, part: Part) -> Outcome<Tally> {
        tools::ensure(needs(part))?;
        match part {
            Part::Fmt => pass_or_fail(cargo(&["fmt", "--all", "--check"])),
            Part::Clippy => clippy(),
            Part::Doc => pass_or_fail(cargo(&["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings")),
            Part::Native => count_tests(&mut cargo(&["test", "--workspace", "--no-fail-fast"])),
            Part::Wasm => wasm_tests(),
            Part::Build => self.build(),
            Part::Edge => self.on_assembled("edge"),
            Part::Access => count_tests(&mut cargo(&["test", "--package", "checkout-tests", "--test", "access"])),
            Part::Browser => self.on_assembled("browser"),
        }
    }

    /// What a merchant runs before `npx wrangler deploy`.
    fn build(&mut self) -> Outcome<Tally> {
        self.assemble()?;
        let mut tally = Tally { passed: 1, failed: 0 };
        let bundle = workspace::target_directory("dry-run")?;
        let mut command = workspace::command("wrangler");
        command.args(["deploy", "--dry-run", "--outdir"]).arg(bundle);
        tally += pass_or_fail(command)?;
        tally += pass_or_fail(types())?;
        tally += pass_or_fail(imported_on_a_server())?;
        Ok(tally)
    }

    /// Runs one of the test files that want the built Worker.
    fn on_assembled(&mut self, test: &str) -> Outcome<Tally> {
        self.assemble()?;
        count_tests(&mut cargo(&["test", "--package", "checkout-tests", "--test", test]))
    }

    fn assemble(&mut self) -> Outcome {
        match self.assembled {
            Some(true) => Ok(()),
            Some(false) => Err(Problem::new("not run: the Worker or the page could not be built (see above)")),
            None => {
                let outcome = assemble::assemble();
                self.assembled = Some(outcome.is_ok());
                outcome
            }
        }
    }
}

/// The tools a part needs.
fn needs(part: Part) -> &'static [Tool] {
    const FOR_THE_BROWSER: [Tool; 6] =
        [Tool::Browser, Tool::WasmTarget, Tool::NodePackages, Tool::WasmBindgen, Tool::WorkerBuild, Tool::Trunk];
    match part {
        Part::Fmt => &[Tool::Rustfmt],
        Part::Clippy => &[Tool::Clippy, Tool::WasmTarget],
        Part::Doc | Part::Native => &[],
        Part::Wasm => &[Tool::WasmTarget, Tool::NodePackages, Tool::WasmBindgen],
        Part::Build | Part::Edge => &Tool::FOR_BUILDING,
        Part::Access => &[Tool::Browser, Tool::NodePackages],
        Part::Browser => &FOR_THE_BROWSER,
    }
}

/// Natively everything; for wasm32 what runs there.
fn clippy() -> Outcome<Tally> {
    const DENY: [&str; 3] = ["--", "-D", "warnings"];
    let mut tally = Tally::default();
    // "All targets" are without the tests that a plain `cargo test` must not run.
    let targets: [&[&str]; 2] =
        [&["--workspace", "--all-targets"], &["--package", "checkout-tests", "--test", "edge", "--test", "access", "--test", "browser"]];
    for targets in targets {
        let mut native = cargo(&["clippy"]);
        native.args(targets).args(DENY);
        tally += pass_or_fail(native)?;
    }
    let mut wasm = cargo(&["clippy", "--target", WASM, "--package", "checkout-edge", "--package", "checkout-widget"]);
    wasm.args(DENY);
    tally += pass_or_fail(wasm)?;
    Ok(tally)
}

/// Whether the types shipped with the loader hold what a shop's developer expects of them.
fn types() -> Command {
    let mut command = workspace::command("tsc");
    // What is stated here, and no settings of whatever directory stands around.
    command.args(["--ignoreConfig", "--noEmit", "--strict", "--target", "es2022", "--lib", "es2022,dom", "--types", ""]);
    command.args(["--module", "preserve", "tests/types/shop.ts"]);
    command
}

/// Whether the loader can be imported where there is no window, as a framework does that renders a shop's pages on a server.
fn imported_on_a_server() -> Command {
    let mut command = workspace::command("node");
    command.args(["--input-type=module", "--eval", "await import(\"./dist/embed/edge-checkout.js\")"]);
    command
}

fn wasm_tests() -> Outcome<Tally> {
    let mut command = cargo(&["test", "--package", "checkout-widget", "--target", WASM, "--no-fail-fast"]);
    count_tests(command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "wasm-bindgen-test-runner"))
}

const WASM: &str = "wasm32-unknown-unknown";

fn cargo(arguments: &[&str]) -> Command {
    let mut command = workspace::command("cargo");
    command.args(arguments);
    command
}

/// Runs a command that is one check.
fn pass_or_fail(mut command: impl std::borrow::BorrowMut<Command>) -> Outcome<Tally> {
    let command = command.borrow_mut();
    let status = command.status().doing(format_args!("starting `{}`", command.get_program().display()))?;
    Ok(if status.success() { Tally { passed: 1, failed: 0 } } else { Tally { passed: 0, failed: 1 } })
}

/// Runs a command that runs tests, shows what it prints and adds up the results it states.
fn count_tests(command: &mut Command) -> Outcome<Tally> {
    let program = command.get_program().to_string_lossy().into_owned();
    let mut child = command.stdout(Stdio::piped()).spawn().doing(format_args!("starting `{program}`"))?;
    let mut tally = Tally::default();
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).split(b'\n') {
            let line = line.doing(format_args!("reading what `{program}` prints"))?;
            let line = String::from_utf8_lossy(&line);
            println!("{line}");
            if let Some(result) = read_result(&line) {
                tally += result;
            }
        }
    }
    let status = child.wait().doing(format_args!("waiting for `{program}`"))?;
    // It did not compile, or a test ended the whole process: no line says so, but it counts.
    if !status.success() && tally.failed == 0 {
        tally.failed = 1;
    }
    if status.success() && tally == Tally::default() {
        return Err(Problem::new(format!("`{program}` ran no test at all")));
    }
    Ok(tally)
}

/// Reads `test result: ok. 12 passed; 0 failed; …`, as Rust's and wasm-bindgen's test runners print it.
fn read_result(line: &str) -> Option<Tally> {
    let (_, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let count_of = |word: &str| {
        let count = counts.split("; ").find_map(|count| count.strip_suffix(word))?;
        count.trim().parse().ok()
    };
    Some(Tally { passed: count_of("passed")?, failed: count_of("failed")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn result_lines_of_the_test_runners_are_read() {
        let ok = "test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 3 filtered out; finished in 0.01s";
        assert_eq!(read_result(ok), Some(Tally { passed: 12, failed: 0 }));
        let failed = "test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 filtered out; finished in 0.01s";
        assert_eq!(read_result(failed), Some(Tally { passed: 1, failed: 2 }));
        for line in ["", "test a::b ... ok", "test result: ok", "running 3 tests"] {
            assert_eq!(read_result(line), None, "{line}");
        }
    }

    fn shell(script: &str) -> Command {
        let mut command = workspace::command("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn results_add_up() {
        let script =
            "echo 'test result: ok. 2 passed; 0 failed; 0 ignored'; echo 'test result: FAILED. 1 passed; 3 failed; 0 ignored'; exit 1";
        assert_eq!(count_tests(&mut shell(script)).unwrap(), Tally { passed: 3, failed: 3 });
    }

    #[test]
    fn a_run_that_breaks_off_counts_as_a_failure_and_one_without_tests_as_a_problem() {
        let broken = "echo 'test result: ok. 2 passed; 0 failed; 0 ignored'; exit 101";
        assert_eq!(count_tests(&mut shell(broken)).unwrap(), Tally { passed: 2, failed: 1 });
        assert!(count_tests(&mut shell("exit 0")).is_err());
    }
}
