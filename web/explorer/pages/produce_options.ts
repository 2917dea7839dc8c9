import { css, html, LitElement, nothing } from "lit";
import { base } from "../elements/style.js";
import type { Draft } from "../store/draft.js";
import type { ProduceStore } from "../store/produce.js";

const acks = { all: "all replicas in sync", leader: "the leader", none: "nobody" } as const;

/** When a record was made, how it is packed, and who acknowledges it. Event: kx-edit. */
class ProduceOptionsElement extends LitElement {
  static override properties = { store: { attribute: false }, draft: { attribute: false } };
  declare store: ProduceStore;
  declare draft: Draft;

  static override styles = [base, css`
    :host { display: grid; grid-template-columns: repeat(auto-fit, minmax(170px, 1fr)); gap: 16px; }
    label { display: grid; gap: 4px; font-weight: 500; min-width: 0; align-content: start; }
    small { font-weight: 400; font-size: 12.5px; }
  `];

  /** Makes a listener that takes over what was chosen. */
  #on(take: (value: string) => void) {
    return (event: Event): void => {
      take((event.target as HTMLInputElement).value);
      this.requestUpdate();
      this.dispatchEvent(new Event("kx-edit"));
    };
  }

  protected override render() {
    const { store, draft } = this;
    return html`
      <label>Time <input class="figures" placeholder="when it is sent" spellcheck="false" autocomplete="off" .value=${draft.timestamp} @input=${this.#on((v) => (draft.timestamp = v))}>
        ${draft.lacksTime && draft.timestamp.trim() === "" ? html`<small class="warn">The record has none that can be sent.</small>` : nothing}</label>
      <label>Compression <select @change=${this.#on((v) => (store.compression = v as ProduceStore["compression"]))}>
        ${["none", "gzip", "snappy", "lz4", "zstd"].map((c) => html`<option .selected=${c === store.compression}>${c}</option>`)}</select></label>
      <label>Acknowledged by <select @change=${this.#on((v) => (store.acks = v as ProduceStore["acks"]))}>
        ${Object.entries(acks).map(([value, words]) => html`<option value=${value} .selected=${value === store.acks}>${words}</option>`)}</select></label>`;
  }
}
customElements.define("kx-produce-options", ProduceOptionsElement);
