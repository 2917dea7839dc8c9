import { html, nothing } from "lit";
import type { KafkaRecord } from "kafkaio";
import { grouped, time } from "../figures.js";
import type { View } from "../store/message_views.js";
import { absence, base64, firstBytes, hex, isMostlyText, segments, segmentsOfText, textOf, type Part } from "../text/bytes.js";
import { parsePath, valueAt, type Path } from "../text/paths.js";

/** How many bytes of a key or value a row shows, of text and of others. */
const [mostText, mostBinary] = [300, 60];

/** The columns of the list: their header, and what a row has in them. */
export interface MessageColumns {
  tracks: string;
  narrow: string;
  header: unknown;
  cells(record: KafkaRecord): unknown;
}

/** The columns for JSON paths, ways to show keys and values, and times. widest is the number of an offset's characters. */
export function messageColumns(paths: readonly string[], views: Record<"key" | "value", View | undefined>, utc: boolean, widest: number): MessageColumns {
  const parsed = paths.map((p) => parsePath(p));
  return {
    tracks: `186px 38px ${Math.max(7, widest)}ch minmax(70px, 1fr) ${"minmax(60px, 1fr) ".repeat(paths.length)} minmax(120px, 3fr)`,
    narrow: `${Math.max(12, widest + 4)}ch minmax(60px, 1fr) minmax(80px, 2fr)`,
    header: html`<span class="wide">Time${utc ? ", UTC" : ""}</span><span class="end wide" title="Partition">Part.</span><span class="end"><span class="narrow" title="Partition">Part./</span>Offset</span><span>Key</span>${paths.map((p) => html`<span class="wide mono" title=${p}>${p}</span>`)}<span>Value</span>`,
    cells: (record) => {
      const { timestamp, timestampType, partition, offset, key, value } = record;
      const text = paths.length > 0 && value ? textOf(value) ?? record.text() : null;
      return html`<span class="figures muted wide" title=${timestampType === "append" ? "Set by the broker" : nothing}>${time(timestamp, utc) || "none"}</span>
        <span class="end wide">${partition}</span><span class="end"><span class="narrow muted">${partition}/</span>${grouped(offset)}</span><span class="mono">${preview(key, "key", views.key)}</span>
        ${parsed.map((path) => html`<span class="wide mono">${path && text !== null ? member(text, path, record) : nothing}</span>`)}
        <span class="mono">${preview(value, "value", views.value)}</span>`;
    },
  };
}

/** The value at a path; one that may be in the part of a value that isn't here is told apart from none. */
function member(text: string, path: Path, { value, valueLength }: KafkaRecord) {
  const found = valueAt(text, path);
  if (found !== undefined) return visible(segmentsOfText(found.slice(0, mostText)));
  return valueLength > value!.length ? html`<span class="muted" title="Not in the first ${grouped(value!.length)} bytes">…</span>` : nothing;
}

/** The beginning of bytes, on one line. */
export function preview(bytes: Uint8Array | null, part: Part, view?: View) {
  const none = absence(bytes, part);
  if (none) return html`<span class="tag ${none === "tombstone" ? "warn" : ""}">${none}</span>`;
  const cut = firstBytes(bytes!, mostText);
  if (view === "hex" || view === "base64" || (view === undefined && !isMostlyText(cut))) {
    const few = bytes!.subarray(0, mostBinary);
    return html`<span class="muted">${view === "base64" ? base64(few) : hex(few)}</span>`;
  }
  return visible(segments(cut));
}

function visible(all: ReturnType<typeof segments>) {
  return all.map((s) => (s.kind === "text" ? s.shown : html`<span class="warn" title=${s.kind === "invalid" ? "no UTF-8" : nothing}>${s.shown}</span>`));
}
