//! Where customers are led. The vendor's sample has lost the slash between host and path; no host but a page's own may come of that.

use super::world::{account, purchase, text};
use checkout_core::provider::{Provider, ProviderError};
use checkout_core::providers::okipays::Terms;
use checkout_shared::session::Instructions;
use checkout_tests::driver::{Numbers, run_numbered};

const AS_SHOWN: &str = "https://api.okipays.comcheckout/4JWOUAGY";

fn led_to(link: &str) -> Result<String, ProviderError> {
    let answer = text("order-create.json").replace(AS_SHOWN, link);
    let created = run_numbered(account(Terms::default()).create(&purchase()), &mut Numbers::starting_at(1, 123), |_| {
        http::Response::new(answer.clone().into())
    });
    match created?.instructions {
        Instructions::Page { url, .. } => Ok(url),
        address @ Instructions::Address(_) => panic!("{address:?}"),
    }
}

#[test]
fn the_lost_slash_is_put_back() {
    assert_eq!(led_to(AS_SHOWN).as_deref(), Ok("https://api.okipays.com/checkout/4JWOUAGY"));
}

#[test]
fn other_https_pages_are_taken_as_they_are() {
    for link in [
        "https://api.okipays.com/checkout/4JWOUAGY",
        "https://okipays.com/checkout/4JWOUAGY",
        "https://checkout.okipays.com/4JWOUAGY?lang=en",
    ] {
        assert_eq!(led_to(link).as_deref(), Ok(link));
    }
}

#[test]
fn nobody_is_led_to_a_host_that_goes_on_where_the_vendors_ends() {
    for link in [
        "https://api.okipays.comcheckout",
        "https://api.okipays.comcheckout.example/4JWOUAGY",
        "https://api.okipays.commerce/checkout/4JWOUAGY",
        "https://api.okipays.com.example/checkout/4JWOUAGY",
        "https://api.okipays.com@example.com/checkout/",
        "https://user@okipays.com/checkout/",
        "http://api.okipays.com/checkout/4JWOUAGY",
        "http://api.okipays.comcheckout/4JWOUAGY",
        "javascript:alert(1)",
        "data:text/html,x",
        "/checkout/4JWOUAGY",
        "checkout/4JWOUAGY",
        "",
    ] {
        let outcome = led_to(link);
        assert!(matches!(outcome, Err(ProviderError::MaybeSent { .. })), "{link}: {outcome:?}");
    }
}
