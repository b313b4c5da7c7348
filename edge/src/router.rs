//! From a request to its handler, and what every answer has in common: a request id, a closed set of headers, one error body.

use crate::error::{ApiError, ApiResult};
use crate::{checkout, ledger, merchant, openapi, page, platform, records, webhooks, widget_file};
use checkout_core::config::Config;
use checkout_shared::error::ErrorCode;
use checkout_shared::route::Route;
use worker::{Env, Method, Request, Response};

/// What a handler needs beside the request.
pub struct Call {
    /// The platform's bindings.
    pub env: Env,
    /// The configuration.
    pub config: std::rc::Rc<Config>,
    /// To find the log lines of this request by.
    pub request_id: String,
}

/// Answers one request. Nothing that goes wrong inside leaves here as anything but the one error body.
pub async fn handle(request: Request, env: Env) -> worker::Result<Response> {
    let request_id = match request.headers().get("cf-ray")? {
        Some(ray) => ray,
        None => platform::random_id()?,
    };
    let answer = match platform::config(&env) {
        Ok(config) => route(request, &Call { env, config, request_id: request_id.clone() }).await,
        Err(error) => Err(ApiError::internal(error.to_string())),
    };
    let response = match answer {
        Ok(response) => response,
        Err(error) => error.respond(&request_id)?,
    };
    // A socket's answer has headers that may not be touched.
    if response.status_code() == 101 {
        return Ok(response);
    }
    with_common_headers(response, &request_id)
}

async fn route(request: Request, call: &Call) -> ApiResult<Response> {
    if widget_file::is_one(&request.path()) {
        return widget_file::serve(&request, call).await;
    }
    let Some(route) = Route::parse(&request.path()) else {
        let nothing = ApiError::new(ErrorCode::NotFound, "There is nothing here.");
        // A link that was cut off on its way has a person before it.
        let is_link = request.path().starts_with("/checkout/") && request.method() == Method::Get;
        return if is_link { page::problem(nothing, &request, call).await } else { Err(nothing) };
    };
    match (&route, request.method()) {
        (Route::Enter, Method::Get) => page::enter(&request, call).await,
        (Route::Page(capability), Method::Get) => page::session(&request, capability, call).await,
        (Route::Page(capability), Method::Post) => page::choose(request, capability, call).await,
        (Route::Open, Method::Post) => checkout::open(request, call).await,
        (Route::View(capability), Method::Get) => checkout::view(&request, capability, call).await,
        (Route::Attempts(capability), Method::Post) => checkout::choose(request, capability, call).await,
        (Route::Live(capability), Method::Get) => checkout::live(request, capability, call).await,
        (Route::Sessions, Method::Post) => merchant::open(request, call).await,
        (Route::Sessions, Method::Get) => ledger::sessions(&request, call).await,
        (Route::Session(id), Method::Get) => merchant::session(&request, id, call).await,
        (Route::Capture(id), Method::Post) => merchant::capture(&request, id, call).await,
        (Route::Cancel(id), Method::Post) => merchant::cancel(&request, id, call).await,
        (Route::Events(id), Method::Get) => merchant::events(&request, id, call).await,
        (Route::Deliveries, Method::Get) => ledger::deliveries(&request, call).await,
        (Route::Resend(event), Method::Post) => merchant::resend(&request, event, call).await,
        (Route::Payments, Method::Get) => records::payments(&request, call).await,
        (Route::Payment(provider, reference), Method::Get) => records::payment(&request, *provider, reference, call).await,
        (Route::PaymentEvents(provider, reference), Method::Get) => records::events(&request, *provider, reference, call).await,
        (Route::Account(provider), Method::Get) => records::read_account(&request, *provider, call).await,
        (Route::Account(provider), Method::Post) => records::update_account(request, *provider, call).await,
        (Route::Providers, Method::Get) => records::providers(&request, call).await,
        (Route::ProviderCall(provider, name), Method::Get | Method::Post) => records::own_call(request, *provider, name, call).await,
        (Route::Methods, Method::Get) => merchant::methods(&request, call).await,
        (Route::Webhook(provider, id), Method::Post) => webhooks::notified(request, *provider, id.as_deref(), call).await,
        (Route::Health, Method::Get) => health(call),
        (Route::OpenApi, Method::Get) => openapi::document(),
        _ => Ok(method_not_allowed(allowed(&route), call)?),
    }
}

fn allowed(route: &Route) -> &'static str {
    match route {
        Route::Open | Route::Attempts(_) | Route::Capture(_) | Route::Cancel(_) | Route::Resend(_) | Route::Webhook(..) => "POST",
        Route::Page(_) | Route::Sessions | Route::Account(_) | Route::ProviderCall(..) => "GET, POST",
        Route::Enter
        | Route::View(_)
        | Route::Live(_)
        | Route::Session(_)
        | Route::Events(_)
        | Route::Deliveries
        | Route::Payments
        | Route::Payment(..)
        | Route::PaymentEvents(..)
        | Route::Providers
        | Route::Methods
        | Route::Health
        | Route::OpenApi => "GET",
    }
}

/// The answer to an HTTP method that a path does not take.
pub fn method_not_allowed(allowed: &str, call: &Call) -> worker::Result<Response> {
    let error = ApiError::new(ErrorCode::MethodNotAllowed, format!("This path takes {allowed} only."));
    let response = error.respond(&call.request_id)?;
    response.headers().set("allow", allowed)?;
    Ok(response)
}

/// The configuration was read to get here, so the Worker can serve.
fn health(call: &Call) -> ApiResult<Response> {
    let enabled: Vec<&str> = call.config.enabled().iter().map(|provider| provider.as_str()).collect();
    Ok(Response::from_json(&serde_json::json!({"status": "ok", "providers": enabled}))?)
}

fn with_common_headers(response: Response, request_id: &str) -> worker::Result<Response> {
    let headers = response.headers().clone();
    headers.set("x-request-id", request_id)?;
    headers.set("x-content-type-options", "nosniff")?;
    headers.set("referrer-policy", "no-referrer")?;
    if !headers.has("cache-control")? {
        headers.set("cache-control", "no-store")?;
    }
    Ok(response.with_headers(headers))
}
