//! `{code, message, data}` around every answer of the simulated `OceanEx` Pay. No code but 0 is documented: the others are made up,
//! and so is that some refusals repeat themselves as JSON within their message, which the vendor's exchange API does.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use serde::Serialize;

#[derive(Serialize)]
struct Envelope<'a, T> {
    code: u16,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<T>,
}

/// A refusal.
#[derive(Debug)]
pub(super) struct Refused {
    status: u16,
    code: u16,
    message: String,
    is_nested: bool,
}

/// An answer that says yes.
pub(super) fn answered(data: &impl Serialize) -> http::Response<Bytes> {
    json(200, &Envelope { code: 0, message: "operation is successful", data: Some(data) })
}

impl Refused {
    pub(super) fn field(name: &str, issue: &str) -> Self {
        Self { status: 200, code: 1001, message: format!("{name} {issue}"), is_nested: true }
    }

    pub(super) fn no_form() -> Self {
        Self::plain(200, 1000, "the body is no form")
    }

    pub(super) fn not_found(what: &str) -> Self {
        Self::plain(200, 1404, &format!("{what} does not exist"))
    }

    pub(super) fn unauthorized() -> Self {
        Self::plain(401, 1401, "x-api-key is invalid")
    }

    pub(super) fn no_such_path() -> Self {
        Self::plain(404, 404, "not found")
    }

    pub(super) fn broken() -> Self {
        Self::plain(500, 500, "internal server error")
    }

    pub(super) fn rate_limited() -> Self {
        Self::plain(429, 429, "too many requests")
    }

    pub(super) fn response(&self) -> http::Response<Bytes> {
        let nested = serde_json::json!({"code": self.code, "message": self.message}).to_string();
        let message = if self.is_nested { &nested } else { &self.message };
        json(self.status, &Envelope::<()> { code: self.code, message, data: None })
    }

    fn plain(status: u16, code: u16, message: &str) -> Self {
        Self { status, code, message: message.to_owned(), is_nested: false }
    }
}

fn json(status: u16, body: &impl Serialize) -> http::Response<Bytes> {
    let body = serde_json::to_vec(body).expect("these structures can be written");
    let mut response = http::Response::new(Bytes::from(body));
    *response.status_mut() = http::StatusCode::from_u16(status).expect("these statuses exist");
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
