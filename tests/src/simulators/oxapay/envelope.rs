//! How the simulated `OxaPay` writes: the envelope around every answer, its errors, and numbers as it likes them.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use rust_decimal::Decimal;
use serde::{Serialize, Serializer, ser};
use serde_json::value::RawValue;

/// A JSON number; tiny ones in exponent form, as the vendor's are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Number(pub(super) Decimal);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = json_number(self.0);
        RawValue::from_string(text).map_err(ser::Error::custom)?.serialize(serializer)
    }
}

fn json_number(number: Decimal) -> String {
    let number = number.normalize();
    let tiny = !number.is_zero() && number.abs() < Decimal::new(1, 4);
    if !tiny {
        return number.to_string();
    }
    let digits = number.mantissa().to_string();
    let sign = if number.is_sign_negative() { "-" } else { "" };
    let digits = digits.trim_start_matches('-');
    let exponent = number.scale() + 1 - u32::try_from(digits.len()).unwrap_or(1);
    let (first, others) = digits.split_at(1);
    let point = if others.is_empty() { "" } else { "." };
    format!("{sign}{first}{point}{others}e-{exponent}")
}

/// A refusal. The vendor publishes no list of types; known is that `key` names the field at fault.
#[derive(Clone, Debug)]
pub(super) struct Refused {
    status: u16,
    kind: &'static str,
    key: String,
    message: String,
}

impl Refused {
    /// A field is not as it should be.
    pub(super) fn field(key: &str, message: &str) -> Self {
        Self { status: 400, kind: "invalid_request", key: key.to_owned(), message: format!("The {key} {message}") }
    }

    /// No such payment or path.
    pub(super) fn not_found(key: &str, message: &str) -> Self {
        Self { status: 404, kind: "not_found", key: key.to_owned(), message: message.to_owned() }
    }

    /// No or a wrong key.
    pub(super) fn unauthorized() -> Self {
        let message = "The merchant API key is missing or invalid".to_owned();
        Self { status: 401, kind: "unauthorized", key: "merchant_api_key".to_owned(), message }
    }

    /// Called too often.
    pub(super) fn rate_limited() -> Self {
        Self { status: 429, kind: "rate_limit", key: String::new(), message: "Too many requests".to_owned() }
    }

    /// Its own fault.
    pub(super) fn broken() -> Self {
        Self { status: 500, kind: "server_error", key: String::new(), message: "Internal server error".to_owned() }
    }

    pub(super) fn response(&self) -> http::Response<Bytes> {
        let error = ErrorRecord { r#type: self.kind, key: &self.key, message: &self.message };
        let message = "Operation failed!";
        envelope(&Envelope { data: Nothing {}, message, error, status: self.status, version: "1.0.0" })
    }
}

/// A yes with its data.
pub(super) fn answered(data: impl Serialize) -> http::Response<Bytes> {
    let message = "Operation completed successfully!";
    envelope(&Envelope { data, message, error: Nothing {}, status: 200, version: "1.0.0" })
}

#[derive(Serialize)]
struct Nothing {}

#[derive(Serialize)]
struct ErrorRecord<'a> {
    r#type: &'a str,
    key: &'a str,
    message: &'a str,
}

#[derive(Serialize)]
struct Envelope<D, E> {
    data: D,
    message: &'static str,
    error: E,
    status: u16,
    version: &'static str,
}

fn envelope<D: Serialize, E: Serialize>(envelope: &Envelope<D, E>) -> http::Response<Bytes> {
    json(envelope.status, envelope)
}

/// A JSON response.
pub(super) fn json(status: u16, body: &impl Serialize) -> http::Response<Bytes> {
    let body = serde_json::to_vec(body).expect("records of plain fields can be written");
    let mut response = http::Response::new(Bytes::from(body));
    *response.status_mut() = http::StatusCode::from_u16(status).expect("a documented status");
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiny_numbers_are_written_with_an_exponent() {
        for (number, written) in [
            ("0.00003079", "3.079e-5"),
            ("0.00001", "1e-5"),
            ("-0.00001", "-1e-5"),
            ("0.0001", "0.0001"),
            ("15.00", "15"),
            ("0", "0"),
            ("0.00613418", "0.00613418"),
        ] {
            assert_eq!(json_number(number.parse().unwrap()), written);
        }
    }
}
