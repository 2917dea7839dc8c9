import { mismatch } from "./errors.js";
import { checkFields, checkInteger, checkName, maxInt32 } from "./options.js";
import type { NewRecord } from "./produce_types.js";
import { isBytes } from "./realm.js";

/** The largest timestamp that franz-go sends: it counts nanoseconds in 64 bits. */
const maxTimestamp = 9_223_372_036_854;

// What stands for a partition and a timestamp that aren't given.
const anyPartition = -1;
const now = -1;

/** Writes records as web/wasm/internal/port/PROTOCOL.md describes them. */
export class RecordWriter {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #encoder = new TextEncoder();
  /** Bytes that are written. */
  length = 0;

  /** What is written. It is valid until more is. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }

  clear(): void {
    this.length = 0;
  }

  /** Writes a record, or nothing if it makes no sense. */
  add(record: NewRecord): void {
    const start = this.length;
    try {
      this.#add(record);
    } catch (error) {
      this.length = start;
      throw error;
    }
  }

  #add(record: NewRecord): void {
    checkFields(record, "record", ["topic", "value", "key", "headers", "partition", "timestamp"]);
    const { topic, value, key = null, headers = [], partition, timestamp } = record;
    checkName(topic, "record.topic");
    if (value === undefined) throw mismatch("record.value: it must be given; null stores a record without a value");
    if (partition !== undefined) checkInteger(partition, "record.partition", 0, maxInt32);
    if (timestamp !== undefined) checkInteger(timestamp, "record.timestamp", 0, maxTimestamp);
    this.#sized(topic, "record.topic");
    this.#reserve(12);
    this.#view.setInt32(this.length, partition ?? anyPartition);
    this.#view.setBigInt64(this.length + 4, BigInt(timestamp ?? now));
    this.length += 12;
    this.#sized(key, "record.key");
    this.#sized(value, "record.value");
    this.#headers(headers);
  }

  #headers(headers: Iterable<readonly [string, Uint8Array | string | null]>): void {
    if (typeof headers !== "object" || headers === null || !(Symbol.iterator in headers)) {
      throw mismatch("record.headers: an iterable of [name, value] was expected");
    }
    this.#reserve(4);
    const at = this.length;
    this.length += 4;
    let count = 0;
    for (const header of headers) {
      if (!Array.isArray(header) || header.length !== 2 || typeof header[0] !== "string") {
        throw mismatch(`record.headers[${count}]: [name, value] was expected`);
      }
      this.#sized(header[0], "");
      this.#sized(header[1], `record.headers[${count}]`);
      count++;
    }
    this.#view.setUint32(at, count);
  }

  /** Writes bytes, or a text, after their length; null has the length -1. */
  #sized(value: unknown, name: string): void {
    const bytes = typeof value === "string" ? this.#encoder.encode(value) : value;
    if (bytes !== null && !isBytes(bytes)) throw mismatch(`${name}: a Uint8Array, a string or null was expected`);
    this.#reserve(4 + (bytes?.length ?? 0));
    this.#view.setInt32(this.length, bytes?.length ?? -1);
    this.length += 4;
    if (!bytes) return;
    this.#bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  #reserve(more: number): void {
    const need = this.length + more;
    if (need <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(need, 2 * this.#bytes.length));
    larger.set(this.bytes);
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}
