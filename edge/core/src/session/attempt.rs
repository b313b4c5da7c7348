//! One attempt to pay by one method at one provider: how far its creation has come, and what its payment's news amount to.

use super::exchange::Effect;
use super::news::{Dispute, Heard, News, is_nought};
use crate::payment_uri::payment_uri;
use crate::provider::{PaymentStatus, ProviderError, Purchase, Snapshot};
use checkout_shared::money::{Amount, Money};
use checkout_shared::provider::ProviderId;
use checkout_shared::session::{AttemptStatus, AttemptView, Instructions, Transaction};
use checkout_shared::time::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// One attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// 1 for the first.
    pub number: u32,
    /// Where it was made.
    pub provider: ProviderId,
    /// What was asked for.
    pub purchase: Purchase,
    /// Confirmations at which a transaction counts, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required_confirmations: Option<u32>,
    /// How far its creation has come.
    pub stage: Stage,
    /// What has been heard of its payment.
    pub news: News,
    /// How it is watched.
    pub watch: Watch,
    /// How the taking of its authorised payment goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capturing: Option<Capturing>,
    /// The providers that were asked before in the same click and refused, the first one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tried: Vec<ProviderId>,
}

/// How the taking of an authorised payment goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capturing {
    /// When the provider was last asked to.
    pub asked_at: Timestamp,
    /// It said no: only the merchant may ask again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub refused: bool,
}

/// How far the creation of an attempt has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum Stage {
    /// The intent is written down; the provider is being asked.
    Creating,
    /// The answer was lost. It is looked up, never asked for again.
    Unknown {
        /// How often the provider has said that it is not there.
        lookups: u32,
    },
    /// The customer is shown how to pay.
    Payable {
        /// The provider's own reference.
        provider_reference: String,
        /// How to pay.
        instructions: Instructions,
    },
    /// It exists at the provider, but how to pay it was lost with the answer: nobody was shown it. Still watched.
    Untold {
        /// The provider's own reference.
        provider_reference: String,
    },
    /// Nothing payable came of it.
    Refused {
        /// Why, for the operator.
        reason: String,
    },
}

/// How an attempt is watched.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watch {
    /// When the provider was last asked (or told us).
    pub asked_at: Timestamp,
    /// How many times in a row asking has failed.
    pub failures: u32,
    /// Somebody has said that something has happened, and nothing has been heard since.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hinted: bool,
    /// The provider was asked, and no answer has come since.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unanswered: bool,
    /// How many answers in a row have brought nothing new.
    #[serde(default, skip_serializing_if = "is_nought")]
    pub quiet: u32,
    /// The provider tells us of changes, with proof, and has not been slower than our questions the last time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub notified: bool,
    /// Not before this, at the provider's wish.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
}

impl Attempt {
    /// The provider's own reference, once known.
    #[must_use]
    pub fn provider_reference(&self) -> Option<&str> {
        match &self.stage {
            Stage::Payable { provider_reference, .. } | Stage::Untold { provider_reference } => Some(provider_reference),
            Stage::Creating | Stage::Unknown { .. } | Stage::Refused { .. } => None,
        }
    }

    /// How to pay, once known.
    #[must_use]
    pub const fn instructions(&self) -> Option<&Instructions> {
        match &self.stage {
            Stage::Payable { instructions, .. } => Some(instructions),
            _ => None,
        }
    }

    /// What is to arrive: the amount in the coin where one was agreed on, the price where it is paid on a page.
    #[must_use]
    pub fn due(&self) -> &Money {
        match self.instructions() {
            Some(Instructions::Address(address)) => &address.amount,
            Some(Instructions::Page { .. }) | None => &self.purchase.price,
        }
    }

    /// It is known to ask for something else than the order, and no money has come by it: nobody may be shown it.
    fn asks_for_something_else(&self) -> bool {
        self.news.dispute.is_some_and(|dispute| dispute != Dispute::Shortfall) && !self.news.has_money()
    }

    /// Whether its payment is authorised and waits to be taken.
    #[must_use]
    pub fn is_capturable(&self) -> bool {
        self.news.status == PaymentStatus::Authorized && self.news.dispute.is_none() && self.provider_reference().is_some()
    }

    /// Until when it can be paid in time.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        self.instructions().map_or(self.purchase.started_at + self.purchase.lifetime, Instructions::expires_at)
    }

    /// Whether money came after its time was over: its own, or the order's where that ended sooner.
    #[must_use]
    pub fn is_late(&self, order_over_at: Timestamp) -> bool {
        self.news.is_late(self.expires_at().min(order_over_at))
    }

    /// How much too much has come for good.
    #[must_use]
    pub fn surplus(&self) -> Option<Money> {
        let due = self.due();
        let surplus = self.news.received_for_good(&due.currency).0.checked_sub(due.amount.0)?;
        (surplus > Decimal::ZERO).then(|| Money::new(surplus.normalize(), due.currency.clone()))
    }

    /// What has been seen so far, in the currency of what is due.
    #[must_use]
    pub fn received(&self) -> Option<Money> {
        let due = self.due();
        let received = self.news.received(&due.currency);
        (received > Amount::default()).then(|| Money { amount: received, currency: due.currency.clone() })
    }

    /// By how much what was received differs from what was due: positive is too much.
    #[must_use]
    pub fn difference(&self) -> Option<Money> {
        let (due, received) = (self.due(), self.received()?);
        let difference = received.amount.0.checked_sub(due.amount.0)?;
        Some(Money::new(difference.normalize(), due.currency.clone()))
    }

    /// Where it stands at `now`.
    #[must_use]
    pub fn status(&self, now: Timestamp) -> AttemptStatus {
        let before_creation = match self.stage {
            Stage::Creating => Some(AttemptStatus::Creating),
            Stage::Unknown { .. } => Some(AttemptStatus::Checking),
            Stage::Untold { .. } | Stage::Refused { .. } => Some(AttemptStatus::Failed),
            Stage::Payable { .. } => None,
        };
        match before_creation {
            Some(status) if !self.news.has_money() => status,
            _ => self.payment_status(now),
        }
    }

    fn payment_status(&self, now: Timestamp) -> AttemptStatus {
        let over = now >= self.expires_at();
        match self.news.status {
            PaymentStatus::Refunded => AttemptStatus::Refunded,
            PaymentStatus::Refunding => AttemptStatus::Refunding,
            PaymentStatus::Paid => AttemptStatus::Paid,
            _ if self.news.dispute.is_some() && self.news.has_money() => AttemptStatus::Review,
            _ if self.asks_for_something_else() => AttemptStatus::Failed,
            PaymentStatus::Authorized => AttemptStatus::Processing,
            // The rest is there already, and not final.
            PaymentStatus::Partial if self.short() == Some(false) => AttemptStatus::Processing,
            PaymentStatus::Partial => AttemptStatus::Underpaid,
            PaymentStatus::Pending | PaymentStatus::Processing if self.news.has_money() => match self.short() {
                Some(true) => AttemptStatus::Underpaid,
                _ => AttemptStatus::Processing,
            },
            PaymentStatus::Pending | PaymentStatus::Processing if over => AttemptStatus::Expired,
            PaymentStatus::Pending | PaymentStatus::Processing => AttemptStatus::AwaitingPayment,
            PaymentStatus::Underpaid => self.ended(AttemptStatus::Underpaid),
            PaymentStatus::Expired => self.ended(AttemptStatus::Expired),
            // Called off or failed with money there: nothing says what becomes of it.
            PaymentStatus::Cancelled | PaymentStatus::Failed if self.news.has_arrived() && self.short() != Some(true) => {
                AttemptStatus::Review
            }
            PaymentStatus::Cancelled => self.ended(AttemptStatus::Cancelled),
            PaymentStatus::Failed => self.ended(AttemptStatus::Failed),
        }
    }

    /// The provider calls it over. What money is there decides: some of it is underpaid, all of it is on its way to being paid late,
    /// and if it cannot be said how much it is of what was due, a person decides.
    fn ended(&self, without_money: AttemptStatus) -> AttemptStatus {
        if !self.news.has_arrived() {
            return without_money;
        }
        match self.short() {
            Some(true) => AttemptStatus::Underpaid,
            Some(false) => AttemptStatus::Processing,
            // Where no amount is known, the provider's own word is all there is.
            None if without_money == AttemptStatus::Underpaid || self.news.part_seen => AttemptStatus::Underpaid,
            None => AttemptStatus::Review,
        }
    }

    /// Whether less than what is due has been seen; `None` where that cannot be said.
    fn short(&self) -> Option<bool> {
        self.difference().map(|difference| difference.amount.0 < Decimal::ZERO)
    }

    /// What the customer may see of it.
    #[must_use]
    pub fn view(&self, now: Timestamp) -> AttemptView {
        let status = self.status(now);
        let shortfall = self.difference().filter(|difference| difference.amount.0 < Decimal::ZERO);
        let unsettled = matches!(status, AttemptStatus::AwaitingPayment | AttemptStatus::Processing | AttemptStatus::Underpaid);
        let due = shortfall.filter(|_| unsettled).map(|money| Money::new(-money.amount.0, money.currency));
        let mut transactions: Vec<Transaction> = self.news.transactions.iter().map(Heard::shown).collect();
        for transaction in &mut transactions {
            transaction.required_confirmations = self.required_confirmations;
        }
        AttemptView {
            number: self.number,
            method: self.purchase.method.clone(),
            status,
            instructions: self
                .instructions()
                .filter(|_| !self.asks_for_something_else())
                .map(|instructions| asking_for(instructions, due.as_ref())),
            received: self.received(),
            due,
            transactions,
            capturable: self.is_capturable(),
        }
    }
}

impl Attempt {
    pub(super) fn look_up(&mut self, now: Timestamp) -> Vec<Effect> {
        if !matches!(self.stage, Stage::Unknown { .. }) {
            return Vec::new();
        }
        self.watch.asked_at = now;
        vec![Effect::Find(self.number)]
    }

    pub(super) fn hide(&mut self, provider_reference: String, dispute: Dispute) {
        self.stage = Stage::Untold { provider_reference };
        self.news.dispute = Some(dispute);
    }

    /// Takes in news of this payment; news of another one is none, and `false`.
    pub(super) fn hear(&mut self, snapshot: &Snapshot, now: Timestamp) -> bool {
        if self.provider_reference().is_some_and(|ours| ours != snapshot.provider_reference) {
            return false;
        }
        let due = self.due().clone();
        let known = self.news.clone();
        self.news.absorb(snapshot, &self.purchase, &due);
        if self.news.has_money() {
            self.news.money_at = Some(self.news.money_at.map_or(now, |known| known.min(now)));
        }
        let quiet = if self.news == known { self.watch.quiet } else { 0 };
        self.watch = Watch { asked_at: now, quiet, notified: self.watch.notified, ..Watch::default() };
        true
    }
}

impl Watch {
    /// A question has failed: the next one waits longer.
    pub(super) fn fail(&mut self, error: &ProviderError, now: Timestamp) {
        // That it is asked too often says nothing about the provider; the wait is all there is to it.
        if let ProviderError::RateLimited { retry_after: Some(wait) } = error {
            self.not_before = Some(now + *wait);
            self.asked_at = Timestamp::default();
        } else {
            self.failures = self.failures.saturating_add(1);
            self.hinted &= self.failures < super::schedule::HINT_FAILURES;
        }
    }
}

/// The instructions with the QR code asking for what is still due: the whole amount, or the rest of it.
fn asking_for(instructions: &Instructions, due: Option<&Money>) -> Instructions {
    let mut instructions = instructions.clone();
    if let (Instructions::Address(address), Some(due)) = (&mut instructions, due) {
        address.payment_uri = payment_uri(&address.network, &address.address, address.memo.as_deref(), due);
    }
    instructions
}
