import { html, nothing } from "lit";
import { base, pageStyle } from "../elements/style.js";
import { Refresh } from "../elements/refresh.js";
import { Watch } from "../elements/watch.js";
import type { Column } from "../elements/list.js";
import { grouped } from "../figures.js";
import type { Reader, TopicStore } from "../store/topic.js";
import { adviceOf } from "../store/advice.js";
import { seen } from "../text/name.js";
import { stateTag } from "./group_state.js";
import { PageElement } from "./page.js";
import { problem } from "./problem.js";
import "../elements/list.js";

/** Who reads a topic, and how far they are behind. */
class TopicGroups extends PageElement {
  static override properties = { store: { attribute: false } };
  declare store: TopicStore;
  #columns: Column<Reader>[] | undefined;

  static override styles = [base, pageStyle];

  constructor() {
    super();
    new Watch(this, () => [this.store?.changes, this.context?.session.changes]);
    new Refresh(this, 10_000, () => void this.store.loadReaders(() => this.isConnected && !document.hidden));
  }

  #makeColumns(): Column<Reader>[] {
    return [
      { key: "id", label: "Group", width: "minmax(120px, 1fr)", cell: ({ group }, active) =>
        html`<a data-main href=${this.context.navigation.link({ page: "group", group: group.id })} title=${seen(group.id)} tabindex=${active ? 0 : -1}>${seen(group.id)}</a>` },
      { key: "state", label: "State", width: "120px", wide: true, cell: ({ group }) => stateTag(group.state) },
      { key: "protocol", label: "Protocol", width: "100px", wide: true, cell: ({ group }) => group.protocol },
      { key: "members", label: "Members", title: "Those that have partitions of this topic", end: true, width: "76px", cell: ({ members }) => members ?? "–" },
      { key: "lag", label: "Lag", title: "Offsets of this topic after what the group has committed", end: true, width: "minmax(80px, 140px)", cell: ({ lag, error, isAsked }) =>
        error !== undefined && lag === undefined ? html`<span class="bad" title=${adviceOf(error).code}>unknown</span>`
          : !isAsked ? html`<span class="muted" title="Only the first 100 groups are asked">not asked</span>`
          : lag === undefined ? "…" : lag === null ? html`<span class="muted" title="Nothing is committed, or it isn't known of each partition">unknown</span>` : grouped(lag) },
    ];
  }

  protected override render() {
    this.#columns ??= this.#makeColumns();
    const { value, error } = this.store.readers;
    return html`${problem(this.shown(error))}
      ${value && value.length > 0 ? html`<kx-list label="Groups that read this topic" .columns=${this.#columns} .rows=${[...value]} .keyOf=${(r: Reader) => r.group.id}></kx-list>`
        : html`<p class="empty">${value ? "No group has committed offsets of this topic, or reads it now." : error === undefined ? "Loading groups…" : nothing}</p>`}`;
  }
}
customElements.define("kx-topic-groups", TopicGroups);
