//! What only the platform has: the time, randomness, and the configuration read from its environment.

use checkout_core::config::{Config, ConfigError};
use checkout_shared::time::{Millis, Timestamp};
use std::cell::{Cell, OnceCell};
use std::rc::Rc;
use worker::{Date, Env, Request};

/// The platform's clock. It stands still while a request computes and moves with its I/O. In the sandbox it may run ahead, so that tests
/// can let days pass.
pub fn now() -> Timestamp {
    Timestamp(i64::try_from(Date::now().as_millis()).unwrap_or(i64::MAX)) + AHEAD.get()
}

/// The parameters of a request's address, in their order.
pub fn query(request: &Request) -> worker::Result<Vec<(String, String)>> {
    Ok(request.url()?.query_pairs().into_owned().collect())
}

/// Sixteen random bytes in hexadecimal: unguessable, for nonces and request ids.
pub fn random_id() -> worker::Result<String> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| worker::Error::from(error.to_string()))?;
    Ok(data_encoding::HEXLOWER.encode(&bytes))
}

thread_local! {
    static CONFIG: OnceCell<Rc<Config>> = const { OnceCell::new() };
    static AHEAD: Cell<Millis> = const { Cell::new(Millis(0)) };
}

/// The configuration, read once an isolate: each look into the environment crosses the boundary to JavaScript.
pub fn config(env: &Env) -> Result<Rc<Config>, ConfigError> {
    CONFIG.with(|cell| {
        if let Some(config) = cell.get() {
            return Ok(Rc::clone(config));
        }
        let config = Rc::new(Config::build(|name| env.var(name).ok().map(|value| value.to_string()))?);
        AHEAD.set(config.clock_ahead);
        Ok(Rc::clone(cell.get_or_init(|| config)))
    })
}
