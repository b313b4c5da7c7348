//! What the properties of the contract suite stand on: the providers' contracts, and the gathering of what does not hold.
//!
//! Every property runs over [`ProviderId::ALL`] and gathers its failures before it panics, so that one run shows them all. What a
//! `contract.toml` may say is in [`data`]; how a conversation is played in [`conversation`].

pub mod conversation;
pub mod data;
mod exchange;
pub mod places;
pub mod story;

use checkout_shared::provider::ProviderId;
use data::Contract;
use std::any::Any;
use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What did not hold, so far.
#[derive(Default)]
pub struct Failures(Vec<String>);

impl Failures {
    /// Notes a failure, and where.
    pub fn note(&mut self, place: impl Display, what: impl Display) {
        self.0.push(format!("{place}: {what}"));
    }

    /// Notes a failure unless something holds.
    pub fn check(&mut self, holds: bool, place: impl Display, what: impl FnOnce() -> String) {
        if !holds {
            self.note(place, what());
        }
    }

    /// Panics with all of them, if there are any.
    pub fn tell(self) {
        assert!(self.0.is_empty(), "\n\n{}\n\n{} failed\n", self.0.join("\n\n"), self.0.len());
    }
}

/// Holds every provider there is against a property. A contract that is missing or unreadable is a failure, and so is a panic.
pub fn every_provider(property: impl Fn(&Contract, &mut Failures)) {
    let mut failures = Failures::default();
    for id in ProviderId::ALL {
        match Contract::of(*id) {
            Err(problem) => failures.note(id, problem),
            Ok(contract) => {
                let outcome = catch_unwind(AssertUnwindSafe(|| property(&contract, &mut failures)));
                if let Err(panic) = outcome {
                    failures.note(id, format!("panicked: {}", panic_message(panic.as_ref())));
                }
            }
        }
    }
    failures.tell();
}

fn panic_message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message")
}
