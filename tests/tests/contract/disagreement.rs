//! What a provider says of a payment is held against what was ordered, by the real session: where they differ, a person decides, and
//! nothing is ever paid by it.

use crate::suite::conversation::Played;
use crate::suite::data::{Contract, Disagreement, Exchange};
use crate::suite::story::Story;
use crate::suite::{Failures, every_provider};
use bytes::Bytes;
use checkout_core::provider::{Created, PaymentStatus, ProviderError, Snapshot};
use checkout_core::session::news::Dispute;
use checkout_shared::session::Status;
use http::Response;

#[test]
fn a_payment_that_agrees_with_the_order_is_paid() {
    every_provider(|contract, failures| {
        let account = contract.account();
        let fetched: Vec<&Exchange> =
            contract.disagreements.iter().map(|one| contract.exchange(&one.exchange)).filter(|exchange| is_fetch(exchange)).collect();
        failures.check(!fetched.is_empty(), contract.id, || "no [[disagreement]] is about fetching".to_owned());
        for exchange in fetched {
            let played = contract.play_last(account.as_ref(), exchange, paid(contract, exchange, None));
            let place = contract.at(&exchange.name);
            match snapshot(&played) {
                None => failures.note(place, played.told()),
                Some(snapshot) => {
                    let mut story = contract.story_of(&snapshot.provider_reference);
                    story.fetched(snapshot);
                    failures
                        .check(story.status() == Status::Paid, place, || format!("the order is {:?}: {}", story.status(), played.told()));
                }
            }
        }
    });
}

#[test]
fn a_payment_that_does_not_is_for_a_person_to_decide() {
    every_provider(|contract, failures| {
        for disagreement in &contract.disagreements {
            let exchange = contract.exchange(&disagreement.exchange);
            match exchange.asked.operation() {
                "fetch" => hear(contract, exchange, disagreement, failures),
                "create" => create(contract, exchange, disagreement, failures),
                operation => failures.note(contract.at(&exchange.name), format!("{operation} cannot disagree with an order")),
            }
        }
    });
}

/// Amount, currency and reference can each disagree, as far as the vendor states them at all.
#[test]
fn whatever_is_stated_is_held_against_the_order() {
    every_provider(|contract, failures| {
        for exchange in contract.exchanges.iter().filter(|exchange| is_fetch(exchange)) {
            let Some(snapshot) = snapshot(&contract.play(contract.account().as_ref(), exchange)) else { continue };
            let (price, reference) = (snapshot.stated.price.is_some(), snapshot.stated.reference.is_some());
            for (stated, dispute) in [(price, Dispute::Amount), (price, Dispute::Currency), (reference, Dispute::Reference)] {
                let shown = contract.disagreements.iter().any(|one| one.dispute == Some(dispute));
                failures.check(!stated || shown, contract.at(&exchange.name), || format!("no [[disagreement]] shows another {dispute:?}"));
            }
        }
    });
}

/// What fetching brings disagrees.
fn hear(contract: &Contract, exchange: &Exchange, disagreement: &Disagreement, failures: &mut Failures) {
    let place = contract.at(&format!("{} with {}", exchange.name, disagreement.with));
    let account = contract.account();
    let played = contract.play_last(account.as_ref(), exchange, paid(contract, exchange, Some(disagreement)));
    if disagreement.unbelieved {
        let unbelieved = matches!(played.error(), Some(ProviderError::NotSent { .. }));
        return failures.check(unbelieved, place, || format!("it is believed: {}", played.told()));
    }
    let Some(heard) = snapshot(&played) else { return failures.note(place, played.told()) };
    if heard.status != PaymentStatus::Paid {
        return failures.note(place, format!("it must say paid to be held against the order: {}", played.told()));
    }
    let as_it_is = snapshot(&contract.play(account.as_ref(), exchange)).expect("the exchange as it is");
    let mut story = contract.story_of(&as_it_is.provider_reference);
    story.fetched(heard);
    failures.check(story.status() == Status::Review, &place, || format!("the order is {:?}: {}", story.status(), played.told()));
    let dispute = story.session.attempt(1).and_then(|attempt| attempt.news.dispute);
    failures.check(dispute == disagreement.dispute, &place, || format!("expected {:?}, told {dispute:?}", disagreement.dispute));
}

/// What creating brings disagrees: nobody is shown how to pay it.
fn create(contract: &Contract, exchange: &Exchange, disagreement: &Disagreement, failures: &mut Failures) {
    let place = contract.at(&format!("{} with {}", exchange.name, disagreement.with));
    let last = exchange.steps.last().expect("creating asks something");
    let answer = contract.answer_with(last, &disagreement.replace, &disagreement.with);
    let played = contract.play_last(contract.account().as_ref(), exchange, answer);
    if disagreement.unbelieved {
        let unbelieved = matches!(played.error(), Some(ProviderError::MaybeSent { .. }));
        return failures.check(unbelieved, place, || format!("it is believed: {}", played.told()));
    }
    let Some(Ok(understood)) = &played.outcome else { return failures.note(place, played.told()) };
    let created: Created = serde_json::from_value(understood.json.clone()).expect("what creating comes to");
    let story = Story::of(contract.id, exchange.asked.purchase().expect("creating is of a purchase"), created);
    let attempt = story.session.attempt(1).expect("the attempt");
    failures.check(attempt.instructions().is_none(), &place, || "the customer is shown how to pay it".to_owned());
    failures.check(attempt.news.dispute == disagreement.dispute, place, || format!("told {:?}", attempt.news.dispute));
}

/// An exchange's last answer, changed as a disagreement wants it, and saying paid.
fn paid(contract: &Contract, exchange: &Exchange, disagreement: Option<&Disagreement>) -> Response<Bytes> {
    let last = exchange.steps.last().expect("fetching asks something");
    let answer = match disagreement {
        Some(disagreement) => contract.answer_with(last, &disagreement.replace, &disagreement.with),
        None => contract.answer(last),
    };
    let as_it_is = snapshot(&contract.play(contract.account().as_ref(), exchange));
    if as_it_is.is_some_and(|snapshot| snapshot.status == PaymentStatus::Paid) {
        return answer;
    }
    let words = &contract.statuses.words;
    let word = words.iter().find(|(_, status)| **status == PaymentStatus::Paid).map(|(word, _)| word).expect("a word for paid");
    let with = contract.statuses.with.replace("{word}", word);
    answer.map(|body| match std::str::from_utf8(&body) {
        Ok(text) => text.replace(&contract.statuses.replace, &with).into(),
        Err(_) => body,
    })
}

fn snapshot(played: &Played) -> Option<Snapshot> {
    serde_json::from_value(played.outcome.as_ref()?.as_ref().ok()?.json.clone()).ok()
}

fn is_fetch(exchange: &Exchange) -> bool {
    exchange.asked.operation() == "fetch"
}
