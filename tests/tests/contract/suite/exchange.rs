//! One exchange of a contract, in types: an operation, what is asked for, what is sent, what is answered, what is understood. How it is
//! played is in [`crate::suite::conversation`].

use crate::suite::data::REFERENCE;
use checkout_core::provider::{Parameters, Purchase};
use checkout_core::records::{AccountChanges, ListQuery};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::BTreeMap;

/// One operation: what is asked for, what is sent, what is answered, what is understood.
#[derive(Clone, Deserialize)]
#[serde(try_from = "WrittenExchange")]
pub struct Exchange {
    pub name: String,
    /// The documented calls that it shows.
    pub calls: Vec<String>,
    /// What the account is told otherwise than the contract says, for this exchange alone.
    pub settings: BTreeMap<String, String>,
    pub asked: Asked,
    pub steps: Vec<Turn>,
    pub expected: Expected,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenExchange {
    name: String,
    #[serde(default)]
    calls: Vec<String>,
    #[serde(default)]
    settings: BTreeMap<String, String>,
    operation: String,
    #[serde(default)]
    steps: Vec<Turn>,
    understood: Option<String>,
    error: Option<ErrorKind>,
    field: Option<String>,
    #[serde(default)]
    input: Value,
}

/// One request and its answer.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Turn {
    /// The file of the request.
    pub sent: String,
    /// The file of the answer; nothing for an empty one.
    pub answered: Option<String>,
    #[serde(default = "ok")]
    pub status: u16,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
}

/// What comes of an operation.
#[derive(Clone)]
pub enum Expected {
    /// The file of the outcome, as JSON.
    Understood(String),
    /// An error, and the field it names.
    Error(ErrorKind, Option<String>),
}

/// A [`checkout_core::provider::ProviderError`] without what it carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    NotSent,
    MaybeSent,
    Answered,
    RateLimited,
    Unsupported,
}

/// An operation with its input.
#[derive(Clone, Debug)]
pub enum Asked {
    Methods,
    Create(Purchase),
    Find(Purchase),
    Fetch(String),
    Capture(String),
    List(ListQuery),
    Events(String),
    Account,
    UpdateAccount(AccountChanges),
    Health,
    Call(String, Parameters),
}

impl TryFrom<WrittenExchange> for Exchange {
    type Error = String;

    fn try_from(written: WrittenExchange) -> Result<Self, String> {
        let named = |problem: String| format!("the exchange {:?}: {problem}", written.name);
        let expected = match (written.understood, written.error) {
            (Some(file), None) if written.field.is_none() => Expected::Understood(file),
            (None, Some(kind)) => Expected::Error(kind, written.field),
            _ => return Err(named("it needs `understood`, or `error` (and perhaps `field`)".to_owned())),
        };
        let asked = Asked::read(&written.operation, written.input).map_err(named)?;
        Ok(Self { name: written.name, calls: written.calls, settings: written.settings, asked, steps: written.steps, expected })
    }
}

impl Asked {
    /// Every operation of a provider.
    pub const OPERATIONS: &[&str] =
        &["methods", "create", "find", "fetch", "capture", "list", "events", "account", "update_account", "health", "call"];

    /// The operation's name.
    pub const fn operation(&self) -> &'static str {
        match self {
            Self::Methods => "methods",
            Self::Create(_) => "create",
            Self::Find(_) => "find",
            Self::Fetch(_) => "fetch",
            Self::Capture(_) => "capture",
            Self::List(_) => "list",
            Self::Events(_) => "events",
            Self::Account => "account",
            Self::UpdateAccount(_) => "update_account",
            Self::Health => "health",
            Self::Call(..) => "call",
        }
    }

    /// Whether it may change something at the vendor.
    pub const fn changes(&self) -> bool {
        matches!(self, Self::Create(_) | Self::Capture(_) | Self::UpdateAccount(_) | Self::Call(..))
    }

    /// What is bought, where something is.
    pub const fn purchase(&self) -> Option<&Purchase> {
        match self {
            Self::Create(purchase) | Self::Find(purchase) => Some(purchase),
            _ => None,
        }
    }

    fn read(operation: &str, input: Value) -> Result<Self, String> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Payment {
            reference: String,
        }
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Call {
            call: String,
            #[serde(default)]
            parameters: Parameters,
        }
        Ok(match operation {
            "create" => Self::Create(purchase(&input)?),
            "find" => Self::Find(purchase(&input)?),
            "fetch" => Self::Fetch(read::<Payment>(input)?.reference),
            "capture" => Self::Capture(read::<Payment>(input)?.reference),
            "events" => Self::Events(read::<Payment>(input)?.reference),
            "list" if input.is_null() => Self::List(ListQuery::default()),
            "list" => Self::List(read(input)?),
            "update_account" => Self::UpdateAccount(read(input)?),
            "call" => {
                let Call { call, parameters } = read(input)?;
                Self::Call(call, parameters)
            }
            _ if !input.is_null() => return Err(format!("{operation} takes no input")),
            "methods" => Self::Methods,
            "account" => Self::Account,
            "health" => Self::Health,
            _ => return Err(format!("{operation} is no operation")),
        })
    }
}

fn read<T: DeserializeOwned>(input: Value) -> Result<T, String> {
    serde_json::from_value(input).map_err(|error| format!("its input: {error}"))
}

/// A purchase is also what sessions keep, and reads past keys it does not know; here they are errors.
fn purchase(input: &Value) -> Result<Purchase, String> {
    let purchase: Purchase = read(input.clone())?;
    let known = serde_json::to_value(&purchase).map_err(|error| error.to_string())?;
    let unknown = input.as_object().into_iter().flatten().find(|(key, _)| known.get(key).is_none());
    match unknown {
        Some((key, _)) => Err(format!("its input has an unknown key {key}")),
        None if purchase.reference != REFERENCE => Err(format!("the reference of all purchases is {REFERENCE}")),
        None => Ok(purchase),
    }
}

const fn ok() -> u16 {
    200
}
