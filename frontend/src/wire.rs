//! The shapes of what comes in and goes out, field by field and word by word, for [`crate::json`]. What they mean is `checkout-shared`'s.
//!
//! A field that is forgotten here does not compile; one that is named or treated otherwise than serde does fails `tests/web.rs`.

use crate::json::{FromJs, ToJs, given, needed, object};
use checkout_shared::error::{ErrorBody, ErrorCode, ErrorDetail, FieldError};
use checkout_shared::method::{Method, MethodId, Network};
use checkout_shared::money::{Amount, Currency, Money};
use checkout_shared::order::{Capture, Line, Order};
use checkout_shared::page::PageData;
use checkout_shared::session::{
    Address, AttemptStatus, AttemptView, ChooseRequest, Instructions, SessionView, Status, Transaction, TransactionStatus,
};
use checkout_shared::time::Timestamp;
use wasm_bindgen::JsValue;

/// Objects: the fields that must be there; those that may be missing.
macro_rules! fields {
    ($type:ident: $($needed:ident)*; $($given:ident)*) => {
        impl FromJs for $type {
            #[inline(never)]
            fn from_js(value: &JsValue) -> Option<Self> {
                // All are read before any is looked at: to give up after each would weigh more.
                match ($(needed(value, stringify!($needed)),)* $(given(value, stringify!($given)),)*) {
                    ($(Some($needed),)* $(Some($given),)*) => Some(Self { $($needed,)* $($given,)* }),
                    _ => None,
                }
            }
        }
    };
}

/// Enums that are one word.
macro_rules! words {
    ($type:ident: $($variant:ident $word:literal)*) => {
        impl FromJs for $type {
            fn from_js(value: &JsValue) -> Option<Self> {
                const WORDS: &[(&str, $type)] = &[$(($word, $type::$variant)),*];
                let said = value.as_string()?;
                WORDS.iter().find(|(word, _)| *word == said).map(|(_, variant)| *variant)
            }
        }
        impl ToJs for $type {
            fn to_js(&self) -> JsValue {
                JsValue::from_str(match self {
                    $(Self::$variant => $word,)*
                })
            }
        }
    };
}

fields!(PageData: ; page query session changing choice_error error embedder modal merchant logo);
fields!(SessionView: id sequence status server_time order methods; methods_unavailable attempt late overpaid_by);
fields!(Order: amount currency reference expires_at; description success_url cancel_url prices lines tax capture);
fields!(Line: title quantity unit_price;);
fields!(Method: id; name minimum confirmations);
fields!(AttemptView: number method status; instructions received due transactions capturable);
fields!(Address: amount network address payment_uri expires_at; memo);
fields!(Transaction: hash amount status confirmations; required_confirmations seen_at);
fields!(Money: amount currency;);
fields!(ErrorBody: error;);
fields!(ErrorDetail: code message request_id; details);
fields!(FieldError: field issue;);

words!(Status:
    Open "open"
    AwaitingPayment "awaiting_payment"
    Processing "processing"
    Underpaid "underpaid"
    Paid "paid"
    Refunding "refunding"
    Refunded "refunded"
    Expired "expired"
    Cancelled "cancelled"
    Failed "failed"
    Review "review"
);
words!(AttemptStatus:
    Creating "creating"
    Checking "checking"
    AwaitingPayment "awaiting_payment"
    Processing "processing"
    Underpaid "underpaid"
    Paid "paid"
    Refunding "refunding"
    Refunded "refunded"
    Expired "expired"
    Cancelled "cancelled"
    Failed "failed"
    Review "review"
);
words!(TransactionStatus:
    Confirming "confirming"
    Failed "failed"
    Confirmed "confirmed"
);
words!(Capture:
    Automatic "automatic"
    Manual "manual"
);
words!(ErrorCode:
    InvalidRequest "invalid_request"
    InvalidOrderToken "invalid_order_token"
    ExpiredOrderToken "expired_order_token"
    Unauthorized "unauthorized"
    InvalidClientToken "invalid_client_token"
    OriginNotAllowed "origin_not_allowed"
    InvalidSignature "invalid_signature"
    NotFound "not_found"
    MethodNotAllowed "method_not_allowed"
    ReferenceConflict "reference_conflict"
    IdempotencyKeyReused "idempotency_key_reused"
    SessionPurged "session_purged"
    SessionClosed "session_closed"
    PaymentSeen "payment_seen"
    TooManyAttempts "too_many_attempts"
    PayloadTooLarge "payload_too_large"
    UnknownMethod "unknown_method"
    RateLimited "rate_limited"
    NothingToCapture "nothing_to_capture"
    ProviderRefused "provider_refused"
    NotSupported "not_supported"
    ProviderUnavailable "provider_unavailable"
    Internal "internal"
);

impl FromJs for Instructions {
    fn from_js(value: &JsValue) -> Option<Self> {
        match needed::<String>(value, "kind")?.as_str() {
            "address" => Address::from_js(value).map(Self::Address),
            "page" => Some(Self::Page { url: needed(value, "url")?, expires_at: needed(value, "expires_at")? }),
            _ => None,
        }
    }
}

impl FromJs for Timestamp {
    fn from_js(value: &JsValue) -> Option<Self> {
        i64::from_js(value).map(Self)
    }
}

impl FromJs for Amount {
    fn from_js(value: &JsValue) -> Option<Self> {
        Self::parse(&value.as_string()?)
    }
}

impl FromJs for Currency {
    fn from_js(value: &JsValue) -> Option<Self> {
        Self::new(&value.as_string()?).ok()
    }
}

impl FromJs for Network {
    fn from_js(value: &JsValue) -> Option<Self> {
        Self::new(&value.as_string()?)
    }
}

impl FromJs for MethodId {
    fn from_js(value: &JsValue) -> Option<Self> {
        value.as_string()?.parse().ok()
    }
}

impl ToJs for Money {
    fn to_js(&self) -> JsValue {
        object([("amount", self.amount.to_string().into()), ("currency", self.currency.as_str().into())])
    }
}

impl ToJs for ChooseRequest {
    fn to_js(&self) -> JsValue {
        object([("method", self.method.to_string().into())])
    }
}
