//! Every state a customer can meet, with plausible data: what the gallery draws and the screen tests read.
#![allow(dead_code, reason = "the gallery and the tests each use a part of it")]

use checkout_shared::error::{ErrorCode, ErrorDetail};
use checkout_shared::language::Language;
use checkout_shared::method::{Method, MethodId, Network};
use checkout_shared::money::{Amount, Currency, Money};
use checkout_shared::order::Order;
use checkout_shared::session::{Address, AttemptStatus, AttemptView, Instructions, SessionView, Status, Transaction, TransactionStatus};
use checkout_shared::time::{Millis, Timestamp};
use checkout_widget::PageData;
use checkout_widget::messages::Messages;
use checkout_widget::state::{Action, Missed, Model, Problem, Returning};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::rc::Rc;

/// A language's file as it is.
pub fn file(language: Language) -> Map<String, Value> {
    let path = format!("{}/messages/{}.json", env!("CARGO_MANIFEST_DIR"), language.tag());
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A language's texts as the edge puts them into the page.
pub fn messages(language: Language) -> Messages {
    let by_name: BTreeMap<String, Value> = file(language).into_iter().collect();
    let head = [language.tag(), language.direction()].map(Value::from);
    let list: Value = head.into_iter().chain(by_name.into_values()).collect();
    Messages::parse(&list.to_string()).expect("a list of texts")
}

/// The edge's clock in every state.
pub const NOW: Timestamp = Timestamp(1_900_000_000_000);

/// A named state.
pub struct State {
    /// For file names and test messages.
    pub name: String,
    /// The state.
    pub model: Model,
}

pub const STATUSES: [Status; 11] = [
    Status::Open,
    Status::AwaitingPayment,
    Status::Processing,
    Status::Underpaid,
    Status::Paid,
    Status::Refunding,
    Status::Refunded,
    Status::Expired,
    Status::Cancelled,
    Status::Failed,
    Status::Review,
];

pub const ATTEMPT_STATUSES: [AttemptStatus; 12] = [
    AttemptStatus::Creating,
    AttemptStatus::Checking,
    AttemptStatus::AwaitingPayment,
    AttemptStatus::Processing,
    AttemptStatus::Underpaid,
    AttemptStatus::Paid,
    AttemptStatus::Refunding,
    AttemptStatus::Refunded,
    AttemptStatus::Expired,
    AttemptStatus::Cancelled,
    AttemptStatus::Failed,
    AttemptStatus::Review,
];

/// The state of a page that was served this view.
pub fn of(name: &str, view: SessionView) -> State {
    let data = PageData {
        page: Some("/checkout/abcdefghijklmnopqrstuvwx27.t0ken-_".to_owned()),
        query: Some("lang=en".to_owned()),
        session: Some(view),
        merchant: Some("Fern & Vale".to_owned()),
        ..PageData::default()
    };
    State { name: name.to_owned(), model: Model::start(&data, NOW) }
}

/// Every status of a session with every status of its attempt, sensible or not: none may leave the customer without words.
pub fn every_combination() -> Vec<State> {
    let mut states = Vec::new();
    for status in STATUSES {
        states.push(of(&format!("{status:?}-without-attempt"), view(status, None)));
        for attempt_status in ATTEMPT_STATUSES {
            states.push(of(&format!("{status:?}-{attempt_status:?}"), view(status, Some(attempt(attempt_status)))));
        }
    }
    states
}

/// The states that differ for the eye. Those called `framed` are looked at as in a shop's page (`tests/src/gallery`), some with the button
/// that closes a dialog.
pub fn gallery() -> Vec<State> {
    let mut states = vec![
        of("01-choose", view(Status::Open, None)),
        of("02-choose-after-expiry", view(Status::Open, Some(attempt(AttemptStatus::Expired)))),
        of("03-choose-loading", SessionView { methods: Vec::new(), ..view(Status::Open, None) }),
        changed(of("04-choose-busy", view(Status::Open, None)), Action::Choose("BTC:bitcoin".parse().unwrap())),
        choice_failed(of("05-choose-failed", view(Status::Open, None)), Problem::Unreachable),
        of("06-preparing", view(Status::Open, Some(attempt(AttemptStatus::Creating)))),
        of("07-preparing-checking", view(Status::Open, Some(attempt(AttemptStatus::Checking)))),
        of("08-pay", view(Status::AwaitingPayment, Some(attempt(AttemptStatus::AwaitingPayment)))),
        of("09-pay-memo-soon", view(Status::AwaitingPayment, Some(with_memo()))),
        changed(
            of("10-pay-offline", view(Status::AwaitingPayment, Some(attempt(AttemptStatus::AwaitingPayment)))),
            Action::Missed(Missed::Offline),
        ),
        changed(of("11-change-method", view(Status::AwaitingPayment, Some(attempt(AttemptStatus::AwaitingPayment)))), Action::ChangeMethod),
        of("12-time-up", view(Status::AwaitingPayment, Some(over(attempt(AttemptStatus::AwaitingPayment))))),
        of("13-page", view(Status::AwaitingPayment, Some(on_page(AttemptStatus::AwaitingPayment)))),
        of("14-processing", view(Status::Processing, Some(attempt(AttemptStatus::Processing)))),
        of("15-underpaid", view(Status::Underpaid, Some(attempt(AttemptStatus::Underpaid)))),
        of("16-underpaid-over", view(Status::Underpaid, Some(over(attempt(AttemptStatus::Underpaid))))),
        of("17-paid", view(Status::Paid, Some(attempt(AttemptStatus::Paid)))),
        of("18-paid-late-and-over", paid_late_and_over()),
        of("19-refunding", view(Status::Refunding, Some(attempt(AttemptStatus::Refunding)))),
        of("20-refunded", view(Status::Refunded, Some(attempt(AttemptStatus::Refunded)))),
        of("21-expired", view(Status::Expired, Some(attempt(AttemptStatus::Expired)))),
        of("22-cancelled", view(Status::Cancelled, None)),
        of("23-failed", view(Status::Failed, Some(attempt(AttemptStatus::Failed)))),
        of("24-review", view(Status::Review, Some(attempt(AttemptStatus::Review)))),
        refused("25-order-token-expired", ErrorCode::ExpiredOrderToken),
        refused("26-unavailable", ErrorCode::Internal),
        of("28-choose-unavailable", SessionView { methods: Vec::new(), methods_unavailable: true, ..view(Status::Open, None) }),
        of("29-choose-after-refusal", view(Status::AwaitingPayment, Some(attempt(AttemptStatus::Failed)))),
        missed("30-pay-troubled", &[Missed::Troubled, Missed::Troubled]),
        missed("31-pay-outdated", &[Missed::Garbled]),
        changed(of("32-search", view(Status::Open, None)), Action::Search("tron".to_owned())),
        changed(of("33-search-none", view(Status::Open, None)), Action::Search("dogecoin".to_owned())),
        of("34-choose-few", SessionView { methods: few(), ..view(Status::Open, None) }),
        of("35-choose-too-small", too_small()),
        of("36-choose-some-unavailable", SessionView { methods_unavailable: true, methods: few(), ..view(Status::Open, None) }),
        of("37-pay-link", view(Status::AwaitingPayment, Some(with_link()))),
        changed(of("38-pay-link-bare", view(Status::AwaitingPayment, Some(with_link()))), Action::ShowBareQr(true)),
        of("39-pay-round-amount", view(Status::AwaitingPayment, Some(round_amount()))),
        of("40-time-almost-up", view(Status::AwaitingPayment, Some(until(attempt(AttemptStatus::AwaitingPayment), 58)))),
        returning("41-returning", &[Action::Second, Action::Second, Action::Second]),
        returning("42-staying", &[Action::Stay]),
        of("43-paid-by-card", view(Status::Paid, Some(by_card(AttemptStatus::Paid)))),
        of("45-framed-choose", view(Status::Open, None)),
        of("46-framed-pay-memo", view(Status::AwaitingPayment, Some(with_memo()))),
        in_dialog("47-framed-dialog-choose", view(Status::Open, None)),
        in_dialog("48-framed-dialog-paid", view(Status::Paid, Some(attempt(AttemptStatus::Paid)))),
        of("49-processing-by-card", view(Status::Processing, Some(by_card(AttemptStatus::Processing)))),
        of("50-page-rest", view(Status::Underpaid, Some(on_page(AttemptStatus::Underpaid)))),
        of("51-page-broken", view(Status::AwaitingPayment, Some(on_no_page()))),
        of("52-choose-after-calling-off", view(Status::Open, Some(attempt(AttemptStatus::Cancelled)))),
        refused_meanwhile(of("53-refused-meanwhile", view(Status::AwaitingPayment, Some(attempt(AttemptStatus::AwaitingPayment))))),
    ];
    let offline = of("44-back-online", view(Status::AwaitingPayment, Some(attempt(AttemptStatus::AwaitingPayment))));
    let again = offline.model.view.clone().unwrap();
    states.push(changed(changed(offline, Action::Missed(Missed::Offline)), Action::Viewed { view: again, at: NOW }));
    states.push(State { name: "27-incomplete-link".to_owned(), model: Model::start(&PageData::default(), NOW) });
    states
}

fn few() -> Vec<Method> {
    view(Status::Open, None)
        .methods
        .into_iter()
        .filter(|method| !matches!(method.id.to_string().split(':').next(), Some("LTC" | "TRX" | "SOL" | "NOTCOIN")))
        .collect()
}

/// An order of 4.50 USDT, which is too little for some networks.
fn too_small() -> SessionView {
    let mut view = view(Status::Open, None);
    view.order.amount = amount("4.50");
    view.order.currency = currency("USDT");
    for (method, minimum) in view.methods.iter_mut().skip(1).zip(["1", "10", "1", "0.5", "0.1", "0.0001"]) {
        method.minimum = Some(amount(minimum));
    }
    // Less than the minimum too, but not what is held against it.
    view.order.prices = vec![Money { amount: amount("0.00004"), currency: currency("BTC") }];
    view
}

/// A page of its own, whose order is being paid, and what happens then.
fn returning(name: &str, actions: &[Action]) -> State {
    let state = of(name, view(Status::Processing, Some(attempt(AttemptStatus::Processing))));
    let model = Model { returning: Returning::OncePaid, ..state.model };
    let paid = SessionView { sequence: 4, ..view(Status::Paid, Some(attempt(AttemptStatus::Paid))) };
    let paid = Action::Viewed { view: Rc::new(paid), at: NOW };
    actions.iter().cloned().fold(changed(State { model, ..state }, paid), changed)
}

/// Over the shop's page.
fn in_dialog(name: &str, view: SessionView) -> State {
    let state = of(name, view);
    State { model: Model { modal: true, ..state.model }, ..state }
}

fn by_card(status: AttemptStatus) -> AttemptView {
    let mut attempt = on_page(status);
    attempt.method = "page:card".parse().unwrap();
    attempt.received = Some(Money { amount: amount("49.90"), currency: currency("USD") });
    attempt.transactions = Vec::new();
    attempt
}

/// A page whose address is none that may be followed.
fn on_no_page() -> AttemptView {
    let mut attempt = on_page(AttemptStatus::AwaitingPayment);
    attempt.instructions = Some(Instructions::Page { url: "javascript:alert(1)".to_owned(), expires_at: NOW + Millis::minutes(30) });
    attempt
}

/// The edge would have none of this customer any more.
pub fn refused_meanwhile(state: State) -> State {
    let error = ErrorDetail {
        code: ErrorCode::InvalidClientToken,
        message: "not shown".to_owned(),
        request_id: "8f2c41d0".to_owned(),
        details: None,
    };
    changed(state, Action::Refused(error))
}

/// A page that was served an error.
pub fn refused(name: &str, code: ErrorCode) -> State {
    let error = ErrorDetail { code, message: "not shown".to_owned(), request_id: "8f2c41d0".to_owned(), details: None };
    State { name: name.to_owned(), model: Model::start(&PageData { error: Some(error), ..PageData::default() }, NOW) }
}

/// An address is shown, and asking how it stands brings nothing.
fn missed(name: &str, missed: &[Missed]) -> State {
    let state = of(name, view(Status::AwaitingPayment, Some(attempt(AttemptStatus::AwaitingPayment))));
    missed.iter().fold(state, |state, missed| changed(state, Action::Missed(*missed)))
}

/// A choice has been made, and came to nothing.
pub fn choice_failed(state: State, problem: Problem) -> State {
    let method: MethodId = "BTC:bitcoin".parse().unwrap();
    changed(changed(state, Action::Choose(method.clone())), Action::ChoiceFailed(method, problem))
}

fn changed(state: State, action: Action) -> State {
    State { model: state.model.after(action), ..state }
}

pub fn view(status: Status, attempt: Option<AttemptView>) -> SessionView {
    SessionView {
        id: "abcdefghijklmnopqrstuvwx27".to_owned(),
        sequence: 3,
        status,
        server_time: NOW,
        order: Order {
            amount: amount("49.90"),
            currency: currency("USD"),
            reference: "FV-2024-10387".to_owned(),
            expires_at: NOW + Millis::minutes(60),
            description: Some("Two seedlings and a terracotta pot".to_owned()),
            success_url: Some("https://shop.example/thanks".to_owned()),
            cancel_url: Some("https://shop.example/cart".to_owned()),
            prices: Vec::new(),
            lines: Vec::new(),
            tax: None,
            capture: checkout_shared::order::Capture::Automatic,
        },
        methods: [
            ("page:card", None, 0),
            ("USDT:tron", Some("Tether"), 19),
            ("USDT:ethereum", None, 12),
            ("USDT:bsc", None, 15),
            ("USDT:polygon", None, 100),
            ("USDT:ton", None, 1),
            ("BTC:bitcoin", Some("Bitcoin"), 2),
            ("ETH:ethereum", Some("Ethereum"), 12),
            ("ETH:base", None, 12),
            ("LTC:litecoin", Some("Litecoin"), 6),
            ("TRX:tron", Some("Tron"), 19),
            ("SOL:solana", Some("Solana"), 1),
            ("NOTCOIN:ton", None, 1),
            ("page:crypto", None, 0),
        ]
        .map(|(id, name, confirmations)| Method {
            id: id.parse().unwrap(),
            name: name.map(str::to_owned),
            minimum: None,
            confirmations: (confirmations > 0).then_some(confirmations),
        })
        .to_vec(),
        methods_unavailable: false,
        attempt,
        late: false,
        overpaid_by: None,
    }
}

pub fn attempt(status: AttemptStatus) -> AttemptView {
    let seen = match status {
        AttemptStatus::Creating
        | AttemptStatus::Checking
        | AttemptStatus::AwaitingPayment
        | AttemptStatus::Expired
        | AttemptStatus::Cancelled
        | AttemptStatus::Failed => None,
        AttemptStatus::Underpaid => Some("24.95"),
        AttemptStatus::Review => Some("5"),
        AttemptStatus::Processing | AttemptStatus::Paid | AttemptStatus::Refunding | AttemptStatus::Refunded => Some("49.913251"),
    };
    let instructions = match status {
        AttemptStatus::Creating | AttemptStatus::Checking | AttemptStatus::Failed => None,
        _ => Some(Instructions::Address(address())),
    };
    AttemptView {
        number: 1,
        method: "USDT:tron".parse().unwrap(),
        status,
        instructions,
        received: seen.map(usdt),
        due: (status == AttemptStatus::Underpaid).then(|| usdt("24.963251")),
        transactions: seen.map(|seen| transaction(status, seen)).into_iter().collect(),
        capturable: false,
    }
}

fn address() -> Address {
    Address {
        amount: usdt("49.913251"),
        network: network("tron"),
        address: "TQrY8tryqsYVCYS3MFbtffiPp2ccyn4STm".to_owned(),
        memo: None,
        payment_uri: "TQrY8tryqsYVCYS3MFbtffiPp2ccyn4STm".to_owned(),
        expires_at: NOW + Millis::seconds(29 * 60 + 41),
    }
}

fn with_memo() -> AttemptView {
    let address = Address {
        amount: Money { amount: amount("7.812500"), currency: currency("TON") },
        network: network("ton"),
        address: "UQDYzZmfsrGzhObKJUw4gzdeIxEai3jAFbiGKGwxvxHinf4K".to_owned(),
        memo: Some("4711-0815".to_owned()),
        payment_uri: "ton://transfer/UQDYzZmfsrGzhObKJUw4gzdeIxEai3jAFbiGKGwxvxHinf4K?amount=7812500000&text=4711-0815".to_owned(),
        expires_at: NOW + Millis::seconds(87),
    };
    AttemptView {
        method: "TON:ton".parse().unwrap(),
        instructions: Some(Instructions::Address(address)),
        ..attempt(AttemptStatus::AwaitingPayment)
    }
}

fn with_link() -> AttemptView {
    let address = Address {
        amount: Money { amount: amount("0.00051383"), currency: currency("BTC") },
        network: network("bitcoin"),
        address: "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq".to_owned(),
        payment_uri: "bitcoin:bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq?amount=0.00051383".to_owned(),
        ..address()
    };
    AttemptView {
        method: "BTC:bitcoin".parse().unwrap(),
        instructions: Some(Instructions::Address(address)),
        ..attempt(AttemptStatus::AwaitingPayment)
    }
}

/// As an exchange writes it.
fn round_amount() -> AttemptView {
    let hex = "0x7567D83b7b8d80ADdCb281A71d54Fc7B3364ffed".to_owned();
    let amount = Money { amount: amount("2140.0"), currency: currency("VET") };
    let address = Address { amount, network: network("vechain"), address: hex.clone(), payment_uri: hex, ..address() };
    AttemptView {
        method: "VET:vechain".parse().unwrap(),
        instructions: Some(Instructions::Address(address)),
        ..attempt(AttemptStatus::AwaitingPayment)
    }
}

/// The same attempt with so many seconds left.
pub fn until(mut attempt: AttemptView, seconds: i64) -> AttemptView {
    if let Some(Instructions::Address(address)) = &mut attempt.instructions {
        address.expires_at = NOW + Millis::seconds(seconds);
    }
    attempt
}

/// An attempt on a page of the provider's.
pub fn on_page(status: AttemptStatus) -> AttemptView {
    let page = Instructions::Page { url: "https://pay.example/invoice/1".to_owned(), expires_at: NOW + Millis::minutes(45) };
    AttemptView { method: "page:crypto".parse().unwrap(), instructions: Some(page), ..attempt(status) }
}

/// The same attempt after its time.
pub fn over(attempt: AttemptView) -> AttemptView {
    until(attempt, 0)
}

fn paid_late_and_over() -> SessionView {
    SessionView { late: true, overpaid_by: Some(usdt("10.086749")), ..view(Status::Paid, Some(attempt(AttemptStatus::Paid))) }
}

fn transaction(status: AttemptStatus, seen: &str) -> Transaction {
    let is_final = status != AttemptStatus::Processing;
    Transaction {
        hash: "7c2d4206c03a883dd9066d620335dc1be272a8dc733cfa3f6d10308faa37facc".to_owned(),
        amount: usdt(seen),
        status: if is_final { TransactionStatus::Confirmed } else { TransactionStatus::Confirming },
        confirmations: if is_final { 19 } else { 7 },
        required_confirmations: Some(19),
        seen_at: Some(NOW),
    }
}

fn usdt(text: &str) -> Money {
    Money { amount: amount(text), currency: currency("USDT") }
}

fn amount(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

fn currency(code: &str) -> Currency {
    Currency::new(code).unwrap()
}

fn network(name: &str) -> Network {
    Network::new(name).unwrap()
}
