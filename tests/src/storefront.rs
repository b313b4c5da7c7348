//! The demo storefront "Corner Café": a shop's server on its own origin that states a price in an order token and embeds the
//! checkout with two lines of HTML. The pages are in `tests/storefront/`. Knows nothing of the edge but its address and the key
//! that orders are signed with. An order's page is also there as the strictest of shops would have it (`/strict`), and asks for a language
//! of the checkout's if its address names one (`lang`). Its *sandbox wallet* is no part of a shop; it plays the customer's wallet at the simulators.

use crate::clock;
use crate::merchant_endpoint::{MerchantEndpoint, Received};
use crate::order_token;
use crate::problem::{Doing, Outcome};
use crate::sandbox_wallet::{SandboxWallet, WalletAction};
use crate::snippet::PinnedLoader;
use axum::extract::{Form, Path, Query, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{MethodRouter, get, post};
use axum::{Json, Router, middleware};
use checkout_shared::language::Language;
use checkout_shared::time::{Millis, Timestamp};
use data_encoding::BASE32_NOPAD;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpListener;
use tokio::task::AbortHandle;

const SHOP_PAGE: &str = include_str!("../storefront/shop.html");
const CHECKOUT_PAGE: &str = include_str!("../storefront/checkout.html");
const PLAYGROUND: &str = include_str!("../storefront/playground.html");

/// What a bag costs.
const PRICE: Decimal = Decimal::from_parts(1890, 0, 0, false, 2);
const CURRENCY: &str = "USD";
/// What a bag costs for those who pay by the one provider that does not convert.
const PRICE_IN_VET: u32 = 840;
/// What is in a bag.
const PRODUCT: &str = "Huehuetenango, whole beans, 250 g";
/// How many of the webhooks about an order are listed.
const WEBHOOKS_LISTED: usize = 8;
/// For how long an order can be paid.
const ORDER_LIFETIME: Millis = Millis::hours(1);

/// What the shop's server is told.
pub struct StorefrontSettings {
    /// The shop's own origin.
    pub origin: String,
    /// Origin of the checkout, i.e. of the Worker.
    pub checkout: String,
    /// The key the shop signs its orders with.
    pub order_signing_key: String,
    /// Origins of the providers' simulators, for the sandbox wallet.
    pub simulators: Vec<String>,
    /// The shop's server that is told by webhook of what happens.
    pub endpoint: Arc<MerchantEndpoint>,
}

/// The running shop; it closes when dropped.
#[derive(Debug)]
pub struct Storefront {
    task: AbortHandle,
}

impl Storefront {
    /// Opens the shop on a socket.
    #[must_use]
    pub fn open(listener: TcpListener, settings: StorefrontSettings) -> Self {
        let wallet = SandboxWallet::new(settings.simulators.clone());
        let shop = Arc::new(Shop { settings, wallet, orders: Mutex::default() });
        let server = axum::serve(listener, routes(shop));
        Self { task: tokio::spawn(server.into_future()).abort_handle() }
    }
}

impl Drop for Storefront {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Shop {
    settings: StorefrontSettings,
    wallet: SandboxWallet,
    /// By reference.
    orders: Mutex<HashMap<String, PlacedOrder>>,
}

#[derive(Clone, Copy)]
struct PlacedOrder {
    bags: u8,
    expires_at: Timestamp,
}

fn routes(shop: Arc<Shop>) -> Router {
    Router::new()
        .route("/", get(show_shop))
        .route("/orders", post(place_order))
        .route("/checkout", get(show_checkout))
        .route("/strict", get(show_strictly))
        .route("/wallet/{session}/{action}", post(use_wallet))
        .route("/heard", get(show_webhooks))
        .route("/storefront.css", file("text/css", include_str!("../storefront/storefront.css")))
        .route("/checkout.js", file("text/javascript", include_str!("../storefront/checkout.js")))
        .route("/beans.svg", get(show_sign))
        .route("/playground", get(show_playground))
        .route("/playground.css", file("text/css", include_str!("../storefront/playground.css")))
        .layer(middleware::map_response_with_state(Arc::clone(&shop), harden))
        .with_state(shop)
}

fn file(content_type: &'static str, body: &'static str) -> MethodRouter<Arc<Shop>> {
    get(async move || ([(header::CONTENT_TYPE, content_type)], body))
}

/// The shop's sign, which the checkout's page shows as well: it must say that it may.
async fn show_sign() -> impl IntoResponse {
    let headers = [("content-type", "image/svg+xml"), ("cross-origin-resource-policy", "cross-origin")];
    (headers, include_str!("../storefront/beans.svg"))
}

/// A page with nothing on it but the loader, by its hash and checksum: for stories that put checkouts there by themselves.
async fn show_playground(State(shop): State<Arc<Shop>>) -> Response {
    match PinnedLoader::built() {
        Ok(loader) => Html(fill(PLAYGROUND, &[("loader", &loader.script(&shop.settings.checkout))])).into_response(),
        Err(problem) => (StatusCode::INTERNAL_SERVER_ERROR, problem.to_string()).into_response(),
    }
}

/// The policy of a careful shop. For the checkout it needs `script-src` and `frame-src` with the Worker's origin, no more.
fn policy(checkout: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self' {checkout}; frame-src {checkout}; style-src 'self'; img-src 'self'; connect-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}

async fn harden(State(shop): State<Arc<Shop>>, mut response: Response) -> Response {
    let policy = HeaderValue::try_from(policy(&shop.settings.checkout)).expect("an origin can stand in a header");
    let headers = response.headers_mut();
    // A page that is stricter has said so itself.
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// An order's page in a shop that makes no script of text, shares its process with nobody, and embeds only who agreed to it.
async fn show_strictly(shop: State<Arc<Shop>>, order: Query<WhichOrder>) -> Response {
    let policy = format!("{}; require-trusted-types-for 'script'; trusted-types 'none'", policy(&shop.settings.checkout));
    let headers = [
        (header::CONTENT_SECURITY_POLICY, policy.as_str()),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-embedder-policy"), "require-corp"),
    ];
    (headers.map(|(name, value)| (name, value.to_owned())), show_checkout(shop, order).await).into_response()
}

async fn show_shop() -> Html<String> {
    Html(fill(SHOP_PAGE, &[("price", &PRICE.to_string()), ("currency", CURRENCY)]))
}

#[derive(Deserialize)]
struct Cart {
    bags: u8,
}

/// The browser says how many bags; what they cost is the server's to say.
async fn place_order(State(shop): State<Arc<Shop>>, Form(cart): Form<Cart>) -> Response {
    if !(1..=3).contains(&cart.bags) {
        return (StatusCode::BAD_REQUEST, "One to three bags, please.").into_response();
    }
    let reference = match new_reference() {
        Ok(reference) => reference,
        Err(problem) => return (StatusCode::INTERNAL_SERVER_ERROR, problem.to_string()).into_response(),
    };
    let order = PlacedOrder { bags: cart.bags, expires_at: clock::now() + ORDER_LIFETIME };
    shop.orders.lock().unwrap_or_else(PoisonError::into_inner).insert(reference.clone(), order);
    Redirect::to(&format!("/checkout?order={reference}")).into_response()
}

fn new_reference() -> Outcome<String> {
    let mut random = [0; 5];
    getrandom::fill(&mut random).doing("drawing an order number")?;
    Ok(format!("CAFE-{}", BASE32_NOPAD.encode(&random)))
}

#[derive(Deserialize)]
struct WhichOrder {
    order: String,
    /// The language to ask the checkout for; the shop itself speaks English.
    lang: Option<String>,
}

/// The same order on every visit: its reference is in the address.
async fn show_checkout(State(shop): State<Arc<Shop>>, Query(WhichOrder { order: reference, lang }): Query<WhichOrder>) -> Response {
    let order = {
        let mut orders = shop.orders.lock().unwrap_or_else(PoisonError::into_inner);
        orders.get_mut(&reference).map(|order| {
            // The price still stands; a fresh order token opens the order again.
            if order.expires_at <= clock::now() {
                order.expires_at = clock::now() + ORDER_LIFETIME;
            }
            *order
        })
    };
    let Some(order) = order else {
        return (StatusCode::NOT_FOUND, "The shop does not know this order (it forgets all of them when it is restarted).").into_response();
    };
    let amount = (PRICE * Decimal::from(order.bags)).to_string();
    let description = if order.bags == 1 { "A bag of coffee beans".to_owned() } else { format!("{} bags of coffee beans", order.bags) };
    let claims = claims(&shop.settings.origin, &reference, order, &amount, &description);
    let token = order_token::sign(&claims, &shop.settings.order_signing_key);
    let language = lang.as_deref().and_then(Language::closest).unwrap_or(Language::ENGLISH);
    // Nothing filled in comes from the browser as it came: the reference is one the shop made, the language one of a list.
    let page = fill(
        CHECKOUT_PAGE,
        &[
            ("checkout", shop.settings.checkout.as_str()),
            ("order", &token),
            ("language", language.tag()),
            ("reference", &reference),
            ("description", &description),
            ("amount", &amount),
            ("currency", CURRENCY),
        ],
    );
    Html(page).into_response()
}

/// What the shop states about an order.
fn claims(origin: &str, reference: &str, order: PlacedOrder, amount: &str, description: &str) -> Value {
    json!({
        "amount": amount,
        "currency": CURRENCY,
        "prices": [{"amount": (PRICE_IN_VET * u32::from(order.bags)).to_string(), "currency": "VET"}],
        "lines": [{"title": PRODUCT, "quantity": order.bags, "unit_price": PRICE.to_string()}],
        "reference": reference,
        "description": description,
        "iat": clock::now().seconds(),
        "exp": order.expires_at.seconds(),
        "success_url": format!("{origin}/checkout?order={reference}"),
        "cancel_url": format!("{origin}/"),
    })
}

async fn use_wallet(State(shop): State<Arc<Shop>>, Path((session, action)): Path<(String, WalletAction)>) -> Response {
    match shop.wallet.act(&session, action).await {
        Ok(what_happened) => what_happened.into_response(),
        Err(problem) => (StatusCode::CONFLICT, problem.to_string()).into_response(),
    }
}

/// The last webhooks about an order, the newest first, in words.
async fn show_webhooks(State(shop): State<Arc<Shop>>, Query(WhichOrder { order, .. }): Query<WhichOrder>) -> Json<Vec<String>> {
    let received = shop.settings.endpoint.received();
    Json(received.iter().rev().filter_map(|webhook| in_words(webhook, &order)).take(WEBHOOKS_LISTED).collect())
}

fn in_words(webhook: &Received, reference: &str) -> Option<String> {
    let told = webhook.told().ok().filter(|told| told.data.order.reference == reference)?;
    let time = told.timestamp.get(11..19).unwrap_or_default();
    let trust = if webhook.verdict.is_believed() { "signature is right" } else { "not believed: signature or time is wrong" };
    Some(format!("{time} UTC {} ({trust})", told.kind))
}

/// Puts values into a page's `{{places}}`.
fn fill(page: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(page.to_owned(), |page, (name, value)| page.replace(&format!("{{{{{name}}}}}"), value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use checkout_core::order_claims::{UrlRule, read};

    #[test]
    fn the_edge_takes_what_the_shop_states_and_every_provider_can_offer_something() {
        for bags in 1..=3 {
            let now = clock::now();
            let order = PlacedOrder { bags, expires_at: now + ORDER_LIFETIME };
            let amount = (PRICE * Decimal::from(bags)).to_string();
            let stated = claims("http://localhost:8788", "CAFE-1", order, &amount, "Beans");
            let order = read(stated.as_object().unwrap(), UrlRule::HttpToo, now).unwrap();
            assert_eq!((order.price().to_string(), order.lines[0].quantity), (format!("{amount} USD"), bags.into()));
            assert_eq!(order.prices[0].to_string(), format!("{} VET", 840 * u32::from(bags)));
        }
    }
}
