import { Batches } from "./batches.js";
import type { Call, Calls } from "./calls.js";
import { checkPartitions, consumeOptions } from "./consume_options.js";
import type { Batch, Consumer, ConsumeOptions, KafkaRecord, Progress } from "./consumer_types.js";
import { aborted, KafkaError } from "./errors.js";
import { checkPosition, checkTopicPartition, type Position, type TopicPartition } from "./position.js";

/** How many batches may be under way, beside the item that says that the consumer is open. */
const credit = 4;

const done = { done: true, value: undefined } as const;

/** Tells onRetry. It has no caller that could get its error. */
async function told(onRetry: ConsumeOptions["onRetry"], error: KafkaError): Promise<void> {
  try {
    await onRetry?.(error);
  } catch (thrown) {
    console.error("kafkaio: onRetry failed:", thrown);
  }
}

/** Starts to read. */
export function consume(calls: Calls, o: ConsumeOptions): Consumer {
  return new PageConsumer(calls, consumeOptions(o), o);
}

/** A consumer lasts as long as the call that opened it. */
class PageConsumer implements Consumer {
  #calls: Calls;
  #call: Call;
  #opened: Promise<void>;
  #control: Promise<unknown>; // the last pause or resume: one runs after the other
  #settled: Promise<void>; // once the call has ended
  #batches: Batches;
  #waiting: (() => void)[] = [];
  #lastSeek = 0;
  #signal: AbortSignal | undefined;
  #onAbort = () => this.#end("aborted", aborted(this.#signal!.reason));

  #ended: NonNullable<Progress["ended"]> | undefined;
  #error: KafkaError | undefined;
  #last: Progress = { partitions: [], scanned: 0, matched: 0, bytes: 0 };

  constructor(calls: Calls, options: object, { signal, onRetry }: ConsumeOptions) {
    this.#calls = calls;
    this.#signal = signal;
    this.#batches = new Batches(() => this.#call.grant(1));
    let open!: () => void;
    this.#opened = new Promise((resolve) => (open = resolve));
    this.#control = this.#opened;
    this.#call = calls.start("consume", options, {
      items: credit + 1,
      onItem: (item) => {
        if (item === null) open();
        else this.#receive(item as Uint8Array);
      },
      callbacks: { retry: (error) => told(onRetry, error as KafkaError) },
    });
    this.#settled = this.#call.result.then(
      (result) => {
        const { progress, error } = result as unknown as { progress: Progress; error: KafkaError | null };
        this.#last = progress;
        this.#end(error ? "error" : "until", error ?? undefined);
      },
      (error: KafkaError) => this.#end("error", error),
    );
    void this.#settled.then(open);
    if (signal?.aborted) this.#onAbort();
    else signal?.addEventListener("abort", this.#onAbort);
  }

  [Symbol.asyncIterator](): AsyncIterator<Batch, undefined, undefined> {
    return {
      next: () => this.#next(),
      return: async () => {
        await this.close();
        return done;
      },
    };
  }

  records(): AsyncIterableIterator<KafkaRecord> {
    const records = this.#eachRecord();
    return {
      next: () => records.next(),
      return: async () => {
        await this.close(); // a generator's own would wait for a next that waits for records
        return done;
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  async *#eachRecord(): AsyncGenerator<KafkaRecord, void, undefined> {
    for await (const batch of this) {
      for (const record of batch.records) {
        if (this.#ended === "closed" || this.#ended === "aborted") break;
        yield record;
      }
    }
  }

  async progress(): Promise<Progress> {
    if (!this.#ended) {
      await this.#opened;
      try {
        return (await this.#calls.do("consume.progress", {}, { on: this.#call })) as unknown as Progress;
      } catch (error) {
        if (!KafkaError.is(error, "ERR_CLOSED") && !this.#ended) throw error;
      }
    }
    await this.#settled;
    return { ...this.#last, ended: this.#ended! };
  }

  pause(p?: TopicPartition[]): void {
    checkPartitions(p);
    this.#batches.pause(p);
    this.#do("consume.pause", p);
  }

  resume(p?: TopicPartition[]): void {
    checkPartitions(p);
    this.#batches.resume(p);
    this.#wake();
    this.#do("consume.resume", p);
  }

  async seek(to: TopicPartition & { to: Position }): Promise<void> {
    checkTopicPartition(to, "to", ["to"]);
    checkPosition(to.to, "to.to");
    const number = ++this.#lastSeek;
    await this.#opened;
    await this.#calls.do("consume.seek", { ...to, number }, { on: this.#call });
    this.#batches.seeked(to, number);
  }

  async close(): Promise<void> {
    this.#end("closed");
    await this.#settled;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #next(): Promise<IteratorResult<Batch, undefined>> {
    for (;;) {
      const batch = this.#batches.take();
      if (batch) return { done: false, value: batch };
      if (this.#error) throw this.#error;
      if (this.#ended) return done;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #receive(bytes: Uint8Array): void {
    if (this.#ended) return;
    this.#batches.add(bytes);
    this.#wake();
  }

  /** Ends it for the first reason that there is. What has come is still read, unless the page wants no more. */
  #end(how: NonNullable<Progress["ended"]>, error?: KafkaError): void {
    if (this.#ended) return;
    this.#ended = how;
    this.#error = error;
    if (how === "closed" || how === "aborted" || KafkaError.is(error, "ERR_CLOSED")) this.#batches.clear();
    this.#signal?.removeEventListener("abort", this.#onAbort);
    this.#call.cancel();
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** Pauses or resumes in the Worker. Once the consumer has ended, there is nothing to do. */
  #do(method: string, partitions: TopicPartition[] | undefined): void {
    this.#control = this.#control.then(() => this.#calls.do(method, { partitions }, { on: this.#call })).catch(() => {});
  }
}
