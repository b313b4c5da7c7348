//! A QR code drawn here as one SVG path. What it says is the edge's to choose; what it looks like is decided here.

use crate::element::{Is, el, el_with, is};
use qrcodegen::{QrCode, QrCodeEcc};
use std::cell::RefCell;
use std::fmt::Write;
use yew::prelude::*;

/// Light modules around the code, without which many cameras do not find it.
const QUIET_ZONE: i32 = 4;

thread_local! {
    /// The code that was drawn last, and what it says. The page is rendered every second while time runs out, and its code stays the same.
    static LAST: RefCell<(String, Option<Code>)> = const { RefCell::new((String::new(), None)) };
}

/// A code as it is drawn.
#[derive(Clone)]
struct Code {
    /// How wide and how high, in modules.
    side: i32,
    path: AttrValue,
}

impl Code {
    /// Nothing if the text is longer than a code can hold.
    fn of(text: &str) -> Option<Self> {
        let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
        Some(Self { side: code.size() + 2 * QUIET_ZONE, path: dark_modules(&code).into() })
    }

    fn drawn(text: &str) -> Option<Self> {
        LAST.with_borrow_mut(|(said, code)| {
            if said != text {
                (*said, *code) = (text.to_owned(), Self::of(text));
            }
            code.clone()
        })
    }
}

/// A QR code that says this; nothing if that is longer than a code can hold. `label` says what it is for, in words.
pub fn qr(text: &str, label: String) -> Html {
    let Some(Code { side, path }) = Code::drawn(text) else { return Html::default() };
    // Black on white in dark mode too: not every camera reads an inverted code.
    let view = format!("0 0 {side} {side}");
    let values = [is("qr"), is(view), is("img"), is(label), is("crispEdges")];
    let ground = el("rect", &[("width", Is("100%")), ("height", Is("100%")), ("fill", Is("#fff"))], []);
    let modules = el_with("path", &["fill", "d"], [is("#000"), is(path)], []);
    el_with("svg", &["class", "viewBox", "role", "aria-label", "shape-rendering"], values, [ground, modules])
}

/// The dark modules, each horizontal run of them as one rectangle.
fn dark_modules(code: &QrCode) -> String {
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let run = (x..code.size()).take_while(|&x| code.get_module(x, y)).map(|_| 1).sum::<i32>();
            if run > 0 {
                // Writing to a String cannot fail.
                let _ = write!(path, "M{} {}h{run}v1h-{run}z", x + QUIET_ZONE, y + QUIET_ZONE);
            }
            x += run.max(1);
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_text_is_another_code() {
        let path = |text| Code::drawn(text).map(|code| code.path);
        let (one, other) = (path("one"), path("other"));
        assert!(one.is_some() && other.is_some() && one != other);
        assert_eq!((path("one"), path(&"x".repeat(5_000)), path("one")), (one.clone(), None, one));
    }

    #[test]
    fn the_path_covers_exactly_the_dark_modules() {
        let code = QrCode::encode_text("bitcoin:bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq?amount=0.001", QrCodeEcc::Medium).unwrap();
        let dark = (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (x, y))).filter(|&(x, y)| code.get_module(x, y)).count();
        let drawn: usize =
            dark_modules(&code).split('h').skip(1).step_by(2).map(|run| run.split('v').next().unwrap().parse::<usize>().unwrap()).sum();
        assert_eq!(drawn, dark);
    }
}
