//! The few pictures, drawn as SVG so that no file is fetched. All are decoration: words beside them say the same.

use crate::element::{Fixed, Is, el, el_with, is};
use yew::Html;

/// Which picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// Done.
    Check,
    /// Time.
    Clock,
    /// Mind this.
    Alert,
    /// Two sheets.
    Copy,
    /// Leads on.
    Forward,
    /// Opens elsewhere.
    Out,
    /// Money going back.
    Back,
    /// Being looked at.
    Search,
    /// Called off.
    Cross,
    /// A card.
    Card,
}

impl Icon {
    const fn path(self) -> &'static str {
        match self {
            Self::Check => "M5 12.5l4.5 4.5L19 7.5",
            Self::Clock => "M12 3.5a8.5 8.5 0 1 0 0 17a8.5 8.5 0 1 0 0-17M12 7.5V12l3 2",
            Self::Alert => "M12 4L3 19.5h18L12 4M12 10v4.5M12 17.2v.1",
            Self::Copy => "M9 9h10v11H9zM15 9V4H5v11h4",
            Self::Forward => "M9.5 6l6 6l-6 6",
            Self::Out => "M14 5h5v5M19 5l-8 8M17 14v5H5V7h5",
            Self::Back => "M9 7l-4 4l4 4M5 11h9.5a4.5 4.5 0 0 1 0 9H11",
            Self::Search => "M10.5 4a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13M15.5 15.5L20 20",
            Self::Card => "M3 6.5h18v11H3zM3 10.5h18M6.5 14.5h4",
            Self::Cross => "M6.5 6.5l11 11M17.5 6.5l-11 11",
        }
    }

    /// The picture.
    pub fn draw(self) -> Html {
        const ATTRIBUTES: Fixed =
            &[("class", Is("icon")), ("viewBox", Is("0 0 24 24")), ("aria-hidden", Is("true")), ("focusable", Is("false"))];
        el("svg", ATTRIBUTES, [el_with("path", &["d"], [is(self.path())], [])])
    }
}
