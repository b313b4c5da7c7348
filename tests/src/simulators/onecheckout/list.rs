//! List Orders of the simulated Onecheckout: newest first, page by page from an anchor, with all documented filters. Their times are
//! in seconds, those in the answer in milliseconds, as in the vendor's samples.

use super::Config;
use super::fields::Fields;
use super::order::{Order, OrderRecord, Shape};
use super::wire::{Refused, answered};
use bytes::Bytes;
use checkout_shared::time::Timestamp;
use serde::Serialize;

/// The statuses that orders can be listed by.
const LISTED_BY: [&str; 4] = ["OPEN", "PAID", "CANCELLED", "REFUNDED"];

#[derive(Serialize)]
struct Page<'a> {
    anchor: &'a str,
    limit: usize,
    count: usize,
    next_anchor: &'a str,
    orders: Vec<OrderRecord<'a>>,
}

/// A span of seconds, both ends within it.
struct Span(Option<i64>, Option<i64>);

impl Span {
    fn read(fields: &mut Fields, name: &str) -> Self {
        Self(fields.integer(&format!("{name}_hour_from")), fields.integer(&format!("{name}_hour_to")))
    }

    /// What has no time is within a span without ends only.
    fn holds(&self, time: Option<Timestamp>) -> bool {
        let after = |from: i64| time.is_some_and(|time| time.seconds() >= from);
        let before = |to: i64| time.is_some_and(|time| time.seconds() <= to);
        self.0.is_none_or(after) && self.1.is_none_or(before)
    }
}

pub(super) fn list(orders: &[Order], config: &Config, body: &[u8]) -> Result<http::Response<Bytes>, Refused> {
    let mut fields = Fields::read(body)?;
    let anchor = fields.text("anchor").unwrap_or_default();
    let limit = fields.integer("limit").unwrap_or(20);
    if !(1..=1024).contains(&limit) {
        fields.problem("limit", "limit_invalid");
    }
    let status = fields.text("status").filter(|status| !status.is_empty());
    if status.as_ref().is_some_and(|status| !LISTED_BY.contains(&status.as_str())) {
        fields.problem("status", "status_invalid");
    }
    let [created, updated, paid] = ["created", "updated", "paid"].map(|name| Span::read(&mut fields, name));
    fields.check()?;
    let begin = if anchor.is_empty() {
        orders.len()
    } else {
        let at = orders.iter().position(|order| order.id == anchor);
        at.ok_or_else(|| Refused::coded(400, "id_invalid"))? + 1
    };
    let fits = |order: &&Order| {
        status.as_ref().is_none_or(|status| order.status.word() == status)
            && created.holds(Some(order.created))
            && updated.holds(Some(order.updated))
            && paid.holds(order.paid)
    };
    let limit = usize::try_from(limit).map_err(|_| Refused::field("limit", "limit_invalid"))?;
    let mut listed = orders[..begin].iter().rev().filter(fits);
    let page: Vec<OrderRecord<'_>> = listed.by_ref().take(limit).map(|order| order.record(Shape::Listed, config, "")).collect();
    let next_anchor = listed.next().map_or("", |order| order.id.as_str());
    let count = orders.iter().filter(fits).count();
    Ok(answered(&Page { anchor: &anchor, limit, count, next_anchor, orders: page }))
}
