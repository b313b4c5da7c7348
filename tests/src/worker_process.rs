//! The Worker under `wrangler dev`: real workerd, Durable Objects and assets, on this machine. Runs what [`crate::assemble`] built;
//! the simulator and storefront it works with are put beside it by [`crate::stack`].

use crate::clock::Stopwatch;
use crate::problem::{Doing, Outcome, Problem};
use crate::progress;
use crate::supervised::Supervised;
use crate::workspace;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tokio::net::TcpStream;

/// How long a Worker may take to answer for the first time.
const PATIENCE: Duration = Duration::from_mins(1);

/// What a Worker is started with. Starting it again with the same settings finds the same sessions.
pub struct WorkerSettings {
    /// The port on 127.0.0.1.
    pub port: u16,
    /// Where its state, secrets and log are kept.
    pub directory: PathBuf,
    /// Configuration that anyone may see.
    pub variables: Vec<(&'static str, String)>,
    /// Configuration that nobody may see: handed over in a private file, never on a command line.
    pub secrets: Vec<(&'static str, String)>,
}

/// A running Worker; it ends when dropped.
pub struct WorkerProcess {
    process: Supervised,
    port: u16,
}

impl WorkerProcess {
    /// Starts the Worker and waits until it says that it is well.
    pub async fn start(settings: &WorkerSettings) -> Outcome<Self> {
        if !workspace::root().join("edge/build").is_dir() {
            return Err(Problem::new("the Worker has not been built: run `cargo verify build` first"));
        }
        let secrets = settings.directory.join("secrets.env");
        write_secrets(&secrets, &settings.secrets)?;
        let log = Self::log(&settings.directory);
        let process = Supervised::start(&wrangler(settings, &secrets), &log)?;
        let mut worker = Self { process, port: settings.port };
        worker.wait_until_well(&log).await?;
        Ok(worker)
    }

    /// Where a Worker that was started in a directory writes what happens.
    #[must_use]
    pub fn log(directory: &Path) -> PathBuf {
        directory.join("worker.log")
    }

    /// Makes the ledger of a Worker that does not run unreadable: its database becomes a file that is none.
    pub fn break_ledger(directory: &Path) -> Outcome {
        // Where `wrangler dev` keeps D1 databases, each in a file of its own beside one about them all.
        let databases = directory.join("state/v3/d1/miniflare-D1DatabaseObject");
        let reading = || format!("reading {}", databases.display());
        let mut broken = 0;
        for entry in std::fs::read_dir(&databases).doing(reading())? {
            let path = entry.doing(reading())?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if name.starts_with("metadata.") {
                continue;
            }
            if path.extension().is_some_and(|extension| extension == "sqlite") {
                std::fs::write(&path, [0xff; 4096]).doing(format_args!("writing {}", path.display()))?;
                broken += 1;
            } else {
                // What was written lately, and would mend it.
                std::fs::remove_file(&path).doing(format_args!("removing {}", path.display()))?;
            }
        }
        if broken == 0 { Err(Problem::new(format!("there is no database in {}", databases.display()))) } else { Ok(()) }
    }

    async fn wait_until_well(&mut self, log: &Path) -> Outcome {
        let health = format!("http://127.0.0.1:{}/health", self.port);
        let client = reqwest::Client::new();
        let watch = Stopwatch::start();
        let mut last = "no answer".to_owned();
        while watch.elapsed() < PATIENCE {
            if let Some(status) = self.process.ended() {
                last = format!("wrangler ended ({status})");
                break;
            }
            match client.get(&health).timeout(Duration::from_secs(5)).send().await {
                Ok(answer) if answer.status().is_success() => return Ok(()),
                Ok(answer) => last = format!("{} {}", answer.status(), answer.text().await.unwrap_or_default()),
                // Not listening yet.
                Err(_) => {}
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let (log_tail, log) = (progress::tail(log, 40), log.display());
        Err(Problem::new(format!("the Worker did not start: {last}. The end of {log}:\n{log_tail}")))
    }

    /// Waits until the Worker ends by itself, which it should not, and tells of it.
    pub async fn ended(&mut self, log: &Path) -> Problem {
        loop {
            if let Some(status) = self.process.ended() {
                let (log_tail, log) = (progress::tail(log, 40), log.display());
                return Problem::new(format!("the Worker ended ({status}). The end of {log}:\n{log_tail}"));
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }

    /// Ends the Worker without warning, as a machine that loses power would, and waits until its port is free.
    pub async fn stop(mut self) {
        self.process.kill();
        while TcpStream::connect(("127.0.0.1", self.port)).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

fn wrangler(settings: &WorkerSettings, secrets: &Path) -> Command {
    let mut command = workspace::command("wrangler");
    command.args(["dev", "--config", "wrangler.toml", "--ip", "127.0.0.1", "--inspector-port", "0"]);
    command.args(["--show-interactive-dev-session=false", "--port", &settings.port.to_string()]);
    command.arg("--persist-to").arg(settings.directory.join("state"));
    command.arg("--env-file").arg(secrets);
    for (name, value) in &settings.variables {
        command.arg("--var").arg(format!("{name}:{value}"));
    }
    // Wrangler would ask the network where on earth this machine is, and keep logs and a list of Workers in the home directory.
    command.env("CLOUDFLARE_CF_FETCH_ENABLED", "false").env("WRANGLER_WRITE_LOGS", "false");
    command.env("WRANGLER_REGISTRY_PATH", settings.directory.join("registry"));
    command
}

fn write_secrets(path: &Path, secrets: &[(&str, String)]) -> Outcome {
    // Made anew, so that the permissions are these and not those of an older file.
    let _ = std::fs::remove_file(path);
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let mut file = file.doing(format_args!("making {}", path.display()))?;
    secrets.iter().try_for_each(|(name, value)| writeln!(file, "{name}=\"{value}\"")).doing("writing the Worker's secrets")
}
