//! Payment History of the simulated `OxaPay`: its eleven filters, its sorting and its pages.
//!
//! Where the documents are silent: a page or size out of range is refused, a page behind the last is empty.

use super::envelope::{Refused, answered};
use super::fields::Fields;
use super::payment::{Kind, Payment, PaymentRecord, Status};
use bytes::Bytes;
use rust_decimal::Decimal;
use serde::Serialize;

#[derive(Serialize)]
struct History<'a> {
    list: Vec<PaymentRecord<'a>>,
    meta: Meta,
}

#[derive(Serialize)]
struct Meta {
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
    page: usize,
    size: usize,
}

#[derive(Clone, Copy)]
enum SortBy {
    CreateDate,
    PayDate,
    Amount,
}

/// The answer to a query string.
pub(super) fn history(payments: &[Payment], query: &str) -> Result<http::Response<Bytes>, Refused> {
    let query = Query::read(query)?;
    let mut found: Vec<&Payment> = payments.iter().filter(|payment| query.takes(payment)).collect();
    found.sort_by(|one, other| query.compare(one, other));
    let total = found.len();
    let last_page = total.div_ceil(query.size).max(1);
    let list = found.iter().skip((query.page - 1) * query.size).take(query.size).map(|payment| payment.record()).collect();
    Ok(answered(History { list, meta: Meta { page: query.page, last_page, total } }))
}

impl Query {
    fn read(query: &str) -> Result<Self, Refused> {
        let fields = Fields::from_query(query);
        if fields.text("track_id")?.is_some_and(|id| !id.bytes().all(|byte| byte.is_ascii_digit())) {
            return Err(Refused::field("track_id", "must be an integer"));
        }
        let sort_by = [("create_date", SortBy::CreateDate), ("pay_date", SortBy::PayDate), ("amount", SortBy::Amount)];
        let kinds = [("invoice", Some(Kind::Invoice)), ("white_label", Some(Kind::WhiteLabel)), ("static_address", None)];
        let statuses = Status::ALL.iter().map(|(status, name)| (*name, *status)).filter(|(name, _)| *name != "new");
        let kind = choice(&fields, "type", kinds)?;
        let size = |key, most| fields.integer_within(key, 1, most);
        Ok(Self {
            // Nobody makes static addresses here, so asking for them finds nothing.
            track_id: if kind == Some(None) { Some(String::new()) } else { fields.text("track_id")? },
            kind: kind.flatten(),
            status: choice(&fields, "status", statuses)?,
            pay_currency: fields.text("pay_currency")?,
            currency: fields.text("currency")?,
            network: fields.text("network")?,
            address: fields.text("address")?,
            from_date: fields.integer_within("from_date", 0, u32::MAX)?,
            to_date: fields.integer_within("to_date", 0, u32::MAX)?,
            from_amount: fields.decimal("from_amount")?,
            to_amount: fields.decimal("to_amount")?,
            sort_by: choice(&fields, "sort_by", sort_by)?.unwrap_or(SortBy::CreateDate),
            is_ascending: choice(&fields, "sort_type", [("asc", true), ("desc", false)])?.unwrap_or(false),
            page: size("page", u32::MAX)?.unwrap_or(1) as usize,
            size: size("size", 200)?.unwrap_or(10) as usize,
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

fn choice<'a, T>(fields: &Fields, key: &str, known: impl IntoIterator<Item = (&'a str, T)>) -> Result<Option<T>, Refused> {
    let Some(word) = fields.text(key)? else { return Ok(None) };
    let found = known.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(&word));
    found.map(|(_, value)| Some(value)).ok_or_else(|| Refused::field(key, "is invalid"))
}
