//! What happens to the page, action by action.

use super::*;
use checkout_shared::money::{Amount, Currency};
use checkout_shared::order::Order;
use checkout_shared::session::AttemptView;

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
            prices: Vec::new(),
            lines: Vec::new(),
            tax: None,
            capture: checkout_shared::order::Capture::Automatic,
        },
        methods: Vec::new(),
        methods_unavailable: false,
        attempt: None,
        late: false,
        overpaid_by: None,
    }
}

fn attempt_of(number: u32, status: AttemptStatus) -> AttemptView {
    AttemptView {
        number,
        method: "LTC:litecoin".parse().unwrap(),
        status,
        instructions: None,
        received: None,
        due: None,
        transactions: Vec::new(),
        capturable: false,
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

    let failed = model.after(Action::ChoiceFailed(method.clone(), Problem::Unreachable));
    assert_eq!((&failed.choosing, &failed.choice_problem), (&None, &Some(Problem::Unreachable)));
    assert_eq!(failed.after(Action::Choose(method.clone())).choice_problem, None, "trying again clears the message");

    let answer = Rc::new(view(6, Status::AwaitingPayment));
    let chosen = model.after(Action::ChangeMethod).after(Action::Chosen { method, view: answer, at: Timestamp(1_000_000) });
    assert_eq!((chosen.choosing, chosen.changing_method), (None, false));
}

#[test]
fn an_answer_to_an_earlier_choice_takes_nobody_away_from_the_list() {
    let [first, second] = ["USDT:tron", "BTC:bitcoin"].map(|method| method.parse::<MethodId>().unwrap());
    let creating = |sequence| {
        let attempt = AttemptView { method: first.clone(), ..attempt_of(1, AttemptStatus::Creating) };
        SessionView { attempt: Some(attempt), ..view(sequence, Status::Open) }
    };
    // It is seen, by the socket, before its answer comes; meanwhile the customer chooses again.
    let again = started(Status::Open).after(Action::Choose(first.clone())).after(viewed(creating(6))).after(Action::ChangeMethod);
    let answers = || {
        let view = Rc::new(creating(6));
        let chosen = Action::Chosen { method: first.clone(), view, at: Timestamp(1_000_000) };
        [chosen, Action::ChoiceFailed(first.clone(), Problem::Unreachable)]
    };
    for answer in answers() {
        let model = again.after(answer);
        assert_eq!((model.changing_method, &model.choice_problem), (true, &None));
    }
    let other = again.after(Action::Choose(second.clone()));
    for answer in answers() {
        let model = other.after(answer);
        assert_eq!((model.changing_method, &model.choosing, &model.choice_problem), (true, &Some(second.clone()), &None));
    }
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
    assert_eq!(refused.pace(), Pace::Never);
}

#[test]
fn changing_the_method_has_an_address_of_its_own() {
    let page = Some("/checkout/x.y".to_owned());
    let data = PageData { page, ..PageData::default() };
    assert_eq!(Model::start(&data, Timestamp(0)).page_to_choose(), "/checkout/x.y?choose=1");
    let data = PageData { query: Some("lang=fr".to_owned()), ..data };
    assert_eq!(Model::start(&data, Timestamp(0)).page_to_choose(), "/checkout/x.y?lang=fr&choose=1");
}

#[test]
fn late_money_is_still_waited_for_after_expiry() {
    assert_eq!(started(Status::AwaitingPayment).pace(), Pace::Quick);
    assert_eq!(started(Status::Expired).pace(), Pace::Slow);
    assert_eq!(started(Status::Paid).pace(), Pace::Never);
}

#[test]
fn a_paid_page_that_hears_nothing_asks_until_it_does() {
    for missed in [Missed::Offline, Missed::Troubled, Missed::Garbled] {
        let unheard = started(Status::Paid).after(Action::Missed(missed));
        assert_eq!(unheard.pace(), Pace::Slow, "{missed:?}");
        let heard = unheard.after(viewed(view(5, Status::Paid)));
        assert_eq!(heard.pace(), Pace::Never, "{missed:?}");
    }
}

#[test]
fn a_late_push_never_lengthens_the_time_to_pay() {
    let start = Timestamp(1_000_000);
    let model = started(Status::AwaitingPayment);
    let pushed = |sequence, at| Action::Pushed { view: Rc::new(view(sequence, Status::AwaitingPayment)), at };
    let late = model.after(pushed(6, start + Millis::seconds(40)));
    assert_eq!((late.clock_offset, shown(&late).0), (Millis(0), 6));
    let early = model.after(pushed(6, Timestamp(start.0 - 5_000)));
    assert_eq!(early.clock_offset, Millis::seconds(5), "one that shortens it counts");
    let asked = early.after(Action::Viewed { view: Rc::new(view(7, Status::AwaitingPayment)), at: start });
    assert_eq!(asked.clock_offset, Millis(0), "an answer to a request sets the clock either way");
}

fn paid() -> SessionView {
    let mut paid = view(6, Status::Paid);
    paid.order.success_url = Some("https://shop.example/thanks".to_owned());
    paid
}

fn alone(status: Status) -> Model {
    Model { returning: Returning::OncePaid, ..started(status) }
}

#[test]
fn a_page_of_its_own_goes_back_to_the_shop_once_it_is_paid() {
    let model = alone(Status::Processing).after(viewed(paid()));
    assert_eq!(model.returning, Returning::In(30));
    let model = model.after(viewed(SessionView { sequence: 7, ..paid() })).after(Action::Second);
    assert_eq!(model.returning, Returning::In(29), "more news does not begin it again");
    let last = (0..40).fold(model.clone(), |model, _| model.after(Action::Second));
    assert_eq!(last.returning, Returning::In(0));
    let stayed = model.after(Action::Stay);
    assert_eq!(stayed.after(Action::Second).after(viewed(SessionView { sequence: 8, ..paid() })).returning, Returning::Stayed);
}

#[test]
fn nobody_is_taken_away_from_what_was_paid_when_they_came() {
    let model = alone(Status::Paid).after(viewed(SessionView { sequence: 7, ..paid() }));
    assert_eq!(model.returning, Returning::OncePaid);
}

#[test]
fn a_choice_whose_answer_is_lost_is_over_once_its_attempt_is_seen() {
    let attempt =
        |number, method: &str| AttemptView { method: method.parse().unwrap(), ..attempt_of(number, AttemptStatus::AwaitingPayment) };
    let told = |sequence, attempt| viewed(SessionView { attempt: Some(attempt), ..view(sequence, Status::AwaitingPayment) });
    let chose = |method: &str| Action::Choose(method.parse().unwrap());
    let model = started(Status::AwaitingPayment).after(told(6, attempt(1, "USDT:tron"))).after(Action::ChangeMethod);

    let found = model.after(chose("LTC:litecoin")).after(told(7, attempt(2, "LTC:litecoin")));
    assert_eq!((found.changing_method, found.choosing), (false, None));
    let same = model.after(chose("USDT:tron")).after(told(7, attempt(1, "USDT:tron")));
    assert!(same.changing_method && same.choosing.is_some(), "what was there before is no answer");
}

#[test]
fn nobody_is_taken_away_from_a_shops_page_or_from_something_to_read() {
    assert_eq!(started(Status::Processing).after(viewed(paid())).returning, Returning::Never);
    let over = Some(checkout_shared::money::Money::new(Amount::parse("1").unwrap().0, Currency::new("USDT").unwrap()));
    let overpaid = SessionView { overpaid_by: over, ..paid() };
    assert_eq!(alone(Status::Processing).after(viewed(overpaid)).returning, Returning::OncePaid);
    assert_eq!(alone(Status::Processing).after(viewed(view(6, Status::Paid))).returning, Returning::OncePaid, "there is nowhere to go");
}

#[test]
fn what_was_copied_last_is_said_for_a_while() {
    let copied = |value: &str| LastCopied { value: value.into(), how: Copied::Yes };
    let model = started(Status::AwaitingPayment).after(Action::Copied(copied("one"))).after(Action::Copied(copied("other")));
    assert_eq!(model.copied, Some(copied("other")));
    assert_eq!(model.after(Action::SaidCopied).copied, None);
}

#[test]
fn asking_again_ends_with_any_answer() {
    let asking = started(Status::Open).after(Action::Ask);
    assert!(asking.asking);
    assert!(!asking.after(Action::Missed(Missed::Offline)).asking);
    assert!(!asking.after(viewed(view(5, Status::Open))).asking);
}

#[test]
fn a_problem_of_a_choice_goes_when_something_new_is_known_or_chosen() {
    let method: MethodId = "USDT:tron".parse().unwrap();
    let model = started(Status::Open).after(Action::Choose(method.clone())).after(Action::ChoiceFailed(method, Problem::Garbled));
    assert_eq!(model.after(viewed(view(6, Status::Open))).choice_problem, Some(Problem::Garbled), "no other attempt, no news");
    assert_eq!(model.after(Action::ChangeMethod).choice_problem, None);
    let searched = model.after(Action::Search("tron".to_owned()));
    assert_eq!((searched.search.as_str(), searched.after(Action::ChangeMethod).search.as_str()), ("tron", ""));

    let news = SessionView { attempt: Some(attempt_of(2, AttemptStatus::Failed)), ..view(6, Status::AwaitingPayment) };
    assert_eq!(model.after(viewed(news)).choice_problem, None);
}
