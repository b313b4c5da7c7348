//! `OxaPay`'s merchant API, version 1: crypto by address on our page (white label), or its hosted page (invoice).
//!
//! Sources: <https://docs.oxapay.com/api-reference> — Generate White Label, Generate Invoice, Payment Information, Payment History,
//! Accepted Currencies, Supported Currencies, Generate Static Address, Webhook, Payment Status Table, Errors — and the vendor's SDKs where
//! those say more: static addresses and their list, statistics, prices, fiats, networks, system status.
//!
//! What to know before changing anything:
//! - There is no idempotency key and no search by our order id. After a lost answer [`Provider::find`] reads the history around the
//!   time and amount of the purchase. The history does not repeat the address, so a found payment may have nothing to show.
//! - The envelope's own `status` outranks HTTP's: the two disagree in practice in both directions.
//! - Notifications name statuses in title case, answers in lower case; only `Paying` and `Paid` are notified. The rest is polled.
//! - Notifications are signed with the merchant key and carry no time, so an old one can be replayed: what follows from a
//!   notification must be harmless when it comes again.
//!
//! The requests are built in `requests` (the vendor's own calls in `calls`, the history's filters in `history`), the answers read in
//! `answers`, the catalogue of coins in `catalogue`.

mod answers;
mod calls;
mod catalogue;
mod history;
mod requests;

use crate::provider::{
    About, Created, DocumentedCall, Found, Limits, Listing, MadeBy, Notification, Operation, Parameters, Provider, ProviderError, Purchase,
    Snapshot, WebhookError,
};
use crate::providers::Verified;
use crate::providers::answer::Asked;
use crate::providers::endpoint::{Endpoint, is_usable};
use crate::records::{Account, AccountChanges, Event, ListQuery, RecordPage};
use crate::secret::Secret;
use crate::settings::Settings;
use crate::step::Step;
use bytes::Bytes;
use catalogue::Offer;
use checkout_shared::method::MethodId;
use checkout_shared::provider::ProviderId;
use checkout_shared::session::AttemptStatus;
use data_encoding::HEXLOWER;
use history::HistoryQuery;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::value::RawValue;
use sha2::Sha512;

/// How many pages of the history are read in search of a lost payment before giving up: 2000 payments of one price.
const MOST_PAGES: u32 = 10;

/// Every documented call.
pub const CALLS: &[DocumentedCall] = &[
    DocumentedCall { name: "accepted-currencies", http: "GET /payment/accepted-currencies", made_by: MadeBy::Operations(&["methods"]) },
    DocumentedCall { name: "currencies", http: "GET /common/currencies", made_by: MadeBy::Operations(&["methods", "create"]) },
    DocumentedCall { name: "white-label", http: "POST /payment/white-label", made_by: MadeBy::Operations(&["create"]) },
    DocumentedCall { name: "invoice", http: "POST /payment/invoice", made_by: MadeBy::Operations(&["create"]) },
    DocumentedCall { name: "payment-information", http: "GET /payment/{track_id}", made_by: MadeBy::Operations(&["fetch"]) },
    DocumentedCall { name: "payment-history", http: "GET /payment", made_by: MadeBy::Operations(&["find", "list"]) },
    DocumentedCall {
        name: "static-address",
        http: "POST /payment/static-address",
        made_by: MadeBy::Call(&["network", "to_currency", "auto_withdrawal", "callback_url", "email", "order_id", "description"]),
    },
    DocumentedCall {
        name: "static-addresses",
        http: "GET /payment/static-address",
        made_by: MadeBy::Call(&["track_id", "network", "currency", "address", "have_tx", "order_id", "email", "page", "size"]),
    },
    DocumentedCall {
        name: "revoke-static-address",
        http: "POST /payment/static-address/revoke",
        made_by: MadeBy::Call(&["address", "network"]),
    },
    DocumentedCall {
        name: "statistics",
        http: "GET /payment/stats",
        made_by: MadeBy::Call(&["type", "network", "currency", "pay_currency", "from_date", "to_date"]),
    },
    DocumentedCall { name: "prices", http: "GET /common/prices", made_by: MadeBy::Call(&[]) },
    DocumentedCall { name: "fiats", http: "GET /common/fiats", made_by: MadeBy::Call(&[]) },
    DocumentedCall { name: "networks", http: "GET /common/networks", made_by: MadeBy::Call(&[]) },
    DocumentedCall { name: "monitor", http: "GET /common/monitor", made_by: MadeBy::Operations(&["health"]) },
    DocumentedCall { name: "webhook", http: "POST to us", made_by: MadeBy::Vendor },
];

/// An account at `OxaPay`.
#[derive(Clone, Debug)]
pub struct OxaPay {
    endpoint: Endpoint,
    key: Secret,
    sandbox: bool,
}

impl OxaPay {
    /// The account behind a merchant key. `base_url` is where the API is, e.g. `https://api.oxapay.com/v1`; `sandbox` marks hosted
    /// pages as tests (the vendor knows no sandbox for addresses). `None`: not a URL that the key may be sent to.
    #[must_use]
    pub fn new(base_url: &str, merchant_key: Secret, sandbox: bool) -> Option<Self> {
        let endpoint = Endpoint::new(base_url)?;
        is_usable(&merchant_key).then_some(Self { endpoint, key: merchant_key, sandbox })
    }

    /// The account that is set: `OXAPAY_MERCHANT_KEY`, and `OXAPAY_URL` where that is not the vendor's own.
    pub(super) fn configured(settings: &mut Settings<'_>) -> Option<Self> {
        let [key] = settings.provider_keys(["OXAPAY_MERCHANT_KEY"])?;
        let base_url = settings.base_url("OXAPAY_URL", "https://api.oxapay.com/v1");
        let account = Self::new(&base_url, key, settings.sandbox());
        if account.is_none() {
            settings.problem("OXAPAY_URL", "must be an https URL without credentials, query or fragment");
        }
        account
    }

    fn offers(&self, response: &http::Response<Bytes>) -> Result<Vec<Offer>, ProviderError> {
        catalogue::offers(&answers::data(response, &self.key, Asked::ForNews)?)
            .ok_or_else(|| Asked::ForNews.lost("the currencies are unreadable"))
    }

    /// Asks for an address. The currencies are read first, because the vendor wants its own name for the network, and names it knows
    /// change; nothing is created before that has gone well.
    fn create_address(&self, purchase: &Purchase) -> Operation<Created> {
        let (account, purchase) = (self.clone(), purchase.clone());
        let first = self.currencies()?;
        Ok(Step::Send(
            first,
            Box::new(move |response| {
                let offers = account.offers(&response)?;
                let offer = offers.into_iter().find(|offer| offer.method.id == purchase.method).ok_or_else(not_offered)?;
                let second = account.white_label(&purchase, &offer)?;
                Ok(Step::ask(second, move |response| answers::created_address(&response, &account.key, &purchase, &offer)))
            }),
        ))
    }

    fn find_on_page(&self, purchase: Purchase, page: u32) -> Operation<Option<Found>> {
        let account = self.clone();
        let request = self.history(&HistoryQuery::of_purchase(&purchase, page))?;
        Ok(Step::Send(
            request,
            Box::new(move |response| {
                let listed = answers::history_page(&response, &account.key)?;
                match listed.find(&purchase.reference)? {
                    Some(found) => Ok(Step::Done(Some(found))),
                    None if listed.is_last(page, requests::PAGE_SIZE) => Ok(Step::Done(None)),
                    None if page >= MOST_PAGES => Err(Asked::ForNews.lost("the history is too long to search")),
                    None => account.find_on_page(purchase, page + 1),
                }
            }),
        ))
    }
}

impl Provider for OxaPay {
    fn id(&self) -> ProviderId {
        ProviderId::Oxapay
    }

    fn limits(&self) -> Limits {
        Limits::NONE
    }

    fn methods(&self) -> Operation<Vec<Listing>> {
        let account = self.clone();
        let first = self.accepted_currencies()?;
        Ok(Step::Send(
            first,
            Box::new(move |response| {
                let accepted = answers::accepted_currencies(&response, &account.key)?;
                let second = account.currencies()?;
                Ok(Step::ask(second, move |response| Ok(catalogue::methods(account.offers(&response)?, &accepted))))
            }),
        ))
    }

    fn create(&self, purchase: &Purchase) -> Operation<Created> {
        match purchase.method {
            MethodId::Coin { .. } => self.create_address(purchase),
            MethodId::Page(_) => {
                let (account, purchase) = (self.clone(), purchase.clone());
                let request = self.invoice(&purchase)?;
                Ok(Step::ask(request, move |response| answers::created_page(&response, &account.key, &purchase, &account.endpoint)))
            }
        }
    }

    fn find(&self, purchase: &Purchase) -> Operation<Option<Found>> {
        self.find_on_page(purchase.clone(), 1)
    }

    fn fetch(&self, provider_reference: &str) -> Operation<Snapshot> {
        let (key, asked_for) = (self.key.clone(), provider_reference.to_owned());
        Ok(Step::ask(self.payment(provider_reference)?, move |response| answers::payment(&response, &key, &asked_for)))
    }

    fn capture(&self, _: &str) -> Operation<Snapshot> {
        Err(ProviderError::unsupported("capture"))
    }

    fn list(&self, query: &ListQuery) -> Operation<RecordPage> {
        let (query, key) = (HistoryQuery::asked_for(query)?, self.key.clone());
        Ok(Step::ask(self.history(&query)?, move |response| answers::history_page(&response, &key)?.records(query.page(), query.size())))
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
        let key = self.key.clone();
        Ok(Step::ask(self.monitor()?, move |response| answers::is_working(&response, &key)))
    }

    fn call(&self, name: &str, parameters: &Parameters) -> Operation<Box<RawValue>> {
        self.own_call(name, parameters)
    }

    fn verify_webhook(&self, headers: &http::HeaderMap, body: &[u8]) -> Result<Notification, WebhookError> {
        let signature = headers.get("hmac").ok_or(WebhookError::MissingSignature)?;
        // Lower case only: that is what the vendor documents and all that its own plugins take.
        let signature = HEXLOWER.decode(signature.as_bytes()).map_err(|_| WebhookError::WrongSignature)?;
        let mut mac = Hmac::<Sha512>::new_from_slice(self.key.expose().as_bytes()).map_err(|_| WebhookError::WrongSignature)?;
        mac.update(body);
        mac.verify_slice(&signature).map_err(|_| WebhookError::WrongSignature)?;
        let (snapshot, is_of_a_session) = answers::notification(body).ok_or(WebhookError::Unreadable)?;
        // Static addresses and donations carry an order id of the merchant's own, whatever it looks like.
        let reference = snapshot.stated.reference.clone().filter(|_| is_of_a_session);
        Ok(Notification { about: reference.map_or(About::Nothing, About::Reference), snapshot: Some(Verified::new(snapshot)) })
    }

    fn webhook_acknowledgement(&self, _: Option<AttemptStatus>) -> http::Response<&'static str> {
        let mut response = http::Response::new("ok");
        response.headers_mut().insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static("text/plain"));
        response
    }
}

fn not_offered() -> ProviderError {
    ProviderError::Answered {
        status: 400,
        field: Some("network".to_owned()),
        message: "the coin is not offered on this network".to_owned(),
    }
}
