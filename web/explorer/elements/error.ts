import { css, html, LitElement, nothing } from "lit";
import { base } from "./style.js";

/** Says what went wrong and what to do; with when it is tried again, and a button for now. */
export class ErrorElement extends LitElement {
  static override properties = { heading: {}, text: {}, code: {}, retryAt: { attribute: false }, retry: { attribute: false } };
  declare heading: string;
  declare text: string;
  declare code: string;
  /** Milliseconds since 1970. */
  declare retryAt: number | undefined;
  declare retry: (() => void) | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;

  static override styles = [base, css`
    :host { display: block; }
    :host([hidden]) { display: none; }
    .error { display: flex; flex-wrap: wrap; align-items: center; gap: 2px 10px; padding: 9px 14px; background: var(--warn-soft); border: 1px solid var(--warn-line); border-radius: var(--round); }
    .words { flex: 1 1 260px; overflow-wrap: anywhere; }
    strong { color: var(--warn); }
    summary { cursor: pointer; color: var(--muted); }
    details[open] { flex-basis: 100%; order: 1; }
    code { font: 12px/1.5 var(--mono); overflow-wrap: anywhere; }
  `];

  override connectedCallback(): void {
    super.connectedCallback();
    this.#timer = setInterval(() => this.retryAt && this.requestUpdate(), 1000);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  protected override render() {
    const seconds = this.retryAt === undefined ? undefined : Math.ceil((this.retryAt - Date.now()) / 1000);
    return html`<div class="error">
      <p class="words" role="alert"><strong>${this.heading}</strong> ${this.text}</p>
      ${seconds === undefined ? nothing : html`<span class="figures nowrap">${seconds > 0 ? `Trying again in ${seconds} s` : "Trying again…"}</span>`}
      ${this.retry ? html`<button type="button" @click=${this.retry}>Try now</button>` : nothing}
      ${this.code ? html`<details><summary>Details</summary><code>${this.code}</code></details>` : nothing}
    </div>`;
  }
}
customElements.define("kx-error", ErrorElement);
