//! Each provider paid end to end, as its customers and the merchant's server see it. Cards and other pages: the customer is sent to the
//! provider's own page and comes back.

use crate::client::{Edge, Opening, address, check, ok, refused};
use crate::{Story, Told, stories};
use checkout_shared::error::ErrorCode;
use checkout_shared::provider::ProviderId;
use checkout_shared::route::Route;
use checkout_shared::session::{AttemptStatus, Instructions, SessionView, Status};
use checkout_tests::sandbox_wallet::WalletAction;
use libtest_mimic::Failed;
use serde_json::{Value, json};

stories! { Story:
    customer_pays_by_card_and_is_brought_back,
    an_authorised_card_is_captured_at_once,
    a_merchant_captures_later,
    customer_gives_up_on_the_card_page_and_pays_by_coin,
    customer_pays_on_okipays_page_and_is_brought_back,
    customer_pays_half_on_okipays_page_and_then_the_rest,
    customer_pays_a_coin_of_its_own_price_and_nobody_notifies,
    an_unsigned_notification_is_a_hint_and_no_more,
    another_sessions_payment_in_the_return_address_counts_for_nothing,
    the_methods_of_all_providers_are_one_list,
    a_merchant_reads_payments_as_the_providers_know_them,
    a_merchant_reads_and_changes_an_account,
    a_merchant_makes_a_providers_own_calls,
    what_a_provider_lacks_is_said,
    providers_and_their_health,
}

/// The provider's page that a session leads to.
fn page(view: &SessionView) -> Result<&str, Failed> {
    match view.attempt.as_ref().and_then(|attempt| attempt.instructions.as_ref()) {
        Some(Instructions::Page { url, .. }) => Ok(url),
        other => Err(format!("no page: {other:?}").into()),
    }
}

/// A session whose customer is on a provider's page.
async fn on_page(edge: &Edge, method: &str) -> Result<(Opening, String), Failed> {
    let opening = edge.open().await?;
    let view = edge.choose(&opening, method).await?;
    let url = page(&view)?.to_owned();
    check(url.starts_with("http://127.0.0.1:"), &url)?;
    Ok((opening, url))
}

async fn customer_pays_by_card_and_is_brought_back(edge: &Edge) -> Told {
    let (opening, url) = on_page(edge, "page:card").await?;
    let id = url.rsplit('/').next().ok_or("no reference")?;
    tokio::time::sleep(std::time::Duration::from_millis(2100)).await;
    let back = edge.press(&url, "exact").await?;
    let own_page = format!("{}{}?", edge.url, Route::Page(opening.capability.clone()));
    check(back.starts_with(&own_page) && back.contains("payment_id=") && back.contains("reference_id="), &back)?;
    let shown = edge.http.get(&back).send().await?;
    check(shown.status().is_success(), shown.status())?;
    // Nobody watches, so it is for the customer's return or the provider's hint that the provider is asked so soon.
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    check(!edge.asked(ProviderId::Onecheckout, "GET", &format!("/orders/{id}")).await?.is_empty(), "asked at once")?;
    let paid = edge.until(&opening, "paid", |view| view.status == Status::Paid).await?;
    check(!paid.late && paid.overpaid_by.is_none(), format!("{paid:?}"))
}

async fn an_authorised_card_is_captured_at_once(edge: &Edge) -> Told {
    let (opening, url) = on_page(edge, "page:card").await?;
    let mut tab = edge.watch(&opening).await?;
    edge.press(&url, "authorize").await?;
    tab.until(|view| view.status == Status::Paid).await?;
    let id = url.rsplit('/').next().ok_or("no reference")?;
    let captures = edge.asked(ProviderId::Onecheckout, "POST", &format!("/orders/{id}/capture")).await?;
    check(captures.len() == 1, format!("{} captures", captures.len()))
}

async fn a_merchant_captures_later(edge: &Edge) -> Told {
    let mut claims = Edge::claims();
    claims["capture"] = "manual".into();
    let opening = edge.open_claims(&claims).await?;
    let view = edge.choose(&opening, "page:card").await?;
    let capture = Route::Capture(opening.capability.id.clone());
    refused(edge.post(&capture, &json!({})).await?, ErrorCode::Unauthorized).await?;
    refused(edge.as_merchant_post(&capture, &json!({})).await?, ErrorCode::NothingToCapture).await?;
    edge.press(page(&view)?, "authorize").await?;
    let waits = |view: &SessionView| view.attempt.as_ref().is_some_and(|attempt| attempt.capturable);
    let view = edge.until(&opening, "capturable", waits).await?;
    check(view.status == Status::Processing, format!("{:?}", view.status))?;
    for _ in 0..2 {
        let view: SessionView = ok(edge.as_merchant_post(&capture, &json!({})).await?).await?;
        check(view.status == Status::Paid, format!("{:?}", view.status))?;
    }
    Ok(())
}

async fn customer_gives_up_on_the_card_page_and_pays_by_coin(edge: &Edge) -> Told {
    let (opening, url) = on_page(edge, "page:card").await?;
    let mut tab = edge.watch(&opening).await?;
    edge.press(&url, "cancel").await?;
    tab.until(|view| view.attempt.as_ref().is_some_and(|attempt| attempt.status == AttemptStatus::Cancelled)).await?;
    let view = edge.choose(&opening, "USDT:tron").await?;
    check(view.status == Status::AwaitingPayment, format!("{:?}", view.status))?;
    edge.pay(&opening, WalletAction::Exact).await?;
    tab.until(|view| view.status == Status::Paid).await.map(drop)
}

async fn customer_pays_on_okipays_page_and_is_brought_back(edge: &Edge) -> Told {
    let (opening, url) = on_page(edge, "page:crypto").await?;
    let mut tab = edge.watch(&opening).await?;
    let back = edge.press(&url, "exact").await?;
    check(back.starts_with(&format!("{}{}", edge.url, Route::Page(opening.capability.clone()))), &back)?;
    tab.until(|view| view.status == Status::Paid).await.map(drop)
}

async fn customer_pays_half_on_okipays_page_and_then_the_rest(edge: &Edge) -> Told {
    let (opening, url) = on_page(edge, "page:crypto").await?;
    let mut tab = edge.watch(&opening).await?;
    edge.press(&url, "half").await?;
    tab.until(|view| view.status == Status::Underpaid).await?;
    edge.press(&url, "rest").await?;
    tab.until(|view| view.status == Status::Paid).await.map(drop)
}

async fn customer_pays_a_coin_of_its_own_price_and_nobody_notifies(edge: &Edge) -> Told {
    let opening = edge.open().await?;
    check(!opening.view.methods.iter().any(|method| method.id.to_string() == "VET:vechain"), "no price in it, so not on offer")?;
    let mut claims = Edge::claims();
    claims["prices"] = json!([{"amount": "850.5", "currency": "VET"}]);
    let opening = edge.open_claims(&claims).await?;
    let view = edge.choose(&opening, "VET:vechain").await?;
    let shown = address(&view).ok_or("no address")?;
    check(shown.amount.to_string() == "850.5 VET", &shown.amount)?;
    let mut tab = edge.watch(&opening).await?;
    edge.pay(&opening, WalletAction::Exact).await?;
    tab.until(|view| view.status == Status::Paid).await.map(drop)
}

async fn an_unsigned_notification_is_a_hint_and_no_more(edge: &Edge) -> Told {
    let (opening, url) = on_page(edge, "page:card").await?;
    let (other, okipays) = on_page(edge, "page:crypto").await?;
    let id = url.rsplit('/').next().ok_or("no reference")?;
    let number: u64 = okipays.rsplit('/').next().ok_or("no number")?.parse()?;
    let hint = json!({"reference_id": format!("{}-1", opening.capability.id), "status": "PAID", "amount": 18.9});
    let forged = json!({"order_id": number, "status": "Paid", "price": "18.90", "payment_currency": "USD", "total_sum_price": "18.90"});
    // Whoever was not told the key cannot even hint.
    for key in [None, Some(opening.capability.id.clone())] {
        for (provider, body) in [(ProviderId::Onecheckout, &hint), (ProviderId::Okipays, &forged)] {
            refused(edge.post(Route::Webhook(provider, key.clone()), body).await?, ErrorCode::InvalidSignature).await?;
        }
    }
    let [onecheckout, result_url] = [ProviderId::Onecheckout, ProviderId::Okipays].map(|provider| edge.webhook(provider));
    // Later than a hint is heeded after the last question.
    tokio::time::sleep(std::time::Duration::from_millis(2100)).await;
    let reads = async || edge.asked(ProviderId::Onecheckout, "GET", &format!("/orders/{id}")).await.map(|reads| reads.len());
    let before = reads().await?;
    let answer = edge.post(&onecheckout, &hint).await?;
    check(answer.status().is_success(), answer.status())?;
    check(reads().await? == before + 1, "the provider is asked")?;
    let answer = edge.post(&result_url, &forged).await?;
    check(answer.status().is_success() && answer.text().await? == "{}", "neither done nor cancelled")?;
    for session in [&opening, &other] {
        let view = edge.view(session).await?;
        check(view.status == Status::AwaitingPayment, format!("{:?}", view.status))?;
    }
    // What is said of nothing of ours is answered and forgotten.
    for nonsense in [json!({}), json!({"reference_id": "x"}), json!([1])] {
        let answer = edge.post(&onecheckout, &nonsense).await?;
        check(answer.status().as_u16() < 500, answer.status())?;
    }
    edge.press(&url, "exact").await?;
    edge.until(&opening, "paid", |view| view.status == Status::Paid).await.map(drop)
}

async fn another_sessions_payment_in_the_return_address_counts_for_nothing(edge: &Edge) -> Told {
    let (paid, url) = on_page(edge, "page:card").await?;
    edge.press(&url, "exact").await?;
    edge.until(&paid, "paid", |view| view.status == Status::Paid).await?;
    let payment = url.rsplit('/').next().ok_or("no reference")?;
    let (opening, _) = on_page(edge, "page:card").await?;
    for _ in 0..3 {
        let back = format!("{}?payment_id={payment}&reference_id={}-1", Route::Page(opening.capability.clone()), paid.capability.id);
        let shown = edge.get(&back).await?;
        check(shown.status().is_success(), shown.status())?;
        tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    }
    let view = edge.view(&opening).await?;
    check(view.status == Status::AwaitingPayment, format!("{:?}", view.status))
}

async fn the_methods_of_all_providers_are_one_list(edge: &Edge) -> Told {
    refused(edge.get(Route::Methods).await?, ErrorCode::Unauthorized).await?;
    let listed: Value = ok(edge.as_merchant(Route::Methods).await?).await?;
    let ids: Vec<&str> = listed["methods"].as_array().ok_or("no list")?.iter().filter_map(|method| method["id"].as_str()).collect();
    check(ids.first() == Some(&"page:card") && ids.last() == Some(&"page:crypto"), format!("{ids:?}"))?;
    let mut once = ids.clone();
    once.sort_unstable();
    once.dedup();
    check(once.len() == ids.len(), format!("each once: {ids:?}"))?;
    for id in ["USDT:tron", "BTC:bitcoin", "VET:vechain"] {
        check(ids.contains(&id), id)?;
    }
    let listed =
        |id: &str| listed["methods"].as_array().into_iter().flatten().find(|method| method["id"] == id).cloned().unwrap_or_default();
    let (tether, doge) = (listed("USDT:tron"), listed("DOGE:dogecoin"));
    check(tether["contract"] == "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t" && doge["contract"].is_null(), &tether)?;
    check(tether["minimum"].is_null(), "one of those who take it names none")?;
    check(doge["minimum"].is_string(), doge)
}

async fn a_merchant_reads_payments_as_the_providers_know_them(edge: &Edge) -> Told {
    let opening = edge.open().await?;
    edge.choose(&opening, "USDT:tron").await?;
    let (_, card) = on_page(edge, "page:card").await?;
    refused(edge.get("/v1/payments?provider=oxapay").await?, ErrorCode::Unauthorized).await?;
    let first: Value = ok(edge.as_merchant("/v1/payments?provider=oxapay&limit=1&sort_by=create_date&direction=desc").await?).await?;
    check(first["payments"].as_array().map(Vec::len) == Some(1) && first["total"].as_u64() >= Some(1), &first)?;
    let reference = first["payments"][0]["payment"]["provider_reference"].as_str().ok_or("no reference")?;
    let one: Value = ok(edge.as_merchant(format!("/v1/payments/oxapay/{reference}")).await?).await?;
    check(one["provider_reference"] == reference && one["stated"]["price"]["amount"].is_string(), &one)?;
    let list: Value = ok(edge.as_merchant("/v1/payments?provider=onecheckout&limit=2").await?).await?;
    check(list["payments"].is_array(), &list)?;
    let id = card.rsplit('/').next().ok_or("no reference")?;
    let events: Value = ok(edge.as_merchant(format!("/v1/payments/onecheckout/{id}/events")).await?).await?;
    check(events["events"][0]["kind"] == "payment_created", &events)?;
    let refusal = refused(edge.as_merchant("/v1/payments?provider=onecheckout&address=x").await?, ErrorCode::ProviderRefused).await?;
    check(refusal.error.details.is_some_and(|details| details.field == "address"), "the filter is named")?;
    for (query, field) in
        [("", "provider"), ("?provider=nobody", "provider"), ("?provider=oxapay&limit=many", "limit"), ("?provider=oxapay&x=1", "x")]
    {
        let refusal = refused(edge.as_merchant(format!("/v1/payments{query}")).await?, ErrorCode::InvalidRequest).await?;
        check(refusal.error.details.is_some_and(|details| details.field == field), field)?;
    }
    refused(edge.as_merchant("/v1/payments/oxapay/000000001").await?, ErrorCode::NotFound).await.map(drop)
}

async fn a_merchant_reads_and_changes_an_account(edge: &Edge) -> Told {
    let path = Route::Account(ProviderId::Onecheckout);
    refused(edge.get(&path).await?, ErrorCode::Unauthorized).await?;
    let account: Value = ok(edge.as_merchant(&path).await?).await?;
    check(account["currencies"].as_array().is_some_and(|currencies| !currencies.is_empty()), &account)?;
    let _: Value = ok(edge.as_merchant_post(&path, &json!({"full_name": "Corner Café"})).await?).await?;
    let account: Value = ok(edge.as_merchant(&path).await?).await?;
    check(account["full_name"] == "Corner Café", &account)?;
    let refusal = refused(edge.as_merchant_post(&path, &json!({"currencies": "USD"})).await?, ErrorCode::InvalidRequest).await?;
    check(refusal.error.details.is_some_and(|details| details.field == "currencies"), "the field is named")
}

async fn a_merchant_makes_a_providers_own_calls(edge: &Edge) -> Told {
    let prices: Value = ok(edge.as_merchant("/v1/providers/oxapay/prices").await?).await?;
    check(prices.as_object().is_some_and(|prices| !prices.is_empty()), &prices)?;
    let path = "/v1/providers/oxapay/static-address";
    refused(edge.post(path, &json!({})).await?, ErrorCode::Unauthorized).await?;
    let made: Value = ok(edge.as_merchant_post(path, &json!({"network": "TRON"})).await?).await?;
    check(made["address"].is_string(), &made)?;
    let wrong = edge.as_merchant(path).await?;
    check(wrong.headers().get("allow").is_some_and(|allow| allow == "POST"), "the method it takes is named")?;
    refused(wrong, ErrorCode::MethodNotAllowed).await?;
    refused(edge.as_merchant_post(path, &json!({"network": 1})).await?, ErrorCode::InvalidRequest).await?;
    refused(edge.as_merchant_post(path, &json!({"network": "TRON", "colour": "red"})).await?, ErrorCode::ProviderRefused).await?;
    let checkouts: Value = ok(edge.as_merchant("/v1/providers/oceanex/list-checkouts?limit=1").await?).await?;
    check(checkouts.is_object(), &checkouts)?;
    refused(edge.as_merchant("/v1/providers/oxapay/no-such-call").await?, ErrorCode::NotFound).await.map(drop)
}

async fn what_a_provider_lacks_is_said(edge: &Edge) -> Told {
    for path in ["/v1/payments?provider=okipays", "/v1/account/oxapay", "/v1/payments/oceanex/x/events"] {
        refused(edge.as_merchant(path).await?, ErrorCode::NotSupported).await?;
    }
    Ok(())
}

async fn providers_and_their_health(edge: &Edge) -> Told {
    let told: Value = ok(edge.as_merchant(Route::Providers).await?).await?;
    let providers = told["providers"].as_array().ok_or("no list")?;
    check(providers.len() == ProviderId::ALL.len(), &told)?;
    for provider in providers {
        let id: ProviderId = provider["provider"].as_str().and_then(|name| name.parse().ok()).ok_or("no provider")?;
        check(provider["breaker"] == "closed" && provider["working"] != json!(false), provider)?;
        check(provider["webhook_url"] == format!("{}{}", edge.url, edge.webhook(id)), provider)?;
        check(id != ProviderId::Oxapay || provider["working"] == json!(true), "it says so itself")?;
    }
    Ok(())
}
