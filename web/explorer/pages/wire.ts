import { css, html, nothing, type PropertyValues } from "lit";
import { base, pageStyle } from "../elements/style.js";
import { Refresh } from "../elements/refresh.js";
import { Watch } from "../elements/watch.js";
import { counted, grouped, size } from "../figures.js";
import type { WireStore } from "../store/wire.js";
import type { Entry } from "../store/wire_entries.js";
import type { WireFilter } from "../store/wire_filter.js";
import { clock, latency } from "../text/wire_figures.js";
import { PageElement } from "./page.js";
import { problem } from "./problem.js";
import { exported, save, type Format } from "./wire_export.js";
import type { Split } from "./wire_plots.js";
import "../elements/live_list.js";
import "./wire_detail.js";
import "./wire_plots.js";

const header = html`<span>Time</span><span></span><span>API</span><span class="end wide">Correlation id</span><span class="wide">Broker</span><span class="end">Size</span><span class="end">Latency</span>`;

/** Each request and response of this page, live. */
class WirePage extends PageElement {
  static override properties = { exporting: { state: true }, failure: { state: true } };
  /** How far an export is. */
  declare exporting: { done: number; all: number } | undefined;
  declare failure: unknown;

  static override styles = [base, pageStyle, css`
    kx-live-list { flex: 1; min-height: 130px; --columns: 92px 14px minmax(120px, 230px) 104px minmax(100px, 1fr) 88px 92px; --columns-narrow: 88px 14px minmax(60px, 1fr) 66px 76px; }
    kx-wire-detail { flex: 1.4; min-height: 260px; border-top: 2px solid var(--line-strong); }
    .tools select { flex: 0 1 auto; max-width: 200px; }
    .facts { display: flex; flex-wrap: wrap; gap: 2px 16px; padding-block: 0 8px; font-size: 12.5px; }
    .head .buttons { display: flex; flex-wrap: wrap; gap: 8px; }
    @media (max-height: 760px) { kx-live-list, kx-wire-detail { flex: none; height: 320px; } :host { overflow: auto; } }
    @media (max-width: 640px) { :host { overflow: auto; } kx-live-list { flex: none; height: 340px; } kx-wire-detail { flex: none; height: 560px; } }
  `];

  constructor() {
    super();
    new Watch(this, () => [this.context?.wire.changes, this.context?.preferences.changes, this.context?.session.changes]);
    new Refresh(this, 5000, () => void this.context.cluster.load()); // so that there is something to see
  }

  get #store(): WireStore {
    return this.context.wire;
  }

  get #utc(): boolean {
    return this.context.preferences.get("utc", false);
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("context")) this.#store.start();
    const direction = this.parameter("direction");
    const filter: WireFilter = { q: this.parameter("q"), api: this.parameter("api"), broker: this.parameter("broker"), direction: direction === "request" || direction === "response" ? direction : "", probes: this.parameter("probes") !== "" };
    this.#store.setFilter(filter);
  }

  protected override render() {
    const store = this.#store;
    const { shown, selected } = store;
    const { navigation, preferences } = this.context;
    const plots = preferences.get("wire.plots", innerWidth > 640);
    return html`
      <div class="head"><h1>Wire</h1>
        <div class="buttons">
          <button type="button" aria-pressed=${store.paused} @click=${() => store.setPaused(!store.paused)}>${store.paused ? "Resume" : "Pause"}</button>
          <button type="button" @click=${() => store.clear()}>Clear</button>
          <button type="button" aria-expanded=${plots} @click=${() => preferences.set("wire.plots", !plots)}>Plots</button>
          <button type="button" ?disabled=${this.exporting !== undefined || shown.length === 0} title="The frames that the list has, with their fields" @click=${() => this.#export("json")}>Export JSON</button>
          <button type="button" ?disabled=${this.exporting !== undefined || shown.length === 0} title="The frames that the list has, for Wireshark" @click=${() => this.#export("pcapng")}>Export pcapng</button>
        </div>
      </div>
      ${this.#filters(store.filter)}
      ${problem(this.shown(store.error), () => store.retry())}
      ${this.failure === undefined ? nothing : html`<kx-error heading="The export failed." .text=${String((this.failure as Error).message ?? this.failure)}></kx-error>`}
      ${plots ? html`<kx-wire-plots .statistics=${store.statistics} .split=${preferences.get<Split>("wire.split", "")} ?utc=${this.#utc} @kx-split=${(e: CustomEvent<Split>) => preferences.set("wire.split", e.detail)}
        @kx-only=${(e: CustomEvent<Record<string, string>>) => navigation.set(e.detail)}></kx-wire-plots>` : nothing}
      ${this.#facts()}
      ${shown.length > 0
        ? html`<kx-live-list label="Frames" .rows=${shown} .header=${header} .cells=${this.#cells} .chosen=${selected?.id} @kx-choose=${(e: CustomEvent<Entry>) => store.select(e.detail)}></kx-live-list>`
        : html`<p class="empty">${this.#whyEmpty()}</p>`}
      ${selected ? html`<kx-wire-detail .store=${store} .entry=${selected} .peer=${selected.peer} ?missed=${selected.missed} ?utc=${this.#utc} @kx-choose=${(e: CustomEvent<Entry | undefined>) => store.select(e.detail)}></kx-wire-detail>` : nothing}`;
  }

  #filters(filter: WireFilter) {
    const { navigation } = this.context;
    const { statistics } = this.#store;
    const choice = (name: "api" | "broker" | "direction", label: string, values: Iterable<string>) => html`<select aria-label=${label} @change=${(e: Event) => navigation.set({ [name]: (e.target as HTMLSelectElement).value })}>
      <option value="" .selected=${filter[name] === ""}>${label}</option>${[...new Set([...values, ...(filter[name] ? [filter[name]] : [])])].sort().map((v) => html`<option value=${v} .selected=${v === filter[name]}>${v}</option>`)}</select>`;
    return html`<div class="tools" role="search">
      <input type="search" data-search aria-label="Search frames" placeholder="API, broker, correlation id, text or 0x bytes" title="Text is looked for in the bytes as they passed: in compressed record batches it isn't found."
        autocomplete="off" spellcheck="false" .value=${filter.q} @input=${(e: InputEvent) => navigation.set({ q: (e.target as HTMLInputElement).value })}>
      ${choice("api", "All APIs", [...statistics.apis.keys()].filter((n) => n !== "unknown"))}
      ${choice("broker", "All brokers", statistics.brokers.keys())}
      ${choice("direction", "Both directions", ["request", "response"])}
      <label class="check" title="The page asks each broker again and again whether it is there: ApiVersions, version 0"><input type="checkbox" .checked=${filter.probes} @change=${(e: Event) => navigation.set({ probes: (e.target as HTMLInputElement).checked ? "1" : "" })}> Probes</label>
    </div>`;
  }

  #facts() {
    const { shown, entries, passed, dropped, paused } = this.#store;
    const { kept, evicted, bytes } = entries;
    return html`<p class="facts figures" aria-live="off">
      <span>${shown.length === kept.length ? counted(kept.length, "frame") : `${grouped(shown.length)} of ${counted(kept.length, "frame")}`}, ${size(BigInt(bytes))} of memory</span>
      ${evicted > 0 ? html`<span>${counted(evicted, "older one", "older ones")} dropped to bound the memory</span>` : nothing}
      ${passed > 0 || paused ? html`<span class=${paused ? "warn" : ""}>${paused ? "Paused: " : ""}${grouped(passed)} passed while paused, and ${passed === 1 ? "is" : "are"} not kept</span>` : nothing}
      ${dropped > 0 ? html`<span class="warn">${grouped(dropped)} came faster than this page took them, and are lost</span>` : nothing}
      ${this.exporting ? html`<span role="status">Exporting: ${grouped(this.exporting.done)} of ${grouped(this.exporting.all)}</span>` : nothing}
    </p>`;
  }

  #whyEmpty(): string {
    const { entries, paused, error } = this.#store;
    if (entries.kept.length > 0) return `None of ${counted(entries.kept.length, "frame")} passes the filter.`;
    if (paused) return "Paused. Resume, and the frames that pass from then on are here.";
    return error === undefined ? "Nothing has passed yet. Every 5 s this page asks who the brokers are." : "No frames come any more.";
  }

  #cells = ({ frame, peer, missed }: Entry) => {
    const { direction, at, api, apiVersion, apiKey, correlationId, broker, redacted, unreadable } = frame;
    const isRequest = direction === "request";
    return html`<span class="figures muted">${clock(at, this.#utc)}</span>
      <span class=${isRequest ? "" : "good"} title=${direction} aria-label=${direction} role="img">${isRequest ? "→" : "←"}</span>
      <span>${api || (apiKey < 0 ? "?" : `API ${apiKey}`)} <span class="muted">${api ? `v${apiVersion}` : ""}</span>${redacted ? html` <span class="tag warn">redacted</span>` : unreadable === undefined ? nothing : html` <span class="tag bad">unreadable</span>`}</span>
      <span class="end wide">${correlationId}</span><span class="wide muted" title=${broker}>${broker}</span>
      <span class="end" title="${grouped(frame.size)} bytes">${size(BigInt(frame.size))}</span>
      <span class="end ${isRequest ? "muted" : ""}">${frame.latency !== undefined ? latency(frame.latency) : isRequest && !peer ? html`<span title=${missed ? "No response is kept" : "No response so far"}>${missed ? "–" : "…"}</span>` : ""}</span>`;
  };

  async #export(format: Format): Promise<void> {
    const all = this.#store.shown.length;
    this.failure = undefined;
    this.exporting = { done: 0, all };
    try {
      const blob = await exported(this.#store, format, (done) => (this.exporting = { done, all }));
      save(blob, `kafka-wire-${new Date().toISOString().slice(0, 19).replace(/[:T]/g, "-")}.${format}`);
    } catch (e) {
      this.failure = e;
    } finally {
      this.exporting = undefined;
    }
  }
}
customElements.define("kx-wire", WirePage);
