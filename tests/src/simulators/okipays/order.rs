//! One order of the simulated `OkiPays`: how money and time move it through the documented statuses.
//!
//! Money that is seen is "In Process" until it has settled; then the sum of what has settled decides. The document does not say what
//! becomes of money that comes after the end: here it counts, as it does in time. Nor does it say that an order can fail while it
//! waits, or what follows; here it can, so that the status is seen, and its page stays as it was until its time is over.

use super::lists::{self, OnNetwork};
use crate::simulators::seeded::Seeded;
use crate::simulators::{Action, Impossible, PaymentSummary};
use checkout_shared::money::Amount;
use checkout_shared::time::Timestamp;
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Value, json};
use url::Url;

/// The documented statuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Created,
    Partially,
    Completed,
    Cancelled,
    PayFailed,
    InProcess,
    Expired,
    Paid,
    Overpayment,
}

impl Status {
    /// The documented word and number. (5 "Error" and 9 "Deleted" come from nothing that happens here.)
    pub(super) const fn told(self) -> (&'static str, u8) {
        match self {
            Self::Created => ("Created", 0),
            Self::Partially => ("Partially", 1),
            Self::Completed => ("Completed", 2),
            Self::Cancelled => ("Cancelled", 3),
            Self::PayFailed => ("Pay Failed", 4),
            Self::InProcess => ("In Process", 6),
            Self::Expired => ("Expired", 7),
            Self::Paid => ("Paid", 8),
            Self::Overpayment => ("Overpayment", 10),
        }
    }

    /// Those that third parties report callbacks for. The others are to be asked for.
    pub(super) const fn is_notified(self) -> bool {
        matches!(self, Self::Paid | Self::Cancelled | Self::Partially | Self::Overpayment | Self::Expired)
    }
}

/// What a merchant asked for.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    pub(super) currency: &'static lists::Currency,
    pub(super) price: Decimal,
    pub(super) include_commission: bool,
    pub(super) description: String,
    pub(super) targets: Vec<OnNetwork>,
    pub(super) redirect_url: String,
    pub(super) expires_at: Timestamp,
}

/// One order.
#[derive(Clone, Debug)]
pub(super) struct Order {
    pub(super) id: String,
    pub(super) number: u64,
    pub(super) terms: Terms,
    pub(super) link: String,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
    pub(super) done_at: Option<Timestamp>,
    pub(super) status: Status,
    /// What has settled, in the price's currency.
    pub(super) total: Decimal,
    /// What the customer pays in, and where to; chosen on the page unless there is only one.
    pub(super) chosen: Option<(OnNetwork, String)>,
    /// What is in process, and when it will have settled.
    coming: Option<(Decimal, Timestamp)>,
}

impl Order {
    pub(super) fn new(id: String, number: u64, terms: Terms, link: String, now: Timestamp) -> Self {
        Self {
            id,
            number,
            terms,
            link,
            created_at: now,
            updated_at: now,
            done_at: None,
            status: Status::Created,
            total: Decimal::ZERO,
            chosen: None,
            coming: None,
        }
    }

    /// Moves on to a later time, one status at most. True if it did.
    pub(super) fn advance(&mut self, now: Timestamp) -> bool {
        match self.coming {
            Some((amount, settles_at)) if settles_at <= now => {
                self.coming = None;
                self.total += amount;
                self.stand(self.settled(), now);
                true
            }
            None if self.is_payable() && self.terms.expires_at <= now => {
                self.stand(Status::Expired, now);
                true
            }
            _ => false,
        }
    }

    /// Its time ends now.
    pub(super) fn end(&mut self, now: Timestamp) -> Result<(), Impossible> {
        possible(self.is_payable() || self.status == Status::Expired)?;
        self.terms.expires_at = self.terms.expires_at.min(now);
        Ok(())
    }

    /// Something happens to it.
    pub(super) fn happen(&mut self, action: Action, settles_at: Timestamp, now: Timestamp, seeded: &mut Seeded) -> Result<(), Impossible> {
        let (price, missing) = (self.terms.price, self.missing());
        match (action, self.status) {
            (Action::Late, Status::Expired) => self.receive(missing, settles_at, now, seeded),
            (Action::Expire, _) => self.end(now)?,
            (Action::Fail, Status::Created | Status::InProcess) => {
                self.coming = None;
                self.stand(Status::PayFailed, now);
            }
            (on_page, _) if !self.page_actions().contains(&on_page) => return Err(Impossible::NotNow),
            (Action::Exact, _) => self.receive(price, settles_at, now, seeded),
            (Action::Half, _) => self.receive(self.cut(price / Decimal::TWO), settles_at, now, seeded),
            (Action::Over, _) => self.receive(self.cut(price * Decimal::new(125, 2)), settles_at, now, seeded),
            (Action::Rest, _) => self.receive(missing, settles_at, now, seeded),
            (Action::Cancel, _) => self.stand(Status::Cancelled, now),
            // Nobody authorises, accepts or refunds here; and what is over is over.
            _ => return Err(Impossible::NotNow),
        }
        Ok(())
    }

    /// What a customer can do on its page.
    pub(super) fn page_actions(&self) -> &'static [Action] {
        match (self.is_payable(), self.total > Decimal::ZERO) {
            (true, false) => &[Action::Exact, Action::Half, Action::Over, Action::Cancel],
            (true, true) => &[Action::Rest],
            (false, _) => &[],
        }
    }

    /// Whether its page takes money.
    const fn is_payable(&self) -> bool {
        matches!(self.status, Status::Created | Status::Partially | Status::PayFailed)
    }

    /// The merchant's answer to a callback ends it, unless it has ended so before.
    pub(super) fn conclude(&mut self, status: Status, now: Timestamp) {
        if !matches!(self.status, Status::Completed | Status::Cancelled) {
            self.coming = None;
            self.done_at = Some(now);
            self.stand(status, now);
        }
    }

    /// What is missing, in the price's currency.
    pub(super) fn missing(&self) -> Decimal {
        (self.terms.price - self.total).max(Decimal::ZERO)
    }

    /// As order/create and order/get answer it.
    pub(super) fn record(&self) -> Value {
        let terms = &self.terms;
        let (status, status_id) = self.status.told();
        let currencies: Value = terms.targets.iter().map(|target| json!({"iso": target.coin.iso3, "network": target.network})).collect();
        json!({
            "id": self.id,
            "order_id": self.number,
            "status": status,
            "status_id": status_id,
            "price": terms.price.normalize().to_string(),
            "payment_currency_iso": terms.currency.iso3,
            "include_commission": u8::from(terms.include_commission),
            "description": terms.description,
            "link": self.link,
            "currencies": currencies,
        })
    }

    /// As it is told beside the vendor's own API. Nothing of the merchant's but its number is in an order, except for the session in
    /// the address that customers are led back to: `…/checkout/{id}.{token}`.
    pub(super) fn summary(&self) -> PaymentSummary {
        let terms = &self.terms;
        let target = self.target();
        let in_what_is_paid = |amount| Amount(target.map_or(amount, |target| target.in_coin(amount, terms.currency)));
        let session = Url::parse(&terms.redirect_url).ok().and_then(|url| {
            let last = url.path_segments()?.next_back()?;
            Some(last.split_once('.')?.0.to_owned())
        });
        PaymentSummary {
            reference: self.number.to_string(),
            merchant_reference: session.unwrap_or_default(),
            kind: "order".to_owned(),
            status: self.status.told().0.to_owned(),
            amount: Amount(terms.price),
            currency: terms.currency.iso3.to_owned(),
            pay_currency: target.map_or("", |target| target.coin.iso3).to_owned(),
            network: target.map_or("", |target| target.name).to_owned(),
            address: self.chosen.as_ref().map(|(_, address)| address.clone()).unwrap_or_default(),
            pay_amount: in_what_is_paid(terms.price),
            received: in_what_is_paid(self.total + self.coming.map_or(Decimal::ZERO, |(amount, _)| amount)),
            due: in_what_is_paid(self.missing() - self.coming.map_or(Decimal::ZERO, |(amount, _)| amount).min(self.missing())),
            created_at: self.created_at,
            expires_at: terms.expires_at,
            success_url: terms.redirect_url.clone(),
            cancel_url: terms.redirect_url.clone(),
        }
    }

    /// What it is paid in, once that is clear.
    fn target(&self) -> Option<OnNetwork> {
        let only = self.terms.targets.first().copied().filter(|_| self.terms.targets.len() == 1);
        self.chosen.as_ref().map(|(target, _)| *target).or(only)
    }

    fn settled(&self) -> Status {
        match self.total.cmp(&self.terms.price) {
            std::cmp::Ordering::Less => Status::Partially,
            std::cmp::Ordering::Equal => Status::Paid,
            std::cmp::Ordering::Greater => Status::Overpayment,
        }
    }

    /// On the page the customer chooses the coin; here it is the first of those allowed.
    fn receive(&mut self, amount: Decimal, settles_at: Timestamp, now: Timestamp, seeded: &mut Seeded) {
        if self.chosen.is_none() {
            let address = seeded.text("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", 34);
            self.chosen = self.terms.targets.first().map(|target| (*target, address));
        }
        self.coming = Some((amount, settles_at));
        self.stand(Status::InProcess, now);
    }

    fn stand(&mut self, status: Status, now: Timestamp) {
        if matches!(status, Status::Paid | Status::Overpayment) {
            self.done_at = Some(now);
        }
        self.status = status;
        self.updated_at = now;
    }

    fn cut(&self, amount: Decimal) -> Decimal {
        amount.round_dp_with_strategy(self.terms.currency.decimals, RoundingStrategy::ToZero)
    }
}

fn possible(can: bool) -> Result<(), Impossible> {
    if can { Ok(()) } else { Err(Impossible::NotNow) }
}
