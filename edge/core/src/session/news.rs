//! What has been heard of one payment, as a set that only grows: the same news in any order gives the same result, duplicates change
//! nothing, and money once seen is never forgotten.
//!
//! One thing goes before that: paid stays paid. So it matters whether a "paid" that states no amounts came before news that disputes
//! the amount (then the order is paid, and an operator is told) or after it (then it settles nothing, and a person decides).

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
    /// News that does not agree with the order has said that money is there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub disputed_money: bool,
    /// When money was first known of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub money_at: Option<Timestamp>,
    /// The earliest time at which the provider says that it was paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid_at: Option<Timestamp>,
    /// The provider has said at some time that a part of what is due had come.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub part_seen: bool,
    /// The most that the provider has said to have arrived for good in all, in the currency of what is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<Money>,
    /// Every transaction heard of, by hash and currency, in the order in which they were heard of first.
    pub transactions: Vec<Heard>,
}

/// A transaction that was heard of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    /// The furthest it has been.
    pub transaction: Transaction,
    /// How many complete lists in a row it has been missing from.
    #[serde(default, skip_serializing_if = "is_nought")]
    pub missing: u32,
}

/// A transaction that is not final and missing from this many complete lists in a row was replaced or dropped. One list may have been
/// asked for before the transaction came.
const GONE_AFTER: u32 = 2;

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
pub(super) const fn is_nought(count: &u32) -> bool {
    *count == 0
}

impl Heard {
    /// As the customer should see it.
    #[must_use]
    pub fn shown(&self) -> Transaction {
        let status = if self.is_gone() { TransactionStatus::Failed } else { self.transaction.status };
        Transaction { status, ..self.transaction.clone() }
    }

    fn is_gone(&self) -> bool {
        self.transaction.status == TransactionStatus::Confirming && self.missing >= GONE_AFTER
    }

    fn counts(&self) -> bool {
        counts(&self.transaction) && !self.is_gone()
    }
}

/// How a provider's news disagrees with the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dispute {
    /// Nothing came of it, and the order was stated with another price since.
    Order,
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
        Self {
            status: PaymentStatus::Pending,
            was_over: false,
            dispute: None,
            disputed_money: false,
            money_at: None,
            paid_at: None,
            part_seen: false,
            total: None,
            transactions: Vec::new(),
        }
    }
}

impl News {
    /// Takes in what a provider said. `due` is what is to arrive.
    pub fn absorb(&mut self, snapshot: &Snapshot, purchase: &Purchase, due: &Money) {
        for transaction in merged(&snapshot.transactions) {
            self.absorb_transaction(transaction);
        }
        // What was told without a hash was one of those that are told with theirs now.
        if self.transactions.iter().any(|heard| !heard.transaction.hash.is_empty()) {
            self.transactions.retain(|heard| !heard.transaction.hash.is_empty());
        }
        self.was_over |= matches!(snapshot.status, PaymentStatus::Expired | PaymentStatus::Underpaid);
        self.paid_at = match (self.paid_at, snapshot.paid_at) {
            (Some(known), Some(heard)) => Some(known.min(heard)),
            (known, heard) => known.or(heard),
        };
        self.part_seen |= matches!(snapshot.status, PaymentStatus::Partial | PaymentStatus::Underpaid);
        self.absorb_total(snapshot.received.as_ref(), due);
        let disagreement = disagreement(&snapshot.stated, purchase).or_else(|| astray(snapshot, due));
        let is_short = self.total.is_some() && self.total_in(&due.currency) < due.amount && !states_amounts(snapshot);
        let becomes_paid = meaning(snapshot, due) == PaymentStatus::Paid;
        let unsettled = self.dispute.filter(|dispute| becomes_paid && (is_short || !settles(snapshot, *dispute)));
        match disagreement.or(unsettled) {
            None => self.status = self.status.max(meaning(snapshot, due)),
            // The worst disagreement is kept, so that the order in which they come does not matter.
            Some(dispute) => {
                self.dispute = Some(self.dispute.map_or(dispute, |known| known.min(dispute)));
                // It is true that something is going on; it is not believed how it ended.
                if claims_money(snapshot) {
                    self.disputed_money = true;
                    self.status = self.status.max(PaymentStatus::Processing);
                }
            }
        }
    }

    /// Takes note of what a complete list of the payment's transactions does not list (any more).
    pub fn miss(&mut self, listed: &[Transaction]) {
        for heard in &mut self.transactions {
            let is_listed = listed.iter().any(|transaction| is_same(transaction, &heard.transaction));
            heard.missing = if is_listed { 0 } else { heard.missing.saturating_add(1).min(GONE_AFTER) };
        }
    }

    fn absorb_total(&mut self, received: Option<&Money>, due: &Money) {
        let ours = received.filter(|received| due.currency == received.currency && is_some_money(received));
        let more = ours.filter(|received| self.total.as_ref().is_none_or(|known| known.amount < received.amount));
        if let Some(more) = more {
            self.total = Some(more.clone());
        }
    }

    fn total_in(&self, currency: &Currency) -> Amount {
        self.total.as_ref().filter(|total| total.currency == *currency).map_or_else(Amount::default, |total| total.amount)
    }

    fn absorb_transaction(&mut self, heard: Transaction) {
        let Some(known) = self.transactions.iter_mut().map(|known| &mut known.transaction).find(|known| is_same(known, &heard)) else {
            self.transactions.push(Heard { transaction: heard, missing: 0 });
            return;
        };
        known.confirmations = known.confirmations.max(heard.confirmations);
        known.seen_at = match (known.seen_at, heard.seen_at) {
            (Some(known), Some(heard)) => Some(known.min(heard)),
            (known, heard) => known.or(heard),
        };
        if (heard.status, heard.amount.amount) > (known.status, known.amount.amount) {
            known.amount = heard.amount;
        }
        known.status = known.status.max(heard.status);
    }

    /// What has been seen in a currency, confirmed or not; what failed or is gone is left out.
    #[must_use]
    pub fn received(&self, currency: &Currency) -> Amount {
        let listed = sum(self.transactions.iter().filter(|heard| heard.counts()).map(|heard| &heard.transaction), currency);
        listed.max(self.total_in(currency))
    }

    /// What is final of it; all of it where nothing is called final.
    #[must_use]
    pub fn received_for_good(&self, currency: &Currency) -> Amount {
        let confirmed = |heard: &&Heard| heard.transaction.status == TransactionStatus::Confirmed;
        let confirmed = sum(self.transactions.iter().filter(confirmed).map(|heard| &heard.transaction), currency);
        let confirmed = confirmed.max(self.total_in(currency));
        if confirmed == Amount::default() { self.received(currency) } else { confirmed }
    }

    /// Whether any money has been seen.
    #[must_use]
    pub fn has_money(&self) -> bool {
        self.has_arrived() || (self.status >= PaymentStatus::Processing && !self.ended_without_money())
    }

    /// Whether any money is known to have come, whatever the provider calls the payment now.
    #[must_use]
    pub fn has_arrived(&self) -> bool {
        self.part_seen || self.disputed_money || self.total.is_some() || self.transactions.iter().any(Heard::counts)
    }

    const fn ended_without_money(&self) -> bool {
        matches!(self.status, PaymentStatus::Failed | PaymentStatus::Cancelled | PaymentStatus::Expired)
    }

    /// Whether money came after its time was over.
    #[must_use]
    pub fn is_late(&self, deadline: Timestamp) -> bool {
        let after = |heard: &Heard| heard.counts() && heard.transaction.seen_at.is_some_and(|seen| seen > deadline);
        // When money was seen says more than when it was counted.
        let seen = |heard: &Heard| heard.counts() && heard.transaction.seen_at.is_some();
        let heard_after = self.money_at.is_none_or(|money_at| money_at > deadline);
        let paid_after = heard_after && !self.transactions.iter().any(seen) && self.paid_at.is_some_and(|paid_at| paid_at > deadline);
        self.was_over || paid_after || self.transactions.iter().any(after)
    }
}

/// What an undisputed snapshot means. A provider that calls a payment over for want of money while all its money is there and final has
/// been paid late: money decides, not the word. One that calls it failed or called off with all its money there is for a person.
fn meaning(snapshot: &Snapshot, due: &Money) -> PaymentStatus {
    let wants_money = matches!(snapshot.status, PaymentStatus::Expired | PaymentStatus::Underpaid);
    let all_final = snapshot.transactions.iter().filter(|tx| counts(tx)).all(|tx| tx.status == TransactionStatus::Confirmed);
    if wants_money && all_final && arrived(snapshot, &due.currency) >= due.amount { PaymentStatus::Paid } else { snapshot.status }
}

/// Whether a snapshot says that money is there, has been, or is on its way.
pub(super) fn claims_money(snapshot: &Snapshot) -> bool {
    let by_its_word = match snapshot.status {
        PaymentStatus::Pending | PaymentStatus::Failed | PaymentStatus::Cancelled | PaymentStatus::Expired => false,
        PaymentStatus::Processing
        | PaymentStatus::Partial
        | PaymentStatus::Authorized
        | PaymentStatus::Underpaid
        | PaymentStatus::Paid
        | PaymentStatus::Refunding
        | PaymentStatus::Refunded => true,
    };
    by_its_word || snapshot.received.as_ref().is_some_and(is_some_money) || snapshot.transactions.iter().any(counts)
}

/// Whether a "paid" that agrees says anything about what was disputed before.
const fn settles(snapshot: &Snapshot, dispute: Dispute) -> bool {
    match dispute {
        Dispute::Order => false,
        Dispute::Amount | Dispute::Currency => snapshot.stated.price.is_some(),
        Dispute::Reference => snapshot.stated.reference.is_some(),
        Dispute::Shortfall => states_amounts(snapshot),
    }
}

const fn states_amounts(snapshot: &Snapshot) -> bool {
    snapshot.received.is_some() || !snapshot.transactions.is_empty()
}

fn counts(transaction: &Transaction) -> bool {
    transaction.status != TransactionStatus::Failed
}

fn sum<'a>(transactions: impl IntoIterator<Item = &'a Transaction>, currency: &Currency) -> Amount {
    let counted = transactions.into_iter().filter(|tx| counts(tx) && tx.amount.currency == *currency);
    Amount(counted.map(|tx| tx.amount.amount.0).fold(Decimal::ZERO, Decimal::saturating_add))
}

fn is_same(one: &Transaction, other: &Transaction) -> bool {
    one.hash == other.hash && one.amount.currency == other.amount.currency
}

/// One transaction can pay an address twice and is then listed twice within one answer; it counts with both amounts. A part of it that
/// failed does not.
fn merged(listed: &[Transaction]) -> Vec<Transaction> {
    let mut merged: Vec<Transaction> = Vec::with_capacity(listed.len());
    for transaction in listed {
        match merged.iter_mut().find(|known| is_same(known, transaction) && counts(known) == counts(transaction)) {
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

/// What a snapshot says to have arrived: in all where it says so, else by its transactions.
fn arrived(snapshot: &Snapshot, currency: &Currency) -> Amount {
    let total = snapshot.received.as_ref().filter(|received| received.currency == *currency).map(|received| received.amount);
    total.unwrap_or_else(|| sum(&merged(&snapshot.transactions), currency))
}

fn is_some_money(money: &Money) -> bool {
    money.amount > Amount::default()
}

/// What a snapshot says to have arrived does not go with what was due: other money, or "paid" with less than was due, less what the
/// provider lets pass.
fn astray(snapshot: &Snapshot, due: &Money) -> Option<Dispute> {
    if snapshot.received.as_ref().is_some_and(|received| is_some_money(received) && received.currency != due.currency) {
        return Some(Dispute::Currency);
    }
    if snapshot.status != PaymentStatus::Paid || (snapshot.transactions.is_empty() && snapshot.received.is_none()) {
        return None;
    }
    // Paid in other coins than agreed on (mixed payment): the provider's conversion cannot be checked from here.
    if snapshot.received.is_none() && snapshot.transactions.iter().any(|tx| tx.amount.currency != due.currency) {
        return None;
    }
    let accepted = snapshot.shortfall_accepted.unwrap_or_default().0.clamp(Decimal::ZERO, Decimal::ONE_HUNDRED);
    // An amount beyond all reason is disputed rather than computed with.
    let least = due.amount.0.checked_mul((Decimal::ONE_HUNDRED - accepted) / Decimal::ONE_HUNDRED);
    let enough = least.is_some_and(|least| arrived(snapshot, &due.currency).0 >= least);
    (!enough).then_some(Dispute::Shortfall)
}
