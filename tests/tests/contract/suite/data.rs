//! `fixtures/<provider>/contract.toml`, in types: everything the suite knows of a provider. An unknown key is an error, so none can
//! be thought to be checked that is not. What the properties make of it is in the files beside `suite`.

pub use crate::suite::exchange::{Asked, ErrorKind, Exchange, Expected, Turn};

use bytes::Bytes;
use checkout_core::provider::{PaymentStatus, Provider, WebhookError};
use checkout_core::providers::configured;
use checkout_core::session::news::Dispute;
use checkout_core::settings::Settings;
use checkout_shared::provider::ProviderId;
use http::{HeaderMap, HeaderName, HeaderValue, Response};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::ops::Deref;
use std::path::PathBuf;

/// Our reference in all purchases: attempt 1 of session [`SESSION`].
pub const REFERENCE: &str = "abcdefghijklmnopqrstuvwx27-1";

/// The session that all purchases belong to.
pub const SESSION: &str = "abcdefghijklmnopqrstuvwx27";

/// A provider and what its contract says.
pub struct Contract {
    pub id: ProviderId,
    file: ContractFile,
}

impl Deref for Contract {
    type Target = ContractFile;

    fn deref(&self) -> &ContractFile {
        &self.file
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContractFile {
    /// What a Worker would be told.
    pub settings: BTreeMap<String, String>,
    pub canaries: Canaries,
    #[serde(default)]
    pub numbers: Numbers,
    /// Operations, with what is sent and what is understood.
    #[serde(rename = "exchange")]
    pub exchanges: Vec<Exchange>,
    /// Every documented status word and what it means.
    pub statuses: Statuses,
    /// Every documented error, and vendor-typical ones.
    #[serde(rename = "error")]
    pub errors: Vec<ErrorAnswer>,
    /// Answers that must not be taken for what was ordered.
    #[serde(rename = "disagreement")]
    pub disagreements: Vec<Disagreement>,
    /// Where amounts stand.
    #[serde(rename = "amount")]
    pub amounts: Vec<AmountPlace>,
    /// Notifications.
    #[serde(default, rename = "webhook")]
    pub webhooks: Vec<Webhook>,
}

/// The settings that are secret.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Canaries {
    pub names: Vec<String>,
    /// Those that the vendor's protocol wants in the body of a request.
    #[serde(default)]
    pub sent_in_body: Vec<String>,
}

/// What the account's object would give.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Numbers {
    /// Counted up by one for each request of a conversation.
    pub first_request: Option<u64>,
    /// Stands for our reference.
    pub order: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statuses {
    pub exchange: String,
    pub replace: String,
    pub with: String,
    pub words: BTreeMap<String, PaymentStatus>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorAnswer {
    pub status: u16,
    /// The file of the answer, or …
    pub answered: Option<String>,
    /// … its text. Neither: it is empty.
    pub body: Option<String>,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// What creating makes of it, and what fetching does.
    pub create: Option<ErrorKind>,
    pub fetch: Option<ErrorKind>,
    pub field: Option<String>,
    /// What is understood of it, where that is to be checked too: the status …
    pub understood_status: Option<u16>,
    /// … and the text.
    pub message: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disagreement {
    pub exchange: String,
    pub replace: String,
    pub with: String,
    /// What disagrees, or …
    pub dispute: Option<Dispute>,
    /// … the whole answer is thrown away.
    #[serde(default)]
    pub unbelieved: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AmountPlace {
    pub exchange: String,
    /// The text that gives way.
    pub replace: String,
    /// The text in its place, `{value}` being the amount.
    #[serde(default = "only_the_value")]
    pub with: String,
    /// Where the amount comes out: a JSON pointer into what is understood.
    pub at: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    pub name: String,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    pub body: String,
    /// The file of `{"about": …, "snapshot": …}`, or …
    pub understood: Option<String>,
    /// … why it is not believed.
    pub error: Option<Disbelief>,
    /// Absent: it is not signed.
    pub signature_header: Option<String>,
    /// What becomes of it without its signature.
    pub without_signature: Option<Unsigned>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Disbelief {
    MissingSignature,
    WrongSignature,
    Unreadable,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unsigned {
    MissingSignature,
    Hint,
}

impl Contract {
    /// A provider's contract.
    pub fn of(id: ProviderId) -> Result<Self, String> {
        let path = directory(id).join("contract.toml");
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let file: ContractFile = toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        file.consistent().map_err(|problem| format!("{}: {problem}", path.display()))?;
        Ok(Self { id, file })
    }

    /// The account that is set, and what is wrong with the settings.
    pub fn configured(&self, value: impl Fn(&str) -> Option<String>) -> (Option<Box<dyn Provider>>, Vec<String>) {
        let mut settings = Settings::new(&value);
        let account = configured(self.id, &mut settings);
        (account, settings.into_problems())
    }

    /// The account of the contract.
    pub fn account(&self) -> Box<dyn Provider> {
        let (account, problems) = self.configured(|name| self.settings.get(name).cloned());
        assert!(problems.is_empty(), "the contract's own settings: {problems:?}");
        account.expect("the contract's own settings make an account")
    }

    /// The account of an exchange that has settings of its own.
    pub fn account_of(&self, exchange: &Exchange) -> Option<Box<dyn Provider>> {
        if exchange.settings.is_empty() {
            return None;
        }
        let (account, problems) = self.configured(|name| exchange.settings.get(name).or_else(|| self.settings.get(name)).cloned());
        assert!(problems.is_empty(), "the settings of {:?}: {problems:?}", exchange.name);
        account
    }

    /// An account whose secrets are others.
    pub fn stranger(&self) -> Box<dyn Provider> {
        let other = |secret: &String| {
            let (last, rest) = secret.as_bytes().split_last().expect("a secret");
            [rest, if *last == b'x' { b"y" } else { b"x" }].concat()
        };
        let value = |name: &str| {
            let set = self.settings.get(name)?;
            if self.is_secret(name) { String::from_utf8(other(set)).ok() } else { Some(set.clone()) }
        };
        self.configured(value).0.expect("other secrets make an account too")
    }

    /// A fixture by its file's name.
    pub fn bytes(&self, name: &str) -> Bytes {
        let path = directory(self.id).join(name);
        std::fs::read(&path).map_or_else(|error| panic!("{}: {error}", path.display()), Bytes::from)
    }

    /// A fixture that is text.
    pub fn text(&self, name: &str) -> String {
        String::from_utf8(self.bytes(name).to_vec()).unwrap_or_else(|_| panic!("{name} is no text"))
    }

    /// The answer of a turn.
    pub fn answer(&self, turn: &Turn) -> Response<Bytes> {
        response(turn.status, &turn.headers, turn.answered.as_ref().map(|name| self.bytes(name)).unwrap_or_default())
    }

    /// The answer of a turn with a piece of it replaced.
    pub fn answer_with(&self, turn: &Turn, replace: &str, with: &str) -> Response<Bytes> {
        let name = turn.answered.as_deref().expect("an answer to replace something in");
        let text = self.text(name);
        assert!(text.contains(replace), "{name} has no {replace}");
        response(turn.status, &turn.headers, text.replace(replace, with).into())
    }

    /// The answer to an error's request.
    pub fn error_answer(&self, error: &ErrorAnswer) -> Response<Bytes> {
        let body = match (&error.answered, &error.body) {
            (Some(name), _) => self.bytes(name),
            (None, body) => Bytes::from(body.clone().unwrap_or_default()),
        };
        response(error.status, &error.headers, body)
    }

    /// An exchange by its name.
    pub fn exchange(&self, name: &str) -> &Exchange {
        self.exchanges.iter().find(|exchange| exchange.name == name).unwrap_or_else(|| panic!("no exchange is called {name:?}"))
    }

    /// The first exchange of an operation that comes to something.
    pub fn first(&self, operation: &str) -> &Exchange {
        let comes_to_something = |exchange: &&Exchange| matches!(exchange.expected, Expected::Understood(_));
        let mut exchanges = self.exchanges.iter().filter(|exchange| exchange.asked.operation() == operation);
        exchanges.find(comes_to_something).unwrap_or_else(|| panic!("no exchange shows a {operation} that comes to something"))
    }

    /// The text of a failure's place.
    pub fn at(&self, place: &str) -> String {
        format!("{} · {place}", self.id)
    }

    /// Whether a setting is secret.
    pub fn is_secret(&self, name: &str) -> bool {
        self.canaries.names.iter().any(|canary| canary == name)
    }

    /// The secrets by their names.
    pub fn secrets(&self) -> impl Iterator<Item = (&str, &str)> {
        self.canaries.names.iter().map(|name| {
            let value = self.settings.get(name).unwrap_or_else(|| panic!("the canary {name} is not in [settings]"));
            (name.as_str(), value.as_str())
        })
    }

    /// The secret that a text shows, or the beginning of which it shows.
    pub fn shown_in(&self, text: &str) -> Option<&str> {
        let mut secrets = self.secrets();
        secrets.find(|(_, secret)| secret.get(..8).is_none_or(|beginning| text.contains(beginning))).map(|(name, _)| name)
    }
}

impl ContractFile {
    /// What types do not say.
    fn consistent(&self) -> Result<(), String> {
        let names: Vec<&str> = self.exchanges.iter().map(|exchange| exchange.name.as_str()).collect();
        let twice = names.iter().enumerate().find(|(at, name)| names[..*at].contains(name));
        if let Some((_, name)) = twice {
            return Err(format!("two exchanges are called {name:?}"));
        }
        for webhook in &self.webhooks {
            if webhook.understood.is_some() == webhook.error.is_some() {
                return Err(format!("the webhook {:?} needs `understood` or `error`", webhook.name));
            }
            if webhook.signature_header.is_some() != webhook.without_signature.is_some() {
                return Err(format!("the webhook {:?} needs both of `signature_header` and `without_signature`, or none", webhook.name));
            }
        }
        if let Some(error) = self.errors.iter().find(|error| error.create.is_none() && error.fetch.is_none()) {
            return Err(format!("the error with status {} says neither `create` nor `fetch`", error.status));
        }
        if let Some(none) = self.disagreements.iter().find(|disagreement| disagreement.dispute.is_some() == disagreement.unbelieved) {
            return Err(format!("the disagreement by {:?} needs `dispute` or `unbelieved`", none.with));
        }
        Ok(())
    }
}

impl From<Disbelief> for WebhookError {
    fn from(disbelief: Disbelief) -> Self {
        match disbelief {
            Disbelief::MissingSignature => Self::MissingSignature,
            Disbelief::WrongSignature => Self::WrongSignature,
            Disbelief::Unreadable => Self::Unreadable,
        }
    }
}

/// Headers out of a file.
pub fn headers(stated: &BTreeMap<String, String>) -> HeaderMap {
    let read = |(name, value): (&String, &String)| {
        let name: HeaderName = name.parse().unwrap_or_else(|_| panic!("{name} is no header's name"));
        let value: HeaderValue = value.parse().unwrap_or_else(|_| panic!("{value:?} is no header's value"));
        (name, value)
    };
    stated.iter().map(read).collect()
}

/// A provider's fixtures.
pub fn directory(id: ProviderId) -> PathBuf {
    PathBuf::from(format!("{}/fixtures/{id}", env!("CARGO_MANIFEST_DIR")))
}

/// An answer.
pub fn response(status: u16, stated: &BTreeMap<String, String>, body: Bytes) -> Response<Bytes> {
    let mut response = Response::new(body);
    *response.status_mut() = http::StatusCode::from_u16(status).expect("an HTTP status");
    *response.headers_mut() = headers(stated);
    response
}

fn only_the_value() -> String {
    "{value}".to_owned()
}
