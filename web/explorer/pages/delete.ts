import { css, html, LitElement, type PropertyValues } from "lit";
import { base } from "../elements/style.js";
import { adviceOf } from "../store/advice.js";
import { problem } from "./problem.js";
import "../elements/dialog.js";

/** Asks for the name of what is to be deleted, and deletes it. kx-close says that it is to be closed. */
class DeleteDialog extends LitElement {
  static override properties = { name: {}, noun: {}, text: {}, work: { attribute: false }, open: { type: Boolean }, typed: { state: true }, busy: { state: true }, error: { state: true } };
  declare name: string;
  /** What it is: "topic". */
  declare noun: string;
  /** What is lost. */
  declare text: string;
  /** Deletes it, and leads away from it. */
  declare work: () => Promise<void>;
  declare open: boolean;
  declare typed: string;
  declare busy: boolean;
  declare error: unknown;

  static override styles = [base, css`
    form { display: grid; gap: 14px; }
    label { display: grid; gap: 4px; font-weight: 500; }
    .actions { display: flex; justify-content: end; gap: 10px; }
  `];

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("open")) [this.typed, this.error] = ["", undefined];
  }

  #close = (): void => void this.dispatchEvent(new Event("kx-close"));

  #delete = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (this.typed !== this.name) return;
    [this.error, this.busy] = [undefined, true];
    try {
      await this.work();
      this.#close();
    } catch (error) {
      this.error = error;
    } finally {
      this.busy = false;
    }
  };

  protected override render() {
    return html`<kx-dialog heading="Delete ${this.name}" ?open=${this.open} @kx-close=${this.#close}>
      <form @submit=${this.#delete} autocomplete="off">
        <p>${this.text}</p>
        <label>Type the ${this.noun}'s name <input class="mono" .value=${this.typed ?? ""} spellcheck="false" autofocus @input=${(e: InputEvent) => (this.typed = (e.target as HTMLInputElement).value)}></label>
        ${problem(this.error === undefined ? undefined : adviceOf(this.error))}
        <div class="actions"><button type="button" @click=${this.#close}>Cancel</button>
          <button class="danger" ?disabled=${this.busy || this.typed !== this.name}>${this.busy ? "Deleting…" : `Delete this ${this.noun}`}</button></div>
      </form>
    </kx-dialog>`;
  }
}
customElements.define("kx-delete", DeleteDialog);
