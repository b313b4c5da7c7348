//! What order/create is told: prices that every implementation signs alike, and what the merchant's settings add.

use super::world::{World, account, purchase};
use checkout_core::provider::{Provider, ProviderError, Purchase};
use checkout_core::providers::okipays::Terms;
use checkout_shared::money::Amount;
use checkout_shared::time::Millis;
use checkout_tests::driver::run;
use checkout_tests::simulators::okipays::{Config, NetworkList};
use serde_json::{Value, json};

/// The body of order/create.
fn created(purchase: &Purchase, terms: Terms) -> (Value, String) {
    let mut sent = String::new();
    let outcome = run(account(terms).create(purchase), |request| {
        sent = String::from_utf8(request.body().to_vec()).unwrap();
        http::Response::new("".into())
    });
    assert!(matches!(outcome, Err(ProviderError::MaybeSent { .. })), "{outcome:?}");
    (serde_json::from_str(&sent).unwrap(), sent)
}

/// Whole prices as whole numbers, others as text without trailing zeros, which is the same to the signature whether the vendor takes it
/// for text or for a number. Never a fraction as a number.
#[test]
fn prices_are_written_as_every_implementation_signs_them() {
    for (price, written) in [
        ("15", "15"),
        ("15.00", "15"),
        ("1000", "1000"),
        ("15.50", "\"15.5\""),
        ("25.25", "\"25.25\""),
        ("0.00000001", "\"0.00000001\""),
        ("0.000000000000000001", "\"0.000000000000000001\""),
        ("9007199254740991", "9007199254740991"),
        ("9007199254740992", "\"9007199254740992\""),
        ("12345678901234567890.12345678", "\"12345678901234567890.12345678\""),
    ] {
        let mut purchase = purchase();
        purchase.price.amount = Amount::parse(price).unwrap();
        let (_, sent) = created(&purchase, Terms::default());
        assert!(sent.contains(&format!("\"price\":{written},")), "{price}: {sent}");
    }
}

#[test]
fn what_is_not_known_or_not_wanted_is_left_out() {
    let (whole, _) = created(&purchase(), Terms { send_redirect: true, include_commission: true });
    assert_eq!((&whole["include_commission"], &whole["redirect_url"]), (&json!(1), &json!(purchase().return_url)));
    let bare = Purchase { description: None, return_url: None, ..purchase() };
    let (bare, _) = created(&bare, Terms { send_redirect: true, include_commission: false });
    let names: Vec<&String> = bare.as_object().unwrap().keys().collect();
    assert_eq!(names, ["include_commission", "order_id", "payment_currency_iso", "price", "request_id", "time_expired"]);
    let (silent, _) = created(&purchase(), Terms::default());
    assert!(silent.get("redirect_url").is_none(), "the customer's address stays here unless the merchant says so");
}

#[test]
fn an_order_ends_when_the_purchase_does() {
    let purchase = Purchase { lifetime: Millis(90_999), ..purchase() };
    let (body, _) = created(&purchase, Terms::default());
    assert_eq!(body["time_expired"], json!(1_728_117_475 + 90));
}

#[test]
fn texts_of_any_language_are_signed_as_they_are_sent() {
    let mut world = World::new();
    let purchase = Purchase { description: Some("Två biljetter – 2 × \"é\\n\" 終 \u{1F39F}".to_owned()), ..purchase() };
    assert!(world.create(&purchase).is_ok());
}

#[test]
fn every_method_on_offer_can_be_created_whichever_list_the_vendor_sends() {
    for (network_list, count) in [(NetworkList::AsDescribed, 8), (NetworkList::AsShown, 4)] {
        let mut world = World::with(Config { network_list, ..Config::new(super::world::TOKEN, super::world::SECRET) });
        let methods = world.methods().unwrap();
        assert_eq!(methods.len(), count, "{methods:?}");
        for (at, listing) in methods.into_iter().enumerate() {
            assert_eq!(listing.priced_in.unwrap()[0].as_str(), "USD");
            let reference = format!("abcdefghijklmnopqrstuvwx27-{}", at + 1);
            world.create(&Purchase { method: listing.method.id, reference, ..purchase() }).unwrap();
        }
    }
}

#[test]
fn cards_are_refused_before_anything_is_sent() {
    let outcome = run(account(Terms::default()).create(&Purchase { method: "page:card".parse().unwrap(), ..purchase() }), |_| panic!());
    assert!(matches!(outcome, Err(ProviderError::Answered { status: 400, .. })), "{outcome:?}");
}
