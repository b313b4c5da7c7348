//! How an account at a provider is called, where the account as a whole has something to say about it: increasing request numbers,
//! quotas, and not calling at all while the provider is down. Pure: the account's one object holds a [`gate::Gate`] and does what it
//! says, and where an account has no limits whoever calls has a [`breaker::Breaker`]; no clock, no waiting, no I/O in here. What is
//! called is [`crate::provider`]'s business.

pub mod breaker;
pub mod gate;
pub mod outcome;
