//! What can only come from the operating system, installed with apt where there is apt and we may use it.

use crate::problem::{Outcome, Problem};
use crate::progress;
use crate::workspace;
use std::sync::OnceLock;

/// Makes sure that a program which links OpenSSL can be compiled.
pub(super) fn ensure_openssl(wanted_by: &str) -> Outcome {
    // Elsewhere than on Linux the system's own TLS is used.
    let found = !cfg!(target_os = "linux") || workspace::output_of("pkg-config", &["--exists", "openssl"]).is_some();
    if found { Ok(()) } else { install(&["pkg-config", "libssl-dev"], wanted_by) }
}

/// Installs Debian packages, or says who has to.
pub(super) fn install(packages: &[&str], wanted_by: &str) -> Outcome {
    let list = packages.join(" ");
    let by_hand = format!("{wanted_by} needs {list}. Please run `apt-get install {list}` as root and run this again");
    if workspace::output_of("apt-get", &["--version"]).is_none() {
        return Err(Problem::new(format!("{wanted_by} needs {list} (so named in Debian), and there is no apt-get to install it with.")));
    }
    if workspace::output_of("id", &["-u"]).as_deref() != Some("0") {
        return Err(Problem::new(format!("{by_hand}.")));
    }
    update()?;
    let mut command = workspace::command("apt-get");
    command.args(["install", "--yes", "--no-install-recommends"]).args(packages).env("DEBIAN_FRONTEND", "noninteractive");
    progress::run(&format!("installing {list} (about 1 min)"), &format!("apt-{}", packages.join("-")), &mut command)
}

/// Once a run is enough.
fn update() -> Outcome {
    static UPDATED: OnceLock<()> = OnceLock::new();
    if UPDATED.set(()).is_ok() {
        let command = &mut workspace::command("apt-get");
        progress::run("reading the list of Debian packages", "apt-update", command.arg("update"))?;
    }
    Ok(())
}
