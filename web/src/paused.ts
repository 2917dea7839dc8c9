import { keyOf, type TopicPartition } from "./position.js";

/** Which partitions are paused, of those that there are and may come. */
export class Paused {
  #all = false;
  #others = new Map<string, TopicPartition>(); // that are not as #all says

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
    for (const { topic, partition } of partitions ?? []) {
      const key = keyOf({ topic, partition });
      if (this.#all === paused) this.#others.delete(key);
      else this.#others.set(key, { topic, partition });
    }
  }

  /** What consume.pause tells the Worker of it. */
  told(): { all: boolean; others: TopicPartition[] } {
    return { all: this.#all, others: [...this.#others.values()] };
  }
}
