import { css, html, nothing } from "lit";
import { base, pageStyle } from "../elements/style.js";
import { Watch } from "../elements/watch.js";
import { time } from "../figures.js";
import { formatRoute } from "../route.js";
import type { ListedCluster } from "../store/bridge_list.js";
import { rightsOf } from "../store/rights.js";
import { PageElement } from "./page.js";
import { rightsList, rightsStyle } from "./rights.js";

/** The clusters that the bridge serves to this identity, and what it may do with each. */
class ClustersPage extends PageElement {
  static override styles = [base, pageStyle, rightsStyle, css`
    .name { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; margin-bottom: 8px; }
    .name h2 { overflow-wrap: anywhere; }
  `];

  constructor() {
    super();
    new Watch(this, () => [this.context?.session.changes, this.context?.preferences.changes]);
  }

  protected override render() {
    const { session, preferences } = this.context;
    const list = session.list;
    if (!list) {
      return html`<div class="head"><h1>Clusters</h1></div>
        <p class="empty">${session.state === "connected" ? "This bridge doesn't list its clusters. The one that it connects to is shown." : "The bridge hasn't told yet which clusters it serves."}</p>`;
    }
    const expires = list.expires === null ? NaN : Date.parse(list.expires);
    return html`
      <div class="head"><h1>Clusters</h1></div>
      <p class="facts">${list.identity ? html`You are <strong>${list.identity}</strong>${list.groups.length > 0 ? `, of ${list.groups.join(", ")}` : ""}${Number.isNaN(expires) ? "." : `, until ${time(expires, preferences.get("utc", false))}.`}` : "This bridge lets everybody in."}
        ${session.state === "choosing" && session.cluster !== "" ? html`<span class="warn">It serves you no cluster ${session.cluster}.</span>` : nothing}</p>
      <div class="body">${list.clusters.length === 0 ? html`<p class="empty">Its policies allow you no cluster. Ask whoever runs the bridge.</p>` : list.clusters.map((c) => this.#cluster(c))}</div>`;
  }

  #cluster(c: ListedCluster) {
    const current = this.context.session.chosen === c;
    return html`<section class="card" aria-label=${c.name}>
      <div class="name"><h2><a href=${formatRoute({ page: "topics" }, [["cluster", c.default ? "" : c.name]])} aria-current=${current ? "true" : nothing}>${c.name}</a></h2>
        ${current ? html`<span class="tag good">shown</span>` : nothing} ${c.default ? html`<span class="tag">default</span>` : nothing} <span class="muted mono">${c.path}</span></div>
      ${rightsList(rightsOf(c.apis))}
    </section>`;
  }
}
customElements.define("kx-clusters", ClustersPage);
