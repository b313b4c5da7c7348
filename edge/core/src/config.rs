//! The Worker's configuration, built from named values. Reading those from the platform is the shell's; every problem is told at
//! once, by name and never by value.

use crate::identity::KeyPair;
use crate::order_claims::UrlRule;
use crate::provider::Provider;
use crate::providers::oxapay::{InvalidAccount, OxaPay};
use crate::secret::Secret;
use checkout_shared::provider::ProviderId;
use url::Url;

/// Signing keys shorter than this are refused (RFC 7518 §3.2: HS256 wants a key as long as its hash).
const SIGNING_KEY_MIN_BYTES: usize = 32;

/// Everything the Worker is told by its operator.
#[derive(Debug)]
pub struct Config {
    /// The Worker's own origin, e.g. `https://pay.shop.example`: where providers send notifications and customers come back to.
    pub public_url: String,
    /// Keeps the session ids of two shops apart that share references.
    pub namespace: String,
    /// The name customers read.
    pub merchant_name: String,
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
    oxapay: Option<OxaPay>,
}

/// What is missing or wrong, by name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the configuration is incomplete: {}", .0.join("; "))]
pub struct ConfigError(pub Vec<String>);

impl Config {
    /// Builds the configuration from named values (`[vars]` and secrets of `wrangler.toml`).
    pub fn build(value: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut reader = Reader { value: &value, problems: Vec::new() };
        let sandbox = reader.flag("SANDBOX");
        let config = Self {
            public_url: reader.origin("PUBLIC_URL", sandbox),
            namespace: reader.optional("NAMESPACE").unwrap_or_else(|| "edge-checkout".to_owned()),
            merchant_name: reader.optional("MERCHANT_NAME").unwrap_or_default(),
            storefront_origins: reader.origins("STOREFRONT_ORIGINS", sandbox),
            sandbox,
            order_keys: reader.signing_keys("ORDER_SIGNING_KEY"),
            client_keys: reader.signing_keys("CLIENT_TOKEN_KEY"),
            merchant_key: reader.signing_key("MERCHANT_KEY"),
            oxapay: reader.oxapay(sandbox),
        };
        if config.enabled().is_empty() {
            reader.problems.push("no provider is enabled: set at least one provider's key, e.g. OXAPAY_MERCHANT_KEY".to_owned());
        }
        if reader.problems.is_empty() { Ok(config) } else { Err(ConfigError(reader.problems)) }
    }

    /// The enabled providers, the preferred one first.
    #[must_use]
    pub fn enabled(&self) -> Vec<ProviderId> {
        ProviderId::ALL.iter().copied().filter(|id| self.provider(*id).is_some()).collect()
    }

    /// A provider's account, if it is enabled.
    #[must_use]
    pub fn provider(&self, id: ProviderId) -> Option<&dyn Provider> {
        match id {
            ProviderId::Oxapay => self.oxapay.as_ref().map(|account| account as &dyn Provider),
        }
    }

    /// Which URLs an order may name.
    #[must_use]
    pub const fn url_rule(&self) -> UrlRule {
        if self.sandbox { UrlRule::HttpToo } else { UrlRule::Https }
    }
}

struct Reader<'a> {
    value: &'a dyn Fn(&str) -> Option<String>,
    problems: Vec<String>,
}

impl Reader<'_> {
    fn optional(&self, name: &str) -> Option<String> {
        (self.value)(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    fn required(&mut self, name: &str) -> String {
        self.optional(name).unwrap_or_else(|| {
            self.problems.push(format!("{name} is missing"));
            String::new()
        })
    }

    fn flag(&mut self, name: &str) -> bool {
        match self.optional(name).as_deref() {
            None | Some("false") => false,
            Some("true") => true,
            Some(_) => {
                self.problems.push(format!("{name} must be true or false"));
                false
            }
        }
    }

    fn origin(&mut self, name: &str, http_too: bool) -> String {
        let stated = self.required(name);
        if stated.is_empty() {
            return stated;
        }
        self.check_origin(name, &stated, http_too)
    }

    fn origins(&mut self, name: &str, http_too: bool) -> Vec<String> {
        let stated = self.optional(name).unwrap_or_default();
        stated.split_whitespace().map(|origin| self.check_origin(name, origin, http_too)).collect()
    }

    fn check_origin(&mut self, name: &str, stated: &str, http_too: bool) -> String {
        let origin = Url::parse(stated).ok().filter(|url| url.scheme() == "https" || (http_too && url.scheme() == "http"));
        let origin = origin.map(|url| url.origin().ascii_serialization()).filter(|origin| origin == stated.trim_end_matches('/'));
        origin.unwrap_or_else(|| {
            self.problems.push(format!("{name} must be an https origin such as https://shop.example, without a path"));
            String::new()
        })
    }

    fn signing_key(&mut self, name: &str) -> Secret {
        let key = self.required(name);
        if !key.is_empty() && key.len() < SIGNING_KEY_MIN_BYTES {
            self.problems.push(format!("{name} is shorter than {SIGNING_KEY_MIN_BYTES} bytes"));
        }
        Secret::new(key)
    }

    fn signing_keys(&mut self, name: &str) -> KeyPair {
        let previous = format!("{name}_PREVIOUS");
        KeyPair { current: self.signing_key(name), previous: self.optional(&previous).map(|_| self.signing_key(&previous)) }
    }

    fn oxapay(&mut self, sandbox: bool) -> Option<OxaPay> {
        let key = self.optional("OXAPAY_MERCHANT_KEY")?;
        let base_url = self.optional("OXAPAY_URL").unwrap_or_else(|| "https://api.oxapay.com/v1".to_owned());
        if !sandbox && !base_url.starts_with("https://") {
            self.problems.push("OXAPAY_URL must be an https URL".to_owned());
        }
        let name = |problem| match problem {
            InvalidAccount::BaseUrl => "OXAPAY_URL",
            InvalidAccount::MerchantKey => "OXAPAY_MERCHANT_KEY",
        };
        let account = OxaPay::new(&base_url, Secret::new(key), sandbox);
        account.map_err(|problem| self.problems.push(format!("{}: {problem}", name(problem)))).ok()
    }
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
        assert!(!format!("{:?}", build(&good()).unwrap()).contains("canary"));
    }
}
