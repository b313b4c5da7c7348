//! Money is seen and not final yet: detected → confirmations n of m → paid.

use crate::copy_button::Copying;
use crate::element::{Fixed, Is, all, el, el_with, is, text};
use crate::icon::Icon;
use crate::messages::{Key, Messages};
use crate::outcome::facts;
use crate::pieces::{heading, paragraph, step};
use crate::words::confirmations_needed;
use checkout_shared::session::{SessionView, Transaction, TransactionStatus};
use yew::Html;

/// How far the payment is.
#[inline(never)]
pub fn progress(copying: Copying, view: &SessionView) -> Html {
    let messages = copying.messages;
    let confirmations = Confirmations::of(view);
    let mark = |inside: Html| el("span", &[("class", Is("stage-mark")), ("aria-hidden", Is("true"))], [inside]);
    let stage = |attributes: Fixed, inside: Html, name: Key| el("li", attributes, [mark(inside), text(messages.text(name))]);
    let stages = [
        stage(&[("class", Is("stage stage-done"))], Icon::Check.draw(), Key::StepDetected),
        stage(&[("class", Is("stage stage-now")), ("aria-current", Is("step"))], Html::default(), Key::StepConfirming),
        stage(&[("class", Is("stage"))], Html::default(), Key::StepPaid),
    ];
    let bar = confirmations.needed.map(|needed| {
        let values = [is(needed.to_string()), is(confirmations.count.to_string()), is("confirmations")];
        el_with("progress", &["max", "value", "aria-labelledby"], values, [])
    });
    let words = el("p", &[("id", Is("confirmations"))], [text(confirmations.words(messages))]);
    let inside = all([
        heading(messages.text(Key::ProgressHeading)),
        paragraph(messages.text(Key::ProgressText)),
        el("ol", &[("class", Is("stages"))], stages),
        el("div", &[("class", Is("confirmations"))], [bar.unwrap_or_default(), words]),
        facts(copying, view),
    ]);
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

    /// As far as it was when that was last worth telling: at the first, half way, and just before the end.
    #[must_use]
    pub fn at_milestone(self) -> Self {
        let milestones = self.needed.map_or([1; 4], |needed| [needed, needed.saturating_sub(1), needed.div_ceil(2), 1]);
        Self { count: milestones.into_iter().find(|milestone| self.count >= *milestone).unwrap_or_default(), ..self }
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
