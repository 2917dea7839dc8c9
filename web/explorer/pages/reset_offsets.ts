import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import type { OffsetChange } from "kafkaio";
import { Attempt } from "../elements/attempt.js";
import type { Column } from "../elements/list.js";
import { base } from "../elements/style.js";
import { counted, grouped } from "../figures.js";
import { adviceOf } from "../store/advice.js";
import type { GroupStore } from "../store/group.js";
import { isChange, resetsOf, sumOf, type ResetForm } from "../store/reset.js";
import { seen } from "../text/name.js";
import type { Context } from "./page.js";
import { problem } from "./problem.js";
import "../elements/dialog.js";
import "../elements/list.js";

const positions: Record<ResetForm["to"], [label: string, value?: string]> = {
  earliest: ["the beginning"], latest: ["the end"], last: ["so many before the end", "How many"], offset: ["an offset", "Offset"], time: ["a time", "Time"],
};

const columns: Column<OffsetChange>[] = [
  { key: "topic", label: "Topic", width: "minmax(50px, 2fr)", cell: (c, active) => html`<span data-main tabindex=${active ? 0 : -1} title=${c.topic}>${c.topic}</span>` },
  { key: "partition", label: "Partition", end: true, width: "60px", cell: (c) => c.partition },
  { key: "from", label: "Before", end: true, width: "minmax(46px, 1fr)", cell: (c) => (c.from === null ? html`<span class="muted">none</span>` : grouped(c.from)) },
  { key: "to", label: "After", end: true, width: "minmax(60px, 1fr)", cell: (c) => c.error ? html`<span class="bad" title=${adviceOf(c.error).code}>${c.error.code}</span>` : isChange(c) ? html`<strong>${grouped(c.to)}</strong>` : html`<span class="muted">as before</span>` },
];

/** The form that resets a group's offsets: first a preview, then the reset. kx-close says that it is to be closed. */
class ResetOffsets extends LitElement {
  static override properties = {
    context: { attribute: false }, store: { attribute: false }, open: { type: Boolean },
    to: { state: true }, topic: { state: true }, changes: { state: true }, done: { state: true }, wrong: { state: true },
  };
  declare context: Context;
  declare store: GroupStore;
  declare open: boolean;
  declare to: ResetForm["to"];
  declare topic: string;
  /** What the preview has told, or what was done. */
  declare changes: OffsetChange[] | undefined;
  declare done: boolean;
  declare wrong: string;
  #attempt = new Attempt(this);

  static override styles = [base, css`
    form, .result { display: grid; gap: 14px; }
    .result { margin-top: 14px; }
    label { display: grid; gap: 4px; font-weight: 500; min-width: 0; }
    .pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(140px, 1fr)); gap: 14px; }
    .actions { display: flex; justify-content: end; gap: 10px; }
    kx-list { height: 220px; border: 1px solid var(--line); border-radius: var(--round); overflow: hidden; }
  `];

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (this.hasUpdated && !changed.has("open")) return;
    [this.to, this.topic, this.wrong] = ["earliest", "", ""];
    this.#forget();
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has("done") && this.done) this.renderRoot.querySelector<HTMLElement>("button.primary")!.focus();
  }

  #close = (): void => void this.dispatchEvent(new Event("kx-close"));

  /** Drops a preview: the form is another one now. */
  #forget = (): void => {
    [this.changes, this.done] = [undefined, false];
    this.#attempt.forget();
  };

  #preview = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = { topic: "", partitions: "", value: "", ...Object.fromEntries(new FormData(event.currentTarget as HTMLFormElement)) } as ResetForm;
    const resets = resetsOf(form, this.#topics, this.context.preferences.get("utc", false));
    this.#forget();
    this.wrong = typeof resets === "string" ? resets : "";
    if (typeof resets !== "string") void this.#attempt.make(() => this.store.preview(resets), (changes) => void (this.changes = changes));
  };

  #reset(previewed: OffsetChange[]): void {
    void this.#attempt.make(() => this.store.reset(previewed), (changes) => void ([this.changes, this.done] = [changes, true]));
  }

  get #topics(): string[] {
    return [...new Set(this.store.detail.value?.offsets.map((o) => o.topic))];
  }

  protected override render() {
    const { error } = this.#attempt;
    return html`<kx-dialog heading="Reset the offsets of ${seen(this.store.id)}" ?open=${this.open} @kx-close=${this.#close}>
      ${this.open && !this.done ? this.#form() : nothing}
      <div class="result">${problem(error === undefined ? undefined : adviceOf(error))}${this.changes ? this.#result(this.changes) : nothing}</div>
    </kx-dialog>`;
  }

  #form() {
    const topics = this.#topics;
    const [, value] = positions[this.to];
    const { busy } = this.#attempt;
    const utc = this.context.preferences.get("utc", false);
    return html`<form ?inert=${busy && this.changes} @submit=${this.#preview} @input=${this.#forget} autocomplete="off">
        <div class="pair">
          <label>Topic <select name="topic" autofocus @change=${(e: Event) => (this.topic = (e.target as HTMLSelectElement).value)}>
            <option value="">all that the group has</option>${topics.map((t) => html`<option value=${t} .selected=${t === this.topic}>${t}</option>`)}</select></label>
          ${this.topic ? html`<label>Partitions <input name="partitions" placeholder="all, or 0-2, 5" spellcheck="false"></label>` : nothing}
        </div>
        <div class="pair">
          <label>Go on at <select name="to" @change=${(e: Event) => (this.to = (e.target as HTMLSelectElement).value as ResetForm["to"])}>
            ${Object.entries(positions).map(([to, [label]]) => html`<option value=${to} .selected=${to === this.to}>${label}</option>`)}</select></label>
          ${value ? html`<label>${value} <input name="value" required spellcheck="false" placeholder=${this.to === "time" ? `2026-01-31 12:30${utc ? " in UTC" : ""}` : ""}></label>` : nothing}
        </div>
        ${this.wrong ? html`<p class="bad" role="alert">${this.wrong}</p>` : nothing}
        <div class="actions"><button type="button" @click=${this.#close}>Cancel</button>
          <button class=${this.changes ? "" : "primary"} ?disabled=${busy}>${busy && !this.changes ? "Asking…" : "Preview"}</button></div>
      </form>`;
  }

  #result(changes: OffsetChange[]) {
    const { busy } = this.#attempt;
    const { partitions, again, skipped, failed } = sumOf(changes);
    const failure = changes.find((c) => c.error)?.error;
    const what = [again > 0n ? `${counted(again, "offset")} ${this.done ? "come" : "would come"} again` : "", skipped > 0n ? `${counted(skipped, "offset")} ${this.done ? "are" : "would be"} skipped` : ""].filter(Boolean).join(", ");
    return html`
      <p role="status">${partitions === 0 ? (this.done ? "Nothing was changed." : "Nothing would change.") : html`<strong>${counted(partitions, "partition")} of ${grouped(changes.length)} ${this.done ? "changed" : "would change"}</strong>${what ? `: ${what}.` : "."}`}${failed > 0 ? ` ${counted(failed, "partition")} can't be changed.` : ""}</p>
      ${problem(failure && adviceOf(failure))}
      <kx-list label=${this.done ? "What was changed" : "What would change"} .columns=${columns} .rows=${changes} .keyOf=${(c: OffsetChange) => `${c.topic}/${c.partition}`}></kx-list>
      <div class="actions">${this.done ? html`<button type="button" class="primary" @click=${this.#close}>Close</button>`
        : partitions > 0 ? html`<button type="button" class="danger" ?disabled=${busy} @click=${() => this.#reset(changes)}>${busy ? "Resetting…" : `Reset ${counted(partitions, "partition")}`}</button>` : nothing}</div>`;
  }
}
customElements.define("kx-reset-offsets", ResetOffsets);
