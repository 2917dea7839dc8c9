import { html, nothing } from "lit";
import { base, pageStyle, tabStyle } from "../elements/style.js";
import { Refresh } from "../elements/refresh.js";
import { Watch } from "../elements/watch.js";
import { counted, grouped } from "../figures.js";
import { topicTabs, type Route, type TopicTab } from "../route.js";
import type { TopicStore } from "../store/topic.js";
import { PageElement } from "./page.js";
import { problem } from "./problem.js";
import "./delete.js";
import "./messages.js";
import "./topic_partitions.js";
import "./topic_groups.js";
import "./topic_config.js";

const labels: Record<TopicTab, string> = { messages: "Messages", partitions: "Partitions", groups: "Groups", config: "Config" };

/** A topic, with a tab for each side of it. */
class TopicPage extends PageElement {
  static override properties = { deleting: { state: true } };
  declare deleting: boolean;

  static override styles = [base, pageStyle, tabStyle];

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
      <nav class="tabs" aria-label="Topic">${topicTabs.map((t) => html`<a href=${this.context.navigation.link({ page: "topic", topic, tab: t }, t === "messages" ? this.context.messages(topic).parameters : {})} aria-current=${t === tab ? "page" : nothing}>${labels[t]}</a>`)}</nav>
      ${this.#tab(tab, store)}
      <kx-delete .name=${topic} noun="topic" .text=${this.#loss()} .work=${() => this.context.topics.delete(topic)}
        ?open=${this.deleting} @kx-close=${() => (this.deleting = false)} @kx-done=${() => this.context.navigation.go(this.context.navigation.link({ page: "topics" }))}></kx-delete>`;
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

  #loss(): string {
    const layout = this.#store.detail.value?.layout;
    const known = layout?.every((p) => p.start !== null && p.end !== null);
    const what = layout ? `${counted(layout.length, "partition")}${known ? ` and what is at ${counted(layout.reduce((n, p) => n + p.end! - p.start!, 0n), "offset")}` : ""}` : "all its records";
    return `This deletes ${what}. Nobody can bring them back.`;
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
