//! Where things are in the repository, and commands that run in it with its own tools first. Installs nothing (see [`crate::tools`]).

use crate::problem::{Doing, Outcome};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The repository's root.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").components().fold(PathBuf::new(), |path, part| match part {
        std::path::Component::ParentDir => path.parent().map(Path::to_path_buf).unwrap_or_default(),
        other => path.join(other),
    })
}

/// Where everything built or written at run time goes; git ignores it.
#[must_use]
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |directory| root().join(directory))
}

/// Makes a directory under [`target`], if need be.
pub fn target_directory(name: &str) -> Outcome<PathBuf> {
    let directory = target().join(name);
    std::fs::create_dir_all(&directory).doing(format_args!("making {}", directory.display()))?;
    Ok(directory)
}

/// A command in the repository's root. Its own tools (`node_modules/.bin`, cargo's `bin`) come before the machine's, nothing asks
/// questions, and nothing looks for updates or reports usage.
#[must_use]
pub fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root()).stdin(Stdio::null()).env("PATH", path());
    command.env("CI", "1").env("WRANGLER_SEND_METRICS", "false").env("TRUNK_SKIP_VERSION_CHECK", "true");
    // What cargo told *this* program about its own package would only confuse the programs started from here.
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")) {
            command.env_remove(name);
        }
    }
    command
}

/// Where cargo installs programs.
#[must_use]
pub fn cargo_bin() -> PathBuf {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    home.unwrap_or_else(|| std::env::home_dir().unwrap_or_default().join(".cargo")).join("bin")
}

/// Where npm puts the programs of the packages it installs.
#[must_use]
pub fn node_bin() -> PathBuf {
    root().join("node_modules/.bin")
}

fn path() -> OsString {
    let mut directories = vec![node_bin(), cargo_bin()];
    directories.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    // Fails only for a directory with a colon in its name; then the machine's own path is the best there is.
    std::env::join_paths(directories).unwrap_or_else(|_| std::env::var_os("PATH").unwrap_or_default())
}

/// What a program prints on standard output; `None` if it cannot be started or fails.
#[must_use]
pub fn output_of(program: &str, arguments: &[&str]) -> Option<String> {
    let output = command(program).args(arguments).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
