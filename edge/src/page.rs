//! The checkout page: the built `index.html` with its slots filled. An error is a page too, for a person is looking at it.

use crate::checkout;
use crate::error::{ApiError, ApiResult};
use crate::platform;
use crate::router::Call;
use checkout_core::order_token::{self, OrderTokenError};
use checkout_shared::error::ErrorCode;
use checkout_shared::page::PageData;
use checkout_shared::route::Capability;
use checkout_shared::session::SessionView;
use std::cell::OnceCell;
use worker::{Request, Response};

/// Where the session's data goes: the inside of an element of JSON.
const DATA_SLOT: &str = ">__CHECKOUT_DATA__</script>";
/// What Trunk puts where a nonce belongs.
const NONCE_SLOT: &str = "__CHECKOUT_NONCE__";

/// `GET /checkout?order={order token}[&origin={embedding page's origin}]`: opens the session and shows it. What the loader's frame
/// asks for, so that embedding costs no request of its own.
pub async fn enter(request: &Request, call: &Call) -> ApiResult<Response> {
    let mut order = None;
    let mut embedder = None;
    for (name, value) in request.url()?.query_pairs() {
        match &*name {
            "order" => order = Some(value.into_owned()),
            "origin" => embedder = Some(value.into_owned()),
            _ => {}
        }
    }
    if let Some(origin) = &embedder
        && !call.config.storefront_origins.contains(origin)
    {
        let message = "This page is not on the list of shops that may show this checkout.";
        return render(Err(ApiError::new(ErrorCode::OriginNotAllowed, message)), None, call).await;
    }
    let opened = match order {
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
    render(opened.map(|opened| (opened.page, opened.session)), embedder.as_deref(), call).await
}

/// `GET /checkout/{id}.{token}[?payment_id=…]`: the page of one session, in a frame or on its own. A customer who comes back from a
/// provider's page brings the payment's reference; anybody could have written it, so it is a hint and counts for this session alone.
pub async fn session(request: &Request, capability: &Capability, call: &Call) -> ApiResult<Response> {
    let url = request.url()?;
    let parameter = |wanted: &str| url.query_pairs().find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned());
    let origin = parameter("origin");
    let embedder = origin.filter(|origin| call.config.storefront_origins.contains(origin));
    let session = match parameter("payment_id") {
        Some(payment) => checkout::returned(payment, capability, call).await,
        None => checkout::current(capability, call).await,
    };
    render(session.map(|session| (request.path(), session)), embedder.as_deref(), call).await
}

async fn render(shown: ApiResult<(String, SessionView)>, embedder: Option<&str>, call: &Call) -> ApiResult<Response> {
    let merchant = Some(call.config.merchant_name.clone()).filter(|name| !name.is_empty());
    let data = PageData { embedder: embedder.map(str::to_owned), merchant, ..PageData::default() };
    let (status, data) = match shown {
        Ok((page, session)) => (200, PageData { page: Some(page), session: Some(session), ..data }),
        Err(error) => {
            error.log(&call.request_id);
            (error.code.http_status(), PageData { error: Some(error.detail(&call.request_id)), ..data })
        }
    };
    let nonce = platform::random_id()?;
    let html = template(call).await?.replace(NONCE_SLOT, &nonce).replacen(DATA_SLOT, &format!(">{}</script>", inline_json(&data)?), 1);
    let response = Response::from_html(html)?.with_status(status);
    response.headers().set("content-security-policy", &policy(&nonce, &call.config.storefront_origins))?;
    response.headers().set("permissions-policy", "camera=(), microphone=(), geolocation=()")?;
    Ok(response)
}

/// JSON that cannot end the element it stands in.
fn inline_json(data: &PageData) -> ApiResult<String> {
    Ok(serde_json::to_string(data)?.replace('<', "\\u003c"))
}

fn policy(nonce: &str, storefronts: &[String]) -> String {
    let ancestors = if storefronts.is_empty() { "'none'".to_owned() } else { storefronts.join(" ") };
    [
        "default-src 'none'",
        &format!("script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'"),
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        &format!("frame-ancestors {ancestors}"),
    ]
    .join("; ")
}

thread_local! {
    static TEMPLATE: OnceCell<String> = const { OnceCell::new() };
}

/// The built page. It belongs to the same deployment as this code, so it is read once an isolate.
async fn template(call: &Call) -> ApiResult<String> {
    if let Some(known) = TEMPLATE.with(|cell| cell.get().cloned()) {
        return Ok(known);
    }
    let mut response = call.env.assets("ASSETS")?.fetch("https://assets/index.html", None).await?;
    if response.status_code() != 200 {
        return Err(ApiError::internal(format!("index.html is missing from the assets ({})", response.status_code())));
    }
    let html = response.text().await?;
    if !html.contains(DATA_SLOT) || !html.contains(NONCE_SLOT) {
        return Err(ApiError::internal("index.html lacks a slot"));
    }
    TEMPLATE.with(|cell| Ok(cell.get_or_init(|| html).clone()))
}
