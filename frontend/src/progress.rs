//! Money is seen and not final yet: detected → confirmations n of m → paid.

use crate::icon::Icon;
use crate::messages::{Key, Messages};
use crate::outcome::facts;
use crate::pieces::{heading, step, words};
use crate::words::confirmations_needed;
use checkout_shared::session::{SessionView, Transaction, TransactionStatus};
use yew::prelude::*;

/// How far the payment is.
#[inline(never)]
pub fn progress(messages: &Messages, view: &SessionView) -> Html {
    let confirmations = Confirmations::of(view);
    let inside = html! {
        <>
            { heading(messages.text(Key::ProgressHeading)) }
            { words(messages.text(Key::ProgressText)) }
            <ol class="stages">
                <li class="stage stage-done"><span class="stage-mark" aria-hidden="true">{ Icon::Check.draw() }</span>{ messages.text(Key::StepDetected) }</li>
                <li class="stage stage-now" aria-current="step"><span class="stage-mark" aria-hidden="true" />{ messages.text(Key::StepConfirming) }</li>
                <li class="stage"><span class="stage-mark" aria-hidden="true" />{ messages.text(Key::StepPaid) }</li>
            </ol>
            <div class="confirmations">
                if let Some(needed) = confirmations.needed {
                    <progress max={needed.to_string()} value={confirmations.count.to_string()} aria-labelledby="confirmations" />
                }
                <p id="confirmations">{ confirmations.words(messages) }</p>
            </div>
            { facts(messages, view) }
        </>
    };
    step("step", inside)
}

/// How far the transaction is that has the furthest to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Confirmations {
    count: u32,
    needed: Option<u32>,
}

impl Confirmations {
    /// Of the session's present attempt.
    #[must_use]
    pub fn of(view: &SessionView) -> Self {
        let transactions = view.attempt.as_ref().map_or(&[][..], |attempt| &attempt.transactions);
        let needed_by = |transaction: &Transaction| {
            transaction.required_confirmations.or_else(|| confirmations_needed(view)).filter(|needed| *needed > 0)
        };
        let behind = transactions
            .iter()
            .filter(|transaction| transaction.status == TransactionStatus::Confirming)
            .min_by_key(|transaction| transaction.confirmations);
        match behind {
            Some(transaction) => {
                let needed = needed_by(transaction);
                Self { count: needed.map_or(transaction.confirmations, |needed| transaction.confirmations.min(needed)), needed }
            }
            None => match transactions.iter().find(|transaction| transaction.status == TransactionStatus::Confirmed) {
                // Nothing is left to confirm; that the order is paid is only a moment away.
                Some(transaction) => {
                    let needed = needed_by(transaction);
                    Self { count: needed.unwrap_or(transaction.confirmations.max(1)), needed }
                }
                None => Self { count: 0, needed: confirmations_needed(view).filter(|needed| *needed > 0 && transactions.is_empty()) },
            },
        }
    }

    /// In words.
    #[must_use]
    pub fn words(self, messages: &Messages) -> String {
        match (self.count, self.needed) {
            (count, Some(needed)) => messages.count(Key::ConfirmationsOf, count, &[("needed", &messages.number(needed))]),
            (0, None) => messages.text(Key::ConfirmationsNone),
            (count, None) => messages.count(Key::Confirmations, count, &[]),
        }
    }
}
