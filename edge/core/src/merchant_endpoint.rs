//! The merchant's server, where outgoing webhooks go: which addresses are let pass. What is sent is [`crate::standard_webhooks`]'s, when is
//! [`crate::outbox`]'s.
//!
//! Outside the sandbox an address must be https on a public host, so that nobody who may set it can make the Worker knock on doors inside
//! a network. A public name may still resolve to a private address: from Cloudflare's edge, where the Worker runs, such an address leads
//! nowhere. Redirects are not followed (`edge/src/deliver.rs`), so no answer leads to another host either.

use crate::settings::Settings;
use crate::standard_webhooks::{WebhookKey, WebhookKeys};
use data_encoding::HEXLOWER;
use http::Uri;
use sha2::{Digest, Sha256};
use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use url::{Host, Url};

const URL: &str = "WEBHOOK_URL";
const KEY: &str = "WEBHOOK_SIGNING_KEY";
const PREVIOUS_KEY: &str = "WEBHOOK_SIGNING_KEY_PREVIOUS";

/// Names that are never a public server's: these, and all that end with a dot and one of them (RFC 6761, 6762, 8375; `internal` is
/// ICANN's for private use).
const PRIVATE_NAMES: [&str; 4] = ["localhost", "local", "internal", "home.arpa"];

/// Networks that no public server is in (IANA's registry of special-purpose IPv4 addresses; multicast), with the length of their prefix.
const PRIVATE_V4: [(Ipv4Addr, u32); 15] = [
    (Ipv4Addr::UNSPECIFIED, 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// The one block that public IPv6 servers are in. Loopback, unique-local, link-local and multicast addresses are outside, and so is every
/// IPv4 address that is mapped, compatible or translated (NAT64).
const GLOBAL_V6: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// What is not public within that block: protocol assignments with Teredo and benchmarking, documentation twice, 6to4.
const PRIVATE_V6: [(Ipv6Addr, u32); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// Where webhooks go and what signs them.
#[derive(Clone)]
pub struct MerchantEndpoint {
    /// Its address, which may hold a secret of the merchant's own.
    pub url: Uri,
    /// What signs the webhooks.
    pub keys: WebhookKeys,
}

impl MerchantEndpoint {
    /// The endpoint as configured, or `None` if no setting speaks of one. One that is wrong, or only half there, is a problem by name.
    pub fn configured(settings: &mut Settings) -> Option<Self> {
        let stated = [URL, KEY, PREVIOUS_KEY].map(|name| settings.optional(name));
        let [url, key, previous] = &stated;
        let set = [URL, KEY, PREVIOUS_KEY].into_iter().zip(&stated).find_map(|(name, value)| value.as_ref().map(|_| name))?;
        for (name, value) in [(URL, url), (KEY, key)] {
            if value.is_none() {
                settings.problem(name, &format!("is missing, while {set} is set"));
            }
        }
        let current = key.as_ref().and_then(|key| read_key(settings, KEY, key));
        let previous = previous.as_ref().and_then(|key| read_key(settings, PREVIOUS_KEY, key));
        let url = url.as_ref().and_then(|url| read_url(settings, url));
        Some(Self { url: url?, keys: WebhookKeys { current: current?, previous } })
    }

    /// Tells this address from any other without showing it, so that it can be remembered that this very one wants nothing more: the first
    /// 16 bytes of its SHA-256 in hexadecimal.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        HEXLOWER.encode(&Sha256::digest(self.url.to_string().as_bytes())[..16])
    }
}

impl fmt::Debug for MerchantEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MerchantEndpoint").field("host", &self.url.host()).field("keys", &self.keys).finish_non_exhaustive()
    }
}

fn read_key(settings: &mut Settings, name: &str, stated: &str) -> Option<WebhookKey> {
    let key = WebhookKey::parse(stated);
    if key.is_none() {
        settings.problem(name, "must be whsec_ and the base64 of 24 to 64 bytes");
    }
    key
}

fn read_url(settings: &mut Settings, stated: &str) -> Option<Uri> {
    let url = check(stated, settings.sandbox());
    url.map_err(|issue| settings.problem(URL, issue)).ok()
}

/// Reads an address; says what is wrong with it, never showing it.
fn check(stated: &str, sandbox: bool) -> Result<Uri, &'static str> {
    let url = Url::parse(stated).map_err(|_| "must be a URL such as https://shop.example/webhooks")?;
    if !(url.scheme() == "https" || (sandbox && url.scheme() == "http")) {
        return Err("must be an https URL");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not hold a user's name or password");
    }
    if url.fragment().is_some() {
        return Err("must not have a fragment");
    }
    if !sandbox && !url.host().is_some_and(|host| is_public(&host)) {
        return Err("must be on a public host");
    }
    url.as_str().parse().map_err(|_| "must be a URL that can be sent to")
}

/// Whether a host can be a server on the public internet. `Url` has already brought IPv4 addresses however written (`0x7f.1`) to one form.
fn is_public(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => {
            let name = name.strip_suffix('.').unwrap_or(name);
            let under = |private: &&str| name.strip_suffix(*private).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
            name.contains('.') && !PRIVATE_NAMES.iter().any(under)
        }
        Host::Ipv4(address) => {
            !PRIVATE_V4.iter().any(|(network, prefix)| within(address.to_bits().into(), network.to_bits().into(), 32 - prefix))
        }
        Host::Ipv6(address) => {
            let within = |(network, prefix): &(Ipv6Addr, u32)| within(address.to_bits(), network.to_bits(), 128 - prefix);
            within(&GLOBAL_V6) && !PRIVATE_V6.iter().any(within)
        }
    }
}

/// Whether an address differs from a network's in its last bits only.
const fn within(address: u128, network: u128, last_bits: u32) -> bool {
    (address ^ network) >> last_bits == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUR_KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    fn configured(values: &[(&str, &str)]) -> (Option<MerchantEndpoint>, Vec<String>) {
        let look_up = |name: &str| values.iter().find(|(stated, _)| *stated == name).map(|(_, value)| (*value).to_owned());
        let mut settings = Settings::new(&look_up);
        let endpoint = MerchantEndpoint::configured(&mut settings);
        (endpoint, settings.into_problems())
    }

    #[test]
    fn without_settings_there_is_none_and_that_is_no_problem() {
        let (endpoint, problems) = configured(&[(URL, " "), (KEY, "")]);
        assert!(endpoint.is_none() && problems.is_empty(), "{problems:?}");
    }

    #[test]
    fn half_of_it_is_a_problem_that_names_the_other_half() {
        let url = (URL, "https://shop.example/canary");
        for (stated, told) in [
            (&[url][..], "WEBHOOK_SIGNING_KEY is missing, while WEBHOOK_URL is set"),
            (&[(KEY, OUR_KEY)], "WEBHOOK_URL is missing, while WEBHOOK_SIGNING_KEY is set"),
            (&[url, (PREVIOUS_KEY, OUR_KEY)], "WEBHOOK_SIGNING_KEY is missing, while WEBHOOK_URL is set"),
        ] {
            let (endpoint, problems) = configured(stated);
            assert!(endpoint.is_none());
            assert_eq!(problems, [told]);
        }
    }

    #[test]
    fn a_wrong_key_is_a_problem_and_no_value_is_shown() {
        let url = (URL, "https://user:canary@shop.example/");
        let (endpoint, problems) = configured(&[url, (KEY, "whsec_canary"), (PREVIOUS_KEY, "canary")]);
        assert!(endpoint.is_none());
        for name in [URL, KEY, PREVIOUS_KEY] {
            assert!(problems.iter().any(|problem| problem.starts_with(&format!("{name} must"))), "{name} in {problems:?}");
        }
        assert!(!problems.concat().contains("canary"), "{problems:?}");
    }

    #[test]
    fn its_debug_shows_neither_key_nor_path() {
        let (endpoint, problems) = configured(&[(URL, "https://shop.example/canary?canary"), (KEY, OUR_KEY)]);
        let shown = format!("{:?}", endpoint.unwrap());
        assert!(problems.is_empty() && shown.contains("shop.example") && !shown.contains("canary") && !shown.contains("MfKQ"), "{shown}");
    }

    #[test]
    fn its_fingerprint_is_the_addresss_alone() {
        let of = |url, key| configured(&[(URL, url), (KEY, key)]).0.unwrap().fingerprint();
        let ours = of("https://shop.example/hook", OUR_KEY);
        // `printf https://shop.example/hook | sha256sum`
        assert_eq!(ours, "cc41546b73f2ed09818fc7bafbcaf8d2");
        assert_eq!(ours, of("https://SHOP.example:443/hook", "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"));
        assert_ne!(ours, of("https://shop.example/hook2", OUR_KEY));
    }

    #[test]
    fn public_servers_are_let_pass() {
        for url in [
            "https://shop.example",
            "https://shop.example./hook",
            "https://api.shop.example:8443/a/b?c=d&e[]=|^~'",
            "https://локальный.shop.example/ä",
            "https://internal.shop.example",
            "https://notlocalhost.example",
            "https://mylocal.example.org/localhost",
            "https://8.8.8.8/",
            "https://100.63.255.255",
            "https://100.128.0.0",
            "https://172.15.255.255",
            "https://172.32.0.0",
            "https://198.17.255.255",
            "https://198.20.0.0",
            "https://223.255.255.255",
            "https://[2606:4700:4700::1111]/hook",
            "https://[2001:200::1]",
            "https://[3fff:1000::1]",
        ] {
            assert!(check(url, false).is_ok(), "{url}: {:?}", check(url, false));
        }
    }

    #[test]
    fn private_hosts_are_refused_however_they_are_written() {
        for host in [
            "localhost",
            "LOCALHOST",
            "localhost.",
            "shop.localhost",
            "printer.local",
            "db.internal",
            "a.db.internal.",
            "internal.",
            "home.arpa",
            "router.home.arpa",
            "intranet",
            "intranet.",
            "%6cocalhost",
            "ｌｏｃａｌｈｏｓｔ",
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "10.255.255.255",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.1",
            "0x7f.1",
            "0x7f000001",
            "2130706433",
            "017700000001",
            "0177.0.0.1",
            "127.0.0.1.",
            "１２７.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "192.168.257",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.7",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "[::]",
            "[::1]",
            "[0:0:0:0:0:0:0:1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:8.8.8.8]",
            "[::ffff:10.0.0.1]",
            "[::127.0.0.1]",
            "[::10.0.0.1]",
            "[64:ff9b::7f00:1]",
            "[64:ff9b::10.0.0.1]",
            "[64:ff9b:1::a00:1]",
            "[100::1]",
            "[2001::1]",
            "[2001:2::1]",
            "[2001:db8::1]",
            "[2002:7f00:1::]",
            "[2002:a00:1::1]",
            "[3fff::1]",
            "[fc00::1]",
            "[fdff::1]",
            "[fe80::1]",
            "[fec0::1]",
            "[ff02::1]",
            "[4000::1]",
        ] {
            assert_eq!(check(&format!("https://{host}/hook"), false), Err("must be on a public host"), "{host}");
        }
    }

    #[test]
    fn only_plain_https_addresses_are_let_pass() {
        for (url, sandbox_too) in [
            ("http://shop.example/", false),
            ("ftp://shop.example/", true),
            ("data:text/plain,x", true),
            ("shop.example/hook", true),
            ("https://", true),
            ("https://user@shop.example/", true),
            ("https://:word@shop.example/", true),
            ("https://shop.example/#", true),
            ("https://shop.example/#part", true),
            ("https://[fe80::1%25eth0]/", true),
        ] {
            assert!(check(url, false).is_err(), "{url}");
            assert_eq!(check(url, true).is_err(), sandbox_too, "{url}");
        }
    }

    #[test]
    fn in_the_sandbox_the_shop_may_run_on_this_machine() {
        for url in ["http://127.0.0.1:8790/hook", "http://localhost:8790/hook", "http://[::1]:8790/", "https://10.0.0.2/hook"] {
            let (endpoint, problems) = configured(&[(URL, url), (KEY, OUR_KEY), ("SANDBOX", "true")]);
            assert!(problems.is_empty(), "{url}: {problems:?}");
            assert_eq!(endpoint.unwrap().url.to_string(), url);
        }
    }
}
