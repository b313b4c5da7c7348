// What axe cannot see, asked of a page in a browser: whether anything is cut off, too small to press, without a sign of focus, or gone
// where the system's colours replace the page's. Each function gives back its complaints as sentences, an empty list if all is well.
(() => {
  /** How far text may stand beyond a line's box or an edge; fonts differ by so much, and no reader notices. */
  const SLACK = 1.5;
  /** WCAG 2.2, 2.5.8 (AA); fingers would like 44 (2.5.5, AAA). */
  const SMALLEST_TARGET = 24;
  /** WCAG 2.2, 1.4.6 (AAA), for who asks for it. */
  const MORE_CONTRAST = 7;
  const INTERACTIVE = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]:not([tabindex='-1'])";

  const style = (element) => getComputedStyle(element);
  const short = (text) => (text.length > 48 ? `${text.slice(0, 48)}…` : text);
  const words = (element) => {
    const label = element.labels?.[0]?.innerText;
    return (element.getAttribute("aria-label") ?? (label || element.innerText) ?? element.textContent ?? "").replace(/\s+/g, " ").trim();
  };
  const called = (element) => {
    const name = element.tagName.toLowerCase() + (element.classList.length ? `.${[...element.classList].join(".")}` : "");
    const says = short(words(element));
    return says ? `${name} “${says}”` : name;
  };
  const above = function* (element) {
    for (let one = element.parentElement; one; one = one.parentElement) yield one;
  };
  /** Meant for screen readers only: clipped away to nothing. */
  const isUnseen = (element) => [element, ...above(element)].some((one) => style(one).clipPath === "inset(50%)");
  const isShown = (element) => element.checkVisibility({ visibilityProperty: true }) && !isUnseen(element);
  const interactive = () => [...document.querySelectorAll(INTERACTIVE)].filter((element) => isShown(element) && !element.disabled);

  /** A value that is shown shortened may be so where a button beside it copies it whole. */
  const isCopiedBeside = (box) => style(box).textOverflow === "ellipsis" && box.parentElement.querySelector("button.copy") !== null;

  /** What stands for a thing that is operated: itself, or its label where it is there for the keyboard only. */
  const face = (element) => (style(element).opacity === "0" && element.labels?.[0]) || element;

  /** Every piece of text that can be seen, with where it stands. */
  const texts = () => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) {
      const node = walker.currentNode;
      const parent = node.parentElement;
      if (!node.data.trim() || parent.closest("script, style, noscript, template") || !isShown(parent)) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const shortened = [parent, ...above(parent)].find(isCopiedBeside);
      const edges = (shortened ?? range).getBoundingClientRect();
      const lines = shortened ? [edges] : [...range.getClientRects()].filter((line) => line.width > 0);
      if (lines.length) found.push({ parent: shortened?.parentElement ?? parent, text: short(node.data.trim()), lines, edges });
    }
    return found;
  };

  const cutBy = ({ text, edges, parent }) => {
    const complaints = [];
    for (const box of [parent, ...above(parent)]) {
      const { overflowX, overflowY, display } = style(box);
      if (display === "inline" || display === "contents" || box === document.documentElement || box === document.body) continue;
      const own = box.getBoundingClientRect();
      const sideways = Math.max(own.left - edges.left, edges.right - own.right);
      // A line's box is lower than its font is high where lines stand close.
      const slack = SLACK + parseFloat(style(parent).fontSize) / 4;
      const upright = Math.max(own.top - edges.top, edges.bottom - own.bottom);
      if (overflowX !== "visible" && overflowX !== "auto" && overflowX !== "scroll" && sideways > SLACK) {
        complaints.push(`“${text}” is cut off: it stands ${Math.round(sideways)} px beyond ${called(box)}, which hides that`);
      } else if (overflowY !== "visible" && overflowY !== "auto" && overflowY !== "scroll" && upright > slack) {
        complaints.push(`“${text}” is cut off: it stands ${Math.round(upright)} px above or below ${called(box)}, which hides that`);
      } else if (overflowX === "visible" && sideways > SLACK) {
        complaints.push(`“${text}” sticks ${Math.round(sideways)} px out of ${called(box)}`);
      } else continue;
      break;
    }
    return complaints;
  };

  const overlap = (one, other, slack) =>
    Math.min(one.right, other.right) - Math.max(one.left, other.left) > SLACK && Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > slack;

  /** What is lost of the text at this width and size. */
  const cutOff = () => {
    const complaints = [];
    const { scrollWidth, clientWidth } = document.scrollingElement;
    if (scrollWidth > clientWidth) complaints.push(`the page scrolls sideways: it is ${scrollWidth} px wide in a window of ${clientWidth} px`);
    const all = texts();
    for (const [index, one] of all.entries()) {
      const beyond = Math.max(-one.edges.left, one.edges.right - clientWidth);
      if (beyond > SLACK) complaints.push(`“${one.text}” stands ${Math.round(beyond)} px outside of the window`);
      complaints.push(...cutBy(one));
      const slack = parseFloat(style(one.parent).fontSize) * 0.4;
      const under = all.slice(index + 1).find((other) => one.lines.some((line) => other.lines.some((with_) => overlap(line, with_, slack))));
      if (under) complaints.push(`“${one.text}” and “${under.text}” lie over each other`);
    }
    return complaints;
  };

  /** A link in a running sentence is as high as its line. */
  const isInSentence = (element) => style(element).display === "inline" && words(element.parentElement) !== words(element);

  const smallerThan = (least) => {
    const small = [];
    for (const element of interactive()) {
      const { width, height } = face(element).getBoundingClientRect();
      if (Math.min(width, height) + 0.01 < least && !isInSentence(element)) {
        small.push(`${called(element)} is ${Math.round(width)} × ${Math.round(height)} px to press, less than ${least}`);
      }
    }
    return small;
  };

  const colour = (text) => {
    const [red, green, blue, alpha = 1] = (text.match(/[\d.]+/g) ?? [0, 0, 0, 0]).map(Number);
    return { red, green, blue, alpha };
  };
  const luminance = ({ red, green, blue }) => {
    const linear = [red, green, blue].map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  const contrast = (one, other) => {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  /** The colour a thing stands on; what is written in it stands on it as well. */
  const ground = (element, ...itself) => {
    const grounds = [...itself, ...above(element)].map((one) => colour(style(one).backgroundColor));
    return grounds.find(({ alpha }) => alpha === 1) ?? colour("rgb(255, 255, 255)");
  };
  const ring = (element) => {
    const { outlineStyle, outlineWidth, outlineColor, boxShadow } = style(element);
    // The browser's own ring is called `auto`, and is as wide as the browser likes.
    const width = { none: 0, auto: 2 }[outlineStyle] ?? parseFloat(outlineWidth);
    return { width, colour: colour(outlineColor), boxShadow };
  };

  /** Whether each thing that is operated shows that it has the focus, and nothing lies over it then (WCAG 2.4.7, 2.4.11, 1.4.11). */
  const focus = () => {
    const complaints = [];
    for (const element of interactive()) {
      // The ring may be drawn around a part of what stands for it.
      const parts = face(element) === element ? [element] : [face(element), ...face(element).querySelectorAll(":not(input)")];
      const before = parts.map(ring);
      element.focus({ focusVisible: true });
      if (document.activeElement !== element) {
        complaints.push(`${called(element)} does not take the focus`);
        continue;
      }
      const around = parts.findIndex((part, index) => ring(part).width >= 2 || ring(part).boxShadow !== before[index].boxShadow);
      const shown = ring(parts[Math.max(around, 0)]);
      const stands = contrast(shown.colour, ground(parts[Math.max(around, 0)]));
      if (around < 0) complaints.push(`${called(element)} does not show that it has the focus`);
      else if (shown.width >= 2 && stands < 3) complaints.push(`the ring of ${called(element)} has a contrast of ${stands.toFixed(1)}, less than 3`);
      element.scrollIntoView({ block: "center" });
      const { left, top, width, height } = face(element).getBoundingClientRect();
      const there = document.elementFromPoint(left + width / 2, top + height / 2);
      if (there && !face(element).contains(there) && !there.contains(element)) complaints.push(`${called(there)} lies over ${called(element)} as it has the focus`);
      element.blur();
    }
    scrollTo(0, 0);
    return complaints;
  };

  /** Of the buttons of one radio group Tab comes by the one that is chosen, or by the first. */
  const isPassed = (element) => {
    if (element.type !== "radio") return false;
    const group = [...document.querySelectorAll("input[type=radio]")].filter(({ name }) => name === element.name);
    return element !== (group.find(({ checked }) => checked) ?? group[0]);
  };

  /** The order in which Tab should come by, in words. */
  const tabOrder = () => interactive().filter((element) => !isPassed(element)).map(called);

  /** Notes where the focus comes by from now on. */
  const follow = () => {
    globalThis.visited = [];
    document.addEventListener("focusin", ({ target }) => globalThis.visited.push(called(target)));
    document.activeElement?.blur();
  };

  const hasBorder = (element) => {
    const { borderTopStyle, borderTopWidth, borderTopColor, borderBottomStyle, borderBottomWidth, borderBottomColor } = style(element);
    const on = colour(style(element).backgroundColor);
    const sides = [[borderTopStyle, borderTopWidth, borderTopColor], [borderBottomStyle, borderBottomWidth, borderBottomColor]];
    return sides.some(([line, width, drawn]) => line !== "none" && parseFloat(width) >= 1 && (on.alpha < 1 || contrast(colour(drawn), on) >= 3));
  };
  const isPlainLink = (element) => element.matches("a") && style(element).textDecorationLine.includes("underline");

  /** Whether each thing that is operated has an edge that can be seen. */
  const borders = () => {
    const complaints = [];
    for (const element of interactive()) {
      const shown = face(element);
      // The system draws what it knows; a box is marked where it is chosen.
      if (element.matches("input") && (shown === element ? style(element).appearance !== "none" : !element.checked)) continue;
      const boxes = [shown, ...shown.querySelectorAll("*"), shown.parentElement, shown.parentElement.parentElement];
      const standsOut = contrast(ground(shown, shown), ground(shown)) >= 3;
      if (!isPlainLink(element) && !standsOut && !boxes.some(hasBorder)) complaints.push(`${called(element)} has no border`);
    }
    return complaints;
  };

  /** Whether who asks for more contrast gets it (WCAG 1.4.6, AAA). What waits and cannot be pressed may be paler. */
  const moreContrast = () => {
    if (!matchMedia("(prefers-contrast: more)").matches) return ["the browser asks for no more contrast"];
    const complaints = borders();
    for (const { parent, text } of texts()) {
      const stands = contrast(colour(style(parent).color), ground(parent, parent));
      if (stands < MORE_CONTRAST && !parent.closest(":disabled")) complaints.push(`“${text}” has a contrast of ${stands.toFixed(1)}, less than ${MORE_CONTRAST}`);
    }
    return complaints;
  };

  /** Whether what is told by colour is still there where the system's few colours replace the page's. */
  const forcedColours = () => {
    if (!matchMedia("(forced-colors: active)").matches) return ["the browser forces no colours"];
    const complaints = borders();
    for (const code of document.querySelectorAll("svg[role=img]")) {
      const fills = [...code.querySelectorAll("rect, path")].map((part) => colour(style(part).fill));
      const stands = Math.max(...fills.map((fill) => contrast(fill, fills[0])));
      if (!isShown(code) || stands < 15) complaints.push(`the code “${words(code)}” cannot be read: its contrast is ${stands.toFixed(1)}`);
    }
    for (const bar of document.querySelectorAll("progress")) {
      if (!hasBorder(bar) && style(bar).appearance === "none") complaints.push("a bar of progress has no border");
    }
    return complaints;
  };

  /** The reader's own spacing of text (WCAG 1.4.12), or none. */
  const spaceText = (on) => {
    const sheet = new CSSStyleSheet();
    if (on) sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } p { margin-block-end: 2em !important }");
    document.adoptedStyleSheets = [sheet];
    return [];
  };

  const AXE = {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    resultTypes: ["violations", "incomplete"],
    preload: false,
  };

  const inWords = (verdict) => ({ id, help, nodes }) =>
    nodes.map(({ target, any, all, none }) => {
      const why = [...any, ...all, ...none].map(({ message }) => message).join("; ");
      return `axe ${verdict} ${id} (${help}) at ${target.join(" ")}: ${why}`;
    });

  /** What axe finds. What it cannot decide about contrast counts too: a person would have to look, and no person does. */
  const told = ({ violations, incomplete }) => {
    const undecided = incomplete.filter(({ id }) => id.startsWith("color-contrast"));
    return [...violations.flatMap(inWords("finds")), ...undecided.flatMap(inWords("cannot decide"))];
  };
  const axe = async () => told(await globalThis.axe.run(document, AXE));

  /** The same of a page and the frames in it as one. Frames of other origins cannot be asked from here: whoever can carries what each has
   *  found from one to the next, as JSON. */
  const axeBegins = async () => {
    const frames = globalThis.axe.utils.getFrameContexts(document, AXE).map(({ frameContext }) => frameContext);
    return JSON.stringify({ frames, found: await globalThis.axe.runPartial(document, AXE) });
  };
  const axeInFrame = async (context) => JSON.stringify(await globalThis.axe.runPartial(context, AXE));
  const axeEnds = async (found) => {
    const { violations, incomplete } = await globalThis.axe.finishRun(found, AXE);
    // Nobody can say what lies under a dialog, and it is not the frame's.
    const within = incomplete.map((rule) => ({ ...rule, nodes: rule.nodes.filter(({ target }) => target.length > 1) }));
    // That a dialog with nothing but a frame in it cannot be scrolled by keyboard is not so: the focus is in the frame, and the keys that
    // nothing there wants scroll the dialog. A story presses them.
    const isOfDialog = ({ target }) => target.flat().at(-1) === "dialog";
    const others = violations.map((rule) => (rule.id === "scrollable-region-focusable" ? { ...rule, nodes: rule.nodes.filter((node) => !isOfDialog(node)) } : rule));
    return told({ violations: others, incomplete: within });
  };

  globalThis.checks = {
    axe,
    axeBegins,
    axeInFrame,
    axeEnds,
    cutOff,
    focus,
    follow,
    forcedColours,
    moreContrast,
    smallerThan,
    spaceText,
    tabOrder,
    SMALLEST_TARGET,
  };
})();
