import type { KafkaRecord } from "./consumer_types.js";
import { KafkaError, mismatch } from "./errors.js";

/** What the records of a batch have in common. */
export interface Source {
  topic: string;
  partition: number;
  view: DataView;
}

// Where a record has its fields: see web/wasm/internal/batch/LAYOUT.md.
const atTimestamp = 8;
const atTimestampType = 16;
const atLeaderEpoch = 17;
const atValueLength = 21;
const atKey = 25;

/** The order of the bytes of numbers. */
export const littleEndian = true;

const timestampTypes = ["none", "create", "append"] as const;
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
const strictUTF8 = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });

/** A record in the memory of its batch. */
export class BatchRecord implements KafkaRecord {
  #source: Source;
  #at: number;
  #size: number;

  constructor(source: Source, at: number, size: number) {
    this.#source = source;
    this.#at = at;
    this.#size = size;
  }

  get topic(): string {
    return this.#source.topic;
  }

  get partition(): number {
    return this.#source.partition;
  }

  get offset(): bigint {
    return this.#source.view.getBigInt64(this.#at, littleEndian);
  }

  get timestamp(): number {
    return this.#source.view.getFloat64(this.#at + atTimestamp, littleEndian);
  }

  get timestampType(): "create" | "append" | "none" {
    return timestampTypes[this.#source.view.getUint8(this.#at + atTimestampType)]!;
  }

  get leaderEpoch(): number {
    return this.#source.view.getInt32(this.#at + atLeaderEpoch, littleEndian);
  }

  get valueLength(): number {
    return this.#source.view.getInt32(this.#at + atValueLength, littleEndian);
  }

  get key(): Uint8Array | null {
    return this.#bytes(this.#at + atKey);
  }

  get value(): Uint8Array | null {
    return this.#bytes(this.#after(this.#at + atKey));
  }

  get headers(): readonly (readonly [string, Uint8Array | null])[] {
    const headers: [string, Uint8Array | null][] = [];
    let at = this.#after(this.#after(this.#at + atKey));
    let n = this.#source.view.getUint32(at, littleEndian);
    for (at += 4; n > 0; n--) {
      const value = this.#after(at);
      headers.push([utf8.decode(this.#bytes(at)!), this.#bytes(value)]);
      at = this.#after(value);
    }
    return headers;
  }

  text(part: "key" | "value" = "value"): string | null {
    const bytes = this.#part(part);
    return bytes && utf8.decode(bytes);
  }

  json<T = unknown>(part: "key" | "value" = "value"): T {
    if (part === "value" && (this.value?.length ?? -1) < this.valueLength) {
      throw new KafkaError({ code: "ERR_LIMIT", message: "the value is cut at valueLimit; record() returns all of it" });
    }
    return JSON.parse(this.text(part) ?? "null") as T;
  }

  detach(): KafkaRecord {
    const { topic, partition, view } = this.#source;
    const start = view.byteOffset + this.#at;
    return new BatchRecord({ topic, partition, view: new DataView(view.buffer.slice(start, start + this.#size)) }, 0, this.#size);
  }

  toJSON(): object {
    const { topic, partition, timestamp, timestampType, leaderEpoch, valueLength } = this;
    return {
      topic,
      partition,
      offset: String(this.offset),
      timestamp,
      timestampType,
      leaderEpoch,
      key: readable(this.key),
      value: readable(this.value),
      valueLength,
      headers: this.headers.map(([name, value]) => [name, readable(value)]),
    };
  }

  #part(part: "key" | "value"): Uint8Array | null {
    if (part !== "key" && part !== "value") throw mismatch(`part ${String(part)}: "key" or "value" was expected`);
    return this[part];
  }

  /** The bytes after their length. */
  #bytes(at: number): Uint8Array | null {
    const { view } = this.#source;
    const length = view.getInt32(at, littleEndian);
    return length < 0 ? null : new Uint8Array(view.buffer as ArrayBuffer, view.byteOffset + at + 4, length);
  }

  /** Where the bytes end whose length is there. */
  #after(at: number): number {
    return at + 4 + Math.max(this.#source.view.getInt32(at, littleEndian), 0);
  }
}

/** Bytes as JSON can hold them. */
function readable(bytes: Uint8Array | null): string | { base64: string } | null {
  if (bytes === null) return null;
  try {
    return strictUTF8.decode(bytes);
  } catch {
    return { base64: btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join("")) };
  }
}
