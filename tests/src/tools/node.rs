//! The packages of `package.json`: wrangler, the Node it runs on, binaryen's `wasm-opt`, esbuild, TypeScript's `tsc`.

use crate::problem::{Doing, Outcome, Problem};
use crate::progress;
use crate::workspace;
use std::fs;
use std::path::PathBuf;

/// Makes sure that exactly what `package-lock.json` says is installed.
pub(super) fn ensure() -> Outcome {
    let lock = workspace::root().join("package-lock.json");
    let wanted = fs::read_to_string(&lock).doing(format_args!("reading {}", lock.display()))?;
    if fs::read_to_string(stamp()).is_ok_and(|installed| installed == wanted) {
        progress::found("Node packages");
        return Ok(());
    }
    for program in ["node", "npm"] {
        if workspace::output_of(program, &["--version"]).is_none() {
            return Err(Problem::new(format!(
                "`{program}` is not installed. Any Node with npm will do to start with (the right version is then installed beside the \
                 project); install it, in Debian with `apt-get install nodejs npm`, and run this again."
            )));
        }
    }
    progress::run("installing Node packages (about 30 s)", "npm", workspace::command("npm").args(["ci", "--no-progress"]))?;
    check_node()?;
    fs::write(stamp(), wanted).doing("noting what is installed")
}

/// A copy of the lock file the installation was made from, inside of it so that they go together.
fn stamp() -> PathBuf {
    workspace::root().join("node_modules/.installed-lock.json")
}

/// npm settings that forbid packages to run their installation scripts leave the Node package empty.
fn check_node() -> Outcome {
    let version = workspace::output_of("node", &["--version"]).unwrap_or_default();
    let major = version.trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    match major {
        Some(22..) => Ok(()),
        _ => Err(Problem::new(format!(
            "Wrangler needs Node 22 or newer. The package `node` should have brought it, but `node --version` says {version:?}. \
             Does `npm config get ignore-scripts` say true?"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lock_files_name_no_download_host() {
        let npm = fs::read_to_string(workspace::root().join("package-lock.json")).unwrap();
        assert!(!npm.contains("\"resolved\""), "package-lock.json says where packages were downloaded from");
        let packages: serde_json::Value = serde_json::from_str(&npm).unwrap();
        assert!(packages["packages"].as_object().unwrap().len() > 4, "package-lock.json lists no packages");
    }
}
