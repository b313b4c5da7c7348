//! The whole page as a pure function of its state and the time. No effects: it renders at the edge and in a browser alike.
//!
//! Which step is shown is `step.rs`'s to say; what keeps the state live is `checkout.rs`.

use crate::announcement::{announcement, time_announcement};
use crate::choose_method::{Choices, choose_method};
use crate::connection::MISSES_TOLD;
use crate::continue_on_page::continue_on_page;
use crate::copy_button::Copying;
use crate::element::{Is, all, el, el_with, is, text};
use crate::icon::Icon;
use crate::messages::{Key, Messages};
use crate::outcome::{back_to_shop, outcome_screen};
use crate::pay_to_address::{Payment, pay_to_address};
use crate::pieces::{self, Tone, Way, heading, note, paragraph, quiet_button, unseen};
use crate::problem::problem_screen;
use crate::progress::progress;
use crate::state::{Action, Connection, Model};
use crate::step::Step;
use crate::summary::summary;
use crate::time_up::time_up;
use crate::words::{method_name, shop};
use checkout_shared::session::{AttemptStatus, SessionView, Status};
use checkout_shared::time::Timestamp;
use yew::prelude::*;

/// The state, the time, and whom to tell what the customer does.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct ScreenProps {
    /// The words, in the customer's language.
    pub messages: Messages,
    /// The state.
    pub model: Model,
    /// The edge's time.
    pub now: Timestamp,
    /// What the customer does.
    #[prop_or_default]
    pub on_action: Callback<Action>,
}

impl ScreenProps {
    /// The screen of a page without a script: whatever the customer does is a form or a link.
    #[must_use]
    pub fn still(messages: Messages, model: Model, now: Timestamp) -> Self {
        Self { messages, model, now, on_action: Callback::default() }
    }
}

/// The whole page, as a component.
#[component]
pub fn Screen(props: &ScreenProps) -> Html {
    screen(props)
}

/// The whole page.
pub fn screen(props: &ScreenProps) -> Html {
    let (messages, model) = (&props.messages, &props.model);
    let step = model.step(props.now);
    let view = model.view.as_deref();
    let head = view
        .filter(|_| !matches!(step, Step::Problem(_)))
        .map(|view| summary(messages, model.merchant.as_deref(), model.logo.as_ref(), view));
    let has_facts = matches!(step, Step::Progress(_) | Step::Outcome(_));
    let said = |words: String| el("p", &[("class", Is("unseen")), ("role", Is("status"))], [text(words)]);
    let parts = [
        if model.modal { close_button(messages) } else { Html::default() },
        head.unwrap_or_default(),
        el("div", &[("class", Is("line")), ("role", Is("status"))], [connection(messages, model)]),
        shown(step, props),
        said(announcement(messages, &step, model)),
        said(time_announcement(messages, &step, model, props.now)),
        foot(props, has_facts),
    ];
    // In a frame it stands beside the shop's own.
    el_with("main", &["class", "aria-label"], [is("checkout"), is(messages.text(Key::Pay))], parts)
}

/// The way back to the shop's page, where this one lies over it. It works before there is a widget: see the script in `index.html`.
fn close_button(messages: &Messages) -> Html {
    let values = [is("button"), is("close"), is(messages.text(Key::Close))];
    el_with("button", &["type", "class", "aria-label"], values, [Icon::Cross.draw()])
}

/// What is amiss with the line to the edge, where the customer should know.
#[inline(never)]
fn connection(messages: &Messages, model: &Model) -> Html {
    let (tone, words) = match model.connection {
        Connection::Troubled { times } if times >= MISSES_TOLD => (Tone::Calm, messages.text(Key::Troubled)),
        Connection::Well | Connection::Troubled { .. } => return Html::default(),
        Connection::Back => return unseen(messages.text(Key::BackOnline)),
        Connection::Offline => (Tone::Warn, messages.text(Key::Offline)),
        Connection::Garbled => (Tone::Warn, messages.text(Key::Outdated)),
    };
    let reload = (model.connection == Connection::Garbled).then(|| quiet_button(messages.text(Key::Reload), again(model)));
    all([note(tone, None, words.into()), reload.unwrap_or_default()])
}

/// Loading this page again.
fn again(model: &Model) -> Way<'_> {
    Way { href: model.page.as_deref().unwrap_or_default(), action: None }
}

/// Each step's function is kept apart (`inline(never)`): a browser compiles a function when it is first called, on the thread that has to
/// answer the customer, so it should be the one step that is shown and not all of them.
fn shown(step: Step, props: &ScreenProps) -> Html {
    let (messages, model, now, on_action) = (&props.messages, &props.model, props.now, &props.on_action);
    // Every step but a problem stands on a view (`Model::step`).
    let Some(view) = &model.view else {
        return if let Step::Problem(problem) = step { problem_screen(messages, problem, again(model)) } else { Html::default() };
    };
    let page_to_choose = model.page_to_choose();
    let change = Way { href: &page_to_choose, action: Some((|| Action::ChangeMethod, on_action)) };
    // Once money has arrived the rest goes where the first part went.
    let change_freely = (view.status == Status::AwaitingPayment).then_some(change);
    let copying = Copying { messages, last: model.copied.as_ref(), on_action };
    match step {
        Step::Problem(problem) => problem_screen(messages, problem, again(model)),
        Step::Choose { ended, can_return } => choose_method(&Choices {
            messages,
            methods: &view.methods,
            unavailable: view.methods_unavailable,
            asking: model.asking,
            order: &view.order,
            ended,
            choosing: model.choosing.as_ref(),
            problem: model.choice_problem.as_ref(),
            search: &model.search,
            page: again(model).href,
            on_action,
            keep: can_return.then(|| Way { action: Some((|| Action::KeepMethod, on_action)), ..again(model) }),
            ask: Way { action: Some((|| Action::Ask, on_action)), ..change },
        }),
        Step::Preparing => preparing(messages, view, change),
        Step::PayToAddress(attempt, address) => {
            let price = &view.order.price();
            let (bare_qr, copied) = (model.bare_qr, model.copied.as_ref());
            pay_to_address(&Payment { messages, attempt, address, price, now, bare_qr, copied, on_action, change: change_freely })
        }
        Step::ContinueOnPage { attempt, url, expires_at } => continue_on_page(messages, attempt, url, expires_at, now, change_freely),
        Step::TimeUp => time_up(messages, change),
        Step::Progress(_) => progress(copying, view),
        Step::Outcome(outcome) => outcome_screen(copying, outcome, view, model.merchant.as_deref(), model.returning),
    }
}

/// Asking the provider takes seconds, looking up what it answered may take minutes, and nobody has to wait for either: nothing of it that
/// could be paid has been shown yet, another choice is an attempt of its own at the edge, and this one is neither repeated nor forgotten.
#[inline(never)]
fn preparing(messages: &Messages, view: &SessionView, change: Way) -> Html {
    let attempt = view.attempt.as_ref();
    let method = attempt.map(|attempt| method_name(messages, &attempt.method)).unwrap_or_default();
    let is_checking = attempt.is_some_and(|attempt| attempt.status == AttemptStatus::Checking);
    let words = if is_checking { Key::PreparingChecking } else { Key::PreparingText };
    let inside = all([
        el("span", &[("class", Is("spinner spinner-big")), ("aria-hidden", Is("true"))], []),
        heading(messages.text(Key::PreparingHeading)),
        paragraph(messages.fill(words, &[("method", &method)])),
        quiet_button(messages.text(Key::ChangeMethod), change),
    ]);
    pieces::step("step outcome", inside)
}

/// The reference to quote, where there are no facts that have it; and the way out, while there is something to pay.
fn foot(props: &ScreenProps, has_facts: bool) -> Html {
    let messages = &props.messages;
    let Some(view) = props.model.view.as_ref().filter(|_| !has_facts) else { return Html::default() };
    // Whoever has paid is not sent where the shop takes back whoever has not.
    let is_payable = matches!(view.status, Status::Open | Status::AwaitingPayment | Status::Underpaid);
    let url = view.order.cancel_url.as_deref().filter(|_| is_payable);
    let label = messages.fill(Key::BackToShop, &[("shop", &shop(messages, props.model.merchant.as_deref()))]);
    let reference = el("bdi", &[], [text(view.order.reference.clone())]);
    let reference = el("p", &[], [text(messages.text(Key::Reference) + " "), reference]);
    el("footer", &[("class", Is("foot"))], [reference, back_to_shop(url, label, "foot-link")])
}
