import { html, nothing } from "lit";
import { grouped } from "../figures.js";
import { adviceOf } from "../store/advice.js";
import { parseAt } from "../store/produce.js";
import type { Context } from "./page.js";
import { problem } from "./problem.js";
import { recordLink } from "./record_link.js";

/** Says which record a draft begins with, if it begins with one. */
export function source(context: Context) {
  const { produce: store } = context;
  const { from, loading, loadError } = store;
  const at = parseAt(from);
  const again = () => void store.load(from, store.draft.topic);
  if (from === "") return nothing;
  if (loadError !== undefined || !at) return problem({ ...adviceOf(loadError), title: "The record can't be read." }, again);
  return html`<div class="actions"><p>${loading ? "Reading" : "Begins with"} the ${recordLink(context, at, `record at offset ${grouped(at.offset)}`)} of ${at.topic}, partition ${at.partition}. What you leave alone is sent as it is stored.</p>
    ${loading ? nothing : html`<button type="button" @click=${again}>Begin again</button>`}</div>`;
}
