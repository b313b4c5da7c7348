//! One file per vendor, all with the same item order: documentation, documented calls, account and its settings, `impl Provider`,
//! requests, answers, status mapping, signature. Having read one you can read any.
//!
//! Adding one: a variant of [`ProviderId`], then a file here and an arm in each of the two matches below; the compiler asks for them.

mod answer;
mod endpoint;
pub mod oceanex;
pub mod okipays;
pub mod onecheckout;
pub mod oxapay;
mod parameters;

pub use answer::retry_after;

use crate::provider::{DocumentedCall, Provider};
use crate::settings::Settings;
use checkout_shared::provider::ProviderId;

/// The account at a provider, if its keys are set. Half a configuration is a problem noted in `settings`.
#[must_use]
pub fn configured(id: ProviderId, settings: &mut Settings<'_>) -> Option<Box<dyn Provider>> {
    match id {
        ProviderId::Oxapay => boxed(oxapay::OxaPay::configured(settings)),
        ProviderId::Okipays => boxed(okipays::OkiPays::configured(settings)),
        ProviderId::Oceanex => boxed(oceanex::OceanEx::configured(settings)),
        ProviderId::Onecheckout => boxed(onecheckout::Onecheckout::configured(settings)),
    }
}

/// Every call a provider's documents describe.
#[must_use]
pub const fn documented_calls(id: ProviderId) -> &'static [DocumentedCall] {
    match id {
        ProviderId::Oxapay => oxapay::CALLS,
        ProviderId::Okipays => okipays::CALLS,
        ProviderId::Oceanex => oceanex::CALLS,
        ProviderId::Onecheckout => onecheckout::CALLS,
    }
}

/// Whether a provider tells us of every change with proof of who says it, so that it need not be asked as often.
#[must_use]
pub const fn signs_notifications(id: ProviderId) -> bool {
    match id {
        ProviderId::Oxapay => true,
        // OkiPays' signature is known from other clients only, OceanEx Pay has no notifications, Onecheckout signs none.
        ProviderId::Okipays | ProviderId::Oceanex | ProviderId::Onecheckout => false,
    }
}

fn boxed<P: Provider + 'static>(account: Option<P>) -> Option<Box<dyn Provider>> {
    account.map(|account| Box::new(account) as Box<dyn Provider>)
}

/// Something whose signature was checked. Only a provider's own `verify_webhook` can make one: the constructor is private to this
/// module and the files below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified<T>(T);

impl<T> Verified<T> {
    const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value.
    pub fn into_inner(self) -> T {
        self.0
    }
}
