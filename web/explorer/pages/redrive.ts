import { css, html, nothing } from "lit";
import { base, pageStyle } from "../elements/style.js";
import { Refresh } from "../elements/refresh.js";
import { Watch } from "../elements/watch.js";
import { parseQuery } from "../store/message_query.js";
import { formatJob, parseJob, type Job } from "../store/redrive_job.js";
import { mayProduce } from "./may_produce.js";
import { PageElement } from "./page.js";
import "./redrive_form.js";
import "./redrive_preview.js";
import "./redrive_progress.js";

/** Sends records of a topic to other topics: first it shows which. */
class RedrivePage extends PageElement {
  static override styles = [base, pageStyle, css`
    .body > * { max-width: 1100px; }
  `];

  constructor() {
    super();
    new Watch(this, () => [this.context?.redrive.changes, this.context?.topics.changes, this.context?.cluster.changes, this.context?.preferences.changes, this.context?.session.changes]);
    new Refresh(this, 30_000, () => void this.context.topics.load());
  }

  protected override updated(): void {
    const { redrive: store, navigation, cluster } = this.context;
    const wanted = parseJob(this.route.parameters);
    const shown = store.scan?.job;
    if (keyOf(wanted) === keyOf(shown)) return;
    if (shown && (store.run!.isSending || this.parameter("topic") === "")) navigation.set(formatJob(shown));
    else if (wanted && cluster.may("Produce")) void store.preview(wanted);
  }

  #preview = ({ detail: job }: CustomEvent<Job>): void => {
    void this.context.redrive.preview(job);
    this.context.navigation.set(formatJob(job));
  };

  protected override render() {
    const { context } = this;
    return html`<div class="head"><h1>Redrive</h1></div>${mayProduce(context) ?? html`<div class="body">
      <kx-redrive-form .context=${context} .parameters=${this.route.parameters} .query=${parseQuery(this.route.parameters)} ?disabled=${context.redrive.run?.isSending ?? false} @kx-job=${this.#preview}></kx-redrive-form>
      ${this.#found()}</div>`}`;
  }

  #found() {
    const { scan, run } = this.context.redrive;
    if (!scan || keyOf(scan.job) !== keyOf(parseJob(this.route.parameters))) return nothing;
    return html`<kx-redrive-preview .context=${this.context}></kx-redrive-preview>
      ${scan.isReady && (scan.count > 0 || run!.sent > 0) ? html`<kx-redrive-progress .context=${this.context}></kx-redrive-progress>` : nothing}`;
  }
}
customElements.define("kx-redrive", RedrivePage);

function keyOf(job: Job | undefined): string {
  return job ? JSON.stringify(formatJob(job)) : "";
}
