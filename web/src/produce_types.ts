import type { KafkaError } from "./errors.js";

/** A record to be stored. Strings are stored as UTF-8. Fields that aren't here are refused. */
export interface NewRecord {
  topic: string;
  /** Must be given: null is a tombstone, which deletes the key in a compacted topic. */
  value: Uint8Array | string | null;
  /** Decides the partition, unless that is given. Default: null. */
  key?: Uint8Array | string | null;
  /** Stored in this order. A name may stand twice. Default: none. */
  headers?: Iterable<readonly [string, Uint8Array | string | null]>;
  /** Default: as Java's producer chooses, by the hash of the key; without a key, the same for some records. */
  partition?: number;
  /** Milliseconds since 1970. Default: when the record was handed over. */
  timestamp?: number;
}

/** How records are produced. */
export interface ProduceOptions {
  /** Who must have stored a record: all replicas in sync, the leader, or nobody, who then also tells no offset. Default: "all". */
  acks?: "all" | "leader" | "none";
  /** Whether brokers drop what they get twice. It needs acks "all", and is then the default. */
  idempotent?: boolean;
  /** Of batches of records. Default: "none". */
  compression?: "none" | "gzip" | "snappy" | "lz4" | "zstd";
  /** Milliseconds for a record to be acknowledged, from when it was handed over. Default: 30 s. */
  timeout?: number;
  /** Bytes of a record or a batch of them, before compression. Larger records are an ERR_LIMIT, and aren't sent. Default: 1,000,012, as topics have it. */
  maxMessageBytes?: number;
  /** Ends the call with an ERR_ABORTED, whose outcomeUnknown says whether something may be stored all the same. */
  signal?: AbortSignal;
}

/**
 * Where a record is stored. offset is -1 with acks "none". timestamp is the record's: a topic whose brokers set it
 * (message.timestamp.type LogAppendTime) stores another.
 */
export interface Produced {
  topic: string;
  partition: number;
  offset: bigint;
  timestamp: number;
}

/** What became of one of several records. */
export type ProduceResult = Produced | { topic: string; error: KafkaError };
