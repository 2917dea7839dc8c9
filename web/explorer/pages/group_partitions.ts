import { css, html, nothing } from "lit";
import { base, pageStyle } from "../elements/style.js";
import { Watch } from "../elements/watch.js";
import type { Column } from "../elements/list.js";
import { duration, grouped } from "../figures.js";
import { toMessage } from "../route.js";
import { adviceOf } from "../store/advice.js";
import { shownPartitions, type GroupPartition, type GroupStore } from "../store/group.js";
import { turnSort } from "../store/sorted.js";
import { seen } from "../text/name.js";
import { PageElement } from "./page.js";
import "../elements/list.js";

/** How long nothing has been committed where a member is called stuck, in milliseconds. */
const patience = 30_000;

/** The partitions of a group: who has them, how far they are behind in offsets and time, and the record they stand before. */
class GroupPartitions extends PageElement {
  static override properties = { store: { attribute: false } };
  declare store: GroupStore;
  #columns: Column<GroupPartition>[] | undefined;
  #rows: GroupPartition[] = [];
  #of: readonly unknown[] = []; // what the rows are of

  static override styles = [base, pageStyle, css`.tools { padding-top: 12px; border-top: 1px solid var(--line); }`];

  constructor() {
    super();
    new Watch(this, () => [this.store?.changes]);
  }

  #makeColumns(): Column<GroupPartition>[] {
    const { navigation } = this.context;
    return [
      { key: "topic", label: "Topic", sorts: true, width: "minmax(96px, 1.4fr)", cell: (p, active) =>
        html`<span class="narrow">${p.partition} · </span><a data-main href=${navigation.link({ page: "topic", topic: p.topic, tab: "groups" })} title=${p.topic} tabindex=${active ? 0 : -1}>${p.topic}</a>` },
      { key: "partition", label: "Partition", end: true, wide: true, width: "60px", cell: (p) => p.partition },
      { key: "member", label: "Client", wide: true, width: "minmax(80px, 1fr)", cell: ({ members: [first, ...more], members }) => first
        ? html`<span title=${members.map((m) => seen(`${m.clientId}, ${m.member}, ${m.host}`)).join("\n")}>${seen(first.clientId || first.member)}${more.length > 0 ? ` and ${more.length} more` : ""}</span>` : html`<span class="muted">none</span>` },
      { key: "committed", label: "Committed", title: "The offset of the next record; of a share group the first that isn't acknowledged", end: true, wide: true, width: "minmax(80px, 1fr)", cell: ({ offset }) => offset?.error && offset.committed === null
        ? html`<span class="bad" title=${adviceOf(offset.error).code}>unknown</span>` : known(offset?.committed, "none") },
      { key: "end", label: "End", end: true, wide: true, width: "minmax(80px, 1fr)", cell: ({ offset }) => known(offset?.end, "–") },
      { key: "lag", label: "Lag", title: "Offsets between committed and end. Offsets aren't records.", sorts: true, end: true, width: "minmax(64px, 1fr)", cell: ({ offset }) => offset?.lag === null && offset.error
        ? html`<span class="bad" title=${adviceOf(offset.error).code}>unknown</span>` : known(offset?.lag, "–") },
      { key: "behind", label: "Behind", title: "For how long the record that the group stands before has been there, by its timestamp and this machine's clock", sorts: true, end: true, width: "92px", cell: ({ offset }) => behind(offset) },
      { key: "trend", label: "Change", title: "How the lag has changed since this page looks at it", sorts: true, end: true, wide: true, width: "112px", cell: (p) => this.#change(p) },
      { key: "open", label: "Next", title: "The record before which the group stands", end: true, width: "40px", cell: ({ topic, partition, offset }, active) => offset?.committed != null && offset.lag
        ? html`<a href=${navigation.link({ page: "topic", topic, tab: "messages" }, toMessage(partition, offset.committed))}
            aria-label="Open the record at ${offset.committed} of ${topic} ${partition}, before which the group stands" tabindex=${active ? 0 : -1}>open</a>` : nothing },
    ];
  }

  #change({ trend, members, offset }: GroupPartition) {
    const now = this.store.history.samples.at(-1)?.at;
    if (!trend || now === undefined || now === trend.since) return html`<span class="muted">–</span>`;
    const change = trend.arrived - trend.committed;
    const stuck = members.length > 0 && offset?.lag && now - trend.still >= patience;
    const said = `In ${duration(now - trend.since)} ${grouped(trend.arrived)} came, and ${grouped(trend.committed)} were committed.${stuck ? ` Nothing was committed for ${duration(now - trend.still)}.` : ""}`;
    return html`<span title=${said}>${stuck ? html`<span class="tag warn">stuck</span> ` : nothing}<span class=${change > 0n ? "warn" : change < 0n ? "good" : "muted"}>${change > 0n ? "+" : ""}${grouped(change).replace("-", "−")}</span></span>`;
  }

  protected override render() {
    this.#columns ??= this.#makeColumns();
    const { navigation } = this.context;
    const [q, sort] = [this.parameter("q"), this.parameter("sort") || "topic"];
    const all = this.store.partitions;
    if (all.length === 0) return html`<p class="empty">${this.store.detail.value!.error ? "No partitions are known." : "The group has committed nothing, and no member has a partition."}</p>`;
    if ([all, q, sort].some((v, i) => v !== this.#of[i])) [this.#rows, this.#of] = [shownPartitions(all, q, sort), [all, q, sort]];
    const rows = this.#rows;
    return html`<div class="tools" role="search">
        <input type="search" data-search aria-label="Search by topic, client, member or host" placeholder="Search topics and clients" .value=${q} autocomplete="off" spellcheck="false"
          @input=${(e: InputEvent) => navigation.set({ q: (e.target as HTMLInputElement).value })}>
        <span class="muted figures" role="status">${grouped(rows.length)} of ${grouped(all.length)}</span>
      </div>
      ${rows.length > 0 ? html`<kx-list label="Partitions" .columns=${this.#columns} .rows=${rows} .keyOf=${(p: GroupPartition) => `${p.topic}/${p.partition}`} .sort=${sort}
        @kx-sort=${(e: CustomEvent<string>) => navigation.set({ sort: turnSort(sort, e.detail, e.detail !== "topic") })}></kx-list>`
        : html`<p class="empty">No partition fits.</p>`}`;
  }
}
customElements.define("kx-group-partitions", GroupPartitions);

function known(n: bigint | null | undefined, otherwise: string) {
  return n == null ? html`<span class="muted">${otherwise}</span>` : grouped(n);
}

function behind(offset: GroupPartition["offset"]) {
  if (offset?.lagMs != null) return html`<span title="${grouped(offset.lagMs)} ms">${offset.lagMs === 0 ? "0" : duration(offset.lagMs)}</span>`;
  return html`<span class="muted" title=${offset?.lag ? "The record has no timestamp, or it was not read in time. Only the 64 partitions with the most lag are asked." : nothing}>${offset?.lag ? "unknown" : "–"}</span>`;
}
