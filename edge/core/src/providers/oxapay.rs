//! `OxaPay`'s merchant API, version 1: crypto by address on our page (white label), or its hosted page (invoice).
//!
//! Sources: <https://docs.oxapay.com/api-reference> — Generate White Label, Generate Invoice, Payment Information, Payment History,
//! Accepted Currencies, Supported Currencies, Webhook, Payment Status Table, Errors — and the vendor's SDKs where those say more.
//!
//! What to know before changing anything:
//! - There is no idempotency key and no search by our order id. After a lost answer [`Provider::find`] reads the history around the
//!   time and amount of the purchase. The history does not repeat the address, so a found payment may have nothing to show.
//! - The envelope's own `status` outranks HTTP's: the two disagree in practice in both directions.
//! - Notifications name statuses in title case, answers in lower case; only `Paying` and `Paid` are notified. The rest is polled.
//! - Notifications are signed with the merchant key and carry no time, so an old one can be replayed: what follows from a
//!   notification must be harmless when it comes again.
//!
//! The requests are built in `requests`, the answers read in `answers`, the catalogue of coins in `catalogue`.

mod answers;
mod catalogue;
mod requests;

use crate::provider::{Created, Found, Provider, ProviderError, Purchase, Snapshot, WebhookError};
use crate::providers::Verified;
use crate::secret::Secret;
use crate::step::Step;
use answers::Asked;
use bytes::Bytes;
use catalogue::Offer;
use checkout_shared::method::{Method, MethodId};
use checkout_shared::provider::ProviderId;
use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha512;
use url::{Host, Url};

/// How many pages of the history are read in search of a lost payment before giving up: 2000 payments of one price.
const MOST_PAGES: u32 = 10;

/// An account at `OxaPay`.
#[derive(Clone, Debug)]
pub struct OxaPay {
    base: Url,
    key: Secret,
    sandbox: bool,
}

/// Why a configuration is not an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAccount {
    /// The base URL is none, or one that the key must not be sent to.
    #[error("the base URL must be https (http on loopback only), without credentials, query or fragment")]
    BaseUrl,
    /// The key is empty or cannot stand in a header.
    #[error("the merchant key must be one or more printable ASCII characters")]
    MerchantKey,
}

impl OxaPay {
    /// The account behind a merchant key. `base_url` is where the API is, e.g. `https://api.oxapay.com/v1`; `sandbox` marks hosted
    /// pages as tests (the vendor knows no sandbox for addresses).
    pub fn new(base_url: &str, merchant_key: Secret, sandbox: bool) -> Result<Self, InvalidAccount> {
        let base = Url::parse(base_url).map_err(|_| InvalidAccount::BaseUrl)?;
        let nothing_more = base.username().is_empty() && base.password().is_none() && base.query().is_none() && base.fragment().is_none();
        if !nothing_more || !(base.scheme() == "https" || is_loopback_http(&base)) {
            return Err(InvalidAccount::BaseUrl);
        }
        // An empty key would make every notification forgeable.
        let key = merchant_key.expose();
        if key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(InvalidAccount::MerchantKey);
        }
        Ok(Self { base, key: merchant_key, sandbox })
    }

    fn offers(&self, response: &http::Response<Bytes>) -> Result<Vec<Offer>, ProviderError> {
        catalogue::offers(&answers::data(response, &self.key, Asked::ForNews)?)
            .ok_or_else(|| Asked::ForNews.lost("the currencies are unreadable"))
    }

    /// Asks for an address. The currencies are read first, because the vendor wants its own name for the network, and names it knows
    /// change; nothing is created before that has gone well.
    fn create_address(&self, purchase: &Purchase) -> Result<Step<Created>, ProviderError> {
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

    fn find_on_page(&self, purchase: Purchase, page: u32) -> Result<Step<Option<Found>>, ProviderError> {
        let account = self.clone();
        let request = self.history(&purchase, page)?;
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

    fn methods(&self) -> Result<Step<Vec<Method>>, ProviderError> {
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

    fn create(&self, purchase: &Purchase) -> Result<Step<Created>, ProviderError> {
        match purchase.method {
            MethodId::Coin { .. } => self.create_address(purchase),
            MethodId::Page(_) => {
                let (account, purchase) = (self.clone(), purchase.clone());
                let request = self.invoice(&purchase)?;
                Ok(Step::ask(request, move |response| answers::created_page(&response, &account.key, &purchase, account.base.scheme())))
            }
        }
    }

    fn find(&self, purchase: &Purchase) -> Result<Step<Option<Found>>, ProviderError> {
        self.find_on_page(purchase.clone(), 1)
    }

    fn fetch(&self, provider_reference: &str) -> Result<Step<Snapshot>, ProviderError> {
        let (key, asked_for) = (self.key.clone(), provider_reference.to_owned());
        Ok(Step::ask(self.payment(provider_reference)?, move |response| answers::payment(&response, &key, &asked_for)))
    }

    fn verify_webhook(&self, headers: &http::HeaderMap, body: &[u8]) -> Result<Verified<Snapshot>, WebhookError> {
        let signature = headers.get("hmac").ok_or(WebhookError::MissingSignature)?;
        // Lower case only: that is what the vendor documents and all that its own plugins take.
        let signature = HEXLOWER.decode(signature.as_bytes()).map_err(|_| WebhookError::WrongSignature)?;
        let mut mac = Hmac::<Sha512>::new_from_slice(self.key.expose().as_bytes()).map_err(|_| WebhookError::WrongSignature)?;
        mac.update(body);
        mac.verify_slice(&signature).map_err(|_| WebhookError::WrongSignature)?;
        answers::notification(body).map(Verified::new).ok_or(WebhookError::Unreadable)
    }

    fn webhook_acknowledgement(&self) -> http::Response<&'static str> {
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

/// Where a simulator runs. Anywhere else plain http would show the key to the network.
fn is_loopback_http(url: &Url) -> bool {
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() == "http" && loopback
}
