//! What a customer reads in each state, rendered to HTML as the edge does it. The states are those the gallery draws.
#![cfg(not(target_arch = "wasm32"))]

mod states;

use checkout_shared::error::ErrorCode;
use checkout_shared::session::{AttemptStatus, Status};
use checkout_widget::{Screen, ScreenProps};
use states::{NOW, State};
use yew::{Callback, LocalServerRenderer};

fn html(state: State) -> String {
    let props = ScreenProps {
        model: state.model,
        now: NOW,
        on_choose: Callback::noop(),
        on_change: Callback::noop(),
        on_keep: Callback::noop(),
        on_retry: Callback::noop(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let render = LocalServerRenderer::<Screen>::with_props(props).hydratable(false).render();
    runtime.block_on(tokio::task::LocalSet::new().run_until(render))
}

fn attempt_in(status: Status, attempt: AttemptStatus) -> String {
    html(states::of("", states::view(status, Some(states::attempt(attempt)))))
}

/// The text of the step's heading.
fn heading(html: &str) -> &str {
    let start = html.find("id=\"step\"").and_then(|at| html[at..].find('>').map(|end| at + end + 1)).unwrap_or(html.len());
    let end = html[start..].find("</h").map_or(start, |end| start + end);
    &html[start..end]
}

const ADDRESS_END: &str = "yn4STm";

#[test]
fn every_state_has_a_heading_and_one_step() {
    for state in states::every_combination().into_iter().chain(states::gallery()) {
        let name = state.name.clone();
        let html = html(state);
        assert!(!heading(&html).is_empty(), "{name}: {html}");
        assert_eq!(html.matches("id=\"step\"").count(), 1, "{name}");
        assert_eq!(html.matches("<main").count(), 1, "{name}");
        assert_eq!(html.matches("<h1").count(), 1, "{name}");
    }
}

#[test]
fn no_style_or_handler_is_inline() {
    for state in states::gallery() {
        let (name, html) = (state.name.clone(), html(state));
        for forbidden in [" style=", " onclick=", "javascript:", "<style", "<script"] {
            assert!(!html.contains(forbidden), "{name} has {forbidden}");
        }
    }
}

#[test]
fn an_address_is_shown_only_while_money_may_be_sent_to_it() {
    for state in states::every_combination() {
        let view = state.model.view.clone().unwrap();
        let attempt = view.attempt.as_ref().map(|attempt| attempt.status);
        let name = state.name.clone();
        let shows = html(state).contains(ADDRESS_END);
        let instructed = !matches!(attempt, None | Some(AttemptStatus::Creating | AttemptStatus::Checking | AttemptStatus::Failed));
        let payable = match view.status {
            Status::AwaitingPayment => instructed,
            Status::Underpaid => attempt == Some(AttemptStatus::Underpaid),
            _ => false,
        };
        assert_eq!(shows, payable, "{name}");
    }
}

#[test]
fn no_address_is_shown_once_its_time_is_over() {
    for (status, attempt) in [(Status::AwaitingPayment, AttemptStatus::AwaitingPayment), (Status::Underpaid, AttemptStatus::Underpaid)] {
        let over = states::over(states::attempt(attempt));
        let html = html(states::of("", states::view(status, Some(over))));
        assert!(!html.contains(ADDRESS_END), "{status:?}");
        assert!(!html.contains("class=\"qr\""), "{status:?}");
    }
}

#[test]
fn the_network_is_named_beside_amount_and_address() {
    let html = attempt_in(Status::AwaitingPayment, AttemptStatus::AwaitingPayment);
    assert!(html.contains("on Tron (TRC-20)"));
    assert!(html.contains("Address on Tron (TRC-20)"));
    assert!(html.contains("Send only USDT, and only on Tron (TRC-20)."));
    assert!(html.contains("aria-label=\"QR code to pay 49.913251 USDT on Tron (TRC-20)\""));
    assert!(html.contains("29:41"));
}

#[test]
fn half_a_payment_is_asked_for_the_rest_and_not_for_another_method() {
    let html = attempt_in(Status::Underpaid, AttemptStatus::Underpaid);
    assert_eq!(heading(&html), "Send what is still missing");
    assert!(html.contains("24.95 USDT arrived"));
    assert!(html.contains(">24.963251<"), "the rest is the amount to send");
    assert!(!html.contains(">49.913251<"), "the whole is not asked for again");
    assert!(!html.contains("Pay another way"));
}

#[test]
fn progress_counts_confirmations() {
    let html = attempt_in(Status::Processing, AttemptStatus::Processing);
    assert_eq!(heading(&html), "Payment detected");
    assert!(html.contains("7 of 19 confirmations"));
    assert!(html.contains("Payment detected. 7 of 19 confirmations."), "a screen reader is told");
}

#[test]
fn outcomes_say_what_happened_and_name_the_reference() {
    let outcomes = [
        (Status::Paid, "Payment complete"),
        (Status::Refunding, "Your refund is on its way"),
        (Status::Refunded, "Refunded"),
        (Status::Expired, "The time to pay is over"),
        (Status::Cancelled, "This order was cancelled"),
        (Status::Failed, "This payment didn’t go through"),
        (Status::Review, "Your payment is being checked"),
    ];
    for (status, title) in outcomes {
        let html = html(states::of("", states::view(status, None)));
        assert_eq!(heading(&html), title);
        assert!(html.contains("FV-2024-10387"), "{status:?}");
        assert!(html.contains("https://shop.example/"), "{status:?} leads back to the shop");
    }
}

#[test]
fn late_and_too_much_are_told() {
    let state = states::gallery().into_iter().find(|state| state.name.contains("late")).unwrap();
    let html = html(state);
    assert!(html.contains("It came after the time was over"));
    assert!(html.contains("You sent 10.086749 USDT more than needed"));
}

#[test]
fn a_link_to_the_shop_that_is_no_web_link_is_not_followed() {
    let mut view = states::view(Status::Paid, None);
    view.order.success_url = Some("javascript:alert(1)".to_owned());
    let html = html(states::of("", view));
    assert!(!html.contains("javascript:"));
    assert!(html.contains("You can close this page."));
}

#[test]
fn what_merchants_write_is_text() {
    let mut view = states::view(Status::Open, None);
    view.order.description = Some("<img src=x onerror=alert(1)>".to_owned());
    assert!(html(states::of("", view)).contains("&lt;img"));
}

#[test]
fn a_refused_order_token_says_how_to_go_on() {
    let html = html(states::refused("", ErrorCode::ExpiredOrderToken));
    assert!(html.contains("Go back to the shop and start the payment again"));
    assert!(html.contains("8f2c41d0"), "the request id, to ask for help with");
    assert!(!html.contains("not shown"), "the edge's message is for programmers");
}
