//! Request bodies, read no further than they may go.

use crate::error::{ApiError, ApiResult};
use checkout_shared::error::ErrorCode;
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use worker::Request;

/// The most bytes of a body from a customer or merchant.
pub const API_MAX: usize = 16 * 1024;
/// The most bytes of a form: it names one method.
pub const FORM_MAX: usize = 1024;
/// The most bytes of a provider's notification.
pub const WEBHOOK_MAX: usize = 256 * 1024;

/// The whole body, or the error that it is too large. A stated length is believed only where it is too much.
pub async fn read(request: &mut Request, max: usize) -> ApiResult<Vec<u8>> {
    let too_large = || ApiError::new(ErrorCode::PayloadTooLarge, format!("The body is larger than {max} bytes."));
    let stated = request.headers().get("content-length")?.and_then(|length| length.parse::<usize>().ok());
    if stated.is_some_and(|length| length > max) {
        return Err(too_large());
    }
    if request.inner().body().is_none() {
        return Ok(Vec::new());
    }
    let mut stream = request.stream()?;
    let mut body = Vec::new();
    while let Some(chunk) = stream.next().await {
        body.extend_from_slice(&chunk?);
        if body.len() > max {
            return Err(too_large());
        }
    }
    Ok(body)
}

/// The body as the fields of an HTML form.
pub async fn form(request: &mut Request) -> ApiResult<Vec<(String, String)>> {
    let kind = request.headers().get("content-type")?.unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(ApiError::new(ErrorCode::InvalidRequest, "The body is not the documented form."));
    }
    let body = read(request, FORM_MAX).await?;
    Ok(url::form_urlencoded::parse(&body).into_owned().collect())
}

/// The body as JSON of a documented form.
pub async fn json<T: DeserializeOwned>(request: &mut Request) -> ApiResult<T> {
    let body = read(request, API_MAX).await?;
    // Where, but not what: the library would quote the body, and there may be a token in it.
    serde_json::from_slice(&body).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        ApiError::new(ErrorCode::InvalidRequest, format!("The body is not the documented JSON ({place})."))
    })
}
