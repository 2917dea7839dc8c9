import { html } from "lit";

/** The state of a group in the brokers' word: what passes stands out. */
export function stateTag(state: string) {
  if (state === "") return html`<span class="bad">unknown</span>`;
  if (state === "Stable") return state;
  return html`<span class="tag ${state === "Empty" ? "" : "warn"}">${state}</span>`;
}
