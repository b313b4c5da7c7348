//! What is particular to Onecheckout: three headers, two units, the search for a lost order, the quota; and whole stories, adapter and
//! simulator together. What holds for every provider is in the files beside this one, by `fixtures/onecheckout/contract.toml`.

mod access;
mod lists;
mod search;
mod stories;
mod strictness;
mod units;
mod world;
