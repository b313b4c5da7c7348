//! One visit: a browser that has never been here, on a slow network with a slow processor, goes to an address, and everything that happens
//! is noted until nothing more is to be expected.

use super::devtools::{DevTools, Event};
use super::network;
use super::requests::{self, Request};
use super::subject::Subject;
use super::tasks::{self, Task};
use crate::clock::Stopwatch;
use crate::problem::{Doing, Outcome, Problem};
use data_encoding::BASE64;
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;

/// Times slower than this machine's processor is.
pub const SLOWDOWN: u32 = 4;
/// How long a visit may take until the customer can pay and the widget is in charge.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long after that is still looked on.
const AFTERWARDS: Duration = Duration::from_millis(1500);
/// How long the browser may take to hand over a trace.
const UNTIL_TRACED: Duration = Duration::from_mins(1);
const PROBE: &str = include_str!("probe.js");
/// Where the checkout's frame is in the window.
const FRAME: &str = "(() => { const host = document.querySelector('edge-checkout'); \
    const { left, top } = (host.shadowRoot ?? host).querySelector('iframe').getBoundingClientRect(); \
    return [left, top].map(Math.round); })()";
/// Of a trace: tasks, and what they are spent on.
const TRACED: [&str; 3] = ["devtools.timeline", "disabled-by-default-devtools.timeline", "v8"];

/// Something that the probe has told (`probe.js`).
#[derive(Clone, Debug, Deserialize)]
pub struct Mark {
    /// What happened.
    pub what: String,
    /// When, in microseconds since the epoch.
    pub at: i64,
    /// Whether in the page itself, not in a frame.
    pub top: bool,
    /// Of a layout shift: its score in ten-thousandths.
    #[serde(default)]
    pub value: i64,
    /// Where to press, in the window of its document.
    #[serde(default)]
    x: i64,
    #[serde(default)]
    y: i64,
}

/// What was noted.
#[derive(Clone, Debug, Default)]
pub struct Visit {
    /// In the order of being told.
    pub marks: Vec<Mark>,
    /// In the order of being sent.
    pub requests: Vec<Request>,
    /// The longest task of the main thread.
    pub longest_task: Option<Task>,
    /// The trace it is from, to be looked at.
    pub trace: Vec<Value>,
    /// Whether what was pressed shows that it was, where that is for the page to show.
    pub shows_press: bool,
    /// What the customer saw in the end, as PNG, where something was pressed.
    pub picture: Option<Vec<u8>>,
}

/// A page of a context of its own, with nothing stored.
struct Tab<'a> {
    devtools: &'a mut DevTools,
    context: Value,
    session: String,
}

impl Visit {
    /// Goes to an address; presses, if wanted, what there is to press at the first moment of this name.
    pub async fn make(devtools: &mut DevTools, subject: Subject, url: &str, press_at: Option<&str>) -> Outcome<Self> {
        let mut tab = Tab::open(devtools, subject).await?;
        let visit = tab.visit(subject, url, press_at).await;
        tab.close().await?;
        visit
    }

    /// The first mark of a kind.
    #[must_use]
    pub fn first(&self, what: &str) -> Option<&Mark> {
        self.marks.iter().find(|mark| mark.what == what)
    }
}

impl<'a> Tab<'a> {
    async fn open(devtools: &'a mut DevTools, subject: Subject) -> Outcome<Self> {
        let context = devtools.ask(None, "Target.createBrowserContext", json!({})).await?["browserContextId"].take();
        let target = json!({ "url": "about:blank", "browserContextId": context });
        let target = devtools.ask(None, "Target.createTarget", target).await?;
        let attached = devtools.ask(None, "Target.attachToTarget", json!({ "targetId": target["targetId"], "flatten": true })).await?;
        let session = attached["sessionId"].as_str().ok_or_else(|| Problem::new("Chromium attached to no page"))?.to_owned();
        let mut tab = Self { devtools, context, session };
        let probe = PROBE.replace("__SUBJECT__", &subject.probe().to_string());
        let network = json!({ "offline": false, "latency": 562.5, "downloadThroughput": network::DOWN, "uploadThroughput": network::UP });
        for (command, parameters) in [
            ("Page.enable", json!({})),
            ("Runtime.enable", json!({})),
            ("Network.enable", json!({})),
            ("Network.emulateNetworkConditions", network),
            ("Emulation.setDeviceMetricsOverride", json!({ "width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": true })),
            ("Emulation.setTouchEmulationEnabled", json!({ "enabled": true })),
            ("Runtime.addBinding", json!({ "name": "measured" })),
            ("Page.addScriptToEvaluateOnNewDocument", json!({ "source": probe })),
            ("Emulation.setCPUThrottlingRate", json!({ "rate": SLOWDOWN })),
        ] {
            tab.ask(command, parameters).await?;
        }
        Ok(tab)
    }

    async fn close(self) -> Outcome {
        self.devtools.ask(None, "Target.disposeBrowserContext", json!({ "browserContextId": self.context })).await.map(drop)
    }

    async fn ask(&mut self, command: &str, parameters: Value) -> Outcome<Value> {
        self.devtools.ask(Some(&self.session), command, parameters).await
    }

    async fn visit(&mut self, subject: Subject, url: &str, press_at: Option<&str>) -> Outcome<Visit> {
        let trace = json!({ "transferMode": "ReportEvents", "traceConfig": { "includedCategories": TRACED } });
        self.devtools.ask(None, "Tracing.start", trace).await?;
        self.ask("Page.navigate", json!({ "url": url })).await?;
        let mut events = Vec::new();
        let mut marks: Vec<Mark> = Vec::new();
        let (watch, mut until) = (Stopwatch::start(), PATIENCE);
        while let Some(event) = self.devtools.listen(until.saturating_sub(watch.elapsed())).await? {
            if let Some(mark) = Mark::read(&event)? {
                if Some(mark.what.as_str()) == press_at {
                    self.press(&mark).await?;
                }
                marks.push(mark);
                let is_there = |what: &str| marks.iter().any(|mark| mark.what == what);
                if until == PATIENCE && is_there("usable") && (is_there("in charge") || press_at.is_some()) {
                    until = watch.elapsed() + AFTERWARDS;
                }
            }
            events.push(event);
            if watch.elapsed() > until {
                break;
            }
        }
        let trace = self.end_trace().await?;
        let shows_press = press_at.is_some() && self.evaluate(subject.pressed()).await? == true;
        let picture = if press_at.is_some() { Some(self.picture().await?) } else { None };
        let path = url.split('?').next().unwrap_or_default();
        Ok(Visit { marks, requests: requests::read(&events), longest_task: tasks::longest(&trace, path), trace, shows_press, picture })
    }

    async fn end_trace(&mut self) -> Outcome<Vec<Value>> {
        self.devtools.ask(None, "Tracing.end", json!({})).await?;
        let mut trace = Vec::new();
        while let Some(mut event) = self.devtools.listen(UNTIL_TRACED).await? {
            match event.method.as_str() {
                "Tracing.dataCollected" => {
                    if let Value::Array(part) = event.parameters["value"].take() {
                        trace.extend(part);
                    }
                }
                "Tracing.tracingComplete" => return Ok(trace),
                _ => {}
            }
        }
        Err(Problem::new("Chromium never handed over its trace"))
    }

    /// Presses as a finger would, wherever the probe saw what there is to press.
    async fn press(&mut self, mark: &Mark) -> Outcome {
        let (left, top) = if mark.top { (0, 0) } else { self.frame().await? };
        for (kind, points) in [("touchStart", json!([{ "x": mark.x + left, "y": mark.y + top }])), ("touchEnd", json!([]))] {
            self.ask("Input.dispatchTouchEvent", json!({ "type": kind, "touchPoints": points })).await?;
        }
        Ok(())
    }

    /// Where the page's frame is.
    async fn frame(&mut self) -> Outcome<(i64, i64)> {
        let found = self.evaluate(FRAME).await?;
        let side = |number: usize| found[number].as_i64().ok_or_else(|| Problem::new("the page has no frame"));
        Ok((side(0)?, side(1)?))
    }

    async fn picture(&mut self) -> Outcome<Vec<u8>> {
        let shot = self.ask("Page.captureScreenshot", json!({ "format": "png" })).await?;
        BASE64.decode(shot["data"].as_str().unwrap_or_default().as_bytes()).doing("reading a screenshot")
    }

    async fn evaluate(&mut self, expression: &str) -> Outcome<Value> {
        let mut found = self.ask("Runtime.evaluate", json!({ "expression": expression, "returnByValue": true })).await?;
        Ok(found["result"]["value"].take())
    }
}

impl Mark {
    fn read(event: &Event) -> Outcome<Option<Self>> {
        if event.method != "Runtime.bindingCalled" {
            return Ok(None);
        }
        serde_json::from_str(event.parameters["payload"].as_str().unwrap_or_default()).doing("reading what the probe told").map(Some)
    }
}
