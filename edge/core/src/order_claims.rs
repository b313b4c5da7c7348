//! What a merchant states about an order, checked field by field: the claims of an order token and the body of
//! `POST /v1/sessions` are the same JSON object. A field at fault is named; nothing is guessed.

use checkout_shared::error::FieldError;
use checkout_shared::money::{Amount, Currency, Money};
use checkout_shared::order::{Capture, Line, Order};
use checkout_shared::time::{Millis, Timestamp};
use rust_decimal::Decimal;
use serde_json::{Map, Value};
use url::Url;

/// The most characters of a reference.
const REFERENCE_MAX: usize = 128;
/// The most characters of a description.
const DESCRIPTION_MAX: usize = 256;
/// The most characters of a URL.
const URL_MAX: usize = 2048;
/// The most prices beside the order's own.
const PRICES_MAX: usize = 16;
/// The most lines.
const LINES_MAX: usize = 100;
/// The longest a price may hold.
const LONGEST: Millis = Millis::hours(24 * 366);
/// The most decimals of an amount in a coin; fiat currencies have their own exponent (ISO 4217).
const COIN_DECIMALS: u32 = 18;

/// Which URLs an order may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UrlRule {
    /// `https` only.
    Https,
    /// `http` as well, for the sandbox.
    HttpToo,
}

/// Reads an order. Times are JWT's: whole seconds since the Unix epoch.
pub fn read(claims: &Map<String, Value>, urls: UrlRule, now: Timestamp) -> Result<Order, FieldError> {
    let currency_text = required_text(claims, "currency")?;
    let currency = Currency::new(currency_text).map_err(|issue| at("currency", issue.to_string()))?;
    let amount = amount(claims, "amount", &currency)?.ok_or_else(|| at("amount", "is required"))?;
    let (lines, tax) = (lines(claims, &currency)?, self::amount(claims, "tax", &currency)?);
    check_sum(amount, &lines, tax)?;
    Ok(Order {
        amount,
        prices: prices(claims, &currency)?,
        lines,
        tax,
        capture: capture(claims)?,
        currency,
        reference: reference(claims)?,
        expires_at: expiry(claims, now)?,
        description: description(claims)?,
        success_url: url(claims, "success_url", urls)?,
        cancel_url: url(claims, "cancel_url", urls)?,
    })
}

fn at(field: &str, issue: impl Into<String>) -> FieldError {
    FieldError { field: field.to_owned(), issue: issue.into() }
}

fn text<'a>(claims: &'a Map<String, Value>, field: &str) -> Result<Option<&'a str>, FieldError> {
    match claims.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(at(field, "must be a string")),
    }
}

fn required_text<'a>(claims: &'a Map<String, Value>, field: &str) -> Result<&'a str, FieldError> {
    text(claims, field)?.ok_or_else(|| at(field, "is required"))
}

fn amount(claims: &Map<String, Value>, field: &str, currency: &Currency) -> Result<Option<Amount>, FieldError> {
    let issue = "must be a plain decimal string such as \"12.50\"";
    let Some(stated) = text(claims, field).map_err(|_| at(field, issue))? else { return Ok(None) };
    let amount = Amount::parse(stated).ok_or_else(|| at(field, issue))?;
    if amount <= Amount::default() {
        return Err(at(field, "must be more than 0"));
    }
    let decimals = decimals(currency);
    if amount.0.normalize().scale() > decimals {
        return Err(at(field, format!("{currency} has {decimals} decimals")));
    }
    Ok(Some(amount))
}

/// The objects of a list; a field at fault is named with its place in it.
fn objects<'a>(claims: &'a Map<String, Value>, field: &str, most: usize) -> Result<Vec<&'a Map<String, Value>>, FieldError> {
    let list = match claims.get(field) {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(list)) if list.len() <= most => list,
        Some(_) => return Err(at(field, format!("must be a list of at most {most} objects"))),
    };
    list.iter().map(|item| item.as_object().ok_or_else(|| at(field, "must be a list of objects"))).collect()
}

fn placed(list: &str, place: usize) -> impl Fn(FieldError) -> FieldError {
    let before = format!("{list}[{place}].");
    move |error| FieldError { field: format!("{before}{}", error.field), issue: error.issue }
}

fn prices(claims: &Map<String, Value>, own: &Currency) -> Result<Vec<Money>, FieldError> {
    let mut prices: Vec<Money> = Vec::new();
    for (place, stated) in objects(claims, "prices", PRICES_MAX)?.into_iter().enumerate() {
        let read = |stated| {
            let currency = Currency::new(required_text(stated, "currency")?).map_err(|issue| at("currency", issue.to_string()))?;
            let amount = amount(stated, "amount", &currency)?.ok_or_else(|| at("amount", "is required"))?;
            if currency == *own || prices.iter().any(|known| known.currency == currency) {
                return Err(at("currency", "has a price already"));
            }
            Ok(Money { amount, currency })
        };
        let price = read(stated).map_err(placed("prices", place))?;
        prices.push(price);
    }
    Ok(prices)
}

fn lines(claims: &Map<String, Value>, currency: &Currency) -> Result<Vec<Line>, FieldError> {
    let read = |(place, stated): (usize, &Map<String, Value>)| {
        let line = || {
            let title = required_text(stated, "title")?;
            if title.trim().is_empty() || title.chars().count() > DESCRIPTION_MAX {
                return Err(at("title", "must be 1 to 256 characters"));
            }
            let quantity = stated.get("quantity").and_then(Value::as_u64).and_then(|quantity| u32::try_from(quantity).ok());
            Ok(Line {
                title: title.to_owned(),
                quantity: quantity.filter(|quantity| *quantity > 0).ok_or_else(|| at("quantity", "must be a whole number of 1 or more"))?,
                unit_price: amount(stated, "unit_price", currency)?.ok_or_else(|| at("unit_price", "is required"))?,
            })
        };
        line().map_err(placed("lines", place))
    };
    objects(claims, "lines", LINES_MAX)?.into_iter().enumerate().map(read).collect()
}

/// Lines that do not add up would be another price on the provider's page.
fn check_sum(amount: Amount, lines: &[Line], tax: Option<Amount>) -> Result<(), FieldError> {
    if lines.is_empty() {
        return if tax.is_none() { Ok(()) } else { Err(at("tax", "goes with lines only")) };
    }
    let of_line = |line: &Line| line.unit_price.0.checked_mul(Decimal::from(line.quantity));
    let sum = lines.iter().try_fold(tax.unwrap_or_default().0, |sum, line| sum.checked_add(of_line(line)?));
    match sum {
        Some(sum) if sum == amount.0 => Ok(()),
        Some(sum) => Err(at("lines", format!("add up to {sum} with the tax, not to {amount}"))),
        None => Err(at("lines", "add up to more than an amount can be")),
    }
}

fn capture(claims: &Map<String, Value>) -> Result<Capture, FieldError> {
    match text(claims, "capture")? {
        None | Some("automatic") => Ok(Capture::Automatic),
        Some("manual") => Ok(Capture::Manual),
        Some(_) => Err(at("capture", "must be automatic or manual")),
    }
}

/// How many decimals an amount in this currency may have: ISO 4217's for the currencies on its list, 18 for coins.
fn decimals(currency: &Currency) -> u32 {
    let listed = iso_currency::Currency::from_code(currency.as_str());
    listed.and_then(iso_currency::Currency::exponent).map_or(COIN_DECIMALS, u32::from)
}

fn reference(claims: &Map<String, Value>) -> Result<String, FieldError> {
    let reference = required_text(claims, "reference")?;
    let fits = (1..=REFERENCE_MAX).contains(&reference.chars().count()) && !reference.chars().any(char::is_control);
    if fits { Ok(reference.to_owned()) } else { Err(at("reference", "must be 1 to 128 characters, none of them a control character")) }
}

fn expiry(claims: &Map<String, Value>, now: Timestamp) -> Result<Timestamp, FieldError> {
    match claims.get("exp") {
        None | Some(Value::Null) => Err(at("exp", "is required")),
        Some(value) => value
            .as_i64()
            .filter(|seconds| *seconds > 0)
            .map(Timestamp::from_seconds)
            // Milliseconds taken for seconds are the usual mistake.
            .filter(|expiry| *expiry <= now + LONGEST)
            .ok_or_else(|| at("exp", "must be whole seconds since the Unix epoch, at most a year ahead")),
    }
}

fn description(claims: &Map<String, Value>) -> Result<Option<String>, FieldError> {
    let Some(description) = text(claims, "description")? else { return Ok(None) };
    if description.chars().count() > DESCRIPTION_MAX {
        return Err(at("description", "must be at most 256 characters"));
    }
    Ok(Some(description.to_owned()))
}

fn url(claims: &Map<String, Value>, field: &str, rule: UrlRule) -> Result<Option<String>, FieldError> {
    let Some(stated) = text(claims, field)? else { return Ok(None) };
    let scheme_fits = |url: &Url| url.scheme() == "https" || (rule == UrlRule::HttpToo && url.scheme() == "http");
    match Url::parse(stated) {
        Ok(url) if stated.len() <= URL_MAX && scheme_fits(&url) && url.username().is_empty() && url.password().is_none() => {
            Ok(Some(url.into()))
        }
        _ => Err(at(field, "must be an absolute https URL of at most 2048 characters, without a user name")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: Timestamp = Timestamp::from_seconds(1_799_999_000);

    fn claims(change: &[(&str, Value)]) -> Map<String, Value> {
        let mut claims = json!({"amount": "12.50", "currency": "USD", "reference": "A-1", "exp": 1_800_000_000});
        for (field, value) in change {
            claims[*field] = value.clone();
        }
        claims.as_object().unwrap().clone()
    }

    #[test]
    fn a_good_order_is_read_as_it_is_stated() {
        let order =
            read(&claims(&[("success_url", json!("https://shop.example/thanks")), ("description", json!("Beans"))]), UrlRule::Https, NOW)
                .unwrap();
        assert_eq!(order.price().to_string(), "12.50 USD");
        assert_eq!(order.expires_at, Timestamp::from_seconds(1_800_000_000));
        assert_eq!(order.success_url.as_deref(), Some("https://shop.example/thanks"));
    }

    #[test]
    fn the_field_at_fault_is_named() {
        let cases: &[(&str, Value)] = &[
            ("amount", Value::Null),
            ("amount", json!(12.5)),
            ("amount", json!("1e3")),
            ("amount", json!("0")),
            ("amount", json!("-1")),
            ("amount", json!("1.001")),
            ("currency", json!("US Dollar")),
            ("currency", Value::Null),
            ("reference", json!("")),
            ("reference", json!("a\nb")),
            ("reference", json!("x".repeat(129))),
            ("exp", json!("tomorrow")),
            ("exp", json!(1.5)),
            ("exp", json!(1_800_000_000_000_i64)),
            ("exp", Value::Null),
            ("description", json!("x".repeat(257))),
            ("success_url", json!("javascript:alert(1)")),
            ("success_url", json!("http://shop.example")),
            ("success_url", json!("https://user:secret@shop.example")),
            ("cancel_url", json!("/relative")),
            ("capture", json!("later")),
            ("prices", json!({})),
            ("prices[0].currency", json!([{"amount": "1"}])),
            ("prices[1].amount", json!([{"amount": "850", "currency": "VET"}, {"amount": 1, "currency": "OCE"}])),
            ("prices[1].currency", json!([{"amount": "850", "currency": "VET"}, {"amount": "1", "currency": "vet"}])),
            ("prices[0].currency", json!([{"amount": "12.50", "currency": "USD"}])),
            ("lines[0].title", json!([{"title": " ", "quantity": 1, "unit_price": "12.50"}])),
            ("lines[0].quantity", json!([{"title": "a", "quantity": 0, "unit_price": "12.50"}])),
            ("lines[0].quantity", json!([{"title": "a", "quantity": 1.5, "unit_price": "12.50"}])),
            ("lines[0].unit_price", json!([{"title": "a", "quantity": 1, "unit_price": "12.505"}])),
            ("lines", json!([{"title": "a", "quantity": 1, "unit_price": "12.49"}])),
            ("lines", json!(["a"])),
            ("tax", json!("1.00")),
        ];
        for (field, value) in cases {
            let claim = field.split('[').next().unwrap();
            let error = read(&claims(&[(claim, value.clone())]), UrlRule::Https, NOW).unwrap_err();
            assert_eq!(error.field, *field, "{value}");
        }
    }

    #[test]
    fn prices_lines_and_tax_are_read_and_add_up() {
        let stated = [
            ("prices", json!([{"amount": "850", "currency": "vet"}])),
            (
                "lines",
                json!([{"title": "Beans", "quantity": 3, "unit_price": "3.50"}, {"title": "Mug", "quantity": 1, "unit_price": "1.00"}]),
            ),
            ("tax", json!("1.00")),
            ("capture", json!("manual")),
        ];
        let order = read(&claims(&stated), UrlRule::Https, NOW).unwrap();
        assert_eq!(order.prices[0].to_string(), "850 VET");
        assert_eq!((order.lines.len(), order.lines[0].quantity, order.tax), (2, 3, Amount::parse("1.00")));
        assert_eq!(order.capture, Capture::Manual);
    }

    #[test]
    fn decimals_are_those_of_the_currency() {
        let reads = |amount: &str, currency: &str| {
            read(&claims(&[("amount", json!(amount)), ("currency", json!(currency))]), UrlRule::Https, NOW).is_ok()
        };
        assert!(reads("1500", "JPY") && !reads("1500.5", "JPY") && reads("1500.00", "JPY"));
        assert!(reads("1.234", "BHD") && !reads("1.2345", "BHD"));
        assert!(reads("0.000000000000000001", "ETH") && !reads("0.0000000000000000001", "ETH"));
    }
}
