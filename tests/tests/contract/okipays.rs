//! What is particular to `OkiPays`: its signature stage by stage, its numbers, its prices and links, and whole stories between the
//! adapter, a session and the simulator on a clock that moves when told to.
//!
//! What holds for every provider is held by the suite with `fixtures/okipays/contract.toml`.

mod callbacks;
mod links;
mod numbers;
mod orders;
mod signature;
mod stories;
mod strictness;
mod world;
