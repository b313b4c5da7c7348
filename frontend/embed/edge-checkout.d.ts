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

/** There is nothing to pay: the order token was refused, the link is incomplete (then without a code), or the checkout did not load. */
export interface CheckoutError {
  source: "edge-checkout";
  type: "error";
  /** An error code of the edge, such as `expired_order_token`; `unreachable` if nothing was heard of the checkout for 20 seconds. */
  code?: string;
}

/** The events of `<edge-checkout>`; all bubble and leave shadow roots. */
export interface EdgeCheckoutEventMap {
  "checkout:ready": CustomEvent<CheckoutReady>;
  "checkout:status": CustomEvent<CheckoutStatusChange>;
  /** Once, when the status becomes `paid`. */
  "checkout:paid": CustomEvent<CheckoutStatusChange>;
  /** Once, when the status becomes `expired`. Late money may still make it `paid`. */
  "checkout:expired": CustomEvent<CheckoutStatusChange>;
  "checkout:error": CustomEvent<CheckoutError>;
}

/**
 * `<edge-checkout order="{order token}" lang="{language}">`. Setting another `order` starts another payment.
 *
 * `lang` is a BCP 47 tag, read when the payment starts: en, es, pt-BR, fr, de, it, nl, tr, ru, uk, ar, fa, he, hi, id, vi, th, ja, ko,
 * zh-Hans or zh-Hant, in any case and with any region (`de-CH`, `zh-TW`). Without it the language of what is around
 * the element is asked for (`<html lang>`, say). If that is none of these, the customer's browser decides, and in the end it is English.
 */
export interface EdgeCheckoutElement extends HTMLElement {
  addEventListener<K extends keyof EdgeCheckoutEventMap>(
    type: K,
    listener: (this: EdgeCheckoutElement, event: EdgeCheckoutEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "edge-checkout": EdgeCheckoutElement;
  }
  interface GlobalEventHandlersEventMap extends EdgeCheckoutEventMap {}
}
