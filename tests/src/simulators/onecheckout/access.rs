//! Who may call the simulated Onecheckout, and how often: the header that carries the key, and 1000 requests within any 60 seconds.
//!
//! Source: Authentication and Rate Limiting in the vendor's documentation. Ten requests at once are counted by whoever runs the
//! simulator, which alone knows when an answer has left.

use super::Config;
use super::wire::Refused;
use checkout_shared::time::{Millis, Timestamp};
use http::HeaderMap;
use std::collections::VecDeque;

/// The most requests within [`SPAN`].
const MOST: usize = 1000;
const SPAN: Millis = Millis::minutes(1);

/// Which header the key is taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Headers {
    /// As documented: `Authorization: Bearer` for orders; that or `X-API-Key` for the account, lists and events.
    Document,
    /// `Authorization: Bearer` and no other.
    Bearer,
    /// `X-API-Key` and no other.
    XApiKey,
    /// `api-key` and no other, as the vendor's demo store sends it.
    ApiKey,
}

/// What a call is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum About {
    Order,
    Account,
}

impl Headers {
    /// The word of the Worker's setting, where it is not the default.
    pub(super) const fn setting(self) -> Option<&'static str> {
        match self {
            Self::Document => None,
            Self::Bearer => Some("bearer"),
            Self::XApiKey => Some("x-api-key"),
            Self::ApiKey => Some("api-key"),
        }
    }

    const fn taken(self, about: About) -> &'static [&'static str] {
        match (self, about) {
            (Self::Document, About::Account) => &["x-api-key", "authorization"],
            (Self::Document, About::Order) | (Self::Bearer, _) => &["authorization"],
            (Self::XApiKey, _) => &["x-api-key"],
            (Self::ApiKey, _) => &["api-key"],
        }
    }
}

/// Refuses who shows no key, or another.
pub(super) fn authorize(headers: &HeaderMap, config: &Config, about: About) -> Result<(), Refused> {
    let shown = config.headers.taken(about).iter().find_map(|name| {
        let value = headers.get(*name)?.as_bytes();
        if *name == "authorization" { value.strip_prefix(b"Bearer ") } else { Some(value) }
    });
    match (shown, about) {
        (Some(key), _) if key == config.api_key.as_bytes() => Ok(()),
        (Some(_), _) => Err(Refused::coded(401, "api_key_invalid")),
        (None, About::Order) => Err(Refused::plain(401, "missing token")),
        (None, About::Account) => Err(Refused::coded(400, "api_key_required")),
    }
}

/// The requests taken in within the last minute.
#[derive(Debug, Default)]
pub(super) struct Quota(VecDeque<Timestamp>);

impl Quota {
    /// Takes a request in, or turns it away. One turned away does not count.
    pub(super) fn count(&mut self, now: Timestamp) -> Result<(), Refused> {
        while self.0.front().is_some_and(|first| *first + SPAN <= now) {
            self.0.pop_front();
        }
        if self.0.len() >= MOST {
            return Err(Refused::too_many());
        }
        self.0.push_back(now);
        Ok(())
    }
}
