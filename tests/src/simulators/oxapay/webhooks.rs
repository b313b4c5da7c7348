//! Webhooks of the simulated `OxaPay`: signed over the raw body, tried five times, done with at HTTP 200 and the body `ok`.
//!
//! Source: Webhook in the vendor's documentation; the fields as captured deliveries show them. HMAC is written out here (RFC 2104)
//! rather than taken from the crate the adapter uses, so that a mistake in using it cannot agree with itself.

use super::coins;
use super::envelope::Number;
use super::payment::{Kind, Payment, Target, Transaction};
use bytes::Bytes;
use checkout_shared::time::Millis;
use data_encoding::HEXLOWER;
use http::header::{CONTENT_TYPE, HeaderValue};
use rust_decimal::Decimal;
use serde::Serialize;
use sha2::{Digest, Sha512};

/// How long it waits after each failed attempt; after the fifth it gives up.
pub(super) const RETRY_WAITS: [Millis; 4] = [Millis::minutes(1), Millis::minutes(3), Millis::minutes(30), Millis::hours(3)];

/// Whether a notification was answered as it has to be.
pub(super) fn is_acknowledgement(answer: &http::Response<Bytes>) -> bool {
    answer.status() == http::StatusCode::OK && answer.body().trim_ascii().eq_ignore_ascii_case(b"ok")
}

/// The notification of a payment's state, signed. `None` if the merchant left no address for it.
pub(super) fn notification(payment: &Payment, status: &'static str, key: &str) -> Option<http::Request<Bytes>> {
    let target = payment.target.as_ref()?;
    let body = Bytes::from(serde_json::to_vec(&body(payment, target, status)).ok()?);
    let mut request = http::Request::post(&payment.terms.callback_url).body(body).ok()?;
    let signature = HeaderValue::from_str(&signature(key, request.body())).ok()?;
    request.headers_mut().insert("hmac", signature);
    request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Some(request)
}

/// Lower-case hex of HMAC-SHA512 over the body.
#[must_use]
pub fn signature(key: &str, body: &[u8]) -> String {
    const BLOCK: usize = 128;
    let mut block = [0_u8; BLOCK];
    let hashed;
    let key = if key.len() > BLOCK {
        hashed = Sha512::digest(key.as_bytes());
        &hashed[..]
    } else {
        key.as_bytes()
    };
    block[..key.len()].copy_from_slice(key);
    let inner = Sha512::new().chain_update(block.map(|byte| byte ^ 0x36)).chain_update(body).finalize();
    let outer = Sha512::new().chain_update(block.map(|byte| byte ^ 0x5c)).chain_update(inner).finalize();
    HEXLOWER.encode(&outer)
}

#[derive(Serialize)]
struct Body<'a> {
    track_id: &'a str,
    status: &'static str,
    r#type: Kind,
    module_name: &'static str,
    amount: Number,
    value: Number,
    sent_value: Number,
    currency: &'a str,
    order_id: &'a str,
    email: &'a str,
    note: Option<&'a str>,
    fee_paid_by_payer: Number,
    under_paid_coverage: Number,
    description: &'a str,
    date: i64,
    txs: Vec<BodyTransaction<'a>>,
}

#[derive(Serialize)]
struct BodyTransaction<'a> {
    status: &'static str,
    tx_hash: &'a str,
    sent_amount: Number,
    sent_value: Number,
    received_amount: Number,
    value: Number,
    currency: &'static str,
    network: &'static str,
    sender_address: Option<&'a str>,
    address: &'a str,
    memo: Option<&'a str>,
    rate: Number,
    confirmations: u32,
    auto_convert_amount: Number,
    auto_convert_currency: &'static str,
    date: i64,
}

fn body<'a>(payment: &'a Payment, target: &'a Target, status: &'static str) -> Body<'a> {
    let terms = &payment.terms;
    let rate = coins::price(target.coin.symbol).unwrap_or_default();
    Body {
        track_id: &payment.track_id,
        status,
        r#type: terms.kind,
        module_name: "",
        amount: Number(terms.amount),
        value: Number((terms.amount * coins::price(&terms.currency).unwrap_or_default()).round_dp(8)),
        sent_value: Number((payment.received() * rate).round_dp(8)),
        currency: &terms.currency,
        order_id: &terms.order_id,
        email: &terms.email,
        note: None,
        fee_paid_by_payer: Number(terms.fee_paid_by_payer),
        under_paid_coverage: Number(terms.under_paid_coverage),
        description: &terms.description,
        date: payment.created_at.seconds(),
        txs: payment.transactions.iter().map(|transaction| body_transaction(transaction, target, rate)).collect(),
    }
}

fn body_transaction<'a>(transaction: &'a Transaction, target: &'a Target, rate: Decimal) -> BodyTransaction<'a> {
    let value = Number((transaction.amount * rate).round_dp(8));
    // The vendor keeps four thousandths; what was sent and what is received are therefore not the same.
    let received = target.coin.cut(transaction.amount * Decimal::new(996, 3));
    BodyTransaction {
        status: transaction.status(),
        tx_hash: &transaction.hash,
        sent_amount: Number(transaction.amount),
        sent_value: value,
        received_amount: Number(received),
        value,
        currency: target.coin.symbol,
        network: target.chain.name,
        sender_address: None,
        address: &target.address,
        memo: target.memo.as_deref(),
        rate: Number(rate),
        confirmations: transaction.confirmations,
        auto_convert_amount: Number(Decimal::ZERO),
        auto_convert_currency: "",
        date: transaction.seen_at.seconds(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231, test cases 1 and 2, and a key longer than a block (as `openssl dgst -sha512 -hmac` has it).
    #[test]
    fn the_written_out_hmac_is_hmac_sha512() {
        let starts = |key: &str, body: &str, expected: &str| {
            let signature = signature(key, body.as_bytes());
            assert!(signature.len() == 128 && signature.starts_with(expected), "{signature}");
        };
        starts(&"\u{b}".repeat(20), "Hi There", "87aa7cdea5ef619d");
        starts("Jefe", "what do ya want for nothing?", "164b7a7bfcf819e2");
        starts(&"k".repeat(200), "x", "3bea04514dec7eac");
    }
}
