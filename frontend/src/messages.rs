//! Every text a customer reads, in one place. `{places}` are filled by `words::fill`.
//!
//! Plain words, no blame, and always what to do next. A coin is never named without its network where money could be sent by it.

// Names and links
pub const THE_SHOP: &str = "the shop";
pub const COIN_ON_NETWORK: &str = "{coin} on {network}";
pub const PAGE_CRYPTO: &str = "More coins";
pub const PAGE_CARD: &str = "Card or PayPal";
pub const BACK_TO_SHOP: &str = "Back to {shop}";
pub const TRY_AGAIN: &str = "Try again";

// Summary
pub const PAY_MERCHANT: &str = "Pay {shop}";
pub const PAY: &str = "Payment";
pub const REFERENCE: &str = "Reference";
pub const OFFLINE: &str = "You are offline. Nothing you have sent is lost: this page catches up by itself when you are back.";
pub const TROUBLED: &str = "We can’t check right now. Nothing you have sent is lost; this page keeps trying.";
pub const OUTDATED: &str =
    "This page can’t read the latest news of your payment. Nothing you have sent is lost. Please load the page again.";
pub const RELOAD: &str = "Load the page again";

// Choosing
pub const CHOOSE_HEADING: &str = "How would you like to pay?";
pub const CHOOSE_LOADING: &str = "Asking which ways to pay are open…";
pub const CHOOSE_UNAVAILABLE: &str = "We can’t find out right now which ways to pay are open. Nothing was charged.";
pub const CHOOSE_NETWORK: &str = "Choose a network";
pub const CHOOSE_NETWORKS_OF: &str = "Networks for {coin}";
pub const PAGE_CRYPTO_HINT: &str = "Choose on the payment provider’s secure page";
pub const PAGE_CARD_HINT: &str = "On the payment provider’s secure page";
pub const PREPARING: &str = "Getting it ready…";
pub const KEEP_TEXT: &str = "Already sent it? Don’t pay again: keep the payment you started; it will be found.";
pub const KEEP_METHOD: &str = "Keep the payment I started";
pub const ENDED_EXPIRED: &str = "The time for the last address is over, so please don’t send to it any more. If you already have, leave this page open: it will still be found.";
pub const ENDED_CANCELLED: &str = "The last payment was called off. Please choose again.";
pub const ENDED_FAILED: &str = "That way to pay didn’t work out. Nothing was charged. Please choose again.";

// Preparing
pub const PREPARING_HEADING: &str = "Getting your payment ready";
pub const PREPARING_TEXT: &str = "Setting up {method}. This takes a few seconds.";
pub const PREPARING_CHECKING: &str =
    "Setting up {method} takes longer than usual. We are making sure it is set up only once; nothing has been charged.";
pub const CHANGE_METHOD: &str = "Pay another way";

// Paying to an address
pub const PAY_HEADING: &str = "Send exactly this amount";
pub const PAY_REST_HEADING: &str = "Send what is still missing";
pub const PAY_REST_TEXT: &str = "{received} arrived, thank you. Please send the rest to the same address.";
pub const AMOUNT: &str = "Amount";
pub const ADDRESS: &str = "Address on {network}";
pub const MEMO: &str = "Memo (tag)";
pub const MEMO_NEEDED: &str = "Without this memo your payment cannot be found. Copy it into your wallet too.";
pub const ON_NETWORK: &str = "on {network}";
pub const QR_LABEL: &str = "QR code to pay {amount} on {network}";
pub const QR_HINT: &str = "Scan with your wallet";
pub const ONLY_THIS: &str = "Send only {coin}, and only on {network}. Anything else would be lost.";
pub const TIME_LEFT: &str = "Time left";
pub const WHEN_IT_ENDS: &str = "After that, don’t send to this address: choose again to get a fresh one.";
pub const WHEN_IT_ENDS_REST: &str = "After that, don’t send any more: the shop will help you to finish the order.";
pub const WAITING: &str = "Waiting for your payment";
pub const WAITING_TEXT: &str = "This page notices by itself, usually within a minute.";

// Copying
pub const COPY: &str = "Copy";
pub const COPIED: &str = "Copied";
pub const COPY_BY_HAND: &str = "Selected";
pub const COPY_AMOUNT: &str = "Copy amount";
pub const COPY_ADDRESS: &str = "Copy address";
pub const COPY_MEMO: &str = "Copy memo";
pub const COPY_REFERENCE: &str = "Copy reference";
pub const COPY_TRANSACTION: &str = "Copy transaction id";
pub const COPY_BY_HAND_SAID: &str = "Your browser did not allow copying. The text is selected: copy it yourself.";

// Paying on a page
pub const PAGE_HEADING: &str = "Continue on the payment page";
pub const PAGE_TEXT: &str =
    "It opens in a new tab, on the site of the payment provider. Leave this page open: it shows when your payment arrives.";
pub const PAGE_REST_HEADING: &str = "Pay what is still missing";
pub const PAGE_REST_TEXT: &str = "A part of your payment has arrived, thank you. Please pay the rest on the same page.";
pub const PAGE_REST_DUE: &str = "{received} arrived, thank you. Please pay the other {due} on the same page.";
pub const PAGE_OPEN: &str = "Open the payment page";
pub const PAGE_WHEN_IT_ENDS: &str = "After that, choose again to get a fresh page.";
pub const PAGE_BROKEN: &str = "This payment page cannot be opened. Please pay another way.";

// The time is over
pub const TIME_UP_HEADING: &str = "The time to pay is over";
pub const TIME_UP_TEXT: &str =
    "Already sent? Leave this page open, your payment will still be found. Not sent yet? Please don’t use the old address: choose again.";
pub const TIME_UP_CHOOSE: &str = "Choose again";

// Progress
pub const PROGRESS_HEADING: &str = "Payment detected";
pub const PROGRESS_TEXT: &str = "The network is confirming it now. There is nothing more to do; you can close this page.";
pub const STEP_DETECTED: &str = "Detected";
pub const STEP_CONFIRMING: &str = "Confirming";
pub const STEP_PAID: &str = "Paid";
pub const CONFIRMATIONS_OF: &str = "{count} of {needed} confirmations";
pub const CONFIRMATIONS_ONE: &str = "1 confirmation so far";
pub const CONFIRMATIONS: &str = "{count} confirmations so far";
pub const CONFIRMATIONS_NONE: &str = "Waiting for the first confirmation";

// Facts
pub const RECEIVED: &str = "Received";
pub const STILL_DUE: &str = "Still missing";
pub const ORDER_AMOUNT: &str = "Order";
pub const METHOD: &str = "Paid with";
pub const TRANSACTION: &str = "Transaction";

// Outcomes
pub const PAID_HEADING: &str = "Payment complete";
pub const PAID_TEXT: &str = "Thank you. {shop} has your payment of {price}.";
pub const PAID_LATE: &str = "It came after the time was over, and it counts all the same.";
pub const PAID_OVER: &str = "You sent {over} more than needed. To get it back, write to {shop} and quote the reference below.";
pub const TOO_LITTLE_HEADING: &str = "Part of the amount is missing";
pub const TOO_LITTLE_TEXT: &str = "{received} arrived, which is less than the order costs. Please don’t send more now. Write to {shop} and quote the reference below: they can finish the order or send your money back.";
pub const TOO_LITTLE_SOME: &str = "Some money";
pub const REFUNDING_HEADING: &str = "Your refund is on its way";
pub const REFUNDING_TEXT: &str = "{shop} is sending your money back. Depending on the network this can take a while.";
pub const REFUNDED_HEADING: &str = "Refunded";
pub const REFUNDED_TEXT: &str = "{shop} has sent your money back. Questions? Quote the reference below.";
pub const EXPIRED_HEADING: &str = "The time to pay is over";
pub const EXPIRED_TEXT: &str = "No payment has arrived, and nothing was charged. To pay now, go back to {shop} and start again.";
pub const EXPIRED_SENT: &str =
    "Already sent it? Don’t send again. We keep looking for your payment, and this page shows it when it arrives.";
pub const CANCELLED_HEADING: &str = "This order was cancelled";
pub const CANCELLED_TEXT: &str = "Please don’t send any money for it.";
pub const CANCELLED_SENT: &str = "Already sent it? Write to {shop} and quote the reference below.";
pub const FAILED_HEADING: &str = "This payment didn’t go through";
pub const FAILED_TEXT: &str = "It cannot be paid here any more. Go back to {shop} to try again.";
pub const FAILED_SENT: &str = "Already sent money? Don’t send again. Write to {shop} and quote the reference below.";
pub const REVIEW_HEADING: &str = "Your payment is being checked";
pub const REVIEW_TEXT: &str =
    "Money has arrived, but it doesn’t quite match the order. Someone at {shop} is looking at it. Please don’t send anything more.";
pub const REVIEW_NEXT: &str = "Nothing is lost. If you have questions, quote the reference below.";

// Problems
pub const PROBLEM_HEADING: &str = "This checkout can’t be opened";
pub const PROBLEM_BUSY_HEADING: &str = "Please try again in a moment";
pub const PROBLEM_LINK: &str = "The link is incomplete. Go back to the shop and open the checkout from there.";
pub const PROBLEM_ORDER_TOKEN: &str = "The shop’s link isn’t valid. Go back to the shop and start the payment again; nothing was charged.";
pub const PROBLEM_ORDER_EXPIRED: &str = "The shop’s link is too old. Go back to the shop and start the payment again; nothing was charged.";
pub const PROBLEM_UNKNOWN: &str =
    "We can’t find this payment. Check that the link is complete, or go back to the shop and open the checkout from there.";
pub const PROBLEM_ORIGIN: &str = "The shop has not allowed its checkout to be shown on this page. Please tell the shop.";
pub const PROBLEM_CONFLICT: &str = "The shop’s order has changed since it was first opened. Go back to the shop and start again.";
pub const PROBLEM_CLOSED: &str = "This order can’t be paid any more. Go back to the shop to see where it stands.";
pub const PROBLEM_PURGED: &str = "This order was completed a long time ago. The shop can tell you more about it.";
pub const PROBLEM_SEEN: &str = "A payment for this order has already been seen. This page shows how it goes on.";
pub const PROBLEM_ATTEMPTS: &str = "Too many ways to pay have been tried for this order. Go back to the shop and start again.";
pub const PROBLEM_RATE: &str = "Too many tries in a short time. Wait a minute, then try again.";
pub const PROBLEM_PROVIDER: &str = "This way to pay isn’t available right now. Nothing was charged. Try again, or choose another.";
pub const PROBLEM_METHOD: &str = "This way to pay is no longer offered. Please choose another.";
pub const PROBLEM_OURS: &str = "Something went wrong on our side. Nothing was charged. Please try again.";
pub const PROBLEM_UNREACHABLE: &str = "We couldn’t reach the checkout. Check your connection and try again.";
pub const PROBLEM_QUOTE: &str = "If you ask for help, quote {request}.";

// Said to screen readers when something changes by itself
pub const SAID_PAY: &str = "Ready to pay. Send {amount} on {network}.";
pub const SAID_REST: &str = "{received} arrived. Please send {amount} more on {network}.";
pub const SAID_PROGRESS: &str = "Payment detected. {confirmations}.";
