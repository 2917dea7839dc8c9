// The list of records: newest first, bounded, drawn once per frame.

import { byId, count, counted } from "./dom.js";
import { Row } from "./row.js";

/** The most records that are kept. Older ones are let go. */
const keptRows = 500;

export class TailView {
  #rows = []; // oldest first; the document has them the other way round
  #backlogRows = 0; // how many of them were there before the tail began
  #waiting = []; // records for the next frame, or while paused; at most keptRows
  #missed = 0; // while paused
  #paused = false;
  /** @type {Promise<void> | null} */
  #frame = null; // a promise of the next one
  #ends = new Map(); // by partition: the offset where the tail began
  /** @type {import("../kafkaio.js").Produced | null} */
  #highlight = null; // a record that was just produced here
  #pressed = null; // the row that the pointer went down on

  constructor(rate) {
    this.rate = rate;
    this.records = byId("records");
    this.table = byId("table");
    this.empty = byId("empty");
    this.filter = byId("filter", HTMLInputElement);
    this.pause = byId("pause");
    this.filter.addEventListener("input", () => this.#applyFilter());
    this.pause.addEventListener("click", () => this.#setPaused(!this.#paused));
    this.table.addEventListener("pointerdown", (event) => (this.#pressed = this.#rowAt(event.target)));
    this.table.addEventListener("click", (event) => this.#onClick(event));
    this.table.addEventListener("keydown", (event) => this.#onKey(event));
  }

  /** Starts an empty list for a topic of that layout, which is empty if it isn't known. */
  begin(layout) {
    this.#ends = new Map(layout.map((p) => [p.id, p.end]));
    for (const row of this.#rows) row.element.remove();
    this.#rows = [];
    this.#waiting = [];
    this.#backlogRows = 0;
    this.#highlight = null;
    this.#setPaused(false);
    this.rate.reset();
    const isEmpty = layout.length > 0 && layout.every((p) => p.end !== null && p.end === p.start);
    this.showEmpty(isEmpty ? "No records in this topic yet. The first one will show up here." : "Reading the newest records…");
    this.#showCounts();
    this.records.scrollTop = 0;
  }

  showEmpty(text) {
    this.empty.textContent = text;
    this.#showCounts();
  }

  /** Takes records. Once many wait for the next frame, it returns a promise of that, so that no more come. */
  add(records) {
    this.rate.count(records.reduce((n, r) => n + (this.#isBacklog(r) ? 0 : 1), 0));
    this.#waiting.push(...records.map((r) => r.detach())); // one record shan't hold its batch
    if (this.#waiting.length > keptRows) this.#waiting.splice(0, this.#waiting.length - keptRows);
    if (this.#paused) {
      this.#missed += records.length;
      this.#showCounts();
    }
    this.#frame ??= nextFrame().then(() => {
      this.#frame = null;
      if (!this.#paused) this.#draw();
    });
    return this.#waiting.length < keptRows ? null : this.#frame;
  }

  /** Marks a record, now or when it comes. */
  highlight(stored) {
    this.#highlight = stored;
    for (const row of this.#rows) this.#markHighlight(row);
  }

  #isBacklog(record) {
    return record.offset < this.#ends.get(record.partition);
  }

  #draw() {
    // At the top, the list shows what arrives. Further down, or while a record is open, what is
    // being read stays in its place.
    const isRead = this.records.scrollTop > 0 || this.#rows.some((row) => row.isOpen);
    const height = isRead ? this.table.offsetHeight : 0;
    for (const record of this.#waiting) this.#insert(new Row(record));
    this.#waiting = [];
    if (isRead) this.records.scrollTop += this.table.offsetHeight - height;
    for (const row of this.#rows.splice(0, Math.max(0, this.#rows.length - keptRows))) {
      row.element.remove();
      this.#backlogRows = Math.max(0, this.#backlogRows - 1);
    }
    this.#keepTabStop();
    this.#showCounts();
  }

  // What was there before comes partition by partition and is sorted by time; what arrives is
  // shown in the order in which it does.
  #insert(row) {
    let at = this.#rows.length;
    if (this.#isBacklog(row.record)) {
      at = this.#backlogRows++;
      while (at > 0 && this.#rows[at - 1].record.timestamp > row.record.timestamp) at--;
    } else {
      row.element.classList.add("fresh");
    }
    this.#rows.splice(at, 0, row);
    this.table.insertBefore(row.element, at > 0 ? this.#rows[at - 1].element : null);
    this.#markHighlight(row);
    row.element.hidden = this.#query !== "" && !row.matches(this.#query);
  }

  get #query() {
    return this.filter.value.trim().toLowerCase();
  }

  #applyFilter() {
    const query = this.#query;
    for (const row of this.#rows) row.element.hidden = query !== "" && !row.matches(query);
    this.#keepTabStop();
    this.#showCounts();
  }

  #setPaused(paused) {
    this.#paused = paused;
    this.#missed = 0;
    this.pause.setAttribute("aria-pressed", String(paused));
    if (!paused && this.#waiting.length > 0) this.#draw();
    this.#showCounts();
  }

  #showCounts() {
    const visible = this.#rows.filter((row) => !row.element.hidden).length;
    byId("shown").textContent = this.#query === "" ? "" : `${count(visible)} of ${counted(this.#rows.length, "record")}`;
    this.pause.textContent = !this.#paused ? "Pause" : this.#missed === 0 ? "Resume" : `Resume · ${count(this.#missed)} new`;
    this.empty.hidden = visible > 0;
    if (visible === 0 && this.#rows.length > 0) this.empty.textContent = "None of the records here contains that text.";
  }

  #markHighlight({ record, element }) {
    const h = this.#highlight;
    if (h && record.partition === h.partition && record.offset === h.offset) element.classList.add("mine");
  }

  // A row may have moved away by the time that the pointer goes up.
  #onClick(event) {
    if (getSelection()?.isCollapsed === false) return;
    const row = event.detail > 0 ? this.#pressed : this.#rowAt(event.target);
    row?.flip();
  }

  // One row is a tab stop; arrow keys go from it to the others.
  #onKey(event) {
    const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
    if (!step || !event.target.matches(".toggle")) return;
    event.preventDefault();
    let to = event.target.closest("tbody")[step];
    while (to?.hidden) to = to[step];
    const toggle = to?.querySelector(".toggle");
    if (!toggle) return;
    event.target.tabIndex = -1;
    toggle.tabIndex = 0;
    toggle.focus();
  }

  #keepTabStop() {
    const visible = this.#rows.filter((row) => !row.element.hidden);
    if (visible.length > 0 && !visible.some((row) => row.toggle.tabIndex === 0)) visible.at(-1).toggle.tabIndex = 0;
  }

  /** The row whose line an element is in. */
  #rowAt(element) {
    if (element.closest(".details")) return undefined;
    const body = element.closest("tbody");
    return this.#rows.find((row) => row.element === body);
  }
}

/** Resolves with the next frame. A page that isn't visible draws none, hence the timer. */
function nextFrame() {
  return new Promise((resolve) => {
    requestAnimationFrame(resolve);
    setTimeout(resolve, 250);
  });
}
