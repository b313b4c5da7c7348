//! Everything the edge decides, sans-I/O: it is handed the time, the requests and the answers, and says what to do next.
//!
//! In scope: order tokens ([`order_token`]), ids and client tokens ([`identity`]), the providers' protocols ([`provider`],
//! [`providers`]) and the session's truth ([`session`]). Out of scope: clocks, randomness, network, storage and the `worker`
//! platform; `checkout-edge` is the shell that has those and decides nothing.

pub mod account;
pub mod catalogue;
pub mod config;
pub mod identity;
pub mod order_claims;
pub mod order_token;
pub mod payment_uri;
pub mod provider;
pub mod providers;
pub mod records;
pub mod secret;
pub mod session;
pub mod settings;
pub mod step;
pub mod token;
