import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import { Attempt } from "../elements/attempt.js";
import { base } from "../elements/style.js";
import { adviceOf } from "../store/advice.js";
import { newTopicOf, type NewTopicForm } from "../store/new_topic.js";
import type { Context } from "./page.js";
import { problem } from "./problem.js";
import "../elements/dialog.js";

/** The form that creates a topic. kx-close says that it is to be closed. */
class CreateTopic extends LitElement {
  static override properties = { context: { attribute: false }, open: { type: Boolean }, wrong: { state: true } };
  declare context: Context;
  declare open: boolean;
  declare wrong: string;
  #attempt = new Attempt(this);

  static override styles = [base, css`
    form { display: grid; gap: 14px; }
    label { display: grid; gap: 4px; font-weight: 500; min-width: 0; }
    .pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(140px, 1fr)); gap: 14px; }
    small { font-weight: 400; font-size: 13px; }
    .actions { display: flex; justify-content: end; gap: 10px; }
  `];

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("open")) return;
    this.wrong = "";
    this.#attempt.forget();
  }

  #close = (): void => void this.dispatchEvent(new Event("kx-close"));

  #create = (event: SubmitEvent): void => {
    event.preventDefault();
    const { topics, navigation } = this.context;
    const form = event.currentTarget as HTMLFormElement;
    const topic = newTopicOf(Object.fromEntries(new FormData(form)) as unknown as NewTopicForm);
    this.#attempt.forget();
    this.wrong = typeof topic === "string" ? topic : "";
    if (typeof topic === "string") return;
    void this.#attempt.make(() => topics.create(topic), () => {
      form.reset();
      this.#close();
      navigation.go(navigation.link({ page: "topic", topic: topic.name, tab: "partitions" }));
    });
  };

  protected override render() {
    const { busy, error } = this.#attempt;
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
        ${problem(error === undefined ? undefined : adviceOf(error))}
        <div class="actions"><button type="button" @click=${this.#close}>Cancel</button>
          <button class="primary" ?disabled=${busy}>${busy ? "Creating…" : "Create"}</button></div>
      </form>
    </kx-dialog>`;
  }
}
customElements.define("kx-create-topic", CreateTopic);
