//! Whoever long-polls counts as watching, as if by a socket, and no longer once they have gone.

use crate::client::{Edge, Opening, check, ok};
use crate::{Story, Told, stories};
use checkout_shared::provider::ProviderId;
use checkout_shared::route::Route;
use checkout_shared::session::{SessionView, Status};
use checkout_tests::sandbox_wallet::WalletAction;
use libtest_mimic::Failed;
use std::time::Duration;

stories! { Story: whoever_goes_away_while_waiting_is_soon_not_waited_for }

/// Money that is not all of it is asked about every three seconds while watched, and every half a minute or less often while not.
const SPAN: Duration = Duration::from_secs(10);
/// The least and the most that come to such a span.
const WATCHED: usize = 2;
const UNWATCHED: usize = 1;
/// How long somebody wants to wait who leaves after a second.
const WAIT: u64 = 4;
/// From then on: whoever asked counts as watching for 15 seconds, and the last question may be under way.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(WAIT + 15 + 2);

async fn whoever_goes_away_while_waiting_is_soon_not_waited_for(edge: &Edge) -> Told {
    let opening = edge.open().await?;
    edge.choose(&opening, "USDT:tron").await?;
    edge.pay(&opening, WalletAction::Half).await?;
    edge.until(&opening, "underpaid", |view| view.status == Status::Underpaid).await?;
    let record = edge.record(&opening.capability.id).await?;
    let payment = record.attempts.first().and_then(|attempt| attempt.provider_reference.clone()).ok_or("no reference")?;

    let before = asked(edge, &payment).await?;
    let _: SessionView = ok(edge.get(waiting(&opening, SPAN.as_secs())).await?).await?;
    let while_waiting = asked(edge, &payment).await? - before;
    check(while_waiting >= WATCHED, format!("asked {while_waiting} times while somebody waits"))?;

    let gone = edge.http.get(format!("{}{}", edge.url, waiting(&opening, WAIT))).timeout(Duration::from_secs(1)).send().await;
    check(gone.is_err_and(|error| error.is_timeout()), "gone in the middle of the wait")?;
    tokio::time::sleep(FORGOTTEN_AFTER).await;
    let before = asked(edge, &payment).await?;
    tokio::time::sleep(SPAN).await;
    let after = asked(edge, &payment).await? - before;
    check(after <= UNWATCHED, format!("asked {after} times while nobody waits"))
}

/// Waits for a view that never comes, so that no news ends the wait.
fn waiting(opening: &Opening, wait: u64) -> String {
    format!("{}?after={}&wait={wait}", Route::View(opening.capability.clone()), u64::MAX)
}

/// How often a payment was asked about.
async fn asked(edge: &Edge, payment: &str) -> Result<usize, Failed> {
    Ok(edge.asked(ProviderId::Oxapay, "GET", &format!("/payment/{payment}")).await?.len())
}
