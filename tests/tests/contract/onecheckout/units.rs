//! Amounts in major and in minor units, for currencies with two and with no decimals; in major units also for those with three.

use super::world::{KEY, World, account, money, ok, purchase};
use checkout_core::provider::{PaymentStatus, Provider, ProviderError};
use checkout_shared::money::Amount;
use checkout_shared::order::Line;
use checkout_tests::driver::run;
use checkout_tests::simulators::Action;
use checkout_tests::simulators::onecheckout::{Config, Units};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

fn set_to(amounts: &str) -> Box<dyn Provider> {
    account(|name| match name {
        "ONECHECKOUT_API_KEY" => Some(KEY.to_owned()),
        "ONECHECKOUT_AMOUNTS" => Some(amounts.to_owned()),
        _ => None,
    })
}

fn in_units(units: Units) -> World {
    World::new(Config { units, ..Config::new(KEY) })
}

/// The text of every number in a body, by the name of its field, in order.
fn numbers(body: &str, name: &str) -> Vec<String> {
    let marked = format!("\"{name}\":");
    body.split(&marked).skip(1).map(|rest| rest.split([',', '}', ']']).next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn a_price_is_sent_in_the_unit_that_is_set_and_comes_back_the_same() {
    for (amount, currency, major, minor) in [
        ("25.50", "USD", "25.50", "2550"),
        ("61.97", "EUR", "61.97", "6197"),
        ("1500", "JPY", "1500", "1500"),
        ("7.125", "BHD", "7.125", ""),
        ("7.1", "BHD", "7.1", ""),
    ] {
        for (units, written) in [(Units::Major, major), (Units::Minor, minor)] {
            // How the vendor writes thousandths in minor units it does not say.
            if written.is_empty() {
                continue;
            }
            let mut world = in_units(units);
            let created = world.create(&purchase(amount, currency)).unwrap();
            assert_eq!(numbers(&world.simulated.requests()[0].body, "unit_price"), [written], "{amount} {currency}");
            assert_eq!(created.stated.price, Some(money(amount, currency)), "{units:?}");
            assert_eq!(Some(world.simulated.payments("")[0].amount), Amount::parse(amount), "{units:?}");
            world.act(&created.provider_reference, Action::Exact);
            let snapshot = world.fetch(&created.provider_reference).unwrap();
            assert_eq!((snapshot.status, snapshot.stated.price), (PaymentStatus::Paid, Some(money(amount, currency))), "{units:?}");
        }
    }
}

#[test]
fn lines_and_tax_are_in_the_same_unit() {
    let line =
        |title: &str, quantity, unit_price| Line { title: title.to_owned(), quantity, unit_price: Amount::parse(unit_price).unwrap() };
    let mut purchase = purchase("25.50", "USD");
    purchase.lines = vec![line("Coffee", 2, "7.25"), line("Mug", 1, "9.00")];
    purchase.tax = Amount::parse("2.00");
    for (units, prices, tax) in [(Units::Major, ["7.25", "9.00"], "2.00"), (Units::Minor, ["725", "900"], "200")] {
        let mut world = in_units(units);
        let created = world.create(&purchase).unwrap();
        let body = &world.simulated.requests()[0].body;
        assert_eq!((numbers(body, "unit_price"), numbers(body, "tax_amount")), (prices.map(str::to_owned).to_vec(), vec![tax.to_owned()]));
        assert_eq!(created.stated.price, Some(money("25.50", "USD")), "{units:?}: they add up");
    }
}

#[test]
fn what_is_no_whole_number_of_the_smallest_unit_is_never_sent() {
    let at_fault = |amounts: &str, amount: &str, currency: &str| {
        let refused = run(set_to(amounts).create(&purchase(amount, currency)), |_| panic!("{amount} {currency} is sent"));
        let Err(ProviderError::Answered { field, .. }) = refused else { panic!("{refused:?}") };
        field.unwrap_or_default()
    };
    for (amount, currency) in [("25.505", "USD"), ("0.5", "JPY")] {
        for amounts in ["major", "minor"] {
            assert_eq!(at_fault(amounts, amount, currency), "unit_price", "{amount} {currency}");
        }
    }
    assert_eq!(at_fault("major", "7.1255", "BHD"), "unit_price");
    for (amount, currency) in [("7.125", "BHD"), ("7", "KWD"), ("7.1255", "BHD"), ("7", "CLF")] {
        assert_eq!(at_fault("minor", amount, currency), "currency", "{amount} {currency}: by a thousandth or a hundredth?");
    }
}

/// Why the setting must be looked at once with a real key: nothing that is answered tells the one unit from the other.
#[test]
fn a_wrong_unit_shows_on_the_hosted_page_alone() {
    let mut world = in_units(Units::Major);
    world.tell("ONECHECKOUT_AMOUNTS", "minor");
    let created = world.create(&purchase("25.50", "USD")).unwrap();
    assert_eq!(created.stated.price, Some(money("25.50", "USD")));
    assert_eq!(world.simulated.payments("")[0].amount.to_string(), "2550");
    // The other way round the vendor refuses what has a fraction.
    let mut world = in_units(Units::Minor);
    world.tell("ONECHECKOUT_AMOUNTS", "major");
    let refused = world.create(&purchase("25.50", "USD"));
    assert!(matches!(&refused, Err(ProviderError::Answered { status: 400, .. })), "{refused:?}");
}

#[test]
fn the_vendors_word_on_decimals_outranks_ours() {
    for (currency, zero_decimal, written, price) in [
        ("USD", "false", "2550", "25.50"),
        ("JPY", "true", "1500", "1500"),
        ("BHD", "false", "7125", "7.125"),
        // Iceland's crown has no decimals any more, and card networks give it two.
        ("ISK", "false", "150000", "1500.00"),
        ("ISK", "true", "1500", "1500"),
    ] {
        let body = format!(r#"{{"id":"1","status":"PAID","amount":{written},"currency":"{currency}","zero_decimal":{zero_decimal}}}"#);
        let snapshot = run(set_to("minor").fetch("1"), |_| ok(body.clone())).unwrap();
        assert_eq!(snapshot.stated.price, Some(money(price, currency)), "{body}");
    }
}

#[test]
fn a_minor_amount_in_what_has_no_known_unit_is_not_guessed() {
    let body = r#"{"id":"1","status":"PAID","amount":2550,"currency":"XYZ"}"#;
    let outcome = run(set_to("minor").fetch("1"), |_| ok(body));
    assert!(matches!(outcome, Err(ProviderError::NotSent { .. })), "{outcome:?}");
    assert!(run(set_to("major").fetch("1"), |_| ok(body)).is_ok());
}

#[test]
fn bodies_are_numbers_and_not_texts() {
    let mut world = in_units(Units::Major);
    world.create(&purchase("25.50", "USD")).unwrap();
    let body: BTreeMap<String, Box<RawValue>> = serde_json::from_str(&world.simulated.requests()[0].body).unwrap();
    let lines: Vec<BTreeMap<String, Box<RawValue>>> = serde_json::from_str(body["order_lines"].get()).unwrap();
    assert_eq!((lines[0]["unit_price"].get(), lines[0]["quantity"].get(), lines[0]["title"].get()), ("25.50", "1", "\"Two tickets\""));
}
