//! Every path of the edge, written and read in one place. Which HTTP methods a path takes is the edge's to say.

use crate::event::EventId;
use crate::provider::ProviderId;
use std::fmt;

/// The capability to see and pay one session: `{id}.{token}` in a path. `Debug` keeps the token to itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Capability {
    /// The session's id: 26 of `a–z` and `2–7`.
    pub id: String,
    /// The client token.
    pub token: String,
}

/// The customer's paths, alone: [`Route`] knows all the others too, and their weight is not for the customer's page to carry.
impl Capability {
    /// Reads the path of a session's page, [`Route::Page`].
    #[must_use]
    pub fn of_page(path: &str) -> Option<Self> {
        Self::parse(path.strip_prefix("/checkout/")?)
    }

    /// [`Route::View`].
    #[must_use]
    pub fn view(&self) -> String {
        format!("/v1/checkout/{self}")
    }

    /// [`Route::Attempts`].
    #[must_use]
    pub fn attempts(&self) -> String {
        format!("/v1/checkout/{self}/attempts")
    }

    /// [`Route::Live`].
    #[must_use]
    pub fn live(&self) -> String {
        format!("/v1/checkout/{self}/live")
    }

    fn parse(segment: &str) -> Option<Self> {
        let (id, token) = segment.split_once('.')?;
        let token_fits =
            (1..=128).contains(&token.len()) && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        (is_session_id(id) && token_fits).then(|| Self { id: id.to_owned(), token: token.to_owned() })
    }
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.id, self.token)
    }
}

impl fmt::Debug for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.…", self.id)
    }
}

/// Whether a text has the form of a session id.
#[must_use]
pub fn is_session_id(text: &str) -> bool {
    text.len() == 26 && text.bytes().all(|byte| byte.is_ascii_lowercase() || (b'2'..=b'7').contains(&byte))
}

/// A provider and a name or reference of its own: nothing that could mean another path anywhere.
fn named(provider: &str, name: &str, route: fn(ProviderId, String) -> Route) -> Option<Route> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
    let fits = (1..=128).contains(&name.len()) && name.bytes().all(plain) && !name.starts_with('.');
    if fits { provider.parse().ok().map(|provider| route(provider, name.to_owned())) } else { None }
}

/// A path of the edge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// `/checkout` — the page, opened by an order token in the query (`?order=…`). What the loader's frame asks for.
    Enter,
    /// `/checkout/{id}.{token}` — the page of one session.
    Page(Capability),
    /// `/v1/checkout` — opens a session from an order token.
    Open,
    /// `/v1/checkout/{id}.{token}` — the session's view.
    View(Capability),
    /// `/v1/checkout/{id}.{token}/attempts` — chooses a method.
    Attempts(Capability),
    /// `/v1/checkout/{id}.{token}/live` — a WebSocket of views.
    Live(Capability),
    /// `/v1/sessions` — opens a session by the merchant key.
    Sessions,
    /// `/v1/sessions/{id}` — a session, for the merchant.
    Session(String),
    /// `/v1/sessions/{id}/capture` — takes the payment that is authorised.
    Capture(String),
    /// `/v1/sessions/{id}/cancel` — calls an order off.
    Cancel(String),
    /// `/v1/sessions/{id}/events` — what has happened to a session, and who was told.
    Events(String),
    /// `/v1/deliveries` — the log of outgoing webhooks.
    Deliveries,
    /// `/v1/deliveries/{event id}/resend` — sends one again.
    Resend(EventId),
    /// `/v1/payments` — a provider's own list of payments.
    Payments,
    /// `/v1/payments/{provider}/{reference}` — a payment as its provider knows it.
    Payment(ProviderId, String),
    /// `/v1/payments/{provider}/{reference}/events` — what has happened to it.
    PaymentEvents(ProviderId, String),
    /// `/v1/account/{provider}` — the merchant's account there.
    Account(ProviderId),
    /// `/v1/providers` — the enabled providers and how they do.
    Providers,
    /// `/v1/providers/{provider}/{call}` — a call of the vendor's own.
    ProviderCall(ProviderId, String),
    /// `/v1/methods` — the ways to pay that the enabled providers offer.
    Methods,
    /// `/v1/webhooks/{provider}` and `/v1/webhooks/{provider}/{id}` — a provider's notifications. The id is a session's, or the key
    /// without which nobody can hint at anything; both look alike.
    Webhook(ProviderId, Option<String>),
    /// `/health`
    Health,
    /// `/openapi.json` — what all of these take and answer.
    OpenApi,
}

impl Route {
    /// Reads the path of a request (no query). `None` where there is no such path.
    #[must_use]
    pub fn parse(path: &str) -> Option<Self> {
        let segments: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
        match segments.as_slice() {
            ["checkout"] => Some(Self::Enter),
            ["checkout", capability] => Capability::parse(capability).map(Self::Page),
            ["v1", "checkout"] => Some(Self::Open),
            ["v1", "checkout", capability] => Capability::parse(capability).map(Self::View),
            ["v1", "checkout", capability, "attempts"] => Capability::parse(capability).map(Self::Attempts),
            ["v1", "checkout", capability, "live"] => Capability::parse(capability).map(Self::Live),
            ["v1", "sessions"] => Some(Self::Sessions),
            ["v1", "sessions", id] if is_session_id(id) => Some(Self::Session((*id).to_owned())),
            ["v1", "sessions", id, "capture"] if is_session_id(id) => Some(Self::Capture((*id).to_owned())),
            ["v1", "sessions", id, "cancel"] if is_session_id(id) => Some(Self::Cancel((*id).to_owned())),
            ["v1", "sessions", id, "events"] if is_session_id(id) => Some(Self::Events((*id).to_owned())),
            ["v1", "deliveries"] => Some(Self::Deliveries),
            ["v1", "deliveries", id, "resend"] => id.parse().ok().map(Self::Resend),
            ["v1", "payments"] => Some(Self::Payments),
            ["v1", "payments", provider, reference] => named(provider, reference, Self::Payment),
            ["v1", "payments", provider, reference, "events"] => named(provider, reference, Self::PaymentEvents),
            ["v1", "account", provider] => provider.parse().ok().map(Self::Account),
            ["v1", "providers"] => Some(Self::Providers),
            ["v1", "providers", provider, call] => named(provider, call, Self::ProviderCall),
            ["v1", "methods"] => Some(Self::Methods),
            ["v1", "webhooks", provider] => provider.parse().ok().map(|provider| Self::Webhook(provider, None)),
            ["v1", "webhooks", provider, id] if is_session_id(id) => {
                provider.parse().ok().map(|provider| Self::Webhook(provider, Some((*id).to_owned())))
            }
            ["health"] => Some(Self::Health),
            ["openapi.json"] => Some(Self::OpenApi),
            _ => None,
        }
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Enter => f.write_str("/checkout"),
            Self::Page(capability) => write!(f, "/checkout/{capability}"),
            Self::Open => f.write_str("/v1/checkout"),
            Self::View(capability) => f.write_str(&capability.view()),
            Self::Attempts(capability) => f.write_str(&capability.attempts()),
            Self::Live(capability) => f.write_str(&capability.live()),
            Self::Sessions => f.write_str("/v1/sessions"),
            Self::Session(id) => write!(f, "/v1/sessions/{id}"),
            Self::Capture(id) => write!(f, "/v1/sessions/{id}/capture"),
            Self::Cancel(id) => write!(f, "/v1/sessions/{id}/cancel"),
            Self::Events(id) => write!(f, "/v1/sessions/{id}/events"),
            Self::Deliveries => f.write_str("/v1/deliveries"),
            Self::Resend(id) => write!(f, "/v1/deliveries/{id}/resend"),
            Self::Payments => f.write_str("/v1/payments"),
            Self::Payment(provider, reference) => write!(f, "/v1/payments/{provider}/{reference}"),
            Self::PaymentEvents(provider, reference) => write!(f, "/v1/payments/{provider}/{reference}/events"),
            Self::Account(provider) => write!(f, "/v1/account/{provider}"),
            Self::Providers => f.write_str("/v1/providers"),
            Self::ProviderCall(provider, call) => write!(f, "/v1/providers/{provider}/{call}"),
            Self::Methods => f.write_str("/v1/methods"),
            Self::Webhook(provider, None) => write!(f, "/v1/webhooks/{provider}"),
            Self::Webhook(provider, Some(id)) => write!(f, "/v1/webhooks/{provider}/{id}"),
            Self::Health => f.write_str("/health"),
            Self::OpenApi => f.write_str("/openapi.json"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "abcdefghijklmnopqrstuvwx27";

    #[test]
    fn every_route_reads_back_what_it_writes() {
        let capability = || Capability { id: ID.to_owned(), token: "t0ken-_".to_owned() };
        let routes = [
            Route::Enter,
            Route::Page(capability()),
            Route::Open,
            Route::View(capability()),
            Route::Attempts(capability()),
            Route::Live(capability()),
            Route::Sessions,
            Route::Session(ID.to_owned()),
            Route::Capture(ID.to_owned()),
            Route::Cancel(ID.to_owned()),
            Route::Events(ID.to_owned()),
            Route::Deliveries,
            Route::Resend(EventId { session: ID.to_owned(), number: 3 }),
            Route::Payments,
            Route::Payment(ProviderId::Okipays, "1795237123".to_owned()),
            Route::PaymentEvents(ProviderId::Onecheckout, "0001".to_owned()),
            Route::Account(ProviderId::Onecheckout),
            Route::Providers,
            Route::ProviderCall(ProviderId::Oxapay, "static-address".to_owned()),
            Route::Methods,
            Route::Webhook(ProviderId::Oxapay, None),
            Route::Webhook(ProviderId::Oxapay, Some(ID.to_owned())),
            Route::Health,
            Route::OpenApi,
        ];
        for route in routes {
            assert_eq!(Route::parse(&route.to_string()), Some(route));
        }
    }

    #[test]
    fn a_session_is_read_from_the_path_of_its_page_only() {
        let capability = Capability { id: ID.to_owned(), token: "t0ken-_".to_owned() };
        assert_eq!(Capability::of_page(&Route::Page(capability.clone()).to_string()), Some(capability.clone()));
        for other in [Route::View(capability.clone()), Route::Live(capability), Route::Enter, Route::Session(ID.to_owned())] {
            assert_eq!(Capability::of_page(&other.to_string()), None);
        }
    }

    #[test]
    fn what_is_no_path_of_ours_is_none() {
        for path in [
            "",
            "/",
            "checkout",
            "/checkout/",
            "/checkout/x.y",
            "/v1/checkout/../x",
            "/v1/webhooks/nobody",
            "/v1/payments/oxapay/..",
            "/v1/payments/oxapay/%2e%2e",
            "/v1/providers/oxapay/",
            "/health/",
            "/V1/methods",
        ] {
            assert_eq!(Route::parse(path), None, "{path}");
        }
    }

    #[test]
    fn a_capability_does_not_show_its_token_when_debugged() {
        let capability = Capability { id: ID.to_owned(), token: "canary".to_owned() };
        assert!(!format!("{:?}", Route::Page(capability)).contains("canary"));
    }
}
