//! The fault matrix: what goes wrong between us, the providers and the platform, each once with every provider that it can befall, on a
//! stack of its own. Whatever it was: the customer can pay in the end, what was paid is shown, the merchant is told once, and no order
//! stands twice. What was observed is written to `target/fault-matrix.md`.
//!
//! How one order is followed is [`customer`]'s, faults that befall one order are [`rows`]', killed Workers [`killed`]'s, and what falls
//! to other providers [`fallback`]'s. What a merchant gets whose server is down is in `endpoint.rs`.

mod customer;
pub mod fallback;
mod killed;
mod rows;
mod table;

use crate::client::{Edge, PATIENCE, check, ok};
use crate::{OwnStory, Told, stories};
use checkout_shared::provider::ProviderId;
use checkout_shared::route::Route;
use checkout_shared::time::Millis;
use checkout_tests::stack::{Stack, StackOptions};
use checkout_tests::workspace;
use customer::{Customer, Scene};
use futures_util::future::join_all;
use libtest_mimic::Failed;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use table::Table;
use tokio::time::Instant;

/// How long a provider cannot be reached.
const CUT_OFF_FOR: Duration = Duration::from_secs(6);
/// How far the clocks are apart.
const SKEW: Millis = Millis::minutes(10);

/// What is said of a breaker.
const BREAKER_WORDS: [&str; 3] = ["closed", "open", "half_open"];

stories! { OwnStory: the_fault_matrix }

/// What is to befall an order, and its customer.
type Case<'a> = (String, Customer<'a>);

async fn the_fault_matrix(name: &str) -> Told {
    let mut stack = Stack::start(&StackOptions::named(name)).await.map_err(|problem| problem.to_string())?;
    let scene = Scene { edge: Edge::of(&stack), merchant: Arc::clone(stack.merchant()) };

    let mut cases = nobody_says_what_is_on_offer(&stack, &scene).await?;
    finish(&mut cases).await;
    rows::until_offered(&scene).await?;

    let mut of_rows = rows::begin_all(&scene).await?;
    finish(&mut of_rows).await;
    cases.append(&mut of_rows);

    // Those below wait for virtual minutes, which pass with every restart.
    let mut disturbed = unreachable(&stack, &scene).await?;
    killed::begin_all(&mut stack, &scene, &mut disturbed).await?;
    let ahead = u32::try_from(SKEW.0 / 1000).unwrap_or_default();
    stack.start_worker_ahead(ahead).await.map_err(|problem| problem.to_string())?;
    disturbed.extend(all_choose(&scene, "our clock 10 minutes ahead").await?);
    finish(&mut disturbed).await;
    cases.append(&mut disturbed);

    // Twice as far, for ours is ahead already. The provider's is ahead of ours then, as if ours were behind.
    for provider in ProviderId::ALL {
        stack.simulator(*provider).set_ahead(Millis(2 * SKEW.0));
    }
    let mut behind = all_choose(&scene, "our clock 10 minutes behind").await?;
    finish(&mut behind).await;
    cases.append(&mut behind);
    conclude(&scene, cases).await
}

/// One customer of each provider, each after one click on the method.
async fn all_choose<'a>(scene: &'a Scene, fault: &str) -> Result<Vec<Case<'a>>, Failed> {
    let mut cases = Vec::new();
    for provider in ProviderId::ALL {
        let mut customer = scene.customer(*provider).await?;
        customer.choose().await?;
        cases.push((fault.to_owned(), customer));
    }
    Ok(cases)
}

/// Nobody can be reached when the first session opens: there is nothing to choose from, and then there is.
async fn nobody_says_what_is_on_offer<'a>(stack: &Stack, scene: &'a Scene) -> Result<Vec<Case<'a>>, Failed> {
    set_reachable(stack, false);
    let mut cases = Vec::new();
    for provider in [ProviderId::Oxapay, ProviderId::Okipays, ProviderId::Onecheckout] {
        let mut customer = scene.customer(provider).await?;
        let view = customer.look().await?;
        let is_offered = view.methods.iter().any(|offer| offer.id.to_string() == customer::method(provider));
        check(!is_offered, "what nobody has said is not on offer")?;
        cases.push(("provider unreachable when the session opens".to_owned(), customer));
    }
    set_reachable(stack, true);
    Ok(cases)
}

/// Nobody can be reached for a while: by those who click on a method, and by those who have just paid.
async fn unreachable<'a>(stack: &Stack, scene: &'a Scene) -> Result<Vec<Case<'a>>, Failed> {
    let mut paying = all_choose(scene, "provider unreachable while paying, no webhooks").await?;
    let mut creating = Vec::new();
    for provider in ProviderId::ALL {
        let mut customer = scene.customer(*provider).await?;
        // Where something is asked before anything is created, it is certain that nothing was.
        (customer.attempts, customer.checking) = (None, None);
        creating.push(("provider unreachable at the click".to_owned(), customer));
    }
    for (_, customer) in &mut paying {
        let reference = rows::reference(customer).await?;
        rows::lose(scene, customer, &reference).await?;
        customer.pay().await?;
    }
    set_reachable(stack, false);
    let clicked = join_all(creating.iter_mut().map(|(_, customer)| customer.choose())).await;
    let shown = clicked.into_iter().collect::<Result<Vec<_>, _>>()?;
    let payable = shown.iter().filter_map(|view| view.attempt.as_ref()?.instructions.as_ref()).count();
    tokio::time::sleep(CUT_OFF_FOR).await;
    for (_, customer) in paying.iter_mut().chain(&mut creating) {
        customer.look().await?;
    }
    set_reachable(stack, true);
    check(payable == 0, format!("{payable} are shown something payable that nobody has made"))?;
    let mut cases: Vec<Case<'_>> = paying.into_iter().chain(creating).collect();
    until_called_again(scene, &mut cases).await?;
    Ok(cases)
}

/// Looks until nobody is left alone for having been unreachable: what is tried next is to befall providers that work.
async fn until_called_again(scene: &Scene, cases: &mut [Case<'_>]) -> Result<(), Failed> {
    let begun = Instant::now();
    loop {
        for (_, customer) in cases.iter_mut() {
            customer.look().await?;
        }
        let told: Value = ok(scene.edge.as_merchant(Route::Providers).await?).await?;
        if are_closed(&told)? {
            return Ok(());
        }
        check(begun.elapsed() < 2 * PATIENCE, format!("left alone for good: {told}"))?;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// Whether every provider's breaker is told, and closed.
fn are_closed(told: &Value) -> Result<bool, Failed> {
    let mut breakers = Vec::new();
    for provider in ProviderId::ALL {
        let of_provider = told["providers"].as_array().into_iter().flatten().find(|entry| entry["provider"] == provider.as_str());
        let breaker = of_provider.and_then(|entry| entry["breaker"].as_str()).filter(|word| BREAKER_WORDS.contains(word));
        breakers.push(breaker.ok_or_else(|| format!("nothing is told of {provider}'s breaker: {told}"))?);
    }
    Ok(breakers.iter().all(|breaker| *breaker == "closed"))
}

fn set_reachable(stack: &Stack, reachable: bool) {
    for provider in ProviderId::ALL {
        stack.simulator(*provider).set_reachable(reachable);
    }
}

/// All pay and look until it is paid.
async fn finish(cases: &mut [Case<'_>]) {
    join_all(cases.iter_mut().map(|(_, customer)| async {
        let outcome = customer.finish().await;
        customer.note(outcome);
    }))
    .await;
}

/// Adds everything up, writes the table down and tells what is wrong.
async fn conclude(scene: &Scene, cases: Vec<Case<'_>>) -> Told {
    let concluded = cases.into_iter().map(|(fault, customer)| async move {
        let (provider, session) = (customer.provider, customer.id.clone());
        (fault, provider, session, customer.conclude().await)
    });
    let mut table = Table::default();
    let mut wrong = Vec::new();
    let mut concluded = join_all(concluded).await;
    // Only now: whatever would come a second time has had the longest to come.
    let once = join_all(concluded.iter().map(|(.., session, _)| scene.told_once_that_it_is_paid(session))).await;
    for ((.., observed), once) in concluded.iter_mut().zip(once) {
        observed.wrong.extend(once.err().map(|failed| failed.message().unwrap_or("failed").to_owned()));
    }
    for (fault, provider, session, observed) in concluded {
        table.add(&fault, provider, &observed);
        wrong.extend(observed.wrong.iter().map(|what| format!("{fault}, {provider}, {session}: {what}")));
    }
    let markdown = table.markdown();
    println!("\n{markdown}");
    std::fs::write(workspace::target().join("fault-matrix.md"), markdown)?;
    check(wrong.is_empty(), wrong.join("\n"))
}
