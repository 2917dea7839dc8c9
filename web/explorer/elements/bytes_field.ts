import { css, html, LitElement, nothing } from "lit";
import { counted } from "../figures.js";
import type { Field, Format } from "../store/field.js";
import { absence, segmentsOfText, type Part } from "../text/bytes.js";
import { base } from "./style.js";

const labels: Record<Format, string> = { text: "Text", json: "JSON", hex: "Hex", base64: "Base64", null: "Null" };

/** Stored bytes beyond this length are put into a text field when asked for, since browsers are slow with them. */
const mostAtOnce = 64 << 10;

/** Edits bytes as text, JSON, hex or base64, or says that there are none. Event: kx-edit. */
class BytesField extends LitElement {
  static override properties = { label: {}, kind: { reflect: true }, field: { attribute: false }, opened: { state: true } };
  declare label: string;
  declare kind: Part;
  declare field: Field;
  declare opened: Field | undefined; // a large one that is edited all the same

  static override styles = [base, css`
    :host { display: grid; gap: 4px; min-width: 0; }
    .head { display: flex; align-items: center; justify-content: space-between; gap: 10px; font-weight: 500; }
    textarea { width: 100%; padding-block: 6px; resize: vertical; max-height: 60vh; field-sizing: content; line-height: 1.5; overflow-wrap: anywhere; }
    :host([kind=value]) textarea { min-height: 130px; }
    .foot { display: flex; flex-wrap: wrap; gap: 2px 10px; font-size: 12.5px; color: var(--muted); }
    .none { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 10px; min-height: 32px; }
  `];

  #edited(): void {
    this.requestUpdate();
    this.dispatchEvent(new Event("kx-edit"));
  }

  #setFormat = (event: Event): void => {
    this.field.setFormat((event.target as HTMLSelectElement).value as Format);
    this.#edited();
  };

  #input = (event: Event): void => {
    this.field.edit((event.target as HTMLTextAreaElement).value);
    this.#edited();
  };

  protected override render() {
    const { field, label } = this;
    return html`<div class="head"><span aria-hidden="true">${label}</span>
        <select aria-label="${label} is written as" @change=${this.#setFormat}>
          ${(Object.keys(labels) as Format[]).map((f) => html`<option value=${f} .selected=${f === field.format} ?disabled=${!field.can(f)}>${labels[f]}</option>`)}</select></div>
      ${this.#content()}`;
  }

  #content() {
    const { field, label, kind } = this;
    const read = field.read();
    const stored = field.isAsStored ? html`<span class="tag">as stored</span>` : nothing;
    if (field.format === "null") {
      const none = absence(null, kind);
      return html`<div class="none"><span class="tag ${none === "tombstone" ? "warn" : ""}">${none}</span>${stored}
        ${none === "tombstone" ? html`<span class="muted">In a compacted topic it deletes the key.</span>` : nothing}</div>`;
    }
    const length = read.problem === undefined ? read.bytes!.length : 0;
    const size = read.problem === undefined ? html`<span class="figures">${counted(length, "byte")}${length === 0 ? ": empty" : ""}</span>` : html`<span class="bad">${read.problem}</span>`;
    if (field.isAsStored && length > mostAtOnce && this.opened !== field) {
      return html`<div class="none">${size}${stored}<button type="button" @click=${() => (this.opened = field)}>Edit</button></div>`;
    }
    return html`<textarea class="mono" rows="1" aria-label=${label} aria-describedby="foot" aria-invalid=${read.problem === undefined ? "false" : "true"} spellcheck="false" autocomplete="off" .value=${field.text} @input=${this.#input}></textarea>
      <div class="foot" id="foot">${size}${stored}${this.#hidden()}</div>`;
  }

  /** Says which characters of a text nobody sees in the field. */
  #hidden() {
    const { format, text } = this.field;
    if ((format !== "text" && format !== "json") || text.length > mostAtOnce) return nothing;
    const names = new Set(segmentsOfText(text.replaceAll("\r\n", "\n")).flatMap((s) => (s.kind === "hidden" ? s.shown : [])));
    return names.size > 0 ? html`<span class="warn">Has what can't be seen: ${[...names].join(", ")}</span>` : nothing;
  }
}
customElements.define("kx-bytes-field", BytesField);
