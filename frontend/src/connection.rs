//! How views of the session reach the page, as far as the last answers tell. Pure; part of the state (`state.rs`). When the edge is asked is
//! `link.rs`'s to say.

/// One answer that does not come is a hiccup; after so many in a row the customer is told.
pub const MISSES_TOLD: u32 = 2;

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
    /// The customer was told of one or the other, and now views come again.
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
            (Missed::Offline, _) => Self::Offline,
            (Missed::Garbled, _) => Self::Garbled,
            (Missed::Troubled, Self::Troubled { times }) => Self::Troubled { times: times.saturating_add(1) },
            // There is a network again and it brings nothing. The customer was told of the one, and is told of the other.
            (Missed::Troubled, Self::Offline) => Self::Troubled { times: MISSES_TOLD },
            (Missed::Troubled, _) => Self::Troubled { times: 1 },
        }
    }

    /// After a view.
    #[must_use]
    pub const fn after_view(self) -> Self {
        match self {
            // Told to whoever was told of the trouble, until something else is to be told: more than one answer may come at once.
            Self::Troubled { times: MISSES_TOLD.. } | Self::Offline | Self::Back => Self::Back,
            Self::Well | Self::Troubled { .. } | Self::Garbled => Self::Well,
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
        assert_eq!(troubled.after_view(), Connection::Back, "who was told of trouble is told of its end");
        assert_eq!(Connection::Well.after_missing(Missed::Troubled).after_view(), Connection::Well, "a hiccup is no news");
    }

    #[test]
    fn a_network_that_is_back_and_brings_nothing_is_told_at_once() {
        let offline = Connection::Well.after_missing(Missed::Offline);
        assert_eq!(offline.after_missing(Missed::Troubled), Connection::Troubled { times: MISSES_TOLD });
        assert_eq!(offline.after_view(), Connection::Back);
        assert_eq!(offline.after_view().after_view(), Connection::Back, "the second answer does not take it away unheard");
        assert_eq!(offline.after_view().after_missing(Missed::Troubled), Connection::Troubled { times: 1 });
    }
}
