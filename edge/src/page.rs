//! The checkout page: the built `index.html` in the customer's language, with its slots filled. An error is a page too, for a person is
//! looking at it. The language's own slots are `checkout_core::page`'s.

use crate::checkout;
use crate::error::{ApiError, ApiResult};
use crate::platform;
use crate::router::Call;
use checkout_core::order_token::{self, OrderTokenError};
use checkout_core::page;
use checkout_shared::error::ErrorCode;
use checkout_shared::language::Language;
use checkout_shared::page::PageData;
use checkout_shared::route::Capability;
use checkout_shared::session::SessionView;
use futures_util::future::try_join;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use worker::{Request, Response};

/// Where the session's data goes: the inside of an element of JSON.
const DATA_SLOT: &str = ">__CHECKOUT_DATA__</script>";
/// What Trunk puts where a nonce belongs.
const NONCE_SLOT: &str = "__CHECKOUT_NONCE__";

/// What the address of a page asks for beside its path, and who asks.
struct Asked {
    order: Option<String>,
    payment: Option<String>,
    origin: Option<String>,
    /// The language of `lang`, if it is one of ours.
    named: Option<Language>,
    /// The language to speak.
    language: Language,
}

impl Asked {
    fn read(request: &Request) -> ApiResult<Self> {
        let url = request.url()?;
        let parameter = |wanted: &str| url.query_pairs().find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned());
        let named = parameter("lang").as_deref().and_then(Language::closest);
        let accepted = request.headers().get("accept-language")?;
        let language = named.unwrap_or_else(|| Language::choose(None, accepted.as_deref()));
        Ok(Self { order: parameter("order"), payment: parameter("payment_id"), origin: parameter("origin"), named, language })
    }

    /// What a reload has to ask for again.
    fn query(&self, embedder: Option<&str>) -> Option<String> {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.named.map(|language| ("lang", language.tag())));
        query.extend_pairs(embedder.map(|origin| ("origin", origin)));
        Some(query.finish()).filter(|query| !query.is_empty())
    }
}

/// `GET /checkout?order={order token}[&origin={embedding page's origin}][&lang={BCP 47 tag}]`: opens the session and shows it. What the
/// loader's frame asks for, so that embedding costs no request of its own.
pub async fn enter(request: &Request, call: &Call) -> ApiResult<Response> {
    let mut asked = Asked::read(request)?;
    if let Some(origin) = &asked.origin
        && !call.config.storefront_origins.contains(origin)
    {
        let message = "This page is not on the list of shops that may show this checkout.";
        return render(Err(ApiError::new(ErrorCode::OriginNotAllowed, message)), &asked, call).await;
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
    render(opened.map(|opened| (opened.page, opened.session)), &asked, call).await
}

/// `GET /checkout/{id}.{token}[?payment_id=…]`: the page of one session, in a frame or on its own. A customer who comes back from a
/// provider's page brings the payment's reference; anybody could have written it, so it is a hint and counts for this session alone.
pub async fn session(request: &Request, capability: &Capability, call: &Call) -> ApiResult<Response> {
    let mut asked = Asked::read(request)?;
    let session = match asked.payment.take() {
        Some(payment) => checkout::returned(payment, capability, call).await,
        None => checkout::current(capability, call).await,
    };
    render(session.map(|session| (request.path(), session)), &asked, call).await
}

async fn render(shown: ApiResult<(String, SessionView)>, asked: &Asked, call: &Call) -> ApiResult<Response> {
    let merchant = Some(call.config.merchant_name.clone()).filter(|name| !name.is_empty());
    let embedder = asked.origin.clone().filter(|origin| call.config.storefront_origins.contains(origin));
    let query = asked.query(embedder.as_deref());
    let data = PageData { embedder, merchant, ..PageData::default() };
    let (status, data) = match shown {
        Ok((page, session)) => (200, PageData { page: Some(page), query, session: Some(session), ..data }),
        Err(error) => {
            error.log(&call.request_id);
            (error.code.http_status(), PageData { error: Some(error.detail(&call.request_id)), ..data })
        }
    };
    let nonce = platform::random_id()?;
    let template = template(asked.language, call).await?;
    let html = template.replace(NONCE_SLOT, &nonce).replacen(DATA_SLOT, &format!(">{}</script>", page::inline_json(&data)?), 1);
    let response = Response::from_html(html)?.with_status(status);
    let headers = response.headers();
    headers.set("content-language", asked.language.tag())?;
    headers.set("vary", "accept-language")?;
    headers.set("content-security-policy", &policy(&nonce, &call.config.storefront_origins))?;
    headers.set("permissions-policy", "camera=(), microphone=(), geolocation=()")?;
    Ok(response)
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
    static TEMPLATES: RefCell<BTreeMap<Language, Rc<str>>> = const { RefCell::new(BTreeMap::new()) };
}

/// The built page in a language. It belongs to the same deployment as this code, so it is made once an isolate.
async fn template(language: Language, call: &Call) -> ApiResult<Rc<str>> {
    if let Some(known) = TEMPLATES.with_borrow(|known| known.get(&language).cloned()) {
        return Ok(known);
    }
    let texts = format!("messages/{}.json", language.tag());
    let (html, texts) = try_join(asset("index.html", call), asset(&texts, call)).await?;
    if !html.contains(DATA_SLOT) || !html.contains(NONCE_SLOT) {
        return Err(ApiError::internal("index.html lacks a slot"));
    }
    let made = page::in_language(&html, language, &texts).map_err(|error| ApiError::internal(error.to_string()))?;
    let made = Rc::from(made);
    TEMPLATES.with_borrow_mut(|known| known.insert(language, Rc::clone(&made)));
    Ok(made)
}

async fn asset(path: &str, call: &Call) -> ApiResult<String> {
    let mut response = call.env.assets("ASSETS")?.fetch(format!("https://assets/{path}"), None).await?;
    if response.status_code() != 200 {
        return Err(ApiError::internal(format!("{path} is missing from the assets ({})", response.status_code())));
    }
    Ok(response.text().await?)
}
