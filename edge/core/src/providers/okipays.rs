//! `OkiPays`: crypto on the vendor's hosted page, priced in its list of currencies.
//!
//! Sources: the vendor's API document — Public API (Get currency list, Get currency network list), Private API (signature,
//! order/create, order/get), Merchant API (Result URL) — and, where it is silent, what third-party implementations of the same API
//! show; such places say so.
//!
//! What to know before changing anything:
//! - Every private request carries a `request_id` greater than all before it, whatever the call. The numbers come from the account
//!   as a whole ([`Step::numbered`]). What the vendor answers to a stale one is not documented: a 400 whose text names `request_id`
//!   is taken for that, and the same is asked again with a new number.
//! - An order is known by a whole number of the merchant's ([`Number::Order`]); it is the reference to fetch it by, and the thread
//!   back to ours, because the vendor takes no text of ours. An answer about another number is not believed.
//! - The document's own samples are not valid JSON, contradict themselves (`status` "Partially", `status_id` 0) and disagree with its
//!   field lists; what is read is read in every form that is documented, and a status by its word before its number.
//! - The document says nothing about who signs the Result URL callback. A working third-party receiver shows headers `token` and
//!   `sign`. So: both and right is news; neither is a hint, which only makes us ask; anything else is refused.
//! - The signed text has no delimiters and no names, so it binds the values and their order, not what they are called. Signed news must
//!   therefore state all that it is compared by: order, status, price and currency, what has come where something has, and of what is
//!   paid when it was.
//! - Neither order/create nor order/get says when an order ends or how much has come; only the callback says the latter.
//! - "Pay Failed" and "Error" are not the end: the page stays payable until "Expired", and a customer who tries again there must still be
//!   seen. Both count as pending.
//!
//! The requests are built in `requests`, the answers read in `answers`, the lists of currencies and networks in `catalogue`; what is
//! signed, and how, is in [`signature`].

mod answers;
mod catalogue;
mod requests;
pub mod signature;

use crate::provider::{
    About, Created, DocumentedCall, Found, Limits, Listing, MadeBy, Notification, Operation, Parameters, Provider, ProviderError, Purchase,
    Snapshot, WebhookError,
};
use crate::providers::Verified;
use crate::providers::endpoint::{Endpoint, is_usable, unsendable};
use crate::records::{Account, AccountChanges, Event, ListQuery, RecordPage};
use crate::secret::Secret;
use crate::settings::Settings;
use crate::step::{Number, Step};
use bytes::Bytes;
use catalogue::Offer;
use checkout_shared::method::{MethodId, Page};
use checkout_shared::provider::ProviderId;
use checkout_shared::session::AttemptStatus;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use requests::PrivateCall;
use serde_json::value::RawValue;

/// How often a request is made again because its number had become stale on its way.
const MOST_NEW_NUMBERS: u32 = 3;

/// Every documented call.
pub const CALLS: &[DocumentedCall] = &[
    DocumentedCall { name: "currency-list", http: "GET /v1/public/currency-list", made_by: MadeBy::Operations(&["methods"]) },
    DocumentedCall {
        name: "currency-network-list",
        http: "GET /v1/public/currency-network-list",
        made_by: MadeBy::Operations(&["methods", "create"]),
    },
    DocumentedCall { name: "order-create", http: "POST /v1/order/create", made_by: MadeBy::Operations(&["create"]) },
    DocumentedCall { name: "order-get", http: "POST /v1/order/get", made_by: MadeBy::Operations(&["find", "fetch"]) },
    DocumentedCall { name: "result-url", http: "POST to us", made_by: MadeBy::Vendor },
];

/// An account at `OkiPays`.
#[derive(Clone, Debug)]
pub struct OkiPays {
    endpoint: Endpoint,
    keys: Keys,
    terms: Terms,
}

/// What an account is known by and what it signs with. Both are secret, and answers repeat the token.
#[derive(Clone, Debug)]
struct Keys {
    token: Secret,
    secret: Secret,
}

/// What the merchant decides about every order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// Tells the vendor where to lead the customer back to, as `redirect_url`. Not in the vendor's document; third-party clients send it.
    pub send_redirect: bool,
    /// The price includes the network's commission, so less than the price is left for the merchant. Otherwise the customer pays it on
    /// top, and `price` means the same in every answer and callback: what was asked for.
    pub include_commission: bool,
}

impl Keys {
    /// A text of the vendor's without either. Cut only once both are out, or a cut could leave half of one.
    fn scrub(&self, text: &str) -> String {
        self.secret.scrub(&text.replace(self.token.expose(), "…"))
    }
}

impl OkiPays {
    /// The account behind a token and its secret. `base_url` is where the API is, e.g. `https://api.okipays.com`. `None`: not a URL that
    /// the token may be sent to, or not such keys.
    #[must_use]
    pub fn new(base_url: &str, token: Secret, secret: Secret, terms: Terms) -> Option<Self> {
        let endpoint = Endpoint::new(base_url)?;
        (is_usable(&token) && is_usable(&secret)).then_some(Self { endpoint, keys: Keys { token, secret }, terms })
    }

    /// The account that is set: `OKIPAYS_TOKEN` and `OKIPAYS_SECRET`, `OKIPAYS_URL` where that is not the vendor's own,
    /// `OKIPAYS_SEND_REDIRECT` and `OKIPAYS_INCLUDE_COMMISSION` (both `false` where nothing is said).
    pub(super) fn configured(settings: &mut Settings<'_>) -> Option<Self> {
        let [token, secret] = settings.provider_keys(["OKIPAYS_TOKEN", "OKIPAYS_SECRET"])?;
        let base_url = settings.base_url("OKIPAYS_URL", "https://api.okipays.com");
        let terms = Terms {
            send_redirect: settings.flag("OKIPAYS_SEND_REDIRECT"),
            include_commission: settings.flag("OKIPAYS_INCLUDE_COMMISSION"),
        };
        if Endpoint::new(&base_url).is_none() {
            settings.problem("OKIPAYS_URL", "must be an https URL without credentials, query or fragment");
        }
        Self::new(&base_url, token, secret, terms)
    }

    /// Creates the order, restricted to one coin on one network or not at all.
    fn create_order(self, purchase: Purchase, offer: Option<Offer>) -> Step<Created> {
        let reference = Number::Order(purchase.reference.clone());
        Step::Number(
            reference,
            Box::new(move |order_id| {
                let order = self.new_order(order_id, &purchase, offer)?;
                let account = self.clone();
                Ok(self.ask_numbered(PrivateCall::Create(order), MOST_NEW_NUMBERS, move |response| {
                    answers::created(&response, &account.keys, &account.endpoint, &purchase, order_id)
                }))
            }),
        )
    }

    /// A private call under a number of its own, and again under another where the vendor found the number stale: then nothing has been
    /// done, so that is safe whatever the call.
    fn ask_numbered<T: 'static>(
        self,
        call: PrivateCall,
        more_numbers: u32,
        read: impl FnOnce(http::Response<Bytes>) -> Result<T, ProviderError> + 'static,
    ) -> Step<T> {
        Step::numbered(move |request_id| {
            let request = self.private(&call, request_id)?;
            Ok(Step::Send(
                request,
                Box::new(move |response| match (answers::is_stale(&response), more_numbers.checked_sub(1)) {
                    (false, _) => read(response).map(Step::Done),
                    (true, Some(left)) => Ok(self.ask_numbered(call, left, read)),
                    (true, None) => Err(unsendable("the request's number was stale every time")),
                }),
            ))
        })
    }

    /// Whether a callback's headers are those of this account over this body. Both are always compared, in constant time.
    fn has_signed(&self, token: &HeaderValue, sign: &HeaderValue, body: &[u8]) -> bool {
        let token_fits = signature::is_same(token.as_bytes(), self.keys.token.expose().as_bytes());
        let sign_fits = signature::verify(body, &self.keys.secret, sign.as_bytes());
        token_fits & sign_fits
    }
}

impl Provider for OkiPays {
    fn id(&self) -> ProviderId {
        ProviderId::Okipays
    }

    fn limits(&self) -> Limits {
        Limits { numbered: true, ..Limits::NONE }
    }

    fn methods(&self) -> Operation<Vec<Listing>> {
        let account = self.clone();
        Ok(Step::Send(
            self.currency_list()?,
            Box::new(move |response| {
                let priced_in = catalogue::currencies(&response, &account.keys)?;
                let second = account.currency_network_list()?;
                Ok(Step::ask(second, move |response| Ok(catalogue::methods(catalogue::offers(&response, &account.keys)?, &priced_in))))
            }),
        ))
    }

    /// For a coin the networks are read first, because the vendor wants its own number for the network; nothing is created before that
    /// has gone well.
    fn create(&self, purchase: &Purchase) -> Operation<Created> {
        let (account, purchase) = (self.clone(), purchase.clone());
        match purchase.method {
            MethodId::Page(Page::Crypto) => Ok(account.create_order(purchase, None)),
            MethodId::Page(Page::Card) => Err(ProviderError::refused("method", "this provider takes no cards")),
            MethodId::Coin { .. } => Ok(Step::Send(
                self.currency_network_list()?,
                Box::new(move |response| {
                    let offers = catalogue::offers(&response, &account.keys)?;
                    let offer = offers.into_iter().find(|offer| offer.method.id == purchase.method);
                    let offer = offer.ok_or_else(|| ProviderError::refused("network", "the coin is not offered on this network"))?;
                    Ok(account.create_order(purchase, Some(offer)))
                }),
            )),
        }
    }

    fn find(&self, purchase: &Purchase) -> Operation<Option<Found>> {
        let (account, purchase) = (self.clone(), purchase.clone());
        Ok(Step::Number(
            Number::Order(purchase.reference.clone()),
            Box::new(move |order_id| {
                let (keys, endpoint) = (account.keys.clone(), account.endpoint.clone());
                Ok(account.ask_numbered(PrivateCall::Get(order_id), MOST_NEW_NUMBERS, move |response| {
                    answers::found(&response, &keys, &endpoint, &purchase, order_id)
                }))
            }),
        ))
    }

    fn fetch(&self, provider_reference: &str) -> Operation<Snapshot> {
        let order_id = answers::order_number(provider_reference);
        let order_id = order_id.ok_or_else(|| ProviderError::refused("order_id", "an order is known by a whole number"))?;
        let keys = self.keys.clone();
        let read = move |response| answers::order(&response, &keys, order_id);
        Ok(self.clone().ask_numbered(PrivateCall::Get(order_id), MOST_NEW_NUMBERS, read))
    }

    fn capture(&self, _: &str) -> Operation<Snapshot> {
        Err(ProviderError::unsupported("capture"))
    }

    fn list(&self, _: &ListQuery) -> Operation<RecordPage> {
        Err(ProviderError::unsupported("list"))
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

    fn call(&self, _: &str, _: &Parameters) -> Operation<Box<RawValue>> {
        Err(ProviderError::unsupported("call"))
    }

    /// What is signed are the values, so the body has to be taken apart before the signature can be checked; nothing is made of it
    /// before that.
    fn verify_webhook(&self, headers: &HeaderMap, body: &[u8]) -> Result<Notification, WebhookError> {
        match (headers.get("token"), headers.get("sign")) {
            (None, None) => {
                let order_id = answers::hint(body).ok_or(WebhookError::Unreadable)?;
                Ok(Notification { about: About::Number(order_id), snapshot: None })
            }
            (Some(token), Some(sign)) if self.has_signed(token, sign, body) => {
                let (order_id, snapshot) = answers::notification(body).ok_or(WebhookError::Unreadable)?;
                Ok(Notification { about: About::Number(order_id), snapshot: Some(Verified::new(snapshot)) })
            }
            (Some(_), Some(_)) => Err(WebhookError::WrongSignature),
            (Some(_), None) | (None, Some(_)) => Err(WebhookError::MissingSignature),
        }
    }

    /// The vendor acts on the answer: `done` closes the order and `cancel` ends it. So `done` is for what is paid and `cancel` for what
    /// was called off; anything else gets neither, because `done` would close an order that is only partly paid, and `cancel` would end
    /// one that money may still reach: the page of a payment that failed may be paid again, and a callback that comes late may be about
    /// money in process.
    fn webhook_acknowledgement(&self, status: Option<AttemptStatus>) -> http::Response<&'static str> {
        let mut response = http::Response::new(match status {
            Some(AttemptStatus::Paid) => r#"{"status":"done"}"#,
            Some(AttemptStatus::Cancelled) => r#"{"status":"cancel"}"#,
            _ => "{}",
        });
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response
    }
}
