//! The contract suite: what a provider's adapter sends and understands, against the vendor's texts (`fixtures/`) and against its
//! simulator. No network, no clock: it runs in `cargo test`.
//!
//! `requests`, `answers`, `errors`, `webhooks` and `secrets` hold the adapter against texts; `arbitrary` against anything at all;
//! `stories` and `trouble` against the simulator; `strictness` holds the simulator against the vendor's documents.

mod amounts;
mod answers;
mod arbitrary;
mod errors;
mod requests;
mod secrets;
mod stories;
mod strictness;
mod texts;
mod trouble;
mod webhooks;
mod world;
