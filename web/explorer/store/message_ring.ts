import type { KafkaRecord } from "kafkaio";

/** What a record takes beside its bytes, roughly. */
const overhead = 400;

/** The records that are shown, the oldest first: so many, and so many bytes. What has no room any more is counted. */
export class MessageRing {
  /** Records that were taken out for newer ones. */
  dropped = 0;
  bytes = 0;
  #records: KafkaRecord[] = [];
  #first = 0; // those before it are taken out

  constructor(
    readonly mostRecords: number,
    readonly mostBytes: number,
  ) {}

  /** Adds a record, detached from its batch. It keeps the newest. */
  add(record: KafkaRecord): void {
    const own = record.detach();
    this.#records.push(own);
    this.bytes += cost(own);
    while (this.length > 1 && (this.length > this.mostRecords || this.bytes > this.mostBytes)) {
      this.bytes -= cost(this.#records[this.#first]!);
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

  /** Whether a further record drops none for want of records' number. */
  get isFull(): boolean {
    return this.length >= this.mostRecords;
  }

  /** The records, as a list of its own. */
  list(): KafkaRecord[] {
    return this.#records.slice(this.#first);
  }
}

function cost({ key, value, headers }: KafkaRecord): number {
  let bytes = overhead + (key?.length ?? 0) + (value?.length ?? 0);
  for (const [name, v] of headers) bytes += 64 + name.length * 2 + (v?.length ?? 0);
  return bytes;
}
