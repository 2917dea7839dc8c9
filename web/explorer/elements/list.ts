import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import { Resize } from "./resize.js";
import { base } from "./style.js";
import { windowOf } from "./window.js";

/** A column. width is a track of CSS grid. Narrow lists leave out columns that are wide. */
export interface Column<T> {
  key: string;
  label: string;
  title?: string;
  sorts?: boolean;
  end?: boolean;
  wide?: boolean;
  width: string;
  /** active says whether the row has the keyboard: only then its controls are reached by Tab. */
  cell(row: T, active: boolean): unknown;
}

/** The height of a row, in pixels. */
const rowHeight = 36;

/** How many rows one page of the list has. Firefox ends near 17.8 million pixels. */
const pageRows = 200_000;

/**
 * A table of which only the visible rows exist. The arrow keys, Page Up and Down, Home and End move between rows; a
 * row's [data-main] has the focus. Events: kx-sort with the column's key, kx-range with the rows that are visible.
 */
export class ListElement<T = unknown> extends LitElement {
  static override properties = {
    label: {}, minWidth: { type: Number }, columns: { attribute: false }, rows: { attribute: false }, keyOf: { attribute: false }, sort: {},
    page: { state: true }, active: { state: true }, range: { state: true },
  };
  declare label: string;
  /** In pixels. A list that is narrower scrolls sideways, and leaves out no column. */
  declare minWidth: number | undefined;
  declare columns: readonly Column<T>[];
  declare rows: readonly T[];
  declare keyOf: (row: T) => string;
  declare sort: string;
  declare page: number;
  declare active: number;
  declare range: { first: number; last: number };
  #focus = false;

  static override styles = [base, css`
    :host { display: flex; flex-direction: column; flex: 1; min-height: 120px; container-type: inline-size; border-top: 1px solid var(--line); background: var(--surface); }
    .scroller { flex: 1; min-height: 0; overflow: auto; overflow-anchor: none; }
    .row { display: grid; grid-template-columns: var(--columns); column-gap: 16px; padding-inline: var(--gutter); align-items: center; height: 36px; border-bottom: 1px solid var(--line); }
    .header { position: sticky; top: 0; z-index: 1; background: var(--raised); font-size: 12px; font-weight: 600; color: var(--muted); }
    .row > * { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; min-width: 0; }
    .row > :focus-within, .header > * { overflow: visible; }
    .end { text-align: end; font-variant-numeric: tabular-nums; }
    .rows .row:hover { background: var(--raised); }
    .rows .row.active:focus-within { background: var(--accent-soft); }
    .header button { min-height: 28px; padding: 0 4px; margin-inline: -4px; border: 0; background: none; font-weight: 600; color: inherit; gap: 3px; }
    .header button::after { content: "▲"; font-size: 8px; visibility: hidden; }
    .header .end button { flex-direction: row-reverse; }
    [aria-sort=ascending] button, [aria-sort=descending] button { color: var(--ink); }
    [aria-sort=ascending] button::after { visibility: visible; }
    [aria-sort=descending] button::after { content: "▼"; visibility: visible; }
    .row button.plain { min-height: 28px; padding: 0 6px; }
    .spacer { position: relative; height: var(--all); }
    .rows { position: absolute; inset: 0 0 auto; transform: translateY(var(--before)); }
    nav { display: flex; gap: 12px; align-items: center; justify-content: center; padding: 6px var(--gutter); border-top: 1px solid var(--line); }
    .narrow { display: none; }
    .scrolls :is(.row, .spacer) { min-width: var(--min-width); }
    @container (max-width: 640px) {
      .scroller:not(.scrolls) .row { grid-template-columns: var(--columns-narrow); column-gap: 10px; }
      .scroller:not(.scrolls) .wide { display: none; }
      .narrow { display: inline; }
    }
  `];

  constructor() {
    super();
    this.rows = this.columns = [];
    this.page = this.active = 0;
    this.range = { first: 0, last: 0 };
    this.keyOf = String;
    new Resize(this, () => this.#look());
  }

  get #scroller(): HTMLElement {
    return this.renderRoot.querySelector(".scroller")!;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("rows")) return;
    const before = changed.get("rows")?.[this.active];
    const at = before === undefined ? -1 : this.keyOf(this.rows[this.active] ?? before) === this.keyOf(before) ? this.active : this.rows.findIndex((r) => this.keyOf(r) === this.keyOf(before));
    this.active = Math.max(0, at >= 0 ? at : Math.min(this.active, this.rows.length - 1));
    this.page = Math.min(this.page, Math.max(0, Math.ceil(this.rows.length / pageRows) - 1));
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has("columns")) {
      this.style.setProperty("--columns", this.columns.map((c) => c.width).join(" "));
      this.style.setProperty("--columns-narrow", this.columns.filter((c) => !c.wide).map((c) => c.width).join(" "));
    }
    if (changed.has("minWidth")) this.style.setProperty("--min-width", `${this.minWidth}px`);
    if (changed.has("rows") || changed.has("page")) this.#look();
    if (this.#focus) {
      this.#focus = false;
      this.renderRoot.querySelector<HTMLElement>(".row.active [data-main]")?.focus({ preventScroll: true });
    }
  }

  /** The first row of this page, and how many it has. */
  get #span(): { start: number; count: number } {
    const start = this.page * pageRows;
    return { start, count: Math.min(pageRows, this.rows.length - start) };
  }

  /** Finds out which rows are visible. */
  #look(): void {
    const scroller = this.#scroller;
    const { start, count } = this.#span;
    const drawn = windowOf({ top: scroller.scrollTop, height: scroller.clientHeight, rowHeight, count });
    this.style.setProperty("--all", `${count * rowHeight}px`);
    this.style.setProperty("--before", `${drawn.first * rowHeight}px`);
    const range = { first: start + drawn.first, last: start + drawn.last };
    if (range.first !== this.range.first || range.last !== this.range.last) this.range = range;
    this.dispatchEvent(new CustomEvent("kx-range", { detail: { first: start + drawn.firstVisible, last: start + drawn.lastVisible } }));
  }

  #keyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey || this.rows.length === 0) return;
    const pageful = Math.max(1, Math.floor((this.#scroller.clientHeight - rowHeight) / rowHeight) - 1);
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: pageful, PageUp: -pageful, Home: -Infinity, End: Infinity };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    this.#activate(Math.max(0, Math.min(this.rows.length - 1, this.active + step)));
  };

  /** Makes a row the active one, visible, and gives it the focus. */
  #activate(index: number): void {
    this.active = index;
    this.page = Math.floor(index / pageRows);
    this.#focus = true;
    this.requestUpdate();
    const scroller = this.#scroller;
    const top = (index - this.page * pageRows) * rowHeight;
    const height = scroller.clientHeight - rowHeight; // below the sticky header
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (top + rowHeight > scroller.scrollTop + height) scroller.scrollTop = top + rowHeight - height;
    this.#look();
  }

  #header(column: Column<T>) {
    const [sorted, down] = [this.sort?.replace(/^-/, "") === column.key, this.sort?.startsWith("-")];
    return html`<div role="columnheader" class=${this.#classOf(column)} title=${column.title ?? nothing} aria-sort=${column.sorts ? (sorted ? (down ? "descending" : "ascending") : "none") : nothing}>
      ${column.sorts ? html`<button type="button" @click=${() => this.dispatchEvent(new CustomEvent("kx-sort", { detail: column.key }))}>${column.label}</button>` : column.label || html`<span class="hidden">Actions</span>`}
    </div>`;
  }

  #classOf(column: Column<T>): string {
    return `${column.end ? "end" : ""} ${column.wide ? "wide" : ""}`;
  }

  protected override render() {
    const drawn = this.rows.slice(this.range.first, this.range.last);
    return html`<div class="scroller ${this.minWidth ? "scrolls" : ""}" role="grid" aria-label=${this.label} aria-rowcount=${this.rows.length + 1} @scroll=${() => this.#look()} @keydown=${this.#keyDown}>
        <div role="row" class="row header" aria-rowindex="1">${this.columns.map((c) => this.#header(c))}</div>
        <div class="spacer" role="presentation"><div class="rows" role="rowgroup">${drawn.map((row, i) => this.#row(row, this.range.first + i))}</div></div>
      </div>
      ${this.rows.length > pageRows ? this.#pager() : nothing}`;
  }

  #row(row: T, index: number) {
    const active = index === this.active;
    return html`<div role="row" class="row ${active ? "active" : ""}" aria-rowindex=${index + 2} @focusin=${() => (this.active = index)}>
      ${this.columns.map((c) => html`<div role="gridcell" class=${this.#classOf(c)}>${c.cell(row, active)}</div>`)}
    </div>`;
  }

  #pager() {
    const { start, count } = this.#span;
    const turn = (by: number) => {
      this.page += by;
      this.active = this.page * pageRows;
      this.#scroller.scrollTop = 0;
    };
    return html`<nav aria-label="Pages of ${this.label}">
      <button type="button" ?disabled=${this.page === 0} @click=${() => turn(-1)}>Previous</button>
      <span class="figures">${start + 1} to ${start + count} of ${this.rows.length}</span>
      <button type="button" ?disabled=${start + count >= this.rows.length} @click=${() => turn(1)}>Next</button>
    </nav>`;
  }
}
customElements.define("kx-list", ListElement);
