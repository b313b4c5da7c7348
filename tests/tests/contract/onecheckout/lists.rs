//! The list of orders as a merchant asks for it: page by page, by every filter, against the simulator's own checks.

use super::world::World;
use checkout_core::provider::{PaymentStatus, ProviderError};
use checkout_core::records::{ListQuery, RecordPage};
use checkout_shared::time::{Millis, Timestamp};
use checkout_tests::simulators::Action;

fn list(world: &mut World, query: &ListQuery) -> Result<RecordPage, ProviderError> {
    let begun = world.account.list(query);
    world.run(begun)
}

fn ids(page: &RecordPage) -> Vec<&str> {
    page.payments.iter().map(|record| record.payment.provider_reference.as_str()).collect()
}

/// Five orders, an hour apart: open, paid an hour later, authorised, cancelled, paid and refunded.
fn five() -> (World, Timestamp) {
    let mut world = World::as_documented();
    let start = world.now;
    for action in [None, Some(Action::Exact), Some(Action::Authorize), Some(Action::Cancel), Some(Action::Exact)] {
        let id = world.created();
        if let Some(action) = action {
            let now = world.now + Millis::minutes(30);
            world.simulated.act(&id, action, now).unwrap();
        }
        world.pass(Millis::hours(1));
    }
    world.act("0005", Action::Refund);
    (world, start)
}

#[test]
fn anchors_lead_through_all_pages_and_past_every_order_once() {
    let mut world = World::as_documented();
    for _ in 0..45 {
        world.created();
    }
    let (mut seen, mut cursor, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = list(&mut world, &ListQuery { cursor, limit: Some(20), ..ListQuery::default() }).unwrap();
        assert_eq!(page.total, Some(45));
        seen.extend(ids(&page).into_iter().map(str::to_owned));
        pages += 1;
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    let newest_first: Vec<String> = (1..=45).rev().map(|number| format!("{number:04}")).collect();
    assert_eq!((seen, pages), (newest_first, 3));
    assert_eq!(list(&mut world, &ListQuery::default()).unwrap().payments.len(), 20, "the vendor's own length of a page");
    assert_eq!(list(&mut world, &ListQuery { limit: Some(1024), ..ListQuery::default() }).unwrap().payments.len(), 45);
}

#[test]
fn every_filter_narrows_the_list() {
    let (mut world, start) = five();
    let at = |hours| Some(start + Millis::hours(hours));
    let none = ListQuery::default();
    for (query, expected) in [
        (none.clone(), vec!["0005", "0004", "0003", "0002", "0001"]),
        (ListQuery { status: Some("OPEN".to_owned()), ..none.clone() }, vec!["0001"]),
        (ListQuery { status: Some("paid".to_owned()), ..none.clone() }, vec!["0002"]),
        (ListQuery { status: Some("CANCELLED".to_owned()), ..none.clone() }, vec!["0004"]),
        (ListQuery { status: Some("REFUNDED".to_owned()), ..none.clone() }, vec!["0005"]),
        (ListQuery { created_from: at(3), ..none.clone() }, vec!["0005", "0004"]),
        (ListQuery { created_to: at(1), ..none.clone() }, vec!["0002", "0001"]),
        (ListQuery { created_from: at(1), created_to: at(2), ..none.clone() }, vec!["0003", "0002"]),
        (ListQuery { updated_from: at(4), ..none.clone() }, vec!["0005"]),
        (ListQuery { updated_to: at(1), ..none.clone() }, vec!["0001"]),
        (ListQuery { paid_from: at(0), ..none.clone() }, vec!["0005", "0002"]),
        (ListQuery { paid_to: at(2), ..none.clone() }, vec!["0002"]),
        (ListQuery { status: Some("PAID".to_owned()), paid_from: at(2), ..none.clone() }, vec![]),
    ] {
        assert_eq!(ids(&list(&mut world, &query).unwrap()), expected, "{query:?}");
    }
}

#[test]
fn orders_are_listed_with_what_is_known_of_them() {
    let (mut world, start) = five();
    let page = list(&mut world, &ListQuery::default()).unwrap();
    let told: Vec<_> = page.payments.iter().map(|record| (record.payment.status, record.provider_status.as_deref())).collect();
    let expected = [
        (PaymentStatus::Refunded, Some("REFUNDED")),
        (PaymentStatus::Cancelled, Some("CANCELLED")),
        (PaymentStatus::Authorized, Some("AWAITING_CAPTURE")),
        (PaymentStatus::Paid, Some("PAID")),
        (PaymentStatus::Pending, Some("OPEN")),
    ];
    assert_eq!(told, expected);
    let created: Vec<_> = page.payments.iter().rev().map(|record| record.created_at).collect();
    assert_eq!(created, (0..5).map(|hours| Some(start + Millis::hours(hours))).collect::<Vec<_>>());
    assert!(page.payments.iter().all(|record| record.payment.stated.price.is_some() && record.payment.stated.reference.is_none()));
}

#[test]
fn an_anchor_that_is_none_is_refused_by_the_vendor() {
    let mut world = World::as_documented();
    let refused = list(&mut world, &ListQuery { cursor: Some("9999".to_owned()), ..ListQuery::default() });
    assert!(matches!(&refused, Err(ProviderError::Answered { status: 400, field, .. }) if field.as_deref() == Some("id")), "{refused:?}");
}
