// What runs in the page: it looks into shadow trees, as a person does.

/** A name to look for: the whole text, or the source of a regular expression. */
export interface Wanted {
  text?: string;
  pattern?: string;
}

export interface Probe {
  /** The visible elements that a selector fits, in any shadow tree, and that have a name. */
  find(selector: string, name?: Wanted): Element[];
  /** What an element is called. */
  name(element: Element): string;
  /** What is seen of an element, in one line. */
  text(element: Element): string;
  /**
   * Where the mouse meets an element: the middle of what is visible of it. It is undefined if the element had to be
   * scrolled into view, which may have changed it, if something covers it, or if it does nothing yet.
   */
  point(element: Element): { x: number; y: number } | undefined;
  /** Elements that reach beyond the window, where nothing scrolls. */
  tooWide(): string[];
  /** The element with the focus, in any shadow tree. */
  focused(): Element | null;
  /** What the Content-Security-Policy has stopped. */
  violations: string[];
  /** Counts hostile scripts that ran. */
  hacked: number;
}

declare global {
  var probe: Probe;
}

/** Runs before the page's own scripts. */
export function install(): void {
  const isVisible = (e: Element): boolean => e.checkVisibility({ visibilityProperty: true }) && e.getClientRects().length > 0;
  const all = function* (root: ParentNode): Generator<Element> {
    for (const e of root.querySelectorAll("*")) {
      yield e;
      if (e.shadowRoot) yield* all(e.shadowRoot);
    }
  };
  const gather = (node: Node): string => {
    if (node instanceof Text) return node.data;
    if (!(node instanceof Element)) return "";
    const { display, visibility } = getComputedStyle(node);
    if (display === "none" || visibility !== "visible" || /^(STYLE|SCRIPT|NOSCRIPT)$/.test(node.tagName)) return "";
    const nodes = node instanceof HTMLSlotElement ? node.assignedNodes({ flatten: true }) : (node.shadowRoot ?? node).childNodes;
    const inside = [...nodes].map(gather).join("");
    return display.startsWith("inline") && node.tagName !== "BUTTON" ? inside : ` ${inside} `;
  };
  const text = (e: Element): string => gather(e).replace(/\s+/g, " ").trim();
  const nameOf = (e: Element): string => {
    const label = e.getAttribute("aria-label") ?? e.getAttribute("title");
    const labels = (e as HTMLInputElement).labels;
    if (e.matches("input, select, textarea, [role=grid], [role=listbox], [role=tree], [role=slider]")) return label ?? (labels?.[0] ? text(labels[0]) : "");
    return e.getAttribute("aria-label") ?? text(e);
  };
  const scrolls = (e: Element): boolean => /auto|scroll|hidden|clip/.test(getComputedStyle(e).overflowX);
  const parentOf = (e: Element): Element | null => e.assignedSlot ?? e.parentElement ?? ((e.getRootNode() as ShadowRoot).host as Element | undefined) ?? null;
  const isInScroller = (e: Element): boolean => {
    for (let p = parentOf(e); p && p !== document.documentElement; p = parentOf(p)) if (scrolls(p)) return true;
    return false;
  };
  const probe: Probe = {
    violations: [],
    hacked: 0,
    name: nameOf,
    text,
    find(selector, name) {
      const fits = (e: Element): boolean => {
        if (!name) return true;
        const own = nameOf(e);
        return name.pattern === undefined ? own === name.text : new RegExp(name.pattern, "i").test(own);
      };
      return [...all(document)].filter((e) => e.matches(selector) && isVisible(e) && fits(e));
    },
    point(element) {
      if (element.matches(":disabled")) return undefined;
      let { left, top, right, bottom } = element.getBoundingClientRect();
      for (let p = parentOf(element); p; p = parentOf(p)) {
        if (!scrolls(p)) continue;
        const box = p.getBoundingClientRect();
        [left, right] = [Math.max(left, box.left), Math.min(right, box.right)];
        [top, bottom] = [Math.max(top, box.top), Math.min(bottom, box.bottom)];
      }
      [left, top, right, bottom] = [Math.max(left, 0), Math.max(top, 0), Math.min(right, innerWidth), Math.min(bottom, innerHeight)];
      const [x, y] = [(left + right) / 2, (top + bottom) / 2];
      if (right - left < 3 || bottom - top < 3) return element.scrollIntoView({ block: "center", inline: "nearest" }), undefined;
      let met = document.elementFromPoint(x, y);
      for (let inner = met; inner?.shadowRoot; met = inner ?? met) {
        inner = inner.shadowRoot.elementFromPoint(x, y);
        if (inner === met) break;
      }
      for (let e: Element | null = met; e; e = parentOf(e)) if (e === element) return { x, y };
      return undefined;
    },
    tooWide() {
      const beyond = [...all(document)].filter((e) => isVisible(e) && e.getBoundingClientRect().right > innerWidth + 1 && !isInScroller(e));
      const wide = document.documentElement.scrollWidth > innerWidth ? [`the document is ${document.documentElement.scrollWidth} px`] : [];
      return [...wide, ...beyond.map((e) => `${e.tagName.toLowerCase()}.${e.getAttribute("class") ?? ""} reaches to ${e.getBoundingClientRect().right} px: ${text(e).slice(0, 60)}`)];
    },
    focused() {
      let at = document.activeElement;
      while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
      return at;
    },
  };
  Object.defineProperty(globalThis, "probe", { value: probe });
  addEventListener("securitypolicyviolation", (e) => probe.violations.push(`${e.effectiveDirective} stopped ${e.blockedURI} at ${e.sourceFile}:${e.lineNumber} ${e.sample}`));
}
