import { css, html, LitElement, nothing } from "lit";
import type { KafkaRecord } from "kafkaio";
import type { Column } from "../elements/list.js";
import { base } from "../elements/style.js";
import { Watch } from "../elements/watch.js";
import { counted, grouped, time } from "../figures.js";
import { adviceOf } from "../store/advice.js";
import type { Way } from "../store/redrive_job.js";
import type { RedriveScan } from "../store/redrive_scan.js";
import { preview } from "./message_cells.js";
import type { Context } from "./page.js";
import { problem } from "./problem.js";
import { recordLink } from "./record_link.js";
import "../elements/list.js";

interface Seen {
  record: KafkaRecord;
  way: Way;
}

const states: Record<RedriveScan["state"], string> = { scanning: "Scanning…", ended: "Scanned to the end.", stopped: "Stopped: only what was scanned so far counts.", failed: "Scanning failed: only what was scanned so far counts." };

/** What a redrive would send: how many records where, what can't be sent, and the first ones. */
class RedrivePreview extends LitElement {
  static override properties = { context: { attribute: false } };
  declare context: Context;
  #columns: Column<Seen>[] | undefined;

  static override styles = [base, css`
    :host { display: grid; gap: 12px; min-width: 0; }
    h2 { margin-inline-end: auto; }
    .head { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 14px; }
    .counts { display: grid; gap: 4px; }
    .counts li { display: flex; flex-wrap: wrap; gap: 2px 8px; }
    .counts b { font-variant-numeric: tabular-nums; }
    h3 { font-size: 13px; }
    kx-list { max-height: 268px; min-height: 0; border: 1px solid var(--line); }
  `];

  constructor() {
    super();
    new Watch(this, () => [this.context?.redrive.changes, this.context?.preferences.changes]);
  }

  #makeColumns(): Column<Seen>[] {
    const { preferences } = this.context;
    return [
      { key: "partition", label: "Partition", end: true, width: "64px", cell: ({ record }) => record.partition },
      { key: "offset", label: "Offset", end: true, width: "minmax(70px, 110px)", cell: ({ record }, active) => recordLink(this.context, record, grouped(record.offset), active) },
      { key: "way", label: "Goes to", width: "minmax(110px, 2fr)", cell: ({ way }) => ("to" in way ? html`<span title=${way.to}>${way.to}</span>` : html`<span class="warn" title=${way.why}>${way.why}</span>`) },
      { key: "time", label: "Time", width: "184px", cell: ({ record }) => html`<span class="figures">${time(record.timestamp, preferences.get("utc", false)) || "none"}</span>` },
      { key: "key", label: "Key", width: "minmax(60px, 1fr)", cell: ({ record }) => html`<span class="mono">${preview(record.key, "key")}</span>` },
      { key: "value", label: "Value", width: "minmax(120px, 2fr)", cell: ({ record }) => html`<span class="mono">${preview(record.value, "value")}</span>` },
    ];
  }

  protected override render() {
    const scan = this.context.redrive.scan!;
    const scanning = scan.state === "scanning";
    this.#columns ??= this.#makeColumns();
    return html`<div class="head"><h2>Preview</h2><span role="status" class="muted figures">${counted(scan.scanned, "record")} scanned. ${states[scan.state]}</span>
        ${scanning ? html`<button type="button" @click=${() => scan.stop()}>Stop</button>` : nothing}</div>
      ${problem(scan.error === undefined ? undefined : adviceOf(scan.error))}
      ${problem(scan.retrying && adviceOf(scan.retrying))}
      ${this.#counts()}
      ${scan.first.length > 0 ? html`<h3>${scan.first.length < scan.count + scan.blockedCount ? `The first ${scan.first.length} found` : "All that were found"}</h3>
        <kx-list label="The first records" minWidth="800" .columns=${this.#columns} .rows=${[...scan.first]} .keyOf=${({ record }: Seen) => `${record.partition}/${record.offset}`}></kx-list>` : nothing}`;
  }

  #counts() {
    const { targets, blocked, restamped, job, state, scanned, again, lastAgain } = this.context.redrive.scan!;
    if (targets.size + blocked.size === 0) return state !== "ended" && (state === "scanning" || scanned === 0) ? nothing : html`<p>None of them fits the selection, so there is nothing to send.</p>`;
    const places = [...lastAgain].map(([partition, offset]) => `offset ${grouped(offset)} of partition ${partition}`);
    return html`<ul class="counts">
      ${[...targets].map(([to, n]) => html`<li><span><b>${grouped(n)}</b> to ${to}</span>
        ${to === job.topic ? html`<span class="warn">They come from there. What is sent isn't read again.</span>` : nothing}
        ${restamped.includes(to) ? html`<span class="warn">Its brokers give them the time when they arrive.</span>` : nothing}</li>`)}
      ${[...blocked].map(([why, n]) => html`<li class="warn"><span><b>${grouped(n)}</b> can't be sent. ${why}</span></li>`)}
      ${again > 0 ? html`<li class="warn"><span title=${places.join(", ")}><b>${grouped(again)}</b> of these may have been sent there before, up to ${places.slice(0, 4).join(", ")}${places.length > 4 ? " …" : "."}</span></li>` : nothing}</ul>`;
  }
}
customElements.define("kx-redrive-preview", RedrivePreview);
