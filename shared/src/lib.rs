//! The wire contract: every type that crosses between the edge, the widget and the tests.
//!
//! In scope: plain data, its JSON shape and the paths it travels on ([`route`]). Out of scope: I/O, secrets, platform crates
//! and decisions; those are `checkout-core` (what the edge decides) and `checkout-widget` (what a customer sees).
//! Start with [`session::SessionView`], the one message the customer's page lives on.

pub mod error;
pub mod event;
pub mod language;
pub mod method;
pub mod money;
pub mod order;
pub mod page;
pub mod provider;
pub mod record;
pub mod route;
pub mod session;
pub mod time;
