import type { Batch, KafkaRecord, Progress } from "kafkaio";
import { beginOf, type Stretch } from "./message_plan.js";
import { costOf, type Rows } from "./message_ring.js";

/** How much longer each stretch is than the one before, and how many offsets the longest has. */
const [growth, longestStretch] = [4n, 1n << 20n];

/** What is known of a partition. */
interface Part {
  /** Oldest first. */
  found: KafkaRecord[];
  /** Those of the stretch that is being read: they are older than found. */
  stretch: KafkaRecord[];
  /** All from here on was searched, once the stretch is read. */
  searched: bigint;
  /** Where the stretch begins; undefined: nothing of it was read. */
  begin: bigint | undefined;
  start: bigint;
}

/** How many were found of each partition. */
export type Newest = Pick<MessageNewest, "isFirst" | "isFull" | "wanted">;

/** The newest records of each partition that a query takes. What is older is read in stretches that go back. */
export class MessageNewest implements Rows {
  length = 0;
  dropped = 0;
  bytes = 0;
  /** Records that were wanted had no room. */
  isFull = false;
  /** Whether those that are shown begin with the newest ones. */
  isFirst = true;
  /** How many of each partition are shown, if there are so many, and room. */
  wanted: number;
  #parts = new Map<number, Part>();
  #size: bigint;

  /** It is for so many records of each partition, or for fewer if there is no room. firstStretch is in offsets. */
  constructor(
    private each: number,
    private firstStretch: bigint,
    private mostRecords: number,
    private mostBytes: number,
  ) {
    this.wanted = each;
    this.#size = firstStretch;
  }

  /** Notes where a batch begins, before its records are added. */
  begin(batch: Batch): void {
    this.#part(batch.partition).begin ??= beginOf(batch);
  }

  /** Adds a record of the stretch. For want of room each partition gets as much as the others, and its oldest go. */
  add(record: KafkaRecord): void {
    const part = this.#part(record.partition);
    const own = record.detach();
    part.stretch.push(own);
    this.length++;
    this.bytes += costOf(own);
    if (this.length > this.mostRecords) this.#share();
    if (lengthOf(part) > this.wanted) this.#drop(part);
    while (this.length > 1 && part.stretch.length > 0 && (this.length > this.mostRecords || this.bytes > this.mostBytes)) {
      this.isFull = true;
      this.#drop(part);
    }
  }

  /** Wants only as many of each partition as have room. */
  #share(): void {
    const fair = Math.max(1, Math.floor(this.mostRecords / this.#parts.size));
    if (fair >= this.wanted) return;
    this.wanted = fair;
    this.each = Math.min(this.each, fair);
    for (const part of this.#parts.values()) while (lengthOf(part) > fair) this.#drop(part);
  }

  /** Drops the oldest record of a partition, which is to be searched for again. */
  #drop(part: Part): void {
    const oldest = (part.stretch.shift() ?? part.found.shift())!;
    this.length--;
    this.bytes -= costOf(oldest);
    this.dropped++;
    part.begin = part.searched = oldest.offset + 1n;
  }

  /** Ends the stretches, all of which were read; none: those before the ends of all partitions. */
  end(stretches: readonly Stretch[], progress: Progress["partitions"]): void {
    const begins = new Map(stretches.map((s) => [s.partition, s.from]));
    for (const { partition, start, position } of progress) {
      const part = this.#part(partition);
      if (begins.size === 0 || begins.has(partition)) part.searched = part.begin ?? begins.get(partition) ?? position;
      part.found.unshift(...part.stretch);
      [part.stretch, part.begin, part.start] = [[], undefined, start];
    }
    if (stretches.length > 0 && this.#size < longestStretch) this.#size *= growth;
  }

  /** The stretches to look into for those that are missing. */
  get missing(): Stretch[] {
    if (this.isFull) return [];
    return this.#older.filter(([, p]) => p.found.length < this.wanted).map(([partition, { searched, start }]) => ({ partition, from: searched - start > this.#size ? searched - this.#size : start, until: searched }));
  }

  /** Whether there is something older that wasn't looked into. */
  get hasOlder(): boolean {
    return this.#older.length > 0;
  }

  get #older(): [number, Part][] {
    return [...this.#parts].filter(([, { searched, start }]) => searched > start);
  }

  /** Wants as many again, which are older. If they have no room, they take the place of all that was found. */
  wantMore(): void {
    this.#size = this.firstStretch;
    this.isFull = false;
    if (this.length + this.each * this.#older.length > this.mostRecords || this.bytes > this.mostBytes / 2) {
      for (const part of this.#parts.values()) part.found = [];
      [this.length, this.bytes, this.wanted, this.isFirst] = [0, 0, 0, false];
    }
    this.wanted += this.each;
  }

  list(): KafkaRecord[] {
    return [...this.#parts.values()].flatMap((p) => [...p.stretch, ...p.found]);
  }

  #part(partition: number): Part {
    let part = this.#parts.get(partition);
    if (!part) this.#parts.set(partition, (part = { found: [], stretch: [], searched: 0n, begin: undefined, start: 0n }));
    return part;
  }
}

function lengthOf({ found, stretch }: Part): number {
  return found.length + stretch.length;
}
