//! What goes wrong in life. These stories need the stack for themselves.

use crate::client::{Edge, address, check, refused};
use crate::first_paint::{page, text};
use crate::stage::keeps_its_secrets;
use crate::{LoneStory, Told, stories};
use checkout_shared::error::ErrorCode;
use checkout_shared::provider::ProviderId;
use checkout_shared::route::Route;
use checkout_shared::session::{AttemptStatus, SessionView, Status};
use checkout_tests::sandbox_wallet::WalletAction;
use checkout_tests::simulators::{Fault, FaultKind};
use checkout_tests::stack::{Stack, StackOptions};
use serde_json::json;

stories! { LoneStory:
    a_killed_worker_keeps_its_sessions,
    provider_answers_nothing_after_creating,
    provider_answers_nonsense_after_creating,
    a_provider_that_refuses_is_passed_over_in_the_same_click,
    every_webhook_is_lost,
    every_webhook_comes_twice,
    customer_chooses_again_while_the_first_is_being_created,
    ways_that_are_missing_are_told_and_come_when_they_can_be_had,
    no_secret_reaches_the_log,
}

async fn a_killed_worker_keeps_its_sessions(stack: &mut Stack) -> Told {
    let edge = Edge::of(stack);
    let opening = edge.open().await?;
    let shown = edge.choose(&opening, "USDT:tron").await?;
    stack.stop_worker().await;
    edge.pay(&opening, WalletAction::Exact).await?;
    stack.start_worker().await.map_err(|problem| problem.to_string())?;
    let kept = edge.view(&opening).await?;
    check(kept.attempt.and_then(|attempt| attempt.instructions) == shown.attempt.and_then(|attempt| attempt.instructions), "kept")?;
    let mut tab = edge.watch(&opening).await?;
    tab.until(|view| view.status == Status::Paid).await.map(drop)
}

const WHITE_LABEL: &str = "/v1/payment/white-label";

async fn lost_after_creating(stack: &Stack, fault: &str) -> Told {
    let edge = Edge::of(stack);
    let opening = edge.open().await?;
    edge.arm(ProviderId::Oxapay, &json!({"kind": fault, "path": WHITE_LABEL, "times": 1})).await?;
    let view = edge.choose(&opening, "USDT:tron").await?;
    check(view.attempt.as_ref().is_some_and(|attempt| attempt.instructions.is_none()), "nothing payable is shown")?;
    // It is found at the provider, but not how to pay it: whoever chooses again gets a payment of its own.
    edge.until(&opening, "given up", |view| view.attempt.as_ref().is_some_and(|attempt| attempt.status == AttemptStatus::Failed)).await?;
    check(edge.creations(&opening.capability.id).await?.len() == 1, "looked up, not created again")?;
    let view = edge.choose(&opening, "USDT:tron").await?;
    check(view.status == Status::AwaitingPayment && view.attempt.is_some_and(|attempt| attempt.number == 2), "a new attempt")?;
    edge.pay(&opening, WalletAction::Exact).await?;
    edge.until(&opening, "paid", |view| view.status == Status::Paid).await.map(drop)
}

async fn provider_answers_nothing_after_creating(stack: &mut Stack) -> Told {
    lost_after_creating(stack, "timeout_after_work").await
}

async fn provider_answers_nonsense_after_creating(stack: &mut Stack) -> Told {
    lost_after_creating(stack, "truncate").await
}

async fn a_provider_that_refuses_is_passed_over_in_the_same_click(stack: &mut Stack) -> Told {
    let edge = Edge::of(stack);
    let opening = edge.open().await?;
    edge.arm(ProviderId::Oxapay, &json!({"kind": "rate_limited", "path": WHITE_LABEL, "times": 1})).await?;
    let view = edge.choose(&opening, "USDT:tron").await?;
    check(view.status == Status::AwaitingPayment && view.attempt.is_some_and(|attempt| attempt.number == 2), "the next one takes it")?;
    let record = edge.record(&opening.capability.id).await?;
    let asked: Vec<_> = record.attempts.iter().map(|attempt| (attempt.provider, attempt.status)).collect();
    let expected = [(ProviderId::Oxapay, AttemptStatus::Failed), (ProviderId::Okipays, AttemptStatus::AwaitingPayment)];
    check(asked == expected, format!("{asked:?}"))
}

async fn every_webhook_is_lost(stack: &mut Stack) -> Told {
    let edge = Edge::of(stack);
    let opening = edge.open().await?;
    edge.choose(&opening, "USDT:tron").await?;
    edge.arm(ProviderId::Oxapay, &json!({"kind": "lose", "times": 2})).await?;
    let mut tab = edge.watch(&opening).await?;
    edge.pay(&opening, WalletAction::Exact).await?;
    tab.until(|view| view.status == Status::Paid).await.map(drop)
}

async fn every_webhook_comes_twice(stack: &mut Stack) -> Told {
    let edge = Edge::of(stack);
    let opening = edge.open().await?;
    edge.choose(&opening, "USDT:tron").await?;
    edge.arm(ProviderId::Oxapay, &json!({"kind": "duplicate", "times": 2})).await?;
    edge.pay(&opening, WalletAction::Exact).await?;
    let view = edge.until(&opening, "paid", |view| view.status == Status::Paid).await?;
    check(view.attempt.is_some_and(|attempt| attempt.transactions.len() == 1) && view.overpaid_by.is_none(), "counted once")
}

async fn customer_chooses_again_while_the_first_is_being_created(stack: &mut Stack) -> Told {
    let edge = Edge::of(stack);
    let opening = edge.open().await?;
    let provider = stack.simulator(ProviderId::Oxapay);
    provider.lock().arm(Fault::new(FaultKind::HoldBeforeWork, WHITE_LABEL, 1));
    let chooses_again = async {
        provider.until_held(1).await.map_err(|problem| problem.to_string())?;
        let painted = page(&edge, Route::Page(opening.capability.clone())).await?;
        let change = text("en", "change_method")?;
        check(painted.painted()?.contains(&text("en", "preparing_heading")?) && painted.painted()?.contains(&change), "can be changed")?;
        let second = edge.choose(&opening, "BTC:bitcoin").await;
        provider.lock().release(true);
        second
    };
    let (first, second) = tokio::join!(edge.choose(&opening, "USDT:tron"), chooses_again);
    for view in [second?, first?] {
        let network = address(&view).map(|shown| shown.network.as_str().to_owned());
        check(network.as_deref() == Some("bitcoin"), format!("what was chosen last is shown: {view:?}"))?;
    }
    check(edge.creations(&opening.capability.id).await?.len() == 2, "each is created once")?;
    // The first is there to go back to, and is not created again.
    let back = edge.choose(&opening, "USDT:tron").await?;
    check(back.attempt.is_some_and(|attempt| attempt.number == 1 && attempt.status == AttemptStatus::AwaitingPayment), "as it was")?;
    check(edge.creations(&opening.capability.id).await?.len() == 2, "and no third")?;
    edge.pay(&opening, WalletAction::Exact).await?;
    edge.until(&opening, "paid", |view| view.status == Status::Paid).await.map(drop)
}

async fn ways_that_are_missing_are_told_and_come_when_they_can_be_had(_: &mut Stack) -> Told {
    let mut stack = Stack::start(&StackOptions::named("edge-some-missing")).await.map_err(|problem| problem.to_string())?;
    let lists = |view: &SessionView, method: &str| view.methods.iter().any(|listed| listed.id.to_string() == method);
    let said = text("en", "choose_some_unavailable")?;
    stack.simulator(ProviderId::Onecheckout).set_reachable(false);
    let edge = Edge::of(&stack);
    let opening = edge.open().await?;
    let view = &opening.view;
    check(view.methods_unavailable && lists(view, "USDT:tron") && !lists(view, "page:card"), format!("{view:?}"))?;
    let path = Route::Page(opening.capability.clone());
    let painted = page(&edge, &path).await?;
    check(painted.painted()?.contains(&said), painted.painted()?)?;

    stack.simulator(ProviderId::Onecheckout).set_reachable(true);
    // Longer than anybody who asks again has to wait.
    stack.start_worker_ahead(60).await.map_err(|problem| problem.to_string())?;
    let edge = Edge::of(&stack);
    let mut tab = edge.watch(&opening).await?;
    edge.view(&opening).await?;
    tab.until(|view| !view.methods_unavailable && lists(view, "page:card")).await?;
    let painted = page(&edge, &path).await?;
    check(!painted.painted()?.contains(&said), painted.painted()?)
}

async fn no_secret_reaches_the_log(stack: &mut Stack) -> Told {
    let edge = Edge::of(stack);
    let opening = edge.open().await?;
    refused(edge.post(Route::Open, &json!({"order": "x"})).await?, ErrorCode::InvalidOrderToken).await?;
    edge.arm(ProviderId::Oxapay, &json!({"kind": "html", "path": WHITE_LABEL, "times": 1})).await?;
    edge.choose(&opening, "USDT:tron").await?;
    let log = std::fs::read_to_string(stack.worker_log())?;
    check(log.contains("request failed") && log.contains("provider call failed"), "the log tells what went wrong")?;
    keeps_its_secrets(stack)?;
    // `wrangler dev` prints addresses itself; what we print is JSON.
    let ours = log.lines().filter(|line| line.contains(r#""event":"#));
    check(!ours.clone().any(|line| line.contains(&opening.capability.token)), "a client token in a log line of ours")?;
    check(ours.count() > 1, "there are log lines of ours")
}
