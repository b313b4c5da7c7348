//! From an order to something payable: stating it, offering methods, choosing one, creating the payment, and falling back to the next
//! provider where that is safe. What becomes of the payment is [`super::watching`]'s.

use super::attempt::{Attempt, Stage, Watch};
use super::exchange::{Effect, Offer, Refusal, Taker};
use super::news::{self, Dispute, News};
use super::{Session, attempt_reference, schedule};
use crate::provider::{Created, Found, ProviderError, Purchase};
use checkout_shared::error::FieldError;
use checkout_shared::method::MethodId;
use checkout_shared::money::Money;
use checkout_shared::order::Order;
use checkout_shared::provider::ProviderId;
use checkout_shared::route::Route;
use checkout_shared::session::AttemptStatus;
use checkout_shared::time::Timestamp;

/// The most attempts with something payable one session may have; a person needs two or three.
const MAX_ATTEMPTS: usize = 20;
/// The most attempts in all, with those that were refused; whoever clicks on while a provider is down makes some.
const MAX_TRIES: u32 = 200;

impl Session {
    /// The same price again is the same order, with more time if so stated. Another price is another order, unless nothing payable
    /// can have been shown for the first, and it is not an older statement that comes back. What was called off is opened again only by an
    /// order stated afresh, with more time than before: the shop's old page, loaded again, does not undo it.
    pub(super) fn reopen(&mut self, order: Order, now: Timestamp) -> Result<Vec<Effect>, Refusal> {
        let never_shown = self.attempts.iter().all(|attempt| was_refused(attempt) && !attempt.news.has_money());
        let difference = price_difference(&self.order, &order);
        // What was stated before, with less time, is no change of mind.
        let may_differ = never_shown && order.expires_at >= self.order.expires_at;
        if let Some(difference) = difference.clone().filter(|_| !may_differ) {
            return Err(Refusal::ReferenceConflict(difference));
        }
        let is_fresh = order.expires_at > self.order.expires_at;
        if self.is_settled() || (self.cancelled_at.is_some() && !is_fresh) {
            return Ok(Vec::new());
        }
        self.cancelled_at = None;
        if difference.is_some() {
            // Should money come by one of those after all, it is for another price.
            self.attempts.iter_mut().for_each(|attempt| attempt.news.dispute = Some(Dispute::Order));
            self.current = None;
        }
        let expires_at = order.expires_at.max(self.order.expires_at);
        self.order = Order { expires_at, ..order };
        Ok(self.look(now))
    }

    /// Calls the order off. Nothing payable is shown any more; money that was sent all the same is still watched for.
    pub(super) fn cancel(&mut self, now: Timestamp) -> Result<Vec<Effect>, Refusal> {
        if self.attempts.iter().any(|attempt| attempt.news.has_money()) || self.is_settled() {
            return Err(Refusal::MoneySeen);
        }
        self.cancelled_at.get_or_insert(now);
        Ok(Vec::new())
    }

    /// Whoever looks while there is nothing to choose from, or not all there could be, has it asked for again, though not too often.
    pub(super) fn look(&mut self, now: Timestamp) -> Vec<Effect> {
        if self.is_settled() || self.cancelled_at.is_some() {
            return Vec::new();
        }
        if self.has_offers() {
            // Nobody who has something to choose from is kept waiting for more: the alarm asks.
            self.offers_wanted = self.lacks_methods();
            return Vec::new();
        }
        if self.offers_asked_at.is_some_and(|asked_at| now < asked_at + schedule::METHODS_RETRY) {
            return Vec::new();
        }
        self.offers_failures = self.offers_failures.min(schedule::METHODS_TRIES - 1);
        self.offers_asked_at = Some(now);
        self.offers_wanted = false;
        vec![Effect::Offers]
    }

    pub(super) fn take_offers(&mut self, mut offers: Vec<Offer>, complete: bool) -> Vec<Effect> {
        if !offers.is_empty() {
            // What is on a customer's list stays in its order; what comes late comes last, and not under a finger.
            offers.sort_by_key(|offer| self.offers.iter().position(|known| known.method.id == offer.method.id).unwrap_or(usize::MAX));
            self.offers = offers;
            self.offers_incomplete = !complete;
            self.offers_wanted &= !complete;
        }
        // Offers that this order carries no price for are as good as none.
        self.offers_failures = if self.has_offers() { 0 } else { self.offers_failures + 1 };
        Vec::new()
    }

    /// 1. Money decides: once seen, only the method it came by can be chosen.
    /// 2. What was called off cannot be paid.
    /// 3. A live attempt by the same method is the answer, however often it is asked for.
    /// 4. Otherwise the intent is written down and a payment is created.
    pub(super) fn choose(
        &mut self,
        method: &MethodId,
        return_url: String,
        public_url: &str,
        now: Timestamp,
    ) -> Result<Vec<Effect>, Refusal> {
        // (1)
        if let Some(attempt) = self.leading().filter(|attempt| attempt.news.has_money()) {
            return if attempt.purchase.method == *method { Ok(Vec::new()) } else { Err(Refusal::MoneySeen) };
        }
        // (2)
        if self.cancelled_at.is_some() {
            return Err(Refusal::Cancelled);
        }
        // (3)
        let live = |attempt: &&Attempt| {
            attempt.purchase.method == *method
                && matches!(attempt.status(now), AttemptStatus::Creating | AttemptStatus::Checking | AttemptStatus::AwaitingPayment)
        };
        if let Some(number) = self.attempts.iter().find(live).map(|attempt| attempt.number) {
            self.current = Some(number);
            return Ok(Vec::new());
        }
        // (4)
        if now >= self.order.expires_at {
            return Err(Refusal::Over);
        }
        let tries = self.last_number() - self.attempts_before;
        if self.attempts.iter().filter(|attempt| !was_refused(attempt)).count() >= MAX_ATTEMPTS || tries >= MAX_TRIES {
            return Err(Refusal::TooManyAttempts);
        }
        let offer = self.offers.iter().find(|offer| offer.method.id == *method).ok_or(Refusal::UnknownMethod)?;
        let (taker, price) = offer.takers_of(&self.order).next().ok_or(Refusal::UnknownMethod)?;
        let begun = Begun { taker: taker.clone(), price, method: method.clone(), required_confirmations: offer.method.confirmations };
        Ok(self.begin(begun, Vec::new(), return_url, public_url, now))
    }

    pub(super) fn last_number(&self) -> u32 {
        self.attempts.last().map_or(self.attempts_before, |last| last.number)
    }

    /// Writes the intent down; only then is the provider asked.
    fn begin(&mut self, begun: Begun, tried: Vec<ProviderId>, return_url: String, public_url: &str, now: Timestamp) -> Vec<Effect> {
        let Begun { taker, price, method, required_confirmations } = begun;
        let number = self.last_number() + 1;
        // Nothing came of those, so nothing is lost with them; while a provider is down there may be many.
        if self.attempts.len() >= 2 * MAX_ATTEMPTS
            && let Some(oldest) = self.attempts.iter().position(was_refused)
        {
            self.attempts.remove(oldest);
        }
        let notify = Route::Webhook(taker.provider, Some(self.id.clone()));
        let is_own_price = price == self.order.price();
        let purchase = Purchase {
            reference: attempt_reference(&self.id, number),
            method,
            price,
            lines: if is_own_price { self.order.lines.clone() } else { Vec::new() },
            tax: self.order.tax.filter(|_| is_own_price),
            description: self.order.description.clone(),
            started_at: now,
            lifetime: self.order.expires_at - now,
            notify_url: format!("{public_url}{notify}"),
            return_url: Some(return_url),
        };
        self.attempts.push(Attempt {
            number,
            provider: taker.provider,
            purchase,
            required_confirmations,
            stage: Stage::Creating,
            news: News::default(),
            watch: Watch { asked_at: now, notified: taker.notifies, ..Watch::default() },
            capturing: None,
            tried,
        });
        self.current = Some(number);
        vec![Effect::Create(number)]
    }

    pub(super) fn created(&mut self, number: u32, result: Result<Created, ProviderError>, now: Timestamp) -> Vec<Effect> {
        let Some(attempt) = self.attempt_mut(number) else { return Vec::new() };
        if !matches!(attempt.stage, Stage::Creating | Stage::Unknown { .. }) {
            return Vec::new();
        }
        attempt.watch = Watch { asked_at: now, notified: attempt.watch.notified, ..Watch::default() };
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
            Err(error) => {
                // An earlier answer was lost and this one is of a call that cannot have been repeated: it settles nothing.
                let is_first_answer = attempt.stage == Stage::Creating;
                attempt.stage = Stage::Refused { reason: attempt.purchase.without_links(&error.to_string()) };
                return if is_first_answer { self.fall_back(number, now) } else { Vec::new() };
            }
        }
        Vec::new()
    }

    /// Nothing was created, for certain, and the customer still waits for it: the next provider of the method is asked, each one once a
    /// click.
    fn fall_back(&mut self, number: u32, now: Timestamp) -> Vec<Effect> {
        let is_waited_for = self.current == Some(number) && self.cancelled_at.is_none() && now < self.order.expires_at;
        if !is_waited_for || self.attempts.iter().any(|attempt| attempt.news.has_money()) {
            return Vec::new();
        }
        let Some(refused) = self.attempt(number) else { return Vec::new() };
        let tried: Vec<ProviderId> = refused.tried.iter().copied().chain([refused.provider]).collect();
        let method = refused.purchase.method.clone();
        let Some(return_url) = refused.purchase.return_url.clone() else { return Vec::new() };
        let notify = Route::Webhook(refused.provider, Some(self.id.clone())).to_string();
        let public_url = refused.purchase.notify_url.strip_suffix(&notify).unwrap_or_default().to_owned();
        let Some(offer) = self.offers.iter().find(|offer| offer.method.id == method) else { return Vec::new() };
        let Some((taker, price)) = offer.takers_of(&self.order).find(|(taker, _)| !tried.contains(&taker.provider)) else {
            return Vec::new();
        };
        let begun = Begun { taker: taker.clone(), price, method, required_confirmations: offer.method.confirmations };
        self.begin(begun, tried, return_url, &public_url, now)
    }

    /// "Not there" is believed after the last look-up only; a look-up that failed has said nothing and does not count.
    pub(super) fn found(&mut self, number: u32, result: Result<Option<Found>, ProviderError>, now: Timestamp) -> Vec<Effect> {
        let Some(attempt) = self.attempt_mut(number) else { return Vec::new() };
        let Stage::Unknown { lookups } = attempt.stage else { return Vec::new() };
        let failures = if result.is_ok() { 0 } else { attempt.watch.failures };
        attempt.watch = Watch { asked_at: now, failures, notified: attempt.watch.notified, ..Watch::default() };
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
}

/// What an attempt begins with.
struct Begun {
    taker: Taker,
    price: Money,
    method: MethodId,
    required_confirmations: Option<u32>,
}

const fn was_refused(attempt: &Attempt) -> bool {
    matches!(attempt.stage, Stage::Refused { .. })
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
