//! What one coin costs, to judge an amount by: worked out here, shown as roughly that much, and never paid by. Exact whole numbers all
//! the way; a division of decimals would weigh ten times as much.

use checkout_shared::money::{Amount, Money};

/// So many digits are told at least; and cents, where there are any.
const DIGITS: i32 = 6;

/// The price of one coin, where `coins` cost `price`: six digits of it, or more where cents would be cut off. None where it is nothing to
/// tell: both in one currency, nothing of either, or a rate beyond all that coins and money are worth.
#[must_use]
pub fn rate(price: &Money, coins: &Money) -> Option<Money> {
    if price.currency == coins.currency {
        return None;
    }
    let amount = quotient(price.amount, coins.amount)?;
    Some(Money { amount, currency: price.currency.clone() })
}

/// Long division as at school: how many times the divisor can be taken away gives each digit, from the first one that is not 0.
fn quotient(Amount(dividend): Amount, Amount(divisor): Amount) -> Option<Amount> {
    let (mut rest, mut part) = (u128::try_from(dividend.mantissa()).ok()?, u128::try_from(divisor.mantissa()).ok()?);
    if rest == 0 || part == 0 {
        return None;
    }
    // The power of ten of the first digit. Numbers of 96 bits leave room for one digit more.
    let mut power = i32::try_from(divisor.scale()).ok()? - i32::try_from(dividend.scale()).ok()?;
    while rest >= part * 10 {
        part *= 10;
        power += 1;
    }
    while rest < part {
        rest *= 10;
        power -= 1;
    }
    let digits = DIGITS.max(power + 3);
    if !(-12..12).contains(&power) {
        return None;
    }
    let mut quotient: i64 = 0;
    for _ in 0..digits {
        let mut digit = 0;
        while rest >= part {
            rest -= part;
            digit += 1;
        }
        quotient = quotient * 10 + digit;
        rest *= 10;
    }
    if rest >= part * 5 {
        quotient += 1;
    }
    Amount::new(quotient, u32::try_from(digits - 1 - power).ok()?).map(Amount::without_zeros)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(price: &str, coins: &str) -> Option<String> {
        let money = |amount: &str, code: &str| Money { amount: Amount::parse(amount).unwrap(), currency: code.parse().unwrap() };
        rate(&money(price, "USD"), &money(coins, "BTC")).map(|rate| rate.to_string())
    }

    #[test]
    fn a_rate_has_six_digits_and_its_cents() {
        for (price, coins, expected) in [
            ("49.90", "49.913251", "0.999735 USD"),
            ("49.90", "49.90", "1 USD"),
            ("49.90", "0.00051383", "97113.83 USD"),
            ("18.90", "840.0", "0.0225 USD"),
            ("18.90", "817.3", "0.0231249 USD"),
            ("100", "3", "33.3333 USD"),
            ("200", "3", "66.6667 USD"),
            ("0.01", "1000000", "0.00000001 USD"),
            ("9.999999", "1", "10 USD"),
            ("1000000", "0.001", "1000000000 USD"),
            ("79228162514264337593543950335", "79228162514264337593543950335", "1 USD"),
            ("79228162514264337593543950335", "39614081257132168796771975167", "2 USD"),
        ] {
            assert_eq!(said(price, coins).as_deref(), Some(expected), "{price} / {coins}");
        }
    }

    #[test]
    fn what_says_nothing_is_not_said() {
        for (price, coins) in
            [("0", "1"), ("1", "0"), ("-1", "1"), ("79228162514264337593543950335", "1"), ("1", "79228162514264337593543950335")]
        {
            assert_eq!(said(price, coins), None, "{price} / {coins}");
        }
        let one = Money { amount: Amount::parse("1").unwrap(), currency: "USDT".parse().unwrap() };
        assert_eq!(rate(&one, &one), None);
    }
}
