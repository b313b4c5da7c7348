//! The tasks of a page's main thread, from a trace: how long each kept the page from answering, and what it was spent on.

use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;

/// What a task is called in a trace.
const TASK: &str = "RunTask";
/// How many parts of a task are told.
const PARTS: usize = 4;

/// One task.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Task {
    /// In microseconds of the thread's own time: what other programs took of the processor meanwhile does not count. The emulated
    /// slowness of the processor does.
    pub took: i64,
    /// What it was spent on, most first, each with its own microseconds.
    pub parts: Vec<(String, i64)>,
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ms:", self.took / 1000)?;
        let told = self.parts.iter().take(PARTS).filter(|(_, took)| *took >= 1000);
        for (number, (name, took)) in told.enumerate() {
            write!(f, "{} {name} {}", if number == 0 { "" } else { "," }, took / 1000)?;
        }
        Ok(())
    }
}

/// One span of a trace on the thread that is looked at.
#[derive(Debug)]
struct Span<'a> {
    event: &'a Value,
    from: i64,
    to: i64,
    /// Of the thread's own time.
    took: i64,
}

/// The longest task of the page at this address; none if the trace has nothing of it.
#[must_use]
pub fn longest(trace: &[Value], url: &str) -> Option<Task> {
    let (process, thread) = main_thread(trace, url)?;
    let here = trace.iter().filter(|event| event["ph"] == "X" && (&event["pid"], &event["tid"]) == (process, thread));
    let mut spans: Vec<Span> = here.filter_map(Span::read).collect();
    // Those that hold others before those that are held.
    spans.sort_by_key(|span| (span.from, -span.to));
    let longest = spans.iter().filter(|span| span.event["name"] == TASK).max_by_key(|span| span.took)?;
    let within: Vec<&Span> = spans.iter().filter(|span| span.from >= longest.from && span.to <= longest.to).collect();
    Some(Task { took: longest.took, parts: parts(&within) })
}

/// The main thread of the process that shows an address: the one that takes the page in.
fn main_thread<'a>(trace: &'a [Value], url: &str) -> Option<(&'a Value, &'a Value)> {
    let shows =
        |event: &&Value| event["name"] == "CommitLoad" && event["args"]["data"]["url"].as_str().is_some_and(|shown| shown.starts_with(url));
    trace.iter().find(shows).map(|event| (&event["pid"], &event["tid"]))
}

/// By name, the time of each span less that of the spans in it.
fn parts(spans: &[&Span]) -> Vec<(String, i64)> {
    let mut own: BTreeMap<String, i64> = BTreeMap::new();
    let mut open: Vec<&Span> = Vec::new();
    for span in spans {
        while open.last().is_some_and(|holder| holder.to <= span.from) {
            open.pop();
        }
        if let Some(holder) = open.last() {
            *own.entry(holder.name()).or_default() -= span.took;
        }
        *own.entry(span.name()).or_default() += span.took;
        open.push(span);
    }
    let mut parts: Vec<(String, i64)> = own.into_iter().collect();
    parts.sort_by_key(|(_, took)| -took);
    parts
}

impl<'a> Span<'a> {
    fn read(event: &'a Value) -> Option<Self> {
        let (from, whole) = (event["ts"].as_i64()?, event["dur"].as_i64()?);
        Some(Self { event, from, to: from + whole, took: event["tdur"].as_i64().unwrap_or(whole) })
    }

    /// What it is, with the function and the file where it is of a script.
    fn name(&self) -> String {
        let data = &self.event["args"]["data"];
        let file = data["url"].as_str().and_then(|url| url.split('?').next()?.rsplit('/').next()).filter(|file| !file.is_empty());
        let function = data["functionName"].as_str().filter(|function| !function.is_empty());
        let name = self.event["name"].as_str().unwrap_or_default();
        [Some(name), function, file].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn span(name: &str, thread: u32, from: i64, took: i64) -> Value {
        json!({ "ph": "X", "name": name, "pid": 1, "tid": thread, "ts": from, "dur": took * 2, "tdur": took, "args": {} })
    }

    #[test]
    fn a_task_is_told_by_what_it_was_spent_on() {
        let mut call = span("FunctionCall", 7, 10, 40_000);
        call["args"] = json!({ "data": { "functionName": "init", "url": "http://edge/widget.js?v=1" } });
        let commit =
            json!({ "ph": "I", "name": "CommitLoad", "pid": 1, "tid": 7, "args": { "data": { "url": "http://edge/page?order=1" } } });
        let trace = [
            commit,
            span(TASK, 8, 0, 900_000),
            span(TASK, 7, 0, 60_000),
            call,
            span("Layout", 7, 20, 30_000),
            span(TASK, 7, 200_000, 5_000),
        ];
        let task = longest(&trace, "http://edge/page").unwrap();
        assert_eq!(task.to_string(), "60 ms: Layout 30, RunTask 20, FunctionCall init widget.js 10");
        assert_eq!(longest(&trace, "http://other/"), None);
    }
}
