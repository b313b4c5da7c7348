//! From whatever goes wrong to the one error body. What the caller reads and what the log says are different fields.

use crate::log::{self, Level};
use checkout_core::order_token::OrderTokenError;
use checkout_core::provider::ProviderError;
use checkout_core::session::Refusal;
use checkout_shared::error::{ErrorBody, ErrorCode, ErrorDetail, FieldError};
use checkout_shared::time::Millis;
use worker::Response;

/// A failure on its way out.
#[derive(Debug)]
pub struct ApiError {
    /// What the caller's program reads.
    pub code: ErrorCode,
    /// What the caller's person reads.
    pub message: String,
    /// The field at fault.
    pub details: Option<FieldError>,
    /// What the log says beyond that.
    pub inside: Option<String>,
    /// How long to wait before trying again, where that is known.
    pub retry_after: Option<Millis>,
}

/// What a handler gives back.
pub type ApiResult<T> = Result<T, ApiError>;

impl ApiError {
    /// An error that needs no explaining beyond its message.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), details: None, inside: None, retry_after: None }
    }

    /// A mistake of ours: the caller reads one constant sentence.
    pub fn internal(inside: impl Into<String>) -> Self {
        let message = "Something went wrong on our side. Nothing was charged by this request; please try again.";
        Self { inside: Some(inside.into()), ..Self::new(ErrorCode::Internal, message) }
    }

    /// A field that is not as documented.
    pub fn field(error: FieldError) -> Self {
        let message = format!("`{}` {}.", error.field, error.issue);
        Self { details: Some(error), ..Self::new(ErrorCode::InvalidRequest, message) }
    }

    /// What is told of it.
    pub fn detail(&self, request_id: &str) -> ErrorDetail {
        ErrorDetail { code: self.code, message: self.message.clone(), request_id: request_id.to_owned(), details: self.details.clone() }
    }

    /// Writes the log line and makes the answer.
    pub fn respond(&self, request_id: &str) -> worker::Result<Response> {
        self.log(request_id);
        let response = Response::from_json(&ErrorBody { error: self.detail(request_id) })?.with_status(self.code.http_status());
        if let Some(wait) = self.retry_after {
            // Rounded up: a little too late is better than too soon.
            response.headers().set("retry-after", &((wait.0 + 999) / 1000).to_string())?;
        }
        Ok(response)
    }

    /// Writes the log line.
    pub fn log(&self, request_id: &str) {
        let level = if self.code.http_status() >= 500 { Level::Error } else { Level::Info };
        let code = format!("{:?}", self.code);
        let inside = self.inside.as_deref().unwrap_or(&self.message);
        log::line(level, "request failed", &[("request_id", request_id), ("code", &code), ("reason", inside)]);
    }
}

impl From<worker::Error> for ApiError {
    fn from(error: worker::Error) -> Self {
        Self::internal(error.to_string())
    }
}

impl From<serde_json::Error> for ApiError {
    fn from(error: serde_json::Error) -> Self {
        Self::internal(error.to_string())
    }
}

impl From<OrderTokenError> for ApiError {
    fn from(error: OrderTokenError) -> Self {
        match error {
            OrderTokenError::Claim(field) => Self::field(field),
            OrderTokenError::Expired { .. } => Self::new(ErrorCode::ExpiredOrderToken, sentence(&error)),
            OrderTokenError::Malformed | OrderTokenError::Algorithm | OrderTokenError::Signature | OrderTokenError::NotYet => {
                Self::new(ErrorCode::InvalidOrderToken, sentence(&error))
            }
        }
    }
}

impl From<ProviderError> for ApiError {
    /// What a merchant's server reads of a provider's trouble; customers never do.
    fn from(error: ProviderError) -> Self {
        let inside = Some(error.to_string());
        let told = match error {
            ProviderError::Answered { status: 404, .. } => Self::new(ErrorCode::NotFound, "The provider knows nothing of the kind."),
            ProviderError::Answered { status: 401 | 403, .. } => {
                Self::new(ErrorCode::ProviderUnavailable, "The provider does not accept our key; the operator has to look at it.")
            }
            ProviderError::Answered { field, message, .. } => {
                let details = field.map(|field| FieldError { field, issue: message.clone() });
                Self {
                    details,
                    ..Self::new(ErrorCode::ProviderRefused, format!("The provider refused: {}.", message.trim_end_matches('.')))
                }
            }
            ProviderError::RateLimited { retry_after } => Self {
                retry_after,
                ..Self::new(ErrorCode::RateLimited, "The provider is asked too often just now; please try again in a moment.")
            },
            ProviderError::Unsupported { what } => Self::new(ErrorCode::NotSupported, format!("This provider has no such thing: {what}.")),
            ProviderError::NotSent { .. } => Self::new(ErrorCode::ProviderUnavailable, "The provider cannot be reached now."),
            ProviderError::MaybeSent { .. } => {
                let message = "The provider's answer was lost. It may have done what was asked: look before you ask again.";
                Self::new(ErrorCode::ProviderUnavailable, message)
            }
        };
        Self { inside, ..told }
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        let message = sentence(&refusal);
        match refusal {
            Refusal::ReferenceConflict(field) => Self { details: Some(field), ..Self::new(ErrorCode::ReferenceConflict, message) },
            Refusal::UnknownMethod => Self::new(ErrorCode::UnknownMethod, message),
            Refusal::Over | Refusal::Cancelled => Self::new(ErrorCode::SessionClosed, message),
            Refusal::MoneySeen => Self::new(ErrorCode::PaymentSeen, message),
            Refusal::NothingToCapture => Self::new(ErrorCode::NothingToCapture, message),
            Refusal::TooManyAttempts => Self::new(ErrorCode::TooManyAttempts, message),
        }
    }
}

/// An error's text as a sentence for people.
fn sentence(error: &impl ToString) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}
