//! Which notifications are believed: none that could have been made or changed by somebody else, and none twice.

use crate::suite::data::{Contract, REFERENCE, Unsigned, Webhook, directory, headers};
use crate::suite::places;
use crate::suite::{Failures, every_provider};
use checkout_core::provider::{About, Notification, Provider, Snapshot, WebhookError};
use checkout_core::providers::Verified;
use checkout_core::session::{Effect, Hint, Input, Report};
use checkout_shared::session::Status;
use checkout_shared::time::Millis;
use http::HeaderMap;
use serde_json::{Value, json};

/// A notification, read.
#[derive(Clone, Debug, PartialEq)]
struct Heard {
    about: About,
    snapshot: Option<Snapshot>,
}

type Read = Result<Heard, WebhookError>;

#[test]
fn a_notification_says_what_the_file_says() {
    every_provider(|contract, failures| {
        for webhook in &contract.webhooks {
            let heard = read(contract.account().as_ref(), &headers(&webhook.headers), &contract.bytes(&webhook.body));
            let place = contract.at(&webhook.name);
            match (&webhook.understood, &heard) {
                (Some(file), Ok(heard)) => {
                    let actual = json!({ "about": heard.about, "snapshot": heard.snapshot });
                    let text = std::fs::read(directory(contract.id).join(file)).ok();
                    let same = text.and_then(|text| serde_json::from_slice::<Value>(&text).ok()).is_some_and(|expected| expected == actual);
                    failures.check(same, &place, || format!("{file} is not what is understood, which is:\n{actual:#}"));
                    let is_believed = heard.snapshot.is_some();
                    let is_signed = webhook.signature_header.is_some();
                    failures.check(is_signed || !is_believed, place, || "it is believed without being signed".to_owned());
                }
                (None, Err(error)) => {
                    let expected = webhook.error.map(WebhookError::from);
                    failures.check(Some(*error) == expected, place, || format!("expected {expected:?}: {error:?}"));
                }
                _ => failures.note(place, format!("{heard:?}")),
            }
        }
    });
}

#[test]
fn without_its_signature_it_is_a_hint_at_most() {
    every_provider(|contract, failures| {
        for webhook in contract.webhooks.iter().filter(|webhook| webhook.understood.is_some()) {
            let (Some(header), Some(expected)) = (&webhook.signature_header, webhook.without_signature) else { continue };
            let mut bare = headers(&webhook.headers);
            let place = contract.at(&webhook.name);
            failures.check(bare.remove(header).is_some(), &place, || format!("it has no header {header}"));
            let heard = read(contract.account().as_ref(), &bare, &contract.bytes(&webhook.body));
            let held = match expected {
                Unsigned::MissingSignature => heard == Err(WebhookError::MissingSignature),
                Unsigned::Hint => is_hint(&heard),
            };
            failures.check(held, &place, || format!("expected {expected:?}: {heard:?}"));
            for nonsense in ["", "x", "0", "null"] {
                let mut badly = headers(&webhook.headers);
                badly
                    .insert(http::HeaderName::from_bytes(header.as_bytes()).expect("a header's name"), nonsense.parse().expect("a header"));
                let heard = read(contract.account().as_ref(), &badly, &contract.bytes(&webhook.body));
                failures.check(is_disbelieved(webhook, &heard), &place, || format!("signed with {nonsense:?}: {heard:?}"));
            }
        }
    });
}

#[test]
fn signed_by_another_key_it_is_not_believed() {
    every_provider(|contract, failures| {
        for webhook in good(contract) {
            let heard = read(contract.stranger().as_ref(), &headers(&webhook.headers), &contract.bytes(&webhook.body));
            failures.check(is_disbelieved(webhook, &heard), contract.at(&webhook.name), || format!("{heard:?}"));
        }
    });
}

#[test]
fn one_flipped_bit_anywhere_makes_nothing_else_of_it() {
    every_provider(|contract, failures| {
        let account = contract.account();
        for webhook in good(contract) {
            let (headers, body) = (headers(&webhook.headers), contract.bytes(&webhook.body));
            let as_it_is = read(account.as_ref(), &headers, &body);
            for at in 0..body.len() {
                for bit in [0x01, 0x02, 0x20, 0x80] {
                    let mut changed = body.to_vec();
                    changed[at] ^= bit;
                    let heard = read(account.as_ref(), &headers, &changed);
                    let held = is_disbelieved(webhook, &heard) || (webhook.signature_header.is_some() && heard == as_it_is);
                    failures.check(held, contract.at(&webhook.name), || format!("byte {at} changed: {heard:?}"));
                }
            }
        }
    });
}

#[test]
fn written_otherwise_it_says_the_same_or_is_not_believed() {
    every_provider(|contract, failures| {
        let account = contract.account();
        for webhook in good(contract) {
            let (headers, body) = (headers(&webhook.headers), contract.bytes(&webhook.body));
            let as_it_is = read(account.as_ref(), &headers, &body);
            for rewritten in otherwise(&body) {
                let heard = read(account.as_ref(), &headers, &rewritten);
                let held = is_disbelieved(webhook, &heard) || heard == as_it_is;
                failures.check(held, contract.at(&webhook.name), || format!("{}: {heard:?}", String::from_utf8_lossy(&rewritten)));
            }
        }
    });
}

/// A field that is added, taken out or given another value under the same signature.
#[test]
fn what_the_signature_does_not_cover_says_nothing() {
    every_provider(|contract, failures| {
        let account = contract.account();
        for webhook in good(contract) {
            let (headers, body) = (headers(&webhook.headers), contract.bytes(&webhook.body));
            let Ok(whole) = serde_json::from_slice::<Value>(&body) else { continue };
            let as_it_is = read(account.as_ref(), &headers, &body);
            for place in 0..places::count(&whole) {
                for text in ["null", "1", "\"1\"", "[]", "{}", "\"\"", "true"] {
                    let changed = places::with(&whole, place, text);
                    let heard = read(account.as_ref(), &headers, changed.as_bytes());
                    let held = is_disbelieved(webhook, &heard) || heard == as_it_is;
                    failures.check(held, contract.at(&webhook.name), || format!("{changed}: {heard:?}"));
                }
            }
        }
    });
}

#[test]
fn the_headers_name_may_be_in_any_letter_case() {
    every_provider(|contract, failures| {
        for webhook in good(contract) {
            let [upper, lower] = [str::to_ascii_uppercase, str::to_ascii_lowercase].map(|case| {
                let stated = webhook.headers.iter().map(|(name, value)| (case(name), value.clone())).collect();
                read(contract.account().as_ref(), &headers(&stated), &contract.bytes(&webhook.body))
            });
            failures.check(upper == lower && upper.is_ok(), contract.at(&webhook.name), || format!("{upper:?} and {lower:?}"));
        }
    });
}

#[test]
fn replayed_it_changes_nothing() {
    every_provider(|contract, failures| {
        let account = contract.account();
        for webhook in good(contract) {
            let (headers, body) = (headers(&webhook.headers), contract.bytes(&webhook.body));
            let (first, second) = (read(account.as_ref(), &headers, &body), read(account.as_ref(), &headers, &body));
            let place = contract.at(&webhook.name);
            failures.check(first == second, &place, || format!("first {first:?}, then {second:?}"));
            match first {
                Err(error) => failures.note(place, error),
                Ok(Heard { about, snapshot }) => match (reference(contract, &about), snapshot) {
                    (Some(reference), Some(snapshot)) => told_twice(contract, reference, snapshot, &place, failures),
                    (Some(reference), None) => hinted_twice(contract, &reference, &place, failures),
                    (None, None) => {}
                    (None, Some(snapshot)) => failures.note(place, format!("it is believed and about nothing of ours: {snapshot:?}")),
                },
            }
        }
    });
}

#[test]
fn who_notifies_of_nothing_is_not_listened_to() {
    every_provider(|contract, failures| {
        if contract.webhooks.is_empty() {
            for body in ["", "{}", "{\"id\":\"1\",\"status\":\"paid\"}", "id=1"] {
                let heard = read(contract.account().as_ref(), &HeaderMap::new(), body.as_bytes());
                failures.check(heard.is_err(), contract.id, || format!("{body}: {heard:?}"));
            }
        }
    });
}

/// Our reference of what a notification is about.
fn reference(contract: &Contract, about: &About) -> Option<String> {
    match about {
        About::Nothing => None,
        About::Reference(reference) => Some(reference.clone()),
        // As the account's object would say.
        About::Number(number) => (contract.numbers.order == Some(*number)).then(|| REFERENCE.to_owned()),
    }
}

/// A session that is told of its payment by the notification, and then again.
fn told_twice(contract: &Contract, reference: String, mut snapshot: Snapshot, place: &str, failures: &mut Failures) {
    snapshot.stated.reference.get_or_insert(reference);
    let mut story = contract.story_of(&snapshot.provider_reference);
    story.pass(Millis::minutes(1));
    let effects = story.tell(Input::Notified(snapshot.clone()));
    failures.check(!effects.contains(&Effect::Report(Report::StrayPayment)), place, || "the session does not know it".to_owned());
    let once = (story.session.clone(), story.session.view(story.now));
    let effects = story.tell(Input::Notified(snapshot));
    let twice = story.session.view(story.now);
    let changed = story.session.differs_from(&once.0) || twice != once.1;
    failures.check(!changed, place, || format!("the second time changes {:?} to {twice:?}, {effects:?}", once.1));
}

/// A hint makes the session ask, once; it carries nothing in.
fn hinted_twice(contract: &Contract, reference: &str, place: &str, failures: &mut Failures) {
    let account = contract.account();
    let created = contract.play(account.as_ref(), contract.first("create")).ended().expect("the first creation");
    let mut story = contract.story_of(created.json["provider_reference"].as_str().expect("a reference"));
    story.pass(Millis::minutes(1));
    let hint = || Input::Hinted(Hint::Reference(reference.to_owned()));
    let effects = [story.tell(hint()), story.tell(hint())];
    let asks_once = effects == [vec![Effect::Fetch(1)], Vec::new()];
    failures.check(asks_once, place, || format!("the session answers the hints with {effects:?}"));
    failures.check(story.status() == Status::AwaitingPayment, place, || format!("a hint made the order {:?}", story.status()));
}

/// The same with other white space, and with the fields in another order.
fn otherwise(body: &[u8]) -> Vec<Vec<u8>> {
    let mut rewritten = vec![[b" ", body].concat(), [body, b"\n"].concat()];
    if let Ok(meaning) = serde_json::from_slice::<Value>(body) {
        rewritten.extend(serde_json::to_vec_pretty(&meaning));
        rewritten.extend(serde_json::to_vec(&meaning));
    }
    rewritten.into_iter().filter(|rewritten| rewritten != body).collect()
}

fn good(contract: &Contract) -> impl Iterator<Item = &Webhook> {
    contract.webhooks.iter().filter(|webhook| webhook.understood.is_some())
}

fn read(account: &dyn Provider, headers: &HeaderMap, body: &[u8]) -> Read {
    let Notification { about, snapshot } = account.verify_webhook(headers, body)?;
    Ok(Heard { about, snapshot: snapshot.map(Verified::into_inner) })
}

/// An error, or a hint where the provider takes unsigned ones.
fn is_disbelieved(webhook: &Webhook, heard: &Read) -> bool {
    heard.is_err() || (webhook.without_signature != Some(Unsigned::MissingSignature) && is_hint(heard))
}

fn is_hint(heard: &Read) -> bool {
    heard.as_ref().is_ok_and(|heard| heard.snapshot.is_none())
}
