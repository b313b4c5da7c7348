//! Generate Invoice and Generate White Label of the simulated `OxaPay`: what is checked, what is made, what is answered.

use super::OxaPay;
use super::coins::{self, Coin};
use super::envelope::{Number, Refused, answered};
use super::fields::Fields;
use super::payment::{Kind, Payment, Target, Terms};
use bytes::Bytes;
use checkout_shared::time::Timestamp;
use rust_decimal::Decimal;
use serde::Serialize;

#[derive(Serialize)]
struct CreatedInvoice<'a> {
    track_id: &'a str,
    payment_url: &'a str,
    expired_at: i64,
    date: i64,
}

#[derive(Serialize)]
struct CreatedWhiteLabel<'a> {
    track_id: &'a str,
    amount: Number,
    currency: &'a str,
    pay_amount: Number,
    pay_currency: &'static str,
    network: &'static str,
    address: &'a str,
    memo: &'a str,
    callback_url: &'a str,
    description: &'a str,
    email: &'a str,
    fee_paid_by_payer: Number,
    lifetime: u32,
    order_id: &'a str,
    under_paid_coverage: Number,
    rate: Number,
    qr_code: &'a str,
    expired_at: i64,
    date: i64,
}

impl OxaPay {
    pub(super) fn create_invoice(&mut self, body: &[u8], now: Timestamp) -> Result<http::Response<Bytes>, Refused> {
        let terms = self.terms(Kind::Invoice, &Fields::read(body)?)?;
        let track_id = self.new_track_id();
        let page = format!("{}/{track_id}", self.config.payment_page);
        let payment = Payment::new(track_id, terms, None, now);
        let (expired_at, date) = (payment.expires_at.seconds(), now.seconds());
        let response = answered(CreatedInvoice { track_id: &payment.track_id, payment_url: &page, expired_at, date });
        self.payments.push(payment);
        Ok(response)
    }

    pub(super) fn create_white_label(&mut self, body: &[u8], now: Timestamp) -> Result<http::Response<Bytes>, Refused> {
        let fields = Fields::read(body)?;
        let terms = self.terms(Kind::WhiteLabel, &fields)?;
        let symbol = fields.text("pay_currency")?.ok_or_else(|| Refused::field("pay_currency", "field is required"))?;
        let coin = coins::coin(&symbol).filter(|coin| self.config.accepts(coin.symbol));
        let coin = coin.ok_or_else(|| Refused::field("pay_currency", "is not supported"))?;
        let network = fields.text("network")?;
        let target = self.target(coin, network.as_deref(), &terms)?;
        let payment = Payment::new(self.new_track_id(), terms, Some(target), now);
        let response = payment.target.as_ref().map(|target| created_white_label(&payment, target));
        self.payments.push(payment);
        response.ok_or_else(Refused::broken)
    }

    /// Where and how much to pay in a coin.
    pub(super) fn target(&mut self, coin: &'static Coin, network: Option<&str>, terms: &Terms) -> Result<Target, Refused> {
        let chain = coin.chain(network).ok_or_else(|| Refused::field("network", "is not supported for this currency"))?;
        let pay_amount = coin.amount_for(terms.amount, &terms.currency).ok_or_else(|| Refused::field("amount", "is out of range"))?;
        if pay_amount < coin.deposit_min() {
            return Err(Refused::field("amount", "is less than the minimum of this currency"));
        }
        let address = if terms.sandbox { "sandbox".to_owned() } else { chain.new_address(&mut self.seeded) };
        let memo = chain.new_memo(&mut self.seeded);
        Ok(Target { coin, chain, address, memo, pay_amount })
    }

    fn terms(&self, kind: Kind, fields: &Fields) -> Result<Terms, Refused> {
        let amount = fields.decimal("amount")?.ok_or_else(|| Refused::field("amount", "field is required"))?;
        if amount <= Decimal::ZERO {
            return Err(Refused::field("amount", "must be greater than 0"));
        }
        let currency = fields.text("currency")?.unwrap_or_else(|| "USD".to_owned()).to_ascii_uppercase();
        coins::price(&currency).ok_or_else(|| Refused::field("currency", "is not supported"))?;
        if fields.text("to_currency")?.is_some_and(|to| !to.eq_ignore_ascii_case("USDT")) {
            return Err(Refused::field("to_currency", "must be USDT"));
        }
        fields.flag("auto_withdrawal")?;
        Ok(Terms {
            kind,
            amount,
            currency,
            lifetime: fields.integer_within("lifetime", 15, 2880)?.unwrap_or(60),
            fee_paid_by_payer: fields.within("fee_paid_by_payer", 0, 1)?.unwrap_or_default(),
            under_paid_coverage: fields.within("under_paid_coverage", 0, 60)?.unwrap_or(self.config.under_paid_coverage),
            mixed_payment: fields.flag("mixed_payment")?.unwrap_or(false),
            sandbox: kind == Kind::Invoice && fields.flag("sandbox")?.unwrap_or(false),
            callback_url: fields.url("callback_url")?,
            return_url: fields.url("return_url")?,
            email: fields.email("email")?,
            order_id: fields.text("order_id")?.unwrap_or_default(),
            description: fields.text("description")?.unwrap_or_default(),
            thanks_message: fields.text("thanks_message")?.unwrap_or_default(),
        })
    }

    /// Nine digits that no other payment and no static address has.
    pub(super) fn new_track_id(&mut self) -> String {
        loop {
            let track_id = (100_000_000 + self.seeded.below(900_000_000)).to_string();
            let is_taken = self.payment(&track_id).is_some() || self.static_addresses.iter().any(|known| known.track_id == track_id);
            if !is_taken {
                return track_id;
            }
        }
    }
}

fn created_white_label(payment: &Payment, target: &Target) -> http::Response<Bytes> {
    let terms = &payment.terms;
    answered(CreatedWhiteLabel {
        track_id: &payment.track_id,
        amount: Number(terms.amount),
        currency: &terms.currency,
        pay_amount: Number(target.pay_amount),
        pay_currency: target.coin.symbol,
        network: target.chain.name,
        address: &target.address,
        memo: target.memo.as_deref().unwrap_or_default(),
        callback_url: &terms.callback_url,
        description: &terms.description,
        email: &terms.email,
        fee_paid_by_payer: Number(terms.fee_paid_by_payer),
        lifetime: terms.lifetime,
        order_id: &terms.order_id,
        under_paid_coverage: Number(terms.under_paid_coverage),
        rate: Number(coins::price(target.coin.symbol).unwrap_or_default()),
        qr_code: "",
        expired_at: payment.expires_at.seconds(),
        date: payment.created_at.seconds(),
    })
}
