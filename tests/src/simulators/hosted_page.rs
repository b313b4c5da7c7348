//! A provider's own page for one payment, as a customer is sent to it: what is asked for, and a button for everything that a
//! customer can do there now. Plain HTML without scripts. It looks like no vendor's real page and says that it is simulated.
//!
//! `GET /pay/{reference}` shows it; `POST /pay/{reference}/{action}` is a button. Whoever has paid or given up is sent on to where
//! the payment itself says, and nowhere else. What a button does is the vendor's business.

use super::Simulated;
use super::control::{Action, Impossible, PaymentSummary};
use bytes::Bytes;
use checkout_shared::money::Amount;
use checkout_shared::time::Timestamp;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION, REFERRER_POLICY};
use std::fmt::Write as _;

const STYLE: &str = include_str!("hosted_page.css");

/// Answers a request below `/pay/`.
pub(super) fn answer(simulated: &mut Simulated, request: &http::Request<Bytes>, now: Timestamp) -> http::Response<Bytes> {
    let path: Vec<&str> = request.uri().path().trim_matches('/').split('/').skip(1).collect();
    match (request.method().as_str(), path.as_slice()) {
        ("GET", [reference]) => match simulated.payment(reference) {
            Some(payment) => page(200, simulated, &shown(simulated, &payment, "")),
            None => not_found(simulated),
        },
        ("POST", [reference, action]) => pressed(simulated, reference, action, now),
        _ => not_found(simulated),
    }
}

fn pressed(simulated: &mut Simulated, reference: &str, action: &str, now: Timestamp) -> http::Response<Bytes> {
    let Some(before) = simulated.payment(reference) else { return not_found(simulated) };
    let action = Action::named(action).filter(|action| simulated.page_actions(reference).contains(action));
    let done = action.ok_or(Impossible::NotNow).and_then(|action| Ok((action, simulated.act(reference, action, now)?)));
    match done {
        Ok((action, payment)) => see_other(next(action, &payment)),
        Err(Impossible::NoSuchPayment) => not_found(simulated),
        Err(Impossible::NotNow) => page(409, simulated, &shown(simulated, &before, "This is not possible any more.")),
    }
}

/// Where a customer goes from here.
fn next(action: Action, payment: &PaymentSummary) -> String {
    let destination = match action {
        Action::Exact | Action::Over | Action::Authorize => &payment.success_url,
        Action::Rest if payment.due.0.is_zero() => &payment.success_url,
        Action::Cancel => &payment.cancel_url,
        Action::Half | Action::Rest | Action::Expire | Action::Late | Action::Accept | Action::Refund | Action::Fail => "",
    };
    if is_http(destination) { destination.to_owned() } else { format!("/pay/{}", payment.reference) }
}

fn is_http(url: &str) -> bool {
    url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

fn shown(simulated: &Simulated, payment: &PaymentSummary, notice: &str) -> String {
    let mut body = format!(
        "<p class=\"asked\"><strong>{} {}</strong></p>\n<p class=\"status\" role=\"status\" data-status=\"{status}\">Status: {status}</p>\n",
        payment.amount,
        text(&payment.currency),
        status = text(&payment.status),
    );
    if !notice.is_empty() {
        let _ = writeln!(body, "<p class=\"notice\" role=\"alert\">{}</p>", text(notice));
    }
    body.push_str(&facts(payment));
    let actions = simulated.page_actions(&payment.reference);
    for action in &actions {
        let _ = writeln!(
            body,
            "<form method=\"post\" action=\"/pay/{}/{name}\"><button data-action=\"{name}\">{}</button></form>",
            text(&payment.reference),
            label(*action),
            name = action.name(),
        );
    }
    if actions.is_empty() {
        body.push_str(&way_back(payment));
    }
    body
}

fn facts(payment: &PaymentSummary) -> String {
    let in_coin = |amount: Amount| match payment.pay_currency.as_str() {
        "" => String::new(),
        coin => format!("{amount} {coin}"),
    };
    let facts = [
        ("To pay", in_coin(payment.pay_amount)),
        ("Received", in_coin(payment.received)),
        ("Still missing", in_coin(payment.due)),
        ("Network", payment.network.clone()),
        ("Address", payment.address.clone()),
        ("Reference", payment.reference.clone()),
    ];
    let rows = facts.iter().filter(|(_, value)| !value.is_empty()).fold(String::new(), |mut rows, (name, value)| {
        let _ = writeln!(rows, "<dt>{name}</dt><dd>{}</dd>", text(value));
        rows
    });
    format!("<dl>\n{rows}</dl>\n")
}

/// For whom there is nothing left to do here.
fn way_back(payment: &PaymentSummary) -> String {
    let is_paid = payment.due.0.is_zero();
    let destination = if is_paid || payment.cancel_url.is_empty() { &payment.success_url } else { &payment.cancel_url };
    if is_http(destination) {
        format!("<p><a href=\"{}\" data-action=\"back\">Back to the shop</a></p>\n", text(destination))
    } else {
        "<p>There is nothing left to do here; you can close this page.</p>\n".to_owned()
    }
}

/// What is on a button.
const fn label(action: Action) -> &'static str {
    match action {
        Action::Exact => "Pay",
        Action::Authorize => "Pay; the shop takes it later",
        Action::Half => "Pay half",
        Action::Rest => "Pay the rest",
        Action::Over => "Pay too much",
        Action::Cancel => "Cancel and go back",
        Action::Expire => "Let it expire",
        Action::Late => "Pay late",
        Action::Accept => "Accept",
        Action::Refund => "Refund",
        Action::Fail => "Let it be declined",
    }
}

fn not_found(simulated: &Simulated) -> http::Response<Bytes> {
    page(404, simulated, "<p class=\"status\" role=\"status\">There is no such payment.</p>\n")
}

fn page(status: u16, simulated: &Simulated, body: &str) -> http::Response<Bytes> {
    let name = text(simulated.name());
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{name} (simulated)</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{name}</h1>\n\
         <p class=\"simulated\">Simulated: this is not {name}, and no money is taken.</p>\n{body}</main>\n</body>\n</html>\n"
    );
    let mut response = http::Response::new(Bytes::from(html));
    *response.status_mut() = http::StatusCode::from_u16(status).expect("one of the statuses above");
    headers(&mut response, &[(CONTENT_TYPE, "text/html; charset=utf-8")]);
    response
}

fn see_other(destination: String) -> http::Response<Bytes> {
    let mut response = http::Response::new(Bytes::new());
    *response.status_mut() = http::StatusCode::SEE_OTHER;
    let location = HeaderValue::try_from(destination).unwrap_or_else(|_| HeaderValue::from_static("/"));
    response.headers_mut().insert(LOCATION, location);
    headers(&mut response, &[]);
    response
}

/// As careful as a provider's page: nothing loaded, not framed, not kept, its address not told on. (`form-action` would also bound
/// where a pressed button may lead in the end, which is the shop's.)
fn headers(response: &mut http::Response<Bytes>, more: &[(HeaderName, &'static str)]) {
    let policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";
    let always = [(CONTENT_SECURITY_POLICY, policy), (CACHE_CONTROL, "no-store"), (REFERRER_POLICY, "no-referrer")];
    for (name, value) in always.iter().chain(more) {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
}

/// Text for a page, also within quotes.
fn text(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}
