import type { KafkaError } from "./errors.js";
import type { Position, TopicPartition } from "./position.js";

/** What is known of a cluster, and changes of it. Each call asks brokers anew. */
export interface Admin {
  /** Asks each broker whether it answers, for 3 s at most. */
  cluster(): Promise<Cluster>;
  /** Summaries of all topics; of internal ones too if internal is true. */
  topics(o?: { internal?: boolean; signal?: AbortSignal }): Promise<Topic[]>;
  /** A topic with its partitions: leaders, replicas, offsets. */
  topic(name: string): Promise<TopicDetail>;
  /**
   * Where a position is in partitions of a topic; in all, by default. An offset that a partition doesn't have is an
   * OFFSET_OUT_OF_RANGE. "committed" is no position here.
   */
  offsets(p: { topic: string; partitions?: number[] }, at: Position, o?: { signal?: AbortSignal }): Promise<OffsetResult[]>;
  /** The settings of a topic or a broker, with Kafka's documentation where the broker has it. */
  configs(of: { topic: string } | { broker: number }): Promise<Config[]>;
  /**
   * All groups; or those that have to do with a topic, and those of which that isn't known. If a broker doesn't
   * tell its groups, that is thrown after the groups of the others.
   */
  groups(o?: { topic?: string; signal?: AbortSignal }): AsyncIterable<Group>;
  /** A group with its members and offsets. */
  group(id: string): Promise<GroupDetail>;
  /** The directories of all brokers. A broker that doesn't answer has one without a name, and with the error. */
  logDirs(): AsyncIterable<LogDir>;
  /**
   * Creates a topic. By default the brokers choose the numbers of partitions and replicas. It resolves once the
   * partitions' leaders know the topic, so that you can produce to it; or after 10 s, since the topic is made then.
   */
  createTopic(t: { name: string; partitions?: number; replication?: number; configs?: Record<string, string>; validateOnly?: boolean }): Promise<void>;
  /** Adds partitions until a topic has total. It resolves as createTopic does. */
  createPartitions(topic: string, total: number): Promise<void>;
  /** Deletes a topic with all its records. */
  deleteTopic(name: string): Promise<void>;
  /**
   * Changes what a group without members has committed. "committed" leaves it as it is. preview changes nothing, and
   * is allowed to readOnly.
   */
  resetOffsets(group: string, to: { topic: string; partitions?: number[]; to: Position }[], o?: { preview?: boolean }): Promise<OffsetChange[]>;
  /** Deletes a group without members. */
  deleteGroup(id: string): Promise<void>;
}

/**
 * version is a guess, from the APIs of one broker. allowed are the names of the APIs that this client may use on
 * something: those that a broker has, the bridge's list of the page's origin allows, and Kafka allows as far as
 * that doesn't depend on a topic or a group.
 */
export interface Cluster {
  clusterId: string;
  controller: number;
  brokers: Broker[];
  version: string;
  allowed: readonly string[];
}

/** reachable is null if the bridge doesn't let this client try. */
export interface Broker {
  id: number;
  host: string;
  port: number;
  rack: string | null;
  reachable: boolean | null;
  error?: KafkaError;
}

/**
 * offline counts the partitions without a leader. If min.insync.replicas isn't known, error says why, and
 * underMinIsr is 0.
 */
export interface Topic {
  name: string;
  internal: boolean;
  partitions: number;
  replication: number;
  offline: number;
  underReplicated: number;
  underMinIsr: number;
  error?: KafkaError;
}

/** leader is -1 if a partition has none. If start or end isn't known, it is null, and error says why. */
export interface TopicDetail extends Topic {
  id: string;
  layout: { id: number; leader: number; replicas: number[]; isr: number[]; start: bigint | null; end: bigint | null; error?: KafkaError }[];
}

/** timestamp is that of the record at the offset; -1 if it isn't known. */
export type OffsetResult = TopicPartition & ({ offset: bigint; timestamp: number } | { error: KafkaError });

/** from is null if nothing was committed. With an error nothing is changed, and to is -1 if it couldn't be found. */
export interface OffsetChange extends TopicPartition {
  from: bigint | null;
  to: bigint;
  error?: KafkaError;
}

/** value is null if it is sensitive. default is Kafka's own. source is "unknown" if it is none that this client knows. */
export interface Config {
  name: string;
  value: string | null;
  default: string | null;
  source: "topic" | "broker" | "dynamic-default" | "static" | "default" | "unknown";
  sensitive: boolean;
  readOnly: boolean;
  documentation: string | null;
}

/**
 * lag is the sum of what the partitions have after what is committed. It is null if the group has committed nothing,
 * or if it isn't known of each partition: then error says why. A share group doesn't commit: lag is what it has not
 * acknowledged.
 */
export interface Group {
  id: string;
  protocol: "classic" | "consumer" | "share" | "streams";
  state: string;
  members: number;
  lag: bigint | null;
  error?: KafkaError;
}

/**
 * coordinator is -1 if it isn't known. A member of a streams group has the partitions that its active tasks read.
 * committed is null if nothing is committed; of a share group it is the first offset that isn't acknowledged.
 *
 * lagMs is for how long the first record after what is committed has been there: from its timestamp to now, by this
 * machine's clock. It is 0 without lag. It is null if the record has no timestamp, if it can't be read within 3 s,
 * and for all but the 64 partitions with the most lag, because each costs a fetched batch.
 */
export interface GroupDetail extends Group {
  coordinator: number;
  assignments: { member: string; clientId: string; host: string; partitions: TopicPartition[] }[];
  offsets: (TopicPartition & { committed: bigint | null; end: bigint | null; lag: bigint | null; lagMs: number | null; metadata: string; error?: KafkaError })[];
}

/** A directory of a broker. A future replica is one that is on its way from another directory. */
export interface LogDir {
  broker: number;
  dir: string;
  error?: KafkaError;
  replicas: (TopicPartition & { bytes: bigint; future: boolean })[];
}
