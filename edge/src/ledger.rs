//! The ledger: a D1 database for looking things up over all sessions. It is a copy that the sessions' objects write; the truth is in
//! them, nothing about money is decided from here, and all of it but the idempotency keys can be lost without losing a payment.
//!
//! The tables are made by the Worker itself before an isolate first uses them; nobody migrates anything. Sessions and deliveries are
//! kept as the JSON that is answered, and what is filtered by are columns generated from it, so the two cannot disagree. Every value is
//! bound, as text: a JavaScript number holds 53 bits only, and D1 refuses a `BigInt`. What may be asked is `checkout_core::ledger`.

use crate::error::{ApiError, ApiResult};
use crate::merchant;
use crate::platform;
use crate::router::Call;
use checkout_core::ledger::{Create, Cursor, DeliveryFilter, Query, SessionFilter};
use checkout_shared::event::DeliveryView;
use checkout_shared::record::SessionSummary;
use checkout_shared::time::{Millis, Timestamp};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::cell::Cell;
use wasm_bindgen::JsValue;
use worker::{D1Database, D1Result, Env, Request, Response};

/// The binding in `wrangler.toml`.
const BINDING: &str = "LEDGER";
/// How long a create's key is kept: twice the day that is promised, so that no clock and no delay cuts it short.
const KEYS_KEPT: Millis = Millis::hours(48);

/// Sessions are listed by when they were opened, and found by what stands in `found_by`.
const SCHEMA: &[&str] = &[
    "CREATE TABLE IF NOT EXISTS sessions (
        id TEXT PRIMARY KEY,
        json TEXT NOT NULL,
        sequence INTEGER AS (json ->> '$.sequence'),
        reference TEXT AS (json ->> '$.reference'),
        status TEXT AS (json ->> '$.status'),
        currency TEXT AS (json ->> '$.price.currency'),
        created_at INTEGER AS (json ->> '$.created_at'),
        updated_at INTEGER AS (json ->> '$.updated_at')
    ) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS sessions_by_time ON sessions (created_at, id)",
    "CREATE INDEX IF NOT EXISTS sessions_by_status ON sessions (status, created_at, id)",
    "CREATE INDEX IF NOT EXISTS sessions_by_reference ON sessions (reference)",
    "CREATE TABLE IF NOT EXISTS found_by (key TEXT NOT NULL, session TEXT NOT NULL, PRIMARY KEY (key, session)) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS found_by_session ON found_by (session)",
    "CREATE TABLE IF NOT EXISTS deliveries (
        id TEXT PRIMARY KEY,
        json TEXT NOT NULL,
        session TEXT AS (json ->> '$.session'),
        type TEXT AS (json ->> '$.type'),
        state TEXT AS (json ->> '$.state'),
        tries INTEGER AS (json ->> '$.tries'),
        created_at INTEGER AS (json ->> '$.created_at')
    ) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS deliveries_by_time ON deliveries (created_at, id)",
    "CREATE INDEX IF NOT EXISTS deliveries_by_state ON deliveries (state, created_at, id)",
    "CREATE INDEX IF NOT EXISTS deliveries_by_session ON deliveries (session, created_at, id)",
    "CREATE TABLE IF NOT EXISTS creates (
        key TEXT PRIMARY KEY,
        fingerprint TEXT NOT NULL,
        begun_at INTEGER NOT NULL,
        done INTEGER NOT NULL
    ) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS creates_by_time ON creates (begun_at)",
    "CREATE TABLE IF NOT EXISTS endpoints (
        fingerprint TEXT PRIMARY KEY,
        gone INTEGER NOT NULL,
        changed_at INTEGER NOT NULL
    ) WITHOUT ROWID",
];

thread_local! {
    /// Whether this isolate has made sure of the tables.
    static READY: Cell<bool> = const { Cell::new(false) };
}

/// A statement and what is bound to its `?`, in their order.
struct Statement {
    sql: String,
    values: Vec<String>,
}

fn statement(sql: &str, values: &[&str]) -> Statement {
    Statement { sql: sql.to_owned(), values: values.iter().map(|value| (*value).to_owned()).collect() }
}

/// Runs statements in one transaction, in their order. After a failure the tables are made sure of anew.
async fn run(env: &Env, statements: &[Statement]) -> worker::Result<Vec<D1Result>> {
    let database = env.d1(BINDING)?;
    let done = run_on(&database, statements).await;
    if done.is_err() {
        READY.set(false);
    }
    done
}

async fn run_on(database: &D1Database, statements: &[Statement]) -> worker::Result<Vec<D1Result>> {
    if !READY.get() {
        database.batch(SCHEMA.iter().map(|sql| database.prepare(*sql)).collect()).await?;
        READY.set(true);
    }
    let bound = statements.iter().map(|statement| {
        let values: Vec<JsValue> = statement.values.iter().map(|value| JsValue::from_str(value)).collect();
        database.prepare(&statement.sql).bind(&values)
    });
    database.batch(bound.collect::<worker::Result<_>>()?).await
}

/// The rows that the last of the statements gives.
async fn rows<T: DeserializeOwned>(env: &Env, statements: &[Statement]) -> worker::Result<Vec<T>> {
    run(env, statements).await?.last().map_or_else(|| Ok(Vec::new()), D1Result::results)
}

/// Writes down how a session stands, what it is found by beside its id and reference, and those of its deliveries that have changed.
///
/// A session's only writer is its object. A write whose answer was lost may land after a later one: the session's `sequence` and a
/// delivery's `tries` never go down, and what has less of them is left out. A delivery also changes between two tries (held, sent
/// again by hand); therefore the object begins a write only after it has heard of the one before, and on a failure writes all anew.
pub async fn write(env: &Env, summary: &SessionSummary, found_by: &[String], deliveries: &[DeliveryView]) -> worker::Result<()> {
    let mut keys: Vec<&str> = vec![&summary.id, &summary.reference];
    keys.extend(found_by.iter().map(String::as_str));
    let statements = [
        statement(
            "INSERT INTO sessions (id, json) VALUES (?, ?)
             ON CONFLICT (id) DO UPDATE SET json = excluded.json WHERE excluded.sequence >= sessions.sequence",
            &[&summary.id, &serde_json::to_string(summary)?],
        ),
        statement(
            "INSERT INTO found_by (key, session) SELECT value, ? FROM json_each(?) WHERE true ON CONFLICT DO NOTHING",
            &[&summary.id, &serde_json::to_string(&keys)?],
        ),
        statement(
            "INSERT INTO deliveries (id, json) SELECT value ->> '$.id', value FROM json_each(?) WHERE true
             ON CONFLICT (id) DO UPDATE SET json = excluded.json WHERE excluded.tries >= deliveries.tries",
            &[&serde_json::to_string(deliveries)?],
        ),
    ];
    run(env, &statements).await.map(drop)
}

/// Removes all that is known of a session.
pub async fn forget(env: &Env, session: &str) -> worker::Result<()> {
    let statements = [
        statement("DELETE FROM deliveries WHERE session = ?", &[session]),
        statement("DELETE FROM found_by WHERE session = ?", &[session]),
        statement("DELETE FROM sessions WHERE id = ?", &[session]),
    ];
    run(env, &statements).await.map(drop)
}

/// A row of a list.
#[derive(Deserialize)]
struct Entry {
    json: String,
}

const fn session_condition(filter: SessionFilter) -> &'static str {
    match filter {
        SessionFilter::Status => "status = ?",
        SessionFilter::Reference => "reference = ?",
        SessionFilter::Currency => "currency = ?",
        SessionFilter::Search => "id IN (SELECT session FROM found_by WHERE key = ?)",
        SessionFilter::CreatedFrom => "created_at >= CAST(? AS INTEGER)",
        SessionFilter::CreatedTo => "created_at <= CAST(? AS INTEGER)",
        SessionFilter::UpdatedFrom => "updated_at >= CAST(? AS INTEGER)",
        SessionFilter::UpdatedTo => "updated_at <= CAST(? AS INTEGER)",
    }
}

const fn delivery_condition(filter: DeliveryFilter) -> &'static str {
    match filter {
        DeliveryFilter::Session => "session = ?",
        DeliveryFilter::State => "state = ?",
        DeliveryFilter::Kind => "type = ?",
    }
}

/// A list out of a table of entries with `json`, `created_at` and `id`, the newest first. The SQL is made of constants alone.
fn list<F: Copy + PartialEq>(table: &'static str, query: &Query<F>, condition: fn(F) -> &'static str) -> Statement {
    let mut conditions: Vec<&str> = query.filters.iter().map(|(filter, _)| condition(*filter)).collect();
    let mut values: Vec<String> = query.filters.iter().map(|(_, value)| value.clone()).collect();
    if let Some(after) = &query.after {
        conditions.push("(created_at, id) < (CAST(? AS INTEGER), ?)");
        values.extend([after.created_at.0.to_string(), after.id.clone()]);
    }
    values.push(query.reach().to_string());
    let all = if conditions.is_empty() { "true".to_owned() } else { conditions.join(" AND ") };
    let sql = format!("SELECT json FROM {table} WHERE {all} ORDER BY created_at DESC, id DESC LIMIT CAST(? AS INTEGER)");
    Statement { sql, values }
}

async fn entries<T: DeserializeOwned>(env: &Env, list: Statement) -> ApiResult<Vec<T>> {
    let found: Vec<Entry> = rows(env, &[list]).await?;
    Ok(found.iter().map(|entry| serde_json::from_str(&entry.json)).collect::<Result<_, _>>()?)
}

fn answer(name: &str, entries: Value, next: Option<String>) -> ApiResult<Response> {
    let mut body = Map::new();
    body.insert(name.to_owned(), entries);
    if let Some(next) = next {
        body.insert("next".to_owned(), next.into());
    }
    Ok(Response::from_json(&body)?)
}

/// `GET /v1/sessions?[{filter}={value}…]`: the sessions that pass every filter, those opened last first, as of when each last changed.
/// `next` is the `cursor` of the next page.
///
/// 401 wrong key · 400 a parameter that is none or not as documented
pub async fn sessions(request: &Request, call: &Call) -> ApiResult<Response> {
    merchant::check(request, call)?;
    let query = Query::sessions(platform::query(request)?).map_err(ApiError::field)?;
    let found: Vec<SessionSummary> = entries(&call.env, list("sessions", &query, session_condition)).await?;
    let (page, next) = query.page(found, |last| Cursor { created_at: last.created_at, id: last.id.clone() });
    answer("sessions", serde_json::to_value(page)?, next)
}

/// `GET /v1/deliveries?[{filter}={value}…]`: the outgoing webhooks that pass every filter, the newest events first. `next` is the
/// `cursor` of the next page.
///
/// 401 wrong key · 400 a parameter that is none or not as documented
pub async fn deliveries(request: &Request, call: &Call) -> ApiResult<Response> {
    merchant::check(request, call)?;
    let query = Query::deliveries(platform::query(request)?).map_err(ApiError::field)?;
    let found: Vec<DeliveryView> = entries(&call.env, list("deliveries", &query, delivery_condition)).await?;
    let (page, next) = query.page(found, |last| Cursor { created_at: last.created_at, id: last.id.clone() });
    answer("deliveries", serde_json::to_value(page)?, next)
}

/// Whether a create came before under its `Idempotency-Key`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remembered {
    /// No, or nothing is known to have come of it: whoever reads this goes on.
    New,
    /// Yes, with this body, and it is done.
    Same,
    /// Yes, with another body.
    Other,
}

#[derive(Deserialize)]
struct CreateRow {
    fingerprint: String,
    /// 1: the session was opened.
    done: u32,
}

const KNOWN: &str = "SELECT fingerprint, done FROM creates WHERE key = ?";

fn remembered(create: &Create, known: &[CreateRow]) -> Remembered {
    match known.first() {
        Some(row) if row.fingerprint != create.fingerprint => Remembered::Other,
        Some(row) if row.done != 0 => Remembered::Same,
        _ => Remembered::New,
    }
}

/// Takes a key for a create that begins now, unless it is taken; then says by what. Of several at once with different bodies one gets
/// [`Remembered::New`]: the whole is one transaction. Keys of two days ago are thrown away on the way.
pub async fn remember(env: &Env, create: &Create, now: Timestamp) -> worker::Result<Remembered> {
    let statements = [
        statement("DELETE FROM creates WHERE begun_at < CAST(? AS INTEGER)", &[&(now.0 - KEYS_KEPT.0).to_string()]),
        statement(
            "INSERT INTO creates (key, fingerprint, begun_at, done) VALUES (?, ?, CAST(? AS INTEGER), 0) ON CONFLICT (key) DO NOTHING",
            &[&create.key, &create.fingerprint, &now.0.to_string()],
        ),
        statement(KNOWN, &[&create.key]),
    ];
    Ok(remembered(create, &rows(env, &statements).await?))
}

/// What [`remember`] would say, without taking the key: for a create that can only be looked up.
pub async fn recall(env: &Env, create: &Create) -> worker::Result<Remembered> {
    Ok(remembered(create, &rows(env, &[statement(KNOWN, &[&create.key])]).await?))
}

/// The session is open: from now on the key answers with it. Also where another request with this key and body gave the key back.
pub async fn done(env: &Env, create: &Create, now: Timestamp) -> worker::Result<()> {
    let sql = "INSERT INTO creates (key, fingerprint, begun_at, done) VALUES (?, ?, CAST(? AS INTEGER), 1)
               ON CONFLICT (key) DO UPDATE SET done = 1 WHERE excluded.fingerprint = creates.fingerprint";
    run(env, &[statement(sql, &[&create.key, &create.fingerprint, &now.0.to_string()])]).await.map(drop)
}

/// The create that took its key at `now` was refused: the key is free again. One that was taken before stays: the first try may have
/// opened the session.
pub async fn release(env: &Env, create: &Create, now: Timestamp) -> worker::Result<()> {
    let sql = "DELETE FROM creates WHERE key = ? AND fingerprint = ? AND done = 0 AND begun_at = CAST(? AS INTEGER)";
    run(env, &[statement(sql, &[&create.key, &create.fingerprint, &now.0.to_string()])]).await.map(drop)
}

#[derive(Deserialize)]
struct Endpoint {
    /// 1: it has answered 410.
    gone: u32,
}

/// Whether the merchant's endpoint with this fingerprint has said that it takes no more webhooks (410).
pub async fn endpoint_is_gone(env: &Env, fingerprint: &str) -> worker::Result<bool> {
    let known: Vec<Endpoint> = rows(env, &[statement("SELECT gone FROM endpoints WHERE fingerprint = ?", &[fingerprint])]).await?;
    Ok(known.first().is_some_and(|endpoint| endpoint.gone != 0))
}

/// Notes whether it has. Of two notes the one made later counts, in whichever order they arrive.
pub async fn set_endpoint_gone(env: &Env, fingerprint: &str, gone: bool, now: Timestamp) -> worker::Result<()> {
    let sql = "INSERT INTO endpoints (fingerprint, gone, changed_at) VALUES (?, CAST(? AS INTEGER), CAST(? AS INTEGER))
               ON CONFLICT (fingerprint) DO UPDATE SET gone = excluded.gone, changed_at = excluded.changed_at
               WHERE excluded.changed_at >= endpoints.changed_at";
    let gone = if gone { "1" } else { "0" };
    run(env, &[statement(sql, &[fingerprint, gone, &now.0.to_string()])]).await.map(drop)
}
