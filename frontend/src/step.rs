//! Which screen a state calls for. The one place that maps every status of a session and of an attempt to what a customer sees.

use crate::state::{Model, Problem};
use checkout_shared::session::{Address, AttemptStatus, AttemptView, Instructions, SessionView, Status};
use checkout_shared::time::Timestamp;

/// What the customer is at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step<'a> {
    /// Nothing can be shown but what went wrong.
    Problem(&'a Problem),
    /// Choosing a method.
    Choose {
        /// How the attempt before ended, if it did so without money.
        ended: Option<AttemptStatus>,
        /// There is still a payment that was begun to go back to.
        can_return: bool,
    },
    /// A method is chosen, its address or page is being asked for.
    Preparing,
    /// Sending coins to an address; the rest of them if some have arrived.
    PayToAddress(&'a AttemptView, &'a Address),
    /// Paying on a page of the provider's; the rest of it if some has arrived.
    ContinueOnPage {
        /// The attempt.
        attempt: &'a AttemptView,
        /// The page.
        url: &'a str,
        /// Until when.
        expires_at: Timestamp,
    },
    /// The time of what was shown is over, and the edge has not said yet what follows.
    TimeUp,
    /// Money is seen, not final yet.
    Progress(Option<&'a AttemptView>),
    /// It is over, or out of the customer's hands.
    Outcome(Outcome),
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Paid.
    Paid,
    /// Some money came, not enough, and the time to send the rest is over.
    TooLittle,
    /// Money is on its way back.
    Refunding,
    /// Money has gone back.
    Refunded,
    /// Time is over, nothing came.
    Expired,
    /// The merchant called it off.
    Cancelled,
    /// It cannot be paid.
    Failed,
    /// A person has to look at it.
    Review,
}

/// What of a step must change for the customer to be taken to it: the number of the attempt, and the step without its details.
pub type StepKey = (u32, &'static str);

impl Model {
    /// The step this state calls for at a time of the edge's clock.
    #[must_use]
    pub fn step(&self, now: Timestamp) -> Step<'_> {
        if let Some(problem) = &self.fatal {
            return Step::Problem(problem);
        }
        let Some(view) = &self.view else { return Step::Problem(&Problem::IncompleteLink) };
        match view.status {
            Status::Open => self.before_paying(view),
            Status::AwaitingPayment => match awaiting(view, now) {
                step @ (Step::Choose { .. } | Step::Progress(_)) => step,
                step if self.changing_method => Step::Choose { ended: None, can_return: step != Step::TimeUp },
                step => step,
            },
            Status::Processing => Step::Progress(view.attempt.as_ref()),
            Status::Underpaid => underpaid(view, now),
            Status::Paid => Step::Outcome(Outcome::Paid),
            Status::Refunding => Step::Outcome(Outcome::Refunding),
            Status::Refunded => Step::Outcome(Outcome::Refunded),
            Status::Expired => Step::Outcome(Outcome::Expired),
            Status::Cancelled => Step::Outcome(Outcome::Cancelled),
            Status::Failed => Step::Outcome(Outcome::Failed),
            Status::Review => Step::Outcome(Outcome::Review),
        }
    }

    fn before_paying(&self, view: &SessionView) -> Step<'_> {
        let Some(attempt) = &view.attempt else { return Step::Choose { ended: None, can_return: false } };
        match attempt.status {
            AttemptStatus::Creating | AttemptStatus::Checking if !self.changing_method => Step::Preparing,
            AttemptStatus::Creating | AttemptStatus::Checking => Step::Choose { ended: None, can_return: true },
            AttemptStatus::Expired | AttemptStatus::Cancelled | AttemptStatus::Failed => {
                Step::Choose { ended: Some(attempt.status), can_return: false }
            }
            // The order is open although its attempt saw money: the session's word counts, and it says a method can be chosen.
            AttemptStatus::AwaitingPayment
            | AttemptStatus::Processing
            | AttemptStatus::Underpaid
            | AttemptStatus::Paid
            | AttemptStatus::Refunding
            | AttemptStatus::Refunded
            | AttemptStatus::Review => Step::Choose { ended: None, can_return: false },
        }
    }
}

/// The order awaits a payment, not necessarily by the attempt in the view: what that one shows is for its own status to say.
fn awaiting(view: &SessionView, now: Timestamp) -> Step<'_> {
    let Some(attempt) = &view.attempt else { return Step::Choose { ended: None, can_return: false } };
    match attempt.status {
        AttemptStatus::Expired | AttemptStatus::Cancelled | AttemptStatus::Failed => {
            Step::Choose { ended: Some(attempt.status), can_return: false }
        }
        AttemptStatus::Creating | AttemptStatus::Checking => Step::Preparing,
        AttemptStatus::AwaitingPayment | AttemptStatus::Underpaid | AttemptStatus::Processing => instructed(attempt, now),
        // Its money is there although the order has not taken it in yet: to ask for any more would be wrong.
        AttemptStatus::Paid | AttemptStatus::Refunding | AttemptStatus::Refunded | AttemptStatus::Review => Step::Progress(Some(attempt)),
    }
}

fn instructed(attempt: &AttemptView, now: Timestamp) -> Step<'_> {
    match &attempt.instructions {
        None => Step::Preparing,
        // Never show an address that may not be watched any more.
        Some(instructions) if instructions.expires_at() <= now => Step::TimeUp,
        Some(Instructions::Address(address)) => Step::PayToAddress(attempt, address),
        Some(Instructions::Page { url, expires_at }) => Step::ContinueOnPage { attempt, url, expires_at: *expires_at },
    }
}

fn underpaid(view: &SessionView, now: Timestamp) -> Step<'_> {
    // Any other attempt than the one whose money was seen would lead more money astray.
    let attempt = view.attempt.as_ref().filter(|attempt| attempt.status == AttemptStatus::Underpaid);
    match attempt.and_then(|attempt| attempt.instructions.as_ref().map(|instructions| (attempt, instructions))) {
        // Only with a remainder to name: asking for the whole amount again would be asking for too much.
        Some((attempt, Instructions::Address(address))) if address.expires_at > now && attempt.due.is_some() => {
            Step::PayToAddress(attempt, address)
        }
        Some((attempt, Instructions::Page { url, expires_at })) if *expires_at > now => {
            Step::ContinueOnPage { attempt, url, expires_at: *expires_at }
        }
        Some(_) | None => Step::Outcome(Outcome::TooLittle),
    }
}

impl Step<'_> {
    /// Two steps of one key are one place; the customer is not led anywhere between them.
    #[must_use]
    pub fn key(&self, view: Option<&SessionView>) -> StepKey {
        let attempt = view.and_then(|view| view.attempt.as_ref()).map_or(0, |attempt| attempt.number);
        match self {
            Self::Problem(_) => (0, "problem"),
            Self::Choose { .. } => (0, "choose"),
            Self::Preparing => (attempt, "preparing"),
            Self::PayToAddress(view, _) if view.received.is_some() => (attempt, "pay the rest"),
            Self::PayToAddress(..) => (attempt, "pay"),
            Self::ContinueOnPage { attempt: view, .. } if view.status == AttemptStatus::Underpaid => (attempt, "page for the rest"),
            Self::ContinueOnPage { .. } => (attempt, "page"),
            Self::TimeUp => (attempt, "time up"),
            Self::Progress(_) => (attempt, "progress"),
            Self::Outcome(outcome) => (attempt, outcome.name()),
        }
    }

    /// When what is shown stops being true by itself, where it does.
    #[must_use]
    pub fn ends_at(&self) -> Option<Timestamp> {
        match self {
            Self::PayToAddress(_, address) => Some(address.expires_at),
            Self::ContinueOnPage { expires_at, .. } => Some(*expires_at),
            Self::Problem(_) | Self::Choose { .. } | Self::Preparing | Self::TimeUp | Self::Progress(_) | Self::Outcome(_) => None,
        }
    }
}

impl Outcome {
    const fn name(self) -> &'static str {
        match self {
            Self::Paid => "paid",
            Self::TooLittle => "too little",
            Self::Refunding => "refunding",
            Self::Refunded => "refunded",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
            Self::Review => "review",
        }
    }
}
