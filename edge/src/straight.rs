//! Calls to accounts without limits: sent from wherever they are needed, past a breaker that the isolate keeps for each provider.
//!
//! What one isolate has seen is enough: sessions share it, so that once a provider is down the next customers are served by another
//! one at once, and an isolate that has not seen it finds out by itself. Accounts with limits have one object, and its breaker
//! (`account_object.rs`).

use crate::platform;
use crate::upstream::{self, SoFar};
use checkout_core::account::breaker::{Breaker, BreakerState};
use checkout_core::account::outcome::{Kind, Outcome};
use checkout_core::provider::{Operation, ProviderError};
use checkout_core::step::Step;
use checkout_shared::provider::ProviderId;
use std::cell::RefCell;
use std::collections::BTreeMap;

thread_local! {
    static BREAKERS: RefCell<BTreeMap<ProviderId, Breaker>> = const { RefCell::new(BTreeMap::new()) };
}

/// Runs a conversation to its end, each request past the breaker.
pub async fn run<T: 'static>(provider: ProviderId, begun: Operation<T>, kind: Kind) -> Result<T, ProviderError> {
    let mut step = begun?;
    let mut so_far = SoFar::OnlyAsked;
    loop {
        step = match step {
            Step::Done(value) => return Ok(value),
            Step::Send(request, next) => {
                let pass = Pass::new(provider).map_err(|error| so_far.refused(error))?;
                let answer = upstream::send(request, &mut so_far).await;
                pass.end(Outcome::of(&answer, kind));
                next(answer?)?
            }
            Step::Number(..) => return Err(ProviderError::NotSent { reason: "only the account's object gives numbers".to_owned() }),
        };
    }
}

/// What the isolate's breaker says.
pub fn breaker(provider: ProviderId) -> BreakerState {
    with(provider, |breaker| breaker.state(platform::now()))
}

fn with<T>(provider: ProviderId, work: impl FnOnce(&mut Breaker) -> T) -> T {
    BREAKERS.with_borrow_mut(|breakers| work(breakers.entry(provider).or_default()))
}

/// A request that may go; dropped before its end, it says nothing.
struct Pass {
    provider: ProviderId,
    is_over: bool,
}

impl Pass {
    fn new(provider: ProviderId) -> Result<Self, ProviderError> {
        let now = platform::now();
        with(provider, |breaker| breaker.admit(now).map(|()| breaker.begin(now)))?;
        Ok(Self { provider, is_over: false })
    }

    fn end(mut self, outcome: Outcome) {
        self.is_over = true;
        with(self.provider, |breaker| breaker.end(outcome, platform::now()));
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        if !self.is_over {
            with(self.provider, Breaker::abandoned);
        }
    }
}
