/** Connects to a Kafka cluster through a bridge. Rejects unless a broker has answered. */
export function connect(options?: ConnectOptions): Promise<Client>;

export interface ConnectOptions {
  /** The bridge: a WebSocket URL, or a URL or path that is made one. Default: /kafka of the page's origin. */
  url?: string;
  /** What the bridge asks for, or a function that returns it; it is called for each WebSocket. */
  token?: string | (() => string | Promise<string>);
  /** Told when the bridge or all brokers are lost, each time that getting back failed, and when back. */
  onStatus?: (status: Status) => void;
}

export interface Status {
  /**
   * reconnecting: it is tried again in retryInMs; what is tailed goes on where it was.
   * closed: the bridge has refused the token or the page, and the client is closed.
   */
  state: "connected" | "reconnecting" | "closed";
  error?: KafkaError;
  /** Milliseconds. */
  retryInMs: number;
}

export interface Client {
  brokers(): Promise<Cluster>;
  /** All topics by name, internal ones included. */
  topics(): Promise<Topic[]>;
  /** Stores a record and returns where. The topic must exist. */
  produce(record: NewRecord): Promise<Stored>;
  /**
   * Follows a topic: first the last records of each partition, then what arrives. onRecords gets up
   * to 500 records at a time, in order per partition. If it returns a promise, the next batch waits
   * for it, and the brokers wait with it.
   */
  tail(topic: string, onRecords: (records: Record[]) => void | Promise<void>, options?: TailOptions): Promise<Tail>;
  /** Closes all connections and ends what is tailed. */
  close(): void;
}

export interface TailOptions {
  /** How many of the records that are there already are wanted of each partition. Default: 50. */
  last?: number;
  /** Told what keeps a partition from being read; it is tried again. Default: console.error. */
  onError?: (error: KafkaError) => void;
}

export interface Tail {
  close(): void;
}

export interface Cluster {
  clusterId: string;
  brokers: Broker[];
}

export interface Broker {
  id: number;
  host: string;
  port: number;
  rack: string | null;
  controller: boolean;
}

export interface Topic {
  name: string;
  internal: boolean;
  partitions: Partition[];
  /** Why there are no partitions. */
  error?: KafkaError;
}

export interface Partition {
  id: number;
  /** The broker's id, or -1 if there is no leader. */
  leader: number;
  replicas: number[];
  isr: number[];
  /** The offset of the first record, and of the next to come (the high watermark). Null: not known. */
  start: number | null;
  end: number | null;
}

export interface NewRecord {
  topic: string;
  /** A string is sent as UTF-8. Default: null. */
  key?: string | Uint8Array | null;
  /** A string is sent as UTF-8. Default: null, a tombstone. */
  value?: string | Uint8Array | null;
  /** Default: chosen by the key's hash as Kafka's own clients do; without key, any. */
  partition?: number;
}

export interface Stored {
  partition: number;
  offset: number;
  /** Milliseconds since 1970. */
  timestamp: number;
}

export interface Record {
  partition: number;
  /** Exact up to 2^53. */
  offset: number;
  /** Milliseconds since 1970. */
  timestamp: number;
  key: Uint8Array | null;
  value: Uint8Array | null;
  headers: { key: string; value: Uint8Array | null }[];
}

/**
 * The code is the name of one of Kafka's errors (UNKNOWN_TOPIC_OR_PARTITION,
 * TOPIC_AUTHORIZATION_FAILED, MESSAGE_TOO_LARGE, ...), or:
 *
 * - NOT_LOADED: kafkaio.wasm could not be loaded
 * - UNAUTHORIZED: the bridge refused the token, or wants one
 * - DENIED: the bridge does not allow this page, this user or that broker
 * - TOO_MANY_CONNECTIONS: the bridge has as many as it takes
 * - BRIDGE_UNREACHABLE: there is no bridge, it goes away, or the network broke
 * - BROKER_UNREACHABLE: the bridge can't connect to the broker
 * - TIMEOUT: there was no answer in time
 * - INVALID_ARGUMENT: an argument makes no sense
 * - CLOSED: the client is closed
 * - UNKNOWN: anything else; the message says what
 */
export interface KafkaError extends Error {
  code: string;
  /** The broker that the bridge can't connect to: the address that the cluster advertises. */
  broker?: string;
}
