import { readBatch } from "./batch.js";
import type { Call, Calls } from "./calls.js";
import { checkOffset, checkTopicPartition } from "./consume_options.js";
import { consume } from "./consumer.js";
import type { Consumer, ConsumeOptions, KafkaRecord, TopicPartitionOffset } from "./consumer_types.js";
import { KafkaError } from "./errors.js";
import type { Host } from "./host.js";
import { items } from "./items.js";
import { checkFields, checkSignal } from "./options.js";
import { openSocket } from "./socket.js";
import type { Kafka, KafkaSocket, SocketCallOptions, Status } from "./types.js";

/** How long close waits for the Worker, in milliseconds. */
const closeLimit = 3000;

/** How many changes of the state may be under way. */
const statusCredit = 8;

/** A connected client. It lasts as long as the call that connected it. */
export class Client implements Kafka {
  readonly clusterId: string;
  readonly closed: Promise<KafkaError | undefined>;
  #calls: Calls;
  #connection: Call;
  #closing: Promise<void> | undefined;

  constructor(calls: Calls, connection: Call, host: Host, opened: { clusterId: string }) {
    this.clusterId = opened.clusterId;
    this.#calls = calls;
    this.#connection = connection;
    this.closed = connection.result.then(
      () => undefined,
      (error: KafkaError) => error,
    );
    void this.closed.then(() => {
      host.end();
      calls.end(() => closedError());
    });
  }

  socket(broker: number | string, o?: SocketCallOptions): Promise<KafkaSocket> {
    return openSocket(this.#calls, broker, o);
  }

  consume(options: ConsumeOptions): Consumer {
    return consume(this.#calls, options);
  }

  async record(at: TopicPartitionOffset, o: { signal?: AbortSignal } = {}): Promise<KafkaRecord | null> {
    checkTopicPartition(at, "at", ["offset"]);
    checkOffset(at.offset, "at.offset");
    checkFields(o, "options", ["signal"]);
    checkSignal(o.signal);
    const bytes = await this.#calls.do("record", at, { signal: o.signal });
    return bytes === null ? null : readBatch(bytes as Uint8Array).batch.records[0]!;
  }

  async *status(o: { signal?: AbortSignal } = {}): AsyncGenerator<Status, void, undefined> {
    checkFields(o, "options", ["signal"]);
    checkSignal(o.signal);
    try {
      yield* items(this.#calls, "status", {}, { items: statusCredit, signal: o.signal }) as AsyncGenerator<never>;
    } catch (error) {
      if (!this.#connection.ended && !KafkaError.is(error, "ERR_CLOSED")) throw error;
    }
    const error = await this.closed;
    yield error ? { state: "closed", error } : { state: "closed" };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#connection.cancel();
    const limit = setTimeout(() => this.#connection.succeed(null), closeLimit);
    await this.closed;
    clearTimeout(limit);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function closedError(): KafkaError {
  return new KafkaError({ code: "ERR_CLOSED", message: "the client is closed" });
}
