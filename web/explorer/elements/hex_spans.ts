import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import { Resize } from "./resize.js";
import { base } from "./style.js";
import { windowOf } from "./window.js";

/** Bytes from start to the one before end. */
export interface Span {
  start: number;
  end: number;
}

const rowHeight = 20;

/**
 * Bytes as a hex dump, of which only the visible rows exist. mark is a span to highlight strongly, hint one to
 * highlight lightly. The pointer and the arrow keys choose a byte. Events, with its offset: kx-hover (undefined when
 * the pointer leaves), kx-choose.
 */
class HexSpansElement extends LitElement {
  static override properties = { label: {}, bytes: { attribute: false }, size: { type: Number }, mark: { attribute: false }, hint: { attribute: false }, describe: { attribute: false }, range: { state: true }, caret: { state: true }, columns: { state: true } };
  declare label: string;
  declare bytes: Uint8Array;
  /** How many bytes there are in all, of which bytes may have only the first. */
  declare size: number;
  declare mark: Span | undefined;
  declare hint: Span | undefined;
  /** What a byte belongs to, for who can't see the highlight. */
  declare describe: (at: number) => string;
  declare range: Span;
  declare caret: number;
  declare columns: number;
  #hovered: number | undefined;

  static override styles = [base, css`
    :host { display: flex; flex-direction: column; min-height: 0; min-width: 0; background: var(--surface); font: 12.5px/20px var(--mono); }
    .scroller { flex: 1; min-height: 0; overflow: auto; overflow-anchor: none; padding-block: 4px; outline-offset: -2px; }
    .spacer { position: relative; height: var(--all); min-width: max-content; }
    .rows { position: absolute; inset: 0 0 auto; transform: translateY(var(--before)); }
    .row { display: flex; height: 20px; white-space: pre; padding-inline: 10px; width: max-content; }
    .offset { color: var(--muted); margin-inline-end: 12px; user-select: none; }
    .hex span { padding-inline: .3ch; }
    .hex .mid { margin-inline-start: 1ch; }
    .ascii { margin-inline-start: 12px; border-inline-start: 1px solid var(--line); padding-inline-start: 10px; }
    .no { color: var(--muted); }
    .hint { background: var(--accent-soft); }
    .mark { background: var(--button); color: var(--button-ink); }
    .scroller:focus-visible .caret { outline: 2px solid var(--warn); outline-offset: -1px; }
    .cut { padding: 3px 10px; border-top: 1px solid var(--line); color: var(--muted); font-family: system-ui, sans-serif; font-size: 12px; }
  `];

  constructor() {
    super();
    this.bytes = new Uint8Array();
    this.caret = this.size = 0;
    this.columns = 16;
    this.range = { start: 0, end: 0 };
    this.describe = () => "";
    new Resize(this, () => this.#look());
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("bytes")) this.caret = 0;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has("bytes")) this.#scroller.scrollTop = 0;
    if (changed.has("bytes") || changed.has("columns")) this.#look();
    if (changed.has("mark") && this.mark) this.#reveal(this.mark.start, this.mark.end);
  }

  get #scroller(): HTMLElement {
    return this.renderRoot.querySelector(".scroller")!;
  }

  #look(): void {
    const { clientHeight: height, clientWidth: width, scrollTop } = this.#scroller;
    this.columns = width < 560 ? 8 : 16;
    const count = Math.ceil(this.bytes.length / this.columns);
    const w = windowOf({ top: scrollTop - rowHeight, height: height + rowHeight, rowHeight, count });
    this.style.setProperty("--all", `${count * rowHeight}px`);
    this.style.setProperty("--before", `${w.first * rowHeight}px`);
    if (w.first !== this.range.start || w.last !== this.range.end) this.range = { start: w.first, end: w.last };
  }

  /** Scrolls as little as it takes to show a span, or its beginning. */
  #reveal(start: number, end: number): void {
    const scroller = this.#scroller;
    const first = Math.floor(start / this.columns) * rowHeight;
    const after = Math.ceil(end / this.columns) * rowHeight;
    const { scrollTop, clientHeight } = scroller;
    if (first < scrollTop || after - first > clientHeight) scroller.scrollTop = first;
    else if (after + 8 > scrollTop + clientHeight) scroller.scrollTop = after + 8 - clientHeight;
  }

  protected override render() {
    const { start, end } = this.range;
    const rows = Array.from({ length: Math.max(0, end - start) }, (_, i) => this.#row(start + i));
    const missing = this.size - this.bytes.length;
    return html`<div class="scroller" tabindex="0" role="slider" aria-roledescription="hex dump" aria-label=${this.label}
        aria-valuemin="0" aria-valuemax=${Math.max(0, this.bytes.length - 1)} aria-valuenow=${this.caret} aria-valuetext=${this.#spoken()}
        @scroll=${() => this.#look()} @keydown=${this.#keyDown} @pointermove=${this.#hover} @pointerleave=${() => this.#tell(undefined)} @click=${this.#click}>
        <div class="spacer"><div class="rows">${rows}</div></div>
      </div>
      ${missing > 0 ? html`<p class="cut">${missing} of ${this.size} bytes were not kept.</p>` : nothing}`;
  }

  #row(row: number) {
    const { bytes, columns } = this;
    const at = row * columns;
    const slice = bytes.subarray(at, at + columns);
    const pad = "   ".repeat(columns - slice.length);
    return html`<div class="row"><span class="offset">${at.toString(16).padStart(6, "0")}</span><span class="hex">${Array.from(slice, (b, i) =>
      html`<span data-at=${at + i} class="${this.#classOf(at + i)} ${i === 8 ? "mid" : ""}">${b.toString(16).padStart(2, "0")}</span>`)}${pad}</span><span class="ascii">${Array.from(slice, (b, i) =>
      html`<span data-at=${at + i} class="${this.#classOf(at + i)} ${isPrintable(b) ? "" : "no"}">${isPrintable(b) ? String.fromCharCode(b) : "·"}</span>`)}</span></div>`;
  }

  #classOf(at: number): string {
    const { mark, hint, caret } = this;
    const is = (span: Span | undefined) => span !== undefined && at >= span.start && at < span.end;
    return `${is(mark) ? "mark" : is(hint) ? "hint" : ""} ${at === caret ? "caret" : ""}`;
  }

  #spoken(): string {
    const { bytes, caret } = this;
    return bytes.length === 0 ? "empty" : `byte ${caret}: 0x${bytes[caret]!.toString(16).padStart(2, "0")}, ${this.describe(caret)}`;
  }

  #keyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey || this.bytes.length === 0) return;
    const page = Math.max(1, Math.floor(this.#scroller.clientHeight / rowHeight) - 1) * this.columns;
    const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -this.columns, ArrowDown: this.columns, PageUp: -page, PageDown: page, Home: -Infinity, End: Infinity };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    this.caret = Math.max(0, Math.min(this.bytes.length - 1, this.caret + step));
    this.#reveal(this.caret, this.caret + 1);
    this.#choose(this.caret);
  };

  #offsetOf(event: Event): number | undefined {
    const at = (event.composedPath()[0] as HTMLElement).dataset?.["at"];
    return at === undefined ? undefined : Number(at);
  }

  #hover = (event: PointerEvent): void => this.#tell(this.#offsetOf(event));

  #tell(at: number | undefined): void {
    if (at === this.#hovered) return;
    this.#hovered = at;
    this.dispatchEvent(new CustomEvent("kx-hover", { detail: at }));
  }

  #click = (event: Event): void => {
    const at = this.#offsetOf(event);
    if (at === undefined) return;
    this.caret = at;
    this.#choose(at);
  };

  #choose(at: number): void {
    this.dispatchEvent(new CustomEvent("kx-choose", { detail: at }));
  }
}
customElements.define("kx-hex-spans", HexSpansElement);

function isPrintable(byte: number): boolean {
  return byte >= 0x20 && byte < 0x7f;
}
