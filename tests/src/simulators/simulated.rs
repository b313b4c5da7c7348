//! What is the same for all simulated vendors: the faults that befall calls, the log of what was asked, how many requests are under
//! way at once, hosted pages, notifications and `/control/…`. No protocol: that is the [`Vendor`]'s inside. No I/O and no clock:
//! [`super::server`] has both.

use super::control::{Action, Fault, FaultKind, Impossible, PaymentSummary, Received};
use super::outbox::Outbox;
use super::{Delivery, Entered, LostAnswer, Setting, Simulator, Vendor, control, hosted_page};
use bytes::Bytes;
use checkout_shared::time::{Millis, Timestamp};
use http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use std::any::Any;

/// How many requests the log keeps.
const LONGEST_LOG: usize = 10_000;

/// Marks a response (as an extension) that is to be answered late.
#[derive(Clone, Copy, Debug)]
pub(super) struct SlowAnswer;

/// Marks a response (as an extension) that is none yet: the call is being held, see [`Simulated::let_go`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Held(pub(super) u64);

/// A notification that was handed over to be sent.
#[derive(Clone, Debug)]
pub struct Sent {
    /// When.
    pub at: Timestamp,
    /// What it says.
    pub body: Bytes,
}

/// A call that is being held.
#[derive(Debug)]
struct HeldCall {
    id: u64,
    path: String,
    /// Its answer, if its work is done.
    answer: Option<http::Response<Bytes>>,
    /// Once released: whether work that was not done is to be done.
    released: Option<bool>,
}

/// A simulated provider: a vendor's account and what surrounds it.
#[derive(Debug)]
pub struct Simulated {
    vendor: Box<dyn Vendor>,
    faults: Vec<Fault>,
    held: Vec<HeldCall>,
    last_held: u64,
    requests: Vec<Received>,
    sent: Vec<Sent>,
    outbox: Outbox,
    latency: Millis,
    in_flight: u32,
    most_in_flight: u32,
    turned_away: u32,
}

impl Simulated {
    /// Around a vendor's account.
    #[must_use]
    pub fn new(vendor: Box<dyn Vendor>) -> Self {
        Self {
            vendor,
            faults: Vec::new(),
            held: Vec::new(),
            last_held: 0,
            requests: Vec::new(),
            sent: Vec::new(),
            outbox: Outbox::default(),
            latency: Millis::default(),
            in_flight: 0,
            most_in_flight: 0,
            turned_away: 0,
        }
    }

    /// The account, to ask or tell it what only this vendor knows.
    ///
    /// # Panics
    ///
    /// If it is another vendor's.
    #[must_use]
    pub fn vendor<V: Vendor>(&self) -> &V {
        let vendor: &dyn Any = &*self.vendor;
        vendor.downcast_ref().expect("the account is of the vendor that is asked for")
    }

    /// The account, to tell it what only this vendor knows.
    ///
    /// # Panics
    ///
    /// If it is another vendor's.
    pub fn vendor_mut<V: Vendor>(&mut self) -> &mut V {
        let vendor: &mut dyn Any = &mut *self.vendor;
        vendor.downcast_mut().expect("the account is of the vendor that is asked for")
    }

    /// What people call the vendor.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.vendor.name()
    }

    /// What a Worker must be told to use this account when it is at `origin`.
    #[must_use]
    pub fn settings(&self, origin: &str) -> Vec<Setting> {
        self.vendor.settings(origin)
    }

    /// Tells it its own origin, and where it sends notifications that name no address of their own.
    pub fn locate(&mut self, origin: &str, notify_url: &str) {
        self.vendor.locate(origin, notify_url);
    }

    /// The payments whose merchant's reference begins so, newest last.
    #[must_use]
    pub fn payments(&self, reference_prefix: &str) -> Vec<PaymentSummary> {
        let mut payments = self.vendor.payments();
        payments.retain(|payment| payment.merchant_reference.starts_with(reference_prefix));
        payments
    }

    /// A payment by the vendor's reference.
    #[must_use]
    pub fn payment(&self, reference: &str) -> Option<PaymentSummary> {
        self.vendor.payments().into_iter().find(|payment| payment.reference == reference)
    }

    /// What a customer can do on a payment's hosted page now.
    #[must_use]
    pub fn page_actions(&self, reference: &str) -> Vec<Action> {
        self.vendor.page_actions(reference)
    }

    /// Lets something happen to a payment; how it stands then.
    pub fn act(&mut self, reference: &str, action: Action, now: Timestamp) -> Result<PaymentSummary, Impossible> {
        self.vendor.advance(now);
        let done = self.vendor.act(reference, action, now);
        self.vendor.advance(now);
        self.collect_notifications(now);
        done?;
        self.payment(reference).ok_or(Impossible::NoSuchPayment)
    }

    /// Arms a fault. Faults of one path befall its calls in the order in which they were armed.
    pub fn arm(&mut self, fault: Fault) {
        self.faults.push(fault);
    }

    /// Disarms every fault that is left. What is being held stays so.
    pub fn disarm(&mut self) {
        self.faults.clear();
    }

    /// The paths of the calls that are being held, the longest held first.
    #[must_use]
    pub fn held(&self) -> Vec<&str> {
        self.held.iter().filter(|held| held.released.is_none()).map(|held| held.path.as_str()).collect()
    }

    /// Lets all go on that is being held, whether its caller is still there or not. Unless there is to be `work`, what was not done
    /// yet is never done, and whoever still waits is answered as by a proxy that gave up.
    pub fn release(&mut self, work: bool) {
        self.held.iter_mut().for_each(|held| held.released = held.released.or(Some(work)));
    }

    /// The answer to a call that was held; `None` as long as it is.
    pub(super) fn let_go(&mut self, Held(id): Held, request: &http::Request<Bytes>, now: Timestamp) -> Option<http::Response<Bytes>> {
        let at = self.held.iter().position(|held| held.id == id && held.released.is_some())?;
        let held = self.held.remove(at);
        self.vendor.advance(now);
        let answer = match (held.answer, held.released) {
            (Some(answer), _) => answer,
            (None, Some(true)) => self.vendor.answer(request, now),
            (None, _) => bad_gateway(),
        };
        self.collect_notifications(now);
        Some(answer)
    }

    fn hold(&mut self, path: &str, answer: Option<http::Response<Bytes>>) -> http::Response<Bytes> {
        self.last_held += 1;
        self.held.push(HeldCall { id: self.last_held, path: path.to_owned(), answer, released: None });
        let mut response = http::Response::new(Bytes::new());
        response.extensions_mut().insert(Held(self.last_held));
        response
    }

    /// What was asked on the vendor's paths, oldest first.
    #[must_use]
    pub fn requests(&self) -> &[Received] {
        &self.requests
    }

    /// The notifications that were handed over to be sent, every try of its own, oldest first.
    #[must_use]
    pub fn sent(&self) -> &[Sent] {
        &self.sent
    }

    /// How long every answer takes.
    #[must_use]
    pub const fn latency(&self) -> Millis {
        self.latency
    }

    /// How long money that was seen takes to count, from now on.
    pub fn settle_every(&mut self, span: Millis) {
        self.vendor.settle_every(span);
    }

    /// How long every answer takes from now on.
    pub const fn set_latency(&mut self, latency: Millis) {
        self.latency = latency;
    }

    /// The most requests that were ever under way at once, those included that were turned away for it.
    #[must_use]
    pub const fn most_in_flight(&self) -> u32 {
        self.most_in_flight
    }

    /// How many requests are under way.
    #[must_use]
    pub const fn in_flight(&self) -> u32 {
        self.in_flight
    }

    /// How many requests were turned away because too many were under way.
    #[must_use]
    pub const fn turned_away(&self) -> u32 {
        self.turned_away
    }

    /// A request to the vendor's own API, unless a fault befalls it.
    fn call(&mut self, request: &http::Request<Bytes>, now: Timestamp) -> http::Response<Bytes> {
        self.log(request, now);
        let path = request.uri().path();
        let whole = request.uri().path_and_query().map_or(path, |whole| whole.as_str());
        match self.take_fault(|fault| !fault.kind.is_of_webhooks() && fault.fits(path, &[whole.as_bytes(), request.body()])) {
            Some(FaultKind::Status500) => self.vendor.broken(),
            Some(FaultKind::Html) => bad_gateway(),
            Some(FaultKind::RateLimited) => {
                let mut response = self.vendor.rate_limited();
                response.headers_mut().entry(RETRY_AFTER).or_insert(HeaderValue::from_static("2"));
                response
            }
            Some(FaultKind::TimeoutAfterWork) => {
                let mut response = self.vendor.answer(request, now);
                response.extensions_mut().insert(LostAnswer);
                response
            }
            Some(FaultKind::Slow) => {
                let mut response = self.vendor.answer(request, now);
                response.extensions_mut().insert(SlowAnswer);
                response
            }
            Some(FaultKind::HoldBeforeWork) => self.hold(path, None),
            Some(FaultKind::HoldAfterWork) => {
                let answer = self.vendor.answer(request, now);
                self.hold(path, Some(answer))
            }
            Some(FaultKind::Truncate) => self.vendor.answer(request, now).map(|body| body.slice(..body.len() / 2)),
            Some(FaultKind::Lose | FaultKind::Duplicate | FaultKind::Reorder) | None => self.vendor.answer(request, now),
        }
    }

    fn log(&mut self, request: &http::Request<Bytes>, now: Timestamp) {
        if self.requests.len() >= LONGEST_LOG {
            self.requests.remove(0);
        }
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        self.requests.push(Received {
            at: now,
            method: request.method().to_string(),
            path: request.uri().path_and_query().map_or_else(String::new, ToString::to_string),
            headers: request.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
            body: String::from_utf8_lossy(request.body()).into_owned(),
        });
    }

    /// The next armed fault that fits, used up once.
    fn take_fault(&mut self, fits: impl Fn(&Fault) -> bool) -> Option<FaultKind> {
        let at = self.faults.iter().position(fits)?;
        self.faults[at].times -= 1;
        Some(self.faults[at].kind)
    }

    fn collect_notifications(&mut self, now: Timestamp) {
        for notification in self.vendor.notifications() {
            let fault = self.take_fault(|fault| fault.kind.is_of_webhooks() && fault.fits(&fault.path, &[notification.body()]));
            self.outbox.push(notification, fault, now);
        }
    }
}

impl Simulator for Simulated {
    fn enter(&mut self, request: &http::Request<Bytes>, now: Timestamp) -> Result<Entered, http::Response<Bytes>> {
        let counts = Place::of(request) == Place::Vendor;
        if !counts {
            return Ok(Entered { counts });
        }
        self.most_in_flight = self.most_in_flight.max(self.in_flight + 1);
        if self.vendor.most_at_once().is_some_and(|most| self.in_flight >= most) {
            self.turned_away += 1;
            self.log(request, now);
            return Err(self.vendor.rate_limited());
        }
        self.in_flight += 1;
        Ok(Entered { counts })
    }

    fn leave(&mut self, entered: Entered) {
        if entered.counts {
            self.in_flight -= 1;
        }
    }

    fn handle(&mut self, request: http::Request<Bytes>, now: Timestamp) -> http::Response<Bytes> {
        self.vendor.advance(now);
        let response = match Place::of(&request) {
            Place::Control => control::answer(self, &request, now),
            Place::Page => hosted_page::answer(self, &request, now),
            Place::Vendor => self.call(&request, now),
        };
        self.collect_notifications(now);
        response
    }

    fn due_webhooks(&mut self, now: Timestamp) -> Vec<Delivery> {
        self.vendor.advance(now);
        self.collect_notifications(now);
        let due = self.outbox.due(now);
        let room = LONGEST_LOG.saturating_sub(due.len());
        self.sent.drain(..self.sent.len().saturating_sub(room));
        self.sent.extend(due.iter().map(|delivery| Sent { at: now, body: delivery.request.body().clone() }));
        due
    }

    fn webhook_answered(&mut self, id: u64, answer: Option<&http::Response<Bytes>>, now: Timestamp) {
        let Some(notification) = self.outbox.awaiting(id) else { return };
        let is_acknowledged = answer.is_some_and(|answer| self.vendor.acknowledged(notification, answer, now));
        self.outbox.answered(id, is_acknowledged, self.vendor.retry_waits(), now);
        self.collect_notifications(now);
    }
}

/// Whose path it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Control,
    Page,
    Vendor,
}

impl Place {
    fn of(request: &http::Request<Bytes>) -> Self {
        let path = request.uri().path();
        if path.starts_with("/control/") {
            Self::Control
        } else if path.starts_with("/pay/") {
            Self::Page
        } else {
            Self::Vendor
        }
    }
}

fn bad_gateway() -> http::Response<Bytes> {
    let mut response = http::Response::new(Bytes::from_static(b"<html><head><title>502 Bad Gateway</title></head><body></body></html>"));
    *response.status_mut() = http::StatusCode::BAD_GATEWAY;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
    response
}

#[cfg(test)]
mod tests;
