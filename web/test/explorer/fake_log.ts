import type { Admin, Config, ConsumeOptions, Consumer, Kafka, KafkaRecord, NewRecord, ProduceOptions, ProduceResult, Topic, TopicPartitionOffset } from "kafkaio";
import { batch, record } from "./fake_messages.js";

/** A cluster of topics that are lists of records. What is produced is appended to partition 0, or to the given one. */
export class FakeLog {
  readonly topics = new Map<string, KafkaRecord[]>();
  produced: { records: NewRecord[]; options: ProduceOptions | undefined }[] = [];
  configs = new Map<string, Record<string, string>>();
  ids = new Map<string, string>();
  /** What is wrong with a record that is produced. */
  refuse: (record: NewRecord) => Error | undefined = () => undefined;
  /** Runs before records are stored. */
  before: () => Promise<void> | void = () => {};
  /** Runs before a batch is given that ends before an offset. */
  batchRead: (next: bigint) => void = () => {};
  /** How many records a batch has. */
  batchRecords = 2;

  constructor(...names: string[]) {
    for (const name of names) this.topics.set(name, []);
  }

  add(topic: string, fields: Parameters<typeof record>[1] = {}): KafkaRecord {
    const log = this.topics.get(topic)!;
    const partition = fields.partition ?? 0;
    const r = record(BigInt(log.filter((other) => other.partition === partition).length), { ...fields, topic });
    log.push(r);
    return r;
  }

  get client(): Kafka {
    const admin: Partial<Admin> = {
      topic: async (name) => ({ ...summary(name), id: this.ids.get(name) ?? "1", layout: [0, 1].map((id) => ({ id, leader: 0, replicas: [0], isr: [0], start: 0n, end: 0n })) }),
      configs: async (of) => Object.entries(("topic" in of && this.configs.get(of.topic)) || {}).map(([name, value]) => ({ name, value }) as Config),
      topics: async () => [...this.topics.keys()].map(summary),
    };
    return {
      admin,
      consume: (options: ConsumeOptions) => this.#consume(options),
      record: async ({ topic, partition, offset }: TopicPartitionOffset) => this.topics.get(topic)?.find((r) => r.partition === partition && r.offset === offset) ?? null,
      produce: async (records: NewRecord[], options?: ProduceOptions) => {
        this.produced.push({ records, options });
        await this.before();
        return records.map((r): ProduceResult => {
          const error = this.refuse(r);
          if (error) return { topic: r.topic, error: error as never };
          const { topic, partition, offset, timestamp } = this.add(r.topic, r as never);
          return { topic, partition, offset, timestamp };
        });
      },
    } as unknown as Kafka;
  }

  #consume({ partitions, signal }: ConsumeOptions): Consumer {
    const reads = partitions!.map((p) => {
      const all = this.topics.get(p.topic)!.filter((r) => r.partition === p.partition);
      const from = p.from && typeof p.from === "object" && "offset" in p.from ? p.from.offset : 0n;
      return { ...p, from, until: p.until ?? BigInt(all.length) };
    });
    const log = this;
    const pending = async function* () {
      for (const { topic, partition, from, until: end } of reads) {
        for (let at = Number(from); at < Number(end); at += log.batchRecords) {
          await Promise.resolve();
          log.batchRead(BigInt(Math.min(at + log.batchRecords, Number(end))));
          if (signal?.aborted) throw Object.assign(new Error("aborted"), { name: "KafkaError", code: "ERR_ABORTED" });
          const all = log.topics.get(topic)!.filter((r) => r.partition === partition);
          yield batch(all.slice(at, Math.min(at + log.batchRecords, Number(end))), { topic, partition });
        }
      }
    };
    return { [Symbol.asyncIterator]: pending } as unknown as Consumer;
  }
}

function summary(name: string): Topic {
  return { name, internal: name.startsWith("__"), partitions: 2, replication: 1, offline: 0, underReplicated: 0, underMinIsr: 0 };
}
