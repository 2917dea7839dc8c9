import { Batches } from "./batches.js";
import type { Call, Calls } from "./calls.js";
import { consumeOptions, offsetsOf, partitionsOf, seekOf } from "./consume_options.js";
import type { Batch, Consumer, ConsumeOptions, KafkaRecord, Progress } from "./consumer_types.js";
import { aborted, KafkaError, mismatch } from "./errors.js";
import { iterate } from "./iterate.js";
import { Membership, type Revocation } from "./membership.js";
import type { Position, TopicPartition, TopicPartitionOffset } from "./position.js";
import { told, type Callbacks } from "./questions.js";

/** How many batches may be under way, beside the item that says that the consumer is open. */
const credit = 4;

const done = { done: true, value: undefined } as const;

/** What the Worker says at the end. */
interface Result {
  progress: Progress;
  error: KafkaError | null;
  leaving: KafkaError | null;
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
  #telling = false; // the Worker what is paused
  #settled: Promise<void>; // once the call has ended
  #batches: Batches;
  #membership: Membership | undefined; // of a group
  #idle: (() => void)[] = []; // who waits for the loop to have taken all
  #waiting: (() => void)[] = [];
  #lastSeek = 0;
  #signal: AbortSignal | undefined;
  #onAbort = () => this.#leave("aborted", aborted(this.#signal!.reason));

  #ended: NonNullable<Progress["ended"]> | undefined;
  #error: KafkaError | undefined;
  #left = false; // the page wants no more, not even what has come
  #leaving: KafkaError | undefined; // what failed when it left its group
  #last: Progress = { partitions: [], scanned: 0, matched: 0, bytes: 0 };

  constructor(calls: Calls, options: object, { signal, onRetry, group }: ConsumeOptions) {
    this.#calls = calls;
    this.#signal = signal;
    this.#batches = new Batches(() => this.#call.grant(1), () => void this.#tellPaused());
    this.#membership = group && new Membership(group);
    let open!: () => void;
    this.#opened = new Promise((resolve) => (open = resolve));
    this.#call = calls.start("consume", options, {
      items: credit + 1,
      onItem: (item) => {
        if (item === null) open();
        else this.#receive(item as Uint8Array);
      },
      callbacks: { retry: (error) => told("onRetry", () => onRetry?.(error as KafkaError)), ...(this.#membership && this.#groupCallbacks(this.#membership)) },
    });
    this.#settled = this.#call.result.then(
      (result) => {
        const { progress, error, leaving } = result as unknown as Result;
        this.#last = progress;
        this.#leaving = leaving ?? undefined;
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
      next: () => this.#next(false),
      return: async () => {
        await this.close();
        return done;
      },
    };
  }

  records(): AsyncIterableIterator<KafkaRecord> {
    return iterate(
      () => this.#eachRecord(),
      () => this.close(),
    );
  }

  async *#eachRecord(): AsyncGenerator<KafkaRecord, undefined, undefined> {
    for (;;) {
      const { value: batch } = await this.#next(true);
      if (!batch) return undefined;
      for (const record of batch.records) {
        if (this.#left) {
          this.#membership?.abandon();
          break;
        }
        this.#membership?.reach(record.offset + 1n);
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
    this.#batches.pause(partitionsOf(p));
  }

  resume(p?: TopicPartition[]): void {
    this.#batches.resume(partitionsOf(p));
    this.#wake();
  }

  async seek(to: TopicPartition & { to: Position }): Promise<void> {
    const seek = { ...seekOf(to, this.#membership !== undefined), number: ++this.#lastSeek };
    this.#batches.seeking(seek);
    try {
      await this.#opened;
      await this.#calls.do("consume.seek", seek, { on: this.#call });
      this.#batches.seeked(seek, seek.number);
      this.#membership?.seeked(seek);
    } finally {
      this.#batches.sought(seek);
    }
  }

  async commit(offsets?: TopicPartitionOffset[]): Promise<void> {
    if (!this.#membership) throw mismatch("commit: the consumer has no group");
    const toCommit = offsets === undefined ? this.#membership.got() : offsetsOf(offsets);
    await this.#opened;
    await this.#calls.do("consume.commit", { offsets: toCommit }, { on: this.#call, writes: true });
  }

  async close(): Promise<void> {
    this.#leave("closed");
    await this.#settled;
    if (this.#leaving) throw this.#leaving;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #next(byRecord: boolean): Promise<IteratorResult<Batch, undefined>> {
    this.#membership?.take(undefined, undefined);
    for (;;) {
      const batch = this.#batches.take();
      if (batch) {
        this.#membership?.take(batch, byRecord ? undefined : batch.next);
        return { done: false, value: batch };
      }
      if (this.#ended && !(this.#ended === "until" && !this.#batches.isEmpty)) {
        this.#forgetSignal();
        if (this.#error) throw this.#error;
        return done;
      }
      for (const resolve of this.#idle.splice(0)) resolve();
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** What the Worker asks a member of a group. */
  #groupCallbacks(membership: Membership): Callbacks {
    const finished = (offsets: TopicPartitionOffset[]) => offsets.map((o) => ({ ...o, offset: String(o.offset) }));
    return {
      assigned: (p) => membership.assigned(p as unknown as TopicPartition[]),
      revoked: async (r) => {
        const revocation = r as unknown as Revocation;
        const number = ++this.#lastSeek;
        this.#batches.revoked(revocation.partitions, number);
        return { number, finished: finished(await membership.revoked(revocation)) };
      },
      finished: () => finished(membership.finished()),
      drained: async () => {
        while (!this.#ended && !(this.#waiting.length > 0 && this.#batches.isEmpty)) {
          await new Promise<void>((resolve) => this.#idle.push(resolve));
        }
      },
    };
  }

  #receive(bytes: Uint8Array): void {
    if (this.#ended) return;
    this.#batches.add(bytes);
    this.#wake();
  }

  /** Ends it for the first reason that there is. What has come is still read, unless the client is closed. */
  #end(how: NonNullable<Progress["ended"]>, error?: KafkaError): void {
    if (this.#ended) return;
    this.#ended = how;
    this.#error = error;
    if (KafkaError.is(error, "ERR_CLOSED")) this.#dropAll();
    this.#call.cancel();
    this.#wake();
  }

  /** The page wants no more. It may have ended before, and the loop still read what had come. */
  #leave(how: "closed" | "aborted", error?: KafkaError): void {
    if (this.#ended) this.#error ??= error;
    this.#dropAll();
    this.#end(how, error);
  }

  #dropAll(): void {
    this.#left = true;
    this.#batches.clear();
    this.#forgetSignal();
  }

  #forgetSignal(): void {
    this.#signal?.removeEventListener("abort", this.#onAbort);
  }

  #wake(): void {
    for (const wake of [...this.#waiting.splice(0), ...(this.#ended ? this.#idle.splice(0) : [])]) wake();
  }

  /** Tells the Worker what is paused, until it knows all, or has ended: then there is nothing to do. */
  async #tellPaused(): Promise<void> {
    if (this.#telling) return;
    this.#telling = true;
    await this.#opened;
    for (let telling; !this.#ended && (telling = this.#batches.untold(() => ++this.#lastSeek)); ) {
      const error = await this.#calls.do("consume.pause", telling, { on: this.#call }).then(() => undefined, (error: KafkaError) => error);
      this.#batches.told(telling, !error);
      if (!error) continue;
      if (!KafkaError.is(error, "ERR_CLOSED")) this.#end("error", error);
      break;
    }
    this.#telling = false;
    this.#wake();
  }
}
