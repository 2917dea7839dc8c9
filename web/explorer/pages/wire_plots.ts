import { css, html, LitElement } from "lit";
import { base } from "../elements/style.js";
import type { Line } from "../elements/plot_scale.js";
import { Refresh } from "../elements/refresh.js";
import { grouped, size } from "../figures.js";
import { statisticsSeconds, type Series, type Statistics } from "../store/wire_statistics.js";
import { clock, latency } from "../text/wire_figures.js";
import "../elements/plot.js";

/** How many seconds the plots show. */
const seconds = 60;

/** How many APIs or brokers have a line: those with most frames. */
const maxLines = 5;

export type Split = "" | "api" | "broker";

/** Latency and throughput over the last minute, and the sums per API or broker. Event: kx-split with how to split. */
class WirePlots extends LitElement {
  static override properties = { statistics: { attribute: false }, split: {}, utc: { type: Boolean } };
  declare statistics: Statistics;
  declare split: Split;
  declare utc: boolean;

  static override styles = [base, css`
    :host { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 320px), 1fr)); gap: 12px; padding: 0 var(--gutter) 12px; }
    .card { padding: 10px 12px; min-width: 0; }
    .sums { display: flex; flex-direction: column; gap: 4px; }
    .sums .head { display: flex; align-items: center; gap: 8px; }
    .sums h2 { font-size: 13px; font-weight: 600; margin-inline-end: auto; }
    .sums select { min-height: 24px; padding: 0 6px; font-size: 12px; }
    .scroll { overflow: auto; max-height: 142px; }
    table { border-collapse: collapse; width: 100%; font-size: 12px; font-variant-numeric: tabular-nums; }
    th, td { padding: 1px 1px 1px 7px; text-align: end; white-space: nowrap; font-weight: 400; }
    thead th { position: sticky; top: 0; background: var(--surface); color: var(--muted); font-weight: 600; }
    th:first-child { text-align: start; padding-inline-start: 0; width: 100%; overflow: hidden; text-overflow: ellipsis; }
    th button { display: block; max-width: 110px; overflow: hidden; text-overflow: ellipsis; min-height: 20px; padding: 0; border: 0; background: none; color: var(--accent); }
    @media (min-width: 1100px) { :host { grid-template-columns: 1fr 1fr 1.6fr; } }
  `];

  constructor() {
    super();
    this.split = "";
    new Refresh(this, 1000, () => this.requestUpdate());
  }

  protected override render() {
    const { statistics } = this;
    const end = Math.max(statistics.last, Math.floor(Date.now() / 1000));
    const first = end - seconds + 1;
    const at = (step: number) => first + step;
    const lines = this.#series;
    const over = (of: (second: number) => number | null) => Array.from({ length: seconds }, (_, i) => of(at(i)));
    const latencies: Line[] = this.split
      ? lines.map(([name, s]) => ({ name, values: over((t) => s.quantiles(t, t)?.p95 ?? null) }))
      : (["p50", "p95", "max"] as const).map((name) => ({ name, values: over((t) => statistics.all.quantiles(t, t)?.[name] ?? null) }));
    const bytes: Line[] = this.split
      ? lines.map(([name, s]) => ({ name, values: over((t) => Number((s.at(t)?.sent ?? 0n) + (s.at(t)?.received ?? 0n))) }))
      : (["sent", "received"] as const).map((name) => ({ name, values: over((t) => Number(statistics.all.at(t)?.[name] ?? 0n)) }));
    const labelOf = (step: number) => clock(at(step) * 1000, this.utc, false);
    return html`
      <section class="card"><kx-plot .heading=${this.split ? "Latency, p95" : "Latency"} .lines=${latencies} .labelOf=${labelOf} .format=${latency} .scale=${latency}></kx-plot></section>
      <section class="card"><kx-plot heading="Throughput" .lines=${bytes} .labelOf=${labelOf} .format=${(n: number) => `${grouped(n)} B/s`} .scale=${bytesScale}></kx-plot></section>
      <section class="card sums">${this.#sums()}</section>`;
  }

  get #series(): [string, Series][] {
    return bySize(this.split === "broker" ? this.statistics.brokers : this.statistics.apis).slice(0, maxLines);
  }

  #sums() {
    const { statistics, split } = this;
    const isBroker = split === "broker";
    const all = bySize(isBroker ? statistics.brokers : statistics.apis);
    const over: [number, number] = [statistics.last - statisticsSeconds + 1, statistics.last];
    return html`
      <div class="head"><h2>${isBroker ? "Brokers" : "APIs"}</h2>
        <select aria-label="Lines of the plots" @change=${(e: Event) => this.#tell("kx-split", (e.target as HTMLSelectElement).value)}>
          ${([["", "Total"], ["api", "By API"], ["broker", "By broker"]] as const).map(([value, label]) => html`<option value=${value} .selected=${value === split}>${label}</option>`)}
        </select></div>
      <div class="scroll" tabindex="0" role="region" aria-label="Sums">
        <table><thead><tr><th scope="col">${isBroker ? "Broker" : "API"}</th><th scope="col" title="Requests">Req.</th><th scope="col">Sent</th><th scope="col">Received</th>
          <th scope="col" title="Median latency, of the last ${statisticsSeconds} seconds">p50, ms</th><th scope="col" title="95 of 100 were no slower, in the last ${statisticsSeconds} seconds">p95, ms</th></tr></thead>
        <tbody>${all.map(([name, s]) => {
          const q = s.quantiles(...over);
          const quantile = (ms: number | undefined) => (ms === undefined ? "–" : html`<span title="${latency(ms)}${q!.isSample ? ", of a sample: the true value may differ" : ""}">${q!.isSample ? "≈" : ""}${ms < 100 ? Number(ms.toFixed(1)) : Math.round(ms)}</span>`);
          return html`<tr><th scope="row"><button type="button" title="Only ${name}" @click=${() => this.#tell("kx-only", { [isBroker ? "broker" : "api"]: name === "unknown" ? "" : name })}>${name}</button></th>
            <td>${grouped(s.requests)}</td><td title="${grouped(s.sent)} bytes">${size(s.sent)}</td><td title="${grouped(s.received)} bytes">${size(s.received)}</td><td>${quantile(q?.p50)}</td><td>${quantile(q?.p95)}</td></tr>`;
        })}</tbody></table>
      </div>`;
  }

  #tell(type: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
customElements.define("kx-wire-plots", WirePlots);

/** Those with most frames first. */
function bySize(all: ReadonlyMap<string, Series>): [string, Series][] {
  return [...all].sort(([a, x], [b, y]) => y.requests + y.responses - x.requests - x.responses || (a < b ? -1 : 1));
}

/** A figure of the scale, which has few digits. */
function bytesScale(n: number): string {
  return n >= 1e6 ? `${n / 1e6} MB/s` : n >= 1000 ? `${n / 1000} kB/s` : `${n} B/s`;
}
