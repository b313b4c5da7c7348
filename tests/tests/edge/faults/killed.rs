//! The Worker is killed between every pair of steps of a creation, at every provider, and started again: what was under way is looked up,
//! and whoever waits for it can pay. Its clock is minutes further on after each start, so that nobody waits for them here.

use super::Case;
use super::customer::{Customer, Scene};
use super::rows::Work;
use checkout_shared::provider::ProviderId;
use checkout_tests::stack::Stack;
use futures_util::future::join_all;
use libtest_mimic::Failed;
use serde_json::json;
use std::time::Duration;
use tokio::sync::oneshot;

/// How much later it is after every restart: more than it takes for a creation to count as lost, and than any wait between look-ups.
const LATER: u32 = 130;
/// What `OxaPay` is asked before anything is created.
const NETWORKS: &str = "/v1/common/currencies";

/// When a Worker is killed.
struct Moment {
    fault: &'static str,
    hold: &'static str,
    /// Whether a provider that was asked does the work after all.
    released_to_work: bool,
    work: Work,
    /// The same, of the question that comes before.
    before: &'static str,
}

const MOMENTS: [Moment; 3] = [
    Moment {
        fault: "Worker killed, creation sent and never done",
        hold: "hold_before_work",
        released_to_work: false,
        work: Work::Nothing,
        before: "Worker killed, networks asked for",
    },
    Moment {
        fault: "Worker killed, creation done and not answered",
        hold: "hold_after_work",
        released_to_work: true,
        work: Work::Done,
        before: "Worker killed, networks about to be answered",
    },
    Moment {
        fault: "Worker killed, creation done after that",
        hold: "hold_before_work",
        released_to_work: true,
        work: Work::Done,
        before: "Worker killed, networks asked for and answered to nobody",
    },
];

/// Begins all of them. Whoever waits already gets older with every restart.
pub async fn begin_all<'a>(stack: &mut Stack, scene: &'a Scene, cases: &mut Vec<Case<'a>>) -> Result<(), Failed> {
    cases.extend(untouched(scene).await?);
    for (moment, restart) in MOMENTS.iter().zip(1..) {
        cases.extend(kill_at(stack, scene, moment).await?);
        stack.start_worker_ahead(restart * LATER).await.map_err(|problem| problem.to_string())?;
        // Whoever looks has the alarm set by the new clock; what it asks is asked by the second look.
        for _ in 0..2 {
            for (_, customer) in cases.iter_mut() {
                customer.look().await?;
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
    Ok(())
}

/// Those of whom nothing is under way when the Worker is killed.
async fn untouched(scene: &Scene) -> Result<Vec<Case<'_>>, Failed> {
    let mut cases = super::all_choose(scene, "Worker killed, creation answered").await?;
    for provider in ProviderId::ALL {
        cases.push(("Worker killed before the click".to_owned(), scene.customer(*provider).await?));
    }
    Ok(cases)
}

/// Everybody clicks; every provider holds the call; the Worker is killed; the calls go on, and their callers have gone.
async fn kill_at<'a>(stack: &mut Stack, scene: &'a Scene, moment: &Moment) -> Result<Vec<Case<'a>>, Failed> {
    let mut customers = Vec::new();
    for provider in ProviderId::ALL {
        let mut customer = scene.customer(*provider).await?;
        customer.expect(moment.work);
        scene.edge.arm(*provider, &json!({"kind": moment.hold, "containing": customer.id, "times": 1})).await?;
        customers.push(customer);
    }
    let mut earlier = scene.customer(ProviderId::Oxapay).await?;
    earlier.expect(Work::Nothing);
    let (go, gone) = oneshot::channel();
    let clicks = join_all(customers.iter().map(Customer::choose_in_vain));
    // Its question looks like anybody's, so it comes when the others' have gone by.
    let click_later = async {
        if gone.await.is_ok() {
            earlier.choose_in_vain().await;
        }
    };
    let kill = async {
        let held = hold_all(stack, moment, go).await;
        stack.stop_worker().await;
        held
    };
    let (_, (), held) = tokio::join!(clicks, click_later, kill);
    held?;
    let_go(stack, moment.released_to_work).await;
    let mut cases: Vec<Case<'a>> = customers.into_iter().map(|customer| (moment.fault.to_owned(), customer)).collect();
    cases.push((moment.before.to_owned(), earlier));
    Ok(cases)
}

async fn hold_all(stack: &Stack, moment: &Moment, go: oneshot::Sender<()>) -> Result<(), Failed> {
    let held = |provider: ProviderId, calls| async move {
        stack.simulator(provider).until_held(calls).await.map_err(|problem| Failed::from(format!("{provider}: {problem}")))
    };
    for provider in ProviderId::ALL {
        held(*provider, 1).await?;
    }
    let fault = json!({"kind": moment.hold, "path": NETWORKS, "times": 1});
    stack.simulator(ProviderId::Oxapay).lock().arm(serde_json::from_value(fault)?);
    // Fails only if nobody is there to click any more.
    let _ = go.send(());
    held(ProviderId::Oxapay, 2).await
}

/// Releases what is held and waits until it has gone by.
async fn let_go(stack: &Stack, work: bool) {
    for provider in ProviderId::ALL {
        let simulator = stack.simulator(*provider);
        simulator.lock().release(work);
        while simulator.lock().in_flight() > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}
