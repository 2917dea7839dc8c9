import { KafkaError, type Batch, type Consumer, type ConsumeOptions, type Kafka, type KafkaRecord, type Position, type Progress } from "kafkaio";
import { Changes } from "./changes.js";
import { matches, workerFilter } from "./message_filter.js";
import type { Query, Where } from "./message_query.js";
import { MessageRing } from "./message_ring.js";

/** Of a value so many bytes come to the page; open() gets the rest. */
export const valueLimit = 4096;

/** The most records that are shown, and the bytes of all of them. */
const [mostShown, mostBytes] = [2000, 16 << 20];

/** What fits into one batch is as much as the loop takes without a pause for the tab. */
const mostBatchRecords = 500;

/** How long batches are taken before the tab may draw, in milliseconds. */
const longestTurn = 12;

/** How often the figures of a scan are asked for, in milliseconds. */
const progressEvery = 250;

/**
 * Why nothing is read. end: all was read up to the end that there was. enough: the page is full. stopped: by the user.
 * failed: see error.
 */
export type Ended = "end" | "enough" | "stopped" | "failed";

/** Offsets that were read and are no shown record. gaps: compacted, deleted, or never used. */
export interface Skipped {
  filtered: number;
  control: number;
  aborted: number;
  gaps: bigint;
}

/** The messages of a topic that a query finds, and how the scan for them is going. */
export class MessagesStore {
  readonly changes = new Changes();
  ring = new MessageRing(mostShown, mostBytes);
  query: Query | undefined;
  /** undefined: nothing was asked for yet, or it is being read. */
  ended: Ended | undefined;
  isReading = false;
  error: unknown;
  /** What can't be read now and is tried again. It goes when records come. */
  retrying: KafkaError | undefined;
  /** Records that were read, and those that the query takes: as they come, not as they are drawn. */
  scanned = 0;
  matched = 0;
  skipped: Skipped = { filtered: 0, control: 0, aborted: 0, gaps: 0n };
  /** Bytes that were read, as brokers store them. */
  bytes = 0;
  /** Of each partition: where it is, and what it has still to read. */
  partitions: Progress["partitions"] = [];
  /** The record that is open, whole if it could be read. It stays, whatever comes and goes. */
  opened: { record: KafkaRecord; isWhole: boolean; error: unknown } | undefined;
  #consumer: Consumer | undefined;
  #run = new AbortController();
  #next = new Map<number, bigint>();
  #before = { bytes: 0, milliseconds: 0 }; // of the runs before this one
  #bytesOfRun = 0;
  #startedAt = 0;

  constructor(
    private kafka: Kafka,
    readonly topic: string,
    private now: () => number = () => performance.now(),
  ) {}

  /** Reads anew. */
  start(query: Query): Promise<void> {
    this.#forget();
    this.query = query;
    return this.#read(this.#positions(query));
  }

  /** Goes on where it ended, after Stop, with a full page, or for what came since. */
  resume(): Promise<void> {
    if (this.isReading || !this.query) return Promise.resolve();
    if (this.ended === "enough") this.ring = new MessageRing(mostShown, mostBytes);
    const partitions = [...this.#next].map(([partition, offset]) => ({ topic: this.topic, partition, from: { offset } }));
    const known = new Set(this.#next.keys());
    const others = this.partitions.filter((p) => !known.has(p.partition)).map(({ partition, position }) => ({ topic: this.topic, partition, from: { offset: position } }));
    const all = [...partitions, ...others];
    return this.#read(all.length > 0 ? { partitions: all } : this.#positions(this.query));
  }

  /** Stops reading. What is shown stays. */
  stop(): void {
    this.#end("stopped");
  }

  /** Opens a record: shows what is there at once, and reads it whole. */
  async open(record: KafkaRecord): Promise<void> {
    const isWhole = record.valueLength <= (record.value?.length ?? 0);
    const opened: MessagesStore["opened"] = { record, isWhole, error: undefined };
    this.opened = opened;
    this.changes.emit();
    if (isWhole) return;
    try {
      const whole = await this.kafka.record(record);
      if (whole === null) opened.error = new Error("The record isn't there any more: retention or compaction has deleted it.");
      else if (whole.timestamp !== record.timestamp || whole.valueLength !== record.valueLength) opened.error = new Error("Another record has this offset now: the topic was made again.");
      else [opened.record, opened.isWhole] = [whole.detach(), true];
    } catch (e) {
      opened.error = e;
    }
    this.changes.emit();
  }

  close(): void {
    this.opened = undefined;
    this.changes.emit();
  }

  /** The partition that a key has now. */
  partitionFor(key: string): Promise<number> {
    return this.kafka.partitionFor(this.topic, key);
  }

  /** How far the page is behind the end of all partitions, in offsets. */
  get lag(): bigint {
    return this.partitions.reduce((lag, p) => lag + p.lag, 0n);
  }

  /** How long was read, in milliseconds. */
  get milliseconds(): number {
    return this.#before.milliseconds + (this.isReading ? this.now() - this.#startedAt : 0);
  }

  /** Whether nothing was found, though all was read that was asked for. */
  get isEmpty(): boolean {
    return this.ended === "end" && this.ring.length === 0;
  }

  /** What the topic had in place of messages. Empty: nothing at all, its partitions end where they begin. */
  get insteadOfMessages(): Partial<Record<"filtered" | "control" | "aborted" | "gaps" | "deleted", bigint>> {
    const { filtered, control, aborted, gaps } = this.skipped;
    const deleted = this.partitions.reduce((n, p) => n + (p.start === p.end ? p.end : 0n), 0n);
    const all = { filtered: BigInt(filtered), control: BigInt(control), aborted: BigInt(aborted), gaps, deleted };
    return Object.fromEntries(Object.entries(all).filter(([, n]) => n > 0n));
  }

  #positions({ where, partitions }: Query): Pick<ConsumeOptions, "topics" | "partitions" | "from"> {
    const from = positionOf(where);
    if (!partitions) return { topics: [this.topic], from };
    return { partitions: partitions.map((partition) => ({ topic: this.topic, partition, from })) };
  }

  async #read(what: Pick<ConsumeOptions, "topics" | "partitions" | "from">): Promise<void> {
    const run = (this.#run = new AbortController());
    const query = this.query!;
    const isLive = query.where.at === "live";
    const filter = workerFilter(query);
    [this.isReading, this.ended, this.error, this.retrying] = [true, undefined, undefined, undefined];
    this.#bytesOfRun = 0;
    this.#startedAt = this.now();
    this.changes.emit();
    const timer = setInterval(() => void this.#ask(run), progressEvery);
    try {
      this.#consumer = this.kafka.consume({
        ...what, valueLimit, maxBatchRecords: mostBatchRecords, signal: run.signal,
        ...(isLive ? {} : { until: "end" as const }),
        ...(filter ? { filter } : {}),
        onRetry: (error) => {
          if (run !== this.#run || run.signal.aborted) return;
          this.retrying = error;
          this.changes.emit();
        },
      });
      let drawn = this.now();
      for await (const batch of this.#consumer) {
        if (run.signal.aborted) return;
        if (!this.#take(batch, query, isLive)) {
          await this.#ask(run);
          this.#end("enough", run);
          return;
        }
        if (this.now() - drawn < longestTurn) continue;
        await tab();
        drawn = this.now();
      }
      await this.#ask(run);
      this.#end("end", run);
    } catch (e) {
      if (run.signal.aborted) return;
      this.error = e;
      this.#end("failed", run);
    } finally {
      clearInterval(timer);
    }
  }

  /** Takes a batch. false: the page is full, and the rest of the batch is read by resume(). */
  #take(batch: Batch, query: Query, isLive: boolean): boolean {
    const { skipped } = this;
    this.retrying = undefined;
    let took = 0;
    for (const record of batch.records) {
      if (!isLive && query.where.at !== "newest" && this.ring.isFull) {
        this.#next.set(batch.partition, record.offset);
        this.scanned += took;
        this.changes.emit();
        return false;
      }
      took++;
      if (!matches(query, record)) {
        skipped.filtered++;
        continue;
      }
      this.matched++;
      this.ring.add(record);
    }
    this.scanned += took + batch.skipped.filtered;
    skipped.filtered += batch.skipped.filtered;
    skipped.control += batch.skipped.control;
    skipped.aborted += batch.skipped.aborted;
    skipped.gaps += batch.skipped.gaps;
    this.#next.set(batch.partition, batch.next);
    this.changes.emit();
    return true;
  }

  async #ask(run: AbortController): Promise<void> {
    try {
      const progress = await this.#consumer?.progress();
      if (!progress || run !== this.#run) return;
      this.#bytesOfRun = progress.bytes;
      this.bytes = this.#before.bytes + progress.bytes;
      this.partitions = progress.partitions;
      this.changes.emit();
    } catch {
      // The loop says what is wrong.
    }
  }

  #end(why: Ended, run = this.#run): void {
    if (run !== this.#run || !this.isReading) return;
    this.#before = { bytes: this.#before.bytes + this.#bytesOfRun, milliseconds: this.milliseconds };
    [this.isReading, this.ended] = [false, why];
    void this.#consumer?.close().catch(() => {}); // the loop has said what is wrong
    run.abort();
    this.changes.emit();
  }

  #forget(): void {
    this.#end("stopped");
    this.#run.abort();
    this.ring = new MessageRing(mostShown, mostBytes);
    [this.scanned, this.matched, this.bytes, this.partitions, this.error, this.retrying] = [0, 0, 0, [], undefined, undefined];
    this.skipped = { filtered: 0, control: 0, aborted: 0, gaps: 0n };
    this.#next.clear();
    this.#before = { bytes: 0, milliseconds: 0 };
  }
}

function positionOf(where: Where): Position {
  switch (where.at) {
    case "newest":
      return { last: where.n };
    case "live":
      return "latest";
    case "beginning":
      return "earliest";
    case "offset":
      return { offset: where.offset };
    case "time":
      return { timestamp: where.ms };
  }
}

/** Lets the tab do what is due. */
function tab(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
