//! Amounts arrive exactly, however many decimals they have and however they are written.

use crate::texts::{account, after_currencies, in_turn, ok, purchase, with};
use checkout_core::provider::Provider;
use checkout_shared::session::Instructions;
use checkout_tests::driver::run;

/// (as the vendor writes it, what it is)
const AMOUNTS: &[(&str, &str)] = &[
    ("15", "15"),
    ("15.00", "15.00"),
    ("15.25", "15.25"),
    ("1.125", "1.125"),
    ("0.000001", "0.000001"),
    ("25.530612", "25.530612"),
    ("0.00613418", "0.00613418"),
    ("0.1", "0.1"),
    ("0.30000000000000004", "0.30000000000000004"),
    ("0.006134180000000001", "0.006134180000000001"),
    ("123456789.123456789012345678", "123456789.123456789012345678"),
    ("3.079e-5", "0.00003079"),
    ("1E-18", "0.000000000000000001"),
    ("1.5e+3", "1500"),
    ("9007199254740993", "9007199254740993"),
];

#[test]
fn the_amount_to_pay() {
    for (written, amount) in AMOUNTS {
        for json in [(*written).to_owned(), format!("\"{written}\"")] {
            let body = with("white-label.json", "25.530612", &json);
            let created = run(account().create(&purchase("USDT:tron")), after_currencies(ok(body))).unwrap();
            let Instructions::Address(address) = created.instructions else { panic!() };
            assert_eq!(address.amount.amount.to_string(), *amount, "{json}");
        }
    }
}

#[test]
fn the_amount_of_a_transaction_and_of_the_order() {
    for (written, amount) in AMOUNTS {
        for json in [(*written).to_owned(), format!("\"{written}\"")] {
            let body = with("payment-information.json", "0.00613418", &json);
            let snapshot = run(account().fetch("168931368"), in_turn([ok(body)])).unwrap();
            assert_eq!(snapshot.transactions[0].amount.amount.to_string(), *amount, "{json}");
            let body = with("payment-information.json", "\"amount\": 15,", &format!("\"amount\": {json},"));
            let snapshot = run(account().fetch("168931368"), in_turn([ok(body)])).unwrap();
            assert_eq!(snapshot.stated.price.unwrap().amount.to_string(), *amount, "{json}");
        }
    }
}
