//! The page in a browser: gives the screen its state, keeps that state live, and turns what the customer does into requests.

use crate::api;
use crate::clock::{now, use_now};
use crate::embedder::{is_framed, use_embedder};
use crate::live::{self, use_live};
use crate::messages::Messages;
use crate::pieces::STEP_ID;
use crate::returning::use_return;
use crate::screen::{ScreenProps, screen};
use crate::state::{Action, Model, Problem, Returning};
use crate::step::StepKey;
use checkout_shared::method::MethodId;
use checkout_shared::page::PageData;
use checkout_shared::route::Capability;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Document, HtmlElement};
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
#[component]
pub fn Checkout(props: &CheckoutProps) -> Html {
    let model = {
        let data = props.data.clone();
        use_reducer(move || Model { returning: returning(), ..Model::start(&data, now()) })
    };
    let session = use_memo(props.data.page.clone(), |page| page.as_deref().and_then(session_of));
    let session: Option<Rc<Capability>> = (*session).clone();

    use_live(session.clone(), &model);
    use_embedder(props.data.embedder.clone().map(AttrValue::from), model.view.clone(), model.fatal.clone());

    let ends_at = model.step(model.server_time(now())).ends_at();
    let now = model.server_time(use_now(ends_at.is_some()));
    use_return(&model);
    use_focus_on(model.step(now).key(model.view.as_deref()));

    let on_action = {
        let dispatcher = model.dispatcher();
        Callback::from(move |action: Action| match action {
            Action::Choose(method) => choose(session.clone(), method, dispatcher.clone()),
            Action::Ask => ask(session.clone(), dispatcher.clone()),
            other => dispatcher.dispatch(other),
        })
    };
    screen(&ScreenProps { messages: props.messages.clone(), model: (*model).clone(), now, on_action })
}

/// In a frame the shop's own page is told that it is paid, and goes on as it likes.
fn returning() -> Returning {
    if is_framed() { Returning::Never } else { Returning::OncePaid }
}

fn session_of(page: &str) -> Option<Rc<Capability>> {
    Capability::of_page(page).map(Rc::new)
}

fn choose(session: Option<Rc<Capability>>, method: MethodId, dispatcher: UseReducerDispatcher<Model>) {
    let Some(session) = session else { return dispatcher.dispatch(Action::ChoiceFailed(Problem::IncompleteLink)) };
    dispatcher.dispatch(Action::Choose(method.clone()));
    wasm_bindgen_futures::spawn_local(async move {
        let action = match api::choose(&session, &method).await {
            Ok(view) => Action::Chosen { view: Rc::new(view), at: now() },
            Err(failure) => Action::ChoiceFailed(failure.into()),
        };
        dispatcher.dispatch(action);
    });
}

fn ask(session: Option<Rc<Capability>>, dispatcher: UseReducerDispatcher<Model>) {
    let Some(session) = session else { return };
    dispatcher.dispatch(Action::Ask);
    wasm_bindgen_futures::spawn_local(async move { dispatcher.dispatch(live::ask(&session).await) });
}

/// Leads the customer to the heading of each new step: a screen reader then reads on from there, and a small screen scrolls to it.
/// Not on the first one (the page starts at its top), and not while the customer is busy elsewhere, such as in the shop's own page.
#[hook]
fn use_focus_on(step: StepKey) {
    let before = use_mut_ref(|| None::<StepKey>);
    use_effect_with(step, move |step| {
        let is_first = before.borrow_mut().replace(*step).is_none();
        let document =
            web_sys::window().and_then(|window| window.document()).filter(|document| !is_first && document.has_focus().unwrap_or(false));
        if let Some(document) = document {
            lead_to_step(&document);
        }
    });
}

/// Puts the focus on the heading of the step.
pub fn lead_to_step(document: &Document) {
    if let Some(heading) = document.get_element_by_id(STEP_ID).and_then(|heading| heading.dyn_into::<HtmlElement>().ok()) {
        // Without focus the page still shows the step.
        let _ = heading.focus();
    }
}
