import { html } from "lit";
import { base, pageStyle } from "../elements/style.js";
import { Watch } from "../elements/watch.js";
import type { Column } from "../elements/list.js";
import { grouped } from "../figures.js";
import type { GroupStore, Member } from "../store/group.js";
import { seen } from "../text/name.js";
import { formatRanges } from "../text/ranges.js";
import { PageElement } from "./page.js";
import "../elements/list.js";

/** The members of a group, and what each is assigned. */
class GroupMembers extends PageElement {
  static override properties = { store: { attribute: false } };
  declare store: GroupStore;
  #columns: Column<Member>[] | undefined;

  static override styles = [base, pageStyle];

  constructor() {
    super();
    new Watch(this, () => [this.store?.changes]);
  }

  #makeColumns(): Column<Member>[] {
    return [
      { key: "client", label: "Client", width: "minmax(90px, 1fr)", cell: (m, active) =>
        html`<a data-main href=${this.context.navigation.link({ page: "group", group: this.store.id }, { q: m.member })} title="The partitions of ${seen(m.member)}" tabindex=${active ? 0 : -1}>${seen(m.clientId || m.member)}</a>` },
      { key: "member", label: "Member", wide: true, width: "minmax(100px, 1.6fr)", cell: (m) => html`<span class="mono" title=${seen(m.member)}>${seen(m.member)}</span>` },
      { key: "host", label: "Host", wide: true, width: "minmax(80px, 150px)", cell: (m) => html`<span class="mono" title=${seen(m.host)}>${seen(m.host)}</span>` },
      { key: "count", label: "Partitions", end: true, width: "76px", cell: (m) => grouped(m.partitions.length) },
      { key: "assigned", label: "Assigned", width: "minmax(90px, 2fr)", cell: (m) => {
        const text = assignmentOf(m);
        return html`<span title=${text}>${text}</span>`;
      } },
    ];
  }

  protected override render() {
    this.#columns ??= this.#makeColumns();
    const { members, assignments, error } = this.store.detail.value!;
    if (assignments.length > 0) return html`<kx-list label="Members" .columns=${this.#columns} .rows=${assignments} .keyOf=${(m: Member) => m.member}></kx-list>`;
    return html`<p class="empty">${members === 0 && !error ? "The group has no members now." : "No members are known."}</p>`;
  }
}
customElements.define("kx-group-members", GroupMembers);

/** "orders 0-2, 5; views 1", or none. */
function assignmentOf(m: Member): string {
  const topics = Map.groupBy(m.partitions, (p) => p.topic);
  return [...topics].map(([topic, all]) => `${topic} ${formatRanges(all.map((p) => p.partition))}`).join("; ") || "none";
}
