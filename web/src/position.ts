import { mismatch } from "./errors.js";
import { checkFields, checkInteger } from "./options.js";

export interface TopicPartition {
  topic: string;
  partition: number;
}

/** Where in a partition. A timestamp is in milliseconds since 1970. */
export type Position = "earliest" | "latest" | "committed" | { last: number } | { offset: bigint } | { timestamp: number };

const maxOffset = 2n ** 63n - 1n;

/** Refuses what is no position that brokers can find without reading records. */
export function checkPosition(p: unknown, name: string): asserts p is "earliest" | "latest" | { offset: bigint } | { timestamp: number } {
  if (p === "earliest" || p === "latest") return;
  if (typeof p !== "object" || p === null) {
    throw mismatch(`${name} ${JSON.stringify(p)}: "earliest", "latest", {offset} or {timestamp} was expected`);
  }
  checkFields(p, name, ["offset" in p ? "offset" : "timestamp"]);
  const { offset, timestamp } = p as { offset?: unknown; timestamp?: unknown };
  if ("offset" in p) {
    if (typeof offset !== "bigint" || offset < 0n || offset > maxOffset) throw mismatch(`${name}.offset: a bigint from 0 was expected`);
    return;
  }
  checkInteger(timestamp, `${name}.timestamp`, 0, Number.MAX_SAFE_INTEGER);
}
