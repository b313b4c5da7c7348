//! What a visit asked the network for: how much of it there was, and the longest chain of requests of which each could only begin when
//! the one before had been answered. Read from the browser's `Network` events.

use super::devtools::Event;
use serde_json::Value;
use std::collections::HashMap;

/// One request.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Its address.
    pub url: String,
    /// `GET` or another.
    pub method: String,
    /// `Document`, `Script` or another of `DevTools`' words.
    pub kind: String,
    /// The media type of the answer.
    pub media: String,
    /// As travelled, with the answer's headers.
    pub bytes: i64,
    /// The round trips up to and with this one.
    pub depth: i64,
    /// When it was sent, in microseconds since the epoch.
    pub sent: i64,
    /// When its answer began to come, in microseconds since the epoch.
    pub answered: Option<i64>,
    /// When its answer had come, in microseconds since the epoch.
    pub ended: Option<i64>,
}

/// The kinds of bytes that are told apart.
pub const KINDS: [&str; 5] = ["pages", "scripts", "styles", "WASM", "other"];

impl Request {
    /// Which of [`KINDS`] its bytes are.
    #[must_use]
    pub fn kind_of_bytes(&self) -> &'static str {
        match self.media.as_str() {
            "text/html" => "pages",
            "text/javascript" | "application/javascript" => "scripts",
            "text/css" => "styles",
            "application/wasm" => "WASM",
            _ => "other",
        }
    }

    /// Whether it had been answered by then.
    #[must_use]
    pub fn is_answered_by(&self, at: i64) -> bool {
        self.ended.is_some_and(|ended| ended <= at)
    }
}

/// The requests of a visit, in the order in which they were sent.
#[must_use]
pub fn read(events: &[Event]) -> Vec<Request> {
    let mut book = Book::default();
    for event in events {
        book.note(event);
    }
    book.requests
}

#[derive(Default)]
struct Book {
    requests: Vec<Request>,
    /// Which request has which id.
    by_id: HashMap<String, usize>,
    /// What the browser's clock is ahead of the time of day, in microseconds.
    offset: i64,
}

impl Book {
    fn note(&mut self, event: &Event) {
        let told = &event.parameters;
        match event.method.as_str() {
            "Network.requestWillBeSent" => self.sent(told),
            "Network.responseReceived" => {
                let answered = microseconds(&told["timestamp"]) + self.offset;
                if let Some(request) = self.find(told) {
                    request.answered = Some(answered);
                    request.media = text(&told["response"]["mimeType"]);
                }
            }
            "Network.loadingFinished" => {
                let ended = microseconds(&told["timestamp"]) + self.offset;
                if let Some(request) = self.find(told) {
                    request.bytes = whole(&told["encodedDataLength"]);
                    request.ended = Some(ended);
                }
            }
            _ => {}
        }
    }

    fn find(&mut self, told: &Value) -> Option<&mut Request> {
        let index = *self.by_id.get(told["requestId"].as_str()?)?;
        self.requests.get_mut(index)
    }

    fn sent(&mut self, told: &Value) {
        let url = text(&told["request"]["url"]);
        if !url.starts_with("http") {
            return;
        }
        self.offset = microseconds(&told["wallTime"]) - microseconds(&told["timestamp"]);
        let sent = microseconds(&told["wallTime"]);
        // A redirect goes on under the same id.
        let redirected = told.get("redirectResponse").and_then(|_| self.find(told)).map(|before| {
            before.ended = Some(sent);
            before.depth
        });
        // What was asked for before (by a preload) is not waited for anew.
        let known =
            self.requests.iter().find(|known| known.url == url && known.sent < sent && known.method == "GET").map(|known| known.depth);
        let depth = known.unwrap_or_else(|| 1 + redirected.unwrap_or_else(|| self.depth_before(told, sent)));
        let (method, kind) = (text(&told["request"]["method"]), text(&told["type"]));
        self.by_id.insert(text(&told["requestId"]), self.requests.len());
        self.requests.push(Request { url, method, kind, depth, sent, ..Request::default() });
    }

    /// The round trips that had to be over before this one: up to the page or the scripts that asked for it.
    fn depth_before(&self, told: &Value, sent: i64) -> i64 {
        let initiator = &told["initiator"];
        let mut asked_by = vec![text(&initiator["url"])];
        let mut stack = &initiator["stack"];
        while !stack.is_null() {
            let frames = stack["callFrames"].as_array().map(Vec::as_slice).unwrap_or_default();
            asked_by.extend(frames.iter().map(|frame| text(&frame["url"])));
            stack = &stack["parent"];
        }
        asked_by.push(text(&told["documentURL"]));
        // The document's own request names itself.
        let url = text(&told["request"]["url"]);
        let depth = |asker: &String| self.requests.iter().rfind(|known| known.url == *asker && known.sent < sent).map(|known| known.depth);
        asked_by.iter().filter(|asker| **asker != url).filter_map(depth).max().unwrap_or_default()
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Of seconds, as `DevTools` states times.
#[expect(clippy::float_arithmetic, clippy::cast_possible_truncation, reason = "times, no money; far below 2^53 microseconds")]
fn microseconds(seconds: &Value) -> i64 {
    (seconds.as_f64().unwrap_or_default() * 1e6) as i64
}

/// Of a whole number that is written as a float.
#[expect(clippy::cast_possible_truncation, reason = "a number of bytes")]
fn whole(value: &Value) -> i64 {
    value.as_f64().unwrap_or_default() as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn event(method: &str, parameters: Value) -> Event {
        Event { method: format!("Network.{method}"), parameters }
    }

    fn sent(id: &str, url: &str, second: u32, initiator: &Value) -> Event {
        let document = "http://shop/";
        let request = json!({ "url": url, "method": "GET" });
        let times = (100 + second, 1_900_000_000 + second);
        event(
            "requestWillBeSent",
            json!({ "requestId": id, "request": request, "documentURL": document, "timestamp": times.0, "wallTime": times.1, "initiator": initiator }),
        )
    }

    #[test]
    fn a_chain_goes_through_pages_scripts_and_preloads() {
        let by = |url: &str| json!({ "type": "parser", "url": url });
        let called =
            json!({ "type": "script", "stack": { "callFrames": [], "parent": { "callFrames": [{ "url": "http://edge/loader.js" }] } } });
        let loaded = json!({ "type": "script", "stack": { "callFrames": [{ "url": "http://edge/widget.js" }] } });
        let events = [
            sent("1", "http://shop/", 0, &json!({ "type": "other" })),
            sent("2", "http://edge/loader.js", 1, &by("http://shop/")),
            sent("3", "http://edge/page", 2, &called),
            sent("4", "http://edge/widget.js", 3, &by("http://edge/page")),
            sent("5", "http://edge/widget.wasm", 3, &by("http://edge/page")),
            sent("6", "http://edge/widget.wasm", 4, &loaded),
            sent("7", "data:image/png,", 4, &loaded),
            event("responseReceived", json!({ "requestId": "5", "response": { "mimeType": "application/wasm" } })),
            event("loadingFinished", json!({ "requestId": "5", "timestamp": 105, "encodedDataLength": 900 })),
        ];
        let requests = read(&events);
        assert_eq!(requests.iter().map(|request| request.depth).collect::<Vec<_>>(), [1, 2, 3, 4, 4, 4]);
        let wasm = &requests[4];
        assert_eq!((wasm.kind_of_bytes(), wasm.bytes, wasm.ended), ("WASM", 900, Some(1_900_000_005_000_000)));
        assert!(wasm.is_answered_by(1_900_000_005_000_000) && !wasm.is_answered_by(1_900_000_004_000_000));
        assert!(!requests[0].is_answered_by(i64::MAX));
    }

    #[test]
    fn a_redirect_is_a_round_trip_of_its_own() {
        let mut again = sent("1", "http://shop/there", 1, &json!({ "type": "other" }));
        again.parameters["redirectResponse"] = json!({ "status": 303 });
        let requests = read(&[sent("1", "http://shop/", 0, &json!({ "type": "other" })), again]);
        assert_eq!(requests.iter().map(|request| request.depth).collect::<Vec<_>>(), [1, 2]);
        assert!(requests[0].ended.is_some());
    }
}
