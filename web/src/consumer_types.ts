import type { KafkaError } from "./errors.js";
import type { Position, TopicPartition, TopicPartitionOffset } from "./position.js";

/** What consume reads, and how. Either topics or partitions must be given. */
export interface ConsumeOptions {
  /**
   * Topics, of which all partitions are read. Partitions that are added later, and topics that are made again, are
   * read from their beginning. A topic that doesn't exist is waited for.
   */
  topics?: string[];
  /** Partitions, each with bounds of its own if it likes. until is an offset: reading ends before it. */
  partitions?: (TopicPartition & { from?: Position; until?: bigint })[];
  /**
   * Default: "latest". With a group it is for partitions of which the group has committed nothing; default:
   * "committed", which reads those from their end.
   */
  from?: Position;
  /**
   * Ends the loop once each partition is read up to its end, or up to the first record of that time or later.
   * Both are found when reading begins. Default: the loop goes on for ever.
   */
  until?: "end" | { timestamp: number };
  /** Reads topics as a member of a consumer group, which assigns their partitions. */
  group?: GroupOptions;
  /** Default: "read_committed", which leaves out records of transactions that were aborted or are open. */
  isolation?: "read_committed" | "read_uncommitted";
  /** Takes only records that contain text in one of the parts; default: in any. Case matters. It runs in the Worker. */
  filter?: { text: string; in?: ("key" | "value" | "headers")[] };
  /** How many bytes of a value cross to the page. record() gets the rest. Default: all. */
  valueLimit?: number;
  /**
   * Bounds what was fetched and waits for the loop, in compressed bytes. Default: 16 MiB. One batch of the brokers
   * may decompress to as much, or to 64 MiB if that is more; what is larger ends the loop with an ERR_LIMIT.
   */
  maxBufferedBytes?: number;
  /** The most records in a batch. Default: as many as have room in 256 KiB. */
  maxBatchRecords?: number;
  /**
   * Is told what can't be read now and is tried again: a topic that doesn't exist, or a leader that can't be
   * reached. It is called within 3 s, and then at most once a second as long as it lasts. It is also told, once
   * for each partition, what the brokers have lost after it was read: other records may have those offsets then.
   * What it throws is written to the console.
   */
  onRetry?(error: KafkaError): void;
  /** Ends the loop with an ERR_ABORTED, or an ERR_TIMEOUT. */
  signal?: AbortSignal;
}

/** How to be a member of a consumer group. */
export interface GroupOptions {
  /** The name of the group. Its members share the partitions, and what they commit outlasts them. */
  id: string;
  /** Makes the member static: what it had is kept for it for 45 s when it closes. Two members can't have the same. */
  instanceId?: string;
  /** Default: "classic". "consumer" (KIP-848) is refused for now. */
  protocol?: "classic" | "consumer";
  /**
   * Commits what the loop has finished with, which is all before the batch in hand: every 5 s, before partitions are
   * given up, and at the end. Default: true, which a client with readOnly refuses.
   */
  autoCommit?: boolean;
  /**
   * Is told which partitions the group has assigned, and is awaited before they are read: seek() and pause() may be
   * called. What it throws ends the loop.
   */
  onAssigned?(p: TopicPartition[]): void | Promise<void>;
  /**
   * Is told which partitions the group takes away, and is awaited before it gets them: commit() may be called. No
   * batch of them comes from this moment on. lost: others may have them already, and nothing can be committed. It
   * has 60 s, or 7.5 s when the consumer or the client closes. What it throws ends the loop.
   */
  onRevoked?(p: TopicPartition[], lost: boolean): void | Promise<void>;
}

/**
 * Reads from now on, as far as maxBufferedBytes allow. A loop over it gets batches; leaving the loop, by an
 * exception too, closes it. What ends it with an error is thrown in the loop.
 */
export interface Consumer extends AsyncIterable<Batch>, AsyncDisposable {
  /** Iterates over records in place of batches. Leaving the loop closes the consumer. */
  records(): AsyncIterableIterator<KafkaRecord>;
  /** How far it is; also once it has ended. */
  progress(): Promise<Progress>;
  /** Holds back partitions, or all of them: their batches wait from this moment on. */
  pause(p?: TopicPartition[]): void;
  /** Ends pause, of some partitions or of all. */
  resume(p?: TopicPartition[]): void;
  /** Goes on elsewhere. Once it resolves, no batch of the partition comes from before. */
  seek(to: TopicPartition & { to: Position }): Promise<void>;
  /**
   * Commits, for the group: offsets, each that of the next record to be read; default: all that the loop has got, the
   * batch or record in hand included; of a partition with a seek only what came after it. It waits while the group
   * assigns partitions anew, and rejects with ILLEGAL_GENERATION or another of Kafka's errors if they are others' then.
   */
  commit(offsets?: TopicPartitionOffset[]): Promise<void>;
  /**
   * No batch comes from this moment on. It resolves once the Worker has ended reading, and has left the group; within
   * 10 s. It rejects if the last commit or onRevoked failed. The batch in hand isn't committed, unless commit() is
   * called before.
   */
  close(): Promise<void>;
}

/** Records of one partition. There may be none, if all that was read was skipped. */
export interface Batch extends TopicPartition {
  records: KafkaRecord[];
  /** The offset after all that was read for this batch. */
  next: bigint;
  /** The end of the partition when this was read: the offset after the last record that all replicas in sync have. */
  highWatermark: bigint;
  /**
   * Offsets that aren't records of the batch: those that the filter left out, markers of transactions, records
   * of aborted ones, and offsets that were compacted, deleted or never used. Together with the records they are
   * the offsets since the batch before.
   */
  skipped: { filtered: number; control: number; aborted: number; gaps: bigint };
}

/** How far a consumer is. */
export interface Progress {
  /**
   * start is where the partition begins, and end where it ends for this isolation. position is the offset after what
   * was sent to the page. lag is what lies between position and end.
   */
  partitions: (TopicPartition & { start: bigint; position: bigint; end: bigint; lag: bigint })[];
  /** Records that were read. */
  scanned: number;
  /** Those of them that no filter left out. */
  matched: number;
  /** Bytes that were read, as brokers store them, which is compressed. */
  bytes: number;
  /** Why it has ended: it read up to until, the page closed it or aborted its signal, or it failed. */
  ended?: "until" | "closed" | "aborted" | "error";
}

/** One record. It is read when asked for, from the batch's memory. */
export interface KafkaRecord extends TopicPartitionOffset {
  /** Milliseconds, as stored: a date can't hold all of them. -1: none. */
  readonly timestamp: number;
  /** Who set the timestamp: the producer or the broker, as the topic's message.timestamp.type says. */
  readonly timestampType: "create" | "append" | "none";
  /** The leader's epoch when the record was stored. -1: none. */
  readonly leaderEpoch: number;
  /** A view into the batch, which it keeps in memory: see detach(). */
  readonly key: Uint8Array | null;
  /** A view like key. null: a tombstone. */
  readonly value: Uint8Array | null;
  /** The value's bytes as stored. -1: null. More than value.length: the value is cut at valueLimit. */
  readonly valueLength: number;
  /** In the order in which they were written. A name may stand twice. */
  readonly headers: readonly (readonly [name: string, value: Uint8Array | null])[];
  /** The value, or the key, as UTF-8; what is none becomes U+FFFD. null: there is none. */
  text(part?: "key" | "value"): string | null;
  /**
   * The value, or the key, as JSON; null for null. What is no JSON is a SyntaxError, and a cut value an ERR_LIMIT.
   * JSON.parse rounds numbers of more digits than a number holds; text() has them all.
   */
  json<T = unknown>(part?: "key" | "value"): T;
  /** A copy with memory of its own, which doesn't keep the batch. */
  detach(): KafkaRecord;
  /** For JSON.stringify: the offset is a string; bytes are text, or {base64} if they are no UTF-8. */
  toJSON(): object;
}
