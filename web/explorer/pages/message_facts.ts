import { css, html, nothing } from "lit";
import { counted, grouped, size } from "../figures.js";
import type { MessagesStore } from "../store/messages.js";
import { goOn, skippedWords, whyEnded } from "../text/scan_words.js";

export const factsStyle = css`
  .scan { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 14px; padding: 0 var(--gutter) 8px; color: var(--muted); font-size: 12.5px; min-height: 36px; flex: none; }
  .scan strong { color: var(--ink); font-weight: 600; }
  .scan :is(button, .button) { min-height: 28px; padding: 2px 10px; font-size: 13px; }
  .scan .end { margin-inline-start: auto; display: flex; gap: 6px; }
  progress { width: 90px; height: 6px; accent-color: var(--accent); }
`;

/** How a scan is going: what was read, how fast, why it isn't read on, and the button for that. */
export function scanFacts(store: MessagesStore, more: unknown) {
  const { tally, query, ended, isLive, isReading, dropped, newest } = store;
  if (!query) return nothing;
  const { scanned, matched, bytes, speed, skipped, milliseconds } = tally;
  const words = goOn(ended, query);
  const shown = store.rows.length;
  const isLocated = store.partitions.length > 0;
  return html`<div class="scan figures">
    ${isReading ? html`<button type="button" @click=${() => store.stop()}>Stop</button>` : words ? html`<button type="button" @click=${() => void store.resume()}>${words}</button>` : nothing}
    <strong role="status">${isLive && isReading && !isLocated ? "Looking for the end…" : whyEnded(ended, query, newest)}</strong>
    ${isReading && !isLive ? howFar(store) : nothing}
    <span title=${skippedWords(skipped).join("; ") || nothing}>${counted(scanned, "message")} scanned${matched < scanned ? html`, <strong>${grouped(matched)} match</strong>` : nothing}</span>
    ${scanned > 0 && bytes === 0 ? nothing : html`<span title="${grouped(bytes)} bytes, as brokers store them, in ${grouped(Math.round(milliseconds))} ms">${size(BigInt(bytes))}${speed && scanned > 0 ? html` <span class="nowrap">· ${grouped(Math.round(speed.records))}/s</span> <span class="nowrap">· ${size(BigInt(Math.round(speed.bytes)))}/s</span>` : nothing}</span>`}
    ${isLive && isLocated ? html`<span class=${store.lag > 0n ? "warn" : ""} title="Offsets between what this page has and the ends of the partitions">${grouped(store.lag)} behind</span>` : nothing}
    ${dropped > 0 ? html`<span title=${isLive ? "The oldest make room, so that the page stays small" : "More were found than are shown"}>${grouped(shown)} shown, ${newest?.isFull ? grouped(dropped) : counted(dropped, "older one", "older ones")} dropped</span>` : nothing}
    <span class="end">${more}</span>
  </div>`;
}

/** How many of the offsets that are to be read were read. */
function howFar({ partitions, query }: MessagesStore) {
  if (query!.where.at !== "beginning") return nothing;
  const [done, all] = partitions.reduce(([d, a], p) => [d + p.position - p.start, a + p.end - p.start], [0n, 0n]);
  return all === 0n ? nothing : html`<progress aria-label="Offsets that were read" title="${grouped(done)} of ${grouped(all)} offsets" value=${Number((done * 1000n) / all)} max="1000"></progress>`;
}
