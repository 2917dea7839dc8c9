import { css, html, nothing, type PropertyValues } from "lit";
import type { Produced } from "kafkaio";
import { base, pageStyle } from "../elements/style.js";
import { Refresh } from "../elements/refresh.js";
import { Watch } from "../elements/watch.js";
import { grouped } from "../figures.js";
import type { ProduceStore } from "../store/produce.js";
import { adviceOfProduce } from "../store/produce_advice.js";
import { mayProduce } from "./may_produce.js";
import { PageElement } from "./page.js";
import { problem } from "./problem.js";
import { source } from "./produce_source.js";
import { recordLink } from "./record_link.js";
import "../elements/bytes_field.js";
import "../elements/name_input.js";
import "./produce_headers.js";
import "./produce_options.js";

/** How long the key must rest before its partition is asked for, in milliseconds. */
const rest = 250;

/** Writes a record, or edits one that is stored, and sends it. */
class ProducePage extends PageElement {
  #timer: ReturnType<typeof setTimeout> | undefined;

  static override styles = [base, pageStyle, css`
    form { display: grid; gap: 16px; max-width: 860px; }
    label, .label { display: grid; gap: 4px; font-weight: 500; min-width: 0; align-content: start; }
    .pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(220px, 100%), 1fr)); gap: 16px; }
    small { font-weight: 400; font-size: 12.5px; min-height: 18px; overflow-wrap: anywhere; }
    .actions { display: flex; flex-wrap: wrap; gap: 10px; align-items: center; }
    .results { display: grid; gap: 6px; }
    .results li { overflow-wrap: anywhere; }
  `];

  constructor() {
    super();
    new Watch(this, () => [this.context?.produce.changes, this.context?.topics.changes, this.context?.cluster.changes, this.context?.preferences.changes, this.context?.session.changes]);
    new Refresh(this, 30_000, () => void this.context.topics.load());
  }

  get #store(): ProduceStore {
    return this.context.produce;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("route")) return;
    const store = this.#store;
    const [from, topic] = [this.parameter("from"), this.parameter("topic")];
    if (from !== "" && from !== store.from) void store.load(from, topic);
    else if (topic !== "" && topic !== store.draft.topic) {
      store.draft.topic = topic;
      store.edited();
    } else if (from !== store.from || topic !== store.draft.topic) queueMicrotask(() => this.#keepURL()); // what was written here before
  }

  #keepURL(): void {
    if (this.isConnected) this.context.navigation.set({ from: this.#store.from, topic: this.#store.draft.topic });
  }

  protected override updated(): void {
    clearTimeout(this.#timer);
    if (this.#partitions !== undefined) this.#timer = setTimeout(() => void this.#store.locate(), rest);
  }

  /** How many partitions the topic has; undefined: that isn't known. */
  get #partitions(): number | undefined {
    return this.context.topics.answer.value?.find((t) => t.name === this.#store.draft.topic)?.partitions;
  }

  #edited = (): void => this.#store.edited();

  #setTopic = (event: CustomEvent<string>): void => {
    this.#store.draft.topic = event.detail;
    this.#edited();
    this.#keepURL();
  };

  #setPartition = (event: Event): void => {
    this.#store.draft.partition = (event.target as HTMLInputElement).value;
    this.#edited();
  };

  #send = (event: SubmitEvent): void => {
    event.preventDefault();
    void this.#store.send(this.#partitions, this.context.preferences.get("utc", false));
  };

  /** Once it is sent, the button first lets the same record be sent again. A double click is one click. */
  #press = (event: MouseEvent): void => {
    const { sent, sending } = this.#store;
    if (event.detail > 1 || sent) event.preventDefault();
    if (event.detail < 2 && sent && !sending) this.#edited();
  };

  /** A key that is held down is one. */
  #keyDown = (event: KeyboardEvent): void => {
    if (event.repeat && event.key === "Enter" && !(event.composedPath()[0] instanceof HTMLTextAreaElement)) event.preventDefault();
  };

  protected override render() {
    const no = mayProduce(this.context);
    return html`<div class="head"><h1>Produce</h1>${no ? nothing : html`<a class="button" href=${this.context.navigation.link({ page: "redrive" })}>Redrive many…</a>`}</div>
      ${no ?? this.#form()}`;
  }

  #form() {
    const store = this.#store;
    const { draft } = store;
    const isNew = this.context.topics.answer.value && draft.topic !== "" && this.#partitions === undefined;
    return html`<div class="body"><form @submit=${this.#send} @keydown=${this.#keyDown} autocomplete="off">
      ${source(this.context)}
      <div class="pair">
        <div class="label"><span aria-hidden="true">Topic</span><kx-name-input label="Topic" .names=${this.context.topics.names} .value=${draft.topic} @kx-name=${this.#setTopic}></kx-name-input>
          <small class="warn">${isNew ? "There is no topic of this name that you may see." : ""}</small></div>
        <label>Partition <input inputmode="numeric" placeholder="as the key chooses" .value=${draft.partition} @input=${this.#setPartition}><small class="muted" role="status">${this.#chosen()}</small></label>
      </div>
      <kx-bytes-field label="Key" kind="key" .field=${draft.key} @kx-edit=${this.#edited}></kx-bytes-field>
      <kx-bytes-field label="Value" kind="value" .field=${draft.value} @kx-edit=${this.#edited}></kx-bytes-field>
      <kx-produce-headers .draft=${draft} @kx-edit=${this.#edited}></kx-produce-headers>
      <kx-produce-options .store=${store} .draft=${draft} @kx-edit=${this.#edited}></kx-produce-options>
      ${store.problems.length > 0 ? html`<div role="alert">${store.problems.map((p) => html`<p class="bad">${p.part}: ${p.text}</p>`)}</div>` : nothing}
      ${problem(store.error === undefined ? undefined : adviceOfProduce(store.error))}
      <div class="actions">
        <button class=${store.sent ? "" : "primary"} aria-disabled=${store.sending || store.loading} @click=${this.#press}>${store.sending ? "Sending…" : store.sent ? "Send the same again…" : "Send"}</button>
        <button type="button" class="plain" @click=${this.#clear}>Clear</button>
      </div>
      <div role="status"><ul class="results">${store.results.map((r) => html`<li>${this.#result(r)}</li>`)}</ul></div>
    </form></div>`;
  }

  #clear = (): void => {
    this.#store.clear();
    this.#keepURL();
  };

  /** What the key chooses. */
  #chosen(): string {
    const { partition, draft } = this.#store;
    if (draft.partition.trim() !== "") return "";
    if (draft.key.format === "null") return "Without a key: any.";
    return partition === undefined ? "" : `This key chooses ${partition}.`;
  }

  #result(stored: Produced) {
    const { topic, partition, offset } = stored;
    if (offset < 0n) return html`Sent to ${topic}, partition ${partition}. Nobody acknowledges it, so its offset isn't known.`;
    return html`Stored in ${topic}, partition ${partition}, at ${recordLink(this.context, stored, `offset ${grouped(offset)}`)}`;
  }
}
customElements.define("kx-produce", ProducePage);
