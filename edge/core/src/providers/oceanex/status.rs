//! Where an `OceanEx` order stands, by its word and its amounts. Pure; where they are read from is in `answers`.
//!
//! The document shows two words: `new`, and `under_payment` for an order whose time is long over and of which nothing was ever
//! confirmed. So `under_payment` says no more than "not all of it": neither that something came, nor that it is over. The merchant
//! guide has four categories: Completed, Overpaid, Underpaid, Unpaid. Words are compared without case, spaces and underscores.
//!
//! | word | nothing has come | some has come | all of it is there |
//! |---|---|---|---|
//! | `new`, `unpaid`, `under_payment`, `underpaid` | pending | partial | processing |
//! | `completed`, `overpaid`, `over_payment` | paid | paid | paid |
//! | `expired` | expired | expired | expired |
//! | any other | pending, and reported | partial, and reported | processing, and reported |
//! | none at all | pending | partial | paid |
//!
//! "Paid" without the money, and "expired" with it, are for the session to weigh: it is told what has been confirmed. With no word at
//! all, the amounts are all that the vendor says. Money that is seen and not confirmed is processing.

use crate::provider::PaymentStatus;
use rust_decimal::Decimal;

/// The amounts of an order, in its coin.
#[derive(Clone, Copy, Debug)]
pub(super) struct Amounts {
    /// What is to be paid. `None`: whatever the payer likes.
    pub(super) asked: Option<Decimal>,
    /// What has arrived for good.
    pub(super) confirmed: Decimal,
    /// What has been seen, confirmed or not.
    pub(super) seen: Decimal,
}

/// Where an order stands; `None` beside it where the word is not known.
pub(super) fn payment_status(word: Option<&str>, amounts: Amounts) -> (PaymentStatus, Option<&str>) {
    let Some(word) = word else {
        let all_there = amounts.asked.is_some_and(|asked| amounts.confirmed >= asked && asked > Decimal::ZERO);
        return (if all_there { PaymentStatus::Paid } else { by_amounts(amounts) }, None);
    };
    match letters(word).as_str() {
        "new" | "unpaid" | "underpayment" | "underpaid" => (by_amounts(amounts), None),
        _ if says_paid(word) => (PaymentStatus::Paid, None),
        "expired" => (PaymentStatus::Expired, None),
        _ => (by_amounts(amounts), Some(word)),
    }
}

/// Whether a word says that an order is paid.
pub(super) fn says_paid(word: &str) -> bool {
    matches!(letters(word).as_str(), "completed" | "overpaid" | "overpayment")
}

/// What a word is known by.
fn letters(word: &str) -> String {
    word.chars().filter(|c| !matches!(c, ' ' | '_' | '-')).map(|letter| letter.to_ascii_lowercase()).collect()
}

/// Never paid: that takes the vendor's word.
fn by_amounts(amounts: Amounts) -> PaymentStatus {
    let seen = amounts.seen.max(amounts.confirmed);
    let is_short = amounts.asked.is_some_and(|asked| seen < asked);
    if seen <= Decimal::ZERO {
        PaymentStatus::Pending
    } else if is_short && amounts.confirmed > Decimal::ZERO {
        PaymentStatus::Partial
    } else {
        PaymentStatus::Processing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(word: Option<&str>, confirmed: i64, seen: i64) -> PaymentStatus {
        let amounts = Amounts { asked: Some(Decimal::TEN), confirmed: confirmed.into(), seen: seen.into() };
        payment_status(word, amounts).0
    }

    #[test]
    fn the_table_holds() {
        use PaymentStatus as S;
        let rows = [
            (vec![Some("new"), Some("Unpaid"), Some("under_payment"), Some("Underpaid")], [S::Pending, S::Partial, S::Processing]),
            (vec![Some("completed"), Some("Overpaid"), Some("over_payment")], [S::Paid, S::Paid, S::Paid]),
            (vec![Some("expired")], [S::Expired, S::Expired, S::Expired]),
            (vec![Some("paid"), Some("done"), Some("")], [S::Pending, S::Partial, S::Processing]),
            (vec![None], [S::Pending, S::Partial, S::Paid]),
        ];
        for (words, expected) in rows {
            for word in words {
                assert_eq!([0, 4, 10].map(|confirmed| status(word, confirmed, confirmed)), expected, "{word:?}");
            }
        }
    }

    #[test]
    fn money_seen_is_processing_until_it_is_confirmed() {
        assert_eq!(status(Some("new"), 0, 4), PaymentStatus::Processing);
        assert_eq!(status(Some("under_payment"), 4, 10), PaymentStatus::Processing);
        assert_eq!(status(None, 0, 10), PaymentStatus::Processing);
    }

    #[test]
    fn only_a_word_that_is_not_known_is_reported() {
        let amounts = Amounts { asked: None, confirmed: Decimal::ZERO, seen: Decimal::ZERO };
        assert_eq!(payment_status(Some("Done?"), amounts), (PaymentStatus::Pending, Some("Done?")));
        assert_eq!(payment_status(Some("UNDER PAYMENT"), amounts), (PaymentStatus::Pending, None));
        assert_eq!(payment_status(None, amounts), (PaymentStatus::Pending, None));
    }

    #[test]
    fn without_an_amount_asked_for_no_money_makes_it_paid() {
        let amounts = Amounts { asked: None, confirmed: Decimal::TEN, seen: Decimal::TEN };
        assert_eq!(payment_status(None, amounts).0, PaymentStatus::Processing);
    }
}
