//! What this page tells the page that frames it: that it is there, how high it is, where the payment stands. One way only.
//!
//! It speaks to the origin the edge named and to no other; never `*`. What is received at the other end is `embed/edge-checkout.js`.

use crate::state::Problem;
use checkout_shared::error::ErrorCode;
use checkout_shared::money::Money;
use checkout_shared::session::{AttemptStatus, SessionView, Status};
use gloo_events::EventListener;
use serde::Serialize;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, ResizeObserver, Window};
use yew::prelude::*;

/// One message, as the framing page receives it; `source` tells it from the messages of others.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Message<'a> {
    /// The page is there.
    Ready { source: &'static str },
    /// The page is so high, in CSS pixels.
    Resize { source: &'static str, height: i32 },
    /// Where the payment stands.
    Status {
        source: &'static str,
        session: &'a str,
        status: Status,
        sequence: u64,
        reference: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        attempt_status: Option<AttemptStatus>,
        late: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        overpaid_by: Option<&'a Money>,
    },
    /// There is nothing to pay here; `code` is none if the link was incomplete.
    Error {
        source: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        code: Option<ErrorCode>,
    },
}

const SOURCE: &str = "edge-checkout";

/// Tells the framing page, if there is one, about every newer view (or why there is none) and every change of height.
#[hook]
pub fn use_embedder(embedder: Option<AttrValue>, view: Option<Rc<SessionView>>, fatal: Option<Problem>) {
    let frame = use_memo(embedder, |embedder| embedder.clone().and_then(Frame::find));
    {
        let frame = frame.clone();
        use_effect_with((), move |()| {
            let observed = (*frame).clone().and_then(|frame| {
                frame.tell(&Message::Ready { source: SOURCE });
                observe_height(frame)
            });
            move || drop(observed)
        });
    }
    let sequence = view.as_ref().map(|view| view.sequence);
    use_effect_with((sequence, fatal), move |(_, fatal)| {
        let Some(frame) = frame.as_ref() else { return };
        match (fatal, view) {
            (Some(problem), _) => frame.tell(&Message::Error { source: SOURCE, code: code(problem) }),
            (None, Some(view)) => frame.tell(&status(&view)),
            (None, None) => {}
        }
    });
}

const fn code(problem: &Problem) -> Option<ErrorCode> {
    match problem {
        Problem::Refused { code, .. } => Some(*code),
        Problem::IncompleteLink | Problem::Unreachable | Problem::Garbled => None,
    }
}

fn status(view: &SessionView) -> Message<'_> {
    Message::Status {
        source: SOURCE,
        session: &view.id,
        status: view.status,
        sequence: view.sequence,
        reference: &view.order.reference,
        attempt_status: view.attempt.as_ref().map(|attempt| attempt.status),
        late: view.late,
        overpaid_by: view.overpaid_by.as_ref(),
    }
}

/// The framing page.
#[derive(Clone, PartialEq)]
struct Frame {
    parent: Window,
    origin: AttrValue,
}

impl Frame {
    fn find(origin: AttrValue) -> Option<Self> {
        let window = web_sys::window()?;
        let parent = window.parent().ok()??;
        // A page that is not framed is its own parent.
        (parent != window).then_some(Self { parent, origin })
    }

    fn tell(&self, message: &Message) {
        if let Ok(message) = serde_wasm_bindgen::to_value(message) {
            // It fails only for an origin that is none; then nobody may be told.
            let _ = self.parent.post_message(&message, &self.origin);
        }
    }
}

/// Watches the height of the page; ends when dropped.
struct Observed {
    observer: ResizeObserver,
    _on_resize: Closure<dyn FnMut()>,
    _on_load: Option<EventListener>,
}

impl Drop for Observed {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

fn observe_height(frame: Frame) -> Option<Observed> {
    let window = web_sys::window()?;
    let body: Element = window.document()?.body()?.unchecked_into();
    let tell = {
        let body = body.clone();
        move || frame.tell(&Message::Resize { source: SOURCE, height: body.scroll_height() })
    };
    let on_resize = Closure::<dyn FnMut()>::new(tell.clone());
    let observer = ResizeObserver::new(on_resize.as_ref().unchecked_ref()).ok()?;
    observer.observe(&body);
    // Fonts and styles may settle after the first observation.
    let on_load = Some(EventListener::once(&window, "load", move |_| tell()));
    Some(Observed { observer, _on_resize: on_resize, _on_load: on_load })
}
