//! Customers who look on: a thousand tabs on one session, pages that ask instead of listening, and whoever was away.

use crate::client::{Edge, Opening, PATIENCE, check, ok};
use crate::{LoneStory, Told, stories};
use checkout_shared::provider::ProviderId;
use checkout_shared::route::Route;
use checkout_shared::session::{SessionView, Status};
use checkout_shared::time::{Millis, Timestamp};
use checkout_tests::clock;
use checkout_tests::measure::Spread;
use checkout_tests::measure::crowd::Crowd;
use checkout_tests::sandbox_wallet::WalletAction;
use checkout_tests::simulators::oxapay;
use checkout_tests::stack::Stack;
use libtest_mimic::Failed;
use std::time::Duration;
use tokio::time::Instant;

stories! { LoneStory:
    a_thousand_watchers_cost_no_more_calls_than_one_and_all_see_it_paid,
    whoever_asks_to_wait_is_answered_when_there_is_news,
    a_tab_that_was_away_while_the_worker_was_is_told_all_at_once,
}

const WATCHERS: usize = 1000;
/// How long calls are counted.
const SPAN: Duration = Duration::from_secs(10);
/// By how many calls two such spans may differ, for waits are not all of one length.
const JITTER: usize = 2;
/// The longest from a webhook to nearly all screens, on a machine that plays all of them too.
const FAN_OUT: Millis = Millis::seconds(3);
/// How long news may take to somebody who waits for it.
const SOON: Duration = Duration::from_millis(1500);

async fn a_thousand_watchers_cost_no_more_calls_than_one_and_all_see_it_paid(stack: &mut Stack) -> Told {
    let edge = Edge::of(stack);
    let opening = edge.open().await?;
    let id = opening.capability.id.clone();
    edge.choose(&opening, "USDT:tron").await?;
    let payment = stack.simulator(ProviderId::Oxapay).lock().payments(&id).pop().ok_or("no payment")?.reference;
    let live = format!("{}{}", edge.url.replace("http://", "ws://"), Route::Live(opening.capability.clone()));
    let mut crowd = Crowd::default();
    crowd.grow(&live, 1).await.map_err(|problem| problem.to_string())?;
    // Where a part is missing the provider is asked as often as ever it is, though its webhooks come.
    edge.pay(&opening, WalletAction::Half).await?;
    crowd.until(Status::Underpaid, PATIENCE).await.map_err(|problem| problem.to_string())?;

    let (alone_since, begun) = (clock::now(), Instant::now());
    tokio::time::sleep(SPAN).await;
    let (of_one, alone_for) = (calls_since(stack, &payment, alone_since), begun.elapsed());
    // Counted from before they come: whoever comes may cost no more than whoever stays.
    let (crowded_since, begun) = (clock::now(), Instant::now());
    crowd.grow(&live, WATCHERS).await.map_err(|problem| problem.to_string())?;
    tokio::time::sleep(SPAN).await;
    let (of_all, crowded_for) = (calls_since(stack, &payment, crowded_since), begun.elapsed());
    check(of_one > 0, "the provider is asked for one watcher")?;
    let told = format!("{of_all} calls within {crowded_for:?} for {WATCHERS} watchers, {of_one} within {alone_for:?} for one");
    check(of_all <= as_many_for(of_one, alone_for, crowded_for), &told)?;

    let sent_at = pay_the_rest_after_a_question(stack, &edge, &opening, &payment).await?;
    crowd.until(Status::Paid, PATIENCE).await.map_err(|problem| problem.to_string())?;
    check(crowd.is_in_order(), "each view is newer than the one before")?;
    let newest = edge.view(&opening).await?.sequence;
    // Whatever comes last, comes to all.
    settled(&crowd, newest).await?;
    let latencies: Vec<i64> = crowd.firsts(Status::Paid).into_iter().map(|seen_at| (seen_at - sent_at).0).collect();
    check(latencies.iter().all(|latency| *latency >= 0), format!("seen before it was sent: {:?}", latencies.iter().min()))?;
    let Spread { count, p50, p95, max, .. } = Spread::of(latencies);
    check(p95 < FAN_OUT.0, format!("paid on screen after {p95} ms (p95), {max} ms (max)"))?;
    println!("fan-out to {count} watchers, webhook handed over → paid on screen: p50 {p50} ms, p95 {p95} ms, max {max} ms");
    println!("{told}");
    Ok(())
}

/// The most calls within a time, by those within another: one watcher may have been asked for just before and just after.
fn as_many_for(of_one: usize, alone_for: Duration, crowded_for: Duration) -> usize {
    let share = (of_one + 1) * usize::try_from(crowded_for.as_millis()).unwrap_or(usize::MAX);
    share.div_ceil(usize::try_from(alone_for.as_millis()).unwrap_or(usize::MAX).max(1)) + JITTER
}

/// Pays what is missing as soon as the provider has been asked, so that the webhook comes long before the next question; when it was
/// handed over.
async fn pay_the_rest_after_a_question(stack: &Stack, edge: &Edge, opening: &Opening, payment: &str) -> Result<Timestamp, Failed> {
    let simulator = stack.simulator(ProviderId::Oxapay);
    // What comes counts at once, for until it does the questions would tell of it.
    simulator.lock().settle_every(Millis(1));
    let (since, begun) = (clock::now(), Instant::now());
    while calls_since(stack, payment, since) == 0 {
        check(begun.elapsed() < PATIENCE, "the provider is never asked again")?;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    // The answer is on its way.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let paid_at = clock::now();
    edge.pay(opening, WalletAction::Rest).await?;
    loop {
        let sent_at = sent(stack, &opening.capability.id).filter(|sent_at| *sent_at >= paid_at);
        if let Some(sent_at) = sent_at {
            simulator.lock().settle_every(oxapay::Config::new("").confirmation_every);
            return Ok(sent_at);
        }
        check(begun.elapsed() < PATIENCE, "no webhook says that it is paid")?;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// How often a payment was asked about since then.
fn calls_since(stack: &Stack, payment: &str, since: Timestamp) -> usize {
    let simulator = stack.simulator(ProviderId::Oxapay).lock();
    let asked = |path: &str| path.ends_with(&format!("/payment/{payment}"));
    simulator.requests().iter().filter(|request| request.at >= since && asked(&request.path)).count()
}

/// Every tab has been shown the newest view.
async fn settled(crowd: &Crowd, newest: u64) -> Told {
    let begun = Instant::now();
    loop {
        let behind = crowd.lasts().iter().filter(|glance| glance.sequence < newest || glance.status != Status::Paid).count();
        if behind == 0 && crowd.lasts().len() == WATCHERS {
            return Ok(());
        }
        check(begun.elapsed() < PATIENCE, format!("{behind} tabs never show the end"))?;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// When the last webhook about a session was handed over: the one that says paid.
fn sent(stack: &Stack, session: &str) -> Option<Timestamp> {
    let simulator = stack.simulator(ProviderId::Oxapay).lock();
    let is_about_it = |body: &[u8]| String::from_utf8_lossy(body).contains(session);
    simulator.sent().iter().rev().find(|sent| is_about_it(&sent.body)).map(|sent| sent.at)
}

async fn newer(edge: &Edge, opening: &Opening, after: u64, wait: u32) -> Result<(SessionView, Duration), Failed> {
    let begun = Instant::now();
    let path = format!("{}?after={after}&wait={wait}", Route::View(opening.capability.clone()));
    Ok((ok(edge.get(path).await?).await?, begun.elapsed()))
}

async fn whoever_asks_to_wait_is_answered_when_there_is_news(stack: &mut Stack) -> Told {
    let edge = Edge::of(stack);
    let opening = edge.open().await?;
    let known = edge.until(&opening, "on offer", |view| !view.methods.is_empty()).await?.sequence;
    let (behind, took) = newer(&edge, &opening, known - 1, 20).await?;
    check(behind.sequence >= known && took < SOON, format!("whoever is behind is answered at once, not after {took:?}"))?;

    let (same, took) = newer(&edge, &opening, known, 2).await?;
    let is_patient = (Duration::from_millis(1900)..Duration::from_secs(5)).contains(&took);
    check(same.sequence == known && is_patient, format!("without news it is as it was, after {took:?}"))?;

    let waiting = newer(&edge, &opening, known, 20);
    let choosing = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        edge.choose(&opening, "USDT:tron").await?;
        Ok::<_, Failed>(Instant::now())
    };
    let waited = async { waiting.await.map(|answer| (answer, Instant::now())) };
    let (waited, chosen_at) = tokio::join!(waited, choosing);
    let (((view, took), answered_at), chosen_at) = (waited?, chosen_at?);
    check(view.sequence > known && took > Duration::from_millis(900), format!("waits for the news: {took:?}"))?;
    let late = answered_at.saturating_duration_since(chosen_at);
    check(late < SOON, format!("and has them soon, not {late:?} later"))
}

async fn a_tab_that_was_away_while_the_worker_was_is_told_all_at_once(stack: &mut Stack) -> Told {
    let edge = Edge::of(stack);
    let opening = edge.open().await?;
    let shown = edge.choose(&opening, "USDT:tron").await?;
    let mut tab = edge.watch(&opening).await?;
    tab.next().await?;
    stack.stop_worker().await;
    stack.start_worker().await.map_err(|problem| problem.to_string())?;
    check(tab.next().await.is_err(), "its socket went with the Worker")?;
    let mut again = edge.watch(&opening).await?;
    let told = again.next().await?;
    check(told.sequence >= shown.sequence && told.attempt == shown.attempt, "the whole state is the first that comes")?;
    let asked = again.resync().await?;
    check((asked.sequence, &asked.attempt) == (told.sequence, &told.attempt), "and once more for the asking")?;
    let (polled, took) = newer(&edge, &opening, 0, 20).await?;
    check(polled.attempt == shown.attempt && took < SOON, format!("by one request too, after {took:?}"))?;
    edge.pay(&opening, WalletAction::Exact).await?;
    again.until(|view| view.status == Status::Paid).await.map(drop)
}
