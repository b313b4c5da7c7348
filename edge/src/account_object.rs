//! The one object a provider's account has. What must be true of the account as a whole is kept here: its quotas and its breaker
//! ([`checkout_core::account`]), request numbers that only grow, the numbers that stand for our references, and the catalogue of
//! methods, so that a session opens without asking the provider: fresh for ten minutes, then served as it is while it is fetched anew.
//!
//! Why it is safe: there is one object an account on the whole edge, and what it promises never to repeat (numbers, what was sent
//! when) is in its storage before the platform lets the request leave. Accounts that need none of this are not called through here.

use crate::account_stub::{Answer, Call, Listings, Question};
use crate::log::{self, Level};
use crate::platform;
use crate::upstream::{self, SoFar};
use checkout_core::account::gate::{Entry, Gate, Ticket, Urgency};
use checkout_core::account::outcome::{Kind, Outcome};
use checkout_core::config::Config;
use checkout_core::provider::{Listing, Operation, Provider, ProviderError};
use checkout_core::step::{Number, Step};
use checkout_shared::provider::ProviderId;
use checkout_shared::time::{Millis, Timestamp};
use futures_channel::oneshot;
use futures_util::future::select;
use serde::{Deserialize, Serialize};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;
use worker::{Delay, DurableObject, Env, Request, Response, SqlStorage, State, durable_object};

/// For how long a catalogue is fresh.
const FRESH: Millis = Millis::minutes(10);
/// For how long a provider that did not give its catalogue is not asked again.
const RETRY: Millis = Millis::seconds(8);
/// The storage key of the catalogue.
const CATALOGUE: &str = "catalogue";

/// The Durable Object of one provider's account.
#[durable_object]
pub struct AccountObject {
    state: State,
    env: Env,
    gate: RefCell<Option<Gate>>,
    /// When the catalogue could not be had.
    failed_at: Cell<Timestamp>,
    /// Who waits for the catalogue that is being asked for; `None` while it is not.
    asking: RefCell<Option<Vec<oneshot::Sender<()>>>>,
    /// Who waits at the gate, in the order in which they came.
    waiting: RefCell<BTreeMap<u64, oneshot::Sender<()>>>,
}

#[derive(Serialize, Deserialize)]
struct Catalogue {
    provider: ProviderId,
    fetched_at: Timestamp,
    listings: Vec<Listing>,
}

#[derive(Deserialize)]
struct Whole {
    value: i64,
}

#[derive(Deserialize)]
struct Text {
    value: String,
}

impl DurableObject for AccountObject {
    fn new(state: State, env: Env) -> Self {
        Self { state, env, gate: RefCell::default(), failed_at: Cell::default(), asking: RefCell::default(), waiting: RefCell::default() }
    }

    async fn fetch(&self, mut request: Request) -> worker::Result<Response> {
        let Question { provider, call } = request.json().await?;
        let config = self.config()?;
        let Some(account) = config.provider(provider) else { return Response::error("", 404) };
        self.open_gate(account)?;
        let kind = call.kind();
        let answer = match call {
            Call::Listings => written(&self.listings(account).await?),
            Call::ReferenceOf(number) => written(&self.reference_of(number)?),
            Call::Breaker => written(&self.gate(|gate| gate.breaker(platform::now()))?),
            Call::Create(purchase) => written(&self.run(account.create(&purchase), kind).await),
            Call::Find(purchase) => written(&self.run(account.find(&purchase), kind).await),
            Call::Fetch(reference) | Call::Poll(reference) => written(&self.run(account.fetch(&reference), kind).await),
            Call::Capture(reference) => written(&self.run(account.capture(&reference), kind).await),
            Call::List(query) => written(&self.run(account.list(&query), kind).await),
            Call::Events(reference) => written(&self.run(account.events(&reference), kind).await),
            Call::Account => written(&self.run(account.account(), kind).await),
            Call::UpdateAccount(changes) => written(&self.run(account.update_account(&changes), kind).await),
            Call::Health => written(&self.run(account.health(), kind).await),
            Call::Own { name, parameters } => written(&self.run(account.call(&name, &parameters), kind).await),
        };
        Response::from_bytes(answer?)
    }

    async fn alarm(&self) -> worker::Result<Response> {
        if let Some(known) = self.known().await?
            && let Some(account) = self.config()?.provider(known.provider)
        {
            self.open_gate(account)?;
            if platform::now() - known.fetched_at > FRESH && platform::now() - self.failed_at.get() >= RETRY {
                self.refresh(account).await?;
            }
        }
        Response::empty()
    }
}

fn written<T: Serialize>(value: &T) -> worker::Result<Vec<u8>> {
    Ok(serde_json::to_vec(&Answer { value })?)
}

/// A caller's turn: it has entered, and leaves when its call is done or dropped.
struct Turn<'a> {
    account: &'a AccountObject,
    ticket: Ticket,
    is_over: bool,
}

impl Turn<'_> {
    fn end(mut self, outcome: Outcome) {
        self.is_over = true;
        let ticket = self.ticket;
        let _ = self.account.gate(|gate| gate.leave(ticket, outcome, platform::now()));
        self.account.wake_next();
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if !self.is_over {
            let ticket = self.ticket;
            self.account.waiting.borrow_mut().remove(&ticket.id());
            let _ = self.account.gate(|gate| gate.forget(ticket));
            self.account.wake_next();
        }
    }
}

impl AccountObject {
    /// Runs a conversation to its end, each request in its turn.
    async fn run<T: 'static>(&self, begun: Operation<T>, kind: Kind) -> Result<T, ProviderError> {
        let urgency = if kind == Kind::Polling { Urgency::Spare } else { Urgency::Waited };
        let mut step = begun?;
        let mut numbered = None;
        let mut so_far = SoFar::OnlyAsked;
        loop {
            step = match step {
                Step::Done(value) => return Ok(value),
                Step::Number(Number::Request, next) => {
                    numbered = Some(self.turn(true, urgency).await.map_err(|error| so_far.refused(error))?);
                    next(self.next_number().map_err(unsent)?)?
                }
                Step::Number(Number::Order(reference), next) => next(self.order_number(&reference).map_err(unsent)?)?,
                Step::Send(request, next) => {
                    let turn = match numbered.take() {
                        Some(turn) => turn,
                        None => self.turn(false, urgency).await.map_err(|error| so_far.refused(error))?,
                    };
                    let answer = upstream::send(request, &mut so_far).await;
                    turn.end(Outcome::of(&answer, kind));
                    next(answer?)?
                }
            };
        }
    }

    /// Waits for a turn. The turn exists from the moment of joining, so that a caller that is gone is waited for no more.
    async fn turn(&self, numbered: bool, urgency: Urgency) -> Result<Turn<'_>, ProviderError> {
        let ticket = self.gate(|gate| gate.join(numbered, urgency, platform::now())).map_err(unsent)??;
        let turn = Turn { account: self, ticket, is_over: false };
        loop {
            let now = platform::now();
            match self.gate(|gate| gate.enter(ticket, now)).map_err(unsent)? {
                Entry::Go => {
                    self.note_sent(now).map_err(unsent)?;
                    // There may be room for one more.
                    self.wake_next();
                    return Ok(turn);
                }
                Entry::Refused(error) => return Err(error),
                Entry::Wait(until) => {
                    let (wake, woken) = oneshot::channel();
                    self.waiting.borrow_mut().insert(ticket.id(), wake);
                    let wait = Duration::from_millis(u64::try_from((until - now).0).unwrap_or(0));
                    select(woken, pin!(Delay::from(wait))).await;
                    self.waiting.borrow_mut().remove(&ticket.id());
                }
            }
        }
    }

    /// Tells the first in the queue to ask again.
    fn wake_next(&self) {
        if let Some((_, wake)) = self.waiting.borrow_mut().pop_first() {
            let _ = wake.send(());
        }
    }

    fn gate<T>(&self, work: impl FnOnce(&mut Gate) -> T) -> worker::Result<T> {
        let mut gate = self.gate.borrow_mut();
        gate.as_mut().map(work).ok_or_else(|| worker::Error::from("the account's gate is not open"))
    }

    /// What the gate must know from before this object was started.
    fn open_gate(&self, account: &dyn Provider) -> worker::Result<()> {
        if self.gate.borrow().is_some() {
            return Ok(());
        }
        let sql = self.sql()?;
        let since = Gate::counts_from(platform::now()).0;
        let sent: Vec<Whole> = sql.exec("SELECT at AS value FROM sent WHERE at > ? ORDER BY at", vec![since.into()])?.to_array()?;
        let last: Vec<Whole> = sql.exec("SELECT number AS value FROM last_request", None)?.to_array()?;
        let sent = sent.iter().map(|row| Timestamp(row.value)).collect();
        let last_number = last.first().map_or(0, |row| u64::try_from(row.value).unwrap_or(0));
        self.gate.replace(Some(Gate::new(account.limits(), sent, last_number)));
        Ok(())
    }

    fn sql(&self) -> worker::Result<SqlStorage> {
        let sql = self.state.storage().sql();
        sql.exec("CREATE TABLE IF NOT EXISTS sent (at INTEGER NOT NULL)", None)?;
        sql.exec("CREATE TABLE IF NOT EXISTS last_request (id INTEGER PRIMARY KEY CHECK (id = 1), number INTEGER NOT NULL)", None)?;
        sql.exec("CREATE TABLE IF NOT EXISTS orders (number INTEGER PRIMARY KEY, reference TEXT NOT NULL UNIQUE)", None)?;
        Ok(sql)
    }

    /// Writes down when a call goes off, where a quota counts it.
    fn note_sent(&self, now: Timestamp) -> worker::Result<()> {
        let sql = self.state.storage().sql();
        if !self.gate(|gate| gate.counts_calls())? {
            return Ok(());
        }
        sql.exec("DELETE FROM sent WHERE at <= ?", vec![Gate::counts_from(now).0.into()])?;
        sql.exec("INSERT INTO sent (at) VALUES (?)", vec![now.0.into()]).map(drop)
    }

    fn next_number(&self) -> worker::Result<u64> {
        let number = self.gate(|gate| gate.next_number(platform::now()))?;
        let statement = "INSERT INTO last_request (id, number) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET number = excluded.number";
        self.state.storage().sql().exec(statement, vec![i64::try_from(number).unwrap_or(i64::MAX).into()])?;
        Ok(number)
    }

    /// The number of a reference: the one it has, or the next one. They begin at the time in seconds, so that they stay unique even
    /// if this object's storage is ever lost, and fit into 31 bits.
    fn order_number(&self, reference: &str) -> worker::Result<u64> {
        let sql = self.state.storage().sql();
        let known: Vec<Whole> = sql.exec("SELECT number AS value FROM orders WHERE reference = ?", vec![reference.into()])?.to_array()?;
        if let Some(known) = known.first() {
            return Ok(u64::try_from(known.value).unwrap_or(0));
        }
        let statement =
            "INSERT INTO orders (number, reference) SELECT MAX(COALESCE(MAX(number), 0) + 1, ?), ? FROM orders RETURNING number AS value";
        let given = vec![platform::now().seconds().into(), reference.into()];
        let rows: Vec<Whole> = sql.exec(statement, given)?.to_array()?;
        let number = rows.first().and_then(|row| u64::try_from(row.value).ok());
        number.ok_or_else(|| worker::Error::from("no number was given"))
    }

    fn reference_of(&self, number: u64) -> worker::Result<Option<String>> {
        let number = i64::try_from(number).unwrap_or(i64::MAX);
        let statement = "SELECT reference AS value FROM orders WHERE number = ?";
        let rows: Vec<Text> = self.state.storage().sql().exec(statement, vec![number.into()])?.to_array()?;
        Ok(rows.into_iter().next().map(|row| row.value))
    }

    /// One call of the provider's serves all who ask meanwhile, and one that failed is not repeated at once.
    async fn listings(&self, account: &dyn Provider) -> worker::Result<Listings> {
        let failed_lately = platform::now() - self.failed_at.get() < RETRY;
        if let Some(known) = self.known().await? {
            if platform::now() - known.fetched_at > FRESH && !failed_lately {
                self.state.storage().set_alarm(Duration::ZERO).await?;
            }
            return Ok(Listings::Known(known.listings));
        }
        if failed_lately {
            return Ok(Listings::Unavailable);
        }
        let waits = self.asking.borrow_mut().as_mut().map(|waiting| {
            let (tell, told) = oneshot::channel();
            waiting.push(tell);
            told
        });
        if let Some(told) = waits {
            let _ = told.await;
            return Ok(self.known().await?.map_or(Listings::Unavailable, |known| Listings::Known(known.listings)));
        }
        self.asking.replace(Some(Vec::new()));
        let listings = self.refresh(account).await;
        for waiting in self.asking.take().into_iter().flatten() {
            let _ = waiting.send(());
        }
        listings
    }

    /// Stored as text: what the storage makes of structured values is not ours to rely on. What an older version wrote and this one
    /// cannot read is fetched anew.
    async fn known(&self) -> worker::Result<Option<Catalogue>> {
        let stored: Option<String> = self.state.storage().get(CATALOGUE).await?;
        Ok(stored.and_then(|json| serde_json::from_str(&json).ok()))
    }

    async fn refresh(&self, account: &dyn Provider) -> worker::Result<Listings> {
        let provider = account.id();
        let answer = self.run(account.methods(), Kind::Customers).await;
        let worked = answer.as_ref().is_ok_and(|listings| !listings.is_empty());
        self.failed_at.set(if worked { Timestamp::default() } else { platform::now() });
        match answer {
            // An empty list would be kept in the place of a good one; it is as useful as none.
            Ok(listings) if listings.is_empty() => {
                log::line(Level::Warning, "empty catalogue", &[("provider", provider.as_str())]);
                Ok(Listings::Unavailable)
            }
            Ok(listings) => {
                let catalogue = Catalogue { provider, fetched_at: platform::now(), listings };
                self.state.storage().put(CATALOGUE, serde_json::to_string(&catalogue)?).await?;
                Ok(Listings::Known(catalogue.listings))
            }
            Err(error) => {
                let fields = [("provider", provider.as_str()), ("call", "methods"), ("reason", &error.to_string())];
                log::line(Level::Warning, "provider call failed", &fields);
                Ok(Listings::Unavailable)
            }
        }
    }

    fn config(&self) -> worker::Result<Rc<Config>> {
        platform::config(&self.env).map_err(|error| worker::Error::from(error.to_string()))
    }
}

/// Our own storage failed before anything was sent.
#[expect(clippy::needless_pass_by_value, reason = "the form `map_err` asks for")]
fn unsent(error: worker::Error) -> ProviderError {
    ProviderError::NotSent { reason: error.to_string() }
}
