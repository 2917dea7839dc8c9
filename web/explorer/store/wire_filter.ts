import type { Frame } from "kafkaio";

/** Which frames are shown. An empty text leaves all. */
export interface WireFilter {
  /** An API's or a broker's name, a correlation id, text in the frame, or bytes of it as 0x00ff. */
  q: string;
  api: string;
  broker: string;
  direction: "" | Frame["direction"];
  /** Whether the questions of the broker watch are shown, too. They are where ApiVersions is asked for. */
  probes: boolean;
}

export const noFilter: WireFilter = { q: "", api: "", broker: "", direction: "", probes: false };

export function isSame(a: WireFilter, b: WireFilter): boolean {
  return a.q === b.q && a.api === b.api && a.broker === b.broker && a.direction === b.direction && a.probes === b.probes;
}

/** Whether a frame passes. What is looked for in its bytes is made once. */
export function matcher({ q, api, broker, direction, probes }: WireFilter): (frame: Frame) => boolean {
  const text = q.trim();
  const lower = text.toLowerCase();
  const bytes = needleOf(text);
  return (f) =>
    (probes || api !== "" || f.apiKey !== 18 || f.apiVersion !== 0) && // the package asks for ApiVersions of later versions
    (api === "" || f.api === api) &&
    (broker === "" || f.broker === broker) &&
    (direction === "" || f.direction === direction) &&
    (text === "" ||
      f.api.toLowerCase().includes(lower) ||
      f.broker.toLowerCase().includes(lower) ||
      String(f.correlationId) === text ||
      (f.bytes !== undefined && indexOfBytes(f.bytes, bytes) >= 0));
}

/** The bytes that a search is for: those of 0x…, with spaces or without, or of the text. */
export function needleOf(text: string): Uint8Array {
  const digits = /^0x((?:[0-9a-f]{2}\s*)+)$/i.exec(text)?.[1]?.replace(/\s/g, "");
  if (digits === undefined) return new TextEncoder().encode(text);
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) => parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}

/** Where needle is in bytes from an offset on; -1 if it isn't. */
export function indexOfBytes(bytes: Uint8Array, needle: Uint8Array, from = 0): number {
  if (needle.length === 0) return from;
  const last = bytes.length - needle.length;
  for (let at = bytes.indexOf(needle[0]!, from); at >= 0 && at <= last; at = bytes.indexOf(needle[0]!, at + 1)) {
    let n = 1;
    while (n < needle.length && bytes[at + n] === needle[n]) n++;
    if (n === needle.length) return at;
  }
  return -1;
}
