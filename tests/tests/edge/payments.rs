//! Payments from choosing to paid, as the customer's page is told of them.

use crate::client::{Edge, address, check, ok};
use crate::{Story, Told, stories};
use checkout_shared::route::Route;
use checkout_shared::session::{AttemptStatus, Instructions, Status};
use checkout_tests::sandbox_wallet::WalletAction;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::Instant;

stories! { Story:
    customer_pays_exactly_and_watches,
    a_second_tab_shows_the_same_within_a_second,
    a_tab_that_comes_back_is_told_at_once,
    customer_pays_half_and_then_the_rest,
    customer_pays_too_much,
    customer_lets_it_expire_and_pays_by_another_coin,
    customer_pays_late,
    a_hundred_impatient_clicks_create_one_payment,
    a_hosted_page_is_handed_out,
}

async fn customer_pays_exactly_and_watches(edge: &Edge) -> Told {
    let opening = edge.open().await?;
    let mut tab = edge.watch(&opening).await?;
    check(tab.next().await?.status == Status::Open, "nothing chosen yet")?;
    let view = edge.choose(&opening, "USDT:tron").await?;
    let shown = address(&view).ok_or("no address")?;
    check(shown.network.as_str() == "tron" && shown.amount.currency.as_str() == "USDT", format!("{shown:?}"))?;

    let creations = edge.creations(&opening.capability.id).await?;
    let [creation] = creations.as_slice() else { return Err(format!("{} creations", creations.len()).into()) };
    for said in [
        r#""amount":18.90,"#.to_owned(),
        format!(r#""order_id":"{}-1""#, opening.capability.id),
        format!(r#""callback_url":"{}/v1/webhooks/oxapay/{}""#, edge.url, opening.capability.id),
    ] {
        check(creation.contains(&said), format!("{said} is not in {creation}"))?;
    }
    check(!creation.contains(&opening.capability.token), "the client token is told to nobody")?;

    edge.pay(&opening, WalletAction::Exact).await?;
    let seen = tab.until(|view| view.status == Status::Processing).await?;
    check(seen.attempt.is_some_and(|attempt| attempt.transactions.len() == 1), "one transaction")?;
    let confirmed = tab.until(|view| view.attempt.as_ref().is_some_and(|attempt| attempt.transactions[0].confirmations > 0)).await?;
    let transaction = confirmed.attempt.ok_or("no attempt")?.transactions.remove(0);
    check(transaction.required_confirmations.is_some(), "confirmations n of m")?;
    let paid = tab.until(|view| view.status == Status::Paid).await?;
    check(!paid.late && paid.overpaid_by.is_none(), format!("{paid:?}"))
}

async fn a_second_tab_shows_the_same_within_a_second(edge: &Edge) -> Told {
    let opening = edge.open().await?;
    edge.choose(&opening, "USDT:tron").await?;
    let (mut first, mut second) = (edge.watch(&opening).await?, edge.watch(&opening).await?);
    edge.pay(&opening, WalletAction::Exact).await?;
    let one = first.until(|view| view.status == Status::Processing).await?;
    let begun = Instant::now();
    let two = second.until(|view| view.sequence >= one.sequence).await?;
    check(begun.elapsed() < Duration::from_secs(1), format!("{:?}", begun.elapsed()))?;
    check((one.sequence, &one.attempt) == (two.sequence, &two.attempt), "the same")
}

async fn a_tab_that_comes_back_is_told_at_once(edge: &Edge) -> Told {
    let opening = edge.open().await?;
    edge.choose(&opening, "USDT:tron").await?;
    let mut tab = edge.watch(&opening).await?;
    let shown = tab.next().await?;
    let again = tab.resync().await?;
    check((shown.sequence, &shown.attempt) == (again.sequence, &again.attempt), "one round trip, the whole state")
}

async fn customer_pays_half_and_then_the_rest(edge: &Edge) -> Told {
    let opening = edge.open().await?;
    edge.choose(&opening, "USDT:tron").await?;
    edge.pay(&opening, WalletAction::Half).await?;
    let view = edge.until(&opening, "underpaid", |view| view.status == Status::Underpaid).await?;
    let attempt = view.attempt.as_ref().ok_or("no attempt")?;
    let (received, due) = (attempt.received.as_ref().ok_or("nothing received")?, attempt.due.as_ref().ok_or("nothing due")?);
    let whole = &address(&view).ok_or("no address")?.amount;
    check(received.amount.0 + due.amount.0 == whole.amount.0, format!("{received} + {due} = {whole}"))?;
    edge.pay(&opening, WalletAction::Rest).await?;
    let view = edge.until(&opening, "paid", |view| view.status == Status::Paid).await?;
    check(view.attempt.is_some_and(|attempt| attempt.transactions.len() == 2), "two transactions")
}

async fn customer_pays_too_much(edge: &Edge) -> Told {
    let opening = edge.open().await?;
    edge.choose(&opening, "BTC:bitcoin").await?;
    edge.pay(&opening, WalletAction::Over).await?;
    let view = edge.until(&opening, "paid", |view| view.status == Status::Paid).await?;
    let over = view.overpaid_by.as_ref().ok_or("the surplus is not told")?;
    let whole = &address(&view).ok_or("no address")?.amount;
    check(over.currency == whole.currency && over.amount.0 > rust_decimal::Decimal::ZERO, over)
}

async fn customer_lets_it_expire_and_pays_by_another_coin(edge: &Edge) -> Told {
    let opening = edge.open().await?;
    edge.choose(&opening, "USDT:tron").await?;
    let mut tab = edge.watch(&opening).await?;
    edge.pay(&opening, WalletAction::Expire).await?;
    let expired =
        |status| move |view: &checkout_shared::session::SessionView| view.attempt.as_ref().is_some_and(|attempt| attempt.status == status);
    let view = tab.until(expired(AttemptStatus::Expired)).await?;
    check(view.status == Status::Open, "the order can still be paid")?;
    let view = edge.choose(&opening, "LTC:litecoin").await?;
    check(view.attempt.as_ref().is_some_and(|attempt| attempt.number == 2), "a second attempt")?;
    edge.pay(&opening, WalletAction::Exact).await?;
    tab.until(|view| view.status == Status::Paid).await.map(drop)
}

async fn customer_pays_late(edge: &Edge) -> Told {
    let opening = edge.open().await?;
    edge.choose(&opening, "USDT:tron").await?;
    let _tab = edge.watch(&opening).await?;
    edge.pay(&opening, WalletAction::Late).await?;
    let view = edge.until(&opening, "paid", |view| view.status == Status::Paid).await?;
    check(view.late, "and called late")
}

async fn a_hundred_impatient_clicks_create_one_payment(edge: &Edge) -> Told {
    let opening = edge.open().await?;
    let path = Route::Attempts(opening.capability.clone());
    let body = json!({"method": "USDT:tron"});
    let clicks = futures_util::future::join_all((0..100).map(|_| edge.post(&path, &body))).await;
    for click in clicks {
        let _: Value = ok(click?).await?;
    }
    let creations = edge.creations(&opening.capability.id).await?;
    check(creations.len() == 1, format!("{} creations", creations.len()))?;
    check(edge.view(&opening).await?.status == Status::AwaitingPayment, "and it is shown")
}

async fn a_hosted_page_is_handed_out(edge: &Edge) -> Told {
    let opening = edge.open().await?;
    let view = edge.choose(&opening, "page:crypto").await?;
    let Some(Instructions::Page { url, .. }) = view.attempt.and_then(|attempt| attempt.instructions) else { return Err("no page".into()) };
    let page = edge.http.get(&url).send().await?;
    check(page.status() == 200 && page.text().await?.contains("18.9 USD"), &url)?;
    edge.press(&url, "exact").await?;
    edge.until(&opening, "paid", |view| view.status == Status::Paid).await.map(drop)
}
