//! One payment of the simulated `OxaPay`: how money, confirmations and time move it through the documented statuses.
//!
//! Where documents and help centre disagree: a payment that ran out without money is `expired`, one that ran out short is
//! `underpaid`, and money that comes later is listed without changing either. Only the merchant can accept it (`manual_accept`).

use super::coins::{Chain, Coin};
use super::envelope::Number;
use checkout_shared::time::{Millis, Timestamp};
use rust_decimal::Decimal;
use serde::Serialize;

/// How many confirmation times a refund takes.
const REFUND_TAKES: i64 = 3;

/// What a merchant asked for, as it is echoed.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    pub(super) kind: Kind,
    pub(super) amount: Decimal,
    pub(super) currency: String,
    pub(super) lifetime: u32,
    pub(super) fee_paid_by_payer: Decimal,
    pub(super) under_paid_coverage: Decimal,
    pub(super) mixed_payment: bool,
    pub(super) sandbox: bool,
    pub(super) callback_url: String,
    pub(super) return_url: String,
    pub(super) email: String,
    pub(super) order_id: String,
    pub(super) description: String,
    pub(super) thanks_message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Invoice,
    WhiteLabel,
}

/// The documented statuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    New,
    Waiting,
    Paying,
    Paid,
    ManualAccept,
    Underpaid,
    Refunding,
    Refunded,
    Expired,
}

impl Status {
    pub(super) const ALL: &[(Self, &str)] = &[
        (Self::New, "new"),
        (Self::Waiting, "waiting"),
        (Self::Paying, "paying"),
        (Self::Paid, "paid"),
        (Self::ManualAccept, "manual_accept"),
        (Self::Underpaid, "underpaid"),
        (Self::Refunding, "refunding"),
        (Self::Refunded, "refunded"),
        (Self::Expired, "expired"),
    ];

    /// The vendor's word for it.
    pub(super) fn name(self) -> &'static str {
        Self::ALL.iter().find(|(status, _)| *status == self).map_or("", |(_, name)| name)
    }
}

/// The coin a payment is to be made in, and where to.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) coin: &'static Coin,
    pub(super) chain: &'static Chain,
    pub(super) address: String,
    pub(super) memo: Option<String>,
    pub(super) pay_amount: Decimal,
}

/// Money on a blockchain.
#[derive(Clone, Debug)]
pub(super) struct Transaction {
    pub(super) hash: String,
    pub(super) amount: Decimal,
    pub(super) seen_at: Timestamp,
    pub(super) confirmations: u32,
    pub(super) required: u32,
}

impl Transaction {
    const fn is_confirmed(&self) -> bool {
        self.confirmations >= self.required
    }
}

/// One payment.
#[derive(Clone, Debug)]
pub(super) struct Payment {
    pub(super) track_id: String,
    pub(super) terms: Terms,
    pub(super) created_at: Timestamp,
    pub(super) expires_at: Timestamp,
    pub(super) status: Status,
    pub(super) target: Option<Target>,
    pub(super) transactions: Vec<Transaction>,
    refunding_since: Option<Timestamp>,
}

impl Payment {
    pub(super) fn new(track_id: String, terms: Terms, target: Option<Target>, now: Timestamp) -> Self {
        let expires_at = now + Millis::minutes(terms.lifetime.into());
        let status = if target.is_some() { Status::Waiting } else { Status::New };
        Self { track_id, terms, created_at: now, expires_at, status, target, transactions: Vec::new(), refunding_since: None }
    }

    /// Moves on to a later time. True if it has just become paid.
    pub(super) fn advance(&mut self, now: Timestamp, confirmation_every: Millis) -> bool {
        for transaction in &mut self.transactions {
            let age = (now - transaction.seen_at).0.max(0);
            let confirmations = age.checked_div(confirmation_every.0).unwrap_or(i64::MAX).min(transaction.required.into());
            transaction.confirmations = transaction.confirmations.max(u32::try_from(confirmations).unwrap_or(transaction.required));
        }
        let is_over = now >= self.expires_at;
        let before = self.status;
        self.status = match before {
            Status::New | Status::Waiting if is_over => Status::Expired,
            Status::Paying if self.is_covered() && self.transactions.iter().all(Transaction::is_confirmed) => Status::Paid,
            Status::Paying if is_over && !self.is_covered() => Status::Underpaid,
            Status::Refunding if self.is_refunded(now, confirmation_every) => Status::Refunded,
            unmoved => unmoved,
        };
        before == Status::Paying && self.status == Status::Paid
    }

    /// Money arrives. True if it is the first, in time.
    pub(super) fn receive(&mut self, transaction: Transaction) -> bool {
        self.transactions.push(transaction);
        let is_first = matches!(self.status, Status::New | Status::Waiting);
        if is_first {
            self.status = Status::Paying;
        }
        is_first
    }

    /// Its time ends now.
    pub(super) fn end(&mut self, now: Timestamp) {
        self.expires_at = self.expires_at.min(now);
    }

    /// The merchant accepts what came too little or too late. False if there is nothing to accept.
    pub(super) fn accept(&mut self) -> bool {
        let can = matches!(self.status, Status::Underpaid | Status::Expired) && !self.transactions.is_empty();
        if can {
            self.status = Status::ManualAccept;
        }
        can
    }

    /// The merchant sends the money back. False if there is none.
    pub(super) fn refund(&mut self, now: Timestamp) -> bool {
        let can = !self.transactions.is_empty() && !matches!(self.status, Status::Refunding | Status::Refunded);
        if can {
            self.status = Status::Refunding;
            self.refunding_since = Some(now);
        }
        can
    }

    /// What has arrived, in the coin.
    pub(super) fn received(&self) -> Decimal {
        self.transactions.iter().map(|transaction| transaction.amount).sum()
    }

    /// What is still missing, in the coin.
    pub(super) fn missing(&self) -> Decimal {
        self.target.as_ref().map_or(Decimal::ZERO, |target| (target.pay_amount - self.received()).max(Decimal::ZERO).normalize())
    }

    fn is_covered(&self) -> bool {
        let Some(target) = &self.target else { return false };
        let accepted = (Decimal::ONE_HUNDRED - self.terms.under_paid_coverage) / Decimal::ONE_HUNDRED;
        self.received() >= target.pay_amount * accepted
    }

    fn is_refunded(&self, now: Timestamp, confirmation_every: Millis) -> bool {
        self.refunding_since.is_some_and(|since| (now - since).0 >= confirmation_every.0.saturating_mul(REFUND_TAKES))
    }
}

/// A payment as Payment Information and Payment History tell it.
#[derive(Serialize)]
pub(super) struct PaymentRecord<'a> {
    track_id: &'a str,
    r#type: Kind,
    amount: Number,
    currency: &'a str,
    status: Status,
    mixed_payment: bool,
    fee_paid_by_payer: Number,
    under_paid_coverage: Number,
    lifetime: u32,
    callback_url: &'a str,
    return_url: &'a str,
    email: &'a str,
    order_id: &'a str,
    description: &'a str,
    thanks_message: &'a str,
    expired_at: i64,
    date: i64,
    txs: Vec<TransactionRecord<'a>>,
}

#[derive(Serialize)]
struct TransactionRecord<'a> {
    tx_hash: &'a str,
    amount: Number,
    currency: &'static str,
    network: &'static str,
    address: &'a str,
    status: &'static str,
    confirmations: u32,
    auto_convert: Processed,
    auto_withdrawal: Processed,
    date: i64,
}

#[derive(Serialize)]
struct Processed {
    processed: bool,
}

impl Payment {
    pub(super) fn record(&self) -> PaymentRecord<'_> {
        let terms = &self.terms;
        PaymentRecord {
            track_id: &self.track_id,
            r#type: terms.kind,
            amount: Number(terms.amount),
            currency: &terms.currency,
            status: self.status,
            mixed_payment: terms.mixed_payment,
            fee_paid_by_payer: Number(terms.fee_paid_by_payer),
            under_paid_coverage: Number(terms.under_paid_coverage),
            lifetime: terms.lifetime,
            callback_url: &terms.callback_url,
            return_url: &terms.return_url,
            email: &terms.email,
            order_id: &terms.order_id,
            description: &terms.description,
            thanks_message: &terms.thanks_message,
            expired_at: self.expires_at.seconds(),
            date: self.created_at.seconds(),
            txs: self.transaction_records(),
        }
    }

    fn transaction_records(&self) -> Vec<TransactionRecord<'_>> {
        let Some(target) = &self.target else { return Vec::new() };
        let record = |transaction| transaction_record(transaction, target);
        self.transactions.iter().map(record).collect()
    }
}

fn transaction_record<'a>(transaction: &'a Transaction, target: &'a Target) -> TransactionRecord<'a> {
    TransactionRecord {
        tx_hash: &transaction.hash,
        amount: Number(transaction.amount),
        currency: target.coin.symbol,
        network: target.chain.name,
        address: &target.address,
        status: transaction.status(),
        confirmations: transaction.confirmations,
        auto_convert: Processed { processed: false },
        auto_withdrawal: Processed { processed: false },
        date: transaction.seen_at.seconds(),
    }
}

impl Transaction {
    pub(super) const fn status(&self) -> &'static str {
        if self.is_confirmed() { "confirmed" } else { "confirming" }
    }
}
