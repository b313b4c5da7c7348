//! Decides when to connect, ask, poll or give up waiting, so that a page is current within seconds and a sleeping one costs nothing.
//! Pure: it is told what happened and when, and answers what to do. The sockets and timers are `live.rs`'s.
//!
//! A socket is best. Where there is none, requests that the edge answers when there is news (long-polls); where something on the way
//! cuts or holds those, plain requests every few seconds, and a long-poll now and then to see whether it has become possible.

use crate::state::Pace;
use checkout_shared::time::{Millis, Timestamp};

/// A socket that opens in this time or never.
const OPENS_WITHIN: Millis = Millis::seconds(10);
/// After so much silence the edge is asked whether it is still there: mobile networks drop connections without a word.
const SILENCE: Millis = Millis::seconds(25);
/// An answer that takes longer will not come.
const ANSWERS_WITHIN: Millis = Millis::seconds(5);
/// How often to ask without a socket, while money is expected. A long-poll that ends sooner without news brings no next one sooner.
const POLL_EVERY: Millis = Millis::seconds(4);
/// For how long the edge is to hold a long-poll.
pub const WAIT_SECONDS: i64 = 20;
/// A long-poll that takes longer is held by something else.
const WAIT_ENDS_WITHIN: Millis = Millis::seconds(WAIT_SECONDS + 10);
/// For how long to poll plainly after a long-poll that came to nothing; twice as long after each one more in a row.
const PLAIN_SECONDS: i64 = 60;
/// So many times at the most.
const MAX_DOUBLINGS: u32 = 4;
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
    /// A long-poll is over.
    Waited {
        /// When it began. One that was given up may still end, and then says nothing.
        since: Timestamp,
        /// How it ended.
        end: WaitEnd,
    },
}

/// How a long-poll ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitEnd {
    /// With a view newer than the one known when it began.
    News,
    /// With no newer view.
    NoNews,
    /// With no view.
    Failed,
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
    /// Ask for the current view by a request. One that is under way is enough.
    Fetch,
    /// The same, though one may be under way: it may have been lost while the page slept.
    FetchAnew,
    /// Ask for the next view by a long-poll.
    Wait,
    /// Give up the long-poll.
    StopWaiting,
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
    /// When the last request went off, plain or long; long ago if the next is due.
    fetched_at: Timestamp,
    /// When the long-poll began that is under way.
    waiting: Option<Timestamp>,
    /// No long-poll before this.
    plain_until: Timestamp,
    wait_failures: u32,
    spread: Millis,
}

impl Link {
    /// Not connected yet; the first tick connects. `spread` differs from customer to customer: when the edge restarts, not all of them
    /// come back in the same instant.
    #[must_use]
    pub const fn new(now: Timestamp, spread: Millis) -> Self {
        Self {
            socket: Socket::Closed { retry_at: now },
            failures: 0,
            fetched_at: now,
            waiting: None,
            plain_until: now,
            wait_failures: 0,
            spread,
        }
    }

    /// What to do about what happened.
    pub fn on(&mut self, event: Event, now: Timestamp) -> Vec<Deed> {
        match event {
            Event::Tick { pace: Pace::Never } => Vec::new(),
            Event::Tick { pace } => self.tick(pace == Pace::Quick, now),
            Event::Woke => self.woke(now),
            Event::Opened => self.ask(now),
            Event::Heard => {
                self.socket = Socket::Open { since: self.open_since(now), heard_at: now, asked_at: None };
                // A socket that carries views makes it needless.
                self.stop_waiting()
            }
            Event::Closed => self.closed(now),
            Event::Waited { since, end } => {
                if self.waiting == Some(since) {
                    self.waited(end, now);
                }
                Vec::new()
            }
        }
    }

    fn tick(&mut self, quick: bool, now: Timestamp) -> Vec<Deed> {
        let (silence, poll_every) = if quick { (SILENCE, POLL_EVERY) } else { (SLOWLY, SLOWLY) };
        let mut deeds = match self.socket {
            Socket::Closed { retry_at } if now >= retry_at => self.connect(now),
            Socket::Connecting { since } if now - since > OPENS_WITHIN => self.drop_socket(now),
            Socket::Open { asked_at: Some(asked_at), .. } if now - asked_at > ANSWERS_WITHIN => self.drop_socket(now),
            Socket::Open { heard_at, asked_at: None, .. } if now - heard_at > silence => self.ask(now),
            Socket::Closed { .. } | Socket::Connecting { .. } | Socket::Open { .. } => Vec::new(),
        };
        if self.waiting.is_some_and(|since| now - since > WAIT_ENDS_WITHIN) {
            deeds.extend(self.stop_waiting());
            self.waited(WaitEnd::Failed, now);
        }
        let is_open = matches!(self.socket, Socket::Open { .. });
        if !is_open && self.waiting.is_none() && now - self.fetched_at >= poll_every {
            deeds.push(if quick && now >= self.plain_until { self.wait(now) } else { self.fetch(now) });
        }
        deeds
    }

    /// A request brings the view in one round trip, whatever has become of the socket; that one is asked too, to find out.
    fn woke(&mut self, now: Timestamp) -> Vec<Deed> {
        // A long-poll may hang since before the sleep, and would hold up what comes after it.
        let mut deeds = self.stop_waiting();
        deeds.extend(if matches!(self.socket, Socket::Open { .. }) { self.ask(now) } else { self.connect(now) });
        self.fetched_at = now;
        deeds.push(Deed::FetchAnew);
        deeds
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

    fn wait(&mut self, now: Timestamp) -> Deed {
        self.fetched_at = now;
        self.waiting = Some(now);
        Deed::Wait
    }

    fn stop_waiting(&mut self) -> Vec<Deed> {
        if self.waiting.take().is_some() { vec![Deed::StopWaiting] } else { Vec::new() }
    }

    /// What comes next comes with the next tick, which knows whether anything is still expected.
    fn waited(&mut self, end: WaitEnd, now: Timestamp) {
        self.waiting = None;
        if end == WaitEnd::Failed {
            self.plain_until = now + Millis::seconds(PLAIN_SECONDS << self.wait_failures.min(MAX_DOUBLINGS));
            self.wait_failures = self.wait_failures.saturating_add(1);
            return;
        }
        self.wait_failures = 0;
        if end == WaitEnd::News {
            self.fetched_at = Timestamp::default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::VecDeque;

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
        assert_eq!(open().on(Event::Woke, at(600)), [Deed::Ask, Deed::FetchAnew], "the socket may be dead and not know it");
        let mut link = open();
        link.on(Event::Closed, at(5));
        assert_eq!(link.on(Event::Woke, at(600)), [Deed::Connect, Deed::FetchAnew]);
    }

    /// What a page without a socket does, by the second at which it does it.
    #[derive(Debug, Default, PartialEq)]
    struct Requests {
        connects: Vec<i64>,
        plain: Vec<i64>,
        long: Vec<i64>,
        given_up: Vec<i64>,
    }

    /// No socket stays open (with `opens` it does open first), and each long-poll ends after so many seconds, or never.
    fn without_a_socket(opens: bool, seconds: i64, ends: impl Fn(i64) -> Option<(i64, WaitEnd)>) -> Requests {
        let mut link = link();
        let (mut done, mut under_way) = (Requests::default(), None);
        for second in 0..seconds {
            if let Some((since, _, end)) = under_way.take_if(|(_, ends_at, _)| second >= *ends_at) {
                assert_eq!(link.on(Event::Waited { since: at(since), end }, at(second)), []);
            }
            let mut deeds = VecDeque::from(link.on(TICK, at(second)));
            while let Some(deed) = deeds.pop_front() {
                match deed {
                    Deed::Connect => {
                        done.connects.push(second);
                        if opens {
                            assert_eq!(link.on(Event::Opened, at(second)), [Deed::Ask]);
                        }
                        deeds.extend(link.on(Event::Closed, at(second)));
                    }
                    Deed::Fetch => done.plain.push(second),
                    Deed::Wait => {
                        assert_eq!(under_way, None, "one at a time");
                        under_way = ends(second).map(|(after, end)| (second, second + after.max(1), end));
                        done.long.push(second);
                    }
                    Deed::StopWaiting => done.given_up.push(second),
                    Deed::Ask | Deed::Drop | Deed::FetchAnew => panic!("{deed:?}: there is no socket, and nobody was away"),
                }
            }
        }
        done
    }

    fn every(seconds: usize, from: i64, to: i64) -> Vec<i64> {
        (from..=to).step_by(seconds).collect()
    }

    #[test]
    fn without_a_socket_it_looks_once_and_then_waits_for_news_and_tries_again_ever_more_seldom() {
        for opens in [false, true] {
            let done = without_a_socket(opens, 60, |_| Some((WAIT_SECONDS, WaitEnd::NoNews)));
            assert_eq!(done.connects, [0, 1, 3, 7, 15, 31], "a socket that opens only to close is no success");
            assert_eq!((done.plain, done.long, done.given_up), (vec![0], vec![4, 24, 44], vec![]));
        }
    }

    #[test]
    fn news_are_followed_by_the_next_long_poll_at_once() {
        let done = without_a_socket(false, 20, |_| Some((1, WaitEnd::News)));
        assert_eq!((done.plain, done.long), (vec![0], every(1, 4, 19)));
    }

    #[test]
    fn a_proxy_that_strips_the_wait_makes_it_poll_no_faster_than_plainly() {
        let done = without_a_socket(false, 60, |_| Some((0, WaitEnd::NoNews)));
        assert_eq!((done.plain, done.long), (vec![0], every(4, 4, 59)));
    }

    #[test]
    fn a_proxy_that_cuts_long_polls_makes_it_poll_plainly_and_try_again_ever_more_seldom() {
        let done = without_a_socket(false, 400, |_| Some((5, WaitEnd::Failed)));
        // A minute after 9, two after 74, four after 199.
        assert_eq!(done.long, [4, 69, 194]);
        assert_eq!(done.plain, [vec![0], every(4, 9, 65), every(4, 74, 190), every(4, 199, 399)].concat());
    }

    #[test]
    fn a_proxy_that_holds_long_polls_is_found_out_by_their_length() {
        let done = without_a_socket(false, 100, |_| None);
        assert_eq!((done.long, done.given_up), (vec![4, 95], vec![35]));
        assert_eq!(done.plain, [vec![0], every(4, 35, 91)].concat());
    }

    #[test]
    fn a_long_poll_that_works_makes_up_for_failures_before() {
        let done = without_a_socket(false, 200, |since| match since {
            4 => Some((5, WaitEnd::Failed)),
            69 => Some((WAIT_SECONDS, WaitEnd::NoNews)),
            _ => Some((1, WaitEnd::Failed)),
        });
        // Again only a minute after the failure at 90, with the first request then due.
        assert_eq!(done.long, [4, 69, 89, 153]);
    }

    /// Without a socket, its long-poll gone off at 4 s.
    fn waiting() -> Link {
        let mut link = link();
        link.on(TICK, at(0));
        assert_eq!(link.on(Event::Closed, at(0)), [Deed::Fetch]);
        link.on(TICK, at(1));
        link.on(Event::Closed, at(1));
        assert_eq!(link.on(TICK, at(4)), [Deed::Connect, Deed::Wait]);
        link
    }

    #[test]
    fn whoever_comes_back_is_not_kept_by_a_long_poll_that_hangs() {
        let mut link = waiting();
        assert_eq!(link.on(Event::Woke, at(600)), [Deed::StopWaiting, Deed::Connect, Deed::FetchAnew]);
        // Given up because of a sleep, it says nothing about what is on the way.
        assert_eq!(link.on(Event::Waited { since: at(4), end: WaitEnd::Failed }, at(601)), []);
        assert_eq!(link.on(TICK, at(603)), []);
        assert_eq!(link.on(TICK, at(604)), [Deed::Wait]);
        // Nor does it end the next one.
        assert_eq!(link.on(Event::Waited { since: at(4), end: WaitEnd::NoNews }, at(605)), []);
        assert_eq!(link.on(TICK, at(609)), []);
    }

    #[test]
    fn a_socket_that_brings_views_ends_the_long_poll() {
        let mut link = waiting();
        assert_eq!(link.on(Event::Opened, at(5)), [Deed::Ask]);
        assert_eq!(link.on(Event::Heard, at(6)), [Deed::StopWaiting]);
        assert_eq!(link.on(Event::Heard, at(7)), []);
        assert_eq!(link.on(TICK, at(20)), []);
    }

    #[test]
    fn what_is_hardly_watched_is_asked_plainly() {
        let mut link = waiting();
        assert_eq!(link.on(Event::Waited { since: at(4), end: WaitEnd::News }, at(6)), []);
        assert_eq!(link.on(Event::Tick { pace: Pace::Never }, at(7)), []);
        assert_eq!(link.on(Event::Tick { pace: Pace::Slow }, at(7)), [Deed::Fetch]);
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
                    _ => panic!("{deed:?}"),
                }
            }
        }
        assert_eq!(fetches, [0, 60, 120]);
    }

    /// A browser may say that there is a network again before anything gets through it.
    #[test]
    fn an_answer_lost_on_coming_back_is_asked_for_again_even_once_it_is_over() {
        let slow = Event::Tick { pace: Pace::Slow };
        let mut link = open();
        assert_eq!(link.on(Event::Woke, at(600)), [Deed::Ask, Deed::FetchAnew]);
        assert_eq!(link.on(slow, at(605)), []);
        assert_eq!(link.on(slow, at(606)), [Deed::Drop, Deed::Fetch]);
        assert_eq!(link.on(slow, at(607)), [Deed::Connect]);
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
