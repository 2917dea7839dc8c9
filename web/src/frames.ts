import type { Calls } from "./calls.js";
import type { Field, Frame, FrameBatch, FramesOptions } from "./frame_types.js";
import { items } from "./items.js";
import { checkFields, checkInteger, checkSignal } from "./options.js";
import type { Value } from "./value.js";

const defaultCaptureBytes = 64 << 10;
const maxCaptureBytes = 4 << 20;

/** How many batches may be under way. */
const credit = 4;

export async function* frames(calls: Calls, o: FramesOptions, left: Promise<void>): AsyncGenerator<FrameBatch, void, undefined> {
  checkFields(o, "options", ["captureBytes", "signal"]);
  const { captureBytes = defaultCaptureBytes, signal } = o;
  checkInteger(captureBytes, "captureBytes", 0, maxCaptureBytes);
  checkSignal(signal);
  // The Worker counts from its Date.now(), which may be far from the page's performance after a while.
  const ahead = performance.timeOrigin + performance.now() - Date.now();
  for await (const item of items(calls, "frames", { captureBytes }, { items: credit, signal, left })) {
    const batch = item as unknown as { frames: FrameMembers[]; dropped: number };
    yield { frames: batch.frames.map((f) => new CapturedFrame(calls, f, ahead)), dropped: batch.dropped };
  }
}

type FrameMembers = Omit<Frame, "decode">;

class CapturedFrame implements Frame {
  declare readonly direction: Frame["direction"];
  declare readonly connection: number;
  declare readonly broker: string;
  declare readonly apiKey: number;
  declare readonly api: string;
  declare readonly apiVersion: number;
  declare readonly correlationId: number;
  declare readonly size: number;
  declare readonly at: number;
  declare readonly latency?: number;
  declare readonly bytes?: Uint8Array;
  declare readonly redacted?: NonNullable<Frame["redacted"]>;
  declare readonly unreadable?: string;
  #calls: Calls;

  constructor(calls: Calls, members: FrameMembers, ahead: number) {
    this.#calls = calls;
    Object.assign(this, members, { at: members.at + ahead });
  }

  async decode(): Promise<Field> {
    const { direction, apiKey, apiVersion, size, redacted, bytes } = this;
    const field = await this.#calls.do("decodeFrame", { direction, apiKey, apiVersion, size, redacted }, bytes && { bytes });
    return fieldOf(field as FieldList);
  }
}

/** The members of a Field in their order, as the Worker sends them. */
type FieldList = [string, string, Field["value"], number, number, FieldList[], FieldList?] & Value[];

function fieldOf([name, type, value, start, end, fields, unpacked]: FieldList): Field {
  const field: Field = { name, type, value, start, end };
  if (fields.length > 0) field.fields = fields.map(fieldOf);
  if (unpacked) field.unpacked = fieldOf(unpacked);
  return field;
}
