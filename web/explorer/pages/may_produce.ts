import { html, type TemplateResult } from "lit";
import { adviceOf } from "../store/advice.js";
import type { Context } from "./page.js";
import { problem } from "./problem.js";

/** Says why nothing may be produced here; undefined if something may be. */
export function mayProduce({ cluster }: Context): TemplateResult | undefined {
  if (cluster.may("Produce")) return undefined;
  if (cluster.knowsRights) return html`<div class="empty"><p>You may only read here.</p><p>The bridge's policy or the brokers' ACLs decide that. kafkaio explore takes --allow-writes.</p></div>`;
  const { error } = cluster.answer;
  if (error !== undefined) return html`${problem(adviceOf(error), () => void cluster.load())}`;
  return html`<p class="empty">${cluster.answer.value ? "No broker says what you may do." : "Asking what you may do…"}</p>`;
}
