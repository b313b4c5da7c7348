//! What a session's object has on disk: the session, its events with their bodies, what the ledger was told last, and, of a session that
//! was forgotten, the trace that keeps its names taken. What is written in one call here is there wholly or not at all: the
//! platform writes what happens between two awaits in one go.

use checkout_core::outbox::{Event, Outbox};
use checkout_core::session::{Session, Trace};
use serde::Deserialize;
use worker::{SqlStorage, Storage};

/// What was found on disk.
pub enum Stored {
    /// It was never opened.
    Nothing,
    /// A session.
    Session(Box<Kept>),
    /// It was forgotten; this stays.
    Trace(Trace),
}

/// A session and what belongs to it.
pub struct Kept {
    /// The session.
    pub session: Session,
    /// Its events.
    pub outbox: Outbox,
    /// What the ledger was told last; empty: nothing.
    pub in_ledger: String,
}

#[derive(Deserialize)]
struct Name {
    name: String,
}

#[derive(Deserialize)]
struct Row {
    json: String,
}

#[derive(Deserialize)]
struct EventRow {
    json: String,
    body: String,
}

/// Reads everything. Asking about a session that was never opened leaves nothing behind.
pub fn load(storage: &Storage) -> worker::Result<Stored> {
    let sql = storage.sql();
    let tables: Vec<Name> = sql.exec("SELECT name FROM sqlite_master WHERE type = 'table'", None)?.to_array()?;
    let has = |wanted: &str| tables.iter().any(|table| table.name == wanted);
    if has("trace") {
        let rows: Vec<Row> = sql.exec("SELECT json FROM trace", None)?.to_array()?;
        return Ok(rows.first().map_or(Ok(Stored::Nothing), |row| serde_json::from_str(&row.json).map(Stored::Trace))?);
    }
    if !has("session") {
        return Ok(Stored::Nothing);
    }
    // Sessions of older versions have fewer tables.
    prepare(&sql)?;
    let rows: Vec<Row> = sql.exec("SELECT json FROM session", None)?.to_array()?;
    let Some(row) = rows.first() else { return Ok(Stored::Nothing) };
    let session: Session = serde_json::from_str(&row.json)?;
    let rows: Vec<EventRow> = sql.exec("SELECT json, body FROM events ORDER BY number", None)?.to_array()?;
    let events = rows.into_iter().map(|row| Event::restore(&row.json, row.body)).collect::<Result<Vec<_>, _>>()?;
    let ledger: Vec<Row> = sql.exec("SELECT json FROM ledger", None)?.to_array()?;
    let outbox = Outbox::restore(session.id().to_owned(), events);
    let in_ledger = ledger.into_iter().next().map(|row| row.json).unwrap_or_default();
    Ok(Stored::Session(Box::new(Kept { session, outbox, in_ledger })))
}

/// Makes the tables of a session that is opened.
pub fn prepare(sql: &SqlStorage) -> worker::Result<()> {
    for table in [
        "session (id INTEGER PRIMARY KEY CHECK (id = 1), json TEXT NOT NULL)",
        "events (number INTEGER PRIMARY KEY, json TEXT NOT NULL, body TEXT NOT NULL)",
        "ledger (id INTEGER PRIMARY KEY CHECK (id = 1), json TEXT NOT NULL)",
    ] {
        sql.exec(&format!("CREATE TABLE IF NOT EXISTS {table}"), None)?;
    }
    sql.exec("DROP TABLE IF EXISTS trace", None).map(drop)
}

/// Writes the session down.
pub fn write_session(sql: &SqlStorage, session: &Session) -> worker::Result<()> {
    let statement = "INSERT INTO session (id, json) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET json = excluded.json";
    sql.exec(statement, vec![serde_json::to_string(session)?.into()]).map(drop)
}

/// Writes down the events that have changed, and says whether there were any.
pub fn write_events(sql: &SqlStorage, outbox: &mut Outbox) -> worker::Result<bool> {
    let statement = "INSERT INTO events (number, json, body) VALUES (?, ?, ?) ON CONFLICT (number) DO UPDATE SET json = excluded.json";
    let changed = outbox.take_changed();
    for event in &changed {
        sql.exec(statement, vec![i64::from(event.number).into(), event.stored().into(), event.body.as_str().into()])?;
    }
    Ok(!changed.is_empty())
}

/// Writes down what the ledger was told.
pub fn write_in_ledger(sql: &SqlStorage, told: &str) -> worker::Result<()> {
    let statement = "INSERT INTO ledger (id, json) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET json = excluded.json";
    sql.exec(statement, vec![told.into()]).map(drop)
}

/// Forgets the session, but for its trace.
pub fn forget(sql: &SqlStorage, trace: &Trace) -> worker::Result<()> {
    sql.exec("CREATE TABLE IF NOT EXISTS trace (id INTEGER PRIMARY KEY CHECK (id = 1), json TEXT NOT NULL)", None)?;
    sql.exec("INSERT OR REPLACE INTO trace (id, json) VALUES (1, ?)", vec![serde_json::to_string(trace)?.into()])?;
    for table in ["session", "events", "ledger"] {
        sql.exec(&format!("DROP TABLE IF EXISTS {table}"), None)?;
    }
    Ok(())
}
