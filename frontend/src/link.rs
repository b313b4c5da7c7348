//! Decides when to connect, ask, poll or give up waiting, so that a page is current within seconds and a sleeping one costs nothing.
//! Pure: it is told what happened and when, and answers what to do. The sockets and timers are `live.rs`'s.

use crate::state::Pace;
use checkout_shared::time::{Millis, Timestamp};

/// A socket that opens in this time or never.
const OPENS_WITHIN: Millis = Millis::seconds(10);
/// After so much silence the edge is asked whether it is still there: mobile networks drop connections without a word.
const SILENCE: Millis = Millis::seconds(25);
/// An answer that takes longer will not come.
const ANSWERS_WITHIN: Millis = Millis::seconds(5);
/// How often to ask without a socket, while money is expected.
const POLL_EVERY: Millis = Millis::seconds(4);
/// The same, and how long a silence may last, once the session is over.
const SLOWLY: Millis = Millis::seconds(60);
/// Longest pause between two tries to connect. A socket that did not even live so long was no success.
const MAX_PAUSE_SECONDS: i64 = 30;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A second has passed.
    Tick {
        /// How closely the session is to be watched.
        pace: Pace,
    },
    /// The customer is back: the tab is visible again, the network is up, or the page was taken out of the browser's cache.
    Woke,
    /// The socket is open.
    Opened,
    /// Something was received.
    Heard,
    /// The socket is closed, or never opened.
    Closed,
}

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Open a socket, dropping the one before.
    Connect,
    /// Drop the socket.
    Drop,
    /// Ask for the current view over the socket.
    Ask,
    /// Ask for the current view by a request.
    Fetch,
}

#[derive(Clone, Copy, Debug)]
enum Socket {
    Closed { retry_at: Timestamp },
    Connecting { since: Timestamp },
    Open { since: Timestamp, heard_at: Timestamp, asked_at: Option<Timestamp> },
}

/// The line to the edge.
#[derive(Debug)]
pub struct Link {
    socket: Socket,
    failures: u32,
    fetched_at: Timestamp,
    spread: Millis,
}

impl Link {
    /// Not connected yet; the first tick connects. `spread` differs from customer to customer: when the edge restarts, not all of them
    /// come back in the same instant.
    #[must_use]
    pub const fn new(now: Timestamp, spread: Millis) -> Self {
        Self { socket: Socket::Closed { retry_at: now }, failures: 0, fetched_at: now, spread }
    }

    /// What to do about what happened.
    pub fn on(&mut self, event: Event, now: Timestamp) -> Vec<Deed> {
        match event {
            Event::Tick { pace: Pace::Quick } => self.tick(SILENCE, POLL_EVERY, now),
            Event::Tick { pace: Pace::Slow } => self.tick(SLOWLY, SLOWLY, now),
            Event::Tick { pace: Pace::Never } => Vec::new(),
            Event::Woke => self.woke(now),
            Event::Opened => self.ask(now),
            Event::Heard => {
                self.socket = Socket::Open { since: self.open_since(now), heard_at: now, asked_at: None };
                Vec::new()
            }
            Event::Closed => self.closed(now),
        }
    }

    fn tick(&mut self, silence: Millis, poll_every: Millis, now: Timestamp) -> Vec<Deed> {
        let mut deeds = match self.socket {
            Socket::Closed { retry_at } if now >= retry_at => self.connect(now),
            Socket::Connecting { since } if now - since > OPENS_WITHIN => self.drop_socket(now),
            Socket::Open { asked_at: Some(asked_at), .. } if now - asked_at > ANSWERS_WITHIN => self.drop_socket(now),
            Socket::Open { heard_at, asked_at: None, .. } if now - heard_at > silence => self.ask(now),
            Socket::Closed { .. } | Socket::Connecting { .. } | Socket::Open { .. } => Vec::new(),
        };
        let is_open = matches!(self.socket, Socket::Open { .. });
        if !is_open && now - self.fetched_at >= poll_every && !deeds.contains(&Deed::Fetch) {
            deeds.push(self.fetch(now));
        }
        deeds
    }

    fn woke(&mut self, now: Timestamp) -> Vec<Deed> {
        match self.socket {
            // Asking shows within seconds whether the connection survived; most do.
            Socket::Open { .. } => self.ask(now),
            Socket::Closed { .. } | Socket::Connecting { .. } => {
                let mut deeds = self.connect(now);
                deeds.push(self.fetch(now));
                deeds
            }
        }
    }

    fn connect(&mut self, now: Timestamp) -> Vec<Deed> {
        self.socket = Socket::Connecting { since: now };
        vec![Deed::Connect]
    }

    fn ask(&mut self, now: Timestamp) -> Vec<Deed> {
        self.socket = Socket::Open { since: self.open_since(now), heard_at: now, asked_at: Some(now) };
        vec![Deed::Ask]
    }

    const fn open_since(&self, now: Timestamp) -> Timestamp {
        match self.socket {
            Socket::Open { since, .. } => since,
            Socket::Closed { .. } | Socket::Connecting { .. } => now,
        }
    }

    fn drop_socket(&mut self, now: Timestamp) -> Vec<Deed> {
        let mut deeds = vec![Deed::Drop];
        deeds.extend(self.closed(now));
        deeds
    }

    fn closed(&mut self, now: Timestamp) -> Vec<Deed> {
        if now - self.open_since(now) > Millis::seconds(MAX_PAUSE_SECONDS) {
            self.failures = 0;
        }
        let pause = (1_i64 << self.failures.min(10)).min(MAX_PAUSE_SECONDS);
        self.failures = self.failures.saturating_add(1);
        self.socket = Socket::Closed { retry_at: now + Millis::seconds(pause) + self.spread };
        // Only the first loss is worth an immediate look; afterwards the polling rhythm holds.
        if self.failures == 1 { vec![self.fetch(now)] } else { Vec::new() }
    }

    fn fetch(&mut self, now: Timestamp) -> Deed {
        self.fetched_at = now;
        Deed::Fetch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TICK: Event = Event::Tick { pace: Pace::Quick };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(1_000 + seconds)
    }

    fn link() -> Link {
        Link::new(at(0), Millis(0))
    }

    fn open() -> Link {
        let mut link = link();
        assert_eq!(link.on(TICK, at(0)), [Deed::Connect]);
        assert_eq!(link.on(Event::Opened, at(1)), [Deed::Ask]);
        assert_eq!(link.on(Event::Heard, at(1)), []);
        link
    }

    #[test]
    fn a_live_page_only_listens() {
        let mut link = open();
        for second in 2..=26 {
            assert_eq!(link.on(TICK, at(second)), [], "second {second}");
        }
    }

    #[test]
    fn silence_is_asked_about_and_then_given_up() {
        let mut link = open();
        assert_eq!(link.on(TICK, at(27)), [Deed::Ask]);
        assert_eq!(link.on(TICK, at(32)), []);
        assert_eq!(link.on(TICK, at(33)), [Deed::Drop, Deed::Fetch]);
        assert_eq!(link.on(TICK, at(34)), [Deed::Connect]);
    }

    #[test]
    fn an_answer_ends_the_doubt() {
        let mut link = open();
        assert_eq!(link.on(TICK, at(27)), [Deed::Ask]);
        assert_eq!(link.on(Event::Heard, at(28)), []);
        assert_eq!(link.on(TICK, at(40)), []);
    }

    #[test]
    fn a_tab_that_comes_back_resyncs_in_one_round_trip() {
        assert_eq!(open().on(Event::Woke, at(600)), [Deed::Ask]);
        let mut link = open();
        link.on(Event::Closed, at(5));
        assert_eq!(link.on(Event::Woke, at(600)), [Deed::Connect, Deed::Fetch]);
    }

    #[test]
    fn without_a_socket_it_polls_and_tries_again_ever_more_seldom() {
        let mut link = link();
        let (mut connects, mut fetches) = (Vec::new(), 0);
        for second in 0..60 {
            for deed in link.on(TICK, at(second)) {
                match deed {
                    Deed::Connect => {
                        connects.push(second);
                        fetches += link.on(Event::Closed, at(second)).len();
                    }
                    Deed::Fetch => fetches += 1,
                    Deed::Ask | Deed::Drop => panic!("there is no socket"),
                }
            }
        }
        assert_eq!(connects, [0, 1, 3, 7, 15, 31]);
        assert_eq!(fetches, 15);
    }

    #[test]
    fn nothing_is_asked_when_nothing_is_expected() {
        let mut link = link();
        link.on(Event::Closed, at(0));
        assert_eq!(link.on(Event::Tick { pace: Pace::Never }, at(100)), []);
    }

    #[test]
    fn what_is_over_is_looked_at_once_a_minute() {
        let slow = Event::Tick { pace: Pace::Slow };
        let mut open = open();
        assert_eq!((2..=61).flat_map(|second| open.on(slow, at(second))).count(), 0);
        assert_eq!(open.on(slow, at(62)), [Deed::Ask]);

        let mut link = link();
        let mut fetches = Vec::new();
        for second in 0..=130 {
            for deed in link.on(slow, at(second)) {
                match deed {
                    Deed::Connect => fetches.extend(link.on(Event::Closed, at(second)).iter().map(|_| second)),
                    Deed::Fetch => fetches.push(second),
                    Deed::Ask | Deed::Drop => panic!("there is no socket"),
                }
            }
        }
        assert_eq!(fetches, [0, 60, 120]);
    }

    #[test]
    fn a_socket_that_opens_only_to_close_is_no_success() {
        let mut link = link();
        let (mut connects, mut fetches) = (Vec::new(), 0);
        for second in 0..60 {
            for deed in link.on(TICK, at(second)) {
                match deed {
                    Deed::Connect => {
                        connects.push(second);
                        assert_eq!(link.on(Event::Opened, at(second)), [Deed::Ask]);
                        fetches += link.on(Event::Closed, at(second)).len();
                    }
                    Deed::Fetch => fetches += 1,
                    Deed::Ask | Deed::Drop => panic!("it is closed again"),
                }
            }
        }
        assert_eq!(connects, [0, 1, 3, 7, 15, 31]);
        assert_eq!(fetches, 15);
    }

    #[test]
    fn a_socket_that_lived_long_makes_up_for_failures_before() {
        let mut link = link();
        for second in [0, 1, 3] {
            assert_eq!(link.on(TICK, at(second)).first(), Some(&Deed::Connect));
            link.on(Event::Closed, at(second));
        }
        assert_eq!(link.on(TICK, at(7)).first(), Some(&Deed::Connect));
        link.on(Event::Opened, at(8));
        for second in (10..=50).step_by(10) {
            link.on(Event::Heard, at(second));
        }
        assert_eq!(link.on(Event::Closed, at(51)), [Deed::Fetch]);
        assert_eq!(link.on(TICK, at(52)), [Deed::Connect]);
    }

    #[test]
    fn customers_come_back_apart_from_each_other() {
        let mut link = Link::new(at(0), Millis(700));
        link.on(TICK, at(0));
        link.on(Event::Closed, at(0));
        assert_eq!(link.on(TICK, at(1)), []);
        assert_eq!(link.on(TICK, at(2)), [Deed::Connect]);
    }
}
