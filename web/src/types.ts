import type { Admin } from "./admin_types.js";
import type { Consumer, ConsumeOptions, KafkaRecord } from "./consumer_types.js";
import type { KafkaError } from "./errors.js";
import type { FrameBatch, FramesOptions } from "./frame_types.js";
import type { TopicPartitionOffset } from "./position.js";
import type { NewRecord, Produced, ProduceOptions, ProduceResult } from "./produce_types.js";

/**
 * Why a token is wanted: for a new connection to the bridge; because the bridge says that the last one is
 * about to expire; because the bridge refused the last one.
 */
export type TokenReason = "connect" | "expiring" | "refused";

/** What connect takes. Each field may be left out; bridge only in a page. */
export interface ConnectOptions {
  /**
   * The bridge: an http:, https:, ws: or wss: URL, or a path of the page's origin. Default: /kafka of the
   * page's origin. Outside of a page it is required.
   */
  bridge?: string | URL;
  /** The name of a cluster, of a bridge that has several. It is appended to the bridge's path. */
  cluster?: string;
  /**
   * What the bridge wants to see: a token, or a function that returns one within two minutes. The function is called
   * once at a time, whenever a token is wanted. The signal is aborted when it is wanted no longer. What the function
   * throws is the cause of an ERR_TOKEN.
   */
  token?: string | ((why: TokenReason, signal: AbortSignal) => string | Promise<string>);
  /**
   * How to authenticate to the brokers, through the bridge, which passes it on. token is called for each connection
   * and again when the broker's session expires, once at a time, and has two minutes; the signal is aborted when the
   * token is no longer wanted. What it throws is the cause of an ERR_TOKEN. If brokers refuse the credentials, that
   * is a SASL_AUTHENTICATION_FAILED; it closes a client that was connected once brokers have refused three times.
   */
  sasl?:
    | { mechanism: "plain" | "scram-sha-256" | "scram-sha-512"; username: string; password: string }
    | { mechanism: "oauthbearer"; token: (signal: AbortSignal) => Promise<string> };
  /**
   * TLS with the brokers, end to end, in PEM. Without ca, certificates of the public authorities are taken: they are
   * in roots.pem beside kafka.wasm, since a page can't use its browser's.
   *
   * A broker's certificate must be for the host that the cluster advertises, or for serverName. Nobody tells the host
   * of the first broker, which the bridge chooses. So its certificate must be for serverName. Without serverName any
   * certificate of ca will do, and ca must be an authority of the cluster's own; true alone is refused.
   */
  tls?: boolean | { ca?: string; cert?: string; key?: string; serverName?: string };
  /** Makes the client refuse whatever writes, with ERR_READ_ONLY. */
  readOnly?: boolean;
  /** What brokers log of this client. Default: "kafkaio". */
  clientId?: string;
  /** Aborts connecting. Once connected, it does nothing. */
  signal?: AbortSignal;
  /** Where kafkaio/worker.js is, if not beside this module. In Node it is kafkaio/worker.node.js. */
  workerURL?: string | URL;
  /** Where kafkaio/kafka.wasm is, if not beside this module. roots.pem has to be beside it, which tls may need. */
  wasmURL?: string | URL;
}

/** A client of one cluster. It lasts until close(), or until the bridge or its Worker ends it. */
export interface Kafka extends AsyncDisposable {
  /** The cluster's own id. Empty if it has none. */
  readonly clusterId: string;
  /** Describes the cluster, its topics and groups, and changes them. */
  readonly admin: Admin;
  /** Stores a record. It rejects if the record isn't stored, or nobody knows: then outcomeUnknown is true. */
  produce(record: NewRecord, o?: ProduceOptions): Promise<Produced>;
  /**
   * Stores records, and returns a result of each, in their order. It takes them as fast as brokers do. Records of
   * one partition are stored in order. It rejects if it can't go on: the iterable threw, say, or the signal was
   * aborted. Some records may be stored then, and outcomeUnknown says so.
   */
  produce(records: Iterable<NewRecord> | AsyncIterable<NewRecord>, o?: ProduceOptions): Promise<ProduceResult[]>;
  /** The partition that Java's producer chooses for a key now. It changes when the topic gets further partitions. */
  partitionFor(topic: string, key: Uint8Array | string): Promise<number>;
  /**
   * Reads records. It begins at once; what can't be read is tried again, see onRetry. Options that make no sense
   * are thrown.
   */
  consume(options: ConsumeOptions): Consumer;
  /** The record at an offset, whole; also one of a transaction that was aborted. null: there is none. */
  record(at: TopicPartitionOffset, o?: { signal?: AbortSignal }): Promise<KafkaRecord | null>;
  /**
   * Opens a connection to a broker, by its id or its host:port, for a program that speaks Kafka's protocol
   * itself. It is authenticated if the client has sasl.
   */
  socket(broker: number | string, o?: SocketCallOptions): Promise<KafkaSocket>;
  /**
   * Yields the requests and responses that pass on all connections of the client from the first next() on, without
   * TLS and without credentials. It never slows the client: 8 MiB wait in the Worker to be taken, and what comes
   * then is dropped and counted. It may run several times at once.
   */
  frames(o?: FramesOptions): AsyncIterable<FrameBatch>;
  /**
   * Yields the client's state, and then each change of it; "closed" is the last. "connected" means that a
   * broker answers, which is checked every 10 s. A reader that is more than 32 changes behind misses the oldest.
   */
  status(o?: { signal?: AbortSignal }): AsyncIterable<Status>;
  /** Resolves when the client has closed: with the error that closed it, or undefined after close(). */
  readonly closed: Promise<KafkaError | undefined>;
  /**
   * Ends what is under way with ERR_CLOSED, and closes the client. Consumers leave their groups before, and commit: it
   * takes up to 11 s. A second call does nothing.
   */
  close(): Promise<void>;
}

/** The state of a client. */
export type Status =
  /** A broker answers. */
  | { state: "connected" }
  /** The bridge or all brokers are lost. attempt counts from 1; the next one is in retryInMs milliseconds. */
  | { state: "reconnecting"; attempt: number; retryInMs: number; error: KafkaError }
  /** The last state. Without an error the page closed the client. */
  | { state: "closed"; error?: KafkaError };

/** What bounds a call of a socket. */
export interface SocketCallOptions {
  /** Milliseconds. Default: 1500; of opening 2500, for each step. */
  timeout?: number;
  signal?: AbortSignal;
}

/**
 * A connection to one broker. A call that fails after it has moved bytes closes it, since nobody could
 * tell any more where a message begins: then every call is an ERR_NO_CONNECTION.
 */
export interface KafkaSocket extends AsyncDisposable {
  /**
   * Sends all the bytes as they are, and returns their number. ERR_CANNOT_SEND: perhaps only some were sent. A client
   * with readOnly can't look into them, and refuses.
   */
  send(bytes: Uint8Array, o?: SocketCallOptions): Promise<number>;
  /** Receives exactly n bytes. ERR_CANNOT_RECEIVE: they did not come in time, or the connection broke. */
  receive(n: number, o?: SocketCallOptions): Promise<Uint8Array>;
  /**
   * Sends a request whose body is encoded, and returns the body of its response. It adds and takes off the
   * headers that this version of the API has. Requests on one socket run one after the other; don't mix them
   * with bytes of your own that are still to be received.
   */
  request(apiKey: number, apiVersion: number, body: Uint8Array, o?: SocketCallOptions): Promise<Uint8Array>;
  /** False once the connection is closed: by close(), a failed call, the broker, or the end of the client. */
  readonly alive: boolean;
  /** Closes the connection, at once. */
  close(): void;
}
