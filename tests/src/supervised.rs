//! A child process that ends when we end, however we end: dropped, panicking, interrupted or killed.
//!
//! A shell stands between us and the program. It holds the reading end of a pipe whose writing end is ours; when we are gone,
//! for whatever reason, the pipe closes and the shell ends the program's whole process group, first kindly, then for certain (an
//! open WebSocket can keep workerd from ending on SIGTERM). So no signal handler and no `unsafe` is needed here.

use crate::problem::{Doing, Outcome};
use std::fs::File;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

/// `$0` is a name for the process list, `"$@"` the program with its arguments. `kill 0` is the whole group, the shell included.
const SUPERVISOR: &str = r#"
exec 3<&0 </dev/null
( trap : TERM; cat <&3 >/dev/null; kill -TERM 0 ) &
exec 3<&-
trap : TERM
"$@" &
program=$!
wait "$program"
tries=0
while kill -0 "$program" 2>/dev/null && [ "$tries" -lt 30 ]; do tries=$((tries + 1)); sleep 0.1; done
kill -KILL 0
"#;

/// A running program and everything it started.
#[derive(Debug)]
pub struct Supervised {
    shell: Child,
}

impl Supervised {
    /// Starts a command; what it prints goes to the file `log`, which is begun anew.
    pub fn start(command: &Command, log: &Path) -> Outcome<Self> {
        let program = command.get_program();
        let file = File::create(log).doing(format_args!("writing {}", log.display()))?;
        let for_errors = file.try_clone().doing("sharing the log file")?;

        let mut shell = Command::new("sh");
        shell.arg("-c").arg(SUPERVISOR).arg("supervisor").arg(program).args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        if let Some(directory) = command.get_current_dir() {
            shell.current_dir(directory);
        }
        // A group of its own, so that Ctrl-C in a terminal reaches us first and the group can be ended as one.
        shell.process_group(0).stdin(Stdio::piped()).stdout(file).stderr(for_errors);
        let shell = shell.spawn().doing(format_args!("starting `{}`", program.to_string_lossy()))?;
        Ok(Self { shell })
    }

    /// How it ended, if it has. Nothing started here is meant to end by itself.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.shell.try_wait().ok().flatten()
    }

    /// Ends it and everything it started at once and without a word, as a machine that loses power would.
    pub fn kill(&mut self) {
        let group = format!("-{}", self.shell.id());
        // Fails only if it was ended before.
        let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
        let _ = self.shell.wait();
    }

    /// Ends it and everything it started, and waits until that is so.
    pub fn stop(&mut self) {
        drop(self.shell.stdin.take());
        // Fails only if it was waited for before.
        let _ = self.shell.wait();
    }
}

impl Drop for Supervised {
    fn drop(&mut self) {
        self.stop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Stopwatch;
    use crate::workspace;
    use std::time::Duration;

    fn alive(pid: &str) -> bool {
        let exists = Command::new("kill").args(["-0", pid]).stderr(Stdio::null()).status().unwrap().success();
        // One that has ended but that nobody has asked after yet ("zombie") is still listed.
        let waits_to_be_reaped = std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| stat.contains(") Z "));
        exists && !waits_to_be_reaped
    }

    fn assert_ends(pid: &str) {
        let watch = Stopwatch::start();
        while alive(pid) {
            assert!(watch.elapsed() < Duration::from_secs(10), "{pid} is left over");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits for a program to have written `lines` lines, which are process ids.
    fn pids(log: &Path, lines: usize) -> Vec<String> {
        let watch = Stopwatch::start();
        while watch.elapsed() < Duration::from_secs(10) {
            let text = std::fs::read_to_string(log).unwrap_or_default();
            if text.lines().count() == lines {
                return text.lines().map(str::to_owned).collect();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("nothing was written to {}", log.display());
    }

    fn start(name: &str, script: &str) -> (Supervised, std::path::PathBuf) {
        let log = workspace::target_directory("logs").unwrap().join(format!("supervised-{name}.log"));
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        (Supervised::start(&command, &log).unwrap(), log)
    }

    #[test]
    fn dropping_it_ends_the_program_and_what_the_program_started() {
        let (supervised, log) = start("drop", "sleep 60 & echo $!; echo $$; wait");
        let pids = pids(&log, 2);
        assert!(pids.iter().all(|pid| alive(pid)));
        drop(supervised);
        for pid in &pids {
            assert_ends(pid);
        }
    }

    #[test]
    fn killing_it_gives_no_time_to_say_goodbye() {
        let (mut supervised, log) = start("kill", "trap 'echo goodbye' TERM EXIT; sleep 60 & echo $!; echo $$; wait");
        let pids = pids(&log, 2);
        supervised.kill();
        for pid in &pids {
            assert_ends(pid);
        }
        assert_eq!(std::fs::read_to_string(&log).unwrap().lines().count(), 2);
    }

    #[test]
    fn a_program_that_will_not_end_is_ended() {
        let (mut supervised, log) = start("stubborn", "trap '' TERM; echo $$; while :; do sleep 1; done");
        let pid = pids(&log, 1).remove(0);
        let watch = Stopwatch::start();
        supervised.stop();
        assert!(watch.elapsed() < Duration::from_secs(10));
        assert_ends(&pid);
    }

    #[test]
    fn a_program_that_ends_by_itself_is_noticed() {
        let (mut supervised, _) = start("ends", "exit 3");
        let watch = Stopwatch::start();
        while supervised.ended().is_none() {
            assert!(watch.elapsed() < Duration::from_secs(10), "its end was not noticed");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    #[test]
    fn our_own_violent_death_ends_it_too() {
        // A stand-in for us: a shell that starts the supervisor with a pipe only it holds, and is then killed.
        let log = workspace::target_directory("logs").unwrap().join("supervised-orphan.log");
        std::fs::write(&log, "").unwrap();
        let mut owner = Command::new("sh");
        owner
            .args(["-c", r#"sleep 60 | setsid sh -c "$1" supervisor sh -c 'echo $$; exec sleep 60' > "$2""#, "owner", SUPERVISOR])
            .arg(&log);
        let mut owner = owner.process_group(0).spawn().unwrap();
        let pid = pids(&log, 1).remove(0);
        assert!(alive(&pid));
        let group = format!("-{}", owner.id());
        assert!(Command::new("kill").args(["-KILL", "--", &group]).status().unwrap().success());
        owner.wait().unwrap();
        assert_ends(&pid);
    }
}
