import { css, html, nothing } from "lit";
import { base, pageStyle } from "../elements/style.js";
import { Refresh } from "../elements/refresh.js";
import { Watch } from "../elements/watch.js";
import { counted, grouped } from "../figures.js";
import { topicTabs, type Route, type TopicTab } from "../route.js";
import type { TopicStore } from "../store/topic.js";
import { PageElement } from "./page.js";
import { problem } from "./problem.js";
import "./delete_topic.js";
import "./messages.js";
import "./topic_partitions.js";
import "./topic_groups.js";
import "./topic_config.js";

const labels: Record<TopicTab, string> = { messages: "Messages", partitions: "Partitions", groups: "Groups", config: "Config" };

/** A topic, with a tab for each side of it. */
class TopicPage extends PageElement {
  static override properties = { deleting: { state: true } };
  declare deleting: boolean;

  static override styles = [base, pageStyle, css`
    nav { display: flex; gap: 4px; padding: 0 calc(var(--gutter) - 10px); overflow-x: auto; flex: none; }
    nav a { padding: 7px 10px 9px; color: var(--muted); font-weight: 500; border-bottom: 2px solid transparent; }
    nav a:hover { color: var(--ink); text-decoration: none; }
    nav a:focus-visible { outline-offset: -3px; }
    nav a[aria-current] { color: var(--accent); border-color: var(--accent); }
  `];

  constructor() {
    super();
    new Watch(this, () => [this.context && this.#store.changes, this.context?.cluster.changes, this.context?.session.changes]);
    new Refresh(this, 5000, () => void this.#store.load());
  }

  get #store(): TopicStore {
    return this.context.topic(this.#route.topic);
  }

  get #route(): Route & { page: "topic" } {
    return this.route as Route & { page: "topic" };
  }

  protected override render() {
    const { topic, tab } = this.#route;
    const store = this.#store;
    const detail = store.detail.value;
    return html`
      <div class="head"><h1>${topic}</h1>
        ${detail?.internal ? html`<span class="tag">internal</span>` : nothing}
        ${store.replaced > 0 ? html`<span class="tag warn">made again while you look</span>` : nothing}
        ${detail && !store.isGone && this.context.cluster.may("DeleteTopics") ? html`<button type="button" @click=${() => (this.deleting = true)}>Delete…</button>` : nothing}
      </div>
      <p class="facts figures">${this.#facts()}</p>
      ${problem(this.shown(store.detail.error))}
      <nav aria-label="Topic">${topicTabs.map((t) => html`<a href=${this.context.navigation.link({ page: "topic", topic, tab: t }, t === "messages" ? this.context.messages(topic).parameters : {})} aria-current=${t === tab ? "page" : nothing}>${labels[t]}</a>`)}</nav>
      ${this.#tab(tab, store)}
      <kx-delete-topic .context=${this.context} .topic=${topic} .detail=${detail} ?open=${this.deleting} @kx-close=${() => (this.deleting = false)}></kx-delete-topic>`;
  }

  #facts(): string {
    const { value: detail, error } = this.#store.detail;
    if (!detail) return error === undefined ? "Loading…" : "";
    const known = detail.layout.every((p) => p.start !== null && p.end !== null);
    return [
      counted(detail.partitions, "partition"),
      counted(detail.replication, "replica"),
      known ? counted(detail.layout.reduce((n, p) => n + p.end! - p.start!, 0n), "offset") : "",
      detail.offline > 0 ? `${grouped(detail.offline)} offline` : "",
      detail.underMinIsr > 0 ? `${grouped(detail.underMinIsr)} under min ISR` : "",
      detail.underReplicated > 0 ? `${grouped(detail.underReplicated)} under-replicated` : "",
    ].filter(Boolean).join(" · ");
  }

  #tab(tab: TopicTab, store: TopicStore) {
    switch (tab) {
      case "partitions":
        return html`<kx-topic-partitions .context=${this.context} .store=${store}></kx-topic-partitions>`;
      case "groups":
        return html`<kx-topic-groups .context=${this.context} .store=${store}></kx-topic-groups>`;
      case "config":
        return html`<kx-topic-config .context=${this.context} .route=${this.route} .store=${store}></kx-topic-config>`;
    }
    return html`<kx-messages .context=${this.context} .route=${this.route} .store=${store}></kx-messages>`;
  }
}
customElements.define("kx-topic", TopicPage);
