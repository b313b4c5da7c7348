// <edge-checkout order="…"> puts the checkout into a page of the shop: a frame served by the edge this script came from.
//
//   <script src="https://pay.example/embed/edge-checkout.js" defer></script>
//   <edge-checkout order="{order token made by the shop's server}"></edge-checkout>
//
// The checkout speaks the language of the page around it (the nearest `lang`, from the element's own up to <html>), else the one that the
// customer's browser likes best.
//
// It sizes the frame and re-emits what the checkout says as DOM events, which bubble: checkout:ready, checkout:status,
// checkout:paid, checkout:expired, checkout:error (edge-checkout.d.ts has their types). They are for the eye: goods are released on
// what the merchant's server reads from GET /v1/sessions/{id}.
//
// One file for `<script src>`, `<script type="module" src>` and `import "https://pay.example/embed/edge-checkout.js"`. Several elements on
// a page, removing and putting back, and importing where there is no window are all fine.
(() => {
  if (typeof window === "undefined" || customElements.get("edge-checkout")) return;

  // A classic script is told where it came from. A module is not, except by `import.meta`, which a classic script may not even
  // contain; the first place in a stack trace taken here says it to both.
  const here = document.currentScript?.src || /https?:\/\/[^\s()]+/.exec(new Error().stack)[0];
  const edge = new URL(here).origin;

  class EdgeCheckout extends HTMLElement {
    static observedAttributes = ["order"];

    connectedCallback() {
      addEventListener("message", this);
      this.open();
    }

    disconnectedCallback() {
      removeEventListener("message", this);
      this.close();
    }

    // Another order is another payment.
    attributeChangedCallback() {
      if (this.isConnected) this.open();
    }

    open() {
      const order = this.getAttribute("order");
      // The parser or a framework reports an attribute before or after connecting; one frame per order is enough.
      if (this.frame && this.opened === order) return;
      this.close();
      // A framework may bring the order later.
      if (!order) return;
      this.opened = order;
      const frame = document.createElement("iframe");
      const { lang } = this.closest("[lang]") ?? document.documentElement;
      frame.src = `${edge}/checkout?${new URLSearchParams({ order, origin: location.origin, lang })}`;
      frame.title = "Checkout";
      frame.allow = "clipboard-write";
      // As high as the first step is likely to be, so that little moves; `light dark` keeps the frame see-through.
      frame.style.cssText = "display:block;width:100%;height:640px;border:0;color-scheme:light dark";
      this.append((this.frame = frame));
      // A frame that cannot be loaded says so to nobody.
      this.timer = setTimeout(() => this.emit("error", { source: "edge-checkout", type: "error", code: "unreachable" }), 20_000);
    }

    close() {
      clearTimeout(this.timer);
      this.frame?.remove();
      this.frame = this.status = null;
    }

    emit(name, detail) {
      this.dispatchEvent(new CustomEvent(`checkout:${name}`, { detail, bubbles: true, composed: true }));
    }

    handleEvent({ origin, source, data }) {
      // Only our own frame, and only while it shows a page of the edge.
      if (origin !== edge || source !== this.frame?.contentWindow || data?.source !== "edge-checkout") return;
      const { type, status } = data;
      if (type === "resize") this.frame.style.height = `${+data.height}px`;
      if (type === "ready" || type === "error") clearTimeout(this.timer);
      if (type === "ready" || type === "status" || type === "error") this.emit(type, data);
      if (type === "status" && status !== this.status) {
        this.status = status;
        if (status === "paid" || status === "expired") this.emit(status, data);
      }
    }
  }
  customElements.define("edge-checkout", EdgeCheckout);
})();
