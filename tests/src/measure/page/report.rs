//! What was measured, in words and columns for people.

use super::figures::{ALL, Figure, spread};
use super::requests::Request;
use super::subject::Subject;
use super::visit::{SLOWDOWN, Visit};
use super::{Measured, Pressed};
use std::fmt::Write as _;

/// How wide the columns are.
const WIDTHS: (usize, usize) = (40, 26);
/// Of longer addresses the end is shown.
const LONGEST_PATH: usize = 60;

/// What is aimed at: what, where, and the most it may be.
const TARGETS: [(Figure, Subject, i64); 10] = [
    (Figure::Usable, Subject::Page, 750),
    (Figure::UsableFromHtml, Subject::Embedded, 1300),
    (Figure::InCharge, Subject::Page, 2000),
    (Figure::InChargeFromHtml, Subject::Embedded, 2000),
    (Figure::LongestTask, Subject::Page, 50),
    (Figure::LongestTask, Subject::Embedded, 50),
    (Figure::LateShift, Subject::Page, 0),
    (Figure::LateShift, Subject::Embedded, 0),
    (Figure::AllBytes, Subject::Page, 90_000),
    (Figure::AllBytes, Subject::Embedded, 91_000),
];

/// What every figure stands on.
fn conditions(rounds: usize) -> String {
    format!(
        "Chromium, 390 × 844, a new profile for each visit; each request waits 562.5 ms, 1474.56 kbit/s down, 675 up (Slow 4G); the\n\
         processor {SLOWDOWN} times slower than this machine's. {rounds} visits each, in turn: medians (least – greatest).\n\
         All is served from this machine by brotli at quality 4 over HTTP/1.1, without TLS. What a server takes is hidden in the\n\
         562.5 ms that its answer waits anyway. Adyen's servers are stood in for: reports and pictures come from here and hold nothing, and\n\
         no method is opened at first, for the fields of cards come from there.\n"
    )
}

/// All of it.
#[must_use]
pub fn report(measured: &Measured) -> String {
    let rounds = measured.visits.first().map_or(0, |(_, visits)| visits.len());
    let mut text = conditions(rounds);
    text.push('\n');
    text.push_str(&columns(measured));
    text.push('\n');
    for (subject, visits) in measured.visits.iter().filter(|(subject, _)| *subject != Subject::OneLine) {
        if let Some(task) = middle(visits) {
            line(&mut text, &format!("longest task, {}: {task}", subject.name()));
        }
    }
    for (subject, visits) in &measured.visits {
        waterfall(&mut text, *subject, visits);
    }
    for pressed in &measured.pressed {
        line(&mut text, &pressed.to_string());
    }
    line(&mut text, &format!("the Worker took for a page, ms: p50 {}, p95 {}", measured.worker.p50, measured.worker.p95));
    text.push('\n');
    for (figure, subject, most) in TARGETS {
        if let Some(target) = target(measured, figure, subject, most) {
            line(&mut text, &target);
        }
    }
    text
}

fn line(text: &mut String, what: &str) {
    // Writing to a string does not fail.
    let _ = writeln!(text, "{}", what.trim_end());
}

fn columns(measured: &Measured) -> String {
    let mut text = String::new();
    let row = |name: &str, cells: Vec<String>| {
        let cells = cells.iter().fold(String::new(), |row, cell| row + &format!(" {cell:>0$}", WIDTHS.1));
        format!("{name:<0$}{cells}", WIDTHS.0)
    };
    line(&mut text, &row("", measured.visits.iter().map(|(subject, _)| subject.name().to_owned()).collect()));
    for figure in ALL {
        let cells = measured.visits.iter().map(|(subject, visits)| cell(figure, visits, *subject)).collect();
        line(&mut text, &row(&figure.name(), cells));
    }
    text
}

fn cell(figure: Figure, visits: &[Visit], subject: Subject) -> String {
    match spread(figure, visits, subject) {
        Some(spread) if spread.min == spread.max => figure.show(spread.p50),
        Some(spread) => format!("{} ({} – {})", figure.show(spread.p50), figure.show(spread.min), figure.show(spread.max)),
        None => "–".to_owned(),
    }
}

/// The longest task of the visit that is in the middle by it.
fn middle(visits: &[Visit]) -> Option<String> {
    let mut tasks: Vec<_> = visits.iter().filter_map(|visit| visit.longest_task.as_ref()).collect();
    tasks.sort_by_key(|task| task.took);
    tasks.get(tasks.len().saturating_sub(1) / 2).map(ToString::to_string)
}

/// The last visit's requests, each with when it was sent and answered, its bytes and the round trips up to it.
fn waterfall(text: &mut String, subject: Subject, visits: &[Visit]) {
    let Some((visit, start)) = visits.last().and_then(|visit| Some((visit, visit.first("start")?.at))) else { return };
    line(text, &format!("requests, {} (sent and answered after ms, bytes, round trips):", subject.name()));
    for Request { url, sent, ended, bytes, depth, method, .. } in &visit.requests {
        let path: String = url.split('?').next().unwrap_or_default().chars().rev().take(LONGEST_PATH).collect();
        let path: String = path.chars().rev().collect();
        let ended = ended.map_or_else(|| "–".to_owned(), |ended| ((ended - start) / 1000).to_string());
        line(text, &format!("  {:>5} {ended:>5} {bytes:>7} {depth:>2}  {method} {path}", (sent - start) / 1000));
    }
}

fn target(measured: &Measured, figure: Figure, subject: Subject, most: i64) -> Option<String> {
    let (_, visits) = measured.visits.iter().find(|(measured, _)| *measured == subject)?;
    let found = spread(figure, visits, subject).map(|spread| spread.p50);
    let verdict = if found.is_some_and(|found| found <= most) { "met" } else { "MISSED" };
    let shown = found.map_or_else(|| "never".to_owned(), |found| figure.show(found));
    Some(format!("{verdict:<6}  {} ≤ {}: {shown} ({})", figure.name().trim_start(), figure.show(most), subject.name()))
}

impl std::fmt::Display for Pressed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let after = self.after.map_or_else(|| "never".to_owned(), |after| format!("after {after} ms"));
        write!(f, "pressed once {}, {}: {after}; {}", self.when, self.subject.name(), self.outcome)
    }
}
