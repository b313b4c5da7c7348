//! The Worker without its ledger: the copy is missing, the truth is there. Customers and the merchant's server notice nothing; lists and
//! what was promised of idempotency keys cannot be had, and say so. A stack of its own, for its database is broken.

use crate::client::{Edge, check, ok, refused};
use crate::{OwnStory, Told, stories};
use checkout_core::identity;
use checkout_shared::error::ErrorCode;
use checkout_shared::event::EventKind;
use checkout_shared::provider::ProviderId;
use checkout_shared::route::Route;
use checkout_shared::session::{Opened, Status};
use checkout_shared::time::Millis;
use checkout_tests::merchant_endpoint::Behaviour;
use checkout_tests::sandbox_wallet::WalletAction;
use checkout_tests::stack::{Stack, StackOptions};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::Instant;

stories! { OwnStory: without_the_ledger_all_goes_on_but_the_lists }

/// From paying to paid, when only questions tell of it: the simulator's confirmations and as long as a watched payment is let be.
const PAID_WITHIN: Duration = Duration::from_secs(15);

async fn without_the_ledger_all_goes_on_but_the_lists(name: &str) -> Told {
    let mut stack = Stack::start(&StackOptions::named(name)).await.map_err(|problem| problem.to_string())?;
    // The database is made when it is first asked.
    let _: Value = ok(Edge::of(&stack).as_merchant(Route::Sessions).await?).await?;
    stack.start_worker_with_broken_ledger().await.map_err(|problem| problem.to_string())?;
    let edge = Edge::of(&stack);
    let (told, paid, refused) = tokio::join!(a_failed_webhook_comes_again_soon(&edge), a_payment_is_polled(&edge), lists_say_so(&edge));
    told.and(paid).and(refused)
}

async fn a_payment_is_polled(edge: &Edge) -> Told {
    let opening = edge.open().await?;
    let id = &opening.capability.id;
    let mut tab = edge.watch(&opening).await?;
    edge.choose(&opening, "USDT:tron").await?;
    edge.arm(ProviderId::Oxapay, &json!({"kind": "lose", "containing": id, "times": 99})).await?;
    // The ledger has been told in vain by then, more than once.
    tokio::time::sleep(Duration::from_secs(3)).await;
    edge.pay(&opening, WalletAction::Exact).await?;
    let begun = Instant::now();
    tab.until(|view| view.status == Status::Paid).await?;
    check(begun.elapsed() < PAID_WITHIN, format!("paid on screen after {:?}", begun.elapsed()))?;
    println!("without the ledger, paying → paid on screen by polling: {:?}", begun.elapsed());

    let sent = edge.heard(id, EventKind::Paid).await?;
    check(begun.elapsed() < PAID_WITHIN, format!("and told after {:?}", begun.elapsed()))?;
    let numbers: Vec<String> = (1..=sent.len()).map(|number| format!("evt_{id}_{number}")).collect();
    check(sent.iter().map(|one| &one.id).eq(&numbers), format!("{:?}", sent.iter().map(|one| &one.id).collect::<Vec<_>>()))?;
    let bodies = sent.iter().map(|one| one.told().map_err(|problem| problem.to_string())).collect::<Result<Vec<_>, _>>()?;
    let kinds: Vec<EventKind> = bodies.iter().map(|body| body.kind).collect();
    check(kinds == [EventKind::Open, EventKind::AwaitingPayment, EventKind::Processing, EventKind::Paid], format!("{kinds:?}"))
}

async fn a_failed_webhook_comes_again_soon(edge: &Edge) -> Told {
    let (claims, id) = Edge::claims_and_id();
    edge.merchant.plan(&id, 1, Behaviour::Status(500));
    edge.open_claims(&claims).await?;
    let sent = edge.heard(&id, EventKind::Open).await?;
    check(sent.len() == 2 && sent[0].id == sent[1].id, format!("{sent:?}"))?;
    let wait = sent[1].at - sent[0].at;
    check((Millis(4500)..Millis::seconds(15)).contains(&wait), format!("again after {} ms", wait.0))
}

async fn lists_say_so(edge: &Edge) -> Told {
    for path in [Route::Sessions, Route::Deliveries] {
        refused(edge.as_merchant(path).await?, ErrorCode::Internal).await?;
    }
    let (claims, id) = Edge::claims_and_id();
    let create = edge.http.post(format!("{}{}", edge.url, Route::Sessions)).json(&claims).bearer_auth(&edge.secrets.merchant_key);
    refused(create.header("idempotency-key", "a-key").send().await?, ErrorCode::Internal).await?;
    refused(edge.as_merchant(Route::Session(id)).await?, ErrorCode::NotFound).await?;

    let opened: Opened = ok(edge.as_merchant_post(Route::Sessions, &claims).await?).await?;
    let reference = claims["reference"].as_str().unwrap_or_default();
    check(opened.session.id == identity::session_id("edge-checkout", reference), "the same without a key is opened")?;
    check(edge.record(&opened.session.id).await?.session.status == Status::Open, "and there")
}
