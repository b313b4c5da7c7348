//! One order, one provider: when the next provider of a method is asked, and when none may be.

use crate::client::{Edge, Opening, check};
use crate::{LoneStory, Told, stories};
use checkout_shared::provider::ProviderId;
use checkout_shared::session::{AttemptStatus, Instructions, SessionView, Status};
use checkout_tests::simulators::{Fault, FaultKind};
use checkout_tests::stack::Stack;
use futures_util::future::join_all;
use libtest_mimic::Failed;
use serde_json::json;
use std::time::Duration;

stories! { LoneStory:
    a_hundred_parallel_creates_of_one_reference_are_one_order,
    a_lost_answer_is_looked_up_and_no_other_provider_is_asked,
    a_provider_that_is_down_is_passed_over_in_the_same_click,
}

/// Two providers have such a page.
const PAGE: &str = "page:crypto";

async fn a_hundred_parallel_creates_of_one_reference_are_one_order(stack: &mut Stack) -> Told {
    let edge = Edge::of(stack);
    let claims = Edge::claims();
    let opened = join_all((0..100).map(|_| edge.open_claims(&claims))).await;
    let openings = opened.into_iter().collect::<Result<Vec<_>, _>>()?;
    let opening = openings.first().ok_or("nobody came")?;
    let id = &opening.capability.id;
    check(openings.iter().all(|other| other.capability.id == *id), "one session")?;
    edge.until(opening, "on offer", |view| !view.methods.is_empty()).await?;
    let chosen = join_all(openings.iter().map(|opening| edge.choose(opening, "USDT:tron"))).await;
    let shown = chosen.into_iter().collect::<Result<Vec<_>, _>>()?;
    let view = edge.until(opening, "payable", |view| view.status == Status::AwaitingPayment).await?;
    let attempt = view.attempt.as_ref().ok_or("no attempt")?;
    check(attempt.number == 1, format!("attempt {}", attempt.number))?;
    // Whoever came while it was being created is shown that; nobody is shown anything else.
    let others = shown.iter().filter_map(|view| view.attempt.as_ref()?.instructions.as_ref());
    check(others.into_iter().all(|shown| Some(shown) == attempt.instructions.as_ref()), "one address")?;
    check(edge.creations(id).await?.len() == 1, "created once")?;
    let orders = stack.simulator(ProviderId::Oxapay).lock().payments(id).len();
    check(orders == 1, format!("{orders} orders at the provider"))
}

async fn a_lost_answer_is_looked_up_and_no_other_provider_is_asked(stack: &mut Stack) -> Told {
    let edge = Edge::of(stack);
    let opening = edge.open().await?;
    let id = &opening.capability.id;
    edge.arm(ProviderId::Okipays, &json!({"kind": "timeout_after_work", "containing": id, "times": 1})).await?;
    edge.choose(&opening, PAGE).await?;
    let view = edge.until(&opening, "found", |view| page(view).is_some()).await?;
    check(page(&view).is_some_and(|url| url.starts_with(edge.simulator(ProviderId::Okipays))), "the page that was made")?;
    let record = edge.record(&opening.capability.id).await?;
    check(record.attempts.len() == 1, format!("{:?}", record.attempts))?;
    check(orders(stack, ProviderId::Okipays, id) == 1 && orders(stack, ProviderId::Oxapay, id) == 0, "one order, and none elsewhere")
}

async fn a_provider_that_is_down_is_passed_over_in_the_same_click(stack: &mut Stack) -> Told {
    let edge = Edge::of(stack);
    // Not its public lists: they say what is on offer.
    stack.simulator(ProviderId::Okipays).lock().arm(Fault::new(FaultKind::Status500, "/v1/order/", u32::MAX));
    let passed_over = until_passed_over(&edge).await;
    stack.simulator(ProviderId::Okipays).lock().disarm();
    let (opening, view) = passed_over?;
    let id = &opening.capability.id;
    check(view.status == Status::AwaitingPayment, format!("{:?}", view.status))?;
    let record = edge.record(&opening.capability.id).await?;
    let behind: Vec<_> = record.attempts.iter().map(|attempt| (attempt.provider, attempt.status, attempt.reason.is_some())).collect();
    let expected = [(ProviderId::Okipays, AttemptStatus::Failed, true), (ProviderId::Oxapay, AttemptStatus::AwaitingPayment, false)];
    check(behind == expected, format!("{behind:?}"))?;
    check(orders(stack, ProviderId::Okipays, id) == 0 && orders(stack, ProviderId::Oxapay, id) == 1, "one order")?;
    edge.press(page(&view).ok_or("no page")?, "exact").await?;
    edge.until(&opening, "paid", |view| view.status == Status::Paid).await?;
    until_used_again(&edge).await
}

/// The first customers wait for an answer that cannot be had; once it is clear that the provider is down, the next one is served by the
/// other in one click.
async fn until_passed_over(edge: &Edge) -> Result<(Opening, SessionView), Failed> {
    for _ in 0..8 {
        let opening = edge.open().await?;
        let view = edge.choose(&opening, PAGE).await?;
        if page(&view).is_some() {
            return Ok((opening, view));
        }
        let waits = view.attempt.as_ref().is_some_and(|attempt| attempt.status == AttemptStatus::Checking);
        check(waits, format!("whether anything was created is not known: {:?}", view.attempt))?;
    }
    Err("the provider is never passed over".into())
}

/// The provider works again and gets its customers back.
async fn until_used_again(edge: &Edge) -> Told {
    for _ in 0..30 {
        let opening = edge.open().await?;
        let view = edge.choose(&opening, PAGE).await?;
        if page(&view).is_some_and(|url| url.starts_with(edge.simulator(ProviderId::Okipays))) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
    Err("the provider is never asked again".into())
}

fn page(view: &SessionView) -> Option<&str> {
    match view.attempt.as_ref()?.instructions.as_ref()? {
        Instructions::Page { url, .. } => Some(url),
        Instructions::Address(_) => None,
    }
}

fn orders(stack: &Stack, provider: ProviderId, session: &str) -> usize {
    stack.simulator(provider).lock().payments(session).len()
}
