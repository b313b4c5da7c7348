//! The unit in which Onecheckout writes amounts, converted exactly: by moving the decimal point, never by dividing. Why the unit is a
//! setting is told in [`super`].

use crate::provider::ProviderError;
use crate::providers::endpoint::number;
use checkout_shared::money::{Amount, Currency};
use rust_decimal::Decimal;
use serde_json::value::RawValue;

/// In which unit the account writes amounts (`ONECHECKOUT_AMOUNTS`).
///
/// The vendor's paragraph on minor units tells two kinds of currencies: with two decimals, in hundredths, and with none, whole. What it
/// makes of three decimals it does not say: a thousandth, as ISO 4217 has it, or a hundredth, which would be ten times the price. So in
/// minor units no other currencies are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amounts {
    /// `25.99` is 25.99 dollars.
    Major,
    /// `2599` is 25.99 dollars; `2599` is 2599 yen, which have no smaller unit. There are no dinars, which have a thousand fils.
    Minor,
}

impl Amounts {
    /// The words of the setting, the default first.
    pub(super) const WORDS: &[(&str, Self)] = &[("major", Self::Major), ("minor", Self::Minor)];

    /// How many decimals a currency has that prices can be sent in.
    pub(super) fn exponent(self, currency: &Currency) -> Option<u32> {
        exponent(currency).filter(|exponent| self == Self::Major || matches!(exponent, 0 | 2))
    }

    /// An amount as it is sent, for `field`. Refused where the currency has no such amount: a cent is not divided.
    pub(super) fn written(self, field: &str, amount: Amount, currency: &Currency) -> Result<Box<RawValue>, ProviderError> {
        let exponent = self.exponent(currency).ok_or_else(|| match self {
            Self::Major => ProviderError::refused("currency", "is no currency of ISO 4217"),
            Self::Minor => ProviderError::refused("currency", "is no currency of ISO 4217 with two decimals or none"),
        })?;
        let too_fine = || ProviderError::refused(field, "has more decimals than its currency");
        let bare = amount.0.normalize();
        match self {
            _ if bare.scale() > exponent => Err(too_fine()),
            Self::Major => number(amount),
            Self::Minor => {
                let whole = power_of_ten(exponent).and_then(|factor| bare.checked_mul(factor)).ok_or_else(too_fine)?;
                number(Amount(whole.normalize()))
            }
        }
    }

    /// An amount as it was written. `zero_decimal` is what the vendor says of the currency: where it sees decimals that ISO 4217 does
    /// not, its unit is a hundredth. `None`: it cannot be said how much that is.
    pub(super) fn read(self, written: Decimal, currency: &Currency, zero_decimal: Option<bool>) -> Option<Amount> {
        match self {
            Self::Major => Some(Amount(written)),
            Self::Minor => {
                let exponent = match (zero_decimal, exponent(currency)?) {
                    (Some(true), _) => 0,
                    (Some(false), 0) => 2,
                    (_, exponent) => exponent,
                };
                Decimal::try_from_i128_with_scale(written.mantissa(), written.scale() + exponent).ok().map(Amount)
            }
        }
    }
}

/// How many decimals a currency has. `None`: it is not one of ISO 4217's, or has none there.
fn exponent(currency: &Currency) -> Option<u32> {
    iso_currency::Currency::from_code(currency.as_str())?.exponent().map(u32::from)
}

fn power_of_ten(exponent: u32) -> Option<Decimal> {
    Decimal::try_from_i128_with_scale(10_i128.checked_pow(exponent)?, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(units: Amounts, amount: &str, currency: &str) -> Result<String, ProviderError> {
        let (amount, currency) = (Amount::parse(amount).unwrap(), Currency::new(currency).unwrap());
        units.written("unit_price", amount, &currency).map(|number| number.get().to_owned())
    }

    fn read(written: &str, currency: &str, zero_decimal: Option<bool>) -> Option<String> {
        let read = Amounts::Minor.read(written.parse().unwrap(), &Currency::new(currency).unwrap(), zero_decimal);
        read.map(|amount| amount.to_string())
    }

    #[test]
    fn minor_units_are_those_of_the_currency() {
        for (amount, currency, minor) in
            [("25.50", "USD", "2550"), ("25", "USD", "2500"), ("0.01", "EUR", "1"), ("1500", "JPY", "1500"), ("1500.00", "JPY", "1500")]
        {
            assert_eq!(written(Amounts::Minor, amount, currency).as_deref(), Ok(minor), "{amount} {currency}");
            let back = Amount::parse(&read(minor, currency, None).unwrap()).unwrap();
            assert_eq!(back, Amount::parse(amount).unwrap(), "{minor} {currency}");
        }
    }

    #[test]
    fn major_units_are_sent_digit_by_digit() {
        for (amount, currency) in [("25.50", "USD"), ("1500", "JPY"), ("1.234", "BHD"), ("25", "EUR")] {
            assert_eq!(written(Amounts::Major, amount, currency).as_deref(), Ok(amount), "{currency}");
        }
    }

    #[test]
    fn what_a_currency_does_not_have_is_refused_before_it_is_sent() {
        for units in [Amounts::Major, Amounts::Minor] {
            for (amount, currency, at_fault) in
                [("25.505", "USD", "unit_price"), ("0.5", "JPY", "unit_price"), ("1", "BTC", "currency"), ("1", "XAU", "currency")]
            {
                let refused = written(units, amount, currency);
                let Err(ProviderError::Answered { status: 400, field, .. }) = &refused else { panic!("{refused:?}") };
                assert_eq!(field.as_deref(), Some(at_fault), "{amount} {currency}");
            }
        }
        assert!(written(Amounts::Major, "1.2345", "BHD").is_err());
        for (amount, currency) in [("1.234", "BHD"), ("1", "KWD"), ("1.0000", "CLF")] {
            assert!(written(Amounts::Major, amount, currency).is_ok(), "{amount} {currency}");
            let refused = written(Amounts::Minor, amount, currency);
            let Err(ProviderError::Answered { field, .. }) = &refused else { panic!("{refused:?}") };
            assert_eq!(field.as_deref(), Some("currency"), "{amount} {currency}");
        }
        assert!(written(Amounts::Minor, "7922816251426433759354395033", "USD").is_err(), "larger than a number can be");
    }

    #[test]
    fn the_vendors_word_on_decimals_outranks_the_list() {
        assert_eq!(read("1000", "ISK", None).as_deref(), Some("1000"));
        assert_eq!(read("1000", "ISK", Some(false)).as_deref(), Some("10.00"));
        assert_eq!(read("1000", "USD", Some(true)).as_deref(), Some("1000"));
        assert_eq!(read("1000", "USD", Some(false)).as_deref(), Some("10.00"));
        assert_eq!(read("1000", "BHD", Some(false)).as_deref(), Some("1.000"));
        assert_eq!(read("1000", "BTC", None), None);
        assert_eq!(read("0.0000000000000000000000000001", "USD", None), None, "more digits than a decimal holds");
    }
}
