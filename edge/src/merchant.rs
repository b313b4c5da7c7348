//! What a merchant's server may ask, with the merchant key as a bearer token.

use crate::body::{self, API_MAX};
use crate::checkout;
use crate::error::{ApiError, ApiResult};
use crate::platform;
use crate::router::Call;
use crate::session_stub::{self, Question};
use checkout_core::{catalogue, identity, order_claims, token};
use checkout_shared::error::{ErrorCode, FieldError};
use checkout_shared::method::Method;
use serde::Serialize;
use serde_json::{Map, Value};
use worker::{Request, Response};

/// `POST /v1/sessions`: opens a session from the same claims an order token carries.
///
/// 401 wrong key · 413 body too large · 400 a field is not as documented · 409 the reference stands for another price
pub async fn open(mut request: Request, call: &Call) -> ApiResult<Response> {
    check(&request, call)?;
    let body = body::read(&mut request, API_MAX).await?;
    let claims: Map<String, Value> =
        serde_json::from_slice(&body).map_err(|_| ApiError::new(ErrorCode::InvalidRequest, "The body must be a JSON object."))?;
    let now = platform::now();
    let order = order_claims::read(&claims, call.config.url_rule(), now).map_err(ApiError::field)?;
    if order.expires_at <= now {
        return Err(ApiError::field(FieldError { field: "exp".to_owned(), issue: "must be in the future".to_owned() }));
    }
    Ok(Response::from_json(&checkout::open_order(order, call).await?)?)
}

/// `GET /v1/sessions/{id}`: a session as its customer sees it.
///
/// 401 wrong key · 404 never opened
pub async fn session(request: &Request, id: &str, call: &Call) -> ApiResult<Response> {
    check(request, call)?;
    Ok(Response::from_json(&session_stub::ask(&call.env, id, &Question::Read).await?)?)
}

/// `POST /v1/sessions/{id}/capture`: takes the payment that is authorised. Asked again, it is as it is.
///
/// 401 wrong key · 404 never opened · 409 nothing is authorised · 422 the provider refuses · 429, 502 the provider
pub async fn capture(request: &Request, id: &str, call: &Call) -> ApiResult<Response> {
    check(request, call)?;
    Ok(Response::from_json(&session_stub::ask(&call.env, id, &Question::Capture).await?)?)
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
