//! What a screen reader is told when the page changes by itself: once per change, never the seconds of a countdown.

use crate::continue_on_page::rest_on_page;
use crate::messages;
use crate::progress::Confirmations;
use crate::step::{Outcome, Step};
use crate::words::{fill, method_name};
use checkout_shared::session::SessionView;

/// The sentence for a step. Problems and choices are announced where they stand.
#[must_use]
pub fn announcement(step: &Step, view: Option<&SessionView>) -> String {
    match step {
        Step::Problem(_) | Step::Choose { .. } => String::new(),
        Step::Preparing => {
            let method = view.and_then(|view| view.attempt.as_ref()).map(|attempt| method_name(&attempt.method)).unwrap_or_default();
            fill(messages::PREPARING_TEXT, &[("method", &method)])
        }
        Step::PayToAddress(attempt, address) => {
            let amount = attempt.due.as_ref().unwrap_or(&address.amount).to_string();
            let received = attempt.due.as_ref().and(attempt.received.as_ref());
            let template = if received.is_some() { messages::SAID_REST } else { messages::SAID_PAY };
            let received = received.map(ToString::to_string).unwrap_or_default();
            fill(template, &[("amount", &amount), ("network", address.network.label()), ("received", &received)])
        }
        Step::ContinueOnPage { attempt, .. } => rest_on_page(attempt).unwrap_or_else(|| messages::PAGE_HEADING.to_owned()),
        Step::TimeUp => messages::TIME_UP_HEADING.to_owned(),
        Step::Progress(_) => {
            let confirmations = view.map(|view| Confirmations::of(view).words()).unwrap_or_default();
            fill(messages::SAID_PROGRESS, &[("confirmations", &confirmations)])
        }
        Step::Outcome(outcome) => heading(*outcome).to_owned(),
    }
}

const fn heading(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Paid => messages::PAID_HEADING,
        Outcome::TooLittle => messages::TOO_LITTLE_HEADING,
        Outcome::Refunding => messages::REFUNDING_HEADING,
        Outcome::Refunded => messages::REFUNDED_HEADING,
        Outcome::Expired => messages::EXPIRED_HEADING,
        Outcome::Cancelled => messages::CANCELLED_HEADING,
        Outcome::Failed => messages::FAILED_HEADING,
        Outcome::Review => messages::REVIEW_HEADING,
    }
}
