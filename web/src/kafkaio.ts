/// <reference lib="esnext.disposable" preserve="true" />
export { connect } from "./connect.js";
export type * from "./admin_types.js";
export { KafkaError } from "./errors.js";
export type { Code } from "./errors.js";
export type { Batch, Consumer, ConsumeOptions, GroupOptions, KafkaRecord, Progress } from "./consumer_types.js";
export type { Field, Frame, FrameBatch, FramesOptions } from "./frame_types.js";
export type { Position, TopicPartition, TopicPartitionOffset } from "./position.js";
export type { NewRecord, Produced, ProduceOptions, ProduceResult } from "./produce_types.js";
export type { ConnectOptions, Kafka, KafkaSocket, SocketCallOptions, Status, TokenReason } from "./types.js";
