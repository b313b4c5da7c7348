//! `OceanEx` Pay, version 1: an address for one coin on our page (order), or the vendor's page where it asks the payer for information
//! (checkout with `requested_info`).
//!
//! Sources: the vendor's "`OceanEx` Pay REST" document — Create Checkout, List Checkouts, Get Checkout, Get Order via Checkout, Place
//! Order, Get Order, List Orders — and the merchant guide for what its dashboard calls orders.
//!
//! What to know before changing anything:
//! - The document names two base URLs, `…/v1` in its prose and `…/api/v1` in every sample, some of them over plain http. Taken is what the
//!   samples agree on, over https.
//! - Nothing is converted: an order costs what it says in the coin it says. So a coin is offered only to orders that carry a price in
//!   it. The API lists no currencies; which coins on which networks the merchant takes is a setting.
//! - There is no notification, no signature and no list of errors. A refusal is a `code` other than 0, whatever the HTTP status, and its
//!   `message` may be JSON in a string, as the vendor's exchange API has it.
//! - Our reference travels in an order's `metadata`, which comes back as an object or as JSON in a string. Checkouts have none, so
//!   their name carries it; the order of a checkout takes over its name.
//! - `ref_order_id` is not sent: documented as "`reference_code` of the order", it may as well choose the vendor's reference.
//! - Of the words for where an order stands only `new` and `under_payment` are documented; how words and amounts are weighed is said in
//!   `status`.
//! - Samples give an order's `hosted_url` a path of the API and, once, another host than the API's. It is believed as it is told, if it
//!   is https: it comes from the vendor under the vendor's certificate, and no rule for its hosts is known.
//! - Neither an order nor a checkout can be told where to send the customer back to: whoever pays on the vendor's page comes back alone.
//!
//! The requests are built in `requests`, the answers read in `answers`.

mod answers;
mod requests;
mod status;

use crate::provider::{
    Created, DocumentedCall, Found, Limits, Listing, MadeBy, Notification, Operation, Parameters, Provider, ProviderError, Purchase,
    Snapshot, WebhookError,
};
use crate::providers::answer::{Asked, Field};
use crate::providers::endpoint::{Endpoint, is_usable};
use crate::providers::parameters::checked;
use crate::records::{Account, AccountChanges, Event, ListQuery, RecordPage};
use crate::secret::Secret;
use crate::settings::Settings;
use crate::step::Step;
use answers::OrderRecord;
use checkout_shared::method::{Method, MethodId};
use checkout_shared::provider::ProviderId;
use checkout_shared::session::AttemptStatus;
use requests::{PAGE_SIZE, Paging};
use serde_json::value::RawValue;

/// How many pages are read in search of a lost payment before giving up: the account's newest 400.
const MOST_PAGES: u32 = 20;

/// Every documented call. The reads of checkouts are also made by `create` and `find` where the payer is asked for information.
pub const CALLS: &[DocumentedCall] = &[
    DocumentedCall { name: "create-checkout", http: "POST /checkouts", made_by: MadeBy::Operations(&["create"]) },
    DocumentedCall { name: "list-checkouts", http: "GET /checkouts", made_by: MadeBy::Call(&["order_by", "limit", "page", "product_uid"]) },
    DocumentedCall { name: "get-checkout", http: "GET /checkouts/{checkout_uid}", made_by: MadeBy::Call(&["checkout_uid"]) },
    DocumentedCall { name: "order-by-checkout", http: "GET /orders/checkout/{checkout_uid}", made_by: MadeBy::Call(&["checkout_uid"]) },
    DocumentedCall { name: "place-order", http: "POST /orders", made_by: MadeBy::Operations(&["create"]) },
    DocumentedCall { name: "get-order", http: "GET /orders/{reference_code}", made_by: MadeBy::Operations(&["fetch"]) },
    DocumentedCall { name: "list-orders", http: "GET /orders", made_by: MadeBy::Operations(&["list", "find"]) },
];

/// An account at `OceanEx` Pay.
#[derive(Clone, Debug)]
pub struct OceanEx {
    endpoint: Endpoint,
    key: Secret,
    coins: Vec<MethodId>,
    requested_info: Vec<String>,
}

impl OceanEx {
    /// The account behind an API key. `base_url` is where the API is, e.g. `https://pay.oceanex.pro/api/v1`; `coins` is what the
    /// merchant takes; `requested_info` is what payers are asked for, on the vendor's page (nothing: no page). `None`: not a URL that
    /// the key may be sent to.
    #[must_use]
    pub fn new(base_url: &str, key: Secret, coins: Vec<MethodId>, requested_info: Vec<String>) -> Option<Self> {
        let endpoint = Endpoint::new(base_url)?;
        is_usable(&key).then_some(Self { endpoint, key, coins, requested_info })
    }

    /// The account that is set: `OCEANEX_API_KEY`, what it takes in `OCEANEX_COINS`, what payers are asked for in
    /// `OCEANEX_REQUESTED_INFO`, and `OCEANEX_URL` where that is not the vendor's own.
    pub(super) fn configured(settings: &mut Settings<'_>) -> Option<Self> {
        let [key] = settings.provider_keys(["OCEANEX_API_KEY"])?;
        let base_url = settings.base_url("OCEANEX_URL", "https://pay.oceanex.pro/api/v1");
        let account = Self::new(&base_url, key, stated_coins(settings), stated_info(settings));
        if account.is_none() {
            settings.problem("OCEANEX_URL", "must be an https URL without credentials, query or fragment");
        }
        account
    }

    /// Whether customers are led to the vendor's page, because it asks them for something there.
    const fn asks_the_payer(&self) -> bool {
        !self.requested_info.is_empty()
    }

    /// Refuses what the vendor could only get wrong. Nothing is sent before.
    fn check(&self, purchase: &Purchase) -> Result<(), ProviderError> {
        let MethodId::Coin { currency, .. } = &purchase.method else {
            return Err(ProviderError::refused("method", "only coins are taken"));
        };
        if !self.coins.contains(&purchase.method) {
            return Err(ProviderError::refused("method", "the coin is not taken on this network"));
        }
        if *currency != purchase.price.currency {
            return Err(ProviderError::refused("currency", "the price is not in the coin that is paid in"));
        }
        let decimals = purchase.price.amount.0.normalize().scale();
        let keeps_all = decimals <= requests::MOST_DECIMALS;
        keeps_all.then_some(()).ok_or_else(|| ProviderError::refused("amount", "has more decimals than the vendor keeps"))
    }

    /// Makes a checkout and reads the order that comes with it. From the first answer on something exists, so whatever goes wrong with
    /// the second leaves it to be looked up.
    fn create_checkout(&self, purchase: &Purchase) -> Operation<Created> {
        let (account, purchase) = (self.clone(), purchase.clone());
        let first = self.place_checkout(&purchase)?;
        Ok(Step::Send(
            first,
            Box::new(move |response| {
                let checkout = answers::created_checkout(&response, &account.key)?;
                let second = account.order_of_checkout(&checkout)?;
                Ok(Step::ask(second, move |response| {
                    let order = answers::order_of_checkout(&response, &account.key, Asked::ToCreate, &checkout);
                    let order = order.map_err(|_| Asked::ToCreate.lost("the checkout was made, but its order cannot be read"))?;
                    order.created(order.page(&purchase, &account.endpoint), &purchase)
                }))
            }),
        ))
    }

    /// Newest first, since what is looked for has only just been made. What is made meanwhile moves the rest on to later pages, so nothing
    /// is missed.
    fn find_on_page(&self, purchase: Purchase, page: u32) -> Operation<Option<Found>> {
        let account = self.clone();
        let paging = Paging::newest_first(page);
        let request = if self.asks_the_payer() { self.list_checkouts(&paging, None)? } else { self.list_orders(&paging)? };
        Ok(Step::Send(
            request,
            Box::new(move |response| {
                let listed = answers::listed(&response, &account.key)?;
                match listed.ours(&purchase.reference) {
                    Some(ours) => account.found(ours, purchase),
                    None if listed.ends_search(PAGE_SIZE, purchase.started_at) => Ok(Step::Done(None)),
                    None if page >= MOST_PAGES => Err(Asked::ForNews.lost("the list is too long to search")),
                    None => account.find_on_page(purchase, page + 1),
                }
            }),
        ))
    }

    fn found(&self, listed: &OrderRecord, purchase: Purchase) -> Operation<Option<Found>> {
        if !self.asks_the_payer() {
            return Ok(Step::Done(Some(listed.found(listed.address(&purchase), &purchase)?)));
        }
        let account = self.clone();
        let checkout = listed.id().ok_or_else(|| Asked::ForNews.lost("the checkout found has no id"))?;
        Ok(Step::ask(self.order_of_checkout(&checkout)?, move |response| {
            let order = answers::order_of_checkout(&response, &account.key, Asked::ForNews, &checkout)?;
            order.found(order.page(&purchase, &account.endpoint), &purchase).map(Some)
        }))
    }
}

impl Provider for OceanEx {
    fn id(&self) -> ProviderId {
        ProviderId::Oceanex
    }

    fn limits(&self) -> Limits {
        Limits::NONE
    }

    fn methods(&self) -> Operation<Vec<Listing>> {
        let listing = |id: &MethodId| match id {
            MethodId::Coin { currency, .. } => Some(Listing {
                method: Method { id: id.clone(), name: None, minimum: None, confirmations: None },
                priced_in: Some(vec![currency.clone()]),
            }),
            MethodId::Page(_) => None,
        };
        Ok(Step::Done(self.coins.iter().filter_map(listing).collect()))
    }

    fn create(&self, purchase: &Purchase) -> Operation<Created> {
        self.check(purchase)?;
        if self.asks_the_payer() {
            return self.create_checkout(purchase);
        }
        let (key, purchase) = (self.key.clone(), purchase.clone());
        Ok(Step::ask(self.place_order(&purchase)?, move |response| {
            let order = answers::order(&response, &key, Asked::ToCreate)?;
            order.created(order.address(&purchase), &purchase)
        }))
    }

    fn find(&self, purchase: &Purchase) -> Operation<Option<Found>> {
        self.find_on_page(purchase.clone(), 1)
    }

    fn fetch(&self, provider_reference: &str) -> Operation<Snapshot> {
        let (key, asked_for) = (self.key.clone(), provider_reference.to_owned());
        Ok(Step::ask(self.order(provider_reference)?, move |response| {
            let snapshot = answers::order(&response, &key, Asked::ForNews)?.snapshot();
            let snapshot = snapshot.ok_or_else(|| Asked::ForNews.lost("the order is unreadable"))?;
            let is_ours = snapshot.provider_reference == asked_for;
            if is_ours { Ok(snapshot) } else { Err(Asked::ForNews.lost("the answer is about another order")) }
        }))
    }

    fn capture(&self, _: &str) -> Operation<Snapshot> {
        Err(ProviderError::unsupported("capture"))
    }

    fn list(&self, query: &ListQuery) -> Operation<RecordPage> {
        let paging = Paging::asked_for(query)?;
        let key = self.key.clone();
        Ok(Step::ask(self.list_orders(&paging)?, move |response| answers::listed(&response, &key)?.page(&paging)))
    }

    fn events(&self, _: &str) -> Operation<Vec<Event>> {
        Err(ProviderError::unsupported("events"))
    }

    fn account(&self) -> Operation<Account> {
        Err(ProviderError::unsupported("account"))
    }

    fn update_account(&self, _: &AccountChanges) -> Operation<Account> {
        Err(ProviderError::unsupported("update_account"))
    }

    fn health(&self) -> Operation<bool> {
        Err(ProviderError::unsupported("health"))
    }

    fn call(&self, name: &str, parameters: &Parameters) -> Operation<Box<RawValue>> {
        let parameters = checked(CALLS, name, parameters)?;
        let request = match name {
            "list-checkouts" => self.list_checkouts(&Paging::stated(parameters)?, parameters.text("product_uid")?)?,
            "get-checkout" => self.checkout(parameters.required("checkout_uid")?)?,
            "order-by-checkout" => self.order_of_checkout(parameters.required("checkout_uid")?)?,
            _ => return Err(ProviderError::unsupported("call")),
        };
        let key = self.key.clone();
        Ok(Step::ask(request, move |response| answers::data(&response, &key, Asked::ForNews).map(Field::into_raw)))
    }

    /// The vendor sends none, so nothing could show that one is its own.
    fn verify_webhook(&self, _: &http::HeaderMap, _: &[u8]) -> Result<Notification, WebhookError> {
        Err(WebhookError::MissingSignature)
    }

    fn webhook_acknowledgement(&self, _: Option<AttemptStatus>) -> http::Response<&'static str> {
        http::Response::new("")
    }
}

/// The coins the merchant takes: `VET:vechain OCE:vechain`.
fn stated_coins(settings: &mut Settings<'_>) -> Vec<MethodId> {
    let stated = settings.optional("OCEANEX_COINS").unwrap_or_else(|| "VET:vechain".to_owned());
    let mut coins: Vec<MethodId> = Vec::new();
    for entry in stated.split_whitespace() {
        match entry.parse() {
            Ok(coin @ MethodId::Coin { .. }) if !coins.contains(&coin) => coins.push(coin),
            Ok(MethodId::Coin { .. }) => {}
            Ok(MethodId::Page(_)) | Err(_) => settings.problem("OCEANEX_COINS", "must be coins with their networks, e.g. VET:vechain"),
        }
    }
    coins
}

/// What payers are asked for: `email name`.
fn stated_info(settings: &mut Settings<'_>) -> Vec<String> {
    let stated = settings.optional("OCEANEX_REQUESTED_INFO").unwrap_or_default();
    let is_word = |word: &str| word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !stated.split_whitespace().all(is_word) {
        settings.problem("OCEANEX_REQUESTED_INFO", "must be words, e.g. email name");
    }
    stated.split_whitespace().map(ToOwned::to_owned).collect()
}
