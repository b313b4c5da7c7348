//! Keeps the state current: a socket the edge pushes complete views through, requests (long or plain) where there is none. When to do
//! what is decided in `link.rs`; this file owns the socket, the timer and the browser's events.

use crate::api::{self, Failure};
use crate::clock::now;
use crate::json;
use crate::link::{Deed, Event, Link, WaitEnd};
use crate::state::{Action, Missed, Model, Pace};
use checkout_shared::route::Capability;
use checkout_shared::session::SessionView;
use checkout_shared::time::{Millis, Timestamp};
use gloo_events::EventListener;
use gloo_timers::callback::{Interval, Timeout};
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{AbortController, MessageEvent, VisibilityState, WebSocket};
use yew::Callback;

/// What the page knows.
#[derive(Clone, Copy)]
struct Known {
    pace: Pace,
    sequence: u64,
}

impl Known {
    fn of(model: &Model) -> Self {
        Self { pace: model.pace(), sequence: model.view.as_ref().map_or(0, |view| view.sequence) }
    }
}

/// Keeps the session's state current until it is dropped.
pub struct Live {
    session: Rc<Capability>,
    dispatch: Callback<Action>,
    known: Cell<Known>,
    link: RefCell<Link>,
    socket: RefCell<Option<Socket>>,
    waiting: RefCell<Option<Waiting>>,
    /// When the last plain request went off, while it is under way.
    fetching: Cell<Option<Timestamp>>,
    /// What calls us; dropped with us.
    callers: RefCell<Option<(Interval, Vec<EventListener>)>>,
}

impl Live {
    /// Starts from what the page knows; `dispatch` is given all there is to know from then on.
    pub fn start(session: Rc<Capability>, dispatch: Callback<Action>, model: &Model) -> Rc<Self> {
        // Any number that differs between customers will do.
        let spread = session.id.bytes().fold(0_i64, |sum, byte| (sum * 31 + i64::from(byte)) % 1_000);
        let live = Rc::new(Self {
            session,
            dispatch,
            known: Cell::new(Known::of(model)),
            link: RefCell::new(Link::new(now(), Millis(spread))),
            socket: RefCell::new(None),
            waiting: RefCell::new(None),
            fetching: Cell::new(None),
            callers: RefCell::new(None),
        });
        let ticking = Rc::downgrade(&live);
        let interval = Interval::new(1_000, move || tick(&ticking));
        *live.callers.borrow_mut() = Some((interval, listeners(&live)));
        // Not in the task that renders the page: opening a socket takes a slow phone as long again.
        let starting = Rc::downgrade(&live);
        Timeout::new(0, move || tick(&starting)).forget();
        live
    }

    /// What the page knows now.
    pub fn set_known(&self, model: &Model) {
        self.known.set(Known::of(model));
    }

    fn on(self: &Rc<Self>, event: Event) {
        let at = now();
        let deeds = self.link.borrow_mut().on(event, at);
        for deed in deeds {
            match deed {
                Deed::Connect => self.connect(),
                Deed::Drop => drop(self.socket.borrow_mut().take()),
                Deed::Ask => self.ask(),
                Deed::Fetch => self.fetch(),
                Deed::FetchAnew => self.fetch_anew(),
                Deed::Wait => self.wait(at),
                Deed::StopWaiting => drop(self.waiting.borrow_mut().take()),
            }
        }
    }

    fn connect(self: &Rc<Self>) {
        // The one before goes first, so that its last words are not taken for this one's.
        drop(self.socket.borrow_mut().take());
        let socket = Socket::open(&self.session, &Rc::downgrade(self));
        let opened = socket.is_some();
        *self.socket.borrow_mut() = socket;
        if !opened {
            self.on(Event::Closed);
        }
    }

    fn ask(&self) {
        if let Some(socket) = self.socket.borrow().as_ref() {
            // What fails here is closed, and says so by its own event.
            let _ = socket.socket.send_with_str("ping");
        }
    }

    fn heard(self: &Rc<Self>, text: &str) {
        self.on(Event::Heard);
        match json::decode::<SessionView>(text) {
            Some(view) => self.dispatch.emit(Action::Pushed { view: Rc::new(view), at: now() }),
            // A request tells whether it was this message or is this page.
            None => self.fetch(),
        }
    }

    fn fetch(self: &Rc<Self>) {
        if self.fetching.get().is_none() {
            self.fetch_anew();
        }
    }

    fn fetch_anew(self: &Rc<Self>) {
        let since = now();
        self.fetching.set(Some(since));
        let live = Rc::downgrade(self);
        let session = self.session.clone();
        wasm_bindgen_futures::spawn_local(async move {
            let action = ask(&session).await;
            let Some(live) = live.upgrade() else { return };
            let is_last = live.fetching.get() == Some(since);
            if is_last {
                live.fetching.set(None);
            }
            // That one nobody waits for any more has failed says nothing.
            if is_last || !matches!(action, Action::Missed(_)) {
                live.dispatch.emit(action);
            }
        });
    }

    fn wait(self: &Rc<Self>, since: Timestamp) {
        let Ok(controller) = AbortController::new() else { return self.on(Event::Waited { since, end: WaitEnd::Failed }) };
        let signal = controller.signal();
        self.waiting.replace(Some(Waiting(controller)));
        let after = self.known.get().sequence;
        let live = Rc::downgrade(self);
        let session = self.session.clone();
        wasm_bindgen_futures::spawn_local(async move {
            let view = api::newer(&session, after, &signal).await;
            let Some(live) = live.upgrade() else { return };
            let end = match &view {
                Ok(view) if view.sequence > after => WaitEnd::News,
                Ok(_) => WaitEnd::NoNews,
                // Why is what the plain request tells that follows.
                Err(_) => WaitEnd::Failed,
            };
            live.on(Event::Waited { since, end });
            if let Ok(view) = view {
                live.dispatch.emit(Action::Viewed { view: Rc::new(view), at: now() });
            }
        });
    }
}

/// Asks for the view; what came of it.
pub async fn ask(session: &Capability) -> Action {
    match api::view(session).await {
        Ok(view) => Action::Viewed { view: Rc::new(view), at: now() },
        // Anything but "no such session for you" passes.
        Err(Failure::Refused(error)) if matches!(error.code.http_status(), 403 | 404 | 410) => Action::Refused(error),
        // That there is no network a browser knows for certain; not that there is one that leads here.
        Err(Failure::Unreachable) if !is_online() => Action::Missed(Missed::Offline),
        Err(Failure::Refused(_) | Failure::Broken | Failure::Unreachable) => Action::Missed(Missed::Troubled),
        Err(Failure::Unreadable) => Action::Missed(Missed::Garbled),
    }
}

fn is_online() -> bool {
    web_sys::window().is_some_and(|window| window.navigator().on_line())
}

fn tick(live: &Weak<Live>) {
    if let Some(live) = live.upgrade() {
        // Nobody is looking at a hidden tab; it catches up when it is shown (`listeners`).
        let is_hidden = web_sys::window().and_then(|window| window.document()).is_some_and(|document| document.hidden());
        let pace = if is_hidden { Pace::Never } else { live.known.get().pace };
        live.on(Event::Tick { pace });
    }
}

/// The moments at which a customer comes back, from a wallet app most of all.
fn listeners(live: &Rc<Live>) -> Vec<EventListener> {
    let Some(window) = web_sys::window() else { return Vec::new() };
    let Some(document) = window.document() else { return Vec::new() };
    let woke = |live: Weak<Live>| {
        move |_: &web_sys::Event| {
            if let Some(live) = live.upgrade() {
                live.on(Event::Woke);
            }
        }
    };
    let weak = || Rc::downgrade(live);
    let shown = {
        let (live, document) = (weak(), document.clone());
        move |_: &web_sys::Event| {
            if let Some(live) = live.upgrade().filter(|_| document.visibility_state() == VisibilityState::Visible) {
                live.on(Event::Woke);
            }
        }
    };
    let offline = {
        let live = weak();
        move |_: &web_sys::Event| {
            if let Some(live) = live.upgrade() {
                live.dispatch.emit(Action::Missed(Missed::Offline));
            }
        }
    };
    let is_restored =
        |event: &web_sys::Event| js_sys::Reflect::get(event, &JsValue::from_str("persisted")).is_ok_and(|value| value.is_truthy());
    let restored = {
        let woke = woke(weak());
        move |event: &web_sys::Event| {
            if is_restored(event) {
                woke(event);
            }
        }
    };
    vec![
        EventListener::new(&document, "visibilitychange", shown),
        EventListener::new(&window, "online", woke(weak())),
        EventListener::new(&window, "offline", offline),
        EventListener::new(&window, "pageshow", restored),
    ]
}

/// A long-poll under way; ended when dropped.
struct Waiting(AbortController);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// An open (or opening) socket; closed, and deaf, when dropped.
struct Socket {
    socket: WebSocket,
    _listeners: [EventListener; 3],
}

impl Socket {
    fn open(session: &Capability, live: &Weak<Live>) -> Option<Self> {
        let origin = web_sys::window()?.location().origin().ok()?;
        // `http` → `ws`, `https` → `wss`.
        let url = format!("ws{}{}", origin.strip_prefix("http")?, session.live());
        let socket = WebSocket::new(&url).ok()?;
        let tell = |event: Event| {
            let live = live.clone();
            move |_: &web_sys::Event| {
                if let Some(live) = live.upgrade() {
                    live.on(event);
                }
            }
        };
        let hear = {
            let live = live.clone();
            move |event: &web_sys::Event| {
                let text = event.dyn_ref::<MessageEvent>().and_then(|message| message.data().as_string());
                if let Some((live, text)) = live.upgrade().zip(text) {
                    live.heard(&text);
                }
            }
        };
        let listeners = [
            EventListener::new(&socket, "open", tell(Event::Opened)),
            EventListener::new(&socket, "message", hear),
            // An error is always followed by a close.
            EventListener::new(&socket, "close", tell(Event::Closed)),
        ];
        Some(Self { socket, _listeners: listeners })
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        let _ = self.socket.close();
    }
}
