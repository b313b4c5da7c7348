//! What a page shows before the widget is there, and when it loads itself again where no widget ever comes.
#![cfg(not(target_arch = "wasm32"))]

mod states;

use checkout_shared::error::{ErrorCode, ErrorDetail};
use checkout_shared::language::Language;
use checkout_shared::session::{AttemptStatus, SessionView, Status};
use checkout_shared::time::{Millis, Timestamp};
use checkout_widget::PageData;
use checkout_widget::first_paint::{FirstPaint, first_paint};
use states::NOW;

fn painted_at(now: Timestamp, data: &PageData) -> FirstPaint {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let paint = first_paint(data, states::messages(Language::ENGLISH), now);
    runtime.block_on(tokio::task::LocalSet::new().run_until(paint))
}

/// After how many seconds a page loads itself again.
fn seconds(paint: &FirstPaint) -> Option<u32> {
    paint.reload.as_deref().map(|reload| reload.split(';').next().unwrap().parse().unwrap())
}

fn painted(data: &PageData) -> FirstPaint {
    painted_at(NOW, data)
}

fn page(session: SessionView) -> PageData {
    PageData { page: Some("/checkout/x.y".to_owned()), session: Some(session), ..PageData::default() }
}

fn refusal(code: ErrorCode) -> ErrorDetail {
    ErrorDetail { code, message: "for programmers".to_owned(), request_id: "r-77".to_owned(), details: None }
}

#[test]
fn the_first_paint_is_the_screen_without_what_only_the_widget_needs() {
    let html = painted(&page(states::view(Status::Open, None))).html;
    assert!(html.starts_with("<main class=\"checkout\" aria-label=\"Payment\">") && html.contains("How would you like to pay?"));
    assert!(!html.contains("<!--"), "no marks for a hydration that never comes");
}

#[test]
fn the_edges_clock_is_the_one_that_counts() {
    let view = states::view(Status::AwaitingPayment, Some(states::attempt(AttemptStatus::AwaitingPayment)));
    let an_hour_ahead = painted_at(NOW + Millis::seconds(3600), &page(view.clone()));
    assert_eq!(an_hour_ahead, painted(&page(view)), "the time left is counted from the view's own time");
}

#[test]
fn an_error_is_painted_in_words_and_never_loads_itself_again() {
    let painted = painted(&PageData { error: Some(refusal(ErrorCode::ExpiredOrderToken)), ..PageData::default() });
    assert!(painted.html.contains("Go back to the shop") && painted.html.contains("r-77"));
    assert_eq!(painted.reload, None);
    assert!(!painted.html.contains("for programmers"));
}

#[test]
fn a_page_is_loaded_again_as_often_as_news_may_come() {
    let after = |status, attempt: Option<AttemptStatus>| seconds(&painted(&page(states::view(status, attempt.map(states::attempt)))));
    assert_eq!(after(Status::AwaitingPayment, Some(AttemptStatus::AwaitingPayment)), Some(10));
    assert_eq!(after(Status::Processing, Some(AttemptStatus::Processing)), Some(10));
    assert_eq!(after(Status::Open, Some(AttemptStatus::Creating)), Some(3), "the address is about to come");
    assert_eq!(after(Status::Expired, None), Some(60), "money may come late");
    assert_eq!((after(Status::Paid, None), after(Status::Refunded, None)), (None, None));
}

#[test]
fn whoever_is_choosing_is_left_in_peace() {
    let open = states::view(Status::Open, None);
    assert_eq!(painted(&page(open.clone())).reload.as_deref(), Some("300; url=/checkout/x.y"));
    let some = SessionView { methods_unavailable: true, ..open.clone() };
    assert_eq!(seconds(&painted(&page(some))), Some(300), "there is something to choose from");
    let empty = SessionView { methods: Vec::new(), ..open };
    assert_eq!(seconds(&painted(&page(empty))), Some(3), "there is nothing to choose from yet");
    let paying = page(states::view(Status::AwaitingPayment, Some(states::attempt(AttemptStatus::AwaitingPayment))));
    let again = painted(&PageData { changing: true, query: Some("lang=fr".to_owned()), ..paying });
    assert_eq!(again.reload.as_deref(), Some("300; url=/checkout/x.y?lang=fr&choose=1"));
}

#[test]
fn a_choice_that_was_refused_is_told_beside_the_methods() {
    let choice_error = Some(refusal(ErrorCode::TooManyAttempts));
    let painted = painted(&PageData { choice_error, ..page(states::view(Status::Open, None)) });
    assert!(painted.html.contains("Too many ways to pay have been tried for this order."));
    assert!(painted.html.contains("class=\"methods\""));
}
