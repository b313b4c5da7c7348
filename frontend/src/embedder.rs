//! What this page tells the page that frames it: that it is there, how high it is, where the payment stands. One way only. That the customer
//! wants it closed can be wanted sooner: it is told by the script in `index.html`.
//!
//! It speaks to the origin the edge named and to no other; never `*`. What is received at the other end is `embed/edge-checkout.js`.

use crate::json::{ToJs, object};
use crate::state::{Model, Problem};
use checkout_shared::error::ErrorCode;
use checkout_shared::session::SessionView;
use gloo_events::EventListener;
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, ResizeObserver, Window};

/// What there is to tell.
enum Message<'a> {
    /// The page is there, and is called so.
    Ready { title: String },
    /// The page is so high, in CSS pixels.
    Resize { height: i32 },
    /// Where the payment stands.
    Status(&'a SessionView),
    /// There is nothing to pay here; no code if the link was incomplete.
    Error(Option<ErrorCode>),
}

/// One message, as the framing page receives it: `type` says what it is, `source` tells it from the messages of others.
impl ToJs for Message<'_> {
    fn to_js(&self) -> JsValue {
        let source = ("source", "edge-checkout".into());
        match self {
            Self::Ready { title } => object([("type", "ready".into()), source, ("title", title.as_str().into())]),
            Self::Resize { height } => object([("type", "resize".into()), source, ("height", (*height).into())]),
            Self::Status(view) => object([
                ("type", "status".into()),
                source,
                ("session", view.id.as_str().into()),
                ("status", view.status.to_js()),
                ("sequence", number(view.sequence)),
                ("reference", view.order.reference.as_str().into()),
                ("attempt_status", view.attempt.as_ref().map(|attempt| attempt.status).to_js()),
                ("late", view.late.into()),
                ("overpaid_by", view.overpaid_by.to_js()),
            ]),
            Self::Error(code) => object([("type", "error".into()), source, ("code", code.to_js())]),
        }
    }
}

/// A JavaScript number, as it came in.
fn number(sequence: u64) -> JsValue {
    // It was read from such a number: below 2^53.
    #[expect(clippy::cast_precision_loss)]
    JsValue::from_f64(sequence as f64)
}

/// The framing page, kept informed: about every newer view (or why there is none) and every change of height.
pub struct Embedder {
    frame: Frame,
    /// The view and the problem that it knows of.
    told: Option<(Option<u64>, Option<Problem>)>,
    _observed: Option<Observed>,
}

impl Embedder {
    /// None if there is no such page.
    pub fn find(origin: &str) -> Option<Self> {
        let frame = Frame::find(origin)?;
        let title = web_sys::window().and_then(|window| window.document()).map(|document| document.title());
        frame.tell(&Message::Ready { title: title.unwrap_or_default() });
        let observed = observe_height(frame.clone());
        Some(Self { frame, told: None, _observed: observed })
    }

    /// Tells what is new.
    pub fn tell_news(&mut self, model: &Model) {
        let (view, fatal) = (model.view.as_deref(), &model.fatal);
        let news = Some((view.map(|view| view.sequence), fatal.clone()));
        if self.told == news {
            return;
        }
        self.told = news;
        match (fatal, view) {
            (Some(problem), _) => self.frame.tell(&Message::Error(code(problem))),
            (None, Some(view)) => self.frame.tell(&Message::Status(view)),
            (None, None) => {}
        }
    }
}

const fn code(problem: &Problem) -> Option<ErrorCode> {
    match problem {
        Problem::Refused { code, .. } => Some(*code),
        Problem::IncompleteLink | Problem::Unreachable | Problem::Garbled => None,
    }
}

/// Whether this page stands in another.
#[must_use]
pub fn is_framed() -> bool {
    surroundings().is_some()
}

/// The window around this one.
fn surroundings() -> Option<Window> {
    let window = web_sys::window()?;
    // A page that is not framed is its own parent.
    window.parent().ok()?.filter(|parent| *parent != window)
}

/// The framing page.
#[derive(Clone)]
struct Frame {
    parent: Window,
    origin: Rc<str>,
}

impl Frame {
    fn find(origin: &str) -> Option<Self> {
        surroundings().map(|parent| Self { parent, origin: Rc::from(origin) })
    }

    fn tell(&self, message: &Message) {
        // It fails only for an origin that is none; then nobody may be told.
        let _ = self.parent.post_message(&message.to_js(), &self.origin);
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
        move || frame.tell(&Message::Resize { height: body.scroll_height() })
    };
    let on_resize = Closure::<dyn FnMut()>::new(tell.clone());
    let observer = ResizeObserver::new(on_resize.as_ref().unchecked_ref()).ok()?;
    observer.observe(&body);
    // Fonts and styles may settle after the first observation.
    let on_load = Some(EventListener::once(&window, "load", move |_| tell()));
    Some(Observed { observer, _on_resize: on_resize, _on_load: on_load })
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests {
    use super::*;
    use crate::json;
    use wasm_bindgen_test::wasm_bindgen_test;

    fn said(message: &Message) -> String {
        json::encode(message).unwrap()
    }

    #[wasm_bindgen_test]
    fn messages_are_as_the_script_in_the_shops_page_reads_them() {
        let view: SessionView = json::decode(include_str!("../tests/fixtures/view.json")).unwrap();
        let expected = concat!(
            r#"{"type":"status","source":"edge-checkout","session":"abcdefghijklmnopqrstuvwx27","status":"processing","sequence":4294967301,"#,
            r#""reference":"FV-2024-10387","attempt_status":"processing","late":true,"#,
            r#""overpaid_by":{"amount":"0.086749000000000001","currency":"USDT"}}"#
        );
        assert_eq!(said(&Message::Status(&view)), expected);
        let view = SessionView { attempt: None, overpaid_by: None, ..view };
        assert!(said(&Message::Status(&view)).ends_with(r#""reference":"FV-2024-10387","late":true}"#));
        let ready = Message::Ready { title: "Zahlung".to_owned() };
        assert_eq!(said(&ready), r#"{"type":"ready","source":"edge-checkout","title":"Zahlung"}"#);
        assert_eq!(said(&Message::Resize { height: 480 }), r#"{"type":"resize","source":"edge-checkout","height":480}"#);
        assert_eq!(said(&Message::Error(Some(ErrorCode::NotFound))), r#"{"type":"error","source":"edge-checkout","code":"not_found"}"#);
        assert_eq!(said(&Message::Error(None)), r#"{"type":"error","source":"edge-checkout"}"#);
    }
}
