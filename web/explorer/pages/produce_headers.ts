import { css, html, LitElement } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { base } from "../elements/style.js";
import type { Draft, DraftHeader } from "../store/draft.js";
import "../elements/bytes_field.js";

/** The headers of a draft: their order counts, and a name may stand twice. Event: kx-edit. */
class ProduceHeaders extends LitElement {
  static override properties = { draft: { attribute: false } };
  declare draft: Draft;

  static override styles = [base, css`
    :host { display: grid; gap: 8px; }
    .head { display: flex; align-items: center; justify-content: space-between; }
    h2 { font-size: inherit; font-weight: 500; }
    ol { list-style: none; display: grid; gap: 10px; }
    li { display: grid; grid-template-columns: minmax(0, 2fr) minmax(0, 3fr) auto; gap: 4px 10px; align-items: start; padding: 8px 10px 10px; border: 1px solid var(--line); border-radius: var(--round); }
    label { display: grid; gap: 4px; font-weight: 500; min-width: 0; }
    label span { min-height: 32px; display: flex; align-items: center; }
    @media (max-width: 560px) { li { grid-template-columns: minmax(0, 1fr) auto; } kx-bytes-field { grid-row: 2; grid-column: 1 / -1; } }
  `];

  #edited = (): void => {
    this.requestUpdate();
    this.dispatchEvent(new Event("kx-edit"));
  };

  #add = async (): Promise<void> => {
    this.draft.addHeader();
    this.#edited();
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>("li:last-child input")!.focus();
  };

  #remove(header: DraftHeader): void {
    this.draft.removeHeader(header);
    this.#edited();
    this.renderRoot.querySelector<HTMLElement>(".add")!.focus();
  }

  protected override render() {
    const { headers } = this.draft;
    return html`<div class="head"><h2>Headers</h2><button type="button" class="add" @click=${this.#add}>Add a header</button></div>
      <ol aria-label="Headers" ?hidden=${headers.length === 0}>${headers.map((h, i) => keyed(h, html`<li>
        <label><span>Name ${i + 1}</span><input class="mono" spellcheck="false" .value=${h.name} @input=${(e: Event) => {
          h.name = (e.target as HTMLInputElement).value;
          this.#edited();
        }}></label>
        <kx-bytes-field label="Value ${i + 1}" kind="header" .field=${h.field} @kx-edit=${this.#edited}></kx-bytes-field>
        <button type="button" class="plain" aria-label="Remove header ${i + 1}" @click=${() => this.#remove(h)}>✕</button>
      </li>`))}</ol>`;
  }
}
customElements.define("kx-produce-headers", ProduceHeaders);
