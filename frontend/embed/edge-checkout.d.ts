/** What a shop's page sees of `<edge-checkout>`, the element that `edge-checkout.js` defines. */

/** Where the order stands. */
export type CheckoutStatus =
  | "open"
  | "awaiting_payment"
  | "processing"
  | "underpaid"
  | "paid"
  | "refunding"
  | "refunded"
  | "expired"
  | "cancelled"
  | "failed"
  | "review";

/** Where the customer's present try to pay stands. */
export type CheckoutAttemptStatus =
  | "creating"
  | "checking"
  | "awaiting_payment"
  | "processing"
  | "underpaid"
  | "paid"
  | "refunding"
  | "refunded"
  | "expired"
  | "cancelled"
  | "failed"
  | "review";

/** The checkout is there. */
export interface CheckoutReady {
  source: "edge-checkout";
  type: "ready";
  /** What the frame is called, in the customer's language. */
  title: string;
}

/** Where the payment stands. For the eye only: release goods on what your server reads from `GET /v1/sessions/{id}`. */
export interface CheckoutStatusChange {
  source: "edge-checkout";
  type: "status";
  /** The session's id; not a secret. */
  session: string;
  status: CheckoutStatus;
  /** Grows with every change. */
  sequence: number;
  /** The shop's own order id. */
  reference: string;
  /** Absent until a way to pay is chosen. */
  attempt_status?: CheckoutAttemptStatus;
  /** Paid, after the time to pay was over. */
  late: boolean;
  /** Paid, and this much too much. `amount` is a decimal string. */
  overpaid_by?: { amount: string; currency: string };
}

/** A modal checkout was closed: by the customer, by `close()`, or by taking `open` away. Nothing is called off by it. */
export interface CheckoutClose {
  type: "close";
  /** The last status known. */
  status: CheckoutStatus | null;
}

/** There is nothing to pay: the order token was refused, the link is incomplete (then without a code), or the checkout did not load. */
export interface CheckoutError {
  type: "error";
  /** An error code of the edge, such as `expired_order_token`; `unreachable` if nothing was heard of the checkout for 20 seconds. */
  code?: string;
}

/** Once for each status, when it becomes that: `checkout:paid`, `checkout:expired` (late money may still make it paid) and so on. */
type StatusEvents = { [status in CheckoutStatus as `checkout:${status}`]: CustomEvent<CheckoutStatusChange> };

/** The events of `<edge-checkout>`; all bubble and leave shadow roots. */
export interface EdgeCheckoutEventMap extends StatusEvents {
  "checkout:ready": CustomEvent<CheckoutReady>;
  "checkout:status": CustomEvent<CheckoutStatusChange>;
  "checkout:close": CustomEvent<CheckoutClose>;
  "checkout:error": CustomEvent<CheckoutError>;
}

/**
 * `<edge-checkout order="{order token}">`. Properties are attributes of the same name, `""` where there is none; docs/embedding.md explains
 * them. While the attribute `open` is there a modal checkout is shown.
 */
export interface EdgeCheckoutElement extends HTMLElement {
  /** The order token, made by the shop's server. Another order is another payment. */
  get order(): string;
  set order(order: string | null | undefined);

  /** Instead of `order`: a session opened by `POST /v1/sessions`, as the `page` of its answer or as `{id}.{token}`. */
  get session(): string;
  set session(session: string | null | undefined);

  /** In the page (the default), over it, or instead of it. */
  get mode(): "" | "inline" | "modal" | "page";
  set mode(mode: "" | "inline" | "modal" | "page" | null | undefined);

  /** As the customer's device is set (the default), light, or dark. */
  get theme(): "" | "auto" | "light" | "dark";
  set theme(theme: "" | "auto" | "light" | "dark" | null | undefined);

  /**
   * A BCP 47 tag: en, es, pt-BR, fr, de, it, nl, tr, ru, uk, ar, fa, he, hi, id, vi, th, ja, ko, zh-Hans or zh-Hant, in any case and with any
   * region (`de-CH`, `zh-TW`). Without it the language of what is around the element is asked for (`<html lang>`, say). If that is none of
   * these, the customer's browser decides, and in the end it is English.
   */
  lang: string;

  /** Shows a modal checkout, or leads to the checkout's own page. */
  show(): void;

  /** Hides a modal checkout. The payment goes on, and so do its events. */
  close(): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "edge-checkout": EdgeCheckoutElement;
  }
  interface GlobalEventHandlersEventMap extends EdgeCheckoutEventMap {}
}
