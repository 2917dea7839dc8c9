import type { Kafka, KafkaError, KafkaRecord, Topic } from "kafkaio";
import type { Changes } from "./changes.js";
import { matches, workerFilter } from "./message_filter.js";
import { isFiltered, positionOf } from "./message_query.js";
import type { RedriveSent } from "./redrive_sent.js";
import { wayOf, type Job, type Way } from "./redrive_job.js";

/** How many of the records are shown, and how many bytes of each value. */
const [mostShown, valueLimit] = [20, 200];

/** How many topics are asked for their settings. */
const mostAsked = 20;

/** What a batch of brokers has beside its records, in bytes. */
const batchOverhead = 100;

/** Of how many reasons and topics there are counts of their own. */
const mostCounted = 100;

/** Where the others are counted. */
const others = "others";

/** What a redrive will send, counted without sending it. */
export class RedriveScan {
  state: "scanning" | "ended" | "stopped" | "failed" = "scanning";
  error: unknown;
  /** What can't be read now and is tried again. It goes when records come. */
  retrying: KafkaError | undefined;
  scanned = 0;
  /** Those that can be sent, by topic, and those that can't, by reason. */
  readonly targets = new Map<string, number>();
  readonly blocked = new Map<string, number>();
  readonly first: { record: KafkaRecord; way: Way }[] = [];
  /** Of each partition where the records are that can be sent: from the first one to after the last one. */
  readonly ranges = new Map<number, { from: bigint; until: bigint }>();
  /** How many may have been sent before to where they would go, and of each partition the last one. */
  again = 0;
  readonly lastAgain = new Map<number, bigint>();
  /** Topics whose brokers give records another time. */
  readonly restamped: string[] = [];
  /** How many bytes may be sent at once, so that no topic finds a batch too large. */
  chunkBytes = 128 << 10;
  /** Whether the topics have told the two above, or won't: what was found may be sent then. */
  isReady = false;
  topics: ReadonlyMap<string, Topic> = new Map();
  /** The id of the topic. One that is made again has another. */
  topicId = "";
  #kept = new Map<number, KafkaRecord[]>();
  #run = new AbortController();

  constructor(
    readonly job: Job,
    private changes: Changes,
    readonly sent: RedriveSent,
  ) {}

  /** The topic as it is now. */
  get source(): string {
    return `${this.job.topic}/${this.topicId}`;
  }

  /** How many can be sent. */
  get count(): number {
    return sum(this.targets);
  }

  get blockedCount(): number {
    return sum(this.blocked);
  }

  stop(): void {
    this.#run.abort();
    this.#end("stopped");
  }

  async run(kafka: Kafka): Promise<void> {
    const { topic, query } = this.job;
    const { signal } = this.#run;
    try {
      if (query.where.at === "live") throw new Error("A redrive sends what is there. Choose another start than live.");
      const from = this.#newest === undefined ? positionOf(query.where) : "earliest";
      const [detail, topics] = await Promise.all([kafka.admin.topic(topic), kafka.admin.topics({ internal: true, signal })]);
      if (signal.aborted) return;
      this.topicId = detail.id;
      this.topics = new Map(topics.map((t) => [t.name, t]));
      const filter = workerFilter(query);
      const consumer = kafka.consume({
        partitions: (query.partitions ?? detail.layout.map((p) => p.id)).map((partition) => ({ topic, partition, from })),
        until: "end", valueLimit, signal,
        ...(filter && { filter }),
        onRetry: (error) => {
          this.retrying = error;
          this.changes.emit();
        },
      });
      for await (const batch of consumer) {
        this.retrying = undefined;
        this.scanned += batch.records.length + batch.skipped.filtered;
        const found = batch.records.filter((r) => matches(query, r));
        if (this.#newest === undefined) found.forEach((r) => this.#take(r));
        else this.#keep(batch.partition, found, this.#newest);
        this.changes.emit();
      }
      this.#takeKept();
      await this.#ask(kafka);
      this.isReady = true;
      this.#end("ended");
    } catch (e) {
      if (!signal.aborted) this.error = e;
      this.#end("failed"); // unless it was stopped
      await this.#ask(kafka);
      this.isReady = true;
      this.changes.emit();
    }
  }

  /** How many of each partition are taken, of those that a filter takes; undefined: all that are read. */
  get #newest(): number | undefined {
    const { query } = this.job;
    return query.where.at === "newest" && isFiltered(query) ? query.where.n : undefined;
  }

  /** Keeps the newest records, of which it isn't known before the end whether there are newer ones. */
  #keep(partition: number, found: KafkaRecord[], most: number): void {
    const all = [...(this.#kept.get(partition) ?? []), ...found.map((r) => r.detach())];
    this.#kept.set(partition, all.slice(-most));
  }

  #takeKept(): void {
    for (const all of this.#kept.values()) all.forEach((record) => this.#take(record));
    this.#kept.clear();
  }

  #take(record: KafkaRecord): void {
    const way = wayOf(this.job, record, this.topics);
    if (this.first.length < mostShown) this.first.push({ record: record.detach(), way });
    if ("why" in way) return count(this.blocked, way.why);
    count(this.targets, way.to);
    const { partition, offset } = record;
    if (this.sent.has(this.source, { record, to: way.to })) {
      this.again++;
      this.lastAgain.set(partition, offset);
    }
    this.ranges.set(partition, { from: this.ranges.get(partition)?.from ?? offset, until: offset + 1n });
  }

  /** Asks the topics for the settings that matter. What this client may not see is as by default. */
  async #ask(kafka: Kafka): Promise<void> {
    const names = [...this.targets.keys()].slice(0, mostAsked);
    const answers = await Promise.all(names.map((topic) => kafka.admin.configs({ topic }).catch(() => [])));
    for (const [i, configs] of answers.entries()) {
      const setting = (name: string) => configs.find((c) => c.name === name)?.value;
      if (setting("message.timestamp.type") === "LogAppendTime") this.restamped.push(names[i]!);
      const most = Number(setting("max.message.bytes") ?? Infinity) - batchOverhead;
      this.chunkBytes = Math.min(this.chunkBytes, most);
    }
  }

  #end(state: RedriveScan["state"]): void {
    if (this.state !== "scanning") return;
    this.#takeKept();
    this.state = state;
    this.changes.emit();
  }
}

function count(counts: Map<string, number>, what: string): void {
  const name = counts.has(what) || counts.size < mostCounted ? what : others;
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function sum(counts: ReadonlyMap<string, number>): number {
  let n = 0;
  for (const c of counts.values()) n += c;
  return n;
}
