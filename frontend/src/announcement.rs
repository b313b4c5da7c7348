//! What a screen reader is told when the page changes by itself: once per change, never the seconds of a countdown.

use crate::continue_on_page::rest_on_page;
use crate::messages::{Key, Messages};
use crate::progress::Confirmations;
use crate::step::{Outcome, Step};
use crate::words::method_name;
use checkout_shared::session::SessionView;

/// The sentence for a step. Problems and choices are announced where they stand.
#[must_use]
pub fn announcement(messages: &Messages, step: &Step, view: Option<&SessionView>) -> String {
    match step {
        Step::Problem(_) | Step::Choose { .. } => String::new(),
        Step::Preparing => {
            let method =
                view.and_then(|view| view.attempt.as_ref()).map(|attempt| method_name(messages, &attempt.method)).unwrap_or_default();
            messages.fill(Key::PreparingText, &[("method", &method)])
        }
        Step::PayToAddress(attempt, address) => {
            let amount = attempt.due.as_ref().unwrap_or(&address.amount).to_string();
            let received = attempt.due.as_ref().and(attempt.received.as_ref());
            let key = if received.is_some() { Key::SaidRest } else { Key::SaidPay };
            let received = received.map(ToString::to_string).unwrap_or_default();
            messages.fill(key, &[("amount", &amount), ("network", address.network.label()), ("received", &received)])
        }
        Step::ContinueOnPage { attempt, .. } => rest_on_page(messages, attempt).unwrap_or_else(|| messages.text(Key::PageHeading)),
        Step::TimeUp => messages.text(Key::TimeUpHeading),
        Step::Progress(_) => {
            let confirmations = view.map(|view| Confirmations::of(view).words(messages)).unwrap_or_default();
            messages.fill(Key::SaidProgress, &[("confirmations", &confirmations)])
        }
        Step::Outcome(outcome) => messages.text(heading(*outcome)),
    }
}

const fn heading(outcome: Outcome) -> Key {
    match outcome {
        Outcome::Paid => Key::PaidHeading,
        Outcome::TooLittle => Key::TooLittleHeading,
        Outcome::Refunding => Key::RefundingHeading,
        Outcome::Refunded => Key::RefundedHeading,
        Outcome::Expired => Key::ExpiredHeading,
        Outcome::Cancelled => Key::CancelledHeading,
        Outcome::Failed => Key::FailedHeading,
        Outcome::Review => Key::ReviewHeading,
    }
}
