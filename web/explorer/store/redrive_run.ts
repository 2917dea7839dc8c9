import type { Batch, Kafka, KafkaError } from "kafkaio";
import type { Changes } from "./changes.js";
import { matches, workerFilter } from "./message_filter.js";
import { chunksOf, deliver, type Failure, type Sendable } from "./redrive_delivery.js";
import { wayOf } from "./redrive_job.js";
import type { RedriveScan } from "./redrive_scan.js";

/** How many failures are kept. With more, sending stops. */
export const mostFailures = 1000;

/**
 * Sends what a scan has found, and nothing else: it reads the scan's ranges again, so never what it sends itself. A
 * part is sent once the one before is acknowledged, so records of a partition stay in order.
 */
export class RedriveRun {
  /** held: records failed, and nothing is sent after them. failed: the topic can't be read, see error. */
  state: "new" | "sending" | "stopping" | "stopped" | "held" | "failed" | "done" = "new";
  error: unknown;
  /** What can't be read now and is tried again. It goes when records come. */
  retrying: KafkaError | undefined;
  /** Records that were read again, and those that brokers acknowledged. */
  read = 0;
  sent = 0;
  failures: Failure[] = [];
  /** Whether a failure is no reason to stop. */
  goesOn = false;
  #next = new Map<number, bigint>(); // where to go on; before it nothing is sent
  #failed = false; // since it was started last
  #run = new AbortController();

  constructor(
    readonly scan: RedriveScan,
    private changes: Changes,
  ) {}

  get isSending(): boolean {
    return this.state === "sending" || this.state === "stopping";
  }

  /** How many of those that the scan counted weren't there any more; 0 until all is read. */
  get missing(): number {
    return this.state === "done" ? this.scan.count - this.sent - this.failures.length : 0;
  }

  /** The failed records that can be sent again: they are known not to be stored. */
  get resendable(): Failure[] {
    return this.failures.filter((f) => !f.unknown);
  }

  /** Stops once what is under way is acknowledged or has failed. */
  stop(): void {
    if (this.state !== "sending") return;
    this.#become("stopping");
    this.#run.abort();
  }

  /** Sends, from where it stopped. */
  send(kafka: Kafka): Promise<void> {
    return this.#do(kafka, async (signal) => {
      const { job } = this.scan;
      const partitions = this.#left().map(([partition, offset, until]) => ({ topic: job.topic, partition, from: { offset }, until }));
      if (partitions.length === 0) return;
      const filter = workerFilter(job.query);
      const onRetry = (error: KafkaError) => {
        this.retrying = error;
        this.changes.emit();
      };
      for await (const batch of kafka.consume({ partitions, signal, onRetry, ...(filter && { filter }) })) {
        this.retrying = undefined;
        await this.#pass(kafka, batch);
        if (this.#mustStop) return;
      }
      for (const { partition, until } of partitions) this.#next.set(partition, until);
    });
  }

  /** Sends the failed records again that aren't stored, one after the other. */
  resend(kafka: Kafka): Promise<void> {
    const waiting = this.resendable;
    return this.#do(kafka, async (signal) => {
      for (const failure of waiting) {
        const { partition, offset, to } = failure;
        const record = await kafka.record({ topic: this.scan.job.topic, partition, offset }, { signal });
        this.failures = this.failures.filter((f) => f !== failure);
        if (record) await this.#deliver(kafka, [{ record, to }]);
        else this.failures.push({ ...failure, error: new Error("The record isn't there any more.") });
        if (this.#mustStop) return;
      }
    });
  }

  /** Of each partition that isn't read to the end of its range where to go on, and that end. */
  #left(): [partition: number, offset: bigint, until: bigint][] {
    const all = [...this.scan.ranges].map(([partition, { from, until }]) => [partition, this.#next.get(partition) ?? from, until] as [number, bigint, bigint]);
    return all.filter(([, offset, until]) => offset < until);
  }

  async #do(kafka: Kafka, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    if (this.isSending) return;
    const { signal } = (this.#run = new AbortController());
    [this.error, this.retrying, this.#failed] = [undefined, undefined, false];
    this.#become("sending");
    try {
      const { id } = await kafka.admin.topic(this.scan.job.topic);
      if (id !== this.scan.topicId) throw new Error("The topic was made again since the preview. Preview it again.");
      await work(signal);
      this.#become(this.#left().length === 0 ? "done" : signal.aborted ? "stopped" : "held");
    } catch (e) {
      if (!signal.aborted) this.error = e;
      this.#become(signal.aborted ? "stopped" : "failed");
    }
  }

  /** Whether nothing is to be sent now after what was. */
  get #mustStop(): boolean {
    return this.#run.signal.aborted || (this.#failed && !this.goesOn) || this.failures.length >= mostFailures;
  }

  /** Sends what the scan has found in a batch. */
  async #pass(kafka: Kafka, batch: Batch): Promise<void> {
    const { job, topics, ranges } = this.scan;
    const { partition, records } = batch;
    const due = this.#next.get(partition) ?? ranges.get(partition)!.from;
    if (batch.next < due || (records[0] && records[0].offset < due)) throw new Error(`The brokers have lost records of partition ${partition} that were sent already. Preview it again.`);
    const found = records.flatMap((record): Sendable[] => {
      const way = matches(job.query, record) ? wayOf(job, record, topics) : { why: "" };
      return "why" in way ? [] : [{ record, to: way.to }];
    });
    let passed = 0;
    for (const chunk of chunksOf(job, found, this.scan.chunkBytes)) {
      await this.#deliver(kafka, chunk);
      const last = chunk.at(-1)!.record;
      this.read += records.indexOf(last) + 1 - passed;
      passed = records.indexOf(last) + 1;
      this.#next.set(partition, last.offset + 1n);
      if (this.#mustStop) return;
    }
    this.read += records.length - passed + batch.skipped.filtered;
    this.#next.set(partition, batch.next);
    this.changes.emit();
  }

  /** Sends records, and notes what becomes of each. */
  async #deliver(kafka: Kafka, all: Sendable[]): Promise<void> {
    const failures = await deliver(kafka, this.scan.job, all);
    this.sent += all.length - failures.length;
    this.failures.push(...failures);
    const refused = new Set(failures.filter((f) => !f.unknown).map((f) => f.offset)); // all are of one partition
    for (const sendable of all) if (!refused.has(sendable.record.offset)) this.scan.sent.add(this.scan.source, sendable);
    this.#failed ||= failures.length > 0;
    this.changes.emit();
  }

  #become(state: RedriveRun["state"]): void {
    this.state = state;
    this.changes.emit();
  }
}
