import { css, html, LitElement, type PropertyValues } from "lit";
import { base } from "./style.js";

/**
 * A modal dialog. While open is true it is there, and has the focus; what had it before gets it back. A kx-close event
 * says that the user wants it closed.
 */
export class DialogElement extends LitElement {
  static override properties = { heading: {}, open: { type: Boolean } };
  declare heading: string;
  declare open: boolean;

  static override styles = [base, css`
    :host { position: fixed; }
    dialog { width: min(560px, calc(100vw - 24px)); max-height: calc(100dvh - 24px); padding: 0; border: 1px solid var(--line); border-radius: 14px; background: var(--surface); color: var(--ink); box-shadow: 0 18px 60px rgb(0 0 0 / .28); overflow: auto; }
    dialog::backdrop { background: rgb(8 14 12 / .45); }
    .head { display: flex; align-items: center; gap: 12px; padding: 14px 18px 6px; }
    h2 { flex: 1; font-size: 17px; overflow-wrap: anywhere; }
    .content { padding: 6px 18px 18px; }
  `];

  protected override updated(changed: PropertyValues<this>): void {
    const dialog = this.renderRoot.querySelector("dialog")!;
    if (!changed.has("open") || this.open === dialog.open) return;
    if (!this.open) return dialog.close();
    dialog.showModal();
    this.querySelector<HTMLElement>("[autofocus]")?.focus(); // Firefox looks for none in a slot
  }

  #close = (event?: Event): void => {
    event?.preventDefault();
    this.dispatchEvent(new Event("kx-close"));
  };

  protected override render() {
    return html`<dialog aria-labelledby="heading" @cancel=${this.#close} @click=${(e: MouseEvent) => e.target === e.currentTarget && this.#close()}>
      <div class="head"><h2 id="heading">${this.heading}</h2><button type="button" class="plain" aria-label="Close" @click=${this.#close}>✕</button></div>
      <div class="content"><slot></slot></div>
    </dialog>`;
  }
}
customElements.define("kx-dialog", DialogElement);
