//! Every provider's adapter against its simulator, which shares no code with it: the first purchase of its contract is created, found,
//! paid and read, and what is notified is believed and answered as the simulator wants it.

use crate::suite::data::Contract;
use crate::suite::every_provider;
use bytes::Bytes;
use checkout_core::provider::{Operation, PaymentStatus, Provider, ProviderError, Purchase};
use checkout_core::settings::Settings;
use checkout_shared::session::AttemptStatus;
use checkout_shared::time::{Millis, Timestamp};
use checkout_tests::driver::{Numbers, run_numbered};
use checkout_tests::simulators::{Action, Simulated, Simulator, vendor};

const ORIGIN: &str = "http://127.0.0.1:9000";
const START: Timestamp = Timestamp::from_seconds(1_800_000_000);

struct World {
    simulated: Simulated,
    account: Box<dyn Provider>,
    numbers: Numbers,
    now: Timestamp,
}

impl World {
    fn of(contract: &Contract) -> Self {
        let mut simulated = Simulated::new(vendor(contract.id, &|number| format!("canary-of-the-simulator-{number}")));
        simulated.locate(ORIGIN, &format!("http://127.0.0.1:8787/v1/webhooks/{}", contract.id));
        let set = simulated.settings(ORIGIN);
        let look_up = |name: &str| set.iter().find(|setting| setting.name == name).map(|setting| setting.value.clone());
        let mut settings = Settings::new(&look_up);
        let account = checkout_core::providers::configured(contract.id, &mut settings).expect("its settings make an account");
        Self { simulated, account, numbers: Numbers::starting_at(1, 1), now: START }
    }

    fn run<T>(&mut self, begin: impl FnOnce(&dyn Provider) -> Operation<T>) -> Result<T, ProviderError> {
        run_numbered(begin(self.account.as_ref()), &mut self.numbers, |request| self.simulated.handle(request, self.now))
    }
}

#[test]
fn a_payment_is_created_found_paid_and_notified() {
    every_provider(|contract, failures| {
        let mut world = World::of(contract);
        let purchase = contract.first("create").asked.purchase().expect("creating is of a purchase");
        let purchase = Purchase { started_at: START, ..purchase.clone() };
        let created = world.run(|account| account.create(&purchase)).expect("created");
        let found = world.run(|account| account.find(&purchase)).expect("looked for").expect("found");
        failures.check(found.provider_reference == created.provider_reference, contract.id, || format!("{found:?}"));
        let reference = created.provider_reference;
        let waits = world.run(|account| account.fetch(&reference)).expect("read");
        failures.check(waits.status == PaymentStatus::Pending, contract.id, || format!("{waits:?}"));

        world.simulated.act(&reference, Action::Exact, world.now).expect("it can be paid");
        world.now = world.now + Millis::minutes(30);
        let mut heard = 0;
        for delivery in world.simulated.due_webhooks(world.now) {
            let notification = world.account.verify_webhook(delivery.request.headers(), delivery.request.body());
            heard += 1;
            failures.check(notification.is_ok(), contract.id, || format!("{notification:?} of {:?}", delivery.request));
            let answer = world.account.webhook_acknowledgement(Some(AttemptStatus::Paid)).map(|body| Bytes::from_static(body.as_bytes()));
            world.simulated.webhook_answered(delivery.id, Some(&answer), world.now);
        }
        failures.check((heard == 0) == contract.webhooks.is_empty(), contract.id, || format!("{heard} notifications"));
        let later = world.simulated.due_webhooks(world.now + Millis::hours(12));
        failures.check(later.is_empty(), contract.id, || format!("its answer is not what the vendor wants: {later:?}"));
        let paid = world.run(|account| account.fetch(&reference)).expect("read");
        failures.check(paid.status == PaymentStatus::Paid, contract.id, || format!("{paid:?}"));
        failures.check(paid.unknown_status.is_none(), contract.id, || format!("{paid:?}"));
    });
}
