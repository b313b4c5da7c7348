//! When a provider is asked again. One place, one table; the session's single alarm is the earliest of all of these.
//!
//! | the attempt | watched | watched, notified | unwatched | unwatched, notified | until |
//! |---|---|---|---|---|---|
//! | awaiting payment | 4 s | 6 s | 1 min | 2 min | its time is over |
//! | money seen, not settled, in time | 3 s | 3 s | 30 s | 2 min | its time is over |
//! | money seen, not settled, time over | 15 s | 30 s | 10 min | 10 min | 30 days later |
//! | over without money | 15 s | 30 s | 10 min | 10 min | 24 hours later |
//! | under review | 1 min | 1 min | 10 min | 10 min | 30 days later |
//! | refunding | 10 min | 10 min | 10 min | 10 min | 30 days later |
//! | paid, refunded, refused | never | never | never | never | |
//!
//! *Watched*: the customer looks on, in however many tabs, and this is the attempt that matters to them. *Notified*: the provider signs
//! its notifications and none has come later than our own question found the news out ([`super::attempt::Watch::notified`]): a lost
//! one costs six seconds once, and from then on it is asked as if there were none.
//!
//! These are the longest waits: each is up to 15 % shorter, differently for each session, so that sessions opened together do not ask
//! together. Every 300 answers in a row that bring nothing new double the wait, so that a page left open for weeks costs hundreds of
//! questions and not hundreds of thousands ([`MOST_QUESTIONS`]). Each failure in a row doubles the wait, up to 32 times; a provider's own
//! wish to be left alone is kept. A hint has it asked about within two seconds, whatever the table says, and later after many in vain.

use super::attempt::{Attempt, Stage};
use crate::jitter::spread;
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

/// After this many failures in a row, a week or so, even the last question of a watch is given up.
pub const LAST_FAILURES: u32 = 40;

/// A capture whose answer has not come after this long may be asked for again, if the payment still waits for it.
pub const CAPTURE_LOST_AFTER: Millis = Millis::seconds(45);

/// After this many look-ups in a row that failed, a creation whose answer was lost is given up: nobody was shown anything.
pub const LOOKUP_FAILURES: u32 = 8;

/// A creation whose answer was lost is looked up at once, and again after each of these waits as long as it is not there. After the
/// last it is taken not to exist.
pub const LOOKUP_WAITS: [Millis; 3] = [Millis::seconds(5), Millis::seconds(15), Millis::seconds(40)];

/// After this many answers in a row without news the wait doubles.
const QUIET: u32 = 300;

/// More questions than the table leads to for one attempt that brings no news, whoever watches for how long: a test holds it. News starts
/// the count anew; a payment has a few dozen at most. Hints come on top, and each 300 of them in vain make the next ones wait longer.
pub const MOST_QUESTIONS: u32 = 3_000;

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
    let interval = match &attempt.stage {
        Stage::Creating => return Some(attempt.watch.asked_at + CREATE_LOST_AFTER),
        // The first look-up came at once.
        Stage::Unknown { lookups } => LOOKUP_WAITS[(*lookups as usize).saturating_sub(1).min(LOOKUP_WAITS.len() - 1)],
        Stage::Refused { .. } => return None,
        Stage::Payable { .. } | Stage::Untold { .. } if attempt.watch.hinted => after_quiet(HINT_REST, attempt),
        Stage::Payable { .. } | Stage::Untold { .. } => {
            let listed = interval(attempt.status(now), over, watched, attempt.watch.notified)?;
            sooner(after_quiet(listed, attempt), attempt)
        }
    };
    let patience = 1_i64 << attempt.watch.failures.min(5);
    let due = attempt.watch.asked_at + Millis(interval.0.saturating_mul(patience));
    let due = attempt.watch.not_before.map_or(due, |not_before| due.max(not_before));
    let watch = if attempt.news.has_money() { MONEY_WATCH } else { LATE_WATCH };
    let is_made = matches!(attempt.stage, Stage::Payable { .. } | Stage::Untold { .. });
    // What is not known to exist is looked up however late. What fell due in time is asked though the alarm rang late, and asked again
    // until the provider has answered once.
    let is_owed = attempt.watch.hinted || (attempt.watch.unanswered && attempt.watch.failures < LAST_FAILURES);
    (!is_made || is_owed || due <= attempt.expires_at() + watch).then_some(due)
}

/// A wait made longer by how many answers have brought nothing.
fn after_quiet(wait: Millis, attempt: &Attempt) -> Millis {
    Millis(wait.0.saturating_mul(1 << (attempt.watch.quiet / QUIET).min(16)))
}

/// A wait made up to 15 % shorter by what differs from session to session and from question to question.
fn sooner(wait: Millis, attempt: &Attempt) -> Millis {
    let reference = attempt.purchase.reference.bytes().map(u64::from);
    let percent = spread(reference.chain([attempt.watch.asked_at.0.unsigned_abs()]), 16);
    Millis(wait.0 - wait.0.saturating_mul(percent) / 100)
}

/// The table's wait.
const fn interval(status: AttemptStatus, over: bool, watched: bool, notified: bool) -> Option<Millis> {
    use AttemptStatus as S;
    let [watched_alone, watched_notified, alone, unwatched_notified] = match (status, over) {
        (S::AwaitingPayment | S::Creating | S::Checking, _) => [4, 6, 60, 120],
        // Notifications tell no confirmations; whoever looks on is to see them grow.
        (S::Processing | S::Underpaid, false) => [3, 3, 30, 120],
        (S::Processing | S::Underpaid, true) | (S::Expired | S::Cancelled | S::Failed, _) => [15, 30, 600, 600],
        (S::Review, _) => [60, 60, 600, 600],
        (S::Refunding, _) => [600, 600, 600, 600],
        (S::Paid | S::Refunded, _) => return None,
    };
    Some(Millis::seconds(match (watched, notified) {
        (true, false) => watched_alone,
        (true, true) => watched_notified,
        (false, false) => alone,
        (false, true) => unwatched_notified,
    }))
}
