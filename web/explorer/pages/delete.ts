import { css, html, LitElement, type PropertyValues } from "lit";
import { Attempt } from "../elements/attempt.js";
import { base } from "../elements/style.js";
import { adviceOf } from "../store/advice.js";
import { seen } from "../text/name.js";
import { problem } from "./problem.js";
import "../elements/dialog.js";

/**
 * Asks for the name of what is to be deleted, and deletes it. kx-close says that it is to be closed, kx-done that it is
 * deleted, unless the dialog was closed before.
 */
class DeleteDialog extends LitElement {
  static override properties = { name: {}, noun: {}, text: {}, work: { attribute: false }, open: { type: Boolean }, typed: { state: true } };
  declare name: string;
  /** What it is: "topic". */
  declare noun: string;
  /** What is lost. */
  declare text: string;
  /** Deletes it. */
  declare work: () => Promise<void>;
  declare open: boolean;
  declare typed: string;
  #attempt = new Attempt(this);

  static override styles = [base, css`
    form { display: grid; gap: 14px; }
    label { display: grid; gap: 4px; font-weight: 500; }
    .actions { display: flex; justify-content: end; gap: 10px; }
  `];

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("open")) return;
    this.typed = "";
    this.#attempt.forget();
  }

  #close = (): void => void this.dispatchEvent(new Event("kx-close"));

  /** Whether the name is typed, or what is seen of it. */
  get #isNamed(): boolean {
    return this.typed === this.name || this.typed === seen(this.name);
  }

  #delete = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!this.#isNamed) return;
    void this.#attempt.make(this.work, () => {
      this.#close();
      this.dispatchEvent(new Event("kx-done"));
    });
  };

  protected override render() {
    const { busy, error } = this.#attempt;
    return html`<kx-dialog heading="Delete ${seen(this.name)}" ?open=${this.open} @kx-close=${this.#close}>
      <form @submit=${this.#delete} autocomplete="off">
        <p>${this.text}</p>
        <label>Type the ${this.noun}'s name <input class="mono" .value=${this.typed ?? ""} spellcheck="false" autofocus @input=${(e: InputEvent) => (this.typed = (e.target as HTMLInputElement).value)}></label>
        ${problem(error === undefined ? undefined : adviceOf(error))}
        <div class="actions"><button type="button" @click=${this.#close}>Cancel</button>
          <button class="danger" ?disabled=${busy || !this.#isNamed}>${busy ? "Deleting…" : `Delete this ${this.noun}`}</button></div>
      </form>
    </kx-dialog>`;
  }
}
customElements.define("kx-delete", DeleteDialog);
