//! What went wrong, in words, with a way on. As a whole screen, or as a line where the customer can try again.

use crate::element::{Is, all, el, text};
use crate::icon::Icon;
use crate::messages::{Key, Messages};
use crate::pieces::{STEP_ID, Tone, Way, badge, button, hint, paragraph, step};
use crate::state::Problem;
use checkout_shared::error::ErrorCode;
use yew::Html;

/// The screen of a problem that leaves nothing else to show. `again`: what loads the page again.
#[inline(never)]
pub fn problem_screen(messages: &Messages, problem: &Problem, again: Way) -> Html {
    let passes = passes(problem);
    let title = messages.text(if passes { Key::ProblemBusyHeading } else { Key::ProblemHeading });
    let quote = match problem {
        Problem::Refused { request_id, .. } => hint(messages.fill(Key::ProblemQuote, &[("request", request_id)])),
        Problem::IncompleteLink | Problem::Unreachable | Problem::Garbled => Html::default(),
    };
    let inside = all([
        badge(Tone::Bad, Icon::Alert),
        el("h1", &[("id", Is(STEP_ID)), ("tabindex", Is("-1"))], [text(title)]),
        paragraph(messages.text(problem_text(problem))),
        if passes { button(messages.text(Key::TryAgain), again) } else { Html::default() },
        quote,
    ]);
    step("step outcome", inside)
}

/// Whether the same may work in a moment.
fn passes(problem: &Problem) -> bool {
    match problem {
        Problem::Unreachable | Problem::Garbled => true,
        Problem::IncompleteLink => false,
        Problem::Refused { code, .. } => matches!(code, ErrorCode::RateLimited | ErrorCode::ProviderUnavailable | ErrorCode::Internal),
    }
}

/// A problem in one or two sentences.
#[must_use]
pub const fn problem_text(problem: &Problem) -> Key {
    match problem {
        Problem::IncompleteLink => Key::ProblemLink,
        Problem::Unreachable => Key::ProblemUnreachable,
        Problem::Garbled => Key::ProblemOurs,
        Problem::Refused { code, .. } => match code {
            ErrorCode::InvalidOrderToken => Key::ProblemOrderToken,
            ErrorCode::ExpiredOrderToken => Key::ProblemOrderExpired,
            ErrorCode::InvalidClientToken | ErrorCode::NotFound | ErrorCode::InvalidRequest => Key::ProblemUnknown,
            ErrorCode::OriginNotAllowed => Key::ProblemOrigin,
            ErrorCode::ReferenceConflict => Key::ProblemConflict,
            ErrorCode::SessionClosed => Key::ProblemClosed,
            ErrorCode::SessionPurged => Key::ProblemPurged,
            ErrorCode::PaymentSeen => Key::ProblemSeen,
            ErrorCode::TooManyAttempts => Key::ProblemAttempts,
            ErrorCode::UnknownMethod => Key::ProblemMethod,
            ErrorCode::RateLimited => Key::ProblemRate,
            ErrorCode::ProviderUnavailable => Key::ProblemProvider,
            // What only a program's mistake can cause.
            ErrorCode::Unauthorized
            | ErrorCode::InvalidSignature
            | ErrorCode::MethodNotAllowed
            | ErrorCode::PayloadTooLarge
            | ErrorCode::IdempotencyKeyReused
            | ErrorCode::NothingToCapture
            | ErrorCode::ProviderRefused
            | ErrorCode::NotSupported
            | ErrorCode::Internal => Key::ProblemOurs,
        },
    }
}
