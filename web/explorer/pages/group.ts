import { html, nothing } from "lit";
import { base, pageStyle, tabStyle } from "../elements/style.js";
import { Refresh } from "../elements/refresh.js";
import { Watch } from "../elements/watch.js";
import { counted, duration, grouped } from "../figures.js";
import type { Route } from "../route.js";
import { behindOf, type GroupStore } from "../store/group.js";
import { seen } from "../text/name.js";
import { stateTag } from "./group_state.js";
import { PageElement } from "./page.js";
import { problem } from "./problem.js";
import "./delete.js";
import "./group_members.js";
import "./group_partitions.js";
import "./group_trend.js";
import "./reset_offsets.js";

const views = { "": "Partitions", members: "Members", trend: "Trend" } as const;

/** A group: its partitions with their lag, its members, and how its lag changes. */
class GroupPage extends PageElement {
  static override properties = { deleting: { state: true }, resetting: { state: true } };
  declare deleting: boolean;
  declare resetting: boolean;

  static override styles = [base, pageStyle, tabStyle];

  constructor() {
    super();
    new Watch(this, () => [this.context && this.#store.changes, this.context?.cluster.changes, this.context?.preferences.changes, this.context?.session.changes]);
    new Refresh(this, 10_000, () => void this.#store.load());
  }

  get #store(): GroupStore {
    return this.context.group((this.route as Route & { page: "group" }).group);
  }

  protected override render() {
    const store = this.#store;
    const { value, error } = store.detail;
    const { cluster, navigation } = this.context;
    const mayReset = cluster.may("OffsetCommit") && value?.protocol !== "share" && (value?.offsets.length ?? 0) > 0;
    const mayDelete = cluster.may("DeleteGroups");
    const isThere = value && !store.isGone;
    return html`
      <div class="head"><h1>${seen(store.id)}</h1>
        ${isThere ? html`<span class="tag">${value.protocol}</span> ${stateTag(value.state)}` : nothing}
        ${isThere && store.isEmpty && mayReset ? html`<button type="button" @click=${() => (this.resetting = true)}>Reset offsets…</button>` : nothing}
        ${isThere && store.isEmpty && mayDelete ? html`<button type="button" @click=${() => (this.deleting = true)}>Delete…</button>` : nothing}
      </div>
      <p class="facts figures">${this.#facts()}${isThere && !store.isEmpty && (mayReset || mayDelete) ? html`<br>To ${[mayReset ? "reset its offsets" : "", mayDelete ? "delete it" : ""].filter(Boolean).join(" or ")}, stop its members first.` : nothing}</p>
      ${problem(this.shown(error))} ${problem(isThere ? this.shown(value.error) : undefined)}
      <nav class="tabs" aria-label="Group">${Object.entries(views).map(([show, label]) => html`<a href=${navigation.link({ page: "group", group: store.id }, { show })} aria-current=${show === this.#view ? "page" : nothing}>${label}</a>`)}</nav>
      ${value ? this.#content(store) : html`<p class="empty">${error === undefined ? "Loading the group…" : "Nothing is known of this group."}</p>`}
      ${value ? html`<kx-reset-offsets .context=${this.context} .store=${store} ?open=${this.resetting} @kx-close=${() => (this.resetting = false)}></kx-reset-offsets>` : nothing}
      <kx-delete .name=${store.id} noun="group" .text=${"This deletes all that the group has committed. A consumer that comes back under this name begins where its own settings say."}
        .work=${this.#delete} ?open=${this.deleting} @kx-close=${() => (this.deleting = false)} @kx-done=${() => navigation.go(navigation.link({ page: "groups" }))}></kx-delete>`;
  }

  get #view(): keyof typeof views {
    const show = this.parameter("show");
    return Object.hasOwn(views, show) ? (show as keyof typeof views) : "";
  }

  #content(store: GroupStore) {
    switch (this.#view) {
      case "members":
        return html`<kx-group-members .context=${this.context} .store=${store}></kx-group-members>`;
      case "trend":
        return html`<kx-group-trend .store=${store} ?utc=${this.context.preferences.get("utc", false)}></kx-group-trend>`;
    }
    return html`<kx-group-partitions .context=${this.context} .route=${this.route} .store=${store}></kx-group-partitions>`;
  }

  #facts() {
    const { value, error } = this.#store.detail;
    if (!value) return error === undefined ? "Loading…" : "";
    const { partitions } = this.#store;
    const { ms, isLeast } = behindOf(partitions);
    const no = value.protocol === "share" ? "nothing acknowledged" : "nothing committed";
    const none = partitions.filter(({ offset }) => !offset || (offset.committed === null && !offset.error)).length;
    const facts = [
      counted(value.members, "member"),
      value.coordinator < 0 ? "" : `coordinator: broker ${value.coordinator}`,
      value.lag === null ? (value.offsets.length > 0 ? "lag unknown" : no) : `lag ${grouped(value.lag)}`,
      value.lag !== null && none > 0 ? `${no} of ${counted(none, "partition")}` : "",
    ].filter(Boolean).join(" · ");
    return ms > 0 ? html`${facts} · <span title="${grouped(ms)} ms">${isLeast ? "at least" : "up to"} ${duration(ms)} behind</span>` : facts;
  }

  #delete = async (): Promise<void> => {
    const { groups } = this.context;
    const store = this.#store;
    await store.delete();
    groups.drop(store.id);
  };
}
customElements.define("kx-group", GroupPage);
