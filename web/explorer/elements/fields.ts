import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import type { Field } from "kafkaio";
import { countOf, rowsOf, valueText, type Row } from "../text/fields.js";
import { Resize } from "./resize.js";
import { base } from "./style.js";
import { windowOf } from "./window.js";

const rowHeight = 24;

/** A tree with no more fields than this is open from the beginning. */
const openAtFirst = 400;

/**
 * A tree of fields, of which only the visible rows exist. chosen and hovered are fields to highlight. Events, with the
 * row: kx-hover (undefined when the pointer leaves), kx-choose.
 */
class FieldsElement extends LitElement {
  static override properties = { label: {}, root: { attribute: false }, chosen: { attribute: false }, hovered: { attribute: false }, range: { state: true } };
  declare label: string;
  declare root: Field | undefined;
  declare chosen: Field | undefined;
  declare hovered: Field | undefined;
  declare range: { first: number; last: number };
  #turned = new Set<Field>(); // those that the user has opened or closed
  #rows: Row[] = [];
  #openDepth = 1;

  static override styles = [base, css`
    :host { display: flex; flex-direction: column; min-height: 0; min-width: 0; background: var(--surface); container-type: inline-size; }
    .scroller { flex: 1; min-height: 0; overflow: auto; overflow-anchor: none; padding-block: 4px; outline-offset: -2px; }
    .spacer { position: relative; height: var(--all); }
    .rows { position: absolute; inset: 0 0 auto; transform: translateY(var(--before)); }
    .row { --depth: 0; display: flex; align-items: center; gap: 8px; height: 24px; padding-inline: calc(10px + var(--depth) * 16px) 10px; white-space: nowrap; cursor: default; }
    .twist { width: 10px; flex: none; font-size: 9px; color: var(--muted); text-align: center; cursor: pointer; }
    .name { font-size: 13px; flex: none; max-width: 60%; overflow: hidden; text-overflow: ellipsis; }
    .type { flex: none; color: var(--muted); font-size: 11.5px; }
    .value { overflow: hidden; text-overflow: ellipsis; min-width: 0; font: 12.5px/1.5 var(--mono); color: var(--json-string); white-space: pre; }
    .number { color: var(--json-number); }
    .null { color: var(--json-literal); }
    .said { color: var(--warn); font-family: inherit; }
    .at { margin-inline-start: auto; flex: none; font-size: 11px; color: var(--muted); font-variant-numeric: tabular-nums; }
    .hovered { background: var(--accent-soft); }
    .chosen, .chosen * { background: var(--button); color: var(--button-ink); }
    .d1 { --depth: 1; } .d2 { --depth: 2; } .d3 { --depth: 3; } .d4 { --depth: 4; } .d5 { --depth: 5; } .d6 { --depth: 6; }
    .d7 { --depth: 7; } .d8 { --depth: 8; } .d9 { --depth: 9; } .d10 { --depth: 10; } .d11 { --depth: 11; } .d12 { --depth: 12; }
    @container (max-width: 420px) { .type, .at { display: none; } }
  `];

  constructor() {
    super();
    this.range = { first: 0, last: 0 };
    new Resize(this, () => this.#look());
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("root")) {
      this.#turned.clear();
      this.#openDepth = this.root && countOf(this.root, openAtFirst) < openAtFirst ? Infinity : 1;
      this.#read();
    } else if (changed.has("chosen") && this.chosen && this.root && !this.#rows.some((r) => r.field === this.chosen)) {
      for (const f of ancestorsOf(this.root, this.chosen) ?? []) this.#turn(f, true);
      this.#read();
    }
  }

  protected override updated(changed: PropertyValues<this>): void {
    this.style.setProperty("--all", `${this.#rows.length * rowHeight}px`); // before it scrolls
    if (changed.has("root")) this.#scroller.scrollTop = 0;
    const at = changed.has("chosen") ? this.#at : -1;
    if (at >= 0) {
      const { scrollTop, clientHeight } = this.#scroller;
      if (at * rowHeight < scrollTop) this.#scroller.scrollTop = at * rowHeight;
      else if ((at + 1) * rowHeight + 8 > scrollTop + clientHeight) this.#scroller.scrollTop = (at + 1) * rowHeight + 8 - clientHeight;
    }
    this.#look();
  }

  get #scroller(): HTMLElement {
    return this.renderRoot.querySelector(".scroller")!;
  }

  get #at(): number {
    return this.#rows.findIndex((r) => r.field === this.chosen);
  }

  #read(): void {
    this.#rows = this.root ? rowsOf(this.root, (f, depth) => depth < this.#openDepth !== this.#turned.has(f)) : [];
  }

  #turn(field: Field, open: boolean): void {
    const row = this.#rows.find((r) => r.field === field);
    if (row ? row.isOpen === open : !open) return;
    if (!row && this.#openDepth === Infinity) return;
    if (this.#turned.has(field)) this.#turned.delete(field);
    else this.#turned.add(field);
    this.#read();
    this.requestUpdate();
  }

  #look(): void {
    const { clientHeight: height, scrollTop: top } = this.#scroller;
    const w = windowOf({ top: top - rowHeight, height: height + rowHeight, rowHeight, count: this.#rows.length });
    this.style.setProperty("--before", `${w.first * rowHeight}px`);
    if (w.first !== this.range.first || w.last !== this.range.last) this.range = { first: w.first, last: w.last };
  }

  protected override render() {
    const rows = this.#rows.slice(this.range.first, this.range.last);
    const at = this.#at;
    return html`<div class="scroller" role="tree" tabindex="0" aria-label=${this.label} aria-activedescendant=${at >= this.range.first && at < this.range.last ? `r${at}` : nothing}
        @scroll=${() => this.#look()} @keydown=${this.#keyDown} @pointerleave=${() => this.#tell("kx-hover", undefined)}>
        <div class="spacer" role="presentation"><div class="rows" role="presentation">${rows.map((r, i) => this.#row(r, this.range.first + i))}</div></div>
      </div>`;
  }

  #row(row: Row, index: number) {
    const { field, depth, opens, isOpen } = row;
    const value = valueText(field);
    const kind = field.type === "redacted" || field.type === "unparsed" ? "said" : field.value === null ? "null" : typeof field.value === "string" || field.value instanceof Uint8Array ? "" : "number";
    return html`<div role="treeitem" id="r${index}" class="row d${Math.min(depth, 12)} ${field === this.chosen ? "chosen" : field === this.hovered ? "hovered" : ""}" aria-level=${depth + 1}
        aria-expanded=${opens ? isOpen : nothing} aria-selected=${field === this.chosen}
        @pointerenter=${() => this.#tell("kx-hover", row)} @click=${() => this.#tell("kx-choose", row)} @dblclick=${() => opens && this.#turn(field, !isOpen)}>
      <span class="twist" aria-hidden="true" @click=${(e: Event) => (opens ? (e.stopPropagation(), this.#turn(field, !isOpen)) : undefined)}>${opens ? (isOpen ? "▼" : "▶") : ""}</span>
      <span class="name">${row.parent && row.space !== row.parent.space ? `${field.name}, decompressed` : field.name}</span>
      <span class="value ${kind}" title=${value}>${value}</span>
      <span class="type">${field.type}</span>
      <span class="at">${field.end - field.start} B</span>
    </div>`;
  }

  #tell(event: "kx-hover" | "kx-choose", row: Row | undefined): void {
    this.dispatchEvent(new CustomEvent(event, { detail: row }));
  }

  #keyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey || this.#rows.length === 0) return;
    const at = this.#at;
    const row = this.#rows[at];
    const page = Math.max(1, Math.floor(this.#scroller.clientHeight / rowHeight) - 1);
    const steps: Record<string, number> = { ArrowUp: -1, ArrowDown: 1, PageUp: -page, PageDown: page, Home: -Infinity, End: Infinity };
    let to = at;
    if (event.key in steps) to = at < 0 ? 0 : Math.max(0, Math.min(this.#rows.length - 1, at + steps[event.key]!));
    else if (event.key === "ArrowRight" && row) row.isOpen ? (to = at + 1) : row.opens && this.#turn(row.field, true);
    else if (event.key === "ArrowLeft" && row) row.isOpen ? this.#turn(row.field, false) : row.parent && (to = this.#rows.indexOf(row.parent));
    else return;
    event.preventDefault();
    if (to !== at) this.#tell("kx-choose", this.#rows[to]);
  };
}
customElements.define("kx-fields", FieldsElement);

/** The fields above one, from the root down; undefined if it isn't there. */
function ancestorsOf(root: Field, wanted: Field): Field[] | undefined {
  if (root === wanted) return [];
  for (const f of [...(root.fields ?? []), ...(root.unpacked ? [root.unpacked] : [])]) {
    const below = ancestorsOf(f, wanted);
    if (below) return [root, ...below];
  }
  return undefined;
}
