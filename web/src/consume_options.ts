import type { ConsumeOptions } from "./consumer_types.js";
import { mismatch } from "./errors.js";
import { checkFields, checkInteger, checkName, checkOneOf, checkSignal, checkType, maxInt32 } from "./options.js";
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
export function checkNeedsNoGroup(p: Position | undefined, name: string): void {
  if (p === "committed") throw mismatch(`${name} "committed": it needs a group`);
}

/** Refuses what isn't a list of offsets to commit. */
export function checkOffsets(offsets: TopicPartitionOffset[]): void {
  if (!Array.isArray(offsets)) throw mismatch("offsets: a list was expected");
  for (const [i, o] of offsets.entries()) {
    checkTopicPartition(o, `offsets[${i}]`, ["offset"]);
    checkOffset(o.offset, `offsets[${i}].offset`);
  }
}

function checkList(list: unknown, name: string): void {
  if (!Array.isArray(list) || list.length === 0) throw mismatch(`${name}: a list that isn't empty was expected`);
}

/** Refuses what isn't a list of partitions; undefined is all. */
export function checkTopicPartitions(p: TopicPartition[] | undefined): void {
  if (p === undefined) return;
  if (!Array.isArray(p)) throw mismatch("partitions: a list was expected");
  for (const [i, tp] of p.entries()) checkTopicPartition(tp, `partitions[${i}]`, []);
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
