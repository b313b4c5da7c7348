//! Plays a provider's conversation against answers out of files, and keeps what was sent. No simulator and no network has a part in
//! it; the numbers that the account's object would give come from the contract.

use crate::suite::data::{Asked, Contract, ErrorKind, Exchange, REFERENCE};
use bytes::Bytes;
use checkout_core::provider::{Operation, Provider, ProviderError};
use checkout_core::step::{Number, Step};
use checkout_shared::provider::ProviderId;
use http::{Request, Response};
use serde::Serialize;
use serde_json::Value;
use std::fmt::Debug;

/// What came of a conversation.
pub struct Played {
    /// Every request, in order.
    pub sent: Vec<Request<Bytes>>,
    /// The outcome; `None` if it wanted to go on when there were no more answers.
    pub outcome: Option<Result<Understood, ProviderError>>,
    /// Whether a request wanted a number.
    pub numbered: bool,
}

/// An outcome, whatever its type.
#[derive(Debug, PartialEq)]
pub struct Understood {
    /// As it is written down or sent on.
    pub json: Value,
    /// As a log would show it.
    pub debug: String,
}

impl Played {
    /// The outcome of a conversation that came to an end.
    pub fn ended(self) -> Result<Understood, ProviderError> {
        self.outcome.unwrap_or_else(|| panic!("it goes on asking after {} requests", self.sent.len()))
    }

    /// The error, where there is one.
    pub fn error(&self) -> Option<&ProviderError> {
        self.outcome.as_ref()?.as_ref().err()
    }

    /// What came of it, for a failure's text.
    pub fn told(&self) -> String {
        match &self.outcome {
            None => "it went on asking".to_owned(),
            Some(Ok(understood)) => format!("it understood {}", understood.json),
            Some(Err(error)) => format!("{error:?}"),
        }
    }
}

impl Asked {
    /// Begins the operation.
    pub fn begin(&self, account: &dyn Provider) -> Operation<Understood> {
        match self {
            Self::Methods => understood(account.methods()),
            Self::Create(purchase) => understood(account.create(purchase)),
            Self::Find(purchase) => understood(account.find(purchase)),
            Self::Fetch(reference) => understood(account.fetch(reference)),
            Self::Capture(reference) => understood(account.capture(reference)),
            Self::List(query) => understood(account.list(query)),
            Self::Events(reference) => understood(account.events(reference)),
            Self::Account => understood(account.account()),
            Self::UpdateAccount(changes) => understood(account.update_account(changes)),
            Self::Health => understood(account.health()),
            Self::Call(name, parameters) => understood(account.call(name, parameters)),
        }
    }
}

impl Contract {
    /// Plays an exchange as it is.
    pub fn play(&self, account: &dyn Provider, exchange: &Exchange) -> Played {
        let _told = Place(self.id, &exchange.name);
        let own = self.account_of(exchange);
        self.converse(own.as_deref().unwrap_or(account), &exchange.asked, exchange.steps.iter().map(|turn| self.answer(turn)))
    }

    /// Plays an exchange with another answer in its last step.
    pub fn play_last(&self, account: &dyn Provider, exchange: &Exchange, answer: Response<Bytes>) -> Played {
        self.play_step(account, exchange, exchange.steps.len() - 1, answer)
    }

    /// Plays an exchange up to a step with another answer.
    pub fn play_step(&self, account: &dyn Provider, exchange: &Exchange, step: usize, answer: Response<Bytes>) -> Played {
        let _told = Place(self.id, &exchange.name);
        let own = self.account_of(exchange);
        let before = exchange.steps[..step].iter().map(|turn| self.answer(turn));
        self.converse(own.as_deref().unwrap_or(account), &exchange.asked, before.chain([answer]))
    }

    /// Runs an operation on answers in turn. An answer more than there are ends it.
    pub fn converse(&self, account: &dyn Provider, asked: &Asked, answers: impl IntoIterator<Item = Response<Bytes>>) -> Played {
        let mut played = Played { sent: Vec::new(), outcome: None, numbered: false };
        let mut answers = answers.into_iter();
        let mut next_number = self.numbers.first_request;
        let mut step = asked.begin(account);
        loop {
            step = match step {
                Err(error) => return Played { outcome: Some(Err(error)), ..played },
                Ok(Step::Done(outcome)) => return Played { outcome: Some(Ok(outcome)), ..played },
                Ok(Step::Number(Number::Request, go_on)) => {
                    played.numbered = true;
                    let number = next_number.expect("[numbers] first_request: it asks for the number of a request");
                    next_number = Some(number + 1);
                    go_on(number)
                }
                Ok(Step::Number(Number::Order(reference), go_on)) => {
                    assert_eq!(reference, REFERENCE, "a number is for a reference of ours");
                    go_on(self.numbers.order.expect("[numbers] order: it asks for the number of an order"))
                }
                Ok(Step::Send(request, next)) => {
                    played.sent.push(request);
                    match answers.next() {
                        Some(answer) => next(answer),
                        None => return played,
                    }
                }
            };
        }
    }
}

/// Says where it was, should something panic there.
struct Place<'a>(ProviderId, &'a str);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("in {} · {}", self.0, self.1);
        }
    }
}

/// The kind of an error.
pub const fn kind(error: &ProviderError) -> ErrorKind {
    match error {
        ProviderError::NotSent { .. } => ErrorKind::NotSent,
        ProviderError::MaybeSent { .. } => ErrorKind::MaybeSent,
        ProviderError::Answered { .. } => ErrorKind::Answered,
        ProviderError::RateLimited { .. } => ErrorKind::RateLimited,
        ProviderError::Unsupported { .. } => ErrorKind::Unsupported,
    }
}

/// A request as the `.request.http` fixtures write it.
pub fn written(request: &Request<Bytes>) -> String {
    let value = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let mut headers: Vec<String> = request.headers().iter().map(|(name, held)| format!("{name}: {}\n", value(held))).collect();
    headers.sort();
    let body = String::from_utf8_lossy(request.body());
    let body = if body.is_empty() { String::new() } else { format!("{body}\n") };
    format!("{} {}\n{}\n{body}", request.method(), request.uri(), headers.concat())
}

fn understood<T: Serialize + Debug + 'static>(begun: Operation<T>) -> Operation<Understood> {
    begun?.and_then(|outcome| {
        let text = serde_json::to_string(&outcome).expect("every outcome can be written as JSON");
        // A number out of all range is JSON too, and a vendor's own answer is handed on as it is.
        let json = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Ok(Step::Done(Understood { json, debug: format!("{outcome:?}") }))
    })
}
