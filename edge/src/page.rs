//! The checkout page: rendered here as it first looks, in the customer's language, and operable from then on without any script. An error
//! is a page too, for a person is looking at it.
//!
//! What is asked for is `page_asked`'s to read, what the page may do is `page_policy`'s, its text is `page_template`'s and
//! `checkout_core::page`'s. What it looks like is `checkout-widget`'s.

use crate::body;
use crate::checkout;
use crate::error::{ApiError, ApiResult};
use crate::page_asked::Asked;
use crate::page_policy;
use crate::page_template;
use crate::platform;
use crate::router::Call;
use checkout_core::order_token::{self, OrderTokenError};
use checkout_core::page::Filling;
use checkout_shared::error::ErrorCode;
use checkout_shared::method::MethodId;
use checkout_shared::page::PageData;
use checkout_shared::route::{Capability, Route};
use checkout_shared::session::SessionView;
use checkout_widget::first_paint::first_paint;
use url::Url;
use worker::{Request, Response};

/// What a page is about.
struct Shown {
    /// The path of the session's page.
    page: String,
    session: SessionView,
    /// Why the method that was sent was not taken.
    refusal: Option<ApiError>,
}

/// `GET /checkout?order={order token}[&origin={embedding page's origin}][&lang={BCP 47 tag}]`: opens the session and shows it. What the
/// loader's frame asks for, so that embedding costs no request of its own. With `session` it shows one that is open already.
pub async fn enter(request: &Request, call: &Call) -> ApiResult<Response> {
    let mut asked = Asked::read(request)?;
    if asked.origin.is_some() && asked.embedder(&call.config).is_none() {
        let message = "This page is not on the list of shops that may show this checkout.";
        return render(Err(ApiError::new(ErrorCode::OriginNotAllowed, message)), &asked, call).await;
    }
    if let Some(named) = asked.session() {
        let session = match named {
            Ok(capability) => shown(&capability, call).await,
            Err(refusal) => Err(refusal),
        };
        return render(session, &asked, call).await;
    }
    let opened = match asked.order.take() {
        Some(order) => match order_token::verify(&order, &call.config.order_keys, platform::now(), call.config.url_rule()) {
            Ok(order) => checkout::open_order(order, call).await,
            // Whoever paid in the last minute and reloads the shop's page must not be told to start again.
            Err(OrderTokenError::Expired { reference }) => match checkout::opened(&reference, call).await {
                Err(error) if error.code == ErrorCode::NotFound => Err(OrderTokenError::Expired { reference }.into()),
                opened => opened,
            },
            Err(error) => Err(error.into()),
        },
        None => Err(ApiError::new(ErrorCode::InvalidRequest, "This link names no order.")),
    };
    render(opened.map(|opened| Shown { page: opened.page, session: opened.session, refusal: None }), &asked, call).await
}

async fn shown(capability: &Capability, call: &Call) -> ApiResult<Shown> {
    let session = checkout::current(capability, call).await?;
    Ok(Shown { page: Route::Page(capability.clone()).to_string(), session, refusal: None })
}

/// `GET /checkout/{id}.{token}[?payment_id=…][&choose=1]`: the page of one session, in a frame or on its own. A customer who comes back from
/// a provider's page brings the payment's reference; anybody could have written it, so it is a hint and counts for this session alone.
pub async fn session(request: &Request, capability: &Capability, call: &Call) -> ApiResult<Response> {
    let mut asked = Asked::read(request)?;
    let session = match asked.payment.take() {
        Some(payment) => checkout::returned(payment, capability, call).await,
        None => checkout::current(capability, call).await,
    };
    render(session.map(|session| Shown { page: request.path(), session, refusal: None }), &asked, call).await
}

/// What went wrong, as a page.
pub async fn problem(error: ApiError, request: &Request, call: &Call) -> ApiResult<Response> {
    render(Err(error), &Asked::read(request)?, call).await
}

/// `POST /checkout/{id}.{token}` `method={method}`: chooses a method by the page's own form, where no script does it, and leads back to the
/// page. Steps:
///
/// 1. The client token is right, or 403: it is what lets anybody choose.
/// 2. The form was the page's own, or 403: whoever knows the path still may not choose in the customer's name from another site.
/// 3. It is read: 413 too large, 400 no such form.
/// 4. The method is chosen: 422 not on offer, 409 cannot be paid (any more).
///
/// From the third step on a refusal is told on the page of the session.
pub async fn choose(mut request: Request, capability: &Capability, call: &Call) -> ApiResult<Response> {
    let mut asked = Asked::read(&request)?;
    // (1), (2)
    if let Err(refusal) = checkout::check(capability, call).and_then(|()| check_sender(&request, call)) {
        return render(Err(refusal), &asked, call).await;
    }
    // (3), (4)
    let chosen = match method(&mut request).await {
        Ok(method) => checkout::chosen(method, &asked, capability, call).await,
        Err(refusal) => Err(refusal),
    };
    let page = request.path();
    let Err(refusal) = chosen else {
        let address = PageData { page: Some(page), query: asked.query(&call.config), ..PageData::default() }.address();
        let response = Response::empty()?.with_status(303);
        response.headers().set("location", &address.unwrap_or_default())?;
        return Ok(response);
    };
    // Where the refusal is told is beside the methods.
    asked.changing = true;
    match checkout::current(capability, call).await {
        Ok(session) => render(Ok(Shown { page, session, refusal: Some(refusal) }), &asked, call).await,
        Err(_) => render(Err(refusal), &asked, call).await,
    }
}

/// The page sends no referrer, so its forms state no origin but `null`; newer browsers say beside it where they were. `none`: the customer's
/// own doing, such as loading the answer again.
fn check_sender(request: &Request, call: &Call) -> ApiResult<()> {
    let (site, origin) = (request.headers().get("sec-fetch-site")?, request.headers().get("origin")?);
    let is_ours = match (site.as_deref(), origin.as_deref()) {
        (Some(site), _) => site == "same-origin" || site == "none",
        (None, Some(origin)) => origin == "null" || origin == call.config.public_url,
        (None, None) => true,
    };
    let message = "A way to pay can be chosen on this checkout's own page only.";
    if is_ours { Ok(()) } else { Err(ApiError::new(ErrorCode::OriginNotAllowed, message)) }
}

async fn method(request: &mut Request) -> ApiResult<MethodId> {
    let fields = body::form(request).await?;
    let method = fields.into_iter().find(|(name, _)| name == "method").and_then(|(_, method)| method.parse().ok());
    method.ok_or_else(|| ApiError::new(ErrorCode::InvalidRequest, "The form names no way to pay."))
}

async fn render(shown: ApiResult<Shown>, asked: &Asked, call: &Call) -> ApiResult<Response> {
    let spoken = page_template::spoken(asked.language, call).await?;
    let (status, data) = page_data(shown, asked, call);
    let painted = first_paint(&data, spoken.messages, platform::now()).await;
    let nonce = platform::random_id()?;
    let (theme, reload) = (asked.theme.css(), painted.reload.as_deref());
    let filling = Filling { nonce: &nonce, theme: &theme, first_paint: &painted.html, reload, data: &data };
    let html = spoken.template.filled(&filling).map_err(|error| ApiError::internal(error.to_string()))?;
    let response = Response::from_html(html)?.with_status(status);
    let headers = response.headers();
    headers.set("content-language", asked.language.tag())?;
    headers.set("vary", "accept-language")?;
    page_policy::set(headers, &nonce, &call.config)?;
    Ok(response)
}

/// What the page starts from, and its status.
fn page_data(shown: ApiResult<Shown>, asked: &Asked, call: &Call) -> (u16, PageData) {
    let told = |error: &ApiError| {
        error.log(&call.request_id);
        (error.code.http_status(), Some(error.detail(&call.request_id)))
    };
    let merchant = Some(call.config.merchant_name.clone()).filter(|name| !name.is_empty());
    let embedder = asked.embedder(&call.config).map(str::to_owned);
    let logo = call.config.merchant_logo.as_ref().map(Url::to_string);
    let data = PageData { modal: asked.modal && embedder.is_some(), embedder, merchant, logo, ..PageData::default() };
    match shown {
        Ok(Shown { page, session, refusal }) => {
            let (status, choice_error) = refusal.as_ref().map_or((200, None), told);
            let (page, query, session) = (Some(page), asked.query(&call.config), Some(session));
            (status, PageData { page, query, session, changing: asked.changing, choice_error, ..data })
        }
        Err(error) => {
            let (status, error) = told(&error);
            (status, PageData { error, ..data })
        }
    }
}
