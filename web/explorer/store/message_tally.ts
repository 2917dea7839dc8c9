import type { Batch } from "kafkaio";

/** Offsets that were read and are no shown record. gaps: compacted, deleted, or never used. */
export interface Skipped {
  filtered: number;
  control: number;
  aborted: number;
  gaps: bigint;
}

/** For how long back the speed is that of now, in milliseconds. */
const window = 2000;

interface Sample {
  at: number;
  scanned: number;
  bytes: number;
}

/** Counts what is read, as it comes. */
export class Tally {
  /** Records that were read, and those of them that the query takes. */
  scanned = 0;
  matched = 0;
  readonly skipped: Skipped = { filtered: 0, control: 0, aborted: 0, gaps: 0n };
  /** For how long was read, in milliseconds. */
  milliseconds = 0;
  /** Bytes that were read, as brokers store them. They are known a little later than the records. */
  bytes = 0;
  #since: number | undefined; // it is running
  #samples: Sample[] = [];

  constructor(private now: () => number) {}

  /** A consumer begins to read. */
  begin(): void {
    this.#since = this.now();
    this.#samples = [this.#sample()];
  }

  /** The consumer has ended. */
  end(): void {
    this.#pass();
    this.#since = undefined;
  }

  /** Counts what a batch has beside its records. */
  skip({ skipped }: Batch): void {
    this.scanned += skipped.filtered;
    this.skipped.filtered += skipped.filtered;
    this.skipped.control += skipped.control;
    this.skipped.aborted += skipped.aborted;
    this.skipped.gaps += skipped.gaps;
  }

  /** Counts a record. */
  count(matches: boolean): void {
    this.scanned++;
    if (matches) this.matched++;
    else this.skipped.filtered++;
  }

  /** Counts bytes that were read since it was told last. */
  progress(bytes: number): void {
    this.bytes += bytes;
    this.#pass();
    this.#samples.push(this.#sample());
    while (this.#samples.length > 2 && this.#samples[0]!.at < this.now() - window) this.#samples.shift();
  }

  #pass(): void {
    if (this.#since === undefined) return;
    const now = this.now();
    this.milliseconds += now - this.#since;
    this.#since = now;
  }

  #sample(): Sample {
    return { at: this.now(), scanned: this.scanned, bytes: this.bytes };
  }

  /** Records and bytes of a second: now, or on the whole once it has ended. undefined: it is too early to tell. */
  get speed(): { records: number; bytes: number } | undefined {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    const isRunning = this.#since !== undefined && first && last;
    const [ms, records, bytes] = isRunning ? [last.at - first.at, last.scanned - first.scanned, last.bytes - first.bytes] : [this.milliseconds, this.scanned, this.bytes];
    return ms < 1 ? undefined : { records: (records * 1000) / ms, bytes: (bytes * 1000) / ms };
  }
}
