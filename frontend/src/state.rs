//! All that the page knows, and the one function that changes it. Pure: no clock, no network, no browser; those send [`Action`]s.
//!
//! What is shown for a state is `step.rs`'s to say.

use crate::clipboard::Copied;
pub use crate::connection::{Connection, Missed};
use checkout_shared::error::{ErrorCode, ErrorDetail};
use checkout_shared::method::MethodId;
use checkout_shared::page::PageData;
use checkout_shared::session::{AttemptStatus, AttemptView, SessionView, Status};
use checkout_shared::time::{Millis, Timestamp};
use std::rc::Rc;

/// What the query of the page's address says where another way to pay is chosen.
const CHOOSE: &str = "choose=1";

/// The state of the page.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is true or not whatever the others are")]
pub struct Model {
    /// The newest view of the session; none if there never was one.
    pub view: Option<Rc<SessionView>>,
    /// The address of this page, for what the customer does without a script: forms are sent to it.
    pub page: Option<Rc<str>>,
    /// The shop's name.
    pub merchant: Option<Rc<str>>,
    /// The address of the shop's sign.
    pub logo: Option<Rc<str>>,
    /// The page can be closed: it stands in a dialog of the shop's page.
    pub modal: bool,
    /// How views reach us.
    pub connection: Connection,
    /// What to add to this device's clock to get the edge's. A wrong clock on a phone must not shorten the time to pay.
    pub clock_offset: Millis,
    /// The ways to pay are being asked for again, because the customer wanted it.
    pub asking: bool,
    /// The customer has chosen but wants to choose again.
    pub changing_method: bool,
    /// The method asked for and not answered yet.
    pub choosing: Option<MethodId>,
    /// Why the last choice came to nothing.
    pub choice_problem: Option<Problem>,
    /// Why there is nothing to show at all.
    pub fatal: Option<Problem>,
    /// What the ways to pay are searched for.
    pub search: String,
    /// The QR code is to hold the address alone.
    pub bare_qr: bool,
    /// What was copied, for as long as that is said.
    pub copied: Option<LastCopied>,
    /// Going back to the shop once it is paid, by itself.
    pub returning: Returning,
}

/// What was copied last, and how that went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastCopied {
    /// The value.
    pub value: Rc<str>,
    /// How it went.
    pub how: Copied,
}

/// Going back to the shop by itself. Nobody is taken away who does anything on the page, or who found it paid when it was loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Returning {
    /// It never happens: the page stands in the shop's own, which knows itself what to do.
    Never,
    /// It happens once the order is paid.
    OncePaid,
    /// It happens in so many seconds.
    In(u32),
    /// The customer stays.
    Stayed,
}

/// How long the customer has to read that it is paid, in seconds.
pub const RETURN_SECONDS: u32 = 30;

/// How closely the session is to be watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// Money is expected any moment.
    Quick,
    /// It is over, but late money or the shop may still change it.
    Slow,
    /// Nothing changes any more, or nobody is looking.
    Never,
}

/// What went wrong, as far as the customer can do something about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The page carries no session: a link that was cut off, or a page opened without the edge.
    IncompleteLink,
    /// No answer.
    Unreachable,
    /// An answer that cannot be read.
    Garbled,
    /// The edge said no.
    Refused {
        /// Why.
        code: ErrorCode,
        /// To find it in the logs by.
        request_id: Rc<str>,
    },
}

/// What can happen to the page.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// A view arrived as the answer to a request, at this time by this device's clock.
    Viewed {
        /// The view.
        view: Rc<SessionView>,
        /// When it arrived.
        at: Timestamp,
    },
    /// A view arrived over the socket, perhaps long after it was sent.
    Pushed {
        /// The view.
        view: Rc<SessionView>,
        /// When it arrived.
        at: Timestamp,
    },
    /// A request for a view brought none.
    Missed(Missed),
    /// The customer wants the ways to pay asked for again; the edge is being asked.
    Ask,
    /// The customer picked a method; the edge is being asked.
    Choose(MethodId),
    /// The edge has answered the choice of this method, with this view.
    Chosen {
        /// The method.
        method: MethodId,
        /// The view.
        view: Rc<SessionView>,
        /// When it arrived.
        at: Timestamp,
    },
    /// The choice of this method came to nothing.
    ChoiceFailed(MethodId, Problem),
    /// The customer wants to choose again.
    ChangeMethod,
    /// The customer keeps to what was chosen before.
    KeepMethod,
    /// The customer searches the ways to pay for this.
    Search(String),
    /// The customer wants a QR code of the address alone, or not.
    ShowBareQr(bool),
    /// The customer has copied something.
    Copied(LastCopied),
    /// That was said for long enough.
    SaidCopied,
    /// A second has passed in which the customer could see the page.
    Second,
    /// The customer does something, and so stays.
    Stay,
    /// The edge does not know (or does not let us see) this session.
    Refused(ErrorDetail),
}

impl Model {
    /// The state a page starts in, `now` being this device's clock.
    #[must_use]
    pub fn start(data: &PageData, now: Timestamp) -> Self {
        let fatal = match (&data.error, &data.session) {
            (Some(error), _) => Some(Problem::from(error)),
            (None, None) => Some(Problem::IncompleteLink),
            (None, Some(_)) => None,
        };
        Self {
            clock_offset: data.session.as_ref().map_or(Millis(0), |view| view.server_time - now),
            view: data.session.clone().map(Rc::new),
            page: data.address().map(Rc::from),
            merchant: data.merchant.as_deref().map(Rc::from),
            logo: data.logo.as_deref().map(Rc::from),
            modal: data.modal,
            connection: Connection::Well,
            asking: false,
            changing_method: data.changing,
            choosing: None,
            choice_problem: data.choice_error.as_ref().map(Problem::from),
            fatal,
            search: String::new(),
            bare_qr: false,
            copied: None,
            returning: Returning::Never,
        }
    }

    /// The state after an action.
    #[must_use]
    pub fn after(&self, action: Action) -> Self {
        let mut next = self.clone();
        match action {
            Action::Viewed { view, at } => {
                let offset = view.server_time - at;
                next.see(view, offset);
            }
            Action::Pushed { view, at } => {
                // What was long on its way looks like a clock that is behind. It must not lengthen the time to pay.
                let offset = (view.server_time - at).max(next.clock_offset);
                next.see(view, offset);
            }
            Action::Missed(missed) => {
                next.asking = false;
                next.connection = next.connection.after_missing(missed);
            }
            Action::Ask => next.asking = true,
            Action::Choose(method) => {
                next.choosing = Some(method);
                next.choice_problem = None;
            }
            Action::Chosen { method, view, at } => {
                if next.stops_choosing(&method) {
                    next.changing_method = false;
                }
                let offset = view.server_time - at;
                next.see(view, offset);
            }
            Action::ChoiceFailed(method, problem) => {
                if next.stops_choosing(&method) {
                    next.choice_problem = Some(problem);
                }
            }
            Action::ChangeMethod => {
                next.changing_method = true;
                next.choice_problem = None;
                next.search.clear();
            }
            Action::KeepMethod => {
                next.changing_method = false;
                next.choice_problem = None;
            }
            Action::Search(text) => next.search = text,
            Action::ShowBareQr(bare) => next.bare_qr = bare,
            Action::Copied(copied) => next.copied = Some(copied),
            Action::SaidCopied => next.copied = None,
            Action::Second => {
                if let Returning::In(seconds) = next.returning {
                    next.returning = Returning::In(seconds.saturating_sub(1));
                }
            }
            Action::Stay => next.returning = Returning::Stayed,
            Action::Refused(error) => next.fatal = Some(Problem::from(&error)),
        }
        next
    }

    /// The address of this page where another way to pay is chosen: what changing the method leads to without a script.
    #[must_use]
    pub fn page_to_choose(&self) -> String {
        let page = self.page.as_deref().unwrap_or_default();
        let joint = if page.contains('?') { "&" } else { "?" };
        [page, joint, CHOOSE].concat()
    }

    /// The edge's time, from this device's.
    #[must_use]
    pub fn server_time(&self, now: Timestamp) -> Timestamp {
        now + self.clock_offset
    }

    /// How closely the session is to be watched. What is paid is not asked about again and again, unless nothing is heard.
    #[must_use]
    pub fn pace(&self) -> Pace {
        let Some(view) = self.view.as_ref().filter(|_| self.fatal.is_none()) else { return Pace::Never };
        match view.status {
            Status::Open | Status::AwaitingPayment | Status::Processing | Status::Underpaid => Pace::Quick,
            // Not final against money: a late payment still changes them.
            Status::Expired | Status::Cancelled | Status::Failed | Status::Review | Status::Refunding => Pace::Slow,
            Status::Paid | Status::Refunded => match self.connection {
                Connection::Well | Connection::Back => Pace::Never,
                Connection::Offline | Connection::Troubled { .. } | Connection::Garbled => Pace::Slow,
            },
        }
    }

    /// Whether this was the method asked for. If not, its attempt has been seen before the answer, and the customer may be choosing again.
    fn stops_choosing(&mut self, method: &MethodId) -> bool {
        self.choosing.take_if(|choosing| choosing == method).is_some()
    }

    fn see(&mut self, view: Rc<SessionView>, clock_offset: Millis) {
        self.asking = false;
        self.connection = self.connection.after_view();
        if self.view.as_ref().is_some_and(|known| known.sequence > view.sequence) {
            return;
        }
        self.clock_offset = clock_offset;
        // What was wrong with a choice is old news once its attempt has become something else.
        if self.view.as_deref().map(attempt_state) != Some(attempt_state(&view)) {
            self.choice_problem = None;
        }
        // Once money is seen (or the order is over) there is nothing left to choose, whatever the customer was looking at.
        if !matches!(view.status, Status::Open | Status::AwaitingPayment) {
            self.changing_method = false;
            self.choosing = None;
            self.choice_problem = None;
        }
        // The answer to a choice may be lost on its way, and what came of it be told by another.
        if newer_attempt(self.view.as_deref(), &view).is_some_and(|attempt| self.choosing.as_ref() == Some(&attempt.method)) {
            self.changing_method = false;
            self.choosing = None;
            self.choice_problem = None;
        }
        // Who sent too much has something to read; so has who opens what was paid before.
        let was_paid = self.view.as_ref().is_some_and(|known| known.status == Status::Paid);
        let is_done = !was_paid && view.status == Status::Paid && view.order.success_url.is_some() && view.overpaid_by.is_none();
        if is_done && self.returning == Returning::OncePaid {
            self.returning = Returning::In(RETURN_SECONDS);
        }
        self.view = Some(view);
    }
}

/// The attempt of a view, if it was not known of.
fn newer_attempt<'a>(known: Option<&SessionView>, view: &'a SessionView) -> Option<&'a AttemptView> {
    let number = known.and_then(|known| known.attempt.as_ref()).map_or(0, |attempt| attempt.number);
    view.attempt.as_ref().filter(|attempt| attempt.number > number)
}

fn attempt_state(view: &SessionView) -> Option<(u32, AttemptStatus)> {
    view.attempt.as_ref().map(|attempt| (attempt.number, attempt.status))
}

impl From<&ErrorDetail> for Problem {
    fn from(error: &ErrorDetail) -> Self {
        Self::Refused { code: error.code, request_id: Rc::from(error.request_id.as_str()) }
    }
}

#[cfg(test)]
mod tests;
