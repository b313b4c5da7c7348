//! Money: an exact decimal and the currency it is in. Never a float; a decimal *string* on the wire.

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::str::FromStr;

/// An upper-case currency code: ISO 4217 (`USD`) or a coin's ticker (`USDT`). One to twelve of `A–Z` and `0–9`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Currency(String);

/// Why a text is not a [`Currency`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidCurrency;

impl Currency {
    /// Reads a code in any case; surrounding space is not forgiven.
    pub fn new(code: &str) -> Result<Self, InvalidCurrency> {
        let fits = (1..=12).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if fits { Ok(Self(code.to_ascii_uppercase())) } else { Err(InvalidCurrency) }
    }

    /// The code, upper case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Currency {
    type Err = InvalidCurrency;
    fn from_str(code: &str) -> Result<Self, Self::Err> {
        Self::new(code)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for InvalidCurrency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a currency code is 1 to 12 letters and digits")
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::new(&code).map_err(de::Error::custom)
    }
}

/// An exact amount; on the wire a plain decimal string such as `"12.50"` (no exponent, no sign but `-`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Amount(pub Decimal);

impl Amount {
    /// Reads a plain decimal of at most 28 digits: `"0.1"`, `"12"`. No exponent, no separators, no leading `+`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b'-');
        let starts_and_ends_with_digit =
            text.trim_start_matches('-').starts_with(|c: char| c.is_ascii_digit()) && text.ends_with(|c: char| c.is_ascii_digit());
        if !plain || !starts_and_ends_with_digit {
            return None;
        }
        Decimal::from_str_exact(text).ok().map(Self)
    }

    /// A whole number with so many of its digits, at most 28, behind the point: `(1250, 2)` is `12.50`.
    #[must_use]
    pub fn new(number: i64, behind: u32) -> Option<Self> {
        Decimal::try_new(number, behind).ok().map(Self)
    }

    /// The same amount without zeros at its end: `840` for `840.0`.
    #[must_use]
    pub fn without_zeros(self) -> Self {
        Self(self.0.normalize())
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom("an amount is a plain decimal string such as \"12.50\""))
    }
}

/// An amount and its currency: `{"amount":"12.50","currency":"USD"}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// How much.
    pub amount: Amount,
    /// Of what.
    pub currency: Currency,
}

impl Money {
    /// Pairs an amount with its currency.
    #[must_use]
    pub const fn new(amount: Decimal, currency: Currency) -> Self {
        Self { amount: Amount(amount), currency }
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_a_decimal_string_on_the_wire() {
        let money: Money = serde_json::from_str(r#"{"amount":"0.000000000000000001","currency":"eth"}"#).unwrap();
        assert_eq!(serde_json::to_string(&money).unwrap(), r#"{"amount":"0.000000000000000001","currency":"ETH"}"#);
    }

    #[test]
    fn trailing_zeros_survive() {
        assert_eq!(Amount::parse("12.50").unwrap().to_string(), "12.50");
    }

    #[test]
    fn what_is_not_a_plain_decimal_is_refused() {
        for text in [
            "",
            "-",
            ".",
            "1.",
            ".5",
            "+1",
            "1e3",
            "1,000",
            " 1",
            "1_000",
            "NaN",
            "0x10",
            "--1",
            "1.2.3",
            "99999999999999999999999999999999",
        ] {
            assert_eq!(Amount::parse(text), None, "{text:?}");
        }
        assert!(serde_json::from_str::<Amount>("12.5").is_err(), "a JSON number is not an amount");
    }
}
