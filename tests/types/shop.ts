// What a shop's developer writes against the types that are shipped. It is never run: `cargo verify build` has the compiler read it, and
// every line that must not compile says so, for the compiler complains as well where one does.

import "../../dist/embed/edge-checkout.js";
import type {
  CheckoutAttemptStatus,
  CheckoutClose,
  CheckoutError,
  CheckoutReady,
  CheckoutStatus,
  CheckoutStatusChange,
  EdgeCheckoutElement,
  EdgeCheckoutEventMap,
} from "../../dist/embed/edge-checkout.js";

/** One type exactly, neither a wider one (`any`, say) nor a narrower. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const is = <_ extends true>(): void => {};

// The element, made or found, is known by its tag.
const checkout = document.createElement("edge-checkout");
is<Same<typeof checkout, EdgeCheckoutElement>>();
const found = document.querySelector("edge-checkout");
is<Same<typeof found, EdgeCheckoutElement | null>>();
document.body.append(checkout);

// Properties take a text or nothing, and give a text.
checkout.order = "order token";
checkout.order = null;
checkout.session = undefined;
checkout.session = "/checkout/id.token";
checkout.mode = "modal";
checkout.mode = null;
checkout.theme = "dark";
checkout.lang = "pt-BR";
is<Same<EdgeCheckoutElement["order"], string>>();
is<Same<EdgeCheckoutElement["session"], string>>();
is<Same<EdgeCheckoutElement["mode"], "" | "inline" | "modal" | "page">>();
is<Same<EdgeCheckoutElement["theme"], "" | "auto" | "light" | "dark">>();
// @ts-expect-error no such mode
checkout.mode = "popup";
// @ts-expect-error no such theme
checkout.theme = "sepia";
// @ts-expect-error a price is the order token's to state
checkout.order = 18.9;
// @ts-expect-error there while the checkout is shown, but an attribute only: `toggleAttribute("open")`, or `show()`
checkout.open = true;

is<Same<ReturnType<typeof checkout.show>, void>>();
is<Same<ReturnType<typeof checkout.close>, void>>();

// Events have what they tell, at the element and wherever they bubble to.
checkout.addEventListener("checkout:ready", ({ detail }) => is<Same<typeof detail, CheckoutReady>>());
checkout.addEventListener("checkout:status", ({ detail }) => {
  is<Same<typeof detail, CheckoutStatusChange>>();
  is<Same<typeof detail.status, CheckoutStatus>>();
  is<Same<typeof detail.attempt_status, CheckoutAttemptStatus | undefined>>();
  is<Same<typeof detail.sequence, number>>();
  is<Same<typeof detail.late, boolean>>();
  const excess: string | undefined = detail.overpaid_by?.amount;
  // @ts-expect-error money is no number
  const rounded: number | undefined = detail.overpaid_by?.amount;
  return [excess, rounded, detail.session.length, detail.reference.length];
});
checkout.addEventListener("checkout:close", ({ detail }) => {
  is<Same<typeof detail, CheckoutClose>>();
  is<Same<typeof detail.status, CheckoutStatus | null>>();
}, { once: true });
checkout.addEventListener("checkout:error", ({ detail }) => {
  is<Same<typeof detail, CheckoutError>>();
  is<Same<typeof detail.code, string | undefined>>();
});
const onPaid = ({ detail }: CustomEvent<CheckoutStatusChange>): void => console.log(detail.reference);
checkout.addEventListener("checkout:paid", onPaid);
checkout.removeEventListener("checkout:paid", onPaid);
document.addEventListener("checkout:expired", ({ detail, target }) => {
  is<Same<typeof detail, CheckoutStatusChange>>();
  return target;
});
document.getElementById("stage")?.addEventListener("checkout:paid", onPaid);
// @ts-expect-error what is closed tells nothing of a session
checkout.addEventListener("checkout:close", ({ detail }) => detail.session);
// @ts-expect-error no such status, so no such event
checkout.addEventListener("checkout:paied", onPaid);

// One event for each status, and nothing else.
type Own = "checkout:ready" | "checkout:status" | "checkout:close" | "checkout:error";
is<Same<keyof EdgeCheckoutEventMap, Own | `checkout:${CheckoutStatus}`>>();
is<Same<EdgeCheckoutEventMap[`checkout:${CheckoutStatus}`], CustomEvent<CheckoutStatusChange>>>();

// What an element of the page's own has is there as well.
checkout.addEventListener("click", ({ clientX }) => is<Same<typeof clientX, number>>());
checkout.toggleAttribute("open", true);
