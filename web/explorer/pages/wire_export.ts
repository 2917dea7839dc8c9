import type { WireStore } from "../store/wire.js";
import { blobOf } from "../text/blob.js";
import { pcapng } from "../text/pcapng.js";
import { wireJSON } from "../text/wire_json.js";

export type Format = "json" | "pcapng";

/** Puts the frames that are shown into a file. onProgress gets how many are done. */
export async function exported(store: WireStore, format: Format, onProgress: (done: number) => void): Promise<Blob> {
  const frames = store.shown.map((e) => e.frame);
  if (format === "json") return blobOf(wireJSON(frames, onProgress), "application/json");
  const lost = store.dropped + store.passed + store.entries.evicted;
  const notes = [`${frames.length} frames of a page's connections to Kafka, on made-up TCP.`, ...(lost > 0 ? [`${lost} others passed and are not here.`] : [])];
  return blobOf(pcapng(frames, notes.join(" ")), "application/x-pcapng");
}

/** Saves a file as the browser saves downloads. */
export function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  Object.assign(document.createElement("a"), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
