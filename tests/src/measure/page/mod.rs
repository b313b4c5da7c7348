//! What a customer waits for on a slow phone: until the methods are there and can be pressed, until the widget is in charge; how much comes
//! over the network, how long the phone is busy, how much moves. Beside it the same of Adyen's drop-in. Prints and judges nothing but
//! whether a target is met.

mod adyen;
mod delivery;
mod devtools;
mod figures;
mod network;
mod report;
mod requests;
mod subject;
mod tasks;
mod visit;

use super::Spread;
use crate::problem::{Doing, Outcome};
use crate::stack::{Stack, StackOptions};
use crate::workspace;
use delivery::Document;
use devtools::DevTools;
use serde_json::json;
use std::collections::HashMap;
use std::fs;
use subject::{Ground, Subject};
use tokio::net::TcpListener;
use visit::Visit;

/// What is pressed, and when: as soon as it can be, and once the widget is in charge where that is later.
const PRESSES: [(Subject, &str); 5] = [
    (Subject::Page, "usable"),
    (Subject::Page, "in charge"),
    (Subject::Embedded, "usable"),
    (Subject::Embedded, "in charge"),
    (Subject::Adyen, "usable"),
];

/// What was measured.
pub struct Measured {
    /// The visits of each, in the order in which they were made.
    visits: Vec<(Subject, Vec<Visit>)>,
    /// What came of pressing.
    pressed: Vec<Pressed>,
    /// How long the Worker took for a page, in milliseconds.
    worker: Spread,
}

/// What came of pressing a method.
struct Pressed {
    subject: Subject,
    /// At which moment.
    when: &'static str,
    /// How many milliseconds after the visit's start that was.
    after: Option<i64>,
    outcome: String,
}

/// Measures on a stack of its own; so many visits each.
pub async fn measure(rounds: usize) -> Outcome<Measured> {
    let (edge, shop) = (listen().await?, listen().await?);
    let settings = vec![("PUBLIC_URL", subject::edge_url(&edge)?), ("STOREFRONT_ORIGINS", subject::shop_url(&shop)?)];
    let stack = Stack::start(&StackOptions { settings, ..StackOptions::named("measure-page") }).await?;
    let (subjects, documents) = subjects();
    let ground = Ground::open(&stack, edge, shop, documents)?;
    let mut devtools = DevTools::start().await?;
    // These visits also wake whatever sleeps at first.
    let mut pressed = Vec::new();
    for (subject, when) in PRESSES.into_iter().filter(|(subject, _)| subjects.contains(subject)) {
        pressed.push(press(&mut devtools, &ground, subject, when).await?);
    }
    let mut visits: Vec<(Subject, Vec<Visit>)> = subjects.into_iter().map(|subject| (subject, Vec::new())).collect();
    for round in 1..=rounds {
        println!("  round {round} of {rounds}");
        for (subject, made) in &mut visits {
            let mut visit = Visit::make(&mut devtools, *subject, &ground.errand(*subject).url, None).await?;
            keep_trace(*subject, &mut visit)?;
            made.push(visit);
        }
    }
    Ok(Measured { visits, pressed, worker: Spread::of(ground.edge.taken()) })
}

async fn listen() -> Outcome<TcpListener> {
    TcpListener::bind(("127.0.0.1", 0)).await.doing("listening on a free port")
}

/// What can be measured here, and the documents of Adyen's page.
fn subjects() -> (Vec<Subject>, HashMap<String, Document>) {
    let own = [Subject::OneLine, Subject::Page, Subject::Embedded];
    match adyen::prepare() {
        Ok(documents) => (own.into_iter().chain([Subject::Adyen]).collect(), documents),
        Err(problem) => {
            println!("  Adyen's drop-in is not measured, for it could not be fetched: {problem}");
            (own.to_vec(), HashMap::new())
        }
    }
}

/// A visit of its own, to see that what looks usable is.
async fn press(devtools: &mut DevTools, ground: &Ground<'_>, subject: Subject, when: &'static str) -> Outcome<Pressed> {
    let errand = ground.errand(subject);
    let visit = Visit::make(devtools, subject, &errand.url, Some(when)).await?;
    let after = visit.first(when).zip(visit.first("start")).map(|(pressed, start)| (pressed.at - start.at) / 1000);
    keep_picture(subject, when, visit.picture.as_deref())?;
    let outcome = match &errand.reference {
        Some(reference) if ground.has_attempt(reference).await? => {
            let asked = visit.requests.iter().find(|request| request.method == "POST");
            let by = if asked.is_some_and(|request| request.kind == "Document") { "the page's form" } else { "the widget" };
            format!("by {by} a payment was begun")
        }
        None if visit.shows_press => "the method opened".to_owned(),
        Some(_) | None => "NOTHING CAME OF IT".to_owned(),
    };
    Ok(Pressed { subject, when, after, outcome })
}

fn keep_picture(subject: Subject, when: &str, picture: Option<&[u8]>) -> Outcome {
    let path = workspace::target_directory("measure")?.join(format!("{}-pressed-once-{}.png", subject.file_name(), when.replace(' ', "-")));
    fs::write(&path, picture.unwrap_or_default()).doing(format_args!("writing {}", path.display()))
}

/// Leaves the last trace of each where `DevTools`' performance panel can open it, and forgets it.
fn keep_trace(subject: Subject, visit: &mut Visit) -> Outcome {
    let path = workspace::target_directory("measure")?.join(format!("{}.json", subject.file_name()));
    let trace = std::mem::take(&mut visit.trace);
    fs::write(&path, json!({ "traceEvents": trace }).to_string()).doing(format_args!("writing {}", path.display()))
}

impl Measured {
    /// All of it, for people.
    #[must_use]
    pub fn report(&self) -> String {
        report::report(self)
    }
}
