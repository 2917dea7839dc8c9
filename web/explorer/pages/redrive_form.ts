import { css, html, LitElement, type PropertyValues } from "lit";
import { base } from "../elements/style.js";
import { time } from "../figures.js";
import { formatQuery, type Query, type Where } from "../store/message_query.js";
import { parseJob, type Job } from "../store/redrive_job.js";
import type { Context } from "./page.js";
import "../elements/name_input.js";

/** Asks which records go where. Event: kx-job with the job. */
class RedriveForm extends LitElement {
  static override properties = { context: { attribute: false }, parameters: { attribute: false }, query: { attribute: false }, disabled: { type: Boolean }, topic: { state: true }, to: { state: true }, by: { state: true }, kind: { state: true }, keep: { state: true } };
  declare context: Context;
  /** Those of the URL, which it begins with. */
  declare parameters: URLSearchParams;
  declare query: Query;
  declare disabled: boolean;
  declare topic: string;
  declare to: string;
  declare by: string;
  declare kind: "to" | "by";
  declare keep: string;

  static override styles = [base, css`
    form { display: grid; gap: 14px; max-width: 860px; }
    .pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(240px, 100%), 1fr)); gap: 14px; }
    .field, label { display: grid; gap: 4px; font-weight: 500; min-width: 0; align-content: start; }
    .to { display: grid; gap: 8px; }
    small, .small { font-weight: 400; font-size: 12.5px; }
  `];

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("parameters")) return;
    const of = (name: string) => this.parameters.get(name) ?? "";
    [this.topic, this.to, this.by, this.keep] = [of("topic"), of("to"), of("by"), of("keep")];
    this.kind = this.by !== "" && this.to === "" ? "by" : "to";
  }

  #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const parameters = new URLSearchParams({ ...formatQuery(this.query), topic: this.topic, [this.kind]: this[this.kind], keep: this.keep });
    const job: Job | undefined = parseJob(parameters);
    if (job) this.dispatchEvent(new CustomEvent("kx-job", { detail: job }));
  };

  protected override render() {
    const { names } = this.context.topics;
    const { topic, kind } = this;
    return html`<form @submit=${this.#submit} autocomplete="off">
      <div class="field"><span aria-hidden="true">From the topic</span>
        <kx-name-input label="From the topic" .names=${names} .value=${topic} @kx-name=${(e: CustomEvent<string>) => (this.topic = e.detail)}></kx-name-input>
        <p class="small">${wordsOf(this.query, this.context.preferences.get("utc", false))}${topic === "" ? "" : html` <a href=${this.context.navigation.link({ page: "topic", topic, tab: "messages" }, formatQuery(this.query))}>Choose others in Messages</a>`}</p></div>
      <div class="pair">
        <div class="field"><span aria-hidden="true">To</span><div class="to">
          <select aria-label="To" @change=${(e: Event) => (this.kind = (e.target as HTMLSelectElement).value as "to" | "by")}>
            <option value="to" .selected=${kind === "to"}>the topic</option><option value="by" .selected=${kind === "by"}>the one that a header names</option></select>
          <kx-name-input label=${kind === "to" ? "Topic to send to" : "Name of the header"} .names=${kind === "to" ? names : []} .value=${this[kind]} @kx-name=${(e: CustomEvent<string>) => (this[kind] = e.detail)}></kx-name-input></div>
          <small class="muted">${kind === "to" ? "" : "If it stands twice, the last one counts."}</small></div>
        <label>Partition <select @change=${(e: Event) => (this.keep = (e.target as HTMLSelectElement).value)}>
          <option value="" .selected=${this.keep === ""}>as their keys choose</option><option value="partition" .selected=${this.keep !== ""}>of the same number</option></select></label>
      </div>
      <div><button ?disabled=${this.disabled || topic === "" || this[kind] === ""}>Preview</button></div>
    </form>`;
  }
}
customElements.define("kx-redrive-form", RedriveForm);

/** A query in words. */
export function wordsOf({ where, partitions, text, key, header }: Query, utc: boolean): string {
  const filters = [text && `that contain “${text}”`, key && `whose key contains “${key}”`, header && `with the header ${header}`].filter(Boolean);
  const of = partitions ? ` of ${partitions.length === 1 ? "partition" : "partitions"} ${partitions.join(", ")}` : "";
  return `${startOf(where, utc)}${of}${filters.length > 0 ? ` ${filters.join(" and ")}` : ""}.`;
}

function startOf(where: Where, utc: boolean): string {
  switch (where.at) {
    case "newest":
      return `The newest ${where.n} records of each partition`;
    case "live":
      return "What comes from now on, which can't be sent yet";
    case "beginning":
      return "All records";
    case "offset":
      return `Records from offset ${where.offset} on`;
    case "time":
      return `Records from ${time(where.ms, utc)} on`;
  }
}
