//! Payment History of the simulated `OxaPay`: its eleven filters, its sorting and its pages; and Payment Statistics, which takes some
//! of the same filters.
//!
//! Where the documents are silent: a page or size out of range is refused, a page behind the last is empty. What the statistics look
//! like is published nowhere; here they are counts by status and the worth in US dollars.

use super::coins;
use super::envelope::{Number, Refused, answered};
use super::fields::Fields;
use super::payment::{Kind, Payment, PaymentRecord, Status};
use bytes::Bytes;
use rust_decimal::Decimal;
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
struct History<'a> {
    list: Vec<PaymentRecord<'a>>,
    meta: Meta,
}

#[derive(Serialize)]
struct Statistics {
    total: usize,
    by_status: BTreeMap<&'static str, usize>,
    amount: Number,
    currency: &'static str,
}

/// Where a page is in its list.
#[derive(Serialize)]
pub(super) struct Meta {
    page: usize,
    last_page: usize,
    total: usize,
}

struct Query {
    track_id: Option<String>,
    kind: Option<Kind>,
    status: Option<Status>,
    pay_currency: Option<String>,
    currency: Option<String>,
    network: Option<String>,
    address: Option<String>,
    from_date: Option<u32>,
    to_date: Option<u32>,
    from_amount: Option<Decimal>,
    to_amount: Option<Decimal>,
    sort_by: SortBy,
    is_ascending: bool,
}

#[derive(Clone, Copy)]
enum SortBy {
    CreateDate,
    PayDate,
    Amount,
}

/// The answer to a query string.
pub(super) fn history(payments: &[Payment], query: &str) -> Result<http::Response<Bytes>, Refused> {
    let fields = Fields::from_query(query);
    let query = Query::read(&fields)?;
    let mut found: Vec<&Payment> = payments.iter().filter(|payment| query.takes(payment)).collect();
    found.sort_by(|one, other| query.compare(one, other));
    let (list, meta) = page_of(&fields, found)?;
    Ok(answered(History { list: list.into_iter().map(Payment::record).collect(), meta }))
}

/// The answer to a query string of the statistics.
pub(super) fn statistics(payments: &[Payment], query: &str) -> Result<http::Response<Bytes>, Refused> {
    let query = Query::read(&Fields::from_query(query))?;
    let mut statistics = Statistics { total: 0, by_status: BTreeMap::new(), amount: Number(Decimal::ZERO), currency: "USD" };
    for payment in payments.iter().filter(|payment| query.takes(payment)) {
        statistics.total += 1;
        *statistics.by_status.entry(payment.status.name()).or_default() += 1;
        statistics.amount.0 += payment.terms.amount * coins::price(&payment.terms.currency).unwrap_or_default();
    }
    Ok(answered(statistics))
}

/// The part of a list that `page` and `size` ask for.
pub(super) fn page_of<T>(fields: &Fields, list: Vec<T>) -> Result<(Vec<T>, Meta), Refused> {
    let page = fields.integer_within("page", 1, u32::MAX)?.unwrap_or(1) as usize;
    let size = fields.integer_within("size", 1, 200)?.unwrap_or(10) as usize;
    let total = list.len();
    let meta = Meta { page, last_page: total.div_ceil(size).max(1), total };
    Ok((list.into_iter().skip((page - 1).saturating_mul(size)).take(size).collect(), meta))
}

impl Query {
    fn read(fields: &Fields) -> Result<Self, Refused> {
        let sort_by = [("create_date", SortBy::CreateDate), ("pay_date", SortBy::PayDate), ("amount", SortBy::Amount)];
        let kinds = [("invoice", Some(Kind::Invoice)), ("white_label", Some(Kind::WhiteLabel)), ("static_address", None)];
        let statuses = Status::ALL.iter().map(|(status, name)| (*name, *status)).filter(|(name, _)| *name != "new");
        let kind = choice(fields, "type", kinds)?;
        Ok(Self {
            // Nothing is ever sent to a static address here, so asking for such payments finds nothing.
            track_id: if kind == Some(None) { Some(String::new()) } else { fields.track_id()? },
            kind: kind.flatten(),
            status: choice(fields, "status", statuses)?,
            pay_currency: fields.text("pay_currency")?,
            currency: fields.text("currency")?,
            network: fields.text("network")?,
            address: fields.text("address")?,
            from_date: fields.integer_within("from_date", 0, u32::MAX)?,
            to_date: fields.integer_within("to_date", 0, u32::MAX)?,
            from_amount: fields.decimal("from_amount")?,
            to_amount: fields.decimal("to_amount")?,
            sort_by: choice(fields, "sort_by", sort_by)?.unwrap_or(SortBy::CreateDate),
            is_ascending: choice(fields, "sort_type", [("asc", true), ("desc", false)])?.unwrap_or(false),
        })
    }

    fn takes(&self, payment: &Payment) -> bool {
        let terms = &payment.terms;
        let target = payment.target.as_ref();
        let date = payment.created_at.seconds();
        self.track_id.as_ref().is_none_or(|id| *id == payment.track_id)
            && self.kind.is_none_or(|kind| kind == terms.kind)
            && self.status.is_none_or(|status| status == payment.status)
            && self.currency.as_ref().is_none_or(|currency| currency.eq_ignore_ascii_case(&terms.currency))
            && self.pay_currency.as_ref().is_none_or(|coin| target.is_some_and(|target| coin.eq_ignore_ascii_case(target.coin.symbol)))
            && self.network.as_ref().is_none_or(|network| target.is_some_and(|target| target.chain.is_called(network)))
            && self.address.as_ref().is_none_or(|address| target.is_some_and(|target| target.address == *address))
            && self.from_date.is_none_or(|from| date >= i64::from(from))
            && self.to_date.is_none_or(|to| date <= i64::from(to))
            && self.from_amount.is_none_or(|from| terms.amount >= from)
            && self.to_amount.is_none_or(|to| terms.amount <= to)
    }

    fn compare(&self, one: &Payment, other: &Payment) -> std::cmp::Ordering {
        let paid_at = |payment: &Payment| payment.transactions.last().map(|transaction| transaction.seen_at);
        let order = match self.sort_by {
            SortBy::CreateDate => one.created_at.cmp(&other.created_at),
            SortBy::PayDate => paid_at(one).cmp(&paid_at(other)),
            SortBy::Amount => one.terms.amount.cmp(&other.terms.amount),
        };
        if self.is_ascending { order } else { order.reverse() }
    }
}

/// One of some words.
pub(super) fn choice<'a, T>(fields: &Fields, key: &str, known: impl IntoIterator<Item = (&'a str, T)>) -> Result<Option<T>, Refused> {
    let Some(word) = fields.text(key)? else { return Ok(None) };
    let found = known.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(&word));
    found.map(|(_, value)| Some(value)).ok_or_else(|| Refused::field(key, "is invalid"))
}
