//! How views of the session reach the page, as far as the last answers tell. Pure; part of the state (`state.rs`). When the edge is asked is
//! `link.rs`'s to say.

/// How views reach us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    /// Nothing says that they do not.
    Well,
    /// There is a network, but what comes by it is no view, or nothing.
    Troubled {
        /// So many times in a row.
        times: u32,
    },
    /// There is no network.
    Offline,
    /// There was none, and now there is.
    Back,
    /// A view comes that cannot be read: this page is older than the edge.
    Garbled,
}

/// Why asking for a view brought none, where the view shown stays the best there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missed {
    /// This device has no network.
    Offline,
    /// It has one, and there was no answer, or a no for now.
    Troubled,
    /// An answer that cannot be read.
    Garbled,
}

impl Connection {
    /// After asking for a view that did not come.
    #[must_use]
    pub const fn after_missing(self, missed: Missed) -> Self {
        match (missed, self) {
            // A network that is said to be back has yet to bring something.
            (Missed::Offline, _) | (Missed::Troubled, Self::Offline) => Self::Offline,
            (Missed::Garbled, _) => Self::Garbled,
            (Missed::Troubled, Self::Troubled { times }) => Self::Troubled { times: times.saturating_add(1) },
            (Missed::Troubled, _) => Self::Troubled { times: 1 },
        }
    }

    /// After a view.
    #[must_use]
    pub const fn after_view(self) -> Self {
        match self {
            Self::Offline => Self::Back,
            Self::Well | Self::Troubled { .. } | Self::Back | Self::Garbled => Self::Well,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misses_in_a_row_are_counted_until_a_view_comes() {
        let troubled = Connection::Well.after_missing(Missed::Troubled).after_missing(Missed::Troubled);
        assert_eq!(troubled, Connection::Troubled { times: 2 });
        assert_eq!(troubled.after_view(), Connection::Well);
        assert_eq!(troubled.after_missing(Missed::Offline).after_missing(Missed::Troubled), Connection::Offline);
    }

    #[test]
    fn that_the_line_is_back_is_said_with_one_view_only() {
        let back = Connection::Well.after_missing(Missed::Offline).after_view();
        assert_eq!((back, back.after_view()), (Connection::Back, Connection::Well));
    }
}
