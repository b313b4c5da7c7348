//! Whole payments, adapter and simulator together.

use super::world::{NOTIFY_URL, ORIGIN, World, money, ok};
use checkout_core::provider::{About, PaymentStatus, ProviderError};
use checkout_core::records::AccountChanges;
use checkout_shared::session::Instructions;
use checkout_shared::time::Millis;
use checkout_tests::driver::run;
use checkout_tests::simulators::{Action, FaultKind, Impossible};

fn events(world: &mut World, id: &str) -> Vec<(String, String)> {
    let begun = world.account.events(id);
    let events = world.run(begun).unwrap();
    assert!(events.iter().all(|event| event.provider_reference == id && event.error.is_none() && event.at.is_some()));
    events.into_iter().map(|event| (event.kind, event.status.unwrap_or_default())).collect()
}

fn said(events: &[(&str, &str)]) -> Vec<(String, String)> {
    events.iter().map(|(kind, status)| ((*kind).to_owned(), (*status).to_owned())).collect()
}

#[test]
fn customer_pays_on_the_page() {
    let mut world = World::as_documented();
    let purchase = world.purchase("25.50", "USD");
    let created = world.create(&purchase).unwrap();
    let id = created.provider_reference.clone();
    let page = Instructions::Page { url: format!("{ORIGIN}/pay/{id}"), expires_at: world.now + Millis::minutes(60) };
    assert_eq!(created.instructions, page);
    assert_eq!(
        (created.stated.price, created.stated.reference.as_deref()),
        (Some(purchase.price.clone()), Some(purchase.reference.as_str()))
    );
    assert_eq!(world.fetch(&id).unwrap().status, PaymentStatus::Pending);
    world.act(&id, Action::Exact);
    let snapshot = world.fetch(&id).unwrap();
    assert_eq!((snapshot.status, snapshot.unknown_status), (PaymentStatus::Paid, None));
    assert_eq!((snapshot.stated.price, snapshot.received, snapshot.transactions), (Some(purchase.price), None, Vec::new()));
    assert_eq!(snapshot.stated.reference, Some(purchase.reference));
    assert_eq!(events(&mut world, &id), said(&[("payment_created", "PENDING"), ("payment_succeeded", "COMPLETED")]));
    world.pass(Millis::hours(24 * 30));
    assert_eq!(world.fetch(&id).unwrap().status, PaymentStatus::Paid);
}

#[test]
fn merchant_takes_what_the_customer_has_authorised() {
    let mut world = World::as_documented();
    let id = world.created();
    let early = world.capture(&id);
    assert!(matches!(&early, Err(ProviderError::Answered { status: 400, field, .. }) if field.as_deref() == Some("status")), "{early:?}");
    world.act(&id, Action::Authorize);
    assert_eq!(world.fetch(&id).unwrap().status, PaymentStatus::Authorized);
    let captured = world.capture(&id).unwrap();
    assert_eq!((captured.provider_reference.as_str(), captured.status), (id.as_str(), PaymentStatus::Paid));
    assert_eq!(captured.stated.price, Some(money("25.5", "USD")));
    assert!(matches!(world.capture(&id), Err(ProviderError::Answered { status: 400, .. })), "it is taken once");
    assert_eq!(world.fetch(&id).unwrap().status, PaymentStatus::Paid);
    let happened = [("payment_created", "PENDING"), ("payment_authorized", "PENDING"), ("payment_succeeded", "COMPLETED")];
    assert_eq!(events(&mut world, &id), said(&happened));
}

#[test]
fn the_answer_to_a_capture_is_lost() {
    for fault in [FaultKind::TimeoutAfterWork, FaultKind::Truncate] {
        let mut world = World::as_documented();
        let id = world.created();
        world.act(&id, Action::Authorize);
        world.arm(fault, &format!("/api/v1.0/orders/{id}/capture"));
        assert!(matches!(world.capture(&id), Err(ProviderError::MaybeSent { .. })), "{fault:?}");
        assert_eq!(world.fetch(&id).unwrap().status, PaymentStatus::Paid, "reading tells that it was taken");
    }
    let mut world = World::as_documented();
    let id = world.created();
    world.act(&id, Action::Authorize);
    world.arm(FaultKind::Status500, &format!("/api/v1.0/orders/{id}/capture"));
    assert!(matches!(world.capture(&id), Err(ProviderError::MaybeSent { .. })));
    assert_eq!(world.fetch(&id).unwrap().status, PaymentStatus::Authorized, "or that it was not");
    assert!(world.capture(&id).is_ok());
}

/// What is set aside or paid must say how much that is: silence would agree with any order.
#[test]
fn money_without_a_price_is_not_believed() {
    let world = World::as_documented();
    for stated in ["", r#","amount":25.5"#, r#","currency":"USD""#, r#","amount":null,"currency":"USD""#] {
        for status in ["AWAITING_CAPTURE", "PAID", "paid"] {
            let body = format!(r#"{{"id":"0001","status":"{status}"{stated}}}"#);
            let fetched = run(world.account.fetch("0001"), |_| ok(body.clone()));
            assert!(matches!(fetched, Err(ProviderError::NotSent { .. })), "{body}: {fetched:?}");
            let captured = run(world.account.capture("0001"), |_| ok(body.clone()));
            assert!(matches!(captured, Err(ProviderError::MaybeSent { .. })), "{body}: {captured:?}");
        }
    }
    for status in ["OPEN", "CANCELLED", "REFUNDED", "ON_HOLD"] {
        let fetched = run(world.account.fetch("0001"), |_| ok(format!(r#"{{"id":"0001","status":"{status}"}}"#)));
        assert!(fetched.is_ok(), "nothing is paid by {status}: {fetched:?}");
    }
}

#[test]
fn when_it_was_paid_is_told() {
    let mut world = World::as_documented();
    let id = world.created();
    assert_eq!(world.fetch(&id).unwrap().paid_at, None);
    world.pass(Millis::minutes(3));
    world.act(&id, Action::Exact);
    let paid_at = world.now;
    world.pass(Millis::minutes(3));
    assert_eq!(world.fetch(&id).unwrap().paid_at, Some(paid_at));
    for stated in ["0", "\"0\"", "null", "\"\"", "-1", "\"yesterday\""] {
        let body = format!(r#"{{"id":"0001","status":"PAID","amount":25.5,"currency":"USD","paid":{stated}}}"#);
        assert_eq!(run(world.account.fetch("0001"), |_| ok(body.clone())).unwrap().paid_at, None, "{stated}");
    }
}

#[test]
fn merchant_sends_the_money_back() {
    let mut world = World::as_documented();
    let id = world.created();
    assert_eq!(world.simulated.act(&id, Action::Refund, world.now), Err(Impossible::NotNow));
    world.act(&id, Action::Exact);
    world.act(&id, Action::Refund);
    let snapshot = world.fetch(&id).unwrap();
    assert_eq!((snapshot.status, snapshot.stated.price), (PaymentStatus::Refunded, Some(money("25.5", "USD"))));
    assert_eq!(events(&mut world, &id).last(), said(&[("payment_refunded", "REFUNDED")]).last());
}

#[test]
fn customer_gives_up() {
    let mut world = World::as_documented();
    let id = world.created();
    world.act(&id, Action::Cancel);
    assert_eq!(world.fetch(&id).unwrap().status, PaymentStatus::Cancelled);
    for action in [Action::Exact, Action::Authorize, Action::Cancel, Action::Refund] {
        assert_eq!(world.simulated.act(&id, action, world.now), Err(Impossible::NotNow), "{action:?}");
    }
    assert!(world.simulated.page_actions(&id).is_empty());
}

#[test]
fn a_card_page_takes_the_whole_amount_or_nothing_and_has_no_end() {
    let mut world = World::as_documented();
    let id = world.created();
    for action in [Action::Half, Action::Rest, Action::Over, Action::Late, Action::Expire, Action::Accept, Action::Fail] {
        assert_eq!(world.simulated.act(&id, action, world.now), Err(Impossible::NotNow), "{action:?}");
    }
    world.pass(Millis::hours(24 * 7));
    assert_eq!(world.fetch(&id).unwrap().status, PaymentStatus::Pending);
    world.act(&id, Action::Exact);
    assert_eq!(world.fetch(&id).unwrap().status, PaymentStatus::Paid);
}

#[test]
fn customers_come_back_with_the_orders_id_and_our_reference() {
    let mut world = World::as_documented();
    let mut purchase = world.purchase("25.50", "USD");
    let added = |id: &str| format!("payment_id={id}&reference_id=abcdefghijklmnopqrstuvwx27-1");
    for (return_url, joint) in [("https://checkout.example/checkout/a.b", "?"), ("https://checkout.example/checkout/a.b?lang=de", "&")] {
        purchase.return_url = Some(return_url.to_owned());
        let id = world.create(&purchase).unwrap().provider_reference;
        let summary = world.simulated.payment(&id).unwrap();
        let back = format!("{return_url}{joint}{}", added(&id));
        assert_eq!((summary.success_url, summary.cancel_url), (back.clone(), back));
        assert_eq!(summary.merchant_reference, purchase.reference);
    }
    purchase.return_url = None;
    let id = world.create(&purchase).unwrap().provider_reference;
    assert_eq!(world.simulated.payment(&id).unwrap().success_url, "", "the account has none either");
}

#[test]
fn a_change_of_an_order_is_notified_once_and_unsigned_and_is_a_hint() {
    let mut world = World::as_documented();
    let id = world.created();
    assert!(world.notifications().is_empty());
    world.act(&id, Action::Authorize);
    world.capture(&id).unwrap();
    let notifications = world.notifications();
    assert_eq!(notifications.len(), 2);
    for notification in notifications {
        assert_eq!(notification.uri(), NOTIFY_URL);
        let heard = world.account.verify_webhook(notification.headers(), notification.body()).unwrap();
        assert_eq!((heard.about, heard.snapshot), (About::Reference("abcdefghijklmnopqrstuvwx27-1".to_owned()), None));
    }
    world.pass(Millis::hours(24));
    assert!(world.notifications().is_empty());
}

#[test]
fn a_notification_is_thanked_for_whatever_it_was() {
    let world = World::as_documented();
    for status in [None, Some(checkout_shared::session::AttemptStatus::Paid)] {
        let answer = world.account.webhook_acknowledgement(status);
        assert_eq!((answer.status().as_u16(), *answer.body()), (200, "ok"));
    }
}

#[test]
fn the_account_is_read_and_changed() {
    let mut world = World::as_documented();
    let methods = world.account.methods();
    let [listing] = world.run(methods).unwrap().try_into().unwrap();
    assert_eq!(listing.method.id.to_string(), "page:card");
    let currencies: Vec<String> = listing.priced_in.unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(currencies, ["USD", "EUR", "GBP", "CHF", "JPY", "KRW", "VND", "BHD"]);
    let changes = AccountChanges {
        full_name: Some("Corner Café".to_owned()),
        success_url: Some("https://shop.example/thanks?from=card".to_owned()),
        ..AccountChanges::default()
    };
    let update = world.account.update_account(&changes);
    let told = world.run(update).unwrap();
    assert_eq!((told.full_name, told.email), (changes.full_name.clone(), None), "only what was changed is told");
    let account = world.account.account();
    let account = world.run(account).unwrap();
    assert_eq!((account.full_name, account.success_url), (changes.full_name, changes.success_url));
    assert_eq!((account.email.as_deref(), account.webhook_url.as_deref()), (Some("merchant@example.com"), Some(NOTIFY_URL)));
    let mut purchase = world.purchase("25.50", "USD");
    purchase.return_url = None;
    let id = world.create(&purchase).unwrap().provider_reference;
    let back = world.simulated.payment(&id).unwrap().success_url;
    assert_eq!(back, format!("https://shop.example/thanks?from=card&payment_id={id}&reference_id={}", purchase.reference));
}
