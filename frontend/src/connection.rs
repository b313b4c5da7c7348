//! How views of the session reach the page, as far as the last answers tell. Pure; part of the state (`state.rs`). When the edge is asked is
//! `link.rs`'s to say.

/// How views reach us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    /// Nothing says that they do not.
    Well,
    /// The edge answers, but not with a view.
    Refusing {
        /// So many times in a row.
        times: u32,
    },
    /// There is no answer.
    Offline,
    /// There was none, and now there is.
    Back,
    /// There is one that cannot be read: this page is older than the edge.
    Garbled,
}

/// Why asking for a view brought none, where the view shown stays the best there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missed {
    /// No answer.
    Unanswered,
    /// The edge said no, for now.
    Refused,
    /// An answer that cannot be read.
    Garbled,
}

impl Connection {
    /// After asking for a view that did not come.
    #[must_use]
    pub const fn after_missing(self, missed: Missed) -> Self {
        match (missed, self) {
            (Missed::Unanswered, _) => Self::Offline,
            (Missed::Garbled, _) => Self::Garbled,
            (Missed::Refused, Self::Refusing { times }) => Self::Refusing { times: times.saturating_add(1) },
            (Missed::Refused, _) => Self::Refusing { times: 1 },
        }
    }

    /// After a view.
    #[must_use]
    pub const fn after_view(self) -> Self {
        match self {
            Self::Offline => Self::Back,
            Self::Well | Self::Refusing { .. } | Self::Back | Self::Garbled => Self::Well,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_in_a_row_are_counted_until_a_view_comes() {
        let refused = Connection::Well.after_missing(Missed::Refused).after_missing(Missed::Refused);
        assert_eq!(refused, Connection::Refusing { times: 2 });
        assert_eq!(refused.after_view(), Connection::Well);
        assert_eq!(refused.after_missing(Missed::Unanswered).after_missing(Missed::Refused), Connection::Refusing { times: 1 });
    }

    #[test]
    fn that_the_line_is_back_is_said_with_one_view_only() {
        let back = Connection::Well.after_missing(Missed::Unanswered).after_view();
        assert_eq!((back, back.after_view()), (Connection::Back, Connection::Well));
    }
}
