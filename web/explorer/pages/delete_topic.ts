import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import type { TopicDetail } from "kafkaio";
import { base } from "../elements/style.js";
import { counted } from "../figures.js";
import { adviceOf } from "../store/advice.js";
import type { Context } from "./page.js";
import { problem } from "./problem.js";
import "../elements/dialog.js";

/** Asks for the name of a topic, and deletes it. kx-close says that it is to be closed. */
class DeleteTopic extends LitElement {
  static override properties = { context: { attribute: false }, topic: {}, detail: { attribute: false }, open: { type: Boolean }, typed: { state: true }, busy: { state: true }, error: { state: true } };
  declare context: Context;
  declare topic: string;
  declare detail: TopicDetail | undefined;
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
    if (this.typed !== this.topic) return;
    [this.error, this.busy] = [undefined, true];
    try {
      await this.context.topics.delete(this.topic);
      this.#close();
      this.context.navigation.go(this.context.navigation.link({ page: "topics" }));
    } catch (error) {
      this.error = error;
    } finally {
      this.busy = false;
    }
  };

  protected override render() {
    const layout = this.detail?.layout;
    const known = layout?.every((p) => p.start !== null && p.end !== null);
    const what = layout ? `${counted(layout.length, "partition")}${known ? ` and what is at ${counted(layout.reduce((n, p) => n + p.end! - p.start!, 0n), "offset")}` : ""}` : "all its records";
    return html`<kx-dialog heading="Delete ${this.topic}" ?open=${this.open} @kx-close=${this.#close}>
      <form @submit=${this.#delete} autocomplete="off">
        <p>This deletes ${what}. Nobody can bring them back.</p>
        <label>Type the topic's name <input class="mono" .value=${this.typed ?? ""} spellcheck="false" autofocus @input=${(e: InputEvent) => (this.typed = (e.target as HTMLInputElement).value)}></label>
        ${this.error === undefined ? nothing : problem(adviceOf(this.error))}
        <div class="actions"><button type="button" @click=${this.#close}>Cancel</button>
          <button class="danger" ?disabled=${this.busy || this.typed !== this.topic}>${this.busy ? "Deleting…" : "Delete this topic"}</button></div>
      </form>
    </kx-dialog>`;
  }
}
customElements.define("kx-delete-topic", DeleteTopic);
