// What a shop does with the checkout's events, and the sandbox wallet's buttons.
//
// The events say what the customer sees; they are for the page alone. What is packed and sent is decided on a shop's server, by the
// webhooks it is sent. This demo packs nothing; it lists them.
(() => {
  "use strict";
  const checkout = document.querySelector("edge-checkout");
  const status = document.getElementById("status");
  const walletSays = document.getElementById("wallet-says");
  const heard = document.getElementById("heard");
  let session = null;

  const WORDS = {
    open: "Waiting for you to choose how to pay.",
    awaiting_payment: "Waiting for your payment.",
    processing: "Your payment is on its way.",
    underpaid: "A part of your payment has arrived.",
    paid: "Paid.",
    refunding: "Your money is on its way back.",
    refunded: "Your money has been sent back.",
    expired: "The time to pay is over.",
    cancelled: "This order was called off.",
    failed: "This order cannot be paid.",
    review: "We are looking into your payment.",
  };

  checkout.addEventListener("checkout:status", (event) => {
    session = event.detail.session;
    status.textContent = WORDS[event.detail.status] ?? event.detail.status;
  });
  checkout.addEventListener("checkout:error", (event) => {
    status.textContent =
      event.detail.code === "unreachable"
        ? "The checkout cannot be reached. Please load this page again."
        : "The checkout cannot be opened. Please go back to the shop and start again.";
  });
  checkout.addEventListener("checkout:paid", () => {
    document.getElementById("thanks").hidden = false;
  });

  const listWebhooks = async () => {
    try {
      const answer = await fetch(`/heard?order=${encodeURIComponent(document.body.dataset.reference)}`);
      const lines = answer.ok ? await answer.json() : [];
      if (lines.length > 0) {
        heard.replaceChildren(...lines.map((line) => Object.assign(document.createElement("li"), { textContent: line })));
      }
    } catch {
      // The shop's server is gone; what was listed stays.
    }
  };
  setInterval(listWebhooks, 2000);

  for (const button of document.querySelectorAll("[data-action]")) {
    button.addEventListener("click", async () => {
      if (session === null) {
        walletSays.textContent = "The checkout has not opened yet.";
        return;
      }
      // Not `disabled`, which would take the focus away.
      if (button.ariaBusy === "true") return;
      button.ariaBusy = "true";
      walletSays.textContent = "…";
      try {
        const answer = await fetch(`/wallet/${encodeURIComponent(session)}/${button.dataset.action}`, { method: "POST" });
        walletSays.textContent = await answer.text();
      } catch {
        walletSays.textContent = "The shop's server does not answer.";
      } finally {
        button.ariaBusy = "false";
      }
    });
  }
})();
