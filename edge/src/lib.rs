//! The Worker: reads requests, keeps storage and sockets, makes the calls that `checkout-core` asks for. It decides nothing about
//! money; whoever wants to know why something happens reads `checkout-core`.
//!
//! A request's way: `router` → a handler in `checkout`, `merchant`, `records`, `webhooks` or `page` → the session's object
//! (`session_object`) → `checkout_core::session` → the provider by way of `upstream`.

mod account_object;
mod account_stub;
mod body;
mod checkout;
mod deliver;
mod error;
mod ledger;
mod log;
mod long_poll;
mod merchant;
mod openapi;
mod page;
mod page_asked;
mod page_policy;
mod page_template;
mod platform;
mod records;
mod router;
mod session_background;
mod session_object;
mod session_store;
mod session_stub;
mod straight;
mod upstream;
mod webhooks;
mod widget_file;

use worker::{Context, Env, Request, Response, event};

#[event(fetch)]
async fn fetch(request: Request, env: Env, _context: Context) -> worker::Result<Response> {
    router::handle(request, env).await
}
