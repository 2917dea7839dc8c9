import { html, nothing } from "lit";
import type { Group } from "kafkaio";
import { base, pageStyle } from "../elements/style.js";
import { Refresh } from "../elements/refresh.js";
import { Watch } from "../elements/watch.js";
import type { Column } from "../elements/list.js";
import { grouped } from "../figures.js";
import { adviceOf } from "../store/advice.js";
import { shownGroups, type GroupsView } from "../store/groups.js";
import { turnSort } from "../store/sorted.js";
import { seen } from "../text/name.js";
import { stateTag } from "./group_state.js";
import { PageElement } from "./page.js";
import { problem } from "./problem.js";
import "../elements/list.js";

/** All groups with their protocol, state, members and lag. */
class GroupsPage extends PageElement {
  #columns: Column<Group>[] | undefined;

  static override styles = [base, pageStyle];

  constructor() {
    super();
    new Watch(this, () => [this.context?.groups.changes, this.context?.session.changes]);
    new Refresh(this, 5000, () => void this.context.groups.load());
  }

  get #view(): GroupsView {
    return { q: this.parameter("q"), protocol: this.parameter("protocol"), state: this.parameter("state"), sort: this.parameter("sort") || "id" };
  }

  #makeColumns(): Column<Group>[] {
    return [
      { key: "id", label: "Group", sorts: true, width: "minmax(110px, 4fr)", cell: (g, active) =>
        html`<a data-main href=${this.context.navigation.link({ page: "group", group: g.id })} title=${seen(g.id)} tabindex=${active ? 0 : -1}>${seen(g.id)}</a>` },
      { key: "state", label: "State", sorts: true, width: "minmax(70px, 1fr)", cell: (g) => stateTag(g.state) },
      { key: "protocol", label: "Protocol", sorts: true, wide: true, width: "96px", cell: (g) => g.protocol },
      { key: "members", label: "Members", sorts: true, end: true, wide: true, width: "84px", cell: (g) => (g.state === "" ? "–" : grouped(g.members)) },
      { key: "lag", label: "Lag", title: "Offsets after what is committed, or acknowledged. Offsets aren't records.", sorts: true, end: true, width: "minmax(84px, 1fr)", cell: lagOf },
    ];
  }

  #select(name: "protocol" | "state", any: string, of: (g: Group) => string) {
    const now = this.#view[name];
    const values = new Set([...this.context.groups.groups.values()].map(of).filter(Boolean));
    if (now !== "") values.add(now);
    return html`<select aria-label=${any} @change=${(e: Event) => this.context.navigation.set({ [name]: (e.target as HTMLSelectElement).value })}>
      <option value="" .selected=${now === ""}>${any}</option>
      ${[...values].sort().map((v) => html`<option value=${v} .selected=${v === now}>${v}</option>`)}</select>`;
  }

  protected override render() {
    const { groups, navigation } = this.context;
    const view = this.#view;
    this.#columns ??= this.#makeColumns();
    const rows = shownGroups(groups.groups.values(), view);
    const error = this.shown(groups.error);
    return html`
      <div class="head"><h1>Groups</h1></div>
      <div class="tools" role="search">
        <input type="search" data-search aria-label="Search groups by name" placeholder="Search groups" .value=${view.q} autocomplete="off" spellcheck="false"
          @input=${(e: InputEvent) => navigation.set({ q: (e.target as HTMLInputElement).value })}>
        ${this.#select("protocol", "any protocol", (g) => g.protocol)} ${this.#select("state", "any state", (g) => g.state)}
        <span class="muted figures" role="status">${groups.groups.size > 0 ? `${grouped(rows.length)} of ${grouped(groups.groups.size)}${groups.isWhole && groups.error === undefined ? "" : " that are known"}` : ""}</span>
      </div>
      ${problem(error && { ...error, text: `${error.text} Groups of a broker that doesn't tell them are missing here, or as they were before.` })}
      ${rows.length > 0 ? html`<kx-list label="Groups" .columns=${this.#columns} .rows=${rows} .keyOf=${(g: Group) => g.id} .sort=${view.sort}
          @kx-sort=${(e: CustomEvent<string>) => navigation.set({ sort: turnSort(view.sort, e.detail, e.detail === "lag" || e.detail === "members") })}></kx-list>` : this.#empty()}`;
  }

  #empty() {
    const { groups, navigation } = this.context;
    if (groups.groups.size > 0) {
      return html`<div class="empty"><p>No group fits.</p>
        <button type="button" @click=${() => navigation.set({ q: "", protocol: "", state: "" })}>Show all</button></div>`;
    }
    if (groups.error !== undefined) return html`<p class="empty">No groups are known.</p>`;
    return html`<p class="empty">${groups.isWhole ? "This cluster has no groups that you may see. They show up here when one commits offsets or has members." : "Loading groups…"}</p>`;
  }
}
customElements.define("kx-groups", GroupsPage);

function lagOf(g: Group) {
  const error = g.error && adviceOf(g.error);
  if (g.lag !== null) return html`<span title=${error?.code ?? nothing}>${grouped(g.lag)}</span>`;
  return error ? html`<span class="bad" title="${error.title} ${error.text} ${error.code}">unknown</span>` : html`<span class="muted">no commits</span>`;
}
