import type { Field, Frame } from "kafkaio";
import { base64 } from "./bytes.js";

/** How many frames are decoded at once. */
const parallel = 16;

/**
 * Writes frames as a JSON array, a frame a line: its members, its bytes in base64, and the parts that it decodes to.
 * 64-bit integers are decimal strings, so that nobody rounds them.
 */
export async function* wireJSON(frames: readonly Frame[], onProgress: (done: number) => void = () => {}): AsyncGenerator<string> {
  yield "[";
  for (let at = 0; at < frames.length; at += parallel) {
    const lines = await Promise.all(frames.slice(at, at + parallel).map(lineOf));
    for (const [i, line] of lines.entries()) yield (at + i === 0 ? "\n" : ",\n") + line;
    onProgress(Math.min(frames.length, at + parallel));
  }
  yield "\n]\n";
}

async function lineOf(frame: Frame): Promise<string> {
  const { direction, connection, broker, apiKey, api, apiVersion, correlationId, size, at, latency, redacted, unreadable, bytes } = frame;
  const members = { direction, connection, broker, apiKey, api, apiVersion, correlationId, size, at, latency, redacted, unreadable, bytes };
  let decoded: { message: Field } | { undecoded: string };
  try {
    decoded = { message: await frame.decode() };
  } catch (e) {
    decoded = { undecoded: e instanceof Error ? e.message : String(e) };
  }
  return JSON.stringify({ ...members, ...decoded }, exact);
}

function exact(_: string, value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  return value instanceof Uint8Array ? base64(value) : value;
}
