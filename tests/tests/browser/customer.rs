//! Somebody who buys a bag of beans and pays for it in a browser: what the stories share.

use checkout_core::identity;
use checkout_shared::event::EventKind;
use checkout_shared::provider::ProviderId;
use checkout_shared::time::Millis;
use checkout_tests::browser::{Browser, Device, PATIENCE, Place};
use checkout_tests::clock::{self, Stopwatch};
use checkout_tests::merchant_endpoint::Received;
use checkout_tests::order_token;
use checkout_tests::problem::{Outcome, Problem};
use checkout_tests::sandbox_wallet::WalletAction;
use checkout_tests::simulators::PaymentSummary;
use checkout_tests::stack::Stack;
use serde_json::json;
use std::time::Duration;

/// A customer at a browser, who leaves when the story is over.
pub struct Customer<'a> {
    /// What the story is told on.
    pub stack: &'a Stack,
    /// What the customer looks at.
    pub browser: Browser,
    /// What pictures of this story are called.
    story: String,
}

impl<'a> Customer<'a> {
    /// Somebody with a new browser. `story` is a word for its pictures.
    pub async fn comes(stack: &'a Stack, device: Device, story: &str) -> Outcome<Self> {
        Ok(Self::with(stack, Browser::open(device).await?, story))
    }

    /// Somebody with this browser.
    pub fn with(stack: &'a Stack, browser: Browser, story: &str) -> Self {
        let story = format!("{story}-{}", browser.device());
        Self { stack, browser, story }
    }

    /// The page the customer is on.
    pub fn page(&self) -> Place<'_> {
        self.browser.page()
    }

    /// The checkout in the shop's page.
    pub fn checkout(&self) -> Place<'_> {
        self.browser.checkout()
    }

    /// Puts a bag of beans on order; the shop's checkout page opens.
    pub async fn orders_beans(&self) -> Outcome {
        self.browser.goto(self.stack.storefront_url()).await?;
        self.page().wait_for("Huehuetenango").await?;
        self.page().press("Go to checkout").await
    }

    /// Goes to the shop's checkout with a bag of beans and looks at the ways to pay.
    pub async fn buys_beans(&self) -> Outcome {
        self.orders_beans().await?;
        self.checkout().wait_for("How would you like to pay?").await?;
        self.page().wait_for("Waiting for you to choose how to pay.").await?;
        self.picture("1-methods").await
    }

    /// Buys a bag of beans and chooses Tether on Tron; gives back what the provider made of it.
    pub async fn chooses_tether_on_tron(&self) -> Outcome<PaymentSummary> {
        self.buys_beans().await?;
        self.checkout().press("USDT Tron (TRC-20)").await?;
        self.checkout().wait_for("Send exactly this amount").await?;
        self.only_payment().await
    }

    /// The one payment that OxaPay has of the order: whatever the customer does, no second one is made.
    pub async fn only_payment(&self) -> Outcome<PaymentSummary> {
        let mut payments = self.payments(ProviderId::Oxapay).await?;
        assert_eq!(payments.len(), 1, "one choice, one payment: {payments:?}");
        Ok(payments.remove(0))
    }

    /// What a provider has of the order, the newest last.
    pub async fn payments(&self, provider: ProviderId) -> Outcome<Vec<PaymentSummary>> {
        let session = self.session().await?;
        Ok(self.stack.simulator(provider).lock().payments(&session))
    }

    /// The id of the order's session: it is in the address of the checkout.
    pub async fn session(&self) -> Outcome<String> {
        let address = match self.checkout().address().await {
            Ok(address) => address,
            // The checkout is not embedded but on a page of its own.
            Err(_) => self.page().address().await?,
        };
        let id = address.split_once("/checkout/").and_then(|(_, rest)| rest.split_once('.')).map(|(id, _)| id.to_owned());
        id.ok_or_else(|| Problem::new(format!("{address} is not the address of a session")))
    }

    /// Pays (or does not) from a wallet that is not on this page, such as an app on the same phone.
    pub async fn uses_wallet(&self, session: &str, action: WalletAction) -> Outcome {
        self.stack.wallet().act(session, action).await.map(drop)
    }

    /// Pays from a wallet that is not on this page, and lets the time pass until the shop knows of it.
    pub async fn pays_elsewhere(&self, session: &str) -> Outcome {
        self.uses_wallet(session, WalletAction::Exact).await?;
        self.shop_is_told(session, EventKind::Paid).await.map(drop)
    }

    /// Goes to the checkout by a link of its own, which needs no page of a shop around it; gives back the id of the order's session.
    pub async fn follows_link(&self) -> Outcome<String> {
        let (stack, now) = (self.stack, clock::now());
        let reference = format!("LINK-{}-{}", self.story, now.0);
        let claims = json!({
            "amount": "18.90",
            "currency": "USD",
            "reference": reference,
            "exp": (now + Millis::hours(1)).seconds(),
            "description": "A bag of coffee beans",
            "success_url": format!("{}/?thanks", stack.storefront_url()),
            "cancel_url": format!("{}/", stack.storefront_url()),
        });
        let order = order_token::sign(&claims, &stack.secrets.order_signing_key);
        self.browser.goto(&format!("{}/checkout?order={order}", stack.worker_url())).await?;
        Ok(identity::session_id("edge-checkout", &reference))
    }

    /// Waits until the merchant's server has been sent an event of this kind about a session; the webhook that brought it.
    pub async fn shop_is_told(&self, session: &str, kind: EventKind) -> Outcome<Received> {
        let watch = Stopwatch::start();
        while watch.elapsed() < PATIENCE {
            let received = self.stack.merchant().received_of(session);
            let is_it = |one: &Received| one.verdict.is_believed() && one.told().is_ok_and(|told| told.kind == kind);
            if let Some(one) = received.into_iter().find(is_it) {
                return Ok(one);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(Problem::new(format!("{}: the shop was never told {}", self.story, kind.as_str())))
    }

    /// Takes a picture of the page; nothing on it may need scrolling sideways.
    pub async fn picture(&self, state: &str) -> Outcome {
        self.fits().await?;
        self.browser.screenshot(&format!("{}-{state}", self.story)).await
    }

    async fn fits(&self) -> Outcome {
        for place in [self.page(), self.checkout()] {
            // A page that is no shop's embeds no checkout.
            if let Ok(excess) = place.width_in_excess().await {
                assert_eq!(excess, 0, "{}: so many pixels are off the screen", self.story);
            }
        }
        Ok(())
    }

    /// Waits until this is on the clipboard.
    pub async fn has_on_the_clipboard(&self, wanted: &str) -> Outcome {
        let is_there = || async move { Ok(self.browser.clipboard().await? == wanted) };
        self.until(is_there, &format!("{wanted:?} is on the clipboard")).await
    }

    /// Waits until this is what is selected in the checkout.
    pub async fn has_selected(&self, wanted: &str) -> Outcome {
        let is_selected = || async move { Ok(self.checkout().evaluate("return getSelection().toString()").await? == wanted) };
        self.until(is_selected, &format!("{wanted:?} is selected")).await
    }

    /// Waits until something is so.
    pub async fn until<F: Future<Output = Outcome<bool>>>(&self, is_so: impl Fn() -> F, what: &str) -> Outcome {
        let watch = Stopwatch::start();
        while watch.elapsed() < PATIENCE {
            if is_so().await? {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(Problem::new(format!("{}: it never was so that {what}", self.story)))
    }

    /// Leaves like [`Customer::leaves`], but the network or the edge was down meanwhile, which the browser itself complains about.
    pub async fn leaves_in_trouble(self) -> Outcome {
        let complaints = self.browser.complaints().await?;
        let others: Vec<_> = complaints.iter().filter(|complaint| !complaint.contains("net::ERR_")).collect();
        assert!(others.is_empty(), "{}: {others:?}", self.story);
        self.leaves().await
    }

    /// Looks over page and console for the last time and closes the browser: nothing is cut off, and nothing was complained about.
    pub async fn leaves(self) -> Outcome {
        self.fits().await?;
        assert_eq!(self.browser.complaints().await?, Vec::<String>::new(), "{}", self.story);
        self.would_have_been_heard().await?;
        self.browser.close().await
    }

    /// Silence means something only if a complaint from the page and from within the frame would have been heard.
    async fn would_have_been_heard(&self) -> Outcome {
        let mut complaints = vec!["the page complains, as the story wants"];
        self.page().complain(complaints[0]).await?;
        if self.checkout().text().await.is_ok() {
            complaints.push("the checkout complains, as the story wants");
            self.checkout().complain(complaints[1]).await?;
        }
        let heard = self.browser.complaints().await?;
        for complaint in complaints {
            assert!(heard.iter().any(|heard| heard.contains(complaint)), "{}: {complaint:?} was not heard: {heard:?}", self.story);
        }
        Ok(())
    }
}
