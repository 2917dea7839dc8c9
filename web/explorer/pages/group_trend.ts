import { css, html, LitElement } from "lit";
import { base, pageStyle } from "../elements/style.js";
import { Watch } from "../elements/watch.js";
import { grouped, rate } from "../figures.js";
import type { GroupStore } from "../store/group.js";
import { clock } from "../text/wire_figures.js";
import "../elements/plot.js";

/** How a group's lag has changed since the page looks at it. */
class GroupTrend extends LitElement {
  static override properties = { store: { attribute: false }, utc: { type: Boolean } };
  declare store: GroupStore;
  declare utc: boolean;

  static override styles = [base, pageStyle, css`
    .body { border-top: 1px solid var(--line); padding-top: var(--space); grid-template-columns: repeat(auto-fit, minmax(min(100%, 380px), 1fr)); }
    .card { min-width: 0; }
  `];

  constructor() {
    super();
    new Watch(this, () => [this.store?.changes]);
  }

  protected override render() {
    const { history } = this.store;
    const labelOf = (step: number) => clock(history.samples[step]!.at, this.utc, false);
    const lag = history.samples.map((s) => (s.lag === null ? null : Number(s.lag)));
    const perSecond = (n: number) => `${rate({ offsets: n, ms: 1000 })}/s`;
    return html`<div class="body">
      <kx-plot class="card" heading="Lag in offsets" .lines=${[{ name: "lag", values: lag }]} .labelOf=${labelOf} .format=${(n: number) => grouped(BigInt(n))} .scale=${grouped}></kx-plot>
      <kx-plot class="card" heading="Offsets a second" .lines=${[{ name: "arriving", values: history.rates("arrived") }, { name: "committed", values: history.rates("committed") }]} .labelOf=${labelOf} .format=${perSecond} .scale=${grouped}></kx-plot>
    </div>`;
  }
}
customElements.define("kx-group-trend", GroupTrend);
