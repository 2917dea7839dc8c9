import { css, html } from "lit";
import type { TopicDetail } from "kafkaio";
import { base, pageStyle } from "../elements/style.js";
import { Refresh } from "../elements/refresh.js";
import { Watch } from "../elements/watch.js";
import type { Column } from "../elements/list.js";
import { grouped, time } from "../figures.js";
import type { TopicStore } from "../store/topic.js";
import { PageElement } from "./page.js";
import { problem } from "./problem.js";
import "../elements/list.js";

type Partition = TopicDetail["layout"][number];

/** The partitions of a topic: leaders, replicas, offsets, and the times of the first and the last record. */
class TopicPartitions extends PageElement {
  static override properties = { store: { attribute: false } };
  declare store: TopicStore;
  #columns: Column<Partition>[] | undefined;
  #rows: Partition[] = [];
  #visible = { first: 0, last: 0 };

  static override styles = [base, pageStyle, css`:host { margin-top: -1px; } kx-error:first-child { margin-top: 12px; }`];

  constructor() {
    super();
    new Watch(this, () => [this.store?.changes, this.context?.preferences.changes, this.context?.session.changes]);
    new Refresh(this, 60_000, () => this.#loadTimes());
  }

  #loadTimes(): void {
    void this.store.loadTimes(this.#shown);
  }

  /** The partitions that are visible. */
  get #shown(): number[] {
    return this.#rows.slice(this.#visible.first, this.#visible.last + 1).map((p) => p.id);
  }

  protected override updated(): void {
    const { times } = this.store;
    if (times.error === undefined && !times.asking && this.#shown.some((id) => !times.value?.has(id))) this.#loadTimes();
  }

  #makeColumns(): Column<Partition>[] {
    const offset = (n: bigint | null, p: Partition) => (n === null ? html`<span class="bad" title=${p.error?.message ?? ""}>unknown</span>` : grouped(n));
    const timeOf = (p: Partition, which: "first" | "last") => {
      const times = this.store.times.value?.get(p.id);
      if (p.start === null || p.start === p.end) return html`<span class="muted">${p.start === null ? "–" : "empty"}</span>`;
      if (!times) return html`<span class="muted">${this.store.times.error === undefined ? "…" : "unknown"}</span>`;
      return time(times[which], this.context.preferences.get("utc", false)) || html`<span class="muted" title="No record was read there in time, or it has no timestamp">unknown</span>`;
    };
    return [
      { key: "id", label: "Partition", end: true, width: "64px", cell: (p, active) => html`<span data-main tabindex=${active ? 0 : -1}>${p.id}</span>` },
      { key: "leader", label: "Leader", end: true, width: "52px", cell: (p) => (p.leader < 0 ? html`<span class="tag bad">none</span>` : p.leader) },
      { key: "replicas", label: "Replicas", title: "Brokers that have it. Those that are behind are struck out.", wide: true, width: "minmax(80px, 1fr)", cell: (p) =>
        html`<span title=${p.isr.length < p.replicas.length ? `In sync: ${p.isr.join(", ") || "none"}` : "All are in sync"}>${p.replicas.map((r, i) => html`${i > 0 ? ", " : ""}${p.isr.includes(r) ? r : html`<del class="warn">${r}</del>`}`)}</span>` },
      { key: "start", label: "Start", end: true, width: "minmax(64px, 1fr)", cell: (p) => offset(p.start, p) },
      { key: "end", label: "End", end: true, width: "minmax(64px, 1fr)", cell: (p) => offset(p.end, p) },
      { key: "offsets", label: "Offsets", title: "Between start and end. Offsets aren't records.", end: true, wide: true, width: "minmax(64px, 1fr)", cell: (p) => (p.start === null || p.end === null ? "–" : grouped(p.end - p.start)) },
      { key: "first", label: "First record", wide: true, width: "184px", cell: (p) => html`<span class="figures">${timeOf(p, "first")}</span>` },
      { key: "last", label: "Last record", wide: true, width: "184px", cell: (p) => html`<span class="figures">${timeOf(p, "last")}</span>` },
    ];
  }

  protected override render() {
    this.#columns ??= this.#makeColumns();
    const { value, error } = this.store.detail;
    const failed = value?.layout.find((p) => p.error)?.error;
    if (!value) return html`<p class="empty">${error === undefined ? "Loading partitions…" : "No partitions are known."}</p>`;
    this.#rows = [...value.layout].sort((a, b) => a.id - b.id);
    return html`${problem(this.shown(failed))}${problem(this.shown(this.store.times.error))}
      <kx-list label="Partitions" minWidth="860" .columns=${this.#columns} .rows=${this.#rows} .keyOf=${(p: Partition) => String(p.id)} @kx-range=${this.#onRange}></kx-list>`;
  }

  #onRange = (e: CustomEvent<{ first: number; last: number }>): void => {
    const { first, last } = this.#visible;
    if (first === e.detail.first && last === e.detail.last) return;
    this.#visible = e.detail;
    this.requestUpdate();
  };
}
customElements.define("kx-topic-partitions", TopicPartitions);
