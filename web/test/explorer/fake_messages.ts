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

/** A client whose consumers yield what a test puts in, and whose progress a test sets. */
export class FakeMessages {
  consumed: ConsumeOptions[] = [];
  closed = 0;
  progress: Progress = { partitions: [], scanned: 0, matched: 0, bytes: 0 };
  whole: (() => KafkaRecord | null) | undefined;
  /** Of each consumer what it yields; an error ends it, and "wait" waits until it is closed. */
  constructor(private scripts: (Batch | Error | "wait")[][]) {}

  consume(options: ConsumeOptions): Consumer {
    this.consumed.push(options);
    const script = this.scripts[this.consumed.length - 1] ?? [];
    let end = () => {};
    const ended = new Promise<void>((resolve) => (end = resolve));
    const fake = this;
    return {
      async *[Symbol.asyncIterator]() {
        for (const step of script) {
          if (step instanceof Error) throw step;
          if (step === "wait") return void (await ended);
          yield step;
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

  get client(): Kafka {
    return this as unknown as Kafka;
  }
}
