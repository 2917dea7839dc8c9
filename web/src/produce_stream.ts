import { aborted, KafkaError, thrown } from "./errors.js";
import type { NewRecord, Produced, ProduceResult } from "./produce_types.js";
import { guard, type Producer } from "./producer.js";
import { RecordWriter } from "./record_writer.js";
import type { Value } from "./value.js";

/** How many bytes of records cross at once, at least; an event costs about the same whatever its size. */
const batchBytes = 256 << 10;

/** How long an asynchronous iterable may take for the next record before those that came are handed over. */
const lingerMs = 5;

/** Records that cross together: which of the stream's they are, and their topics. */
interface Batch {
  indexes: number[];
  topics: string[];
}

/** One call of produce with an iterable. It takes records as fast as the Worker does. */
export class ProduceStream {
  #producer: Producer;
  #options: object;
  #signal: AbortSignal | undefined;
  #writer = new RecordWriter();
  #batch: Batch = { indexes: [], topics: [] };
  #results: (ProduceResult | undefined)[] = []; // undefined: it isn't known, or wasn't handed over
  #answers: Promise<void>[] = []; // none rejects
  #failure: KafkaError | undefined;
  #interrupt: (error: KafkaError) => void = () => {};

  constructor(producer: Producer, options: object, signal: AbortSignal | undefined) {
    this.#producer = producer;
    this.#options = options;
    this.#signal = signal;
  }

  /** Produces the records. If it can't go on it takes no more, and throws once it knows what became of the others. */
  async run(records: Iterable<NewRecord> | AsyncIterable<NewRecord>): Promise<ProduceResult[]> {
    const onAbort = () => this.#fail(aborted(this.#signal!.reason));
    this.#signal?.addEventListener("abort", onAbort);
    try {
      if (this.#signal?.aborted) onAbort();
      else await this.#run(records);
    } catch (error) {
      this.#fail(error instanceof KafkaError ? error : thrown(error));
    } finally {
      this.#signal?.removeEventListener("abort", onAbort);
    }
    if (!this.#failure) return this.#results as ProduceResult[];
    await Promise.all(this.#answers);
    const mayBeStored = this.#results.some((r) => r && (!("error" in r) || r.error.outcomeUnknown));
    throw new KafkaError({ ...this.#failure, message: this.#failure.message, cause: this.#failure.cause, outcomeUnknown: mayBeStored });
  }

  async #run(records: Iterable<NewRecord> | AsyncIterable<NewRecord>): Promise<void> {
    if (Symbol.asyncIterator in records) {
      await this.#takeAsync(records[Symbol.asyncIterator]());
    } else {
      for (const record of records) {
        this.#add(record);
        if (this.#writer.length >= batchBytes) await this.#hand();
      }
    }
    await this.#hand();
    await Promise.all(this.#answers);
    if (this.#failure) throw this.#failure;
  }

  async #takeAsync(iterator: AsyncIterator<NewRecord>): Promise<void> {
    let done = false;
    try {
      for (;;) {
        const next = Promise.resolve(iterator.next());
        const result = (await this.#soon(next)) ?? (await this.#handWhile(next));
        if (result.done) {
          done = true;
          return;
        }
        this.#add(result.value);
        if (this.#writer.length >= batchBytes) await this.#hand();
      }
    } finally {
      if (!done) void (async () => iterator.return?.())().catch(() => {}); // which may take as long as it likes
    }
  }

  /** Waits for the next record. If others wait to be handed over it waits only briefly, and then returns undefined. */
  #soon<T>(next: Promise<T>): Promise<T | undefined> {
    return this.#writer.length === 0 ? this.#unlessFailed(next) : this.#unlessFailed(next, lingerMs);
  }

  async #handWhile<T>(next: Promise<T>): Promise<T> {
    next.catch(() => {}); // until it is waited for
    await this.#hand();
    return (await this.#unlessFailed(next)) as T;
  }

  /** Waits for a promise, until a failure, and if there is a limit no longer than so many milliseconds. */
  #unlessFailed<T>(promise: Promise<T>, limit?: number): Promise<T | undefined> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    return new Promise<T | undefined>((resolve, reject) => {
      if (this.#failure) reject(this.#failure);
      this.#interrupt = reject;
      if (limit !== undefined) timer = setTimeout(() => resolve(undefined), limit);
      promise.then(resolve, reject);
    }).finally(() => clearTimeout(timer));
  }

  #fail(error: KafkaError): void {
    this.#failure ??= error;
    this.#interrupt(error);
  }

  #add(record: NewRecord): void {
    const index = this.#results.length;
    try {
      guard(() => this.#writer.add(record));
    } catch (error) {
      this.#results.push({ topic: String((record as Partial<NewRecord> | null)?.topic), error: error as KafkaError });
      return;
    }
    this.#results.push(undefined);
    this.#batch.indexes.push(index);
    this.#batch.topics.push(record.topic);
  }

  async #hand(): Promise<void> {
    if (this.#writer.length === 0) return;
    const batch = this.#batch;
    const handing = this.#producer.hand(this.#writer.bytes, this.#options, this.#signal);
    this.#writer.clear();
    this.#batch = { indexes: [], topics: [] };
    const { results } = await handing;
    this.#answers.push(results.then((values) => this.#answered(batch, values), (error: KafkaError) => this.#refused(batch, error)));
    if (this.#failure) throw this.#failure;
  }

  /** The Worker has refused a batch, or has ended. */
  #refused({ indexes, topics }: Batch, error: KafkaError): void {
    indexes.forEach((index, i) => (this.#results[index] = { topic: topics[i]!, error }));
    this.#fail(error);
  }

  #answered({ indexes, topics }: Batch, values: Value[]): void {
    indexes.forEach((index, i) => {
      const value = values[i];
      const topic = topics[i]!;
      this.#results[index] = value instanceof KafkaError ? { topic, error: value } : ({ topic, ...(value as object) } as Produced);
    });
  }
}
