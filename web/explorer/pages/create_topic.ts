import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import { base } from "../elements/style.js";
import { adviceOf } from "../store/advice.js";
import { newTopicOf, type NewTopicForm } from "../store/new_topic.js";
import type { Context } from "./page.js";
import { problem } from "./problem.js";
import "../elements/dialog.js";

/** The form that creates a topic. kx-close says that it is to be closed. */
class CreateTopic extends LitElement {
  static override properties = { context: { attribute: false }, open: { type: Boolean }, busy: { state: true }, wrong: { state: true }, error: { state: true } };
  declare context: Context;
  declare open: boolean;
  declare busy: boolean;
  declare wrong: string;
  declare error: unknown;

  static override styles = [base, css`
    form { display: grid; gap: 14px; }
    label { display: grid; gap: 4px; font-weight: 500; min-width: 0; }
    .pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(140px, 1fr)); gap: 14px; }
    small { font-weight: 400; font-size: 13px; }
    .actions { display: flex; justify-content: end; gap: 10px; }
  `];

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("open") && this.open) [this.wrong, this.error] = ["", undefined];
  }

  #close = (): void => void this.dispatchEvent(new Event("kx-close"));

  #create = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const topic = newTopicOf(Object.fromEntries(new FormData(form)) as unknown as NewTopicForm);
    if (typeof topic === "string") return void (this.wrong = topic);
    [this.wrong, this.error, this.busy] = ["", undefined, true];
    try {
      await this.context.topics.create(topic);
      form.reset();
      this.#close();
      this.context.navigation.go(this.context.navigation.link({ page: "topic", topic: topic.name, tab: "partitions" }));
    } catch (error) {
      this.error = error;
    } finally {
      this.busy = false;
    }
  };

  protected override render() {
    return html`<kx-dialog heading="Create a topic" ?open=${this.open} @kx-close=${this.#close}>
      <form @submit=${this.#create} autocomplete="off">
        <label>Name <input name="name" class="mono" maxlength="249" required spellcheck="false" autofocus></label>
        <div class="pair">
          <label>Partitions <input name="partitions" inputmode="numeric" placeholder="the brokers' default"></label>
          <label>Replicas <input name="replication" inputmode="numeric" placeholder="the brokers' default"></label>
        </div>
        <label><span>Settings <small class="muted">a line name=value for each</small></span>
          <textarea name="configs" class="mono" rows="3" spellcheck="false" placeholder="cleanup.policy=compact"></textarea></label>
        ${this.wrong ? html`<p class="bad" role="alert">${this.wrong}</p>` : nothing}
        ${problem(this.error === undefined ? undefined : adviceOf(this.error))}
        <div class="actions"><button type="button" @click=${this.#close}>Cancel</button>
          <button class="primary" ?disabled=${this.busy}>${this.busy ? "Creating…" : "Create"}</button></div>
      </form>
    </kx-dialog>`;
  }
}
customElements.define("kx-create-topic", CreateTopic);
