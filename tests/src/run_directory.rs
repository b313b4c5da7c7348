//! A directory for one run of a stack: empty at the start, never shared by two runs at the same time, and found again by its name.

use crate::problem::{Doing, Outcome, Problem};
use crate::workspace;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// A directory under `target/stack/` that is ours until dropped. It is left as it is, for whoever wants to read the log.
#[derive(Debug)]
pub struct RunDirectory {
    path: PathBuf,
    /// Locked as long as the run goes on; the lock ends with the process even if it is killed.
    _lock: File,
}

impl RunDirectory {
    /// Takes `target/stack/{name}`, or with a number behind the name where another run has it.
    pub fn take(name: &str) -> Outcome<Self> {
        let parent = workspace::target_directory("stack")?;
        for number in 1..=100 {
            let name = if number == 1 { name.to_owned() } else { format!("{name}-{number}") };
            let lock_path = parent.join(format!("{name}.lock"));
            let lock = File::create(&lock_path).doing(format_args!("making {}", lock_path.display()))?;
            if lock.try_lock().is_err() {
                continue;
            }
            let path = parent.join(name);
            if path.exists() {
                fs::remove_dir_all(&path).doing(format_args!("clearing {}", path.display()))?;
            }
            fs::create_dir(&path).doing(format_args!("making {}", path.display()))?;
            return Ok(Self { path, _lock: lock });
        }
        Err(Problem::new(format!("100 runs named {name} are going on; is that meant?")))
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Stopwatch;
    use std::time::Duration;

    /// A program that another test starts at this very moment holds a copy of the lock until it has begun to run.
    fn take_again(path: &Path) -> RunDirectory {
        let watch = Stopwatch::start();
        loop {
            let taken = RunDirectory::take("run-directory-test").unwrap();
            if taken.path() == path {
                return taken;
            }
            assert!(watch.elapsed() < Duration::from_secs(10), "{} is never given out again", path.display());
        }
    }

    #[test]
    fn two_runs_never_share_a_directory_and_a_new_run_finds_it_empty() {
        let first = RunDirectory::take("run-directory-test").unwrap();
        let second = RunDirectory::take("run-directory-test").unwrap();
        assert_ne!(first.path(), second.path());
        let path = first.path().to_path_buf();
        fs::write(path.join("left-over"), "").unwrap();
        drop(first);
        let third = take_again(&path);
        assert_eq!(fs::read_dir(third.path()).unwrap().count(), 0);
    }
}
