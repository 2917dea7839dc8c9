import { readBatch } from "./batch.js";
import type { Batch } from "./consumer_types.js";
import { Paused } from "./paused.js";
import { keyOf, type TopicPartition } from "./position.js";

interface Entry {
  batch: Batch;
  seek: number;
  nth: number; // of all that came, from 1 on
}

/** A partition of which the Worker is to send batches again, from the nth of all that it sent on. number is as a seek has it. */
interface Back extends TopicPartition {
  batch: number;
  number: number;
}

/** What consume.pause tells the Worker. */
export interface Telling {
  all: boolean;
  others: TopicPartition[];
  back: Back[];
}

/**
 * The batches that wait for the loop. Each that is taken or thrown away grants the Worker one. Those of a paused
 * partition would stop the others, so they go back: the Worker sends them again once the partition isn't paused.
 * They are thrown away when the Worker knows, and until then the loop gets none of them.
 */
export class Batches {
  #entries: Entry[] = [];
  #came = 0;
  #paused = new Paused();
  #isTold = true;
  #back = new Set<string>(); // the partitions that the Worker is being told of
  #seeks = new Map<string, number>();
  #seeking = new Map<string, number>(); // how many seeks of each partition are under way
  #grant: () => void;
  #tell: () => void;

  /** grant grants the Worker a batch. tell is called when untold() has something. */
  constructor(grant: () => void, tell: () => void) {
    this.#grant = grant;
    this.#tell = tell;
  }

  add(bytes: Uint8Array): void {
    this.#entries.push({ ...readBatch(bytes), nth: ++this.#came });
    this.#drop();
    this.#tellOfHeld();
  }

  /** The next batch that isn't held back. */
  take(): Batch | undefined {
    const i = this.#entries.findIndex(({ batch }) => !this.#paused.has(batch) && !this.#back.has(keyOf(batch)));
    if (i < 0) return undefined;
    this.#grant();
    return this.#entries.splice(i, 1)[0]!.batch;
  }

  pause(partitions: TopicPartition[] | undefined): void {
    this.#set(partitions, true);
  }

  resume(partitions: TopicPartition[] | undefined): void {
    this.#set(partitions, false);
  }

  /**
   * What the Worker is to be told; undefined: it knows. told() says how that went. number() returns the next number
   * of a seek.
   */
  untold(number: () => number): Telling | undefined {
    const back = this.#held().map(({ batch: { topic, partition }, nth }) => ({ topic, partition, batch: nth, number: number() }));
    if (this.#isTold && back.length === 0) return undefined;
    this.#isTold = true;
    for (const p of back) this.#back.add(keyOf(p));
    return { ...this.#paused.told(), back };
  }

  /** knows is false if the Worker has ended: then what has come is all that will. */
  told({ back }: Telling, knows: boolean): void {
    for (const p of back) {
      this.#back.delete(keyOf(p));
      if (knows) this.seeked(p, p.number);
    }
  }

  /** A seek begins. Batches that would go back meanwhile stay: the Worker takes the highest number for the last seek. */
  seeking(p: TopicPartition): void {
    this.#seeking.set(keyOf(p), (this.#seeking.get(keyOf(p)) ?? 0) + 1);
  }

  /** A seek has ended. */
  sought(p: TopicPartition): void {
    const left = this.#seeking.get(keyOf(p))! - 1;
    if (left > 0) this.#seeking.set(keyOf(p), left);
    else this.#seeking.delete(keyOf(p));
    this.#tellOfHeld();
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

  #tellOfHeld(): void {
    if (this.#held().length > 0) this.#tell();
  }

  /** The first batch of each paused partition that has some, but for those that go back already or are sought in. */
  #held(): Entry[] {
    const first = new Map<string, Entry>();
    for (const entry of this.#entries) {
      const key = keyOf(entry.batch);
      if (this.#paused.has(entry.batch) && !this.#back.has(key) && !this.#seeking.has(key) && !first.has(key)) first.set(key, entry);
    }
    return [...first.values()];
  }

  #drop(): void {
    this.#entries = this.#entries.filter(({ batch, seek }) => {
      const wanted = seek >= (this.#seeks.get(keyOf(batch)) ?? 0);
      if (!wanted) this.#grant();
      return wanted;
    });
  }

  #set(partitions: TopicPartition[] | undefined, paused: boolean): void {
    this.#paused.set(partitions, paused);
    this.#change();
  }

  #change(): void {
    this.#isTold = false;
    this.#tell();
  }
}
