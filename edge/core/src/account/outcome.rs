//! What an answer says of the provider as a whole: one classification for every breaker, wherever it stands.

use crate::provider::ProviderError;
use crate::providers;
use bytes::Bytes;
use checkout_shared::time::Millis;

/// Whose call it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A customer waits for it, or will.
    Customers,
    /// Nobody does.
    Polling,
    /// The merchant's server does. What fails here must not close the provider to customers.
    Merchants,
}

/// What came of a call, as far as gate and breaker care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The provider answered, whatever it was.
    Answered,
    /// It did not answer, or only that it is broken.
    Failed,
    /// It answered that it was called too often.
    Limited(Option<Millis>),
    /// It failed at something that customers do not need, which says nothing about the rest.
    Unsaid,
}

impl Outcome {
    /// What came of a call of this kind.
    #[must_use]
    pub fn of(answer: &Result<http::Response<Bytes>, ProviderError>, kind: Kind) -> Self {
        let failed = if kind == Kind::Merchants { Self::Unsaid } else { Self::Failed };
        let Ok(answer) = answer else { return failed };
        match answer.status().as_u16() {
            429 => Self::Limited(providers::retry_after(answer.headers())),
            408 | 500.. => failed,
            _ => Self::Answered,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_status(status: u16) -> http::Response<Bytes> {
        http::Response::builder().status(status).header("retry-after", "7").body(Bytes::new()).unwrap()
    }

    #[test]
    fn a_provider_that_answers_works_even_if_it_says_no() {
        for status in [200, 302, 400, 401, 403, 404, 409, 422] {
            for kind in [Kind::Customers, Kind::Polling, Kind::Merchants] {
                assert_eq!(Outcome::of(&Ok(with_status(status)), kind), Outcome::Answered, "{status} {kind:?}");
            }
        }
        assert_eq!(Outcome::of(&Ok(with_status(429)), Kind::Customers), Outcome::Limited(Some(Millis::seconds(7))));
    }

    #[test]
    fn no_answer_and_a_broken_provider_count_unless_only_the_merchant_asked() {
        let silence = Err(ProviderError::MaybeSent { reason: "no answer within 12 s".to_owned() });
        for answer in [408, 500, 503, 599].map(|status| Ok(with_status(status))).into_iter().chain([silence]) {
            assert_eq!(Outcome::of(&answer, Kind::Customers), Outcome::Failed, "{answer:?}");
            assert_eq!(Outcome::of(&answer, Kind::Polling), Outcome::Failed, "{answer:?}");
            assert_eq!(Outcome::of(&answer, Kind::Merchants), Outcome::Unsaid, "{answer:?}");
        }
    }
}
