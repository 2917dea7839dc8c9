import { css, html, nothing } from "lit";
import { base, pageStyle } from "../elements/style.js";
import { Refresh } from "../elements/refresh.js";
import { Watch } from "../elements/watch.js";
import { counted, grouped, size } from "../figures.js";
import { adviceOf } from "../store/advice.js";
import { addressOf, reachOf, reachWords, type Directory, type Seen } from "../store/cluster.js";
import { rightsOf } from "../store/rights.js";
import { countOf, type Problem } from "../store/topics.js";
import { PageElement } from "./page.js";
import { problem } from "./problem.js";
import { rightsList, rightsStyle } from "./rights.js";

const kinds = { reached: "good", unreached: "bad", denied: "warn" } as const;

/** The cluster: its brokers as they are seen from here, what isn't well, and its disks. */
class ClusterPage extends PageElement {
  static override styles = [base, pageStyle, rightsStyle, css`
    .figuresrow { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; }
    .figure { padding: 12px 14px; border: 1px solid var(--line); border-radius: 12px; background: var(--surface); color: var(--ink); display: grid; align-content: start; min-width: 0; }
    .figure b { font-size: 20px; font-weight: 650; overflow-wrap: anywhere; }
    a.figure:hover { border-color: var(--line-strong); }
    .card h2 { margin-bottom: 10px; }
    .scrolls { overflow-x: auto; }
    table { width: 100%; border-collapse: collapse; }
    th { text-align: start; font-size: 12px; font-weight: 600; color: var(--muted); }
    th, td { padding: 6px 16px 6px 0; border-bottom: 1px solid var(--line); vertical-align: baseline; }
    tr:last-child > * { border-bottom: 0; }
    th:first-child { width: 1%; white-space: nowrap; }
    th.end, td.end { text-align: end; font-variant-numeric: tabular-nums; }
    .explained > * { border-bottom: 0; }
    .why { padding-top: 0; overflow-wrap: anywhere; }
    td p { max-width: 80ch; }
    td p + details { margin-top: 4px; }
    summary { cursor: pointer; color: var(--muted); }
    dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 4px 18px; }
    dt { color: var(--muted); }
    @media (max-width: 640px) { .wide { display: none; }  }
  `];

  constructor() {
    super();
    new Watch(this, () => [this.context?.cluster.changes, this.context?.topics.changes, this.context?.watch.changes, this.context?.session.changes]);
    new Refresh(this, 5000, () => {
      void this.#load();
      void this.context.topics.load();
    });
    new Refresh(this, 30_000, () => void this.context.cluster.loadDisk());
  }

  async #load(): Promise<void> {
    const { cluster } = this.context;
    await cluster.load();
    if (!cluster.disk.value) await cluster.loadDisk();
  }

  protected override render() {
    const { cluster, session, watch } = this.context;
    const { value, error } = cluster.answer;
    const brokers = value?.brokers.map((b) => watch.seen(b)) ?? [];
    return html`
      <div class="head"><h1>Cluster</h1></div>
      <div class="body">
        ${problem(this.shown(error))}
        ${value ? html`
          ${this.#health(brokers)}
          <section class="card"><dl>
            <dt>Cluster id</dt><dd class="mono any">${value.clusterId || "none"}</dd>
            <dt>Version</dt><dd>${value.version ? html`Kafka ${value.version.replace(/^v/, "")} <span class="muted">guessed from the APIs of one broker</span>` : "unknown: no broker answered"}</dd>
            <dt>Controller</dt><dd>${value.controller < 0 ? html`<span class="bad">none is known</span>` : `broker ${value.controller}`}</dd>
            ${session.chosen ? html`<dt>Bridge</dt><dd class="any">${session.chosen.name} <span class="muted mono">${session.chosen.path}</span></dd>` : nothing}
          </dl></section>
          ${this.#brokers(brokers, value.controller)}
          ${this.#disks()}
          <section class="card"><h2>What you may do here</h2>${cluster.knowsRights ? rightsList(rightsOf(value.allowed)) : html`<p class="muted">No broker has told yet.</p>`}</section>`
          : html`<p class="empty">${error === undefined ? "Asking the brokers…" : "Nothing is known of the cluster."}</p>`}
      </div>`;
  }

  #health(brokers: readonly Seen[]) {
    const { cluster, topics, navigation } = this.context;
    const all = topics.answer.value;
    const [reached, lost] = [brokers.filter((b) => b.reachable).length, brokers.some((b) => reachOf(b) === "unreached")];
    const figure = (only: Problem, label: string, kind: "bad" | "warn") => {
      const ill = (all ?? []).filter((t) => countOf(t, only) > 0);
      const n = ill.reduce((n, t) => n + countOf(t, only), 0);
      const least = only === "under-min-isr" && all?.some((t) => t.error) ? "≥ " : ""; // min.insync.replicas isn't known of each
      return html`<a class="figure" href=${navigation.link({ page: "topics" }, { only, internal: "1" })}><b class="figures ${n > 0 ? kind : ""}">${all ? least + grouped(n) : "…"}</b>
        <span class="muted">partitions ${label}${n > 0 ? `, of ${counted(ill.length, "topic")}` : ""}</span></a>`;
    };
    const disk = cluster.disk.value;
    const bytes = disk?.directories.reduce((n, d) => n + d.bytes, 0n);
    return html`${problem(this.shown(topics.answer.error))}<div class="figuresrow">
      <div class="figure"><b class="figures ${lost ? "bad" : ""}">${reached} of ${brokers.length}</b><span class="muted">brokers answer</span></div>
      ${figure("offline", "offline", "bad")}
      ${figure("under-min-isr", "under min ISR", "bad")}
      ${figure("under-replicated", "under-replicated", "warn")}
      ${bytes === undefined ? nothing : html`<div class="figure"><b class="figures" title="${grouped(bytes)} bytes">${disk!.isWhole ? "" : "≥ "}${size(bytes)}</b><span class="muted">on disks, all replicas</span></div>`}
    </div>`;
  }

  #brokers(brokers: readonly Seen[], controller: number) {
    return html`<section class="card"><h2>Brokers, as this page reaches them</h2><div class="scrolls"><table>
      <thead><tr><th scope="col" class="end">Id</th><th scope="col">Advertised as</th><th scope="col" class="wide">Rack</th><th scope="col">From here</th></tr></thead>
      <tbody>${[...brokers].sort((a, b) => a.id - b.id).map((b) => {
        const advice = b.error === undefined ? undefined : adviceOf(b.error);
        return html`<tr class=${advice ? "explained" : ""}>
          <th scope="row" class="end">${b.id}</th>
          <td class="mono any">${addressOf(b)} ${b.id === controller ? html`<span class="tag">controller</span>` : nothing}</td>
          <td class="wide">${b.rack ?? html`<span class="muted">none</span>`}</td>
          <td><span class="tag ${kinds[reachOf(b)]}">${reachWords(b)}</span></td>
        </tr>${advice ? html`<tr><td></td><td colspan="3" class="why"><p>${advice.text}</p><details><summary>Details</summary><span class="mono any">${advice.code}</span></details></td></tr>` : nothing}`;
      })}</tbody></table></div></section>`;
  }

  #disks() {
    const { disk } = this.context.cluster;
    if (!this.context.cluster.may("DescribeLogDirs") && !disk.value) return nothing;
    return html`<section class="card"><h2>Disks</h2>${problem(this.shown(disk.error))}
      ${disk.value ? html`<div class="scrolls"><table>
        <thead><tr><th scope="col" class="end">Broker</th><th scope="col">Directory</th><th scope="col" class="end wide">Replicas</th><th scope="col" class="end">Size</th></tr></thead>
        <tbody>${disk.value.directories.map((d: Directory) => html`<tr>
          <th scope="row" class="end">${d.broker}</th>
          <td class="mono any">${d.dir || html`<span class="muted">unknown</span>`} ${d.error === undefined ? nothing : html`<p class="bad">${adviceOf(d.error).title} ${adviceOf(d.error).text}</p>`}
            ${d.moving > 0 ? html`<span class="tag">${counted(d.moving, "replica")} on the way here</span>` : nothing}</td>
          ${d.error === undefined ? html`<td class="end wide">${grouped(d.replicas)}</td><td class="end nowrap" title="${grouped(d.bytes)} bytes">${size(d.bytes)}</td>`
            : html`<td class="end wide muted">–</td><td class="end muted">unknown</td>`}</tr>`)}</tbody></table></div>`
        : disk.error === undefined ? html`<p class="muted">Asking the brokers…</p>` : nothing}</section>`;
  }
}
customElements.define("kx-cluster", ClusterPage);
