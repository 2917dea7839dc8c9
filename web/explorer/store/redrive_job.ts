import type { KafkaRecord, NewRecord, Topic } from "kafkaio";
import { textOf } from "../text/bytes.js";
import { seen } from "../text/name.js";
import { latestTimestamp } from "./draft.js";
import { formatQuery, parseQuery, type Query } from "./message_query.js";

/** Which records go where. */
export interface Job {
  topic: string;
  query: Query;
  /** The topic that all go to, or the header that names each one's. */
  to: { topic: string } | { header: string };
  /** Whether they get the number of their partition again; else a partition as their keys choose. */
  keepPartition: boolean;
}

/** Reads a job; undefined: it isn't said from where, or where to. */
export function parseJob(p: URLSearchParams): Job | undefined {
  const [topic, to, header] = [p.get("topic") ?? "", p.get("to") ?? "", p.get("by") ?? ""];
  if (topic === "" || (to === "" && header === "")) return undefined;
  return { topic, query: parseQuery(p), to: to !== "" ? { topic: to } : { header }, keepPartition: p.get("keep") === "partition" };
}

/** The parameters of a job. */
export function formatJob({ topic, query, to, keepPartition }: Job): Record<string, string> {
  const [all, by] = "topic" in to ? [to.topic, ""] : ["", to.header];
  return { topic, ...formatQuery(query), to: all, by, keep: keepPartition ? "partition" : "" };
}

/** How many characters the name of a topic has at most. */
const longestName = 249;

/** Where a record goes, or why it can't be sent as it is. */
export type Way = { to: string } | { why: string };

/** The way of a record. topics are those that there are. */
export function wayOf({ to, keepPartition }: Job, record: KafkaRecord, topics: ReadonlyMap<string, Topic>): Way {
  const name = "topic" in to ? to.topic : named(to.header, record);
  if (name === undefined) return { why: `The header ${seen((to as { header: string }).header)} names no topic.` };
  const topic = topics.get(name);
  if (!topic) return { why: `There is no topic ${seen(name.slice(0, longestName))}${name.length > longestName ? "…" : ""} that you may see.` };
  if (topic.internal) return { why: `${name} is internal to Kafka.` };
  if (keepPartition && record.partition >= topic.partitions) return { why: `${name} has no partition ${record.partition}.` };
  if (record.timestamp < 0) return { why: "Without a timestamp it would get another one." };
  if (record.timestamp > latestTimestamp) return { why: "The timestamp is later than a record can be sent with." };
  if (record.headers.some(([n]) => n.includes("\ufffd"))) return { why: "The name of a header is no UTF-8, or has U+FFFD. It might change." };
  return { to: name };
}

/** The topic that the last header of a name has. */
function named(header: string, record: KafkaRecord): string | undefined {
  const value = record.headers.findLast(([name]) => name === header)?.[1];
  return (value && textOf(value)) || undefined;
}

/** The record for another topic, with the same bytes and time. */
export function redriven({ keepPartition }: Job, to: string, { key, value, headers, timestamp, partition }: KafkaRecord): NewRecord {
  return { topic: to, key, value, headers, timestamp, ...(keepPartition && { partition }) };
}
