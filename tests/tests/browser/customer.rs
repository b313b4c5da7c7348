//! Somebody who buys a bag of beans and pays for it in a browser: what the stories share.

use checkout_shared::provider::ProviderId;
use checkout_tests::browser::{Browser, Device, Place};
use checkout_tests::problem::{Outcome, Problem};
use checkout_tests::sandbox_wallet::WalletAction;
use checkout_tests::simulators::PaymentSummary;
use checkout_tests::stack::Stack;

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

    #[expect(dead_code)]
    /// Pays (or does not) from a wallet that is not on this page, such as an app on the same phone.
    pub async fn uses_wallet(&self, session: &str, action: WalletAction) -> Outcome {
        self.stack.wallet().act(session, action).await.map(drop)
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
