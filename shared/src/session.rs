//! What a customer's page is told: the whole state of a session, in order. Never a delta, so any one message is enough.
//!
//! How a session comes to be in a state is decided in `checkout-core`; this file only gives the states their names and shapes.

use crate::method::{Method, MethodId, Network};
use crate::money::Money;
use crate::order::Order;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Where the order stands, over all attempts to pay it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Nothing payable is shown; a method can be chosen.
    Open,
    /// An address or page is shown and no money has been seen.
    AwaitingPayment,
    /// Enough money has been seen and is not final yet.
    Processing,
    /// Less money than is due has been seen.
    Underpaid,
    /// The order is paid. Only a refund leads on from here.
    Paid,
    /// Money is on its way back.
    Refunding,
    /// Money has gone back.
    Refunded,
    /// The time to pay is over and no money has been seen. Late money is still watched for.
    Expired,
    /// The merchant called it off. Late money is still watched for.
    Cancelled,
    /// It cannot be paid.
    Failed,
    /// Money has arrived, but amount, currency or reference disagree with the order: a person decides.
    Review,
}

/// Where one attempt stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptStatus {
    /// The provider is being asked for an address or page.
    Creating,
    /// The provider's answer was lost; it is being looked up. Nothing payable is shown.
    Checking,
    /// The address or page is shown; no money has been seen.
    AwaitingPayment,
    /// Enough money has been seen and is not final yet.
    Processing,
    /// Less money than is due has been seen.
    Underpaid,
    /// Paid.
    Paid,
    /// Money is on its way back.
    Refunding,
    /// Money has gone back.
    Refunded,
    /// Its time is over and no money has been seen.
    Expired,
    /// Called off.
    Cancelled,
    /// The provider refused it, or it ended without money.
    Failed,
    /// Money has arrived that does not agree with the order.
    Review,
}

/// The complete state of a session as its customer may see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    /// The session's id: 26 characters, not a secret.
    pub id: String,
    /// Grows with every change; of two views the one with the higher sequence is the newer.
    pub sequence: u64,
    /// Where the order stands.
    pub status: Status,
    /// The edge's clock when this view was made, to count down against.
    pub server_time: Timestamp,
    /// What is to be paid.
    pub order: Order,
    /// The ways to pay that are on offer, likeliest first and late-comers last. Empty while they are being asked for.
    pub methods: Vec<Method>,
    /// Not all who offer ways to pay could be asked for now, or nobody where there are no `methods`; looking again asks again. Only while
    /// there is something to choose.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub methods_unavailable: bool,
    /// The attempt that matters: the one whose money has been seen, else the one chosen last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<AttemptView>,
    /// Paid, but after the time to pay was over.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub late: bool,
    /// Paid, and this much too much, in the coin it was paid in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overpaid_by: Option<Money>,
}

/// One try to pay by one method.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttemptView {
    /// 1 for the session's first attempt.
    pub number: u32,
    /// The method chosen.
    pub method: MethodId,
    /// Where it stands.
    pub status: AttemptStatus,
    /// How to pay, once known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instructions: Option<Instructions>,
    /// What has been seen so far, confirmed or not, in the coin or, where it is paid on a page, in the price's currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<Money>,
    /// What is still due, in the same currency, when less than the whole has been seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Money>,
    /// The transactions seen, in the order in which they were heard of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transactions: Vec<Transaction>,
    /// The payment is authorised and waits for the merchant to take it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub capturable: bool,
}

/// How to pay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Instructions {
    /// Send this amount to this address.
    Address(Address),
    /// Pay on a page of the provider's.
    Page {
        /// The page; always `https` outside the sandbox.
        url: String,
        /// Until when.
        expires_at: Timestamp,
    },
}

impl Instructions {
    /// Until when they hold.
    #[must_use]
    pub const fn expires_at(&self) -> Timestamp {
        match self {
            Self::Address(address) => address.expires_at,
            Self::Page { expires_at, .. } => *expires_at,
        }
    }
}

/// Where, on what network, and how much to send.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// The whole amount of the order, in the coin.
    pub amount: Money,
    /// The network to send on.
    pub network: Network,
    /// The address to send to.
    pub address: String,
    /// A memo or tag without which the money is not found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memo: Option<String>,
    /// What the QR code says for what is still due (BIP-21 and its kin); the bare address where no scheme is agreed on.
    pub payment_uri: String,
    /// Until when.
    pub expires_at: Timestamp,
}

/// One transaction on a blockchain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transaction {
    /// The transaction's hash.
    pub hash: String,
    /// What it carries.
    pub amount: Money,
    /// How far it is.
    pub status: TransactionStatus,
    /// Confirmations so far.
    pub confirmations: u32,
    /// Confirmations at which it counts, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required_confirmations: Option<u32>,
    /// When the provider saw it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_at: Option<Timestamp>,
}

/// How far a transaction is. The order is that in which news outranks older news: what was final once stays so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransactionStatus {
    /// Seen, not final.
    Confirming,
    /// It will not arrive.
    Failed,
    /// Final.
    Confirmed,
}

/// The answer to `POST /v1/checkout`: the session and the capability to see and pay it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// Path of the session's page, `/checkout/{id}.{token}`. Whoever has it can see and pay the session.
    pub page: String,
    /// The client token alone.
    pub token: String,
    /// The session.
    pub session: SessionView,
}

/// The body of `POST /v1/checkout`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenRequest {
    /// The order token: a JWT (HS256) made by the merchant's server.
    pub order: String,
}

/// The body of `POST /v1/checkout/{id}.{token}/attempts`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChooseRequest {
    /// The method picked.
    pub method: MethodId,
}
