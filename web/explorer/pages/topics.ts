import { css, html, nothing } from "lit";
import type { Topic } from "kafkaio";
import { base, pageStyle } from "../elements/style.js";
import { Refresh } from "../elements/refresh.js";
import { Watch } from "../elements/watch.js";
import type { Column } from "../elements/list.js";
import { grouped, rate, size } from "../figures.js";
import { shownTopics, type Problem, type View } from "../store/topics.js";
import { Pins } from "../store/pins.js";
import { turnSort } from "../store/sorted.js";
import { PageElement } from "./page.js";
import { problem } from "./problem.js";
import "../elements/list.js";
import "./create_topic.js";

const problems: Record<Problem, string> = { offline: "offline", "under-replicated": "under-replicated", "under-min-isr": "under min ISR" };

/** The columns of which the largest come first at the first click. */
const figures = new Set(["partitions", "replication", "offsets", "rate", "size", "problems"]);

class TopicsPage extends PageElement {
  static override properties = { creating: { state: true } };
  declare creating: boolean;
  #visible = { first: 0, last: 0 };
  #rows: Topic[] = [];
  #columns: Column<Topic>[] | undefined;

  static override styles = [base, pageStyle, css`
    .only { display: inline-flex; align-items: center; gap: 4px; }
  `];

  constructor() {
    super();
    new Watch(this, () => [this.context?.topics.changes, this.context?.cluster.changes, this.context?.preferences.changes, this.context?.session.changes]);
    new Refresh(this, 5000, () => void this.#load());
    new Refresh(this, 30_000, () => void this.context.cluster.loadDisk());
  }

  async #load(): Promise<void> {
    await this.context.topics.load();
    await this.updateComplete;
    this.#measure();
    const { cluster } = this.context;
    if (!cluster.disk.value && cluster.disk.error === undefined) void cluster.loadDisk();
  }

  #measure(): void {
    const { first, last } = this.#visible;
    void this.context.topics.measure(this.#rows.slice(first, last + 1).map((t) => t.name));
  }

  get #view(): View {
    const only = this.parameter("only");
    return {
      q: this.parameter("q"),
      sort: this.parameter("sort") || "name",
      internal: this.parameter("internal") !== "",
      problem: Object.hasOwn(problems, only) ? (only as Problem) : undefined,
      pinned: new Set(this.#pins.all),
    };
  }

  get #pins(): Pins {
    return new Pins(this.context.preferences, this.context.cluster.answer.value?.clusterId ?? "");
  }

  #sort(key: string): void {
    this.context.navigation.set({ sort: turnSort(this.#view.sort, key, figures.has(key)) });
  }

  #makeColumns(): Column<Topic>[] {
    const { topics, cluster, navigation } = this.context;
    return [
      { key: "pin", label: "", width: "28px", cell: (t, active) => {
        const pinned = this.#pins.has(t.name);
        return html`<button type="button" class="plain" ?disabled=${!cluster.answer.value} aria-pressed=${pinned} aria-label="Pin ${t.name}" tabindex=${active ? 0 : -1} @click=${() => this.#pins.toggle(t.name)}>${pinned ? "★" : "☆"}</button>`;
      } },
      { key: "name", label: "Name", sorts: true, width: "minmax(100px, 1fr)", cell: (t, active) =>
        html`${hasProblem(t) ? html`<span class="narrow">${stateOf(t)} </span>` : nothing}<a data-main href=${navigation.link({ page: "topic", topic: t.name, tab: "messages" })} title=${t.name} tabindex=${active ? 0 : -1}>${t.name}</a>${t.internal ? html` <span class="tag">internal</span>` : nothing}` },
      { key: "problems", label: "State", sorts: true, wide: true, width: "minmax(64px, 170px)", cell: (t) => stateOf(t) },
      { key: "partitions", label: "Partitions", sorts: true, end: true, width: "84px", cell: (t) => grouped(t.partitions) },
      { key: "replication", label: "Replicas", sorts: true, end: true, wide: true, width: "76px", cell: (t) => t.replication },
      { key: "offsets", label: "Offsets", title: "Between start and end. Offsets aren't records: markers of transactions, aborted and compacted ones have some, too.", sorts: true, end: true, wide: true, width: "minmax(90px, 130px)",
        cell: (t) => known(topics.offsets.get(t.name), grouped) },
      { key: "rate", label: "Offsets/s", title: "How fast the ends grow, over the last 20 seconds", sorts: true, end: true, wide: true, width: "82px", cell: (t) => {
        const r = topics.rateOf(t.name);
        return r ? html`<span title="${grouped(r.offsets)} offsets in ${(r.ms / 1000).toFixed(1)} s">${rate(r)}</span>` : "–";
      } },
      { key: "size", label: "Size", title: "On the disks of all brokers, all replicas", sorts: true, end: true, wide: true, width: "90px",
        cell: (t) => known(cluster.disk.value?.topics.get(t.name), (n) => {
          const least = cluster.disk.value!.isWhole ? "" : "≥ ";
          return html`<span title="${least}${grouped(n)} bytes">${least}${size(n)}</span>`;
        }) },
    ];
  }

  protected override render() {
    const { topics, cluster, navigation } = this.context;
    const view = this.#view;
    this.#columns ??= this.#makeColumns();
    const all = topics.answer.value;
    this.#rows = shownTopics(topics, cluster.disk.value?.topics, view);
    return html`
      <div class="head"><h1>Topics</h1>
        ${cluster.may("CreateTopics") ? html`<button type="button" class="primary" @click=${() => (this.creating = true)}>Create topic</button>` : nothing}
      </div>
      <div class="tools" role="search">
        <input type="search" data-search aria-label="Search topics by name" placeholder="Search topics" .value=${view.q} autocomplete="off" spellcheck="false"
          @input=${(e: InputEvent) => navigation.set({ q: (e.target as HTMLInputElement).value })}>
        <label class="check"><input type="checkbox" .checked=${view.internal} @change=${(e: Event) => navigation.set({ internal: (e.target as HTMLInputElement).checked ? "1" : "" })}> Internal</label>
        ${view.problem ? html`<button type="button" class="only" @click=${() => navigation.set({ only: "" })}>Only ${problems[view.problem]} <span aria-hidden="true">✕</span></button>` : nothing}
        <span class="muted figures" role="status">${all ? `${grouped(this.#rows.length)} of ${grouped(all.length)}` : ""}</span>
      </div>
      ${problem(this.shown(topics.answer.error))}
      ${this.#rows.length > 0 ? html`<kx-list label="Topics" .columns=${this.#columns} .rows=${this.#rows} .keyOf=${(t: Topic) => t.name} .sort=${view.sort}
          @kx-sort=${(e: CustomEvent<string>) => this.#sort(e.detail)} @kx-range=${this.#onRange}></kx-list>` : this.#empty(view)}
      <kx-create-topic .context=${this.context} ?open=${this.creating} @kx-close=${() => (this.creating = false)}></kx-create-topic>`;
  }

  #onRange = (e: CustomEvent<{ first: number; last: number }>): void => {
    const before = this.#visible;
    this.#visible = e.detail;
    if (before.first !== e.detail.first || before.last !== e.detail.last) this.#measure();
  };

  #empty(view: View) {
    const all = this.context.topics.answer.value;
    if (!all) return html`<p class="empty">${this.context.topics.answer.error === undefined ? "Loading topics…" : "No topics are known."}</p>`;
    if (all.length === 0) return html`<p class="empty">This cluster has no topics that you may see. They show up here when they are created.</p>`;
    const internal = !view.internal && all.some((t) => t.internal) ? " Internal topics are left out." : "";
    return html`<div class="empty"><p>No topic fits.${internal}</p>
      <button type="button" @click=${() => this.context.navigation.set({ q: "", only: "" })}>Show all</button></div>`;
  }
}
customElements.define("kx-topics", TopicsPage);

function known(n: bigint | undefined, show: (n: bigint) => unknown) {
  return n === undefined ? "–" : show(n);
}

function hasProblem(t: Topic): boolean {
  return t.offline + t.underMinIsr + t.underReplicated > 0;
}

/** What isn't well with a topic. */
function stateOf(t: Topic) {
  if (t.offline > 0) return html`<span class="tag bad">${grouped(t.offline)} offline</span>`;
  if (t.underMinIsr > 0) return html`<span class="tag bad">${grouped(t.underMinIsr)} under min ISR</span>`;
  if (t.underReplicated > 0) return html`<span class="tag warn">${grouped(t.underReplicated)} under-replicated</span>`;
  if (t.error) return html`<span class="tag" title=${t.error.message}>not all known</span>`;
  return html`<span class="muted">fine</span>`;
}
