//! The one object a session has: the single writer of its truth, the one poller, and the hub of whoever watches.
//!
//! Why it is safe: [`Session::apply`] runs without an await between reading and writing, so no other request can come between; what
//! it decided is written to the object's storage at once, and the platform lets no answer or outgoing call leave before that write
//! is durable. Calls to providers happen after it, outside of any borrow; their results come back as inputs, so a request that got in
//! between is no harm. If the object dies in the middle, its alarm finds the intent written down and looks it up.
//!
//! Nothing waits in here between events, for that would keep the object in memory: one alarm (`session_background`), and sockets that
//! hibernate. (The time limit of a call that goes out is the one timer there is, and it ends with the call.)

use crate::account_stub::{self, AccountStub};
use crate::log::{self, Level};
use crate::platform;
use crate::session_background::{Background, RETRY};
use crate::session_store::{self, Kept, Stored};
use crate::session_stub::{Answer, Question};
use checkout_core::catalogue;
use checkout_core::config::Config;
use checkout_core::outbox::Outbox;
use checkout_core::provider::{ProviderError, Purchase, Snapshot};
use checkout_core::session::{Effect, Hint, Input, Refusal, Report, Session, Trace};
use checkout_core::standard_webhooks;
use checkout_shared::event::EventKind;
use checkout_shared::order::Order;
use checkout_shared::record::SessionRecord;
use checkout_shared::time::{Millis, Timestamp};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use worker::{DurableObject, Env, Request, Response, State, WebSocket, WebSocketIncomingMessage, WebSocketPair, durable_object};

/// The longest message a watcher may send; longer ones are not looked at.
const MESSAGE_MAX: usize = 16;
/// Whoever asks for the view again within this time is watching, though without a socket.
const STILL_WATCHING: Millis = Millis::seconds(15);

/// The Durable Object of one session.
#[durable_object]
pub struct SessionObject(Rc<Actor>);

/// What is inside, so that what the alarm starts can go on by itself.
pub struct Actor {
    pub(crate) state: State,
    pub(crate) env: Env,
    pub(crate) session: RefCell<Option<Session>>,
    pub(crate) outbox: RefCell<Outbox>,
    pub(crate) background: Background,
    /// What stays of it once it is forgotten.
    pub(crate) trace: RefCell<Option<Trace>>,
    /// What is stored cannot be read. Then nothing is answered and above all nothing written over it.
    unreadable: bool,
    /// When somebody last asked for the view without a socket.
    looked_at: Cell<Timestamp>,
    /// Why the last capture came to nothing, for the merchant who asked for it.
    capture_error: RefCell<Option<ProviderError>>,
}

/// What an operation is about.
struct Asked {
    purchase: Purchase,
    /// The provider's own reference; empty before there is one.
    reference: String,
}

impl DurableObject for SessionObject {
    fn new(state: State, env: Env) -> Self {
        Self(Rc::new(Actor::new(state, env)))
    }

    async fn fetch(&self, mut request: Request) -> worker::Result<Response> {
        if self.0.unreadable {
            return Response::error("", 500);
        }
        if request.headers().get("upgrade")?.is_some() {
            return self.0.watch().await;
        }
        let question: Question = request.json().await?;
        Response::from_json(&self.0.answer(question).await?)
    }

    async fn alarm(&self) -> worker::Result<Response> {
        // Whatever becomes of what is started now, it is looked after again. A session that cannot be read waits for a version that can.
        self.0.set_alarm_to(platform::now() + RETRY).await?;
        if !self.0.unreadable {
            Actor::ring(&self.0);
        }
        Response::empty()
    }

    async fn websocket_message(&self, socket: WebSocket, message: WebSocketIncomingMessage) -> worker::Result<()> {
        let asks = matches!(&message, WebSocketIncomingMessage::String(text) if text.len() <= MESSAGE_MAX && text == "ping");
        if !asks || self.0.session.borrow().is_none() {
            return Ok(());
        }
        let _ = self.0.apply(Input::Look).await?;
        match self.0.view_json()? {
            Some(view) => socket.send_with_str(view),
            None => Ok(()),
        }
    }

    async fn websocket_close(&self, socket: WebSocket, _code: usize, _reason: String, _was_clean: bool) -> worker::Result<()> {
        let _ = socket.close(Some(1000), Some(""));
        self.0.set_alarm().await
    }

    async fn websocket_error(&self, _socket: WebSocket, _error: worker::Error) -> worker::Result<()> {
        self.0.set_alarm().await
    }
}

impl Actor {
    fn new(state: State, env: Env) -> Self {
        // The clock goes by the configuration. What is wrong with that is told where it is needed.
        let _ = platform::config(&env);
        let loaded = session_store::load(&state.storage());
        if let Err(error) = &loaded {
            log::line(Level::Error, "session unreadable", &[("reason", &error.to_string())]);
        }
        let unreadable = loaded.is_err();
        let (kept, trace) = match loaded {
            Ok(Stored::Session(kept)) => (Some(*kept), None),
            Ok(Stored::Trace(trace)) => (None, Some(trace)),
            Ok(Stored::Nothing) | Err(_) => (None, None),
        };
        let none = || (None, Outbox::after(String::new(), 0), String::new());
        let (session, outbox, in_ledger) = kept.map_or_else(none, |Kept { session, outbox, in_ledger }| (Some(session), outbox, in_ledger));
        Self {
            state,
            env,
            session: RefCell::new(session),
            outbox: RefCell::new(outbox),
            background: Background::new(in_ledger),
            trace: RefCell::new(trace),
            unreadable,
            looked_at: Cell::default(),
            capture_error: RefCell::default(),
        }
    }

    async fn answer(&self, question: Question) -> worker::Result<Answer> {
        if self.is_closed() {
            return Ok(Answer::Purged);
        }
        let noted = match &question {
            Question::Notified { reference, .. } | Question::Hinted(Hint::Reference(reference)) => Some(reference.clone()),
            _ => None,
        };
        let input = match question {
            Question::Record => return self.answer_now(|actor| Ok(actor.record().map_or(Answer::Unopened, Answer::Record))).await,
            Question::Events => return self.answer_now(|actor| actor.events().map(Answer::Events)).await,
            Question::Resend(number) => return self.answer_now(|actor| actor.resend(number).map(Answer::Resent)).await,
            Question::Open { id, order } => self.open(id, order).await?.unwrap_or(Input::Look),
            Question::View => {
                self.looked_at.set(platform::now());
                Input::Look
            }
            Question::Choose { method, return_url } => Input::Choose { method, return_url, public_url: self.config()?.public_url.clone() },
            Question::Notified { snapshot, .. } => {
                log_unknown_status(&snapshot);
                Input::Notified(snapshot)
            }
            Question::Hinted(hint) => Input::Hinted(hint),
            Question::Capture => Input::Capture,
            Question::Cancel => Input::Cancel,
        };
        self.answer_after(input, noted).await
    }

    /// What is answered as it stands. The alarm is set anew, should time have passed while this object was not there.
    async fn answer_now(&self, answer: impl FnOnce(&Self) -> worker::Result<Answer>) -> worker::Result<Answer> {
        if self.session.borrow().is_none() {
            return Ok(Answer::Unopened);
        }
        let answer = answer(self)?;
        self.set_alarm().await?;
        Ok(answer)
    }

    /// What is answered once an input and all that follows from it is done. `noted`: the attempt that a notification is about.
    async fn answer_after(&self, input: Input, noted: Option<String>) -> worker::Result<Answer> {
        if self.session.borrow().is_none() {
            return Ok(Answer::Unopened);
        }
        // An older one, of a capture nobody was waiting for, is not this one's.
        let captures = matches!(input, Input::Capture);
        if captures {
            self.capture_error.take();
        }
        if let Err(refusal) = self.apply(input).await? {
            return Ok(Answer::Refused(refusal));
        }
        if captures && let Some(error) = self.capture_error.take() {
            return Ok(Answer::Failed(error));
        }
        let session = self.session.borrow();
        let Some(session) = session.as_ref() else { return Ok(Answer::Unopened) };
        Ok(match noted {
            Some(reference) => Answer::Noted(session.attempt_status(&reference)),
            None => Answer::Session(Box::new(session.view(platform::now()))),
        })
    }

    fn record(&self) -> Option<Box<SessionRecord>> {
        self.session.borrow().as_ref().map(|session| Box::new(session.record(platform::now())))
    }

    /// Opens the session if it is new; else gives back the order as an input.
    async fn open(&self, id: String, order: Order) -> worker::Result<Option<Input>> {
        if self.session.borrow().is_some() {
            return Ok(Some(Input::Reopen(order)));
        }
        let trace = self.trace.borrow().clone();
        let (mut session, effects) = match &trace {
            Some(trace) => Session::open_again(id.clone(), order, trace, platform::now()),
            None => Session::open(id.clone(), order, platform::now()),
        };
        session_store::prepare(&self.state.storage().sql())?;
        self.outbox.replace(Outbox::after(id, trace.map_or(0, |trace| trace.events)));
        self.write(&mut session)?;
        self.trace.take();
        self.session.replace(Some(session));
        self.set_alarm().await?;
        self.perform(effects).await?;
        Ok(None)
    }

    /// Applies one input and everything that follows from it. The borrow ends before the first await.
    pub(crate) async fn apply(&self, input: Input) -> worker::Result<Result<(), Refusal>> {
        let effects = match self.apply_one(input)? {
            Ok(effects) => effects,
            Err(refusal) => return Ok(Err(refusal)),
        };
        self.set_alarm().await?;
        self.perform(effects).await?;
        Ok(Ok(()))
    }

    async fn perform(&self, effects: Vec<Effect>) -> worker::Result<()> {
        let mut to_do = VecDeque::from(effects);
        while let Some(effect) = to_do.pop_front() {
            let Some(result) = self.perform_one(effect).await? else { continue };
            // What came of an effect is never refused.
            if let Ok(effects) = self.apply_one(result)? {
                to_do.extend(effects);
            }
            self.set_alarm().await?;
        }
        Ok(())
    }

    /// 1. Decide. 2. Write down. 3. Keep. 4. Show. If writing fails the object still holds what is on disk.
    fn apply_one(&self, input: Input) -> worker::Result<Result<Vec<Effect>, Refusal>> {
        let Some(known) = self.session.borrow().clone() else { return Ok(Ok(Vec::new())) };
        // (1)
        let mut session = known.clone();
        let effects = match session.apply(input, platform::now()) {
            Ok(effects) => effects,
            Err(refusal) => return Ok(Err(refusal)),
        };
        // (2)
        if session.differs_from(&known) {
            self.write(&mut session)?;
        }
        let news = session.sequence() != known.sequence();
        // (3)
        self.session.replace(Some(session));
        // (4)
        if news {
            self.broadcast()?;
        }
        Ok(Ok(effects))
    }

    async fn perform_one(&self, effect: Effect) -> worker::Result<Option<Input>> {
        let config = self.config()?;
        Ok(match effect {
            Effect::Offers => {
                let account_stub::Catalogues { listings, complete } = account_stub::catalogues(&self.env, &config).await;
                Some(Input::Offers { offers: catalogue::unify(listings, &config.preference), complete })
            }
            Effect::Create(number) => {
                let result = self.call(&config, number, "create", async |account, asked| account.create(&asked.purchase).await).await;
                result.map(|result| Input::Created(number, result))
            }
            Effect::Find(number) => {
                let result = self.call(&config, number, "find", async |account, asked| account.find(&asked.purchase).await).await;
                result.map(|result| Input::Found(number, result))
            }
            Effect::Fetch(number) => {
                let result = self.call(&config, number, "fetch", async |account, asked| account.poll(&asked.reference).await).await;
                if let Some(Ok(snapshot)) = &result {
                    log_unknown_status(snapshot);
                }
                result.map(|result| Input::Fetched(number, result))
            }
            Effect::Capture(number) => {
                let result = self.call(&config, number, "capture", async |account, asked| account.capture(&asked.reference).await).await;
                self.capture_error.replace(result.as_ref().and_then(|result| result.as_ref().err().cloned()));
                result.map(|result| Input::Captured(number, result))
            }
            Effect::Report(report) => {
                self.log_report(report);
                None
            }
        })
    }

    fn log_report(&self, report: Report) {
        let what = match report {
            Report::DuplicatePayment(number) => format!("attempt {number} is paid, and another one is too"),
            Report::DisputedPayment(number) => {
                format!("attempt {number} is paid, and other news of its provider does not agree with the order")
            }
            Report::NotCaptured(number) => {
                format!("attempt {number} is authorised and not captured: money has come by another way, or the provider said no")
            }
            Report::StrayPayment => "a provider's news speaks of a payment that is no attempt of this session".to_owned(),
        };
        let id = self.session.borrow().as_ref().map(|session| session.id().to_owned()).unwrap_or_default();
        log::line(Level::Error, "payment to look into", &[("session", &id), ("reason", &what)]);
    }

    /// Runs one operation at an attempt's provider. `None`: there is no such attempt.
    async fn call<T>(
        &self,
        config: &Config,
        number: u32,
        what: &str,
        operation: impl AsyncFnOnce(AccountStub<'_>, &Asked) -> Result<T, ProviderError>,
    ) -> Option<Result<T, ProviderError>> {
        let (id, asked) = {
            let session = self.session.borrow();
            let attempt = session.as_ref()?.attempt(number)?;
            let reference = attempt.provider_reference().unwrap_or_default().to_owned();
            (attempt.provider, Asked { purchase: attempt.purchase.clone(), reference })
        };
        let result = match AccountStub::new(&self.env, config, id) {
            Some(account) => operation(account, &asked).await,
            None => Err(ProviderError::NotSent { reason: format!("{id} is not enabled any more") }),
        };
        if let Err(error) = &result {
            let reason = asked.purchase.without_links(&error.to_string());
            let fields = [("attempt", asked.purchase.reference.as_str()), ("provider", id.as_str()), ("call", what), ("reason", &reason)];
            log::line(Level::Warning, "provider call failed", &fields);
        }
        Some(result)
    }

    async fn watch(&self) -> worker::Result<Response> {
        if self.session.borrow().is_none() {
            return Response::error("", if self.is_closed() { 410 } else { 404 });
        }
        let _ = self.apply(Input::Look).await?;
        let pair = WebSocketPair::new()?;
        self.state.accept_web_socket(&pair.server);
        if let Some(view) = self.view_json()? {
            pair.server.send_with_str(view)?;
        }
        // Somebody watches now: what was due in minutes may be due in seconds.
        self.set_alarm().await?;
        Response::from_websocket(pair.client)
    }

    fn broadcast(&self) -> worker::Result<()> {
        let Some(view) = self.view_json()? else { return Ok(()) };
        for socket in self.state.get_websockets() {
            // A socket that is just closing is no reason to keep the news from the others.
            let _ = socket.send_with_str(&view);
        }
        Ok(())
    }

    fn view_json(&self) -> worker::Result<Option<String>> {
        let session = self.session.borrow();
        let view = session.as_ref().map(|session| serde_json::to_string(&session.view(platform::now())));
        Ok(view.transpose()?)
    }

    /// It was completed and forgotten: it can never be opened again.
    fn is_closed(&self) -> bool {
        self.trace.borrow().as_ref().is_some_and(|trace| trace.is_closed)
    }

    pub(crate) fn is_watched(&self) -> bool {
        platform::now() - self.looked_at.get() < STILL_WATCHING || !self.state.get_websockets().is_empty()
    }

    /// The session and what the merchant is to be told of it, in one go. Whatever else can fail is done before.
    fn write(&self, session: &mut Session) -> worker::Result<()> {
        let now = platform::now();
        let events: Vec<EventKind> = session.take_events();
        let has_endpoint = !events.is_empty() && self.config()?.endpoint.is_some();
        let known = (!events.is_empty()).then(|| self.outbox.borrow().clone());
        for kind in events {
            let body = standard_webhooks::body(kind, now, session.view(now));
            self.outbox.borrow_mut().add(kind, body, has_endpoint, now);
        }
        let written = session_store::write_session(&self.state.storage().sql(), session).and_then(|()| self.write_events());
        self.background.note_written();
        if let (Err(_), Some(known)) = (&written, known) {
            // The object holds what it held before.
            self.outbox.replace(known);
        }
        written
    }

    pub(crate) fn config(&self) -> worker::Result<Rc<Config>> {
        platform::config(&self.env).map_err(|error| worker::Error::from(error.to_string()))
    }
}

fn log_unknown_status(snapshot: &Snapshot) {
    if let Some(word) = &snapshot.unknown_status {
        log::line(Level::Warning, "unknown status", &[("payment", &snapshot.provider_reference), ("status", word)]);
    }
}
