//! Reading named settings (`[vars]` and secrets of `wrangler.toml`): every problem is collected, by name and never by value.

use crate::identity::KeyPair;
use crate::secret::Secret;
use std::ops::RangeInclusive;
use url::Url;

/// Signing keys shorter than this are refused (RFC 7518 §3.2: HS256 wants a key as long as its hash).
const SIGNING_KEY_MIN_BYTES: usize = 32;
/// An image is written into every page, if it is a `data:` URL.
const IMAGE_MAX_LENGTH: usize = 4096;

/// Named settings being read.
pub struct Settings<'a> {
    value: &'a dyn Fn(&str) -> Option<String>,
    sandbox: bool,
    problems: Vec<String>,
}

impl<'a> Settings<'a> {
    /// Settings by a look-up of their names.
    #[must_use]
    pub fn new(value: &'a dyn Fn(&str) -> Option<String>) -> Self {
        let mut settings = Self { value, sandbox: false, problems: Vec::new() };
        settings.sandbox = settings.flag("SANDBOX");
        settings
    }

    /// Whether `http` URLs are let pass, for tests on one's own machine.
    #[must_use]
    pub const fn sandbox(&self) -> bool {
        self.sandbox
    }

    /// What is missing or wrong, so far.
    #[must_use]
    pub fn into_problems(self) -> Vec<String> {
        self.problems
    }

    /// Notes what is wrong with a setting. Never its value.
    pub fn problem(&mut self, name: &str, issue: &str) {
        self.problems.push(format!("{name} {issue}"));
    }

    /// A value that is not blank.
    #[must_use]
    pub fn optional(&self, name: &str) -> Option<String> {
        (self.value)(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    /// A value, or a problem.
    pub fn required(&mut self, name: &str) -> String {
        self.optional(name).unwrap_or_else(|| {
            self.problem(name, "is missing");
            String::new()
        })
    }

    /// `true` or `false`; `false` where nothing is said.
    pub fn flag(&mut self, name: &str) -> bool {
        self.choice(name, &[("false", false), ("true", true)])
    }

    /// One of some words; the first where nothing is said.
    pub fn choice<T: Copy>(&mut self, name: &str, choices: &[(&str, T)]) -> T {
        let stated = self.optional(name);
        let chosen = stated.as_deref().map_or(Some(0), |stated| choices.iter().position(|(word, _)| *word == stated));
        if chosen.is_none() {
            let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
            self.problem(name, &format!("must be one of: {}", words.join(", ")));
        }
        choices[chosen.unwrap_or_default()].1
    }

    /// A whole number within bounds.
    pub fn whole(&mut self, name: &str, bounds: RangeInclusive<i64>, default: i64) -> i64 {
        let Some(stated) = self.optional(name) else { return default };
        stated.parse().ok().filter(|number| bounds.contains(number)).unwrap_or_else(|| {
            self.problem(name, &format!("must be a whole number from {} to {}", bounds.start(), bounds.end()));
            default
        })
    }

    /// The keys of a provider's account: `None` if none of them is set, which leaves the provider disabled; a problem for each one
    /// missing if only some are.
    pub fn provider_keys<const N: usize>(&mut self, names: [&str; N]) -> Option<[Secret; N]> {
        let stated = names.map(|name| self.optional(name));
        if stated.iter().all(Option::is_none) {
            return None;
        }
        for (name, value) in names.iter().zip(&stated) {
            match value {
                None => self.problem(name, &format!("is missing, while {} is set", others(&names, &stated))),
                Some(key) if !key.bytes().all(|byte| byte.is_ascii_graphic()) => self.problem(name, "must be printable ASCII characters"),
                Some(_) => {}
            }
        }
        Some(stated.map(|key| Secret::new(key.unwrap_or_default())))
    }

    /// Where a provider's API is.
    pub fn base_url(&mut self, name: &str, default: &str) -> String {
        self.optional(name).unwrap_or_else(|| default.to_owned())
    }

    /// An origin.
    pub fn origin(&mut self, name: &str) -> String {
        let stated = self.required(name);
        if stated.is_empty() {
            return stated;
        }
        self.check_origin(name, &stated)
    }

    /// Any number of origins, separated by spaces.
    pub fn origins(&mut self, name: &str) -> Vec<String> {
        let stated = self.optional(name).unwrap_or_default();
        stated.split_whitespace().map(|origin| self.check_origin(name, origin)).collect()
    }

    fn check_origin(&mut self, name: &str, stated: &str) -> String {
        let origin = Url::parse(stated).ok().filter(|url| url.scheme() == "https" || (self.sandbox && url.scheme() == "http"));
        let origin = origin.map(|url| url.origin().ascii_serialization()).filter(|origin| origin == stated.trim_end_matches('/'));
        origin.unwrap_or_else(|| {
            self.problem(name, "must be an https origin such as https://shop.example, without a path");
            String::new()
        })
    }

    /// The address of an image, or the image itself as a `data:` URL.
    pub fn image(&mut self, name: &str) -> Option<Url> {
        let stated = self.optional(name)?;
        let is_image = |url: &Url| match url.scheme() {
            "https" => url.username().is_empty() && url.password().is_none(),
            "http" => self.sandbox,
            "data" => url.path().starts_with("image/"),
            _ => false,
        };
        let image = Url::parse(&stated).ok().filter(|url| stated.len() <= IMAGE_MAX_LENGTH && is_image(url));
        if image.is_none() {
            let issue = format!("must be an https address or a data: URL of an image, of at most {IMAGE_MAX_LENGTH} characters");
            self.problem(name, &issue);
        }
        image
    }

    /// A key of our own.
    pub fn signing_key(&mut self, name: &str) -> Secret {
        let key = self.required(name);
        if !key.is_empty() && key.len() < SIGNING_KEY_MIN_BYTES {
            self.problem(name, &format!("is shorter than {SIGNING_KEY_MIN_BYTES} bytes"));
        }
        Secret::new(key)
    }

    /// A key of our own and, while it is being rotated, the one before it.
    pub fn signing_keys(&mut self, name: &str) -> KeyPair {
        let previous = format!("{name}_PREVIOUS");
        KeyPair { current: self.signing_key(name), previous: self.optional(&previous).map(|_| self.signing_key(&previous)) }
    }
}

fn others<const N: usize>(names: &[&str; N], stated: &[Option<String>; N]) -> String {
    let set: Vec<&str> = names.iter().zip(stated).filter(|(_, value)| value.is_some()).map(|(name, _)| *name).collect();
    set.join(" and ")
}
