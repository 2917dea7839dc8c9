import { keyOf, type TopicPartition } from "./position.js";

/** Which partitions are paused, of those that there are and may come. */
export class Paused {
  #all = false;
  #others = new Set<string>(); // that are not as #all says

  has(p: TopicPartition): boolean {
    return this.#all !== this.#others.has(keyOf(p));
  }

  /** Has partitions be paused only if all are. */
  forget(partitions: TopicPartition[]): void {
    for (const p of partitions) this.#others.delete(keyOf(p));
  }

  /** Sets whether partitions are paused; undefined: all. */
  set(partitions: TopicPartition[] | undefined, paused: boolean): void {
    if (partitions === undefined) {
      this.#all = paused;
      this.#others.clear();
    }
    for (const p of partitions ?? []) {
      if (this.#all === paused) this.#others.delete(keyOf(p));
      else this.#others.add(keyOf(p));
    }
  }
}
