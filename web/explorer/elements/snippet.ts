import { html } from "lit";
import { absence, firstBytes, segments, type Part } from "../text/bytes.js";
import { visible } from "./value.js";

/** How many bytes are shown. */
const most = 120;

/** The beginning of bytes, in a line. length is that of the whole, of which bytes may be the beginning. */
export function snippet(bytes: Uint8Array | null, part: Part, length = bytes?.length ?? 0) {
  const none = absence(bytes, part);
  if (none) return html`<span class="tag">${none}</span>`;
  const first = firstBytes(bytes!, most);
  return html`<span class="mono">${visible(segments(first))}${length > first.length ? "…" : ""}</span>`;
}
