//! Onecheckout's REST API, version 1.0: cards and PayPal on its hosted page.
//!
//! Sources: "Onecheckout API Documentation" (Authentication, API Endpoints, Error Codes, Rate Limiting) and the vendor's demo store,
//! whose own copy of the documents tells more fields, one more status and more errors.
//!
//! What to know before changing anything:
//! - One key, three headers. The document wants `Authorization: Bearer` for orders and `X-API-Key` for the account and for lists; the
//!   vendor's demo store sends `api-key` for everything. `ONECHECKOUT_AUTH` chooses; the default is the document's.
//! - The unit of amounts is in dispute. Every JSON example of the vendor and its running demo store write major units as decimals
//!   (25.99, and 2 for `$2.00`); one paragraph of its documents says minor units. Running code is believed over a paragraph, so that
//!   is the default of `ONECHECKOUT_AMOUNTS`. An order echoes its amount in the unit it was sent in, so a wrong setting shows on the
//!   hosted page alone: look at it once with a real key before taking money.
//! - Creation is not idempotent, and the documented list does not repeat our reference. After a lost answer [`Provider::find`] reads
//!   the list around the time of the purchase and then the orders in question, one by one (`search`).
//! - Notifications are unsigned and their body is not published: they are hints. So is coming back from the hosted page, with
//!   `payment_id` (the order's id) and `reference_id` in the query. Only reading the order tells anything.
//! - Orders do not expire, and there is no call that cancels or refunds one.
//!
//! The requests are built in `requests`, the answers read in `answers`, amounts converted in `units`.

mod answers;
mod requests;
mod search;
mod units;

pub use requests::Auth;
pub use units::Amounts;

use crate::provider::{
    Created, DocumentedCall, Found, Limits, Listing, MadeBy, Notification, Operation, Parameters, Provider, ProviderError, Purchase,
    Snapshot, WebhookError,
};
use crate::providers::answer::Asked;
use crate::providers::endpoint::{Endpoint, is_usable};
use crate::records::{Account, AccountChanges, Event, ListQuery, RecordPage};
use crate::secret::Secret;
use crate::settings::Settings;
use crate::step::Step;
use checkout_shared::method::MethodId;
use checkout_shared::provider::ProviderId;
use checkout_shared::session::AttemptStatus;
use search::Search;
use serde_json::value::RawValue;

/// What the vendor's document calls "Production".
const PRODUCTION: &str = "https://onecheckout.sandbox.whatee.io/api/v1.0";

/// Every documented call.
pub const CALLS: &[DocumentedCall] = &[
    DocumentedCall { name: "read-account", http: "GET /me", made_by: MadeBy::Operations(&["methods", "account"]) },
    DocumentedCall { name: "update-account", http: "POST /me", made_by: MadeBy::Operations(&["update_account"]) },
    DocumentedCall { name: "create-order", http: "POST /orders", made_by: MadeBy::Operations(&["create"]) },
    DocumentedCall { name: "read-order", http: "GET /orders/{id}", made_by: MadeBy::Operations(&["fetch", "find"]) },
    DocumentedCall { name: "capture-order", http: "POST /orders/{id}/capture", made_by: MadeBy::Operations(&["capture"]) },
    DocumentedCall { name: "list-orders", http: "POST /orders-list", made_by: MadeBy::Operations(&["list", "find"]) },
    DocumentedCall { name: "list-order-events", http: "GET /orders/{id}/events", made_by: MadeBy::Operations(&["events"]) },
    DocumentedCall { name: "webhook", http: "POST to us", made_by: MadeBy::Vendor },
];

/// An account at Onecheckout.
#[derive(Clone, Debug)]
pub struct Onecheckout {
    endpoint: Endpoint,
    key: Secret,
    auth: Auth,
    amounts: Amounts,
}

impl Onecheckout {
    /// The account behind an API key. `base_url` is where the API is, up to and including its version. `None`: not a URL that the key
    /// may be sent to.
    #[must_use]
    pub fn new(base_url: &str, api_key: Secret, auth: Auth, amounts: Amounts) -> Option<Self> {
        let endpoint = Endpoint::new(base_url)?;
        is_usable(&api_key).then_some(Self { endpoint, key: api_key, auth, amounts })
    }

    /// The account that is set: `ONECHECKOUT_API_KEY`; `ONECHECKOUT_URL`, `ONECHECKOUT_AUTH` and `ONECHECKOUT_AMOUNTS` where they are
    /// to be other than the vendor's documents have them.
    pub(super) fn configured(settings: &mut Settings<'_>) -> Option<Self> {
        let [key] = settings.provider_keys(["ONECHECKOUT_API_KEY"])?;
        let base_url = settings.base_url("ONECHECKOUT_URL", PRODUCTION);
        let auth = settings.choice("ONECHECKOUT_AUTH", Auth::WORDS);
        let amounts = settings.choice("ONECHECKOUT_AMOUNTS", Amounts::WORDS);
        let account = Self::new(&base_url, key, auth, amounts);
        if account.is_none() {
            settings.problem("ONECHECKOUT_URL", "must be an https URL without credentials, query or fragment");
        }
        account
    }
}

impl Provider for Onecheckout {
    fn id(&self) -> ProviderId {
        ProviderId::Onecheckout
    }

    fn limits(&self) -> Limits {
        Limits { numbered: false, in_flight: Some(10), per_minute: Some(1000) }
    }

    fn methods(&self) -> Operation<Vec<Listing>> {
        let (key, amounts) = (self.key.clone(), self.amounts);
        Ok(Step::ask(self.read_account()?, move |response| answers::methods(&response, &key, amounts)))
    }

    fn create(&self, purchase: &Purchase) -> Operation<Created> {
        if matches!(purchase.method, MethodId::Coin { .. }) {
            return Err(ProviderError::refused("method", "this provider takes no coins"));
        }
        let (account, purchase) = (self.clone(), purchase.clone());
        let request = self.create_order(&purchase)?;
        Ok(Step::ask(request, move |response| answers::created(&response, &account, &purchase)))
    }

    fn find(&self, purchase: &Purchase) -> Operation<Option<Found>> {
        Search::new(self, purchase).next_page()
    }

    fn fetch(&self, provider_reference: &str) -> Operation<Snapshot> {
        let (account, asked_for) = (self.clone(), provider_reference.to_owned());
        let request = self.read_order(provider_reference)?;
        Ok(Step::ask(request, move |response| answers::order(&response, &account, &asked_for, Asked::ForNews)))
    }

    fn capture(&self, provider_reference: &str) -> Operation<Snapshot> {
        let (account, asked_for) = (self.clone(), provider_reference.to_owned());
        let request = self.capture_order(provider_reference)?;
        // It may have been taken whatever became of the answer.
        Ok(Step::ask(request, move |response| answers::order(&response, &account, &asked_for, Asked::ToCreate)))
    }

    fn list(&self, query: &ListQuery) -> Operation<RecordPage> {
        let (account, asked_from) = (self.clone(), query.cursor.clone());
        let request = self.list_orders(query)?;
        Ok(Step::ask(request, move |response| answers::order_page(&response, &account, asked_from.as_deref())?.records()))
    }

    fn events(&self, provider_reference: &str) -> Operation<Vec<Event>> {
        let (key, asked_for) = (self.key.clone(), provider_reference.to_owned());
        let request = self.list_order_events(provider_reference)?;
        Ok(Step::ask(request, move |response| answers::events(&response, &key, &asked_for)))
    }

    fn account(&self) -> Operation<Account> {
        let key = self.key.clone();
        Ok(Step::ask(self.read_account()?, move |response| answers::account(&response, &key)))
    }

    fn update_account(&self, changes: &AccountChanges) -> Operation<Account> {
        let key = self.key.clone();
        let request = self.change_account(changes)?;
        Ok(Step::ask(request, move |response| answers::changed_account(&response, &key)))
    }

    fn health(&self) -> Operation<bool> {
        Err(ProviderError::unsupported("health"))
    }

    fn call(&self, _: &str, _: &Parameters) -> Operation<Box<RawValue>> {
        Err(ProviderError::unsupported("call"))
    }

    fn verify_webhook(&self, _: &http::HeaderMap, body: &[u8]) -> Result<Notification, WebhookError> {
        // Nothing proves where it comes from, so nothing of it is believed: it names what to read again, at most.
        Ok(Notification { about: answers::hint(body), snapshot: None })
    }

    fn webhook_acknowledgement(&self, _: Option<AttemptStatus>) -> http::Response<&'static str> {
        let mut response = http::Response::new("ok");
        response.headers_mut().insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static("text/plain"));
        response
    }
}
