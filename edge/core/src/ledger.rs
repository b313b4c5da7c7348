//! What the merchant may ask of the ledger, read and checked: filters, pages, cursors; and what a create is known again by. The ledger
//! itself (its tables and their SQL) is `edge/src/ledger.rs`. It is a copy for looking things up: the truth is in the sessions.

use checkout_shared::error::FieldError;
use checkout_shared::event::{DeliveryState, EventKind};
use checkout_shared::money::Currency;
use checkout_shared::route::is_session_id;
use checkout_shared::session::Status;
use checkout_shared::time::Timestamp;
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use serde::de::value::{Error as WordError, StrDeserializer};
use serde::de::{DeserializeOwned, IntoDeserializer};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

/// How many entries a page has where nothing is said.
const LIMIT_DEFAULT: u32 = 20;
/// The most entries of a page.
const LIMIT_MAX: u32 = 100;
/// The longest text that is searched for; no reference or transaction hash comes near it.
const TEXT_MAX: usize = 256;
/// The longest `Idempotency-Key`.
const KEY_MAX: usize = 255;
/// The header's name, as errors state it.
const KEY_HEADER: &str = "Idempotency-Key";

/// What `GET /v1/sessions` filters by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionFilter {
    /// Of this status.
    Status,
    /// Of this merchant's reference.
    Reference,
    /// Priced in this currency.
    Currency,
    /// Known by exactly this: its id or reference, a reference of one of its attempts, or a transaction's hash.
    Search,
    /// Opened at this time or later.
    CreatedFrom,
    /// Opened at this time or earlier.
    CreatedTo,
    /// Last changed at this time or later.
    UpdatedFrom,
    /// Last changed at this time or earlier.
    UpdatedTo,
}

/// What `GET /v1/deliveries` filters by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryFilter {
    /// Of this session.
    Session,
    /// In this state.
    State,
    /// Of this kind of event.
    Kind,
}

/// What to list: the entries that pass every filter, the newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query<F> {
    /// The filters, each at most once, with values as they are stored. Times are milliseconds since the Unix epoch.
    pub filters: Vec<(F, String)>,
    /// How many on a page: 1 to 100.
    pub limit: u32,
    /// Only what comes after this entry.
    pub after: Option<Cursor>,
}

impl Query<SessionFilter> {
    /// Reads the query string of `GET /v1/sessions`. The parameter at fault is named.
    pub fn sessions(parameters: Vec<(String, String)>) -> Result<Self, FieldError> {
        Self::read(parameters, |name, value| {
            Ok(match name {
                "status" => (SessionFilter::Status, word::<Status>(value, "is no status of a session")?),
                "reference" => (SessionFilter::Reference, text(value)?),
                "currency" => {
                    let currency = Currency::new(&value).map_err(|_| "must be a currency code such as USD")?;
                    (SessionFilter::Currency, currency.to_string())
                }
                "search" => (SessionFilter::Search, text(value)?),
                "created_from" => (SessionFilter::CreatedFrom, time(&value)?),
                "created_to" => (SessionFilter::CreatedTo, time(&value)?),
                "updated_from" => (SessionFilter::UpdatedFrom, time(&value)?),
                "updated_to" => (SessionFilter::UpdatedTo, time(&value)?),
                _ => return Err("is no filter"),
            })
        })
    }
}

impl Query<DeliveryFilter> {
    /// Reads the query string of `GET /v1/deliveries`. The parameter at fault is named.
    pub fn deliveries(parameters: Vec<(String, String)>) -> Result<Self, FieldError> {
        Self::read(parameters, |name, value| {
            Ok(match name {
                "session" if is_session_id(&value) => (DeliveryFilter::Session, value),
                "session" => return Err("must be the id of a session"),
                "state" => (DeliveryFilter::State, word::<DeliveryState>(value, "is no state of a delivery")?),
                "type" => {
                    let kind: EventKind = value.parse().map_err(|()| "is no type of an event")?;
                    (DeliveryFilter::Kind, kind.to_string())
                }
                _ => return Err("is no filter"),
            })
        })
    }
}

impl<F: PartialEq> Query<F> {
    fn read(
        parameters: Vec<(String, String)>,
        filter: impl Fn(&str, String) -> Result<(F, String), &'static str>,
    ) -> Result<Self, FieldError> {
        let (mut filters, mut limit, mut after) = (Vec::new(), None, None);
        for (name, value) in parameters {
            let once = match name.as_str() {
                "limit" => page_size(&value).map(|size| limit.replace(size).is_none()),
                "cursor" => value.parse().map(|cursor| after.replace(cursor).is_none()).map_err(|()| "is not the `next` of a page"),
                _ => filter(&name, value).map(|(filter, value)| {
                    let is_first = filters.iter().all(|(known, _)| *known != filter);
                    filters.push((filter, value));
                    is_first
                }),
            };
            let checked = once.and_then(|once| if once { Ok(()) } else { Err("is stated twice") });
            checked.map_err(|issue| FieldError { field: name, issue: issue.to_owned() })?;
        }
        Ok(Self { filters, limit: limit.unwrap_or(LIMIT_DEFAULT), after })
    }

    /// How many entries to look for: one more than the page has, to know whether there is a next one.
    #[must_use]
    pub const fn reach(&self) -> u32 {
        self.limit.saturating_add(1)
    }

    /// The page out of what was found within [`Self::reach`], and the `cursor` of the next one if there is one.
    #[must_use]
    pub fn page<T>(&self, mut found: Vec<T>, place: impl Fn(&T) -> Cursor) -> (Vec<T>, Option<String>) {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| more).map(|last| place(last).to_string());
        (found, next)
    }
}

fn page_size(value: &str) -> Result<u32, &'static str> {
    value.parse().ok().filter(|size| (1..=LIMIT_MAX).contains(size)).ok_or("must be a whole number of 1 to 100")
}

/// A word of a closed list, as it is on the wire and in the ledger.
fn word<T: DeserializeOwned>(value: String, issue: &'static str) -> Result<String, &'static str> {
    let reader: StrDeserializer<'_, WordError> = value.as_str().into_deserializer();
    if T::deserialize(reader).is_ok() { Ok(value) } else { Err(issue) }
}

fn text(value: String) -> Result<String, &'static str> {
    if (1..=TEXT_MAX).contains(&value.chars().count()) { Ok(value) } else { Err("must be 1 to 256 characters") }
}

fn time(value: &str) -> Result<String, &'static str> {
    value.parse().map(|millis: i64| millis.to_string()).map_err(|_| "must be milliseconds since the Unix epoch")
}

/// A place in a list that is sorted by when its entries were made, and by their ids where that is the same. On the wire it says nothing:
/// base64url of `{milliseconds}.{id}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// When the entry at this place was made.
    pub created_at: Timestamp,
    /// Its id.
    pub id: String,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64URL_NOPAD.encode(format!("{}.{}", self.created_at.0, self.id).as_bytes()))
    }
}

impl FromStr for Cursor {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let inside = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(drop)?;
        let (millis, id) = str::from_utf8(&inside).map_err(drop)?.split_once('.').ok_or(())?;
        let id_fits = (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let created_at = Timestamp(millis.parse().map_err(drop)?);
        if id_fits { Ok(Self { created_at, id: id.to_owned() }) } else { Err(()) }
    }
}

/// What a create with an `Idempotency-Key` is known again by. Both are hashes: neither the key nor an order can be read in the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Create {
    /// Of the key: `SHA-256(namespace, 0, key)` in hexadecimal.
    pub key: String,
    /// Of the body: see [`fingerprint`].
    pub fingerprint: String,
}

impl Create {
    /// Of the header's value and the body's claims. The key is 1 to 255 visible ASCII characters.
    pub fn new(namespace: &str, key: &str, claims: &Map<String, Value>) -> Result<Self, FieldError> {
        let fits = (1..=KEY_MAX).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
        if !fits {
            return Err(FieldError { field: KEY_HEADER.to_owned(), issue: "must be 1 to 255 visible ASCII characters".to_owned() });
        }
        let hash = Sha256::new().chain_update(namespace).chain_update([0]).chain_update(key);
        Ok(Self { key: HEXLOWER.encode(&hash.finalize()), fingerprint: fingerprint(claims) })
    }

    /// What is wrong about the key where it came before with another body.
    #[must_use]
    pub fn reused() -> FieldError {
        FieldError { field: KEY_HEADER.to_owned(), issue: "came before with another body".to_owned() }
    }
}

/// `SHA-256` in hexadecimal of the claims as JSON without white space, the names of every object sorted: the same for the same claims,
/// however they are laid out.
#[must_use]
pub fn fingerprint(claims: &Map<String, Value>) -> String {
    let mut canonical = Value::Object(claims.clone());
    canonical.sort_all_objects();
    HEXLOWER.encode(&Sha256::digest(canonical.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "abcdefghijklmnopqrstuvwx27";

    fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn sessions(pairs: &[(&str, &str)]) -> Result<Query<SessionFilter>, FieldError> {
        Query::sessions(owned(pairs))
    }

    fn deliveries(pairs: &[(&str, &str)]) -> Result<Query<DeliveryFilter>, FieldError> {
        Query::deliveries(owned(pairs))
    }

    fn claims(json: &str) -> Map<String, Value> {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn every_filter_of_sessions_is_read() {
        use SessionFilter::{CreatedFrom, CreatedTo, Currency, Reference, Search, Status, UpdatedFrom, UpdatedTo};
        let query = sessions(&[
            ("status", "awaiting_payment"),
            ("reference", "A 1/ü"),
            ("currency", "usd"),
            ("search", "0xAbC"),
            ("created_from", "1"),
            ("created_to", "1795237123123"),
            ("updated_from", "-3"),
            ("updated_to", "004"),
            ("limit", "100"),
        ])
        .unwrap();
        let expected = [
            (Status, "awaiting_payment"),
            (Reference, "A 1/ü"),
            (Currency, "USD"),
            (Search, "0xAbC"),
            (CreatedFrom, "1"),
            (CreatedTo, "1795237123123"),
            (UpdatedFrom, "-3"),
            (UpdatedTo, "4"),
        ];
        assert_eq!(query.filters, expected.map(|(filter, value)| (filter, value.to_owned())));
        assert_eq!((query.limit, query.after), (100, None));
    }

    #[test]
    fn every_filter_of_deliveries_is_read() {
        use DeliveryFilter::{Kind, Session, State};
        let query = deliveries(&[("session", ID), ("state", "held"), ("type", "session.paid")]).unwrap();
        assert_eq!(query.filters, [(Session, ID), (State, "held"), (Kind, "session.paid")].map(|(f, v)| (f, v.to_owned())));
        assert_eq!(query.limit, 20);
    }

    #[test]
    fn a_parameter_that_cannot_be_read_is_named() {
        let long = "x".repeat(257);
        for (name, value) in [
            ("status", "Paid"),
            ("status", ""),
            ("reference", ""),
            ("search", long.as_str()),
            ("currency", "US Dollar"),
            ("created_from", "today"),
            ("created_to", "1.5"),
            ("updated_from", "9223372036854775808"),
            ("updated_to", ""),
            ("limit", "0"),
            ("limit", "101"),
            ("limit", "-1"),
            ("cursor", ""),
            ("cursor", "!"),
            ("session", ID),
            ("order_id", "1"),
        ] {
            assert_eq!(sessions(&[(name, value)]).unwrap_err().field, name, "{value}");
        }
        for (name, value) in [("session", "x"), ("state", "lost"), ("type", "paid"), ("status", "paid"), ("limit", "x"), ("cursor", "x")] {
            assert_eq!(deliveries(&[(name, value)]).unwrap_err().field, name, "{value}");
        }
    }

    #[test]
    fn a_parameter_stated_twice_is_refused() {
        let cursor = Cursor { created_at: Timestamp(1), id: ID.to_owned() }.to_string();
        for (name, value) in [("status", "paid"), ("limit", "5"), ("cursor", cursor.as_str())] {
            let refused = sessions(&[(name, value), (name, value)]).unwrap_err();
            assert_eq!((refused.field.as_str(), refused.issue.as_str()), (name, "is stated twice"));
        }
    }

    #[test]
    fn a_cursor_reads_back_and_a_made_up_one_does_not() {
        for id in [ID.to_owned(), format!("evt_{ID}_12")] {
            let cursor = Cursor { created_at: Timestamp(1_795_237_123_123), id };
            assert_eq!(cursor.to_string().parse(), Ok(cursor.clone()));
            assert_eq!(sessions(&[("cursor", &cursor.to_string())]).unwrap().after, Some(cursor));
        }
        let long = format!("1.{}", "a".repeat(65));
        for inside in ["", ".", "1", "1.", ".a", "x.a", "1.a b", "1.é", "99999999999999999999.a", long.as_str()] {
            assert_eq!(BASE64URL_NOPAD.encode(inside.as_bytes()).parse::<Cursor>(), Err(()), "{inside}");
        }
        assert_eq!("=".parse::<Cursor>(), Err(()));
    }

    #[test]
    fn a_page_ends_with_the_place_of_its_last_entry_if_more_follow() {
        let place = |number: &i64| Cursor { created_at: Timestamp(*number), id: ID.to_owned() };
        let query = sessions(&[("limit", "2")]).unwrap();
        assert_eq!(query.reach(), 3);
        assert_eq!(query.page(vec![9, 8, 7], place), (vec![9, 8], Some(place(&8).to_string())));
        assert_eq!(query.page(vec![9, 8], place), (vec![9, 8], None));
        assert_eq!(query.page(vec![], place), (vec![], None));
    }

    #[test]
    fn the_same_claims_have_the_same_fingerprint_however_they_are_laid_out() {
        let one = fingerprint(&claims(r#"{"amount":"1","lines":[{"title":"a b","quantity":1}],"exp":2}"#));
        let laid_out = claims("{ \"exp\": 2,\n \"lines\": [ {\"quantity\":1, \"title\":\"a\\u0020b\"} ], \"amount\": \"1\" }");
        assert_eq!(one, fingerprint(&laid_out));
        for other in [
            r#"{"amount":"2","lines":[{"title":"a b","quantity":1}],"exp":2}"#,
            r#"{"amount":"1","lines":[{"title":"ab","quantity":1}],"exp":2}"#,
            r#"{"amount":"1","lines":[{"title":"a b","quantity":1}],"exp":2,"tax":null}"#,
            "{}",
        ] {
            assert_ne!(one, fingerprint(&claims(other)), "{other}");
        }
    }

    #[test]
    fn a_key_is_visible_ascii_and_leaves_only_its_hash() {
        let empty = Map::new();
        let create = Create::new("shop", "order-1!~", &empty).unwrap();
        assert_eq!(create.key, HEXLOWER.encode(&Sha256::digest(b"shop\0order-1!~")));
        assert_ne!(create.key, Create::new("shop2", "order-1!~", &empty).unwrap().key);
        assert!(Create::new("shop", &"k".repeat(255), &empty).is_ok());
        for key in ["", "a b", "a, b", "ü", "\u{7f}", &"k".repeat(256)] {
            assert_eq!(Create::new("shop", key, &empty).unwrap_err().field, "Idempotency-Key", "{key}");
        }
    }
}
