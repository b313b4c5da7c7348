//! What a merchant's server asks of the edge about its orders: lists, what stands behind a session, calling off, creating safely.

use crate::client::{Edge, PATIENCE, address, check, now_seconds, ok, refused};
use crate::{Story, Told, stories};
use checkout_shared::error::ErrorCode;
use checkout_shared::event::EventKind;
use checkout_shared::provider::ProviderId;
use checkout_shared::record::SessionSummary;
use checkout_shared::route::Route;
use checkout_shared::session::{Opened, SessionView, Status};
use checkout_tests::sandbox_wallet::WalletAction;
use libtest_mimic::Failed;
use reqwest::Response;
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::Instant;

stories! { Story:
    a_session_is_found_by_whatever_names_it,
    sessions_are_listed_page_by_page,
    a_parameter_that_is_none_is_named,
    a_record_tells_what_stands_behind_a_session,
    an_order_is_called_off_and_stated_afresh,
    an_order_that_ran_out_is_stated_afresh_at_its_price,
    an_order_with_money_cannot_be_called_off,
    customer_pays_an_order_that_was_called_off,
    a_create_that_is_sent_twice_is_done_once,
    a_create_that_is_refused_uses_no_key_up,
    a_reference_keeps_its_price,
    the_description_of_all_routes_is_served,
}

#[derive(Deserialize)]
struct Page {
    sessions: Vec<SessionSummary>,
    next: Option<String>,
}

async fn page(edge: &Edge, query: &str) -> Result<Page, Failed> {
    ok(edge.as_merchant(format!("{}?{query}", Route::Sessions)).await?).await
}

/// Lists until the list is as wanted; it may lag a little.
async fn listed(edge: &Edge, query: &str, wanted: impl Fn(&[SessionSummary]) -> bool) -> Result<Vec<SessionSummary>, Failed> {
    let begun = Instant::now();
    loop {
        let found = page(edge, query).await?.sessions;
        if wanted(&found) {
            return Ok(found);
        }
        if begun.elapsed() > PATIENCE {
            return Err(format!("{query}: {found:?}").into());
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

fn is_one(found: &[SessionSummary], id: &str) -> bool {
    matches!(found, [only] if only.id == id)
}

async fn a_session_is_found_by_whatever_names_it(edge: &Edge) -> Told {
    let opening = edge.open().await?;
    let id = &opening.capability.id;
    edge.choose(&opening, "USDT:tron").await?;
    edge.pay(&opening, WalletAction::Exact).await?;
    let view = edge.until(&opening, "paid", |view| view.status == Status::Paid).await?;
    let reference = &view.order.reference;
    let hash = view.attempt.as_ref().map(|attempt| attempt.transactions[0].hash.clone()).ok_or("no attempt")?;
    let at_provider = edge.record(id).await?.attempts[0].provider_reference.clone().ok_or("no reference of the provider's")?;

    let found = listed(edge, &format!("status=paid&reference={reference}"), |found| is_one(found, id)).await?;
    let summary = &found[0];
    check((&summary.reference, summary.price.to_string().as_str()) == (reference, "18.90 USD"), format!("{summary:?}"))?;
    check(summary.sequence >= opening.view.sequence && summary.updated_at > summary.created_at, format!("{summary:?}"))?;
    check(summary.expires_at == view.order.expires_at, format!("{summary:?}"))?;
    for name in [id.as_str(), reference, &format!("{id}-1"), &at_provider, &hash] {
        listed(edge, &format!("search={name}"), |found| is_one(found, id)).await?;
    }
    for query in [format!("status=open&reference={reference}"), format!("reference={reference}-"), format!("search=no-{hash}")] {
        check(page(edge, &query).await?.sessions.is_empty(), format!("{query} finds something"))?;
    }
    Ok(())
}

async fn sessions_are_listed_page_by_page(edge: &Edge) -> Told {
    let mut ours = Vec::new();
    for _ in 0..3 {
        let opening = edge.open().await?;
        ours.push((opening.capability.id, opening.view.order.reference));
    }
    for (id, reference) in &ours {
        listed(edge, &format!("reference={reference}"), |found| is_one(found, id)).await?;
    }
    let from = edge.record(&ours[0].0).await?.created_at.0;
    let to = edge.record(&ours[2].0).await?.created_at.0;
    let query = format!("created_from={from}&created_to={to}&limit=2");
    let (mut found, mut pages, mut cursor) = (Vec::new(), 0, String::new());
    loop {
        let Page { sessions, next } = page(edge, &format!("{query}{cursor}")).await?;
        pages += 1;
        check((1..=2).contains(&sessions.len()), format!("{} on page {pages}", sessions.len()))?;
        found.extend(sessions);
        let Some(next) = next else { break };
        cursor = format!("&cursor={next}");
    }
    check(pages > 1 && found.is_sorted_by(|newer, older| newer.created_at >= older.created_at), format!("{pages} pages: {found:?}"))?;
    let found: Vec<&str> = found.iter().map(|summary| summary.id.as_str()).filter(|id| ours.iter().any(|(our, _)| our == id)).collect();
    let expected: Vec<&str> = ours.iter().rev().map(|(id, _)| id.as_str()).collect();
    check(found == expected, format!("{found:?} is not {expected:?}"))
}

async fn a_parameter_that_is_none_is_named(edge: &Edge) -> Told {
    for (query, field) in [("order_id=1", "order_id"), ("status=Paid", "status"), ("limit=0", "limit"), ("cursor=x", "cursor")] {
        let error = refused(edge.as_merchant(format!("{}?{query}", Route::Sessions)).await?, ErrorCode::InvalidRequest).await?;
        check(error.error.details.as_ref().is_some_and(|details| details.field == field), format!("{error:?}"))?;
    }
    refused(edge.get(Route::Sessions).await?, ErrorCode::Unauthorized).await.map(drop)
}

async fn a_record_tells_what_stands_behind_a_session(edge: &Edge) -> Told {
    let opening = edge.open().await?;
    let id = &opening.capability.id;
    let asked_before = edge.record(id).await?.provider_calls;
    edge.choose(&opening, "USDT:tron").await?;
    edge.choose(&opening, "LTC:litecoin").await?;
    let answer = edge.as_merchant(Route::Session(id.clone())).await?.text().await?;
    check(!answer.contains(&opening.capability.token), "the client token is the customer's")?;
    let record = edge.record(id).await?;
    check(record.session.id == *id && record.session.status == Status::AwaitingPayment, format!("{record:?}"))?;
    check(record.created_at.seconds().abs_diff(now_seconds().try_into()?) < 60, format!("{:?}", record.created_at))?;
    check(record.provider_calls >= asked_before + 2, format!("{asked_before}, then {}", record.provider_calls))?;

    let [first, second] = record.attempts.as_slice() else { return Err(format!("{:?}", record.attempts).into()) };
    for (attempt, number, method) in [(first, 1, "USDT:tron"), (second, 2, "LTC:litecoin")] {
        let told = (attempt.number, attempt.provider, attempt.method.to_string(), attempt.price.to_string());
        check(told == (number, ProviderId::Oxapay, method.to_owned(), "18.90 USD".to_owned()), format!("{attempt:?}"))?;
        check(attempt.reference == format!("{id}-{number}") && attempt.provider_reference.is_some(), format!("{attempt:?}"))?;
        check(attempt.reason.is_none() && attempt.started_at >= record.created_at, format!("{attempt:?}"))?;
    }
    check(first.provider_reference != second.provider_reference, "two payments")?;
    let at_provider = second.provider_reference.clone().unwrap_or_default();
    let payment: Value = ok(edge.as_merchant(Route::Payment(ProviderId::Oxapay, at_provider)).await?).await?;
    check(payment.to_string().contains(&second.reference), &payment)
}

async fn an_order_is_called_off_and_stated_afresh(edge: &Edge) -> Told {
    let mut claims = Edge::claims();
    let opening = edge.open_claims(&claims).await?;
    let id = &opening.capability.id;
    let mut tab = edge.watch(&opening).await?;
    let cancel = Route::Cancel(id.clone());
    refused(edge.post(&cancel, &json!({})).await?, ErrorCode::Unauthorized).await?;
    for _ in 0..2 {
        let view: SessionView = ok(edge.as_merchant_post(&cancel, &json!({})).await?).await?;
        check(view.status == Status::Cancelled, format!("{:?}", view.status))?;
    }
    tab.until(|view| view.status == Status::Cancelled).await?;
    edge.heard(id, EventKind::Cancelled).await?;
    let choose = edge.post(Route::Attempts(opening.capability.clone()), &json!({"method": "USDT:tron"})).await?;
    refused(choose, ErrorCode::SessionClosed).await?;
    // The shop's old page, loaded again.
    check(edge.open_claims(&claims).await?.view.status == Status::Cancelled, "the same order token does not undo it")?;

    claims["exp"] = json!(now_seconds() + 7200);
    check(edge.open_claims(&claims).await?.view.status == Status::Open, "a fresh one does")?;
    edge.choose(&opening, "USDT:tron").await?;
    edge.pay(&opening, WalletAction::Exact).await?;
    let paid = tab.until(|view| view.status == Status::Paid).await?;
    check(!paid.late, "and it is paid in time")?;
    let kinds: Vec<EventKind> = edge.events(id).await?.iter().map(|event| event.delivery.kind).collect();
    check(kinds.starts_with(&[EventKind::Open, EventKind::Cancelled, EventKind::Open, EventKind::AwaitingPayment]), format!("{kinds:?}"))
}

async fn an_order_that_ran_out_is_stated_afresh_at_its_price(edge: &Edge) -> Told {
    let mut claims = Edge::claims();
    claims["exp"] = json!(now_seconds() + 4);
    let opening = edge.open_claims(&claims).await?;
    let id = &opening.capability.id;
    let mut tab = edge.watch(&opening).await?;
    edge.choose(&opening, "USDT:tron").await?;
    // The address would hold for longer, and with it the order.
    edge.pay(&opening, WalletAction::Expire).await?;
    tab.until(|view| view.status == Status::Expired).await?;
    edge.heard(id, EventKind::Expired).await?;
    let choose = edge.post(Route::Attempts(opening.capability.clone()), &json!({"method": "USDT:tron"})).await?;
    refused(choose, ErrorCode::SessionClosed).await?;
    refused(edge.post(Route::Open, &json!({"order": edge.sign(&claims)})).await?, ErrorCode::ExpiredOrderToken).await?;

    claims["exp"] = json!(now_seconds() + 3600);
    let mut cheaper = claims.clone();
    cheaper["amount"] = json!("1.00");
    let error = refused(edge.post(Route::Open, &json!({"order": edge.sign(&cheaper)})).await?, ErrorCode::ReferenceConflict).await?;
    let details = error.error.details.ok_or("no details")?;
    check(details.field == "amount" && details.issue.contains("18.90") && details.issue.contains("1.00"), format!("{details:?}"))?;
    check(edge.view(&opening).await?.status == Status::Expired, "and nothing is opened by it")?;

    let again = edge.open_claims(&claims).await?;
    check(again.capability == opening.capability && again.view.status == Status::Open, format!("{:?}", again.view.status))?;
    let view = edge.choose(&opening, "USDT:tron").await?;
    check(view.attempt.is_some_and(|attempt| attempt.number == 2), "what ran out is not shown again")?;
    edge.pay(&opening, WalletAction::Exact).await?;
    let paid = tab.until(|view| view.status == Status::Paid).await?;
    check(!paid.late && paid.order.price().to_string() == "18.90 USD", format!("{paid:?}"))
}

async fn an_order_with_money_cannot_be_called_off(edge: &Edge) -> Told {
    let opening = edge.open().await?;
    edge.choose(&opening, "USDT:tron").await?;
    edge.pay(&opening, WalletAction::Half).await?;
    edge.until(&opening, "underpaid", |view| view.status == Status::Underpaid).await?;
    let cancel = Route::Cancel(opening.capability.id.clone());
    refused(edge.as_merchant_post(&cancel, &json!({})).await?, ErrorCode::PaymentSeen).await?;
    edge.pay(&opening, WalletAction::Rest).await?;
    edge.until(&opening, "paid", |view| view.status == Status::Paid).await?;
    refused(edge.as_merchant_post(&cancel, &json!({})).await?, ErrorCode::PaymentSeen).await?;
    let (_, unopened) = Edge::claims_and_id();
    refused(edge.as_merchant_post(Route::Cancel(unopened), &json!({})).await?, ErrorCode::NotFound).await.map(drop)
}

async fn customer_pays_an_order_that_was_called_off(edge: &Edge) -> Told {
    let opening = edge.open().await?;
    let id = &opening.capability.id;
    let shown = edge.choose(&opening, "USDT:tron").await?;
    check(address(&shown).is_some(), "an address was shown")?;
    let view: SessionView = ok(edge.as_merchant_post(Route::Cancel(id.clone()), &json!({})).await?).await?;
    check(view.status == Status::Cancelled && address(&view).is_none(), "it is shown no more")?;
    // Providers tell the time of a payment in seconds.
    tokio::time::sleep(Duration::from_secs(2)).await;
    edge.pay(&opening, WalletAction::Exact).await?;
    let view = edge.until(&opening, "paid", |view| view.status == Status::Paid).await?;
    check(view.late, "and called late")?;
    let told = edge.heard(id, EventKind::Paid).await?;
    let told = told.last().ok_or("nothing")?.told().map_err(|problem| problem.to_string())?;
    check(told.data.late, "as the merchant is told")
}

async fn create(edge: &Edge, key: &str, claims: &Value) -> Result<Response, Failed> {
    let request = edge.http.post(format!("{}{}", edge.url, Route::Sessions)).json(claims).header("idempotency-key", key);
    Ok(request.bearer_auth(&edge.secrets.merchant_key).send().await?)
}

fn is_replayed(answer: &Response) -> bool {
    answer.headers().get("idempotent-replayed").is_some_and(|replayed| replayed == "true")
}

async fn a_create_that_is_sent_twice_is_done_once(edge: &Edge) -> Told {
    let (mut claims, key) = Edge::claims_and_id();
    let first = create(edge, &key, &claims).await?;
    check(!is_replayed(&first), "the first is done")?;
    let first: Opened = ok(first).await?;
    let second = create(edge, &key, &claims).await?;
    check(is_replayed(&second), "the second is known")?;
    let second: Opened = ok(second).await?;
    check((&first.session.id, &first.page, &first.token) == (&second.session.id, &second.page, &second.token), "the same session")?;

    claims["amount"] = json!("1.00");
    refused(create(edge, &key, &claims).await?, ErrorCode::IdempotencyKeyReused).await?;
    claims["amount"] = json!("18.90");
    claims["reference"] = json!(format!("{}-other", claims["reference"].as_str().unwrap_or_default()));
    refused(create(edge, &key, &claims).await?, ErrorCode::IdempotencyKeyReused).await?;
    let id = checkout_core::identity::session_id("edge-checkout", claims["reference"].as_str().unwrap_or_default());
    refused(edge.as_merchant(Route::Session(id)).await?, ErrorCode::NotFound).await?;
    let other: Opened = ok(create(edge, &format!("{key}-other"), &claims).await?).await?;
    check(other.session.id != first.session.id && other.session.order.price().to_string() == "18.90 USD", "another key, another order")
}

async fn a_create_that_is_refused_uses_no_key_up(edge: &Edge) -> Told {
    let (claims, key) = Edge::claims_and_id();
    let mut wrong = claims.clone();
    wrong["amount"] = json!(18.9);
    for _ in 0..2 {
        let error = refused(create(edge, &key, &wrong).await?, ErrorCode::InvalidRequest).await?;
        check(error.error.details.is_some_and(|details| details.field == "amount"), "the field is named")?;
    }
    let answer = create(edge, &key, &claims).await?;
    check(!is_replayed(&answer), "done, not known")?;
    let opened: Opened = ok(answer).await?;
    check(opened.session.status == Status::Open, format!("{:?}", opened.session.status))?;
    let error = refused(create(edge, "two words", &claims).await?, ErrorCode::InvalidRequest).await?;
    check(error.error.details.is_some_and(|details| details.field == "Idempotency-Key"), "a key that is none is named")
}

async fn a_reference_keeps_its_price(edge: &Edge) -> Told {
    let mut claims = Edge::claims();
    claims["amount"] = json!("20.00");
    let first: Opened = ok(edge.as_merchant_post(Route::Sessions, &claims).await?).await?;
    // Nothing payable was shown for it yet, so it may change.
    claims["amount"] = json!("18.90");
    let opening = edge.open_claims(&claims).await?;
    check(first.session.id == opening.capability.id && opening.view.order.price().to_string() == "18.90 USD", "one session")?;
    edge.choose(&opening, "USDT:tron").await?;
    claims["amount"] = json!("1.00");
    let error = refused(edge.as_merchant_post(Route::Sessions, &claims).await?, ErrorCode::ReferenceConflict).await?;
    let details = error.error.details.ok_or("no details")?;
    check(details.field == "amount" && details.issue.contains("18.90") && details.issue.contains("1.00"), format!("{details:?}"))?;
    claims["amount"] = json!("18.90");
    claims["currency"] = json!("EUR");
    let error = refused(edge.as_merchant_post(Route::Sessions, &claims).await?, ErrorCode::ReferenceConflict).await?;
    check(error.error.details.is_some_and(|details| details.field == "currency"), "the currency is named")
}

async fn the_description_of_all_routes_is_served(edge: &Edge) -> Told {
    let answer = edge.get(Route::OpenApi).await?;
    let kind = answer.headers().get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_owned();
    check(kind.starts_with("application/json"), kind)?;
    let document: Value = ok(answer).await?;
    check(document["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")), &document["openapi"])?;
    for route in [Route::Open, Route::Sessions, Route::Deliveries, Route::Methods, Route::Health, Route::OpenApi] {
        check(document["paths"].get(route.to_string()).is_some(), format!("{route} is not described"))?;
    }
    Ok(())
}
