//! Looking for an order whose creation was not answered. The vendor lists orders by time, and its documented list does not repeat our
//! reference; reading an order does. So: the list around the time of the purchase, page by page; then, where no entry names our
//! reference, the orders of this price one by one, nearest in time first. Both are bounded: beyond, nothing is said of the order. One
//! that cannot be read, though the vendor is well, is passed over; but then "not there" is no longer known, and is not said.

use super::Onecheckout;
use super::answers::{self, Candidate};
use crate::provider::{Found, Operation, ProviderError, Purchase};
use crate::providers::answer::Asked;
use crate::step::Step;
use bytes::Bytes;
use std::collections::VecDeque;

/// How many pages are read before giving up: 4000 orders of two hours. A Worker may make 50 requests on the smallest plan.
const MOST_PAGES: u32 = 20;
/// How many orders of the same price are read before giving up.
const MOST_READ: u32 = 25;

/// A search that is under way.
pub(super) struct Search {
    account: Onecheckout,
    purchase: Purchase,
    anchor: Option<String>,
    pages: u32,
    read: u32,
    candidates: VecDeque<Candidate>,
    /// One was passed over that may be ours.
    in_doubt: bool,
}

impl Search {
    pub(super) fn new(account: &Onecheckout, purchase: &Purchase) -> Self {
        let (account, purchase) = (account.clone(), purchase.clone());
        Self { account, purchase, anchor: None, pages: 0, read: 0, candidates: VecDeque::new(), in_doubt: false }
    }

    /// Reads the list on from where it was left.
    pub(super) fn next_page(self) -> Operation<Option<Found>> {
        let request = self.account.orders_around(&self.purchase, self.anchor.as_deref())?;
        Ok(Step::Send(request, Box::new(move |response| self.listed(&response))))
    }

    fn listed(mut self, response: &http::Response<Bytes>) -> Operation<Option<Found>> {
        let page = answers::order_page(response, &self.account, self.anchor.as_deref())?;
        if let Some(id) = page.named(&self.purchase.reference) {
            return self.read_named(id);
        }
        self.candidates.extend(page.unnamed(&self.purchase));
        self.pages += 1;
        match page.next {
            Some(_) if self.pages >= MOST_PAGES => Err(Asked::ForNews.lost("the list of orders is too long to search")),
            Some(next) => {
                self.anchor = Some(next);
                self.next_page()
            }
            None => {
                let started_at = self.purchase.started_at;
                self.candidates.make_contiguous().sort_by_key(|candidate| candidate.distance(started_at));
                self.read_candidates()
            }
        }
    }

    /// The list says that this one is ours; read for the price, and for the page should it be told again.
    fn read_named(self, id: String) -> Operation<Option<Found>> {
        let request = self.account.read_order(&id)?;
        Ok(Step::ask(request, move |response| {
            let mut found = answers::found(&response, &self.account, &self.purchase, &id)?;
            found.stated.reference.get_or_insert(self.purchase.reference);
            Ok(Some(found))
        }))
    }

    fn read_candidates(mut self) -> Operation<Option<Found>> {
        let Some(candidate) = self.candidates.pop_front() else {
            return if self.in_doubt { Err(Asked::ForNews.lost("an order of this price cannot be read")) } else { Ok(Step::Done(None)) };
        };
        if self.read >= MOST_READ {
            return Err(Asked::ForNews.lost("too many orders of this price to read"));
        }
        self.read += 1;
        let request = self.account.read_order(&candidate.id)?;
        Ok(Step::Send(
            request,
            Box::new(move |response| {
                match answers::found(&response, &self.account, &self.purchase, &candidate.id) {
                    Ok(found) if found.stated.reference.as_ref() == Some(&self.purchase.reference) => return Ok(Step::Done(Some(found))),
                    Ok(_) => {}
                    Err(ProviderError::Answered { status, field, .. }) => self.in_doubt |= !is_gone(status, field.as_deref()),
                    Err(ProviderError::NotSent { .. }) if response.status().is_success() => self.in_doubt = true,
                    Err(error) => return Err(error),
                }
                self.read_candidates()
            }),
        ))
    }
}

/// Listed a moment ago, and not there: documented as `id_invalid`, with status 404 or another.
fn is_gone(status: u16, field: Option<&str>) -> bool {
    status == 404 || field == Some("id")
}
