//! Who is let in and who is not. Whoever is turned away has changed nothing.

use crate::client::{Edge, check, now_seconds, ok, refused};
use crate::{Story, Told, stories};
use checkout_shared::error::ErrorCode;
use checkout_shared::provider::ProviderId;
use checkout_shared::route::{Capability, Route};
use checkout_shared::session::{AttemptStatus, Opened, SessionView};
use checkout_tests::order_token;
use checkout_tests::simulators::oxapay::webhooks;
use reqwest::header::{AUTHORIZATION, HeaderMap};
use serde_json::{Value, json};

stories! { Story:
    whoever_reloads_the_shop_after_the_token_expired_finds_the_session,
    an_order_token_opens_one_session_however_often,
    a_bad_order_token_opens_nothing,
    a_field_at_fault_is_named,
    a_reference_stands_for_one_price,
    the_merchant_key_opens_sessions_and_nothing_else_does,
    a_wrong_client_token_sees_and_changes_nothing,
    an_unknown_method_is_refused,
    an_oversize_body_is_refused,
    a_forged_webhook_changes_nothing,
    a_webhook_for_another_session_changes_nothing,
    paths_and_methods_that_are_not_there,
    the_page_opens_by_order_token_and_by_link,
    the_page_tells_what_is_wrong,
    only_listed_shops_may_embed,
    every_answer_carries_the_same_headers,
    the_catalogue_is_for_the_merchant,
}

async fn an_order_token_opens_one_session_however_often(edge: &Edge) -> Told {
    let claims = Edge::claims();
    let first = edge.open_claims(&claims).await?;
    let second = edge.open_claims(&claims).await?;
    check(first.capability == second.capability, "one reference is one session")?;
    check(first.view.order.price().to_string() == "18.90 USD", first.view.order.amount)?;
    let methods: Vec<String> = first.view.methods.iter().map(|method| method.id.to_string()).collect();
    check(methods.contains(&"USDT:tron".to_owned()), format!("{methods:?}"))?;
    check(edge.view(&first).await?.id == first.view.id, "the link leads to it")
}

async fn a_bad_order_token_opens_nothing(edge: &Edge) -> Told {
    let mut claims = Edge::claims();
    let good = edge.sign(&claims);
    let (signed, signature) = good.rsplit_once('.').ok_or("a token")?;
    let reference = claims["reference"].as_str().unwrap_or_default().to_owned();
    claims["exp"] = json!(now_seconds() - 1);
    let mut cheaper = claims.clone();
    cheaper["amount"] = json!("0.01");
    let cheaper = order_token::sign(&cheaper, "x");
    let (cheaper, _) = cheaper.rsplit_once('.').ok_or("a token")?;
    let cases = [
        (format!("{cheaper}.{signature}"), ErrorCode::InvalidOrderToken),
        (format!("{signed}."), ErrorCode::InvalidOrderToken),
        (signed.to_owned(), ErrorCode::InvalidOrderToken),
        (String::new(), ErrorCode::InvalidOrderToken),
        (edge.sign(&claims), ErrorCode::ExpiredOrderToken),
        (order_token::sign(&Edge::claims(), "another shop's key, long enough to be one"), ErrorCode::InvalidOrderToken),
        (
            order_token::sign_with_header(&json!({"alg": "none"}), &Edge::claims(), &edge.secrets.order_signing_key),
            ErrorCode::InvalidOrderToken,
        ),
    ];
    for (token, code) in cases {
        let error = refused(edge.post(Route::Open, &json!({"order": token})).await?, code).await?;
        check(!error.error.message.contains(&edge.secrets.order_signing_key), "the key is not told")?;
    }
    let id = checkout_core::identity::session_id("edge-checkout", &reference);
    let session = edge.http.get(format!("{}{}", edge.url, Route::Session(id))).bearer_auth(&edge.secrets.merchant_key);
    refused(session.send().await?, ErrorCode::NotFound).await.map(drop)
}

async fn a_field_at_fault_is_named(edge: &Edge) -> Told {
    for (field, value) in
        [("amount", json!(18.9)), ("amount", json!("18.905")), ("currency", json!("$")), ("success_url", json!("javascript:1"))]
    {
        let mut claims = Edge::claims();
        claims[field] = value;
        let error = refused(edge.post(Route::Open, &json!({"order": edge.sign(&claims)})).await?, ErrorCode::InvalidRequest).await?;
        check(error.error.details.as_ref().is_some_and(|details| details.field == field), format!("{error:?}"))?;
    }
    for body in ["", "{", "[]", r#""canary""#, r#"{"order":1}"#, r#"{"Order":"x"}"#] {
        let request = edge.http.post(format!("{}{}", edge.url, Route::Open)).body(body);
        let error = refused(request.send().await?, ErrorCode::InvalidRequest).await?;
        check(!error.error.message.contains("canary"), "what was sent is not told again")?;
    }
    Ok(())
}

async fn a_reference_stands_for_one_price(edge: &Edge) -> Told {
    let mut claims = Edge::claims();
    let opening = edge.open_claims(&claims).await?;
    edge.choose(&opening, "USDT:tron").await?;
    claims["amount"] = json!("1.00");
    let error = refused(edge.post(Route::Open, &json!({"order": edge.sign(&claims)})).await?, ErrorCode::ReferenceConflict).await?;
    let details = error.error.details.ok_or("no details")?;
    check(details.field == "amount" && details.issue.contains("18.90") && details.issue.contains("1.00"), format!("{details:?}"))?;
    check(edge.view(&opening).await?.order.price().to_string() == "18.90 USD", "the price stays")
}

async fn the_merchant_key_opens_sessions_and_nothing_else_does(edge: &Edge) -> Told {
    let url = format!("{}{}", edge.url, Route::Sessions);
    let mut claims = Edge::claims();
    for header in
        [None, Some("Bearer x".to_owned()), Some(edge.secrets.merchant_key.clone()), Some(format!("Bearer {}x", edge.secrets.merchant_key))]
    {
        let request = header.iter().fold(edge.http.post(&url).json(&claims), |request, header| request.header(AUTHORIZATION, header));
        refused(request.send().await?, ErrorCode::Unauthorized).await?;
    }
    let opened: Opened = ok(edge.http.post(&url).bearer_auth(&edge.secrets.merchant_key).json(&claims).send().await?).await?;
    let by_token = edge.open_claims(&claims).await?;
    check(by_token.view.id == opened.session.id, "the same order is the same session by either way")?;
    let path = format!("{}{}", edge.url, Route::Session(opened.session.id.clone()));
    let read: SessionView = ok(edge.http.get(&path).bearer_auth(&edge.secrets.merchant_key).send().await?).await?;
    check(read.id == opened.session.id, "read back")?;
    refused(edge.http.get(&path).send().await?, ErrorCode::Unauthorized).await?;
    claims["exp"] = json!(1);
    let late = edge.http.post(&url).bearer_auth(&edge.secrets.merchant_key).json(&claims).send().await?;
    refused(late, ErrorCode::InvalidRequest).await.map(drop)
}

async fn a_wrong_client_token_sees_and_changes_nothing(edge: &Edge) -> Told {
    let (ours, other) = (edge.open().await?, edge.open().await?);
    let wrong = Capability { id: ours.capability.id.clone(), token: other.capability.token };
    refused(edge.get(Route::View(wrong.clone())).await?, ErrorCode::InvalidClientToken).await?;
    refused(edge.post(Route::Attempts(wrong.clone()), &json!({"method": "USDT:tron"})).await?, ErrorCode::InvalidClientToken).await?;
    refused(edge.get(Route::Live(wrong)).await?, ErrorCode::InvalidClientToken).await?;
    check(edge.view(&ours).await?.attempt.is_none(), "nothing was chosen")?;
    check(edge.creations(&ours.capability.id).await?.is_empty(), "nothing was created")
}

async fn an_unknown_method_is_refused(edge: &Edge) -> Told {
    let opening = edge.open().await?;
    let attempts = Route::Attempts(opening.capability.clone());
    refused(edge.post(&attempts, &json!({"method": "USDT:no-such-network"})).await?, ErrorCode::UnknownMethod).await?;
    refused(edge.post(&attempts, &json!({"method": "cash"})).await?, ErrorCode::InvalidRequest).await?;
    let view = edge.view(&opening).await?;
    check(view.attempt.is_none() && view.sequence == opening.view.sequence, "nothing has changed")
}

async fn an_oversize_body_is_refused(edge: &Edge) -> Told {
    let opening = edge.open().await?;
    let large = "x".repeat(17 * 1024);
    refused(edge.post(Route::Open, &json!({"order": large})).await?, ErrorCode::PayloadTooLarge).await?;
    refused(edge.post(Route::Attempts(opening.capability), &json!({"method": large})).await?, ErrorCode::PayloadTooLarge).await?;
    let webhook = edge.http.post(format!("{}{}", edge.url, Route::Webhook(ProviderId::Oxapay, None))).body("x".repeat(300 * 1024));
    refused(webhook.send().await?, ErrorCode::PayloadTooLarge).await.map(drop)
}

/// A notification as the provider would send it for a session's first attempt.
async fn notification(edge: &Edge, session: &str) -> Result<String, libtest_mimic::Failed> {
    let url = format!("{}/control/payments?reference_prefix={session}", edge.simulator(ProviderId::Oxapay));
    let listed: Value = ok(edge.http.get(url).send().await?).await?;
    let payment = listed.as_array().and_then(|payments| payments.first()).ok_or("no payment")?;
    Ok(json!({
        "track_id": payment["reference"], "status": "Paid", "type": "white_label", "amount": 18.9, "currency": "USD",
        "order_id": payment["merchant_reference"], "date": now_seconds(), "txs": [],
    })
    .to_string())
}

async fn a_forged_webhook_changes_nothing(edge: &Edge) -> Told {
    let opening = edge.open().await?;
    edge.choose(&opening, "USDT:tron").await?;
    let before = edge.view(&opening).await?;
    let id = opening.capability.id.clone();
    let body = notification(edge, &id).await?;
    let good = webhooks::signature(edge.secrets.of_provider("OXAPAY_MERCHANT_KEY"), body.as_bytes());
    let url = format!("{}{}", edge.url, Route::Webhook(ProviderId::Oxapay, Some(id)));
    let send = |headers: HeaderMap, body: String| edge.http.post(&url).headers(headers).body(body).send();
    let signed = |signature: &str| -> Result<HeaderMap, libtest_mimic::Failed> {
        Ok(HeaderMap::from_iter([(reqwest::header::HeaderName::from_static("hmac"), signature.parse()?)]))
    };
    refused(send(HeaderMap::new(), body.clone()).await?, ErrorCode::InvalidSignature).await?;
    refused(send(signed(&webhooks::signature("another key", body.as_bytes()))?, body.clone()).await?, ErrorCode::InvalidSignature).await?;
    refused(send(signed(&good)?, body.replace("18.9", "18.8")).await?, ErrorCode::InvalidSignature).await?;
    refused(send(signed(&good[..126])?, body.clone()).await?, ErrorCode::InvalidSignature).await?;
    let after = edge.view(&opening).await?;
    check((after.status, after.sequence) == (before.status, before.sequence), "nothing has changed")?;
    // The very same body with the right signature is believed: it was the signature that was missing.
    let answer = send(signed(&good)?, body).await?;
    check(answer.status() == 200, answer.status())?;
    check(answer.text().await? == "ok", "answered as the vendor asks")?;
    check(edge.view(&opening).await?.status == checkout_shared::session::Status::Paid, "believed")
}

async fn a_webhook_for_another_session_changes_nothing(edge: &Edge) -> Told {
    let (paid, other) = (edge.open().await?, edge.open().await?);
    edge.choose(&paid, "USDT:tron").await?;
    edge.choose(&other, "USDT:tron").await?;
    let body = notification(edge, &paid.capability.id).await?;
    let signature = webhooks::signature(edge.secrets.of_provider("OXAPAY_MERCHANT_KEY"), body.as_bytes());
    let url = format!("{}{}", edge.url, Route::Webhook(ProviderId::Oxapay, Some(other.capability.id.clone())));
    let sent = edge.http.post(url).header("HMAC", signature).body(body).send().await?;
    refused(sent, ErrorCode::InvalidRequest).await?;
    for opening in [&paid, &other] {
        let status = edge.view(opening).await?.attempt.map(|attempt| attempt.status);
        check(status == Some(AttemptStatus::AwaitingPayment), format!("{status:?}"))?;
    }
    Ok(())
}

async fn paths_and_methods_that_are_not_there(edge: &Edge) -> Told {
    let unopened = Capability {
        id: "a".repeat(26),
        token: checkout_core::identity::client_token(
            &checkout_core::identity::KeyPair {
                current: checkout_core::secret::Secret::new(edge.secrets.client_token_key.clone()),
                previous: None,
            },
            &"a".repeat(26),
        ),
    };
    refused(edge.get(Route::View(unopened.clone())).await?, ErrorCode::NotFound).await?;
    refused(edge.post(Route::Attempts(unopened), &json!({"method": "USDT:tron"})).await?, ErrorCode::NotFound).await?;
    refused(edge.get("/v1/nothing").await?, ErrorCode::NotFound).await?;
    refused(edge.post("/v1/webhooks/nobody", &json!({})).await?, ErrorCode::NotFound).await?;
    let wrong = edge.get(Route::Open).await?;
    check(wrong.headers().get("allow").is_some_and(|allowed| allowed == "POST"), "`Allow` says what is")?;
    refused(wrong, ErrorCode::MethodNotAllowed).await.map(drop)
}

async fn the_page_opens_by_order_token_and_by_link(edge: &Edge) -> Told {
    let token = edge.sign(&Edge::claims());
    let answer = edge.get(format!("{}?order={token}&origin={}", Route::Enter, edge.storefront)).await?;
    check(answer.status() == 200, answer.status())?;
    let html = answer.text().await?;
    let data = page_data(&html)?;
    check(data["session"]["order"]["amount"] == "18.90" && data["embedder"] == edge.storefront.as_str(), &data)?;
    let link = data["page"].as_str().ok_or("no link")?;
    let data = page_data(&edge.get(link).await?.text().await?)?;
    check(data["session"]["id"].as_str().is_some_and(|id| link.contains(id)) && data["embedder"].is_null(), &data)
}

async fn the_page_tells_what_is_wrong(edge: &Edge) -> Told {
    let mut claims = Edge::claims();
    claims["exp"] = json!(1);
    for (query, status, code) in [
        (String::new(), 400, "invalid_request"),
        ("?order=x".to_owned(), 401, "invalid_order_token"),
        (format!("?order={}", edge.sign(&claims)), 401, "expired_order_token"),
    ] {
        let answer = edge.get(format!("{}{query}", Route::Enter)).await?;
        check(answer.status() == status, answer.status())?;
        let data = page_data(&answer.text().await?)?;
        check(data["error"]["code"] == code && data["session"].is_null(), &data)?;
    }
    Ok(())
}

async fn whoever_reloads_the_shop_after_the_token_expired_finds_the_session(edge: &Edge) -> Told {
    let mut claims = Edge::claims();
    claims["exp"] = json!(now_seconds() + 2);
    let opening = edge.open_claims(&claims).await?;
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    let token = edge.sign(&claims);
    refused(edge.post(Route::Open, &json!({"order": token})).await?, ErrorCode::ExpiredOrderToken).await?;
    let page = edge.get(format!("{}?order={token}&origin={}", Route::Enter, edge.storefront)).await?;
    check(page.status() == 200, page.status())?;
    let data = page_data(&page.text().await?)?;
    check(data["session"]["id"] == opening.capability.id.as_str() && data["session"]["status"] == "expired", &data)
}

async fn only_listed_shops_may_embed(edge: &Edge) -> Told {
    let url = format!("{}?order={}&origin=https://evil.example", Route::Enter, edge.sign(&Edge::claims()));
    let answer = edge.get(url).await?;
    check(answer.status() == 403, answer.status())?;
    let policy = answer.headers()["content-security-policy"].to_str()?.to_owned();
    check(policy.ends_with(&format!("frame-ancestors {}", edge.storefront)), &policy)?;
    check(policy.contains("default-src 'none'") && !policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), &policy)?;
    let html = answer.text().await?;
    let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).ok_or("no nonce")?;
    let carried = html.contains(&format!("nonce=\"{nonce}\"")) || html.contains(&format!("nonce={nonce}"));
    check(carried && nonce.len() == 32, "the page's own script carries the nonce")?;
    let again = edge.get(Route::Enter).await?;
    check(!again.headers()["content-security-policy"].to_str()?.contains(nonce), "and each page another")
}

async fn every_answer_carries_the_same_headers(edge: &Edge) -> Told {
    for path in ["/health".to_owned(), "/v1/nothing".to_owned(), Route::Enter.to_string()] {
        let answer = edge.get(&path).await?;
        let headers = answer.headers();
        check(headers["x-content-type-options"] == "nosniff" && headers["referrer-policy"] == "no-referrer", &path)?;
        check(headers["cache-control"] == "no-store" && headers.contains_key("x-request-id"), &path)?;
        check(!headers.contains_key("access-control-allow-origin") && !headers.contains_key("set-cookie"), &path)?;
    }
    Ok(())
}

async fn the_catalogue_is_for_the_merchant(edge: &Edge) -> Told {
    refused(edge.get(Route::Methods).await?, ErrorCode::Unauthorized).await?;
    let url = format!("{}{}", edge.url, Route::Methods);
    let catalogue: Value = ok(edge.http.get(url).bearer_auth(&edge.secrets.merchant_key).send().await?).await?;
    let methods = catalogue["methods"].as_array().ok_or("no methods")?;
    check(methods.iter().any(|method| method["id"] == "BTC:bitcoin" && method["confirmations"].is_u64()), &catalogue)
}

/// The data that is inlined into a page.
pub fn page_data(html: &str) -> Result<Value, libtest_mimic::Failed> {
    inlined(html, "checkout-data")
}

/// The JSON in the element of this id.
pub fn inlined(html: &str, id: &str) -> Result<Value, libtest_mimic::Failed> {
    let start = html.find(&format!("id=\"{id}\"")).or_else(|| html.find(&format!("id={id}"))).ok_or("no data in the page")?;
    let rest = html[start..].split_once('>').ok_or("no data in the page")?.1;
    Ok(serde_json::from_str(rest.split_once("</script>").ok_or("no data in the page")?.0)?)
}
