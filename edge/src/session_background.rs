//! What a session's one alarm is for: asking providers, sending events to the merchant, telling the ledger, and forgetting. The alarm
//! only starts these; each goes on by itself, so that a merchant's server that hangs does not hold up the customer's news, nor the
//! other way round. What is due is written down, so whatever dies in the middle is begun again.

use crate::deliver;
use crate::ledger;
use crate::log::{self, Level};
use crate::platform;
use crate::session_object::Actor;
use crate::session_store;
use checkout_core::outbox::{Ended, Event, LEASE};
use checkout_core::session::Input;
use checkout_shared::event::{DeliveryView, EventId, EventView, WebhookBody};
use checkout_shared::record::SessionSummary;
use checkout_shared::time::{Millis, Timestamp};
use futures_util::future::{Either, select};
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;
use worker::Delay;

/// How long to wait after something here has failed.
pub const RETRY: Millis = Millis::minutes(2);
/// The ledger is told after this long, so that what happens in one breath is told at once.
const LEDGER_WAIT: Millis = Millis::seconds(1);
/// The longest the ledger may take to say whether the endpoint is gone; then it is tried.
const LEDGER_PATIENCE: Duration = Duration::from_secs(2);
/// How often it is tried to note that the endpoint is gone, or back.
const NOTE_TRIES: u32 = 3;

/// What only this object's memory knows of it.
pub struct Background {
    /// When the alarm is set to, so that it is not set anew for nothing. `None`: not known.
    alarm: Cell<Option<Timestamp>>,
    /// What the ledger was told last.
    in_ledger: RefCell<String>,
    /// Something was written down that the ledger may have to know.
    is_ledger_behind: Cell<bool>,
    /// Not before this is the ledger told, or anything forgotten.
    ledger_at: Cell<Option<Timestamp>>,
    /// Not before this is anything sent: it could not be begun.
    deliver_at: Cell<Timestamp>,
    is_delivering: Cell<bool>,
    is_telling_ledger: Cell<bool>,
}

impl Background {
    /// With what the ledger was told last.
    pub const fn new(in_ledger: String) -> Self {
        Self {
            alarm: Cell::new(None),
            in_ledger: RefCell::new(in_ledger),
            // What was written down before this object died may not have been told.
            is_ledger_behind: Cell::new(true),
            ledger_at: Cell::new(None),
            deliver_at: Cell::new(Timestamp(0)),
            is_delivering: Cell::new(false),
            is_telling_ledger: Cell::new(false),
        }
    }

    /// Something was written down that the ledger may have to know.
    pub fn note_written(&self) {
        self.is_ledger_behind.set(true);
    }
}

/// An event that is due.
struct Due {
    id: EventId,
    body: String,
}

/// What the ledger is to know.
struct Line {
    summary: SessionSummary,
    found_by: Vec<String>,
    deliveries: Vec<DeliveryView>,
}

impl Actor {
    /// The alarm has rung: starts whatever is due. Polling comes last: it sets the next alarm before it asks anybody, by what the others
    /// have noted of being under way.
    pub(crate) fn ring(actor: &Rc<Self>) {
        Self::start(actor, "delivery", |actor| async move { actor.deliver().await });
        Self::start(actor, "ledger", |actor| async move { actor.tell_ledger().await });
        Self::start(actor, "polling", |actor| async move {
            let watched = actor.is_watched();
            // A tick is never refused.
            let _ = actor.apply(Input::Tick { watched }).await?;
            Ok(())
        });
    }

    /// Starts something that goes on by itself. The platform forgets an alarm that fails too often, so this one never does: what goes
    /// wrong is tried again later.
    fn start<F: Future<Output = worker::Result<()>> + 'static>(actor: &Rc<Self>, what: &'static str, work: impl FnOnce(Rc<Self>) -> F) {
        let work = work(Rc::clone(actor));
        let actor = Rc::clone(actor);
        let state = Rc::clone(&actor);
        state.state.wait_until(async move {
            let outcome = work.await;
            if let Err(error) = &outcome {
                log::line(Level::Error, "background work failed", &[("what", what), ("reason", &error.to_string())]);
            }
            if outcome.is_err() || actor.set_alarm().await.is_err() {
                let _ = actor.set_alarm_to(platform::now() + RETRY).await;
            }
        });
    }

    /// Sets the one alarm to whatever is due first.
    pub(crate) async fn set_alarm(&self) -> worker::Result<()> {
        if let Some(wake) = self.next_wake() {
            return self.set_alarm_to(wake).await;
        }
        self.background.alarm.set(None);
        self.state.storage().delete_alarm().await
    }

    pub(crate) async fn set_alarm_to(&self, wake: Timestamp) -> worker::Result<()> {
        if self.background.alarm.replace(Some(wake)) == Some(wake) {
            return Ok(());
        }
        let wait = u64::try_from((wake - platform::now()).0).unwrap_or(0);
        let set = self.state.storage().set_alarm(Duration::from_millis(wait)).await;
        if set.is_err() {
            self.background.alarm.set(None);
        }
        set
    }

    fn next_wake(&self) -> Option<Timestamp> {
        let session = self.session.borrow();
        let session = session.as_ref()?;
        let now = platform::now();
        let background = &self.background;
        if background.is_ledger_behind.get() && background.ledger_at.get().is_none() {
            background.ledger_at.set(Some(now + LEDGER_WAIT));
        }
        let not_before = background.ledger_at.get();
        let ledger = not_before.filter(|_| background.is_ledger_behind.get());
        let purge = self.purge_at().map(|at| not_before.map_or(at, |not_before| at.max(not_before)));
        // While something is being sent the alarm has nothing to begin; when that ends it is set anew.
        let deliver_at = if background.is_delivering.get() { now + LEASE } else { background.deliver_at.get() };
        let delivery = self.outbox.borrow().next_wake().map(|wake| wake.max(deliver_at));
        [session.next_wake(self.is_watched()), delivery, ledger, purge].into_iter().flatten().min()
    }

    /// Sends what is due to the merchant, one event after the other.
    async fn deliver(&self) -> worker::Result<()> {
        let now = platform::now();
        if now < self.background.deliver_at.get() || self.background.is_delivering.replace(true) {
            return Ok(());
        }
        let outcome = self.deliver_all().await;
        self.background.is_delivering.set(false);
        if let Err(error) = outcome {
            log::line(Level::Error, "background work failed", &[("what", "delivery"), ("reason", &error.to_string())]);
            self.background.deliver_at.set(now + RETRY);
        }
        Ok(())
    }

    async fn deliver_all(&self) -> worker::Result<()> {
        let config = self.config()?;
        while let Some(by_hand) = self.due_delivery()? {
            let Some(endpoint) = &config.endpoint else {
                self.hold_all()?;
                continue;
            };
            let fingerprint = endpoint.fingerprint();
            // Whether it said 410 before. Where the ledger cannot say, it is tried.
            let was_gone = match select(pin!(ledger::endpoint_is_gone(&self.env, &fingerprint)), pin!(Delay::from(LEDGER_PATIENCE))).await {
                Either::Left((told, _)) => told.unwrap_or(false),
                Either::Right(_) => false,
            };
            if was_gone && !by_hand {
                log::line(Level::Error, "webhooks held", &[("reason", "the endpoint has answered 410 before")]);
                self.hold_all()?;
                continue;
            }
            let Some(due) = self.begin_delivery()? else { break };
            let outcome = deliver::send(endpoint, &due.id, &due.body, platform::now()).await;
            let ended = self.outbox.borrow_mut().ended(due.id.number, outcome, platform::now());
            self.write_events()?;
            match ended {
                Ended::Gone => self.note_endpoint(&fingerprint, true).await,
                Ended::Delivered if was_gone => self.note_endpoint(&fingerprint, false).await,
                Ended::Delivered | Ended::Ignored => {}
                Ended::TryAgain | Ended::GivenUp => {
                    let (event, reason) = (due.id.to_string(), outcome.to_string());
                    log::line(Level::Warning, "webhook not delivered", &[("event", &event), ("reason", &reason)]);
                }
            }
        }
        Ok(())
    }

    /// Remembers for all sessions whether the endpoint wants nothing more. If that fails, each hears it for itself.
    async fn note_endpoint(&self, fingerprint: &str, is_gone: bool) {
        for _ in 0..NOTE_TRIES {
            match ledger::set_endpoint_gone(&self.env, fingerprint, is_gone, platform::now()).await {
                Ok(()) => return,
                Err(error) => log::line(Level::Error, "background work failed", &[("what", "endpoint"), ("reason", &error.to_string())]),
            }
        }
    }

    /// Whether an event is to be sent now, and whether the merchant asked for it.
    fn due_delivery(&self) -> worker::Result<Option<bool>> {
        let by_hand = self.outbox.borrow_mut().due(platform::now()).map(Event::is_by_hand);
        self.write_events()?;
        Ok(by_hand)
    }

    /// The event to be sent now, written down as under way.
    fn begin_delivery(&self) -> worker::Result<Option<Due>> {
        let session = self.session.borrow().as_ref().map(|session| session.id().to_owned()).unwrap_or_default();
        let due = self
            .outbox
            .borrow_mut()
            .begin(platform::now())
            .map(|event| Due { id: EventId { session, number: event.number }, body: event.body.clone() });
        self.write_events()?;
        Ok(due)
    }

    fn hold_all(&self) -> worker::Result<()> {
        self.outbox.borrow_mut().hold_all();
        self.write_events()
    }

    /// Writes down the events that have changed.
    pub(crate) fn write_events(&self) -> worker::Result<()> {
        if session_store::write_events(&self.state.storage().sql(), &mut self.outbox.borrow_mut())? {
            self.background.note_written();
        }
        Ok(())
    }

    /// Sends an event again. `None`: there is no such event.
    pub(crate) fn resend(&self, number: u32) -> worker::Result<Option<DeliveryView>> {
        if !self.outbox.borrow_mut().resend(number, platform::now()) {
            return Ok(None);
        }
        self.write_events()?;
        let outbox = self.outbox.borrow();
        Ok(outbox.events().iter().find(|event| event.number == number).map(|event| outbox.view(event)))
    }

    /// The session's events and how their deliveries go.
    pub(crate) fn events(&self) -> worker::Result<Vec<EventView>> {
        let outbox = self.outbox.borrow();
        let views = outbox.events().iter().map(|event| {
            let body: WebhookBody = serde_json::from_str(&event.body)?;
            Ok(EventView { delivery: outbox.view(event), data: body.data })
        });
        views.collect()
    }

    fn ledger_line(&self) -> Option<Line> {
        let session = self.session.borrow();
        let session = session.as_ref()?;
        let outbox = self.outbox.borrow();
        let deliveries = outbox.events().iter().map(|event| outbox.view(event)).collect();
        Some(Line { summary: session.summary(), found_by: session.found_by(), deliveries })
    }

    /// Tells the ledger what it does not know yet, and forgets the session when its time has come. The list may lag; it is no reason
    /// to do anything else later.
    async fn tell_ledger(&self) -> worker::Result<()> {
        let background = &self.background;
        let now = platform::now();
        let is_due = background.ledger_at.get().is_none_or(|not_before| not_before <= now);
        if !is_due || background.is_telling_ledger.replace(true) {
            return Ok(());
        }
        // Should this die in the middle, it is begun again then.
        background.ledger_at.set(Some(now + RETRY));
        let outcome = if self.purge_at().is_some_and(|at| at <= now) { self.purge().await } else { self.tell_ledger_now().await };
        background.is_telling_ledger.set(false);
        match outcome {
            Ok(()) => background.ledger_at.set(None),
            // It is told again at the time noted above.
            Err(error) => log::line(Level::Error, "background work failed", &[("what", "ledger"), ("reason", &error.to_string())]),
        }
        Ok(())
    }

    async fn tell_ledger_now(&self) -> worker::Result<()> {
        if !self.background.is_ledger_behind.replace(false) {
            return Ok(());
        }
        let Some(line) = self.ledger_line() else { return Ok(()) };
        let told = line.told();
        if told == *self.background.in_ledger.borrow() {
            return Ok(());
        }
        if let Err(error) = ledger::write(&self.env, &line.summary, &line.found_by, &line.deliveries).await {
            self.background.is_ledger_behind.set(true);
            return Err(error);
        }
        session_store::write_in_ledger(&self.state.storage().sql(), &told)?;
        self.background.in_ledger.replace(told);
        Ok(())
    }

    /// When the session is to be forgotten: never while the merchant has not heard of something.
    fn purge_at(&self) -> Option<Timestamp> {
        let retention = self.config().ok()?.retention;
        let session = self.session.borrow();
        session.as_ref()?.purge_at(retention).filter(|_| self.outbox.borrow().is_settled())
    }

    /// The ledger first: what it lists must be there.
    async fn purge(&self) -> worker::Result<()> {
        let Some(id) = self.session.borrow().as_ref().map(|session| session.id().to_owned()) else { return Ok(()) };
        // Should it be opened anew meanwhile, the ledger is told again whatever it knew.
        session_store::write_in_ledger(&self.state.storage().sql(), "")?;
        self.background.in_ledger.take();
        ledger::forget(&self.env, &id).await?;
        // Somebody may have opened it anew meanwhile.
        if self.purge_at().is_none_or(|at| at > platform::now()) {
            self.background.is_ledger_behind.set(true);
            return Ok(());
        }
        self.background.is_ledger_behind.set(false);
        let Some(session) = self.session.take() else { return Ok(()) };
        let trace = session.trace(self.outbox.borrow().last_number());
        session_store::forget(&self.state.storage().sql(), &trace)?;
        self.trace.replace(Some(trace));
        for socket in self.state.get_websockets() {
            let _ = socket.close(Some(1000), Some(""));
        }
        log::line(Level::Info, "session forgotten", &[("session", &id)]);
        Ok(())
    }
}

impl Line {
    /// What it says, but for what changes with every breath.
    fn told(&self) -> String {
        let SessionSummary { status, price, expires_at, .. } = &self.summary;
        serde_json::json!([status, price, expires_at, self.found_by, self.deliveries]).to_string()
    }
}
