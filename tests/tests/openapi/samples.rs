//! Values of every type on the wire: once with all that can be said, once with as little as can be. Made by the code's own types, so
//! that a field which is added there has to be added here.

use checkout_core::provider::{PaymentStatus, Snapshot, Stated};
use checkout_shared::event::{DeliveryState, DeliveryView, EventKind};
use checkout_shared::method::{Method, MethodId, Network};
use checkout_shared::money::{Amount, Currency, Money};
use checkout_shared::order::{Capture, Line, Order};
use checkout_shared::provider::ProviderId;
use checkout_shared::record::AttemptRecord;
use checkout_shared::session::{Address, AttemptStatus, AttemptView, Instructions, SessionView, Status, Transaction, TransactionStatus};
use checkout_shared::time::Timestamp;

/// Of a session.
pub const ID: &str = "abcdefghijklmnopqrstuvwx27";
/// Some time.
pub const NOW: Timestamp = Timestamp(1_795_262_400_123);

/// As little as can be said, and all of it.
pub type Pair<T> = (T, T);

pub fn text<T: From<String>>(text: &str) -> T {
    text.to_owned().into()
}

pub fn amount(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

pub fn money(amount: &str, currency: &str) -> Money {
    Money { amount: self::amount(amount), currency: Currency::new(currency).unwrap() }
}

fn method_id() -> MethodId {
    "USDT:tron".parse().unwrap()
}

pub fn line() -> Line {
    Line { title: "Beans".to_owned(), quantity: 2, unit_price: amount("8.95") }
}

pub fn order() -> Pair<Order> {
    let least = Order {
        amount: amount("18.90"),
        currency: Currency::new("USD").unwrap(),
        reference: "A 1042/ü".to_owned(),
        expires_at: NOW,
        description: None,
        success_url: None,
        cancel_url: None,
        prices: Vec::new(),
        lines: Vec::new(),
        tax: None,
        capture: Capture::Automatic,
    };
    let all = Order {
        description: text("Beans"),
        success_url: text("https://shop.example/thanks"),
        cancel_url: text("https://shop.example/cart"),
        prices: vec![money("0.000000000000000001", "ETH")],
        lines: vec![line()],
        tax: Some(amount("1.00")),
        capture: Capture::Manual,
        ..least.clone()
    };
    (least, all)
}

pub fn method() -> Pair<Method> {
    let least = Method { id: "page:card".parse().unwrap(), name: None, minimum: None, confirmations: None };
    (least, Method { id: method_id(), name: text("Tether"), minimum: Some(amount("1")), confirmations: Some(20) })
}

pub fn transaction() -> Pair<Transaction> {
    let least = Transaction {
        hash: "0xAbC".to_owned(),
        amount: money("-1", "USDT"),
        status: TransactionStatus::Confirming,
        confirmations: 0,
        required_confirmations: None,
        seen_at: None,
    };
    let all = Transaction { required_confirmations: Some(20), seen_at: Some(NOW), status: TransactionStatus::Confirmed, ..least.clone() };
    (least, all)
}

pub fn address() -> Pair<Instructions> {
    let least = Address {
        amount: money("18.91", "USDT"),
        network: Network::new("Some New Chain").unwrap(),
        address: "T9y".to_owned(),
        memo: None,
        payment_uri: "T9y".to_owned(),
        expires_at: NOW,
    };
    (Instructions::Address(least.clone()), Instructions::Address(Address { memo: text("42"), ..least }))
}

pub fn page() -> Instructions {
    Instructions::Page { url: "https://pay.provider.example/1".to_owned(), expires_at: NOW }
}

pub fn attempt_view() -> Pair<AttemptView> {
    let least = AttemptView {
        number: 1,
        method: "page:crypto".parse().unwrap(),
        status: AttemptStatus::Creating,
        instructions: None,
        received: None,
        due: None,
        transactions: Vec::new(),
        capturable: false,
    };
    let all = AttemptView {
        instructions: Some(address().1),
        received: Some(money("10", "USDT")),
        due: Some(money("8.91", "USDT")),
        transactions: vec![transaction().0, transaction().1],
        capturable: true,
        ..least.clone()
    };
    (least, all)
}

pub fn session_view() -> Pair<SessionView> {
    let least = SessionView {
        id: ID.to_owned(),
        sequence: 0,
        status: Status::Open,
        server_time: NOW,
        order: order().0,
        methods: Vec::new(),
        methods_unavailable: false,
        attempt: None,
        late: false,
        overpaid_by: None,
    };
    let all = SessionView {
        sequence: u64::from(u32::MAX),
        status: Status::Paid,
        order: order().1,
        methods: vec![method().0, method().1],
        methods_unavailable: true,
        attempt: Some(attempt_view().1),
        late: true,
        overpaid_by: Some(money("0.01", "USDT")),
        ..least.clone()
    };
    (least, all)
}

pub fn attempt_record() -> Pair<AttemptRecord> {
    let least = AttemptRecord {
        number: 1,
        provider: ProviderId::Oxapay,
        method: method_id(),
        reference: format!("{ID}-1"),
        provider_reference: None,
        price: money("18.90", "USD"),
        started_at: NOW,
        status: AttemptStatus::Checking,
        reason: None,
    };
    let all = AttemptRecord { provider_reference: text("184747701"), reason: text("refused"), ..least.clone() };
    (least, all)
}

pub fn delivery() -> Pair<DeliveryView> {
    let least = DeliveryView {
        id: format!("evt_{ID}_12"),
        session: ID.to_owned(),
        kind: EventKind::Stray,
        created_at: NOW,
        state: DeliveryState::Held,
        tries: 0,
        last_try_at: None,
        last_result: None,
        next_try_at: None,
    };
    let all = DeliveryView { last_try_at: Some(NOW), last_result: text("timeout"), next_try_at: Some(NOW), tries: 2, ..least.clone() };
    (least, all)
}

pub fn snapshot() -> Pair<Snapshot> {
    let least = Snapshot {
        provider_reference: "184747701".to_owned(),
        status: PaymentStatus::Pending,
        unknown_status: None,
        stated: Stated::default(),
        transactions: Vec::new(),
        received: None,
        paid_at: None,
        shortfall_accepted: None,
    };
    let all = Snapshot {
        unknown_status: text("on hold"),
        stated: Stated { price: Some(money("18.90", "USD")), reference: text("r") },
        transactions: vec![transaction().1],
        received: Some(money("18.90", "USD")),
        paid_at: Some(NOW),
        shortfall_accepted: Some(amount("0.5")),
        ..least.clone()
    };
    (least, all)
}
