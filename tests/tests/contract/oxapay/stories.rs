//! Whole payments, adapter and simulator together.

use crate::oxapay::world::{CONFIRMATION, World};
use checkout_core::provider::PaymentStatus;
use checkout_shared::method::MethodId;
use checkout_shared::money::Amount;
use checkout_shared::session::{Address, Instructions, TransactionStatus};
use checkout_shared::time::Millis;
use checkout_tests::simulators::oxapay::{Config, OxaPay};
use checkout_tests::simulators::{Action, Simulated};

fn address(instructions: &Instructions) -> &Address {
    let Instructions::Address(address) = instructions else { panic!("{instructions:?}") };
    address
}

#[test]
fn every_way_to_pay_on_offer_can_be_created() {
    let mut world = World::new();
    let methods = world.methods().unwrap();
    assert_eq!(methods.first().unwrap().id.to_string(), "USDT:tron");
    assert_eq!(methods.last().unwrap().id.to_string(), "page:crypto");
    assert!(methods.len() > 15, "{methods:?}");
    for method in methods {
        let mut purchase = world.purchase("page:crypto");
        purchase.method = method.id.clone();
        let created = world.create(&purchase).unwrap();
        match (&method.id, &created.instructions) {
            (MethodId::Coin { currency, network }, Instructions::Address(address)) => {
                assert_eq!((currency, network), (&address.amount.currency, &address.network));
                assert!(address.payment_uri.contains(&address.address) && address.amount.amount > Amount::default());
                assert_eq!(address.memo.is_some(), network.as_str() == "ton");
                assert_eq!(created.stated.price.as_ref(), Some(&purchase.price));
                assert_eq!(created.stated.reference.as_ref(), Some(&purchase.reference));
            }
            (MethodId::Page(_), Instructions::Page { url, .. }) => assert!(url.contains(&created.provider_reference)),
            (id, instructions) => panic!("{id}: {instructions:?}"),
        }
        assert_eq!(created.instructions.expires_at(), world.now + Millis::minutes(60));
        assert_eq!(world.status(&created.provider_reference), PaymentStatus::Pending);
    }
}

#[test]
fn only_what_the_merchant_accepts_is_offered() {
    let mut world = World::new();
    let picky = Config { accepted: vec!["BTC".to_owned()], ..Config::new(crate::oxapay::texts::KEY) };
    world.simulator = Simulated::new(Box::new(OxaPay::new(picky)));
    let methods: Vec<String> = world.methods().unwrap().iter().map(|method| method.id.to_string()).collect();
    assert_eq!(methods, ["BTC:bitcoin", "page:crypto"]);
}

#[test]
fn customer_pays_exactly() {
    let mut world = World::new();
    let created = world.created("USDT:tron");
    let reference = created.provider_reference.as_str();
    world.act(reference, Action::Exact);
    for confirmations in 0..4 {
        let snapshot = world.fetch(reference).unwrap();
        assert_eq!(snapshot.status, PaymentStatus::Processing);
        let [transaction] = snapshot.transactions.as_slice() else { panic!("{snapshot:?}") };
        assert_eq!((transaction.confirmations, transaction.status), (confirmations, TransactionStatus::Confirming));
        assert_eq!(&transaction.amount, &address(&created.instructions).amount);
        world.pass(CONFIRMATION);
    }
    let snapshot = world.fetch(reference).unwrap();
    assert_eq!(snapshot.status, PaymentStatus::Paid);
    assert_eq!((snapshot.transactions[0].confirmations, snapshot.transactions[0].status), (4, TransactionStatus::Confirmed));
}

#[test]
fn paying_and_paid_are_notified_and_agree_with_what_is_read() {
    let mut world = World::new();
    let reference = world.created("BTC:bitcoin").provider_reference;
    assert_eq!(world.webhooks(), []);
    world.act(&reference, Action::Exact);
    let webhooks = world.webhooks();
    let [(paying_id, paying)] = webhooks.as_slice() else { panic!("{webhooks:?}") };
    assert_eq!(*paying, world.fetch(&reference).unwrap());
    world.acknowledge(*paying_id);
    world.pass(Millis(CONFIRMATION.0 * 2));
    let webhooks = world.webhooks();
    let [(paid_id, paid)] = webhooks.as_slice() else { panic!("{webhooks:?}") };
    assert_eq!(paid.status, PaymentStatus::Paid);
    assert_eq!(*paid, world.fetch(&reference).unwrap());
    world.acknowledge(*paid_id);
    world.pass(Millis::hours(24));
    assert_eq!(world.webhooks(), []);
}

#[test]
fn confirmations_take_their_time_and_outlast_the_time_to_pay() {
    let mut world = World::new();
    world.simulator.settle_every(Millis::minutes(20));
    let reference = world.created("USDT:tron").provider_reference;
    world.act(&reference, Action::Exact);
    world.pass(Millis::minutes(70));
    let snapshot = world.fetch(&reference).unwrap();
    assert_eq!((snapshot.status, snapshot.transactions[0].confirmations), (PaymentStatus::Processing, 3));
    world.pass(Millis::minutes(10));
    assert_eq!(world.status(&reference), PaymentStatus::Paid);
}

#[test]
fn customer_pays_in_two_parts() {
    let mut world = World::new();
    let reference = world.created("ETH:ethereum").provider_reference;
    world.act(&reference, Action::Half);
    world.pass(Millis::minutes(10));
    assert_eq!(world.status(&reference), PaymentStatus::Processing);
    world.act(&reference, Action::Rest);
    world.pass(Millis::minutes(1));
    let snapshot = world.fetch(&reference).unwrap();
    assert_eq!((snapshot.status, snapshot.transactions.len()), (PaymentStatus::Paid, 2));
    assert_ne!(snapshot.transactions[0].hash, snapshot.transactions[1].hash);
}

#[test]
fn customer_pays_too_little_until_time_is_over() {
    let mut world = World::new();
    let reference = world.created("USDT:bsc").provider_reference;
    world.act(&reference, Action::Half);
    world.pass(Millis::minutes(60));
    assert_eq!(world.status(&reference), PaymentStatus::Underpaid);
    world.act(&reference, Action::Accept);
    assert_eq!(world.status(&reference), PaymentStatus::Paid);
}

#[test]
fn too_little_counts_where_the_merchant_lets_it_pass() {
    let mut world = World::new();
    let lenient = Config { under_paid_coverage: 50.into(), ..Config::new(crate::oxapay::texts::KEY) };
    world.simulator = Simulated::new(Box::new(OxaPay::new(lenient)));
    let reference = world.created("USDT:tron").provider_reference;
    world.act(&reference, Action::Half);
    world.pass(Millis::minutes(1));
    let snapshot = world.fetch(&reference).unwrap();
    assert_eq!((snapshot.status, snapshot.shortfall_accepted), (PaymentStatus::Paid, Amount::parse("50")));
}

#[test]
fn customer_pays_too_much() {
    let mut world = World::new();
    let created = world.created("LTC:litecoin");
    world.act(&created.provider_reference, Action::Over);
    world.pass(Millis::minutes(1));
    let snapshot = world.fetch(&created.provider_reference).unwrap();
    assert_eq!(snapshot.status, PaymentStatus::Paid);
    assert!(snapshot.transactions[0].amount.amount > address(&created.instructions).amount.amount);
}

#[test]
fn customer_does_not_pay() {
    let mut world = World::new();
    let reference = world.created("SOL:solana").provider_reference;
    world.pass(Millis(Millis::minutes(60).0 - 1));
    assert_eq!(world.status(&reference), PaymentStatus::Pending);
    world.pass(Millis(1));
    assert_eq!(world.status(&reference), PaymentStatus::Expired);
    assert_eq!(world.webhooks(), [], "the vendor does not tell");
}

#[test]
fn customer_pays_late() {
    let mut world = World::new();
    let reference = world.created("TON:ton").provider_reference;
    world.act(&reference, Action::Late);
    world.pass(Millis::minutes(5));
    let snapshot = world.fetch(&reference).unwrap();
    assert_eq!((snapshot.status, snapshot.transactions.len()), (PaymentStatus::Expired, 1));
    assert_eq!(snapshot.transactions[0].status, TransactionStatus::Confirmed);
    assert_eq!(world.webhooks(), []);
    world.act(&reference, Action::Accept);
    assert_eq!(world.status(&reference), PaymentStatus::Paid);
}

#[test]
fn merchant_sends_the_money_back() {
    let mut world = World::new();
    let reference = world.created("DOGE:dogecoin").provider_reference;
    world.act(&reference, Action::Exact);
    world.pass(Millis::minutes(1));
    assert_eq!(world.status(&reference), PaymentStatus::Paid);
    world.act(&reference, Action::Refund);
    assert_eq!(world.status(&reference), PaymentStatus::Refunding);
    world.pass(Millis::minutes(1));
    assert_eq!(world.status(&reference), PaymentStatus::Refunded);
}

#[test]
fn customer_pays_on_the_hosted_page() {
    let mut world = World::new();
    let reference = world.created("page:crypto").provider_reference;
    world.act(&reference, Action::Exact);
    assert_eq!(world.webhooks().len(), 1);
    world.pass(Millis::minutes(1));
    let snapshot = world.fetch(&reference).unwrap();
    assert_eq!((snapshot.status, snapshot.transactions[0].amount.to_string().as_str()), (PaymentStatus::Paid, "25.5 USDT"));
}

#[test]
fn a_hosted_page_in_the_sandbox_is_paid_at_once() {
    let mut world = World::new();
    let key = checkout_core::secret::Secret::new(crate::oxapay::texts::KEY);
    world.account = checkout_core::providers::oxapay::OxaPay::new("http://127.0.0.1:8789/v1", key, true).unwrap();
    let reference = world.created("page:crypto").provider_reference;
    world.act(&reference, Action::Exact);
    let snapshot = world.fetch(&reference).unwrap();
    assert_eq!((snapshot.status, snapshot.transactions[0].hash.as_str()), (PaymentStatus::Paid, "sandbox"));
}
