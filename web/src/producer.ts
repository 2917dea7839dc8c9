import type { Calls } from "./calls.js";
import { aborted, KafkaError, thrown, withReason } from "./errors.js";
import { checkBytes, checkName } from "./options.js";
import { produceOptions } from "./produce_options.js";
import { ProduceStream } from "./produce_stream.js";
import type { NewRecord, Produced, ProduceOptions, ProduceResult } from "./produce_types.js";
import { RecordWriter } from "./record_writer.js";
import type { Value } from "./value.js";

/** Where the Worker says that a record is. */
type Stored = { partition: number; offset: bigint; timestamp: number };

/** Produces a client's records. */
export class Producer {
  #calls: Calls;
  #handing: Promise<void> = Promise.resolve();

  constructor(calls: Calls) {
    this.#calls = calls;
  }

  async one(record: NewRecord, o: ProduceOptions): Promise<Produced> {
    const options = produceOptions(o);
    const writer = new RecordWriter();
    guard(() => writer.add(record));
    const { topic } = record;
    const handed = await this.hand(writer.bytes, options, o.signal);
    const [result] = await handed.results;
    if (result instanceof KafkaError) throw withReason(result, o.signal);
    return { topic, ...(result as Stored) };
  }

  async all(records: Iterable<NewRecord> | AsyncIterable<NewRecord>, o: ProduceOptions): Promise<ProduceResult[]> {
    return new ProduceStream(this, produceOptions(o), o.signal).run(records);
  }

  async partitionFor(topic: string, key: Uint8Array | string): Promise<number> {
    checkName(topic, "topic");
    const bytes = typeof key === "string" ? new TextEncoder().encode(key) : key;
    checkBytes(bytes, "key");
    return (await this.#calls.do("partitionFor", { topic }, { bytes })) as number;
  }

  /**
   * Hands records over, after those that were handed over before. It resolves once the Worker has taken them,
   * which is when it takes further ones, or has refused them. Results come when brokers have answered.
   */
  async hand(bytes: Uint8Array, options: object, signal: AbortSignal | undefined): Promise<{ results: Promise<Value[]> }> {
    const copy = bytes.slice();
    const turn = this.#handing;
    const { promise: handed, resolve } = withResolvers();
    this.#handing = turn.then(() => handed);
    try {
      await untilAborted(turn, signal);
    } catch (error) {
      resolve();
      throw error;
    }
    const call = this.#calls.start("produce", options, { bytes: copy, signal, writes: true, items: 1, onItem: resolve });
    const results = call.result as Promise<Value[]>;
    results.then(() => resolve(), resolve);
    await handed;
    return { results };
  }
}

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve!: () => void;
  const promise = new Promise<void>((r) => (resolve = r));
  return { promise, resolve };
}

/** Waits for a promise, but no longer than the signal isn't aborted. */
async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  if (signal.aborted) throw aborted(signal.reason);
  let stop = () => {};
  const stopped = new Promise<never>((_, reject) => {
    const onAbort = () => reject(aborted(signal.reason));
    signal.addEventListener("abort", onAbort);
    stop = () => signal.removeEventListener("abort", onAbort);
  });
  try {
    return await Promise.race([promise, stopped]);
  } finally {
    stop();
  }
}

/** Runs what may run code of the page's, such as an iterator of headers, whose errors are wrapped. */
export function guard<T>(f: () => T): T {
  try {
    return f();
  } catch (error) {
    throw error instanceof KafkaError ? error : thrown(error);
  }
}
