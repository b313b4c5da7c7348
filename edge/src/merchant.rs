//! What a merchant's server may ask, with the merchant key as a bearer token.

use crate::body::{self, API_MAX};
use crate::checkout;
use crate::error::{ApiError, ApiResult};
use crate::ledger::{self, Remembered};
use crate::log::{self, Level};
use crate::platform;
use crate::router::Call;
use crate::session_stub::{self, Question};
use checkout_core::ledger::Create;
use checkout_core::{catalogue, identity, order_claims, token};
use checkout_shared::error::{ErrorCode, FieldError};
use checkout_shared::event::EventId;
use checkout_shared::method::Method;
use checkout_shared::order::Order;
use checkout_shared::time::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};
use worker::{Request, Response};

/// `POST /v1/sessions`: opens a session from the same claims an order token carries. With an `Idempotency-Key` the same body is
/// answered, for at least 24 hours, with the session as it is then, and changes nothing any more: `idempotent-replayed: true`.
///
/// 401 wrong key · 413 body too large · 400 a field is not as documented · 409 the reference stands for another price · 422 the
/// `Idempotency-Key` came before with another body
pub async fn open(mut request: Request, call: &Call) -> ApiResult<Response> {
    check(&request, call)?;
    let key = request.headers().get("idempotency-key")?;
    let body = body::read(&mut request, API_MAX).await?;
    let claims: Map<String, Value> =
        serde_json::from_slice(&body).map_err(|_| ApiError::new(ErrorCode::InvalidRequest, "The body must be a JSON object."))?;
    let create = key.map(|key| Create::new(&call.config.namespace, &key, &claims)).transpose().map_err(ApiError::field)?;
    let now = platform::now();
    let order = order_claims::read(&claims, call.config.url_rule(), now).map_err(ApiError::field)?;
    match create {
        Some(create) => open_once(order, &create, now, call).await,
        None => Ok(Response::from_json(&checkout::open_order(in_time(order, now)?, call).await?)?),
    }
}

fn in_time(order: Order, now: Timestamp) -> ApiResult<Order> {
    if order.expires_at > now {
        return Ok(order);
    }
    Err(ApiError::field(FieldError { field: "exp".to_owned(), issue: "must be in the future".to_owned() }))
}

/// Opens a session under a key. The key is taken before, marked as done after, and given back if the order was refused.
///
/// If the Worker dies in between, or the session's answer is lost, the key stays taken for this body: the session may be open. The same
/// body opens again, which one reference makes the same session; another body is refused until the key is forgotten. Without the
/// ledger nothing is opened under a key, for what was promised of it could not be kept; nothing is lost by asking again.
async fn open_once(order: Order, create: &Create, now: Timestamp, call: &Call) -> ApiResult<Response> {
    let is_in_time = order.expires_at > now;
    let known = if is_in_time { ledger::remember(&call.env, create, now).await? } else { ledger::recall(&call.env, create).await? };
    match known {
        Remembered::Other => {
            let message = "This `Idempotency-Key` came before with another body. Use a new key for a new order.";
            Err(ApiError { details: Some(Create::reused()), ..ApiError::new(ErrorCode::IdempotencyKeyReused, message) })
        }
        Remembered::Same => {
            let response = Response::from_json(&checkout::opened(&order.reference, call).await?)?;
            response.headers().set("idempotent-replayed", "true")?;
            Ok(response)
        }
        Remembered::New => {
            let opened = checkout::open_order(in_time(order, now)?, call).await;
            let noted = match &opened {
                Ok(_) => ledger::done(&call.env, create, now).await,
                Err(error) if error.code.http_status() < 500 => ledger::release(&call.env, create, now).await,
                Err(_) => Ok(()),
            };
            if let Err(error) = noted {
                let fields = [("request_id", call.request_id.as_str()), ("reason", &error.to_string())];
                log::line(Level::Warning, "idempotency key left as begun", &fields);
            }
            Ok(Response::from_json(&opened?)?)
        }
    }
}

/// `GET /v1/sessions/{id}`: a session as its customer sees it, and what stands behind it.
///
/// 401 wrong key · 404 never opened · 410 completed long ago
pub async fn session(request: &Request, id: &str, call: &Call) -> ApiResult<Response> {
    check(request, call)?;
    Ok(Response::from_json(&session_stub::record(&call.env, id).await?)?)
}

/// `POST /v1/sessions/{id}/capture`: takes the payment that is authorised. Asked again, it is as it is.
///
/// 401 wrong key · 404 never opened · 409 nothing is authorised · 422 the provider refuses · 429, 502 the provider
pub async fn capture(request: &Request, id: &str, call: &Call) -> ApiResult<Response> {
    check(request, call)?;
    Ok(Response::from_json(&session_stub::ask(&call.env, id, &Question::Capture).await?)?)
}

/// `POST /v1/sessions/{id}/cancel`: calls the order off. Asked again, it is as it is.
///
/// 401 wrong key · 404 never opened · 409 money has been seen · 410 completed long ago
pub async fn cancel(request: &Request, id: &str, call: &Call) -> ApiResult<Response> {
    check(request, call)?;
    Ok(Response::from_json(&session_stub::ask(&call.env, id, &Question::Cancel).await?)?)
}

/// `GET /v1/sessions/{id}/events`: what has happened, the first event first, and how its delivery goes.
///
/// 401 wrong key · 404 never opened · 410 completed long ago
pub async fn events(request: &Request, id: &str, call: &Call) -> ApiResult<Response> {
    check(request, call)?;
    let events = session_stub::events(&call.env, id).await?;
    Ok(Response::from_json(&serde_json::json!({"events": events}))?)
}

/// `POST /v1/deliveries/{event}/resend`: sends an event again at once, and on its schedule if that fails.
///
/// 401 wrong key · 404 no such event · 410 completed long ago · 501 no endpoint is configured
pub async fn resend(request: &Request, event: &EventId, call: &Call) -> ApiResult<Response> {
    check(request, call)?;
    if call.config.endpoint.is_none() {
        return Err(ApiError::new(ErrorCode::NotSupported, "No endpoint for webhooks is configured (WEBHOOK_URL)."));
    }
    Ok(Response::from_json(&session_stub::resend(&call.env, event).await?)?)
}

/// `GET /v1/methods`: the ways to pay that the enabled providers offer now.
///
/// 401 wrong key · 502 no provider can be reached
pub async fn methods(request: &Request, call: &Call) -> ApiResult<Response> {
    check(request, call)?;
    let catalogues = crate::account_stub::catalogues(&call.env, &call.config).await;
    if catalogues.listings.is_empty() {
        return Err(ApiError::new(ErrorCode::ProviderUnavailable, "No payment provider can be reached now."));
    }
    let offers = catalogue::unify(catalogues.listings, &call.config.preference);
    let methods: Vec<Listed> =
        offers.iter().map(|offer| Listed { method: &offer.method, contract: token::contract(&offer.method.id) }).collect();
    Ok(Response::from_json(&serde_json::json!({"methods": methods}))?)
}

/// A method as the merchant's server reads it.
#[derive(Serialize)]
struct Listed<'a> {
    #[serde(flatten)]
    method: &'a Method,
    /// The token's contract, where it is a known one.
    #[serde(skip_serializing_if = "Option::is_none")]
    contract: Option<&'static str>,
}

/// Whether the merchant key is there.
pub fn check(request: &Request, call: &Call) -> ApiResult<()> {
    let header = request.headers().get("authorization")?;
    if identity::bearer_matches(&call.config.merchant_key, header.as_deref()) {
        Ok(())
    } else {
        Err(ApiError::new(ErrorCode::Unauthorized, "This path needs the merchant key as a bearer token."))
    }
}
