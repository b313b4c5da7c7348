//! All that the page knows, and the one function that changes it. Pure: no clock, no network, no browser; those send [`Action`]s.
//!
//! What is shown for a state is `step.rs`'s to say.

use crate::page_data::PageData;
use checkout_shared::error::{ErrorCode, ErrorDetail};
use checkout_shared::method::MethodId;
use checkout_shared::session::{SessionView, Status};
use checkout_shared::time::{Millis, Timestamp};
use std::rc::Rc;
use yew::Reducible;

/// The state of the page.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// The newest view of the session; none if there never was one.
    pub view: Option<Rc<SessionView>>,
    /// The shop's name.
    pub merchant: Option<Rc<str>>,
    /// How views reach us.
    pub connection: Connection,
    /// What to add to this device's clock to get the edge's. A wrong clock on a phone must not shorten the time to pay.
    pub clock_offset: Millis,
    /// The customer has an address but wants to choose again.
    pub changing_method: bool,
    /// The method asked for and not answered yet.
    pub choosing: Option<MethodId>,
    /// Why the last choice came to nothing.
    pub choice_problem: Option<Problem>,
    /// Why there is nothing to show at all.
    pub fatal: Option<Problem>,
}

/// How views reach us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    /// Nothing has been heard yet beyond what came with the page.
    Connecting,
    /// The edge pushes.
    Live,
    /// We ask now and then.
    Polling,
    /// Neither works.
    Offline,
}

/// What went wrong, as far as the customer can do something about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The page carries no session: a link that was cut off, or a page opened without the edge.
    IncompleteLink,
    /// No answer, or none that can be read.
    Unreachable,
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
    /// A view arrived, at this time by this device's clock.
    Viewed {
        /// The view.
        view: Rc<SessionView>,
        /// When it arrived.
        at: Timestamp,
    },
    /// The customer picked a method; the edge is being asked.
    Choose(MethodId),
    /// The edge has answered the choice, with this view.
    Chosen {
        /// The view.
        view: Rc<SessionView>,
        /// When it arrived.
        at: Timestamp,
    },
    /// The choice came to nothing.
    ChoiceFailed(Problem),
    /// The customer wants to choose again.
    ChangeMethod,
    /// The customer keeps the address shown before.
    KeepMethod,
    /// How views reach us has changed.
    Connection(Connection),
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
            merchant: data.merchant.as_deref().map(Rc::from),
            connection: Connection::Connecting,
            changing_method: false,
            choosing: None,
            choice_problem: None,
            fatal,
        }
    }

    /// The state after an action.
    #[must_use]
    pub fn after(&self, action: Action) -> Self {
        let mut next = self.clone();
        match action {
            Action::Viewed { view, at } => next.see(view, at),
            Action::Choose(method) => {
                next.choosing = Some(method);
                next.choice_problem = None;
            }
            Action::Chosen { view, at } => {
                next.choosing = None;
                next.changing_method = false;
                next.see(view, at);
            }
            Action::ChoiceFailed(problem) => {
                next.choosing = None;
                next.choice_problem = Some(problem);
            }
            Action::ChangeMethod => next.changing_method = true,
            Action::KeepMethod => {
                next.changing_method = false;
                next.choice_problem = None;
            }
            Action::Connection(connection) => next.connection = connection,
            Action::Refused(error) => next.fatal = Some(Problem::from(&error)),
        }
        next
    }

    /// The edge's time, from this device's.
    #[must_use]
    pub fn server_time(&self, now: Timestamp) -> Timestamp {
        now + self.clock_offset
    }

    /// Whether anything is still expected to change by itself. What is paid is not asked about again and again.
    #[must_use]
    pub fn is_expecting(&self) -> bool {
        let Some(view) = self.view.as_ref().filter(|_| self.fatal.is_none()) else { return false };
        // Expired, cancelled and failed are not final against money: a late payment still changes them.
        !matches!(view.status, Status::Paid | Status::Refunded)
    }

    fn see(&mut self, view: Rc<SessionView>, at: Timestamp) {
        if self.view.as_ref().is_some_and(|known| known.sequence > view.sequence) {
            return;
        }
        self.clock_offset = view.server_time - at;
        // Once money is seen (or the order is over) there is nothing left to choose, whatever the customer was looking at.
        if !matches!(view.status, Status::Open | Status::AwaitingPayment) {
            self.changing_method = false;
            self.choosing = None;
            self.choice_problem = None;
        }
        self.view = Some(view);
    }
}

impl Reducible for Model {
    type Action = Action;
    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        Rc::new(self.after(action))
    }
}

impl From<&ErrorDetail> for Problem {
    fn from(error: &ErrorDetail) -> Self {
        Self::Refused { code: error.code, request_id: Rc::from(error.request_id.as_str()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use checkout_shared::money::{Amount, Currency};
    use checkout_shared::order::Order;

    fn view(sequence: u64, status: Status) -> SessionView {
        SessionView {
            id: "abcdefghijklmnopqrstuvwx27".to_owned(),
            sequence,
            status,
            server_time: Timestamp(1_000_000),
            order: Order {
                amount: Amount::parse("49.90").unwrap(),
                currency: Currency::new("USD").unwrap(),
                reference: "order-1".to_owned(),
                expires_at: Timestamp(2_000_000),
                description: None,
                success_url: None,
                cancel_url: None,
            },
            methods: Vec::new(),
            attempt: None,
            late: false,
            overpaid_by: None,
        }
    }

    fn started(status: Status) -> Model {
        Model::start(&PageData { session: Some(view(5, status)), ..PageData::default() }, Timestamp(1_000_000))
    }

    fn viewed(view: SessionView) -> Action {
        let at = view.server_time;
        Action::Viewed { view: Rc::new(view), at }
    }

    fn shown(model: &Model) -> (u64, Status) {
        let view = model.view.as_ref().unwrap();
        (view.sequence, view.status)
    }

    #[test]
    fn a_newer_view_wins_and_an_older_one_is_ignored() {
        let model = started(Status::AwaitingPayment).after(viewed(view(7, Status::Paid)));
        assert_eq!(shown(&model), (7, Status::Paid));
        let model = model.after(viewed(view(6, Status::Processing)));
        assert_eq!(shown(&model), (7, Status::Paid), "a view that was overtaken on the way");
    }

    #[test]
    fn the_clock_follows_the_edge_not_the_phone() {
        let phone_is_an_hour_fast = Timestamp(1_000_000 + 3_600_000);
        let model = Model::start(&PageData { session: Some(view(1, Status::Open)), ..PageData::default() }, phone_is_an_hour_fast);
        assert_eq!(model.server_time(phone_is_an_hour_fast + Millis::seconds(5)), Timestamp(1_005_000));

        let overtaken = SessionView { server_time: Timestamp(0), ..view(0, Status::Open) };
        let model = model.after(Action::Viewed { view: Rc::new(overtaken), at: phone_is_an_hour_fast });
        assert_eq!(model.server_time(phone_is_an_hour_fast), Timestamp(1_000_000), "an ignored view does not move the clock");
    }

    #[test]
    fn a_choice_is_pending_until_it_is_answered() {
        let method: MethodId = "USDT:tron".parse().unwrap();
        let model = started(Status::Open).after(Action::Choose(method.clone()));
        assert_eq!(model.choosing, Some(method.clone()));

        let failed = model.after(Action::ChoiceFailed(Problem::Unreachable));
        assert_eq!((&failed.choosing, &failed.choice_problem), (&None, &Some(Problem::Unreachable)));
        assert_eq!(failed.after(Action::Choose(method)).choice_problem, None, "trying again clears the message");

        let answer = Rc::new(view(6, Status::AwaitingPayment));
        let chosen = model.after(Action::ChangeMethod).after(Action::Chosen { view: answer, at: Timestamp(1_000_000) });
        assert_eq!((chosen.choosing, chosen.changing_method), (None, false));
    }

    #[test]
    fn money_seen_while_choosing_again_ends_the_choosing() {
        let model = started(Status::AwaitingPayment).after(Action::ChangeMethod);
        assert!(model.after(viewed(view(6, Status::AwaitingPayment))).changing_method);
        assert!(!model.after(viewed(view(6, Status::Processing))).changing_method);
    }

    #[test]
    fn a_page_without_a_session_says_why() {
        let none = Model::start(&PageData::default(), Timestamp(0));
        assert_eq!(none.fatal, Some(Problem::IncompleteLink));
        let error = ErrorDetail { code: ErrorCode::ExpiredOrderToken, message: String::new(), request_id: "r1".to_owned(), details: None };
        let refused = Model::start(&PageData { error: Some(error), ..PageData::default() }, Timestamp(0));
        assert_eq!(refused.fatal, Some(Problem::Refused { code: ErrorCode::ExpiredOrderToken, request_id: Rc::from("r1") }));
        assert!(!refused.is_expecting());
    }

    #[test]
    fn late_money_is_still_waited_for_after_expiry() {
        assert!(started(Status::Expired).is_expecting());
        assert!(!started(Status::Paid).is_expecting());
    }
}
