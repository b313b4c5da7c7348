//! What is safe to do next after every kind of no. The errors that a vendor documents are in its contract; what proxies and broken
//! lines make of an answer is the same for all, and is here.

use crate::suite::conversation::{Played, kind};
use crate::suite::data::{Contract, ErrorAnswer, ErrorKind, response};
use crate::suite::{Failures, every_provider};
use bytes::Bytes;
use checkout_core::provider::{Provider, ProviderError};
use checkout_shared::time::Millis;
use http::Response;
use std::collections::BTreeMap;

#[test]
fn every_documented_error_says_what_is_safe_next() {
    every_provider(|contract, failures| {
        let account = contract.account();
        for (at, error) in contract.errors.iter().enumerate() {
            let name = error.answered.as_deref().or(error.body.as_deref()).unwrap_or("an empty body");
            for (operation, expected) in [("create", error.create), ("fetch", error.fetch)] {
                let Some(expected) = expected else { continue };
                let played = last(contract, account.as_ref(), operation, contract.error_answer(error));
                let held = played.error().is_some_and(|told| is_as_documented(told, expected, error));
                let place = contract.at(&format!("error {} (status {}, {name}) to {operation}", at + 1, error.status));
                failures.check(held, place, || format!("expected {expected:?}: {}", played.told()));
            }
        }
    });
}

#[test]
fn an_answer_that_is_none_is_lost() {
    every_provider(|contract, failures| {
        let account = contract.account();
        for operation in ["create", "fetch"] {
            let whole = contract.answer(contract.first(operation).steps.last().expect("it asks something")).into_body();
            let bodies: [(&str, Bytes); 10] = [
                ("nothing", Bytes::new()),
                ("HTML", "<html>Welcome</html>".into()),
                ("null", "null".into()),
                ("a list", "[]".into()),
                ("an empty object", "{}".into()),
                ("a text", "\"ok\"".into()),
                ("no UTF-8", Bytes::from_static(b"\xff\xfe")),
                ("a half", whole.slice(..whole.len() / 2)),
                ("a deep one", "[".repeat(100_000).into()),
                ("a huge one", vec![b' '; 5 * 1024 * 1024].into()),
            ];
            for (name, body) in bodies {
                for status in [200, 201] {
                    assert_lost(contract, account.as_ref(), operation, plain(status, body.clone()), name, failures);
                }
            }
        }
    });
}

#[test]
fn a_status_that_says_neither_yes_nor_no_is_lost() {
    every_provider(|contract, failures| {
        let account = contract.account();
        for operation in ["create", "fetch"] {
            for status in [301, 302, 408, 500, 502, 503, 504, 520] {
                for body in ["", "<html></html>", "{}", "null"] {
                    assert_lost(contract, account.as_ref(), operation, plain(status, body.into()), body, failures);
                }
            }
        }
    });
}

#[test]
fn a_refusal_may_be_empty_or_html() {
    every_provider(|contract, failures| {
        let account = contract.account();
        for operation in ["create", "fetch"] {
            for status in [400, 401, 403, 404] {
                for body in ["", "<html>Forbidden</html>", "null", "[]", "{}", "{\"error\":\"text\"}", "{\"error\":[]}", "{\"message\":7}"]
                {
                    let played = last(contract, account.as_ref(), operation, plain(status, body.into()));
                    let refused = matches!(played.error(), Some(ProviderError::Answered { status: told, .. }) if *told == status);
                    failures.check(refused, contract.at(&format!("{operation}, status {status}, {body}")), || played.told());
                }
            }
        }
    });
}

#[test]
fn too_many_requests_says_how_long_to_wait_where_it_is_said() {
    every_provider(|contract, failures| {
        let account = contract.account();
        let waits =
            [(None, None), (Some("30"), Some(Millis::seconds(30))), (Some("Wed, 21 Oct 2026 07:28:00 GMT"), None), (Some("-1"), None)];
        for operation in ["create", "fetch"] {
            for (stated, retry_after) in waits {
                for body in ["", "<html></html>", "{}"] {
                    let headers = stated.map(|stated| ("retry-after".to_owned(), stated.to_owned())).into_iter().collect();
                    let played = last(contract, account.as_ref(), operation, response(429, &headers, body.into()));
                    let held = played.error() == Some(&ProviderError::RateLimited { retry_after });
                    failures.check(held, contract.at(&format!("{operation}, retry after {stated:?}, {body}")), || played.told());
                }
            }
        }
    });
}

/// Plays the first such operation that comes to something, with another answer in its last step.
fn last(contract: &Contract, account: &dyn Provider, operation: &str, answer: Response<Bytes>) -> Played {
    contract.play_last(account, contract.first(operation), answer)
}

/// After creating it must be looked up, after reading it may be asked for again.
fn assert_lost(contract: &Contract, account: &dyn Provider, operation: &str, answer: Response<Bytes>, name: &str, failures: &mut Failures) {
    let status = answer.status();
    let played = last(contract, account, operation, answer);
    let lost = if operation == "create" { ErrorKind::MaybeSent } else { ErrorKind::NotSent };
    let held = played.error().map(kind) == Some(lost);
    failures.check(held, contract.at(&format!("{operation}, status {status}, {name}")), || format!("expected {lost:?}: {}", played.told()));
}

fn is_as_documented(told: &ProviderError, expected: ErrorKind, error: &ErrorAnswer) -> bool {
    let (status, field, message) = match told {
        ProviderError::Answered { status, field, message } => (Some(*status), field.as_ref(), Some(message)),
        _ => (None, None, None),
    };
    kind(told) == expected
        && (error.field.is_none() || error.field.as_ref() == field)
        && (error.understood_status.is_none() || error.understood_status == status)
        && (error.message.is_none() || error.message.as_ref() == message)
}

fn plain(status: u16, body: Bytes) -> Response<Bytes> {
    response(status, &BTreeMap::new(), body)
}
