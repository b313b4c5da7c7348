//! Amounts arrive exactly, however many decimals they have and however they are written.

use crate::suite::every_provider;
use checkout_shared::money::Amount;

/// (as a vendor may write it, what it is)
const AMOUNTS: &[(&str, &str)] = &[
    ("15", "15"),
    ("15.00", "15"),
    ("15.25", "15.25"),
    ("0.1", "0.1"),
    ("1.125", "1.125"),
    ("25.530612", "25.530612"),
    ("0.00613418", "0.00613418"),
    ("0.000001", "0.000001"),
    ("0.30000000000000004", "0.30000000000000004"),
    ("0.006134180000000001", "0.006134180000000001"),
    ("123456789.123456789012345678", "123456789.123456789012345678"),
    ("9007199254740993", "9007199254740993"),
    ("3.079e-5", "0.00003079"),
    ("1E-18", "0.000000000000000001"),
    ("1.5e+3", "1500"),
];

#[test]
fn amounts_are_read_digit_by_digit() {
    every_provider(|contract, failures| {
        let account = contract.account();
        failures.check(!contract.amounts.is_empty(), contract.id, || "it has no [[amount]]".to_owned());
        for place in &contract.amounts {
            let exchange = contract.exchange(&place.exchange);
            let last = exchange.steps.last().expect("an exchange that asks something");
            for (written, amount) in AMOUNTS {
                for json in [(*written).to_owned(), format!("\"{written}\"")] {
                    let answer = contract.answer_with(last, &place.replace, &place.with.replace("{value}", &json));
                    let played = contract.play_last(account.as_ref(), exchange, answer);
                    let told = played.told();
                    let understood = played.outcome.and_then(Result::ok);
                    let found = understood.as_ref().and_then(|understood| understood.json.pointer(&place.at)?.as_str());
                    let held = found.and_then(Amount::parse) == Amount::parse(amount);
                    let at = contract.at(&format!("{} {}", exchange.name, place.at));
                    failures.check(held, at, || format!("{json} came out as {found:?}: {told}"));
                }
            }
        }
    });
}

#[test]
fn what_is_no_amount_is_not_read_as_one() {
    every_provider(|contract, failures| {
        let account = contract.account();
        for place in &contract.amounts {
            let exchange = contract.exchange(&place.exchange);
            let last = exchange.steps.last().expect("an exchange that asks something");
            for json in ["\"abc\"", "\"1,5\"", "\"1_000\"", "\"NaN\"", "\"0x1\"", "{}", "[1]", "true", "1e999"] {
                let answer = contract.answer_with(last, &place.replace, &place.with.replace("{value}", json));
                let played = contract.play_last(account.as_ref(), exchange, answer);
                let told = played.told();
                let understood = played.outcome.and_then(Result::ok);
                let found = understood.as_ref().and_then(|understood| understood.json.pointer(&place.at)).filter(|found| !found.is_null());
                let at = contract.at(&format!("{} {}", exchange.name, place.at));
                failures.check(found.is_none(), at, || format!("{json} came out as {found:?}: {told}"));
            }
        }
    });
}
