import { css, html, LitElement } from "lit";
import { base } from "./style.js";

/** How many suggestions there are at once. */
const most = 50;

/** Takes a name, and suggests some of those that there are. Event: kx-name with the name. */
class NameInput extends LitElement {
  static override properties = { label: {}, names: { attribute: false }, value: {} };
  static override shadowRootOptions: ShadowRootInit = { ...LitElement.shadowRootOptions, delegatesFocus: true };
  declare label: string;
  declare names: readonly string[];
  declare value: string;

  static override styles = [base, css`:host { display: grid; }`];

  protected override render() {
    const typed = this.value.toLowerCase();
    const fitting = this.names.filter((n) => n !== this.value && n.toLowerCase().includes(typed));
    return html`<input class="mono" list="names" aria-label=${this.label} maxlength="249" spellcheck="false" autocomplete="off" autocapitalize="off" .value=${this.value}
        @input=${(e: Event) => this.dispatchEvent(new CustomEvent("kx-name", { detail: (e.target as HTMLInputElement).value.trim() }))}>
      <datalist id="names">${fitting.slice(0, most).map((n) => html`<option value=${n}></option>`)}</datalist>`;
  }
}
customElements.define("kx-name-input", NameInput);
