//! The contract suite: what every provider's adapter sends and understands, held against the vendor's texts, against what could go
//! wrong, and against its simulator. No network, no clock: it runs in `cargo test`.
//!
//! The first block is the same for every provider of `ProviderId::ALL` and knows none of them: it is driven by
//! `fixtures/<provider>/contract.toml` (`suite/data.rs` says what may stand there), so a new provider is held to it by having one. The
//! second block is what is particular to one vendor.

mod amounts;
mod arbitrary;
mod calls;
mod disagreement;
mod errors;
mod exchanges;
mod readme;
mod secrets;
mod settings;
mod simulated;
mod statuses;
mod suite;
mod webhooks;

mod oceanex;
mod okipays;
mod onecheckout;
mod oxapay;
