import { css, html, nothing } from "lit";
import type { Config } from "kafkaio";
import { base, pageStyle } from "../elements/style.js";
import { Refresh } from "../elements/refresh.js";
import { Watch } from "../elements/watch.js";
import type { TopicStore } from "../store/topic.js";
import { PageElement } from "./page.js";
import { problem } from "./problem.js";

const sources: Record<Config["source"], string> = {
  topic: "set on this topic", broker: "set on a broker", "dynamic-default": "set for all brokers", static: "a broker's file", default: "Kafka's default", unknown: "unknown",
};

/** The settings of a topic: value, default, where it is set, and what Kafka says about it. */
class TopicConfig extends PageElement {
  static override properties = { store: { attribute: false } };
  declare store: TopicStore;

  static override styles = [base, pageStyle, css`
    .body { padding-inline: 0; gap: 0; border-top: 1px solid var(--line); background: var(--surface); padding: 0; }
    .tools { padding-top: 12px; border-top: 1px solid var(--line); }
    li { display: grid; grid-template-columns: minmax(0, 1.4fr) minmax(0, 1fr) 130px; gap: 4px 20px; padding: 8px var(--gutter); border-bottom: 1px solid var(--line); align-items: baseline; }
    .value { overflow-wrap: anywhere; }
    .changed .value { font-weight: 650; }
    summary { cursor: pointer; overflow-wrap: anywhere; }
    details p { padding: 6px 0 4px 1em; max-width: 70ch; }
    @media (max-width: 700px) { li { grid-template-columns: minmax(0, 1fr); } }
  `];

  constructor() {
    super();
    new Watch(this, () => [this.store?.changes, this.context?.session.changes]);
    new Refresh(this, 30_000, () => void this.store.loadConfigs());
  }

  protected override render() {
    const { value, error } = this.store.configs;
    const { navigation } = this.context;
    const [q, changed] = [this.parameter("q"), this.parameter("changed") !== ""];
    const shown = (value ?? []).filter((c) => c.name.includes(q.trim().toLowerCase()) && (!changed || isChanged(c))).sort((a, b) => (a.name < b.name ? -1 : 1));
    return html`
      <div class="tools" role="search">
        <input type="search" data-search aria-label="Search settings" placeholder="Search settings" .value=${q} spellcheck="false" autocomplete="off" @input=${(e: InputEvent) => navigation.set({ q: (e.target as HTMLInputElement).value })}>
        <label class="check"><input type="checkbox" .checked=${changed} @change=${(e: Event) => navigation.set({ changed: (e.target as HTMLInputElement).checked ? "1" : "" })}> Only what differs from Kafka's default</label>
        <span class="muted" role="status">${value ? `${shown.length} of ${value.length}` : ""}</span>
      </div>
      ${problem(this.shown(error))}
      <div class="body" tabindex="0" role="region" aria-label="Settings">${shown.length > 0 ? html`<ul>${shown.map((c) => this.#setting(c))}</ul>`
        : html`<p class="empty">${value ? "No setting fits." : error === undefined ? "Loading settings…" : nothing}</p>`}</div>`;
  }

  #setting(c: Config) {
    const name = html`<span class="mono">${c.name}</span>`;
    return html`<li class=${isChanged(c) ? "changed" : ""}>
      ${c.documentation ? html`<details><summary>${name}</summary><p class="muted">${plain(c.documentation)}</p></details>` : html`<span class="any">${name}</span>`}
      <span class="value mono">${c.sensitive ? html`<span class="muted">kept secret</span>` : c.value === null ? html`<span class="muted">none</span>` : c.value === "" ? html`<span class="muted">empty</span>` : c.value}
        ${isChanged(c) && c.default !== null ? html`<br><span class="muted">default: ${c.default === "" ? "empty" : c.default}</span>` : nothing}</span>
      <span class="muted">${sources[c.source]}</span>
    </li>`;
  }
}
customElements.define("kx-topic-config", TopicConfig);

function isChanged(c: Config): boolean {
  return c.source !== "default" && (c.default === null || c.value !== c.default);
}

/** Kafka's documentation has some HTML: shown is its text. */
function plain(documentation: string): string {
  return new DOMParser().parseFromString(documentation, "text/html").body.textContent ?? "";
}
