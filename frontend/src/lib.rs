//! What a customer sees: the checkout page as Yew components over one pure state.
//!
//! In scope: which screen a session's view calls for ([`state`]), what stands on it, its words, and (feature `csr`) the effects that keep it
//! live in a browser. Out of scope: any decision about money, any key, any word with a payment provider; those are the edge's.
//!
//! [`Screen`] is the whole page as a pure function of the state: it renders at the edge (feature `ssr`) as well as in the browser, where
//! `Checkout` (feature `csr`) gives it its state. Start reading at `step.rs`, which says when which screen is shown.

mod announcement;
mod choose_method;
mod clipboard;
mod connection;
mod continue_on_page;
mod copy_button;
mod countdown;
mod element;
mod icon;
mod intl;
pub mod messages;
mod offers;
mod outcome;
mod pay_to_address;
mod pieces;
mod problem;
mod progress;
mod qr;
mod rate;
mod screen;
pub mod state;
mod step;
mod summary;
mod time_up;
mod wallet;
mod words;

#[cfg(feature = "csr")]
mod api;
#[cfg(feature = "csr")]
mod checkout;
#[cfg(feature = "csr")]
mod clock;
#[cfg(feature = "csr")]
mod embedder;
#[cfg(feature = "csr")]
pub mod json;
#[cfg(feature = "csr")]
mod link;
#[cfg(feature = "csr")]
mod live;
#[cfg(feature = "csr")]
mod returning;
#[cfg(feature = "csr")]
mod wire;

#[cfg(feature = "ssr")]
pub mod first_paint;

#[cfg(feature = "csr")]
pub use checkout::{Checkout, CheckoutProps};
pub use checkout_shared::page::PageData;
pub use screen::{Screen, ScreenProps};
