//! Lines that say what is being done and how long it took, and commands run under such a line with their own output kept in a log.

use crate::clock::Stopwatch;
use crate::problem::{Doing, Outcome, Problem};
use crate::workspace;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Says that something was found as it should be.
pub fn found(what: &str) {
    println!("  {what}: found");
}

/// Does something under a line `what … done in 3.2 s`.
pub fn step<T>(what: &str, work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
    print!("  {what} … ");
    // The line must be readable while the work goes on; if standard output is gone there is nobody to read it.
    let _ = std::io::stdout().flush();
    let watch = Stopwatch::start();
    let outcome = work();
    println!("{} {watch}", if outcome.is_ok() { "done in" } else { "FAILED after" });
    outcome
}

/// Runs a command under a line as [`step`] does. What it prints goes to `target/logs/{log}.log`, and its end is shown if it fails.
pub fn run(what: &str, log: &str, command: &mut Command) -> Outcome {
    step(what, || run_logged(log, command))
}

fn run_logged(log: &str, command: &mut Command) -> Outcome {
    let path = log_path(log)?;
    let file = File::create(&path).doing(format_args!("writing {}", path.display()))?;
    let for_errors = file.try_clone().doing("sharing the log file")?;
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command.stdout(file).stderr(Stdio::from(for_errors)).status().doing(format_args!("starting `{program}`"))?;
    if status.success() {
        return Ok(());
    }
    Err(Problem::new(format!("`{program}` failed ({status}). The end of {}:\n{}", path.display(), tail(&path, 40))))
}

/// The path of a log file; its directory is made.
pub fn log_path(name: &str) -> Outcome<PathBuf> {
    Ok(workspace::target_directory("logs")?.join(format!("{name}.log")))
}

/// The last lines of a text file, indented.
#[must_use]
pub fn tail(path: &Path, lines: usize) -> String {
    let bytes = fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let all: Vec<&str> = text.lines().collect();
    let end = &all[all.len().saturating_sub(lines)..];
    end.iter().fold(String::new(), |text, line| text + "    " + line + "\n")
}
