import { readBatch } from "./batch.js";
import type { Batch } from "./consumer_types.js";
import { Paused } from "./paused.js";
import { keyOf, type TopicPartition } from "./position.js";

interface Entry {
  batch: Batch;
  seek: number;
  /** Whether the Worker got credit for the next one already. */
  granted: boolean;
}

/**
 * The batches that wait for the loop. Each that is taken or thrown away grants the Worker one. One that is held
 * back does, too, so that it doesn't stop other partitions: the Worker sends no more of a paused one.
 */
export class Batches {
  #entries: Entry[] = [];
  #paused = new Paused();
  #seeks = new Map<string, number>();
  #grant: () => void;

  constructor(grant: () => void) {
    this.#grant = grant;
  }

  add(bytes: Uint8Array): void {
    const { batch, seek } = readBatch(bytes);
    const entry = { batch, seek, granted: false };
    this.#entries.push(entry);
    this.#drop();
    if (this.#paused.has(batch)) this.#grantFor(entry);
  }

  /** The next batch that isn't held back. */
  take(): Batch | undefined {
    const i = this.#entries.findIndex((e) => !this.#paused.has(e.batch));
    if (i < 0) return undefined;
    const entry = this.#entries.splice(i, 1)[0]!;
    this.#grantFor(entry);
    return entry.batch;
  }

  pause(partitions: TopicPartition[] | undefined): void {
    this.#paused.set(partitions, true);
    for (const e of this.#entries) if (this.#paused.has(e.batch)) this.#grantFor(e);
  }

  resume(partitions: TopicPartition[] | undefined): void {
    this.#paused.set(partitions, false);
  }

  /** Throws away what comes from before a seek of this number. */
  seeked(p: TopicPartition, number: number): void {
    this.#seeks.set(keyOf(p), Math.max(number, this.#seeks.get(keyOf(p)) ?? 0));
    this.#drop();
  }

  /** Throws away what comes from before a revocation, which has a number as seeks have. */
  revoked(partitions: TopicPartition[], number: number): void {
    this.#paused.forget(partitions);
    for (const p of partitions) this.seeked(p, number);
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  clear(): void {
    this.#entries = [];
  }

  #drop(): void {
    this.#entries = this.#entries.filter((e) => {
      const wanted = e.seek >= (this.#seeks.get(keyOf(e.batch)) ?? 0);
      if (!wanted) this.#grantFor(e);
      return wanted;
    });
  }

  #grantFor(entry: Entry): void {
    if (!entry.granted) this.#grant();
    entry.granted = true;
  }
}
