//! Accounts that must not be called as one likes: increasing request numbers, quotas, and a provider that is down.

use crate::client::{Edge, check, ok};
use crate::{LoneStory, Told, stories};
use checkout_shared::provider::ProviderId;
use checkout_shared::session::{SessionView, Status};
use checkout_shared::time::Millis;
use checkout_tests::simulators::{Fault, FaultKind};
use checkout_tests::stack::Stack;
use futures_util::future::join_all;
use libtest_mimic::Failed;
use serde_json::Value;
use std::collections::BTreeSet;
use std::time::Duration;

stories! { LoneStory:
    a_hundred_parallel_creates_arrive_in_the_order_of_their_numbers,
    a_vendor_with_quotas_is_never_called_more_than_it_allows,
}

async fn a_hundred_parallel_creates_arrive_in_the_order_of_their_numbers(stack: &mut Stack) -> Told {
    let edge = Edge::of(stack);
    let before = created(stack).len();
    let sessions = join_all((0..100).map(|_| edge.open())).await.into_iter().collect::<Result<Vec<_>, _>>()?;
    let chosen = join_all(sessions.iter().map(|opening| edge.choose(opening, "page:crypto"))).await;
    let views = chosen.into_iter().collect::<Result<Vec<SessionView>, Failed>>()?;
    let refused: Vec<_> = views.iter().filter(|view| view.status != Status::AwaitingPayment).collect();
    check(refused.is_empty(), format!("{} were refused: {:?}", refused.len(), refused.first()))?;
    let (bodies, all) = (created(stack).split_off(before), numbered(stack));
    check(all.windows(2).all(|pair| pair[0] < pair[1]), "whatever is asked, its number is greater than all before")?;
    // On a machine that is busy otherwise a turn may come so late that the customer is better served by the next provider.
    let elsewhere: usize =
        sessions.iter().map(|opening| stack.simulator(ProviderId::Oxapay).lock().payments(&opening.capability.id).len()).sum();
    let here = bodies.len();
    check(here >= 50 && here + elsewhere == 100, format!("{here} creations, and {elsewhere} elsewhere, for 100 orders"))?;
    let number = |body: &Value, name: &str| body[name].as_u64().or_else(|| body[name].as_str()?.parse().ok());
    let requests: Vec<u64> = bodies.iter().filter_map(|body| number(body, "request_id")).collect();
    check(requests.len() == here && requests.windows(2).all(|pair| pair[0] < pair[1]), "in the order of their numbers")?;
    let orders: BTreeSet<u64> = bodies.iter().filter_map(|body| number(body, "order_id")).collect();
    check(orders.len() == here, "each with an order number of its own")
}

/// The number of every request that carries one, in the order of their arrival.
fn numbered(stack: &Stack) -> Vec<u64> {
    let simulated = stack.simulator(ProviderId::Okipays).lock();
    let requests = simulated.requests().iter().filter(|request| request.path.contains("/v1/order/"));
    let number = |body: &str| serde_json::from_str::<Value>(body).ok()?["request_id"].as_u64();
    requests.filter_map(|request| number(&request.body)).collect()
}

/// The bodies of what was asked to be created at OkiPays, in the order of their arrival.
fn created(stack: &Stack) -> Vec<Value> {
    let simulated = stack.simulator(ProviderId::Okipays).lock();
    let creations = simulated.requests().iter().filter(|request| request.path.ends_with("/order/create"));
    creations.filter_map(|request| serde_json::from_str(&request.body).ok()).collect()
}

/// One story, for what comes later depends on the quota that is left.
async fn a_vendor_with_quotas_is_never_called_more_than_it_allows(stack: &mut Stack) -> Told {
    let edge = Edge::of(stack);
    let page: Value = ok(edge.as_merchant("/v1/payments?provider=onecheckout&limit=1").await?).await?;
    let id = match page["payments"][0]["payment"]["provider_reference"].as_str() {
        Some(id) => id.to_owned(),
        None => a_payment(&edge).await?,
    };
    let path = format!("/v1/payments/onecheckout/{id}");
    two_hundred_at_once(stack, &edge, &path).await?;
    left_alone_while_down(stack, &edge, &path).await?;
    more_than_a_minute_has_room_for(stack, &edge, &path).await
}

async fn a_payment(edge: &Edge) -> Result<String, Failed> {
    let opening = edge.open().await?;
    edge.choose(&opening, "page:card").await?;
    let page: Value = ok(edge.as_merchant("/v1/payments?provider=onecheckout&limit=1").await?).await?;
    Ok(page["payments"][0]["payment"]["provider_reference"].as_str().ok_or("no payment")?.to_owned())
}

async fn two_hundred_at_once(stack: &Stack, edge: &Edge, path: &str) -> Told {
    stack.simulator(ProviderId::Onecheckout).lock().set_latency(Millis(50));
    let statuses = statuses(edge, path, 200).await?;
    stack.simulator(ProviderId::Onecheckout).lock().set_latency(Millis(0));
    let simulated = stack.simulator(ProviderId::Onecheckout).lock();
    let most = simulated.most_in_flight();
    check(most <= 10 && most > 5, format!("{most} at once"))?;
    check(simulated.turned_away() == 0, format!("{} turned away", simulated.turned_away()))?;
    check(statuses.iter().all(|status| *status == 200), format!("all are served: {statuses:?}"))
}

async fn left_alone_while_down(stack: &Stack, edge: &Edge, path: &str) -> Told {
    let asked = |stack: &Stack| stack.simulator(ProviderId::Onecheckout).lock().requests().len();
    // Only what customers need can trip it: a card page each, and none of them comes.
    stack.simulator(ProviderId::Onecheckout).lock().arm(Fault::new(FaultKind::Status500, "/api/v1.0/orders", 5));
    for _ in 0..5 {
        let opening = edge.open().await?;
        let view = edge.choose(&opening, "page:card").await?;
        check(view.attempt.is_some_and(|attempt| attempt.instructions.is_none()), "down")?;
    }
    let before = asked(stack);
    check(edge.as_merchant(path).await?.status() == 502, "told at once")?;
    check(asked(stack) == before, "and nobody was asked")?;
    let told: Value = ok(edge.as_merchant("/v1/providers").await?).await?;
    let state = told["providers"].as_array().into_iter().flatten().find(|provider| provider["provider"] == "onecheckout");
    check(state.is_some_and(|state| state["breaker"] == "open"), &told)?;
    for _ in 0..20 {
        tokio::time::sleep(Duration::from_secs(1)).await;
        if edge.as_merchant(path).await?.status() == 200 {
            return Ok(());
        }
    }
    Err("never asked again after its rest".into())
}

async fn more_than_a_minute_has_room_for(stack: &Stack, edge: &Edge, path: &str) -> Told {
    let statuses = statuses(edge, path, 1100).await?;
    let told = statuses.iter().filter(|status| **status == 429).count();
    let served = statuses.iter().filter(|status| **status == 200).count();
    check(told > 0 && told + served == statuses.len(), format!("{served} served, {told} told, of {}", statuses.len()))?;
    let held = stack.simulator(ProviderId::Onecheckout).lock().requests().len();
    check(served + 100 >= 1000_usize.saturating_sub(held - served), format!("{served} served although {} had gone before", held - served))?;
    let answer = edge.as_merchant(path).await?;
    let wait: u64 = answer.headers().get("retry-after").ok_or("for how long?")?.to_str()?.parse()?;
    check(answer.status() == 429 && (1..=75).contains(&wait), format!("{} {wait}", answer.status()))?;
    let simulated = stack.simulator(ProviderId::Onecheckout).lock();
    let times: Vec<i64> = simulated.requests().iter().map(|request| request.at.0).collect();
    let most = times.iter().enumerate().map(|(at, first)| times[at..].partition_point(|time| time - first < 60_000)).max();
    check(most <= Some(1000), format!("{most:?} within a minute"))?;
    check(simulated.turned_away() == 0 && simulated.most_in_flight() <= 10, "and never too many at once")
}

/// Asks as often as said, as many at once as this machine bears; the answers' statuses.
async fn statuses(edge: &Edge, path: &str, times: usize) -> Result<Vec<u16>, Failed> {
    let mut statuses = Vec::new();
    for batch in 0..times.div_ceil(200) {
        let count = (times - batch * 200).min(200);
        for answer in join_all((0..count).map(|_| edge.as_merchant(path))).await {
            statuses.push(answer?.status().as_u16());
        }
    }
    Ok(statuses)
}
