//! What a request for a view may wait for. The waiting is the Worker's; here only the query is read.

use checkout_shared::error::FieldError;

/// The longest wait, in seconds: shorter than what proxies cut off after.
pub const LONGEST_WAIT: u64 = 25;

/// A view is wanted as soon as it is newer than this one, and after this time in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LongPoll {
    /// The sequence the caller knows.
    pub after: u64,
    /// The longest wait in seconds, 1 to [`LONGEST_WAIT`].
    pub wait: u64,
}

impl LongPoll {
    /// Reads `after` and `wait` from a query. `None`: the view is wanted at once. Other parameters are not looked at.
    pub fn read<'a>(query: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Option<Self>, FieldError> {
        let (mut after, mut wait) = (None, 0);
        for (name, value) in query {
            match name {
                "after" => after = Some(whole(value).ok_or_else(|| field("after", "must be a whole number".to_owned()))?),
                "wait" => {
                    let seconds = whole(value).filter(|seconds| *seconds <= LONGEST_WAIT);
                    wait = seconds.ok_or_else(|| field("wait", format!("must be whole seconds, 0 to {LONGEST_WAIT}")))?;
                }
                _ => {}
            }
        }
        match (after, wait) {
            (_, 0) => Ok(None),
            (Some(after), wait) => Ok(Some(Self { after, wait })),
            (None, _) => Err(field("after", "is required with wait".to_owned())),
        }
    }
}

/// Digits only: no sign.
fn whole(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

fn field(name: &str, issue: String) -> FieldError {
    FieldError { field: name.to_owned(), issue }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(query: &[(&str, &str)]) -> String {
        LongPoll::read(query.iter().copied()).unwrap_err().field
    }

    #[test]
    fn a_view_is_wanted_at_once_unless_there_is_something_to_wait_for() {
        for query in [&[][..], &[("after", "7")], &[("wait", "0")], &[("after", "7"), ("wait", "0")], &[("x", "y")]] {
            assert_eq!(LongPoll::read(query.iter().copied()), Ok(None), "{query:?}");
        }
        assert_eq!(LongPoll::read([("wait", "25"), ("after", "7")]), Ok(Some(LongPoll { after: 7, wait: 25 })));
        let last = u64::MAX.to_string();
        assert_eq!(LongPoll::read([("after", last.as_str()), ("wait", "1")]), Ok(Some(LongPoll { after: u64::MAX, wait: 1 })));
    }

    #[test]
    fn what_is_not_as_documented_is_named() {
        for wait in ["26", "-1", "+1", "1.5", "", " 1", "x", "99999999999999999999"] {
            assert_eq!(fault(&[("after", "1"), ("wait", wait)]), "wait", "{wait:?}");
        }
        for after in ["-1", "+1", "", "1e3", "18446744073709551616"] {
            assert_eq!(fault(&[("after", after), ("wait", "1")]), "after", "{after:?}");
            assert_eq!(fault(&[("after", after)]), "after", "wrong without a wait too: {after:?}");
        }
        assert_eq!(fault(&[("wait", "1")]), "after");
    }
}
