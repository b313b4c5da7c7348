//! The page in a browser: holds the screen's state, keeps that state live, and turns what the customer does into requests.
//!
//! Yew's components with methods, here and elsewhere, and not its functions with hooks: the hooks weighed 5 kB.

use crate::api;
use crate::clock::now;
use crate::embedder::Embedder;
use crate::live::{self, Live};
use crate::messages::Messages;
use crate::pieces::STEP_ID;
use crate::screen::{ScreenProps, screen};
use crate::state::{Action, Model, Problem};
use crate::step::StepKey;
use checkout_shared::method::MethodId;
use checkout_shared::page::PageData;
use checkout_shared::route::Capability;
use checkout_shared::time::Timestamp;
use gloo_timers::callback::Interval;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::prelude::*;

/// What the page starts from.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct CheckoutProps {
    /// What the edge put into the page.
    pub data: PageData,
    /// The words, in the customer's language.
    pub messages: Messages,
}

/// The checkout in a browser.
pub struct Checkout {
    model: Model,
    session: Option<Rc<Capability>>,
    /// The step that was last shown.
    step: Option<StepKey>,
    /// Ticks while something counts down.
    clock: Option<Interval>,
    live: Option<Rc<Live>>,
    embedder: Option<Embedder>,
}

impl Component for Checkout {
    /// What has happened; nothing, if only time has passed.
    type Message = Option<Action>;
    type Properties = CheckoutProps;

    fn create(ctx: &Context<Self>) -> Self {
        let data = &ctx.props().data;
        let session = data.page.as_deref().and_then(Capability::of_page).map(Rc::new);
        Self { model: Model::start(data, now()), session, step: None, clock: None, live: None, embedder: None }
    }

    fn update(&mut self, ctx: &Context<Self>, happened: Option<Action>) -> bool {
        let Some(action) = happened else { return true };
        match &action {
            Action::Choose(method) => self.choose(ctx, method.clone()),
            Action::Ask => self.ask(ctx),
            _ => {}
        }
        self.model = self.model.after(action);
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let link = ctx.link();
        // Done in place of following the link that was pressed.
        let in_place = |action: Action| {
            link.callback(move |event: MouseEvent| {
                event.prevent_default();
                Some(action.clone())
            })
        };
        screen(&ScreenProps {
            messages: ctx.props().messages.clone(),
            model: self.model.clone(),
            now: self.now(),
            on_choose: link.callback(|method| Some(Action::Choose(method))),
            on_change: in_place(Action::ChangeMethod),
            on_keep: in_place(Action::KeepMethod),
            on_ask: in_place(Action::Ask),
        })
    }

    fn rendered(&mut self, ctx: &Context<Self>, is_first: bool) {
        if is_first {
            let link = ctx.link().clone();
            let dispatch = move |action| link.send_message(Some(action));
            self.live = self.session.clone().map(|session| Live::start(session, Box::new(dispatch), &self.model));
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
        if self.step.replace(key).is_some_and(|before| before != key) {
            lead_to_step();
        }
    }
}

impl Checkout {
    fn now(&self) -> Timestamp {
        self.model.server_time(now())
    }

    fn choose(&self, ctx: &Context<Self>, method: MethodId) {
        let Some(session) = self.session.clone() else {
            return ctx.link().send_message(Some(Action::ChoiceFailed(Problem::IncompleteLink)));
        };
        ctx.link().send_future(async move {
            Some(match api::choose(&session, &method).await {
                Ok(view) => Action::Chosen { view: Rc::new(view), at: now() },
                Err(failure) => Action::ChoiceFailed(failure.into()),
            })
        });
    }

    fn ask(&self, ctx: &Context<Self>) {
        if let Some(session) = self.session.clone() {
            ctx.link().send_future(async move { Some(live::ask(&session).await) });
        }
    }
}

/// Leads the customer to the heading of a new step: a screen reader then reads on from there, and a small screen scrolls to it. Not while
/// the customer is busy elsewhere, such as in the shop's own page.
fn lead_to_step() {
    let document = web_sys::window().and_then(|window| window.document()).filter(|document| document.has_focus().unwrap_or(false));
    let heading = document.and_then(|document| document.get_element_by_id(STEP_ID));
    if let Some(heading) = heading.and_then(|heading| heading.dyn_into::<HtmlElement>().ok()) {
        // Without focus the page still shows the step.
        let _ = heading.focus();
    }
}
