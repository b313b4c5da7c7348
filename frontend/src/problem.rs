//! What went wrong, in words, with a way on. As a whole screen, or as a line where the customer can try again.

use crate::icon::Icon;
use crate::messages;
use crate::pieces::{STEP_ID, Tone, badge, button, step};
use crate::state::Problem;
use crate::words::fill;
use checkout_shared::error::ErrorCode;
use yew::prelude::*;

/// The screen of a problem that leaves nothing else to show.
pub fn problem_screen(problem: &Problem, on_retry: &Callback<MouseEvent>) -> Html {
    let passes = passes(problem);
    let inside = html! {
        <>
            { badge(Tone::Bad, Icon::Alert) }
            <h1 id={STEP_ID} tabindex="-1">{ if passes { messages::PROBLEM_BUSY_HEADING } else { messages::PROBLEM_HEADING } }</h1>
            <p>{ problem_text(problem) }</p>
            if passes {
                { button(messages::TRY_AGAIN, on_retry) }
            }
            if let Problem::Refused { request_id, .. } = problem {
                <p class="hint">{ fill(messages::PROBLEM_QUOTE, &[("request", request_id)]) }</p>
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
pub const fn problem_text(problem: &Problem) -> &'static str {
    match problem {
        Problem::IncompleteLink => messages::PROBLEM_LINK,
        Problem::Unreachable => messages::PROBLEM_UNREACHABLE,
        Problem::Garbled => messages::PROBLEM_OURS,
        Problem::Refused { code, .. } => match code {
            ErrorCode::InvalidOrderToken => messages::PROBLEM_ORDER_TOKEN,
            ErrorCode::ExpiredOrderToken => messages::PROBLEM_ORDER_EXPIRED,
            ErrorCode::InvalidClientToken | ErrorCode::NotFound | ErrorCode::InvalidRequest => messages::PROBLEM_UNKNOWN,
            ErrorCode::OriginNotAllowed => messages::PROBLEM_ORIGIN,
            ErrorCode::ReferenceConflict => messages::PROBLEM_CONFLICT,
            ErrorCode::SessionClosed => messages::PROBLEM_CLOSED,
            ErrorCode::SessionPurged => messages::PROBLEM_PURGED,
            ErrorCode::PaymentSeen => messages::PROBLEM_SEEN,
            ErrorCode::TooManyAttempts => messages::PROBLEM_ATTEMPTS,
            ErrorCode::UnknownMethod => messages::PROBLEM_METHOD,
            ErrorCode::RateLimited => messages::PROBLEM_RATE,
            ErrorCode::ProviderUnavailable => messages::PROBLEM_PROVIDER,
            // What only a program's mistake can cause.
            ErrorCode::Unauthorized
            | ErrorCode::InvalidSignature
            | ErrorCode::MethodNotAllowed
            | ErrorCode::PayloadTooLarge
            | ErrorCode::IdempotencyKeyReused
            | ErrorCode::NothingToCapture
            | ErrorCode::ProviderRefused
            | ErrorCode::NotSupported
            | ErrorCode::Internal => messages::PROBLEM_OURS,
        },
    }
}
