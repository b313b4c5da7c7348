//! Runs a conversation with a provider against anything that answers requests at once: a simulator, or an answer out of a file.
//! The edge has a driver of its own with a network in between and the account's object for the numbers; this one has neither.

use crate::simulators::LostAnswer;
use bytes::Bytes;
use checkout_core::provider::{Operation, ProviderError};
use checkout_core::step::{Number, Step};
use http::{Request, Response};

/// Gives the numbers that only an account as a whole can give: requests' counted up, orders' one for each reference.
#[derive(Clone, Debug)]
pub struct Numbers {
    next_request: u64,
    first_order: u64,
    /// The references that have a number; the first has the first.
    orders: Vec<String>,
}

impl Numbers {
    /// Numbers that begin with these.
    #[must_use]
    pub const fn starting_at(request: u64, order: u64) -> Self {
        Self { next_request: request, first_order: order, orders: Vec::new() }
    }

    /// The next number of a kind.
    pub fn give(&mut self, number: &Number) -> u64 {
        match number {
            Number::Request => {
                self.next_request += 1;
                self.next_request - 1
            }
            Number::Order(reference) => self.of_order(reference),
        }
    }

    fn of_order(&mut self, reference: &str) -> u64 {
        let known = self.orders.iter().position(|known| known == reference);
        let at = known.unwrap_or_else(|| {
            self.orders.push(reference.to_owned());
            self.orders.len() - 1
        });
        self.first_order + at as u64
    }
}

impl Default for Numbers {
    fn default() -> Self {
        Self::starting_at(1, 1)
    }
}

/// Runs a conversation to its end, where the numbers it takes (if any) need not go on from an earlier one's.
pub fn run<T>(begun: Operation<T>, answer: impl FnMut(Request<Bytes>) -> Response<Bytes>) -> Result<T, ProviderError> {
    run_numbered(begun, &mut Numbers::default(), answer)
}

/// Runs a conversation to its end. All conversations of an account take their numbers from the same [`Numbers`].
pub fn run_numbered<T>(
    begun: Operation<T>,
    numbers: &mut Numbers,
    mut answer: impl FnMut(Request<Bytes>) -> Response<Bytes>,
) -> Result<T, ProviderError> {
    let mut step = begun?;
    let mut only_asks = true;
    loop {
        step = match step {
            Step::Done(outcome) => return Ok(outcome),
            Step::Number(number, next) => next(numbers.give(&number))?,
            Step::Send(request, next) => {
                only_asks &= checkout_core::step::only_asks(&request);
                let response = answer(request);
                if response.extensions().get::<LostAnswer>().is_some() {
                    return Err(lost(only_asks));
                }
                next(response)?
            }
        };
    }
}

/// What a driver says of an answer that never came: where all requests so far only asked, nothing can have been done.
fn lost(only_asks: bool) -> ProviderError {
    let reason = "no answer".to_owned();
    if only_asks { ProviderError::NotSent { reason } } else { ProviderError::MaybeSent { reason } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Method;

    #[test]
    fn requests_count_up_and_a_reference_keeps_its_number() {
        let mut numbers = Numbers::starting_at(1_610_097_140_116, 123);
        let order = |reference: &str| Number::Order(reference.to_owned());
        let given = [Number::Request, order("a"), order("b"), Number::Request, order("a")].map(|number| numbers.give(&number));
        assert_eq!(given, [1_610_097_140_116, 123, 124, 1_610_097_140_117, 123]);
    }

    #[test]
    fn numbers_are_handed_over_in_the_midst_of_a_conversation() {
        let begun = Step::numbered(|number| {
            let request = Request::new(Bytes::from(number.to_string()));
            Ok(Step::ask(request, |response| Ok(response.into_body())))
        });
        let echoed = run_numbered(Ok(begun), &mut Numbers::starting_at(7, 1), |request| Response::new(request.into_body()));
        assert_eq!(echoed, Ok(Bytes::from_static(b"7")));
    }

    #[test]
    fn a_lost_answer_is_safe_to_repeat_only_where_nothing_can_have_been_done() {
        let outcome = |method: Method| {
            let request = Request::builder().method(method).body(Bytes::new()).unwrap();
            run(Ok(Step::ask(request, |_| Ok(()))), |_| {
                let mut response = Response::new(Bytes::new());
                response.extensions_mut().insert(LostAnswer);
                response
            })
        };
        assert!(matches!(outcome(Method::GET), Err(ProviderError::NotSent { .. })));
        assert!(matches!(outcome(Method::POST), Err(ProviderError::MaybeSent { .. })));
    }

    #[test]
    fn a_question_lost_after_something_was_done_is_not_safe_to_repeat() {
        let request = |method: Method| Request::builder().method(method).body(Bytes::new()).unwrap();
        let done = Step::ask(request(Method::POST), |_| Ok(()));
        let begun = done.and_then(move |()| Ok(Step::ask(request(Method::GET), |_| Ok(()))));
        let outcome = run(begun, |request| {
            let mut response = Response::new(Bytes::new());
            if request.method() == Method::GET {
                response.extensions_mut().insert(LostAnswer);
            }
            response
        });
        assert!(matches!(outcome, Err(ProviderError::MaybeSent { .. })));
    }
}
