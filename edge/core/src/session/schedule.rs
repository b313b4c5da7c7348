//! When a provider is asked again. One place, one table; the session's single alarm is the earliest of all of these.
//!
//! | the attempt | someone watches | nobody watches | until |
//! |---|---|---|---|
//! | awaiting payment | every 4 s | every minute | its time is over |
//! | money seen, not settled, in time | every 3 s | every 30 s | its time is over |
//! | money seen, not settled, time over | every 15 s | every 10 minutes | 30 days later |
//! | over without money | every 15 s | every 10 minutes | 24 hours later |
//! | under review | every minute | every 10 minutes | 30 days later |
//! | refunding | every 10 minutes | every 10 minutes | 30 days later |
//! | paid, refunded, refused | never | never | |
//!
//! A hint has it asked about within two seconds, whatever the table says. Only the attempt that matters to the customer counts as
//! watched. Each failure in a row doubles the wait, up to 32 times; a provider's own wish to be left alone is kept.

use super::attempt::{Attempt, Stage};
use checkout_shared::session::AttemptStatus;
use checkout_shared::time::{Millis, Timestamp};

/// How long after its time was over an attempt is still watched for late money.
pub const LATE_WATCH: Millis = Millis::hours(24);

/// After this long without an answer a creation counts as lost, should the object have been restarted meanwhile. Longer than the
/// shell's own time limit for a whole call.
pub const CREATE_LOST_AFTER: Millis = Millis::seconds(120);

/// How long after its time was over an attempt whose money has been seen is still asked about.
pub const MONEY_WATCH: Millis = Millis::hours(24 * 30);

/// A hint leads to no question within this time of the last one.
pub const HINT_REST: Millis = Millis::seconds(2);

/// After this many failures in a row a hint is forgotten.
pub const HINT_FAILURES: u32 = 10;

/// A capture whose answer has not come after this long may be asked for again, if the payment still waits for it.
pub const CAPTURE_LOST_AFTER: Millis = Millis::seconds(45);

/// After this many look-ups in a row that failed, a creation whose answer was lost is given up: nobody was shown anything.
pub const LOOKUP_FAILURES: u32 = 8;

/// A creation whose answer was lost is looked up at once, and again after each of these waits as long as it is not there. After the
/// last it is taken not to exist.
pub const LOOKUP_WAITS: [Millis; 3] = [Millis::seconds(5), Millis::seconds(15), Millis::seconds(40)];

/// How long to wait before asking again for the methods on offer, when they could not be had.
pub const METHODS_RETRY: Millis = Millis::seconds(10);

/// How long to wait before asking again where some provider did not say what it offers.
pub const MORE_METHODS_RETRY: Millis = Millis::seconds(30);

/// How many times in a row methods are asked for in vain before it is left to the next visitor.
pub const METHODS_TRIES: u32 = 6;

/// When this attempt's payment is to be asked about next; `None` if never.
#[must_use]
pub fn next_question(attempt: &Attempt, watched: bool, now: Timestamp) -> Option<Timestamp> {
    let over = now >= attempt.expires_at();
    let watch = if attempt.news.has_money() { MONEY_WATCH } else { LATE_WATCH };
    if over && now >= attempt.expires_at() + watch && !attempt.watch.hinted {
        return None;
    }
    let interval = match &attempt.stage {
        Stage::Creating => return Some(attempt.watch.asked_at + CREATE_LOST_AFTER),
        Stage::Unknown { lookups } => *LOOKUP_WAITS.get(*lookups as usize).unwrap_or(&LOOKUP_WAITS[LOOKUP_WAITS.len() - 1]),
        Stage::Refused { .. } => return None,
        Stage::Payable { .. } | Stage::Untold { .. } if attempt.watch.hinted => HINT_REST,
        Stage::Payable { .. } | Stage::Untold { .. } => interval(attempt.status(now), over, watched)?,
    };
    let patience = 1_i64 << attempt.watch.failures.min(5);
    let due = attempt.watch.asked_at + Millis(interval.0.saturating_mul(patience));
    Some(attempt.watch.not_before.map_or(due, |not_before| due.max(not_before)))
}

#[expect(clippy::match_same_arms, reason = "the arms are the rows of the table above, in its order")]
const fn interval(status: AttemptStatus, over: bool, watched: bool) -> Option<Millis> {
    use AttemptStatus as S;
    match (status, over, watched) {
        (S::AwaitingPayment | S::Creating | S::Checking, _, true) => Some(Millis::seconds(4)),
        (S::AwaitingPayment | S::Creating | S::Checking, _, false) => Some(Millis::minutes(1)),
        (S::Processing | S::Underpaid, false, true) => Some(Millis::seconds(3)),
        (S::Processing | S::Underpaid, false, false) => Some(Millis::seconds(30)),
        (S::Processing | S::Underpaid, true, true) => Some(Millis::seconds(15)),
        (S::Processing | S::Underpaid, true, false) => Some(Millis::minutes(10)),
        (S::Expired | S::Cancelled | S::Failed, _, true) => Some(Millis::seconds(15)),
        (S::Expired | S::Cancelled | S::Failed, _, false) => Some(Millis::minutes(10)),
        (S::Review, _, true) => Some(Millis::minutes(1)),
        (S::Review, _, false) => Some(Millis::minutes(10)),
        (S::Refunding, _, _) => Some(Millis::minutes(10)),
        (S::Paid | S::Refunded, _, _) => None,
    }
}
