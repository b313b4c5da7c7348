//! The fault matrix as a Markdown table, made from what was observed.

use super::customer::Observed;
use checkout_shared::provider::ProviderId;
use std::fmt::Write as _;

/// What was observed, line by line.
#[derive(Default)]
pub struct Table(Vec<Line>);

struct Line {
    fault: String,
    providers: Vec<ProviderId>,
    saw: String,
    got: String,
    orders: usize,
    shown: usize,
    lost: String,
}

impl Table {
    /// Adds what was observed. Providers of which the same is to be said share a line.
    pub fn add(&mut self, fault: &str, provider: ProviderId, observed: &Observed) {
        let (saw, got) = (observed.saw.join(" → "), observed.got.join(", "));
        let same = self.0.iter_mut().find(|line| {
            let of_line = (line.fault.as_str(), &line.saw, &line.got, line.orders, line.shown, &line.lost);
            of_line == (fault, &saw, &got, observed.orders, observed.shown, &observed.lost)
        });
        match same {
            Some(line) => line.providers.push(provider),
            None => self.0.push(Line {
                fault: fault.to_owned(),
                providers: vec![provider],
                saw,
                got,
                orders: observed.orders,
                shown: observed.shown,
                lost: observed.lost.clone(),
            }),
        }
    }

    /// The table, lines of one fault together.
    pub fn markdown(&mut self) -> String {
        let mut order: Vec<String> = Vec::new();
        for line in &self.0 {
            if !order.contains(&line.fault) {
                order.push(line.fault.clone());
            }
        }
        self.0.sort_by_key(|line| order.iter().position(|fault| *fault == line.fault));
        let mut text =
            "| fault | provider | what the customer saw | what the merchant got | orders made | of them shown | money lost |\n".to_owned();
        text.push_str("|---|---|---|---|---|---|---|\n");
        for Line { fault, providers, saw, got, orders, shown, lost } in &self.0 {
            let names: Vec<&str> = providers.iter().map(|provider| provider.as_str()).collect();
            // Writing to a string does not fail.
            let _ = writeln!(text, "| {fault} | {} | {saw} | {got} | {orders} | {shown} | {lost} |", names.join(", "));
        }
        text
    }
}
