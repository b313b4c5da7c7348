// <edge-checkout order="…"> puts the checkout into a page of the shop: a frame served by the edge this script came from.
//
//   <script src="https://pay.example/embed/edge-checkout.js" defer></script>
//   <edge-checkout order="{order token made by the shop's server}"></edge-checkout>
//
// Within the page, over it (mode="modal") or in its stead (mode="page"); the latter two when `show()` is called. docs/embedding.md says all
// that can be set and heard, edge-checkout.d.ts has the types. What is heard is for the eye: goods are released on what the merchant's
// server is told.
//
// One file for `<script src>`, `<script type="module" src>` and `import "https://pay.example/embed/edge-checkout.js"`. Several elements on
// a page, removing and putting back, shadow roots, and importing where there is no window are all fine. Of the page's policy it needs
// `script-src` and `frame-src`, no more. It may weigh 1000 bytes compressed (tests/src/weight.rs), and is written to.
if (globalThis.window && !customElements.get("edge-checkout")) {
  // A classic script is told where it came from. A module is not, except by `import.meta`, which a classic script may not even
  // contain; the first place in a stack trace taken here says it to both.
  const edge = /https?:\/\/[^/\s()]+/.exec(document.currentScript?.src || new Error().stack)[0];
  const attributes = ["order", "session", "mode", "theme"];

  class EdgeCheckout extends HTMLElement {
    static observedAttributes = [...attributes, "lang", "open"];

    // Keeps the styles of the shop's page out, and the hands of its framework off.
    #root = this.attachShadow({ mode: "open" });
    #src;
    #frame;
    #dialog;
    #status;
    #timer;

    connectedCallback() {
      addEventListener("message", this);
      this.attributeChangedCallback();
    }

    // The browser forgets what was in the frame, and that the dialog was a modal one.
    disconnectedCallback() {
      removeEventListener("message", this);
      clearTimeout(this.#timer);
      this.#dialog?.close();
      this.close();
    }

    show() {
      this.toggleAttribute("open", true);
    }

    close() {
      this.toggleAttribute("open", false);
    }

    // Makes what is there fit the attributes, and leaves alone what does.
    attributeChangedCallback(name) {
      if (!this.isConnected) return;
      const { order, session, mode, theme } = this;
      const { lang } = this.closest("[lang]") ?? document.documentElement;
      const query = { order, session, mode, theme, lang, origin: location.origin };
      for (const name of /* what a shop may style */ "accent background surface text radius font spacing".split(" "))
        query[name] = getComputedStyle(this).getPropertyValue("--checkout-" + name);
      const src = edge + "/checkout?" + new URLSearchParams(query);
      const isModal = mode === "modal";
      const open = this.hasAttribute("open");
      // What is closed is not dressed anew.
      if (src !== this.#src && (open || name !== "open")) {
        clearTimeout(this.#timer);
        this.#root.replaceChildren();
        this.#src = src;
        this.#frame = this.#dialog = this.#status = null;
      }
      // A framework may bring the order later.
      if (!(order + session)) return;
      if (mode === "page") {
        if (open) {
          this.close();
          location = src;
        }
      } else if (!this.#frame && (!isModal || open)) {
        this.#frame = document.createElement("iframe");
        this.#frame.src = src;
        this.#frame.allow = "clipboard-write";
        // As high as the first step is likely to be, so that little moves; see-through if its scheme is that of the page in it.
        this.#frame.style = "width:100%;height:640px;border:0;display:block;color-scheme:" + (/light|dark/.exec(theme) ?? "light dark");
        // A frame that cannot be loaded says so to nobody.
        this.#timer = setTimeout(() => this.#emit({ type: "error", code: "unreachable" }), 20_000);
        if (isModal) {
          this.#dialog = document.createElement("dialog");
          this.#dialog.style = "width:30rem;padding:0;border:0;background:0 0;box-shadow:0 0 0 100vmax #000a";
          // Beside the frame; what is in it has a button to close it.
          this.#dialog.onclick = () => this.close();
          this.#dialog.onclose = () => {
            this.close();
            this.#emit({ type: "close", status: this.#status });
          };
          this.#dialog.append(this.#frame);
        }
        this.#root.append(this.#dialog ?? this.#frame);
      }
      if (isModal) open ? this.#dialog.open || this.#dialog.showModal() : this.#dialog?.close();
    }

    #emit(detail, name = detail.type) {
      this.dispatchEvent(new CustomEvent("checkout:" + name, { detail, bubbles: true, composed: true }));
    }

    handleEvent({ origin, source, data }) {
      // Only our own frame, and only while it shows a page of the edge.
      if (origin !== edge || source !== this.#frame?.contentWindow) return;
      const { type, status, title } = data;
      clearTimeout(this.#timer);
      if (title) this.#root.firstChild.ariaLabel = this.#frame.title = title;
      if (type === "close") this.close();
      else if (type === "resize") this.#frame.style.height = +data.height + "px";
      else {
        this.#emit(data);
        // Once for each status: checkout:paid, checkout:expired and so on.
        if (status && status !== this.#status) this.#emit(data, (this.#status = status));
      }
    }
  }

  for (const name of attributes)
    Object.defineProperty(EdgeCheckout.prototype, name, {
      get() {
        return this.getAttribute(name) ?? "";
      },
      set(value) {
        this.setAttribute(name, value ?? "");
      },
    });
  customElements.define("edge-checkout", EdgeCheckout);
}
