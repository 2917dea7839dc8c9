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
 * back does, too, so that it doesn't stop other partitions; but only once the Worker sends no more of its partition,
 * and the Worker is to go on with that only once the loop has taken it. So a page that pauses and resumes again and
 * again has no more of a partition than the first grants allow.
 */
export class Batches {
  #entries: Entry[] = [];
  #paused = new Paused();
  #told = new Paused(); // what the Worker knows
  #isTold = true; // and whether that is all
  #seeks = new Map<string, number>();
  #grant: () => void;
  #tell: () => void;

  /** grant grants the Worker a batch. tell is called when untold() has something. */
  constructor(grant: () => void, tell: () => void) {
    this.#grant = grant;
    this.#tell = tell;
  }

  add(bytes: Uint8Array): void {
    const { batch, seek } = readBatch(bytes);
    const entry = { batch, seek, granted: false };
    this.#entries.push(entry);
    this.#drop();
    this.#grantForHeld();
  }

  /** The next batch that isn't held back. */
  take(): Batch | undefined {
    const i = this.#entries.findIndex((e) => !this.#paused.has(e.batch));
    if (i < 0) return undefined;
    const entry = this.#entries.splice(i, 1)[0]!;
    this.#left(entry);
    return entry.batch;
  }

  pause(partitions: TopicPartition[] | undefined): void {
    this.#paused.set(partitions, true);
    this.#change();
  }

  resume(partitions: TopicPartition[] | undefined): void {
    this.#paused.set(partitions, false);
    this.#change();
  }

  /** What the Worker is to be told of which partitions to send nothing; undefined: it knows. told() says that it was. */
  untold(): Paused | undefined {
    if (this.#isTold) return undefined;
    this.#isTold = true;
    return this.#paused.and(this.#entries.filter((e) => e.granted).map((e) => e.batch));
  }

  told(paused: Paused): void {
    this.#told = paused;
    this.#grantForHeld();
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
    this.#change();
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
      if (!wanted) this.#left(e);
      return wanted;
    });
  }

  /** A batch is taken or thrown away. */
  #left(entry: Entry): void {
    if (entry.granted) this.#change();
    else this.#grant();
  }

  #grantForHeld(): void {
    for (const e of this.#entries) {
      if (e.granted || !this.#paused.has(e.batch) || !this.#told.has(e.batch)) continue;
      e.granted = true;
      this.#grant();
    }
  }

  #change(): void {
    this.#isTold = false;
    this.#tell();
  }
}
