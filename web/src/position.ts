import { mismatch } from "./errors.js";
import { checkFields, checkInteger, checkName, given, maxInt32 } from "./options.js";

/** A partition of a topic. */
export interface TopicPartition {
  topic: string;
  partition: number;
}

/** An offset in a partition. It is a bigint, because offsets have 63 bits. */
export interface TopicPartitionOffset extends TopicPartition {
  offset: bigint;
}

/**
 * Where in a partition. committed: what the group has committed. last: so many records before the end, whatever
 * markers, aborted or compacted offsets lie between. timestamp, in milliseconds since 1970: the first record of
 * that time or later, or else the end.
 */
export type Position = "earliest" | "latest" | "committed" | { last: number } | { offset: bigint } | { timestamp: number };

const maxOffset = 2n ** 63n - 1n;

/** Names a partition in a Map or a Set. */
export function keyOf(p: TopicPartition): string {
  return `${p.topic}/${p.partition}`;
}

/** Refuses what is no partition, with other members than those. */
export function checkTopicPartition(p: TopicPartition, name: string, others: readonly string[]): void {
  checkFields(p, name, ["topic", "partition", ...others]);
  checkName(p.topic, `${name}.topic`);
  checkInteger(p.partition, `${name}.partition`, 0, maxInt32);
}

export function checkOffset(offset: unknown, name: string): asserts offset is bigint {
  if (typeof offset !== "bigint" || offset < 0n || offset > maxOffset) {
    throw mismatch(`${name} ${given(offset)}: an offset, which is a bigint from 0n on, was expected`);
  }
}

/** Refuses what is no position. */
export function checkPosition(p: unknown, name: string): asserts p is Position {
  if (p === "earliest" || p === "latest" || p === "committed") return;
  if (typeof p !== "object" || p === null || Object.keys(p).length !== 1) {
    throw mismatch(`${name}: "earliest", "latest", "committed", {last}, {offset} or {timestamp} was expected`);
  }
  checkFields(p, name, ["last", "offset", "timestamp"]);
  if ("last" in p) checkInteger(p.last, `${name}.last`, 0, Number.MAX_SAFE_INTEGER);
  else if ("offset" in p) checkOffset(p.offset, `${name}.offset`);
  else checkInteger((p as { timestamp: unknown }).timestamp, `${name}.timestamp`, -Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
}
