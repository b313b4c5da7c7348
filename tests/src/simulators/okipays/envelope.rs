//! How the simulated `OkiPays` writes: its answers, and its refusals in the two documented shapes.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use serde_json::{Value, json};

/// A refusal.
#[derive(Clone, Debug)]
pub(super) enum Refused {
    /// In the shape of the framework that the vendor runs on: `{name, message, code, status}`.
    Framework {
        /// HTTP's status.
        status: u16,
        /// HTTP's words for it.
        name: &'static str,
        /// Why.
        message: String,
        /// The vendor's number for why.
        code: i64,
    },
    /// In the vendor's own: `{status, error, code, token}`, with HTTP's 400.
    Own {
        /// Why.
        error: &'static str,
        /// The vendor's number for why.
        code: i64,
    },
}

impl Refused {
    /// Documented for order/create.
    pub(super) fn currency_not_available() -> Self {
        Self::Framework { status: 400, name: "Bad Request", message: "Currency not available".to_owned(), code: -1 }
    }

    /// Documented for order/get.
    pub(super) const fn required_order_id() -> Self {
        Self::Own { error: "Required order_id", code: 19 }
    }

    /// Documented for order/get.
    pub(super) const fn order_not_found() -> Self {
        Self::Own { error: "Order not found", code: 14 }
    }

    /// A rule of the document is broken for which it names no error.
    pub(super) fn bad(message: impl Into<String>) -> Self {
        Self::Framework { status: 400, name: "Bad Request", message: message.into(), code: 0 }
    }

    /// No token, or one that nobody has. The framework's own text.
    pub(super) fn unauthorized() -> Self {
        let message = "Your request was made with invalid credentials.".to_owned();
        Self::Framework { status: 401, name: "Unauthorized", message, code: 0 }
    }

    /// No such path. The framework's own text.
    pub(super) fn not_found() -> Self {
        Self::Framework { status: 404, name: "Not Found", message: "Page not found.".to_owned(), code: 0 }
    }

    /// The path wants another method. The framework's own text.
    pub(super) fn method(allowed: &str) -> Self {
        let message = format!("Method Not Allowed. This URL can only handle the following request methods: {allowed}.");
        Self::Framework { status: 405, name: "Method Not Allowed", message, code: 0 }
    }

    /// Called too often. The framework's own text.
    pub(super) fn rate_limited() -> Self {
        Self::Framework { status: 429, name: "Too Many Requests", message: "Rate limit exceeded.".to_owned(), code: 0 }
    }

    /// Its own fault. The framework's own text.
    pub(super) fn broken() -> Self {
        let message = "An internal server error occurred.".to_owned();
        Self::Framework { status: 500, name: "Internal Server Error", message, code: 0 }
    }

    /// The vendor repeats the token in its own shape.
    pub(super) fn response(&self, token: &str) -> http::Response<Bytes> {
        match self {
            Self::Framework { status, name, message, code } => {
                json_response(*status, &json!({"name": name, "message": message, "code": code, "status": status}))
            }
            Self::Own { error, code } => json_response(400, &json!({"status": false, "error": error, "code": code, "token": token})),
        }
    }
}

/// A yes with its data.
pub(super) fn answered(message: Option<&str>, data: &Value, token: &str) -> http::Response<Bytes> {
    let mut body = json!({"status": true, "data": data, "token": token});
    if let Some(message) = message {
        body["message"] = message.into();
    }
    json_response(200, &body)
}

fn json_response(status: u16, body: &Value) -> http::Response<Bytes> {
    let mut response = http::Response::new(Bytes::from(body.to_string()));
    *response.status_mut() = http::StatusCode::from_u16(status).expect("one of the statuses above");
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=UTF-8"));
    response
}
