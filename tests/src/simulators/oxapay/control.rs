//! How payments of the simulated `OxaPay` go: what customers, the merchant at the dashboard and time do to them, and how they are told
//! beside the vendor's own API.

use super::OxaPay;
use super::coins;
use super::payment::{Kind, Payment, Status, Transaction};
use crate::simulators::{Action, Impossible, PaymentSummary, Vendor as _};
use checkout_shared::money::Amount;
use checkout_shared::time::Timestamp;
use rust_decimal::Decimal;

impl OxaPay {
    /// Lets something happen to a payment.
    pub(super) fn happen(&mut self, track_id: &str, action: Action, now: Timestamp) -> Result<(), Impossible> {
        let at = self.payments.iter().position(|payment| payment.track_id == track_id).ok_or(Impossible::NoSuchPayment)?;
        match action {
            Action::Exact => self.pay(at, now, |whole, _| whole),
            Action::Half => self.pay(at, now, |whole, _| whole / Decimal::TWO),
            Action::Rest => self.pay(at, now, |_, missing| missing),
            Action::Over => self.pay(at, now, |whole, _| whole * Decimal::new(125, 2)),
            Action::Expire => {
                self.payments[at].end(now);
                Ok(())
            }
            Action::Late => {
                self.payments[at].end(now);
                self.advance(now);
                self.pay(at, now, |whole, _| whole)
            }
            Action::Accept => possible(self.payments[at].accept()),
            Action::Refund => possible(self.payments[at].refund(now)),
            // Money on a blockchain is not authorised first, and nobody can call off or decline what nobody has sent.
            Action::Authorize | Action::Cancel | Action::Fail => Err(Impossible::NotNow),
        }
    }

    /// Money arrives, told by the whole amount and what is missing of it.
    fn pay(&mut self, at: usize, now: Timestamp, how_much: impl Fn(Decimal, Decimal) -> Decimal) -> Result<(), Impossible> {
        self.choose_coin(at)?;
        let payment = &mut self.payments[at];
        let missing = payment.missing();
        let Some(target) = &payment.target else { return Err(Impossible::NotNow) };
        let amount = target.coin.cut(how_much(target.pay_amount, missing));
        possible(amount > Decimal::ZERO)?;
        // Sandbox payments are confirmed at once and have no real hash.
        let (hash, required, confirmations) = if payment.terms.sandbox {
            ("sandbox".to_owned(), 10, 10)
        } else {
            (target.chain.new_hash(&mut self.seeded), target.chain.required_confirmations, 0)
        };
        let is_first = payment.receive(Transaction { hash, amount, seen_at: now, confirmations, required });
        if is_first {
            self.notify(at, "Paying");
        }
        Ok(())
    }

    /// On the hosted page the customer chooses the coin; here it is Tether on Tron.
    fn choose_coin(&mut self, at: usize) -> Result<(), Impossible> {
        if self.payments[at].target.is_none() {
            let terms = self.payments[at].terms.clone();
            let coin = coins::coin("USDT").ok_or(Impossible::NotNow)?;
            self.payments[at].target = Some(self.target(coin, None, &terms).map_err(|_| Impossible::NotNow)?);
        }
        Ok(())
    }
}

fn possible(can: bool) -> Result<(), Impossible> {
    if can { Ok(()) } else { Err(Impossible::NotNow) }
}

/// What a customer can do on the page of an invoice.
pub(super) fn page_actions(payment: &Payment) -> Vec<Action> {
    match (payment.terms.kind, payment.status) {
        (Kind::Invoice, Status::New | Status::Waiting) => vec![Action::Exact, Action::Half, Action::Over],
        (Kind::Invoice, Status::Paying) if !payment.missing().is_zero() => vec![Action::Rest],
        (Kind::Invoice | Kind::WhiteLabel, _) => Vec::new(),
    }
}

/// A payment, told beside the vendor's own API.
pub(super) fn summary(payment: &Payment) -> PaymentSummary {
    let target = payment.target.as_ref();
    let kind = match payment.terms.kind {
        Kind::Invoice => "invoice",
        Kind::WhiteLabel => "white_label",
    };
    PaymentSummary {
        reference: payment.track_id.clone(),
        merchant_reference: payment.terms.order_id.clone(),
        kind: kind.to_owned(),
        status: payment.status.name().to_owned(),
        amount: Amount(payment.terms.amount),
        currency: payment.terms.currency.clone(),
        pay_currency: target.map_or("", |target| target.coin.symbol).to_owned(),
        network: target.map_or("", |target| target.chain.name).to_owned(),
        address: target.map(|target| target.address.clone()).unwrap_or_default(),
        pay_amount: Amount(target.map_or(Decimal::ZERO, |target| target.pay_amount)),
        received: Amount(payment.received()),
        due: Amount(payment.missing()),
        created_at: payment.created_at,
        expires_at: payment.expires_at,
        success_url: payment.terms.return_url.clone(),
        cancel_url: String::new(),
    }
}
