//! Decides when to connect, ask, poll or give up waiting, so that a page is current within seconds and a sleeping one costs nothing.
//! Pure: it is told what happened and when, and answers what to do. The sockets and timers are `live.rs`'s.

use checkout_shared::time::{Millis, Timestamp};

/// A socket that opens in this time or never.
const OPENS_WITHIN: Millis = Millis::seconds(10);
/// After so much silence the edge is asked whether it is still there: mobile networks drop connections without a word.
const SILENCE: Millis = Millis::seconds(25);
/// An answer that takes longer will not come.
const ANSWERS_WITHIN: Millis = Millis::seconds(5);
/// How often to ask without a socket.
const POLL_EVERY: Millis = Millis::seconds(4);
/// Longest pause between two tries to connect.
const MAX_PAUSE_SECONDS: i64 = 30;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A second has passed. `expecting`: the session may still change by itself.
    Tick {
        /// Whether there is anything to wait for.
        expecting: bool,
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
    Open { heard_at: Timestamp, asked_at: Option<Timestamp> },
}

/// The line to the edge.
#[derive(Debug)]
pub struct Link {
    socket: Socket,
    failures: u32,
    poll_at: Timestamp,
    spread: Millis,
}

impl Link {
    /// Not connected yet; the first tick connects. `spread` differs from customer to customer: when the edge restarts, not all of them
    /// come back in the same instant.
    #[must_use]
    pub const fn new(now: Timestamp, spread: Millis) -> Self {
        Self { socket: Socket::Closed { retry_at: now }, failures: 0, poll_at: Timestamp(now.0 + POLL_EVERY.0), spread }
    }

    /// What to do about what happened.
    pub fn on(&mut self, event: Event, now: Timestamp) -> Vec<Deed> {
        match event {
            Event::Tick { expecting: true } => self.tick(now),
            Event::Tick { expecting: false } => Vec::new(),
            Event::Woke => self.woke(now),
            Event::Opened => {
                self.failures = 0;
                self.ask(now)
            }
            Event::Heard => {
                self.socket = Socket::Open { heard_at: now, asked_at: None };
                Vec::new()
            }
            Event::Closed => self.closed(now),
        }
    }

    fn tick(&mut self, now: Timestamp) -> Vec<Deed> {
        let mut deeds = match self.socket {
            Socket::Closed { retry_at } if now >= retry_at => self.connect(now),
            Socket::Connecting { since } if now - since > OPENS_WITHIN => self.drop_socket(now),
            Socket::Open { asked_at: Some(asked_at), .. } if now - asked_at > ANSWERS_WITHIN => self.drop_socket(now),
            Socket::Open { heard_at, asked_at: None } if now - heard_at > SILENCE => self.ask(now),
            Socket::Closed { .. } | Socket::Connecting { .. } | Socket::Open { .. } => Vec::new(),
        };
        let is_open = matches!(self.socket, Socket::Open { .. });
        if !is_open && now >= self.poll_at && !deeds.contains(&Deed::Fetch) {
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
        self.socket = Socket::Open { heard_at: now, asked_at: Some(now) };
        vec![Deed::Ask]
    }

    fn drop_socket(&mut self, now: Timestamp) -> Vec<Deed> {
        let mut deeds = vec![Deed::Drop];
        deeds.extend(self.closed(now));
        deeds
    }

    fn closed(&mut self, now: Timestamp) -> Vec<Deed> {
        let pause = (1_i64 << self.failures.min(10)).min(MAX_PAUSE_SECONDS);
        self.failures = self.failures.saturating_add(1);
        self.socket = Socket::Closed { retry_at: now + Millis::seconds(pause) + self.spread };
        // Only the first loss is worth an immediate look; afterwards the polling rhythm holds.
        if self.failures == 1 { vec![self.fetch(now)] } else { Vec::new() }
    }

    fn fetch(&mut self, now: Timestamp) -> Deed {
        self.poll_at = now + POLL_EVERY;
        Deed::Fetch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TICK: Event = Event::Tick { expecting: true };

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
        assert_eq!(link.on(Event::Tick { expecting: false }, at(100)), []);
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
