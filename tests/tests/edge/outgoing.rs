//! What the merchant's server is told by webhook, as long as it behaves or misbehaves for a moment. One that is away for days, or wants
//! nothing more, is in `endpoint.rs`.

use crate::client::{Edge, PATIENCE, check, ok, refused};
use crate::{Story, Told, stories};
use checkout_shared::error::ErrorCode;
use checkout_shared::event::{DeliveryState, DeliveryView, EventId, EventKind, WebhookBody};
use checkout_shared::route::Route;
use checkout_shared::session::Status;
use checkout_shared::time::Millis;
use checkout_tests::clock;
use checkout_tests::merchant_endpoint::{Behaviour, Received};
use checkout_tests::sandbox_wallet::WalletAction;
use libtest_mimic::Failed;
use serde_json::json;
use std::time::Duration;
use tokio::time::Instant;

stories! { Story:
    the_merchant_hears_of_a_payment_in_order,
    a_webhook_that_failed_comes_again_and_later_ones_wait_for_it,
    a_redirect_is_a_failure_and_is_not_followed,
    an_endpoint_that_hangs_holds_up_no_customer,
    a_delivered_event_is_sent_again_by_hand,
    the_log_of_deliveries_is_the_merchants,
}

/// The id of a session's event.
fn event(session: &str, number: u32) -> EventId {
    EventId { session: session.to_owned(), number }
}

fn ids(sent: &[Received]) -> Vec<&str> {
    sent.iter().map(|one| one.id.as_str()).collect()
}

/// What was sent, each with the right signature of both keys and at the time it says.
fn read(sent: &[Received]) -> Result<Vec<WebhookBody>, Failed> {
    for one in sent {
        let verdict = one.verdict;
        check(verdict.by_current && verdict.by_previous && verdict.is_fresh, format!("{}: {verdict:?}", one.id))?;
        check(one.header("content-type").starts_with("application/json"), one.header("content-type"))?;
    }
    sent.iter().map(|one| one.told().map_err(|problem| problem.to_string().into())).collect()
}

async fn the_merchant_hears_of_a_payment_in_order(edge: &Edge) -> Told {
    let opening = edge.open().await?;
    let id = &opening.capability.id;
    edge.choose(&opening, "USDT:tron").await?;
    edge.pay(&opening, WalletAction::Exact).await?;
    let shown = edge.until(&opening, "paid", |view| view.status == Status::Paid).await?;
    let sent = edge.heard(id, EventKind::Paid).await?;

    let bodies = read(&sent)?;
    let kinds: Vec<EventKind> = bodies.iter().map(|body| body.kind).collect();
    check(kinds == [EventKind::Open, EventKind::AwaitingPayment, EventKind::Processing, EventKind::Paid], format!("{kinds:?}"))?;
    let expected: Vec<String> = (1..=4).map(|number| event(id, number).to_string()).collect();
    check(ids(&sent) == expected, format!("{:?}", ids(&sent)))?;
    check(bodies.iter().zip(&kinds).all(|(body, kind)| EventKind::from(body.data.status) == *kind), "each with the view of its own time")?;
    check(bodies.is_sorted_by(|one, next| one.data.sequence < next.data.sequence), "of two the later one has the higher sequence")?;
    check(bodies.iter().all(|body| body.timestamp.len() == 24 && body.timestamp.ends_with('Z')), format!("{:?}", bodies[0].timestamp))?;

    let told = &bodies[3].data;
    check((&told.id, &told.order, told.late, &told.overpaid_by) == (&shown.id, &shown.order, false, &None), "the order")?;
    let (told, shown) = (told.attempt.as_ref().ok_or("no attempt is told")?, shown.attempt.as_ref().ok_or("no attempt is shown")?);
    check((&told.instructions, &told.received) == (&shown.instructions, &shown.received), format!("{told:?}"))?;
    check(told.transactions.len() == 1 && told.transactions[0].hash == shown.transactions[0].hash, "the transaction")?;

    for one in &sent {
        let said = format!("{:?} {}", one.headers, String::from_utf8_lossy(&one.body));
        let secrets = edge.secrets.values().chain([opening.capability.token.as_str()]);
        check(secrets.filter(|secret| said.contains(secret)).count() == 0, format!("a secret in {}", one.id))?;
    }
    Ok(())
}

async fn a_webhook_that_failed_comes_again_and_later_ones_wait_for_it(edge: &Edge) -> Told {
    let ((quiet_claims, quiet), (busy_claims, busy)) = (Edge::claims_and_id(), Edge::claims_and_id());
    for session in [&quiet, &busy] {
        edge.merchant.plan(session, 1, Behaviour::Status(500));
    }
    edge.open_claims(&quiet_claims).await?;
    let opening = edge.open_claims(&busy_claims).await?;
    edge.sent(&busy, "the first event", |sent| !sent.is_empty()).await?;
    edge.choose(&opening, "USDT:tron").await?;

    let sent = edge.heard(&quiet, EventKind::Open).await?;
    check(ids(&sent) == [event(&quiet, 1).to_string(), event(&quiet, 1).to_string()], format!("{:?}", ids(&sent)))?;
    check(sent[0].body == sent[1].body, "the same again")?;
    read(&sent)?;
    let wait = sent[1].at - sent[0].at;
    check((Millis(4500)..Millis::seconds(15)).contains(&wait), format!("again after {} ms", wait.0))?;

    let sent = edge.heard(&busy, EventKind::AwaitingPayment).await?;
    let expected = [1, 1, 2].map(|number| event(&busy, number).to_string());
    check(ids(&sent) == expected, format!("{:?}", ids(&sent)))
}

async fn a_redirect_is_a_failure_and_is_not_followed(edge: &Edge) -> Told {
    let (claims, id) = Edge::claims_and_id();
    edge.merchant.plan(&id, 2, Behaviour::Redirect);
    edge.open_claims(&claims).await?;
    edge.sent(&id, "the event again", |sent| sent.len() == 2).await?;
    // The next try is minutes away, so what came of the second one stands there.
    let first = delivery(edge, &id, 1, |delivery| delivery.tries == 2 && delivery.last_result.is_some()).await?;
    check(first.state == DeliveryState::Pending && first.last_result.as_deref() == Some("307"), format!("{first:?}"))?;
    let next = first.next_try_at.ok_or("it is not tried again")? - clock::now();
    check(next > Millis::minutes(4) && next < Millis::minutes(6), format!("again in {} ms", next.0))?;
    let elsewhere = edge.merchant.received().iter().filter(|one| one.path != "/webhooks").count();
    check(elsewhere == 0, "nobody went where it led")
}

/// Looks until a session's event is delivered as wanted.
async fn delivery(edge: &Edge, session: &str, number: u32, wanted: impl Fn(&DeliveryView) -> bool) -> Result<DeliveryView, Failed> {
    let begun = Instant::now();
    let id = event(session, number).to_string();
    loop {
        let found = edge.events(session).await?.into_iter().map(|event| event.delivery).find(|delivery| delivery.id == id);
        match found {
            Some(found) if wanted(&found) => return Ok(found),
            found if begun.elapsed() > PATIENCE => return Err(format!("never as wanted: {found:?}").into()),
            _ => tokio::time::sleep(Duration::from_millis(200)).await,
        }
    }
}

async fn an_endpoint_that_hangs_holds_up_no_customer(edge: &Edge) -> Told {
    let (claims, id) = Edge::claims_and_id();
    edge.merchant.plan(&id, 1, Behaviour::Hang);
    let opening = edge.open_claims(&claims).await?;
    let mut tab = edge.watch(&opening).await?;
    edge.sent(&id, "the first event", |sent| !sent.is_empty()).await?;
    edge.choose(&opening, "USDT:tron").await?;
    edge.pay(&opening, WalletAction::Exact).await?;
    let begun = Instant::now();
    tab.until(|view| view.status == Status::Processing).await?;
    check(begun.elapsed() < Duration::from_secs(3), format!("seen after {:?}", begun.elapsed()))?;
    let sent = edge.merchant.received_of(&id);
    check(sent.len() == 1 && clock::now() - sent[0].at < Millis::seconds(14), "and the merchant's server still hangs")?;

    let sent = edge.sent(&id, "the event again", |sent| sent.len() > 1).await?;
    let wait = sent[1].at - sent[0].at;
    check(sent[0].id == sent[1].id && wait > Millis(14_500) && wait < Millis::seconds(30), format!("{} after {} ms", sent[1].id, wait.0))?;
    let sent = edge.heard(&id, EventKind::Paid).await?;
    let expected = [1, 1, 2, 3, 4].map(|number| event(&id, number).to_string());
    check(ids(&sent) == expected, format!("{:?}", ids(&sent)))
}

async fn a_delivered_event_is_sent_again_by_hand(edge: &Edge) -> Told {
    let opening = edge.open().await?;
    let id = &opening.capability.id;
    edge.heard(id, EventKind::Open).await?;
    delivery(edge, id, 1, |delivery| delivery.state == DeliveryState::Delivered).await?;
    // The next second, for the time it is sent at is told in seconds.
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let path = Route::Resend(event(id, 1));
    refused(edge.post(&path, &json!({})).await?, ErrorCode::Unauthorized).await?;
    let answer: DeliveryView = ok(edge.as_merchant_post(&path, &json!({})).await?).await?;
    check(answer.id == event(id, 1).to_string(), format!("{answer:?}"))?;

    let sent = edge.sent(id, "the event again", |sent| sent.len() == 2).await?;
    read(&sent)?;
    check(sent[0].id == sent[1].id && sent[0].body == sent[1].body, "the same event")?;
    let at = |one: &Received| one.header("webhook-timestamp").parse::<i64>();
    check(at(&sent[0])? < at(&sent[1])?, "sent at another time")?;
    check(sent[0].header("webhook-signature") != sent[1].header("webhook-signature"), "and signed for it")?;

    let told = delivery(edge, id, 1, |delivery| delivery.state == DeliveryState::Delivered && delivery.tries == 2).await?;
    check(told.last_result.as_deref() == Some("204") && told.next_try_at.is_none(), format!("{told:?}"))?;
    agree(edge, id).await?;
    refused(edge.as_merchant_post(Route::Resend(event(id, 99)), &json!({})).await?, ErrorCode::NotFound).await?;
    let (_, unopened) = Edge::claims_and_id();
    refused(edge.as_merchant_post(Route::Resend(event(&unopened, 1)), &json!({})).await?, ErrorCode::NotFound).await.map(drop)
}

/// Looks until the log of deliveries says what the session itself says. The log may lag a little.
async fn agree(edge: &Edge, session: &str) -> Told {
    let begun = Instant::now();
    loop {
        let of_session: Vec<DeliveryView> = edge.events(session).await?.into_iter().map(|event| event.delivery).collect();
        let mut logged = edge.deliveries(session).await?;
        logged.reverse();
        if logged == of_session {
            return Ok(());
        }
        if begun.elapsed() > PATIENCE {
            return Err(format!("{logged:?} is not {of_session:?}").into());
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

async fn the_log_of_deliveries_is_the_merchants(edge: &Edge) -> Told {
    let opening = edge.open().await?;
    let id = &opening.capability.id;
    edge.choose(&opening, "USDT:tron").await?;
    edge.heard(id, EventKind::AwaitingPayment).await?;
    delivery(edge, id, 2, |delivery| delivery.state == DeliveryState::Delivered).await?;
    agree(edge, id).await?;
    for state in ["delivered", "pending"] {
        let listed: serde_json::Value = ok(edge.as_merchant(format!("{}?session={id}&state={state}", Route::Deliveries)).await?).await?;
        let count = listed["deliveries"].as_array().map(Vec::len);
        check(count == Some(if state == "delivered" { 2 } else { 0 }), &listed)?;
    }
    refused(edge.get(Route::Deliveries).await?, ErrorCode::Unauthorized).await?;
    refused(edge.get(Route::Events(id.clone())).await?, ErrorCode::Unauthorized).await?;
    let error = refused(edge.as_merchant(format!("{}?order=1", Route::Deliveries)).await?, ErrorCode::InvalidRequest).await?;
    check(error.error.details.is_some_and(|details| details.field == "order"), "the parameter that is none is named")
}
