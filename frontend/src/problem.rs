//! What went wrong, in words, with a way on. As a whole screen, or as a line where the customer can try again.

use crate::icon::Icon;
use crate::messages::{Key, Messages};
use crate::pieces::{STEP_ID, Tone, Way, badge, button, hint, step, words};
use crate::state::Problem;
use checkout_shared::error::ErrorCode;
use yew::prelude::*;

/// The screen of a problem that leaves nothing else to show. `again`: what loads the page again.
#[inline(never)]
pub fn problem_screen(messages: &Messages, problem: &Problem, again: Way) -> Html {
    let passes = passes(problem);
    let inside = html! {
        <>
            { badge(Tone::Bad, Icon::Alert) }
            <h1 id={STEP_ID} tabindex="-1">{ messages.text(if passes { Key::ProblemBusyHeading } else { Key::ProblemHeading }) }</h1>
            { words(messages.text(problem_text(problem))) }
            if passes {
                { button(messages.text(Key::TryAgain), again) }
            }
            if let Problem::Refused { request_id, .. } = problem {
                { hint(messages.fill(Key::ProblemQuote, &[("request", request_id)])) }
            }
        </>
    };
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
