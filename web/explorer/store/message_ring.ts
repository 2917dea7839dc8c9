import type { KafkaRecord } from "kafkaio";

/** What a record takes beside its bytes, roughly. */
const overhead = 400;

/** Records that were found, as far as they have room: so many, and so many bytes. */
export interface Rows {
  /** Adds a record, detached from its batch. */
  add(record: KafkaRecord): void;
  readonly length: number;
  readonly bytes: number;
  /** Records that were taken out for others. */
  readonly dropped: number;
  /** The records, as a list of its own. */
  list(): KafkaRecord[];
}

/** The records that came last, in the order in which they came. */
export class MessageRing implements Rows {
  dropped = 0;
  bytes = 0;
  #records: KafkaRecord[] = [];
  #first = 0; // those before it are taken out

  constructor(
    readonly mostRecords: number,
    readonly mostBytes: number,
  ) {}

  add(record: KafkaRecord): void {
    const own = record.detach();
    this.#records.push(own);
    this.bytes += costOf(own);
    while (this.length > 1 && (this.length > this.mostRecords || this.bytes > this.mostBytes)) {
      this.bytes -= costOf(this.#records[this.#first]!);
      (this.#records as unknown[])[this.#first++] = undefined;
      this.dropped++;
    }
    if (this.#first > 1024 && this.#first > this.#records.length / 2) {
      this.#records.splice(0, this.#first);
      this.#first = 0;
    }
  }

  get length(): number {
    return this.#records.length - this.#first;
  }

  list(): KafkaRecord[] {
    return this.#records.slice(this.#first);
  }
}

/** The bytes that a record takes. */
export function costOf({ key, value, headers }: KafkaRecord): number {
  let bytes = overhead + (key?.length ?? 0) + (value?.length ?? 0);
  for (const [name, v] of headers) bytes += 64 + name.length * 2 + (v?.length ?? 0);
  return bytes;
}
