import { css, html, LitElement, nothing } from "lit";
import type { Column } from "../elements/list.js";
import { base } from "../elements/style.js";
import { Watch } from "../elements/watch.js";
import { counted, grouped } from "../figures.js";
import { adviceOf } from "../store/advice.js";
import { adviceOfProduce } from "../store/produce_advice.js";
import type { Failure } from "../store/redrive_delivery.js";
import { mostFailures, type RedriveRun } from "../store/redrive_run.js";
import type { Context } from "./page.js";
import { problem } from "./problem.js";
import { recordLink } from "./record_link.js";
import "../elements/list.js";

const states: Record<RedriveRun["state"], string> = { new: "", sending: "Sending…", stopping: "Stopping, once what is under way has an answer…", stopped: "Stopped.", held: "Stopped at a failure.", failed: "Stopped.", done: "Done." };

/** Starts and stops a redrive, and says what became of the records. */
class RedriveProgress extends LitElement {
  static override properties = { context: { attribute: false } };
  declare context: Context;
  #columns: Column<Failure>[] | undefined;

  static override styles = [base, css`
    :host { display: grid; gap: 12px; min-width: 0; }
    .actions { display: flex; flex-wrap: wrap; align-items: center; gap: 10px 16px; }
    progress { width: 100%; accent-color: var(--accent); }
    h3 { font-size: 13px; }
    kx-list { max-height: 268px; min-height: 0; border: 1px solid var(--line); }
  `];

  constructor() {
    super();
    new Watch(this, () => [this.context?.redrive.changes, this.context?.preferences.changes]);
  }

  /** Sends, and has the browser ask before it closes the tab meanwhile. */
  async #run(work: () => Promise<void>): Promise<void> {
    const ask = (event: Event): void => event.preventDefault();
    addEventListener("beforeunload", ask);
    try {
      await work();
    } finally {
      removeEventListener("beforeunload", ask);
    }
  }

  #makeColumns(): Column<Failure>[] {
    return [
      { key: "partition", label: "Partition", end: true, width: "64px", cell: (f) => f.partition },
      { key: "offset", label: "Offset", end: true, width: "minmax(70px, 110px)", cell: (f, active) => recordLink(this.context, { ...f, topic: this.context.redrive.scan!.job.topic }, grouped(f.offset), active) },
      { key: "to", label: "To", width: "minmax(90px, 1fr)", cell: (f) => html`<span title=${f.to}>${f.to}</span>` },
      { key: "stored", label: "Stored", width: "78px", cell: (f) => (f.unknown ? html`<span class="tag warn">unknown</span>` : "no") },
      { key: "why", label: "Why", width: "minmax(110px, 3fr)", cell: (f) => {
        const { text, code } = adviceOfProduce(f.error);
        return html`<span title=${code || text}>${code || text}</span>`;
      } },
      { key: "edit", label: "", width: "40px", cell: ({ partition, offset, to }, active) =>
        html`<a tabindex=${active ? 0 : -1} href=${this.context.navigation.link({ page: "produce" }, { from: `${this.context.redrive.scan!.job.topic}/${partition}/${offset}`, topic: to })}>Edit</a>` },
    ];
  }

  protected override render() {
    const run = this.context.redrive.run!;
    const { failures } = run;
    this.#columns ??= this.#makeColumns();
    return html`${run.state === "new" ? nothing : this.#figures(run)}
      ${problem(run.error === undefined ? undefined : adviceOf(run.error))}
      ${problem(run.retrying && adviceOf(run.retrying))}
      ${this.#actions(run)}
      ${failures.length > 0 ? html`<h3>${counted(failures.length, "record")} failed</h3>
        ${failures.length >= mostFailures ? html`<p class="warn">These are too many to go on. Mend the cause, and send them again.</p>` : nothing}
        ${failures.some((f) => f.unknown) ? html`<p class="muted">Where it is unknown whether a record is stored, look in the topic before you send it again.</p>` : nothing}
        <kx-list label="Failures" minWidth="640" .columns=${this.#columns} .rows=${[...failures]} .keyOf=${(f: Failure) => `${f.partition}/${f.offset}`}></kx-list>` : nothing}`;
  }

  #figures(run: RedriveRun) {
    const { sent, failures, missing, scan, read } = run;
    return html`<p role="status" class="figures"><strong>${states[run.state]}</strong> ${grouped(sent)} of ${grouped(scan.count)} sent, ${grouped(failures.length)} failed, ${grouped(read)} scanned.
        ${missing > 0 ? html`<span class="warn">${grouped(missing)} weren't there any more.</span>` : nothing}</p>
      <progress aria-label="Sent or failed" max=${scan.count} value=${sent + failures.length}></progress>`;
  }

  #actions(run: RedriveRun) {
    if (run.isSending) return html`<div class="actions"><button type="button" ?disabled=${run.state === "stopping"} @click=${() => run.stop()}>Stop</button></div>`;
    const again = run.resendable.length;
    const mayGoOn = run.state !== "done" && run.failures.length < mostFailures;
    if (!mayGoOn && again === 0) return nothing;
    return html`<div class="actions">
      ${mayGoOn ? html`<button type="button" class="primary" @click=${() => void this.#run(() => this.context.redrive.send())}>${run.state === "new" ? `Send ${counted(run.scan.count, "record")}` : "Go on"}</button>` : nothing}
      ${again > 0 ? html`<button type="button" @click=${() => void this.#run(() => this.context.redrive.resend())}>Send ${grouped(again)} again</button>` : nothing}
      <label class="check"><input type="checkbox" .checked=${run.goesOn} @change=${(e: Event) => (run.goesOn = (e.target as HTMLInputElement).checked)}> Go on after failures</label></div>`;
  }
}
customElements.define("kx-redrive-progress", RedriveProgress);
