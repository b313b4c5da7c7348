//! What only the platform has: the time, randomness, and the configuration read from its environment.

use checkout_core::config::{Config, ConfigError};
use checkout_shared::time::Timestamp;
use std::cell::OnceCell;
use std::rc::Rc;
use worker::{Date, Env};

/// The platform's clock. It stands still while a request computes and moves with its I/O.
pub fn now() -> Timestamp {
    Timestamp(i64::try_from(Date::now().as_millis()).unwrap_or(i64::MAX))
}

/// Sixteen random bytes in hexadecimal: unguessable, for nonces and request ids.
pub fn random_id() -> worker::Result<String> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| worker::Error::from(error.to_string()))?;
    Ok(data_encoding::HEXLOWER.encode(&bytes))
}

thread_local! {
    static CONFIG: OnceCell<Rc<Config>> = const { OnceCell::new() };
}

/// The configuration, read once an isolate: each look into the environment crosses the boundary to JavaScript.
pub fn config(env: &Env) -> Result<Rc<Config>, ConfigError> {
    CONFIG.with(|cell| {
        if let Some(config) = cell.get() {
            return Ok(Rc::clone(config));
        }
        let config = Rc::new(Config::build(|name| env.var(name).ok().map(|value| value.to_string()))?);
        Ok(Rc::clone(cell.get_or_init(|| config)))
    })
}
