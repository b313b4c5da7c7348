//! What a customer's browser may ask. Nothing it says is trusted but a signed order token and a client token.

use crate::body;
use crate::error::{ApiError, ApiResult};
use crate::long_poll;
use crate::page_asked::Asked;
use crate::platform;
use crate::router::Call;
use crate::session_stub::{self, Question};
use checkout_core::long_poll::LongPoll;
use checkout_core::session::Hint;
use checkout_core::{identity, order_token};
use checkout_shared::error::ErrorCode;
use checkout_shared::method::MethodId;
use checkout_shared::order::Order;
use checkout_shared::route::{Capability, Route};
use checkout_shared::session::{ChooseRequest, OpenRequest, Opened, SessionView};
use worker::{Request, Response};

/// `POST /v1/checkout`: opens the session of an order token's order.
///
/// 413 body too large · 400 body or claim not as documented · 401 token malformed, foreign, changed or expired · 409 the reference
/// stands for another price
pub async fn open(mut request: Request, call: &Call) -> ApiResult<Response> {
    let asked: OpenRequest = body::json(&mut request).await?;
    let order = order_token::verify(&asked.order, &call.config.order_keys, platform::now(), call.config.url_rule())?;
    Ok(Response::from_json(&open_order(order, call).await?)?)
}

/// Opens an order's session, new or known, and makes the capability for it.
pub async fn open_order(order: Order, call: &Call) -> ApiResult<Opened> {
    let id = identity::session_id(&call.config.namespace, &order.reference);
    let session = session_stub::ask(&call.env, &id, &Question::Open { id: id.clone(), order }).await?;
    Ok(with_capability(session, call))
}

/// The session of a reference, if it was opened in time. Only for whoever has shown a genuine order token for it.
pub async fn opened(reference: &str, call: &Call) -> ApiResult<Opened> {
    let id = identity::session_id(&call.config.namespace, reference);
    Ok(with_capability(session_stub::ask(&call.env, &id, &Question::View).await?, call))
}

fn with_capability(session: SessionView, call: &Call) -> Opened {
    let token = identity::client_token(&call.config.client_keys, &session.id);
    let page = Route::Page(Capability { id: session.id.clone(), token: token.clone() }).to_string();
    Opened { page, token, session }
}

/// `GET /v1/checkout/{id}.{token}[?after={sequence}&wait={seconds}]`: the session's view; with `wait`, as soon as it is newer than
/// `after`, and at the latest after so many seconds (at most 25) as it is then.
///
/// 403 wrong client token · 400 `after` or `wait` not as documented · 404 never opened
pub async fn view(request: &Request, capability: &Capability, call: &Call) -> ApiResult<Response> {
    check(capability, call)?;
    let query = platform::query(request)?;
    let query = query.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let view = match LongPoll::read(query).map_err(ApiError::field)? {
        Some(wanted) => long_poll::newer(&call.env, &capability.id, wanted).await?,
        None => current(capability, call).await?,
    };
    Ok(Response::from_json(&view)?)
}

/// The view behind a capability.
pub async fn current(capability: &Capability, call: &Call) -> ApiResult<SessionView> {
    check(capability, call)?;
    session_stub::ask(&call.env, &capability.id, &Question::View).await
}

/// The view behind a capability, after its customer has come back from a provider's page.
pub async fn returned(payment: String, capability: &Capability, call: &Call) -> ApiResult<SessionView> {
    check(capability, call)?;
    session_stub::ask(&call.env, &capability.id, &Question::Hinted(Hint::ProviderReference(payment))).await
}

/// `POST /v1/checkout/{id}.{token}/attempts[?lang={BCP 47 tag}][&theme=…]`: chooses a method. Choosing it again gives the same attempt while
/// that can be paid. The query is the page's own: how the page speaks and looks to which a provider's page leads back.
///
/// 403 wrong client token · 413 body too large · 400 body not as documented · 422 method not on offer · 409 cannot be paid (any more)
pub async fn choose(mut request: Request, capability: &Capability, call: &Call) -> ApiResult<Response> {
    check(capability, call)?;
    let page = Asked::read(&request)?;
    let asked: ChooseRequest = body::json(&mut request).await?;
    Ok(Response::from_json(&chosen(asked.method, &page, capability, call).await?)?)
}

/// The view behind a capability, after its customer has chosen a method on a page that was asked for like this.
pub async fn chosen(method: MethodId, page: &Asked, capability: &Capability, call: &Call) -> ApiResult<SessionView> {
    let return_url = page.return_url(&format!("{}{}", call.config.public_url, Route::Page(capability.clone())));
    session_stub::ask(&call.env, &capability.id, &Question::Choose { method, return_url }).await
}

/// `GET /v1/checkout/{id}.{token}/live`: a WebSocket that carries complete views, each newer than the one before.
///
/// 403 wrong client token · 400 not a WebSocket · 404 never opened
pub async fn live(request: Request, capability: &Capability, call: &Call) -> ApiResult<Response> {
    check(capability, call)?;
    let upgrade = request.headers().get("upgrade")?;
    if !upgrade.is_some_and(|upgrade| upgrade.eq_ignore_ascii_case("websocket")) {
        return Err(ApiError::new(ErrorCode::InvalidRequest, "This path speaks WebSocket only."));
    }
    let response = session_stub::connect(&call.env, &capability.id, request).await?;
    match response.status_code() {
        101 => Ok(response),
        404 => Err(session_stub::unopened()),
        410 => Err(session_stub::purged()),
        status => Err(ApiError::internal(format!("the session's object answered a socket with {status}"))),
    }
}

/// Whether the capability is one we gave.
pub fn check(capability: &Capability, call: &Call) -> ApiResult<()> {
    if identity::client_token_matches(&call.config.client_keys, &capability.id, &capability.token) {
        Ok(())
    } else {
        Err(ApiError::new(ErrorCode::InvalidClientToken, "This link does not belong to this payment."))
    }
}
