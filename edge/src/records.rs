//! Providers' own records, for the merchant's server: payments, events, accounts, and each vendor's own calls. Everything here
//! needs the merchant key; nothing here changes a session.

use crate::account_stub::AccountStub;
use crate::body::{self, API_MAX};
use crate::error::{ApiError, ApiResult};
use crate::merchant;
use crate::platform;
use crate::router::{self, Call};
use checkout_core::provider::{DocumentedCall, MadeBy, Parameters, ProviderError};
use checkout_core::records::{AccountChanges, ListQuery};
use checkout_core::{identity, providers};
use checkout_shared::error::{ErrorCode, FieldError};
use checkout_shared::provider::ProviderId;
use checkout_shared::route::Route;
use serde_json::{Map, Value, json};
use worker::{Method, Request, Response};

/// `GET /v1/payments?provider={provider}[&{filter}={value}…]`: a provider's own list of payments; `next` is the `cursor` of the next
/// page.
///
/// 401 wrong key · 400 no provider, or a filter that is none · 404 provider not enabled · 422 the provider lacks a filter or refuses ·
/// 501 the provider has no such list · 429, 502 the provider
pub async fn payments(request: &Request, call: &Call) -> ApiResult<Response> {
    merchant::check(request, call)?;
    let mut parameters = platform::query(request)?;
    let Some(at) = parameters.iter().position(|(name, _)| name == "provider") else {
        return Err(ApiError::field(field("provider", "is required")));
    };
    let (_, provider) = parameters.remove(at);
    let provider: ProviderId = provider.parse().map_err(|()| ApiError::field(field("provider", "is no provider")))?;
    let query = ListQuery::read(parameters).map_err(ApiError::field)?;
    Ok(Response::from_json(&account(provider, call)?.list(&query).await?)?)
}

/// `GET /v1/payments/{provider}/{reference}`: a payment as its provider knows it now.
///
/// 401 wrong key · 404 provider not enabled · 404 no such payment there · 422 the provider refuses · 429, 502 the provider
pub async fn payment(request: &Request, provider: ProviderId, reference: &str, call: &Call) -> ApiResult<Response> {
    merchant::check(request, call)?;
    Ok(Response::from_json(&account(provider, call)?.fetch(reference).await?)?)
}

/// `GET /v1/payments/{provider}/{reference}/events`: what has happened to a payment.
///
/// 401 wrong key · 404 provider not enabled · 501 the provider keeps none · 422, 429, 502 the provider
pub async fn events(request: &Request, provider: ProviderId, reference: &str, call: &Call) -> ApiResult<Response> {
    merchant::check(request, call)?;
    let events = account(provider, call)?.events(reference).await?;
    Ok(Response::from_json(&json!({ "events": events }))?)
}

/// `GET /v1/account/{provider}`: the merchant's account there.
///
/// 401 wrong key · 404 provider not enabled · 501 the provider shows none · 422, 429, 502 the provider
pub async fn read_account(request: &Request, provider: ProviderId, call: &Call) -> ApiResult<Response> {
    merchant::check(request, call)?;
    Ok(Response::from_json(&account(provider, call)?.account().await?)?)
}

/// `POST /v1/account/{provider}`: changes it, by a JSON object of what is to change.
///
/// 401 wrong key · 413 body too large · 400 a field that is none, or no text · 404 provider not enabled · 501, 422, 429, 502 the provider
pub async fn update_account(mut request: Request, provider: ProviderId, call: &Call) -> ApiResult<Response> {
    merchant::check(&request, call)?;
    let changes = AccountChanges::read(&object(&mut request).await?).map_err(ApiError::field)?;
    Ok(Response::from_json(&account(provider, call)?.update_account(&changes).await?)?)
}

/// `GET /v1/providers`: the enabled providers, whether they say that they work, what our breaker says (for accounts without
/// limits the one of this isolate), where they are to send notifications, and their own calls.
///
/// 401 wrong key
pub async fn providers(request: &Request, call: &Call) -> ApiResult<Response> {
    merchant::check(request, call)?;
    let asked = call.config.enabled().into_iter().map(|provider| state_of(provider, call));
    let states: ApiResult<Vec<Value>> = futures_util::future::join_all(asked).await.into_iter().collect();
    Ok(Response::from_json(&json!({ "providers": states? }))?)
}

async fn state_of(provider: ProviderId, call: &Call) -> ApiResult<Value> {
    let account = account(provider, call)?;
    let working = match account.health().await {
        Ok(working) => Some(working),
        Err(ProviderError::Unsupported { .. }) => None,
        Err(_) => Some(false),
    };
    let own = own_calls(provider).map(|(call, parameters)| json!({"name": call.name, "http": call.http, "parameters": parameters}));
    let calls: Vec<Value> = own.collect();
    let key = identity::webhook_key(&call.config.client_keys, provider);
    let webhook_url = format!("{}{}", call.config.public_url, Route::Webhook(provider, Some(key)));
    Ok(json!({"provider": provider, "working": working, "breaker": account.breaker().await?, "webhook_url": webhook_url, "calls": calls}))
}

/// `GET` or `POST /v1/providers/{provider}/{call}`: a call of the vendor's own, by the HTTP method the vendor has it under; its
/// parameters are the query or a JSON object of texts. The answer is the vendor's data as it is.
///
/// 401 wrong key · 404 provider not enabled, or no such call · 405 the other HTTP method · 400, 413 the body · 422 a parameter the call
/// lacks, or the provider refuses · 429, 502 the provider
pub async fn own_call(mut request: Request, provider: ProviderId, name: &str, call: &Call) -> ApiResult<Response> {
    merchant::check(&request, call)?;
    let account = account(provider, call)?;
    let known = own_calls(provider).find(|(known, _)| known.name == name);
    let (known, _) = known.ok_or_else(|| ApiError::new(ErrorCode::NotFound, "This provider has no such call."))?;
    let reads = known.http.starts_with("GET ");
    if reads != (request.method() == Method::Get) {
        return Ok(router::method_not_allowed(if reads { "GET" } else { "POST" }, call)?);
    }
    let parameters: Parameters =
        if reads { platform::query(&request)?.into_iter().collect() } else { texts(&object(&mut request).await?)? };
    Ok(Response::from_json(&account.own(name, &parameters).await?)?)
}

fn own_calls(provider: ProviderId) -> impl Iterator<Item = (&'static DocumentedCall, &'static [&'static str])> {
    providers::documented_calls(provider).iter().filter_map(|call| match call.made_by {
        MadeBy::Call(parameters) => Some((call, parameters)),
        MadeBy::Operations(_) | MadeBy::Vendor => None,
    })
}

fn account(provider: ProviderId, call: &Call) -> ApiResult<AccountStub<'_>> {
    let disabled = || ApiError::new(ErrorCode::NotFound, format!("{provider} is not enabled."));
    AccountStub::new(&call.env, &call.config, provider).ok_or_else(disabled)
}

async fn object(request: &mut Request) -> ApiResult<Map<String, Value>> {
    let body = body::read(request, API_MAX).await?;
    serde_json::from_slice(&body).map_err(|_| ApiError::new(ErrorCode::InvalidRequest, "The body must be a JSON object."))
}

/// Texts only: a JSON number would have passed through a float by now.
fn texts(body: &Map<String, Value>) -> ApiResult<Parameters> {
    let text = |(name, value): (&String, &Value)| match value.as_str() {
        Some(text) => Ok((name.clone(), text.to_owned())),
        None => Err(ApiError::field(field(name, "must be a string"))),
    };
    body.iter().map(text).collect()
}

fn field(name: &str, issue: &str) -> FieldError {
    FieldError { field: name.to_owned(), issue: issue.to_owned() }
}
