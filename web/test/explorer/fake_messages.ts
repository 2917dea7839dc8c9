import type { Session } from "../../explorer/store/session.js";
import type { Batch, Consumer, ConsumeOptions, Kafka, KafkaRecord, Progress } from "kafkaio";

const utf8 = (text: string) => new TextEncoder().encode(text);

/** A record of partition 0, unless the fields say otherwise. */
export function record(offset: bigint, fields: Partial<KafkaRecord> & { keyText?: string; valueText?: string } = {}): KafkaRecord {
  const value = fields.value !== undefined ? fields.value : utf8(fields.valueText ?? `value ${offset}`);
  const key = fields.keyText === undefined ? null : utf8(fields.keyText);
  const r: KafkaRecord = {
    topic: "orders", partition: 0, offset, timestamp: 1_700_000_000_000, timestampType: "create", leaderEpoch: 0,
    valueLength: value?.length ?? -1, headers: [], key, value,
    text: (part = "value") => { const b = part === "key" ? r.key : r.value; return b && new TextDecoder().decode(b); },
    json: () => { throw new Error("not in this test"); }, detach: () => ({ ...r }), toJSON: () => ({}), ...fields,
  };
  return r;
}

export function batch(records: KafkaRecord[], fields: Partial<Batch> = {}): Batch {
  const next = (records.at(-1)?.offset ?? -1n) + 1n;
  return { topic: "orders", partition: 0, records, next, highWatermark: next, skipped: { filtered: 0, control: 0, aborted: 0, gaps: 0n }, ...fields };
}

/** How far a partition is. */
export function at(partition: number, start: bigint, position: bigint, end = position) {
  return { topic: "orders", partition, start, position, end, lag: end - position };
}

/** A client whose consumers yield what a test puts in, and whose progress a test sets. */
export class FakeMessages {
  consumed: ConsumeOptions[] = [];
  closed = 0;
  progress: Progress = { partitions: [], scanned: 0, matched: 0, bytes: 0 };
  whole: (() => KafkaRecord | null) | undefined;
  topicId = "a";
  partitions = 1;
  readonly admin = {
    topic: async () => ({ id: this.topicId, layout: Array.from({ length: this.partitions }, (_, id) => ({ id })) }),
    offsets: async (_: unknown, at: string) => [{ offset: at === "earliest" ? 3n : 9n }],
  };
  /** Of each consumer what it yields, or its progress; an error ends it, and "wait" waits until it is closed. */
  constructor(private scripts: (Batch | Progress["partitions"] | Error | "wait")[][]) {}

  consume(options: ConsumeOptions): Consumer {
    this.consumed.push(options);
    const script = this.scripts[this.consumed.length - 1] ?? [];
    let end = () => {};
    const ended = new Promise<void>((resolve) => (end = resolve));
    const fake = this;
    options.signal?.addEventListener("abort", end);
    return {
      async *[Symbol.asyncIterator]() {
        for (const step of script) {
          if (step instanceof Error) throw step;
          if (step === "wait") {
            await ended;
            options.signal?.throwIfAborted();
            return;
          }
          if (Array.isArray(step)) fake.progress.partitions = step;
          else yield step;
        }
      },
      progress: async () => fake.progress,
      close: async () => {
        fake.closed++;
        end();
      },
    } as unknown as Consumer;
  }

  async record(): Promise<KafkaRecord | null> {
    return this.whole!();
  }

  get session(): Session {
    return { kafka: this as unknown as Kafka } as Session;
  }
}
