// What the package was promised to be when it is whole. types.ts compares it with what there is.
/// <reference lib="esnext.disposable" />
export function connect(options?: ConnectOptions): Promise<Kafka>;

export interface ConnectOptions {
  bridge?: string | URL;                 // default: /kafka of the page's origin; required elsewhere
  cluster?: string;                      // appended to bridge as /{cluster}
  token?: string | ((why: "connect" | "expiring" | "refused", signal: AbortSignal) => string | Promise<string>);
  sasl?: { mechanism: "plain" | "scram-sha-256" | "scram-sha-512"; username: string; password: string }
       | { mechanism: "oauthbearer"; token: (signal: AbortSignal) => Promise<string> };
  tls?: boolean | { ca?: string; cert?: string; key?: string; serverName?: string };   // PEM
  readOnly?: boolean;                    // the client itself refuses whatever writes: ERR_READ_ONLY
  clientId?: string;
  signal?: AbortSignal;                  // of connecting only
  workerURL?: string | URL;
  wasmURL?: string | URL;
}

export interface Kafka extends AsyncDisposable {
  readonly clusterId: string;
  readonly admin: Admin;
  consume(options: ConsumeOptions): Consumer;
  record(at: TopicPartitionOffset, o?: { signal?: AbortSignal }): Promise<KafkaRecord | null>;
  produce(record: NewRecord, o?: ProduceOptions): Promise<Produced>;
  produce(records: Iterable<NewRecord> | AsyncIterable<NewRecord>, o?: ProduceOptions): Promise<ProduceResult[]>;
  partitionFor(topic: string, key: Uint8Array | string): Promise<number>;
  socket(broker: number | string, o?: { timeout?: number; signal?: AbortSignal }): Promise<KafkaSocket>;
  frames(o?: { captureBytes?: number; signal?: AbortSignal }): AsyncIterable<FrameBatch>;
  status(o?: { signal?: AbortSignal }): AsyncIterable<Status>;
  readonly closed: Promise<KafkaError | undefined>;
  close(): Promise<void>;
}

export interface TopicPartition { topic: string; partition: number }
export interface TopicPartitionOffset extends TopicPartition { offset: bigint }

export type Position = "earliest" | "latest" | "committed" | { last: number } | { offset: bigint } | { timestamp: number };
export interface ConsumeOptions {
  topics?: string[];
  partitions?: (TopicPartition & { from?: Position; until?: bigint })[];   // instead of topics
  from?: Position;                       // default: "latest"; with a group "committed", else latest
  until?: "end" | { timestamp: number };
  group?: { id: string; instanceId?: string; protocol?: "classic" | "consumer"; autoCommit?: boolean;
            onAssigned?(p: TopicPartition[]): void | Promise<void>; onRevoked?(p: TopicPartition[], lost: boolean): void | Promise<void> };
  isolation?: "read_committed" | "read_uncommitted";
  filter?: { text: string; in?: ("key" | "value" | "headers")[] } | { jq: string; timeout?: number };
  valueLimit?: number;                   // bytes of a value that cross to the page; the rest by record()
  maxBufferedBytes?: number;             // default 16 MiB, from the broker to the loop
  maxBatchRecords?: number;
  signal?: AbortSignal;
}
export interface Consumer extends AsyncIterable<Batch>, AsyncDisposable {
  records(): AsyncIterableIterator<KafkaRecord>;
  progress(): Promise<Progress>;
  pause(p?: TopicPartition[]): void;
  resume(p?: TopicPartition[]): void;
  seek(to: TopicPartition & { to: Position }): Promise<void>;
  commit(offsets?: TopicPartitionOffset[]): Promise<void>;
  close(): Promise<void>;
}
export interface Batch extends TopicPartition {
  records: KafkaRecord[];
  next: bigint;                          // offset after all that was read for this batch
  highWatermark: bigint;
  skipped: { filtered: number; control: number; aborted: number; gaps: bigint };
}
export interface Progress {
  partitions: (TopicPartition & { start: bigint; position: bigint; end: bigint; lag: bigint })[];
  scanned: number; matched: number; bytes: number;
  ended?: "until" | "closed" | "aborted" | "error";
}
export interface KafkaRecord extends TopicPartitionOffset {
  readonly timestamp: number;            // ms; -1: none
  readonly timestampType: "create" | "append" | "none";
  readonly leaderEpoch: number;
  readonly key: Uint8Array | null;       // views into the batch: detach() to keep one record alone
  readonly value: Uint8Array | null;
  readonly valueLength: number;          // -1: null; more than value.length: cut at valueLimit
  readonly headers: readonly (readonly [name: string, value: Uint8Array | null])[];
  text(part?: "key" | "value"): string | null;
  json<T = unknown>(part?: "key" | "value"): T;
  detach(): KafkaRecord;
  toJSON(): object;
}

export interface NewRecord {
  topic: string;
  value: Uint8Array | string | null;
  key?: Uint8Array | string | null;
  headers?: Iterable<readonly [string, Uint8Array | string | null]>;
  partition?: number;
  timestamp?: number;
}
export interface ProduceOptions { acks?: "all" | "leader" | "none"; idempotent?: boolean; compression?: "none" | "gzip" | "snappy" | "lz4" | "zstd"; timeout?: number; signal?: AbortSignal;
  maxMessageBytes?: number }               // added: the client's own limit, which can be raised
export interface Produced extends TopicPartitionOffset { timestamp: number }
export type ProduceResult = Produced | { topic: string; error: KafkaError };

export interface Admin {
  cluster(): Promise<Cluster>;
  topics(o?: { internal?: boolean; signal?: AbortSignal }): Promise<Topic[]>;
  topic(name: string): Promise<TopicDetail>;
  offsets(p: { topic: string; partitions?: number[] }, at: Position, o?: { signal?: AbortSignal }): Promise<OffsetResult[]>;
  configs(of: { topic: string } | { broker: number }): Promise<Config[]>;
  groups(o?: { topic?: string; signal?: AbortSignal }): AsyncIterable<Group>;
  group(id: string): Promise<GroupDetail>;
  logDirs(): AsyncIterable<LogDir>;
  acls(): Promise<Acl[]>;
  quotas(): Promise<Quota[]>;
  createTopic(t: { name: string; partitions?: number; replication?: number; configs?: Record<string, string>; validateOnly?: boolean }): Promise<void>;
  createPartitions(topic: string, total: number): Promise<void>;
  setConfigs(of: { topic: string }, changes: Record<string, string | null>, o?: { validateOnly?: boolean }): Promise<void>;
  deleteTopic(name: string): Promise<void>;
  deleteRecords(before: TopicPartitionOffset[]): Promise<OffsetResult[]>;
  resetOffsets(group: string, to: { topic: string; partitions?: number[]; to: Position }[], o?: { preview?: boolean }): Promise<OffsetChange[]>;
  deleteGroup(id: string): Promise<void>;
}
export interface Cluster { clusterId: string; controller: number; brokers: Broker[]; version: string; allowed: readonly string[] }
export interface Broker { id: number; host: string; port: number; rack: string | null; reachable: boolean | null; error?: KafkaError }
export interface Topic { name: string; internal: boolean; partitions: number; replication: number; offline: number; underReplicated: number; underMinIsr: number; error?: KafkaError }
export interface TopicDetail extends Topic { id: string; layout: { id: number; leader: number; replicas: number[]; isr: number[]; start: bigint | null; end: bigint | null; error?: KafkaError }[] }
export type OffsetResult = TopicPartition & ({ offset: bigint; timestamp: number } | { error: KafkaError });
export interface OffsetChange extends TopicPartition { from: bigint | null; to: bigint; error?: KafkaError }
export interface Config { name: string; value: string | null; default: string | null; source: "topic" | "broker" | "dynamic-default" | "static" | "default"; sensitive: boolean; readOnly: boolean; documentation: string | null }
export interface Group { id: string; protocol: "classic" | "consumer" | "share" | "streams"; state: string; members: number; lag: bigint | null; error?: KafkaError }
export interface GroupDetail extends Group { coordinator: number; assignments: { member: string; clientId: string; host: string; partitions: TopicPartition[] }[]; offsets: (TopicPartition & { committed: bigint | null; end: bigint | null; lag: bigint | null; lagMs: number | null; metadata: string; error?: KafkaError })[] }  // error added: why end is null
export interface LogDir { broker: number; dir: string; error?: KafkaError; replicas: (TopicPartition & { bytes: bigint; future: boolean })[] }
export interface Acl { principal: string; host: string; operation: string; permission: "allow" | "deny"; resource: { type: string; name: string; pattern: "literal" | "prefixed" } }
export interface Quota { entity: { type: string; name: string | null }[]; values: Record<string, number> }

export interface KafkaSocket extends AsyncDisposable {
  send(bytes: Uint8Array, o?: { timeout?: number; signal?: AbortSignal }): Promise<number>;
  receive(n: number, o?: { timeout?: number; signal?: AbortSignal }): Promise<Uint8Array>;
  request(apiKey: number, apiVersion: number, body: Uint8Array, o?: { timeout?: number; signal?: AbortSignal }): Promise<Uint8Array>;
  readonly alive: boolean;
  close(): void;
}
export interface FrameBatch { frames: Frame[]; dropped: number }
export interface Frame { direction: "request" | "response"; connection: number; broker: string; apiKey: number; api: string; apiVersion: number; correlationId: number; size: number; at: number; latency?: number; bytes?: Uint8Array; redacted?: "sasl" | "tls"; decode(): Promise<Field> }
export interface Field { name: string; type: string; value: string | bigint | number | boolean | null | Uint8Array; start: number; end: number; fields?: Field[] }

export type Status = { state: "connected" } | { state: "reconnecting"; attempt: number; retryInMs: number; error: KafkaError } | { state: "closed"; error?: KafkaError };

export type Code = "ERR_MISMATCH_ARGUMENT" | "ERR_CANNOT_SEND" | "ERR_CANNOT_RECEIVE" | "ERR_CANNOT_BIND" | "ERR_NO_CONNECTION"
  | "ERR_UNAUTHORIZED" | "ERR_DENIED" | "ERR_LIMIT" | "ERR_BRIDGE_UNREACHABLE" | "ERR_BROKER_UNREACHABLE" | "ERR_TIMEOUT" | "ERR_READ_ONLY"
  | "ERR_NOT_LOADED" | "ERR_CRASHED" | "ERR_CLOSED" | "ERR_TOKEN" | "ERR_FILTER" | (string & {});
export class KafkaError extends Error {
  readonly name: "KafkaError";
  readonly code: Code;                   // ours, or Kafka's name: "UNKNOWN_TOPIC_OR_PARTITION"
  readonly errno?: number;               // -1004
  readonly kafkaCode?: number;           // 3
  readonly retriable: boolean;
  readonly outcomeUnknown: boolean;      // a write that may have happened
  readonly broker?: string;
  readonly topic?: string;
  readonly partition?: number;
  readonly cause?: unknown;
  static is(e: unknown, code?: Code): e is KafkaError;
}
