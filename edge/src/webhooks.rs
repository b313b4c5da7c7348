//! Notifications from providers. What is not signed changes nothing: it is a hint, on which the session reads from the provider.

use crate::account_stub::AccountStub;
use crate::body::{self, WEBHOOK_MAX};
use crate::error::{ApiError, ApiResult};
use crate::log::{self, Level};
use crate::router::Call;
use crate::session_stub::{self, Question};
use checkout_core::identity;
use checkout_core::provider::{About, Provider, WebhookError};
use checkout_core::session::{self, Hint};
use checkout_shared::error::ErrorCode;
use checkout_shared::provider::ProviderId;
use checkout_shared::session::AttemptStatus;
use worker::{Headers, Request, Response};

/// `POST /v1/webhooks/{provider}[/{id}]`: a provider's notification.
///
/// 1. 413 larger than any notification.
/// 2. 404 the provider is not enabled.
/// 3. 401 the signature over the raw body is missing where there must be one, or wrong; or it is a hint, and the path lacks the key that
///    the merchant has given to the provider alone. Otherwise anybody could have us ask, and providers' quotas are for customers.
/// 4. 400 not understood, or about another session than the path says. What is about nothing of ours (the account may have payments
///    that were not made here) is answered, or it would be sent for ever, and forgotten.
/// 5. The session's object takes it in, or reads from the provider if it is a hint; 404 if there is no such session.
/// 6. Only then the answer the provider waits for.
pub async fn notified(mut request: Request, provider: ProviderId, id: Option<&str>, call: &Call) -> ApiResult<Response> {
    // (1)
    let body = body::read(&mut request, WEBHOOK_MAX).await?;
    // (2)
    let account = call.config.provider(provider).ok_or_else(|| ApiError::new(ErrorCode::NotFound, "There is nothing here."))?;
    // (3), (4)
    let notification = account.verify_webhook(&header_map(request.headers()), &body).map_err(refused)?;
    let is_hint = notification.snapshot.is_none();
    let has_key = id.is_some_and(|id| identity::webhook_key_matches(&call.config.client_keys, provider, id));
    if is_hint && !has_key {
        return Err(refused(WebhookError::MissingSignature));
    }
    let Some(reference) = reference(&notification.about, provider, call).await? else {
        let fields = [("request_id", call.request_id.as_str()), ("provider", provider.as_str())];
        log::line(Level::Info, "webhook about nothing of ours", &fields);
        return acknowledge(account, None);
    };
    let session =
        session::session_of(&reference).filter(|named| has_key || id.is_none_or(|id| id == *named)).ok_or_else(foreign)?.to_owned();
    // (5)
    let question = match notification.snapshot {
        Some(verified) => {
            let mut snapshot = verified.into_inner();
            // Where the provider states a number, the account's object has said which reference of ours that is.
            snapshot.stated.reference.get_or_insert_with(|| reference.clone());
            Question::Notified { reference, snapshot }
        }
        None => Question::Hinted(Hint::Reference(reference)),
    };
    let status = session_stub::note(&call.env, &session, &question).await?;
    let kind = if is_hint { "hint" } else { "verified" };
    let fields = [("request_id", call.request_id.as_str()), ("provider", provider.as_str()), ("session", &session), ("kind", kind)];
    log::line(Level::Info, "webhook", &fields);
    // (6)
    acknowledge(account, status)
}

/// Our reference of what a notification is about.
async fn reference(about: &About, provider: ProviderId, call: &Call) -> ApiResult<Option<String>> {
    Ok(match about {
        About::Reference(reference) => Some(reference.clone()),
        About::Number(number) => match AccountStub::new(&call.env, &call.config, provider) {
            Some(account) => account.reference_of(*number).await?,
            None => None,
        },
        About::Nothing => None,
    })
}

fn foreign() -> ApiError {
    ApiError::new(ErrorCode::InvalidRequest, "The notification does not belong to this path's session.")
}

fn acknowledge(account: &dyn Provider, status: Option<AttemptStatus>) -> ApiResult<Response> {
    let (parts, body) = account.webhook_acknowledgement(status).into_parts();
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
