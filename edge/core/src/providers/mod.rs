//! One file per vendor, all with the same item order: documentation, configuration, `impl Provider`, requests, answers, status
//! mapping, signature. Having read one you can read any.

mod answer;
pub mod oxapay;

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
