//! What is forgotten when its time is over, what stays closed for ever, and what is kept however old it is. Days pass by starting the
//! Worker again with its clock ahead, so the story has a stack of its own.

use crate::client::{Edge, Opening, PATIENCE, check, now_seconds, ok, refused};
use crate::{OwnStory, Told, stories};
use checkout_shared::error::ErrorCode;
use checkout_shared::event::{EventId, EventKind};
use checkout_shared::provider::ProviderId;
use checkout_shared::route::Route;
use checkout_shared::session::Status;
use checkout_shared::time::Millis;
use checkout_tests::merchant_endpoint::Behaviour;
use checkout_tests::problem::Problem;
use checkout_tests::sandbox_wallet::WalletAction;
use checkout_tests::simulators::oxapay::webhooks;
use checkout_tests::stack::{Stack, StackOptions};
use libtest_mimic::Failed;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite;

stories! { OwnStory: what_is_done_with_is_forgotten_and_what_was_paid_stays_closed }

/// An hour to pay, a day in which late money is watched for, and an hour on top: now the unpaid order is over for good.
const WATCHED_TO_THE_END: Millis = Millis::hours(26);
/// So much later that the unpaid order is forgotten too, and that no event is tried again as of before.
const DAYS_LATER: Millis = Millis::hours(26 + 85);
/// The method that every customer pays by.
const METHOD: &str = "USDT:tron";

/// Sessions that end in different ways.
struct Cast {
    /// Paid, and the merchant knows.
    paid: Opening,
    paid_claims: Value,
    /// An address was shown and nobody paid.
    unpaid: Opening,
    unpaid_claims: Value,
    /// Paid, and the merchant's server was down.
    untold: Opening,
    /// Nobody paid, and the merchant's server never takes it in.
    given_up: Opening,
}

#[expect(clippy::needless_pass_by_value, reason = "as `map_err` hands it over")]
fn failed(problem: Problem) -> Failed {
    problem.to_string().into()
}

async fn what_is_done_with_is_forgotten_and_what_was_paid_stays_closed(name: &str) -> Told {
    let settings = vec![("RETENTION_DAYS", "1".to_owned())];
    let options = StackOptions { settings, ..StackOptions::named(name) };
    let mut stack = Stack::start(&options).await.map_err(failed)?;
    // Nobody here looks on while money is confirmed.
    stack.simulator(ProviderId::Oxapay).lock().settle_every(Millis(1));
    let edge = Edge::of(&stack);
    let cast = open_all(&edge).await?;
    let [paid, unpaid, untold, given_up] = [&cast.paid, &cast.unpaid, &cast.untold, &cast.given_up].map(|opening| &opening.capability.id);
    for session in [paid, unpaid, untold, given_up] {
        listed(&edge, session, true).await?;
    }
    let notification = last_notification(&stack, paid)?;

    days_pass(&mut stack, WATCHED_TO_THE_END).await?;
    let mut tab = edge.watch(&cast.untold).await?;
    check(tab.next().await?.status == Status::Paid, "who is watched by a customer is there")?;
    until_status(&edge, given_up, Status::Expired).await?;
    until_status(&edge, unpaid, Status::Expired).await?;
    until_gone(&edge, paid, ErrorCode::SessionPurged).await?;
    stays_closed(&edge, &cast, &notification).await?;
    listed(&edge, paid, false).await?;
    // Paid as long ago, and there: the merchant has not heard of it.
    for (session, status) in [(untold, Status::Paid), (unpaid, Status::Expired), (given_up, Status::Expired)] {
        check(edge.record(session).await?.session.status == status, format!("{status:?} and there"))?;
        listed(&edge, session, true).await?;
    }
    drop(tab);

    edge.merchant.behave(Behaviour::GOOD);
    days_pass(&mut stack, DAYS_LATER).await?;
    until_gone(&edge, unpaid, ErrorCode::NotFound).await?;
    until_gone(&edge, untold, ErrorCode::SessionPurged).await?;
    until_gone(&edge, given_up, ErrorCode::NotFound).await?;
    edge.heard(untold, EventKind::Paid).await?;
    let given_up_after = edge.merchant.received_of(given_up);
    check(!given_up_after.is_empty() && !given_up_after.iter().any(|one| one.behaviour.takes_in()), "given up, not delivered")?;
    for session in [paid, unpaid, untold, given_up] {
        listed(&edge, session, false).await?;
    }
    stays_closed(&edge, &cast, &notification).await?;
    opens_anew(&edge, &cast).await
}

/// Opens the sessions and leaves them where the days pass over them.
async fn open_all(edge: &Edge) -> Result<Cast, Failed> {
    let (paid_claims, unpaid_claims) = (Edge::claims(), Edge::claims());
    let paid = edge.open_claims(&paid_claims).await?;
    pay(edge, &paid).await?;
    edge.heard(&paid.capability.id, EventKind::Paid).await?;

    let unpaid = edge.open_claims(&unpaid_claims).await?;
    edge.choose(&unpaid, METHOD).await?;
    edge.heard(&unpaid.capability.id, EventKind::AwaitingPayment).await?;
    edge.merchant.plan(&unpaid.capability.id, 1, Behaviour::GOOD);

    edge.merchant.behave(Behaviour::HangUp);
    let untold = edge.open().await?;
    pay(edge, &untold).await?;
    let (claims, id) = Edge::claims_and_id();
    edge.merchant.plan(&id, 1000, Behaviour::HangUp);
    let given_up = edge.open_claims(&claims).await?;
    edge.sent(&id, "the first event", |sent| !sent.is_empty()).await?;
    Ok(Cast { paid, paid_claims, unpaid, unpaid_claims, untold, given_up })
}

async fn pay(edge: &Edge, opening: &Opening) -> Told {
    edge.choose(opening, METHOD).await?;
    edge.pay(opening, WalletAction::Exact).await?;
    edge.until(opening, "paid", |view| view.status == Status::Paid).await.map(drop)
}

/// Everybody's clock is so much later than at the start.
async fn days_pass(stack: &mut Stack, ahead: Millis) -> Told {
    for provider in ProviderId::ALL {
        stack.simulator(*provider).set_ahead(ahead);
    }
    stack.start_worker_ahead(ahead.0 / 1000).await.map_err(failed)
}

/// The last notification of a session's payment, as it was sent.
fn last_notification(stack: &Stack, session: &str) -> Result<String, Failed> {
    let simulator = stack.simulator(ProviderId::Oxapay).lock();
    let bodies = simulator.sent().iter().rev().map(|sent| String::from_utf8_lossy(&sent.body).into_owned());
    bodies.into_iter().find(|body| body.contains(session)).ok_or_else(|| "no notification was sent".into())
}

/// Asks for a session until it stands as wanted. Asking sets its alarm too.
async fn until_status(edge: &Edge, session: &str, wanted: Status) -> Told {
    let begun = Instant::now();
    loop {
        let record = edge.record(session).await?;
        if record.session.status == wanted {
            return Ok(());
        }
        check(begun.elapsed() < PATIENCE, format!("never {wanted:?}: {:?}", record.session.status))?;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Asks for a session until it is refused like this. Asking sets its alarm too.
async fn until_gone(edge: &Edge, session: &str, code: ErrorCode) -> Told {
    let begun = Instant::now();
    loop {
        let answer = edge.as_merchant(Route::Session(session.to_owned())).await?;
        if !answer.status().is_success() {
            return refused(answer, code).await.map(drop);
        }
        check(begun.elapsed() < PATIENCE, format!("never forgotten: {}", answer.text().await?))?;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Waits until the lists of sessions and deliveries both have a session, or neither has.
async fn listed(edge: &Edge, session: &str, wanted: bool) -> Told {
    let begun = Instant::now();
    loop {
        let sessions: Value = ok(edge.as_merchant(format!("{}?search={session}", Route::Sessions)).await?).await?;
        let deliveries = edge.deliveries(session).await?;
        let is_listed = sessions["sessions"].as_array().is_some_and(|sessions| sessions.len() == 1);
        if is_listed == wanted && deliveries.is_empty() != wanted {
            return Ok(());
        }
        check(begun.elapsed() < PATIENCE, format!("listed should be {wanted}: {sessions} {deliveries:?}"))?;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Whatever is asked about the order that was paid: it is over, and nothing changes that.
async fn stays_closed(edge: &Edge, cast: &Cast, notification: &str) -> Told {
    let (id, capability) = (&cast.paid.capability.id, &cast.paid.capability);
    let body = notification.to_owned();
    let signature = webhooks::signature(edge.secrets.of_provider("OXAPAY_MERCHANT_KEY"), body.as_bytes());
    let path = format!("{}{}", edge.url, Route::Webhook(ProviderId::Oxapay, Some(id.clone())));
    let answer = edge.http.post(path).header("hmac", signature).body(body).send().await?;
    check(answer.status() == 200 && answer.text().await? == "ok", "the provider is told that it was heard")?;

    let claims = fresh(&cast.paid_claims);
    let event = EventId { session: id.clone(), number: 1 };
    let view = Route::View(capability.clone());
    for answer in [
        edge.as_merchant(Route::Session(id.clone())).await?,
        edge.as_merchant(Route::Events(id.clone())).await?,
        edge.as_merchant_post(Route::Cancel(id.clone()), &json!({})).await?,
        edge.as_merchant_post(Route::Capture(id.clone()), &json!({})).await?,
        edge.as_merchant_post(Route::Resend(event), &json!({})).await?,
        edge.as_merchant_post(Route::Sessions, &claims).await?,
        edge.get(&view).await?,
        edge.get(format!("{view}?after=1&wait=5")).await?,
        edge.post(Route::Attempts(capability.clone()), &json!({"method": METHOD})).await?,
        edge.post(Route::Open, &json!({"order": edge.sign(&claims)})).await?,
    ] {
        let path = answer.url().path().to_owned();
        refused(answer, ErrorCode::SessionPurged).await.map_err(|failed| format!("{path}: {}", failed.message().unwrap_or_default()))?;
    }
    let page = edge.get(Route::Page(capability.clone())).await?;
    check(page.status() == 410 && page.text().await?.contains("session_purged"), "the page says so too")?;
    let live = format!("{}{}", edge.url.replace("http://", "ws://"), Route::Live(capability.clone()));
    match tokio_tungstenite::connect_async(live).await {
        Err(tungstenite::Error::Http(answer)) => check(answer.status() == 410, answer.status()),
        other => Err(format!("{other:?}").into()),
    }
}

/// The order that nobody paid is a new one: by the same reference it is opened, and paid, as if it had never been.
async fn opens_anew(edge: &Edge, cast: &Cast) -> Told {
    let id = &cast.unpaid.capability.id;
    refused(edge.get(Route::View(cast.unpaid.capability.clone())).await?, ErrorCode::NotFound).await?;
    let mut claims = fresh(&cast.unpaid_claims);
    claims["amount"] = json!("20.00");
    let opening = edge.open_claims(&claims).await?;
    check(opening.capability.id == *id && opening.view.attempt.is_none(), format!("{:?}", opening.view))?;
    pay(edge, &opening).await?;
    let record = edge.record(id).await?;
    check(record.attempts.len() == 1 && record.session.order.price().to_string() == "20.00 USD", format!("{record:?}"))?;
    edge.heard(id, EventKind::Paid).await?;
    listed(edge, id, true).await
}

/// The same order, stated on the last of the days.
fn fresh(claims: &Value) -> Value {
    let mut claims = claims.clone();
    claims["exp"] = json!(now_seconds() + DAYS_LATER.0.unsigned_abs() / 1000 + 3600);
    claims
}
