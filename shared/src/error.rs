//! The one shape of an error on our wire: `{"error":{"code","message","request_id","details"?}}`.
//!
//! What is said here is for the caller. What the edge knows beyond it goes to the log under the same `request_id`, never here.

use serde::{Deserialize, Serialize};

/// What went wrong, for programs. Each code has one HTTP status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// A field or the body as a whole is not as documented; `details.field` names it.
    InvalidRequest,
    /// The order token is malformed, signed by another key, or tampered with.
    InvalidOrderToken,
    /// The order token was good once; ask the shop for a fresh one.
    ExpiredOrderToken,
    /// The merchant key is missing or wrong.
    Unauthorized,
    /// The client token does not belong to this session.
    InvalidClientToken,
    /// The page that embeds the checkout is not on the merchant's list.
    OriginNotAllowed,
    /// A notification whose signature is missing or wrong.
    InvalidSignature,
    /// There is nothing here.
    NotFound,
    /// The path exists, this HTTP method on it does not; `Allow` says which do.
    MethodNotAllowed,
    /// The reference already stands for an order of another price; `details` says which.
    ReferenceConflict,
    /// This `Idempotency-Key` came before with another body.
    IdempotencyKeyReused,
    /// The order was completed long ago and its details are no longer kept.
    SessionPurged,
    /// The time to pay this session is over, or it was called off.
    SessionClosed,
    /// A payment has been seen already; another way to pay would only lead a second one astray.
    PaymentSeen,
    /// More ways to pay have been tried than any person tries. It does not pass.
    TooManyAttempts,
    /// The body is larger than this route takes.
    PayloadTooLarge,
    /// The method is not among those on offer for this session.
    UnknownMethod,
    /// Too many requests; try again in a moment.
    RateLimited,
    /// No payment of this order is authorised and waits to be captured.
    NothingToCapture,
    /// The payment provider refused what was asked; `details` says why, where it does.
    ProviderRefused,
    /// The payment provider has nothing of the kind.
    NotSupported,
    /// The payment provider could not be reached, or its answer was lost.
    ProviderUnavailable,
    /// A mistake of ours; the log has it under `request_id`.
    Internal,
}

impl ErrorCode {
    /// The HTTP status that goes with it.
    #[must_use]
    pub const fn http_status(self) -> u16 {
        match self {
            Self::InvalidRequest => 400,
            Self::InvalidOrderToken | Self::ExpiredOrderToken | Self::Unauthorized | Self::InvalidSignature => 401,
            Self::InvalidClientToken | Self::OriginNotAllowed => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::ReferenceConflict | Self::SessionClosed | Self::PaymentSeen | Self::TooManyAttempts | Self::NothingToCapture => 409,
            Self::SessionPurged => 410,
            Self::PayloadTooLarge => 413,
            Self::UnknownMethod | Self::ProviderRefused | Self::IdempotencyKeyReused => 422,
            Self::RateLimited => 429,
            Self::Internal => 500,
            Self::NotSupported => 501,
            Self::ProviderUnavailable => 502,
        }
    }
}

/// The body of every answer that is not a success.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorBody {
    /// The error.
    pub error: ErrorDetail,
}

/// The inside of an [`ErrorBody`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorDetail {
    /// For programs.
    pub code: ErrorCode,
    /// For people: one sentence that says what is wrong and what to do.
    pub message: String,
    /// To find the matching log lines by.
    pub request_id: String,
    /// The field at fault and what was expected of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<FieldError>,
}

/// The field at fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// Its name in the request.
    pub field: String,
    /// What was expected, or how it differs from what is known.
    pub issue: String,
}
