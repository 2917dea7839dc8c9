import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import { Resize } from "./resize.js";
import { base } from "./style.js";
import { windowOf } from "./window.js";

/** The height of a row, in pixels. */
const rowHeight = 26;

/** How near to its end a list counts as at the end, in pixels. */
const near = 4;

/**
 * Rows that grow at the end and are dropped at the beginning, each with an id that is larger than the one before. The
 * list follows its end, unless it is scrolled up; then what is visible stays where it is. The arrow keys choose a row.
 * Event: kx-choose with the row.
 */
export class LiveListElement<T extends { readonly id: number } = { readonly id: number }> extends LitElement {
  static override properties = { label: {}, rows: { attribute: false }, cells: { attribute: false }, header: { attribute: false }, chosen: { type: Number }, tracks: {}, narrowTracks: {}, range: { state: true }, follows: { state: true }, atEnd: { state: true } };
  declare label: string;
  declare rows: readonly T[];
  /** A row's content: spans in the tracks of --columns. */
  declare cells: (row: T) => unknown;
  declare header: unknown;
  /** What --columns and --columns-narrow are, where they change. */
  declare tracks: string | undefined;
  declare narrowTracks: string | undefined;
  /** The id of a row. */
  declare chosen: number | undefined;
  declare range: { first: number; last: number };
  declare follows: boolean;
  /** Whether the last row is in sight. */
  declare atEnd: boolean;
  #wanted = 0; // where the list scrolled itself to
  #pressed: T | undefined; // where the pointer went down

  static override styles = [base, css`
    :host { display: flex; flex-direction: column; min-height: 0; min-width: 0; background: var(--surface); position: relative; container-type: inline-size; }
    .scroller { flex: 1; min-height: 0; overflow: auto; overflow-anchor: none; scrollbar-gutter: stable; outline-offset: -2px; }
    .row { display: grid; grid-template-columns: var(--columns); column-gap: 12px; padding-inline: var(--gutter); align-items: center; height: 26px; border-bottom: 1px solid var(--line); font-size: 13px; cursor: default; }
    .header { background: var(--raised); font-size: 12px; font-weight: 600; color: var(--muted); border-block: 1px solid var(--line); padding-inline-end: calc(var(--gutter) + 15px); }
    .row > * { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; min-width: 0; }
    .end { text-align: end; font-variant-numeric: tabular-nums; }
    .rows .row:hover { background: var(--raised); }
    .rows .row.chosen { background: var(--accent-soft); box-shadow: inset 3px 0 var(--accent); }
    .spacer { position: relative; height: var(--all); }
    .rows { position: absolute; inset: 0 0 auto; transform: translateY(var(--before)); }
    .follow { position: absolute; inset-block-end: 10px; inset-inline: 0; margin-inline: auto; width: max-content; min-height: 28px; box-shadow: 0 2px 8px #0003; }
    @container (max-width: 640px) { .row { grid-template-columns: var(--columns-narrow); column-gap: 8px; } .wide { display: none; } }
    @container (min-width: 640.01px) { .narrow { display: none; } }
  `];

  constructor() {
    super();
    this.rows = [];
    this.cells = String;
    this.follows = this.atEnd = true;
    this.range = { first: 0, last: 0 };
    new Resize(this, () => this.#look());
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has("tracks")) this.style.setProperty("--columns", this.tracks ?? "");
    if (changed.has("narrowTracks")) this.style.setProperty("--columns-narrow", this.narrowTracks ?? "");
    const before = changed.get("rows") as readonly T[] | undefined;
    if (changed.has("rows") || changed.has("follows")) this.#sizeUp();
    if (this.follows) this.#scrollTo(Infinity);
    else if (before && before.length > 0 && this.rows.length > 0) {
      const gone = indexOf(before, this.rows[0]!.id);
      if (gone > 0 && before[gone]?.id === this.rows[0]!.id) this.#scrollTo(this.#scroller.scrollTop - gone * rowHeight);
    }
    this.#look();
  }

  get #scroller(): HTMLElement {
    return this.renderRoot.querySelector(".scroller")!;
  }

  #sizeUp(): void {
    this.style.setProperty("--all", `${this.rows.length * rowHeight}px`);
  }

  #scrollTo(top: number): void {
    const scroller = this.#scroller;
    scroller.scrollTop = Math.max(0, Math.min(top, scroller.scrollHeight));
    this.#wanted = scroller.scrollTop;
  }

  #scrolled = (): void => {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    if (Math.abs(scrollTop - this.#wanted) > 1) this.follows = scrollTop + clientHeight >= scrollHeight - near;
    this.#wanted = scrollTop;
    this.#look();
  };

  #look(): void {
    const { scrollTop: top, clientHeight } = this.#scroller;
    const w = windowOf({ top, height: clientHeight + rowHeight, rowHeight, count: this.rows.length });
    this.style.setProperty("--before", `${w.first * rowHeight}px`);
    if (w.first !== this.range.first || w.last !== this.range.last) this.range = { first: w.first, last: w.last };
    if (this.follows) this.#scrollTo(Infinity);
    this.atEnd = this.#scroller.scrollTop + clientHeight >= this.rows.length * rowHeight - near;
  }

  protected override render() {
    const { first, last } = this.range;
    const at = this.chosen === undefined ? -1 : indexOf(this.rows, this.chosen);
    const isDrawn = at >= first && at < last && this.rows[at]?.id === this.chosen;
    return html`<div class="row header" aria-hidden="true">${this.header}</div>
      <div class="scroller" role="listbox" tabindex="0" aria-label=${this.label} aria-activedescendant=${isDrawn ? `r${this.chosen}` : nothing} @scroll=${this.#scrolled} @keydown=${this.#keyDown}
        @pointerdown=${(e: Event) => (this.#pressed = this.#rowOf(e))} @click=${this.#clicked}>
        <div class="spacer" role="presentation"><div class="rows" role="presentation">${this.rows.slice(first, last).map((row, i) => html`<div role="option" id="r${row.id}"
          class="row ${row.id === this.chosen ? "chosen" : ""}" aria-selected=${row.id === this.chosen} aria-setsize=${this.rows.length} aria-posinset=${first + i + 1}>${this.cells(row)}</div>`)}</div></div>
      </div>
      ${this.follows || this.atEnd ? nothing : html`<button type="button" class="follow" @click=${() => (this.follows = true)}>↓ Newest</button>`}`;
  }

  #rowOf(event: Event): T | undefined {
    const id = (event.target as Element).closest(".row")?.id;
    return id ? this.rows[indexOf(this.rows, Number(id.slice(1)))] : undefined;
  }

  /** Rows may have moved under the pointer since it went down. Without one, as of assistive technology, detail is 0. */
  #clicked = (event: MouseEvent): void => {
    const row = event.detail === 0 ? this.#rowOf(event) : this.#pressed;
    if (row) this.#choose(row);
  };

  #choose(row: T): void {
    this.dispatchEvent(new CustomEvent("kx-choose", { detail: row }));
  }

  /** Brings a row in sight, where it stays. */
  reveal(id: number): void {
    const at = indexOf(this.rows, id);
    this.follows = false;
    const { scrollTop, clientHeight } = this.#scroller;
    if (at * rowHeight < scrollTop) this.#scrollTo(at * rowHeight);
    else if ((at + 1) * rowHeight > scrollTop + clientHeight) this.#scrollTo((at + 1) * rowHeight - clientHeight);
  }

  #keyDown = (event: KeyboardEvent): void => {
    const { rows } = this;
    if (event.altKey || event.ctrlKey || event.metaKey || rows.length === 0) return;
    const page = Math.max(1, Math.floor(this.#scroller.clientHeight / rowHeight) - 1);
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const from = this.chosen === undefined ? (step < 0 ? rows.length : Math.max(0, rows.length - 2)) : indexOf(rows, this.chosen);
    const to = Math.max(0, Math.min(rows.length - 1, from + step));
    this.#choose(rows[to]!);
    this.reveal(rows[to]!.id);
    this.follows = event.key === "End";
  };
}
customElements.define("kx-live-list", LiveListElement);

/** Where the first row is with this id or a larger one. */
export function indexOf(rows: readonly { readonly id: number }[], id: number): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rows[middle]!.id < id) low = middle + 1;
    else high = middle;
  }
  return low;
}
