//! The session's truth: one order being paid, over any number of attempts.
//!
//! [`Session::apply`] is the only writer. It is handed what happened and the time, and says what is to be done; it does nothing
//! itself. After each call the shell writes the session down, and only then does what was asked, shows the new [`SessionView`] to
//! whoever watches if its `sequence` has grown, and sets its one alarm to [`Session::next_wake`].
//!
//! Everything in here is written down as JSON; a test pins that form, for tomorrow's code must read today's sessions.

pub mod attempt;
mod capturing;
mod exchange;
pub mod news;
pub mod schedule;

pub use exchange::{Effect, Hint, Input, Offer, Refusal, Report, Taker};

use crate::provider::{Created, Found, ProviderError, Purchase, Snapshot};
use attempt::{Attempt, Stage, Watch};
use checkout_shared::error::FieldError;
use checkout_shared::method::MethodId;
use checkout_shared::order::Order;
use checkout_shared::session::{AttemptStatus, SessionView, Status};
use checkout_shared::time::{Millis, Timestamp};
use news::News;
use serde::{Deserialize, Serialize};

/// The most attempts with something payable one session may have; a person needs two or three.
const MAX_ATTEMPTS: usize = 20;

/// One order being paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    id: String,
    order: Order,
    sequence: u64,
    /// The time of the last input: what is shown is as of then.
    as_of: Timestamp,
    offers: Vec<Offer>,
    offers_asked_at: Option<Timestamp>,
    offers_failures: u32,
    /// Some provider could not say what it offers: whoever looks has it asked for again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    offers_incomplete: bool,
    /// Somebody has looked, and the alarm is to ask.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    offers_wanted: bool,
    attempts: Vec<Attempt>,
    /// The number of the attempt the customer is on.
    current: Option<u32>,
}

impl Session {
    /// A new session, and what to do first.
    #[must_use]
    pub fn open(id: String, order: Order, now: Timestamp) -> (Self, Vec<Effect>) {
        let session = Self {
            id,
            order,
            sequence: 1,
            as_of: now,
            offers: Vec::new(),
            offers_asked_at: Some(now),
            offers_failures: 0,
            offers_incomplete: false,
            offers_wanted: false,
            attempts: Vec::new(),
            current: None,
        };
        (session, vec![Effect::Offers])
    }

    /// Takes in what happened and says what to do. A refused input changes nothing.
    pub fn apply(&mut self, input: Input, now: Timestamp) -> Result<Vec<Effect>, Refusal> {
        let before = self.view(self.as_of);
        let paid_before = self.paid().count();
        let disputed_before = self.paid_and_disputed().count();
        // Clocks may step back; a session's time does not.
        let now = now.max(self.as_of);
        let mut effects = match input {
            Input::Reopen(order) => self.reopen(order, now),
            Input::Offers { offers, complete } => Ok(self.take_offers(offers, complete)),
            Input::Choose { method, return_url, public_url } => self.choose(&method, return_url, &public_url, now),
            Input::Created(number, result) => Ok(self.created(number, result, now)),
            Input::Found(number, result) => Ok(self.found(number, result, now)),
            Input::Fetched(number, result) => Ok(self.fetched(number, result, now)),
            Input::Captured(number, result) => Ok(self.captured(number, result, now)),
            Input::Notified(snapshot) => Ok(self.notified(&snapshot, now)),
            Input::Hinted(hint) => Ok(self.hinted(&hint, now)),
            Input::Capture => self.capture(now),
            Input::Look => Ok(self.look(now)),
            Input::Tick { watched } => Ok(self.tick(watched, now)),
        }?;
        self.as_of = now;
        let after = self.view(before.server_time);
        if after != before {
            self.sequence += 1;
        }
        if self.paid().count() > paid_before.max(1) {
            effects.extend(self.paid().last().map(|attempt| Effect::Report(Report::DuplicatePayment(attempt.number))));
        }
        // Paid stays paid; that something speaks against it must not stay unseen.
        if self.paid_and_disputed().count() > disputed_before {
            effects.extend(self.paid_and_disputed().last().map(|attempt| Effect::Report(Report::DisputedPayment(attempt.number))));
        }
        Ok(effects)
    }

    /// The session's id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Grows with every change of the view.
    #[must_use]
    pub const fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Whether anything but the time it was last looked at differs: only then is there something to write down.
    #[must_use]
    pub fn differs_from(&self, known: &Self) -> bool {
        Self { as_of: known.as_of, ..self.clone() } != *known
    }

    /// When to be ticked next, if ever.
    #[must_use]
    pub fn next_wake(&self, watched: bool) -> Option<Timestamp> {
        let questions =
            self.attempts.iter().filter_map(|attempt| schedule::next_question(attempt, self.watches(attempt, watched), self.as_of));
        let expiries = self.attempts.iter().map(Attempt::expires_at).chain([self.order.expires_at]);
        let to_come = expiries.filter(|expiry| *expiry > self.as_of && !self.is_settled());
        questions.chain(to_come).chain(self.next_offers_question()).min()
    }

    /// The complete state as the customer may see it. `server_time` is the shell's clock when it is sent.
    #[must_use]
    pub fn view(&self, server_time: Timestamp) -> SessionView {
        let shown = self.leading();
        let paid = shown.filter(|attempt| attempt.status(self.as_of) == AttemptStatus::Paid);
        SessionView {
            id: self.id.clone(),
            sequence: self.sequence,
            status: self.status(),
            server_time,
            order: self.order.clone(),
            methods: self.payable_offers().map(|offer| offer.method.clone()).collect(),
            methods_unavailable: self.payable_offers().next().is_none() && self.offers_failures > 0,
            attempt: shown.map(|attempt| attempt.view(self.as_of)),
            late: paid.is_some_and(Attempt::is_late),
            overpaid_by: paid.and_then(Attempt::surplus),
        }
    }

    /// The best over all attempts; the end of one says nothing about the order.
    #[must_use]
    pub fn status(&self) -> Status {
        let best = self.attempts.iter().filter_map(|attempt| standing(attempt.status(self.as_of))).max_by_key(|(rank, _)| *rank);
        match best {
            Some((_, status)) => status,
            None if self.as_of >= self.order.expires_at => Status::Expired,
            None => Status::Open,
        }
    }

    /// The attempt that matters: the best of those whose money has been seen, else the one the customer is on.
    fn leading(&self) -> Option<&Attempt> {
        let with_money = self.attempts.iter().filter(|attempt| attempt.news.has_money());
        let best = with_money.max_by_key(|attempt| standing(attempt.status(self.as_of)).map(|(rank, _)| rank));
        best.or_else(|| self.attempt(self.current?))
    }

    /// The offers for which the order carries a price that somebody takes.
    fn payable_offers(&self) -> impl Iterator<Item = &Offer> {
        self.offers.iter().filter(|offer| offer.taken_by(&self.order).is_some())
    }

    fn paid(&self) -> impl Iterator<Item = &Attempt> {
        self.attempts.iter().filter(|attempt| attempt.status(self.as_of) == AttemptStatus::Paid)
    }

    fn paid_and_disputed(&self) -> impl Iterator<Item = &Attempt> {
        self.paid().filter(|attempt| attempt.news.dispute.is_some())
    }

    /// Where the attempt with this reference of ours stands.
    #[must_use]
    pub fn attempt_status(&self, reference: &str) -> Option<AttemptStatus> {
        self.attempts.iter().find(|attempt| attempt.purchase.reference == reference).map(|attempt| attempt.status(self.as_of))
    }

    /// One attempt by its number.
    #[must_use]
    pub fn attempt(&self, number: u32) -> Option<&Attempt> {
        self.attempts.iter().find(|attempt| attempt.number == number)
    }

    fn attempt_mut(&mut self, number: u32) -> Option<&mut Attempt> {
        self.attempts.iter_mut().find(|attempt| attempt.number == number)
    }

    fn watches(&self, attempt: &Attempt, watched: bool) -> bool {
        watched && self.leading().is_some_and(|leading| leading.number == attempt.number)
    }

    fn is_settled(&self) -> bool {
        matches!(self.status(), Status::Paid | Status::Refunding | Status::Refunded)
    }

    fn next_offers_question(&self) -> Option<Timestamp> {
        let wanted = self.offers.is_empty() && self.offers_failures < schedule::METHODS_TRIES && !self.is_settled();
        let wait = if self.offers_wanted { Millis::default() } else { schedule::METHODS_RETRY };
        self.offers_asked_at.filter(|_| wanted || self.offers_wanted).map(|asked_at| asked_at + wait)
    }

    /// The same price again is the same order, with more time if so stated. Another price is another order, unless nothing payable
    /// can have been shown for the first.
    fn reopen(&mut self, order: Order, now: Timestamp) -> Result<Vec<Effect>, Refusal> {
        if !self.attempts.is_empty()
            && let Some(difference) = price_difference(&self.order, &order)
        {
            return Err(Refusal::ReferenceConflict(difference));
        }
        let expires_at = if self.attempts.is_empty() { order.expires_at } else { order.expires_at.max(self.order.expires_at) };
        self.order = Order { expires_at, ..order };
        Ok(self.look(now))
    }

    /// Whoever looks while there is nothing to choose from, or not all there could be, has it asked for again, though not too often.
    fn look(&mut self, now: Timestamp) -> Vec<Effect> {
        let rest = if self.offers.is_empty() { schedule::METHODS_RETRY } else { schedule::MORE_METHODS_RETRY };
        let asked_lately = self.offers_asked_at.is_some_and(|asked_at| now < asked_at + rest);
        let wanted = self.offers.is_empty() || self.offers_incomplete;
        if !wanted || asked_lately || self.is_settled() {
            return Vec::new();
        }
        self.offers_failures = self.offers_failures.min(schedule::METHODS_TRIES - 1);
        self.offers_asked_at = Some(now);
        // Whoever has something to choose from already is not kept waiting for more.
        self.offers_wanted = !self.offers.is_empty();
        if self.offers_wanted { Vec::new() } else { vec![Effect::Offers] }
    }

    fn take_offers(&mut self, offers: Vec<Offer>, complete: bool) -> Vec<Effect> {
        if offers.is_empty() {
            self.offers_failures += 1;
        } else {
            self.offers = offers;
            self.offers_failures = 0;
            self.offers_incomplete = !complete;
        }
        Vec::new()
    }

    /// 1. Money decides: once seen, only the method it came by can be chosen.
    /// 2. A live attempt by the same method is the answer, however often it is asked for.
    /// 3. Otherwise the intent is written down and a payment is created.
    fn choose(&mut self, method: &MethodId, return_url: String, public_url: &str, now: Timestamp) -> Result<Vec<Effect>, Refusal> {
        // (1)
        if let Some(attempt) = self.leading().filter(|attempt| attempt.news.has_money()) {
            return if attempt.purchase.method == *method { Ok(Vec::new()) } else { Err(Refusal::MoneySeen) };
        }
        // (2)
        let live = |attempt: &&Attempt| {
            attempt.purchase.method == *method
                && matches!(attempt.status(now), AttemptStatus::Creating | AttemptStatus::Checking | AttemptStatus::AwaitingPayment)
        };
        if let Some(number) = self.attempts.iter().find(live).map(|attempt| attempt.number) {
            self.current = Some(number);
            return Ok(Vec::new());
        }
        // (3)
        if now >= self.order.expires_at {
            return Err(Refusal::Over);
        }
        let refused = |attempt: &Attempt| matches!(attempt.stage, Stage::Refused { .. });
        if self.attempts.iter().filter(|attempt| !refused(attempt)).count() >= MAX_ATTEMPTS {
            return Err(Refusal::TooManyAttempts);
        }
        let offer = self.offers.iter().find(|offer| offer.method.id == *method).ok_or(Refusal::UnknownMethod)?;
        let (provider, price) = offer.taken_by(&self.order).ok_or(Refusal::UnknownMethod)?;
        let required_confirmations = offer.method.confirmations;
        let number = self.attempts.last().map_or(1, |last| last.number + 1);
        // Nothing came of those, so nothing is lost with them; while a provider is down there may be many.
        if self.attempts.len() >= 2 * MAX_ATTEMPTS
            && let Some(oldest) = self.attempts.iter().position(refused)
        {
            self.attempts.remove(oldest);
        }
        let notify = checkout_shared::route::Route::Webhook(provider, Some(self.id.clone()));
        let is_own_price = price == self.order.price();
        let purchase = Purchase {
            reference: attempt_reference(&self.id, number),
            method: method.clone(),
            price,
            lines: if is_own_price { self.order.lines.clone() } else { Vec::new() },
            tax: self.order.tax.filter(|_| is_own_price),
            description: self.order.description.clone(),
            started_at: now,
            lifetime: self.order.expires_at - now,
            notify_url: format!("{public_url}{notify}"),
            return_url: Some(return_url),
        };
        let watch = Watch { asked_at: now, ..Watch::default() };
        self.attempts.push(Attempt {
            number,
            provider,
            purchase,
            required_confirmations,
            stage: Stage::Creating,
            news: News::default(),
            watch,
            capturing: None,
        });
        self.current = Some(number);
        Ok(vec![Effect::Create(number)])
    }

    fn created(&mut self, number: u32, result: Result<Created, ProviderError>, now: Timestamp) -> Vec<Effect> {
        let Some(attempt) = self.attempt_mut(number) else { return Vec::new() };
        if !matches!(attempt.stage, Stage::Creating | Stage::Unknown { .. }) {
            return Vec::new();
        }
        attempt.watch = Watch { asked_at: now, ..Watch::default() };
        match result {
            Ok(created) => match news::disagreement(&created.stated, &attempt.purchase) {
                None => {
                    attempt.stage = Stage::Payable { provider_reference: created.provider_reference, instructions: created.instructions };
                }
                // It exists, but asks for something else than the order: nobody is shown it.
                Some(dispute) => attempt.hide(created.provider_reference, dispute),
            },
            Err(ProviderError::MaybeSent { .. }) => {
                attempt.stage = Stage::Unknown { lookups: 0 };
                return attempt.look_up(now);
            }
            Err(error) => attempt.stage = Stage::Refused { reason: error.to_string() },
        }
        Vec::new()
    }

    /// "Not there" is believed after the last look-up only; a look-up that failed has said nothing and does not count.
    fn found(&mut self, number: u32, result: Result<Option<Found>, ProviderError>, now: Timestamp) -> Vec<Effect> {
        let Some(attempt) = self.attempt_mut(number) else { return Vec::new() };
        let Stage::Unknown { lookups } = attempt.stage else { return Vec::new() };
        attempt.watch = Watch { asked_at: now, failures: if result.is_ok() { 0 } else { attempt.watch.failures }, ..Watch::default() };
        match result {
            Err(error) => {
                attempt.watch.fail(&error, now);
                if attempt.watch.failures >= schedule::LOOKUP_FAILURES {
                    attempt.stage = Stage::Refused { reason: "the answer was lost and could not be looked up".to_owned() };
                }
            }
            Ok(None) if lookups as usize >= schedule::LOOKUP_WAITS.len() => {
                attempt.stage = Stage::Refused { reason: "the answer was lost and nothing was created".to_owned() };
            }
            Ok(None) => attempt.stage = Stage::Unknown { lookups: lookups + 1 },
            Ok(Some(found)) => match (news::disagreement(&found.stated, &attempt.purchase), found.instructions) {
                (None, Some(instructions)) => {
                    attempt.stage = Stage::Payable { provider_reference: found.provider_reference, instructions };
                }
                (None, None) => attempt.stage = Stage::Untold { provider_reference: found.provider_reference },
                (Some(dispute), _) => attempt.hide(found.provider_reference, dispute),
            },
        }
        Vec::new()
    }

    fn fetched(&mut self, number: u32, result: Result<Snapshot, ProviderError>, now: Timestamp) -> Vec<Effect> {
        let Some(attempt) = self.attempt_mut(number) else { return Vec::new() };
        match result {
            Ok(snapshot) if attempt.hear(&snapshot, now) => attempt.news.miss(&snapshot.transactions),
            Ok(_) => return vec![Effect::Report(Report::StrayPayment)],
            Err(error) => attempt.watch.fail(&error, now),
        }
        self.capture_unasked(now)
    }

    /// A hint proves nothing, so it leads to a question and to nothing else, and to no more of them than watching would.
    fn hinted(&mut self, hint: &Hint, now: Timestamp) -> Vec<Effect> {
        let meant = |attempt: &&mut Attempt| match hint {
            Hint::Reference(reference) => attempt.purchase.reference == *reference,
            Hint::ProviderReference(reference) => attempt.provider_reference() == Some(reference),
        };
        let Some(attempt) = self.attempts.iter_mut().find(meant) else { return Vec::new() };
        let is_settled = matches!(attempt.status(now), AttemptStatus::Paid | AttemptStatus::Refunded);
        match (&attempt.stage, hint) {
            // Whoever comes back after paying brings no news.
            (Stage::Payable { .. } | Stage::Untold { .. }, Hint::ProviderReference(_)) if is_settled => return Vec::new(),
            (Stage::Payable { .. } | Stage::Untold { .. }, _) => attempt.watch.hinted = true,
            // A look-up that comes too soon would count as one that found nothing.
            (Stage::Unknown { .. }, _) => {}
            (Stage::Creating | Stage::Refused { .. }, _) => return Vec::new(),
        }
        let is_due = schedule::next_question(attempt, true, now).is_some_and(|due| due <= now);
        // Otherwise the alarm asks. It does so too for a customer who comes back, who is not kept waiting for the provider.
        if !is_due || matches!(hint, Hint::ProviderReference(_)) {
            return Vec::new();
        }
        if matches!(attempt.stage, Stage::Unknown { .. }) {
            return attempt.look_up(now);
        }
        attempt.watch.asked_at = now;
        vec![Effect::Fetch(attempt.number)]
    }

    /// A notification finds its attempt by our reference. It may come before the answer to the creation it speaks of.
    fn notified(&mut self, snapshot: &Snapshot, now: Timestamp) -> Vec<Effect> {
        let reference = snapshot.stated.reference.as_deref();
        let ours = self.attempts.iter_mut().find(|attempt| Some(attempt.purchase.reference.as_str()) == reference);
        let heard = ours.is_some_and(|attempt| attempt.hear(snapshot, now));
        if heard { self.capture_unasked(now) } else { vec![Effect::Report(Report::StrayPayment)] }
    }

    fn tick(&mut self, watched: bool, now: Timestamp) -> Vec<Effect> {
        let mut effects = Vec::new();
        if self.next_offers_question().is_some_and(|due| due <= now) {
            self.offers_asked_at = Some(now);
            self.offers_wanted = false;
            effects.push(Effect::Offers);
        }
        let leading = self.leading().map(|attempt| attempt.number);
        for attempt in &mut self.attempts {
            let watched = watched && leading == Some(attempt.number);
            if schedule::next_question(attempt, watched, now).is_none_or(|due| due > now) {
                continue;
            }
            match attempt.stage {
                Stage::Creating => attempt.stage = Stage::Unknown { lookups: 0 },
                Stage::Payable { .. } | Stage::Untold { .. } => {
                    attempt.watch.asked_at = now;
                    effects.push(Effect::Fetch(attempt.number));
                    continue;
                }
                Stage::Unknown { .. } | Stage::Refused { .. } => {}
            }
            effects.extend(attempt.look_up(now));
        }
        effects
    }
}

/// Our name for an attempt at a provider: the session's id, a hyphen and the attempt's number.
fn attempt_reference(session_id: &str, number: u32) -> String {
    format!("{session_id}-{number}")
}

/// The session an attempt's reference belongs to.
#[must_use]
pub fn session_of(reference: &str) -> Option<&str> {
    let (id, number) = reference.split_once('-')?;
    (checkout_shared::route::is_session_id(id) && number.parse::<u32>().is_ok()).then_some(id)
}

/// What an attempt's status says of the order, the best with the highest rank. `None`: it says nothing.
const fn standing(status: AttemptStatus) -> Option<(u8, Status)> {
    match status {
        AttemptStatus::Paid => Some((7, Status::Paid)),
        AttemptStatus::Refunding => Some((6, Status::Refunding)),
        AttemptStatus::Refunded => Some((5, Status::Refunded)),
        AttemptStatus::Review => Some((4, Status::Review)),
        AttemptStatus::Processing => Some((3, Status::Processing)),
        AttemptStatus::Underpaid => Some((2, Status::Underpaid)),
        AttemptStatus::AwaitingPayment => Some((1, Status::AwaitingPayment)),
        AttemptStatus::Creating | AttemptStatus::Checking | AttemptStatus::Expired | AttemptStatus::Cancelled | AttemptStatus::Failed => {
            None
        }
    }
}

fn price_difference(known: &Order, stated: &Order) -> Option<FieldError> {
    let differs = |field: &str, known: String, stated: String| FieldError {
        field: field.to_owned(),
        issue: format!("this reference stands for {known}, not {stated}"),
    };
    if known.currency != stated.currency {
        return Some(differs("currency", known.currency.to_string(), stated.currency.to_string()));
    }
    (known.amount != stated.amount).then(|| differs("amount", known.amount.to_string(), stated.amount.to_string()))
}
