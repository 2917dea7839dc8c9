import { css, html, LitElement, nothing } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { KafkaError } from "kafkaio";
import { base } from "../elements/style.js";
import { Watch } from "../elements/watch.js";
import { counted, grouped, stored, time } from "../figures.js";
import { adviceOf } from "../store/advice.js";
import type { MessageViews, View } from "../store/message_views.js";
import type { OpenMessage } from "../store/open_message.js";
import { seen } from "../text/name.js";
import { preview } from "./message_cells.js";
import { problem } from "./problem.js";
import "../elements/value.js";

const setBy = { create: "set by the producer", append: "set by the broker", none: "" };

/** The open message: where it is, its key, value and headers. Events: kx-step with 1 or -1, kx-close. */
class MessageOpen extends LitElement {
  static override properties = { open: { attribute: false }, views: { attribute: false }, utc: { type: Boolean }, link: {}, produce: {}, hasPrevious: { type: Boolean }, hasNext: { type: Boolean } };
  declare open: OpenMessage;
  declare views: MessageViews;
  declare utc: boolean;
  declare link: string;
  /** Where the message can be produced again; undefined: that isn't allowed. */
  declare produce: string | undefined;
  /** Whether the list has a message before it, and after it. */
  declare hasPrevious: boolean;
  declare hasNext: boolean;

  static override styles = [base, css`
    :host { display: flex; flex-direction: column; min-height: 0; min-width: 0; background: var(--surface); --value-height: none; }
    .head { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 8px; padding: 8px var(--gutter); border-block-end: 1px solid var(--line); background: var(--raised); }
    .head h2 { margin-inline-end: auto; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
    .head button { min-height: 28px; padding: 0 8px; }
    .content { overflow: auto; min-height: 0; padding: 8px var(--gutter) 24px; display: grid; gap: 6px; align-content: start; }
    .facts { display: flex; flex-wrap: wrap; gap: 2px 16px; color: var(--muted); font-size: 12.5px; }
    h3 { font-size: 13px; padding-block: 6px; }
    summary { cursor: pointer; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; padding-block: 3px; }
    kx-error { padding-block: 4px; }
  `];

  constructor() {
    super();
    new Watch(this, () => [this.open?.changes, this.views?.changes]);
  }

  protected override render() {
    const { open } = this;
    if (!open.place) return nothing;
    const { partition, offset } = open.place;
    const step = (by: number) => this.dispatchEvent(new CustomEvent("kx-step", { detail: by }));
    return html`<div class="head"><h2>Partition ${partition}, offset ${grouped(offset)}</h2>
        <button type="button" aria-label="Previous message" title="Previous message (k)" ?disabled=${!this.hasPrevious} @click=${() => step(-1)}>↑</button>
        <button type="button" aria-label="Next message" title="Next message (j)" ?disabled=${!this.hasNext} @click=${() => step(1)}>↓</button>
        <button type="button" class="plain" aria-label="Close the message" title="Close (Esc)" @click=${() => this.dispatchEvent(new Event("kx-close"))}>✕</button>
      </div>
      <div class="content" tabindex="0" role="region" aria-label="Message">${keyed(`${partition}/${offset}`, this.#content())}</div>`;
  }

  #content() {
    const { open } = this;
    const { record, error } = open;
    return html`${error === undefined ? nothing : problem({ ...adviceOf(error), ...(KafkaError.is(error) ? {} : { title: "It isn't here." }) }, () => void open.read().catch(() => {}))}
      ${record ? html`<p class="facts figures">
          <span title="${stored(record.timestamp)} as stored${setBy[record.timestampType] && `, ${setBy[record.timestampType]}`}">${time(record.timestamp, this.utc) || "no timestamp"}</span>
          ${setBy[record.timestampType] ? html`<span>${setBy[record.timestampType]}</span>` : nothing}
          ${record.leaderEpoch < 0 ? nothing : html`<span title="The leader's epoch when it was stored">epoch ${record.leaderEpoch}</span>`}
          <a href=${this.link}>Link to it</a>${this.produce ? html`<a href=${this.produce}>Edit and produce again</a>` : nothing}</p>
        ${this.#value("Key", "key", open.key)}
        ${this.#value("Value", "value", open.value)}
        <h3>${open.headers.length === 0 ? html`<span class="muted">No headers</span>` : counted(open.headers.length, "header")}</h3>
        ${open.headers.map(([name, value]) => html`<details><summary><span class="mono">${preview(new TextEncoder().encode(name), "header", "text")}</span>: <span class="mono muted">${preview(value, "header")}</span></summary>
          <kx-value .label=${seen(name) || "Header without a name"} kind="header" .bytes=${value} .length=${value?.length ?? -1}></kx-value></details>`)}`
      : error === undefined ? html`<p class="muted" role="status">Reading the message…</p>` : nothing}`;
  }

  #value(label: string, part: "key" | "value", bytes: Uint8Array | null) {
    const { open } = this;
    return html`<kx-value .label=${label} .kind=${part} .bytes=${bytes} .length=${part === "value" ? open.record!.valueLength : (bytes?.length ?? -1)} .view=${this.views.view(part)}
      .more=${part === "value" && !open.isWhole ? this.#more : undefined} @kx-view=${(e: CustomEvent<View>) => this.views.setView(part, e.detail)}></kx-value>`;
  }

  #more = async (): Promise<Uint8Array | null> => {
    await this.open.read();
    return this.open.value;
  };
}
customElements.define("kx-message", MessageOpen);
