import type { Batch, GroupOptions } from "./consumer_types.js";
import { KafkaError } from "./errors.js";
import { keyOf, type TopicPartition, type TopicPartitionOffset } from "./position.js";

/** What the Worker says of partitions that are taken away. */
export interface Revocation {
  partitions: TopicPartition[];
  lost: boolean;
}

/** How far the loop is in the partitions of its group: what may be committed. */
export class Membership {
  #group: GroupOptions;
  #finished = new Map<string, TopicPartitionOffset>();
  #inHand: Batch | undefined;
  /** How far the loop is in the batch in hand; undefined: it has nothing of it yet. */
  #reached: bigint | undefined;
  /** Whether the batch in hand must not be committed: the group has taken its partition away, or the loop was left. */
  #abandoned = false;

  constructor(group: GroupOptions) {
    this.#group = group;
  }

  /** The loop has finished with the batch in hand. It takes another one, or only waits for it. */
  take(batch: Batch | undefined, reached: bigint | undefined): void {
    if (this.#inHand && !this.#abandoned) this.#finish(this.#inHand, this.#inHand.next);
    this.#inHand = batch;
    this.#reached = reached;
    this.#abandoned = false;
  }

  /** The loop gets a record of the batch in hand. */
  reach(next: bigint): void {
    this.#reached = next;
  }

  /** The loop won't finish the batch in hand. */
  abandon(): void {
    this.#abandoned = true;
  }

  /** The loop goes on elsewhere in a partition. What it has of it from before says no more how far it is. */
  seeked(p: TopicPartition): void {
    this.#finished.delete(keyOf(p));
    if (this.#inHand && keyOf(this.#inHand) === keyOf(p)) this.#inHand = undefined;
  }

  async assigned(p: TopicPartition[]): Promise<void> {
    await this.#group.onAssigned?.(p);
  }

  /** Returns how far the loop is with the partitions once the callback has settled, and forgets them. */
  async revoked({ partitions, lost }: Revocation): Promise<TopicPartitionOffset[]> {
    if (lost) this.#forget(partitions);
    try {
      await this.#group.onRevoked?.(partitions, lost);
      const revoked = new Set(partitions.map(keyOf));
      return this.finished().filter((o) => revoked.has(keyOf(o)));
    } finally {
      this.#forget(partitions);
    }
  }

  /** What the loop has finished with. */
  finished(): TopicPartitionOffset[] {
    return [...this.#finished.values()];
  }

  /** All that the loop has got. */
  got(): TopicPartitionOffset[] {
    if (!this.#inHand || this.#reached === undefined) return this.finished();
    const { topic, partition } = this.#inHand;
    if (this.#abandoned) {
      throw new KafkaError({
        code: "ILLEGAL_GENERATION",
        kafkaCode: 22,
        message: `topic ${topic}, partition ${partition}: the group has taken it away, so the batch in hand can't be committed`,
        topic,
        partition,
      });
    }
    const others = this.finished().filter((o) => keyOf(o) !== keyOf(this.#inHand!));
    return [...others, { topic, partition, offset: this.#reached }];
  }

  #finish({ topic, partition }: TopicPartition, offset: bigint): void {
    this.#finished.set(keyOf({ topic, partition }), { topic, partition, offset });
  }

  #forget(partitions: TopicPartition[]): void {
    for (const p of partitions) {
      this.#finished.delete(keyOf(p));
      if (this.#inHand && keyOf(this.#inHand) === keyOf(p)) this.abandon();
    }
  }
}
