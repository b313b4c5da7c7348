//! Orders paid on a provider's page, where no amount in a coin is known: cards, and coins that the provider converts.

use crate::story::{HOUR, ID, START, Story, method, money, offers, order, snapshot, stated};
use checkout_core::provider::{Created, PaymentStatus, ProviderError, Snapshot};
use checkout_core::session::{Effect, Hint, Input, Offer, Refusal, Report, Session, Taker};
use checkout_shared::method::Method;
use checkout_shared::money::{Amount, Money};
use checkout_shared::order::{Capture, Line, Order};
use checkout_shared::provider::ProviderId;
use checkout_shared::session::{AttemptStatus, Instructions, Status};
use checkout_shared::time::Millis;

fn offer(id: &str, provider: ProviderId, priced_in: Option<&str>) -> Offer {
    let method = Method { id: id.parse().unwrap(), name: None, minimum: None, confirmations: None };
    Offer {
        method,
        takers: vec![Taker { provider, priced_in: priced_in.map(|code| vec![code.parse().unwrap()]), notifies: false, minimum: None }],
    }
}

fn begun(order: Order) -> Story {
    let (session, _) = Session::open(ID.to_owned(), order, START);
    let mut story = Story { session, now: START };
    let mut offers = offers();
    offers.push(offer("page:card", ProviderId::Onecheckout, Some("USD")));
    offers.push(offer("VET:vechain", ProviderId::Oceanex, Some("VET")));
    story.tell(Input::Offers { offers, complete: true });
    story
}

/// A customer who has been sent to the page for cards, which is worth an hour.
fn on_the_page(order: Order) -> Story {
    let mut story = begun(order);
    assert_eq!(story.choose("page:card"), Ok(vec![Effect::Create(1)]));
    let instructions = Instructions::Page { url: "https://pay.example/1".to_owned(), expires_at: START + HOUR };
    let created = Created { provider_reference: "track-1".to_owned(), instructions, stated: stated(1) };
    story.tell(Input::Created(1, Ok(created)));
    story
}

fn said(status: PaymentStatus, received: Option<Money>) -> Snapshot {
    Snapshot { received, ..snapshot(status, Vec::new()) }
}

fn fetched(status: PaymentStatus, received: Option<Money>) -> Input {
    Input::Fetched(1, Ok(said(status, received)))
}

fn methods(story: &Story) -> Vec<String> {
    story.view().methods.iter().map(|method| method.id.to_string()).collect()
}

#[test]
fn only_what_the_order_carries_a_price_for_is_on_offer() {
    let mut story = begun(order());
    assert_eq!(methods(&story), ["USDT:tron", "BTC:bitcoin", "page:card"]);
    assert_eq!(story.choose("VET:vechain"), Err(Refusal::UnknownMethod));
    let priced = Order { prices: vec![money("850", "VET")], ..order() };
    story.tell(Input::Reopen(priced));
    assert_eq!(methods(&story), ["USDT:tron", "BTC:bitcoin", "page:card", "VET:vechain"]);
    assert_eq!(story.choose("VET:vechain"), Ok(vec![Effect::Create(1)]));
    let attempt = story.session.attempt(1).unwrap();
    assert_eq!((attempt.provider, attempt.purchase.price.to_string()), (ProviderId::Oceanex, "850 VET".to_owned()));
}

#[test]
fn an_order_is_too_small_only_for_what_all_who_take_it_ask_more_for() {
    let minimum = |order: &Order, takers: &[(&str, Option<&str>)]| {
        let taker = |(minimum, priced_in): &(&str, Option<&str>)| Taker {
            provider: ProviderId::Oxapay,
            priced_in: priced_in.map(|code| vec![code.parse().unwrap()]),
            notifies: false,
            minimum: Amount::parse(minimum),
        };
        // What any of them accepts, whatever the order.
        let method = Method { minimum: Amount::parse("0.1"), ..method("USDT:tron") };
        let offer = Offer { method, takers: takers.iter().map(taker).collect() };
        offer.method_for(order).minimum.map(|minimum| minimum.to_string())
    };
    let tether = Order { currency: "USDT".parse().unwrap(), ..order() };
    let beside = Order { prices: vec![money("1", "EUR")], ..tether.clone() };
    assert_eq!(minimum(&tether, &[("50", None), ("20", None)]).as_deref(), Some("20"));
    assert_eq!(minimum(&tether, &[("50", None), ("", None)]), None, "the other one takes as little as one likes");
    assert_eq!(minimum(&tether, &[("50", None), ("", Some("EUR"))]).as_deref(), Some("50"), "the other one cannot take it");
    assert_eq!(minimum(&beside, &[("50", None), ("20", Some("EUR"))]), None, "nobody knows what a euro is in the coin");
    assert_eq!(minimum(&order(), &[("50", None)]).as_deref(), Some("50"));
}

#[test]
fn who_says_that_it_is_too_little_is_asked_last() {
    let taker = |provider, minimum| Taker { provider, priced_in: None, notifies: false, minimum: Amount::parse(minimum) };
    let takers = vec![taker(ProviderId::Oxapay, "50"), taker(ProviderId::Okipays, ""), taker(ProviderId::Oceanex, "12.50")];
    let offer = Offer { method: method("USDT:tron"), takers };
    let asked = |order: &Order| offer.takers_of(order).map(|(taker, _)| taker.provider).collect::<Vec<_>>();
    let tether = Order { currency: "USDT".parse().unwrap(), ..order() };
    assert_eq!(asked(&tether), [ProviderId::Okipays, ProviderId::Oceanex, ProviderId::Oxapay], "{}", tether.amount);
    assert_eq!(asked(&order()), [ProviderId::Oxapay, ProviderId::Okipays, ProviderId::Oceanex], "a price in dollars says nothing of it");
}

#[test]
fn an_order_in_a_currency_nobody_takes_is_offered_what_converts() {
    let euros = Order { currency: "EUR".parse().unwrap(), ..order() };
    assert_eq!(methods(&begun(euros)), ["USDT:tron", "BTC:bitcoin"]);
}

#[test]
fn lines_go_with_the_orders_own_price_and_not_with_another() {
    let lines = vec![Line { title: "Beans".to_owned(), quantity: 1, unit_price: order().amount }];
    let order = Order { lines: lines.clone(), prices: vec![money("850", "VET")], ..order() };
    let mut story = begun(order);
    story.choose("page:card").unwrap();
    story.choose("VET:vechain").unwrap();
    assert_eq!(story.session.attempt(1).unwrap().purchase.lines, lines);
    assert_eq!(story.session.attempt(2).unwrap().purchase.lines, []);
}

#[test]
fn an_authorised_payment_is_taken_at_once() {
    let mut story = on_the_page(order());
    assert_eq!(story.tell(fetched(PaymentStatus::Authorized, None)), [Effect::Capture(1)]);
    assert_eq!(story.status(), Status::Processing);
    story.tell(Input::Captured(1, Ok(said(PaymentStatus::Paid, None))));
    assert_eq!(story.status(), Status::Paid);
}

#[test]
fn a_merchant_who_wants_to_takes_it_later() {
    let mut story = on_the_page(Order { capture: Capture::Manual, ..order() });
    assert_eq!(story.session.apply(Input::Capture, story.now), Err(Refusal::NothingToCapture));
    assert_eq!(story.tell(fetched(PaymentStatus::Authorized, None)), []);
    assert!(story.view().attempt.unwrap().capturable);
    assert_eq!(story.tell(Input::Capture), [Effect::Capture(1)]);
    story.tell(Input::Captured(1, Ok(said(PaymentStatus::Paid, None))));
    assert_eq!(story.tell(Input::Capture), [], "asked twice, taken once");
    assert!(!story.view().attempt.unwrap().capturable);
}

#[test]
fn a_capture_whose_answer_was_lost_is_asked_about_before_it_is_tried_again() {
    let mut story = on_the_page(order());
    story.tell(fetched(PaymentStatus::Authorized, None));
    let lost = ProviderError::MaybeSent { reason: "no answer".to_owned() };
    assert_eq!(story.tell(Input::Captured(1, Err(lost))), []);
    assert_eq!(story.after(Millis::seconds(10)).tell(Input::Tick { watched: true }), [Effect::Fetch(1)]);
    assert_eq!(story.tell(fetched(PaymentStatus::Paid, None)), []);
    assert_eq!(story.status(), Status::Paid);
}

#[test]
fn what_is_authorised_for_another_price_is_not_taken() {
    let mut story = on_the_page(order());
    let mut other = said(PaymentStatus::Authorized, None);
    other.stated.price = Some(money("1250", "USD"));
    assert_eq!(story.tell(Input::Fetched(1, Ok(other))), []);
    assert_eq!(story.status(), Status::Review);
    assert_eq!(story.session.apply(Input::Capture, story.now), Err(Refusal::NothingToCapture));
}

#[test]
fn an_order_that_is_paid_otherwise_takes_nothing_more() {
    let mut story = on_the_page(order());
    story.choose("USDT:tron").unwrap();
    story.tell(Input::Created(2, Ok(crate::story::created(2, "USDT", "tron"))));
    let mut paid = snapshot(PaymentStatus::Paid, vec![crate::story::transaction("a", "12.5", 19)]);
    paid.provider_reference = "track-2".to_owned();
    paid.stated = stated(2);
    story.tell(Input::Fetched(2, Ok(paid)));
    assert_eq!(story.status(), Status::Paid);
    assert_eq!(story.tell(fetched(PaymentStatus::Authorized, None)), []);
}

#[test]
fn a_part_is_underpaid_whatever_follows_but_the_rest() {
    let mut story = on_the_page(order());
    story.tell(fetched(PaymentStatus::Partial, None));
    assert_eq!(story.status(), Status::Underpaid);
    for word in [PaymentStatus::Processing, PaymentStatus::Pending, PaymentStatus::Expired, PaymentStatus::Cancelled] {
        story.tell(fetched(word, None));
        assert_eq!(story.status(), Status::Underpaid, "{word:?}");
    }
    story.tell(fetched(PaymentStatus::Paid, None));
    assert_eq!(story.status(), Status::Paid);
}

#[test]
fn what_has_arrived_in_all_is_held_against_the_price() {
    let mut story = on_the_page(order());
    story.tell(fetched(PaymentStatus::Partial, Some(money("5", "USD"))));
    let attempt = story.view().attempt.unwrap();
    assert_eq!(
        (attempt.status, attempt.received, attempt.due),
        (AttemptStatus::Underpaid, Some(money("5", "USD")), Some(money("7.5", "USD")))
    );
    story.tell(fetched(PaymentStatus::Paid, Some(money("13.00", "USD"))));
    assert_eq!((story.status(), story.view().overpaid_by), (Status::Paid, Some(money("0.5", "USD"))));
}

#[test]
fn once_all_of_it_is_seen_nothing_more_is_asked_for() {
    let mut story = on_the_page(order());
    story.tell(fetched(PaymentStatus::Partial, Some(money("5", "USD"))));
    story.tell(fetched(PaymentStatus::Partial, Some(money("12.50", "USD"))));
    assert_eq!((story.status(), story.view().attempt.unwrap().due), (Status::Processing, None));
}

#[test]
fn paid_with_too_little_or_with_other_money_is_for_a_person_to_decide() {
    for received in [money("12.49", "USD"), money("12.50", "EUR")] {
        let mut story = on_the_page(order());
        story.tell(fetched(PaymentStatus::Paid, Some(received)));
        assert_eq!(story.status(), Status::Review);
    }
}

#[test]
fn all_the_money_on_a_page_called_expired_is_paid_late() {
    let mut story = on_the_page(order());
    story.tell(fetched(PaymentStatus::Expired, Some(money("12.5", "USD"))));
    assert_eq!((story.status(), story.view().late), (Status::Paid, true));
}

#[test]
fn a_hint_leads_to_one_question_and_to_nothing_else() {
    let mut story = on_the_page(order());
    let before = story.view();
    let hint = |name: Hint| Input::Hinted(name);
    let ours = || Hint::Reference(format!("{ID}-1"));
    assert_eq!(story.tell(hint(ours())), [], "the answer to the creation is just in");
    assert_eq!(story.after(Millis::seconds(2)).tell(hint(ours())), [Effect::Fetch(1)]);
    assert_eq!(story.tell(hint(ours())), [], "not twice");
    assert_eq!(story.after(Millis::seconds(5)).tell(hint(Hint::Reference(format!("{ID}-7")))), []);
    assert_eq!(story.tell(hint(Hint::ProviderReference("another-payment".to_owned()))), []);
    assert_eq!(before.status, story.status());
}

#[test]
fn a_customer_who_comes_back_is_not_kept_waiting_but_asked_for_at_once() {
    let mut story = on_the_page(order());
    story.after(Millis::seconds(3));
    assert_eq!(story.tell(Input::Hinted(Hint::ProviderReference("track-1".to_owned()))), []);
    assert!(story.session.next_wake(true).unwrap() <= story.now);
    assert_eq!(story.tell(Input::Tick { watched: true }), [Effect::Fetch(1)]);
}

#[test]
fn a_hint_looks_up_what_was_lost() {
    let mut story = begun(order());
    story.choose("page:card").unwrap();
    let lost = ProviderError::MaybeSent { reason: "no answer".to_owned() };
    assert_eq!(story.tell(Input::Created(1, Err(lost))), [Effect::Find(1)]);
    let hint = || Input::Hinted(Hint::Reference(format!("{ID}-1")));
    assert_eq!(story.after(Millis::seconds(2)).tell(hint()), [], "too soon a look-up would count as one that found nothing");
    assert_eq!(story.after(Millis::seconds(3)).tell(hint()), [Effect::Find(1)]);
}

#[test]
fn what_was_disputed_is_not_settled_by_a_word_without_amounts() {
    let mut story = on_the_page(order());
    story.tell(fetched(PaymentStatus::Paid, Some(money("5", "USD"))));
    assert_eq!(story.status(), Status::Review);
    story.tell(fetched(PaymentStatus::Paid, None));
    assert_eq!(story.status(), Status::Review, "paid, it says, and not how much");
    story.tell(fetched(PaymentStatus::Paid, Some(money("12.5", "USD"))));
    assert_eq!(story.status(), Status::Paid);
}

#[test]
fn what_speaks_against_a_paid_order_is_reported_once_and_changes_nothing() {
    let mut story = on_the_page(order());
    assert_eq!(story.tell(fetched(PaymentStatus::Paid, None)), []);
    let short = || fetched(PaymentStatus::Paid, Some(money("5", "USD")));
    assert_eq!(story.tell(short()), [Effect::Report(Report::DisputedPayment(1))]);
    assert_eq!(story.tell(short()), []);
    assert_eq!(story.status(), Status::Paid);
}

#[test]
fn money_on_a_payment_that_failed_or_was_called_off_is_for_a_person() {
    for word in [PaymentStatus::Failed, PaymentStatus::Cancelled] {
        let mut story = on_the_page(order());
        story.tell(fetched(word, Some(money("12.5", "USD"))));
        assert_eq!(story.status(), Status::Review, "{word:?}");
    }
}

#[test]
fn a_disagreement_without_money_shows_nothing_and_bars_nothing() {
    let mut story = on_the_page(order());
    let mut other = said(PaymentStatus::Pending, None);
    other.stated.price = Some(money("125", "USD"));
    story.tell(Input::Fetched(1, Ok(other.clone())));
    let attempt = story.view().attempt.unwrap();
    assert_eq!((attempt.status, attempt.instructions), (AttemptStatus::Failed, None));
    other.status = PaymentStatus::Expired;
    story.tell(Input::Fetched(1, Ok(other)));
    assert_eq!(story.status(), Status::Open);
    assert_eq!(story.choose("USDT:tron"), Ok(vec![Effect::Create(2)]));
}

#[test]
fn disputed_money_stays_for_a_person_whatever_word_follows() {
    let mut story = on_the_page(order());
    story.tell(fetched(PaymentStatus::Paid, Some(money("0", "USD"))));
    assert_eq!(story.status(), Status::Review);
    story.tell(fetched(PaymentStatus::Expired, None));
    assert_eq!(story.status(), Status::Review);
}

#[test]
fn paid_after_its_time_is_late() {
    let mut story = on_the_page(order());
    story.after(Millis::hours(2));
    let paid_at = Some(START + HOUR + Millis(1));
    story.tell(Input::Fetched(1, Ok(Snapshot { paid_at, ..said(PaymentStatus::Paid, None) })));
    assert_eq!((story.status(), story.view().late), (Status::Paid, true));
}

#[test]
fn money_seen_in_time_and_counted_later_is_not_late() {
    let mut story = Story::awaiting();
    let mut paid = snapshot(PaymentStatus::Paid, vec![crate::story::transaction("a", "12.5", 19)]);
    paid.paid_at = Some(START + HOUR + HOUR);
    story.tell(Input::Fetched(1, Ok(paid)));
    assert_eq!((story.status(), story.view().late), (Status::Paid, false));
}

#[test]
fn a_payment_that_failed_first_and_was_paid_in_time_is_not_late() {
    let mut story = on_the_page(order());
    story.tell(fetched(PaymentStatus::Failed, None));
    story.tell(fetched(PaymentStatus::Paid, None));
    assert_eq!((story.status(), story.view().late), (Status::Paid, false));
}

#[test]
fn a_capture_is_not_asked_for_twice_while_its_answer_is_awaited() {
    let mut story = on_the_page(order());
    assert_eq!(story.tell(fetched(PaymentStatus::Authorized, None)), [Effect::Capture(1)]);
    assert_eq!(story.tell(fetched(PaymentStatus::Authorized, None)), []);
    assert_eq!(story.tell(Input::Capture), []);
    assert_eq!(story.after(Millis::seconds(45)).tell(fetched(PaymentStatus::Authorized, None)), [Effect::Capture(1)], "lost, so again");
}

#[test]
fn after_a_no_only_the_merchant_asks_for_a_capture_again() {
    let mut story = on_the_page(order());
    story.tell(fetched(PaymentStatus::Authorized, None));
    let no = ProviderError::Answered { status: 400, field: None, message: "order_status_invalid".to_owned() };
    assert_eq!(story.tell(Input::Captured(1, Err(no))), [Effect::Report(Report::NotCaptured(1))]);
    assert_eq!(story.after(HOUR).tell(fetched(PaymentStatus::Authorized, None)), []);
    assert_eq!(story.tell(Input::Capture), [Effect::Capture(1)]);
}

#[test]
fn a_card_is_not_taken_while_money_comes_by_another_way() {
    let mut story = on_the_page(order());
    story.choose("USDT:tron").unwrap();
    story.tell(Input::Created(2, Ok(crate::story::created(2, "USDT", "tron"))));
    let mut seen = snapshot(PaymentStatus::Processing, vec![crate::story::transaction("a", "12.5", 3)]);
    seen.provider_reference = "track-2".to_owned();
    seen.stated = stated(2);
    story.tell(Input::Fetched(2, Ok(seen)));
    assert_eq!(story.tell(fetched(PaymentStatus::Authorized, None)), [Effect::Report(Report::NotCaptured(1))]);
    assert_eq!(story.tell(Input::Capture), [Effect::Capture(1)], "unless the merchant says so");
}

#[test]
fn whoever_comes_back_long_after_the_time_is_still_asked_for() {
    let mut story = on_the_page(order());
    story.after(Millis::hours(48)).tell(Input::Tick { watched: false });
    story.tell(fetched(PaymentStatus::Pending, None));
    assert_eq!(story.session.next_wake(true), None);
    story.after(Millis::hours(1));
    assert_eq!(story.tell(Input::Hinted(Hint::ProviderReference("track-1".to_owned()))), []);
    assert_eq!(story.tell(Input::Tick { watched: false }), [Effect::Fetch(1)]);
    story.tell(Input::Fetched(1, Err(ProviderError::NotSent { reason: "down".to_owned() })));
    assert!(story.session.next_wake(false).is_some(), "one failure does not silence it");
    story.after(Millis::seconds(4)).tell(Input::Tick { watched: false });
    story.tell(fetched(PaymentStatus::Paid, None));
    assert_eq!((story.status(), story.session.next_wake(false)), (Status::Paid, None));
}

#[test]
fn a_refund_right_after_the_payment_is_heard_of() {
    let mut story = on_the_page(order());
    story.tell(fetched(PaymentStatus::Paid, None));
    assert_eq!(story.after(Millis::seconds(5)).tell(Input::Hinted(Hint::Reference(format!("{ID}-1")))), [Effect::Fetch(1)]);
    story.tell(fetched(PaymentStatus::Refunded, None));
    assert_eq!(story.status(), Status::Refunded);
}

#[test]
fn a_card_authorised_in_time_and_captured_later_is_not_late() {
    let mut story = on_the_page(Order { capture: Capture::Manual, ..order() });
    story.tell(fetched(PaymentStatus::Authorized, None));
    story.after(Millis::hours(48)).tell(Input::Capture);
    let paid = Snapshot { paid_at: Some(story.now), ..said(PaymentStatus::Paid, None) };
    story.tell(Input::Captured(1, Ok(paid)));
    assert_eq!((story.status(), story.view().late), (Status::Paid, false));
}

#[test]
fn a_capture_that_was_not_done_can_be_asked_for_again_at_once() {
    let mut story = on_the_page(Order { capture: Capture::Manual, ..order() });
    story.tell(fetched(PaymentStatus::Authorized, None));
    assert_eq!(story.tell(Input::Capture), [Effect::Capture(1)]);
    story.tell(Input::Captured(1, Err(ProviderError::RateLimited { retry_after: Some(Millis::seconds(1)) })));
    assert_eq!(story.tell(Input::Capture), [Effect::Capture(1)]);
}

#[test]
fn methods_that_were_missing_are_asked_for_again_by_whoever_looks() {
    let (session, _) = Session::open(ID.to_owned(), order(), START);
    let mut story = Story { session, now: START };
    story.tell(Input::Offers { offers: offers(), complete: false });
    assert_eq!(story.after(Millis::seconds(29)).tell(Input::Look), []);
    assert_eq!(story.after(Millis::seconds(1)).tell(Input::Look), [], "whoever looks is not kept waiting");
    assert_eq!(story.tell(Input::Tick { watched: true }), [Effect::Offers]);
    story.tell(Input::Offers { offers: offers(), complete: true });
    story.after(HOUR).tell(Input::Look);
    assert_eq!(story.tell(Input::Tick { watched: true }), []);
}
