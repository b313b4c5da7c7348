//! What is sent to `OceanEx` Pay, to the letter: forms, with amounts written from the decimal's own text. Nothing here reads answers.

use super::OceanEx;
use crate::provider::{ProviderError, Purchase};
use crate::providers::endpoint::{get, post, unsendable, with_key};
use crate::providers::parameters::Checked;
use crate::records::{Direction, ListQuery};
use bytes::Bytes;
use serde::Serialize;
use url::Url;
use url::form_urlencoded::Serializer;

/// The vendor states amounts with this many decimals; what it would do with more is not known.
pub(super) const MOST_DECIMALS: u32 = 8;

/// How many a page has where nothing is said. Asked for by number when searching, so that a short page is known to be the last.
pub(super) const PAGE_SIZE: u32 = 20;

/// The most that a page is asked to have. The vendor states no bound; one that it has all the same must not cut a page short unseen.
const LONGEST_PAGE: u32 = 100;

/// Which page of a list, and which way.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Paging {
    direction: Option<Direction>,
    limit: Option<u32>,
    page: Option<u32>,
}

impl Paging {
    pub(super) const fn newest_first(page: u32) -> Self {
        Self { direction: Some(Direction::Desc), limit: Some(PAGE_SIZE), page: Some(page) }
    }

    /// As the merchant's server asks for payments.
    pub(super) fn asked_for(query: &ListQuery) -> Result<Self, ProviderError> {
        query.only(&["direction", "limit", "cursor"])?;
        if query.limit.is_some_and(|limit| !(1..=LONGEST_PAGE).contains(&limit)) {
            return Err(ProviderError::refused("limit", "must be 1 to 100"));
        }
        let page = |cursor: &str| cursor.parse().ok().filter(|page| *page > 0);
        let page = match query.cursor.as_deref().map(page) {
            Some(None) => return Err(ProviderError::refused("cursor", "is not the `next` of a page")),
            Some(page) => page,
            None => None,
        };
        Ok(Self { direction: query.direction, limit: query.limit, page })
    }

    /// As the parameters of a call state it.
    pub(super) fn stated(parameters: Checked<'_>) -> Result<Self, ProviderError> {
        let direction = parameters.word("order_by", &["asc", "desc"])?;
        Ok(Self {
            direction: direction.map(|word| if word == "asc" { Direction::Asc } else { Direction::Desc }),
            limit: parameters.whole("limit", 1, LONGEST_PAGE)?,
            page: parameters.whole("page", 1, u32::MAX)?,
        })
    }

    /// The page after this one, if there are more than have been shown with it.
    pub(super) fn next(&self, total: Option<u64>, shown: usize) -> Option<u32> {
        let (page, limit) = (self.page.unwrap_or(1), self.limit.unwrap_or(PAGE_SIZE));
        let more = match total {
            Some(total) => shown > 0 && u64::from(page) * u64::from(limit) < total,
            None => u64::try_from(shown).is_ok_and(|shown| shown >= u64::from(limit)),
        };
        if more { page.checked_add(1) } else { None }
    }

    fn written_into(self, url: &mut Url) {
        let stated = [
            ("order_by", self.direction.map(|direction| direction.as_str().to_owned())),
            ("limit", self.limit.map(|limit| limit.to_string())),
            ("page", self.page.map(|page| page.to_string())),
        ];
        for (name, value) in stated {
            if let Some(value) = value {
                url.query_pairs_mut().append_pair(name, &value);
            }
        }
    }
}

/// What we attach to an order.
#[derive(Serialize)]
struct Metadata<'a> {
    reference: &'a str,
}

impl OceanEx {
    /// Place Order.
    pub(super) fn place_order(&self, purchase: &Purchase) -> Result<http::Request<Bytes>, ProviderError> {
        let metadata = Metadata { reference: &purchase.reference };
        let metadata = serde_json::to_string(&metadata).map_err(|_| unsendable("the metadata cannot be written"))?;
        let mut form = form_of(purchase);
        form.append_pair("metadata", &metadata);
        self.post_form(&["orders"], &mut form)
    }

    /// Create Checkout.
    pub(super) fn place_checkout(&self, purchase: &Purchase) -> Result<http::Request<Bytes>, ProviderError> {
        let mut form = form_of(purchase);
        for info in &self.requested_info {
            form.append_pair("requested_info[]", info);
        }
        self.post_form(&["checkouts"], &mut form)
    }

    /// Get Order.
    pub(super) fn order(&self, reference_code: &str) -> Result<http::Request<Bytes>, ProviderError> {
        self.keyed(get(&self.endpoint.url(&["orders", reference_code])?)?)
    }

    /// Get Order via Checkout.
    pub(super) fn order_of_checkout(&self, checkout: &str) -> Result<http::Request<Bytes>, ProviderError> {
        self.keyed(get(&self.endpoint.url(&["orders", "checkout", checkout])?)?)
    }

    /// Get Checkout.
    pub(super) fn checkout(&self, checkout: &str) -> Result<http::Request<Bytes>, ProviderError> {
        self.keyed(get(&self.endpoint.url(&["checkouts", checkout])?)?)
    }

    /// List Orders.
    pub(super) fn list_orders(&self, paging: &Paging) -> Result<http::Request<Bytes>, ProviderError> {
        let mut url = self.endpoint.url(&["orders"])?;
        paging.written_into(&mut url);
        self.keyed(get(&url)?)
    }

    /// List Checkouts. The vendor's sample has the product in the body; a GET with a body cannot be sent from everywhere, so it goes
    /// where the other parameters are.
    pub(super) fn list_checkouts(&self, paging: &Paging, product: Option<&str>) -> Result<http::Request<Bytes>, ProviderError> {
        let mut url = self.endpoint.url(&["checkouts"])?;
        paging.written_into(&mut url);
        if let Some(product) = product {
            url.query_pairs_mut().append_pair("product_uid", product);
        }
        self.keyed(get(&url)?)
    }

    fn post_form(&self, path: &[&str], form: &mut Serializer<'_, String>) -> Result<http::Request<Bytes>, ProviderError> {
        let body = form.finish().into();
        self.keyed(post(&self.endpoint.url(path)?, "application/x-www-form-urlencoded", body)?)
    }

    fn keyed(&self, request: http::Request<Bytes>) -> Result<http::Request<Bytes>, ProviderError> {
        with_key(request, "x-api-key", self.key.expose())
    }
}

/// What orders and checkouts have in common. The name is our reference: a checkout has nothing else to carry it, and merchants look for
/// it on the dashboard.
fn form_of(purchase: &Purchase) -> Serializer<'static, String> {
    let mut form = Serializer::new(String::new());
    form.append_pair("currency", &purchase.price.currency.as_str().to_ascii_lowercase());
    form.append_pair("amount", &purchase.price.amount.0.normalize().to_string());
    form.append_pair("name", &purchase.reference);
    if let Some(description) = &purchase.description {
        form.append_pair("description", description);
    }
    form
}
