//! How fresh a customer's screen is: from a webhook, from a provider that sends none, and with how many tabs open; and what that costs
//! in calls to the provider. "Screen" is a WebSocket that has the view; what a browser does with it comes on top.

use super::Spread;
use super::crowd::Crowd;
use super::shop::{Customer, PROVIDER, Shop};
use crate::problem::{Outcome, Problem};
use crate::simulators::{Fault, FaultKind};
use crate::stack::Stack;
use checkout_shared::session::Status;
use checkout_shared::time::{Millis, Timestamp};
use futures_util::future::join_all;
use std::fmt::Write as _;
use std::time::Duration;

/// How many payments are measured in each way.
const PAYMENTS: usize = 40;
/// How many of them at once: few enough that they do not wait for each other.
const AT_ONCE: usize = 5;
/// How many tabs are on one session.
const TABS: [usize; 3] = [1, 100, 1000];
/// How long a confirmation takes, so that forty payments do not take minutes.
const CONFIRMATION: Millis = Millis(300);
/// The longest from paying to paid.
const PATIENCE: Duration = Duration::from_mins(2);

/// What was measured, all in milliseconds but the calls.
#[derive(Debug, Default)]
pub struct Measured {
    webhook_to_screen: Spread,
    change_to_screen: Spread,
    /// By number of tabs.
    fan_out: Vec<(usize, Spread)>,
    calls_notified: Spread,
    calls_polled: Spread,
}

/// Measures on a stack of one's own.
pub async fn measure(stack: &Stack) -> Outcome<Measured> {
    let shop = Shop::open(stack)?;
    stack.simulator(PROVIDER).lock().settle_every(CONFIRMATION);
    let (webhook_to_screen, calls_notified) = payments(&shop, first_webhook_to_screen).await?;
    stack.simulator(PROVIDER).lock().arm(Fault::new(FaultKind::Lose, "", u32::MAX));
    let polled = payments(&shop, change_to_screen).await;
    stack.simulator(PROVIDER).lock().disarm();
    let (change_to_screen, calls_polled) = polled?;
    let mut fan_out = Vec::new();
    for tabs in TABS {
        fan_out.push((tabs, across(&shop, tabs).await?));
    }
    Ok(Measured { webhook_to_screen, change_to_screen, fan_out, calls_notified, calls_polled })
}

/// Pays forty orders and measures each; also how many calls each has cost.
async fn payments(shop: &Shop<'_>, latency: fn(&Shop<'_>, &Customer, &Crowd, Timestamp) -> Option<i64>) -> Outcome<(Spread, Spread)> {
    let (mut latencies, mut calls) = (Vec::new(), Vec::new());
    for _ in 0..PAYMENTS / AT_ONCE {
        for measured in join_all((0..AT_ONCE).map(|_| payment(shop, latency))).await {
            let (latency, asked) = measured?;
            latencies.push(latency);
            calls.push(asked);
        }
    }
    Ok((Spread::of(latencies), Spread::of(calls)))
}

async fn payment(shop: &Shop<'_>, latency: fn(&Shop<'_>, &Customer, &Crowd, Timestamp) -> Option<i64>) -> Outcome<(i64, i64)> {
    let customer = shop.customer().await?;
    let mut tab = Crowd::default();
    tab.grow(&shop.live_url(&customer), 1).await?;
    let paid_at = shop.pay(&customer)?;
    tab.until(Status::Paid, PATIENCE).await?;
    let latency = latency(shop, &customer, &tab, paid_at).ok_or_else(|| Problem::new("a payment was never seen on its way"))?;
    Ok((latency, shop.provider_calls(&customer).await?.into()))
}

/// From the first webhook being handed over to the view that it leads to.
fn first_webhook_to_screen(shop: &Shop<'_>, customer: &Customer, tab: &Crowd, _: Timestamp) -> Option<i64> {
    let sent_at = *shop.notified(customer).first()?;
    Some((*tab.firsts(Status::Processing).first()? - sent_at).0)
}

/// From the money being there to the view that shows it.
fn change_to_screen(_: &Shop<'_>, _: &Customer, tab: &Crowd, paid_at: Timestamp) -> Option<i64> {
    let seen = tab.firsts(Status::Processing).first().or(tab.firsts(Status::Paid).first()).copied()?;
    Some((seen - paid_at).0)
}

/// From the first webhook being handed over to each of so many tabs.
async fn across(shop: &Shop<'_>, tabs: usize) -> Outcome<Spread> {
    let customer = shop.customer().await?;
    let mut crowd = Crowd::default();
    crowd.grow(&shop.live_url(&customer), tabs).await?;
    shop.pay(&customer)?;
    crowd.until(Status::Paid, PATIENCE).await?;
    let sent_at = shop.notified(&customer).first().copied().ok_or_else(|| Problem::new("no webhook was sent"))?;
    let latencies: Vec<i64> = crowd.firsts(Status::Processing).into_iter().map(|seen_at| (seen_at - sent_at).0).collect();
    Ok(Spread::of(latencies))
}

impl Measured {
    /// A table for people.
    #[must_use]
    pub fn table(&self) -> String {
        let mut text = format!("{:<46} {:>6} {:>8} {:>8} {:>8}\n", "", "count", "p50", "p95", "max");
        let mut line = |what: &str, spread: &Spread| {
            // Writing to a string does not fail.
            let _ = writeln!(text, "{what:<46} {spread}");
        };
        line("webhook → screen, ms", &self.webhook_to_screen);
        line("provider's change → screen, no webhooks, ms", &self.change_to_screen);
        for (tabs, spread) in &self.fan_out {
            line(&format!("webhook → each of {tabs} screens, ms"), spread);
        }
        line("calls to the provider per session", &self.calls_notified);
        line("calls to the provider per session, no webhooks", &self.calls_polled);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_a_line_for_everything_and_its_columns_stand_in_line() {
        let one = Spread::of(vec![12]);
        let measured = Measured { webhook_to_screen: one, fan_out: TABS.map(|tabs| (tabs, one)).to_vec(), ..Measured::default() };
        let table = measured.table();
        assert_eq!(table.lines().count(), 8, "{table}");
        let widths: Vec<usize> = table.lines().map(|line| line.chars().count()).collect();
        assert!(widths.iter().all(|width| *width == widths[0]), "{table}");
        assert!(table.contains("webhook → each of 1000 screens, ms"), "{table}");
    }
}
