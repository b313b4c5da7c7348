//! Stories of a session, told to [`checkout_core::session::Session::apply`] alone: no provider, no clock, no storage.

mod addresses;
mod choosing;
mod creations;
mod fallback;
mod lifecycle;
mod pages;
mod properties;
mod story;
mod watching;
