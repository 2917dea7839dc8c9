// The topics and the brokers.

import { byId, counted, h } from "./dom.js";

export class Sidebar {
  #topics = [];
  #details = new Map();
  #current = "";

  constructor(onChoose) {
    this.onChoose = onChoose;
    this.list = byId("topics");
    this.internal = byId("internal", HTMLInputElement);
    this.internal.addEventListener("change", () => this.#draw());
  }

  /** details has, by name, the topics whose offsets are known. */
  setTopics(topics, details) {
    this.#topics = topics;
    this.#details = details;
    this.#draw();
  }

  setCurrent(name) {
    this.#current = name;
    this.#draw();
  }

  setCluster({ clusterId, controller, brokers }) {
    byId("cluster").title = clusterId;
    byId("cluster").replaceChildren(h("span", {}, "Cluster "), clusterId);
    byId("brokers").replaceChildren(...brokers.map((b) =>
      h("li", {},
        h("span", { class: "id" }, String(b.id)),
        h("span", { class: "address" }, `${b.host}:${b.port}`),
        b.id === controller ? h("span", { class: "tag" }, "controller") : "",
        b.reachable !== true ? h("span", { class: "tag", title: b.error?.message }, "unreachable") : "")));
  }

  /** Shows what has become of one topic. */
  showFacts(detail) {
    const button = this.list.querySelector(`[data-topic="${CSS.escape(detail.name)}"]`);
    if (button?.lastElementChild) button.lastElementChild.textContent = factsOf(detail, detail);
  }

  // The buttons are kept from one list to the next, and with them the focus.
  #draw() {
    const shown = this.#topics.filter((t) => !t.internal || this.internal.checked);
    const buttons = new Map([...this.list.querySelectorAll("button")].map((b) => [b.dataset.topic, b]));
    shown.forEach((topic, i) => {
      const button = buttons.get(topic.name) ?? h("button", { type: "button", "data-topic": topic.name, onclick: () => this.onChoose(topic.name) },
        h("span", { class: "name" }, topic.name), h("span", { class: "facts" }));
      button.querySelector(".facts").textContent = factsOf(topic, this.#details.get(topic.name));
      button.toggleAttribute("aria-current", topic.name === this.#current);
      const item = button.parentElement ?? h("li", {}, button);
      if (this.list.children[i] !== item) this.list.insertBefore(item, this.list.children[i] ?? null);
      buttons.delete(topic.name);
    });
    for (const gone of buttons.values()) gone.closest("li")?.remove();
    /** @type {HTMLElement} */ (this.internal.parentElement).hidden = !this.#topics.some((t) => t.internal);
    const note = byId("topics-note");
    note.hidden = shown.length > 0;
    note.textContent = "This cluster has no topics yet. They show up here when they are created.";
  }
}

/**
 * "6 partitions · 2,013 offsets". Offsets aren't records: markers of transactions, aborted and compacted ones have
 * some, too.
 */
export function factsOf(topic, detail) {
  if (topic.partitions === 0 && topic.error) return topic.error.message;
  const partitions = counted(topic.partitions, "partition");
  if (!detail || detail.layout.some((p) => p.end === null || p.start === null)) return partitions;
  return `${partitions} · ${counted(detail.layout.reduce((n, p) => n + p.end - p.start, 0n), "offset")}`;
}
