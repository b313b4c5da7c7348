//! The Worker's configuration, built from named values. Reading those from the platform is the shell's; how a value is read is
//! [`crate::settings`]'s; what a provider needs is its own file's.

use crate::catalogue::Preference;
use crate::identity::KeyPair;
use crate::merchant_endpoint::MerchantEndpoint;
use crate::order_claims::UrlRule;
use crate::provider::Provider;
use crate::providers;
use crate::secret::Secret;
use crate::settings::Settings;
use checkout_shared::provider::ProviderId;
use checkout_shared::time::Millis;
use url::Url;

/// How far the sandbox's clock may be ahead or behind, in seconds: ten years.
const CLOCK_AHEAD_MAX: i64 = 10 * 365 * 24 * 60 * 60;

/// Everything the Worker is told by its operator.
#[derive(Debug)]
pub struct Config {
    /// The Worker's own origin, e.g. `https://pay.shop.example`: where providers send notifications and customers come back to.
    pub public_url: String,
    /// Keeps the session ids of two shops apart that share references.
    pub namespace: String,
    /// The name customers read.
    pub merchant_name: String,
    /// The sign customers know the merchant by: an image's address, or the image itself.
    pub merchant_logo: Option<Url>,
    /// The origins whose pages may embed the checkout.
    pub storefront_origins: Vec<String>,
    /// Whether `http` URLs are let pass, for tests on one's own machine.
    pub sandbox: bool,
    /// Order tokens.
    pub order_keys: KeyPair,
    /// Client tokens.
    pub client_keys: KeyPair,
    /// The merchant's own access.
    pub merchant_key: Secret,
    /// Which provider is asked first.
    pub preference: Preference,
    /// Where the merchant is told what happens, if anywhere.
    pub endpoint: Option<MerchantEndpoint>,
    /// How long a session is kept after all is over with it.
    pub retention: Millis,
    /// How far the Worker's clock is ahead of the true one (negative: behind), for tests of long waits. Zero outside the sandbox.
    pub clock_ahead: Millis,
    providers: Vec<Box<dyn Provider>>,
}

/// What is missing or wrong, by name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the configuration is incomplete: {}", .0.join("; "))]
pub struct ConfigError(pub Vec<String>);

impl Config {
    /// Builds the configuration from named values (`[vars]` and secrets of `wrangler.toml`).
    pub fn build(value: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut settings = Settings::new(&value);
        let config = Self {
            public_url: settings.origin("PUBLIC_URL"),
            namespace: settings.optional("NAMESPACE").unwrap_or_else(|| "edge-checkout".to_owned()),
            merchant_name: settings.optional("MERCHANT_NAME").unwrap_or_default(),
            merchant_logo: settings.image("MERCHANT_LOGO"),
            storefront_origins: settings.origins("STOREFRONT_ORIGINS"),
            sandbox: settings.sandbox(),
            order_keys: settings.signing_keys("ORDER_SIGNING_KEY"),
            client_keys: settings.signing_keys("CLIENT_TOKEN_KEY"),
            merchant_key: settings.signing_key("MERCHANT_KEY"),
            preference: Preference::configured(&mut settings),
            endpoint: MerchantEndpoint::configured(&mut settings),
            retention: Millis::hours(24 * settings.whole("RETENTION_DAYS", 1..=3650, 90)),
            clock_ahead: clock_ahead(&mut settings),
            providers: ProviderId::ALL.iter().filter_map(|id| providers::configured(*id, &mut settings)).collect(),
        };
        let none_enabled = config.providers.is_empty();
        let mut problems = settings.into_problems();
        if none_enabled {
            problems.push("no provider is enabled: set the keys of at least one, e.g. OXAPAY_MERCHANT_KEY".to_owned());
        }
        if problems.is_empty() { Ok(config) } else { Err(ConfigError(problems)) }
    }

    /// The enabled providers, the preferred one first.
    #[must_use]
    pub fn enabled(&self) -> Vec<ProviderId> {
        self.providers.iter().map(|provider| provider.id()).collect()
    }

    /// A provider's account, if it is enabled.
    #[must_use]
    pub fn provider(&self, id: ProviderId) -> Option<&dyn Provider> {
        self.providers.iter().find(|provider| provider.id() == id).map(AsRef::as_ref)
    }

    /// Which URLs an order may name.
    #[must_use]
    pub const fn url_rule(&self) -> UrlRule {
        if self.sandbox { UrlRule::HttpToo } else { UrlRule::Https }
    }
}

fn clock_ahead(settings: &mut Settings) -> Millis {
    let seconds = settings.whole("CLOCK_AHEAD_SECONDS", -CLOCK_AHEAD_MAX..=CLOCK_AHEAD_MAX, 0);
    if seconds != 0 && !settings.sandbox() {
        settings.problem("CLOCK_AHEAD_SECONDS", "is for the sandbox only");
    }
    Millis::seconds(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    fn good() -> HashMap<&'static str, String> {
        HashMap::from([
            ("PUBLIC_URL", "https://pay.shop.example".to_owned()),
            ("STOREFRONT_ORIGINS", "https://shop.example https://www.shop.example".to_owned()),
            ("ORDER_SIGNING_KEY", "canary-order-signing-key-0123456789".to_owned()),
            ("CLIENT_TOKEN_KEY", "canary-client-token-key-0123456789".to_owned()),
            ("MERCHANT_KEY", "canary-merchant-key-0123456789-abcd".to_owned()),
            ("OXAPAY_MERCHANT_KEY", "canary-oxapay".to_owned()),
        ])
    }

    fn build(values: &HashMap<&'static str, String>) -> Result<Config, ConfigError> {
        Config::build(|name| values.get(name).cloned())
    }

    #[test]
    fn a_whole_configuration_enables_its_providers() {
        let config = build(&good()).unwrap();
        assert_eq!(config.enabled(), [ProviderId::Oxapay]);
        assert_eq!(config.storefront_origins, ["https://shop.example", "https://www.shop.example"]);
    }

    #[test]
    fn every_problem_is_named_at_once_and_no_value_is() {
        let mut values = good();
        values.remove("PUBLIC_URL");
        values.remove("OXAPAY_MERCHANT_KEY");
        values.insert("ORDER_SIGNING_KEY", "canary-short".to_owned());
        values.insert("SANDBOX", "canary".to_owned());
        values.insert("STOREFRONT_ORIGINS", "https://shop.example/canary".to_owned());
        let told = build(&values).unwrap_err().to_string();
        for name in ["PUBLIC_URL", "OXAPAY_MERCHANT_KEY", "ORDER_SIGNING_KEY", "SANDBOX", "STOREFRONT_ORIGINS"] {
            assert!(told.contains(name), "{name} in {told}");
        }
        assert!(!told.contains("canary"), "{told}");
    }

    #[test]
    fn half_an_account_is_a_problem_and_names_what_is_missing() {
        let mut values = good();
        values.insert("OKIPAYS_TOKEN", "canary-token".to_owned());
        let told = build(&values).unwrap_err().to_string();
        assert!(told.contains("OKIPAYS_SECRET is missing, while OKIPAYS_TOKEN is set") && !told.contains("canary"), "{told}");
    }

    #[test]
    fn http_is_for_the_sandbox_only() {
        let mut values = good();
        values.insert("PUBLIC_URL", "http://127.0.0.1:8787".to_owned());
        values.insert("OXAPAY_URL", "http://127.0.0.1:9000/v1".to_owned());
        assert!(build(&values).is_err());
        values.insert("SANDBOX", "true".to_owned());
        assert!(build(&values).is_ok());
    }

    #[test]
    fn no_key_shows_when_the_configuration_is_debugged() {
        let mut values = good();
        values.insert("WEBHOOK_URL", "https://shop.example/canary".to_owned());
        values.insert("WEBHOOK_SIGNING_KEY", "whsec_canarycanarycanarycanarycanarycanary".to_owned());
        let config = build(&values).unwrap();
        assert!(config.endpoint.is_some());
        assert!(!format!("{config:?}").contains("canary"));
    }

    #[test]
    fn sessions_are_kept_for_ninety_days_unless_it_is_stated_otherwise() {
        let mut values = good();
        assert_eq!(build(&values).unwrap().retention, Millis::hours(24 * 90));
        for (stated, days) in [("1", 1), (" 30 ", 30), ("3650", 3650)] {
            values.insert("RETENTION_DAYS", stated.to_owned());
            assert_eq!(build(&values).unwrap().retention, Millis::hours(24 * days), "{stated}");
        }
        for stated in ["0", "-1", "3651", "1.5", "90 days", "99999999999999999999"] {
            values.insert("RETENTION_DAYS", stated.to_owned());
            assert_eq!(build(&values).unwrap_err().0, ["RETENTION_DAYS must be a whole number from 1 to 3650"], "{stated}");
        }
    }

    #[test]
    fn the_merchants_logo_is_an_image_by_https_or_in_itself() {
        let mut values = good();
        assert_eq!(build(&values).unwrap().merchant_logo, None);
        for stated in ["https://shop.example/sign.svg?v=2", "data:image/svg+xml,%3Csvg%20xmlns='http://www.w3.org/2000/svg'/%3E"] {
            values.insert("MERCHANT_LOGO", stated.to_owned());
            assert_eq!(build(&values).unwrap().merchant_logo.unwrap().as_str(), stated);
        }
        let long = format!("data:image/png;base64,{}", "A".repeat(4096));
        let canaries =
            ["http://shop.example/canary.svg", "canary.svg", "data:text/html,canary", "https://canary@shop.example/", "https:///"];
        for stated in canaries.into_iter().chain([long.as_str()]) {
            values.insert("MERCHANT_LOGO", stated.to_owned());
            let told = build(&values).unwrap_err().0;
            let expected = "MERCHANT_LOGO must be an https address or a data: URL of an image, of at most 4096 characters";
            assert_eq!(told, [expected], "{stated}");
        }
        values.insert("MERCHANT_LOGO", "http://localhost:8788/sign.svg".to_owned());
        values.insert("SANDBOX", "true".to_owned());
        assert!(build(&values).unwrap().merchant_logo.is_some());
    }

    #[test]
    fn the_clock_is_set_in_the_sandbox_only() {
        let mut values = good();
        assert_eq!(build(&values).unwrap().clock_ahead, Millis(0));
        values.insert("CLOCK_AHEAD_SECONDS", "0".to_owned());
        assert_eq!(build(&values).unwrap().clock_ahead, Millis(0));
        values.insert("CLOCK_AHEAD_SECONDS", "-86400".to_owned());
        assert_eq!(build(&values).unwrap_err().0, ["CLOCK_AHEAD_SECONDS is for the sandbox only"]);
        values.insert("SANDBOX", "true".to_owned());
        assert_eq!(build(&values).unwrap().clock_ahead, Millis::hours(-24));
        values.insert("CLOCK_AHEAD_SECONDS", "soon".to_owned());
        assert!(build(&values).unwrap_err().to_string().contains("CLOCK_AHEAD_SECONDS"));
    }
}
