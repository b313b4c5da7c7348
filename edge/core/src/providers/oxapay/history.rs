//! Payment History as it is asked for: every filter that the vendor documents, and which of them find a lost payment or list what the
//! merchant's server wants. How its pages are read is in `answers`.

use super::requests::{CLOCK_SKEW, PAGE_SIZE};
use crate::provider::{ProviderError, Purchase};
use crate::records::{Direction, ListQuery};
use checkout_shared::method::MethodId;
use checkout_shared::money::Amount;
use checkout_shared::time::{Millis, Timestamp};

/// What the vendor can be asked for by kind.
pub(super) const KINDS: &[&str] = &["invoice", "white_label", "static_address"];

/// What the vendor can be asked for by status: all of the Payment Status Table but `new`.
const STATUSES: &[&str] = &["waiting", "paying", "paid", "manual_accept", "underpaid", "refunding", "refunded", "expired"];

const SORTED_BY: &[&str] = &["create_date", "pay_date", "amount"];

/// Our filters that the vendor has too.
const TAKEN: &[&str] = &[
    "provider_reference",
    "kind",
    "status",
    "pay_currency",
    "currency",
    "network",
    "address",
    "created_from",
    "created_to",
    "amount_from",
    "amount_to",
    "sort_by",
    "direction",
    "cursor",
    "limit",
];

/// How many a page has where nothing is said.
const DEFAULT_PAGE_SIZE: u32 = 10;

/// A page of Payment History, narrowed down. Each filter is one line in [`HistoryQuery::pairs`].
#[derive(Clone, Debug, Default)]
pub(super) struct HistoryQuery {
    track_id: Option<String>,
    kind: Option<String>,
    status: Option<String>,
    pay_currency: Option<String>,
    currency: Option<String>,
    network: Option<String>,
    address: Option<String>,
    from_date: Option<Timestamp>,
    to_date: Option<Timestamp>,
    from_amount: Option<Amount>,
    to_amount: Option<Amount>,
    sort_by: Option<String>,
    sort_type: Option<Direction>,
    size: Option<u32>,
    page: Option<u32>,
}

impl HistoryQuery {
    /// Where a purchase must be whose payment was lost.
    pub(super) fn of_purchase(purchase: &Purchase, page: u32) -> Self {
        let kind = match purchase.method {
            MethodId::Coin { .. } => "white_label",
            MethodId::Page(_) => "invoice",
        };
        Self {
            kind: Some(kind.to_owned()),
            from_date: Some(purchase.started_at + Millis(-CLOCK_SKEW.0)),
            from_amount: Some(purchase.price.amount),
            to_amount: Some(purchase.price.amount),
            // Oldest first, so that payments made meanwhile do not shift the pages.
            sort_by: Some("create_date".to_owned()),
            sort_type: Some(Direction::Asc),
            size: Some(PAGE_SIZE),
            page: Some(page),
            ..Self::default()
        }
    }

    /// What the merchant's server asks for. The vendor does not say what it makes of values that are none, so they are not sent.
    pub(super) fn asked_for(query: &ListQuery) -> Result<Self, ProviderError> {
        query.only(TAKEN)?;
        let is_track_id = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if query.provider_reference.as_deref().is_some_and(|track_id| !is_track_id(track_id)) {
            return Err(ProviderError::refused("provider_reference", "must be a whole number"));
        }
        if query.limit.is_some_and(|limit| !(1..=PAGE_SIZE).contains(&limit)) {
            return Err(ProviderError::refused("limit", &format!("must be from 1 to {PAGE_SIZE}")));
        }
        let page = |cursor: &str| cursor.parse().ok().filter(|page| *page > 0);
        let page = match query.cursor.as_deref().map(page) {
            Some(None) => return Err(ProviderError::refused("cursor", "is not the `next` of a page")),
            Some(page) => page,
            None => None,
        };
        Ok(Self {
            track_id: filled("provider_reference", query.provider_reference.as_ref())?,
            kind: one_of("kind", query.kind.as_ref(), KINDS)?,
            status: one_of("status", query.status.as_ref(), STATUSES)?,
            pay_currency: filled("pay_currency", query.pay_currency.as_ref())?,
            currency: filled("currency", query.currency.as_ref())?,
            network: filled("network", query.network.as_ref())?,
            address: filled("address", query.address.as_ref())?,
            from_date: query.created_from,
            to_date: query.created_to,
            from_amount: query.amount_from,
            to_amount: query.amount_to,
            sort_by: one_of("sort_by", query.sort_by.as_ref(), SORTED_BY)?,
            sort_type: query.direction,
            size: query.limit,
            page,
        })
    }

    /// Which page it is.
    pub(super) fn page(&self) -> u32 {
        self.page.unwrap_or(1)
    }

    /// How many a page has at most.
    pub(super) fn size(&self) -> u32 {
        self.size.unwrap_or(DEFAULT_PAGE_SIZE)
    }

    /// The parameters of the call.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&'static str, String)> {
        let seconds = |time: Option<Timestamp>| time.map(|time| time.seconds().to_string());
        let digits = |amount: Option<Amount>| amount.map(|amount| amount.0.normalize().to_string());
        let filters = [
            ("track_id", self.track_id.clone()),
            ("type", self.kind.clone()),
            ("status", self.status.clone()),
            ("pay_currency", self.pay_currency.clone()),
            ("currency", self.currency.clone()),
            ("network", self.network.clone()),
            ("address", self.address.clone()),
            ("from_date", seconds(self.from_date)),
            ("to_date", seconds(self.to_date)),
            ("from_amount", digits(self.from_amount)),
            ("to_amount", digits(self.to_amount)),
            ("sort_by", self.sort_by.clone()),
            ("sort_type", self.sort_type.map(|direction| direction.as_str().to_owned())),
            ("size", self.size.map(|size| size.to_string())),
            ("page", self.page.map(|page| page.to_string())),
        ];
        filters.into_iter().filter_map(|(name, value)| Some((name, value?)))
    }
}

fn filled(name: &str, stated: Option<&String>) -> Result<Option<String>, ProviderError> {
    match stated {
        Some(text) if text.trim().is_empty() => Err(ProviderError::refused(name, "is empty")),
        stated => Ok(stated.cloned()),
    }
}

fn one_of(name: &str, stated: Option<&String>, words: &[&str]) -> Result<Option<String>, ProviderError> {
    match stated {
        Some(word) if !words.contains(&word.as_str()) => {
            Err(ProviderError::refused(name, &format!("must be one of: {}", words.join(", "))))
        }
        stated => Ok(stated.cloned()),
    }
}
