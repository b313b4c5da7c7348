//! A merchant's server that wants nothing more, and one that is away for days. Both are known to the Worker as a whole, and days pass by
//! starting it again with its clock ahead, so each story has a stack of its own; it is told alone, for two stacks are enough at a time.

use crate::client::{Edge, Opening, PATIENCE, check, ok};
use crate::{OwnStory, Told, stories};
use checkout_shared::event::{DeliveryState, DeliveryView, EventId, EventKind};
use checkout_shared::route::Route;
use checkout_shared::session::Status;
use checkout_shared::time::Millis;
use checkout_tests::clock;
use checkout_tests::merchant_endpoint::{Behaviour, Received};
use checkout_tests::problem::Problem;
use checkout_tests::sandbox_wallet::WalletAction;
use checkout_tests::stack::{Stack, StackOptions};
use libtest_mimic::Failed;
use serde_json::json;
use std::time::Duration;
use tokio::time::Instant;

stories! { OwnStory:
    a_server_that_wants_nothing_more_is_left_alone_until_asked,
    a_server_that_is_down_for_two_days_misses_nothing,
}

#[expect(clippy::needless_pass_by_value, reason = "as `map_err` hands it over")]
fn failed(problem: Problem) -> Failed {
    problem.to_string().into()
}

/// Looks until all of a session's deliveries are as wanted. This sets the session's alarm too.
async fn deliveries(edge: &Edge, session: &str, what: &str, wanted: impl Fn(&[DeliveryView]) -> bool) -> Result<Vec<DeliveryView>, Failed> {
    let begun = Instant::now();
    loop {
        edge.record(session).await?;
        let found: Vec<DeliveryView> = edge.events(session).await?.into_iter().map(|event| event.delivery).collect();
        if wanted(&found) {
            return Ok(found);
        }
        if begun.elapsed() > PATIENCE {
            return Err(format!("never {what}: {found:?}").into());
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Until all sessions know what one has heard of the endpoint.
const SPREADS_WITHIN: Duration = Duration::from_secs(1);

fn all_held(found: &[DeliveryView], count: usize) -> bool {
    found.len() == count && found.iter().all(|delivery| delivery.state == DeliveryState::Held)
}

async fn resend(edge: &Edge, session: &str, number: u32) -> Told {
    let event = EventId { session: session.to_owned(), number };
    let resent: DeliveryView = ok(edge.as_merchant_post(Route::Resend(event), &json!({})).await?).await?;
    check(resent.session == session, format!("{resent:?}"))
}

async fn a_server_that_wants_nothing_more_is_left_alone_until_asked(name: &str) -> Told {
    let stack = Stack::start(&StackOptions::named(name)).await.map_err(failed)?;
    let edge = Edge::of(&stack);
    let (claims, first) = Edge::claims_and_id();
    edge.merchant.plan(&first, 1, Behaviour::Status(410));
    let opening = edge.open_claims(&claims).await?;
    let found = deliveries(&edge, &first, "held", |found| all_held(found, 1)).await?;
    check(found[0].last_result.as_deref() == Some("410"), format!("{found:?}"))?;

    tokio::time::sleep(SPREADS_WITHIN).await;
    edge.choose(&opening, "USDT:tron").await?;
    let other = edge.open().await?.capability.id;
    deliveries(&edge, &first, "held", |found| all_held(found, 2)).await?;
    deliveries(&edge, &other, "held", |found| all_held(found, 1)).await?;
    // Longer than the schedule's first wait.
    tokio::time::sleep(Duration::from_secs(7)).await;
    let sent = |session: &str| edge.merchant.received_of(session).len();
    check((sent(&first), sent(&other)) == (1, 0), format!("{} and {} were sent", sent(&first), sent(&other)))?;

    resend(&edge, &first, 1).await?;
    let again = edge.heard(&first, EventKind::Open).await?;
    check(again.len() == 2 && again[1].verdict.is_believed(), format!("{again:?}"))?;
    let delivered = |found: &[DeliveryView]| found.iter().any(|delivery| delivery.state == DeliveryState::Delivered);
    deliveries(&edge, &first, "delivered", delivered).await?;
    // What it took in says that it is there again: whatever happens from now on is sent unasked.
    tokio::time::sleep(SPREADS_WITHIN).await;
    let third = edge.open().await?.capability.id;
    edge.heard(&third, EventKind::Open).await?;
    resend(&edge, &other, 1).await?;
    edge.heard(&other, EventKind::Open).await.map(drop)
}

/// For how long the merchant's server is away.
const AWAY: Millis = Millis::hours(48);

async fn a_server_that_is_down_for_two_days_misses_nothing(name: &str) -> Told {
    let mut stack = Stack::start(&StackOptions::named(name)).await.map_err(failed)?;
    stack.merchant().behave(Behaviour::HangUp);
    let edge = Edge::of(&stack);
    let went_away = clock::now();
    let opening = edge.open().await?;
    let id = opening.capability.id.clone();
    pay_at_once(&edge, &opening).await?;

    let mut ahead = Millis::default();
    while ahead < AWAY {
        ahead = next_try(&edge, &id, ahead).await?;
        if ahead >= AWAY {
            edge.merchant.behave(Behaviour::GOOD);
        }
        let before = edge.merchant.received_of(&id).len();
        stack.start_worker_ahead(ahead.0 / 1000).await.map_err(failed)?;
        edge.record(&id).await?;
        edge.sent(&id, "the next try", |sent| sent.len() > before).await?;
    }
    let sent = edge.heard(&id, EventKind::Paid).await?;
    let lost: Vec<&Received> = sent.iter().filter(|one| !one.behaviour.takes_in()).collect();
    check(lost.iter().all(|one| one.id.ends_with("_1")), "the first one was tried, and all others waited for it")?;
    check(lost.last().is_some_and(|last| last.at - went_away > Millis::hours(24)), "to the end")?;
    let taken_in: Vec<&Received> = sent.iter().filter(|one| one.behaviour.takes_in()).collect();
    let expected = (1..=4).map(|number| EventId { session: id.clone(), number }.to_string());
    check(taken_in.iter().map(|one| one.id.clone()).eq(expected), format!("{:?}", taken_in.iter().map(|one| &one.id).collect::<Vec<_>>()))?;
    check(taken_in.iter().all(|one| one.verdict.by_current && one.verdict.is_fresh), "rightly signed, and as of the day they were sent")?;
    let bodies = taken_in.iter().map(|one| one.told()).collect::<Result<Vec<_>, _>>().map_err(failed)?;
    let kinds: Vec<EventKind> = bodies.iter().map(|body| body.kind).collect();
    check(kinds == [EventKind::Open, EventKind::AwaitingPayment, EventKind::Processing, EventKind::Paid], format!("{kinds:?}"))?;
    check(bodies.iter().all(|body| body.data.server_time - went_away < Millis::hours(1)), "each tells of its own time")?;
    let settled = |found: &[DeliveryView]| found.iter().all(|delivery| delivery.state == DeliveryState::Delivered);
    deliveries(&edge, &id, "delivered", settled).await.map(drop)
}

/// The customer pays, and sees it as if the merchant's server were there.
async fn pay_at_once(edge: &Edge, opening: &Opening) -> Told {
    let mut tab = edge.watch(opening).await?;
    edge.choose(opening, "USDT:tron").await?;
    edge.pay(opening, WalletAction::Exact).await?;
    let begun = Instant::now();
    tab.until(|view| view.status == Status::Processing).await?;
    check(begun.elapsed() < Duration::from_secs(3), format!("seen after {:?}", begun.elapsed()))?;
    tab.until(|view| view.status == Status::Paid).await.map(drop)
}

/// How far the clock has to be ahead for the next try to be due, while it is so far ahead already.
async fn next_try(edge: &Edge, session: &str, ahead: Millis) -> Result<Millis, Failed> {
    let next = |found: &[DeliveryView]| found.iter().find_map(|delivery| delivery.next_try_at);
    // Tries that are seconds away are let pass, so that the Worker is not stopped in the middle of one.
    let is_far = |found: &[DeliveryView]| next(found).is_some_and(|due| due - (clock::now() + ahead) > Millis::minutes(1));
    let waiting = deliveries(edge, session, "waiting for the next try", is_far).await?;
    let due = next(&waiting).ok_or("nothing is waited for")?;
    Ok(Millis::seconds((due - clock::now()).0 / 1000 + 1))
}
