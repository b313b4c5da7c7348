//! What is particular to `OxaPay`: the names it wants for networks, its bounds, its loosely typed answers, its signatures; whole stories
//! between the adapter and the simulator on a clock that moves when told to; and the simulator held to the vendor's documents.
//!
//! What holds for every provider is held by the suite with `fixtures/oxapay/contract.toml`.

mod answers;
mod arbitrary;
mod records;
mod requests;
mod stories;
mod strictness;
mod texts;
mod trouble;
mod webhooks;
mod world;
