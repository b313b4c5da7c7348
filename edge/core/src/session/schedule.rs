//! When a provider is asked again. One place, one table; the session's single alarm is the earliest of all of these.
//!
//! | the attempt | someone watches | nobody watches |
//! |---|---|---|
//! | awaiting payment | every 4 s | every minute |
//! | money seen, not settled | every 3 s | every 30 s |
//! | over, without its money settled | every 15 s | every 10 minutes, for 24 hours |
//! | under review | every minute | every 10 minutes, for 24 hours |
//! | paid, refunded, refused | never | never |
//!
//! Only the attempt the customer is on counts as watched. Each failure in a row doubles the wait, up to 32 times; a provider's own
//! wish to be left alone is kept.

use super::attempt::{Attempt, Stage};
use checkout_shared::session::AttemptStatus;
use checkout_shared::time::{Millis, Timestamp};

/// How long after its time was over an attempt is still watched for late money.
pub const LATE_WATCH: Millis = Millis::hours(24);

/// After this long without an answer a creation counts as lost, should the object have been restarted meanwhile. Longer than the
/// shell's own time limit for a whole call.
pub const CREATE_LOST_AFTER: Millis = Millis::seconds(45);

/// How long to wait before each look-up of a creation whose answer was lost. After the last, it is taken not to exist.
pub const LOOKUPS: [Millis; 4] = [Millis::seconds(0), Millis::seconds(5), Millis::seconds(15), Millis::seconds(40)];

/// How long to wait before asking again for the methods on offer, when they could not be had.
pub const METHODS_RETRY: Millis = Millis::seconds(10);

/// How many times in a row methods are asked for in vain before it is left to the next visitor.
pub const METHODS_TRIES: u32 = 6;

/// When this attempt's payment is to be asked about next; `None` if never.
#[must_use]
pub fn next_question(attempt: &Attempt, watched: bool, now: Timestamp) -> Option<Timestamp> {
    let over = now >= attempt.expires_at();
    if over && now >= attempt.expires_at() + LATE_WATCH {
        return None;
    }
    match &attempt.stage {
        Stage::Creating => return Some(attempt.watch.asked_at + CREATE_LOST_AFTER),
        Stage::Unknown { lookups } => {
            let wait = LOOKUPS.get(*lookups as usize).copied().unwrap_or_default();
            return Some(attempt.watch.asked_at + wait);
        }
        Stage::Refused { .. } => return None,
        Stage::Payable { .. } | Stage::Untold { .. } => {}
    }
    let interval = interval(attempt.status(now), over, watched)?;
    let patience = 1_i64 << attempt.watch.failures.min(5);
    let due = attempt.watch.asked_at + Millis(interval.0.saturating_mul(patience));
    Some(attempt.watch.not_before.map_or(due, |not_before| due.max(not_before)))
}

#[expect(clippy::match_same_arms, reason = "the arms are the rows of the table above, in its order")]
const fn interval(status: AttemptStatus, over: bool, watched: bool) -> Option<Millis> {
    use AttemptStatus as S;
    match (status, over, watched) {
        (S::Paid | S::Refunded, _, _) => None,
        (S::Refunding, _, _) => Some(Millis::minutes(10)),
        (S::Review, _, true) => Some(Millis::minutes(1)),
        (S::Processing, _, true) | (S::Underpaid, false, true) => Some(Millis::seconds(3)),
        (S::Processing, _, false) | (S::Underpaid, false, false) => Some(Millis::seconds(30)),
        (S::AwaitingPayment | S::Creating | S::Checking, _, true) => Some(Millis::seconds(4)),
        (S::AwaitingPayment | S::Creating | S::Checking, _, false) => Some(Millis::minutes(1)),
        (S::Expired | S::Cancelled | S::Failed | S::Underpaid, _, true) => Some(Millis::seconds(15)),
        (S::Expired | S::Cancelled | S::Failed | S::Underpaid | S::Review, _, false) => Some(Millis::minutes(10)),
    }
}
