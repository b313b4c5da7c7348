//! A secret is in the header or signature of its request and nowhere else, whatever the vendor echoes. The secrets of the contracts are
//! canaries: no text that anybody could read may hold one, nor the beginning of one.

use crate::suite::conversation::Played;
use crate::suite::data::{Asked, Contract, Exchange, headers, response};
use crate::suite::{Failures, every_provider, places};
use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[test]
fn every_secret_is_used_by_something() {
    every_provider(|contract, failures| {
        failures.check(!contract.canaries.names.is_empty(), contract.id, || "it has no canaries".to_owned());
        for (name, secret) in contract.secrets() {
            failures.check(secret.len() >= 16, contract.at(name), || "too short to be told from other text".to_owned());
        }
    });
}

#[test]
fn an_account_does_not_show_its_secrets() {
    every_provider(|contract, failures| {
        let account = contract.account();
        hidden(contract, &format!("{account:?} {account:#?}"), &contract.at("the account's Debug"), failures);
    });
}

#[test]
fn a_request_shows_no_secret_but_where_it_is_wanted() {
    every_provider(|contract, failures| {
        let account = contract.account();
        for exchange in &contract.exchanges {
            for request in contract.play(account.as_ref(), exchange).sent {
                request_hides(contract, &request, &contract.at(&exchange.name), failures);
            }
        }
    });
}

#[test]
fn an_outcome_shows_no_secret() {
    every_provider(|contract, failures| {
        let account = contract.account();
        for exchange in &contract.exchanges {
            outcome_hides(contract, exchange, &contract.play(account.as_ref(), exchange), failures);
        }
        for webhook in &contract.webhooks {
            let heard = account.verify_webhook(&headers(&webhook.headers), &contract.bytes(&webhook.body));
            hidden(contract, &format!("{heard:?}"), &contract.at(&webhook.name), failures);
        }
    });
}

#[test]
fn an_error_does_not_repeat_a_secret_that_the_vendor_echoes() {
    every_provider(|contract, failures| {
        let account = contract.account();
        let secrets: Vec<&str> = contract.secrets().map(|(_, secret)| secret).collect();
        for (exchange, answer) in echoes(contract, &secrets.join(" ")) {
            let played = contract.play_last(account.as_ref(), exchange, answer);
            if played.error().is_some() {
                outcome_hides(contract, exchange, &played, failures);
            }
        }
    });
}

#[test]
fn an_error_is_cut_to_a_length_fit_for_a_log() {
    every_provider(|contract, failures| {
        let account = contract.account();
        for exchange in one_of_each_operation(contract) {
            for error in errors(contract) {
                let body = places::with_every_string(&error, &"a".repeat(5_000)).to_string();
                for status in [200, 400] {
                    let played = contract.play_last(account.as_ref(), exchange, plain(status, body.clone()));
                    let length = played.error().map_or(0, |error| format!("{error} {error:?}").len());
                    failures.check(length < 3000, contract.at(&exchange.name), || format!("{length} bytes of error"));
                }
            }
        }
    });
}

fn request_hides(contract: &Contract, request: &Request<Bytes>, place: &str, failures: &mut Failures) {
    hidden(contract, &request.uri().to_string(), &format!("{place}, URL"), failures);
    let body = String::from_utf8_lossy(request.body());
    let wanted = contract.shown_in(&body).is_some_and(|name| contract.canaries.sent_in_body.iter().any(|wanted| wanted == name));
    if !wanted {
        hidden(contract, &body, &format!("{place}, body"), failures);
        hidden(contract, &format!("{request:?}"), &format!("{place}, Debug"), failures);
    }
}

fn outcome_hides(contract: &Contract, exchange: &Exchange, played: &Played, failures: &mut Failures) {
    let place = contract.at(&exchange.name);
    match &played.outcome {
        None => {}
        Some(Ok(understood)) => hidden(contract, &format!("{} {}", understood.debug, understood.json), &place, failures),
        Some(Err(error)) => hidden(contract, &format!("{error} {error:?}"), &place, failures),
    }
}

fn hidden(contract: &Contract, shown: &str, place: &str, failures: &mut Failures) {
    if let Some(name) = contract.shown_in(shown) {
        failures.note(place, format!("{name} is shown: {shown}"));
    }
}

/// Answers that hold a text wherever a vendor could put one: in the place of each value of an exchange's own answer and of every error
/// that is known of the vendor or usual with others; alone, escaped, and where a longer text may be cut.
fn echoes<'a>(contract: &'a Contract, text: &str) -> Vec<(&'a Exchange, Response<Bytes>)> {
    let escaped: String = text.bytes().fold(String::new(), |escaped, byte| escaped + &format!("\\u{byte:04x}"));
    let across_the_cut = Value::String(format!("{} {text} {}", "b".repeat(280), "b".repeat(30))).to_string();
    let mut refusals: Vec<String> = vec![format!("<html>{text}</html>"), text.to_owned(), Value::String(text.to_owned()).to_string()];
    for whole in errors(contract) {
        let with_escaped = places::with_every_string(&whole, "@").to_string().replace("\"@\"", &format!("\"{escaped}\""));
        refusals.extend([places::with_every_string(&whole, text).to_string(), with_escaped]);
        refusals.extend((0..places::count(&whole)).map(|place| places::with(&whole, place, &across_the_cut)));
    }
    let mut echoes = Vec::new();
    for exchange in &contract.exchanges {
        let own = exchange.steps.last().and_then(|last| serde_json::from_slice(contract.answer(last).body()).ok());
        let bodies = own.iter().flat_map(|own| (0..places::count(own)).map(|place| places::with(own, place, &across_the_cut)));
        echoes.extend(bodies.map(|body| (exchange, plain(200, body))));
    }
    for exchange in one_of_each_operation(contract) {
        let answers = refusals.iter().flat_map(|body| [200, 400, 500].map(|status| plain(status, body.clone())));
        echoes.extend(answers.map(|answer| (exchange, answer)));
    }
    echoes
}

/// The calls of one operation are refused alike.
fn one_of_each_operation(contract: &Contract) -> impl Iterator<Item = &Exchange> {
    let asking = |exchange: &&Exchange| !exchange.steps.is_empty();
    Asked::OPERATIONS
        .iter()
        .filter_map(move |operation| contract.exchanges.iter().filter(asking).find(|exchange| exchange.asked.operation() == *operation))
}

/// Every error that is known of the vendor, and those that are usual with others.
fn errors(contract: &Contract) -> Vec<Value> {
    let errors = contract.errors.iter().map(|error| contract.error_answer(error).into_body());
    let mut known: Vec<Value> = errors.filter_map(|body| serde_json::from_slice(&body).ok()).collect();
    known.extend([
        json!({"error": "x"}),
        json!({"message": "x"}),
        json!({"error": {"code": "x", "message": "x", "details": [{"field": "x", "issue": "x"}]}}),
        json!({"name": "x", "message": "x", "code": 1, "status": 400}),
        json!({"status": false, "error": "x", "code": 1, "token": "x"}),
        json!({"code": 1, "message": "{\"code\":1,\"message\":\"x\"}", "data": {}}),
        json!({"data": {}, "message": "x", "error": {"type": "x", "key": "x", "message": "x"}, "status": 400}),
    ]);
    known
}

fn plain(status: u16, body: impl Into<Bytes>) -> Response<Bytes> {
    response(status, &BTreeMap::new(), body.into())
}
