import { AdminClient } from "./admin.js";
import type { Admin } from "./admin_types.js";
import { readBatch } from "./batch.js";
import type { Call, Calls } from "./calls.js";
import { consume } from "./consumer.js";
import type { Consumer, ConsumeOptions, KafkaRecord } from "./consumer_types.js";
import { KafkaError, mismatch } from "./errors.js";
import type { FrameBatch, FramesOptions } from "./frame_types.js";
import { frames } from "./frames.js";
import type { Host } from "./host.js";
import { items } from "./items.js";
import { iterate } from "./iterate.js";
import { checkFields, checkSignal } from "./options.js";
import { checkOffset, checkTopicPartition, type TopicPartitionOffset } from "./position.js";
import type { NewRecord, Produced, ProduceOptions, ProduceResult } from "./produce_types.js";
import { Producer } from "./producer.js";
import { openSocket } from "./socket.js";
import type { Kafka, KafkaSocket, SocketCallOptions, Status } from "./types.js";

/**
 * How long close waits for the Worker, in milliseconds. Consumers take up to 10 s to leave their groups (leaveTime in
 * web/wasm/internal/client/consume_group.go).
 */
const closeLimit = 11_000;

/** How many changes of the state may be under way. */
const statusCredit = 8;

/** A connected client. It lasts as long as the call that connected it. */
export class Client implements Kafka {
  readonly clusterId: string;
  readonly admin: Admin;
  readonly closed: Promise<KafkaError | undefined>;
  #calls: Calls;
  #connection: Call;
  #producer: Producer;
  #closing: Promise<void> | undefined;
  /** Whether the Worker did not close in time. Otherwise what it hasn't answered, it hasn't begun. */
  #gaveUp = false;

  constructor(calls: Calls, connection: Call, host: Host, opened: { clusterId: string }) {
    this.clusterId = opened.clusterId;
    this.#calls = calls;
    this.#connection = connection;
    this.admin = new AdminClient(calls);
    this.#producer = new Producer(calls);
    this.closed = connection.result.then(
      () => undefined,
      (error: KafkaError) => error,
    );
    void this.closed.then(() => {
      host.end();
      calls.end((writes) => closedError(writes && this.#gaveUp));
    });
  }

  produce(record: NewRecord, o?: ProduceOptions): Promise<Produced>;
  produce(records: Iterable<NewRecord> | AsyncIterable<NewRecord>, o?: ProduceOptions): Promise<ProduceResult[]>;
  async produce(what: NewRecord | Iterable<NewRecord> | AsyncIterable<NewRecord>, o: ProduceOptions = {}): Promise<Produced | ProduceResult[]> {
    if (typeof what !== "object" || what === null) throw mismatch("record: an object, or an iterable of objects, was expected");
    return Symbol.iterator in what || Symbol.asyncIterator in what ? this.#producer.all(what, o) : this.#producer.one(what, o);
  }

  async partitionFor(topic: string, key: Uint8Array | string): Promise<number> {
    return this.#producer.partitionFor(topic, key);
  }

  socket(broker: number | string, o?: SocketCallOptions): Promise<KafkaSocket> {
    return openSocket(this.#calls, broker, o);
  }

  consume(options: ConsumeOptions): Consumer {
    return consume(this.#calls, options);
  }

  async record(at: TopicPartitionOffset, o: { signal?: AbortSignal } = {}): Promise<KafkaRecord | null> {
    checkTopicPartition(at, "at", ["offset", "timestamp"]);
    checkOffset(at.offset, "at.offset");
    checkFields(o, "options", ["signal"]);
    checkSignal(o.signal);
    const { topic, partition, offset } = at; // which may be a record, or what produce returned
    const bytes = await this.#calls.do("record", { topic, partition, offset }, { signal: o.signal });
    return bytes === null ? null : readBatch(bytes as Uint8Array).batch.records[0]!;
  }

  frames(o: FramesOptions = {}): AsyncGenerator<FrameBatch, void, undefined> {
    return iterate((left) => frames(this.#calls, o, left));
  }

  status(o: { signal?: AbortSignal } = {}): AsyncGenerator<Status, void, undefined> {
    return iterate((left) => this.#status(o, left));
  }

  async *#status(o: { signal?: AbortSignal }, left: Promise<void>): AsyncGenerator<Status, void, undefined> {
    checkFields(o, "options", ["signal"]);
    checkSignal(o.signal);
    try {
      yield* items(this.#calls, "status", {}, { items: statusCredit, signal: o.signal, left }) as AsyncGenerator<never>;
    } catch (error) {
      if (!this.#connection.ended && !KafkaError.is(error, "ERR_CLOSED")) throw error;
    }
    const isLeft = await Promise.race([left.then(() => true), this.closed.then(() => false)]);
    if (isLeft) return;
    const error = await this.closed;
    yield error ? { state: "closed", error } : { state: "closed" };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#connection.cancel();
    const limit = setTimeout(() => {
      this.#gaveUp = true;
      this.#connection.succeed(null);
    }, closeLimit);
    await this.closed;
    clearTimeout(limit);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function closedError(outcomeUnknown: boolean): KafkaError {
  return new KafkaError({ code: "ERR_CLOSED", message: "the client is closed", outcomeUnknown });
}
