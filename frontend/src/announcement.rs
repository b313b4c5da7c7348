//! What a screen reader is told when the page changes by itself: once per change; of a countdown a few moments, never its seconds.

use crate::choose_method::{ended_text, list_text};
use crate::continue_on_page::rest_on_page;
use crate::messages::{Key, Messages};
use crate::progress::Confirmations;
use crate::state::{Model, RETURN_SECONDS, Returning};
use crate::step::{Outcome, Step};
use crate::words::{method_name, shop, tidy};
use checkout_shared::session::AttemptStatus;
use checkout_shared::time::Timestamp;

/// The moments of a countdown that are told, in seconds before its end.
const TOLD_AT: [u32; 5] = [600, 300, 120, 60, 30];
/// For how long the sentence stands: long enough to be read out, and for whoever comes to the page just then.
const TOLD_FOR: i64 = 15;

/// The sentence for a step. A problem is announced where it stands.
#[must_use]
pub fn announcement(messages: &Messages, step: &Step, model: &Model) -> String {
    let view = model.view.as_deref();
    match step {
        Step::Problem(_) => String::new(),
        Step::Choose { ended, .. } => choosing(model, *ended).map(|key| messages.text(key)).unwrap_or_default(),
        Step::Preparing => {
            let method =
                view.and_then(|view| view.attempt.as_ref()).map(|attempt| method_name(messages, &attempt.method)).unwrap_or_default();
            messages.fill(Key::PreparingText, &[("method", &method)])
        }
        Step::PayToAddress(attempt, address) => {
            let amount = tidy(attempt.due.as_ref().unwrap_or(&address.amount)).to_string();
            let received = attempt.due.as_ref().and(attempt.received.as_ref());
            let key = if received.is_some() { Key::SaidRest } else { Key::SaidPay };
            let received = received.map(|received| tidy(received).to_string()).unwrap_or_default();
            messages.fill(key, &[("amount", &amount), ("network", address.network.label()), ("received", &received)])
        }
        Step::ContinueOnPage { attempt, .. } => rest_on_page(messages, attempt).unwrap_or_else(|| messages.text(Key::PageHeading)),
        Step::TimeUp => messages.text(Key::TimeUpHeading),
        Step::Progress(_) => {
            let confirmations = view.map(|view| Confirmations::of(view).at_milestone().words(messages)).unwrap_or_default();
            messages.fill(Key::SaidProgress, &[("confirmations", &confirmations)])
        }
        Step::Outcome(outcome) => messages.text(heading(*outcome)),
    }
}

/// What is told on the list of ways to pay.
fn choosing(model: &Model, ended: Option<AttemptStatus>) -> Option<Key> {
    if model.choosing.is_some() {
        return Some(Key::Preparing);
    }
    let list = model.view.as_ref().and_then(|view| list_text(&view.methods, view.methods_unavailable, model.asking));
    ended.and_then(ended_text).or(list)
}

/// The sentence for the time: how much of it is left, or that the page leaves for the shop. It stands apart, so that the step's own is not
/// read again with it.
#[must_use]
pub fn time_announcement(messages: &Messages, step: &Step, model: &Model, now: Timestamp) -> String {
    match (model.returning, step.ends_at()) {
        // As many as at its beginning all the while: a change would be read out.
        (Returning::In(_), _) => messages.count(Key::Returning, RETURN_SECONDS, &[("shop", &shop(messages, model.merchant.as_deref()))]),
        (Returning::Stayed, _) => messages.text(Key::Staying),
        (Returning::Never | Returning::OncePaid, Some(ends_at)) => time_left(messages, ends_at.seconds() - now.seconds()),
        (Returning::Never | Returning::OncePaid, None) => String::new(),
    }
}

fn time_left(messages: &Messages, left: i64) -> String {
    let told = TOLD_AT.into_iter().find(|told| (i64::from(*told) - TOLD_FOR..=i64::from(*told)).contains(&left));
    match told {
        None => String::new(),
        Some(seconds) if seconds < 60 => messages.count(Key::SaidSecondsLeft, seconds, &[]),
        Some(seconds) => messages.count(Key::SaidMinutesLeft, seconds / 60, &[]),
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
