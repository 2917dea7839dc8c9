import type { ConsumeOptions } from "./consumer_types.js";
import { mismatch } from "./errors.js";
import { checkFields, checkInteger, checkName, checkOneOf, checkSignal, checkType, given, maxInt32 } from "./options.js";
import { checkOffset, checkPosition, checkTopicPartition, keyOf, type Position, type TopicPartition, type TopicPartitionOffset } from "./position.js";

const defaultBufferedBytes = 16 << 20;

/** What the Worker gets of the options, once they are known to make sense. */
export function consumeOptions(o: ConsumeOptions): object {
  checkFields(o, "options", [
    ...["topics", "partitions", "from", "until", "group", "isolation", "filter"],
    ...["valueLimit", "maxBufferedBytes", "maxBatchRecords", "onRetry", "signal"],
  ]);
  checkSignal(o.signal);
  checkType(o.onRetry, "onRetry", "function");
  checkWhat(o);
  if (o.group !== undefined) checkGroup(o);
  if (o.from !== undefined) checkPosition(o.from, "from");
  if (!o.group) for (const from of [o.from, ...(o.partitions ?? []).map((p) => p.from)]) checkNeedsNoGroup(from, "from");
  if (o.until !== undefined && o.until !== "end") {
    if (typeof o.until !== "object" || o.until === null) throw mismatch(`until ${given(o.until)}: "end" or {timestamp} was expected`);
    checkFields(o.until, "until", ["timestamp"]);
    checkInteger(o.until.timestamp, "until.timestamp", -Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  }
  checkOneOf(o.isolation, "isolation", ["read_committed", "read_uncommitted"]);
  const { valueLimit = maxInt32, maxBufferedBytes = defaultBufferedBytes, maxBatchRecords = maxInt32 } = o;
  checkInteger(valueLimit, "valueLimit", 0, maxInt32);
  checkInteger(maxBufferedBytes, "maxBufferedBytes", 1, maxInt32);
  checkInteger(maxBatchRecords, "maxBatchRecords", 1, maxInt32);
  return {
    topics: o.topics,
    partitions: o.partitions,
    from: o.from ?? (o.group ? "committed" : "latest"),
    until: o.until,
    group: o.group && { id: o.group.id, instanceId: o.group.instanceId, autoCommit: o.group.autoCommit ?? true },
    committed: o.isolation !== "read_uncommitted",
    filter: filterOf(o.filter),
    valueLimit,
    maxBufferedBytes,
    maxBatchRecords,
  };
}

function checkWhat(o: ConsumeOptions): void {
  if ((o.topics === undefined) === (o.partitions === undefined)) throw mismatch("topics, partitions: one of them was expected");
  if (o.topics !== undefined) {
    checkList(o.topics, "topics");
    for (const [i, topic] of o.topics.entries()) checkName(topic, `topics[${i}]`);
    return;
  }
  checkList(o.partitions, "partitions");
  const names = new Set<string>();
  for (const [i, p] of (o.partitions ?? []).entries()) {
    const name = `partitions[${i}]`;
    checkTopicPartition(p, name, ["from", "until"]);
    if (p.from !== undefined) checkPosition(p.from, `${name}.from`);
    if (p.until !== undefined) checkOffset(p.until, `${name}.until`);
    if (names.has(keyOf(p))) throw mismatch(`${name}: topic ${p.topic}, partition ${p.partition} is there twice`);
    names.add(keyOf(p));
  }
}

function checkGroup(o: ConsumeOptions): void {
  const group = o.group!;
  checkFields(group, "group", ["id", "instanceId", "protocol", "autoCommit", "onAssigned", "onRevoked"]);
  checkName(group.id, "group.id");
  if (group.instanceId !== undefined) checkName(group.instanceId, "group.instanceId");
  checkOneOf(group.protocol, "group.protocol", ["classic", "consumer"]);
  if (group.protocol === "consumer") throw mismatch(`group.protocol "consumer" (KIP-848): it isn't supported yet; use "classic"`);
  checkType(group.autoCommit, "group.autoCommit", "boolean");
  checkType(group.onAssigned, "group.onAssigned", "function");
  checkType(group.onRevoked, "group.onRevoked", "function");
  if (o.partitions) throw mismatch("partitions: a group assigns partitions itself; topics were expected");
}

/** Refuses "committed" where there is no group. */
function checkNeedsNoGroup(p: Position | undefined, name: string): void {
  if (p === "committed") throw mismatch(`${name} "committed": it needs a group`);
}

/** Copies where to seek, once it is known to make sense. */
export function seekOf(seek: TopicPartition & { to: Position }, inGroup: boolean): TopicPartition & { to: Position } {
  checkTopicPartition(seek, "to", ["to"]);
  checkPosition(seek.to, "to.to");
  if (!inGroup) checkNeedsNoGroup(seek.to, "to.to");
  return { ...seek };
}

/** Copies offsets to commit, once they are known to make sense. The page may change its own before they are sent. */
export function offsetsOf(offsets: TopicPartitionOffset[]): TopicPartitionOffset[] {
  if (!Array.isArray(offsets)) throw mismatch("offsets: a list was expected");
  return offsets.map((o, i) => {
    checkTopicPartition(o, `offsets[${i}]`, ["offset"]);
    checkOffset(o.offset, `offsets[${i}].offset`);
    const { topic, partition, offset } = o; // which may be a record
    return { topic, partition, offset };
  });
}

function checkList(list: unknown, name: string): void {
  if (!Array.isArray(list) || list.length === 0) throw mismatch(`${name}: a list that isn't empty was expected`);
}

/** Copies a list of partitions, once it is known to make sense; undefined is all. */
export function partitionsOf(partitions: TopicPartition[] | undefined): TopicPartition[] | undefined {
  if (partitions === undefined) return undefined;
  if (!Array.isArray(partitions)) throw mismatch("partitions: a list was expected");
  return partitions.map((p, i) => {
    checkTopicPartition(p, `partitions[${i}]`, []);
    return { topic: p.topic, partition: p.partition };
  });
}

function filterOf(filter: ConsumeOptions["filter"]): object | undefined {
  if (filter === undefined) return undefined;
  checkFields(filter, "filter", ["text", "in"]);
  if (typeof filter.text !== "string") throw mismatch("filter.text: a string was expected");
  const parts = ["key", "value", "headers"] as const;
  const chosen = filter.in ?? parts;
  if (!Array.isArray(chosen) || chosen.length === 0 || !chosen.every((part) => parts.includes(part))) {
    throw mismatch(`filter.in: some of "key", "value" and "headers" were expected`);
  }
  return { text: filter.text, ...Object.fromEntries(parts.map((part) => [part, chosen.includes(part)])) };
}
