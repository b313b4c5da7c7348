//! A QR code drawn here as one SVG path. What it says is the edge's to choose; what it looks like is decided here.

use crate::element::{Is, el, el_with, is};
use qrcodegen::{QrCode, QrCodeEcc};
use std::fmt::Write;
use yew::prelude::*;

/// Light modules around the code, without which many cameras do not find it.
const QUIET_ZONE: i32 = 4;

/// What it says.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct QrProps {
    /// What is encoded.
    pub text: AttrValue,
    /// What it is for, in words.
    pub label: AttrValue,
}

/// A QR code, drawn again only when its text changes; nothing if the text is longer than a code can hold.
pub struct Qr;

impl Component for Qr {
    type Message = ();
    type Properties = QrProps;

    fn create(_: &Context<Self>) -> Self {
        Self
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let QrProps { text, label } = ctx.props();
        let Ok(code) = QrCode::encode_text(text, QrCodeEcc::Medium) else { return Html::default() };
        let side = code.size() + 2 * QUIET_ZONE;
        // Black on white in dark mode too: not every camera reads an inverted code.
        let view = format!("0 0 {side} {side}");
        let values = [is("qr"), is(view), is("img"), is(label.clone()), is("crispEdges")];
        let ground = el("rect", &[("width", Is("100%")), ("height", Is("100%")), ("fill", Is("#fff"))], []);
        let modules = el_with("path", &["fill", "d"], [is("#000"), is(dark_modules(&code))], []);
        el_with("svg", &["class", "viewBox", "role", "aria-label", "shape-rendering"], values, [ground, modules])
    }
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
    fn the_path_covers_exactly_the_dark_modules() {
        let code = QrCode::encode_text("bitcoin:bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq?amount=0.001", QrCodeEcc::Medium).unwrap();
        let dark = (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (x, y))).filter(|&(x, y)| code.get_module(x, y)).count();
        let drawn: usize =
            dark_modules(&code).split('h').skip(1).step_by(2).map(|run| run.split('v').next().unwrap().parse::<usize>().unwrap()).sum();
        assert_eq!(drawn, dark);
    }
}
