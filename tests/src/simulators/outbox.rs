//! The notifications a simulated vendor still has to send: tried again until they are answered as the vendor wants it, on the
//! vendor's schedule. When one is said to get lost, come twice or change places is told by faults. What is in a notification, and
//! what is a good answer, is the vendor's business ([`super::Vendor`]).

use super::{Delivery, FaultKind};
use bytes::Bytes;
use checkout_shared::time::{Millis, Timestamp};

/// How long a notification that is to change places waits for the next one.
const LONGEST_HELD: Millis = Millis::minutes(1);

/// The notifications not yet acknowledged.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    queue: Vec<Queued>,
    /// Those that go out behind the next one.
    held: Vec<Queued>,
    last_id: u64,
}

#[derive(Clone, Debug)]
struct Queued {
    id: u64,
    request: http::Request<Bytes>,
    failures: usize,
    /// `None` while its answer is awaited.
    due: Option<Timestamp>,
}

impl Outbox {
    /// A notification has come up; a fault may befall it.
    pub(super) fn push(&mut self, request: http::Request<Bytes>, fault: Option<FaultKind>, now: Timestamp) {
        let queued = self.queued(request, now);
        match fault {
            Some(FaultKind::Lose) => {}
            Some(FaultKind::Reorder) => self.held.push(Queued { due: Some(now + LONGEST_HELD), ..queued }),
            Some(FaultKind::Duplicate) => {
                let again = self.queued(queued.request.clone(), now);
                self.queue.extend([queued, again]);
                self.release(now);
            }
            _ => {
                self.queue.push(queued);
                self.release(now);
            }
        }
    }

    /// What is to be sent now, in order. Each is given once until its answer is here.
    pub(super) fn due(&mut self, now: Timestamp) -> Vec<Delivery> {
        if self.held.iter().any(|held| held.due.is_some_and(|due| due <= now)) {
            self.release(now);
        }
        let due = self.queue.iter_mut().filter(|queued| queued.due.is_some_and(|due| due <= now));
        due.map(|queued| {
            queued.due = None;
            Delivery { id: queued.id, request: queued.request.clone() }
        })
        .collect()
    }

    /// The notification behind an id that was given out and not yet answered.
    pub(super) fn awaiting(&self, id: u64) -> Option<&http::Request<Bytes>> {
        self.queue.iter().find(|queued| queued.id == id && queued.due.is_none()).map(|queued| &queued.request)
    }

    /// A notification was answered, well or not.
    pub(super) fn answered(&mut self, id: u64, is_acknowledged: bool, retry_waits: &[Millis], now: Timestamp) {
        let Some(at) = self.queue.iter().position(|queued| queued.id == id && queued.due.is_none()) else { return };
        let queued = &mut self.queue[at];
        match retry_waits.get(queued.failures) {
            Some(wait) if !is_acknowledged => {
                queued.failures += 1;
                queued.due = Some(now + *wait);
            }
            _ => drop(self.queue.remove(at)),
        }
    }

    fn queued(&mut self, request: http::Request<Bytes>, now: Timestamp) -> Queued {
        self.last_id += 1;
        Queued { id: self.last_id, request, failures: 0, due: Some(now) }
    }

    fn release(&mut self, now: Timestamp) {
        self.queue.extend(self.held.drain(..).map(|held| Queued { due: Some(now), ..held }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);
    const WAITS: [Millis; 2] = [Millis::minutes(1), Millis::minutes(3)];

    fn notification(body: &'static str) -> http::Request<Bytes> {
        http::Request::new(Bytes::from_static(body.as_bytes()))
    }

    fn outbox(pushed: &[(&'static str, Option<FaultKind>)]) -> Outbox {
        let mut outbox = Outbox::default();
        for (body, fault) in pushed {
            outbox.push(notification(body), *fault, NOW);
        }
        outbox
    }

    fn sent(outbox: &mut Outbox, now: Timestamp) -> Vec<Bytes> {
        outbox.due(now).into_iter().map(|delivery| delivery.request.into_body()).collect()
    }

    #[test]
    fn a_notification_is_sent_again_on_schedule_and_then_given_up() {
        let mut outbox = outbox(&[("one", None)]);
        let mut sent_at = Vec::new();
        for second in 0..3600 {
            let now = NOW + Millis::seconds(second);
            for delivery in outbox.due(now) {
                assert!(outbox.due(now).is_empty(), "it is on its way");
                sent_at.push((delivery.id, second));
                outbox.answered(delivery.id, false, &WAITS, now);
            }
        }
        assert_eq!(sent_at, [(1, 0), (1, 60), (1, 240)]);
    }

    #[test]
    fn a_good_answer_ends_it_and_a_second_answer_is_nobodys() {
        let mut outbox = outbox(&[("one", None)]);
        assert!(outbox.awaiting(1).is_none(), "not sent yet");
        let id = outbox.due(NOW)[0].id;
        assert_eq!(outbox.awaiting(id).unwrap().body(), "one");
        outbox.answered(id, true, &WAITS, NOW);
        outbox.answered(id, false, &WAITS, NOW);
        assert!(outbox.awaiting(id).is_none() && sent(&mut outbox, NOW + Millis::hours(1)).is_empty());
    }

    #[test]
    fn notifications_get_lost_and_come_twice() {
        let mut outbox = outbox(&[("lost", Some(FaultKind::Lose)), ("twice", Some(FaultKind::Duplicate)), ("once", None)]);
        let due = outbox.due(NOW);
        let bodies: Vec<&[u8]> = due.iter().map(|delivery| delivery.request.body().as_ref()).collect();
        assert_eq!(bodies, [b"twice".as_slice(), b"twice", b"once"]);
        assert_ne!(due[0].id, due[1].id, "each has an answer of its own");
    }

    #[test]
    fn two_notifications_change_places() {
        let mut outbox = outbox(&[("first", Some(FaultKind::Reorder))]);
        assert!(sent(&mut outbox, NOW).is_empty());
        outbox.push(notification("second"), None, NOW + Millis::seconds(5));
        assert_eq!(sent(&mut outbox, NOW + Millis::seconds(5)), ["second", "first"]);
    }

    #[test]
    fn a_held_notification_goes_out_in_the_end_even_if_none_follows() {
        let mut outbox = outbox(&[("alone", Some(FaultKind::Reorder))]);
        assert!(sent(&mut outbox, NOW + Millis::seconds(59)).is_empty());
        assert_eq!(sent(&mut outbox, NOW + Millis::minutes(1)), ["alone"]);
    }
}
