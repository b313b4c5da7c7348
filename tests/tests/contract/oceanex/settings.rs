//! What is set: which coins the merchant takes, and what payers are asked for.

use checkout_core::provider::Provider;
use checkout_core::providers::configured;
use checkout_core::settings::Settings;
use checkout_core::step::Step;
use checkout_shared::provider::ProviderId;

/// The coins on offer, or what is wrong.
fn offered(stated: &[(&str, &str)]) -> Result<Vec<String>, Vec<String>> {
    let (account, problems) = account(stated);
    if !problems.is_empty() {
        return Err(problems);
    }
    let Ok(Step::Done(listings)) = account.expect("an account").methods() else { panic!("no request is needed") };
    Ok(listings.iter().map(|listing| listing.method.id.to_string()).collect())
}

fn account(stated: &[(&str, &str)]) -> (Option<Box<dyn Provider>>, Vec<String>) {
    let value = |name: &str| {
        let stated = stated.iter().find(|(stated, _)| *stated == name).map(|(_, value)| (*value).to_owned());
        stated.or_else(|| (name == "OCEANEX_API_KEY").then(|| "canary-oceanex-api-key-0001".to_owned()))
    };
    let mut settings = Settings::new(&value);
    let account = configured(ProviderId::Oceanex, &mut settings);
    (account, settings.into_problems())
}

#[test]
fn coins_are_what_is_set_each_once() {
    assert_eq!(offered(&[]).unwrap(), ["VET:vechain"]);
    let stated = "vet:VET  OCE:vechain\tUSDT:erc20 VET:vechain";
    assert_eq!(offered(&[("OCEANEX_COINS", stated)]).unwrap(), ["VET:vechain", "OCE:vechain", "USDT:ethereum"]);
}

#[test]
fn what_is_no_coin_on_a_network_is_a_problem_by_name() {
    for stated in ["VET", "VET:", "page:crypto", "page:card", "VET:vechain,OCE:vechain USD", ":vechain", "VET:vechain canary"] {
        let problems = offered(&[("OCEANEX_COINS", stated)]).unwrap_err();
        assert!(problems.iter().all(|problem| problem.starts_with("OCEANEX_COINS ") && !problem.contains("canary")), "{problems:?}");
    }
}

#[test]
fn what_payers_are_asked_for_is_words() {
    assert!(offered(&[("OCEANEX_REQUESTED_INFO", "email name")]).is_ok());
    for stated in ["email,name", "e-mail", "email&amount=0"] {
        let problems = offered(&[("OCEANEX_REQUESTED_INFO", stated)]).unwrap_err();
        assert!(problems[0].starts_with("OCEANEX_REQUESTED_INFO "), "{problems:?}");
    }
}
