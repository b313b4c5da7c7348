//! What has been heard of one payment, as a set that only grows: the same news in any order gives the same result, duplicates change
//! nothing, and money once seen is never forgotten.

use crate::provider::{PaymentStatus, Purchase, Snapshot, Stated};
use checkout_shared::money::{Amount, Currency, Money};
use checkout_shared::session::{Transaction, TransactionStatus};
use checkout_shared::time::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Everything heard of one payment so far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct News {
    /// The furthest status heard in news that agrees with the order.
    pub status: PaymentStatus,
    /// The provider has said at some time that the payment was over without being paid.
    pub was_over: bool,
    /// News that does not agree with the order has come; what disagrees, for the operator.
    pub dispute: Option<Dispute>,
    /// Every transaction heard of, by hash, in the order in which they were heard of first.
    pub transactions: Vec<Transaction>,
}

/// How a provider's news disagrees with the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dispute {
    /// The provider says it was asked for another amount.
    Amount,
    /// The provider says it was asked for another currency.
    Currency,
    /// The provider says it belongs to another reference.
    Reference,
    /// The provider says paid, but what it says has arrived is less.
    Shortfall,
}

impl Default for News {
    fn default() -> Self {
        Self { status: PaymentStatus::Pending, was_over: false, dispute: None, transactions: Vec::new() }
    }
}

impl News {
    /// Takes in what a provider said. `due` is the amount in the coin, where one was agreed on.
    pub fn absorb(&mut self, snapshot: &Snapshot, purchase: &Purchase, due: Option<&Money>) {
        for transaction in merged(&snapshot.transactions) {
            self.absorb_transaction(transaction);
        }
        self.was_over |= is_over(snapshot.status);
        match disagreement(&snapshot.stated, purchase).or_else(|| due.and_then(|due| shortfall(snapshot, due))) {
            None => self.status = self.status.max(meaning(snapshot, due)),
            // The worst disagreement is kept, so that the order in which they come does not matter.
            Some(dispute) => {
                self.dispute = Some(self.dispute.map_or(dispute, |known| known.min(dispute)));
                // It is true that something is going on; it is not believed how it ended.
                if snapshot.status >= PaymentStatus::Processing {
                    self.status = self.status.max(PaymentStatus::Processing);
                }
            }
        }
    }

    fn absorb_transaction(&mut self, heard: Transaction) {
        let Some(known) = self.transactions.iter_mut().find(|known| known.hash == heard.hash) else {
            self.transactions.push(heard);
            return;
        };
        known.status = known.status.max(heard.status);
        known.confirmations = known.confirmations.max(heard.confirmations);
        known.seen_at = match (known.seen_at, heard.seen_at) {
            (Some(known), Some(heard)) => Some(known.min(heard)),
            (known, heard) => known.or(heard),
        };
        if (&heard.amount.currency, heard.amount.amount) > (&known.amount.currency, known.amount.amount) {
            known.amount = heard.amount;
        }
    }

    /// What has been seen in a currency, confirmed or not, failed transactions left out.
    #[must_use]
    pub fn received(&self, currency: &Currency) -> Amount {
        sum(&self.transactions, currency)
    }

    /// Whether any money has been seen.
    #[must_use]
    pub fn has_money(&self) -> bool {
        self.transactions.iter().any(counts) || (self.status >= PaymentStatus::Processing && !self.ended_without_money())
    }

    const fn ended_without_money(&self) -> bool {
        matches!(self.status, PaymentStatus::Failed | PaymentStatus::Cancelled | PaymentStatus::Expired)
    }

    /// Whether money came after its time was over.
    #[must_use]
    pub fn is_late(&self, expires_at: Timestamp) -> bool {
        self.was_over || self.transactions.iter().filter(|tx| counts(tx)).any(|tx| tx.seen_at.is_some_and(|seen| seen > expires_at))
    }
}

/// What an undisputed snapshot means. A provider that calls a payment over while all its money is there and final has been paid
/// late: money decides, not the word.
fn meaning(snapshot: &Snapshot, due: Option<&Money>) -> PaymentStatus {
    let all_there = due.is_some_and(|due| {
        let counted = snapshot.transactions.iter().filter(|tx| counts(tx));
        counted.clone().all(|tx| tx.status == TransactionStatus::Confirmed)
            && sum(&merged(&snapshot.transactions), &due.currency) >= due.amount
    });
    if is_over(snapshot.status) && all_there { PaymentStatus::Paid } else { snapshot.status }
}

const fn is_over(status: PaymentStatus) -> bool {
    matches!(status, PaymentStatus::Failed | PaymentStatus::Cancelled | PaymentStatus::Expired | PaymentStatus::Underpaid)
}

fn counts(transaction: &Transaction) -> bool {
    transaction.status != TransactionStatus::Failed
}

fn sum(transactions: &[Transaction], currency: &Currency) -> Amount {
    let amounts = transactions.iter().filter(|tx| counts(tx) && tx.amount.currency == *currency).map(|tx| tx.amount.amount.0);
    Amount(amounts.fold(Decimal::ZERO, Decimal::saturating_add))
}

/// One transaction can pay an address twice and is then listed twice within one answer; it counts with both amounts.
fn merged(listed: &[Transaction]) -> Vec<Transaction> {
    let mut merged: Vec<Transaction> = Vec::with_capacity(listed.len());
    for transaction in listed {
        match merged.iter_mut().find(|known| known.hash == transaction.hash && known.amount.currency == transaction.amount.currency) {
            Some(known) => known.amount.amount.0 = known.amount.amount.0.saturating_add(transaction.amount.amount.0),
            None => merged.push(transaction.clone()),
        }
    }
    merged
}

/// The one place where what a provider states is compared with what was ordered. What it does not state cannot disagree.
#[must_use]
pub fn disagreement(stated: &Stated, purchase: &Purchase) -> Option<Dispute> {
    if let Some(price) = &stated.price {
        if price.currency != purchase.price.currency {
            return Some(Dispute::Currency);
        }
        if price.amount != purchase.price.amount {
            return Some(Dispute::Amount);
        }
    }
    let same_reference = stated.reference.as_ref().is_none_or(|reference| *reference == purchase.reference);
    (!same_reference).then_some(Dispute::Reference)
}

/// "Paid" with listed transactions that do not add up to what was due, less what the provider lets pass.
fn shortfall(snapshot: &Snapshot, due: &Money) -> Option<Dispute> {
    if snapshot.status != PaymentStatus::Paid || snapshot.transactions.is_empty() {
        return None;
    }
    // Paid in other coins than agreed on (mixed payment): the provider's conversion cannot be checked from here.
    if snapshot.transactions.iter().any(|tx| tx.amount.currency != due.currency) {
        return None;
    }
    let accepted = snapshot.shortfall_accepted.unwrap_or_default().0.clamp(Decimal::ZERO, Decimal::ONE_HUNDRED);
    let least = due.amount.0 * (Decimal::ONE_HUNDRED - accepted) / Decimal::ONE_HUNDRED;
    (sum(&merged(&snapshot.transactions), &due.currency).0 < least).then_some(Dispute::Shortfall)
}
