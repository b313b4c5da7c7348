//! The list of ways to pay: what is on it, what is said of it, and of the choice before.

use crate::states::{self, State};
use crate::{html, named, said, tag};
use checkout_shared::error::ErrorCode;
use checkout_shared::session::{AttemptStatus, SessionView, Status};
use checkout_widget::state::{Action, Problem};

#[test]
fn ways_to_pay_that_cannot_be_had_can_be_asked_for_again() {
    let view = SessionView { methods: Vec::new(), methods_unavailable: true, ..states::view(Status::Open, None) };
    let state = states::of("", view);
    let asking = State { model: state.model.after(Action::Ask), name: String::new() };
    let html_of = html(state);
    assert!(html_of.contains("We can’t find out right now which ways to pay are open."));
    assert!(html_of.contains("Try again") && !html_of.contains("class=\"spinner"));
    let html_of = html(asking);
    assert!(!html_of.contains("Try again") && html_of.contains("class=\"spinner"));
}

#[test]
fn many_ways_to_pay_can_be_searched_and_few_need_not_be() {
    let all = html(named("01-choose"));
    assert!(tag(&all, "type=\"search\"").contains("aria-label=\"Search coins and networks\""));
    // What is typed before there is a widget would be lost.
    assert_eq!(tag(&all, "type=\"search\"").contains("readonly"), cfg!(feature = "ssr"));
    let [search, form] = [all.find("type=\"search\"").unwrap(), all.find("<form").unwrap()];
    assert!(search < form, "the Enter key in it must not choose a method");
    assert!(!html(named("34-choose-few")).contains("type=\"search\""));

    let found = html(named("32-search"));
    assert_eq!(found.matches("name=\"method\"").count(), 2);
    assert!(found.contains("value=\"USDT:tron\"") && found.contains("value=\"TRX:tron\""));
    assert!(found.contains("2 ways to pay found"), "it is said");
    let none = html(named("33-search-none"));
    assert!(none.contains("Nothing found for “dogecoin”.") && !none.contains("name=\"method\""));
}

#[test]
fn only_the_likeliest_coin_lies_open() {
    let html = html(named("01-choose"));
    assert_eq!(html.matches("<details").count(), 2);
    assert_eq!(html.matches("<details open").count(), 1);
    let [tether, open, ethereum] = ["Tether", "<details open", "<details>"].map(|text| html.find(text).expect(text));
    assert!(open < tether && tether < ethereum);
}

#[test]
fn what_the_order_is_too_small_for_cannot_be_chosen_and_says_why() {
    let html = html(named("35-choose-too-small"));
    assert!(html.contains("Takes at least 10 USDT"));
    assert_eq!(html.matches("Takes at least").count(), 1);
    assert!(!html.contains("value=\"USDT:ethereum\""));
    assert!(html.contains("value=\"USDT:tron\"") && html.contains("value=\"BTC:bitcoin\""));
}

#[test]
fn that_some_ways_are_missing_is_said_below_those_that_are_there() {
    const SAID: &str = "Some ways to pay can’t be offered right now.";
    let html_of = html(named("36-choose-some"));
    let [list, note] = ["class=\"methods\"", SAID].map(|text| html_of.find(text).expect(text));
    assert!(list < note && !html_of.contains("Try again"), "nothing moves under the finger");
    assert!(said(&html_of).contains(&SAID) && !html_of.contains("alert"), "without raising the voice");
    assert!(!html(named("34-choose-few")).contains(SAID));
}

#[test]
fn who_chooses_again_is_told_not_to_pay_twice() {
    let html = html(named("change-method"));
    let [note, keep, list] =
        ["Don’t pay again", "Keep the payment I started", "class=\"methods\""].map(|text| html.find(text).expect(text));
    assert!(note < keep && keep < list, "both stand above the list");
}

#[test]
fn a_warning_about_the_last_payment_is_not_hidden_by_a_problem() {
    let state = states::of("", states::view(Status::Open, Some(states::attempt(AttemptStatus::Expired))));
    let html = html(states::choice_failed(state, Problem::Unreachable));
    assert!(html.contains("please don’t use its address or page any more"));
    assert!(html.contains("We couldn’t reach the checkout."));
}

#[test]
fn a_choice_the_edge_refuses_says_why() {
    for (code, words) in [
        (ErrorCode::PaymentSeen, "A payment for this order has already been seen."),
        (ErrorCode::TooManyAttempts, "Too many ways to pay have been tried for this order."),
    ] {
        let refused = Problem::Refused { code, request_id: "r1".into() };
        let state = states::choice_failed(states::of("", states::view(Status::Open, None)), refused);
        assert!(html(state).contains(words), "{code:?}");
    }
}
