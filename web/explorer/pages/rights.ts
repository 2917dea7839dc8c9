import { css, html } from "lit";
import type { Right } from "../store/rights.js";

export const rightsStyle = css`
  .rights { display: flex; flex-wrap: wrap; gap: 6px 18px; }
  .rights li::before { content: "✓ "; color: var(--good); }
  .rights li.not::before { content: "✕ "; color: var(--muted); }
  .rights li.not { color: var(--muted); }
`;

/** What may be done, and what not. */
export function rightsList(rights: readonly Right[]) {
  return html`<ul class="rights">${rights.map((r) => html`<li class=${r.allowed ? "" : "not"}>${r.allowed ? "" : html`<span class="hidden">not: </span>`}${r.words}</li>`)}</ul>`;
}
