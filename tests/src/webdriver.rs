//! The W3C's `WebDriver` protocol as far as our stories need it: one session of one browser, spoken over loopback HTTP. What a story
//! asks for is in [`crate::browser`].

use crate::problem::{Doing, Outcome, Problem};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

/// The name under which elements are handed out (W3C, `WebDriver`, section "Elements").
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A session.
#[derive(Clone, Debug)]
pub struct WebDriver {
    client: reqwest::Client,
    /// `http://127.0.0.1:{port}/session/{id}`
    session: String,
}

/// An element of the page or frame that is current.
#[derive(Clone, Debug)]
pub struct Element(String);

impl WebDriver {
    /// Starts a session; the driver starts its browser.
    pub async fn open(driver: &str, capabilities: &Value) -> Outcome<Self> {
        let client = reqwest::Client::builder().timeout(Duration::from_mins(1)).build().doing("making an HTTP client")?;
        let body = json!({ "capabilities": { "alwaysMatch": capabilities } });
        let session = send(&client, Method::POST, &format!("{driver}/session"), Some(&body)).await.doing("starting the browser")?;
        let id = session["sessionId"].as_str().ok_or_else(|| Problem::new("the driver started a session without an id"))?;
        Ok(Self { session: format!("{driver}/session/{id}"), client })
    }

    /// Ends the session and with it the browser.
    pub async fn close(&self) -> Outcome {
        send(&self.client, Method::DELETE, &self.session, None).await.map(drop)
    }

    /// Reads something about the session, e.g. `window/handles`.
    pub async fn get(&self, path: &str) -> Outcome<Value> {
        send(&self.client, Method::GET, &format!("{}/{path}", self.session), None).await
    }

    /// Gives the session a command, e.g. `url`.
    pub async fn post(&self, path: &str, body: &Value) -> Outcome<Value> {
        send(&self.client, Method::POST, &format!("{}/{path}", self.session), Some(body)).await
    }

    /// Runs the body of a JavaScript function in the current frame; its arguments are `arguments[0]` and on.
    pub async fn execute(&self, script: &str, arguments: &[&str]) -> Outcome<Value> {
        self.post("execute/sync", &json!({ "script": script, "args": arguments })).await
    }

    /// Runs a script that returns an element or `null`.
    pub async fn find(&self, script: &str, arguments: &[&str]) -> Outcome<Option<Element>> {
        let found = self.execute(script, arguments).await?;
        Ok(found[ELEMENT].as_str().map(|id| Element(id.to_owned())))
    }

    /// Clicks in the middle of an element, as a person would: it fails if something else lies over it.
    pub async fn click(&self, element: &Element) -> Outcome {
        self.post(&format!("element/{}/click", element.0), &json!({})).await.map(drop)
    }

    /// What an element is, and what it is called, to assistive technology.
    pub async fn role_and_name(&self, element: &Element) -> Outcome<(String, String)> {
        let role = self.get(&format!("element/{}/computedrole", element.0)).await?;
        let name = self.get(&format!("element/{}/computedlabel", element.0)).await?;
        Ok((role.as_str().unwrap_or_default().to_owned(), name.as_str().unwrap_or_default().to_owned()))
    }

    /// Makes the page itself current.
    pub async fn leave_frames(&self) -> Outcome {
        self.post("frame", &json!({ "id": null })).await.map(drop)
    }

    /// Makes the inside of a frame current.
    pub async fn enter_frame(&self, frame: &Element) -> Outcome {
        self.post("frame", &json!({ "id": { ELEMENT: frame.0 } })).await.map(drop)
    }

    /// A command of the Chrome `DevTools` Protocol, for the page itself.
    pub async fn cdp(&self, command: &str, parameters: &Value) -> Outcome<Value> {
        self.post("goog/cdp/execute", &json!({ "cmd": command, "params": parameters })).await
    }
}

async fn send(client: &reqwest::Client, method: Method, url: &str, body: Option<&Value>) -> Outcome<Value> {
    let mut request = client.request(method, url);
    if let Some(body) = body {
        request = request.json(body);
    }
    let response = request.send().await.doing("talking to the browser's driver")?;
    let succeeded = response.status().is_success();
    let mut answer: Value = response.json().await.doing("reading the driver's answer")?;
    let value = answer["value"].take();
    if succeeded {
        return Ok(value);
    }
    let part = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
    Err(Problem::new(format!("{}: {}", part("error"), part("message"))))
}
