//! Notifications from providers. What is not signed as it must be changes nothing.

use crate::body::{self, WEBHOOK_MAX};
use crate::error::{ApiError, ApiResult};
use crate::log::{self, Level};
use crate::router::Call;
use crate::session_stub::{self, Question};
use checkout_core::provider::{Provider, WebhookError};
use checkout_core::session;
use checkout_shared::error::ErrorCode;
use checkout_shared::provider::ProviderId;
use worker::{Headers, Request, Response};

/// `POST /v1/webhooks/{provider}[/{id}]`: a provider's notification.
///
/// 1. 413 larger than any notification.
/// 2. 404 the provider is not enabled.
/// 3. 401 the signature over the raw body is missing or wrong.
/// 4. 400 signed, but not understood, or about another session than the path says.
/// 5. The session's object takes it in; 404 if there is no such session.
/// 6. Only then the answer the provider waits for.
pub async fn notified(mut request: Request, provider: ProviderId, id: Option<&str>, call: &Call) -> ApiResult<Response> {
    // (1)
    let body = body::read(&mut request, WEBHOOK_MAX).await?;
    // (2)
    let account = call.config.provider(provider).ok_or_else(|| ApiError::new(ErrorCode::NotFound, "There is nothing here."))?;
    // (3), (4)
    let headers = header_map(request.headers());
    let snapshot = account.verify_webhook(&headers, &body).map_err(refused)?.into_inner();
    let named = snapshot.stated.reference.as_deref().and_then(session::session_of).map(str::to_owned);
    let named = named.filter(|named| id.is_none_or(|id| id == named));
    let id = named.ok_or_else(|| ApiError::new(ErrorCode::InvalidRequest, "The notification does not belong to this path's session."))?;
    // (5)
    session_stub::ask(&call.env, &id, &Question::Notified(snapshot)).await?;
    log::line(Level::Info, "webhook", &[("request_id", &call.request_id), ("provider", provider.as_str()), ("session", &id)]);
    // (6)
    acknowledge(account)
}

fn acknowledge(account: &dyn Provider) -> ApiResult<Response> {
    let (parts, body) = account.webhook_acknowledgement().into_parts();
    let response = Response::ok(body)?.with_status(parts.status.as_u16());
    for (name, value) in &parts.headers {
        response.headers().set(name.as_str(), value.to_str().unwrap_or_default())?;
    }
    Ok(response)
}

fn refused(error: WebhookError) -> ApiError {
    match error {
        WebhookError::MissingSignature => ApiError::new(ErrorCode::InvalidSignature, "The notification carries no signature."),
        WebhookError::WrongSignature => ApiError::new(ErrorCode::InvalidSignature, "The notification's signature does not match."),
        WebhookError::Unreadable => ApiError::new(ErrorCode::InvalidRequest, "The notification is not a payment notification."),
    }
}

fn header_map(headers: &Headers) -> http::HeaderMap {
    let mut map = http::HeaderMap::new();
    for (name, value) in headers.entries() {
        if let (Ok(name), Ok(value)) = (http::HeaderName::try_from(name), http::HeaderValue::try_from(value)) {
            map.append(name, value);
        }
    }
    map
}
