//! The page in a browser: holds the screen's state, keeps that state live, and turns what the customer does into requests.
//!
//! Yew's component with methods, and not its function with hooks: the hooks weighed 5 kB.

use crate::api;
use crate::clock::now;
use crate::embedder::{Embedder, is_framed};
use crate::live::{self, Live};
use crate::messages::Messages;
use crate::pieces::STEP_ID;
use crate::returning::{Leaving, leave};
use crate::screen::{ScreenProps, screen};
use crate::state::{Action, Model, Problem, Returning};
use crate::step::StepKey;
use checkout_shared::method::MethodId;
use checkout_shared::page::PageData;
use checkout_shared::route::Capability;
use checkout_shared::time::Timestamp;
use gloo_timers::callback::{Interval, Timeout};
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Document, HtmlElement};
use yew::prelude::*;

/// For how long a button says what it copied.
const SAYS_COPIED_FOR_MS: u32 = 2_500;

/// What the page starts from.
#[derive(Clone, Debug, Properties)]
pub struct CheckoutProps {
    /// What the edge put into the page.
    pub data: Rc<PageData>,
    /// The words, in the customer's language.
    pub messages: Messages,
}

/// Asked by Yew. To compare all that a page may hold would weigh half a kB.
impl PartialEq for CheckoutProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.data, &other.data) && self.messages == other.messages
    }
}

/// The checkout in a browser.
pub struct Checkout {
    model: Model,
    session: Option<Rc<Capability>>,
    /// Given all that happens.
    on_action: Callback<Action>,
    /// The step that was last shown.
    step: Option<StepKey>,
    live: Option<Rc<Live>>,
    embedder: Option<Embedder>,
    /// Ticks while something counts down.
    clock: Option<Interval>,
    leaving: Option<Leaving>,
    /// Ends what is said of copying. Another in its place cancels it.
    saying_copied: Option<Timeout>,
}

impl Component for Checkout {
    /// What has happened; nothing, if only time has passed.
    type Message = Option<Action>;
    type Properties = CheckoutProps;

    fn create(ctx: &Context<Self>) -> Self {
        let data = &ctx.props().data;
        // In a frame the shop's own page is told that it is paid, and goes on as it likes.
        let returning = if is_framed() { Returning::Never } else { Returning::OncePaid };
        Self {
            model: Model { returning, ..Model::start(data, now()) },
            session: data.page.as_deref().and_then(Capability::of_page).map(Rc::new),
            on_action: ctx.link().callback(Some),
            step: None,
            live: None,
            embedder: None,
            clock: None,
            leaving: None,
            saying_copied: None,
        }
    }

    fn update(&mut self, _: &Context<Self>, happened: Option<Action>) -> bool {
        let Some(action) = happened else { return true };
        match &action {
            Action::Choose(method) => self.choose(method.clone()),
            Action::Ask => {
                self.ask();
                // The button that was pressed is about to go.
                follow_step();
            }
            Action::Copied(_) => {
                let on_action = self.on_action.clone();
                self.saying_copied = Some(Timeout::new(SAYS_COPIED_FOR_MS, move || on_action.emit(Action::SaidCopied)));
            }
            _ => {}
        }
        let next = self.model.after(action);
        if next.returning == Returning::In(0) && self.model.returning != next.returning {
            leave(&next);
        }
        self.model = next;
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        screen(&ScreenProps {
            messages: ctx.props().messages.clone(),
            model: self.model.clone(),
            now: self.now(),
            on_action: self.on_action.clone(),
        })
    }

    fn rendered(&mut self, ctx: &Context<Self>, is_first: bool) {
        if is_first {
            self.live = self.session.clone().map(|session| Live::start(session, self.on_action.clone(), &self.model));
            self.embedder = ctx.props().data.embedder.as_deref().and_then(Embedder::find);
        }
        if let Some(live) = &self.live {
            live.set_known(&self.model);
        }
        if let Some(embedder) = &mut self.embedder {
            embedder.tell_news(&self.model);
        }
        let step = self.model.step(self.now());
        let (key, counts_down) = (step.key(self.model.view.as_deref()), step.ends_at().is_some());
        if counts_down != self.clock.is_some() {
            let link = ctx.link().clone();
            self.clock = counts_down.then(|| Interval::new(1_000, move || link.send_message(None)));
        }
        let before = self.step.replace(key);
        if before != self.step {
            keep_in_address_bar(&self.model);
        }
        if before.is_some_and(|before| before != key) {
            follow_step();
        }
        // Behind it, for that focus is no sign of the customer's.
        let leaves = matches!(self.model.returning, Returning::In(_));
        if leaves != self.leaving.is_some() {
            self.leaving = if leaves { Leaving::start(&self.on_action) } else { None };
        }
    }
}

impl Checkout {
    fn now(&self) -> Timestamp {
        self.model.server_time(now())
    }

    fn choose(&self, method: MethodId) {
        let (on_action, session) = (self.on_action.clone(), self.session.clone());
        spawn_local(async move {
            let chosen = match session {
                Some(session) => api::choose(&session, &method).await.map_err(Problem::from),
                None => Err(Problem::IncompleteLink),
            };
            on_action.emit(match chosen {
                Ok(view) => Action::Chosen { method, view: Rc::new(view), at: now() },
                Err(problem) => Action::ChoiceFailed(method, problem),
            });
        });
    }

    fn ask(&self) {
        if let Some(session) = self.session.clone() {
            let on_action = self.on_action.clone();
            spawn_local(async move { on_action.emit(live::ask(&session).await) });
        }
    }
}

/// A reload asks for the session, not once more for the order token, which is short-lived and long; for the same language; and for the list
/// of ways to pay where the customer has opened it again.
fn keep_in_address_bar(model: &Model) {
    let Some(page) = model.page.as_deref() else { return };
    let to_choose = model.changing_method.then(|| model.page_to_choose());
    if let Some(history) = web_sys::window().and_then(|window| window.history().ok()) {
        // Refused only for another origin's path; then the address stays as it was.
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(to_choose.as_deref().unwrap_or(page)));
    }
}

/// Leads the customer to the heading of a new step: a screen reader then reads on from there, and a small screen scrolls to it. Not while
/// the customer is busy elsewhere, such as in the shop's own page.
fn follow_step() {
    let document = web_sys::window().and_then(|window| window.document()).filter(|document| document.has_focus().unwrap_or(false));
    if let Some(document) = document {
        lead_to_step(&document);
    }
}

/// Puts the focus on the heading of the step.
pub fn lead_to_step(document: &Document) {
    if let Some(heading) = document.get_element_by_id(STEP_ID).and_then(|heading| heading.dyn_into::<HtmlElement>().ok()) {
        // Without focus the page still shows the step.
        let _ = heading.focus();
    }
}
