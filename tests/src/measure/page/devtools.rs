//! Headless Chromium over the Chrome `DevTools` Protocol itself, for what a driver does not tell: events of the network, traces, and what
//! pages say through a binding. Stories use [`crate::browser`].

use crate::clock::Stopwatch;
use crate::problem::{Doing, Outcome, Problem};
use crate::run_directory::RunDirectory;
use crate::supervised::Supervised;
use crate::workspace;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::path::Path;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// How long the browser may take to start or to answer a command.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often is looked whether it has started.
const TICK: Duration = Duration::from_millis(50);
/// Where the browser says at which address it listens, in its profile.
const ADDRESS: &str = "DevToolsActivePort";
/// A shop and the checkout in it share a process, as on most phones: so the one has to wait for the other's scripts.
const ARGUMENTS: [&str; 13] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-extensions",
    "--disable-sync",
    "--disable-component-update",
    "--no-first-run",
    "--lang=en",
    "--disable-site-isolation-trials",
    "--disable-features=IsolateOrigins,site-per-process",
    "--remote-debugging-port=0",
];

/// A running browser; it ends when dropped.
pub struct DevTools {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// How many commands were given.
    commands: u64,
    /// What was heard while an answer was waited for.
    heard: VecDeque<Event>,
    // In this order, so that the browser has ended before the profile's directory is given up.
    _chromium: Supervised,
    _directory: RunDirectory,
}

/// Something that the browser tells.
#[derive(Clone, Debug)]
pub struct Event {
    /// What it is, e.g. `Network.requestWillBeSent`.
    pub method: String,
    /// More about it.
    pub parameters: Value,
}

impl DevTools {
    /// Starts a browser with an empty profile.
    pub async fn start() -> Outcome<Self> {
        let directory = RunDirectory::take("devtools")?;
        let profile = directory.path().join("profile");
        let mut command = workspace::command("chromium");
        command.args(ARGUMENTS).arg(format!("--user-data-dir={}", profile.display())).arg("about:blank");
        let chromium = Supervised::start(&command, &directory.path().join("chromium.log"))?;
        let url = address(&profile).await?;
        let (socket, _) = tokio_tungstenite::connect_async(&url).await.doing("connecting to Chromium")?;
        Ok(Self { socket, commands: 0, heard: VecDeque::new(), _chromium: chromium, _directory: directory })
    }

    /// Gives a command to a page (by its session) or, without one, to the browser, and waits for the answer.
    pub async fn ask(&mut self, session: Option<&str>, command: &str, parameters: Value) -> Outcome<Value> {
        self.commands += 1;
        let id = self.commands;
        let mut message = json!({ "id": id, "method": command, "params": parameters });
        if let Some(session) = session {
            message["sessionId"] = session.into();
        }
        self.socket.send(Message::text(message.to_string())).await.doing(format_args!("asking Chromium for {command}"))?;
        let answered = async {
            loop {
                let mut told = self.told().await?;
                if told["id"] == id {
                    return Ok::<_, Problem>(told);
                }
                self.heard.extend(Event::read(&mut told));
            }
        };
        let waited = tokio::time::timeout(PATIENCE, answered).await;
        let mut answer = waited.map_err(|_| Problem::new(format!("Chromium never answered {command}")))??;
        match answer["error"]["message"].as_str() {
            Some(error) => Err(Problem::new(format!("Chromium refused {command}: {error}"))),
            None => Ok(answer["result"].take()),
        }
    }

    /// The next thing that the browser tells; nothing if it tells nothing for so long.
    pub async fn listen(&mut self, patience: Duration) -> Outcome<Option<Event>> {
        if let Some(event) = self.heard.pop_front() {
            return Ok(Some(event));
        }
        let told = async {
            loop {
                if let Some(event) = Event::read(&mut self.told().await?) {
                    return Ok(event);
                }
            }
        };
        tokio::time::timeout(patience, told).await.ok().transpose()
    }

    async fn told(&mut self) -> Outcome<Value> {
        loop {
            let message = self.socket.next().await.ok_or_else(|| Problem::new("Chromium has hung up"))?;
            if let Message::Text(text) = message.doing("listening to Chromium")? {
                return serde_json::from_str(&text).doing("reading what Chromium tells");
            }
        }
    }
}

impl Event {
    fn read(told: &mut Value) -> Option<Self> {
        let method = told["method"].as_str()?.to_owned();
        Some(Self { method, parameters: told["params"].take() })
    }
}

/// The address the browser listens at: it writes port and path into its profile once it does.
async fn address(profile: &Path) -> Outcome<String> {
    let watch = Stopwatch::start();
    while watch.elapsed() < PATIENCE {
        let written = std::fs::read_to_string(profile.join(ADDRESS)).unwrap_or_default();
        if let Some((port, path)) = written.trim_end().split_once('\n') {
            return Ok(format!("ws://127.0.0.1:{port}{path}"));
        }
        tokio::time::sleep(TICK).await;
    }
    Err(Problem::new("Chromium did not start; is `chromium` installed?"))
}
