// Runs in every document before anything of its own and tells, through the binding `measured`, what happens there and when (in
// microseconds since the epoch). `__SUBJECT__` is an object: `methods` selects what a customer presses to pay, `root` is the id of the
// element that the widget takes over (none: whatever is shown is shown by a script that is in charge), `framed` says whether all that is in
// a frame.
(() => {
  if (location.href === "about:blank") return;
  const { methods, root, framed } = __SUBJECT__;
  const tell = (what, at, more) =>
    measured(JSON.stringify({ what, at: Math.round((performance.timeOrigin + at) * 1000), top: self === top, ...more }));
  const observe = (type, then) => new PerformanceObserver((list) => list.getEntries().forEach(then)).observe({ type, buffered: true });

  tell("start", 0);
  observe("paint", (entry) => entry.name === "first-contentful-paint" && tell("fcp", entry.startTime));
  observe("largest-contentful-paint", (entry) => tell("lcp", entry.startTime));
  observe("layout-shift", (entry) => entry.hadRecentInput || tell("shift", entry.startTime, { value: Math.round(entry.value * 10_000) }));

  // The shop around a checkout: nothing to press there.
  if (framed === (self === top)) return;

  // A message posted while a frame is made is delivered once it is painted.
  const painted = (then) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = then;
    port2.postMessage(0);
  };

  // The widget is in charge once it has put its own in the place of what the page came with, and listens there.
  let rendered = !root;
  let listens = !root;
  const isInCharge = () => rendered && listens;
  if (root) {
    const add = EventTarget.prototype.addEventListener;
    EventTarget.prototype.addEventListener = function (type, ...more) {
      if ((type === "submit" || type === "click") && this.id === root) listens = true;
      return add.call(this, type, ...more);
    };
    // All that the page came with is there then; modules, and so the widget, run later.
    const watch = () => {
      const place = document.getElementById(root);
      if (place) new MutationObserver(() => (rendered = true)).observe(place, { childList: true });
    };
    add.call(document, "readystatechange", watch, { once: true });
  }

  const place = (element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    return { x: Math.round(left + width / 2), y: Math.round(top + height / 2) };
  };
  const isPressable = (element) => {
    const works = isInCharge() || (element.type === "submit" && element.form);
    const { x, y } = place(element);
    // What is not in the window, or lets presses through, is not what is found there.
    return works && !element.disabled && element.checkVisibility({ opacityProperty: true }) && element.contains(document.elementFromPoint(x, y));
  };
  const told = new Set();
  const tellOnce = (what, element) => {
    if (told.has(what)) return;
    told.add(what);
    const where = place(element);
    painted(() => tell(what, performance.now(), where));
  };
  const look = () => {
    const found = (!told.size || isInCharge()) && [...document.querySelectorAll(methods)].findLast(isPressable);
    if (found) tellOnce("usable", found);
    if (found && isInCharge()) tellOnce("in charge", found);
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})();
