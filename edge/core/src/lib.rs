//! Everything the edge decides, sans-I/O: it is handed the time, the requests and the answers, and says what to do next.
//!
//! In scope: order tokens ([`order_token`]), ids and client tokens ([`identity`]), the providers' protocols ([`provider`],
//! [`providers`]), the session's truth ([`session`]) and how the merchant is told of it ([`outbox`]). Out of scope: clocks, randomness,
//! network, storage and the `worker` platform; `checkout-edge` is the shell that has those and decides nothing.

pub mod account;
pub mod catalogue;
pub mod config;
pub mod identity;
pub mod jitter;
pub mod ledger;
pub mod long_poll;
pub mod merchant_endpoint;
pub mod order_claims;
pub mod order_token;
pub mod outbox;
pub mod page;
pub mod payment_uri;
pub mod provider;
pub mod providers;
pub mod records;
pub mod secret;
pub mod session;
pub mod settings;
pub mod standard_webhooks;
pub mod step;
pub mod theme;
pub mod token;
