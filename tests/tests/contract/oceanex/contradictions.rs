//! Answers that contradict themselves, told to a session: what was seen stays seen, and a person decides.

use crate::oceanex::world::amount;
use crate::suite::data::{Contract, directory};
use checkout_core::provider::{PaymentStatus, Snapshot};
use checkout_shared::money::Money;
use checkout_shared::provider::ProviderId;
use checkout_shared::session::{Status, Transaction, TransactionStatus};
use checkout_shared::time::Timestamp;
use checkout_tests::driver::run;
use http::Response;

/// The order that is completed, with a piece of it replaced.
fn completed(piece: &str, by: &str) -> Snapshot {
    let path = directory(ProviderId::Oceanex).join("get-order-paid.json");
    let text = std::fs::read_to_string(&path).expect("the fixture");
    assert!(text.contains(piece), "it has no {piece}");
    let body = text.replace(piece, by);
    let account = Contract::of(ProviderId::Oceanex).expect("the contract").account();
    run(account.fetch("TtXvNRm8"), |_| Response::new(body.clone().into())).expect("a snapshot")
}

fn money(text: &str) -> Money {
    Money { amount: amount(text), currency: "VET".parse().expect("a currency") }
}

fn is_shown(transactions: &[Transaction]) -> bool {
    matches!(transactions, [only] if only.status != TransactionStatus::Failed && only.amount == money("1.0"))
}

#[test]
fn completed_with_nothing_confirmed_is_for_a_person_and_the_money_seen_is_shown() {
    for confirmed in ["0.0", "0", "0.9"] {
        let contract = Contract::of(ProviderId::Oceanex).expect("the contract");
        let contradictory = completed("\"confirmed\": \"1.0\"", &format!("\"confirmed\": \"{confirmed}\""));
        assert_eq!(contradictory.status, PaymentStatus::Paid);
        assert_eq!(contradictory.received, Some(money(confirmed)), "as stated, also where that is nothing");
        assert!(is_shown(&contradictory.transactions), "{:?}", contradictory.transactions);
        let mut story = contract.story_of("TtXvNRm8");
        // Often enough for a transaction to count as gone, had it been left out.
        for _ in 0..4 {
            story.fetched(contradictory.clone());
            assert_eq!(story.status(), Status::Review, "{confirmed}");
            let view = story.session.view(story.now).attempt.expect("the attempt");
            assert!(is_shown(&view.transactions), "{confirmed}: {:?}", view.transactions);
        }
    }
}

#[test]
fn money_that_was_seen_is_still_seen_when_the_contradiction_comes() {
    let contract = Contract::of(ProviderId::Oceanex).expect("the contract");
    let mut story = contract.story_of("TtXvNRm8");
    let seen = completed("\"status\": \"completed\"", "\"status\": \"under_payment\"");
    assert_eq!(seen.status, PaymentStatus::Processing);
    story.fetched(seen);
    for _ in 0..3 {
        story.fetched(completed("\"confirmed\": \"1.0\"", "\"confirmed\": \"0.0\""));
    }
    assert_eq!(story.status(), Status::Review);
    assert!(is_shown(&story.session.view(story.now).attempt.expect("the attempt").transactions));
}

#[test]
fn when_it_was_paid_is_what_its_timeline_says() {
    let at = |seconds| Some(Timestamp::from_seconds(seconds));
    let paid_at = |by: &str| completed("\"status\": \"completed\",\n\"content\": \"na\",\n\"time\": 1598017093", by).paid_at;
    for word in ["completed", "Overpaid", "over_payment"] {
        assert_eq!(paid_at(&format!(r#""status": "{word}", "time": "1598017100""#)), at(1_598_017_100), "{word}");
    }
    assert_eq!(
        paid_at(r#""status": "overpaid", "time": 1598017200}, {"status": "completed", "time": 1598017100"#),
        at(1_598_017_100),
        "the first that says so"
    );
    for none in [r#""status": "completed", "time": 0"#, r#""status": "completed""#, r#""status": "under_payment", "time": 1598017100"#] {
        assert_eq!(paid_at(none), None, "{none}");
    }
}
