/// <reference lib="esnext.disposable" />
export { connect } from "./connect.js";
export { KafkaError } from "./errors.js";
export type { Code } from "./errors.js";
export type {
  Batch, Consumer, ConsumeOptions, KafkaRecord, Position, Progress, TopicPartition, TopicPartitionOffset,
} from "./consumer_types.js";
export type { ConnectOptions, Kafka, KafkaSocket, SocketCallOptions, Status, TokenReason } from "./types.js";
