//! Headless Chromium for whole stories: opens pages, reads what a person reads, clicks what a person clicks. Speaks to the browser
//! through [`crate::webdriver`]; the stories are in `tests/tests/browser/`.

use crate::clock::Stopwatch;
use crate::problem::{Doing, Outcome, Problem};
use crate::run_directory::RunDirectory;
use crate::stack::free_port;
use crate::supervised::Supervised;
use crate::webdriver::{Element, WebDriver};
use crate::workspace;
use data_encoding::BASE64;
use serde_json::{Value, json};
use std::fmt;
use std::time::Duration;

/// How long a person is assumed to wait for something to appear.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Pages higher than this are cut off in pictures.
const TALLEST_PICTURE: u64 = 4000;

const FIND_CHECKOUT_FRAME: &str = r#"
const host = document.querySelector("edge-checkout");
return host && (host.shadowRoot ?? host).querySelector("iframe");
"#;

/// Something to press with this name, exactly if there is such, else with the name as a part of its own.
const FIND_PRESSABLE: &str = r#"
const wanted = arguments[0];
const name = (e) => (e.getAttribute("aria-label") ?? e.innerText ?? "").replace(/\s+/g, " ").trim();
const all = [...document.querySelectorAll("button, a[href], summary, label, [role=button], [role=radio], [role=tab]")]
  .filter((e) => e.checkVisibility() && !e.disabled);
return all.find((e) => name(e) === wanted) ?? all.find((e) => name(e).includes(wanted)) ?? null;
"#;

/// What the browser runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Device {
    /// 390 × 844, touch.
    Phone,
    /// 1280 × 900.
    Desktop,
}

impl Device {
    const fn height(self) -> u64 {
        match self {
            Self::Phone => 844,
            Self::Desktop => 900,
        }
    }
}

impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Phone => "phone",
            Self::Desktop => "desktop",
        })
    }
}

/// A browser with an empty profile; it ends when dropped.
pub struct Browser {
    driver: WebDriver,
    device: Device,
    // In this order, so that the driver and its browser have ended before the profile's directory is given up.
    _chromedriver: Supervised,
    _directory: RunDirectory,
}

impl Browser {
    /// Starts a browser.
    pub async fn open(device: Device) -> Outcome<Self> {
        let directory = RunDirectory::take("browser")?;
        let port = free_port()?;
        let mut command = workspace::command("chromedriver");
        command.arg(format!("--port={port}"));
        let chromedriver = Supervised::start(&command, &directory.path().join("chromedriver.log"))?;
        let url = format!("http://127.0.0.1:{port}");
        wait_until_ready(&url).await?;
        let profile = directory.path().join("profile");
        let driver = WebDriver::open(&url, &capabilities(&profile.display().to_string())).await?;
        let browser = Self { driver, device, _chromedriver: chromedriver, _directory: directory };
        browser.fit_device().await?;
        Ok(browser)
    }

    /// Makes the window as large as the device's again.
    pub async fn fit_device(&self) -> Outcome {
        self.emulate(self.device.height()).await
    }

    /// Headless Chromium makes no window as narrow as a phone's, so the size is emulated.
    async fn emulate(&self, height: u64) -> Outcome {
        let (width, scale, mobile) = match self.device {
            Device::Phone => (390, 2, true),
            Device::Desktop => (1280, 1, false),
        };
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": scale, "mobile": mobile });
        self.cdp("Emulation.setDeviceMetricsOverride", &metrics).await?;
        self.cdp("Emulation.setTouchEmulationEnabled", &json!({ "enabled": mobile })).await.map(drop)
    }

    /// Opens an address in the current tab.
    pub async fn goto(&self, url: &str) -> Outcome {
        self.driver.post("url", &json!({ "url": url })).await.map(drop)
    }

    /// Loads the page again, as the browser's button does.
    pub async fn reload(&self) -> Outcome {
        self.driver.post("refresh", &json!({})).await.map(drop)
    }

    /// Goes back to the page before, as the browser's button does.
    pub async fn back(&self) -> Outcome {
        self.driver.post("back", &json!({})).await.map(drop)
    }

    /// Goes forward again, as the browser's button does.
    pub async fn forward(&self) -> Outcome {
        self.driver.post("forward", &json!({})).await.map(drop)
    }

    /// Turns JavaScript off in the current tab; what the harness itself runs there goes on.
    pub async fn turn_scripts_off(&self) -> Outcome {
        self.cdp("Emulation.setScriptExecutionDisabled", &json!({ "value": true })).await.map(drop)
    }

    /// Cuts the current tab off from the network, or connects it again.
    pub async fn set_online(&self, online: bool) -> Outcome {
        let conditions = json!({ "offline": !online, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        self.cdp("Network.enable", &json!({})).await?;
        self.cdp("Network.emulateNetworkConditions", &conditions).await.map(drop)
    }

    /// Hides the window, as when the customer turns to another app.
    pub async fn hide(&self) -> Outcome {
        self.driver.post("window/minimize", &json!({})).await.map(drop)
    }

    /// Shows the window again.
    pub async fn show(&self) -> Outcome {
        // Any size brings it back; the one that pages see is emulated.
        self.driver.post("window/rect", &json!({ "x": 0, "y": 0, "width": 800, "height": 700 })).await.map(drop)
    }

    /// Stops the current tab, as a phone in a pocket does: no timer, no event and no answer reaches its pages. Until it is woken
    /// nothing can be read there.
    pub async fn sleep(&self) -> Outcome {
        self.cdp("Page.setWebLifecycleState", &json!({ "state": "frozen" })).await.map(drop)
    }

    /// Lets the current tab go on.
    pub async fn wake(&self) -> Outcome {
        self.cdp("Page.setWebLifecycleState", &json!({ "state": "active" })).await.map(drop)
    }

    /// Lets pages write to the clipboard, or refuses it to all of them.
    pub async fn allow_copying(&self, allowed: bool) -> Outcome {
        let setting = if allowed { "granted" } else { "denied" };
        let parameters = json!({ "permission": { "name": "clipboard-write" }, "setting": setting });
        self.cdp("Browser.setPermission", &parameters).await.map(drop)
    }

    /// What is on the clipboard.
    pub async fn clipboard(&self) -> Outcome<String> {
        let parameters = json!({ "permission": { "name": "clipboard-read" }, "setting": "granted" });
        self.cdp("Browser.setPermission", &parameters).await?;
        self.driver.leave_frames().await?;
        let text = self.driver.execute("return navigator.clipboard.readText()", &[]).await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// What it runs on.
    #[must_use]
    pub const fn device(&self) -> Device {
        self.device
    }

    /// The address of the page.
    pub async fn url(&self) -> Outcome<String> {
        Ok(self.driver.get("url").await?.as_str().unwrap_or_default().to_owned())
    }

    /// Opens another tab and makes it the current one; gives back the name of the tab that was.
    pub async fn open_tab(&self) -> Outcome<Tab> {
        let before = self.driver.get("window").await?;
        let opened = self.driver.post("window/new", &json!({ "type": "tab" })).await?;
        self.driver.post("window", &json!({ "handle": opened["handle"] })).await?;
        self.fit_device().await?;
        Ok(Tab(before))
    }

    /// Makes the tab current that a link has just opened; gives back the name of the tab that was.
    pub async fn follow_new_tab(&self) -> Outcome<Tab> {
        let before = self.driver.get("window").await?;
        let watch = Stopwatch::start();
        while watch.elapsed() < PATIENCE {
            let handles = self.driver.get("window/handles").await?;
            if let Some([.., newest]) = handles.as_array().map(Vec::as_slice)
                && *newest != before
            {
                self.driver.post("window", &json!({ "handle": newest })).await?;
                self.fit_device().await?;
                return Ok(Tab(before));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(Problem::new("no tab was opened"))
    }

    /// Makes a tab the current one.
    pub async fn switch_to(&self, tab: &Tab) -> Outcome {
        self.driver.post("window", &json!({ "handle": tab.0 })).await.map(drop)
    }

    /// The page itself.
    #[must_use]
    pub fn page(&self) -> Place<'_> {
        Place { browser: self, frame: None }
    }

    /// The inside of the checkout that the page embeds.
    #[must_use]
    pub fn checkout(&self) -> Place<'_> {
        self.frame(FIND_CHECKOUT_FRAME)
    }

    /// The inside of a frame of the page, which this script returns.
    #[must_use]
    pub fn frame(&self, find: &'static str) -> Place<'_> {
        Place { browser: self, frame: Some(find) }
    }

    /// A command of the Chrome `DevTools` Protocol, for the page itself.
    pub async fn cdp(&self, command: &str, parameters: &Value) -> Outcome<Value> {
        self.driver.cdp(command, parameters).await
    }

    /// What the browser complained about since it was last asked: errors of scripts, refused loads, broken policies.
    pub async fn complaints(&self) -> Outcome<Vec<String>> {
        let entries = self.driver.post("se/log", &json!({ "type": "browser" })).await?;
        let entries = entries.as_array().map(Vec::as_slice).unwrap_or_default();
        Ok(entries.iter().filter(|entry| entry["level"] == "SEVERE").map(|entry| entry["message"].to_string()).collect())
    }

    /// Writes the whole page to `target/screenshots/{name}.png`.
    pub async fn screenshot(&self, name: &str) -> Outcome {
        self.driver.leave_frames().await?;
        let height = self.driver.execute("return document.documentElement.scrollHeight", &[]).await?;
        // Frames of other origins are painted inside the window only, so the window becomes as high as the page for a moment.
        self.emulate(height.as_u64().unwrap_or_default().clamp(self.device.height(), TALLEST_PICTURE)).await?;
        tokio::time::sleep(Duration::from_millis(200)).await;
        let shot = self.cdp("Page.captureScreenshot", &json!({ "format": "png" })).await?;
        self.fit_device().await?;
        let png = BASE64.decode(shot["data"].as_str().unwrap_or_default().as_bytes()).doing("reading a screenshot")?;
        let path = workspace::target_directory("screenshots")?.join(format!("{name}.png"));
        std::fs::write(&path, png).doing(format_args!("writing {}", path.display()))
    }

    /// Ends the browser.
    pub async fn close(self) -> Outcome {
        self.driver.close().await
    }
}

/// A tab of the browser.
#[derive(Clone, Debug)]
pub struct Tab(Value);

/// The page or a frame in it. Looked up anew for each question, so it may have been loaded again in between.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    browser: &'a Browser,
    /// The script that finds the frame.
    frame: Option<&'static str>,
}

impl Place<'_> {
    /// What a person can read here.
    pub async fn text(&self) -> Outcome<String> {
        let text = self.evaluate("return document.body.innerText").await?;
        // The signs that keep a value's direction within a sentence are not to be seen.
        Ok(text.as_str().unwrap_or_default().replace(['\u{2068}', '\u{2069}'], ""))
    }

    /// Waits until a person can read this.
    pub async fn wait_for(&self, wanted: &str) -> Outcome {
        self.wait_with(PATIENCE, wanted).await
    }

    /// Waits as long as this until a person can read that.
    pub async fn wait_with(&self, patience: Duration, wanted: &str) -> Outcome {
        let watch = Stopwatch::start();
        let mut last = String::new();
        while watch.elapsed() < patience {
            // The checkout may not be there yet, or be loading: then there is nothing to read yet.
            match self.text().await {
                Ok(text) if text.contains(wanted) => return Ok(()),
                Ok(text) => last = text,
                Err(problem) => last = problem.to_string(),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        // A picture says more, but that it could not be taken is not what went wrong.
        let _ = self.browser.screenshot("failed").await;
        let complaints = self.browser.complaints().await.unwrap_or_default().join("\n");
        Err(Problem::new(format!(
            "nobody can read {wanted:?} here. What is there instead:\n{last}\nThe browser's complaints:\n{complaints}"
        )))
    }

    /// Presses the button, link or label of this name, as soon as there is one.
    pub async fn press(&self, name: &str) -> Outcome {
        let watch = Stopwatch::start();
        loop {
            match self.try_press(name).await {
                Ok(()) => return Ok(()),
                Err(problem) if watch.elapsed() > PATIENCE => {
                    let text = self.text().await.unwrap_or_default();
                    return Err(Problem::new(format!("{name:?} cannot be pressed: {problem}. What is there:\n{text}")));
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }

    /// The address of the document here.
    pub async fn address(&self) -> Outcome<String> {
        Ok(self.evaluate("return location.href").await?.as_str().unwrap_or_default().to_owned())
    }

    /// By how many pixels the document here is wider than its window.
    pub async fn width_in_excess(&self) -> Outcome<i64> {
        let excess = self.evaluate("const root = document.documentElement; return root.scrollWidth - root.clientWidth").await?;
        Ok(excess.as_i64().unwrap_or_default())
    }

    /// Forgets the requests that the document here has made.
    pub async fn forget_requests(&self) -> Outcome {
        self.evaluate("performance.clearResourceTimings()").await.map(drop)
    }

    /// How many requests of the document here the edge has answered since they were forgotten; sockets are none.
    pub async fn requests(&self) -> Outcome<u64> {
        let count = "return performance.getEntriesByType('resource').filter((entry) => entry.responseStatus === 200 && entry.name.includes('/v1/')).length";
        Ok(self.evaluate(count).await?.as_u64().unwrap_or_default())
    }

    /// Runs the body of a JavaScript function in the document here; what it returns.
    pub async fn evaluate(&self, script: &str) -> Outcome<Value> {
        self.enter().await?;
        self.browser.driver.execute(script, &[]).await
    }

    /// Has the document here complain, to see whether it is heard.
    pub async fn complain(&self, about: &str) -> Outcome {
        self.enter().await?;
        self.browser.driver.execute("console.error(arguments[0])", &[about]).await.map(drop)
    }

    /// The role and the name of an element, which this script returns, as the browser tells them to a screen reader.
    pub async fn role_and_name(&self, find: &str) -> Outcome<(String, String)> {
        self.enter().await?;
        let element = self.browser.driver.find(find, &[]).await?.ok_or_else(|| Problem::new("there is no such element"))?;
        self.browser.driver.role_and_name(&element).await
    }

    /// Leaves a mark that is gone once the document here is loaded again.
    pub async fn mark(&self) -> Outcome {
        self.evaluate("window.markedByStory = true").await.map(drop)
    }

    /// Whether the mark is still there.
    pub async fn is_marked(&self) -> Outcome<bool> {
        Ok(self.evaluate("return window.markedByStory === true").await? == true)
    }

    async fn try_press(&self, name: &str) -> Outcome {
        self.enter().await?;
        let found: Option<Element> = self.browser.driver.find(FIND_PRESSABLE, &[name]).await?;
        let element = found.ok_or_else(|| Problem::new("there is nothing of that name"))?;
        self.browser.driver.click(&element).await
    }

    async fn enter(&self) -> Outcome {
        let driver = &self.browser.driver;
        driver.leave_frames().await?;
        if let Some(find) = self.frame {
            let frame = driver.find(find, &[]).await?;
            driver.enter_frame(&frame.ok_or_else(|| Problem::new("the page has no such frame"))?).await?;
        }
        Ok(())
    }
}

/// The driver's log is deaf to a frame in a process of its own, so the checkout's frame shares the shop's, as on many phones. Who may
/// speak to whom is decided by origin all the same.
const ONE_PROCESS: [&str; 2] = ["--disable-site-isolation-trials", "--disable-features=IsolateOrigins,site-per-process"];

fn capabilities(profile: &str) -> Value {
    json!({
        "browserName": "chrome",
        "goog:loggingPrefs": { "browser": "ALL" },
        "goog:chromeOptions": { "args": [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-sync",
            "--disable-component-update",
            "--no-first-run",
            "--lang=en",
            ONE_PROCESS[0],
            ONE_PROCESS[1],
            format!("--user-data-dir={profile}"),
        ] },
    })
}

async fn wait_until_ready(driver: &str) -> Outcome {
    let watch = Stopwatch::start();
    while watch.elapsed() < PATIENCE {
        if reqwest::get(format!("{driver}/status")).await.is_ok_and(|answer| answer.status().is_success()) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err(Problem::new("chromedriver did not start; is `chromium-driver` installed?"))
}
