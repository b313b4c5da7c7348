//! How the simulated Onecheckout writes: amounts as JSON numbers in its unit, and errors in the three shapes its documents and its
//! demo store show.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use rust_decimal::Decimal;
use serde::{Serialize, Serializer, ser};
use serde_json::value::RawValue;

/// Currencies without decimals, and with three, as card networks have them. All others have two.
const ZERO_DECIMAL: [&str; 16] =
    ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"];
const THREE_DECIMAL: [&str; 5] = ["BHD", "JOD", "KWD", "OMR", "TND"];

/// In which unit amounts are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Units {
    /// `25.99` is 25.99 dollars.
    Major,
    /// `2599` is 25.99 dollars.
    Minor,
}

impl Units {
    /// The word of the Worker's setting, where it is not the default.
    pub(super) const fn setting(self) -> Option<&'static str> {
        match self {
            Self::Major => None,
            Self::Minor => Some("minor"),
        }
    }

    /// An amount that was written in this unit. `None`: the currency has no such amount.
    pub(super) fn read(self, written: Decimal, currency: &str) -> Option<Decimal> {
        let amount = match self {
            Self::Major => written,
            Self::Minor => written.checked_div(factor(currency))?,
        };
        (amount.normalize().scale() <= decimals(currency)).then(|| amount.normalize())
    }

    /// An amount as it is written in this unit.
    pub(super) fn write(self, amount: Decimal, currency: &str) -> Number {
        match self {
            Self::Major => Number(amount.normalize()),
            Self::Minor => Number(amount.saturating_mul(factor(currency)).normalize()),
        }
    }
}

/// Whether a currency has no decimals.
pub(super) fn is_zero_decimal(currency: &str) -> bool {
    decimals(currency) == 0
}

fn decimals(currency: &str) -> u32 {
    match currency {
        _ if ZERO_DECIMAL.contains(&currency) => 0,
        _ if THREE_DECIMAL.contains(&currency) => 3,
        _ => 2,
    }
}

fn factor(currency: &str) -> Decimal {
    Decimal::from(10_u32.pow(decimals(currency)))
}

/// A JSON number, digit by digit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Number(Decimal);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RawValue::from_string(self.0.to_string()).map_err(ser::Error::custom)?.serialize(serializer)
    }
}

/// A refusal, in one of three shapes.
#[derive(Clone, Debug)]
pub(super) struct Refused {
    status: u16,
    body: Body,
}

#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
enum Body {
    Coded { error: Coded },
    Plain { error: &'static str },
    Message { message: &'static str },
}

#[derive(Clone, Debug, Serialize)]
struct Coded {
    code: &'static str,
    message: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    details: Vec<Detail>,
}

/// What is wrong with a field of a request.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Detail {
    pub(super) field: String,
    pub(super) issue: &'static str,
}

impl Refused {
    /// `{"error":{"code":…,"message":…}}`
    pub(super) fn coded(status: u16, code: &'static str) -> Self {
        let message = match code {
            "server_error" => "Internal server error",
            "amount_invalid" => "The amount is below the minimum",
            other => other,
        };
        Self { status, body: Body::Coded { error: Coded { code, message, details: Vec::new() } } }
    }

    /// The same with what is wrong with each field.
    pub(super) fn invalid(details: Vec<Detail>) -> Self {
        let error = Coded { code: "validation_error", message: "Invalid request data", details };
        Self { status: 400, body: Body::Coded { error } }
    }

    /// One field is not as it should be.
    pub(super) fn field(field: &str, issue: &'static str) -> Self {
        Self::invalid(vec![Detail { field: field.to_owned(), issue }])
    }

    /// `{"error":"…"}`
    pub(super) const fn plain(status: u16, error: &'static str) -> Self {
        Self { status, body: Body::Plain { error } }
    }

    /// `{"message":"…"}`
    pub(super) const fn message(status: u16, message: &'static str) -> Self {
        Self { status, body: Body::Message { message } }
    }

    /// No such order.
    pub(super) fn no_such_id() -> Self {
        Self::coded(404, "id_invalid")
    }

    /// Above the quota. Neither a body nor `Retry-After` is documented.
    pub(super) const fn too_many() -> Self {
        Self::message(429, "Too Many Requests")
    }

    pub(super) fn response(&self) -> http::Response<Bytes> {
        json(self.status, &self.body)
    }
}

/// A yes.
pub(super) fn answered(body: &impl Serialize) -> http::Response<Bytes> {
    json(200, body)
}

fn json(status: u16, body: &impl Serialize) -> http::Response<Bytes> {
    let body = serde_json::to_vec(body).expect("records of plain fields can be written");
    let mut response = http::Response::new(Bytes::from(body));
    *response.status_mut() = http::StatusCode::from_u16(status).expect("a documented status");
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
