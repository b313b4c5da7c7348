//! An end for what would never end by itself: a test that hangs must be named and fail, not hold up everything behind it.

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

/// Longer than any story takes, on a busy machine too.
pub const FOR_A_STORY: Duration = Duration::from_mins(8);

/// Ends this whole program, which counts as a failure, unless it is dropped in time. It keeps its own thread, since what it waits for
/// may have stopped every other; whatever was started ends with the program (see [`crate::supervised`]).
#[derive(Debug)]
pub struct Deadline {
    _in_time: Sender<()>,
}

impl Deadline {
    /// Begins to wait for what is named here.
    #[must_use]
    pub fn set(name: &str, limit: Duration) -> Self {
        let (in_time, waiting) = mpsc::channel();
        let name = name.to_owned();
        thread::spawn(move || {
            if passes(&waiting, limit) {
                eprintln!("{name} has not ended within {} s; nothing after it is run", limit.as_secs());
                std::process::exit(1);
            }
        });
        Self { _in_time: in_time }
    }
}

fn passes(waiting: &mpsc::Receiver<()>, limit: Duration) -> bool {
    waiting.recv_timeout(limit) == Err(RecvTimeoutError::Timeout)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_in_time_is_not_ended() {
        let (in_time, waiting) = mpsc::channel();
        drop(in_time);
        assert!(!passes(&waiting, Duration::from_secs(10)));
    }

    #[test]
    fn what_hangs_is_noticed() {
        let (_in_time, waiting) = mpsc::channel();
        assert!(passes(&waiting, Duration::from_millis(10)));
    }
}
