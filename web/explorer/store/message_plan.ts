import type { Batch, ConsumeOptions, Position, Progress } from "kafkaio";

/** What consume() reads. */
type What = Pick<ConsumeOptions, "topics" | "partitions" | "from" | "until">;

/** A stretch of a partition: the offsets from one to before another. */
export interface Stretch {
  partition: number;
  from: bigint;
  until: bigint;
}

/** What of a topic is to be read, and how far that is. It can be stopped and gone on with. */
export class Plan {
  #next = new Map<number, bigint>();
  #until = new Map<number, bigint>();
  #located = new Map<number, bigint>(); // where a live plan began

  /** partitions undefined: all. A plan that is live has no end. */
  constructor(
    readonly topic: string,
    private from: Position,
    private partitions: readonly number[] | undefined,
    private isLive: boolean,
  ) {}

  /** A plan of stretches. */
  static of(topic: string, stretches: readonly Stretch[]): Plan {
    const plan = new Plan(topic, "earliest", stretches.map((s) => s.partition), false);
    for (const { partition, from, until } of stretches) {
      plan.#next.set(partition, from);
      plan.#until.set(partition, until);
    }
    return plan;
  }

  /** What to read at first, when it isn't known which partitions there are. */
  get begin(): What {
    return { ...(this.partitions ? { partitions: this.#rest(this.partitions) } : { topics: [this.topic] }), from: this.from, ...this.#end };
  }

  /** What is left to be read of a topic that has these partitions; undefined: nothing. */
  rest(all: readonly number[]): What | undefined {
    const partitions = this.#rest(this.partitions ?? all);
    return partitions.length > 0 ? { partitions, from: this.from, ...this.#end } : undefined;
  }

  get #end(): What {
    return this.isLive ? {} : { until: "end" };
  }

  #rest(partitions: readonly number[]): NonNullable<What["partitions"]> {
    return partitions.flatMap((partition) => {
      const [next, until] = [this.#next.get(partition) ?? this.#located.get(partition), this.#until.get(partition)];
      if (next !== undefined && until !== undefined && next >= until) return [];
      return [{ topic: this.topic, partition, ...(next === undefined ? {} : { from: { offset: next } }), ...(until === undefined ? {} : { until }) }];
    });
  }

  /** The offset after all that was read of a partition; undefined: nothing was. */
  next(partition: number): bigint | undefined {
    return this.#next.get(partition);
  }

  /** Notes that all before an offset was read. */
  read(partition: number, next: bigint): void {
    this.#next.set(partition, next);
  }

  /** Notes where partitions end: what comes later isn't part of the plan. Of one that is live, where they begin. */
  bound(partitions: Progress["partitions"]): void {
    for (const { partition, position, end } of partitions) {
      const [known, at] = this.isLive ? [this.#located, position] : [this.#until, end];
      if (!known.has(partition)) known.set(partition, at);
    }
  }

  /** Takes in what came since. */
  extend(): void {
    this.#until.clear();
  }
}

/** The offset of a batch's first record, or of what it has in place of one. */
export function beginOf({ next, records, skipped: { filtered, control, aborted, gaps } }: Batch): bigint {
  return next - BigInt(records.length + filtered + control + aborted) - gaps;
}
