import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import { lastOf, runsOf, topOf, type Line } from "./plot_scale.js";
import { Resize } from "./resize.js";
import { base } from "./style.js";

/** Space for the scale, in pixels. */
const [left, bottom, top, right] = [4, 18, 16, 4];

/**
 * A plot of up to six lines over time. The pointer or the arrow keys choose a point, of which the legend has the exact
 * values; else it has the last point where there are any. A table has all of them.
 */
class PlotElement extends LitElement {
  static override properties = {
    heading: {}, lines: { attribute: false }, labelOf: { attribute: false }, format: { attribute: false }, scale: { attribute: false },
    cursor: { state: true }, tabular: { state: true },
  };
  declare heading: string;
  declare lines: readonly Line[];
  /** The time at a step, as a text. */
  declare labelOf: (step: number) => string;
  /** A value, exact. */
  declare format: (value: number) => string;
  /** A value of the scale, short. */
  declare scale: (value: number) => string;
  declare cursor: number | undefined;
  declare tabular: boolean;
  #scheme = matchMedia("(prefers-color-scheme: dark)");
  #redraw = () => this.#draw();

  static override styles = [base, css`
    :host { display: flex; flex-direction: column; min-width: 0; gap: 4px; }
    .head { display: flex; align-items: baseline; gap: 10px; }
    .head h2 { font-size: 13px; font-weight: 600; }
    .head .at { margin-inline-start: auto; font-size: 12px; }
    .plot { position: relative; height: 116px; border-radius: 6px; }
    canvas { position: absolute; inset: 0; width: 100%; height: 100%; }
    .legend { display: flex; flex-wrap: wrap; gap: 2px 14px; font-size: 12px; min-height: 18px; }
    .legend li { display: flex; align-items: center; gap: 6px; min-width: 0; }
    .legend i { width: 12px; height: 3px; border-radius: 2px; background: currentColor; flex: none; }
    .legend b { font-weight: 600; font-variant-numeric: tabular-nums; }
    .l0 { color: light-dark(#0f766e, #4fd1c0); }
    .l1 { color: light-dark(#a34d00, #f0a35e); }
    .l2 { color: light-dark(#6a3fb5, #b99cf5); }
    .l3 { color: light-dark(#0a63b0, #74b6f2); }
    .l4 { color: light-dark(#a8225e, #f28ab8); }
    .l5 { color: light-dark(#5a6a00, #c3d25a); }
    .grid { color: var(--line); }
    .table { max-height: 200px; overflow: auto; border: 1px solid var(--line); border-radius: 6px; }
    table { border-collapse: collapse; width: 100%; font-size: 12px; font-variant-numeric: tabular-nums; }
    th, td { padding: 2px 10px; text-align: end; white-space: nowrap; }
    thead th { position: sticky; top: 0; background: var(--raised); }
    .head button { min-height: 22px; padding: 0 6px; font-size: 12px; color: var(--muted); }
  `];

  constructor() {
    super();
    this.lines = [];
    this.labelOf = this.format = this.scale = String;
    this.tabular = false;
    new Resize(this, this.#redraw);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#scheme.addEventListener("change", this.#redraw);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#scheme.removeEventListener("change", this.#redraw);
  }

  protected override updated(_: PropertyValues<this>): void {
    this.#draw();
  }

  get #steps(): number {
    return this.lines[0]?.values.length ?? 0;
  }

  protected override render() {
    const { lines, cursor } = this;
    const at = cursor === undefined ? lastOf(lines) : Math.min(cursor, this.#steps - 1);
    return html`
      <div class="head"><h2 id="h">${this.heading}</h2>
        <span class="at muted figures">${this.#steps > 0 ? this.labelOf(at) : ""}</span>
        <button type="button" class="plain" aria-expanded=${this.tabular} @click=${() => (this.tabular = !this.tabular)}>Table<span class="hidden"> of ${this.heading}</span></button>
      </div>
      <div class="plot" role="slider" tabindex="0" aria-labelledby="h" aria-valuemin="0" aria-valuemax=${Math.max(0, this.#steps - 1)} aria-valuenow=${Math.max(0, at)} aria-valuetext=${this.#spoken(at)}
        @pointermove=${this.#point} @pointerleave=${() => (this.cursor = undefined)} @keydown=${this.#keyDown} @blur=${() => (this.cursor = undefined)}>
        <canvas aria-hidden="true"></canvas><span class="grid" hidden></span>
      </div>
      <ul class="legend">${lines.map((l, i) => html`<li><i class="l${i}"></i><span class="any">${l.name}</span> <b>${this.#said(l, at)}</b></li>`)}</ul>
      ${this.tabular ? this.#table() : nothing}`;
  }

  #table() {
    const steps = Array.from({ length: this.#steps }, (_, i) => this.#steps - 1 - i);
    return html`<div class="table" tabindex="0" role="region" aria-label="${this.heading}, as a table"><table>
      <thead><tr><th scope="col">Time</th>${this.lines.map((l) => html`<th scope="col">${l.name}</th>`)}</tr></thead>
      <tbody>${steps.map((s) => html`<tr><th scope="row">${this.labelOf(s)}</th>${this.lines.map((l) => html`<td>${this.#said(l, s)}</td>`)}</tr>`)}</tbody>
    </table></div>`;
  }

  #said(line: Line, step: number): string {
    const value = line.values[step];
    return value === null || value === undefined ? "–" : this.format(value);
  }

  #spoken(step: number): string {
    return this.#steps === 0 ? "empty" : [this.labelOf(step), ...this.lines.map((l) => `${l.name} ${this.#said(l, step)}`)].join(", ");
  }

  #point = (event: PointerEvent): void => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const part = (event.clientX - box.left - left) / (box.width - left - right);
    this.cursor = Math.max(0, Math.min(this.#steps - 1, Math.round(part * (this.#steps - 1))));
  };

  #keyDown = (event: KeyboardEvent): void => {
    const last = this.#steps - 1;
    const at = this.cursor ?? last;
    const to: Record<string, number | undefined> = { ArrowLeft: at - 1, ArrowRight: at + 1, PageUp: at - 10, PageDown: at + 10, Home: 0, End: last, Escape: undefined };
    if (!(event.key in to) || last < 0) return;
    event.preventDefault();
    const next = to[event.key];
    this.cursor = next === undefined ? undefined : Math.max(0, Math.min(last, next));
  };

  #draw(): void {
    const canvas = this.renderRoot.querySelector("canvas");
    const context = canvas?.getContext("2d");
    if (!canvas || !context || canvas.clientWidth === 0) return;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    const ratio = devicePixelRatio || 1;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    context.scale(ratio, ratio);
    const max = topOf(this.lines);
    const x = (step: number) => left + (step / Math.max(1, this.#steps - 1)) * (width - left - right);
    const y = (value: number) => height - bottom - (value / max) * (height - bottom - top);
    this.#drawGrid(context, width, max, y);
    for (const [i, line] of this.lines.entries()) {
      context.strokeStyle = context.fillStyle = this.#colour(`.legend .l${i}`);
      context.lineWidth = 1.75;
      context.lineJoin = "round";
      for (const [first, after] of runsOf(line.values)) {
        context.beginPath();
        if (after - first === 1) context.arc(x(first), y(line.values[first]!), 2.5, 0, 7);
        for (let s = first; s < after && after - first > 1; s++) context.lineTo(x(s), y(line.values[s]!));
        if (after - first === 1) context.fill();
        else context.stroke();
      }
      const value = this.cursor === undefined ? null : (line.values[this.cursor] ?? null);
      if (value !== null) {
        context.beginPath();
        context.arc(x(this.cursor!), y(value), 3.5, 0, 7);
        context.fill();
      }
    }
    if (this.cursor === undefined) return;
    context.fillStyle = this.#colour(".at");
    context.fillRect(Math.round(x(this.cursor)), top, 1, height - top - bottom);
  }

  #drawGrid(context: CanvasRenderingContext2D, width: number, max: number, y: (value: number) => number): void {
    context.font = `11px ${getComputedStyle(this).fontFamily}`;
    const [line, ink] = [this.#colour(".grid"), this.#colour(".at")];
    for (const part of [0, 0.5, 1]) {
      context.fillStyle = line;
      context.fillRect(left, Math.round(y(part * max)), width - left - right, 1);
      context.fillStyle = ink;
      if (part > 0 && this.#steps > 0) context.fillText(this.scale(part * max), left, y(part * max) - 4);
    }
    if (this.#steps === 0) return;
    context.fillText(this.labelOf(0), left, y(0) + 14);
    const last = this.labelOf(this.#steps - 1);
    context.fillText(last, width - right - context.measureText(last).width, y(0) + 14);
  }

  #colour(selector: string): string {
    return getComputedStyle(this.renderRoot.querySelector(selector) ?? this).color;
  }
}
customElements.define("kx-plot", PlotElement);
